/* How the optimisers stand while a sweep is under way: the mean rank of each over the problems, from the means of the
 * best values of the runs that are complete. Constant work a run; ranks are made when they are asked for. */
#ifndef JOUST_SWEEP_STANDING_H
#define JOUST_SWEEP_STANDING_H

#include "sweep/plan.h"

struct joust_standing {
  const struct joust_plan *plan;
  double *sums; /* n_problems x n_optimisers: of the best values, to be minimised */
  uint32_t *counts;
};

void joust_standing_make(struct joust_standing *standing, const struct joust_plan *plan);
void joust_standing_free(struct joust_standing *standing);

/* A complete run's best value; infinite where no trial was ok. */
void joust_standing_add(struct joust_standing *standing, const struct joust_planned_run *run, double best);

/* Mean rank of each optimiser (n_optimisers; 1 is best, equal means share their ranks) over the problems on which every
 * optimiser has a complete run; returns the number of these problems, 0: no ranks yet. */
uint32_t joust_standing_ranks(const struct joust_standing *standing, double *ranks);

#endif
