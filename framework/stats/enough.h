/* How many pairs or runs a claim needs: what the least possible p-value allows, and what an observed effect asks for.
 *
 * Levels are two-sided. `comparisons` is the number of tests under Holm's correction, whose first step asks for
 * alpha / comparisons. JOUST_NEVER stands for "no number is enough". */
#ifndef JOUST_STATS_ENOUGH_H
#define JOUST_STATS_ENOUGH_H

#include <stddef.h>
#include <stdint.h>

#define JOUST_NEVER SIZE_MAX

/* Fewest pairs with which a signed-rank test, or a sign test, can come out significant: all signs equal gives p =
 * 2^(1 - n), so the least n with 2^(1 - n) <= alpha / comparisons. 6 for one test at 0.05. */
size_t joust_enough_pairs(double alpha, size_t comparisons);

/* Fewest runs of each of two optimisers with which a rank-sum test can: the two samples wholly apart give p =
 * 2 / C(2 n, n). 4 for one test at 0.05. */
size_t joust_enough_runs(double alpha, size_t comparisons);

/* Fewest blocks with which Friedman's test and then Nemenyi's can tell the first of k from the last: those for which
 * the exact p of blocks that all agree, (1 / k!)^(blocks - 1), is at most alpha, and the critical difference at most k
 * - 1, the most by which mean ranks can differ. JOUST_NEVER if k < 2. */
size_t joust_enough_blocks(double alpha, size_t k);

/* Number that finds an effect of the observed size with the given power, say 0.8, by G. E. Noether, "Sample size
 * determination for some common nonparametric tests", JASA 82 (1987), with z the sum of the normal quantiles of alpha /
 * (2 comparisons) and of 1 - power; never less than what the functions above give. JOUST_NEVER if the effect is none
 * (p = 1/2) or NaN.
 *
 *   pairs   z^2 / (3 (p - 1/2)^2)   signed-rank; p: chance that the sum of two differences is positive, estimated by
 *                                   (1 + effect) / 2 of struct joust_signed_rank
 *   runs    z^2 / (6 (p - 1/2)^2)   rank-sum, runs of each of the two; p: joust_a12
 *
 * An observed effect is itself uncertain: the number is a guide, not a promise. */
size_t joust_enough_pairs_for(double p, double alpha, size_t comparisons, double power);
size_t joust_enough_runs_for(double p, double alpha, size_t comparisons, double power);

#endif
