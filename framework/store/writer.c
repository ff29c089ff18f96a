/* Writing: what runs refer to, and runs with their trials. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "store/connection.h"

static void bind_text(sqlite3_stmt *statement, int place, const char *text) {
  sqlite3_bind_text(statement, place, text ? text : "", -1, SQLITE_STATIC);
}

/* An infinite limit is no limit: NULL. (NaN becomes NULL by itself.) */
static void bind_limit(sqlite3_stmt *statement, int place, double limit) {
  if (isinf(limit))
    sqlite3_bind_null(statement, place);
  else
    sqlite3_bind_double(statement, place, limit);
}

/* ---- what runs refer to ------------------------------------------------------------------------------------------ */

/* The id of the row with these texts in these columns, which is made if it is not there. `columns`: "a, b"; `same`:
 * "a = ?1 AND b = ?2". */
static int put_texts(struct joust_store *store, const char *table, const char *columns, const char *same,
                     const char *const *texts, int n, int64_t *id, struct joust_error *error) {
  char find[300], insert[300];
  sqlite3_stmt *statement;
  snprintf(find, sizeof find, "SELECT id FROM %s WHERE %s", table, same);
  snprintf(insert, sizeof insert, "INSERT INTO %s (%s) VALUES (?1, ?2%s) RETURNING id", table, columns,
           n == 5   ? ", ?3, ?4, ?5"
           : n == 4 ? ", ?3, ?4"
                    : "");
  int status = joust_store_begin(store, error);
  if (status) return status;
  for (int attempt = 0; attempt < 2 && status == 0; attempt++) {
    status = joust_store_prepare(store, &statement, attempt == 0 ? find : insert, error);
    if (status) break;
    for (int i = 0; i < n; i++) bind_text(statement, i + 1, texts[i]);
    status = joust_store_step(store, statement, "write", error);
    if (status == 1) *id = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
  }
  return joust_store_end(store, status < 0 ? status : 0, error);
}

int joust_store_put_problem(struct joust_store *store, const struct joust_store_problem *problem, int64_t *id,
                            struct joust_error *error) {
  const char *texts[] = {problem->label, problem->name, problem->fingerprint, problem->definition};
  return put_texts(store, "problem", "label, name, fingerprint, definition",
                   "label = ?1 AND name = ?2 AND fingerprint = ?3 AND definition = ?4", texts, 4, id, error);
}

int joust_store_put_optimiser(struct joust_store *store, const struct joust_store_optimiser *optimiser, int64_t *id,
                              struct joust_error *error) {
  const char *texts[] = {optimiser->label, optimiser->name, optimiser->version, optimiser->options, optimiser->summary};
  return put_texts(store, "optimiser", "label, name, version, options, summary",
                   "label = ?1 AND name = ?2 AND version = ?3 AND options = ?4 AND summary = ?5", texts, 5, id, error);
}

int joust_store_put_sweep(struct joust_store *store, const char *name, const char *definition, int64_t *id,
                          struct joust_error *error) {
  const char *texts[] = {name, definition};
  return put_texts(store, "sweep", "name, definition", "name = ?1 AND definition = ?2", texts, 2, id, error);
}

int joust_store_put_session(struct joust_store *store, int64_t sweep, const char *provenance, int64_t *id,
                            struct joust_error *error) {
  sqlite3_stmt *statement;
  int status = joust_store_begin(store, error);
  if (status) return status;
  status = joust_store_prepare(store, &statement,
                               "INSERT INTO session (sweep, provenance) VALUES (?1, ?2) RETURNING id", error);
  if (!status) {
    sqlite3_bind_int64(statement, 1, sweep);
    bind_text(statement, 2, provenance);
    status = joust_store_step(store, statement, "write", error);
    if (status == 1) *id = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
  }
  return joust_store_end(store, status < 0 ? status : 0, error);
}

/* ---- runs -------------------------------------------------------------------------------------------------------- */

/* The run's row, new or over the one of the same key; run->id is set. */
static int put_row(struct joust_store *store, struct joust_store_run *run, struct joust_error *error) {
  sqlite3_stmt *statement;
  char seed[24];
  int status = joust_store_kept(store, &statement, JOUST_KEPT_PUT_RUN, error);
  if (status) return status;
  snprintf(seed, sizeof seed, "%" PRIu64, run->seed);
  const int64_t numbers[] = {run->problem, run->optimiser, run->sweep, run->session};
  for (int i = 0; i < 4; i++) sqlite3_bind_int64(statement, i + 1, numbers[i]);
  bind_text(statement, 5, run->key);
  sqlite3_bind_int64(statement, 6, run->replicate);
  bind_text(statement, 7, seed);
  bind_limit(statement, 8, run->budget_trials);
  bind_limit(statement, 9, run->budget_cost);
  bind_limit(statement, 10, run->budget_seconds);
  sqlite3_bind_int(statement, 11, (int)run->state);
  bind_text(statement, 12, run->reason);
  bind_text(statement, 13, run->log);
  bind_text(statement, 14, run->counters);
  sqlite3_bind_int64(statement, 15, run->trials);
  const double totals[] = {run->cost, run->seconds, run->cpu_seconds};
  for (int i = 0; i < 3; i++) sqlite3_bind_double(statement, 16 + i, totals[i]);
  status = joust_store_step(store, statement, "store a run", error);
  if (status == 1) {
    run->id = sqlite3_column_int64(statement, 0);
    status = joust_store_step(store, statement, "store a run", error); /* to the end, where the row is written */
  }
  sqlite3_clear_bindings(statement);
  return status;
}

