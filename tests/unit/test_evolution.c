/* The plugin evolution: selection, mutation, death, presets, and what it does where points run out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "optimiser_fixture.h"

/* Every parameter of a point has this value; on a grid with more than two parameters no two such points are one
 * mutation apart, so that a child tells who its parent is. */
static void tell_level(struct instance *in, uint64_t id, double level, double f) {
  double x[MOST_PARAMETERS];
  for (uint32_t i = 0; i < MOST_PARAMETERS; i++) x[i] = level;
  tell_point(in, id, x, f, JOUST_TRIAL_OK);
}

/* The level of a child's parent; *changed is the parameter that differs. Asserts that it is the only one. */
static double parent_of(const double *x, uint32_t n, uint32_t *changed) {
  double level = x[0] == x[1] || x[0] == x[2] ? x[0] : x[1];
  uint32_t differences = 0;
  for (uint32_t i = 0; i < n; i++)
    if (x[i] != level) {
      *changed = i;
      differences++;
    }
  assert_int_equal(differences, 1);
  return level;
}

static double chi_squared(const int *count, const double *probability, int n) {
  double total = 0, sum = 0;
  for (int i = 0; i < n; i++) total += count[i];
  for (int i = 0; i < n; i++) sum += pow(count[i] - total * probability[i], 2) / (total * probability[i]);
  return sum;
}

static const char *const all_options[] = {NULL, "preset=real2019,population=12", "preset=nasbench201",
                                          "ageing=false,population=4,initial=20",
                                          "step=1,population=1,sample=1,initial=1"};

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

/* Best of 3 draws with replacement from 10: rank r (from 0) wins with probability ((10 - r)^3 - (9 - r)^3) / 1000. */
static void tournaments_have_the_published_odds(void **state) {
  (void)state;
  struct test_space s;
  space_grid(&s, JOUST_CATEGORICAL, 6, 10);
  struct instance in;
  int count[10] = {0};
  double x[MOST_PARAMETERS], probability[10];
  start(&in, &s.space, "preset=nasbench201", 2);
  for (int r = 0; r < 10; r++) {
    tell_level(&in, 100 + (uint64_t)r, (r * 7 + 3) % 10, r); /* ranks in another order than levels and ages */
    probability[r] = (pow(10 - r, 3) - pow(9 - r, 3)) / 1000;
  }
  for (int i = 0; i < 20000; i++) {
    uint32_t changed;
    ask_point(&in, x);
    int level = (int)parent_of(x, 6, &changed);
    for (int r = 0; r < 10; r++) count[r] += (r * 7 + 3) % 10 == level;
  }
  assert_true(chi_squared(count, probability, 10) < 28); /* 9 degrees of freedom: 1 in 1,000 */
  stop(&in);
}

/* As the scripts of NAS-Bench-201 do: a node, one of its edges, another operation. */
static void cells_mutate_by_node(void **state) {
  (void)state;
  static const double by_cell[6] = {1 / 3., 1 / 6., 1 / 6., 1 / 9., 1 / 9., 1 / 9.},
                      alike[6] = {1 / 6., 1 / 6., 1 / 6., 1 / 6., 1 / 6., 1 / 6.}, other[4] = {.25, .25, .25, .25};
  struct test_space s;
  space_grid(&s, JOUST_CATEGORICAL, 6, 5);
  for (int uniform = 0; uniform < 2; uniform++) {
    struct instance in;
    int edge[6] = {0}, operation[5] = {0};
    double x[MOST_PARAMETERS];
    start(&in, &s.space, uniform ? "preset=nasbench201,pick=uniform" : "preset=nasbench201", 3);
    for (uint64_t id = 100; id < 110; id++) tell_level(&in, id, 4, 0);
    for (int i = 0; i < 9000; i++) {
      uint32_t changed = 0;
      ask_point(&in, x);
      parent_of(x, 6, &changed);
      edge[changed]++;
      operation[(int)x[changed]]++;
    }
    assert_int_equal(operation[4], 0);
    assert_true(chi_squared(edge, uniform ? alike : by_cell, 6) < 20.5);
    assert_true(chi_squared(operation, other, 4) < 16.3);
    stop(&in);
  }
}

static void only_cells_are_mutated_as_cells(void **state) {
  (void)state;
  struct test_space s;
  space_grid(&s, JOUST_CATEGORICAL, 4, 3);
  struct instance in;
  assert_int_equal(try_start(&in, &s.space, "pick=cell", 1), JOUST_EUNSUPPORTED);
  assert_null(in.self);
  assert_non_null(strstr(in.services.error, "pick=cell needs"));
  stop(&in);
  start(&in, &s.space, "preset=nasbench201", 1); /* the preset gives way */
  stop(&in);
}

