/* The next point: what ask does for each row. */
#ifndef BO_PROPOSE_H
#define BO_PROPOSE_H

#include "surrogate.h"

/* Whether every point of the space is known, and known points are not to be proposed again. */
int bo_exhausted(const struct bo_surrogate *surrogate, const struct joust_space *space);

/* A random point into x: the initial design. It is not a known one, unless evaluation is noisy or the space is
 * exhausted. */
void bo_propose_random(const struct bo_surrogate *surrogate, const struct joust_space *space, double *x);

/* The best point by the model and the acquisition into x. Needs at least one BO_OK trial. */
joust_status bo_propose(struct bo_surrogate *surrogate, const struct joust_space *space, double *x);

#endif
