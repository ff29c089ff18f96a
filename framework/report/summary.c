#include "report/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* ---- what the store lists ---------------------------------------------------------------------------------------- */

struct reading {
  struct joust_summary *summary;
  struct joust_store *store;
  struct joust_store_columns columns;
  struct joust_error *error;
  struct joust_store_run *rows; /* listed first: the trials are read after that */
  size_t n_runs;
};

static int add_problem(void *context, int64_t id, const struct joust_store_problem *problem) {
  struct reading *reading = context;
  struct joust_summary *summary = reading->summary;
  summary->problems = joust_resize(summary->problems, summary->n_problems + 1, sizeof *summary->problems);
  struct joust_shown_problem *shown = &summary->problems[summary->n_problems];
  int code = joust_store_definition_read(&shown->definition, problem->label, problem->definition, reading->error);
  if (code) return joust_error_prefix(reading->error, "the store is damaged: definition of problem ");
  shown->id = id;
  shown->label = joust_copy(problem->label);
  summary->n_problems++;
  return 0;
}

static int add_optimiser(void *context, int64_t id, const struct joust_store_optimiser *optimiser) {
  struct joust_summary *summary = ((struct reading *)context)->summary;
  summary->optimisers = joust_resize(summary->optimisers, summary->n_optimisers + 1, sizeof *summary->optimisers);
  summary->optimisers[summary->n_optimisers++] = (struct joust_shown_optimiser){
      .id = id, .label = joust_copy(optimiser->label), .name = joust_copy(optimiser->name)};
  return 0;
}

static int add_run(void *context, const struct joust_store_run *run) {
  struct reading *reading = context;
  reading->rows = joust_resize(reading->rows, reading->n_runs + 1, sizeof *reading->rows);
  reading->rows[reading->n_runs++] = *run; /* its texts are not used */
  return 0;
}

/* Rows that have one label but differ otherwise (other options, another table) are told apart by the store's id. */
static void tell_apart(struct joust_summary *summary) {
  for (uint32_t i = 1; i < summary->n_problems; i++) {
    char **label = &summary->problems[i].label, *old = *label;
    if (strcmp(old, summary->problems[i - 1].label) != 0) continue;
    *label = joust_format("%s (%lld)", old, (long long)summary->problems[i].id);
    free(old);
  }
  for (uint32_t i = 1; i < summary->n_optimisers; i++) {
    char **label = &summary->optimisers[i].label, *old = *label;
    if (strcmp(old, summary->optimisers[i - 1].label) != 0) continue;
    *label = joust_format("%s (%lld)", old, (long long)summary->optimisers[i].id);
    free(old);
  }
}

/* ---- blocks and cells -------------------------------------------------------------------------------------------- */

static uint32_t problem_index(const struct joust_summary *summary, int64_t id) {
  uint32_t i = 0;
  while (i < summary->n_problems && summary->problems[i].id != id) i++;
  return i;
}

static uint32_t optimiser_index(const struct joust_summary *summary, int64_t id) {
  uint32_t i = 0;
  while (i < summary->n_optimisers && summary->optimisers[i].id != id) i++;
  return i;
}

/* Runs come by problem, so a block's runs lie close together: the search from the end is short. */
static struct joust_block *block_of(struct joust_summary *summary, uint32_t problem,
                                    const struct joust_store_run *run) {
  for (uint32_t i = summary->n_blocks; i-- > 0;) {
    struct joust_block *block = &summary->blocks[i];
    if (block->problem == problem && block->trials == run->budget_trials && block->cost == run->budget_cost &&
        block->seconds == run->budget_seconds)
      return block;
  }
  summary->blocks = joust_resize(summary->blocks, summary->n_blocks + 1, sizeof *summary->blocks);
  struct joust_block *block = &summary->blocks[summary->n_blocks++];
  *block = (struct joust_block){.problem = problem,
                                .trials = run->budget_trials,
                                .cost = run->budget_cost,
                                .seconds = run->budget_seconds,
                                .cells = joust_alloc(summary->n_optimisers, sizeof *block->cells)};
  return block;
}

