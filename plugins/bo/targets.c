#include "targets.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* The normal score of a value: half a rank beyond the ends, else between the ranks of its neighbours. Equal values
 * share the middle of their ranks. */
static double score(const struct bo_targets *t, double value) {
  size_t below = 0, above = t->n;
  while (below < above) { /* the first that is not below the value */
    size_t middle = below + (above - below) / 2;
    if (t->sorted[middle] < value)
      below = middle + 1;
    else
      above = middle;
  }
  while (above < t->n && t->sorted[above] == value) above++;
  double n = (double)t->n, rank;
  if (above > below)
    rank = 0.5 * (double)(below + above);
  else if (below == 0)
    rank = 0.25;
  else if (below == t->n)
    rank = n - 0.25;
  else
    rank = (double)below - 0.5 + (value - t->sorted[below - 1]) / (t->sorted[below] - t->sorted[below - 1]);
  return gsl_cdf_ugaussian_Pinv(rank / n);
}

static double raw(const struct bo_targets *t, double value) {
  return t->kind == BO_RANK ? score(t, value) : fmin(value, t->limit);
}

int bo_targets_fit(struct bo_targets *t, const double *values, size_t n) {
  if (n > t->capacity) {
    double *sorted = realloc(t->sorted, 2 * n * sizeof *sorted);
    if (!sorted) return -1;
    t->sorted = sorted;
    t->capacity = 2 * n;
  }
  memcpy(t->sorted, values, n * sizeof *values);
  t->n = n;
  qsort(t->sorted, n, sizeof *t->sorted, ascending);
  double median = 0.5 * (t->sorted[(n - 1) / 2] + t->sorted[n / 2]), reach = median - t->sorted[0];
  t->limit = t->kind == BO_CLIP && reach > 0 ? median + t->clip * reach : HUGE_VAL;
  double sum = 0, squares = 0;
  for (size_t i = 0; i < n; i++) sum += raw(t, t->sorted[i]) / (double)n;
  for (size_t i = 0; i < n; i++) {
    double d = raw(t, t->sorted[i]) - sum;
    squares += d * d / (double)n;
  }
  t->mean = sum;
  t->scale = squares > 0 ? sqrt(squares) : 1;
  return 0;
}

void bo_targets_free(struct bo_targets *t) {
  free(t->sorted);
}

double bo_targets_apply(const struct bo_targets *t, double value) {
  return (raw(t, value) - t->mean) / t->scale;
}
