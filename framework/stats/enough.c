#include "stats/enough.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#include "stats/friedman.h"

static double first_step(double alpha, size_t comparisons) {
  return comparisons > 1 ? alpha / (double)comparisons : alpha;
}

size_t joust_enough_pairs(double alpha, size_t comparisons) {
  double level = first_step(alpha, comparisons), p = 1;
  if (!(level > 0)) return JOUST_NEVER;
  size_t n = 1;
  for (; p > level; n++) p /= 2;
  return n;
}

size_t joust_enough_runs(double alpha, size_t comparisons) {
  double level = first_step(alpha, comparisons), p = 1;
  if (!(level > 0)) return JOUST_NEVER;
  size_t n = 1;
  for (; p > level; n++) p *= (double)(n + 1) / (double)(4 * n + 2); /* C(2n, n) / C(2n + 2, n + 1) */
  return n;
}

size_t joust_enough_blocks(double alpha, size_t k) {
  double one = joust_nemenyi_difference(k, 1, alpha) / (double)(k - 1); /* falls with the root of the blocks */
  if (isnan(one)) return JOUST_NEVER;
  double nemenyi = ceil(one * one), friedman = 1 - log(alpha) / lgamma((double)k + 1);
  return (size_t)fmax(nemenyi, ceil(friedman - 1e-9));
}

static size_t noether(double p, double alpha, size_t comparisons, double power, double divisor, size_t least) {
  double off = p - 0.5, level = first_step(alpha, comparisons);
  if (least == JOUST_NEVER || !(off != 0) || isnan(off)) return JOUST_NEVER;
  double z = gsl_cdf_ugaussian_Qinv(level / 2) + gsl_cdf_ugaussian_Pinv(power);
  double n = ceil(z * z / (divisor * off * off));
  if (!(n < 1e15)) return JOUST_NEVER;
  return n > (double)least ? (size_t)n : least;
}

size_t joust_enough_pairs_for(double p, double alpha, size_t comparisons, double power) {
  return noether(p, alpha, comparisons, power, 3, joust_enough_pairs(alpha, comparisons));
}

size_t joust_enough_runs_for(double p, double alpha, size_t comparisons, double power) {
  return noether(p, alpha, comparisons, power, 6, joust_enough_runs(alpha, comparisons));
}