/* With ageing the two best ones are gone after two more trials, however bad; without it the best one stays. */
static void the_oldest_or_the_worst_dies(void **state) {
  (void)state;
  struct test_space s;
  space_grid(&s, JOUST_CATEGORICAL, 5, 4);
  for (int ageing = 0; ageing < 2; ageing++) {
    struct instance in;
    double x[MOST_PARAMETERS];
    uint32_t changed;
    start(&in, &s.space,
          ageing ? "population=2,initial=2,sample=100000,duplicates=allow"
                 : "population=2,initial=2,sample=100000,duplicates=allow,ageing=false",
          4);
    tell_level(&in, 100, 0, -8);
    tell_level(&in, 101, 1, -7);
    for (int i = 0; i < 20; i++) {
      ask_point(&in, x);
      assert_true(parent_of(x, 5, &changed) == 0);
    }
    tell_level(&in, 102, 2, 5);
    tell_level(&in, 103, 3, 6);
    for (int i = 0; i < 20; i++) {
      ask_point(&in, x);
      assert_true(parent_of(x, 5, &changed) == (ageing ? 2 : 0));
    }
    stop(&in);
  }
}

/* Ties and long lives: the members' order stays one of the living. */
static void equal_values_do_no_harm(void **state) {
  (void)state;
  struct test_space s;
  space_grid(&s, JOUST_CATEGORICAL, 7, 3);
  struct instance in;
  double x[MOST_PARAMETERS];
  start(&in, &s.space, "population=5,initial=5,sample=5", 4);
  for (int i = 0; i < 1000; i++) {
    ask_point(&in, x);
    tell_point(&in, in.next_id - 1, x, i % 3 ? INFINITY : (double)(i % 2), JOUST_TRIAL_OK);
  }
  stop(&in);
}

/* A member of the first three is the parent of the fourth point: `population` is put over the preset's. */
static void options_go_over_the_preset(void **state) {
  (void)state;
  struct test_space s;
  space_grid(&s, JOUST_CATEGORICAL, 6, 9);
  struct instance in;
  double x[MOST_PARAMETERS];
  uint32_t changed;
  start(&in, &s.space, "preset=nasbench201,population=3", 6);
  for (uint64_t k = 0; k < 3; k++) tell_level(&in, 100 + k, (double)k, 1);
  for (int i = 0; i < 50; i++) {
    ask_point(&in, x);
    assert_true(parent_of(x, 6, &changed) < 3);
  }
  stop(&in);
}

/* Until `initial` trials have succeeded the points are random: failed and cancelled ones do not count. */
static void failures_are_no_parents(void **state) {
  (void)state;
  struct test_space s;
  space_grid(&s, JOUST_CATEGORICAL, 8, 9);
  struct instance in;
  double x[MOST_PARAMETERS], base[MOST_PARAMETERS] = {0};
  start(&in, &s.space, "initial=2", 6);
  tell_point(&in, 100, base, 1, JOUST_TRIAL_OK);
  tell_point(&in, 101, base, NAN, JOUST_TRIAL_FAILED);
  tell_point(&in, 102, base, NAN, JOUST_TRIAL_CANCELLED);
  int far = 0;
  for (int i = 0; i < 20; i++) {
    int differences = 0;
    ask_point(&in, x);
    for (int k = 0; k < 8; k++) differences += x[k] != 0;
    far += differences > 3;
  }
  assert_int_equal(far, 20);
  stop(&in);
}

/* Children of one ordinal member: neighbours with step=1, any other value alike with step=0. */
static void ordinals_step_or_jump(void **state) {
  (void)state;
  struct test_space s;
  space_grid(&s, JOUST_ORDINAL, 3, 5);
  for (int step = 0; step < 2; step++) {
    static const double alike[4] = {.25, .25, .25, .25};
    struct instance in;
    int count[5] = {0};
    double x[MOST_PARAMETERS];
    start(&in, &s.space, step ? "initial=1,step=1,duplicates=allow" : "initial=1,step=0,duplicates=allow", 8);
    tell_level(&in, 100, 4, 0);
    for (int i = 0; i < 2000; i++) {
      uint32_t changed = 0;
      ask_point(&in, x);
      assert_true(parent_of(x, 3, &changed) == 4);
      count[(int)x[changed]]++;
    }
    assert_int_equal(count[4], 0);
    if (step)
      assert_int_equal(count[3], 2000); /* over the edge means the other way */
    else
      assert_true(chi_squared(count, alike, 4) < 16.3);
    stop(&in);
  }
}

