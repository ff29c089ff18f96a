/* Where things stand in figures: golden layouts worked out by hand, and properties that any layout has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "report/figure_layout.h"
#include "stats/multiple.h"

#define N(array) (sizeof(array) / sizeof *(array))

static void assert_close(double value, double expected) {
  if (!(fabs(value - expected) <= 1e-9 * fmax(1, fabs(expected)))) fail_msg("%.17g, expected %.17g", value, expected);
}

/* ---- text -------------------------------------------------------------------------------------------------------- */

static void widths_of_texts(void **state) {
  (void)state;
  assert_close(joust_text_width("", 12), 0);
  assert_close(joust_text_width("il", 10), 2 * 2.78);   /* DejaVu Sans: 278 of 1000 each */
  assert_close(joust_text_width("W_", 10), 9.89 + 5.0); /* 989, 500 */
  assert_close(joust_text_width("é", 10), 8.5);         /* one character, not two bytes */
  assert_close(joust_text_width("架", 10), 10.5);
}

static void long_texts_are_cut_in_the_middle(void **state) {
  (void)state;
  static const char *const texts[] = {"evolution:population=10,sample=3", "ünïcödé-ünïcödé-ünïcödé",
                                      "架构架构架构架构架构", "short"};
  for (size_t i = 0; i < N(texts); i++) {
    for (double most = 0; most < 300; most += 7) {
      char *text = joust_text_fit(texts[i], 12, most);
      size_t length = strlen(texts[i]);
      if (joust_text_width(texts[i], 12) <= most) {
        assert_string_equal(text, texts[i]);
      } else {
        char *dots = strstr(text, "…");
        assert_non_null(dots);
        if (most >= 12) assert_true(joust_text_width(text, 12) <= most);
        assert_memory_equal(text, texts[i], (size_t)(dots - text)); /* its beginning and its end */
        assert_string_equal(texts[i] + length - strlen(dots + 3), dots + 3);
        assert_true(((unsigned char)dots[3] & 0xc0) != 0x80); /* cut between characters */
      }
      free(text);
    }
  }
}

/* ---- labels beside each other -------------------------------------------------------------------------------------
 */

static void labels_that_have_room_stay(void **state) {
  (void)state;
  static const double wanted[] = {50, 10, 30};
  double places[3];
  joust_spread(places, wanted, 3, 15, 0, 100);
  for (size_t i = 0; i < 3; i++) assert_close(places[i], wanted[i]);
}

static void labels_that_touch_share_the_displacement(void **state) {
  (void)state;
  static const double equal[] = {50, 50, 50}, chain[] = {20, 24, 40};
  double places[3];
  joust_spread(places, equal, 3, 10, 0, 100);
  assert_close(places[0], 40); /* in the order of their index */
  assert_close(places[1], 50);
  assert_close(places[2], 60);
  joust_spread(places, chain, 3, 10, 0, 100); /* the first two by 3 each way, the third is clear of them */
  assert_close(places[0], 17);
  assert_close(places[1], 27);
  assert_close(places[2], 40);
}

static void labels_stay_within_bounds(void **state) {
  (void)state;
  static const double low[] = {-5, 0, 3}, high[] = {99, 98, 97};
  double places[3];
  joust_spread(places, low, 3, 10, 0, 100);
  assert_close(places[0], 0);
  assert_close(places[1], 10);
  assert_close(places[2], 20);
  joust_spread(places, high, 3, 10, 0, 100);
  assert_close(places[0], 100);
  assert_close(places[1], 90);
  assert_close(places[2], 80);
  joust_spread(places, low, 3, 80, 0, 100); /* no room: evenly */
  assert_close(places[1], 50);
  assert_close(places[2], 100);
  joust_spread(NULL, NULL, 0, 10, 0, 100);
}

/* Any labels: apart, inside, in the order wanted; moving one of them by a little makes the sum of squares no smaller.
 */