static int insert_trials(struct joust_store *store, int64_t run, const struct joust_store_trials *trials,
                         struct joust_error *error) {
  sqlite3_stmt *statement;
  if (trials->n == 0) return 0;
  int status = joust_store_kept(store, &statement, JOUST_KEPT_INSERT_TRIALS, error);
  if (status) return status;
  store->feed.run = run;
  store->feed.trials = trials;
  return joust_store_step(store, statement, "store trials", error);
}

static int delete_trials(struct joust_store *store, int64_t run, struct joust_error *error) {
  sqlite3_stmt *statement;
  int status = joust_store_kept(store, &statement, JOUST_KEPT_DELETE_TRIALS, error);
  if (status) return status;
  sqlite3_bind_int64(statement, 1, run);
  return joust_store_step(store, statement, "replace a run", error);
}

/* Inside a transaction: the row of a run, in place of one that is not complete; its old trials go. */
static int replace_run(struct joust_store *store, struct joust_store_run *run, struct joust_error *error) {
  enum joust_run_state state;
  int status = joust_store_find_run(store, run->key, &state, NULL, error);
  if (status) return status;
  if (state == JOUST_RUN_COMPLETE)
    return joust_fail(error, JOUST_BAD_INPUT, "%s: the run with the key %s is complete already", store->path, run->key);
  status = put_row(store, run, error);
  if (!status && state != JOUST_RUN_ABSENT) status = delete_trials(store, run->id, error);
  return status;
}

int joust_store_put_run(struct joust_store *store, struct joust_store_run *run, const struct joust_store_trials *trials,
                        struct joust_error *error) {
  int status = joust_store_begin(store, error);
  if (status) return status;
  status = replace_run(store, run, error);
  if (!status) status = insert_trials(store, run->id, trials, error);
  return joust_store_end(store, status, error);
}

int joust_store_begin_run(struct joust_store *store, struct joust_store_run *run, struct joust_error *error) {
  int status = joust_store_begin(store, error);
  if (status) return status;
  run->state = JOUST_RUN_STARTED;
  run->trials = 0;
  return joust_store_end(store, replace_run(store, run, error), error);
}

/* Trials may only be added to a run that was begun and not finished, behind those that it has. */
static int check_extent(struct joust_store *store, int64_t run, uint32_t first, struct joust_error *error) {
  sqlite3_stmt *statement;
  int status = joust_store_kept(store, &statement, JOUST_KEPT_RUN_EXTENT, error);
  if (status) return status;
  sqlite3_bind_int64(statement, 1, run);
  status = joust_store_step(store, statement, "store trials", error);
  if (status < 0) return status;
  int64_t state = status == 1 ? sqlite3_column_int64(statement, 0) : 0;
  int64_t stored = status == 1 ? sqlite3_column_int64(statement, 1) : 0;
  sqlite3_reset(statement);
  if (state == JOUST_RUN_STARTED && stored + 1 == first) return 0;
  return joust_fail(error, JOUST_BAD_INPUT,
                    "%s: trial %" PRIu32 " cannot be added to run %" PRId64 ", which has %" PRId64 " trials%s",
                    store->path, first, run, stored, state == JOUST_RUN_STARTED ? "" : " and is not under way");
}

int joust_store_add_trials(struct joust_store *store, int64_t run, const struct joust_store_trials *trials,
                           struct joust_error *error) {
  sqlite3_stmt *statement;
  int status = joust_store_begin(store, error);
  if (status) return status;
  status = check_extent(store, run, trials->first, error);
  if (!status) status = insert_trials(store, run, trials, error);
  if (!status) status = joust_store_kept(store, &statement, JOUST_KEPT_EXTEND_RUN, error);
  if (!status) {
    sqlite3_bind_int64(statement, 1, run);
    sqlite3_bind_int64(statement, 2, trials->n);
    status = joust_store_step(store, statement, "store trials", error);
  }
  return joust_store_end(store, status, error);
}

int joust_store_finish_run(struct joust_store *store, const struct joust_store_run *run, struct joust_error *error) {
  sqlite3_stmt *statement;
  int status = joust_store_begin(store, error);
  if (status) return status;
  status = joust_store_kept(store, &statement, JOUST_KEPT_FINISH_RUN, error);
  if (!status) {
    sqlite3_bind_int64(statement, 1, run->id);
    sqlite3_bind_int64(statement, 2, run->session);
    sqlite3_bind_int(statement, 3, (int)run->state);
    bind_text(statement, 4, run->reason);
    bind_text(statement, 5, run->log);
    bind_text(statement, 6, run->counters);
    sqlite3_bind_double(statement, 7, run->cost);
    sqlite3_bind_double(statement, 8, run->seconds);
    sqlite3_bind_double(statement, 9, run->cpu_seconds);
    status = joust_store_step(store, statement, "finish a run", error);
    sqlite3_clear_bindings(statement);
  }
  return joust_store_end(store, status, error);
}
