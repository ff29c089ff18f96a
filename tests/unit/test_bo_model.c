/* The Gaussian process of the plugin bo against a dense reference that shares nothing with it: Gaussian elimination on
 * the full matrix, and the kernel as the formula says it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "../../plugins/bo/fit.h"
#include "../../plugins/bo/grid.h"
#include "../../plugins/bo/matrix.h"
#include "../../plugins/bo/model.h"
#include "bo_fixture.h"

enum { POINTS = 60, QUERIES = 25 };

/* ---- the reference ---------------------------------------------------------------------------------------------- */

static double reference_kernel(const struct bo_model *model, const double *x, const double *y) {
  double a = 0, q = 0;
  for (size_t i = 0; i < model->kernel.n_axes; i++) {
    const struct bo_axis *axis = &model->kernel.axes[i];
    const struct joust_parameter *p = axis->parameter;
    double d = axis->mismatch           ? x[i] != y[i]
               : !(p->upper > p->lower) ? 0
               : p->log_scale           ? fabs(log(x[i] / y[i])) / log(p->upper / p->lower)
                                        : fabs(x[i] - y[i]) / (p->upper - p->lower);
    double term = model->kernel.weight[i] * d;
    if (axis->smooth)
      q += term * term;
    else
      a += term;
  }
  double r = sqrt(5 * q);
  return exp(-a) * (1 + r + r * r / 3) * exp(-r);
}

/* Solves a x = b for n unknowns by elimination with row pivots; a and b are overwritten, b becomes x. */
static void eliminate(long double *a, long double *b, size_t n) {
  for (size_t j = 0; j < n; j++) {
    size_t pivot = j;
    for (size_t i = j + 1; i < n; i++)
      if (fabsl(a[i * n + j]) > fabsl(a[pivot * n + j])) pivot = i;
    for (size_t k = 0; k < n; k++) {
      long double kept = a[j * n + k];
      a[j * n + k] = a[pivot * n + k];
      a[pivot * n + k] = kept;
    }
    long double kept = b[j];
    b[j] = b[pivot];
    b[pivot] = kept;
    for (size_t i = j + 1; i < n; i++) {
      long double factor = a[i * n + j] / a[j * n + j];
      for (size_t k = j; k < n; k++) a[i * n + k] -= factor * a[j * n + k];
      b[i] -= factor * b[j];
    }
  }
  for (size_t j = n; j-- > 0;) {
    for (size_t k = j + 1; k < n; k++) b[j] -= a[j * n + k] * b[k];
    b[j] /= a[j * n + j];
  }
}

/* K^-1 b. */
static void reference_solve(const struct bo_model *model, const double *points, size_t n, const double *b, double *x) {
  size_t axes = model->kernel.n_axes;
  long double *a = calloc(n * n + n, sizeof *a), *right = a + n * n;
  assert_non_null(a);
  for (size_t i = 0; i < n; i++) {
    right[i] = b[i];
    for (size_t j = 0; j < n; j++)
      a[i * n + j] = reference_kernel(model, points + i * axes, points + j * axes) + (i == j ? model->kernel.noise : 0);
  }
  eliminate(a, right, n);
  for (size_t i = 0; i < n; i++) x[i] = (double)right[i];
  free(a);
}

/* Mean and k^T K^-1 k at x, given the n points with the targets y. */
static void reference_posterior(const struct bo_model *model, const double *points, size_t n, const double *y,
                                const double *x, double *mean, double *explained) {
  double k[POINTS], solved[POINTS];
  for (size_t i = 0; i < n; i++) k[i] = reference_kernel(model, points + i * model->kernel.n_axes, x);
  reference_solve(model, points, n, k, solved);
  *mean = *explained = 0;
  for (size_t i = 0; i < n; i++) {
    *mean += solved[i] * y[i];
    *explained += solved[i] * k[i];
  }
}

/* ---- problems --------------------------------------------------------------------------------------------------- */

struct problem {
  uint64_t state;
  struct joust_host host;
  struct fixture_space fixture;
  struct bo_model model;
  size_t axes;
  double points[POINTS * FIXTURE_MOST_PARAMETERS], y[POINTS];
};

