/* The limits of a run, and whether a process that carries it out keeps them. They are there for plugins that go wrong:
 * a run that exceeds one fails. What a run may use up by the rules of the comparison is its budget.
 *
 * The time of the processor is that of the process with all its threads; memory is what it holds for itself (resident
 * pages that are no file's). Both without its children, and looked at ten times a second. */
#ifndef JOUST_SWEEP_WATCH_H
#define JOUST_SWEEP_WATCH_H

#include <sys/types.h>

#include "sweep/sweep.h"

enum joust_exceeded { JOUST_LIMIT_KEPT = 0, JOUST_LIMIT_TIME, JOUST_LIMIT_MEMORY, JOUST_LIMIT_SENSE };

struct joust_watch {
  double start, cpu;            /* when the run began; what the process had used then */
  enum joust_exceeded exceeded; /* JOUST_LIMIT_SENSE: see joust_watch_blame */
  char why[100];                /* "exceeded its limit of 2 s of wall time"; "" unless exceeded */
};

void joust_watch_start(struct joust_watch *watch, pid_t process, double now);

/* The run has done something else for which it must end. */
void joust_watch_blame(struct joust_watch *watch, const char *why);

/* Has the run exceeded a limit just now? Says so once. */
bool joust_watch_check(struct joust_watch *watch, const struct joust_limits *limits, pid_t process, double now);

#endif
