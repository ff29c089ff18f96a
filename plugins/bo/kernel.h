/* The correlation between two points of a mixed space.
 *
 * Each parameter is an axis with a coordinate u and a distance d: for categories d = [u != u'], else d = |u - u'| on
 * the parameter's own scale (linear or log), so that the whole range has length 1. Each axis has a weight w > 0 (ARD)
 * and enters one of two sums,
 *
 *   a = sum of w d over the linear axes,   q = sum of (w d)^2 over the smooth axes,   r = sqrt(5 q),
 *   C = exp(-a) (1 + r + r^2/3) exp(-r):
 *
 * the exponential kernel over the first times Matern-5/2 over the second (Rasmussen & Williams, Gaussian Processes for
 * Machine Learning, 2006, eq. 4.17). The kernel option says which axes are of which sort:
 *
 *   auto         choices linear, integers and reals smooth
 *   exponential  all linear            matern52   all smooth
 *   hamming      all linear, and d = [u != u'] for all but reals
 *
 * The covariance of two observations is s^2 (C + noise [same trial]); s^2 belongs to the model. */
#ifndef BO_KERNEL_H
#define BO_KERNEL_H

#include <joust/plugin.h>

#include "settings.h"

struct bo_axis {
  const struct joust_parameter *parameter; /* the host's */
  uint8_t mismatch;                        /* d = [u != u'] */
  uint8_t smooth;                          /* belongs to q, not to a */
};

struct bo_kernel { /* owns its two arrays */
  size_t n_axes;
  struct bo_axis *axes;
  int any_smooth;
  double *weight; /* n_axes */
  double noise;
};

/* Returns 0, or -1 when out of memory. The weights are those of the prior's median. */
int bo_kernel_init(struct bo_kernel *kernel, const struct joust_space *space, enum bo_kernel_kind kind);
void bo_kernel_free(struct bo_kernel *kernel);

/* The median of the prior of a weight: 2/n for a linear axis, 2/sqrt(n) for a smooth one, so that two random points
 * keep a similar correlation whatever the number of axes. */
double bo_kernel_prior_weight(const struct bo_kernel *kernel, size_t axis);

/* The coordinate of a value. */
double bo_kernel_coordinate(const struct bo_axis *axis, double value);

/* Adds the axis' terms, w d or (w d)^2, between the coordinate `at` and each of `column` (m) to `sum` (m). */
void bo_kernel_add_terms(const struct bo_axis *axis, double weight, const double *column, size_t m, double at,
                         double *sum);

/* Correlations between one point with the coordinates `at` and m points, whose coordinates lie in columns: that of
 * axis i and point k at columns[i * stride + k]. `c` (m) gets C. `slope` (m; may be NULL) gets
 * exp(-a) 5/3 (1 + r) exp(-r), so that for the term t of an axis, dC / d log w is -C t if it is linear and -slope t if
 * it is smooth. */
void bo_kernel_row(const struct bo_kernel *kernel, const double *columns, size_t stride, size_t m, const double *at,
                   double *c, double *slope);

/* C and, unless NULL, slope from the sums a and q of one pair. */
double bo_kernel_value(double a, double q, double *slope);

#endif
