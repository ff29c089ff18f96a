/* The plugin random: uniform draws, with and without replacement. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "optimiser_fixture.h"

static void points_are_inside_and_repeatable(void **state) {
  (void)state;
  static const char *const options[] = {NULL, "replacement=false"};
  struct test_space mixed, finite;
  space_mixed(&mixed);
  space_finite(&finite);
  for (int k = 0; k < 2; k++) {
    bear_anything(&mixed.space, options[k]);
    bear_anything(&finite.space, options[k]);
    repeat_exactly(&mixed.space, options[k]);
    repeat_exactly(&finite.space, options[k]);
    end_any_time(&finite.space, options[k]);
  }
}

/* chi-squared over the 12 points of a grid: its mean is 11, its standard deviation 4.7. */
static void draws_are_uniform(void **state) {
  (void)state;
  enum { POINTS = 12, DRAWS = 12000 };
  struct test_space s;
  space_begin(&s);
  space_choices(&s, JOUST_CATEGORICAL, 3);
  space_number(&s, JOUST_INTEGER, -1, 2, 0);
  struct instance in;
  start(&in, &s.space, NULL, 3);
  int count[POINTS] = {0};
  double x[2], chi_squared = 0;
  for (int i = 0; i < DRAWS; i++) {
    ask_point(&in, x);
    count[joust_point_index(&s.space, x)]++;
  }
  for (int i = 0; i < POINTS; i++) chi_squared += pow(count[i] - DRAWS / POINTS, 2) / (DRAWS / POINTS);
  assert_true(chi_squared > 1 && chi_squared < 35);
  stop(&in);
}

static void points_repeat_by_default(void **state) {
  (void)state;
  struct test_space s;
  space_grid(&s, JOUST_CATEGORICAL, 2, 2);
  struct instance in;
  double best;
  start(&in, &s.space, NULL, 1);
  assert_int_equal(run(&in, 100, 0, &best), 100);
  stop(&in);
}

static void without_replacement_every_point_comes_once(void **state) {
  (void)state;
  struct test_space s;
  space_finite(&s);
  struct instance in;
  double best, x[MOST_PARAMETERS];
  uint32_t n;
  start(&in, &s.space, "replacement=false", 1);
  assert_int_equal(run(&in, UINT32_MAX, 1, &best), 360);
  assert_int_equal(ask_rows(&in, 4, x, &n), JOUST_DONE);
  stop(&in);
}

/* The last batch is cut short, not refused. */
static void a_batch_may_ask_for_more_than_is_left(void **state) {
  (void)state;
  struct test_space s;
  space_grid(&s, JOUST_ORDINAL, 2, 3);
  struct instance in;
  double x[20 * MOST_PARAMETERS];
  uint32_t n;
  start(&in, &s.space, "replacement=false", 1);
  assert_int_equal(ask_rows(&in, 20, x, &n), JOUST_OK);
  assert_int_equal(n, 9);
  assert_int_equal(ask_rows(&in, 20, x, &n), JOUST_DONE);
  stop(&in);
}

/* The second point of a draw without replacement is uniform among the others: every ordered pair is as likely. */
static void without_replacement_pairs_are_uniform(void **state) {
  (void)state;
  enum { RUNS = 3000 };
  struct test_space s;
  space_grid(&s, JOUST_CATEGORICAL, 1, 4);
  int count[16] = {0};
  double x[2], chi_squared = 0;
  for (uint64_t seed = 0; seed < RUNS; seed++) {
    struct instance in;
    start(&in, &s.space, "replacement=false", seed);
    ask_point(&in, x);
    ask_point(&in, x + 1);
    count[(int)(4 * x[0] + x[1])]++;
    stop(&in);
  }
  for (int i = 0; i < 16; i++) {
    if (i % 5 == 0)
      assert_int_equal(count[i], 0);
    else
      chi_squared += pow(count[i] - RUNS / 12., 2) / (RUNS / 12.);
  }
  assert_true(chi_squared > 1 && chi_squared < 35);
}

static void foreign_points_are_not_proposed_again(void **state) {
  (void)state;
  struct test_space s;
  space_grid(&s, JOUST_CATEGORICAL, 3, 3);
  for (int told_after = 0; told_after <= 20; told_after += 20) { /* while points are sampled, and while listed */
    struct instance in;
    double x[MOST_PARAMETERS];
    struct joust_seen seen = {0};
    start(&in, &s.space, "replacement=false", 9);
    for (int i = 0; i < told_after; i++) {
      ask_point(&in, x);
      joust_seen_add(&seen, x, 3);
    }
    for (uint64_t index = 0; index < 27; index += 2) {
      joust_index_point(&s.space, index, x);
      tell_point(&in, 1000 + index, x, 0, JOUST_TRIAL_OK);
      joust_seen_add(&seen, x, 3);
    }
    uint32_t n, left = 27 - seen.size;
    while (ask_rows(&in, 1, x, &n) == JOUST_OK) {
      assert_int_equal(joust_seen_add(&seen, x, 3), 1);
      left--;
    }
    assert_int_equal(left, 0);
    joust_seen_free(&seen);
    stop(&in);
  }
}

static void a_single_point_is_enough(void **state) {
  (void)state;
  struct test_space s;
  space_grid(&s, JOUST_CATEGORICAL, 2, 1);
  struct instance in;
  double best;
  start(&in, &s.space, "replacement=false", 1);
  assert_int_equal(run(&in, 10, 1, &best), 1);
  stop(&in);
  start(&in, &s.space, NULL, 1);
  assert_int_equal(run(&in, 10, 0, &best), 10);
  stop(&in);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(points_are_inside_and_repeatable),
      cmocka_unit_test(draws_are_uniform),
      cmocka_unit_test(points_repeat_by_default),
      cmocka_unit_test(without_replacement_every_point_comes_once),
      cmocka_unit_test(a_batch_may_ask_for_more_than_is_left),
      cmocka_unit_test(without_replacement_pairs_are_uniform),
      cmocka_unit_test(foreign_points_are_not_proposed_again),
      cmocka_unit_test(a_single_point_is_enough),
  };
  return cmocka_run_group_tests_name("random", tests, NULL, NULL);
}
