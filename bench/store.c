/* Speed of the store: CPU time a trial, of writing runs (checkpoints and closing included) and of reading them back.
 *
 *   store [RUNS [REPETITIONS [FILE]]]      defaults: 3000 runs of 200 trials, 5 repetitions, a file in TMPDIR
 *
 * Beside the store stand two plain ways to write the same rows with SQLite, one INSERT statement a trial: into a table
 * without rowid whose key is (run, trial), and into one whose rowid is run * 2^32 + trial. They show what the store's
 * layout and its bulk insert are worth on this machine. */
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/random.h"
#include "store/store.h"

enum { TRIALS = 200, METRICS = 3 };

struct data { /* one run's trials, different in each run */
  uint64_t index[TRIALS];
  double value[TRIALS], metrics[TRIALS * METRICS], seconds[TRIALS];
  uint8_t outcome[TRIALS];
  char key[65];
};

static double cpu_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double uniform(struct joust_stream *stream) {
  return (double)(joust_stream_next(stream) >> 11) * 0x1p-53;
}

static void fill(struct data *data, struct joust_stream *stream) {
  for (int i = 0; i < TRIALS; i++) {
    data->index[i] = joust_stream_next(stream) % 15625;
    data->value[i] = data->metrics[i * METRICS] = 100 * uniform(stream);
    data->metrics[i * METRICS + 1] = 100 * uniform(stream);
    data->metrics[i * METRICS + 2] = 1000 * uniform(stream);
    data->seconds[i] = 1e-7 * uniform(stream);
  }
  for (int i = 0; i < 4; i++)
    snprintf(data->key + 16 * i, 17, "%016llx", (unsigned long long)joust_stream_next(stream));
}

static void fail(const char *message) {
  fprintf(stderr, "bench store: %s\n", message);
  exit(1);
}

static void drop(const char *path) {
  const char *const ends[] = {"", "-wal", "-shm"};
  for (size_t i = 0; i < 3; i++) {
    char *name = joust_format("%s%s", path, ends[i]);
    unlink(name);
    free(name);
  }
}

static void write_store(const char *path, int runs, struct data *data, struct joust_stream *stream) {
  struct joust_error error;
  struct joust_store *store;
  struct joust_store_run run = {.budget_trials = TRIALS, .budget_cost = INFINITY, .budget_seconds = INFINITY};
  struct joust_store_problem problem = {"p", "p", "0", "{}"};
  struct joust_store_optimiser optimiser = {"o", "o", "1", "{}", ""};
  if (joust_store_open(&store, path, JOUST_STORE_WRITE, &error) ||
      joust_store_put_problem(store, &problem, &run.problem, &error) ||
      joust_store_put_optimiser(store, &optimiser, &run.optimiser, &error) ||
      joust_store_put_sweep(store, "s", "{}", &run.sweep, &error) ||
      joust_store_start_session(store, &(struct joust_store_session){.sweep = run.sweep, .shard = 1, .shards = 1}, NULL,
                                0, &run.session, &error))
    fail(error.message);
  run.state = JOUST_RUN_COMPLETE;
  run.key = data->key;
  run.counters = "{}";
  struct joust_store_trials trials = {.n = TRIALS,
                                      .first = 1,
                                      .n_metrics = METRICS,
                                      .index = data->index,
                                      .value = data->value,
                                      .metrics = data->metrics,
                                      .seconds = data->seconds,
                                      .outcome = data->outcome};
  for (int i = 0; i < runs; i++) {
    fill(data, stream);
    run.replicate = (uint32_t)i;
    run.seed = joust_stream_next(stream);
    if (joust_store_put_run(store, &run, &trials, &error)) fail(error.message);
  }
  joust_store_close(store);
}

static void sql(sqlite3 *db, const char *text) {
  if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK) fail(sqlite3_errmsg(db));
}

