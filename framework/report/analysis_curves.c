/* Curves of each cell on the grids: mean, median and quartiles with bands, ranks, shares of targets, running times. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/analysis_parts.h"
#include "stats/bootstrap.h"
#include "stats/compare.h"
#include "stats/curve.h"
#include "stats/summary.h"

#define SEED UINT64_C(0x6a6f757374) /* of every bootstrap: "joust" */
static const double level = 0.95;

/* Draws for each number of runs that occurs, made once: intervals that are compared share them. */
struct draw_cache {
  size_t replicates;
  struct joust_draws *draws;
  uint32_t n;
};

static const struct joust_draws *draws_for(struct draw_cache *cache, size_t runs) {
  for (uint32_t i = 0; i < cache->n; i++)
    if (cache->draws[i].n == runs) return &cache->draws[i];
  cache->draws = joust_resize(cache->draws, cache->n + 1, sizeof *cache->draws);
  joust_draws_make(&cache->draws[cache->n], runs, cache->replicates, SEED);
  return &cache->draws[cache->n++];
}

/* ---- of one cell --------------------------------------------------------------------------------------------------
 */

/* The runs of a cell that count, as curves of regret over one axis. */
struct cell_runs {
  uint32_t n;
  struct joust_curve *curves; /* n */
  double *spent;              /* n: the whole budget of each */
  double *regrets;            /* all steps, which the curves point into */
};

static void gather(struct cell_runs *runs, const struct joust_analysis *analysis, const struct joust_contest *contest,
                   const struct joust_cell *cell, enum joust_axis_kind kind) {
  size_t steps = 0;
  for (uint32_t r = 0; r < contest->n_rows; r++) steps += cell->runs[r].steps.n;
  *runs = (struct cell_runs){.curves = joust_alloc(cell->n, sizeof *runs->curves),
                             .spent = joust_alloc(cell->n, sizeof *runs->spent),
                             .regrets = joust_alloc(steps, sizeof *runs->regrets)};
  double *regrets = runs->regrets;
  for (uint32_t r = 0; r < contest->n_rows; r++) {
    const struct joust_shown_run *run = &cell->runs[r];
    if (!joust_run_counts(run)) continue;
    for (uint32_t i = 0; i < run->steps.n; i++)
      regrets[i] = joust_contest_regret(analysis, contest, run->steps.value[i]);
    double spent = kind == JOUST_AXIS_TRIALS ? run->trials : run->cost;
    runs->spent[runs->n] = isfinite(spent) ? spent : 0;
    runs->curves[runs->n++] = (struct joust_curve){
        .n = run->steps.n, .at = kind == JOUST_AXIS_TRIALS ? run->steps.trial : run->steps.cost, .values = regrets};
    regrets += run->steps.n;
  }
}

static void drop(struct cell_runs *runs) {
  free(runs->curves);
  free(runs->spent);
  free(runs->regrets);
}

static void alloc_curves(struct joust_curves *curves, uint32_t points) {
  double *block = joust_alloc(10 * (size_t)points, sizeof *block);
  double **parts[] = {&curves->mean,         &curves->mean_lower,   &curves->mean_upper,     &curves->median,
                      &curves->median_lower, &curves->median_upper, &curves->lower_quartile, &curves->upper_quartile,
                      &curves->rank,         &curves->reached};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) *parts[i] = block + i * points;
  curves->running = joust_alloc(points, sizeof *curves->running);
}

static void describe_point(struct joust_curves *curves, uint32_t point, const double *values, uint32_t n,
                           const struct joust_draws *draws) {
  struct joust_summary summary = joust_summarise(values, n);
  struct joust_interval mean = {.lower = NAN, .upper = NAN}, median = mean;
  if (draws) {
    mean = joust_bootstrap_mean(values, draws, JOUST_PERCENTILE, level);
    median = joust_bootstrap_median(values, draws, JOUST_PERCENTILE, level);
  }
  curves->mean[point] = summary.mean;
  curves->mean_lower[point] = mean.lower;
  curves->mean_upper[point] = mean.upper;
  curves->median[point] = summary.median;
  curves->median_lower[point] = median.lower;
  curves->median_upper[point] = median.upper;
  curves->lower_quartile[point] = summary.lower_quartile;
  curves->upper_quartile[point] = summary.upper_quartile;
}

