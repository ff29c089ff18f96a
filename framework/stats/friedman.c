#include "stats/friedman.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#include "stats/friedman_exact.h"
#include "stats/rank.h"
#include "stats/studentised_range.h"

struct joust_friedman joust_friedman_test(double *mean_ranks, const double *values, size_t blocks, size_t k) {
  struct joust_friedman test = {
      .blocks = blocks, .k = k, .chi2 = NAN, .chi2_p = NAN, .f = NAN, .f_p = NAN, .p = NAN, .agreement = NAN};
  double ties = joust_rank_blocks(mean_ranks, values, blocks, k), n = (double)blocks, m = (double)k, spread = 0;
  if (blocks < 2 || k < 2) return test;
  for (size_t j = 0; j < k; j++) spread += (mean_ranks[j] - (m + 1) / 2) * (mean_ranks[j] - (m + 1) / 2);
  double untied = 1 - ties / (n * (m * m * m - m)), most = n * (m - 1);
  test.chi2 = untied > 0 ? fmin(most, 12 * n * spread / (m * (m + 1)) / untied) : 0;
  test.chi2_p = gsl_cdf_chisq_Q(test.chi2, m - 1);
  test.agreement = test.chi2 / most;
  int unanimous = most - test.chi2 < 1e-12 * most;
  test.f = unanimous ? INFINITY : (n - 1) * test.chi2 / (most - test.chi2);
  test.f_p = unanimous ? 0 : gsl_cdf_fdist_Q(test.f, m - 1, (m - 1) * (n - 1));
  test.p = joust_friedman_exact_p(values, blocks, k);
  test.exact = !isnan(test.p);
  if (!test.exact) test.p = test.f_p;
  return test;
}

/* Standard error of the difference of two mean ranks, over sqrt(2) because the studentised range counts in standard
 * deviations of one rank, not of a difference. */
static double rank_error(size_t k, size_t blocks) {
  return sqrt((double)k * (double)(k + 1) / (12 * (double)blocks));
}

double joust_nemenyi_difference(size_t k, size_t blocks, double alpha) {
  if (blocks == 0) return NAN;
  return joust_studentised_range_quantile(alpha, k) * rank_error(k, blocks);
}

double joust_nemenyi_p(double difference, size_t k, size_t blocks) {
  if (blocks == 0) return NAN;
  return joust_studentised_range_above(difference / rank_error(k, blocks), k);
}
