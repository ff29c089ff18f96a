/* Do k optimisers differ over several blocks, and which pairs: Friedman's test, Iman and Davenport's, Nemenyi's.
 *
 * Sources: M. Friedman, JASA 32 (1937); R. L. Iman, J. M. Davenport, Communications in Statistics A 9 (1980); J.
 * Demsar, "Statistical comparisons of classifiers over multiple data sets", JMLR 7 (2006). The p-values of chi-squared
 * and of F are approximations for many blocks. With few they mislead: with 3 blocks of 3, ranks of 1 2 3, 1 2 3 and 1 3
 * 2 give p = 0.097 and 0.049 where 0.194 is right, and F has p = 0 wherever all blocks agree, be they only 2. So `p`,
 * from which a verdict is drawn, is exact where that can be counted (friedman_exact.h), which is so where blocks are
 * few. Smaller values are better; failed runs (NaN, +infinity) tie behind every number, see rank.h. */
#ifndef JOUST_STATS_FRIEDMAN_H
#define JOUST_STATS_FRIEDMAN_H

#include <stdbool.h>
#include <stddef.h>

struct joust_friedman {
  size_t blocks, k;
  double chi2; /* corrected for ties, k - 1 degrees of freedom */
  double chi2_p;
  double f;   /* (blocks - 1) chi2 / (blocks (k - 1) - chi2); +infinity where all blocks agree */
  double f_p; /* F distribution with k - 1 and (k - 1)(blocks - 1) degrees of freedom; 0 where f is infinite */
  double p;   /* exact, or else f_p */
  bool exact;
  double agreement; /* Kendall's W, chi2 / (blocks (k - 1)): 0 no agreement between blocks, 1 all give the same ranks */
};

/* Values: blocks x k, row major; mean_ranks (k) is filled, see joust_rank_blocks. Fewer than 2 blocks or a k below 2
 * give NaN for all statistics. If every block is one tie there is nothing to tell apart: chi2 and f 0, p 1. */
struct joust_friedman joust_friedman_test(double *mean_ranks, const double *values, size_t blocks, size_t k);

/* Two optimisers whose mean ranks differ by at least this differ at the family-wise level alpha: q sqrt(k (k + 1) /
 * (6 blocks)) with q the upper alpha quantile of the studentised range over sqrt(2). NaN if k < 2 or blocks = 0. */
double joust_nemenyi_difference(size_t k, size_t blocks, double alpha);

/* The smallest alpha at which that holds for two mean ranks that differ by `difference` >= 0. */
double joust_nemenyi_p(double difference, size_t k, size_t blocks);

#endif
