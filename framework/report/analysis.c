#include "report/analysis.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/analysis_parts.h"
#include "stats/rank.h"
#include "stats/summary.h"

/* ---- counts, references, scales -----------------------------------------------------------------------------------
 */

static void count_cell(struct joust_cell *cell, uint32_t n_rows) {
  double seconds = 0, cpu = 0;
  for (uint32_t r = 0; cell->runs && r < n_rows; r++) {
    const struct joust_shown_run *run = &cell->runs[r];
    cell->complete += run->state == JOUST_RUN_COMPLETE;
    cell->failed += run->state == JOUST_RUN_BROKEN;
    cell->unfinished += run->state == JOUST_RUN_STARTED;
    cell->missing += run->state == JOUST_RUN_ABSENT;
    cell->valueless += run->state == JOUST_RUN_COMPLETE && run->steps.n == 0;
    seconds += isnan(run->seconds) ? 0 : run->seconds;
    cpu += isnan(run->cpu_seconds) ? 0 : run->cpu_seconds;
  }
  uint32_t there = n_rows - cell->missing;
  cell->n = cell->complete + cell->failed;
  cell->seconds = there ? seconds / there : NAN;
  cell->cpu_seconds = there ? cpu / there : NAN;
}

static void count_contest(struct joust_analysis *analysis, struct joust_contest *contest) {
  for (uint32_t o = 0; o < analysis->n_optimisers; o++) {
    struct joust_cell *cell = &contest->cells[o];
    if (cell->runs) count_cell(cell, contest->n_rows);
    contest->n_present += cell->n > 0;
    analysis->n_complete += cell->complete;
    analysis->n_failed += cell->failed;
    analysis->n_unfinished += cell->unfinished;
    analysis->n_missing += cell->missing;
  }
}

/* The best value known, or found here if that is better; and what else depends on it. */
static void set_reference(const struct joust_analysis *analysis, struct joust_contest *contest) {
  const struct joust_store_definition *problem = joust_definition_of(analysis, contest);
  double best = INFINITY, known = problem->direction * problem->best;
  for (uint32_t o = 0; o < analysis->n_optimisers; o++)
    for (uint32_t r = 0; contest->cells[o].runs && r < contest->n_rows; r++)
      best = fmin(best, problem->direction * contest->cells[o].runs[r].value); /* fmin leaves out NaN */
  contest->nothing = isinf(best);
  contest->known = !isnan(known);
  contest->beaten = contest->known && best < known;
  double reference = contest->known ? fmin(best, known) : best;
  contest->reference = isfinite(reference) ? problem->direction * reference : NAN;
}

static void set_scale(const struct joust_analysis *analysis, struct joust_contest *contest) {
  double *regrets = joust_alloc((size_t)analysis->n_optimisers * contest->n_rows, sizeof *regrets);
  size_t n = 0;
  contest->least = INFINITY;
  for (uint32_t o = 0; o < analysis->n_optimisers; o++) {
    for (uint32_t r = 0; contest->cells[o].runs && r < contest->n_rows; r++) {
      const struct joust_shown_run *run = &contest->cells[o].runs[r];
      if (!joust_run_counts(run)) continue;
      regrets[n++] = joust_contest_regret(analysis, contest, isnan(run->first) ? contest->worst : run->first);
      for (uint32_t i = 0; i < run->steps.n; i++) {
        double regret = joust_contest_regret(analysis, contest, run->steps.value[i]);
        if (regret > 0) contest->least = fmin(contest->least, regret);
      }
    }
  }
  double median = joust_median(regrets, n);
  contest->scale = isfinite(median) && median > 0 ? median : 1;
  if (isinf(contest->least)) contest->least = NAN;
  free(regrets);
}

/* ---- values at the end, and at checkpoints --------------------------------------------------------------------------
 */

double joust_run_regret(const struct joust_analysis *analysis, const struct joust_contest *contest,
                        const struct joust_shown_run *run) {
  return isnan(run->value) ? INFINITY : joust_contest_regret(analysis, contest, run->value);
}

double joust_cell_regret(const struct joust_analysis *analysis, const struct joust_contest *contest, uint32_t o) {
  const struct joust_cell *cell = &contest->cells[o];
  if (cell->n == 0 || contest->nothing) return NAN;
  return !joust_cell_has_value(cell) ? INFINITY : joust_contest_regret(analysis, contest, cell->mean);
}

