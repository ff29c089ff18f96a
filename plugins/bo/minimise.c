#include "minimise.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "matrix.h"

static const double gradient_tolerance = 1e-3, value_tolerance = 1e-7, sufficient_decrease = 1e-4, curvature = 0.9;
enum { LINE_SEARCH_TRIES = 25 };

struct state {
  bo_function f;
  void *context;
  size_t n;
  double value, *x, *gradient, *direction, *inverse; /* inverse: n x n, symmetric */
  double *next_x, *next_gradient;
};

/* direction = -H gradient; returns its slope. Starts again from the gradient if that does not go down. */
static double set_direction(struct state *s) {
  size_t n = s->n;
  for (size_t i = 0; i < n; i++) s->direction[i] = -bo_dot(s->inverse + i * n, s->gradient, n);
  double slope = bo_dot(s->direction, s->gradient, n);
  if (slope < 0) return slope;
  memset(s->inverse, 0, n * n * sizeof *s->inverse);
  for (size_t i = 0; i < n; i++) {
    s->inverse[i * n + i] = 1;
    s->direction[i] = -s->gradient[i];
  }
  return -bo_dot(s->gradient, s->gradient, n);
}

/* Leaves an accepted point in next_x and next_gradient. Returns its value, or HUGE_VAL if there is none. */
static double search_line(struct state *s, double step, double slope) {
  double low = 0, high = HUGE_VAL, value = HUGE_VAL;
  for (int k = 0; k < LINE_SEARCH_TRIES; k++) {
    for (size_t i = 0; i < s->n; i++) s->next_x[i] = s->x[i] + step * s->direction[i];
    value = s->f(s->context, s->next_x, s->next_gradient);
    if (!(value <= s->value + sufficient_decrease * step * slope)) {
      /* The minimum of the parabola through value, slope and the new value, kept off the ends. */
      double parabola = -slope * step / (2 * ((value - s->value) / step - slope));
      high = step;
      step = isfinite(value) && low == 0 ? fmin(fmax(parabola, 0.1 * high), 0.5 * high) : 0.5 * (low + high);
    } else if (bo_dot(s->direction, s->next_gradient, s->n) < curvature * slope) {
      low = step;
      step = isfinite(high) ? 0.5 * (low + high) : 2 * low;
    } else {
      return value;
    }
  }
  return value <= s->value ? value : HUGE_VAL;
}

/* H := (I - rho d y^T) H (I - rho y d^T) + rho d d^T with d the step, y the change of the gradient. */
static void update_inverse(struct state *s, int first) {
  size_t n = s->n;
  double *d = s->direction, *y = s->gradient; /* both are free to be overwritten by now */
  for (size_t i = 0; i < n; i++) {
    d[i] = s->next_x[i] - s->x[i];
    y[i] = s->next_gradient[i] - s->gradient[i];
  }
  double dy = bo_dot(d, y, n), yy = bo_dot(y, y, n);
  if (!(dy > 1e-12 * yy)) return;
  if (first)
    for (size_t i = 0; i < n; i++) s->inverse[i * n + i] = dy / yy;
  double *hy = s->x; /* likewise */
  for (size_t i = 0; i < n; i++) hy[i] = bo_dot(s->inverse + i * n, y, n);
  double scale = (1 + bo_dot(y, hy, n) / dy) / dy;
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++) s->inverse[i * n + j] += scale * d[i] * d[j] - (hy[i] * d[j] + d[i] * hy[j]) / dy;
}

static double largest(const double *v, size_t n) {
  double result = 0;
  for (size_t i = 0; i < n; i++) result = fmax(result, fabs(v[i]));
  return result;
}

static void run(struct state *s, size_t steps) {
  s->value = s->f(s->context, s->x, s->gradient);
  for (size_t k = 0; k < steps && isfinite(s->value) && largest(s->gradient, s->n) > gradient_tolerance; k++) {
    double slope = set_direction(s), first = k == 0 ? fmin(1, 1 / largest(s->gradient, s->n)) : 1;
    double value = search_line(s, first, slope);
    if (!isfinite(value)) return;
    int settled = s->value - value <= value_tolerance * (1 + fabs(value));
    update_inverse(s, k == 0);
    memcpy(s->x, s->next_x, s->n * sizeof *s->x);
    memcpy(s->gradient, s->next_gradient, s->n * sizeof *s->x);
    s->value = value;
    if (settled) return;
  }
}

int bo_minimise(bo_function f, void *context, size_t n, double *x, size_t steps, double *value) {
  double *work = calloc(n * (n + 5), sizeof *work);
  if (!work) return -1;
  struct state s = {f, context, n, 0, work, work + n, work + 2 * n, work + 5 * n, work + 3 * n, work + 4 * n};
  memcpy(s.x, x, n * sizeof *x);
  run(&s, steps);
  memcpy(x, s.x, n * sizeof *x);
  *value = s.value;
  free(work);
  return 0;
}
