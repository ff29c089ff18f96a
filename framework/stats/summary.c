#include "stats/summary.h"

#include <gsl/gsl_statistics_double.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static int compare_numbers(double a, double b) {
  if (isnan(a) || isnan(b)) return isnan(a) - isnan(b);
  return (a > b) - (a < b);
}

static int compare_values(const void *a, const void *b) {
  return compare_numbers(*(const double *)a, *(const double *)b);
}

static int compare_keyed(const void *a, const void *b) {
  const struct joust_keyed *left = a, *right = b;
  int order = compare_numbers(left->value, right->value);
  return order ? order : (left->index > right->index) - (left->index < right->index);
}

size_t joust_sort_values(double *values, size_t n) {
  if (n > 1) qsort(values, n, sizeof *values, compare_values);
  while (n > 0 && isnan(values[n - 1])) n--;
  return n;
}

size_t joust_sort_keyed(struct joust_keyed *keyed, const double *values, size_t n) {
  for (size_t i = 0; i < n; i++) keyed[i] = (struct joust_keyed){values[i], i};
  if (n > 1) qsort(keyed, n, sizeof *keyed, compare_keyed);
  while (n > 0 && isnan(keyed[n - 1].value)) n--;
  return n;
}

/* Where quantile p of n > 0 lies: between the order statistics `index` and index + 1, `share` of the way; share is 0 at
 * the last one. */
static size_t quantile_place(double *share, size_t n, double p) {
  double place = (double)(n - 1) * p;
  size_t index = (size_t)place;
  *share = place - (double)index;
  if (index + 1 < n) return index;
  *share = 0;
  return n - 1;
}

static double between(double below, double above, double share) {
  if (below == above) return below;
  return isinf(below) || isinf(above) ? below + above : below + share * (above - below);
}

double joust_quantile_sorted(const double *sorted, size_t n, double p) {
  double share;
  if (n == 0) return NAN;
  size_t i = quantile_place(&share, n, p);
  return share > 0 ? between(sorted[i], sorted[i + 1], share) : sorted[i];
}

double joust_quantile_select(double *values, size_t n, double p) {
  double share;
  if (n == 0) return NAN;
  size_t i = quantile_place(&share, n, p);
  double below = gsl_stats_select(values, 1, n, i);
  return share > 0 ? between(below, gsl_stats_select(values, 1, n, i + 1), share) : below;
}

static double *sorted_copy(const double *values, size_t n, size_t *numbers) {
  double *sorted = joust_alloc(n, sizeof *sorted);
  if (n > 0) memcpy(sorted, values, n * sizeof *sorted);
  *numbers = joust_sort_values(sorted, n);
  return sorted;
}

double joust_quantile(const double *values, size_t n, double p) {
  size_t numbers;
  double *sorted = sorted_copy(values, n, &numbers);
  double quantile = joust_quantile_sorted(sorted, numbers, p);
  free(sorted);
  return quantile;
}

double joust_median(const double *values, size_t n) {
  return joust_quantile(values, n, 0.5);
}

/* Both by deviations from the middle value: exact for a constant sample, no loss where the mean is far from 0. */
static void set_mean(struct joust_summary *summary, const double *sorted) {
  size_t n = summary->n;
  double middle = sorted[n / 2], sum = 0, squares = 0;
  if (isinf(sorted[0]) || isinf(sorted[n - 1])) {
    summary->mean = sorted[0] + sorted[n - 1]; /* NaN where both infinities are there */
    return;
  }
  for (size_t i = 0; i < n; i++) sum += sorted[i] - middle;
  double offset = sum / (double)n;
  summary->mean = middle + offset;
  if (n < 2) return;
  for (size_t i = 0; i < n; i++) squares += (sorted[i] - middle - offset) * (sorted[i] - middle - offset);
  summary->sd = sqrt(squares / (double)(n - 1));
  summary->se = summary->sd / sqrt((double)n);
}

struct joust_summary joust_summarise(const double *values, size_t n) {
  struct joust_summary summary = {.mean = NAN, .sd = NAN, .se = NAN};
  double *sorted = sorted_copy(values, n, &summary.n);
  summary.missing = n - summary.n;
  summary.minimum = joust_quantile_sorted(sorted, summary.n, 0);
  summary.lower_quartile = joust_quantile_sorted(sorted, summary.n, 0.25);
  summary.median = joust_quantile_sorted(sorted, summary.n, 0.5);
  summary.upper_quartile = joust_quantile_sorted(sorted, summary.n, 0.75);
  summary.maximum = joust_quantile_sorted(sorted, summary.n, 1);
  if (summary.n > 0) set_mean(&summary, sorted);
  free(sorted);
  return summary;
}