/* Random points, weights and targets; the model has no rows yet. */
static void set_up(struct problem *p, uint64_t seed, void (*space)(struct fixture_space *), enum bo_kernel_kind kind) {
  p->state = seed;
  p->host = fixture_host(&p->state);
  space(&p->fixture);
  p->axes = p->fixture.space.n_parameters;
  assert_int_equal(bo_model_init(&p->model, &p->host, &p->fixture.space, kind), 0);
  for (size_t i = 0; i < p->axes; i++) p->model.kernel.weight[i] *= exp(joust_normal(&p->host));
  p->model.kernel.noise = pow(10, -1 - 4 * joust_uniform(&p->host));
  for (size_t k = 0; k < POINTS; k++) {
    joust_sample_point(&p->host, &p->fixture.space, p->points + k * p->axes);
    p->y[k] = joust_normal(&p->host);
  }
}

static void append(struct problem *p, size_t from, size_t to, size_t told) {
  for (size_t k = from; k < to; k++) {
    bo_model_coordinates(&p->model, p->points + k * p->axes, p->model.point);
    assert_int_equal(bo_model_append(&p->model, p->model.point), 0);
  }
  while (p->model.n_known < told) bo_model_tell(&p->model, p->y[p->model.n_known]);
}

/* Mean and variance at random points equal the reference for n points with the targets y. */
static void check_posterior(struct problem *p, size_t n, const double *y) {
  double x[QUERIES * FIXTURE_MOST_PARAMETERS], at[QUERIES * FIXTURE_MOST_PARAMETERS], v[QUERIES * POINTS];
  double mean[QUERIES], explained[QUERIES], expected_mean, expected;
  for (size_t q = 0; q < QUERIES; q++) {
    joust_sample_point(&p->host, &p->fixture.space, x + q * p->axes);
    bo_model_coordinates(&p->model, x + q * p->axes, at + q * p->axes);
  }
  bo_model_predict(&p->model, at, QUERIES, v, mean, explained);
  for (size_t q = 0; q < QUERIES; q++) {
    reference_posterior(&p->model, p->points, n, y, x + q * p->axes, &expected_mean, &expected);
    assert_near(mean[q], expected_mean, 1e-8);
    assert_near(explained[q], expected, 1e-8);
  }
}

static const enum bo_kernel_kind kinds[] = {BO_AUTO, BO_EXPONENTIAL, BO_MATERN52, BO_HAMMING};

/* ---- tests ------------------------------------------------------------------------------------------------------ */

static void row_by_row_equals_the_reference(void **state) {
  (void)state;
  for (uint64_t seed = 0; seed < 8; seed++) {
    struct problem p;
    set_up(&p, seed, fixture_mixed, kinds[seed % 4]);
    append(&p, 0, POINTS, POINTS);
    check_posterior(&p, POINTS, p.y);
    bo_model_truncate(&p.model, POINTS / 2);
    check_posterior(&p, POINTS / 2, p.y);
    bo_model_free(&p.model);
  }
}

static void all_at_once_equals_the_reference(void **state) {
  (void)state;
  for (uint64_t seed = 0; seed < 8; seed++) {
    struct problem p;
    set_up(&p, 100 + seed, fixture_finite, kinds[seed % 4]);
    assert_int_equal(bo_model_set_rows(&p.model, POINTS), 0);
    for (size_t k = 0; k < POINTS; k++) {
      bo_model_coordinates(&p.model, p.points + k * p.axes, p.model.point);
      bo_model_place(&p.model, k, p.model.point);
    }
    memcpy(p.model.y, p.y, sizeof p.y);
    p.model.n_known = POINTS;
    assert_int_equal(bo_model_factor(&p.model), 0);
    check_posterior(&p, POINTS, p.y);
    bo_model_free(&p.model);
  }
}

