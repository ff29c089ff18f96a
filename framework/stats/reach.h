/* Reaching targets: when a run first is as good as a target, the share of (run, target) pairs reached over the budget,
 * and the expected running time.
 *
 * The budget of a pair that was never reached is +infinity (a NaN counts as that too): failed runs stay in every
 * denominator. Budgets are trials or cost. Nothing here fails. */
#ifndef JOUST_STATS_REACH_H
#define JOUST_STATS_REACH_H

#include <stdbool.h>
#include <stddef.h>

#include "stats/bootstrap.h"
#include "stats/curve.h"

/* First budget at which an incumbent (or regret) is at least as good as the target; +infinity if never. O(log n). */
double joust_reach_budget(const struct joust_curve *incumbent, double target, bool maximise);

/* Empirical distribution of n budgets: share (points) of them that are at most grid[i], grid ascending. 0 if n = 0.
 * O(n log n + points). */
void joust_reach_ecdf(double *share, const double *budgets, size_t n, const double *grid, size_t points);

/* Area under that distribution between two budgets, over the width: the mean share of pairs reached, 0 (none up to
 * `to`) to 1 (all by `from`), exact, no grid. On a log scale (from > 0) each doubling of the budget weighs the same; 1
 * minus that area is then, up to a constant, the mean log running time. NaN if n = 0 or not from < to. */
double joust_reach_area(const double *budgets, size_t n, double from, double to, bool log_scale);

/* Expected running time to a target by restarts: budget spent in all runs, up to the target where it was reached, over
 * the number of runs that reached it. (K. Price, 1997; N. Hansen et al., "COCO: performance assessment", 2016.) */
struct joust_running_time {
  size_t runs, reached;
  double expected;     /* +infinity if no run reached the target; NaN without runs */
  double lower, upper; /* percentile bootstrap over runs; infinite where resamples without success weigh in */
};

/* budgets (draws->n): when each run reached the target; spent: its whole budget (finite), read where the target was not
 * reached. */
struct joust_running_time joust_running_time(const double *budgets, const double *spent,
                                             const struct joust_draws *draws, double level);

#endif
