/* The plugin local: neighbourhoods, moves to what is better, going on at an optimum, restarts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "optimiser_fixture.h"

static const char *const all_options[] = {NULL, "initial=1,restart=0", "restart=1,restart-points=1", "initial=50"};

static uint32_t differences(const double *a, const double *b, uint32_t n) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < n; i++) count += a[i] != b[i];
  return count;
}

static void ask_and_tell(struct instance *in, double *x, double f) {
  ask_point(in, x);
  tell_point(in, in->next_id - 1, x, f, (uint8_t)(isnan(f) ? JOUST_TRIAL_FAILED : JOUST_TRIAL_OK));
}

static void points_are_inside_and_repeatable(void **state) {
  (void)state;
  struct test_space mixed, finite;
  space_mixed(&mixed);
  space_finite(&finite);
  for (size_t k = 0; k < sizeof all_options / sizeof *all_options; k++) {
    bear_anything(&mixed.space, all_options[k]);
    bear_anything(&finite.space, all_options[k]);
    repeat_exactly(&mixed.space, all_options[k]);
    repeat_exactly(&finite.space, all_options[k]);
    end_any_time(&mixed.space, all_options[k]);
  }
}

/* All neighbours of the only point, each once, as long as none is better; then those of the second best. */
static void a_neighbourhood_is_gone_through(void **state) {
  (void)state;
  struct test_space s;
  space_begin(&s);
  space_choices(&s, JOUST_CATEGORICAL, 5);
  space_choices(&s, JOUST_CATEGORICAL, 3);
  space_choices(&s, JOUST_CATEGORICAL, 4);
  struct instance in;
  struct joust_seen seen = {0};
  double base[MOST_PARAMETERS], second[MOST_PARAMETERS] = {0}, x[MOST_PARAMETERS];
  start(&in, &s.space, "initial=1,restart=0", 3);
  ask_and_tell(&in, base, 0);
  for (int i = 0; i < 4 + 2 + 3; i++) {
    ask_and_tell(&in, x, i == 4 ? 1 : 2);
    if (i == 4) memcpy(second, x, sizeof second);
    assert_int_equal(differences(x, base, 3), 1);
    assert_int_equal(joust_seen_add(&seen, x, 3), 1);
  }
  for (int i = 0; i < 4; i++) {
    ask_and_tell(&in, x, 3);
    assert_int_equal(differences(x, second, 3), 1);
    assert_int_equal(differences(x, base, 3), 2);
  }
  joust_seen_free(&seen);
  stop(&in);
}

/* First improvement: whatever is better than the current point is the current point from then on. */
static void the_search_moves_at_once(void **state) {
  (void)state;
  struct test_space s;
  space_grid(&s, JOUST_CATEGORICAL, 8, 3);
  struct instance in;
  double base[MOST_PARAMETERS], x[MOST_PARAMETERS], foreign[MOST_PARAMETERS] = {2, 0, 2, 0, 2, 0, 2, 0};
  start(&in, &s.space, "initial=1", 3);
  ask_and_tell(&in, base, 0);
  for (int i = 1; i <= 20; i++) {
    ask_and_tell(&in, x, -i);
    assert_int_equal(differences(x, base, 8), 1);
    memcpy(base, x, sizeof base);
  }
  ask_and_tell(&in, x, NAN); /* failed: no move */
  ask_and_tell(&in, x, -19); /* worse: no move */
  assert_int_equal(differences(x, base, 8), 1);
  tell_point(&in, 5000, foreign, -21, JOUST_TRIAL_OK);
  ask_and_tell(&in, x, 0);
  assert_int_equal(differences(x, foreign, 8), 1);
  stop(&in);
}

static void it_begins_at_the_best_of_the_first(void **state) {
  (void)state;
  struct test_space s;
  space_grid(&s, JOUST_CATEGORICAL, 8, 5);
  struct instance in;
  double x[10 * MOST_PARAMETERS], y[MOST_PARAMETERS];
  uint32_t n;
  start(&in, &s.space, "initial=10", 3);
  assert_int_equal(ask_rows(&in, 10, x, &n), JOUST_OK);
  assert_int_equal(n, 10);
  for (uint32_t k = 10; k-- > 0;) tell_point(&in, 1 + k, x + k * 8, k == 6 ? 0 : k + 1.0, JOUST_TRIAL_OK);
  ask_point(&in, y);
  assert_int_equal(differences(y, x + 6 * 8, 8), 1);
  stop(&in);
}

/* An ordinal's neighbours are the choices beside it; where there are many choices, first those further off: an eighth
 * of the choices, then half of that, down to one. */
