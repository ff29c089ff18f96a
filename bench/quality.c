/* How good the optimisers are: reads a store of runs on the six published tables and prints, for each optimiser, its
 * regret divided by the exact expected regret of random search at the same number of trials, as a mean over the six
 * problems with its standard error, beside figures of other programs on the same tables. Then, for every other problem
 * in the store, the regret as a share of that of the runs of `random`: does the order hold where nothing was tuned?
 *
 *   joust run published-tables --store quality.db
 *   joust run nk --store quality.db
 *   quality quality.db
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "evaluator/table.h"
#include "evaluator/table_file.h"
#include "report/analysis.h"
#include "stats/expected_best.h"

enum { N_PROBLEMS = 6, N_BUDGETS = 4 };

static const double budgets[N_BUDGETS] = {20, 50, 100, 200};

static const struct {
  const char *label, *table, *metric;
} problems[N_PROBLEMS] = {{"nasbench201/cifar10", "nasbench201-cifar10", "val_acc_200"},
                          {"nasbench201/cifar100", "nasbench201-cifar100", "val_acc_200"},
                          {"nasbench201/imagenet16-120", "nasbench201-imagenet16-120", "val_acc_200"},
                          {"nasbench-macro/cifar10", "nasbench-macro-cifar10", "mean_acc"},
                          {"channel-bench/resnet", "channel-bench-resnet", "mean_acc"},
                          {"channel-bench/mobilenet", "channel-bench-mobilenet", "mean_acc"}};

/* The same ratio of other programs, measured by running their own code on these tables; NaN: not measured. */
static const struct {
  const char *name;
  double ratio[N_BUDGETS];
  const char *seeds;
} peers[] = {{"regularised evolution, NAS-Bench-201 scripts (10/3)", {NAN, 0.66, 0.45, 0.26}, "200"},
             {"regularised evolution, NASLib (30/10)", {0.99, 0.65, 0.33, 0.16}, "40-200"},
             {"REINFORCE", {0.87, 0.66, 0.44, 0.28}, "60"},
             {"Optuna TPE", {0.78, 0.46, 0.26, 0.18}, "50"},
             {"Optuna GP", {0.52, 0.27, 0.165, 0.09}, "7, 2 at 200"},
             {"SMAC3 as shipped (random forest)", {1.1, 1.0, 0.46, 0.39}, "1-2"},
             {"SMAC3's forest, exact argmax of log-EI", {0.67, 0.32, 0.116, 0.045}, "10"},
             {"naszilla local search", {0.71, 0.34, 0.17, 0.085}, "200"},
             {"naszilla BANANAS", {0.62, 0.26, 0.14, 0.09}, "3"}};

static void check(int code, const struct joust_error *error) {
  if (!code) return;
  fprintf(stderr, "quality: %s\n", error->message);
  exit(joust_exit_code(code));
}

/* Expected regret of random search at each budget, and the optimum. */
static void expected_regrets(int problem, double regrets[N_BUDGETS], double *optimum, struct joust_error *error) {
  struct joust_table table;
  char *path = joust_table_path(problems[problem].table);
  check(joust_table_open(&table, path, error), error);
  int metric = joust_table_find(&table, problems[problem].metric);
  double *values = joust_alloc(table.entries, sizeof *values);
  *optimum = -INFINITY;
  for (uint64_t i = 0; i < table.entries; i++) {
    values[i] = joust_table_mean(&table, i, &table.metrics[metric]);
    if (values[i] > *optimum) *optimum = values[i];
  }
  for (int b = 0; b < N_BUDGETS; b++)
    regrets[b] = *optimum - joust_expected_best(values, table.entries, (size_t)budgets[b], true, true).mean;
  joust_table_close(&table);
  free(values);
  free(path);
}

static const struct joust_contest *contest_of(const struct joust_analysis *analysis, int problem) {
  for (uint32_t b = 0; b < analysis->n_contests; b++)
    if (strcmp(analysis->problems[analysis->contests[b].problem].label, problems[problem].label) == 0)
      return &analysis->contests[b];
  fprintf(stderr, "quality: the store has no runs on %s: run the sweep published-tables\n", problems[problem].label);
  exit(2);
}

static void print_optimiser(const struct joust_analysis *analysis, uint32_t o, double expected[][N_BUDGETS],
                            const double *optimum) {
  uint32_t fewest = UINT32_MAX;
  printf("%-52s", analysis->optimisers[o].label);
  for (size_t b = 0; b < N_BUDGETS; b++) {
    double ratio = 0, variance = 0;
    for (int p = 0; p < N_PROBLEMS; p++) {
      const struct joust_contest *contest = contest_of(analysis, p);
      uint32_t objective = analysis->problems[contest->problem].definition.objective;
      struct joust_estimate value = joust_analysis_estimate(analysis, contest, o, b, objective);
      ratio += (optimum[p] - value.mean) / expected[p][b] / N_PROBLEMS;
      variance += pow(value.error / expected[p][b] / N_PROBLEMS, 2);
      if (value.n < fewest) fewest = value.n;
    }
    printf("  %6.3f ± %.3f", ratio, sqrt(variance));
  }
  printf("  %u\n", fewest);
}

