#include "sweep/order.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* A worker leaves its group for one whose runs take this many times as long. */
#define CLEARLY 1.5

struct joust_order_group {
  size_t first, last; /* runs to give out: a list through order->next */
  size_t left, under_way;
  double n, seconds; /* of runs whose length is known */
  double since;      /* when the oldest run under way began, roughly */
};

static size_t group_of(const struct joust_plan *plan, size_t run) {
  return (size_t)plan->runs[run].problem * plan->n_optimisers + plan->runs[run].optimiser;
}

bool joust_order_network(const struct joust_plan *plan, size_t run) {
  return plan->optimisers[plan->runs[run].optimiser].flags & JOUST_NEEDS_NETWORK;
}

/* Do the runs of the group wait on a network? */
static bool waits(const struct joust_order *order, size_t group) {
  return order->plan->optimisers[group % order->plan->n_optimisers].flags & JOUST_NEEDS_NETWORK;
}

void joust_order_make(struct joust_order *order, const struct joust_plan *plan) {
  *order = (struct joust_order){.plan = plan, .n_groups = (size_t)plan->n_problems * plan->n_optimisers};
  order->groups = joust_alloc(order->n_groups, sizeof *order->groups);
  order->next = joust_alloc(plan->n_runs, sizeof *order->next);
  for (size_t i = 0; i < order->n_groups; i++) order->groups[i].first = order->groups[i].last = JOUST_NO_RUN;
}

void joust_order_free(struct joust_order *order) {
  free(order->groups);
  free(order->next);
  memset(order, 0, sizeof *order);
}

static struct joust_order_group *count(struct joust_order *order, size_t run) {
  struct joust_order_group *group = &order->groups[group_of(order->plan, run)];
  group->left++;
  order->left[joust_order_network(order->plan, run)]++;
  return group;
}

void joust_order_add(struct joust_order *order, size_t run) {
  struct joust_order_group *group = count(order, run);
  order->next[run] = JOUST_NO_RUN;
  if (group->first == JOUST_NO_RUN)
    group->first = run;
  else
    order->next[group->last] = run;
  group->last = run;
}

void joust_order_again(struct joust_order *order, size_t run) {
  struct joust_order_group *group = count(order, run);
  order->next[run] = group->first;
  if (group->first == JOUST_NO_RUN) group->last = run;
  group->first = run;
}

void joust_order_learn(struct joust_order *order, size_t run, double seconds) {
  struct joust_order_group *group = &order->groups[group_of(order->plan, run)];
  if (!(seconds >= 0)) return;
  group->n++;
  group->seconds += seconds;
}

/* Seconds that a run of the group takes, as far as one can tell. */
static double estimate(const struct joust_order_group *group, double now) {
  if (group->n > 0) return group->seconds / group->n;
  return group->under_way ? now - group->since : INFINITY;
}

/* Runs that start from the proposals of another optimiser wait for that one's runs on the same problem, whose answers
 * may be kept somewhere by then. */
static bool must_wait(const struct joust_order *order, size_t group) {
  const struct joust_planned_optimiser *optimiser = &order->plan->optimisers[group % order->plan->n_optimisers];
  const struct joust_order_group *starter =
      &order->groups[group - group % order->plan->n_optimisers + optimiser->starter];
  return optimiser->start.type && (starter->left || starter->under_way);
}

static struct joust_order_group *longest(struct joust_order *order, bool network, double now) {
  struct joust_order_group *best = NULL;
  double most = -1;
  for (size_t i = 0; i < order->n_groups; i++) {
    struct joust_order_group *group = &order->groups[i];
    if (!group->left || joust_order_network(order->plan, group->first) != network || must_wait(order, i)) continue;
    double seconds = estimate(group, now);
    if (seconds <= most) continue;
    best = group;
    most = seconds;
  }
  return best;
}

size_t joust_order_next(struct joust_order *order, bool network, size_t last, double now) {
  if (!order->left[network]) return JOUST_NO_RUN;
  struct joust_order_group *group = longest(order, network, now);
  if (!group) return JOUST_NO_RUN;
  struct joust_order_group *own = last == JOUST_NO_RUN ? NULL : &order->groups[group_of(order->plan, last)];
  if (own && own->left && !(estimate(group, now) > CLEARLY * estimate(own, now))) group = own;
  size_t run = group->first;
  group->first = order->next[run];
  group->left--;
  order->left[network]--;
  if (!group->under_way++) group->since = now;
  return run;
}

void joust_order_over(struct joust_order *order, size_t run) {
  order->groups[group_of(order->plan, run)].under_way--;
}

/* Mean length of the runs of one kind that ended; NAN before the first. */
static double mean_length(const struct joust_order *order, bool network) {
  double n = 0, seconds = 0;
  for (size_t i = 0; i < order->n_groups; i++) {
    if (waits(order, i) != network) continue;
    n += order->groups[i].n;
    seconds += order->groups[i].seconds;
  }
  return n > 0 ? seconds / n : NAN;
}

double joust_order_seconds_left(const struct joust_order *order, uint32_t jobs, uint32_t network_jobs) {
  const double workers[2] = {jobs, network_jobs}, mean[2] = {mean_length(order, false), mean_length(order, true)};
  double left[2] = {0, 0};
  for (size_t i = 0; i < order->n_groups; i++) {
    const struct joust_order_group *group = &order->groups[i];
    bool network = waits(order, i);
    double runs = (double)group->left + (double)group->under_way / 2;
    if (runs > 0) left[network] += runs * (group->n > 0 ? group->seconds / group->n : mean[network]);
  }
  if (isnan(left[0]) || isnan(left[1])) return NAN;
  return fmax(left[0] / workers[0], left[1] / workers[1]);
}
