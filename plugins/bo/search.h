/* Candidates of a space that is too large to look at whole: random points, variants of the best known ones, and local
 * searches from the most promising of them, which change one parameter at a time (to the other values of a category,
 * by steps of several sizes on a number) and move reals along the gradient of the acquisition. */
#ifndef BO_SEARCH_H
#define BO_SEARCH_H

#include "surrogate.h"

/* m candidates into x (m x n_axes): half random points, half variants of the best trials. Needs a BO_OK trial. */
void bo_search_candidates(struct bo_surrogate *surrogate, const struct joust_space *space, double *x, size_t m);

/* The best point that is not known (any point if the settings say noisy) into x. Returns JOUST_OK, JOUST_DONE if the
 * search met known points only, or an error. */
joust_status bo_search(struct bo_surrogate *surrogate, const struct joust_space *space,
                       const struct bo_acquisition *acquisition, double *x);

#endif
