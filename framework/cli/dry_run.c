#include "cli/dry_run.h"

#include <string.h>

#include "base/file.h"
#include "cli/cli.h"
#include "sweep/forecast.h"

static const char *plural(size_t n) {
  return n == 1 ? "" : "s";
}

static void print_plan(const struct joust_plan *plan, const struct joust_forecast *forecast, const char *store) {
  printf("%zu run%s", plan->n_runs, plural(plan->n_runs));
  if (plan->shards > 1) printf(" of shard %u of %u", plan->shard, plan->shards);
  printf(": %u problem%s x %u optimiser%s x %u replicate%s", plan->n_problems, plural(plan->n_problems),
         plan->n_optimisers, plural(plan->n_optimisers), plan->sweep->replicates, plural(plan->sweep->replicates));
  if (plan->sweep->budget.trials != UINT64_MAX)
    printf(", at most %llu trials in all", (unsigned long long)(plan->n_runs * plan->sweep->budget.trials));
  puts("");
  if (forecast->complete) printf("%zu complete in %s, ", forecast->complete, store);
  if (forecast->failed) printf("%zu failed there earlier (--retry-failed runs them again), ", forecast->failed);
  printf("%zu to do\n\n", forecast->to_do);
}

/* "3 earlier runs", and how they differ from those that are planned */
static void add_basis(struct joust_grid *grid, const struct joust_forecast_cell *cell) {
  static const char *const what[] = {[JOUST_BASIS_SAME] = "",
                                     [JOUST_BASIS_SCALED] = " of another budget, scaled",
                                     [JOUST_BASIS_OTHER] = " on other problems",
                                     [JOUST_BASIS_OTHER_SCALED] = " on other problems, of another budget, scaled"};
  if (!cell->runs)
    joust_grid_add(grid, "all there");
  else if (cell->basis == JOUST_BASIS_NONE)
    joust_grid_add(grid, "no earlier run to go by");
  else
    joust_grid_add(grid, "%llu earlier run%s%s", (unsigned long long)cell->earlier, plural(cell->earlier),
                   what[cell->basis]);
}

static void print_cells(const struct joust_plan *plan, const struct joust_forecast *forecast) {
  char time[JOUST_DURATION_SIZE];
  struct joust_grid grid = {.n_columns = 5, .right = 1 << 2 | 1 << 3};
  static const char *const heads[] = {"PROBLEM", "OPTIMISER", "TO DO", "TIME OF ONE", "FROM"};
  for (int i = 0; i < 5; i++) joust_grid_add(&grid, "%s", heads[i]);
  for (size_t i = 0; i < forecast->n_cells; i++) {
    const struct joust_forecast_cell *cell = &forecast->cells[i];
    joust_grid_add(&grid, "%s", plan->problems[cell->problem].problem.label);
    joust_grid_add(&grid, "%s", plan->optimisers[cell->optimiser].label);
    joust_grid_add(&grid, "%zu", cell->runs);
    joust_grid_add(&grid, "%s", joust_cli_duration(time, cell->seconds));
    add_basis(&grid, cell);
  }
  joust_grid_print(&grid, stdout, "");
}

static void print_time(const struct joust_forecast *forecast, const struct joust_dry_run *dry_run) {
  char time[JOUST_DURATION_SIZE];
  bool network = false, other = false;
  for (uint32_t o = 0; o < forecast->n_optimisers; o++) {
    network = network || forecast->optimisers[o].network;
    other = other || !forecast->optimisers[o].network;
  }
  if (forecast->to_do) puts("");
  if (forecast->unknown < forecast->to_do) {
    printf("time: about %s with", joust_cli_duration(time, forecast->seconds));
    if (other) printf(" %u run%s at a time", dry_run->jobs, plural(dry_run->jobs));
    if (network) printf("%s %u that wait on a network", other ? " and" : "", dry_run->network_jobs);
    if (forecast->unknown)
      printf(", without the %zu run%s that there is nothing to go by for", forecast->unknown,
             plural(forecast->unknown));
    puts("");
  }
  if (forecast->unknown)
    puts("Run it with -r 1 first: these runs are part of the sweep anyway, and tell how long the others take.");
}

/* Only what there is to pay for. */
static void print_spending(const struct joust_plan *plan, const struct joust_forecast *forecast) {
  for (uint32_t o = 0; o < forecast->n_optimisers; o++) {
    const struct joust_forecast_optimiser *optimiser = &forecast->optimisers[o];
    if (!optimiser->network && !optimiser->n_spending) continue;
    printf("%s:", plan->optimisers[o].label);
    bool money = false;
    for (size_t i = 0; i < optimiser->n_spending; i++) {
      const struct joust_spending *spending = &optimiser->spending[i];
      bool is_money = strcmp(spending->name, "money") == 0;
      money = money || is_money;
      printf(is_money ? "%s %s %.2f" : "%s %s %.0f", i ? "," : " about", spending->name, spending->total);
    }
    if (optimiser->n_spending && !money) printf("; no earlier run says what that costs");
    if (optimiser->unknown)
      printf("%s no earlier run to go by for tokens and money of %zu run%s", optimiser->n_spending ? ";" : "",
             optimiser->unknown, plural(optimiser->unknown));
    else if (!optimiser->n_spending)
      printf(" earlier runs counted no tokens and no money");
    puts("");
  }
}

int joust_dry_run(const struct joust_plan *plan, const struct joust_dry_run *dry_run, struct joust_error *error) {
  struct joust_store *store = NULL;
  struct joust_forecast forecast;
  int code = 0;
  if (joust_file_exists(dry_run->store)) code = joust_store_open(&store, dry_run->store, JOUST_STORE_READ, error);
  if (!code)
    code =
        joust_forecast_make(&forecast, plan, store, dry_run->retry_failed, dry_run->jobs, dry_run->network_jobs, error);
  joust_store_close(store);
  if (code) return code;
  print_plan(plan, &forecast, dry_run->store);
  print_cells(plan, &forecast);
  print_time(&forecast, dry_run);
  print_spending(plan, &forecast);
  joust_forecast_free(&forecast);
  return 0;
}
