#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "store/connection.h"

/* Texts are bound without a copy: they live until the step that follows. NULL counts as "". */
static void bind_text(sqlite3_stmt *statement, int i, const char *text) {
  sqlite3_bind_text(statement, i, text ? text : "", -1, SQLITE_STATIC);
}

static void bind_budget(sqlite3_stmt *statement, int i, double budget) {
  if (isinf(budget))
    sqlite3_bind_null(statement, i);
  else
    sqlite3_bind_double(statement, i, budget);
}

/* ---- what runs refer to ------------------------------------------------------------------------------------------ */

/* Runs `insert` and then `select`, both with the n texts as their parameters; the id is what `select` finds. */
static int insert_and_find(struct joust_store *store, const char *insert, const char *select, const char *const *texts,
                           int n, int64_t *id, const char *doing, struct joust_error *error) {
  const char *const sql[] = {insert, select};
  int status = 0;
  for (int k = 0; k < 2 && status >= 0; k++) {
    sqlite3_stmt *statement;
    status = joust_store_prepare(store, &statement, sql[k], error);
    if (status) return status;
    for (int i = 0; i < n; i++) bind_text(statement, i + 1, texts[i]);
    status = joust_store_step(store, statement, doing, error);
    if (status == 1) *id = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
  }
  return status < 0 ? status : 0;
}

static int put_once(struct joust_store *store, const char *insert, const char *select, const char *const *texts, int n,
                    int64_t *id, const char *doing, struct joust_error *error) {
  int status = joust_store_begin(store, error);
  if (status) return status;
  return joust_store_end(store, insert_and_find(store, insert, select, texts, n, id, doing, error), error);
}

int joust_store_put_problem(struct joust_store *store, const struct joust_store_problem *problem, int64_t *id,
                            struct joust_error *error) {
  const char *texts[] = {problem->label, problem->name, problem->fingerprint, problem->definition};
  return put_once(store,
                  "INSERT INTO problem (label, name, fingerprint, definition) VALUES (?1, ?2, ?3, ?4)"
                  " ON CONFLICT DO NOTHING",
                  "SELECT id FROM problem WHERE label = ?1 AND name = ?2 AND fingerprint = ?3 AND definition = ?4",
                  texts, 4, id, "store a problem", error);
}

int joust_store_put_optimiser(struct joust_store *store, const struct joust_store_optimiser *optimiser, int64_t *id,
                              struct joust_error *error) {
  const char *texts[] = {optimiser->label, optimiser->name, optimiser->version, optimiser->options, optimiser->summary};
  return put_once(store,
                  "INSERT INTO optimiser (label, name, version, options, summary) VALUES (?1, ?2, ?3, ?4, ?5)"
                  " ON CONFLICT DO NOTHING",
                  "SELECT id FROM optimiser WHERE label = ?1 AND name = ?2 AND version = ?3 AND options = ?4"
                  " AND summary = ?5",
                  texts, 5, id, "store an optimiser", error);
}