static int by_limits(const void *a, const void *b) {
  const struct joust_block *p = a, *q = b;
  if (p->problem != q->problem) return p->problem < q->problem ? -1 : 1;
  if (p->trials != q->trials) return p->trials < q->trials ? -1 : 1;
  if (p->cost != q->cost) return p->cost < q->cost ? -1 : 1;
  return p->seconds < q->seconds ? -1 : p->seconds > q->seconds;
}

/* Metrics of the incumbent at each checkpoint, into values (checkpoints x metrics). */
static void find_incumbents(const struct joust_summary *summary, const struct joust_store_definition *problem,
                            const struct joust_store_columns *trials, double *values) {
  for (size_t c = 0; c < summary->n_checkpoints; c++) {
    double spent = 0, best = INFINITY, limit = summary->checkpoints[c];
    const double *incumbent = NULL;
    for (uint32_t i = 0; i < trials->n; i++) {
      const double *metrics = trials->metrics + (size_t)i * trials->n_metrics;
      double cost = problem->cost < 0 ? 0 : metrics[problem->cost];
      spent += isfinite(cost) ? cost : 0;
      if (summary->by_cost ? spent > limit : (double)i + 1 > limit) break;
      if (trials->outcome[i] == 0 && problem->direction * trials->value[i] < best) {
        best = problem->direction * trials->value[i];
        incumbent = metrics;
      }
    }
    for (uint32_t m = 0; m < problem->n_metrics; m++)
      values[c * problem->n_metrics + m] = incumbent ? incumbent[m] : NAN;
  }
}

static int read_run(struct reading *reading, const struct joust_store_run *run) {
  struct joust_summary *summary = reading->summary;
  uint32_t p = problem_index(summary, run->problem), o = optimiser_index(summary, run->optimiser);
  if (p == summary->n_problems || o == summary->n_optimisers)
    return joust_fail(reading->error, JOUST_BAD_INPUT, "the store is damaged: a run has no problem or no optimiser");
  const struct joust_store_definition *problem = &summary->problems[p].definition;
  struct joust_cell *cell = &block_of(summary, p, run)->cells[o];
  cell->cpu_seconds += (run->cpu_seconds - cell->cpu_seconds) / (cell->runs + 1);
  cell->runs++;
  cell->failed += run->state == JOUST_RUN_BROKEN;
  cell->unfinished += run->state == JOUST_RUN_STARTED;
  if (run->state != JOUST_RUN_COMPLETE) return 0;
  int code = joust_store_read_trials(reading->store, run->id, &reading->columns, reading->error);
  if (code) return code;
  if (reading->columns.n && reading->columns.n_metrics != problem->n_metrics)
    return joust_fail(reading->error, JOUST_BAD_INPUT, "the store is damaged: a trial has %u metrics, its problem %u",
                      reading->columns.n_metrics, problem->n_metrics);
  size_t size = summary->n_checkpoints * problem->n_metrics;
  if (cell->n == cell->capacity) {
    cell->capacity = cell->capacity ? cell->capacity * 2 : 16;
    cell->values = joust_resize(cell->values, cell->capacity * size, sizeof *cell->values);
  }
  find_incumbents(summary, problem, &reading->columns, cell->values + cell->n++ * size);
  return 0;
}

/* ---- ranks ------------------------------------------------------------------------------------------------------- */

static void rank_block(const struct joust_summary *summary, struct joust_block *block) {
  uint32_t n = summary->n_optimisers;
  const struct joust_store_definition *problem = &summary->problems[block->problem].definition;
  block->ranks = joust_alloc(summary->n_checkpoints * n, sizeof *block->ranks);
  double *means = joust_alloc(n, sizeof *means);
  for (size_t c = 0; c < summary->n_checkpoints; c++) {
    double *ranks = block->ranks + c * n;
    for (uint32_t i = 0; i < n; i++)
      means[i] = problem->direction * joust_summary_estimate(summary, block, i, c, problem->objective).mean;
    for (uint32_t i = 0; i < n; i++) {
      ranks[i] = isnan(means[i]) ? NAN : 1;
      for (uint32_t j = 0; j < n; j++)
        if (j != i) ranks[i] += means[j] < means[i] ? 1 : means[j] == means[i] ? 0.5 : 0;
    }
  }
  free(means);
}

