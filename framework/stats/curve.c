#include "stats/curve.h"

#include <math.h>

void joust_curve_incumbent(double *incumbent, const double *values, size_t n, bool maximise) {
  double best = maximise ? -INFINITY : INFINITY;
  for (size_t i = 0; i < n; i++) {
    if (maximise ? values[i] > best : values[i] < best) best = values[i];
    incumbent[i] = best;
  }
}

void joust_curve_regret(double *regret, const double *incumbent, size_t n, double best_known, bool maximise) {
  for (size_t i = 0; i < n; i++) regret[i] = maximise ? best_known - incumbent[i] : incumbent[i] - best_known;
}

void joust_curve_cumulate(double *at, const double *cost, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) at[i] = sum += isnan(cost[i]) ? 0 : cost[i];
}

static double step_at(const struct joust_curve *curve, size_t i) {
  return curve->at ? curve->at[i] : (double)(i + 1);
}

double joust_curve_value(const struct joust_curve *curve, double budget, double before) {
  size_t reached = 0, end = curve->n; /* steps known to be within the budget; those from end on are not */
  while (reached < end) {
    size_t i = reached + (end - reached) / 2;
    if (step_at(curve, i) <= budget)
      reached = i + 1;
    else
      end = i;
  }
  return reached > 0 ? curve->values[reached - 1] : before;
}

void joust_curve_matrix(double *matrix, const struct joust_curve *curves, size_t runs, const double *grid,
                        size_t points, double before) {
  for (size_t run = 0; run < runs; run++) {
    const struct joust_curve *curve = &curves[run];
    size_t reached = 0;
    for (size_t point = 0; point < points; point++) {
      while (reached < curve->n && step_at(curve, reached) <= grid[point]) reached++;
      matrix[point * runs + run] = reached > 0 ? curve->values[reached - 1] : before;
    }
  }
}
