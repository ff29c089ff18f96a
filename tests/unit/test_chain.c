/* The whole chain on real data: published files -> tables -> problems -> random search -> store -> summary. The mean of
 * the best of N draws must agree with its exact expectation, which the table itself gives: for sorted values v_1 <= ...
 * <= v_M and N independent draws, E = sum over i of v_i ((i/M)^N - ((i-1)/M)^N).
 *
 * Skipped where the published files are not at hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "data/import.h"
#include "evaluator/table.h"
#include "evaluator/table_file.h"
#include "report/analysis.h"
#include "sweep/execute.h"

enum { REPLICATES = 1000, TRIALS = 200, N_PROBLEMS = 6, N_CHECKPOINTS = 4 };

static const double checkpoints[N_CHECKPOINTS] = {10, 50, 100, 200};

static const struct {
  const char *problem, *table, *metric;
} problems[N_PROBLEMS] = {{"channel-bench/mobilenet", "channel-bench-mobilenet", "mean_acc"},
                          {"channel-bench/resnet", "channel-bench-resnet", "mean_acc"},
                          {"nasbench-macro/cifar10", "nasbench-macro-cifar10", "mean_acc"},
                          {"nasbench201/cifar10", "nasbench201-cifar10", "val_acc_200"},
                          {"nasbench201/cifar100", "nasbench201-cifar100", "val_acc_200"},
                          {"nasbench201/imagenet16-120", "nasbench201-imagenet16-120", "val_acc_200"}};

static char folder[] = "/tmp/joust-chain-XXXXXX";
static struct joust_error error;

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double expectation(const double *sorted, uint64_t n, double draws) {
  double sum = 0;
  for (uint64_t i = 0; i < n; i++)
    sum += sorted[i] * (pow((double)(i + 1) / (double)n, draws) - pow((double)i / (double)n, draws));
  return sum;
}

static double *sorted_column(const char *name, const char *metric, uint64_t *n) {
  struct joust_table table;
  char *path = joust_table_path(name);
  assert_int_equal(joust_table_open(&table, path, &error), 0);
  int column = joust_table_find(&table, metric);
  assert_true(column >= 0);
  double *values = joust_alloc(table.entries, sizeof *values);
  for (uint64_t i = 0; i < table.entries; i++) values[i] = joust_table_mean(&table, i, &table.metrics[column]);
  qsort(values, table.entries, sizeof *values, by_value);
  *n = table.entries;
  joust_table_close(&table);
  free(path);
  return values;
}

static void make_sweep(struct joust_sweep *sweep) {
  joust_sweep_init(sweep);
  sweep->replicates = REPLICATES;
  sweep->budget.trials = TRIALS;
  for (int i = 0; i < N_PROBLEMS; i++)
    assert_int_equal(joust_specs_parse(&sweep->problems, problems[i].problem, &error), 0);
  assert_int_equal(joust_specs_parse(&sweep->optimisers, "random", &error), 0);
}

static void run_sweep(struct joust_store *store) {
  struct joust_sweep sweep;
  struct joust_registry registry;
  struct joust_folders spaces = {0};
  struct joust_plan plan;
  struct joust_tally tally;
  make_sweep(&sweep);
  joust_registry_init(&registry, JOUST_TEST_OWN_PLUGINS);
  joust_evaluators_register(&registry);
  joust_folders_add(&spaces, JOUST_TEST_SPACES);
  if (joust_plan_make(&plan, &sweep, &registry, &spaces, &error)) fail_msg("%s", error.message);
  struct joust_execution execution = {.store = store};
  if (joust_sweep_execute(&plan, &execution, &tally, &error)) fail_msg("%s", error.message);
  assert_int_equal(tally.complete, N_PROBLEMS * REPLICATES);
  assert_int_equal(tally.trials, N_PROBLEMS * REPLICATES * TRIALS);
  joust_plan_free(&plan);
  joust_folders_free(&spaces);
  joust_registry_free(&registry);
  joust_sweep_free(&sweep);
}

static void test_random_search_meets_its_expectation(void **state) {
  (void)state;
  struct joust_store *store;
  struct joust_analysis analysis;
  struct joust_analysis_options options = {.checkpoints = {checkpoints, N_CHECKPOINTS, false}, .ranks_only = true};
  char *path = joust_format("%s/chain.db", folder);
  assert_int_equal(joust_store_open(&store, path, JOUST_STORE_WRITE, &error), 0);
  run_sweep(store);
  if (joust_analysis_make(&analysis, store, &options, &error)) fail_msg("%s", error.message);
  assert_int_equal(analysis.n_contests, N_PROBLEMS);
  for (uint32_t b = 0; b < analysis.n_contests; b++) {
    const char *label = analysis.problems[analysis.contests[b].problem].label;
    const struct joust_store_definition *problem = &analysis.problems[analysis.contests[b].problem].definition;
    assert_string_equal(label, problems[b].problem);
    uint64_t n;
    double *sorted = sorted_column(problems[b].table, problems[b].metric, &n);
    assert_true(fabs(problem->best - sorted[n - 1]) < 1e-9);
    for (size_t c = 0; c < N_CHECKPOINTS; c++) {
      struct joust_estimate mean = joust_analysis_estimate(&analysis, &analysis.contests[b], 0, c, problem->objective);
      double expected = expectation(sorted, n, checkpoints[c]);
      print_message("%-28s N = %3.0f: %8.4f, expected %8.4f, %+.2f standard errors\n", label, checkpoints[c], mean.mean,
                    expected, (mean.mean - expected) / mean.error);
      assert_int_equal(mean.n, REPLICATES);
      assert_true(fabs(mean.mean - expected) <= 4 * mean.error);
    }
    free(sorted);
  }
  joust_analysis_free(&analysis);
  joust_store_close(store);
  free(path);
}

static void report(void *context, const struct joust_import *import) {
  (void)context;
  if (import->error) print_error("%s\n", import->error->message);
}

/* Tables of the published files in a data folder of our own. */
static int set_up(void **state) {
  (void)state;
  char *data = joust_format("%s/genius", getenv("JOUST_SHARED_DATA"));
  if (!mkdtemp(folder)) return -1;
  setenv("JOUST_DATA", folder, 1);
  int code = joust_import_path(data, report, NULL, &error);
  free(data);
  return code;
}

static int tear_down(void **state) {
  (void)state;
  char *command = joust_format("rm -r %s", folder);
  int code = system(command);
  free(command);
  return code;
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_search_meets_its_expectation)};
  setenv("JOUST_SHARED_DATA", JOUST_TEST_SHARED_DATA, 0);
  if (!joust_folder_exists(getenv("JOUST_SHARED_DATA"))) {
    print_message("skipped: the published tables are not there (JOUST_SHARED_DATA)\n");
    return 77;
  }
  return cmocka_run_group_tests_name("chain", tests, set_up, tear_down);
}
