/* Curves, targets, the best of random draws, and comparisons over blocks. References: the mean and standard deviation
 * of the minimum over all draws, listed by Python's itertools.combinations (without replacement) or product (with); for
 * the large table, the formulas of expected_best.h in mpmath 1.4 with 50 digits and its binomial(). The other
 * expectations are counted by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "stats/compare.h"
#include "stats/curve.h"
#include "stats/expected_best.h"
#include "stats/reach.h"

#define N(array) (sizeof(array) / sizeof *(array))

static void assert_close(double value, double expected) {
  bool same = isfinite(expected) ? fabs(value - expected) <= 1e-9 * fmax(1, fabs(expected))
                                 : value == expected || (isnan(value) && isnan(expected));
  if (!same) fail_msg("%.17g, expected %.17g", value, expected);
}

static void assert_all(const double *values, const double *expected, size_t n) {
  for (size_t i = 0; i < n; i++) assert_close(values[i], expected[i]);
}

/* ---- curves ----------------------------------------------------------------------------------------------------- */

static void incumbent_and_regret(void **state) {
  (void)state;
  const double values[] = {NAN, 5, 7, NAN, 3, 3, 4};
  double curve[7], regret[7];
  joust_curve_incumbent(curve, values, 7, false);
  assert_all(curve, (const double[]){INFINITY, 5, 5, 5, 3, 3, 3}, 7);
  joust_curve_regret(regret, curve, 7, 3.5, false);
  assert_all(regret, (const double[]){INFINITY, 1.5, 1.5, 1.5, -0.5, -0.5, -0.5}, 7);
  joust_curve_incumbent(curve, values, 7, true);
  assert_all(curve, (const double[]){-INFINITY, 5, 7, 7, 7, 7, 7}, 7);
  joust_curve_regret(curve, curve, 7, 10, true);
  assert_all(curve, (const double[]){INFINITY, 5, 3, 3, 3, 3, 3}, 7);
  joust_curve_incumbent(NULL, NULL, 0, true);
}

static void cumulated_cost(void **state) {
  (void)state;
  double cost[] = {1, 2.5, NAN, 0, 4};
  joust_curve_cumulate(cost, cost, 5);
  assert_all(cost, (const double[]){1, 3.5, 3.5, 3.5, 7.5}, 5);
}

static void value_at_a_budget(void **state) {
  (void)state;
  static const double at[] = {1, 3.5, 3.5, 7.5}, values[] = {9, 8, 6, 2};
  struct joust_curve by_cost = {4, at, values}, by_trial = {4, NULL, values}, empty = {0};
  static const double budgets[] = {0.5, 1, 3.4, 3.5, 7, 7.5, 100};
  static const double expected[] = {INFINITY, 9, 9, 6, 6, 2, 2};
  for (size_t i = 0; i < N(budgets); i++) assert_close(joust_curve_value(&by_cost, budgets[i], INFINITY), expected[i]);
  assert_close(joust_curve_value(&by_trial, 0, 50), 50);
  assert_close(joust_curve_value(&by_trial, 3, 50), 6);
  assert_close(joust_curve_value(&by_trial, 3.9, 50), 6);
  assert_close(joust_curve_value(&by_trial, 4, 50), 2);
  assert_close(joust_curve_value(&empty, 4, 50), 50);
}

static void many_curves_on_a_grid(void **state) {
  (void)state;
  static const double at[] = {1, 3.5, 3.5, 7.5}, values[] = {9, 8, 6, 2}, grid[] = {0, 1, 2, 3.5, 3.5, 10};
  struct joust_curve curves[] = {{4, at, values}, {2, NULL, values}, {0}};
  double matrix[N(grid) * 3];
  joust_curve_matrix(matrix, curves, 3, grid, N(grid), INFINITY);
  for (size_t point = 0; point < N(grid); point++) {
    for (size_t run = 0; run < 3; run++) {
      assert_close(matrix[point * 3 + run], joust_curve_value(&curves[run], grid[point], INFINITY));
    }
  }
  assert_close(matrix[2 * 3 + 1], 8);
}

/* ---- the best of random draws ----------------------------------------------------------------------------------- */

static const double table[] = {5, 1, 4, 4, 9, 2, 7, 3, 8, 6, 10, 12};

