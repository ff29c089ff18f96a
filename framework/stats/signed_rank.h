/* Wilcoxon's signed-rank test: do paired values differ? (F. Wilcoxon, Biometrics Bulletin 1, 1945.)
 *
 * Smaller is better. A failed run (NaN or +infinity) is worse than any number, by more than any finite difference; two
 * failed runs differ by zero. So no pair is dropped because a run failed. */
#ifndef JOUST_STATS_SIGNED_RANK_H
#define JOUST_STATS_SIGNED_RANK_H

#include <stdbool.h>
#include <stddef.h>

/* Pairs that do not differ have no sign. */
enum joust_zeros {
  JOUST_ZEROS_WILCOX, /* they are left out before ranking (Wilcoxon) */
  JOUST_ZEROS_PRATT   /* they are ranked with the others, then left out (J. W. Pratt, JASA 54, 1959) */
};

struct joust_signed_rank {
  size_t n, zeros;        /* pairs that differ, pairs that do not */
  double w_plus, w_minus; /* rank sums of the pairs with x > y, with x < y; tied differences share a mean rank */
  double z;               /* of w_plus, with correction for ties, zeros and continuity; 0 if n = 0 */
  double p;               /* two-sided; 1 if no pair differs, NaN if there is no pair */
  bool exact;             /* p by counting all 2^n signs of the ranks at hand (ties too): n <= JOUST_SIGNED_RANK_EXACT;
                             else by the normal distribution */
  double effect;          /* rank-biserial correlation (w_minus - w_plus) / (w_minus + w_plus) (D. S. Kerby, 2014): 1 if
                             x is better in every pair, -1 if y is; 0 if no pair differs */
};

#define JOUST_SIGNED_RANK_EXACT 50

/* x and y: n pairs; y may be NULL, then x holds the differences themselves. Numbers that were rounded for print differ
 * by noise where their differences should be equal (93.46 - 93.36 against 93.20 - 93.10), so differences whose sizes
 * are within a few ulps of the numbers they come from tie, and one as small as that is zero: pass numbers as they were
 * measured, or times a factor, but not less an offset, which hides how large they were. O(n log n), but up to O(n^3)
 * within the exact range. */
struct joust_signed_rank joust_signed_rank_test(const double *x, const double *y, size_t n, enum joust_zeros zeros);

#endif
