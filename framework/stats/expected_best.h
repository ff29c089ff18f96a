/* What random search finds: exact mean and standard deviation of the best of some random draws from a finite table,
 * by order statistics.
 *
 * With the M values sorted from the best, v_1 <= ... <= v_M, the best of N draws is v_i with probability
 *
 *   ((M - i + 1) / M)^N - ((M - i) / M)^N       with replacement,
 *   C(M - i, N - 1) / C(M, N)                   without.
 *
 * A value NaN is a point whose evaluation fails: it can be drawn, and never is the best. The results are those given
 * that a draw succeeds at all. */
#ifndef JOUST_STATS_EXPECTED_BEST_H
#define JOUST_STATS_EXPECTED_BEST_H

#include <stdbool.h>
#include <stddef.h>

struct joust_expected_best {
  double mean, sd; /* of the best value of one search; NaN if there are no draws or nothing to draw */
};

/* Values of the table (any order, finite or NaN) in the objective's own direction. Without replacement, more draws than
 * values take them all. O(size log size). */
struct joust_expected_best joust_expected_best(const double *values, size_t size, size_t draws, bool replacement,
                                               bool maximise);

/* The whole curve: mean (draws) after 1 .. draws draws. O(size (log size + draws)). */
void joust_expected_best_curve(double *mean, const double *values, size_t size, size_t draws, bool replacement,
                               bool maximise);

#endif
