/* Bootstrap intervals. The references are scipy 1.17's
 *
 *   scipy.stats.bootstrap((a,), statistic, method="percentile" or "BCa", n_resamples=0, bootstrap_result=...)
 *
 * with the distribution given: numpy's mean or median of the rows drawn by a Python version of xoshiro256++, SplitMix64
 * and Lemire's multiply-and-reject, written from their papers. The running time: numpy's percentile of the quotients of
 * sums over the same kind of draws.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "stats/bootstrap.h"
#include "stats/reach.h"
#include "stats/summary.h"

#define N(array) (sizeof(array) / sizeof *(array))

static void assert_close(double value, double expected) {
  bool same = isfinite(expected) ? fabs(value - expected) <= 1e-9 * fmax(1, fabs(expected))
                                 : value == expected || (isnan(value) && isnan(expected));
  if (!same) fail_msg("%.17g, expected %.17g", value, expected);
}

static void assert_interval(struct joust_interval interval, double estimate, double lower, double upper) {
  assert_close(interval.estimate, estimate);
  assert_close(interval.lower, lower);
  assert_close(interval.upper, upper);
}

static const double a[] = {6.0, 6.6, 5.45, 4.22, 5.09, 4.02, 6.12, 8.68, 5.02, 4.76, 6.98, 6.71};
static const double skewed[] = {.1, .2, .2, .3, .5, .9, 1.7, 3.2, 6.5, 12.9, 25};

static void draws_are_the_same_everywhere(void **state) {
  (void)state;
  static const uint32_t rows[] = {9, 3, 11, 8, 9, 7, 1, 7, 2, 11, 6, 10}; /* the first replicate of seed 42 */
  struct joust_draws draws;
  joust_draws_make(&draws, 12, 500, 42);
  uint32_t counts[12] = {0};
  for (size_t i = 0; i < 12; i++) counts[rows[i]]++;
  assert_memory_equal(draws.counts, counts, sizeof counts);
  for (size_t r = 0; r < 500; r++) {
    uint32_t total = 0;
    for (size_t i = 0; i < 12; i++) total += draws.counts[r * 12 + i];
    assert_int_equal(total, 12);
  }
  joust_draws_free(&draws);
  assert_null(draws.counts);
}

static void intervals_of_scipy(void **state) {
  (void)state;
  struct joust_draws draws;
  joust_draws_make(&draws, N(a), 500, 42);
  assert_interval(joust_bootstrap_mean(a, &draws, JOUST_PERCENTILE, 0.9), 5.804166666666666, 5.242291666666667,
                  6.390916666666667);
  assert_interval(joust_bootstrap_mean(a, &draws, JOUST_BCA, 0.9), 5.804166666666666, 5.299373044053425,
                  6.470624742809132);
  assert_interval(joust_bootstrap_median(a, &draws, JOUST_PERCENTILE, 0.9), 5.725, 5.02, 6.6);
  assert_interval(joust_bootstrap_median(a, &draws, JOUST_BCA, 0.9), 5.725, 5.02, 6.6);
  joust_draws_free(&draws);
  joust_draws_make(&draws, N(skewed), 1000, 1);
  assert_interval(joust_bootstrap_mean(skewed, &draws, JOUST_BCA, 0.95), 4.681818181818182, 1.6, 10.160956152754235);
  assert_interval(joust_bootstrap_median(skewed, &draws, JOUST_BCA, 0.95), 0.9, 0.2, 6.5);
  joust_draws_free(&draws);
}

/* Statistics of a caller's own take the same road: here the mean and the median (of an even number of rows, so that
 * each row left out matters) in plain words. */
static double plain_mean(const void *data, const uint32_t *counts, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += counts[i] * ((const double *)data)[i];
  return sum / (double)n;
}

static double plain_mean_without(const void *data, size_t i) {
  uint32_t counts[N(skewed)];
  for (size_t j = 0; j < N(skewed); j++) counts[j] = j != i;
  return plain_mean(data, counts, N(skewed)) * (double)N(skewed) / (double)(N(skewed) - 1);
}

static double plain_median(const void *data, const uint32_t *counts, size_t n) {
  double drawn[N(a)];
  size_t m = 0;
  for (size_t i = 0; i < n; i++) {
    for (uint32_t j = 0; j < counts[i]; j++) drawn[m++] = ((const double *)data)[i];
  }
  return joust_median(drawn, m);
}

