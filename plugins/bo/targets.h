/* The transform from objective values to the targets of the model, which have mean 0 and variance 1 where they were
 * fitted. It is monotone, so that the best value stays the best, and stays as it is until it is fitted again.
 *
 *   clip  values worse than median + clip (median - minimum) count as that limit; then standardised
 *   none  standardised
 *   rank  the normal score of the value's rank, between two known values by interpolation
 *
 * Clipping spends the model's range on the good region: architectures that do not learn at all lie tens of standard
 * deviations below the rest, and how far below is of no interest. */
#ifndef BO_TARGETS_H
#define BO_TARGETS_H

#include <stddef.h>

#include "settings.h"

struct bo_targets { /* owns `sorted` */
  enum bo_transform_kind kind;
  double clip, limit, mean, scale;
  double *sorted;
  size_t n, capacity;
};

/* Fits the transform to n values, at least 1, all finite. Returns 0, or -1 when out of memory. */
int bo_targets_fit(struct bo_targets *targets, const double *values, size_t n);
void bo_targets_free(struct bo_targets *targets);

double bo_targets_apply(const struct bo_targets *targets, double value);

#endif
