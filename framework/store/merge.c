/* Merging stores: see merge.h. The input is attached to the connection of the output, so that rows go from file to file
 * within SQLite, without passing through memory of ours. */
#include "store/merge.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/text.h"
#include "store/merge_trials.h"

/* The small tables, and which row of the output each row of the input has become. The first statement writes before
 * anything is read, so the turn to write comes before the view of the file is fixed. A session belongs to the process
 * that made it in its own store only. */
static const char begin_sql[] = "BEGIN; UPDATE main.session SET ended = ended WHERE false";
static const char small_tables_sql[] =
    "INSERT INTO main.problem (label, name, fingerprint, definition)"
    " SELECT label, name, fingerprint, definition FROM input.problem WHERE true ORDER BY id ON CONFLICT DO NOTHING;"
    "INSERT INTO main.optimiser (label, name, version, options, summary)"
    " SELECT label, name, version, options, summary FROM input.optimiser WHERE true ORDER BY id ON CONFLICT DO NOTHING;"
    "INSERT INTO main.sweep (name, definition)"
    " SELECT name, definition FROM input.sweep WHERE true ORDER BY id ON CONFLICT DO NOTHING;"
    "CREATE TEMP TABLE new_problem AS SELECT a.id AS old, b.id AS new FROM input.problem AS a"
    " JOIN main.problem AS b USING (label, name, fingerprint, definition);"
    "CREATE TEMP TABLE new_optimiser AS SELECT a.id AS old, b.id AS new FROM input.optimiser AS a"
    " JOIN main.optimiser AS b USING (label, name, version, options, summary);"
    "CREATE TEMP TABLE new_sweep AS SELECT a.id AS old, b.id AS new FROM input.sweep AS a"
    " JOIN main.sweep AS b USING (name, definition);"
    "INSERT INTO main.session (sweep, key, provenance, process, shard, shards, elapsed, ended)"
    " SELECT new, key, provenance, '', shard, shards, elapsed, ended FROM input.session JOIN new_sweep ON old = sweep"
    " ORDER BY id ON CONFLICT (key) DO UPDATE SET elapsed = excluded.elapsed, ended = excluded.ended"
    " WHERE excluded.elapsed > elapsed;"
    "CREATE TEMP TABLE new_session AS SELECT a.id AS old, b.id AS new FROM input.session AS a"
    " JOIN main.session AS b USING (key);"
    "INSERT INTO main.planned (key, sweep, problem, optimiser, replicate)"
    " SELECT key, s.new, p.new, o.new, replicate FROM input.planned JOIN new_sweep AS s ON s.old = sweep"
    " JOIN new_problem AS p ON p.old = problem JOIN new_optimiser AS o ON o.old = optimiser"
    " WHERE true ON CONFLICT DO NOTHING";
static const char drop_sql[] = "DROP TABLE IF EXISTS temp.new_problem; DROP TABLE IF EXISTS temp.new_optimiser;"
                               "DROP TABLE IF EXISTS temp.new_sweep; DROP TABLE IF EXISTS temp.new_session";

struct merge {
  struct joust_store *store; /* the output */
  const char *const *inputs;
  size_t i; /* the input whose turn it is */
  sqlite3_stmt *insert_run;
  struct joust_merge_tally tally;
};

static int execute(struct joust_store *store, const char *sql, struct joust_error *error) {
  int rc = sqlite3_exec(store->db, sql, NULL, NULL, NULL);
  return rc == SQLITE_OK ? 0 : joust_store_fail(store, rc, "merge", error);
}

/* ---- runs -------------------------------------------------------------------------------------------------------- */

/* Copies a row of table run with all columns, those that only a later schema has included; ?1 its id there, ?2 the id
 * that it gets, or NULL. */
static int prepare_insert(struct merge *merge, struct joust_error *error) {
  sqlite3_stmt *columns;
  int status = joust_store_prepare(merge->store, &columns,
                                   "SELECT group_concat(name, ', ') FROM pragma_table_info('run') WHERE name NOT IN"
                                   " ('id', 'problem', 'optimiser', 'sweep', 'session')",
                                   error);
  if (status) return status;
  status = joust_store_step(merge->store, columns, "merge", error);
  if (status == 1) {
    const char *names = joust_store_text(columns, 0);
    char *sql = joust_format("INSERT INTO main.run (id, problem, optimiser, sweep, session, %s)"
                             " SELECT ?2, p.new, o.new, w.new, s.new, %s FROM input.run AS r"
                             " JOIN new_problem AS p ON p.old = r.problem JOIN new_optimiser AS o ON o.old = optimiser"
                             " JOIN new_sweep AS w ON w.old = sweep JOIN new_session AS s ON s.old = session"
                             " WHERE r.id = ?1",
                             names, names);
    status = joust_store_prepare(merge->store, &merge->insert_run, sql, error);
    free(sql);
  }
  sqlite3_finalize(columns);
  return status;
}

