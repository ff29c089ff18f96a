#include "stats/studentised_range.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

/* With z the largest of the k, F and f the normal distribution and density (H. O. Hartley, Biometrika 32, 1942):
 *
 *   P(range <= q) = k Int f(z) (F(z) - F(z - q))^(k-1) dz,          1 = k Int f(z) F(z)^(k-1) dz.
 *
 * The upper tail is the integral of the difference of both integrands, which is written so that nothing cancels. They
 * are entire functions that fall off like exp(-z^2 / 2), so the trapezoidal rule converges faster than any power of its
 * step (L. N. Trefethen, J. A. C. Weideman, SIAM Review 56, 2014): at step 1/16 the error is below rounding. */
#define STEP   0.0625
#define BEYOND 9.0   /* further than this below 0 or above q nothing is left that counts */
#define FAR    100.0 /* exp(-q^2 / 4), which bounds the upper tail but for a factor, is below the smallest double */

struct range {
  double q, k;
};

static double density(double z) {
  return 0.39894228040143267794 * exp(-z * z / 2);
}

static double above_part(double z, const struct range *range) {
  double below = gsl_cdf_ugaussian_P(z), ratio = gsl_cdf_ugaussian_P(z - range->q) / below;
  if (!(below > 0)) return 0;
  return density(z) * pow(below, range->k - 1) * -expm1((range->k - 1) * log1p(-ratio));
}

static double within_part(double z, const struct range *range) {
  double low = z - range->q;
  double share = low + z > 0 ? gsl_cdf_ugaussian_Q(low) - gsl_cdf_ugaussian_Q(z)
                             : gsl_cdf_ugaussian_P(z) - gsl_cdf_ugaussian_P(low);
  return density(z) * pow(share, range->k - 1);
}

static double integral(double (*part)(double z, const struct range *range), const struct range *range) {
  double sum = 0;
  for (double z = -BEYOND; z <= range->q + BEYOND; z += STEP) sum += part(z, range);
  return range->k * STEP * sum;
}

double joust_studentised_range_above(double q, size_t k) {
  if (k < 2 || !(q >= 0)) return NAN;
  if (q > FAR) return 0;
  struct range range = {.q = q, .k = (double)k};
  return q > 0 ? fmin(1, integral(above_part, &range)) : 1;
}

/* Whether the quantile of alpha lies above q: decided by the smaller tail, the accurate one. */
static int is_above(double q, double k, double alpha) {
  struct range range = {.q = q, .k = k};
  return alpha <= 0.5 ? integral(above_part, &range) > alpha : integral(within_part, &range) < 1 - alpha;
}

double joust_studentised_range_quantile(double alpha, size_t k) {
  if (k < 2 || !(alpha > 0 && alpha <= 1)) return NAN;
  /* One pair alone exceeds q as often as this, all pairs together at most as often as the sum over them. */
  double pairs = (double)k * (double)(k - 1) / 2;
  double low = M_SQRT2 * gsl_cdf_ugaussian_Qinv(alpha / 2), high = M_SQRT2 * gsl_cdf_ugaussian_Qinv(alpha / 2 / pairs);
  if (k == 2) return low;
  for (;;) {
    double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high || high - low < 1e-14 * high) return middle;
    if (is_above(middle, (double)k, alpha))
      low = middle;
    else
      high = middle;
  }
}
