#include "stats/reach.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "stats/summary.h"

double joust_reach_budget(const struct joust_curve *incumbent, double target, bool maximise) {
  size_t first = 0, end = incumbent->n; /* steps before first are too bad, those from end on are good enough */
  while (first < end) {
    size_t i = first + (end - first) / 2;
    if (maximise ? incumbent->values[i] >= target : incumbent->values[i] <= target)
      end = i;
    else
      first = i + 1;
  }
  if (first == incumbent->n) return INFINITY;
  return incumbent->at ? incumbent->at[first] : (double)(first + 1);
}

void joust_reach_ecdf(double *share, const double *budgets, size_t n, const double *grid, size_t points) {
  double *sorted = joust_alloc(n, sizeof *sorted);
  if (n > 0) memcpy(sorted, budgets, n * sizeof *sorted);
  size_t numbers = joust_sort_values(sorted, n), reached = 0;
  for (size_t i = 0; i < points; i++) {
    while (reached < numbers && sorted[reached] <= grid[i] && isfinite(sorted[reached])) reached++;
    share[i] = n > 0 ? (double)reached / (double)n : 0;
  }
  free(sorted);
}

double joust_reach_area(const double *budgets, size_t n, double from, double to, bool log_scale) {
  if (n == 0 || !(from < to) || (log_scale && !(from > 0))) return NAN;
  double sum = 0, width = log_scale ? log(to / from) : to - from;
  for (size_t i = 0; i < n; i++) {
    double budget = joust_or_worst(budgets[i]);
    if (budget >= to) continue;
    if (budget <= from)
      sum += 1;
    else
      sum += (log_scale ? log(to / budget) : to - budget) / width;
  }
  return sum / (double)n;
}

struct runs {
  const double *budgets, *spent;
};

static double running_time(const void *data, const uint32_t *counts, size_t n) {
  const struct runs *runs = data;
  double time = 0, reached = 0;
  if (n == 0) return NAN;
  for (size_t i = 0; i < n; i++) {
    if (isfinite(runs->budgets[i])) {
      time += counts[i] * runs->budgets[i];
      reached += counts[i];
    } else {
      time += counts[i] * runs->spent[i];
    }
  }
  return reached > 0 ? time / reached : INFINITY;
}

struct joust_running_time joust_running_time(const double *budgets, const double *spent,
                                             const struct joust_draws *draws, double level) {
  static const struct joust_statistic statistic = {.of = running_time};
  struct runs runs = {budgets, spent};
  struct joust_interval interval = joust_bootstrap(&statistic, &runs, draws, JOUST_PERCENTILE, level);
  struct joust_running_time time = {
      .runs = draws->n, .expected = interval.estimate, .lower = interval.lower, .upper = interval.upper};
  for (size_t i = 0; i < draws->n; i++) time.reached += isfinite(budgets[i]) != 0;
  return time;
}