static double plain_median_without(const void *data, size_t i) {
  uint32_t counts[N(a)];
  for (size_t j = 0; j < N(a); j++) counts[j] = j != i;
  return plain_median(data, counts, N(a));
}

static void statistics_of_the_callers(void **state) {
  (void)state;
  static const struct joust_statistic mean = {plain_mean, plain_mean_without};
  static const struct joust_statistic median = {plain_median, plain_median_without};
  struct joust_draws draws;
  joust_draws_make(&draws, N(skewed), 1000, 1);
  assert_interval(joust_bootstrap(&mean, skewed, &draws, JOUST_BCA, 0.95), 4.681818181818182, 1.6, 10.160956152754235);
  joust_draws_free(&draws);
  joust_draws_make(&draws, N(a), 2000, 5);
  for (int percent = 1; percent < 100; percent++) {
    double values[N(a)], level = percent / 100.0;
    for (size_t i = 0; i < N(a); i++) values[i] = exp(percent % 7 * a[i] / 4);
    struct joust_interval plain = joust_bootstrap(&median, values, &draws, JOUST_BCA, level);
    assert_interval(joust_bootstrap_median(values, &draws, JOUST_BCA, level), plain.estimate, plain.lower, plain.upper);
  }
  joust_draws_free(&draws);
}

static void constant_data_gives_a_point(void **state) {
  (void)state;
  double constant[10];
  struct joust_draws draws;
  for (size_t i = 0; i < N(constant); i++) constant[i] = 0.1;
  joust_draws_make(&draws, N(constant), 200, 7);
  struct joust_interval mean = joust_bootstrap_mean(constant, &draws, JOUST_BCA, 0.95);
  struct joust_interval median = joust_bootstrap_median(constant, &draws, JOUST_BCA, 0.95);
  assert_true(mean.estimate == 0.1 && mean.lower == 0.1 && mean.upper == 0.1);
  assert_true(median.estimate == 0.1 && median.lower == 0.1 && median.upper == 0.1);
  joust_draws_free(&draws);
}

static void small_samples(void **state) {
  (void)state;
  struct joust_draws draws;
  static const double two[] = {1, 3};
  joust_draws_make(&draws, 0, 50, 7);
  assert_interval(joust_bootstrap_mean(NULL, &draws, JOUST_BCA, 0.95), NAN, NAN, NAN);
  assert_interval(joust_bootstrap_median(NULL, &draws, JOUST_BCA, 0.95), NAN, NAN, NAN);
  joust_draws_free(&draws);
  joust_draws_make(&draws, 1, 50, 7);
  assert_interval(joust_bootstrap_mean(two, &draws, JOUST_BCA, 0.95), 1, 1, 1);
  assert_interval(joust_bootstrap_median(two, &draws, JOUST_PERCENTILE, 0.95), 1, 1, 1);
  joust_draws_free(&draws);
  joust_draws_make(&draws, 2, 200, 7);
  assert_interval(joust_bootstrap_mean(two, &draws, JOUST_PERCENTILE, 0.95), 2, 1, 3);
  assert_interval(joust_bootstrap_median(two, &draws, JOUST_BCA, 0.95), 2, 1, 3);
  joust_draws_free(&draws);
  joust_draws_make(&draws, 2, 0, 7);
  assert_interval(joust_bootstrap_mean(two, &draws, JOUST_BCA, 0.95), 2, NAN, NAN);
  joust_draws_free(&draws);
}

/* Replicates that draw a missing row count only the others; those that draw nothing else are left out. */
static void missing_values_are_not_drawn(void **state) {
  (void)state;
  const double values[] = {1, NAN, 3, NAN}, nothing[] = {NAN, NAN, NAN, NAN};
  struct joust_draws draws;
  joust_draws_make(&draws, 4, 400, 3);
  struct joust_interval mean = joust_bootstrap_mean(values, &draws, JOUST_BCA, 0.95);
  assert_interval(mean, 2, 1, 3);
  assert_interval(joust_bootstrap_median(values, &draws, JOUST_PERCENTILE, 0.95), 2, 1, 3);
  assert_interval(joust_bootstrap_mean(nothing, &draws, JOUST_BCA, 0.95), NAN, NAN, NAN);
  assert_interval(joust_bootstrap_median(nothing, &draws, JOUST_BCA, 0.95), NAN, NAN, NAN);
  joust_draws_free(&draws);
  double lopsided[N(skewed) + 1] = {NAN};
  memcpy(lopsided + 1, skewed, sizeof skewed);
  joust_draws_make(&draws, N(lopsided), 1000, 3);
  struct joust_interval plain = joust_bootstrap_mean(lopsided, &draws, JOUST_PERCENTILE, 0.9);
  struct joust_interval corrected = joust_bootstrap_mean(lopsided, &draws, JOUST_BCA, 0.9);
  assert_close(plain.estimate, 51.5 / 11);
  assert_true(corrected.upper > plain.upper); /* a missing row does not keep BCa from its correction */
  joust_draws_free(&draws);
}