static void ordinals_step(void **state) {
  (void)state;
  struct test_space few, many;
  space_grid(&few, JOUST_ORDINAL, 1, 5);
  space_grid(&many, JOUST_ORDINAL, 1, 64);
  struct instance in;
  double x[MOST_PARAMETERS], base;
  for (uint64_t seed = 0; seed < 20; seed++) {
    start(&in, &few.space, "initial=1", seed);
    ask_and_tell(&in, &base, 0);
    ask_and_tell(&in, x, 1);
    assert_true(fabs(x[0] - base) == 1);
    stop(&in);
    start(&in, &many.space, "initial=1,restart=0", seed);
    ask_and_tell(&in, &base, 0);
    for (int i = 0; i < 8; i++) {
      ask_and_tell(&in, x, 1);
      if (base >= 8 && base < 64 - 8) assert_true(fabs(x[0] - base) == 8 >> i / 2);
    }
    stop(&in);
  }
}

/* Around a point that stays the best, the steps of a real are halved again and again, on the parameter's own scale. */
static void steps_of_reals_shrink(void **state) {
  (void)state;
  struct test_space s;
  space_begin(&s);
  space_number(&s, JOUST_REAL, 1e-4, 1e4, 1);
  struct instance in;
  double x, base, last = 1;
  start(&in, &s.space, "initial=1", 1);
  ask_and_tell(&in, &base, 0);
  for (int i = 0; i < 2 * 15; i += 2) {
    for (int k = 0; k < 2; k++) {
      ask_and_tell(&in, &x, 1);
      double step = fabs(joust_place_of(&s.parameters[0], x) - joust_place_of(&s.parameters[0], base));
      if (step > 0.9 * last) continue; /* the other direction */
      assert_true(last == 1 || fabs(step - last / 2) < 1e-6);
      last = step;
    }
  }
  assert_true(last < 1e-5);
  ask_and_tell(&in, &x, 1); /* then it starts anew somewhere else */
  assert_true(fabs(joust_place_of(&s.parameters[0], x) - joust_place_of(&s.parameters[0], base)) > 1e-4);
  stop(&in);
}

/* However many integers there are, the next ones are tried before the point is left. */
static void steps_of_integers_shrink_to_one(void **state) {
  (void)state;
  static const double most[] = {1000, 1e6, 1e12};
  for (int k = 0; k < 6; k++) {
    struct test_space s;
    struct instance in;
    double base[MOST_PARAMETERS], x[MOST_PARAMETERS];
    int nearest = 0;
    space_begin(&s);
    space_number(&s, JOUST_INTEGER, 1, most[k / 2], k % 2);
    start(&in, &s.space, "initial=1,restart=0", 11);
    ask_and_tell(&in, base, 0);
    for (int i = 0; i < 2 * 53 && nearest < 2; i++) {
      ask_and_tell(&in, x, 1);
      nearest += fabs(x[0] - base[0]) == 1;
    }
    stop(&in);
    assert_int_equal(nearest, 2);
  }
}

/* After a restart the search goes on from the best of its points, though what it left is better. */
static void restarts_go_on_from_their_own_best(void **state) {
  (void)state;
  struct test_space s;
  space_grid(&s, JOUST_CATEGORICAL, 8, 3);
  struct instance in;
  double base[MOST_PARAMETERS], x[3 * MOST_PARAMETERS], y[MOST_PARAMETERS];
  start(&in, &s.space, "initial=1,restart=1,restart-points=3", 3);
  ask_and_tell(&in, base, 0);
  for (int i = 0; i < 16; i++) ask_and_tell(&in, y, 1); /* the neighbourhood */
  for (int k = 0; k < 3; k++) {
    ask_and_tell(&in, x + k * 8, k == 1 ? 5 : 6);
    assert_in_range(differences(x + k * 8, base, 8), 2, 8);
  }
  for (int i = 0; i < 10; i++) {
    ask_and_tell(&in, y, 7);
    assert_int_equal(differences(y, x + 8, 8), 1);
  }
  stop(&in);
}

/* A restart all of whose points fail is none. */
static void failed_restarts_are_left_behind(void **state) {
  (void)state;
  struct test_space s;
  space_grid(&s, JOUST_CATEGORICAL, 8, 3);
  struct instance in;
  double base[MOST_PARAMETERS], second[MOST_PARAMETERS] = {0}, x[MOST_PARAMETERS];
  start(&in, &s.space, "initial=1,restart=1,restart-points=3", 3);
  ask_and_tell(&in, base, 0);
  for (int i = 0; i < 16; i++) {
    ask_and_tell(&in, x, i == 8 ? 1 : 2);
    if (i == 8) memcpy(second, x, sizeof second);
  }
  for (int k = 0; k < 3; k++) ask_and_tell(&in, x, NAN);
  ask_and_tell(&in, x, 3);
  assert_int_equal(differences(x, second, 8), 1);
  stop(&in);
}

