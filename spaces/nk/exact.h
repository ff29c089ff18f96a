/* What can be known exactly about a landscape: a best point, and the sums of all points in order. */
#ifndef NK_EXACT_H
#define NK_EXACT_H

#include "landscape.h"

/* An optimum is searched for where a method takes at most so many steps, which is about a second:
 * exhaustive search choices^n * (k+1), dynamic programming n * choices^(2k+1). */
#define NK_MAX_STEPS (UINT64_C(1) << 27)

/* All points are ranked where there are at most so many. */
#define NK_MAX_RANKED (UINT64_C(1) << 20)

/* Steps of each method, or UINT64_MAX where it takes more than NK_MAX_STEPS or does not apply. */
uint64_t nk_exhaustive_steps(const struct nk_landscape *landscape);
uint64_t nk_programming_steps(const struct nk_landscape *landscape);

/* A point (n values) with the largest sum (direction -1) or the smallest (direction 1), and the sum: always the same
 * one of several. Both methods need a number of steps that is not UINT64_MAX.
 *
 * Exhaustive: the points in the order of a reflected Gray code, so that each step changes one locus.
 *
 * Dynamic programming, for neighbours that are adjacent or none: E. Weinberger, "NP completeness of Kauffman's N-k
 * model", Santa Fe Institute working paper 96-02-003 (1996). A state is the values of k loci in a row, a step adds the
 * locus behind them and so the contribution of the first of them; the ring is closed by asking for the state that one
 * started from, for each start. JOUST_OK or JOUST_ENOMEM. */
void nk_exhaustive(const struct nk_landscape *landscape, int32_t direction, uint32_t *values, uint64_t *sum);
joust_status nk_programming(const struct nk_landscape *landscape, int32_t direction, uint32_t *values, uint64_t *sum);

/* By the method of fewer steps; JOUST_EUNSUPPORTED where both take too many. */
joust_status nk_optimum(const struct nk_landscape *landscape, int32_t direction, uint32_t *values, uint64_t *sum);

/* The sums of all points, largest first, for the caller to free, and their number. *sums is NULL and *n_points 0 where
 * there are more than NK_MAX_RANKED. JOUST_OK or JOUST_ENOMEM. */
joust_status nk_sorted_sums(const struct nk_landscape *landscape, uint64_t **sums, size_t *n_points);

/* 1 + the number of points with a larger sum, so that ties share the best rank. */
size_t nk_rank(const uint64_t *sums, size_t n_points, uint64_t sum);

#endif
