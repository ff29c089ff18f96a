/* Acquisition functions and target transforms of the plugin bo. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "../../plugins/bo/acquire.h"
#include "../../plugins/bo/targets.h"
#include "bo_fixture.h"

/* h(u) is the integral of Phi from -infinity to u. With Phi(v) = phi(v) R(-v) and a substitution, for u < 0,
 * h(u) / phi(u) = integral over s > 0 of s exp(u s - s^2/2): Simpson's rule on that has no cancellation. */
static double reference_log_h(double u) {
  enum { STEPS = 20000 };
  double step = (u < -1 ? 48 / -u : 12 + fabs(u)) / STEPS, sum = 0;
  for (int k = 0; k <= STEPS; k++) {
    double at = step * k, weight = k == 0 || k == STEPS ? 1 : k % 2 ? 4 : 2;
    sum += weight * at * exp(u * at - at * at / 2);
  }
  return log(sum * step / 3) - u * u / 2 - 0.9189385332046727;
}

static void log_h_is_accurate_everywhere(void **state) {
  (void)state;
  for (double u = -60; u < 6; u += 0.37) {
    double expected = reference_log_h(u);
    assert_near(bo_log_h(u), expected, 1e-9 * (1 + fabs(expected)));
  }
  assert_near(bo_log_h(0), log(0.3989422804014327), 1e-14);
  assert_near(bo_log_h(-24.999999999), bo_log_h(-25.000000001), 1e-6); /* where the formulas meet */
  assert_true(isfinite(bo_log_h(-1e6)) && bo_log_h(-1e6) > bo_log_h(-1e7));
}

static void derivatives_equal_finite_differences(void **state) {
  (void)state;
  static const double step = 1e-6;
  for (int kind = BO_LOG_EI; kind <= BO_PI; kind++)
    for (double mean = -2; mean < 20; mean += 0.71)
      for (double explained = 0.05; explained < 1; explained += 0.23) {
        struct bo_acquisition a = {(enum bo_acquisition_kind)kind, -0.5, 1.7, 2, 0.1};
        double by_mean, by_explained, score = bo_score(&a, mean, explained, &by_mean, &by_explained);
        assert_true(score == bo_score(&a, mean, explained, NULL, NULL));
        double m =
            (bo_score(&a, mean + step, explained, NULL, NULL) - bo_score(&a, mean - step, explained, NULL, NULL)) /
            (2 * step);
        double e =
            (bo_score(&a, mean, explained + step, NULL, NULL) - bo_score(&a, mean, explained - step, NULL, NULL)) /
            (2 * step);
        assert_near(by_mean, m, 1e-4 * (1 + fabs(m)));
        assert_near(by_explained, e, 1e-4 * (1 + fabs(e)));
      }
}

/* The search that skips candidates finds the same score as the one that looks at all of them, and no known one. */
static void the_choice_is_the_best_of_all(void **state) {
  (void)state;
  uint64_t random = 5;
  struct joust_host host = fixture_host(&random);
  enum { N = 3000 };
  static double mean[N], explained[N];
  static uint8_t known[N];
  for (int round = 0; round < 200; round++) {
    struct bo_acquisition a = {(enum bo_acquisition_kind)(round % 3), -1 - 2 * joust_uniform(&host), 0.2 + round % 5,
                               1.5, 0};
    struct bo_choice choice = BO_NO_CHOICE;
    double best = -HUGE_VAL;
    for (size_t k = 0; k < N; k++) {
      mean[k] = joust_normal(&host);
      explained[k] = joust_uniform(&host) < 0.1 ? 1 + 1e-15 : joust_uniform(&host);
      known[k] = joust_uniform(&host) < 0.3;
      double score = bo_score(&a, mean[k], explained[k], NULL, NULL);
      if (!known[k] && score > best) best = score;
    }
    for (size_t from = 0; from < N; from += 1000)
      bo_choose(&choice, &a, &host, mean + from, explained + from, known + from, 1000, from);
    assert_false(known[choice.index]);
    assert_near(bo_score(&a, mean[choice.index], explained[choice.index], NULL, NULL), best, 1e-9);
  }
}

static void ties_are_drawn_among(void **state) {
  (void)state;
  uint64_t random = 6;
  struct joust_host host = fixture_host(&random);
  struct bo_acquisition a = {BO_LOG_EI, 0, 1, 2, 0};
  double mean[4] = {1, 1, 2, 1}, explained[4] = {0.5, 0.5, 0.5, 0.5};
  int counts[4] = {0};
  for (int k = 0; k < 3000; k++) {
    struct bo_choice choice = BO_NO_CHOICE;
    bo_choose(&choice, &a, &host, mean, explained, NULL, 4, 0);
    counts[choice.index]++;
  }
  assert_int_equal(counts[2], 0);
  for (int k = 0; k < 4; k++)
    if (k != 2) assert_in_range(counts[k], 850, 1150);
}

static void targets_are_standardised_and_clipped(void **state) {
  (void)state;
  struct bo_targets t = {.kind = BO_CLIP, .clip = 2};
  double values[] = {5, 1, 3, 2, 1000}; /* median 3, minimum 1: the limit is 7 */
  assert_int_equal(bo_targets_fit(&t, values, 5), 0);
  assert_true(t.limit == 7);
  assert_true(bo_targets_apply(&t, 1000) == bo_targets_apply(&t, 7));
  double sum = 0, squares = 0;
  for (int k = 0; k < 5; k++) {
    double y = bo_targets_apply(&t, values[k]);
    sum += y;
    squares += y * y;
  }
  assert_near(sum, 0, 1e-12);
  assert_near(squares, 5, 1e-12);
  assert_true(bo_targets_apply(&t, -100) < bo_targets_apply(&t, 1)); /* a new best one is never clipped */
  double same[] = {4, 4, 4};
  assert_int_equal(bo_targets_fit(&t, same, 3), 0);
  assert_true(bo_targets_apply(&t, 4) == 0 && isfinite(bo_targets_apply(&t, 9)));
  bo_targets_free(&t);
}

static void ranks_are_monotone(void **state) {
  (void)state;
  struct bo_targets t = {.kind = BO_RANK};
  double values[] = {10, -3, 2, 2, 1e9, 0};
  assert_int_equal(bo_targets_fit(&t, values, 6), 0);
  double previous = -HUGE_VAL, probes[] = {-9, -3, -1, 0, 1, 2, 6, 10, 1e5, 1e9, 1e10};
  for (size_t k = 0; k < sizeof probes / sizeof *probes; k++) {
    double y = bo_targets_apply(&t, probes[k]);
    assert_true(isfinite(y) && y > previous);
    previous = y;
  }
  assert_near(bo_targets_apply(&t, -3), -bo_targets_apply(&t, 1e9), 1e-9);
  bo_targets_free(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(log_h_is_accurate_everywhere),         cmocka_unit_test(derivatives_equal_finite_differences),
      cmocka_unit_test(the_choice_is_the_best_of_all),        cmocka_unit_test(ties_are_drawn_among),
      cmocka_unit_test(targets_are_standardised_and_clipped), cmocka_unit_test(ranks_are_monotone),
  };
  return cmocka_run_group_tests_name("bo: acquisition and targets", tests, NULL, NULL);
}
