/* Curves of a run: incumbent, simple regret, and their value at any budget.
 *
 * A curve is a step function of the budget: nothing before its first step, from then on the value of the last step
 * reached. A run that ended early keeps its last value ever after; whoever reads a curve beyond a run's end says so to
 * the user. Nothing here fails; arrays are the caller's. */
#ifndef JOUST_STATS_CURVE_H
#define JOUST_STATS_CURVE_H

#include <stdbool.h>
#include <stddef.h>

struct joust_curve { /* refers to arrays of the caller */
  size_t n;
  const double *at;     /* n budgets, ascending (equal ones: the last counts); NULL: trials, 1 .. n */
  const double *values; /* n */
};

/* Best of the first 1 .. n values, in the objective's own direction. A failed trial (NaN) changes nothing; as long as
 * all have failed, the incumbent is the worst of all numbers, +infinity (maximise: -infinity), so that a run without
 * success stays in every count. incumbent may be values. */
void joust_curve_incumbent(double *incumbent, const double *values, size_t n, bool maximise);

/* Simple regret, distance to the best value known: >= 0 unless the run beat it (left negative, for then the best known
 * is out of date), +infinity without an incumbent. regret may be incumbent. */
void joust_curve_regret(double *regret, const double *incumbent, size_t n, double best_known, bool maximise);

/* Budgets spent after each trial, from the cost of each; one that is NaN (not known) counts as 0. at may be cost. */
void joust_curve_cumulate(double *at, const double *cost, size_t n);

/* Value at a budget, `before` ahead of the first step. O(log n). */
double joust_curve_value(const struct joust_curve *curve, double budget, double before);

/* Values of many runs at all budgets of an ascending grid: matrix (points x runs), one row a budget, ready for
 * joust_summarise, joust_bootstrap_median and joust_rank_blocks. O(n + points) a run. */
void joust_curve_matrix(double *matrix, const struct joust_curve *curves, size_t runs, const double *grid,
                        size_t points, double before);

#endif
