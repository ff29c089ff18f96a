/* What survives a worker: memory that it shares with its parent, with the place where its run is, the last lines of the
 * log, and, when a fatal signal comes, the signal and the addresses on the stack.
 *
 * Parent and worker are one program with the same libraries at the same addresses (plugins are loaded before the fork),
 * so the parent can name the addresses: the dying process does nothing but write numbers. */
#ifndef JOUST_SWEEP_BOX_H
#define JOUST_SWEEP_BOX_H

#include "run/run.h"

enum { JOUST_BOX_FRAMES = 40 };

struct joust_box {
  struct joust_place place;
  struct joust_log log;
  volatile int signal; /* the fatal signal that came, 0: none */
  volatile int depth;
  void *frames[JOUST_BOX_FRAMES];
};

/* NULL where the system refuses. */
struct joust_box *joust_box_make(void);
void joust_box_free(struct joust_box *box);

/* In the worker: fatal signals leave their traces in the box, then do what they do. They have a stack of their own, so
 * that a stack overflow is seen, too. */
void joust_box_watch(struct joust_box *box);

/* For a new run. */
void joust_box_clear(struct joust_box *box);

/* Appends "backtrace:" and the frames, one a line; nothing where there are none. */
void joust_box_backtrace(const struct joust_box *box, struct joust_text *out);

/* Loads what backtraces need; once in the parent, as a crashing process cannot. */
void joust_box_prepare(void);

#endif
