/* The rank-sum test of Wilcoxon, Mann and Whitney: do two independent samples differ? (H. B. Mann, D. R. Whitney,
 * Annals of Mathematical Statistics 18, 1947.)
 *
 * Smaller is better; a failed run (NaN or +infinity) is worse than any number and ties with other failed runs. */
#ifndef JOUST_STATS_RANK_SUM_H
#define JOUST_STATS_RANK_SUM_H

#include <stdbool.h>
#include <stddef.h>

struct joust_rank_sum {
  size_t n_x, n_y;
  double u;   /* pairs (one of x, one of y) with x > y, and half of those with x = y */
  double z;   /* of u, with correction for ties and continuity; 0 if all values are equal, NaN as p */
  double p;   /* two-sided; NaN if a sample is empty */
  bool exact; /* p by counting all arrangements: no ties and n_x n_y <= JOUST_RANK_SUM_EXACT; else normal */
};

#define JOUST_RANK_SUM_EXACT 900 /* 30 runs against 30 */

struct joust_rank_sum joust_rank_sum_test(const double *x, size_t n_x, const double *y, size_t n_y);

/* The statistic u alone, O(n log n); *ties (may be NULL) gets the sum of t^3 - t over groups of t equal values. */
double joust_rank_sum_u(const double *x, size_t n_x, const double *y, size_t n_y, double *ties);

#endif