static int damaged_input(const struct merge *merge, const struct joust_version *run, struct joust_error *error) {
  return joust_fail(error, JOUST_BAD_INPUT, "%s: the store is damaged (run %" PRId64 ")", merge->inputs[merge->i],
                    run->id);
}

/* `id`: of the run in the output, 0: a new one. */
static int copy_run(struct merge *merge, const struct joust_version *run, int64_t id, struct joust_error *error) {
  struct joust_store *store = merge->store;
  if (id)
    sqlite3_bind_int64(merge->insert_run, 2, id);
  else
    sqlite3_bind_null(merge->insert_run, 2);
  sqlite3_bind_int64(merge->insert_run, 1, run->id);
  int before = sqlite3_total_changes(store->db);
  int status = joust_store_step(store, merge->insert_run, "merge a run", error);
  if (status) return status;
  if (sqlite3_total_changes(store->db) - before != 1) return damaged_input(merge, run, error);
  uint64_t copied = 0;
  status = joust_merge_copy_trials(store, run->id, sqlite3_last_insert_rowid(store->db), &copied, error);
  if (!status && copied != run->trials) return damaged_input(merge, run, error);
  merge->tally.trials += copied;
  return status;
}

/* Who of the stores that were merged before had this run? The output, if none of them has it as the output does. */
static const char *name_holder(const struct merge *merge, const char *key, const struct joust_version *there) {
  for (size_t i = 0; i < merge->i; i++) {
    struct joust_error ignored;
    struct joust_store *store;
    enum joust_run_state state = JOUST_RUN_ABSENT;
    struct joust_store_run run = {0};
    if (joust_store_open(&store, merge->inputs[i], JOUST_STORE_READ, &ignored)) continue;
    int status = joust_store_find_run(store, key, &state, &run, &ignored);
    joust_store_close(store);
    if (!status && state == there->state && run.trials == there->trials) return merge->inputs[i];
  }
  return merge->store->path;
}

static int contradict(const struct merge *merge, const char *key, const struct joust_version *there,
                      const struct joust_difference *difference, struct joust_error *error) {
  sqlite3_stmt *s;
  int status =
      joust_store_prepare(merge->store, &s,
                          "SELECT optimiser.label, problem.label, replicate FROM main.run JOIN main.problem ON"
                          " problem.id = problem JOIN main.optimiser ON optimiser.id = optimiser WHERE key = ?1",
                          error);
  if (status) return status;
  sqlite3_bind_text(s, 1, key, -1, SQLITE_STATIC);
  status = joust_store_step(merge->store, s, "merge", error);
  if (status == 1)
    status =
        joust_fail(error, JOUST_BAD_INPUT,
                   "%s and %s contradict each other: %s on %s, replicate %d (run %.12s): %s; nothing of %s was "
                   "merged",
                   name_holder(merge, key, there), merge->inputs[merge->i], joust_store_text(s, 0),
                   joust_store_text(s, 1), sqlite3_column_int(s, 2), key, difference->words, merge->inputs[merge->i]);
  sqlite3_finalize(s);
  return status;
}

/* More trials are further, and of equally many those of a run that failed: it has nothing left to do. */
static bool is_further(const struct joust_version *a, const struct joust_version *b) {
  if (a->trials != b->trials) return a->trials > b->trials;
  return a->state > b->state;
}

static int merge_versions(struct merge *merge, const char *key, const struct joust_version *run,
                          const struct joust_version *there, struct joust_error *error) {
  bool complete = run->state == JOUST_RUN_COMPLETE, there_complete = there->state == JOUST_RUN_COMPLETE;
  bool replace = complete && !there_complete;
  if (complete == there_complete) {
    struct joust_difference difference = {0};
    int status = joust_merge_compare(&difference, merge->store, there, run, error);
    if (status) return status;
    if (*difference.words) return contradict(merge, key, there, &difference, error);
    replace = !complete && is_further(run, there);
  }
  if (!replace) {
    merge->tally.there++;
    return 0;
  }
  merge->tally.replaced++;
  int status = joust_store_delete_run(merge->store, there->id, error);
  return status ? status : copy_run(merge, run, there->id, error);
}

