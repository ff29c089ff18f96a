/* The exact p of Friedman's test.
 *
 * If nothing tells the optimisers apart, each order of the ranks within a block is as likely as any other (M. Friedman,
 * JASA 32, 1937). The sums of ranks are followed from block to block with their probabilities, as in M. G. Kendall, B.
 * Babington Smith, "The problem of m rankings", Annals of Mathematical Statistics 10 (1939). Ties need no correction:
 * they are permuted as they are. */
#ifndef JOUST_STATS_FRIEDMAN_EXACT_H
#define JOUST_STATS_FRIEDMAN_EXACT_H

#include <stddef.h>

/* Probability that chi-squared is at least as large as that of the values (blocks x k, row major). Where all blocks
 * give the same ranks it is (t1! t2! ... / k!)^(blocks - 1), with t1, t2, ... the sizes of the groups of ties: (1 /
 * k!)^(blocks - 1) without. NaN with fewer than 2 blocks, a k below 2, or where counting would take too long (more than
 * a million steps: about 100 blocks of 3, 24 of 4, 8 of 5, 4 of 6). */
double joust_friedman_exact_p(const double *values, size_t blocks, size_t k);

#endif
