#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "store/connection.h"

/* ---- rows of the small tables ------------------------------------------------------------------------------------ */

/* One row of a statement for `each`; which cells it takes is the caller's matter. */
typedef int give_row(sqlite3_stmt *row, void *call);

static int each_row(struct joust_store *store, const char *sql, give_row *give, void *call, struct joust_error *error) {
  sqlite3_stmt *statement;
  int status = joust_store_prepare(store, &statement, sql, error);
  if (status) return status;
  while ((status = joust_store_step(store, statement, "read the store", error)) == 1) {
    status = give(statement, call);
    if (status) break;
  }
  sqlite3_finalize(statement);
  return status;
}

struct problem_call {
  int (*each)(void *, int64_t, const struct joust_store_problem *);
  void *context;
};

static int give_problem(sqlite3_stmt *row, void *data) {
  struct problem_call *call = data;
  struct joust_store_problem problem = {
      .label = joust_store_text(row, 1),
      .name = joust_store_text(row, 2),
      .fingerprint = joust_store_text(row, 3),
      .definition = joust_store_text(row, 4),
  };
  return call->each(call->context, sqlite3_column_int64(row, 0), &problem);
}

int joust_store_each_problem(struct joust_store *store,
                             int (*each)(void *context, int64_t id, const struct joust_store_problem *), void *context,
                             struct joust_error *error) {
  struct problem_call call = {each, context};
  return each_row(store, "SELECT id, label, name, fingerprint, definition FROM problem ORDER BY label, id",
                  give_problem, &call, error);
}

struct optimiser_call {
  int (*each)(void *, int64_t, const struct joust_store_optimiser *);
  void *context;
};

static int give_optimiser(sqlite3_stmt *row, void *data) {
  struct optimiser_call *call = data;
  struct joust_store_optimiser optimiser = {
      .label = joust_store_text(row, 1),
      .name = joust_store_text(row, 2),
      .version = joust_store_text(row, 3),
      .options = joust_store_text(row, 4),
      .summary = joust_store_text(row, 5),
  };
  return call->each(call->context, sqlite3_column_int64(row, 0), &optimiser);
}

int joust_store_each_optimiser(struct joust_store *store,
                               int (*each)(void *context, int64_t id, const struct joust_store_optimiser *),
                               void *context, struct joust_error *error) {
  struct optimiser_call call = {each, context};
  return each_row(store, "SELECT id, label, name, version, options, summary FROM optimiser ORDER BY label, id",
                  give_optimiser, &call, error);
}

struct sweep_call {
  int (*each)(void *, int64_t, const char *, const char *);
  void *context;
};

static int give_sweep(sqlite3_stmt *row, void *data) {
  struct sweep_call *call = data;
  return call->each(call->context, sqlite3_column_int64(row, 0), joust_store_text(row, 1), joust_store_text(row, 2));
}

int joust_store_each_sweep(struct joust_store *store,
                           int (*each)(void *context, int64_t id, const char *name, const char *definition),
                           void *context, struct joust_error *error) {
  struct sweep_call call = {each, context};
  return each_row(store, "SELECT id, name, definition FROM sweep ORDER BY name, id", give_sweep, &call, error);
}

struct session_call {
  int (*each)(void *, int64_t, const struct joust_store_session *);
  void *context;
};

static int give_session(sqlite3_stmt *row, void *data) {
  struct session_call *call = data;
  struct joust_store_session session = {
      .sweep = sqlite3_column_int64(row, 1),
      .provenance = joust_store_text(row, 2),
      .process = joust_store_text(row, 3),
      .shard = (uint32_t)sqlite3_column_int64(row, 4),
      .shards = (uint32_t)sqlite3_column_int64(row, 5),
      .elapsed = sqlite3_column_double(row, 6),
      .ended = joust_store_text(row, 7),
  };
  return call->each(call->context, sqlite3_column_int64(row, 0), &session);
}

int joust_store_each_session(struct joust_store *store,
                             int (*each)(void *context, int64_t id, const struct joust_store_session *), void *context,
                             struct joust_error *error) {
  struct session_call call = {each, context};
  return each_row(store,
                  "SELECT id, sweep, provenance, process, shard, shards, elapsed, ended FROM session ORDER BY id",
                  give_session, &call, error);
}

/* ---- runs -------------------------------------------------------------------------------------------------------- */

static double read_budget(sqlite3_stmt *row, int column) {
  return sqlite3_column_type(row, column) == SQLITE_NULL ? INFINITY : sqlite3_column_double(row, column);
}

static double read_double(sqlite3_stmt *row, int column) {
  return sqlite3_column_type(row, column) == SQLITE_NULL ? NAN : sqlite3_column_double(row, column);
}