static void summarise_cell(const struct joust_contest *contest, struct joust_cell *cell) {
  double *values = joust_alloc(contest->n_rows, sizeof *values);
  size_t n = 0;
  for (uint32_t r = 0; cell->runs && r < contest->n_rows; r++)
    if (joust_run_counts(&cell->runs[r]))
      values[n++] = isnan(cell->runs[r].value) ? contest->worst : cell->runs[r].value;
  struct joust_summary summary = joust_summarise(values, n);
  cell->mean = summary.mean;
  cell->sd = summary.sd;
  cell->median = summary.median;
  cell->mean_lower = cell->mean_upper = cell->rank = cell->best_share = cell->score = NAN;
  for (int a = 0; a < JOUST_N_AXES; a++) cell->area[a] = NAN;
  free(values);
}

/* The last step within a budget, or NULL if there is none. */
static const double *metrics_at(const struct joust_steps *steps, double budget, bool by_cost, uint32_t n_metrics) {
  const double *at = by_cost ? steps->cost : steps->trial;
  uint32_t reached = 0;
  while (reached < steps->n && at[reached] <= budget) reached++;
  return reached ? steps->metrics + (size_t)(reached - 1) * n_metrics : NULL;
}

/* Costs are asked for, and the problem has none. */
static bool is_costless(const struct joust_analysis *analysis, const struct joust_contest *contest, size_t checkpoint) {
  return analysis->by_cost && isfinite(analysis->checkpoints[checkpoint]) &&
         joust_definition_of(analysis, contest)->cost < 0;
}

static void fill_checkpoints(const struct joust_analysis *analysis, const struct joust_contest *contest,
                             struct joust_cell *cell) {
  uint32_t n_metrics = joust_definition_of(analysis, contest)->n_metrics;
  cell->at = joust_alloc(contest->n_rows * analysis->n_checkpoints * n_metrics, sizeof *cell->at);
  double *to = cell->at;
  for (uint32_t r = 0; r < contest->n_rows; r++) {
    for (size_t c = 0; c < analysis->n_checkpoints; c++, to += n_metrics) {
      const double *from = metrics_at(&cell->runs[r].steps, analysis->checkpoints[c], analysis->by_cost, n_metrics);
      if (is_costless(analysis, contest, c)) from = NULL;
      for (uint32_t m = 0; m < n_metrics; m++) to[m] = from ? from[m] : NAN;
    }
  }
}

/* Mean regret at a checkpoint, a run without a value standing for the worst; infinite if none has one. */
static double mean_regret(const struct joust_analysis *analysis, const struct joust_contest *contest, uint32_t o,
                          size_t checkpoint) {
  const struct joust_store_definition *problem = joust_definition_of(analysis, contest);
  const struct joust_cell *cell = &contest->cells[o];
  double *regrets = joust_alloc(contest->n_rows, sizeof *regrets);
  uint32_t n = 0, n_values = 0;
  for (uint32_t r = 0; cell->n && r < contest->n_rows; r++) {
    if (!joust_run_counts(&cell->runs[r])) continue;
    double value = cell->at[(r * analysis->n_checkpoints + checkpoint) * problem->n_metrics + problem->objective];
    n_values += isnan(value) ? 0 : 1;
    regrets[n++] = joust_contest_regret(analysis, contest, isnan(value) ? contest->worst : value);
  }
  bool none = n == 0 || contest->nothing || is_costless(analysis, contest, checkpoint);
  double mean = none ? NAN : n_values == 0 ? INFINITY : joust_summarise(regrets, n).mean;
  free(regrets);
  return mean;
}

void joust_rank_present(double *ranks, const double *values, const uint32_t *failed, uint32_t k) {
  for (uint32_t i = 0; i < k; i++) {
    ranks[i] = isnan(values[i]) ? NAN : 1;
    for (uint32_t j = 0; j < k; j++) {
      if (j == i || isnan(values[j])) continue;
      bool better = values[j] < values[i] || (values[j] == values[i] && failed[j] < failed[i]);
      bool tie = values[j] == values[i] && failed[j] == failed[i];
      ranks[i] += better ? 1 : tie ? 0.5 : 0;
    }
  }
}

/* Ranks (n_optimisers) by the mean at a checkpoint, or, for n_checkpoints, at the end; NaN for those that have none.
 * Over all problems only those that are compared are ranked: another one that is here would push them down. */
static void rank_cells(double *ranks, const struct joust_analysis *analysis, const struct joust_contest *contest,
                       size_t checkpoint, bool over_all) {
  uint32_t n = analysis->n_optimisers;
  double *means = joust_alloc(n, sizeof *means);
  uint32_t *failed = joust_alloc(n, sizeof *failed);
  for (uint32_t o = 0; o < n; o++) {
    means[o] = checkpoint < analysis->n_checkpoints ? mean_regret(analysis, contest, o, checkpoint)
                                                    : joust_cell_regret(analysis, contest, o);
    if (over_all && !analysis->optimisers[o].compared) means[o] = NAN;
    failed[o] = contest->cells[o].failed + contest->cells[o].valueless;
  }
  joust_rank_present(ranks, means, failed, n);
  free(means);
  free(failed);
}

