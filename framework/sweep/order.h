/* Which run is next: the longest first, so that the last runs are short and no worker ends long before the others.
 *
 * How long a run takes is learned from the runs of the same problem and optimiser that ended, in this session or in
 * earlier ones. A group of which nothing is known goes first: one of its runs tells. A worker stays with its group
 * unless another one takes clearly longer, because a change of the optimiser means a new process.
 *
 * Runs of optimisers that wait on a network are kept apart: they are given out only where `network` is asked for. */
#ifndef JOUST_SWEEP_ORDER_H
#define JOUST_SWEEP_ORDER_H

#include "sweep/plan.h"

#define JOUST_NO_RUN SIZE_MAX

struct joust_order {
  const struct joust_plan *plan;
  struct joust_order_group *groups; /* by problem and optimiser */
  size_t *next;                     /* of each run: the one behind it in its group */
  size_t n_groups;
  size_t left[2]; /* runs to give out; [1]: those that wait on a network */
};

void joust_order_make(struct joust_order *order, const struct joust_plan *plan); /* no runs yet */
void joust_order_free(struct joust_order *order);

bool joust_order_network(const struct joust_plan *plan, size_t run);

void joust_order_add(struct joust_order *order, size_t run);   /* behind those of its group */
void joust_order_again(struct joust_order *order, size_t run); /* a run that was given out: before all of its group */

/* A run was as long as `seconds`. */
void joust_order_learn(struct joust_order *order, size_t run, double seconds);

/* The next run, or JOUST_NO_RUN if there is none, or none that may begin before another one ends. `last`: what the
 * worker ran last, or JOUST_NO_RUN. `now`: seconds of any steady clock.
 */
size_t joust_order_next(struct joust_order *order, bool network, size_t last, double now);

/* A run that was given out is over, however it ended. */
void joust_order_over(struct joust_order *order, size_t run);

/* Estimate of the seconds until all is done with that many workers at once. NAN while some are left of those that wait
 * on a network, or of those that do not, and none of that kind has ended: the one kind says nothing of the other. */
double joust_order_seconds_left(const struct joust_order *order, uint32_t jobs, uint32_t network_jobs);

#endif
