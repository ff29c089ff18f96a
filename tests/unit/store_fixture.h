/* A folder for stores that goes away with its content, and a small store to begin with: one problem, one optimiser, one
 * sweep, one session, and runs of trials that are made from a number. */
#ifndef STORE_FIXTURE_H
#define STORE_FIXTURE_H

#include <dirent.h>
#include <ftw.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/connection.h"

static char store_folder[40], store_path[80];
static struct joust_error store_error;

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *place) {
  (void)info, (void)type, (void)place;
  return remove(path);
}

/* Setup and teardown of a test: a fresh folder, and in it the name of a store that is not there yet. */
static int make_store_folder(void **state) {
  (void)state;
  strcpy(store_folder, "/tmp/joust-store-XXXXXX");
  if (!mkdtemp(store_folder)) return -1;
  snprintf(store_path, sizeof store_path, "%s/results.db", store_folder);
  return 0;
}

static int remove_store_folder(void **state) {
  (void)state;
  return nftw(store_folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* Of the folder: the store itself, and what lies beside it. */
static inline unsigned count_files(void) {
  unsigned n = 0;
  DIR *folder = opendir(store_folder);
  assert_non_null(folder);
  for (struct dirent *entry; (entry = readdir(folder));) n += entry->d_name[0] != '.';
  closedir(folder);
  return n;
}

static const char store_definition[] =
    "{\"title\": \"A small problem\", \"direction\": \"maximise\", \"objective\": 0, \"cost\": 1, \"best\": 100, "
    "\"points\": 6,"
    " \"parameters\": [{\"name\": \"op\", \"kind\": \"categorical\", \"choices\": [\"none\", \"conv, 3x3\", \"say "
    "\\\"hi\\\"\"]},"
    " {\"name\": \"width\", \"kind\": \"integer\", \"lower\": 8, \"upper\": 9}],"
    " \"metrics\": [{\"name\": \"accuracy\"}, {\"name\": \"time\"}, {\"name\": \"params\"}]}";

/* What every run of the small store refers to. */
struct store_ids {
  int64_t problem, optimiser, sweep, session;
};

/* Fails the test with the store's own words. */
#define assert_ok(call)                                                                                                \
  do {                                                                                                                 \
    if (call) fail_msg("%s: %s", #call, store_error.message);                                                          \
  } while (0)

#define assert_error(call, expected_code, words)                                                                       \
  do {                                                                                                                 \
    memset(&store_error, 0, sizeof store_error);                                                                       \
    assert_int_equal(call, expected_code);                                                                             \
    assert_int_equal(store_error.code, expected_code);                                                                 \
    if (!strstr(store_error.message, words)) fail_msg("\"%s\" lacks \"%s\"", store_error.message, words);              \
  } while (0)

static inline struct joust_store *open_store(enum joust_store_mode mode) {
  struct joust_store *store;
  assert_ok(joust_store_open(&store, store_path, mode, &store_error));
  return store;
}

static inline void put_ids(struct joust_store *store, struct store_ids *ids) {
  struct joust_store_problem problem = {"small", "tests/small", "abc", store_definition};
  struct joust_store_optimiser optimiser = {"ea", "evolution", "1.0", "{\"population\": \"10\"}", "evolves"};
  assert_ok(joust_store_put_problem(store, &problem, &ids->problem, &store_error));
  assert_ok(joust_store_put_optimiser(store, &optimiser, &ids->optimiser, &store_error));
  assert_ok(joust_store_put_sweep(store, "tests", "{}", &ids->sweep, &store_error));
  struct joust_store_session session = {
      .sweep = ids->sweep, .provenance = "{\"host\": \"here\"}", .shard = 1, .shards = 1};
  assert_ok(joust_store_start_session(store, &session, NULL, 0, &ids->session, &store_error));
}

/* Trials `first` to `first + n - 1` of the run of a number, in columns with 3 metrics. */
enum { STORE_TRIALS = 300 };
struct trial_data {
  struct joust_store_trials trials;
  uint64_t index[STORE_TRIALS];
  double value[STORE_TRIALS], metrics[3 * STORE_TRIALS], seconds[STORE_TRIALS];
  uint8_t outcome[STORE_TRIALS];
};

static inline void make_trials(struct trial_data *data, unsigned number, uint32_t first, uint32_t n) {
  assert_true(n <= STORE_TRIALS);
  for (uint32_t i = 0; i < n; i++) {
    data->index[i] = (number + first + i) % 6;
    data->value[i] = data->metrics[3 * i] = number + (first + i) / 7.0;
    data->metrics[3 * i + 1] = (first + i) * 0.1;
    data->metrics[3 * i + 2] = number;
    data->seconds[i] = 1e-6;
    data->outcome[i] = 0;
  }
  data->trials = (struct joust_store_trials){.n = n,
                                             .first = first,
                                             .n_metrics = 3,
                                             .index = data->index,
                                             .value = data->value,
                                             .metrics = data->metrics,
                                             .seconds = data->seconds,
                                             .outcome = data->outcome};
}

/* The key, 64 digits, of the run of a number. */
static inline const char *make_key(char key[65], unsigned number) {
  snprintf(key, 65, "%064x", number);
  return key;
}

static inline struct joust_store_run make_run(const struct store_ids *ids, const char *key, unsigned number) {
  return (struct joust_store_run){.problem = ids->problem,
                                  .optimiser = ids->optimiser,
                                  .sweep = ids->sweep,
                                  .session = ids->session,
                                  .key = key,
                                  .replicate = number,
                                  .seed = UINT64_MAX - number,
                                  .budget_trials = 200,
                                  .budget_cost = INFINITY,
                                  .budget_seconds = INFINITY,
                                  .state = JOUST_RUN_COMPLETE,
                                  .reason = "",
                                  .log = "",
                                  .counters = "{}",
                                  .cost = 1.5,
                                  .seconds = 2.5,
                                  .cpu_seconds = 0.25};
}

/* A whole run of n trials; returns what the store says. */
static inline int put_numbered_run(struct joust_store *store, const struct store_ids *ids, unsigned number,
                                   uint32_t n) {
  char key[65];
  struct trial_data data;
  struct joust_store_run run = make_run(ids, make_key(key, number), number);
  make_trials(&data, number, 1, n);
  return joust_store_put_run(store, &run, &data.trials, &store_error);
}

/* For joust_store_each_run, with the store as context: reads the trials of each run. */
static inline int read_all(void *context, const struct joust_store_run *run) {
  struct joust_store_columns columns = {0};
  int status = joust_store_read_trials(context, run->id, &columns, &store_error);
  joust_store_columns_free(&columns);
  return status;
}

/* The first cell of the first row, from the store's file through a connection of its own; the caller frees. */
static inline char *ask_sql(const char *sql) {
  sqlite3 *db;
  sqlite3_stmt *statement;
  char *answer = NULL;
  assert_int_equal(sqlite3_open_v2(store_path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
  if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK) fail_msg("%s: %s", sql, sqlite3_errmsg(db));
  if (sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_text(statement, 0))
    answer = strdup((const char *)sqlite3_column_text(statement, 0));
  sqlite3_finalize(statement);
  sqlite3_close(db);
  return answer;
}

static inline void assert_sql(const char *sql, const char *expected) {
  char *answer = ask_sql(sql);
  assert_string_equal(answer ? answer : "NULL", expected);
  free(answer);
}

#endif
