/* How far the sweep of a store is, asked from outside while it runs or afterwards: what was planned, what is there, how
 * fast it goes, what failed.
 *
 * The sweep is that of the store's last session. Rates come from the sessions that are alive: what they stored, over
 * their own monotonic time; no clock that somebody may set is compared with another. Time left is that of the runs that
 * are left, each as long as the mean of its optimiser on its problem (else of its optimiser, else of all), at the pace
 * at which these sessions get through such time. */
#ifndef JOUST_REPORT_PROGRESS_H
#define JOUST_REPORT_PROGRESS_H

#include "base/process.h"
#include "store/store.h"

struct joust_progress_cell { /* an optimiser on a problem; labels owned */
  char *problem, *optimiser;
  uint64_t planned, complete, failed, started;
  double seconds; /* mean of a run that is complete; NaN if none is */
};

struct joust_progress_failure { /* owns its texts */
  char *problem, *optimiser, *reason;
  uint32_t replicate; /* of the first one */
  uint64_t runs;
};

struct joust_progress_session {
  int64_t id;
  uint32_t shard, shards;
  enum joust_life life; /* OVER also if it ended as it should */
  long process;
  char *host, *ended; /* owned; ended "": goes on, or was killed */
  double elapsed;     /* seconds up to the last run that it stored */
  double age;         /* seconds since its process was started; NaN unless that is alive */
  uint64_t runs;      /* that it made, of this sweep */
  double seconds;     /* wall time of these, added up */
};

struct joust_progress {                    /* owns everything */
  char *sweep;                             /* its name, may be "" */
  struct joust_progress_cell *cells;       /* by labels */
  struct joust_progress_failure *failures; /* one for each reason of each cell */
  struct joust_progress_session *sessions; /* of this sweep */
  size_t n_cells, n_failures, n_sessions;
  uint64_t planned, complete, failed, started;
  uint64_t elsewhere;          /* runs of other sweeps in the store that are planned and not there */
  uint64_t complete_elsewhere; /* and that are complete */
  size_t alive;                /* sessions */
  double rate; /* runs a second of the sessions that are alive; NaN: none is, or none has stored a run */
  double left; /* seconds; NaN where there is no rate; 0 if nothing is left */
};

/* JOUST_BAD_INPUT for a damaged store. A store into which no sweep was run gives all zero. */
int joust_progress_make(struct joust_progress *progress, struct joust_store *store, struct joust_error *error);
void joust_progress_free(struct joust_progress *progress);

static inline uint64_t joust_progress_left(const struct joust_progress *progress) {
  return progress->planned - progress->complete - progress->failed;
}

#endif