static void expected_best_of_all_draws(void **state) {
  (void)state;
  static const struct {
    size_t draws;
    double without[2], with[2]; /* mean, sd */
  } rows[] = {
      {1, {5.916666666666667, 3.226410113767656}, {5.916666666666667, 3.226410113767656}},
      {2, {3.909090909090909, 2.2811963416837435}, {4.076388888888889, 2.4383505954934392}},
      {3, {2.9954545454545456, 1.7464190043752315}, {3.225115740740741, 1.9474327201644335}},
      {5, {2.095959595959596, 1.1831663725081865}, {2.4029907728909463, 1.4260766452860063}},
  };
  double without[5], with[5], negated[N(table)];
  for (size_t i = 0; i < N(table); i++) negated[i] = -table[i];
  joust_expected_best_curve(without, table, N(table), 5, false, false);
  joust_expected_best_curve(with, negated, N(table), 5, true, true);
  for (size_t i = 0; i < N(rows); i++) {
    struct joust_expected_best a = joust_expected_best(table, N(table), rows[i].draws, false, false);
    struct joust_expected_best b = joust_expected_best(table, N(table), rows[i].draws, true, false);
    assert_close(a.mean, rows[i].without[0]);
    assert_close(a.sd, rows[i].without[1]);
    assert_close(b.mean, rows[i].with[0]);
    assert_close(b.sd, rows[i].with[1]);
    assert_close(joust_expected_best(negated, N(table), rows[i].draws, false, true).mean, -rows[i].without[0]);
    assert_close(without[rows[i].draws - 1], rows[i].without[0]);
    assert_close(with[rows[i].draws - 1], -rows[i].with[0]);
  }
}

/* As many points as NAS-Bench-201 has. */
static void expected_best_of_a_large_table(void **state) {
  (void)state;
  enum { SIZE = 15625 };
  double *values = malloc(SIZE * sizeof *values);
  assert_non_null(values);
  for (int i = 0; i < SIZE; i++) values[i] = (double)(i * 7919 % SIZE) / 100;
  assert_close(joust_expected_best(values, SIZE, 200, false, false).mean, 0.767412935323383);
  assert_close(joust_expected_best(values, SIZE, 200, true, false).mean, 0.772373850717577);
  free(values);
}

static void expected_best_with_failures(void **state) {
  (void)state;
  double values[N(table)];
  for (size_t i = 0; i < N(table); i++) values[i] = table[i] == 1 || table[i] == 9 || table[i] == 12 ? NAN : table[i];
  struct joust_expected_best without = joust_expected_best(values, N(table), 3, false, false);
  struct joust_expected_best with = joust_expected_best(values, N(table), 3, true, false);
  assert_close(without.mean, 3.853881278538813);
  assert_close(without.sd, 1.7032391929680024);
  assert_close(with.mean, 4.021751910640799);
  assert_close(with.sd, 1.8341260398309767);
}

static void expected_best_at_the_edges(void **state) {
  (void)state;
  const double constant[] = {0.1, 0.1, 0.1}, nothing[] = {NAN, NAN};
  assert_close(joust_expected_best(NULL, 0, 3, false, false).mean, NAN);
  assert_close(joust_expected_best(table, N(table), 0, true, false).mean, NAN);
  assert_close(joust_expected_best(nothing, 2, 2, true, false).mean, NAN);
  assert_close(joust_expected_best(table, N(table), 12, false, false).mean, 1);
  assert_close(joust_expected_best(table, N(table), 99, false, true).mean, 12);
  assert_close(joust_expected_best(table, N(table), 12, false, false).sd, 0);
  assert_close(joust_expected_best(table, N(table), 100000, true, false).mean, 1);
  struct joust_expected_best same = joust_expected_best(constant, 3, 2, true, true);
  assert_true(same.mean == 0.1 && same.sd == 0);
}

/* ---- targets ---------------------------------------------------------------------------------------------------- */

static void budget_to_a_target(void **state) {
  (void)state;
  static const double at[] = {1, 3.5, 3.5, 7.5};
  const double falling[] = {INFINITY, 8, 6, 2}, rising[] = {-INFINITY, 2, 6, 8};
  struct joust_curve down = {4, at, falling}, up = {4, NULL, rising}, empty = {0};
  assert_close(joust_reach_budget(&down, 8, false), 3.5);
  assert_close(joust_reach_budget(&down, 5.9, false), 7.5);
  assert_close(joust_reach_budget(&down, 1.9, false), INFINITY);
  assert_close(joust_reach_budget(&up, 2, true), 2);
  assert_close(joust_reach_budget(&up, 8.1, true), INFINITY);
  assert_close(joust_reach_budget(&empty, 1, true), INFINITY);
}

static void ecdf_counts_what_was_never_reached(void **state) {
  (void)state;
  const double budgets[] = {10, INFINITY, 2, 10, NAN, 50, 3, INFINITY}, grid[] = {1, 2, 9.9, 10, 49, 50, INFINITY};
  double share[N(grid)];
  joust_reach_ecdf(share, budgets, N(budgets), grid, N(grid));
  assert_all(share, (const double[]){0, 1 / 8.0, 2 / 8.0, 4 / 8.0, 4 / 8.0, 5 / 8.0, 5 / 8.0}, N(grid));
  joust_reach_ecdf(share, NULL, 0, grid, N(grid));
  assert_close(share[6], 0);
}

