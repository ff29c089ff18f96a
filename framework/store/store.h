/* The store: one SQLite file that holds any number of sweeps, each evaluation of each run.
 *
 * This room knows SQLite and nothing of problems or plugins: callers hand over texts, numbers and columns. The schema,
 * with units and guarantees, is docs/store-format.md. Writers take turns (WAL, synchronous=NORMAL, BEGIN IMMEDIATE, one
 * transaction a run; each waits up to 10 seconds for its turn); readers any number. A store that no writer has open is
 * one file without -wal or -shm beside it, and reading it writes nothing.
 *
 * An opened store belongs to one thread. Texts that are handed over are copied into the file; NULL counts as "".
 * Errors: JOUST_MISSING (no such file), JOUST_BAD_INPUT (not a store, a newer schema, damaged, a row that contradicts
 * those there), JOUST_SYSTEM (disk full, read-only, another writer does not stop); the message begins with the path.
 * After any error the store holds what it held before the call; where its file was removed or replaced meanwhile, all
 * that it held is saved beside it and JOUST_SYSTEM says where. */
#ifndef JOUST_STORE_STORE_H
#define JOUST_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct joust_store; /* opaque */

enum joust_store_mode { JOUST_STORE_READ, JOUST_STORE_WRITE /* makes the file if it is not there */ };

int joust_store_open(struct joust_store **store, const char *path, enum joust_store_mode mode,
                     struct joust_error *error);
void joust_store_close(struct joust_store *store); /* NULL is fine */

/* ---- what runs refer to: stored once, the id of a row with the same texts is given again ------------------------- */

struct joust_store_problem {
  const char *label, *name;
  const char *fingerprint; /* of all that its values depend on */
  const char *definition;  /* JSON, see docs/store-format.md: parameters, metrics, objective, best, words, licence */
};

struct joust_store_optimiser {
  const char *label, *name, *version;
  const char *options; /* JSON object of texts, every option with its value */
  const char *summary;
};

int joust_store_put_problem(struct joust_store *store, const struct joust_store_problem *problem, int64_t *id,
                            struct joust_error *error);
int joust_store_put_optimiser(struct joust_store *store, const struct joust_store_optimiser *optimiser, int64_t *id,
                              struct joust_error *error);
/* A sweep by the JSON that describes it. */
int joust_store_put_sweep(struct joust_store *store, const char *name, const char *definition, int64_t *id,
                          struct joust_error *error);

/* ---- sessions: one call of `joust run` each, with all that it means to run ----------------------------------------
 */

struct joust_store_planned {
  const char *key;
  int64_t problem, optimiser;
  uint32_t replicate;
};

struct joust_store_session {
  int64_t sweep;
  const char *provenance; /* JSON that says which program on which machine */
  const char *process;    /* as joust_process_name gives it, "" if unknown */
  uint32_t shard, shards; /* 1 of 1: the whole sweep */
  double elapsed;         /* seconds of a monotonic clock from its start to the last run that it stored */
  const char *ended;      /* "" while it goes on or if it was killed, else how it ended: one line */
};

/* A row of its own each time, and the runs it means to run: those of `planned` that are not there already, all of them
 * now belonging to this sweep. Its id goes into every run that it makes; storing runs keeps `elapsed` up to date. The
 * given `elapsed` and `ended` are not looked at. JOUST_SYSTEM while another session's process is alive: two would run
 * everything twice. */
int joust_store_start_session(struct joust_store *store, const struct joust_store_session *session,
                              const struct joust_store_planned *planned, size_t n, int64_t *id,
                              struct joust_error *error);
int joust_store_end_session(struct joust_store *store, int64_t session, const char *ended, struct joust_error *error);

/* ---- runs ------------------------------------------------------------------------------------------------------- */

enum joust_run_state {
  JOUST_RUN_ABSENT = 0,
  JOUST_RUN_STARTED = 1,  /* some of its trials are stored, it can go on */
  JOUST_RUN_COMPLETE = 2, /* budget spent, or the optimiser was done */
  JOUST_RUN_BROKEN = 3    /* failed; `reason` says why */
};

struct joust_store_run {
  int64_t id; /* given by the store */
  int64_t problem, optimiser, sweep, session;
  const char *key; /* 64 hexadecimal digits: a run is never made twice for one key */
  uint32_t replicate;
  uint64_t seed;
  double budget_trials, budget_cost, budget_seconds; /* infinite: no limit */
  enum joust_run_state state;
  const char *reason;   /* "" unless BROKEN; else one line */
  const char *log;      /* last lines of the plugin's log, "" if none */
  const char *counters; /* JSON object of what the optimiser counted, "{}" if nothing */
  uint32_t trials;
  double cost, seconds, cpu_seconds; /* totals: cost in the problem's unit; wall; processor */
};