static void labels_are_as_near_as_can_be(void **state) {
  (void)state;
  uint32_t random = 1;
  for (int round = 0; round < 300; round++) {
    double wanted[12], places[12];
    size_t n = 1 + (size_t)round % 12;
    for (size_t i = 0; i < n; i++) {
      random = random * 1664525u + 1013904223u;
      wanted[i] = random % 7 == 0 ? 60 : (random >> 8) % 1200 / 10.0;
    }
    joust_spread(places, wanted, n, 8, 0, 120);
    for (size_t i = 0; i < n; i++) {
      double up = 120 - places[i], down = places[i];
      for (size_t j = 0; j < n; j++) {
        if (j == i) continue;
        assert_true(fabs(places[i] - places[j]) >= 8 - 1e-9);
        if (wanted[i] < wanted[j]) assert_true(places[i] < places[j]);
        if (places[j] > places[i]) up = fmin(up, places[j] - places[i] - 8);
        if (places[j] < places[i]) down = fmin(down, places[i] - places[j] - 8);
      }
      assert_true(places[i] >= -1e-9 && places[i] <= 120 + 1e-9);
      if (up > 1e-6) assert_true(places[i] >= wanted[i] - 1e-9); /* free to go on: is not short of its place */
      if (down > 1e-6) assert_true(places[i] <= wanted[i] + 1e-9);
    }
  }
}

/* ---- ticks --------------------------------------------------------------------------------------------------------
 */

static const char *ticks_text(double low, double high, bool log_scale, double length, double room, bool with_end) {
  static char text[400];
  struct joust_ticks ticks;
  joust_ticks_make(&ticks, low, high, log_scale, length, room, with_end);
  text[0] = 0;
  for (size_t i = 0; i < ticks.n; i++)
    sprintf(text + strlen(text), "%s%s", i ? " " : "", *ticks.label[i] ? ticks.label[i] : "-");
  return text;
}

static void ticks_are_round(void **state) {
  (void)state;
  assert_string_equal(ticks_text(0, 1, false, 100, 20, false), "0 0.2 0.4 0.6 0.8 1");
  assert_string_equal(ticks_text(0.612, 0.731, false, 100, 30, false), "0.65 0.7");
  assert_string_equal(ticks_text(-0.1, 0.3, false, 100, 20, false), "-0.1 0 0.1 0.2 0.3");
  assert_string_equal(ticks_text(91e6, 94e6, false, 300, 60, false), "9.1e+07 9.2e+07 9.3e+07 9.4e+07");
  assert_string_equal(ticks_text(1, 100, true, 400, 40, false), "1 2 5 10 20 50 100");
  assert_string_equal(ticks_text(1, 100, true, 200, 40, false), "1 10 100");
  assert_string_equal(ticks_text(1e-6, 1, true, 200, 60, false), "1e-06 - 0.0001 - 0.01 - 1");
  assert_string_equal(ticks_text(0.07, 0.5, true, 200, 20, false), "0.1 0.2 0.5");
  assert_string_equal(ticks_text(0.21, 0.47, true, 200, 20, false), "0.3 0.4"); /* too short for powers of ten */
}

static void axes_end_at_the_budget(void **state) {
  (void)state;
  assert_string_equal(ticks_text(1, 200, true, 500, 40, true), "1 2 5 10 20 50 100 200");
  assert_string_equal(ticks_text(1, 215, true, 500, 40, true), "1 2 5 10 20 50 100 215");
  assert_string_equal(ticks_text(0, 215, false, 500, 40, true), "0 20 40 60 80 100 120 140 160 180 215");
  assert_string_equal(ticks_text(100, 15179.415, true, 700, 40, true), "100 200 500 1000 2000 5000 10000 15179");
  assert_string_equal(ticks_text(7, 7, true, 500, 40, true), "7");
}

static void no_axis_has_too_many_ticks(void **state) {
  (void)state;
  struct joust_ticks ticks;
  for (int power = -300; power < 300; power += 7) {
    joust_ticks_make(&ticks, 1e-300, pow(10, power) * 3, true, 1e5, 1, true);
    assert_true(ticks.n <= JOUST_MOST_TICKS);
    joust_ticks_make(&ticks, 0, pow(10, power) * 3, false, 1e5, 1, true);
    assert_true(ticks.n >= 2 && ticks.n <= JOUST_MOST_TICKS);
    assert_close(ticks.at[ticks.n - 1], pow(10, power) * 3);
  }
  joust_ticks_of_ranks(&ticks, 100, 50, 10);
  assert_true(ticks.n <= 6 && ticks.at[0] == 1);
  joust_ticks_of_ranks(&ticks, 1, 50, 10);
  assert_int_equal(ticks.n, 1);
  joust_ticks_of_ranks(&ticks, 4, 50, 10);
  assert_int_equal(ticks.n, 4);
}

