/* The store's side of a sweep: what runs refer to, and each run, as its parts come in from a worker.
 *
 * A run that comes in one part is stored in one transaction. One of several parts is begun with its first and finished
 * with its last, each a transaction, so it is never more than one part behind; so is a run of which each trial is a
 * part of its own because it is expensive. */
#ifndef JOUST_SWEEP_LEDGER_H
#define JOUST_SWEEP_LEDGER_H

#include "sweep/plan.h"
#include "sweep/wire.h"

struct joust_ledger {
  const struct joust_plan *plan;
  struct joust_store *store;
  int64_t *problems, *optimisers; /* ids in the store */
  int64_t sweep, session;
};

/* Stores what all runs refer to, and that a session begins. Plan and store must outlive the ledger. */
int joust_ledger_open(struct joust_ledger *ledger, const struct joust_plan *plan, struct joust_store *store,
                      struct joust_error *error);
/* Stores how the session ended: with the error of this code, or complete. Returns the code, or the store's error. */
int joust_ledger_end(struct joust_ledger *ledger, int code, struct joust_error *error);
void joust_ledger_close(struct joust_ledger *ledger);

struct joust_entry { /* a run under way; all zero at first */
  int64_t id;        /* in the store, once begun */
  bool begun;
  uint32_t trials;            /* stored so far */
  double cost;                /* of these */
  double cpu_before;          /* of earlier starts of the run */
  struct joust_text counters; /* the last ones known */
};

/* The run goes on with its stored trials, which are written to `history`; a failed one is opened again. */
int joust_ledger_resume(struct joust_ledger *ledger, size_t run, struct joust_entry *entry,
                        struct joust_history *history, struct joust_error *error);

/* Stores a part. `failure`: NULL, or why the run failed though its last part does not say so. */
int joust_ledger_take(struct joust_ledger *ledger, struct joust_entry *entry, const struct joust_part *part,
                      const char *failure, struct joust_error *error);

/* The run has failed without a last part: its worker is no more. */
int joust_ledger_fail(struct joust_ledger *ledger, size_t run, struct joust_entry *entry, const char *reason,
                      const char *log, double seconds, struct joust_error *error);

void joust_entry_free(struct joust_entry *entry);

#endif