/* The same area as the sum of the distribution over a fine grid. */
static void area_under_the_ecdf(void **state) {
  (void)state;
  enum { POINTS = 20000 };
  const double budgets[] = {10, INFINITY, 2, 10, NAN, 50, 300, 0.5};
  double *grid = malloc(2 * POINTS * sizeof *grid), *share = grid + POINTS, sum = 0, log_sum = 0;
  assert_non_null(grid);
  for (int i = 0; i < POINTS; i++) grid[i] = 1 + 199 * (i + 0.5) / POINTS;
  joust_reach_ecdf(share, budgets, N(budgets), grid, POINTS);
  for (int i = 0; i < POINTS; i++) sum += share[i] / POINTS;
  for (int i = 0; i < POINTS; i++) grid[i] = pow(200, (i + 0.5) / POINTS);
  joust_reach_ecdf(share, budgets, N(budgets), grid, POINTS);
  for (int i = 0; i < POINTS; i++) log_sum += share[i] / POINTS;
  assert_true(fabs(joust_reach_area(budgets, N(budgets), 1, 200, false) - sum) < 1e-4);
  assert_true(fabs(joust_reach_area(budgets, N(budgets), 1, 200, true) - log_sum) < 1e-4);
  assert_close(joust_reach_area(budgets, N(budgets), 1, 200, false), (1 + (190 + 198 + 190 + 150) / 199.0) / 8);
  free(grid);
}

static void area_at_the_edges(void **state) {
  (void)state;
  const double all[] = {1, 0}, none[] = {INFINITY, NAN, 200};
  assert_close(joust_reach_area(all, 2, 1, 200, true), 1);
  assert_close(joust_reach_area(none, 3, 1, 200, true), 0);
  assert_close(joust_reach_area(NULL, 0, 1, 200, true), NAN);
  assert_close(joust_reach_area(all, 2, 0, 200, true), NAN);
  assert_close(joust_reach_area(all, 2, 5, 5, false), NAN);
}

/* ---- comparisons ------------------------------------------------------------------------------------------------ */

static void who_is_best(void **state) {
  (void)state;
  const double values[] = {1, 2, 3, 2, 2, 2, NAN, 5, 5, NAN, INFINITY, NAN, 4, 3, NAN};
  double share[3];
  joust_best_share(share, values, 5, 3);
  assert_all(share, (const double[]){(1 + 1 / 3.0) / 5, (1 / 3.0 + 0.5 + 1) / 5, (1 / 3.0 + 0.5) / 5}, 3);
  joust_best_share(share, NULL, 0, 3);
  assert_close(share[0], NAN);
}

static void wins_ties_losses(void **state) {
  (void)state;
  const double values[] = {1, 2, 3, 2, 2, 2, NAN, 5, 5, NAN, INFINITY, NAN, 4, 3, NAN};
  static const size_t expected[] = {0, 1, 2, 2, 0, 2, 1, 0, 0};
  size_t wins[9];
  joust_wins(wins, values, 5, 3);
  for (size_t i = 0; i < 9; i++) assert_int_equal(wins[i], expected[i]);
  joust_wins(wins, NULL, 0, 3);
  assert_int_equal(wins[1], 0);
}

static void scores(void **state) {
  (void)state;
  assert_close(joust_score(92, 90, 95), 40); /* larger is better */
  assert_close(joust_score(0.3, 0.5, 0.1), 50);
  assert_close(joust_score(95, 90, 95), 100);
  assert_close(joust_score(96, 90, 95), 100);
  assert_close(joust_score(89, 90, 95), 0);
  assert_close(joust_score(NAN, 90, 95), 0);
  assert_close(joust_score(-INFINITY, 90, 95), 0);
  assert_close(joust_score(INFINITY, 0.5, 0.1), 0);
  assert_close(joust_score(90, 90, 90), NAN);
  assert_close(joust_score(90, NAN, 95), NAN);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(incumbent_and_regret),
      cmocka_unit_test(cumulated_cost),
      cmocka_unit_test(value_at_a_budget),
      cmocka_unit_test(many_curves_on_a_grid),
      cmocka_unit_test(expected_best_of_all_draws),
      cmocka_unit_test(expected_best_of_a_large_table),
      cmocka_unit_test(expected_best_with_failures),
      cmocka_unit_test(expected_best_at_the_edges),
      cmocka_unit_test(budget_to_a_target),
      cmocka_unit_test(ecdf_counts_what_was_never_reached),
      cmocka_unit_test(area_under_the_ecdf),
      cmocka_unit_test(area_at_the_edges),
      cmocka_unit_test(who_is_best),
      cmocka_unit_test(wins_ties_losses),
      cmocka_unit_test(scores),
  };
  return cmocka_run_group_tests_name("stats: curves, targets, comparisons", tests, NULL, NULL);
}
