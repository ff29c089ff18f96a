/* Ranks: 1 for the smallest value, which in this room is the best one (callers negate what is maximised).
 *
 * A failed run (NaN or +infinity) ranks behind every number; failed runs tie with each other. Nothing here fails. */
#ifndef JOUST_STATS_RANK_H
#define JOUST_STATS_RANK_H

#include <stddef.h>

enum joust_ties {
  JOUST_TIES_AVERAGE, /* equal values share the mean of their places: 1, 2.5, 2.5, 4 */
  JOUST_TIES_MIN      /* equal values all get the best of their places: 1, 2, 2, 4, as in sport */
};

/* Ranks (n) of n values. Returns the sum of t^3 - t over all groups of t equal values, which the corrections for ties
 * of the rank tests need; 0 where all values differ. O(n log n). */
double joust_rank(double *ranks, const double *values, size_t n, enum joust_ties ties);

/* Ranks within each of the blocks of k values (row major, blocks x k), ties averaged: mean_ranks (k) gets the mean over
 * the blocks, NaN where there is no block. A block is whatever is compared on an equal footing: a problem, or one
 * replicate of it. Returns the sum of t^3 - t over all blocks. */
double joust_rank_blocks(double *mean_ranks, const double *values, size_t blocks, size_t k);

#endif
