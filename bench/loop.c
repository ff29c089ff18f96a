/* What the host's loop costs: regularised evolution (population 10, sample 3, as NAS-Bench-201's scripts have it) as a
 * plugin, driven by joust_run on a table of 15,625 entries, against the same algorithm written as one loop over an
 * array. And what workers and store add. CPU time, medians over rounds; each round measures all three in turn.
 *
 *   loop [ROUNDS]      (9)
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/memory.h"
#include "evaluator/table.h"
#include "evaluator/table_file.h"
#include "sweep/execute.h"

/* The plugin's own code, so that the compiler may inline it. */
#include "../plugins/evolution/evolution.c"

enum { PARAMETERS = 6, CHOICES = 5, ENTRIES = 15625, TRIALS = 200, RUNS = 1000, MOST_ROUNDS = 99 };

/* Of this process and of the workers that ended. */
static double cpu(void) {
  struct timespec time;
  struct rusage workers;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  getrusage(RUSAGE_CHILDREN, &workers);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec + (double)workers.ru_utime.tv_sec +
         1e-6 * (double)workers.ru_utime.tv_usec + (double)workers.ru_stime.tv_sec +
         1e-6 * (double)workers.ru_stime.tv_usec;
}

static void check(int code, const struct joust_error *error) {
  if (!code) return;
  fprintf(stderr, "loop: %s\n", error->message);
  exit(1);
}

/* ---- the problem ------------------------------------------------------------------------------------------------- */

static double values[ENTRIES];

static void write_problem(const char *folder, struct joust_error *error) {
  static char *choices[CHOICES] = {"0", "1", "2", "3", "4"};
  struct joust_table_dimension dimensions[PARAMETERS];
  struct joust_table_metric metric = {.name = "accuracy", .title = "", .unit = "", .measurements = 1};
  char *names[PARAMETERS], *path = joust_format("%s/bench.table", folder), *problem = joust_format("%s/p.json", folder);
  struct joust_stream stream;
  joust_stream_seed(&stream, 1);
  for (int i = 0; i < ENTRIES; i++) values[i] = (double)(joust_stream_next(&stream) >> 40) / 256 / 65536;
  for (int i = 0; i < PARAMETERS; i++)
    dimensions[i] = (struct joust_table_dimension){names[i] = joust_format("x%d", i + 1), choices, CHOICES};
  struct joust_table table = {.name = "bench",
                              .source = "[]",
                              .licence = "",
                              .dimensions = dimensions,
                              .metrics = &metric,
                              .n_dimensions = PARAMETERS,
                              .n_metrics = 1,
                              .entries = ENTRIES};
  const double *columns[] = {values};
  check(joust_table_write(&table, columns, path, NULL, error), error);
  char *text =
      joust_format("{\"title\": \"bench\", \"space\": [{\"name\": \"x{}\", \"repeat\": %d, \"kind\": \"categorical\", "
                   "\"choices\": [\"0\", \"1\", \"2\", \"3\", \"4\"]}], \"metrics\": [{\"name\": \"accuracy\", "
                   "\"role\": \"objective\", \"direction\": \"maximise\"}], \"evaluator\": {\"evaluator\": "
                   "\"table\", \"options\": {\"file\": \"./bench.table\"}}}",
                   PARAMETERS);
  check(joust_file_write(problem, text, strlen(text), error), error);
  for (int i = 0; i < PARAMETERS; i++) free(names[i]);
  free(path);
  free(problem);
  free(text);
}

/* ---- the same algorithm as one loop ------------------------------------------------------------------------------ */

static uint64_t draw(const struct joust_host *host) {
  return joust_stream_next(host->ctx);
}

/* propose, look up, learn: all in one function, on the plugin's own code. */
static double inlined_run(const struct joust_space *space, const union joust_arg *args, uint64_t seed, double *points,
                          double *history) {
  struct joust_stream stream;
  struct joust_host host = {.struct_size = sizeof host, .ctx = &stream, .random = draw};
  uint8_t outcome = JOUST_TRIAL_OK;
  double best = INFINITY;
  void *self;
  joust_stream_seed(&stream, seed);
  if (create(&host, space, args, &self) != JOUST_OK) return NAN;
  for (uint64_t t = 0; t < TRIALS; t++) {
    double *x = points + t * PARAMETERS;
    if (propose(self, x) != JOUST_OK) return NAN;
    size_t index = 0;
    for (int i = 0; i < PARAMETERS; i++) index = index * CHOICES + (size_t)x[i];
    history[t] = -values[index];
    if (history[t] < best) best = history[t];
    struct joust_tell told = {.n = 1, .x = x, .f = &history[t], .outcome = &outcome};
    if (tell(self, &told) != JOUST_OK) return NAN;
  }
  destroy(self);
  return best;
}

/* ---- measuring --------------------------------------------------------------------------------------------------- */

static double sink; /* keeps results alive */

