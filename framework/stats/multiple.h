/* What many tests at once amount to: Holm's correction, and the groups of a critical-difference diagram. */
#ifndef JOUST_STATS_MULTIPLE_H
#define JOUST_STATS_MULTIPLE_H

#include <stdbool.h>
#include <stddef.h>

/* p-values of m tests, adjusted so that rejecting those at most alpha keeps the chance of any false rejection at most
 * alpha (S. Holm, Scandinavian J. of Statistics 6, 1979). adjusted (m) may be p itself. A NaN (a test that could not be
 * made) stays NaN and does not count among the m. */
void joust_holm(double *adjusted, const double *p, size_t m);

/* Fills separated (k x k, symmetric): pairs whose mean ranks differ by at least the critical difference. A NaN among
 * the ranks, or as the difference, separates nothing. */
void joust_separate_by_rank(bool *separated, const double *mean_ranks, size_t k, double critical_difference);

/* The maximal groups of at least two optimisers of which no two are separated: the bars of the diagram. separated is
 * k x k and symmetric (its diagonal does not matter), by critical difference or by any pairwise test. Given in order of
 * rank, a group is an unbroken stretch of ranks under a critical difference, but need not be one under pairwise tests:
 * draw its members, not just its ends.
 *
 * member (capacity x k) gets one row a group, ordered by their members as words are in a dictionary. Returns the number
 * of groups; capacity + 1 if there are more than fit, of which the first `capacity` found are given. Under a critical
 * difference there are at most k - 1. (C. Bron, J. Kerbosch, Communications of the ACM 16, 1973, with pivot.) */
size_t joust_groups(bool *member, size_t capacity, const bool *separated, size_t k);

#endif