int joust_store_put_sweep(struct joust_store *store, const char *name, const char *definition, int64_t *id,
                          struct joust_error *error) {
  const char *texts[] = {name, definition};
  return put_once(store, "INSERT INTO sweep (name, definition) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                  "SELECT id FROM sweep WHERE name = ?1 AND definition = ?2", texts, 2, id, "store a sweep", error);
}

/* ---- runs -------------------------------------------------------------------------------------------------------- */

int joust_store_delete_run(struct joust_store *store, int64_t run, struct joust_error *error) {
  static const enum joust_kept parts[] = {JOUST_KEPT_DELETE_TRIALS, JOUST_KEPT_DELETE_RUN};
  int status = 0;
  for (int i = 0; i < 2 && !status; i++) {
    sqlite3_stmt *statement;
    status = joust_store_kept(store, &statement, parts[i], error);
    if (status) return status;
    sqlite3_bind_int64(statement, 1, run);
    status = joust_store_step(store, statement, "replace a run", error);
  }
  return status;
}

/* Deletes the run that has this key and gives its id for the new one (0: there was none). A complete one stays. */
static int clear_key(struct joust_store *store, const char *key, int64_t *id, struct joust_error *error) {
  sqlite3_stmt *statement;
  *id = 0;
  int status = joust_store_kept(store, &statement, JOUST_KEPT_FIND_RUN, error);
  if (status) return status;
  bind_text(statement, 1, key);
  status = joust_store_step(store, statement, "look for a run", error);
  if (status != 1) return status;
  *id = sqlite3_column_int64(statement, 0);
  int state = sqlite3_column_int(statement, 11);
  sqlite3_reset(statement);
  if (state == JOUST_RUN_COMPLETE)
    return joust_fail(error, JOUST_BAD_INPUT, "%s: run %s is complete already (run %" PRId64 "); it is not replaced",
                      store->path, key, *id);
  return joust_store_delete_run(store, *id, error);
}

/* Gives run->id: the one it had in this store before, or a new one, which is above all others (`last`). */
static int insert_run(struct joust_store *store, struct joust_store_run *run, bool *last, struct joust_error *error) {
  char seed[32];
  sqlite3_stmt *s;
  int status = clear_key(store, run->key, &run->id, error);
  if (!status) status = joust_store_kept(store, &s, JOUST_KEPT_INSERT_RUN, error);
  if (status) return status;
  snprintf(seed, sizeof seed, "%" PRIu64, run->seed);
  *last = run->id == 0;
  if (*last)
    sqlite3_bind_null(s, 1);
  else
    sqlite3_bind_int64(s, 1, run->id);
  sqlite3_bind_int64(s, 2, run->problem);
  sqlite3_bind_int64(s, 3, run->optimiser);
  sqlite3_bind_int64(s, 4, run->sweep);
  sqlite3_bind_int64(s, 5, run->session);
  bind_text(s, 6, run->key);
  sqlite3_bind_int64(s, 7, run->replicate);
  bind_text(s, 8, seed);
  bind_budget(s, 9, run->budget_trials);
  bind_budget(s, 10, run->budget_cost);
  bind_budget(s, 11, run->budget_seconds);
  sqlite3_bind_int(s, 12, (int)run->state);
  bind_text(s, 13, run->reason);
  bind_text(s, 14, run->log);
  bind_text(s, 15, run->counters);
  sqlite3_bind_int64(s, 16, run->trials);
  sqlite3_bind_double(s, 17, run->cost);
  sqlite3_bind_double(s, 18, run->seconds);
  sqlite3_bind_double(s, 19, run->cpu_seconds);
  status = joust_store_step(store, s, "store a run", error);
  if (!status) run->id = sqlite3_last_insert_rowid(store->db);
  return status;
}

static int feed_trials(struct joust_store *store, enum joust_kept which, uint32_t start, uint32_t end,
                       struct joust_error *error) {
  sqlite3_stmt *statement;
  int status = joust_store_kept(store, &statement, which, error);
  if (status) return status;
  store->feed.start = start;
  store->feed.end = end;
  return joust_store_step(store, statement, "store trials", error);
}

/* Where the run is the last of the store, as every new one is, SQLite itself numbers the rows after the first: the
 * greatest id there is and 1, which needs no search for the place of each row and saves a quarter of the time. */
static int insert_trials(struct joust_store *store, int64_t run, const struct joust_store_trials *trials, bool last,
                         struct joust_error *error) {
  uint32_t explicit_rows = last ? 1 : trials->n;
  store->feed.run = run;
  store->feed.trials = trials;
  int status = feed_trials(store, JOUST_KEPT_INSERT_TRIALS, 0, explicit_rows, error);
  if (!status && explicit_rows < trials->n)
    status = feed_trials(store, JOUST_KEPT_APPEND_TRIALS, explicit_rows, trials->n, error);
  if (status || sqlite3_last_insert_rowid(store->db) == (run << 32 | (trials->first + (trials->n - 1)))) return status;
  return joust_fail(error, JOUST_BAD_INPUT, "%s: the store is damaged: it has trials of a run above %" PRId64,
                    store->path, run);
}

static int check_first(const struct joust_store *store, const struct joust_store_trials *trials, int64_t expected,
                       struct joust_error *error) {
  if (trials->first == expected) return 0;
  return joust_fail(error, JOUST_BAD_INPUT, "%s: cannot store trials from number %" PRIu32 " on: %" PRId64 " is next",
                    store->path, trials->first, expected);
}

int joust_store_put_run(struct joust_store *store, struct joust_store_run *run, const struct joust_store_trials *trials,
                        struct joust_error *error) {
  run->trials = trials ? trials->n : 0;
  int status = run->trials ? check_first(store, trials, 1, error) : 0;
  if (!status) status = joust_store_begin(store, error);
  if (status) return status;
  bool last;
  status = insert_run(store, run, &last, error);
  if (!status && run->trials) status = insert_trials(store, run->id, trials, last, error);
  if (!status) status = joust_session_touch(store, run->session, error);
  return joust_store_end(store, status, error);
}

int joust_store_begin_run(struct joust_store *store, struct joust_store_run *run, struct joust_error *error) {
  run->state = JOUST_RUN_STARTED;
  return joust_store_put_run(store, run, NULL, error);
}

/* How many trials a started run has. */
static int read_extent(struct joust_store *store, int64_t run, int64_t *trials, struct joust_error *error) {
  sqlite3_stmt *statement;
  int status = joust_store_kept(store, &statement, JOUST_KEPT_RUN_EXTENT, error);
  if (status) return status;
  sqlite3_bind_int64(statement, 1, run);
  status = joust_store_step(store, statement, "look for a run", error);
  if (status < 0) return status;
  bool started = status == 1 && sqlite3_column_int(statement, 0) == JOUST_RUN_STARTED;
  if (started) *trials = sqlite3_column_int64(statement, 1);
  sqlite3_reset(statement);
  if (started) return 0;
  return joust_fail(error, JOUST_BAD_INPUT, "%s: run %" PRId64 " is not one that was started and goes on", store->path,
                    run);
}

static int extend_run(struct joust_store *store, int64_t run, const struct joust_store_trials *trials, double cost,
                      struct joust_error *error) {
  int64_t stored = 0;
  sqlite3_stmt *statement;
  int status = read_extent(store, run, &stored, error);
  if (!status) status = check_first(store, trials, stored + 1, error);
  if (!status) status = insert_trials(store, run, trials, false, error);
  if (!status) status = joust_store_kept(store, &statement, JOUST_KEPT_EXTEND_RUN, error);
  if (status) return status;
  sqlite3_bind_int64(statement, 1, run);
  sqlite3_bind_int64(statement, 2, trials->n);
  sqlite3_bind_double(statement, 3, cost);
  return joust_store_step(store, statement, "store trials", error);
}

int joust_store_add_trials(struct joust_store *store, int64_t run, const struct joust_store_trials *trials, double cost,
                           struct joust_error *error) {
  if (!trials->n) return 0;
  int status = joust_store_begin(store, error);
  return status ? status : joust_store_end(store, extend_run(store, run, trials, cost, error), error);
}

static int finish_run(struct joust_store *store, const struct joust_store_run *run, struct joust_error *error) {
  int64_t stored = 0;
  sqlite3_stmt *s;
  int status = read_extent(store, run->id, &stored, error);
  if (!status) status = joust_store_kept(store, &s, JOUST_KEPT_FINISH_RUN, error);
  if (status) return status;
  if (stored != run->trials)
    return joust_fail(error, JOUST_BAD_INPUT,
                      "%s: cannot finish run %" PRId64 ": it has %" PRIu32 " trials, %" PRId64 " are stored",
                      store->path, run->id, run->trials, stored);
  sqlite3_bind_int64(s, 1, run->id);
  sqlite3_bind_int64(s, 2, run->session);
  sqlite3_bind_int(s, 3, (int)run->state);
  bind_text(s, 4, run->reason);
  bind_text(s, 5, run->log);
  bind_text(s, 6, run->counters);
  sqlite3_bind_double(s, 7, run->cost);
  sqlite3_bind_double(s, 8, run->seconds);
  sqlite3_bind_double(s, 9, run->cpu_seconds);
  status = joust_store_step(store, s, "finish a run", error);
  return status ? status : joust_session_touch(store, run->session, error);
}

int joust_store_finish_run(struct joust_store *store, const struct joust_store_run *run, struct joust_error *error) {
  int status = joust_store_begin(store, error);
  return status ? status : joust_store_end(store, finish_run(store, run, error), error);
}

int joust_store_reopen_run(struct joust_store *store, int64_t run, struct joust_error *error) {
  sqlite3_stmt *statement;
  int status = joust_store_prepare(store, &statement,
                                   "UPDATE run SET state = 1, reason = '' WHERE id = ?1 AND state = 3", error);
  if (status) return status;
  sqlite3_bind_int64(statement, 1, run);
  status = joust_store_step(store, statement, "open a run again", error);
  sqlite3_finalize(statement);
  return status;
}
