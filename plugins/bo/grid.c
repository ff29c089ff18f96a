#include "grid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "matrix.h"

enum { LEAST_TAILS = 512 }; /* shorter blocks cost more in calls than they save in cache */

static int set_values(struct bo_grid *g, const struct bo_kernel *kernel) {
  size_t total = 0;
  for (size_t i = 0; i < kernel->n_axes; i++) {
    g->first_value[i] = total;
    total += g->n_values[i] = (size_t)joust_parameter_values(kernel->axes[i].parameter);
  }
  g->values = malloc(total * sizeof *g->values);
  if (!g->values) return -1;
  for (size_t i = 0; i < kernel->n_axes; i++)
    for (size_t v = 0; v < g->n_values[i]; v++)
      g->values[g->first_value[i] + v] =
          bo_kernel_coordinate(&kernel->axes[i], kernel->axes[i].parameter->lower + (double)v);
  return 0;
}

int bo_grid_init(struct bo_grid *g, const struct bo_kernel *kernel, size_t n_points) {
  *g = (struct bo_grid){.n_points = n_points};
  g->first_value = calloc(kernel->n_axes, sizeof *g->first_value);
  g->n_values = calloc(kernel->n_axes, sizeof *g->n_values);
  if (!g->first_value || !g->n_values || set_values(g, kernel) < 0) return -1;
  g->split = kernel->n_axes;
  g->n_tails = 1;
  while (g->split > 0 && g->n_tails < LEAST_TAILS) g->n_tails *= g->n_values[--g->split];
  g->n_heads = n_points / g->n_tails;
  g->blocks = calloc(g->n_heads, sizeof *g->blocks);
  g->mean = calloc(n_points, sizeof *g->mean);
  g->explained = calloc(n_points, sizeof *g->explained);
  g->known = calloc(n_points, sizeof *g->known);
  return g->blocks && g->mean && g->explained && g->known ? 0 : -1;
}

void bo_grid_free(struct bo_grid *g) {
  for (size_t h = 0; g->blocks && h < g->n_heads; h++) free(g->blocks[h]);
  free(g->blocks);
  free(g->tables);
  free(g->mean);
  free(g->explained);
  free(g->values);
  free(g->first_value);
  free(g->n_values);
  free(g->known);
  *g = (struct bo_grid){0};
}

static size_t table_size(const struct bo_grid *g) {
  return 2 * (g->n_heads + g->n_tails);
}

static int reserve(struct bo_grid *g, size_t rows) {
  if (rows <= g->capacity) return 0;
  size_t capacity = g->capacity ? 2 * g->capacity : 32;
  while (capacity < rows) capacity *= 2;
  double *tables = realloc(g->tables, capacity * table_size(g) * sizeof *tables);
  if (!tables) return -1;
  g->tables = tables;
  for (size_t h = 0; h < g->n_heads; h++) {
    double *block = realloc(g->blocks[h], capacity * g->n_tails * sizeof *block);
    if (!block) return -1;
    g->blocks[h] = block;
  }
  g->capacity = capacity;
  return 0;
}

/* The combined sums of all combinations of the values of the axes from .. to - 1: exp(-a) into `decay`, q into
 * `square`. Each axis multiplies the number of entries; from the back, so that they can be overwritten. */
static void expand(const struct bo_grid *g, const struct bo_model *model, size_t row, size_t from, size_t to,
                   double *decay, double *square) {
  size_t size = 1;
  decay[0] = 1;
  square[0] = 0;
  for (size_t i = from; i < to; i++) {
    const struct bo_axis *axis = &model->kernel.axes[i];
    double at = model->columns[i * model->capacity + row], weight = model->kernel.weight[i];
    size_t n = g->n_values[i];
    for (size_t k = size; k-- > 0;) {
      double base_decay = decay[k], base_square = square[k];
      for (size_t v = n; v-- > 0;) {
        decay[k * n + v] = base_decay;
        square[k * n + v] = base_square;
      }
    }
    for (size_t v = 0; v < n; v++) {
      double term = 0;
      bo_kernel_add_terms(axis, weight, &g->values[g->first_value[i] + v], 1, at, &term);
      double factor = axis->smooth ? 1 : exp(-term), summand = axis->smooth ? term : 0;
      for (size_t k = v; k < size * n; k += n) {
        decay[k] *= factor;
        square[k] += summand;
      }
    }
    size *= n;
  }
}