/* One INSERT a trial; `key_columns` is 2 for (run, trial), 1 for one id. */
static void write_rows(const char *path, int runs, struct data *data, struct joust_stream *stream, int key_columns) {
  sqlite3 *db;
  sqlite3_stmt *insert;
  if (sqlite3_open(path, &db) != SQLITE_OK) fail(sqlite3_errmsg(db));
  sql(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  const char *columns = "outcome INTEGER NOT NULL, point ANY, value REAL, metrics BLOB NOT NULL, seconds REAL";
  char *table = joust_format(key_columns == 2 ? "CREATE TABLE trial (run INTEGER, trial INTEGER, %s,"
                                                " PRIMARY KEY (run, trial)) STRICT, WITHOUT ROWID"
                                              : "CREATE TABLE trial (id INTEGER PRIMARY KEY, %s) STRICT",
                             columns);
  sql(db, table);
  free(table);
  const char *text = key_columns == 2 ? "INSERT INTO trial VALUES (?, ?, ?, ?, ?, ?, ?)"
                                      : "INSERT INTO trial VALUES (?, ?, ?, ?, ?, ?)";
  if (sqlite3_prepare_v3(db, text, -1, SQLITE_PREPARE_PERSISTENT, &insert, NULL) != SQLITE_OK) fail(sqlite3_errmsg(db));
  for (int run = 1; run <= runs; run++) {
    fill(data, stream);
    sql(db, "BEGIN IMMEDIATE");
    for (int i = 0; i < TRIALS; i++) {
      int k = 1;
      if (key_columns == 2) sqlite3_bind_int64(insert, k++, run);
      sqlite3_bind_int64(insert, k++, key_columns == 2 ? i + 1 : (int64_t)run << 32 | (i + 1));
      sqlite3_bind_int(insert, k++, data->outcome[i]);
      sqlite3_bind_int64(insert, k++, (int64_t)data->index[i]);
      sqlite3_bind_double(insert, k++, data->value[i]);
      sqlite3_bind_blob(insert, k++, data->metrics + i * METRICS, METRICS * sizeof(double), SQLITE_STATIC);
      sqlite3_bind_double(insert, k++, data->seconds[i]);
      if (sqlite3_step(insert) != SQLITE_DONE) fail(sqlite3_errmsg(db));
      sqlite3_reset(insert);
    }
    sql(db, "COMMIT");
  }
  sqlite3_finalize(insert);
  sqlite3_close(db);
}

struct reading {
  struct joust_store *store;
  struct joust_store_columns columns;
  struct joust_error error;
  size_t trials;
};

static int read_run(void *context, const struct joust_store_run *run) {
  struct reading *reading = context;
  int status = joust_store_read_trials(reading->store, run->id, &reading->columns, &reading->error);
  reading->trials += reading->columns.n;
  return status;
}

static void read_store(const char *path, int runs) {
  struct reading reading = {0};
  if (joust_store_open(&reading.store, path, JOUST_STORE_READ, &reading.error) ||
      joust_store_each_run(reading.store, read_run, &reading, &reading.error))
    fail(reading.error.message);
  joust_store_columns_free(&reading.columns);
  joust_store_close(reading.store);
  if (reading.trials != (size_t)runs * TRIALS) fail("trials are missing");
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double file_size(const char *path) {
  struct stat info;
  if (stat(path, &info)) fail("the file is gone");
  return (double)info.st_size;
}

static void report(const char *what, double *times, int n, int runs, double bytes) {
  double trials = (double)runs * TRIALS;
  qsort(times, (size_t)n, sizeof *times, compare);
  printf("%-44s %8.3f %8.3f %8.1f\n", what, 1e6 * times[n / 2] / trials, 1e6 * times[0] / trials, bytes / trials);
}

int main(int argc, char **argv) {
  int runs = argc > 1 ? atoi(argv[1]) : 3000, repetitions = argc > 2 ? atoi(argv[2]) : 5;
  const char *folder = getenv("TMPDIR");
  char *path = argc > 3 ? joust_copy(argv[3]) : joust_format("%s/joust-bench-store.db", folder ? folder : "/tmp");
  if (runs < 1 || repetitions < 1) fail("RUNS and REPETITIONS are whole numbers above 0");
  static const char *const names[] = {"(run, trial) without rowid, INSERT a trial", "rowid, INSERT a trial",
                                      "the store: put_run", "the store: each_run and read_trials"};
  double *times[4], bytes[4];
  for (int way = 0; way < 4; way++) times[way] = joust_alloc((size_t)repetitions, sizeof(double));
  printf("%d runs of %d trials with %d metrics, %d repetitions\n", runs, TRIALS, METRICS, repetitions);
  printf("%-44s %8s %8s %8s\n", "CPU microseconds a trial", "median", "least", "bytes");
  struct data *data = joust_alloc(1, sizeof *data);
  for (int k = 0; k < repetitions; k++) { /* in turn, so that a busy machine slows all of them */
    for (int way = 0; way < 4; way++) {
      struct joust_stream stream;
      joust_stream_seed(&stream, 1);
      if (way < 3) drop(path);
      double start = cpu_seconds();
      if (way < 2)
        write_rows(path, runs, data, &stream, 2 - way);
      else if (way == 2)
        write_store(path, runs, data, &stream);
      else
        read_store(path, runs);
      times[way][k] = cpu_seconds() - start;
      bytes[way] = file_size(path);
    }
  }
  for (int way = 0; way < 4; way++) report(names[way], times[way], repetitions, runs, bytes[way]);
  drop(path);
  for (int way = 0; way < 4; way++) free(times[way]);
  free(data);
  free(path);
  return 0;
}
