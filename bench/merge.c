/* Merging stores: CPU time a trial, and peak memory, which must not grow with their size.
 *
 *   merge [RUNS [REPETITIONS]]      defaults: 300 runs of 200 trials in each of 4 stores, 3 repetitions; in TMPDIR
 *
 * Three sizes, RUNS, 4 RUNS and 16 RUNS a store, each merged into a new store by a process of its own, and then once
 * more, when all is there already and has only to be compared. The median of the repetitions is printed. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/random.h"
#include "store/merge.h"
#include "store/store.h"

enum { STORES = 4, TRIALS = 200, METRICS = 3, MOST = 99 };

static char *paths[STORES], *out;

static void fail(const char *message) {
  fprintf(stderr, "bench merge: %s\n", message);
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

static double uniform(struct joust_stream *stream) {
  return (double)(joust_stream_next(stream) >> 11) * 0x1p-53;
}

static void write_store(const char *path, int runs, struct joust_stream *stream) {
  static uint64_t index[TRIALS];
  static double value[TRIALS], metrics[TRIALS * METRICS], seconds[TRIALS];
  static uint8_t outcome[TRIALS];
  struct joust_error error;
  struct joust_store *store;
  char key[65];
  struct joust_store_run run = {.budget_trials = TRIALS, .budget_cost = INFINITY, .budget_seconds = INFINITY};
  struct joust_store_problem problem = {"p", "p", "0", "{}"};
  struct joust_store_optimiser optimiser = {"o", "o", "1", "{}", ""};
  struct joust_store_session session = {.shard = 1, .shards = 1};
  if (joust_store_open(&store, path, JOUST_STORE_WRITE, &error) ||
      joust_store_put_problem(store, &problem, &run.problem, &error) ||
      joust_store_put_optimiser(store, &optimiser, &run.optimiser, &error) ||
      joust_store_put_sweep(store, "s", "{}", &run.sweep, &error))
    fail(error.message);
  session.sweep = run.sweep;
  if (joust_store_start_session(store, &session, NULL, 0, &run.session, &error)) fail(error.message);
  struct joust_store_trials trials = {.n = TRIALS,
                                      .first = 1,
                                      .n_metrics = METRICS,
                                      .index = index,
                                      .value = value,
                                      .metrics = metrics,
                                      .seconds = seconds,
                                      .outcome = outcome};
  run.state = JOUST_RUN_COMPLETE;
  run.key = key;
  run.counters = "{}";
  for (int i = 0; i < runs; i++) {
    for (int t = 0; t < TRIALS; t++) {
      index[t] = joust_stream_next(stream) % 15625;
      value[t] = 100 * uniform(stream);
      for (int m = 0; m < METRICS; m++) metrics[t * METRICS + m] = uniform(stream);
    }
    for (int k = 0; k < 4; k++) snprintf(key + 16 * k, 17, "%016llx", (unsigned long long)joust_stream_next(stream));
    if (joust_store_put_run(store, &run, &trials, &error)) fail(error.message);
  }
  joust_store_close(store);
}

/* CPU seconds of a merge by a process of its own, and its peak memory in MB. */
static double merge(double *megabytes) {
  struct rusage usage;
  int status;
  pid_t child = fork();
  if (child < 0) fail("cannot fork");
  if (child == 0) {
    struct joust_error error;
    if (joust_store_merge(out, (const char *const *)paths, STORES, NULL, NULL, &error)) fail(error.message);
    _exit(0);
  }
  if (wait4(child, &status, 0, &usage) != child || status) fail("a merge failed");
  *megabytes = (double)usage.ru_maxrss / 1024;
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median(double *values, int n) {
  qsort(values, (size_t)n, sizeof *values, by_value);
  return values[n / 2];
}

static void measure(int runs, int repetitions) {
  double first[MOST], second[MOST], memory = 0, megabytes;
  double trials = (double)STORES * runs * TRIALS;
  struct joust_stream stream;
  joust_stream_seed(&stream, (uint64_t)runs);
  for (int i = 0; i < STORES; i++) write_store(paths[i], runs, &stream);
  for (int i = 0; i < repetitions; i++) {
    drop(out);
    first[i] = merge(&megabytes);
    memory = fmax(memory, megabytes);
    second[i] = merge(&megabytes);
    memory = fmax(memory, megabytes);
  }
  printf("%d stores of %5d runs: %9.0f trials, merged %.2f us a trial, again %.2f us a trial, peak memory %.1f MB\n",
         STORES, runs, trials, 1e6 * median(first, repetitions) / trials, 1e6 * median(second, repetitions) / trials,
         memory);
  fflush(stdout);
  drop(out);
  for (int i = 0; i < STORES; i++) drop(paths[i]);
}

int main(int argc, char **argv) {
  int runs = argc > 1 ? atoi(argv[1]) : 300, repetitions = argc > 2 ? atoi(argv[2]) : 3;
  const char *folder = getenv("TMPDIR");
  if (runs < 1 || repetitions < 1 || repetitions > MOST) fail("usage: merge [RUNS [REPETITIONS]]");
  out = joust_format("%s/joust-bench-merge-%d.db", folder ? folder : "/tmp", (int)getpid());
  for (int i = 0; i < STORES; i++)
    paths[i] = joust_format("%s/joust-bench-merge-%d-%d.db", folder ? folder : "/tmp", (int)getpid(), i);
  for (int scale = 1; scale <= 16; scale *= 4) measure(runs * scale, repetitions);
  for (int i = 0; i < STORES; i++) free(paths[i]);
  free(out);
  return 0;
}
