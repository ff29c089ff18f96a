/* What `joust run` shows while it works: on a terminal one line that is written over, elsewhere a line every ten
 * seconds; failures as they come; all there is to say on SIGUSR1. All on standard error. */
#ifndef JOUST_CLI_DISPLAY_H
#define JOUST_CLI_DISPLAY_H

#include <signal.h>

#include "sweep/execute.h"

struct joust_display {
  const struct joust_plan *plan;
  const char *store, *log;           /* paths; log: NULL: none */
  const volatile sig_atomic_t *stop; /* as in struct joust_execution */
  volatile sig_atomic_t *wanted;     /* non-zero: somebody asks for the state; set back when it was said */
  bool terminal, quiet;              /* quiet: failures and answers only */
  double start, last;                /* seconds of a steady clock */
  double *ranks;                     /* n_optimisers; owned */
  bool told_stop;
};

void joust_display_start(struct joust_display *display); /* once the fields above ranks are set, but start and last */

/* struct joust_execution's `progress`; the context is the display. */
void joust_display_progress(void *context, const struct joust_tally *tally, const struct joust_planned_run *run,
                            const char *failure);

/* The summary; frees what is owned. */
void joust_display_end(struct joust_display *display, const struct joust_tally *tally);

#endif