static void infinite_values_are_drawn(void **state) {
  (void)state;
  const double values[] = {1, 2, 3, 4, 5, 6, 7, 8, INFINITY};
  const double mostly[] = {1, 2, INFINITY, INFINITY, INFINITY, INFINITY, INFINITY, INFINITY, INFINITY};
  struct joust_draws draws;
  joust_draws_make(&draws, 9, 400, 3);
  struct joust_interval mean = joust_bootstrap_mean(values, &draws, JOUST_BCA, 0.95);
  assert_close(mean.estimate, INFINITY);
  assert_true(isfinite(mean.lower)); /* a third of the replicates lack that run */
  assert_close(mean.upper, INFINITY);
  struct joust_interval median = joust_bootstrap_median(values, &draws, JOUST_BCA, 0.95);
  assert_close(median.estimate, 5);
  assert_true(isfinite(median.lower) && isfinite(median.upper));
  assert_close(joust_bootstrap_median(mostly, &draws, JOUST_BCA, 0.95).estimate, INFINITY);
  assert_close(joust_bootstrap_median(mostly, &draws, JOUST_BCA, 0.95).upper, INFINITY);
  joust_draws_free(&draws);
}

static void running_time(void **state) {
  (void)state;
  const double budgets[] = {10, 25, INFINITY, 40, NAN, 5, 60, 33};
  static const double spent[] = {100, 100, 100, 100, 80, 100, 100, 100};
  struct joust_draws draws;
  joust_draws_make(&draws, 8, 400, 9);
  struct joust_running_time time = joust_running_time(budgets, spent, &draws, 0.95);
  assert_int_equal(time.runs, 8);
  assert_int_equal(time.reached, 6);
  assert_close(time.expected, 353 / 6.0); /* (10 + 25 + 100 + 40 + 80 + 5 + 60 + 33) / 6 */
  assert_close(time.lower, 26.084375);
  assert_close(time.upper, 136.375);
  joust_draws_free(&draws);
}

static void running_time_at_the_edges(void **state) {
  (void)state;
  const double never[] = {INFINITY, NAN}, once[] = {10, INFINITY};
  static const double spent[] = {100, 100};
  struct joust_draws draws;
  joust_draws_make(&draws, 2, 400, 9);
  struct joust_running_time time = joust_running_time(never, spent, &draws, 0.95);
  assert_int_equal(time.reached, 0);
  assert_close(time.expected, INFINITY);
  assert_close(time.lower, INFINITY);
  time = joust_running_time(once, spent, &draws, 0.95);
  assert_close(time.expected, 110);
  assert_close(time.lower, 10);
  assert_close(time.upper, INFINITY);
  joust_draws_free(&draws);
  joust_draws_make(&draws, 0, 10, 9);
  time = joust_running_time(NULL, NULL, &draws, 0.95);
  assert_int_equal(time.runs, 0);
  assert_close(time.expected, NAN);
  joust_draws_free(&draws);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(draws_are_the_same_everywhere),
      cmocka_unit_test(intervals_of_scipy),
      cmocka_unit_test(statistics_of_the_callers),
      cmocka_unit_test(constant_data_gives_a_point),
      cmocka_unit_test(small_samples),
      cmocka_unit_test(missing_values_are_not_drawn),
      cmocka_unit_test(infinite_values_are_drawn),
      cmocka_unit_test(running_time),
      cmocka_unit_test(running_time_at_the_edges),
  };
  return cmocka_run_group_tests_name("stats: bootstrap", tests, NULL, NULL);
}
