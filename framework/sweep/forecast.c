#include "sweep/forecast.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "sweep/record.h"

/* Earlier runs that a cell can go by, added up. */
struct evidence {
  uint64_t runs;
  double trials, seconds;
  struct joust_spending *spending;
  size_t n_spending;
};

struct row { /* of the store: which problem or optimiser of the plan it is; -1: none */
  int64_t id, index;
};

struct reading {
  struct joust_forecast *forecast;
  const struct joust_plan *plan;
  struct evidence *evidence; /* cells x JOUST_BASIS_NONE */
  char **options;            /* of the plan's optimisers, as a store has them */
  struct row *problems, *optimisers;
  size_t n_problems, n_optimisers;
};

/* ---- counters ---------------------------------------------------------------------------------------------------- */

static bool is_spending(const char *name) {
  size_t length = strlen(name);
  return strcmp(name, "calls") == 0 || strcmp(name, "money") == 0 ||
         (length > 7 && strcmp(name + length - 7, "_tokens") == 0);
}

static void add_spending(struct joust_spending **spending, size_t *n, const char *name, double amount) {
  for (size_t i = 0; i < *n; i++)
    if (strcmp((*spending)[i].name, name) == 0) {
      (*spending)[i].total += amount;
      return;
    }
  *spending = joust_resize(*spending, *n + 1, sizeof **spending);
  (*spending)[(*n)++] = (struct joust_spending){joust_copy(name), amount};
}

static void free_spending(struct joust_spending *spending, size_t n) {
  for (size_t i = 0; i < n; i++) free(spending[i].name);
  free(spending);
}

static void add_counters(struct evidence *evidence, const char *counters) {
  cJSON *json = cJSON_Parse(counters);
  const cJSON *counter;
  cJSON_ArrayForEach(counter, json) {
    if (cJSON_IsNumber(counter) && is_spending(counter->string))
      add_spending(&evidence->spending, &evidence->n_spending, counter->string, counter->valuedouble);
  }
  cJSON_Delete(json);
}

/* ---- earlier runs ------------------------------------------------------------------------------------------------ */

static void add_row(struct row **rows, size_t *n, int64_t id, int64_t index) {
  *rows = joust_resize(*rows, *n + 1, sizeof **rows);
  (*rows)[(*n)++] = (struct row){id, index};
}

static int64_t find_row(const struct row *rows, size_t n, int64_t id) {
  for (size_t i = 0; i < n; i++)
    if (rows[i].id == id) return rows[i].index;
  return -1;
}

static int add_problem(void *context, int64_t id, const struct joust_store_problem *row) {
  struct reading *reading = context;
  int64_t index = -1;
  for (uint32_t p = 0; p < reading->plan->n_problems; p++)
    if (strcmp(reading->plan->problems[p].evaluator.fingerprint, row->fingerprint) == 0) index = p;
  add_row(&reading->problems, &reading->n_problems, id, index);
  return 0;
}

static int add_optimiser(void *context, int64_t id, const struct joust_store_optimiser *row) {
  struct reading *reading = context;
  int64_t index = -1;
  for (uint32_t o = 0; o < reading->plan->n_optimisers; o++)
    if (strcmp(reading->plan->optimisers[o].type->id, row->name) == 0 && strcmp(reading->options[o], row->options) == 0)
      index = o;
  add_row(&reading->optimisers, &reading->n_optimisers, id, index);
  return 0;
}

static bool same_budget(const struct joust_plan *plan, const struct joust_store_run *run) {
  const struct joust_budget *budget = &plan->sweep->budget;
  double trials = budget->trials == UINT64_MAX ? INFINITY : (double)budget->trials;
  return run->budget_trials == trials && run->budget_cost == budget->cost && run->budget_seconds == budget->seconds;
}

/* A run tells something of its own cell and of all others of its optimiser. Those of other budgets are of use only
 * where the number of trials is known that the planned ones will have. */
static int add_run(void *context, const struct joust_store_run *run) {
  struct reading *reading = context;
  const struct joust_plan *plan = reading->plan;
  int64_t optimiser = find_row(reading->optimisers, reading->n_optimisers, run->optimiser);
  int64_t problem = find_row(reading->problems, reading->n_problems, run->problem);
  bool same = same_budget(plan, run);
  if (optimiser < 0 || run->state != JOUST_RUN_COMPLETE || !run->trials) return 0;
  if (!same && plan->sweep->budget.trials == UINT64_MAX) return 0;
  for (uint32_t p = 0; p < plan->n_problems; p++) {
    enum joust_basis basis = problem == p ? (same ? JOUST_BASIS_SAME : JOUST_BASIS_SCALED)
                             : same       ? JOUST_BASIS_OTHER
                                          : JOUST_BASIS_OTHER_SCALED;
    struct evidence *evidence =
        &reading->evidence[((size_t)p * plan->n_optimisers + (size_t)optimiser) * JOUST_BASIS_NONE + basis];
    evidence->runs++;
    evidence->trials += run->trials;
    evidence->seconds += run->seconds;
    add_counters(evidence, run->counters);
  }
  return 0;
}

static int read_store(struct reading *reading, struct joust_store *store, struct joust_error *error) {
  int code = joust_store_each_problem(store, add_problem, reading, error);
  if (!code) code = joust_store_each_optimiser(store, add_optimiser, reading, error);
  return code ? code : joust_store_each_run(store, add_run, reading, error);
}

/* ---- the plan ---------------------------------------------------------------------------------------------------- */