/* Where no run made a step since the point before, nothing has to be computed again. */
static void repeat_point(struct joust_curves *curves, uint32_t point) {
  double *parts[] = {curves->mean,         curves->mean_lower,   curves->mean_upper,     curves->median,
                     curves->median_lower, curves->median_upper, curves->lower_quartile, curves->upper_quartile};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) parts[i][point] = parts[i][point - 1];
}

static void draw_regrets(struct joust_curves *curves, const struct joust_axis *axis, const struct cell_runs *runs,
                         double penalty, const struct joust_draws *draws) {
  size_t n = runs->n;
  double *matrix = joust_alloc(axis->points * n, sizeof *matrix);
  joust_curve_matrix(matrix, runs->curves, n, axis->at, axis->points, penalty);
  for (uint32_t g = 0; g < axis->points; g++) {
    const double *row = matrix + g * n;
    if (g > 0 && memcmp(row, row - n, n * sizeof *row) == 0)
      repeat_point(curves, g);
    else
      describe_point(curves, g, row, (uint32_t)n, draws);
    for (size_t i = 0; i < n; i++) curves->running[g] += runs->spent[i] > axis->at[g];
  }
  free(matrix);
}

static void reach_targets(struct joust_cell *cell, struct joust_contest *contest, enum joust_axis_kind kind,
                          const struct cell_runs *runs, const struct joust_draws *draws) {
  const struct joust_axis *axis = &contest->axes[kind];
  struct joust_curves *curves = &cell->curves[kind];
  size_t n = runs->n, n_targets = contest->n_targets;
  double *budgets = joust_alloc(n_targets * n, sizeof *budgets);
  for (size_t t = 0; t < n_targets; t++)
    for (size_t i = 0; i < n; i++)
      budgets[t * n + i] = joust_reach_budget(&runs->curves[i], contest->targets[t], false);
  joust_reach_ecdf(curves->reached, budgets, n_targets * n, axis->at, axis->points);
  cell->area[kind] = joust_reach_area(budgets, n_targets * n, axis->at[0], axis->end, true);
  if (kind == JOUST_AXIS_TRIALS) {
    cell->times = joust_alloc(n_targets, sizeof *cell->times);
    for (size_t t = 0; t < n_targets; t++)
      cell->times[t] = joust_running_time(budgets + t * n, runs->spent, draws, level);
  }
  free(budgets);
}

/* 95 % interval of the mean at the end. */
static void bound_mean(const struct joust_contest *contest, struct joust_cell *cell, const struct joust_draws *draws) {
  double *values = joust_alloc(contest->n_rows, sizeof *values);
  uint32_t n = 0;
  for (uint32_t r = 0; r < contest->n_rows; r++)
    if (joust_run_counts(&cell->runs[r]))
      values[n++] = isnan(cell->runs[r].value) ? contest->worst : cell->runs[r].value;
  struct joust_interval interval = joust_bootstrap_mean(values, draws, JOUST_BCA, level);
  cell->mean_lower = interval.lower;
  cell->mean_upper = interval.upper;
  free(values);
}

/* ---- of a contest, and over all -----------------------------------------------------------------------------------
 */

/* Ranks by mean regret at a point of the grid, over all problems only of those that are compared. */
static void rank_point(double *ranks, const struct joust_analysis *analysis, const struct joust_contest *contest,
                       enum joust_axis_kind kind, uint32_t point, bool over_all) {
  uint32_t n = analysis->n_optimisers;
  double *means = joust_alloc(n, sizeof *means);
  uint32_t *failed = joust_alloc(n, sizeof *failed);
  for (uint32_t o = 0; o < n; o++) {
    const struct joust_cell *cell = &contest->cells[o];
    means[o] = cell->curves[kind].mean ? cell->curves[kind].mean[point] : NAN;
    if (cell->n && !joust_cell_has_value(cell)) means[o] = INFINITY;
    if (over_all && !analysis->optimisers[o].compared) means[o] = NAN;
    failed[o] = cell->failed + cell->valueless;
  }
  joust_rank_present(ranks, means, failed, n);
  free(means);
  free(failed);
}