/* The columns of JOUST_KEPT_FIND_RUN; texts belong to SQLite. */
static void read_run(sqlite3_stmt *row, struct joust_store_run *run) {
  *run = (struct joust_store_run){
      .id = sqlite3_column_int64(row, 0),
      .problem = sqlite3_column_int64(row, 1),
      .optimiser = sqlite3_column_int64(row, 2),
      .sweep = sqlite3_column_int64(row, 3),
      .session = sqlite3_column_int64(row, 4),
      .key = joust_store_text(row, 5),
      .replicate = (uint32_t)sqlite3_column_int64(row, 6),
      .seed = strtoull(joust_store_text(row, 7), NULL, 10),
      .budget_trials = read_budget(row, 8),
      .budget_cost = read_budget(row, 9),
      .budget_seconds = read_budget(row, 10),
      .state = (enum joust_run_state)sqlite3_column_int(row, 11),
      .reason = joust_store_text(row, 12),
      .log = joust_store_text(row, 13),
      .counters = joust_store_text(row, 14),
      .trials = (uint32_t)sqlite3_column_int64(row, 15),
      .cost = read_double(row, 16),
      .seconds = read_double(row, 17),
      .cpu_seconds = read_double(row, 18),
  };
}

static void replace_text(const char **old, const char **text) {
  free((char *)*old);
  *old = *text = joust_copy(*text);
}

/* The texts move into the store, so that no read transaction stays open behind the caller's back. */
static void keep_texts(struct joust_store *store, struct joust_store_run *run) {
  replace_text(&store->found.key, &run->key);
  replace_text(&store->found.reason, &run->reason);
  replace_text(&store->found.log, &run->log);
  replace_text(&store->found.counters, &run->counters);
}

int joust_store_find_run(struct joust_store *store, const char *key, enum joust_run_state *state,
                         struct joust_store_run *run, struct joust_error *error) {
  sqlite3_stmt *statement;
  int status = joust_store_kept(store, &statement, JOUST_KEPT_FIND_RUN, error);
  if (status) return status;
  sqlite3_bind_text(statement, 1, key, -1, SQLITE_STATIC);
  status = joust_store_step(store, statement, "look for a run", error);
  if (status < 0) return status;
  *state = status == 1 ? (enum joust_run_state)sqlite3_column_int(statement, 11) : JOUST_RUN_ABSENT;
  if (status == 1 && run) {
    read_run(statement, run);
    keep_texts(store, run);
  }
  sqlite3_reset(statement);
  return 0;
}

struct run_call {
  int (*each)(void *, const struct joust_store_run *);
  void *context;
};

static int give_run(sqlite3_stmt *row, void *data) {
  struct run_call *call = data;
  struct joust_store_run run;
  read_run(row, &run);
  return call->each(call->context, &run);
}

int joust_store_each_run(struct joust_store *store, int (*each)(void *context, const struct joust_store_run *),
                         void *context, struct joust_error *error) {
  struct run_call call = {each, context};
  return each_row(store,
                  "SELECT run.id, problem, optimiser, sweep, session, key, replicate, seed, budget_trials, budget_cost,"
                  " budget_seconds, state, reason, log, counters, trials, cost, seconds, cpu_seconds"
                  " FROM run JOIN problem ON problem.id = run.problem JOIN optimiser ON optimiser.id = run.optimiser"
                  " ORDER BY problem.label, optimiser.label, replicate, run.id",
                  give_run, &call, error);
}

struct planned_call {
  int (*each)(void *, const struct joust_store_planned *, const struct joust_store_run *);
  void *context;
};

static int give_planned(sqlite3_stmt *row, const struct planned_call *call) {
  struct joust_store_run run;
  read_run(row, &run);
  struct joust_store_planned planned = {
      .key = joust_store_text(row, 19),
      .problem = sqlite3_column_int64(row, 20),
      .optimiser = sqlite3_column_int64(row, 21),
      .replicate = (uint32_t)sqlite3_column_int64(row, 22),
  };
  return call->each(call->context, &planned, &run);
}

int joust_store_each_planned(struct joust_store *store, int64_t sweep,
                             int (*each)(void *context, const struct joust_store_planned *,
                                         const struct joust_store_run *),
                             void *context, struct joust_error *error) {
  const struct planned_call call = {each, context};
  sqlite3_stmt *row;
  int status = joust_store_prepare(
      store, &row,
      "SELECT run.id, run.problem, run.optimiser, run.sweep, session, run.key, run.replicate, seed, budget_trials,"
      " budget_cost, budget_seconds, state, reason, log, counters, trials, cost, seconds, cpu_seconds, planned.key,"
      " planned.problem, planned.optimiser, planned.replicate FROM planned LEFT JOIN run ON run.key = planned.key"
      " JOIN problem ON problem.id = planned.problem JOIN optimiser ON optimiser.id = planned.optimiser"
      " WHERE planned.sweep = ?1 ORDER BY problem.label, optimiser.label, planned.replicate, planned.key",
      error);
  if (status) return status;
  sqlite3_bind_int64(row, 1, sweep);
  while ((status = joust_store_step(store, row, "read the store", error)) == 1)
    if ((status = give_planned(row, &call))) break;
  sqlite3_finalize(row);
  return status;
}