static void rank_contest(const struct joust_analysis *analysis, struct joust_contest *contest) {
  uint32_t n = analysis->n_optimisers;
  size_t last = analysis->n_checkpoints;
  double *ends = joust_alloc(n, sizeof *ends);
  contest->ranks = joust_alloc(last * n, sizeof *contest->ranks);
  for (size_t c = 0; c < last; c++) rank_cells(contest->ranks + c * n, analysis, contest, c, false);
  rank_cells(ends, analysis, contest, last, false);
  for (uint32_t o = 0; o < n; o++) contest->cells[o].rank = ends[o];
  free(ends);
}

/* The contests of a problem stand together, by their limits. */
static void choose_ranked(struct joust_analysis *analysis) {
  struct joust_contest *chosen = NULL;
  for (uint32_t c = 0; c < analysis->n_contests; c++) {
    struct joust_contest *contest = &analysis->contests[c];
    bool again = chosen && chosen->problem == contest->problem;
    if (contest->nothing || (again && contest->n_present < chosen->n_present)) continue;
    if (again) chosen->ranked = false;
    contest->ranked = true;
    analysis->n_ranked += !again;
    chosen = contest;
  }
}

static bool is_compared(const struct joust_analysis *analysis, uint32_t optimiser) {
  bool compared = analysis->n_ranked > 0;
  for (uint32_t c = 0; c < analysis->n_contests && compared; c++)
    compared = !analysis->contests[c].ranked || analysis->contests[c].cells[optimiser].n > 0;
  return compared;
}

static void average_ranks(struct joust_analysis *analysis) {
  uint32_t n = analysis->n_optimisers;
  size_t last = analysis->n_checkpoints;
  double *ranks = joust_alloc(n, sizeof *ranks);
  for (uint32_t o = 0; o < n; o++) {
    struct joust_shown_optimiser *optimiser = &analysis->optimisers[o];
    optimiser->compared = is_compared(analysis, o);
    optimiser->mean_rank = optimiser->compared ? 0 : NAN;
    optimiser->best_share = optimiser->score = optimiser->area = NAN;
  }
  analysis->mean_ranks = joust_alloc(last * n, sizeof *analysis->mean_ranks);
  for (size_t i = 0; i < last * n; i++) analysis->mean_ranks[i] = analysis->optimisers[i % n].compared ? 0 : NAN;
  for (uint32_t c = 0; c < analysis->n_contests; c++) {
    if (!analysis->contests[c].ranked) continue;
    for (size_t at = 0; at <= last; at++) {
      rank_cells(ranks, analysis, &analysis->contests[c], at, true);
      for (uint32_t o = 0; o < n; o++)
        *(at < last ? &analysis->mean_ranks[at * n + o] : &analysis->optimisers[o].mean_rank) +=
            ranks[o] / analysis->n_ranked;
    }
  }
  free(ranks);
}

/* A contest is called by its problem, and by its limits too where that is not enough. */
static void name_contests(struct joust_analysis *analysis) {
  for (uint32_t c = 0; c < analysis->n_contests; c++) {
    struct joust_contest *contest = &analysis->contests[c];
    const char *label = analysis->problems[contest->problem].label;
    bool before = c > 0 && contest[-1].problem == contest->problem;
    bool after = c + 1 < analysis->n_contests && contest[1].problem == contest->problem;
    struct joust_text text = {0};
    joust_text_add(&text, label);
    if (before || after) {
      const char *comma = " (";
      if (isfinite(contest->trials)) joust_text_addf(&text, "%s%.0f trials", comma, contest->trials), comma = ", ";
      if (isfinite(contest->cost)) joust_text_addf(&text, "%scost %.10g", comma, contest->cost), comma = ", ";
      if (isfinite(contest->seconds)) joust_text_addf(&text, "%s%.10g s", comma, contest->seconds), comma = ", ";
      joust_text_add(&text, *comma == ',' ? ")" : " (no limit)");
    }
    contest->label = joust_text_take(&text);
  }
}

