/* Carries a plan out: runs what the store does not hold yet, in worker processes, and stores what they send. This
 * process alone writes the store.
 *
 * A run that is complete in the store is never run again; one that failed is kept as it is unless `retry_failed`. One
 * that was interrupted goes on: from its stored trials where they are expensive (an evaluator that is not instant, an
 * optimiser that needs the network), else from the beginning, which gives the same. Run for run the store's content
 * depends on nothing but the plan, whatever the number of workers and the order in which they end.
 *
 * A worker that dies fails its run, with what it was doing, the end of its log and a backtrace; then another one takes
 * its place. Where that may have another cause than the run (earlier runs in the same process, a kill from outside),
 * the run is tried once more in a process of its own first. */
#ifndef JOUST_SWEEP_EXECUTE_H
#define JOUST_SWEEP_EXECUTE_H

#include "store/store.h"
#include "sweep/standing.h"

enum { JOUST_DEFAULT_NETWORK_JOBS = 8 };

struct joust_tally {       /* of runs */
  size_t total;            /* in the plan */
  size_t kept;             /* complete in the store before */
  size_t kept_failed;      /* failed in the store before, and not tried again */
  size_t complete, failed; /* of those run now */
  size_t empty;            /* of these complete ones: without any trial */
  size_t under_way;
  uint64_t trials;     /* evaluated now */
  double seconds_left; /* estimate; NAN: not known yet */
  const struct joust_standing *standing;
};

struct joust_execution {
  struct joust_store *store;
  bool retry_failed;
  uint32_t jobs;         /* workers at once; 0: 1 */
  uint32_t network_jobs; /* workers beside them for optimisers that need the network; 0: the default */
  int32_t log_level;     /* plugins' lines of this level and above go to the log, other ones only to the run's record */
  const char *log;       /* path of the log, appended to; NULL: none */
  bool echo;             /* what goes to the log of what plugins log and print goes to standard error, too */
  /* 1: workers end their runs after the trial that is under way; 2: they are killed. May be NULL. */
  const volatile sig_atomic_t *stop;
  /* Called before the first run, after each run (failure: NULL, or why it failed), and, with run == NULL, ten times a
   * second in between. May be NULL. */
  void (*progress)(void *context, const struct joust_tally *, const struct joust_planned_run *run, const char *failure);
  void *context;
};

/* 0 if all was carried out, even if runs failed: see the tally. JOUST_INTERRUPTED after a stop, with everything that
 * was told to us in the store; JOUST_SYSTEM where no worker can be started; the store's errors. The tally's standing is
 * gone then. */
int joust_sweep_execute(const struct joust_plan *plan, const struct joust_execution *execution,
                        struct joust_tally *tally, struct joust_error *error);

#endif