static void print_regrets(const struct joust_analysis *analysis, size_t b, const double *optimum) {
  printf("\nregret in percentage points at %.0f trials\n%-20s", budgets[b], "");
  for (int p = 0; p < N_PROBLEMS; p++) printf("  %s", problems[p].label);
  puts("");
  for (uint32_t o = 0; o < analysis->n_optimisers; o++) {
    printf("%-20s", analysis->optimisers[o].label);
    for (int p = 0; p < N_PROBLEMS; p++) {
      const struct joust_contest *contest = contest_of(analysis, p);
      uint32_t objective = analysis->problems[contest->problem].definition.objective;
      struct joust_estimate value = joust_analysis_estimate(analysis, contest, o, b, objective);
      printf("  %*.3f", (int)strlen(problems[p].label), fabs(optimum[p] - value.mean));
    }
    puts("");
  }
}

/* ---- problems that nothing was tuned on -------------------------------------------------------------------------- */

static bool is_published(const struct joust_analysis *analysis, const struct joust_contest *contest) {
  for (int p = 0; p < N_PROBLEMS; p++)
    if (strcmp(analysis->problems[contest->problem].label, problems[p].label) == 0) return true;
  return false;
}

/* One row: shares of the regret of `random`, and how often a run is better than one of `random` at the end. */
static void print_shares(const struct joust_analysis *analysis, const struct joust_contest *contest, uint32_t o,
                         uint32_t random) {
  const struct joust_store_definition *problem = &analysis->problems[contest->problem].definition;
  printf("  %-50s", analysis->optimisers[o].label);
  for (size_t b = 0; b < N_BUDGETS; b++) {
    struct joust_estimate own = joust_analysis_estimate(analysis, contest, o, b, problem->objective),
                          other = joust_analysis_estimate(analysis, contest, random, b, problem->objective);
    double yardstick = joust_contest_regret(analysis, contest, other.mean);
    printf("  %6.3f ± %.3f", joust_contest_regret(analysis, contest, own.mean) / yardstick, own.error / yardstick);
  }
  double a12 = o == random ? 0.5 : contest->pairs[o * analysis->n_optimisers + random].a12;
  printf("  %5.3f  %u\n", a12, contest->cells[o].n);
}

static void print_untuned(const struct joust_analysis *analysis) {
  uint32_t random = 0;
  while (random < analysis->n_optimisers && strcmp(analysis->optimisers[random].label, "random") != 0) random++;
  bool first = true;
  for (uint32_t k = 0; k < analysis->n_contests && random < analysis->n_optimisers; k++) {
    const struct joust_contest *contest = &analysis->contests[k];
    if (is_published(analysis, contest) || contest->cells[random].n == 0) continue;
    if (first)
      puts("\nregret / regret of random on other problems; A: probability that a run is better than one of random");
    first = false;
    printf("%-52s", contest->label);
    for (int b = 0; b < N_BUDGETS; b++) printf("  %12.0f", budgets[b]);
    puts("      A  seeds");
    for (uint32_t o = 0; o < analysis->n_optimisers; o++)
      if (contest->cells[o].n > 0) print_shares(analysis, contest, o, random);
  }
}

int main(int argc, char **argv) {
  struct joust_error error;
  struct joust_store *store;
  struct joust_analysis analysis;
  struct joust_analysis_options options = {.checkpoints = {budgets, N_BUDGETS, false}};
  double expected[N_PROBLEMS][N_BUDGETS], optimum[N_PROBLEMS];
  if (argc != 2) {
    fputs("usage: quality STORE.db, a store of the sweep published-tables\n", stderr);
    return 2;
  }
  check(joust_store_open(&store, argv[1], JOUST_STORE_READ, &error), &error);
  check(joust_analysis_make(&analysis, store, &options, &error), &error);
  for (int p = 0; p < N_PROBLEMS; p++) expected_regrets(p, expected[p], &optimum[p], &error);
  printf("regret / expected regret of random search, mean of six tables\n%-52s", "");
  for (int b = 0; b < N_BUDGETS; b++) printf("  %12.0f", budgets[b]);
  puts("  seeds");
  for (uint32_t o = 0; o < analysis.n_optimisers; o++) print_optimiser(&analysis, o, expected, optimum);
  for (size_t i = 0; i < sizeof peers / sizeof *peers; i++) {
    printf("%-52s", peers[i].name);
    for (int b = 0; b < N_BUDGETS; b++)
      if (isnan(peers[i].ratio[b]))
        printf("  %12s", "-");
      else
        printf("  %6.3f      ", peers[i].ratio[b]);
    printf("  %s\n", peers[i].seeds);
  }
  for (size_t b = 1; b < N_BUDGETS; b++) print_regrets(&analysis, b, optimum);
  print_untuned(&analysis);
  joust_analysis_free(&analysis);
  joust_store_close(store);
  return 0;
}