static void average_ranks(struct joust_summary *summary) {
  uint32_t n = summary->n_optimisers;
  summary->mean_ranks = joust_alloc(summary->n_checkpoints * n, sizeof *summary->mean_ranks);
  for (size_t i = 0; i < summary->n_checkpoints * n; i++) {
    for (uint32_t b = 0; b < summary->n_blocks; b++) summary->mean_ranks[i] += summary->blocks[b].ranks[i];
    summary->mean_ranks[i] /= summary->n_blocks;
  }
}

/* ---- all together ------------------------------------------------------------------------------------------------ */

int joust_summary_make(struct joust_summary *summary, struct joust_store *store,
                       const struct joust_checkpoints *checkpoints, struct joust_error *error) {
  struct reading reading = {.summary = summary, .store = store, .error = error};
  memset(summary, 0, sizeof *summary);
  summary->n_checkpoints = checkpoints->n;
  summary->by_cost = checkpoints->by_cost;
  summary->checkpoints = joust_alloc(checkpoints->n, sizeof *summary->checkpoints);
  memcpy(summary->checkpoints, checkpoints->at, checkpoints->n * sizeof *checkpoints->at);
  int code;
  if (!(code = joust_store_each_problem(store, add_problem, &reading, error)) &&
      !(code = joust_store_each_optimiser(store, add_optimiser, &reading, error)) &&
      !(code = joust_store_each_run(store, add_run, &reading, error))) {
    tell_apart(summary);
    for (size_t i = 0; i < reading.n_runs && !code; i++) code = read_run(&reading, &reading.rows[i]);
  }
  if (!code) {
    if (summary->n_blocks) qsort(summary->blocks, summary->n_blocks, sizeof *summary->blocks, by_limits);
    for (uint32_t i = 0; i < summary->n_blocks; i++) rank_block(summary, &summary->blocks[i]);
    average_ranks(summary);
  }
  joust_store_columns_free(&reading.columns);
  free(reading.rows);
  if (code) joust_summary_free(summary);
  return code;
}

void joust_summary_free(struct joust_summary *summary) {
  for (uint32_t i = 0; i < summary->n_problems; i++) {
    free(summary->problems[i].label);
    joust_store_definition_free(&summary->problems[i].definition);
  }
  for (uint32_t i = 0; i < summary->n_optimisers; i++) {
    free(summary->optimisers[i].label);
    free(summary->optimisers[i].name);
  }
  for (uint32_t i = 0; i < summary->n_blocks; i++) {
    for (uint32_t o = 0; o < summary->n_optimisers; o++) free(summary->blocks[i].cells[o].values);
    free(summary->blocks[i].cells);
    free(summary->blocks[i].ranks);
  }
  free(summary->problems);
  free(summary->optimisers);
  free(summary->blocks);
  free(summary->checkpoints);
  free(summary->mean_ranks);
  memset(summary, 0, sizeof *summary);
}

/* One pass, numerically stable (B. P. Welford, Technometrics 4, 1962). */
struct joust_estimate joust_summary_estimate(const struct joust_summary *summary, const struct joust_block *block,
                                             uint32_t optimiser, size_t checkpoint, uint32_t metric) {
  const struct joust_cell *cell = &block->cells[optimiser];
  uint32_t n_metrics = summary->problems[block->problem].definition.n_metrics;
  struct joust_estimate estimate = {0, 0, NAN, NAN};
  double squares = 0;
  for (uint32_t i = 0; i < cell->n; i++) {
    double value = cell->values[(i * summary->n_checkpoints + checkpoint) * n_metrics + metric];
    if (isnan(value)) continue;
    double distance = value - estimate.mean;
    estimate.mean += distance / ++estimate.n;
    squares += distance * (value - estimate.mean);
  }
  if (estimate.n == 0) estimate.mean = NAN;
  if (estimate.n > 1) {
    estimate.deviation = sqrt(squares / (estimate.n - 1));
    estimate.error = estimate.deviation / sqrt(estimate.n);
  }
  return estimate;
}

double joust_summary_regret(const struct joust_store_definition *problem, double value) {
  return problem->direction * (value - problem->best);
}