void joust_analysis_measure(struct joust_analysis *analysis) {
  name_contests(analysis);
  for (uint32_t c = 0; c < analysis->n_contests; c++) {
    struct joust_contest *contest = &analysis->contests[c];
    count_contest(analysis, contest);
    set_reference(analysis, contest);
    set_scale(analysis, contest);
    for (uint32_t o = 0; o < analysis->n_optimisers; o++) {
      summarise_cell(contest, &contest->cells[o]);
      if (contest->cells[o].runs) fill_checkpoints(analysis, contest, &contest->cells[o]);
    }
    rank_contest(analysis, contest);
  }
  analysis->n_runs = analysis->n_complete + analysis->n_failed + analysis->n_unfinished;
  choose_ranked(analysis);
  average_ranks(analysis);
}

/* ---- all together ---------------------------------------------------------------------------------------------------
 */

int joust_analysis_make(struct joust_analysis *analysis, struct joust_store *store,
                        const struct joust_analysis_options *options, struct joust_error *error) {
  static const double end = INFINITY;
  const struct joust_checkpoints *at = &options->checkpoints;
  memset(analysis, 0, sizeof *analysis);
  analysis->alpha = options->alpha > 0 ? options->alpha : 0.05;
  analysis->by_cost = at->by_cost;
  analysis->n_checkpoints = at->n ? at->n : 1;
  analysis->checkpoints = joust_alloc(analysis->n_checkpoints, sizeof *analysis->checkpoints);
  memcpy(analysis->checkpoints, at->n ? at->at : &end, analysis->n_checkpoints * sizeof *analysis->checkpoints);
  int code = joust_analysis_read(analysis, store, error);
  if (code) {
    joust_analysis_free(analysis);
    return code;
  }
  joust_analysis_measure(analysis);
  if (options->ranks_only) return 0;
  joust_analysis_grids(analysis);
  joust_analysis_curves(analysis, options->replicates);
  joust_analysis_pairs(analysis);
  joust_analysis_compare(analysis, options->blocks);
  return 0;
}

struct joust_estimate joust_analysis_estimate(const struct joust_analysis *analysis,
                                              const struct joust_contest *contest, uint32_t optimiser,
                                              size_t checkpoint, uint32_t metric) {
  const struct joust_cell *cell = &contest->cells[optimiser];
  uint32_t n_metrics = joust_definition_of(analysis, contest)->n_metrics, n = cell->runs ? contest->n_rows : 0;
  double *values = joust_alloc(n, sizeof *values);
  for (uint32_t r = 0; r < n; r++)
    values[r] = cell->at[(r * analysis->n_checkpoints + checkpoint) * n_metrics + metric];
  struct joust_summary summary = joust_summarise(values, n);
  free(values);
  return (struct joust_estimate){(uint32_t)summary.n, summary.mean, summary.se, summary.sd};
}

const char *joust_checkpoint_note(const struct joust_analysis *analysis, const struct joust_contest *contest,
                                  size_t checkpoint) {
  double at = analysis->checkpoints[checkpoint], most = NAN;
  if (isinf(at)) return "";
  if (is_costless(analysis, contest, checkpoint)) return " (no cost is measured)";
  for (uint32_t o = 0; o < analysis->n_optimisers; o++) {
    for (uint32_t r = 0; contest->cells[o].runs && r < contest->n_rows; r++) {
      const struct joust_shown_run *run = &contest->cells[o].runs[r];
      if (joust_run_counts(run)) most = fmax(most, analysis->by_cost ? run->cost : run->trials); /* leaves out NaN */
    }
  }
  return at > most ? " (all runs had ended)" : "";
}

const struct joust_published *joust_published_find(const struct joust_analysis *analysis, const char *label,
                                                   const char *problem, const char *metric) {
  for (size_t i = 0; i < analysis->n_published; i++) {
    const struct joust_published *row = &analysis->published[i];
    if (strcmp(row->label, label) == 0 && strcmp(row->problem, problem) == 0 && strcmp(row->metric, metric) == 0)
      return row;
  }
  return NULL;
}

double joust_regret(const struct joust_store_definition *problem, double value) {
  return problem->direction * (value - problem->best) + 0.0; /* never -0 */
}

double joust_contest_regret(const struct joust_analysis *analysis, const struct joust_contest *contest, double value) {
  return joust_definition_of(analysis, contest)->direction * (value - contest->reference) + 0.0;
}

uint32_t joust_contest_values(double *values, const struct joust_contest *contest, uint32_t optimiser) {
  const struct joust_cell *cell = &contest->cells[optimiser];
  uint32_t n = 0;
  for (uint32_t r = 0; cell->runs && r < contest->n_rows; r++)
    if (joust_run_counts(&cell->runs[r])) values[n++] = cell->runs[r].value;
  return n;
}
