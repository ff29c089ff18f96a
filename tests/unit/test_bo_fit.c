/* The fit of the plugin bo: objective against a dense reference, gradient against finite differences, the minimiser on
 * functions with known minima. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "../../plugins/bo/fit.h"
#include "../../plugins/bo/minimise.h"
#include "bo_fixture.h"

enum { POINTS = 40, MOST_THETA = FIXTURE_MOST_PARAMETERS + 1 };

struct problem {
  uint64_t state;
  struct joust_host host;
  struct fixture_space fixture;
  struct bo_kernel kernel;
  struct bo_fit fit;
  double columns[FIXTURE_MOST_PARAMETERS * POINTS], y[POINTS];
};

/* Random points; targets that depend on the first and the fourth parameter only, with a little noise. */
static void set_up(struct problem *p, uint64_t seed, enum bo_kernel_kind kind, int fixed_noise) {
  p->state = seed;
  p->host = fixture_host(&p->state);
  fixture_mixed(&p->fixture);
  assert_int_equal(bo_kernel_init(&p->kernel, &p->fixture.space, kind), 0);
  for (size_t k = 0; k < POINTS; k++) {
    double x[FIXTURE_MOST_PARAMETERS];
    joust_sample_point(&p->host, &p->fixture.space, x);
    for (size_t i = 0; i < p->kernel.n_axes; i++)
      p->columns[i * POINTS + k] = bo_kernel_coordinate(&p->kernel.axes[i], x[i]);
    p->y[k] = sin(3 * x[3]) + (x[0] == 2 ? 1.0 : -0.2) + 0.01 * joust_normal(&p->host);
  }
  assert_int_equal(bo_fit_init(&p->fit, &p->kernel, p->columns, POINTS, POINTS, p->y, fixed_noise), 0);
}

static void tear_down(struct problem *p) {
  bo_fit_free(&p->fit);
  bo_kernel_free(&p->kernel);
}

/* J from the formula: determinant and quadratic form by elimination without pivots, which a positive definite matrix
 * does not need. */
static double reference(const struct problem *p, const double *theta) {
  static long double k[POINTS][POINTS + 1];
  size_t axes = p->kernel.n_axes;
  for (size_t i = 0; i < POINTS; i++) {
    for (size_t j = 0; j < POINTS; j++) {
      double a = 0, q = 0;
      for (size_t d = 0; d < axes; d++) {
        double u = p->columns[d * POINTS + i], v = p->columns[d * POINTS + j];
        double term = exp(theta[d]) * (p->kernel.axes[d].mismatch ? u != v : fabs(u - v));
        if (p->kernel.axes[d].smooth)
          q += term * term;
        else
          a += term;
      }
      double r = sqrt(5 * q);
      k[i][j] = exp(-a) * (1 + r + r * r / 3) * exp(-r) + (i == j ? exp(theta[axes]) + BO_LEAST_NOISE : 0);
    }
    k[i][POINTS] = p->y[i];
  }
  double half_log_determinant = 0, quadratic = 0;
  for (size_t j = 0; j < POINTS; j++) {
    half_log_determinant += 0.5 * log((double)k[j][j]);
    quadratic += (double)(k[j][POINTS] * k[j][POINTS] / k[j][j]);
    for (size_t i = j + 1; i < POINTS; i++) {
      long double factor = k[i][j] / k[j][j];
      for (size_t c = j; c <= POINTS; c++) k[i][c] -= factor * k[j][c];
    }
  }
  double prior = 0.5 * pow((theta[axes] - log(1e-3)) / 2, 2);
  for (size_t d = 0; d < axes; d++) {
    double median = p->kernel.axes[d].smooth ? 2 / sqrt((double)axes) : 2 / (double)axes;
    prior += 0.5 * pow((theta[d] - log(median)) / 1.5, 2);
  }
  return (POINTS / 2.0 + BO_AMPLITUDE_SHAPE) * log(BO_AMPLITUDE_SHAPE + quadratic / 2) + half_log_determinant + prior;
}

static const enum bo_kernel_kind kinds[] = {BO_AUTO, BO_EXPONENTIAL, BO_MATERN52, BO_HAMMING};

static void the_objective_equals_the_reference(void **state) {
  (void)state;
  for (uint64_t seed = 0; seed < 12; seed++) {
    struct problem p;
    double theta[MOST_THETA], gradient[MOST_THETA];
    set_up(&p, seed, kinds[seed % 4], 0);
    bo_fit_draw(&p.kernel, &p.host, theta);
    assert_near(bo_fit_objective(&p.fit, theta, gradient), reference(&p, theta), 1e-8);
    tear_down(&p);
  }
}

