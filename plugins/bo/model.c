#include "model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fit.h"
#include "matrix.h"

static const double least_pivot = 1e-10, least_jitter = 1e-10;

int bo_model_init(struct bo_model *model, const struct joust_host *host, const struct joust_space *space,
                  enum bo_kernel_kind kind) {
  *model = (struct bo_model){.host = host};
  if (bo_kernel_init(&model->kernel, space, kind) < 0) return -1;
  model->point = calloc(model->kernel.n_axes, sizeof *model->point);
  return model->point ? 0 : -1;
}

void bo_model_free(struct bo_model *model) {
  bo_kernel_free(&model->kernel);
  free(model->columns);
  free(model->l);
  free(model->y);
  free(model->z);
  free(model->work);
  free(model->point);
  *model = (struct bo_model){0};
}

void bo_model_coordinates(const struct bo_model *model, const double *x, double *at) {
  for (size_t i = 0; i < model->kernel.n_axes; i++) at[i] = bo_kernel_coordinate(&model->kernel.axes[i], x[i]);
}

static int reserve(struct bo_model *m, size_t rows) {
  size_t old = m->capacity, capacity = old ? old : 64;
  if (rows <= old) return 0;
  while (capacity < rows) capacity *= 2;
  double *columns = malloc(m->kernel.n_axes * capacity * sizeof *columns), *l = malloc(capacity * capacity * sizeof *l);
  double *y = realloc(m->y, capacity * sizeof *y), *z, *work;
  if (y) m->y = y;
  z = realloc(m->z, capacity * sizeof *z);
  if (z) m->z = z;
  work = realloc(m->work, 5 * capacity * sizeof *work);
  if (work) m->work = work;
  if (!columns || !l || !y || !z || !work) {
    free(columns);
    free(l);
    return -1;
  }
  for (size_t i = 0; i < m->kernel.n_axes && m->n > 0; i++)
    memcpy(columns + i * capacity, m->columns + i * old, m->n * sizeof *columns);
  for (size_t i = 0; i < m->n; i++) memcpy(l + i * capacity, m->l + i * old, (i + 1) * sizeof *l);
  free(m->columns);
  free(m->l);
  m->columns = columns;
  m->l = l;
  m->capacity = capacity;
  return 0;
}

/* Says so once for every factor: what one row needs the next ones need as well. */
static void log_jitter(struct bo_model *m, double jitter) {
  if (m->repaired) return;
  m->repaired = 1;
  char line[160];
  snprintf(line, sizeof line, "bo: the covariance of %zu points is not positive definite: noise of %.0e added", m->n,
           jitter);
  m->host->log(m->host, JOUST_LOG_INFO, line);
}

int bo_model_set_rows(struct bo_model *m, size_t n) {
  if (reserve(m, n) < 0) return -1;
  m->n = n;
  m->n_known = 0;
  memset(m->y, 0, n * sizeof *m->y);
  return 0;
}

void bo_model_place(struct bo_model *m, size_t row, const double *at) {
  for (size_t i = 0; i < m->kernel.n_axes; i++) m->columns[i * m->capacity + row] = at[i];
}

int bo_model_append(struct bo_model *m, const double *at) {
  if (reserve(m, m->n + 1) < 0) return -1;
  size_t n = m->n;
  double *row = m->l + n * m->capacity;
  bo_model_place(m, n, at);
  bo_kernel_row(&m->kernel, m->columns, m->capacity, n, at, row, NULL);
  bo_solve_lower(m->l, n, m->capacity, row);
  double pivot = 1 + m->kernel.noise - bo_dot(row, row, n);
  if (!(pivot > least_pivot)) {
    log_jitter(m, least_pivot);
    pivot = least_pivot;
  }
  row[n] = sqrt(pivot);
  m->y[n] = m->z[n] = 0;
  m->n++;
  return 0;
}

void bo_model_tell(struct bo_model *m, double y) {
  size_t k = m->n_known++;
  const double *row = m->l + k * m->capacity;
  m->y[k] = y;
  m->z[k] = (y - bo_dot(row, m->z, k)) / row[k];
}

void bo_model_truncate(struct bo_model *m, size_t n) {
  m->n = n;
  if (m->n_known > n) m->n_known = n;
}

