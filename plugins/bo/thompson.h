/* Thompson sampling (Thompson 1933): the lowest of a joint sample of the model at a set of candidates. */
#ifndef BO_THOMPSON_H
#define BO_THOMPSON_H

#include "model.h"

/* The place among m candidates with the coordinates `at` (m x n_axes), at least 1; SIZE_MAX when out of memory. Costs
 * m^3/3 + m n (m + n) operations. */
size_t bo_thompson(struct bo_model *model, const struct joust_host *host, const double *at, size_t m);

#endif
