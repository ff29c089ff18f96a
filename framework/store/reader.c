/* Reading: finding a run, going through what the store lists, and a run's trials as columns. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "store/connection.h"

/* ---- runs -------------------------------------------------------------------------------------------------------- */

#define RUN_COLUMNS                                                                                                    \
  "run.id, problem, optimiser, sweep, session, key, replicate, seed, budget_trials, budget_cost, budget_seconds, "     \
  "state, reason, log, counters, trials, cost, seconds, cpu_seconds"

static double limit_of(sqlite3_stmt *row, int column) {
  return sqlite3_column_type(row, column) == SQLITE_NULL ? INFINITY : sqlite3_column_double(row, column);
}

static double number_of(sqlite3_stmt *row, int column) {
  return sqlite3_column_type(row, column) == SQLITE_NULL ? NAN : sqlite3_column_double(row, column);
}

/* The columns of RUN_COLUMNS; texts belong to the statement. */
static void take_run(sqlite3_stmt *row, struct joust_store_run *run) {
  *run = (struct joust_store_run){.id = sqlite3_column_int64(row, 0),
                                  .problem = sqlite3_column_int64(row, 1),
                                  .optimiser = sqlite3_column_int64(row, 2),
                                  .sweep = sqlite3_column_int64(row, 3),
                                  .session = sqlite3_column_int64(row, 4),
                                  .key = joust_store_text(row, 5),
                                  .replicate = (uint32_t)sqlite3_column_int64(row, 6),
                                  .seed = strtoull(joust_store_text(row, 7), NULL, 10),
                                  .budget_trials = limit_of(row, 8),
                                  .budget_cost = limit_of(row, 9),
                                  .budget_seconds = limit_of(row, 10),
                                  .state = (enum joust_run_state)sqlite3_column_int(row, 11),
                                  .reason = joust_store_text(row, 12),
                                  .log = joust_store_text(row, 13),
                                  .counters = joust_store_text(row, 14),
                                  .trials = (uint32_t)sqlite3_column_int64(row, 15),
                                  .cost = number_of(row, 16),
                                  .seconds = number_of(row, 17),
                                  .cpu_seconds = number_of(row, 18)};
}

/* Copies of the texts, which the store keeps until it finds another run. */
static void keep_texts(struct joust_store *store, const struct joust_store_run *run) {
  const char **kept[] = {&store->found.key, &store->found.reason, &store->found.log, &store->found.counters};
  const char *given[] = {run->key, run->reason, run->log, run->counters};
  for (int i = 0; i < 4; i++) {
    free((char *)*kept[i]);
    *kept[i] = joust_copy(given[i]);
  }
}

int joust_store_find_run(struct joust_store *store, const char *key, enum joust_run_state *state,
                         struct joust_store_run *run, struct joust_error *error) {
  sqlite3_stmt *statement;
  *state = JOUST_RUN_ABSENT;
  int status = joust_store_kept(store, &statement, JOUST_KEPT_FIND_RUN, error);
  if (status) return status;
  sqlite3_bind_text(statement, 1, key, -1, SQLITE_STATIC);
  status = joust_store_step(store, statement, "look for a run", error);
  if (status == 1) {
    struct joust_store_run found;
    take_run(statement, &found);
    *state = found.state;
    if (run) {
      keep_texts(store, &found);
      *run = found;
      run->key = store->found.key;
      run->reason = store->found.reason;
      run->log = store->found.log;
      run->counters = store->found.counters;
    }
    sqlite3_reset(statement);
  }
  sqlite3_clear_bindings(statement);
  return status < 0 ? status : 0;
}

/* ---- lists ------------------------------------------------------------------------------------------------------- */

/* Calls `each` for every row of a query; it says how to go on as the callers of the public functions do. */
static int each_row(struct joust_store *store, const char *sql, int (*each)(sqlite3_stmt *row, void *task), void *task,
                    struct joust_error *error) {
  sqlite3_stmt *statement;
  int status = joust_store_prepare(store, &statement, sql, error);
  if (status) return status;
  while ((status = joust_store_step(store, statement, "read the store", error)) == 1)
    if ((status = each(statement, task)) != 0) break;
  sqlite3_finalize(statement);
  return status;
}

struct problem_task {
  int (*each)(void *context, int64_t id, const struct joust_store_problem *);
  void *context;
};

static int give_problem(sqlite3_stmt *row, void *task) {
  const struct problem_task *problems = task;
  struct joust_store_problem problem = {.label = joust_store_text(row, 1),
                                        .name = joust_store_text(row, 2),
                                        .fingerprint = joust_store_text(row, 3),
                                        .definition = joust_store_text(row, 4)};
  return problems->each(problems->context, sqlite3_column_int64(row, 0), &problem);
}

int joust_store_each_problem(struct joust_store *store,
                             int (*each)(void *context, int64_t id, const struct joust_store_problem *), void *context,
                             struct joust_error *error) {
  struct problem_task task = {each, context};
  return each_row(store, "SELECT id, label, name, fingerprint, definition FROM problem ORDER BY label, id",
                  give_problem, &task, error);
}

struct optimiser_task {
  int (*each)(void *context, int64_t id, const struct joust_store_optimiser *);
  void *context;
};

static int give_optimiser(sqlite3_stmt *row, void *task) {
  const struct optimiser_task *optimisers = task;
  struct joust_store_optimiser optimiser = {.label = joust_store_text(row, 1),
                                            .name = joust_store_text(row, 2),
                                            .version = joust_store_text(row, 3),
                                            .options = joust_store_text(row, 4),
                                            .summary = joust_store_text(row, 5)};
  return optimisers->each(optimisers->context, sqlite3_column_int64(row, 0), &optimiser);
}