/* A fantasy is an observation of the mean at its point: the mean stays, the variance is that of one point more. */
static void fantasies_believe_the_mean(void **state) {
  (void)state;
  struct problem p;
  set_up(&p, 7, fixture_mixed, BO_AUTO);
  size_t told = POINTS - 5;
  append(&p, 0, POINTS, told);
  double y[POINTS], unused;
  memcpy(y, p.y, sizeof y);
  for (size_t k = told; k < POINTS; k++)
    reference_posterior(&p.model, p.points, told, p.y, p.points + k * p.axes, &y[k], &unused);
  check_posterior(&p, POINTS, y);
  append(&p, POINTS, POINTS, POINTS); /* told in order: no row is factored again */
  check_posterior(&p, POINTS, p.y);
  bo_model_free(&p.model);
}

static void check_grid(const struct bo_grid *grid, struct problem *p) {
  double x[FIXTURE_MOST_PARAMETERS], mean, explained, v[POINTS];
  for (size_t index = 0; index < grid->n_points; index++) {
    joust_index_point(&p->fixture.space, index, x);
    bo_model_coordinates(&p->model, x, p->model.point);
    bo_model_predict(&p->model, p->model.point, 1, v, &mean, &explained);
    assert_near(grid->mean[index], mean, 1e-9);
    assert_near(grid->explained[index], explained, 1e-9);
  }
}

static void the_grid_follows_the_model(void **state) {
  (void)state;
  for (uint64_t seed = 0; seed < 4; seed++) {
    struct problem p;
    struct bo_grid grid;
    set_up(&p, 200 + seed, fixture_finite, kinds[seed]);
    assert_int_equal(bo_grid_init(&grid, &p.model.kernel, (size_t)joust_space_points(&p.fixture.space)), 0);
    assert_int_equal(grid.n_points, 1200);
    for (size_t k = 0; k < POINTS; k++) {
      append(&p, k, k + 1, 0);
      assert_int_equal(bo_grid_append(&grid, &p.model), 0);
      if (k % 3 == 2) continue; /* left behind for a while, as in a batch */
      while (p.model.n_known < k) {
        bo_model_tell(&p.model, p.y[p.model.n_known]);
        bo_grid_tell(&grid, &p.model);
      }
    }
    check_grid(&grid, &p);
    bo_grid_truncate(&grid, &p.model, 20);
    bo_model_truncate(&p.model, 20);
    check_grid(&grid, &p);
    append(&p, 20, 45, 0);
    p.model.kernel.weight[1] *= 1.5;
    assert_int_equal(bo_model_factor(&p.model), 0);
    assert_int_equal(bo_grid_rebuild(&grid, &p.model), 0);
    check_grid(&grid, &p);
    bo_grid_free(&grid);
    bo_model_free(&p.model);
  }
}

static void derivatives_equal_finite_differences(void **state) {
  (void)state;
  static const double step = 1e-6;
  for (uint64_t seed = 0; seed < 12; seed++) {
    struct problem p;
    set_up(&p, 300 + seed, fixture_mixed, kinds[seed % 3]);
    append(&p, 0, POINTS, POINTS);
    double x[FIXTURE_MOST_PARAMETERS], at[FIXTURE_MOST_PARAMETERS], v[POINTS], mean[3], explained[3];
    double d_mean[FIXTURE_MOST_PARAMETERS], d_explained[FIXTURE_MOST_PARAMETERS];
    joust_sample_point(&p.host, &p.fixture.space, x);
    bo_model_coordinates(&p.model, x, at);
    mean[0] = bo_model_gradient(&p.model, at, &explained[0], d_mean, d_explained);
    bo_model_predict(&p.model, at, 1, v, &mean[1], &explained[1]);
    assert_near(mean[0], mean[1], 1e-9);
    assert_near(explained[0], explained[1], 1e-9);
    for (size_t i = 3; i < 5; i++) { /* the reals */
      double centre = at[i];
      for (int side = 1; side <= 2; side++) {
        at[i] = centre + (side == 1 ? -step : step);
        bo_model_predict(&p.model, at, 1, v, &mean[side], &explained[side]);
      }
      at[i] = centre;
      assert_near(d_mean[i], (mean[2] - mean[1]) / (2 * step), 1e-5 * (1 + fabs(d_mean[i])));
      assert_near(d_explained[i], (explained[2] - explained[1]) / (2 * step), 1e-5 * (1 + fabs(d_explained[i])));
    }
    bo_model_free(&p.model);
  }
}