static void rank_points(const struct joust_analysis *analysis, struct joust_contest *contest,
                        enum joust_axis_kind kind) {
  double *ranks = joust_alloc(analysis->n_optimisers, sizeof *ranks);
  for (uint32_t g = 0; g < contest->axes[kind].points; g++) {
    rank_point(ranks, analysis, contest, kind, g, false);
    for (uint32_t o = 0; o < analysis->n_optimisers; o++)
      if (contest->cells[o].curves[kind].rank) contest->cells[o].curves[kind].rank[g] = ranks[o];
  }
  free(ranks);
}

static void draw_contest(struct joust_analysis *analysis, struct joust_contest *contest, struct draw_cache *cache) {
  double penalty = joust_contest_regret(analysis, contest, contest->worst);
  for (uint32_t o = 0; o < analysis->n_optimisers; o++) {
    struct joust_cell *cell = &contest->cells[o];
    if (cell->n == 0) continue;
    const struct joust_draws *draws = draws_for(cache, cell->n);
    const struct joust_draws *bands = cache->replicates && cell->n > 1 ? draws : NULL; /* one run has no spread */
    for (enum joust_axis_kind kind = 0; kind < JOUST_N_AXES; kind++) {
      if (!contest->axes[kind].there) continue;
      struct cell_runs runs;
      alloc_curves(&cell->curves[kind], contest->axes[kind].points);
      gather(&runs, analysis, contest, cell, kind);
      draw_regrets(&cell->curves[kind], &contest->axes[kind], &runs, penalty, bands);
      reach_targets(cell, contest, kind, &runs, draws);
      drop(&runs);
    }
    if (bands) bound_mean(contest, cell, bands);
  }
  for (enum joust_axis_kind kind = 0; kind < JOUST_N_AXES; kind++)
    if (contest->axes[kind].there) rank_points(analysis, contest, kind);
}

/* Means over problems: ranks, and shares of targets in which each problem weighs the same. */
static void draw_overall(struct joust_analysis *analysis, enum joust_axis_kind kind) {
  struct joust_overall *overall = &analysis->overall[kind];
  uint32_t n = analysis->n_optimisers;
  if (!overall->there) return;
  double *ranks = joust_alloc(n, sizeof *ranks);
  overall->rank = joust_alloc(2 * (size_t)overall->points * n, sizeof *overall->rank);
  overall->reached = joust_alloc((size_t)overall->points * n, sizeof *overall->reached);
  for (uint32_t g = 0; g < overall->points; g++) {
    double *rank = overall->rank + (size_t)g * n, *reached = overall->reached + (size_t)g * n;
    for (uint32_t c = 0; c < analysis->n_contests; c++) {
      const struct joust_contest *contest = &analysis->contests[c];
      if (!contest->ranked) continue;
      rank_point(ranks, analysis, contest, kind, g, true);
      for (uint32_t o = 0; o < n; o++) {
        bool compared = analysis->optimisers[o].compared;
        rank[o] += ranks[o] / analysis->n_ranked;
        reached[o] += compared ? contest->cells[o].curves[kind].reached[g] / analysis->n_ranked : NAN;
      }
    }
  }
  free(ranks);
}

static void average_areas(struct joust_analysis *analysis) {
  for (uint32_t o = 0; o < analysis->n_optimisers; o++) {
    double sum = 0;
    if (!analysis->optimisers[o].compared) continue;
    for (uint32_t c = 0; c < analysis->n_contests; c++) {
      const struct joust_contest *contest = &analysis->contests[c];
      if (contest->ranked) sum += contest->cells[o].area[contest->main_axis];
    }
    analysis->optimisers[o].area = sum / analysis->n_ranked;
  }
}

void joust_analysis_curves(struct joust_analysis *analysis, size_t replicates) {
  struct draw_cache cache = {.replicates = replicates};
  for (uint32_t c = 0; c < analysis->n_contests; c++)
    if (!analysis->contests[c].nothing) draw_contest(analysis, &analysis->contests[c], &cache);
  for (enum joust_axis_kind kind = 0; kind < JOUST_N_AXES; kind++) draw_overall(analysis, kind);
  average_areas(analysis);
  for (uint32_t i = 0; i < cache.n; i++) joust_draws_free(&cache.draws[i]);
  free(cache.draws);
}
