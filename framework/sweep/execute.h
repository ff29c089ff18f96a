/* Carries a plan out: runs what the store does not hold yet, and stores each run in one transaction.
 *
 * A run that is complete in the store is never run again; one that failed is kept as it is unless `retry_failed`; one
 * that was interrupted is run anew. */
#ifndef JOUST_SWEEP_EXECUTE_H
#define JOUST_SWEEP_EXECUTE_H

#include "store/store.h"
#include "sweep/plan.h"

struct joust_tally {       /* of runs */
  size_t total;            /* in the plan */
  size_t kept;             /* complete in the store before */
  size_t kept_failed;      /* failed in the store before, and not tried again */
  size_t complete, failed; /* of those run now */
  uint64_t trials;         /* evaluated now */
};

struct joust_execution {
  struct joust_store *store;
  bool retry_failed;
  int32_t log_level;
  const volatile sig_atomic_t *stop; /* non-zero: end after the trial that is under way */
  /* Called before the first run and after each (outcome NULL where it was in the store already). May be NULL. */
  void (*progress)(void *context, const struct joust_tally *, const struct joust_planned_run *,
                   const struct joust_outcome *);
  void *context;
};

/* 0 if all was carried out, even if runs failed: see the tally. JOUST_INTERRUPTED after a stop, with everything that
 * was evaluated in the store; the store's errors. */
int joust_sweep_execute(const struct joust_plan *plan, const struct joust_execution *execution,
                        struct joust_tally *tally, struct joust_error *error);

#endif