static void the_gradient_equals_finite_differences(void **state) {
  (void)state;
  static const double step = 1e-5;
  for (uint64_t seed = 0; seed < 16; seed++) {
    struct problem p;
    double theta[MOST_THETA], gradient[MOST_THETA], unused[MOST_THETA];
    int fixed_noise = seed >= 12;
    set_up(&p, 50 + seed, kinds[seed % 4], fixed_noise);
    bo_fit_draw(&p.kernel, &p.host, theta);
    bo_fit_objective(&p.fit, theta, gradient);
    for (size_t i = 0; i <= p.kernel.n_axes; i++) {
      double centre = theta[i];
      theta[i] = centre + step;
      double above = bo_fit_objective(&p.fit, theta, unused);
      theta[i] = centre - step;
      double below = bo_fit_objective(&p.fit, theta, unused);
      theta[i] = centre;
      assert_near(gradient[i], (above - below) / (2 * step), 1e-5 * (1 + fabs(gradient[i])));
    }
    if (fixed_noise) assert_true(gradient[p.kernel.n_axes] == 0 && p.kernel.noise == 1e-3);
    tear_down(&p);
  }
}

/* The fit goes downhill to a point without a slope, and finds out which parameters matter. */
static void a_fit_finds_the_relevant_parameters(void **state) {
  (void)state;
  struct problem p;
  double theta[3 * MOST_THETA], gradient[MOST_THETA];
  set_up(&p, 77, BO_AUTO, 0);
  size_t n = p.kernel.n_axes + 1;
  bo_fit_get(&p.kernel, theta);
  double before = bo_fit_objective(&p.fit, theta, gradient);
  for (size_t s = 1; s < 3; s++) bo_fit_draw(&p.kernel, &p.host, theta + s * n);
  assert_true(bo_fit_run(&p.fit, &p.host, theta, 3, 60) > 0);
  bo_fit_get(&p.kernel, theta);
  assert_true(bo_fit_objective(&p.fit, theta, gradient) < before - 5);
  for (size_t i = 0; i < n; i++) assert_near(gradient[i], 0, 0.05);
  double least_relevant = fmin(p.kernel.weight[0] * 5 / 2, p.kernel.weight[3] / (2 / sqrt(5)));
  assert_true(least_relevant > p.kernel.weight[1] * 5 / 2);
  assert_true(least_relevant > p.kernel.weight[2] / (2 / sqrt(5)));
  assert_true(least_relevant > p.kernel.weight[4] / (2 / sqrt(5)));
  tear_down(&p);
}

static double rosenbrock(void *context, const double *x, double *gradient) {
  (void)context;
  double a = 1 - x[0], b = x[1] - x[0] * x[0];
  gradient[0] = -2 * a - 400 * x[0] * b;
  gradient[1] = 200 * b;
  return a * a + 100 * b * b;
}

/* log x + 1/x: outside of its domain for x <= 0, minimum 1 at 1. */
static double half_line(void *context, const double *x, double *gradient) {
  (void)context;
  gradient[0] = x[0] > 0 ? 1 / x[0] - 1 / (x[0] * x[0]) : 0;
  return x[0] > 0 ? log(x[0]) + 1 / x[0] : HUGE_VAL;
}

static void the_minimiser_finds_minima(void **state) {
  (void)state;
  double x[2] = {-1.2, 1}, value;
  assert_int_equal(bo_minimise(rosenbrock, NULL, 2, x, 200, &value), 0);
  assert_near(x[0], 1, 1e-2);
  assert_near(value, 0, 1e-5);
  x[0] = 3;
  assert_int_equal(bo_minimise(half_line, NULL, 1, x, 50, &value), 0);
  assert_near(x[0], 1, 1e-2);
  x[0] = -1; /* a start outside of the domain stays where it is */
  assert_int_equal(bo_minimise(half_line, NULL, 1, x, 50, &value), 0);
  assert_true(x[0] == -1 && value == HUGE_VAL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_objective_equals_the_reference),
      cmocka_unit_test(the_gradient_equals_finite_differences),
      cmocka_unit_test(a_fit_finds_the_relevant_parameters),
      cmocka_unit_test(the_minimiser_finds_minima),
  };
  return cmocka_run_group_tests_name("bo: fit", tests, NULL, NULL);
}
