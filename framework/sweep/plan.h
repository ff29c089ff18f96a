/* The plan of a sweep: every problem opened, every optimiser found and its options checked, every run with its seed and
 * key. Whatever is wrong with a sweep shows here, before anything was run.
 *
 * Seeds come from a hash of (sweep seed, problem, replicate), so they depend neither on the order of runs nor on the
 * optimiser: comparisons are paired. The key of a run is a hash of all that its result depends on and of the labels it
 * appears under. */
#ifndef JOUST_SWEEP_PLAN_H
#define JOUST_SWEEP_PLAN_H

#include "sweep/sweep.h"

struct joust_planned_problem {
  struct joust_problem problem;
  struct joust_instance evaluator;
};

struct joust_planned_optimiser {
  const char *label; /* in the sweep */
  const struct joust_optimiser *type;
  const char *path; /* of the plugin */
  union joust_arg *args;
  struct joust_settings options; /* with "host:start", where it starts from another one: what that is */
  uint32_t flags;                /* of its type, and of the type of what it starts from */
  struct joust_start start;      /* type NULL: none */
  uint32_t starter;              /* index of what it starts from */
};

struct joust_planned_run {
  uint32_t problem, optimiser; /* indices into the plan */
  uint32_t replicate;          /* from 1 */
  uint64_t seed;
  char key[JOUST_HASH_SIZE];
};

struct joust_plan { /* the sweep must outlive it */
  const struct joust_sweep *sweep;
  struct joust_planned_problem *problems;
  struct joust_planned_optimiser *optimisers;
  struct joust_planned_run *runs; /* by problem, optimiser, replicate */
  uint32_t n_problems, n_optimisers;
  size_t n_runs;
  uint32_t shard, shards; /* whose runs these are: 1 of 1, the whole sweep, unless joust_plan_take_shard was called */
};

/* JOUST_BAD_INPUT, JOUST_MISSING, JOUST_RUN_FAILED: the plan is then empty. The registry must outlive the plan. */
int joust_plan_make(struct joust_plan *plan, const struct joust_sweep *sweep, struct joust_registry *registry,
                    const struct joust_folders *spaces, struct joust_error *error);

/* Its sweep as JSON that means the same wherever it is read: see joust_sweep_print. The caller frees. */
char *joust_plan_print(const struct joust_plan *plan);

/* Leaves the runs of shard `shard` (from 1) of `shards`: equal numbers (give or take one) of each optimiser, of each
 * optimiser on each problem, and in all. A run that starts from another one is in the shard of that one, so that a
 * language model is asked once for both. Which runs these are depends on the sweep only. */
void joust_plan_take_shard(struct joust_plan *plan, uint32_t shard, uint32_t shards);
void joust_plan_free(struct joust_plan *plan);

#endif
