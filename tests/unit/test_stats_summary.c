/* Summaries and ranks. The reference values are those of numpy 2.4 and scipy 1.17:
 *
 *   np.mean(a), np.std(a, ddof=1), scipy.stats.sem(a), np.quantile(a, p), scipy.stats.rankdata(t, method=...)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "stats/rank.h"
#include "stats/summary.h"

#define N(array) (sizeof(array) / sizeof *(array))

static void assert_close(double value, double expected) {
  bool same = isfinite(expected) ? fabs(value - expected) <= 1e-9 * fmax(1, fabs(expected))
                                 : value == expected || (isnan(value) && isnan(expected));
  if (!same) fail_msg("%.17g, expected %.17g", value, expected);
}

static const double a[] = {6.0, 6.6, 5.45, 4.22, 5.09, 4.02, 6.12, 8.68, 5.02, 4.76, 6.98, 6.71};

static void summary_of_numbers(void **state) {
  (void)state;
  struct joust_summary s = joust_summarise(a, N(a));
  assert_int_equal(s.n, 12);
  assert_int_equal(s.missing, 0);
  assert_close(s.mean, 5.804166666666666);
  assert_close(s.sd, 1.32385427880683);
  assert_close(s.se, 0.3821638121184806);
  assert_close(s.minimum, 4.02);
  assert_close(s.lower_quartile, 4.955);
  assert_close(s.median, 5.725);
  assert_close(s.upper_quartile, 6.6274999999999995);
  assert_close(s.maximum, 8.68);
}

static void quantiles_of_type_7(void **state) {
  (void)state;
  static const double p[] = {0, 0.1, 0.25, 0.5, 0.75, 0.9, 1};
  static const double expected[] = {4.02, 4.274, 4.955, 5.725, 6.6274999999999995, 6.953, 8.68};
  double moved[N(a)];
  memcpy(moved, a, sizeof a);
  for (size_t i = 0; i < N(p); i++) {
    assert_close(joust_quantile(a, N(a), p[i]), expected[i]);
    assert_close(joust_quantile_select(moved, N(a), p[i]), expected[i]);
  }
  assert_close(joust_median(a, N(a)), 5.725);
}

static void missing_values_are_counted(void **state) {
  (void)state;
  const double values[] = {NAN, 3, 1, NAN, 2};
  struct joust_summary s = joust_summarise(values, N(values));
  assert_int_equal(s.n, 3);
  assert_int_equal(s.missing, 2);
  assert_close(s.mean, 2);
  assert_close(s.sd, 1);
  assert_close(s.median, 2);
  assert_close(joust_quantile(values, N(values), 0.75), 2.5);
}

static void infinite_values_keep_their_place(void **state) {
  (void)state;
  const double values[] = {INFINITY, 3, 1, INFINITY, 2};
  struct joust_summary s = joust_summarise(values, N(values));
  assert_int_equal(s.n, 5);
  assert_close(s.median, 3);
  assert_close(s.upper_quartile, INFINITY);
  assert_close(s.mean, INFINITY);
  assert_close(s.sd, NAN);
  assert_close(joust_quantile(values, 5, 0.6), INFINITY); /* between 3 and infinity */
  const double worst_of_maximise[] = {-INFINITY, -INFINITY, 3, 4};
  double mixed[] = {INFINITY, 3, 1, INFINITY, 2};
  assert_close(joust_quantile_select(mixed, 5, 0.6), INFINITY);
  assert_close(joust_quantile_select(mixed, 5, 0.5), 3);
  assert_close(joust_quantile_select(mixed, 0, 0.5), NAN);
  assert_close(joust_median(worst_of_maximise, 4), -INFINITY);
  assert_close(joust_summarise(worst_of_maximise, 4).mean, -INFINITY);
}

