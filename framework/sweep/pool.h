/* The worker processes of a sweep, as the parent sees them: forking, telling them what to run, reading what they say,
 * and burying them.
 *
 * A worker serves one optimiser. So what a plugin leaves behind in its process (leaks, static state, a heap it damaged)
 * meets only later runs of its own. When a worker is gone, so are its process group and all processes that descend from
 * it: they are handed up to this process, which is a subreaper (prctl(2)) as long as a pool is open. */
#ifndef JOUST_SWEEP_POOL_H
#define JOUST_SWEEP_POOL_H

#include "sweep/box.h"
#include "sweep/ledger.h"
#include "sweep/order.h"
#include "sweep/watch.h"
#include "sweep/wire.h"

struct joust_worker_process {
  pid_t pid;
  int descriptor;                      /* readable when it has died; -1: see joust_pool_has_died */
  int socket;                          /* -1 once it was told that there is no more */
  int output;                          /* -1 once it was closed */
  bool network;                        /* counts as one that waits on a network */
  bool fresh;                          /* has not finished a run yet */
  bool asked;                          /* to stop: it gets no more runs */
  bool mute;                           /* has closed its end of the socket */
  bool has_output, has_news, has_died; /* as the last look at it showed */
  struct joust_box *box;
  struct joust_text in;   /* what came in and is not a whole frame yet */
  struct joust_text tail; /* the end of what this run printed */
  size_t printed;         /* bytes that this run printed */
  size_t run, last;       /* index in the plan, JOUST_NO_RUN: idle; the run before */
  double kill_at;         /* when its patience ends; INFINITY: no end */
  struct joust_watch watch;
  struct joust_entry entry; /* of its run */
};

struct joust_pool { /* all zero but plan, store, log, log_level at first */
  const struct joust_plan *plan;
  struct joust_store *store; /* this and the log: out of the workers' reach */
  int log;                   /* descriptor of the log, -1: none */
  int32_t log_level;
  struct joust_worker_process **workers;
  size_t n;
  struct joust_children *others; /* children of this process that are none of ours */
};

void joust_pool_open(struct joust_pool *pool); /* before the first fork */

/* Forks a worker; `stored`: with what its first run goes on, or NULL. JOUST_SYSTEM. */
int joust_pool_fork(struct joust_pool *pool, bool network, const struct joust_history *stored,
                    struct joust_worker_process **worker, struct joust_error *error);

/* Gives an idle worker a run; its entry must be ready. A worker that is dead already shows that by itself. */
void joust_pool_give(struct joust_worker_process *worker, size_t run, double now);

/* Its run is over. */
void joust_pool_idle(struct joust_worker_process *worker);

/* Tells an idle worker that there is no more; one that does not end within a second is killed. */
void joust_pool_dismiss(struct joust_worker_process *worker, double now);

/* Asks it to stop its run; it is killed after `grace` seconds. */
void joust_pool_ask_to_stop(struct joust_worker_process *worker, double grace, double now);

/* Kills it and everything in its process group. It is buried when its death shows. */
void joust_pool_kill(struct joust_worker_process *worker);

/* Appends what has come to worker->in; false: nothing came, and, where its end is closed, nothing will. */
bool joust_pool_read(struct joust_worker_process *worker);

/* What has been printed, at most `size` bytes; 0: nothing. Keeps the end of it in worker->tail. */
size_t joust_pool_read_output(struct joust_worker_process *worker, char *bytes, size_t size);

/* Asks the system, where it has no descriptor to tell: under valgrind, in some sandboxes. */
bool joust_pool_has_died(const struct joust_worker_process *worker);

/* Collects a dead worker's status, as waitpid gives it, and kills whatever it has left running. */
int joust_pool_reap(struct joust_pool *pool, struct joust_worker_process *worker);

/* Takes a reaped worker off the list, closes and frees all that it had. */
void joust_pool_drop(struct joust_pool *pool, struct joust_worker_process *worker);

/* Why it died, in words: "crashed in ask, trial 3: signal 11 (Segmentation fault)". */
void joust_pool_explain(const struct joust_worker_process *worker, int status, struct joust_text *out);

/* Dismisses all, waits up to a second for them, kills those that are left. */
void joust_pool_close(struct joust_pool *pool);

#endif
