/* Optimisers side by side over blocks: how often each is best, wins, ties and losses, and a score on a common scale.
 *
 * Values are blocks x k, row major, smaller is better; a failed run (NaN or +infinity) is worse than any number and
 * ties with other failed runs. Nothing here fails. */
#ifndef JOUST_STATS_COMPARE_H
#define JOUST_STATS_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

/* Probability of being best: the share (k) of blocks in which each has the smallest value; several that share it get
 * equal parts of the block. A block in which all failed has no best, so the shares add up to 1 less the share of such
 * blocks. All NaN if there is no block. */
void joust_best_share(double *share, const double *values, size_t blocks, size_t k);

/* wins (k x k): blocks in which i is better than j. Losses are wins[j, i]; ties the blocks that are neither. */
void joust_wins(size_t *wins, const double *values, size_t blocks, size_t k);

/* 100 for the best value known, 0 for what random search reaches with the same budget, linear between: (random - value)
 * / (random - best). Kept within 0 .. 100 as means over problems need it, or one bad run on one problem would outweigh
 * all others: worse than random is 0, better than the best known 100. A failed run (NaN, or infinite on the bad side)
 * scores 0. The direction is the one in which best is better than random; NaN where they are equal or not finite. */
double joust_score(double value, double random, double best);

#endif