static void small_samples(void **state) {
  (void)state;
  const double values[] = {3, 5}, nothing[] = {NAN, NAN};
  struct joust_summary none = joust_summarise(NULL, 0), one = joust_summarise(values, 1);
  struct joust_summary two = joust_summarise(values, 2), missing = joust_summarise(nothing, 2);
  assert_int_equal(none.n, 0);
  assert_close(none.mean, NAN);
  assert_close(none.median, NAN);
  assert_close(none.maximum, NAN);
  assert_close(one.mean, 3);
  assert_close(one.sd, NAN);
  assert_close(one.se, NAN);
  assert_close(one.median, 3);
  assert_close(one.upper_quartile, 3);
  assert_close(two.mean, 4);
  assert_close(two.sd, sqrt(2));
  assert_close(two.se, 1);
  assert_close(two.lower_quartile, 3.5);
  assert_int_equal(missing.missing, 2);
  assert_close(missing.mean, NAN);
}

/* Ten times 0.1 does not add up to 1. */
static void constant_and_far_from_zero(void **state) {
  (void)state;
  double constant[10], far[3] = {1e9 + 1, 1e9 + 2, 1e9 + 3};
  for (size_t i = 0; i < N(constant); i++) constant[i] = 0.1;
  struct joust_summary s = joust_summarise(constant, N(constant));
  assert_true(s.mean == 0.1 && s.sd == 0 && s.se == 0 && s.median == 0.1);
  assert_true(joust_summarise(far, 3).sd == 1);
}

static void order_does_not_matter(void **state) {
  (void)state;
  double reversed[N(a)];
  for (size_t i = 0; i < N(a); i++) reversed[i] = a[N(a) - 1 - i];
  struct joust_summary forward = joust_summarise(a, N(a)), backward = joust_summarise(reversed, N(a));
  assert_memory_equal(&forward, &backward, sizeof forward);
}

static void ranks_with_ties(void **state) {
  (void)state;
  static const double t[] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5};
  static const double average[] = {4.5, 1.5, 6, 1.5, 8, 11, 3, 10, 8, 4.5, 8};
  static const double least[] = {4, 1, 6, 1, 7, 11, 3, 10, 7, 4, 7};
  double ranks[N(t)];
  assert_close(joust_rank(ranks, t, N(t), JOUST_TIES_AVERAGE), 6 + 6 + 24); /* two pairs and a triple */
  for (size_t i = 0; i < N(t); i++) assert_close(ranks[i], average[i]);
  joust_rank(ranks, t, N(t), JOUST_TIES_MIN);
  for (size_t i = 0; i < N(t); i++) assert_close(ranks[i], least[i]);
}

static void failed_runs_rank_last_together(void **state) {
  (void)state;
  const double values[] = {NAN, 2, INFINITY, 1, NAN};
  static const double expected[] = {4, 2, 4, 1, 4};
  double ranks[5];
  assert_close(joust_rank(ranks, values, 5, JOUST_TIES_AVERAGE), 24);
  for (size_t i = 0; i < 5; i++) assert_close(ranks[i], expected[i]);
  joust_rank(ranks, values, 5, JOUST_TIES_MIN);
  assert_close(ranks[0], 3);
}

static void ranks_over_blocks(void **state) {
  (void)state;
  static const double values[] = {1, 2, 3, 5, 5, 4, 9, 9, 9};
  double ranks[3];
  assert_close(joust_rank_blocks(ranks, values, 3, 3), 6 + 24);
  assert_close(ranks[0], (1 + 2.5 + 2) / 3);
  assert_close(ranks[1], (2 + 2.5 + 2) / 3);
  assert_close(ranks[2], (3 + 1 + 2.0) / 3);
  joust_rank_blocks(ranks, NULL, 0, 3);
  assert_close(ranks[1], NAN);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(summary_of_numbers),
      cmocka_unit_test(quantiles_of_type_7),
      cmocka_unit_test(missing_values_are_counted),
      cmocka_unit_test(infinite_values_keep_their_place),
      cmocka_unit_test(small_samples),
      cmocka_unit_test(constant_and_far_from_zero),
      cmocka_unit_test(order_does_not_matter),
      cmocka_unit_test(ranks_with_ties),
      cmocka_unit_test(failed_runs_rank_last_together),
      cmocka_unit_test(ranks_over_blocks),
  };
  return cmocka_run_group_tests_name("stats: summary and ranks", tests, NULL, NULL);
}
