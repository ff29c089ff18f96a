/* The worker: a forked process that carries out one run after the other and tells its parent what came of them.
 *
 * The parent writes indices of runs into the socket, one at a time, and closes it when there is nothing more to do; the
 * worker writes parts (wire.h). Neither can wait for the other in a circle: the parent writes only to a worker that
 * waits for it, a few bytes that always fit, and reads whenever there is something to read.
 *
 * A worker goes down with its parent, is a process group of its own, reads nothing and writes what it prints into the
 * pipe it was given. SIGTERM asks it to stop before the next trial. */
#ifndef JOUST_SWEEP_WORKER_H
#define JOUST_SWEEP_WORKER_H

#include <sys/types.h>

#include "sweep/box.h"
#include "sweep/plan.h"

enum { JOUST_WORKER_LOST = 121 }; /* its exit code when it cannot write to its parent any more */

struct joust_worker_job { /* all borrowed */
  const struct joust_plan *plan;
  struct joust_box *box;
  const struct joust_history *stored; /* trials with which its first run goes on; NULL: none */
  int32_t log_level;
  int socket, output; /* output: takes the place of standard output and standard error */
  pid_t parent;
};

/* Are trials of a run with these recorded one by one, because each is worth more than a transaction? */
bool joust_worker_pays(const struct joust_plan *plan, const struct joust_planned_run *run);

/* In the forked process, with nothing else of the parent's open. */
_Noreturn void joust_worker(const struct joust_worker_job *job);

#endif