static int merge_run(struct merge *merge, const char *key, const struct joust_version *run, struct joust_error *error) {
  struct joust_store_run found;
  enum joust_run_state state;
  int status = joust_store_find_run(merge->store, key, &state, &found, error);
  if (status) return status;
  if (state == JOUST_RUN_ABSENT) {
    merge->tally.added++;
    return copy_run(merge, run, 0, error);
  }
  struct joust_version there = {.id = found.id, .state = state, .trials = found.trials};
  return merge_versions(merge, key, run, &there, error);
}

static int merge_runs(struct merge *merge, struct joust_error *error) {
  sqlite3_stmt *runs;
  int status =
      joust_store_prepare(merge->store, &runs, "SELECT id, key, state, trials FROM input.run ORDER BY id", error);
  if (status) return status;
  while ((status = joust_store_step(merge->store, runs, "read the store", error)) == 1) {
    struct joust_version run = {.id = sqlite3_column_int64(runs, 0),
                                .state = (enum joust_run_state)sqlite3_column_int(runs, 2),
                                .trials = (uint32_t)sqlite3_column_int64(runs, 3)};
    if ((status = merge_run(merge, joust_store_text(runs, 1), &run, error))) break;
  }
  sqlite3_finalize(runs);
  return status;
}

/* ---- stores ------------------------------------------------------------------------------------------------------ */

static int merge_tables(struct merge *merge, struct joust_error *error) {
  int status = joust_store_check_idle(merge->store, error);
  if (!status) status = execute(merge->store, small_tables_sql, error);
  if (!status) status = prepare_insert(merge, error);
  if (!status) status = merge_runs(merge, error);
  sqlite3_finalize(merge->insert_run);
  merge->insert_run = NULL;
  return status ? status : execute(merge->store, drop_sql, error);
}

/* The input is attached under a name that SQLite does not take for a URI. */
static int attach(struct merge *merge, struct joust_error *error) {
  const char *path = merge->inputs[merge->i];
  sqlite3_stmt *s;
  int status = joust_store_prepare(merge->store, &s, "ATTACH ?1 AS input", error);
  if (status) return status;
  char *name = path[0] == '/' ? joust_copy(path) : joust_format("./%s", path);
  sqlite3_bind_text(s, 1, name, -1, free);
  status = joust_store_step(merge->store, s, "open an input", error);
  sqlite3_finalize(s);
  return status;
}

/* SQLite does not say which of the two files is damaged. */
static int blame(struct merge *merge, int status, struct joust_error *error) {
  sqlite3_stmt *check;
  if (status != JOUST_BAD_INPUT || strstr(error->message, merge->inputs[merge->i])) return status;
  if (sqlite3_prepare_v2(merge->store->db, "PRAGMA input.integrity_check(1)", -1, &check, NULL) != SQLITE_OK)
    return status;
  bool sound = sqlite3_step(check) == SQLITE_ROW && strcmp(joust_store_text(check, 0), "ok") == 0;
  sqlite3_finalize(check);
  if (sound) return status;
  return joust_fail(error, JOUST_BAD_INPUT, "%s: the store is damaged; nothing of it was merged",
                    merge->inputs[merge->i]);
}

static int merge_input(struct merge *merge, struct joust_error *error) {
  int status = attach(merge, error);
  if (status) return status;
  merge->tally = (struct joust_merge_tally){0};
  status = execute(merge->store, begin_sql, error);
  if (!status) status = merge_tables(merge, error);
  status = blame(merge, joust_store_end(merge->store, status, error), error);
  sqlite3_exec(merge->store->db, "DETACH input", NULL, NULL, NULL);
  return status;
}

/* Each input is a store that can be read, of this schema, and not the output. */
static int check_input(const char *path, const char *out, struct joust_error *error) {
  struct stat input, output;
  struct joust_store *store;
  if (stat(path, &input) == 0 && stat(out, &output) == 0 && input.st_dev == output.st_dev &&
      input.st_ino == output.st_ino)
    return joust_fail(error, JOUST_BAD_INPUT,
                      "%s is the output and cannot be an input, too: what it holds stays in it anyway", path);
  int status = joust_store_open(&store, path, JOUST_STORE_READ, error);
  joust_store_close(store);
  return status;
}

int joust_store_merge(const char *out, const char *const *inputs, size_t n,
                      void (*done)(void *context, const char *input, const struct joust_merge_tally *), void *context,
                      struct joust_error *error) {
  struct merge merge = {.inputs = inputs};
  int status = 0;
  for (size_t i = 0; i < n && !status; i++) status = check_input(inputs[i], out, error);
  if (!status) status = joust_store_open(&merge.store, out, JOUST_STORE_WRITE, error);
  for (; merge.i < n && !status; merge.i++) {
    status = merge_input(&merge, error);
    if (!status && done) done(context, inputs[merge.i], &merge.tally);
  }
  joust_store_close(merge.store);
  return status;
}
