#include "fit.h"

#include <joust/util.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "matrix.h"
#include "minimise.h"

static const double weight_sd = 1.5, noise_mean = -6.907755278982137 /* log 1e-3 */, noise_sd = 2;
/* Beyond these a weight or a noise no longer changes K; a line search may step there all the same. */
static const double theta_min = -30, theta_max = 12;

int bo_fit_init(struct bo_fit *fit, struct bo_kernel *kernel, const double *columns, size_t stride, size_t n,
                const double *y, int fixed_noise) {
  *fit = (struct bo_fit){kernel, n, stride, columns, y, fixed_noise, NULL};
  /* C, its slope, L, K^-1, L^-1 and five vectors */
  fit->work = malloc((5 * n * n + 5 * n + kernel->n_axes) * sizeof *fit->work);
  return fit->work ? 0 : -1;
}

void bo_fit_free(struct bo_fit *fit) {
  free(fit->work);
  fit->work = NULL;
}

void bo_fit_get(const struct bo_kernel *kernel, double *theta) {
  for (size_t i = 0; i < kernel->n_axes; i++) theta[i] = log(kernel->weight[i]);
  theta[kernel->n_axes] = log(fmax(kernel->noise - BO_LEAST_NOISE, 1e-3 * BO_LEAST_NOISE));
}

static double bounded_exp(double theta) {
  return exp(fmin(fmax(theta, theta_min), theta_max));
}

void bo_fit_set(struct bo_kernel *kernel, const double *theta, int fixed_noise) {
  for (size_t i = 0; i < kernel->n_axes; i++) kernel->weight[i] = bounded_exp(theta[i]);
  if (!fixed_noise) kernel->noise = BO_LEAST_NOISE + bounded_exp(theta[kernel->n_axes]);
}

void bo_fit_draw(const struct bo_kernel *kernel, const struct joust_host *host, double *theta) {
  for (size_t i = 0; i < kernel->n_axes; i++)
    theta[i] = log(bo_kernel_prior_weight(kernel, i)) + 0.5 * weight_sd * joust_normal(host);
  theta[kernel->n_axes] = noise_mean + 0.5 * noise_sd * joust_normal(host);
}

/* Adds the prior's part to J and the gradient. */
static double add_prior(const struct bo_fit *fit, const double *theta, double *gradient) {
  double sum = 0;
  for (size_t i = 0; i <= fit->kernel->n_axes; i++) {
    int noise = i == fit->kernel->n_axes;
    if (noise && fit->fixed_noise) continue;
    double mean = noise ? noise_mean : log(bo_kernel_prior_weight(fit->kernel, i)), sd = noise ? noise_sd : weight_sd;
    sum += 0.5 * (theta[i] - mean) * (theta[i] - mean) / (sd * sd);
    gradient[i] += (theta[i] - mean) / (sd * sd);
  }
  return sum;
}

/* Lower triangles of C, of its slope where the kernel has smooth axes, and of C + noise I. */
static void fill(const struct bo_fit *fit, double *c, double *slope, double *k, double *at) {
  size_t n = fit->n;
  for (size_t j = 0; j < n; j++) {
    for (size_t i = 0; i < fit->kernel->n_axes; i++) at[i] = fit->columns[i * fit->stride + j];
    bo_kernel_row(fit->kernel, fit->columns, fit->stride, j + 1, at, c + j * n, slope + j * n);
    memcpy(k + j * n, c + j * n, (j + 1) * sizeof *k);
    k[j * n + j] += fit->kernel->noise;
  }
}