/* Steps of numbers have every order of magnitude, and those of an integer are never 0. */
static void numbers_step_at_every_scale(void **state) {
  (void)state;
  struct test_space s;
  space_begin(&s);
  space_number(&s, JOUST_REAL, 1e-3, 1e3, 1);
  space_number(&s, JOUST_INTEGER, 0, 1000, 0);
  struct instance in;
  double base[2] = {1, 400}, x[2], least = 1, most = 0;
  int small = 0;
  start(&in, &s.space, "initial=1,step=1,duplicates=allow", 8);
  tell_point(&in, 100, base, 0, JOUST_TRIAL_OK);
  for (int i = 0; i < 2000; i++) {
    ask_point(&in, x);
    double distance = fabs(joust_place_of(&s.parameters[0], x[0]) - 0.5);
    assert_true((x[0] != base[0]) + (x[1] != base[1]) == 1);
    small += fabs(x[1] - 400) == 1;
    if (x[0] == base[0]) continue;
    least = fmin(least, distance);
    most = fmax(most, distance);
  }
  assert_true(least < 1e-4 && most > 0.3 && small > 100);
  stop(&in);
}

/* Every point of a small space once, then DONE, also where the population is larger than the space. */
static void known_points_are_avoided(void **state) {
  (void)state;
  static const char *const options[] = {NULL, "population=1000,initial=1000", "population=2,initial=1,step=1"};
  struct test_space finite, single;
  space_finite(&finite);
  space_grid(&single, JOUST_CATEGORICAL, 3, 1);
  for (size_t k = 0; k < sizeof options / sizeof *options; k++) {
    struct instance in;
    double best, x[MOST_PARAMETERS];
    uint32_t n;
    start(&in, &finite.space, options[k], 1);
    assert_int_equal(run(&in, 100000, 1, &best), 360);
    assert_int_equal(ask_rows(&in, 5, x, &n), JOUST_DONE);
    stop(&in);
    start(&in, &single.space, options[k], 1);
    assert_int_equal(run(&in, 10, 1, &best), 1);
    stop(&in);
  }
}

/* The same in a space that is too large for one bit a point. */
static void known_points_of_a_large_space_are_avoided(void **state) {
  (void)state;
  struct test_space s;
  space_grid(&s, JOUST_CATEGORICAL, 7, 8);
  struct instance in;
  double best;
  start(&in, &s.space, NULL, 1);
  assert_int_equal(run(&in, 3000, 1, &best), 3000);
  assert_true(best < 0.05);
  stop(&in);
}

static void foreign_points_are_not_proposed_again(void **state) {
  (void)state;
  struct test_space s;
  space_grid(&s, JOUST_CATEGORICAL, 3, 3);
  struct instance in;
  double x[MOST_PARAMETERS];
  uint32_t n, asked = 0;
  start(&in, &s.space, NULL, 9);
  for (uint64_t index = 0; index < 27; index += 2) {
    joust_index_point(&s.space, index, x);
    tell_point(&in, 1000 + index, x, 0, JOUST_TRIAL_OK);
  }
  for (; ask_rows(&in, 1, x, &n) == JOUST_OK; asked++) assert_int_equal(joust_point_index(&s.space, x) % 2, 1);
  assert_int_equal(asked, 13);
  stop(&in);
}

/* Where duplicates are allowed there is no end. */
static void presets_repeat_points(void **state) {
  (void)state;
  struct test_space single;
  space_grid(&single, JOUST_CATEGORICAL, 3, 1);
  struct instance in;
  double best;
  start(&in, &single.space, "preset=nasbench201", 1);
  assert_int_equal(run(&in, 50, 0, &best), 50);
  stop(&in);
}

/* In each of ten runs: 1e-3 from the minimum of the mixed space after 1,000 trials (random search is 100 times as far),
 * and the minimum of a grid of 15,625 points after 200. */
static void evolution_finds_minima(void **state) {
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
    run(&in, 1000, 1, &best);
    assert_true(best < floor_value + 1e-3);
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
      cmocka_unit_test(tournaments_have_the_published_odds),
      cmocka_unit_test(cells_mutate_by_node),
      cmocka_unit_test(only_cells_are_mutated_as_cells),
      cmocka_unit_test(the_oldest_or_the_worst_dies),
      cmocka_unit_test(equal_values_do_no_harm),
      cmocka_unit_test(options_go_over_the_preset),
      cmocka_unit_test(failures_are_no_parents),
      cmocka_unit_test(ordinals_step_or_jump),
      cmocka_unit_test(numbers_step_at_every_scale),
      cmocka_unit_test(known_points_are_avoided),
      cmocka_unit_test(known_points_of_a_large_space_are_avoided),
      cmocka_unit_test(foreign_points_are_not_proposed_again),
      cmocka_unit_test(presets_repeat_points),
      cmocka_unit_test(evolution_finds_minima),
  };
  return cmocka_run_group_tests_name("evolution", tests, NULL, NULL);
}