/* Columns of n trials, numbered first, first + 1, ... from 1. */
struct joust_store_trials {
  uint32_t n, first, n_parameters, n_metrics;
  const uint64_t *index;      /* n: index of the point in a finite space; NULL: see x */
  const double *x;            /* n x n_parameters, for infinite spaces; NULL where index is given */
  const double *value;        /* n: the objective in the problem's own direction; NaN unless the outcome is ok */
  const double *metrics;      /* n x n_metrics, in the order of the problem's definition */
  const double *seconds;      /* n: wall time of the evaluation */
  const uint8_t *outcome;     /* n: 0 ok, 1 failed, 2 cancelled */
  const char *const *message; /* n: why a trial failed or how it was marked, else NULL; the whole column may be NULL */
};

/* State of the run with this key, and its row if it is there (run may be NULL; its texts live until the next call that
 * gives a run). */
int joust_store_find_run(struct joust_store *store, const char *key, enum joust_run_state *state,
                         struct joust_store_run *run, struct joust_error *error);

/* A whole run in one transaction, its trials (NULL: none) numbered from 1; one of the same key that is not COMPLETE is
 * replaced with all its trials, a COMPLETE one is an error. Sets run->id, and run->trials from the trials. */
int joust_store_put_run(struct joust_store *store, struct joust_store_run *run, const struct joust_store_trials *trials,
                        struct joust_error *error);

/* The same in steps, for expensive evaluations, each step one transaction: begin (state STARTED, no trials), add trials
 * as they come (cost: of all trials so far), finish with the final row. A run that joust_store_find_run gives as
 * STARTED goes on with adding; to begin it again drops its trials. Trials that do not begin with the next number, and a
 * run that is not STARTED, are errors. Finishing sets session, state, reason, log, counters, cost and times;
 * run->trials must be the number stored.
 */
int joust_store_begin_run(struct joust_store *store, struct joust_store_run *run, struct joust_error *error);
int joust_store_add_trials(struct joust_store *store, int64_t run, const struct joust_store_trials *trials, double cost,
                           struct joust_error *error);
int joust_store_finish_run(struct joust_store *store, const struct joust_store_run *run, struct joust_error *error);

/* A BROKEN run is STARTED again, with the trials that it has. */
int joust_store_reopen_run(struct joust_store *store, int64_t run, struct joust_error *error);

/* In a forked process, which must not touch the store: lets go of its file, so that nothing that happens there can
 * reach it. The store is of no use in that process afterwards, and is not closed there. */
void joust_store_abandon(const struct joust_store *store);

/* ---- reading ---------------------------------------------------------------------------------------------------- */

/* Calls `each` for every problem, optimiser, sweep, in the order of (label, id); sessions in that of their ids; runs in
 * that of (problem label, optimiser label, replicate, id). A non-zero result of `each` stops and is returned. Texts
 * live during the call. The calls for one row may read the store; all see it as it was when the first row was read. */
int joust_store_each_problem(struct joust_store *store,
                             int (*each)(void *context, int64_t id, const struct joust_store_problem *), void *context,
                             struct joust_error *error);
int joust_store_each_optimiser(struct joust_store *store,
                               int (*each)(void *context, int64_t id, const struct joust_store_optimiser *),
                               void *context, struct joust_error *error);
int joust_store_each_sweep(struct joust_store *store,
                           int (*each)(void *context, int64_t id, const char *name, const char *definition),
                           void *context, struct joust_error *error);
int joust_store_each_session(struct joust_store *store,
                             int (*each)(void *context, int64_t id, const struct joust_store_session *), void *context,
                             struct joust_error *error);
/* Each run that a sweep planned, in the order of (problem label, optimiser label, replicate), with its row; while it is
 * not there, the row's state is ABSENT and all else in it 0. */
int joust_store_each_planned(struct joust_store *store, int64_t sweep,
                             int (*each)(void *context, const struct joust_store_planned *,
                                         const struct joust_store_run *),
                             void *context, struct joust_error *error);
int joust_store_each_run(struct joust_store *store, int (*each)(void *context, const struct joust_store_run *),
                         void *context, struct joust_error *error);

/* Buffers that grow, reused from run to run: all zero at first, freed with joust_store_columns_free. */
struct joust_store_columns {
  uint32_t n, n_parameters, n_metrics, capacity;
  uint64_t *index;
  double *x, *value, *metrics, *seconds;
  uint8_t *outcome;
  char **message;              /* NULL where there is none; owned */
  bool has_index, has_message; /* has_message: any row has one */
};

/* All trials of a run, in order; none if there is no such run. Without an index n_parameters is the width of x, with
 * one it is 0. NaN stands where SQL has NULL. */
int joust_store_read_trials(struct joust_store *store, int64_t run, struct joust_store_columns *columns,
                            struct joust_error *error);
void joust_store_columns_free(struct joust_store_columns *columns);

#endif