int joust_store_each_optimiser(struct joust_store *store,
                               int (*each)(void *context, int64_t id, const struct joust_store_optimiser *),
                               void *context, struct joust_error *error) {
  struct optimiser_task task = {each, context};
  return each_row(store, "SELECT id, label, name, version, options, summary FROM optimiser ORDER BY label, id",
                  give_optimiser, &task, error);
}

struct sweep_task {
  int (*each)(void *context, int64_t id, const char *name, const char *definition);
  void *context;
};

static int give_sweep(sqlite3_stmt *row, void *task) {
  const struct sweep_task *sweeps = task;
  return sweeps->each(sweeps->context, sqlite3_column_int64(row, 0), joust_store_text(row, 1),
                      joust_store_text(row, 2));
}

int joust_store_each_sweep(struct joust_store *store,
                           int (*each)(void *context, int64_t id, const char *name, const char *definition),
                           void *context, struct joust_error *error) {
  struct sweep_task task = {each, context};
  return each_row(store, "SELECT id, name, definition FROM sweep ORDER BY id", give_sweep, &task, error);
}

struct run_task {
  int (*each)(void *context, const struct joust_store_run *);
  void *context;
};

static int give_run(sqlite3_stmt *row, void *task) {
  const struct run_task *runs = task;
  struct joust_store_run run;
  take_run(row, &run);
  return runs->each(runs->context, &run);
}

int joust_store_each_run(struct joust_store *store, int (*each)(void *context, const struct joust_store_run *),
                         void *context, struct joust_error *error) {
  struct run_task task = {each, context};
  return each_row(store,
                  "SELECT " RUN_COLUMNS " FROM run JOIN problem ON problem.id = run.problem"
                  " JOIN optimiser ON optimiser.id = run.optimiser"
                  " ORDER BY problem.label, optimiser.label, replicate, run.id",
                  give_run, &task, error);
}

/* ---- trials ------------------------------------------------------------------------------------------------------ */

void joust_store_columns_free(struct joust_store_columns *columns) {
  free(columns->index);
  free(columns->x);
  free(columns->value);
  free(columns->metrics);
  free(columns->seconds);
  free(columns->outcome);
  memset(columns, 0, sizeof *columns);
}

/* Rows are as wide as the first one of the run says. */
static void start(struct joust_store_columns *columns, sqlite3_stmt *row) {
  bool has_index = sqlite3_column_type(row, 2) == SQLITE_INTEGER;
  uint32_t n_parameters = has_index ? 0 : (uint32_t)sqlite3_column_bytes(row, 2) / 8;
  uint32_t n_metrics = (uint32_t)sqlite3_column_bytes(row, 4) / 8;
  if (n_parameters > columns->n_parameters || n_metrics > columns->n_metrics) columns->capacity = 0;
  columns->has_index = has_index;
  columns->n_parameters = n_parameters;
  columns->n_metrics = n_metrics;
}

static void reserve(struct joust_store_columns *columns) {
  if (columns->n < columns->capacity) return;
  uint32_t capacity = columns->n < 128 ? 256 : columns->n * 2;
  columns->index = joust_resize(columns->index, capacity, sizeof *columns->index);
  columns->x = joust_resize(columns->x, (size_t)capacity * columns->n_parameters, sizeof *columns->x);
  columns->value = joust_resize(columns->value, capacity, sizeof *columns->value);
  columns->metrics = joust_resize(columns->metrics, (size_t)capacity * columns->n_metrics, sizeof *columns->metrics);
  columns->seconds = joust_resize(columns->seconds, capacity, sizeof *columns->seconds);
  columns->outcome = joust_resize(columns->outcome, capacity, sizeof *columns->outcome);
  columns->capacity = capacity;
}

/* A BLOB of n doubles into row i of a column; false if it is of another size. */
static bool take_doubles(sqlite3_stmt *row, int place, double *column, uint32_t i, uint32_t n) {
  const void *bytes = sqlite3_column_blob(row, place);
  if ((size_t)sqlite3_column_bytes(row, place) != n * sizeof *column) return false;
  if (n) memcpy(column + (size_t)i * n, bytes, n * sizeof *column);
  return true;
}

static bool take_trial(struct joust_store_columns *columns, sqlite3_stmt *row) {
  uint32_t i = columns->n;
  bool has_index = sqlite3_column_type(row, 2) == SQLITE_INTEGER;
  reserve(columns);
  if (sqlite3_column_int64(row, 0) != (int64_t)i + 1 || has_index != columns->has_index) return false;
  columns->outcome[i] = (uint8_t)sqlite3_column_int(row, 1);
  if (has_index) columns->index[i] = (uint64_t)sqlite3_column_int64(row, 2);
  if (!has_index && !take_doubles(row, 2, columns->x, i, columns->n_parameters)) return false;
  columns->value[i] = number_of(row, 3);
  columns->seconds[i] = number_of(row, 5);
  columns->n++;
  return take_doubles(row, 4, columns->metrics, i, columns->n_metrics);
}

int joust_store_read_trials(struct joust_store *store, int64_t run, struct joust_store_columns *columns,
                            struct joust_error *error) {
  sqlite3_stmt *statement;
  columns->n = 0;
  int status = joust_store_kept(store, &statement, JOUST_KEPT_READ_TRIALS, error);
  if (status) return status;
  sqlite3_bind_int64(statement, 1, run);
  while ((status = joust_store_step(store, statement, "read trials", error)) == 1) {
    if (columns->n == 0) start(columns, statement);
    if (take_trial(columns, statement)) continue;
    status = joust_fail(error, JOUST_BAD_INPUT, "%s: the store is damaged: row %u of run %lld is not its trial %u",
                        store->path, columns->n + 1, (long long)run, columns->n + 1);
    sqlite3_reset(statement);
    break;
  }
  return status;
}