/* The lowest mean at a row is C K^-1 y there. */
static void the_lowest_mean_is_found(void **state) {
  (void)state;
  struct problem p;
  set_up(&p, 9, fixture_mixed, BO_AUTO);
  append(&p, 0, POINTS, POINTS);
  double lowest = HUGE_VAL, mean, unused;
  for (size_t k = 0; k < POINTS; k++) {
    reference_posterior(&p.model, p.points, POINTS, p.y, p.points + k * p.axes, &mean, &unused);
    lowest = fmin(lowest, mean);
  }
  assert_near(bo_model_lowest(&p.model), lowest, 1e-8);
  bo_model_free(&p.model);
}

static int n_logged;

static void count_log(const struct joust_host *host, int32_t level, const char *line) {
  (void)host;
  (void)level;
  assert_non_null(strstr(line, "not positive definite"));
  n_logged++;
}

/* The same point twice and no noise: the matrix is singular, is repaired, and the log says so. */
static void a_singular_matrix_is_repaired(void **state) {
  (void)state;
  struct problem p;
  set_up(&p, 11, fixture_finite, BO_EXPONENTIAL);
  p.host.log = count_log;
  p.model.kernel.noise = 0;
  memcpy(p.points + p.axes, p.points, p.axes * sizeof(double));
  n_logged = 0;
  append(&p, 0, 2, 2);
  assert_int_equal(n_logged, 1);
  assert_true(isfinite(p.model.z[1]));
  p.model.y[1] = p.model.y[0];
  assert_int_equal(bo_model_factor(&p.model), 0);
  assert_true(n_logged >= 2);
  assert_true(p.model.kernel.noise > 0);
  double mean, explained, v[2];
  bo_model_coordinates(&p.model, p.points, p.model.point);
  bo_model_predict(&p.model, p.model.point, 1, v, &mean, &explained);
  assert_near(mean, p.y[0], 1e-6);
  bo_model_free(&p.model);
}

static void the_factor_and_the_inverse_are_those_of_the_matrix(void **state) {
  (void)state;
  uint64_t random = 3;
  struct joust_host host = fixture_host(&random);
  static const size_t sizes[] = {1, 2, 47, 48, 49, 96, 130}; /* around the block size */
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    size_t n = sizes[s];
    double *b = malloc(5 * n * n * sizeof *b), *a = b + n * n, *l = a + n * n, *inverse = l + n * n;
    assert_non_null(b);
    for (size_t k = 0; k < n * n; k++) b[k] = joust_normal(&host);
    for (size_t i = 0; i < n; i++)
      for (size_t j = 0; j < n; j++) a[i * n + j] = bo_dot(b + i * n, b + j * n, n) + (i == j ? 1.0 : 0);
    memcpy(l, a, n * n * sizeof *l);
    assert_int_equal(bo_cholesky(l, n, n), 0);
    bo_inverse(l, n, n, inverse, inverse + n * n);
    for (size_t i = 0; i < n; i++)
      for (size_t j = 0; j < n; j++) {
        if (j <= i) assert_near(bo_dot(l + i * n, l + j * n, j + 1), a[i * n + j], 1e-9 * (double)n);
        double sum = 0;
        for (size_t k = 0; k < n; k++) sum += a[i * n + k] * (k >= j ? inverse[k * n + j] : inverse[j * n + k]);
        assert_near(sum, i == j, 1e-8);
      }
    for (size_t i = 0; i < n; i++) a[i * n + i] -= 1e3;
    assert_int_equal(bo_cholesky(a, n, n), -1);
    free(b);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(row_by_row_equals_the_reference),
      cmocka_unit_test(all_at_once_equals_the_reference),
      cmocka_unit_test(fantasies_believe_the_mean),
      cmocka_unit_test(the_grid_follows_the_model),
      cmocka_unit_test(derivatives_equal_finite_differences),
      cmocka_unit_test(the_lowest_mean_is_found),
      cmocka_unit_test(a_singular_matrix_is_repaired),
      cmocka_unit_test(the_factor_and_the_inverse_are_those_of_the_matrix),
  };
  return cmocka_run_group_tests_name("bo: model", tests, NULL, NULL);
}