/* ---- trials ------------------------------------------------------------------------------------------------------ */

/* The layout of JOUST_KEPT_READ_TRIALS. */
enum { NUMBER, OUTCOME, POINT, VALUE, METRICS, SECONDS, MESSAGE };

static void grow(struct joust_store_columns *columns) {
  uint32_t capacity = columns->capacity ? 2 * columns->capacity : 256;
  columns->index = joust_resize(columns->index, capacity, sizeof *columns->index);
  columns->value = joust_resize(columns->value, capacity, sizeof *columns->value);
  columns->seconds = joust_resize(columns->seconds, capacity, sizeof *columns->seconds);
  columns->outcome = joust_resize(columns->outcome, capacity, sizeof *columns->outcome);
  columns->metrics = joust_resize(columns->metrics, capacity, columns->n_metrics * sizeof *columns->metrics);
  columns->x = joust_resize(columns->x, capacity, columns->n_parameters * sizeof *columns->x);
  columns->message = joust_resize(columns->message, capacity, sizeof *columns->message);
  columns->capacity = capacity;
}

/* Takes widths from the first row. The buffers were made for the widths before, so where these grow they start anew. */
static void start_columns(struct joust_store_columns *columns, sqlite3_stmt *row) {
  bool has_index = sqlite3_column_type(row, POINT) == SQLITE_INTEGER;
  uint32_t n_parameters = has_index ? 0 : (uint32_t)sqlite3_column_bytes(row, POINT) / sizeof(double);
  uint32_t n_metrics = (uint32_t)sqlite3_column_bytes(row, METRICS) / sizeof(double);
  if (n_parameters > columns->n_parameters || n_metrics > columns->n_metrics) columns->capacity = 0;
  columns->has_index = has_index;
  columns->n_parameters = n_parameters;
  columns->n_metrics = n_metrics;
}

/* Copies a BLOB of `width` doubles; false if it has another size. */
static bool copy_doubles(double *to, sqlite3_stmt *row, int column, uint32_t width) {
  const void *bytes = sqlite3_column_blob(row, column);
  if ((size_t)sqlite3_column_bytes(row, column) != width * sizeof *to) return false;
  if (width) memcpy(to, bytes, width * sizeof *to);
  return true;
}

/* Appends the row; false if it does not go with those before it. */
static bool add_row(struct joust_store_columns *columns, sqlite3_stmt *row) {
  uint32_t i = columns->n;
  if (i == 0) start_columns(columns, row);
  if (i >= columns->capacity) grow(columns);
  if (sqlite3_column_int64(row, NUMBER) != (int64_t)i + 1) return false;
  int type = sqlite3_column_type(row, POINT);
  if (type != (columns->has_index ? SQLITE_INTEGER : SQLITE_BLOB)) return false;
  if (columns->has_index)
    columns->index[i] = (uint64_t)sqlite3_column_int64(row, POINT);
  else if (!copy_doubles(columns->x + (size_t)i * columns->n_parameters, row, POINT, columns->n_parameters))
    return false;
  int outcome = sqlite3_column_int(row, OUTCOME);
  if (outcome < 0 || outcome > 2) return false;
  columns->outcome[i] = (uint8_t)outcome;
  columns->value[i] = read_double(row, VALUE);
  columns->seconds[i] = read_double(row, SECONDS);
  columns->message[i] = joust_copy((const char *)sqlite3_column_text(row, MESSAGE));
  columns->has_message |= columns->message[i] != NULL;
  columns->n++;
  return copy_doubles(columns->metrics + (size_t)i * columns->n_metrics, row, METRICS, columns->n_metrics);
}

static void clear_messages(struct joust_store_columns *columns) {
  for (uint32_t i = 0; columns->has_message && i < columns->n; i++) free(columns->message[i]);
  columns->has_message = false;
  columns->n = 0;
}

int joust_store_read_trials(struct joust_store *store, int64_t run, struct joust_store_columns *columns,
                            struct joust_error *error) {
  sqlite3_stmt *statement;
  clear_messages(columns);
  int status = joust_store_kept(store, &statement, JOUST_KEPT_READ_TRIALS, error);
  if (status) return status;
  sqlite3_bind_int64(statement, 1, run);
  while ((status = joust_store_step(store, statement, "read trials", error)) == 1) {
    if (add_row(columns, statement)) continue;
    sqlite3_reset(statement);
    return joust_fail(error, JOUST_BAD_INPUT, "%s: the store is damaged (trial %" PRIu32 " of run %" PRId64 ")",
                      store->path, columns->n + 1, run);
  }
  return status;
}

void joust_store_columns_free(struct joust_store_columns *columns) {
  clear_messages(columns);
  free(columns->index);
  free(columns->x);
  free(columns->value);
  free(columns->metrics);
  free(columns->seconds);
  free(columns->outcome);
  free(columns->message);
  memset(columns, 0, sizeof *columns);
}
