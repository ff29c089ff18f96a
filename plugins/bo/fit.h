/* Fits the kernel: the mode of the posterior of its log weights and log noise (MAP).
 *
 * With K = C + noise I, the targets y (n) and s^2 ~ inverse gamma(shape, shape) integrated out, the objective is
 *
 *   J = (n/2 + shape) log(shape + y^T K^-1 y / 2) + log|K| / 2 + sum over theta of (theta - mean)^2 / (2 sd^2),
 *
 * theta = (log w_1 .. log w_d, log (noise - 1e-6)); the priors of its entries are N(log of the weight's median, 1.5^2)
 * and N(log 1e-3, 2^2). The least noise keeps K well conditioned where the targets are smooth. Up to a constant J is
 * minus the log of the marginal likelihood (a multivariate t density) times the prior. Its gradient, with alpha = K^-1
 * y (Rasmussen & Williams 2006, eq. 5.9):
 *
 *   dJ/dtheta = tr((K^-1 - c alpha alpha^T) dK/dtheta) / 2 + (theta - mean) / sd^2,
 *   c = (n/2 + shape) / (shape + y^T alpha / 2). */
#ifndef BO_FIT_H
#define BO_FIT_H

#include <stddef.h>

#include "kernel.h"

#define BO_LEAST_NOISE     1e-6
#define BO_AMPLITUDE_SHAPE 10.0 /* weight of the prior s^2 = 1, in halves of an observation */

struct bo_fit {             /* one objective: the data are borrowed, the work space is owned */
  struct bo_kernel *kernel; /* takes the values of the last theta that was tried */
  size_t n, stride;
  const double *columns; /* coordinates, as in bo_kernel_row */
  const double *y;       /* n */
  int fixed_noise;       /* kernel->noise is given, not fitted */
  double *work;
};

/* Returns 0, or -1 when out of memory. n is at least 1. */
int bo_fit_init(struct bo_fit *fit, struct bo_kernel *kernel, const double *columns, size_t stride, size_t n,
                const double *y, int fixed_noise);
void bo_fit_free(struct bo_fit *fit);

/* theta (n_axes + 1) of the kernel as it is, and back. */
void bo_fit_get(const struct bo_kernel *kernel, double *theta);
void bo_fit_set(struct bo_kernel *kernel, const double *theta, int fixed_noise);

/* A random theta from the prior, made narrower by half so that it is a sensible start. */
void bo_fit_draw(const struct bo_kernel *kernel, const struct joust_host *host, double *theta);

/* J and its gradient (n_axes + 1); HUGE_VAL and a zero gradient if K is not positive definite. */
double bo_fit_objective(struct bo_fit *fit, const double *theta, double *gradient);

/* Minimises J from each of `n_starts` thetas, one after the other, with at most `steps` steps each, and sets the
 * kernel to the best. When the host says that the run is cancelled it ends early. Returns the number of times that J
 * was computed, or -1 when out of memory. */
long bo_fit_run(struct bo_fit *fit, const struct joust_host *host, const double *starts, size_t n_starts, size_t steps);

#endif
