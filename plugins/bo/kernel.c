#include "kernel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int bo_kernel_init(struct bo_kernel *kernel, const struct joust_space *space, enum bo_kernel_kind kind) {
  *kernel = (struct bo_kernel){.n_axes = space->n_parameters, .noise = 1e-3};
  kernel->axes = calloc(kernel->n_axes, sizeof *kernel->axes);
  kernel->weight = calloc(kernel->n_axes, sizeof *kernel->weight);
  if (!kernel->axes || !kernel->weight) {
    bo_kernel_free(kernel);
    return -1;
  }
  for (size_t i = 0; i < kernel->n_axes; i++) {
    struct bo_axis *axis = &kernel->axes[i];
    const struct joust_parameter *p = axis->parameter = space->parameters[i];
    int number = (p->kind & (JOUST_INTEGER | JOUST_REAL)) != 0;
    axis->mismatch = p->kind == JOUST_CATEGORICAL || (kind == BO_HAMMING && p->kind != JOUST_REAL);
    axis->smooth = kind == BO_MATERN52 || (kind == BO_AUTO && number);
    kernel->any_smooth |= axis->smooth;
    kernel->weight[i] = bo_kernel_prior_weight(kernel, i);
  }
  return 0;
}

void bo_kernel_free(struct bo_kernel *kernel) {
  free(kernel->axes);
  free(kernel->weight);
  *kernel = (struct bo_kernel){0};
}

double bo_kernel_prior_weight(const struct bo_kernel *kernel, size_t axis) {
  double n = (double)kernel->n_axes;
  return kernel->axes[axis].smooth ? 2 / sqrt(n) : 2 / n;
}

double bo_kernel_coordinate(const struct bo_axis *axis, double value) {
  const struct joust_parameter *p = axis->parameter;
  if (axis->mismatch) return value;
  if (!(p->upper > p->lower)) return 0;
  return p->log_scale ? log(value / p->lower) / log(p->upper / p->lower) : (value - p->lower) / (p->upper - p->lower);
}

void bo_kernel_add_terms(const struct bo_axis *axis, double weight, const double *column, size_t m, double at,
                         double *sum) {
  double square = weight * weight;
  if (axis->mismatch) {
    double term = axis->smooth ? square : weight;
    for (size_t k = 0; k < m; k++) sum[k] += column[k] != at ? term : 0.0;
  } else if (axis->smooth) {
    for (size_t k = 0; k < m; k++) sum[k] += square * ((column[k] - at) * (column[k] - at));
  } else {
    for (size_t k = 0; k < m; k++) sum[k] += weight * fabs(column[k] - at);
  }
}

double bo_kernel_value(double a, double q, double *slope) {
  double r = sqrt(5 * q), decay = exp(-a - r);
  if (slope) *slope = decay * (1 + r) * (5.0 / 3);
  return decay * (1 + r + r * r * (1.0 / 3));
}

void bo_kernel_row(const struct bo_kernel *kernel, const double *columns, size_t stride, size_t m, const double *at,
                   double *c, double *slope) {
  enum { STRIP = 256 };
  for (size_t from = 0; from < m; from += STRIP) {
    size_t n = m - from < STRIP ? m - from : STRIP;
    double a[STRIP], q[STRIP];
    memset(a, 0, n * sizeof *a);
    memset(q, 0, n * sizeof *q);
    for (size_t i = 0; i < kernel->n_axes; i++) {
      const struct bo_axis *axis = &kernel->axes[i];
      bo_kernel_add_terms(axis, kernel->weight[i], columns + i * stride + from, n, at[i], axis->smooth ? q : a);
    }
    if (!kernel->any_smooth)
      for (size_t k = 0; k < n; k++) c[from + k] = exp(-a[k]);
    else
      for (size_t k = 0; k < n; k++) c[from + k] = bo_kernel_value(a[k], q[k], slope ? &slope[from + k] : NULL);
  }
}
