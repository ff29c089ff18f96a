/* What a sweep costs beyond its runs: for each number of workers, the CPU time of everything (parent, workers, store)
 * against the sum of what the runs themselves took, the wall time, and the most memory that the parent held.
 *
 *   sweep SWEEP.json [REPLICATES [JOBS...]]     defaults: the sweep's own, 1 2
 *
 * With 200 replicates sweeps/published-tables.json is 4,800 runs: 6 problems x 4 optimisers x 200 seeds x
 * 200 trials. Wall times say something on an idle machine only; CPU times always do. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "sweep/execute.h"

static void check(int code, const struct joust_error *error) {
  if (!code) return;
  fprintf(stderr, "sweep: %s\n", error->message);
  exit(1);
}

static double seconds_of(struct timeval time) {
  return (double)time.tv_sec + 1e-6 * (double)time.tv_usec;
}

static double cpu(int who) {
  struct rusage usage;
  getrusage(who, &usage);
  return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

static double wall(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Megabytes that this process holds for itself. */
static double memory(void) {
  double resident = 0, shared = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (!file || fscanf(file, "%*s %lf %lf", &resident, &shared) != 2) resident = NAN;
  if (file) fclose(file);
  return (resident - shared) * (double)sysconf(_SC_PAGESIZE) / 1e6;
}

struct memory_seen {
  double most;
  size_t calls;
};

static void look(void *context, const struct joust_tally *tally, const struct joust_planned_run *run,
                 const char *failure) {
  struct memory_seen *seen = context;
  (void)tally, (void)run;
  if (failure) fprintf(stderr, "failed: %s\n", failure);
  if (seen->calls++ % 16 == 0) seen->most = fmax(seen->most, memory());
}

static int add_cpu(void *context, const struct joust_store_run *run) {
  *(double *)context += run->cpu_seconds;
  return 0;
}

static void measure(const struct joust_plan *plan, const char *folder, uint32_t jobs, struct joust_error *error) {
  struct joust_store *store;
  struct joust_tally tally;
  struct memory_seen seen = {0};
  double runs = 0, own = cpu(RUSAGE_SELF), workers = cpu(RUSAGE_CHILDREN), start = wall(), before = memory();
  char *path = joust_format("%s/%u.db", folder, jobs);
  check(joust_store_open(&store, path, JOUST_STORE_WRITE, error), error);
  struct joust_execution execution = {.store = store, .jobs = jobs, .progress = look, .context = &seen};
  check(joust_sweep_execute(plan, &execution, &tally, error), error);
  joust_store_close(store);
  own = cpu(RUSAGE_SELF) - own;
  workers = cpu(RUSAGE_CHILDREN) - workers;
  double elapsed = wall() - start;
  check(joust_store_open(&store, path, JOUST_STORE_READ, error), error);
  check(joust_store_each_run(store, add_cpu, &runs, error), error);
  joust_store_close(store);
  printf("-j %u: %zu runs, %llu trials; wall %.2f s; CPU: runs %.2f, workers %.2f, parent %.2f, all / runs %.3f; "
         "memory of "
         "the parent: %.1f MB before, %.1f at most\n",
         jobs, tally.complete, (unsigned long long)tally.trials, elapsed, runs, workers, own, (own + workers) / runs,
         before, seen.most);
  remove(path);
  free(path);
}

int main(int argc, char **argv) {
  char folder[] = "/tmp/joust-bench-XXXXXX";
  struct joust_error error;
  struct joust_sweep sweep;
  struct joust_registry registry;
  struct joust_folders spaces;
  struct joust_plan plan;
  if (argc < 2 || !mkdtemp(folder)) {
    fputs("sweep SWEEP.json [REPLICATES [JOBS...]]\n", stderr);
    return 2;
  }
  char *plugins = joust_prefix_path("lib/joust/plugins"), *own_spaces = joust_prefix_path("share/joust/spaces");
  joust_sweep_init(&sweep);
  check(joust_sweep_read(&sweep, argv[1], &error), &error);
  if (argc > 2) sweep.replicates = (uint32_t)atoi(argv[2]);
  check(joust_sweep_check(&sweep, &error), &error);
  joust_registry_init(&registry, plugins);
  joust_evaluators_register(&registry);
  joust_space_folders(&spaces, own_spaces);
  check(joust_plan_make(&plan, &sweep, &registry, &spaces, &error), &error);
  if (argc <= 3)
    for (uint32_t jobs = 1; jobs <= 2; jobs++) measure(&plan, folder, jobs, &error);
  for (int i = 3; i < argc; i++) measure(&plan, folder, (uint32_t)atoi(argv[i]), &error);
  joust_plan_free(&plan);
  joust_folders_free(&spaces);
  joust_registry_free(&registry);
  joust_sweep_free(&sweep);
  free(plugins);
  free(own_spaces);
  return rmdir(folder) ? 1 : 0;
}