/* ---- critical differences -----------------------------------------------------------------------------------------
 */

/* J. Demsar, JMLR 7 (2006), figure 1 (b): C4.5 with m, with both, with cf, plain; at 0.1 the plain one is worse than
 * the first two. Font size 10: rows of labels 16 apart, bars 8. */
static void diagram_of_demsar(void **state) {
  (void)state;
  static const double ranks[] = {1.964, 2.000, 2.893, 3.143};
  bool separated[16], groups[8];
  joust_separate_by_rank(separated, ranks, 4, 1.12);
  assert_int_equal(joust_groups(groups, 2, separated, 4), 2);
  struct joust_cd_layout layout;
  joust_cd_layout_make(&layout, ranks, 4, 1.12, groups, 2, 400, 10, 75);
  assert_close(layout.left, 100); /* 10 + 75 + 15 */
  assert_close(layout.right, 300);
  assert_close(layout.axis_y, 74);
  assert_close(layout.cd_right - layout.cd_left, 1.12 / 3 * 200);
  for (size_t i = 0; i < 4; i++) assert_close(layout.x[i], 100 + (ranks[i] - 1) / 3 * 200);
  assert_close(layout.bar_from[0], layout.x[0] - 10.0 / 3); /* abc, then cd, which overlaps it */
  assert_close(layout.bar_to[0], layout.x[2] + 10.0 / 3);
  assert_close(layout.bar_y[0], 83);
  assert_close(layout.bar_from[1], layout.x[2] - 10.0 / 3);
  assert_close(layout.bar_y[1], 91);
  static const double label_y[] = {105, 121, 121, 105}; /* the extremes on top */
  for (size_t i = 0; i < 4; i++) {
    assert_close(layout.label_y[i], label_y[i]);
    assert_int_equal(layout.at_left[i], i < 2);
  }
  assert_close(layout.height, 133);
  joust_cd_layout_free(&layout);
}

/* Bars of one row never touch, and none reaches the labels. */
static void bars_share_rows_where_they_can(void **state) {
  (void)state;
  static const double ranks[] = {1, 1.5, 2, 4, 4.4, 6.5, 7, 7.5};
  bool separated[64], groups[7 * 8];
  joust_separate_by_rank(separated, ranks, 8, 1.2);
  size_t n = joust_groups(groups, 7, separated, 8);
  struct joust_cd_layout layout;
  joust_cd_layout_make(&layout, ranks, 8, 1.2, groups, n, 680, 12, 120);
  assert_int_equal(n, 3);
  for (size_t g = 0; g < n; g++) assert_close(layout.bar_y[g], layout.bar_y[0]);
  for (size_t g = 1; g < n; g++) assert_true(layout.bar_from[g] > layout.bar_to[g - 1]);
  assert_true(layout.bar_y[0] > layout.axis_y && layout.label_y[0] - 6 > layout.bar_y[0]);
  assert_true(layout.label_y[4] < layout.height && layout.label_y[7] == layout.label_y[0]);
  joust_cd_layout_free(&layout);
  joust_cd_layout_make(&layout, ranks, 2, 9, (bool[]){true, true}, 1, 340, 10, 60);
  assert_true(layout.cd_right > layout.right); /* longer than the axis */
  joust_cd_layout_free(&layout);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(widths_of_texts),
      cmocka_unit_test(long_texts_are_cut_in_the_middle),
      cmocka_unit_test(labels_that_have_room_stay),
      cmocka_unit_test(labels_that_touch_share_the_displacement),
      cmocka_unit_test(labels_stay_within_bounds),
      cmocka_unit_test(labels_are_as_near_as_can_be),
      cmocka_unit_test(ticks_are_round),
      cmocka_unit_test(axes_end_at_the_budget),
      cmocka_unit_test(no_axis_has_too_many_ticks),
      cmocka_unit_test(diagram_of_demsar),
      cmocka_unit_test(bars_share_rows_where_they_can),
  };
  return cmocka_run_group_tests_name("report: layout of figures", tests, NULL, NULL);
}