static int count_runs(struct joust_forecast *forecast, const struct joust_plan *plan, struct joust_store *store,
                      bool retry_failed, struct joust_error *error) {
  for (size_t i = 0; i < plan->n_runs; i++) {
    const struct joust_planned_run *run = &plan->runs[i];
    enum joust_run_state state = JOUST_RUN_ABSENT;
    int code = store ? joust_store_find_run(store, run->key, &state, NULL, error) : 0;
    if (code) return code;
    bool failed = state == JOUST_RUN_BROKEN && !retry_failed;
    forecast->complete += state == JOUST_RUN_COMPLETE;
    forecast->failed += failed;
    if (state == JOUST_RUN_COMPLETE || failed) continue;
    forecast->to_do++;
    forecast->cells[(size_t)run->problem * plan->n_optimisers + run->optimiser].runs++;
  }
  return 0;
}

/* How many of the planned runs the earlier ones amount to. */
static double amount(const struct evidence *evidence, enum joust_basis basis, const struct joust_plan *plan) {
  bool scaled = basis == JOUST_BASIS_SCALED || basis == JOUST_BASIS_OTHER_SCALED;
  return scaled ? evidence->trials / (double)plan->sweep->budget.trials : (double)evidence->runs;
}

static void forecast_cell(struct reading *reading, struct joust_forecast_cell *cell, const struct evidence *evidence) {
  struct joust_forecast_optimiser *optimiser = &reading->forecast->optimisers[cell->optimiser];
  while (cell->basis < JOUST_BASIS_NONE && !evidence[cell->basis].runs) cell->basis++;
  if (cell->basis == JOUST_BASIS_NONE) {
    optimiser->unknown += cell->runs;
    reading->forecast->unknown += cell->runs;
    cell->seconds = NAN;
    return;
  }
  const struct evidence *best = &evidence[cell->basis];
  double runs = amount(best, cell->basis, reading->plan);
  cell->earlier = best->runs;
  cell->seconds = best->seconds / runs;
  for (size_t i = 0; i < best->n_spending; i++)
    add_spending(&optimiser->spending, &optimiser->n_spending, best->spending[i].name,
                 best->spending[i].total / runs * (double)cell->runs);
}

/* Runs that wait on a network have workers of their own. No group is done before its longest run. */
static void forecast_time(struct joust_forecast *forecast, const uint32_t workers[2]) {
  double sum[2] = {0}, longest[2] = {0};
  for (size_t i = 0; i < forecast->n_cells; i++) {
    const struct joust_forecast_cell *cell = &forecast->cells[i];
    bool network = forecast->optimisers[cell->optimiser].network;
    if (!cell->runs || isnan(cell->seconds)) continue;
    sum[network] += (double)cell->runs * cell->seconds;
    longest[network] = fmax(longest[network], cell->seconds);
  }
  for (int network = 0; network < 2; network++)
    forecast->seconds = fmax(forecast->seconds, fmax(longest[network], sum[network] / workers[network]));
}

int joust_forecast_make(struct joust_forecast *forecast, const struct joust_plan *plan, struct joust_store *store,
                        bool retry_failed, uint32_t jobs, uint32_t network_jobs, struct joust_error *error) {
  size_t n = (size_t)plan->n_problems * plan->n_optimisers;
  *forecast = (struct joust_forecast){.n_cells = n, .n_optimisers = plan->n_optimisers};
  forecast->cells = joust_alloc(n, sizeof *forecast->cells);
  forecast->optimisers = joust_alloc(plan->n_optimisers, sizeof *forecast->optimisers);
  struct reading reading = {.forecast = forecast, .plan = plan};
  reading.evidence = joust_alloc(n * JOUST_BASIS_NONE, sizeof *reading.evidence);
  reading.options = joust_alloc(plan->n_optimisers, sizeof *reading.options);
  for (uint32_t o = 0; o < plan->n_optimisers; o++) {
    reading.options[o] = joust_record_options(&plan->optimisers[o].options);
    forecast->optimisers[o].network = plan->optimisers[o].type->flags & JOUST_NEEDS_NETWORK;
  }
  for (size_t i = 0; i < n; i++) {
    forecast->cells[i].problem = (uint32_t)(i / plan->n_optimisers);
    forecast->cells[i].optimiser = (uint32_t)(i % plan->n_optimisers);
  }
  int code = count_runs(forecast, plan, store, retry_failed, error);
  if (!code && store) code = read_store(&reading, store, error);
  for (size_t i = 0; i < n && !code; i++)
    forecast_cell(&reading, &forecast->cells[i], &reading.evidence[i * JOUST_BASIS_NONE]);
  forecast_time(forecast, (const uint32_t[]){jobs, network_jobs});
  for (size_t i = 0; i < n * JOUST_BASIS_NONE; i++)
    free_spending(reading.evidence[i].spending, reading.evidence[i].n_spending);
  for (uint32_t o = 0; o < plan->n_optimisers; o++) free(reading.options[o]);
  free(reading.options);
  free(reading.evidence);
  free(reading.problems);
  free(reading.optimisers);
  if (code) joust_forecast_free(forecast);
  return code;
}

void joust_forecast_free(struct joust_forecast *forecast) {
  for (uint32_t o = 0; o < forecast->n_optimisers; o++)
    free_spending(forecast->optimisers[o].spending, forecast->optimisers[o].n_spending);
  free(forecast->cells);
  free(forecast->optimisers);
  memset(forecast, 0, sizeof *forecast);
}