/* The trace terms of the gradient. `term`, `linear` and `smooth` are work space of n. */
static void add_traces(const struct bo_fit *fit, const double *c, const double *slope, const double *inverse,
                       const double *alpha, double factor, double *work, double *gradient) {
  size_t n = fit->n;
  double *term = work, *linear = work + n, *smooth = work + 2 * n, diagonal = 0;
  for (size_t j = 0; j < n; j++) {
    const double *row = inverse + j * n, scale = factor * alpha[j];
    diagonal += row[j] - scale * alpha[j];
    for (size_t k = 0; k < j; k++) linear[k] = (row[k] - scale * alpha[k]) * c[j * n + k];
    if (fit->kernel->any_smooth)
      for (size_t k = 0; k < j; k++) smooth[k] = (row[k] - scale * alpha[k]) * slope[j * n + k];
    for (size_t i = 0; i < fit->kernel->n_axes; i++) {
      const struct bo_axis *axis = &fit->kernel->axes[i];
      const double *column = fit->columns + i * fit->stride;
      memset(term, 0, j * sizeof *term);
      bo_kernel_add_terms(axis, fit->kernel->weight[i], column, j, column[j], term);
      gradient[i] -= bo_dot(term, axis->smooth ? smooth : linear, j);
    }
  }
  if (!fit->fixed_noise) gradient[fit->kernel->n_axes] += 0.5 * (fit->kernel->noise - BO_LEAST_NOISE) * diagonal;
}

double bo_fit_objective(struct bo_fit *fit, const double *theta, double *gradient) {
  size_t n = fit->n;
  double *c = fit->work, *slope = c + n * n, *l = slope + n * n, *inverse = l + n * n, *lower = inverse + n * n;
  double *alpha = lower + n * n, *work = alpha + n, *at = work + 4 * n;
  memset(gradient, 0, (fit->kernel->n_axes + 1) * sizeof *gradient);
  bo_fit_set(fit->kernel, theta, fit->fixed_noise);
  fill(fit, c, slope, l, at);
  if (bo_cholesky(l, n, n) < 0) return HUGE_VAL;
  double half_log_determinant = 0;
  for (size_t j = 0; j < n; j++) half_log_determinant += log(l[j * n + j]);
  memcpy(alpha, fit->y, n * sizeof *alpha);
  bo_solve_lower(l, n, n, alpha);
  double misfit = BO_AMPLITUDE_SHAPE + 0.5 * bo_dot(alpha, alpha, n), dof = 0.5 * (double)n + BO_AMPLITUDE_SHAPE;
  bo_solve_lower_transposed(l, n, n, alpha);
  bo_inverse(l, n, n, inverse, lower);
  add_traces(fit, c, slope, inverse, alpha, dof / misfit, work, gradient);
  return dof * log(misfit) + half_log_determinant + add_prior(fit, theta, gradient);
}

struct counted {
  struct bo_fit *fit;
  const struct joust_host *host;
  long calls;
};

static double objective(void *context, const double *theta, double *gradient) {
  struct counted *counted = context;
  if (counted->host->cancelled(counted->host)) {
    memset(gradient, 0, (counted->fit->kernel->n_axes + 1) * sizeof *gradient);
    return HUGE_VAL;
  }
  counted->calls++;
  return bo_fit_objective(counted->fit, theta, gradient);
}

long bo_fit_run(struct bo_fit *fit, const struct joust_host *host, const double *starts, size_t n_starts,
                size_t steps) {
  size_t n = fit->kernel->n_axes + 1;
  double *theta = malloc(2 * n * sizeof *theta), *best = theta + n, best_value = HUGE_VAL;
  if (!theta) return -1;
  struct counted counted = {fit, host, 0};
  memcpy(best, starts, n * sizeof *best);
  for (size_t s = 0; s < n_starts; s++) {
    memcpy(theta, starts + s * n, n * sizeof *theta);
    double value;
    if (bo_minimise(objective, &counted, n, theta, steps, &value) < 0) {
      free(theta);
      return -1;
    }
    if (value < best_value) {
      best_value = value;
      memcpy(best, theta, n * sizeof *best);
    }
  }
  bo_fit_set(fit->kernel, best, fit->fixed_noise);
  free(theta);
  return counted.calls;
}
