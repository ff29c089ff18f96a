/* A sweep under way, shared by the files that carry it out: execute.c (the loop), give.c (who runs what), hear.c (what
 * workers say, and how runs end). For this room only. */
#ifndef JOUST_SWEEP_CREW_H
#define JOUST_SWEEP_CREW_H

#include <poll.h>

#include "sweep/execute.h"
#include "sweep/journal.h"
#include "sweep/pool.h"

/* What is to be known of a run before it is given out: it goes on with its stored trials; it must have a process of its
 * own; it was tried before. */
enum { JOUST_GO_ON = 1, JOUST_ALONE = 2, JOUST_TRIED = 4 };

struct joust_crew {
  const struct joust_plan *plan;
  const struct joust_execution *execution;
  struct joust_tally *tally;
  struct joust_order order;
  struct joust_pool pool;
  struct joust_ledger ledger;
  struct joust_journal journal;
  struct joust_standing standing;
  struct joust_part part; /* the last one that came in */
  struct pollfd *polls;
  bool **happened; /* where to note that something happened to polls[i] */
  nfds_t n_polls;
  uint8_t *marks;   /* of each run: JOUST_GO_ON and so on */
  uint32_t most[2]; /* workers that run at once; [1]: on the network */
  double now, ticked;
  bool stopping;
  double full_until; /* the system does not let us start another worker; when to try it again */
  struct joust_error *error;
};

/* Calls the execution's progress; run: JOUST_NO_RUN between runs. */
void joust_crew_tell(struct joust_crew *crew, size_t run, const char *failure);

/* Gives runs to workers that are idle, and starts workers where there is room. JOUST_SYSTEM, the store's errors. */
int joust_crew_give(struct joust_crew *crew);

/* Takes what has come in from a worker, as far as one read goes. The store's errors. */
int joust_crew_hear(struct joust_crew *crew, struct joust_worker_process *worker);

/* Takes what it printed, likewise. */
void joust_crew_output(struct joust_crew *crew, struct joust_worker_process *worker);

/* A worker has died: takes its last words, and either records that its run has failed or sees to it that it is tried
 * again. The worker is gone then. The store's errors. */
int joust_crew_bury(struct joust_crew *crew, struct joust_worker_process *worker);

#endif