/* While a restart's points are out, the search does not wait: it expands the best point that is left. */
static void restarts_do_not_block(void **state) {
  (void)state;
  struct test_space s;
  space_grid(&s, JOUST_CATEGORICAL, 8, 3);
  struct instance in;
  double base[MOST_PARAMETERS], second[MOST_PARAMETERS] = {0}, x[10 * MOST_PARAMETERS], y[MOST_PARAMETERS];
  uint32_t n;
  start(&in, &s.space, "initial=1,restart=1,restart-points=3", 3);
  ask_and_tell(&in, base, 0);
  for (int i = 0; i < 16; i++) {
    ask_and_tell(&in, y, i == 8 ? 1 : 2);
    if (i == 8) memcpy(second, y, sizeof second);
  }
  uint64_t first = in.next_id;
  assert_int_equal(ask_rows(&in, 10, x, &n), JOUST_OK);
  assert_int_equal(n, 10);
  for (int k = 3; k < 10; k++) assert_int_equal(differences(x + k * 8, second, 8), 1);
  for (uint64_t k = 3; k-- > 0;) tell_point(&in, first + k, x + k * 8, k == 0 ? 5 : 6, JOUST_TRIAL_OK);
  ask_point(&in, y);
  assert_int_equal(differences(y, x, 8), 1);
  stop(&in);
}

/* Every point of a small space once, then DONE. */
static void small_spaces_are_exhausted(void **state) {
  (void)state;
  struct test_space finite, single;
  space_finite(&finite);
  space_grid(&single, JOUST_CATEGORICAL, 3, 1);
  for (size_t k = 0; k < sizeof all_options / sizeof *all_options; k++) {
    struct instance in;
    double best, x[5 * MOST_PARAMETERS];
    uint32_t n;
    start(&in, &finite.space, all_options[k], 1);
    assert_int_equal(run(&in, 100000, 1, &best), 360);
    assert_int_equal(ask_rows(&in, 5, x, &n), JOUST_DONE);
    stop(&in);
    start(&in, &single.space, all_options[k], 1);
    assert_int_equal(run(&in, 10, 1, &best), 1);
    stop(&in);
  }
}

/* The same in a space that is too large for one bit a point. */
static void large_spaces_have_no_duplicates(void **state) {
  (void)state;
  struct test_space s;
  space_grid(&s, JOUST_CATEGORICAL, 7, 8);
  struct instance in;
  double best;
  start(&in, &s.space, NULL, 1);
  assert_int_equal(run(&in, 3000, 1, &best), 3000);
  stop(&in);
}

/* In each of ten runs: 1e-6 from the minimum of the mixed space after 1,000 trials, and the minimum of a grid of 15,625
 * points after 200. */
static void search_finds_minima(void **state) {
  (void)state;
  struct test_space mixed, grid;
  space_mixed(&mixed);
  space_grid(&grid, JOUST_CATEGORICAL, 6, 5);
  double near_best[MOST_PARAMETERS] = {3, 2, 0, 140, 343, 1.5, 0.03, 7},
         grid_best[MOST_PARAMETERS] = {3, 3, 3, 3, 3, 3};
  double floor_value = bowl(&mixed.space, near_best), least = bowl(&grid.space, grid_best), best;
  for (uint64_t seed = 0; seed < 10; seed++) {
    struct instance in;
    start(&in, &mixed.space, NULL, seed);
    run(&in, 1000, 0, &best);
    assert_true(best < floor_value + 1e-6);
    stop(&in);
    start(&in, &grid.space, NULL, seed);
    run(&in, 200, 1, &best);
    assert_true(best <= least + 1e-9);
    stop(&in);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(points_are_inside_and_repeatable),
      cmocka_unit_test(a_neighbourhood_is_gone_through),
      cmocka_unit_test(the_search_moves_at_once),
      cmocka_unit_test(it_begins_at_the_best_of_the_first),
      cmocka_unit_test(ordinals_step),
      cmocka_unit_test(steps_of_reals_shrink),
      cmocka_unit_test(steps_of_integers_shrink_to_one),
      cmocka_unit_test(restarts_go_on_from_their_own_best),
      cmocka_unit_test(failed_restarts_are_left_behind),
      cmocka_unit_test(restarts_do_not_block),
      cmocka_unit_test(small_spaces_are_exhausted),
      cmocka_unit_test(large_spaces_have_no_duplicates),
      cmocka_unit_test(search_finds_minima),
  };
  return cmocka_run_group_tests_name("local", tests, NULL, NULL);
}