static double time_inlined(const struct joust_plan *plan, uint32_t o) {
  static double x[TRIALS * PARAMETERS], history[TRIALS];
  double start = cpu();
  for (uint64_t i = 0; i < RUNS; i++)
    sink += inlined_run(&plan->problems[0].problem.domain.space, plan->optimisers[o].args, joust_mix(i), x, history);
  return cpu() - start;
}

static double time_plugin(const struct joust_plan *plan, uint32_t o) {
  struct joust_outcome outcome = {0};
  double start = cpu();
  for (uint64_t i = 0; i < RUNS; i++) {
    struct joust_run run = {.problem = &plan->problems[0].problem,
                            .evaluator = &plan->problems[0].evaluator,
                            .optimiser = plan->optimisers[o].type,
                            .args = plan->optimisers[o].args,
                            .label = "evolution",
                            .seed = joust_mix(i),
                            .budget = plan->sweep->budget};
    joust_run(&run, &outcome);
    if (outcome.end != JOUST_END_BUDGET) check(-1, &outcome.error);
    sink += outcome.history.metrics[0];
  }
  double seconds = cpu() - start;
  joust_outcome_free(&outcome);
  return seconds;
}

/* All optimisers of the plan, RUNS runs each. */
static double time_stored(const struct joust_plan *plan, const char *folder, struct joust_error *error) {
  struct joust_store *store;
  struct joust_tally tally;
  char *path = joust_format("%s/bench.db", folder);
  remove(path);
  double start = cpu();
  check(joust_store_open(&store, path, JOUST_STORE_WRITE, error), error);
  struct joust_execution execution = {.store = store};
  check(joust_sweep_execute(plan, &execution, &tally, error), error);
  joust_store_close(store);
  double seconds = cpu() - start;
  free(path);
  return seconds;
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median(double *times, int n) {
  qsort(times, (size_t)n, sizeof *times, by_value);
  return n % 2 ? times[n / 2] : (times[n / 2 - 1] + times[n / 2]) / 2;
}

enum { N_OPTIMISERS = 4 };
static const char *const optimisers_measured[N_OPTIMISERS] = {"random", "evolution",
                                                              "evolution-10-3=evolution:preset=nasbench201", "local"};
static const bool is_inlined[N_OPTIMISERS] = {false, true, true, false};

static void measure(const struct joust_plan *plan, const char *folder, int rounds, struct joust_error *error) {
  static double inlined[N_OPTIMISERS][MOST_ROUNDS], plugin[N_OPTIMISERS][MOST_ROUNDS], ratio[N_OPTIMISERS][MOST_ROUNDS],
      stored[MOST_ROUNDS];
  const double trials = (double)RUNS * TRIALS, ns = 1e9 / trials;
  for (int i = 0; i < rounds; i++) {
    for (uint32_t o = 0; o < plan->n_optimisers; o++) {
      plugin[o][i] = time_plugin(plan, o);
      if (!is_inlined[o]) continue;
      inlined[o][i] = time_inlined(plan, o);
      ratio[o][i] = plugin[o][i] / inlined[o][i];
    }
    stored[i] = time_stored(plan, folder, error);
  }
  printf("%d runs of %d trials, medians of %d rounds, CPU ns a trial\n\n", RUNS, TRIALS, rounds);
  printf("%-24s %8s %8s %6s\n", "", "plugin", "one loop", "ratio");
  for (uint32_t o = 0; o < plan->n_optimisers; o++) {
    printf("%-24s %8.0f", plan->optimisers[o].label, ns * median(plugin[o], rounds));
    if (is_inlined[o]) printf(" %8.0f %6.2f", ns * median(inlined[o], rounds), median(ratio[o], rounds));
    puts("");
  }
  printf("%-24s %8.0f\n", "all, with the store", ns * median(stored, rounds) / plan->n_optimisers);
}

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 9;
  char folder[] = "/tmp/joust-bench-XXXXXX";
  struct joust_error error;
  struct joust_sweep sweep;
  struct joust_registry registry;
  struct joust_folders none = {0};
  struct joust_plan plan;
  if (rounds < 1 || rounds > MOST_ROUNDS || !mkdtemp(folder)) return 2;
  char *problem = joust_format("%s/p.json", folder), *plugins = joust_prefix_path("lib/joust/plugins");
  write_problem(folder, &error);
  joust_sweep_init(&sweep);
  sweep.replicates = RUNS;
  sweep.budget.trials = TRIALS;
  check(joust_specs_parse(&sweep.problems, problem, &error), &error);
  for (int o = 0; o < N_OPTIMISERS; o++)
    check(joust_specs_parse(&sweep.optimisers, optimisers_measured[o], &error), &error);
  joust_registry_init(&registry, plugins);
  joust_evaluators_register(&registry);
  check(joust_plan_make(&plan, &sweep, &registry, &none, &error), &error);
  measure(&plan, folder, rounds, &error);
  joust_plan_free(&plan);
  joust_registry_free(&registry);
  joust_sweep_free(&sweep);
  char *command = joust_format("rm -r %s", folder);
  int code = system(command);
  free(command);
  free(problem);
  free(plugins);
  return code ? 1 : 0;
}