static void set_tables(struct bo_grid *g, const struct bo_model *model, size_t row) {
  double *heads = g->tables + row * table_size(g), *tails = heads + g->n_heads;
  double *head_squares = tails + g->n_tails, *tail_squares = head_squares + g->n_heads;
  expand(g, model, row, 0, g->split, heads, head_squares);
  expand(g, model, row, g->split, model->kernel.n_axes, tails, tail_squares);
}

/* One row of C for the points of one block. */
static void correlate(const struct bo_grid *g, const struct bo_kernel *kernel, size_t row, size_t head, double *c) {
  const double *heads = g->tables + row * table_size(g), *tails = heads + g->n_heads;
  double decay = heads[head];
  for (size_t k = 0; k < g->n_tails; k++) c[k] = decay * tails[k];
  if (!kernel->any_smooth) return;
  const double *head_squares = tails + g->n_tails, *tail_squares = head_squares + g->n_heads;
  for (size_t k = 0; k < g->n_tails; k++) c[k] *= bo_kernel_value(0, head_squares[head] + tail_squares[k], NULL);
}

static void add_squares(double *restrict sum, const double *restrict row, size_t n, double sign) {
  for (size_t k = 0; k < n; k++) sum[k] += sign * row[k] * row[k];
}

static void add_multiple(double *restrict sum, const double *restrict row, size_t n, double factor) {
  for (size_t k = 0; k < n; k++) sum[k] += factor * row[k];
}

int bo_grid_append(struct bo_grid *g, const struct bo_model *model) {
  size_t n = g->n, width = g->n_tails;
  if (reserve(g, n + 1) < 0) return -1;
  set_tables(g, model, n);
  const double *l = model->l + n * model->capacity;
  for (size_t h = 0; h < g->n_heads; h++) {
    double *block = g->blocks[h], *row = block + n * width, scale = 1 / l[n];
    correlate(g, &model->kernel, n, h, row);
    if (n > 0) {
      gsl_matrix v = bo_view(block, n, width, width);
      gsl_vector coefficients = bo_vector(l, n), target = bo_vector(row, width);
      gsl_blas_dgemv(CblasTrans, -1, &v, &coefficients, 1, &target);
    }
    for (size_t k = 0; k < width; k++) row[k] *= scale;
    add_squares(g->explained + h * width, row, width, 1);
  }
  g->n++;
  return 0;
}

void bo_grid_tell(struct bo_grid *g, const struct bo_model *model) {
  size_t row = model->n_known - 1, width = g->n_tails;
  for (size_t h = 0; h < g->n_heads; h++)
    add_multiple(g->mean + h * width, g->blocks[h] + row * width, width, model->z[row]);
}

void bo_grid_truncate(struct bo_grid *g, const struct bo_model *model, size_t n) {
  size_t width = g->n_tails;
  for (size_t h = 0; h < g->n_heads; h++)
    for (size_t row = n; row < g->n; row++) {
      add_squares(g->explained + h * width, g->blocks[h] + row * width, width, -1);
      add_multiple(g->mean + h * width, g->blocks[h] + row * width, width, -model->z[row]);
    }
  g->n = n;
}

int bo_grid_rebuild(struct bo_grid *g, const struct bo_model *model) {
  size_t n = model->n, width = g->n_tails;
  if (reserve(g, n) < 0) return -1;
  memset(g->mean, 0, g->n_points * sizeof *g->mean);
  memset(g->explained, 0, g->n_points * sizeof *g->explained);
  g->n = n;
  if (n == 0) return 0;
  for (size_t row = 0; row < n; row++) set_tables(g, model, row);
  gsl_matrix l = bo_view(model->l, n, n, model->capacity);
  for (size_t h = 0; h < g->n_heads; h++) {
    double *block = g->blocks[h];
    gsl_matrix v = bo_view(block, n, width, width);
    for (size_t row = 0; row < n; row++) correlate(g, &model->kernel, row, h, block + row * width);
    gsl_blas_dtrsm(CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, 1, &l, &v);
    for (size_t row = 0; row < n; row++) {
      add_squares(g->explained + h * width, block + row * width, width, 1);
      add_multiple(g->mean + h * width, block + row * width, width, model->z[row]);
    }
  }
  return 0;
}
