#include "thompson.h"

#include <joust/util.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "matrix.h"

/* The lower triangle of the posterior's correlations among the candidates, C - V V^T. */
static void covariance(const struct bo_model *model, const double *at, size_t m, const double *v, double *columns,
                       double *result) {
  size_t axes = model->kernel.n_axes;
  for (size_t i = 0; i < axes; i++)
    for (size_t p = 0; p < m; p++) columns[i * m + p] = at[p * axes + i];
  for (size_t p = 0; p < m; p++) bo_kernel_row(&model->kernel, columns, m, p + 1, at + p * axes, result + p * m, NULL);
  gsl_matrix rows = bo_view(v, m, model->n, model->n), r = bo_view(result, m, m, m);
  gsl_blas_dsyrk(CblasLower, CblasNoTrans, -1, &rows, 1, &r);
}

/* Cholesky factor with as much jitter as it takes: candidates next to each other depend on each other. */
static void factor(double *matrix, double *copy, size_t m) {
  memcpy(copy, matrix, m * m * sizeof *copy);
  for (double jitter = 1e-8; jitter < 10; jitter *= 10) {
    for (size_t p = 0; p < m; p++) matrix[p * m + p] += jitter;
    if (bo_cholesky(matrix, m, m) == 0) return;
    memcpy(matrix, copy, m * m * sizeof *copy);
  }
}

size_t bo_thompson(struct bo_model *model, const struct joust_host *host, const double *at, size_t m) {
  size_t n = model->n, axes = model->kernel.n_axes, lowest = 0;
  double *work = malloc((m * n + m * axes + 2 * m * m + 3 * m) * sizeof *work);
  if (!work) return SIZE_MAX;
  double *v = work, *columns = v + m * n, *l = columns + m * axes, *copy = l + m * m, *mean = copy + m * m;
  double *explained = mean + m, *normal = explained + m, least = 0;
  bo_model_predict(model, at, m, v, mean, explained);
  covariance(model, at, m, v, columns, l);
  factor(l, copy, m);
  double sd = sqrt(bo_model_amplitude(model));
  for (size_t p = 0; p < m; p++) {
    normal[p] = joust_normal(host);
    double sample = mean[p] + sd * bo_dot(l + p * m, normal, p + 1);
    if (p == 0 || sample < least) {
      least = sample;
      lowest = p;
    }
  }
  free(work);
  return lowest;
}