/* The lower triangle of K. */
static void fill(struct bo_model *m) {
  for (size_t j = 0; j < m->n; j++) {
    for (size_t i = 0; i < m->kernel.n_axes; i++) m->point[i] = m->columns[i * m->capacity + j];
    bo_kernel_row(&m->kernel, m->columns, m->capacity, j, m->point, m->l + j * m->capacity, NULL);
    m->l[j * m->capacity + j] = 1 + m->kernel.noise;
  }
}

int bo_model_factor(struct bo_model *m) {
  m->repaired = 0;
  for (double jitter = least_jitter;; jitter *= 10) {
    fill(m);
    if (bo_cholesky(m->l, m->n, m->capacity) == 0) break;
    if (jitter > 1) return -1;
    log_jitter(m, jitter);
    m->kernel.noise += jitter;
  }
  memset(m->z, 0, m->n * sizeof *m->z);
  memcpy(m->z, m->y, m->n_known * sizeof *m->z);
  bo_solve_lower(m->l, m->n_known, m->capacity, m->z);
  return 0;
}

double bo_model_amplitude(const struct bo_model *m) {
  return (BO_AMPLITUDE_SHAPE + 0.5 * bo_dot(m->z, m->z, m->n_known)) / (BO_AMPLITUDE_SHAPE + 0.5 * (double)m->n_known);
}

/* alpha = L^-T z */
static const double *solve_alpha(struct bo_model *m) {
  memcpy(m->work, m->z, m->n * sizeof *m->z);
  bo_solve_lower_transposed(m->l, m->n, m->capacity, m->work);
  return m->work;
}

double bo_model_lowest(struct bo_model *m) {
  const double *alpha = solve_alpha(m); /* C alpha = y - noise alpha */
  double lowest = HUGE_VAL;
  for (size_t k = 0; k < m->n_known; k++) lowest = fmin(lowest, m->y[k] - m->kernel.noise * alpha[k]);
  return lowest;
}

void bo_model_predict(struct bo_model *m, const double *at, size_t n_points, double *v, double *mean,
                      double *explained) {
  size_t n = m->n;
  for (size_t p = 0; p < n_points; p++)
    bo_kernel_row(&m->kernel, m->columns, m->capacity, n, at + p * m->kernel.n_axes, v + p * n, NULL);
  gsl_matrix l = bo_view(m->l, n, n, m->capacity), rows = bo_view(v, n_points, n, n);
  gsl_blas_dtrsm(CblasRight, CblasLower, CblasTrans, CblasNonUnit, 1, &l, &rows);
  for (size_t p = 0; p < n_points; p++) {
    mean[p] = bo_dot(v + p * n, m->z, n);
    explained[p] = bo_dot(v + p * n, v + p * n, n);
  }
}

/* The derivatives of C with each row by the coordinate of one axis, into `d` (n). */
static void differentiate(const struct bo_model *m, size_t axis, double at, const double *c, const double *slope,
                          double *d) {
  const double *column = m->columns + axis * m->capacity;
  double w = m->kernel.weight[axis];
  if (m->kernel.axes[axis].smooth)
    for (size_t k = 0; k < m->n; k++) d[k] = -slope[k] * w * w * (at - column[k]);
  else
    for (size_t k = 0; k < m->n; k++) d[k] = -c[k] * w * ((at > column[k]) - (at < column[k]));
}

double bo_model_gradient(struct bo_model *m, const double *at, double *explained, double *d_mean, double *d_explained) {
  size_t n = m->n;
  const double *alpha = solve_alpha(m);
  double *c = m->work + m->capacity, *slope = c + m->capacity, *beta = slope + m->capacity;
  bo_kernel_row(&m->kernel, m->columns, m->capacity, n, at, c, slope);
  memcpy(beta, c, n * sizeof *beta);
  bo_solve_lower(m->l, n, m->capacity, beta);
  *explained = bo_dot(beta, beta, n);
  bo_solve_lower_transposed(m->l, n, m->capacity, beta);
  double mean = bo_dot(c, alpha, n);
  for (size_t i = 0; i < m->kernel.n_axes; i++) {
    d_mean[i] = d_explained[i] = 0;
    if (m->kernel.axes[i].mismatch) continue;
    double *d = beta + m->capacity;
    differentiate(m, i, at[i], c, slope, d);
    d_mean[i] = bo_dot(d, alpha, n);
    d_explained[i] = 2 * bo_dot(d, beta, n);
  }
  return mean;
}
