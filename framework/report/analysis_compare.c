/* Tests of pairs within a contest, and the comparison over all contests. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/analysis_parts.h"
#include "stats/compare.h"
#include "stats/effect.h"
#include "stats/multiple.h"
#include "stats/signed_rank.h"
#include "stats/summary.h"

/* ---- losses ---------------------------------------------------------------------------------------------------------
 *
 * The objective, turned round where it is maximised: ordered and apart as regrets are, and it still shows how large the
 * numbers are, which the signed-rank test needs to know ties from noise (stats/signed_rank.h). */

static double run_loss(const struct joust_analysis *analysis, const struct joust_contest *contest,
                       const struct joust_shown_run *run) {
  return isnan(run->value) ? INFINITY : joust_definition_of(analysis, contest)->direction * run->value;
}

/* The mean; infinite where no run has a value. */
static double cell_loss(const struct joust_analysis *analysis, const struct joust_contest *contest, uint32_t o) {
  double regret = joust_cell_regret(analysis, contest, o);
  return isfinite(regret) ? joust_definition_of(analysis, contest)->direction * contest->cells[o].mean : regret;
}

/* ---- pairs --------------------------------------------------------------------------------------------------------
 */

static struct joust_pair test_pair(const double *x, const double *y, uint32_t n) {
  struct joust_signed_rank test = joust_signed_rank_test(x, y, n, JOUST_ZEROS_PRATT);
  struct joust_pair pair = {.n = n, .p = test.p, .effect = n ? test.effect : NAN, .a12 = NAN, .delta = NAN};
  for (uint32_t i = 0; i < n; i++) {
    double a = joust_or_worst(x[i]), b = joust_or_worst(y[i]);
    pair.wins += a < b;
    pair.ties += a == b;
    pair.losses += a > b;
  }
  return pair;
}

/* The pair seen from the other side. */
static struct joust_pair turned(struct joust_pair pair) {
  uint32_t wins = pair.wins;
  pair.wins = pair.losses;
  pair.losses = wins;
  pair.effect = -pair.effect;
  pair.a12 = 1 - pair.a12;
  pair.delta = -pair.delta;
  return pair;
}

/* Holm's correction over the pairs i < j of a k x k matrix; fills the other half. */
static void correct_pairs(struct joust_pair *pairs, uint32_t k) {
  double *p = joust_alloc((size_t)k * k, sizeof *p);
  size_t n = 0;
  for (uint32_t i = 0; i < k; i++)
    for (uint32_t j = i + 1; j < k; j++) p[n++] = pairs[i * k + j].p;
  joust_holm(p, p, n);
  n = 0;
  for (uint32_t i = 0; i < k; i++) {
    for (uint32_t j = i + 1; j < k; j++) {
      pairs[i * k + j].holm = p[n++];
      pairs[j * k + i] = turned(pairs[i * k + j]);
    }
  }
  free(p);
}

static const struct joust_pair no_pair = {.p = NAN, .holm = NAN, .effect = NAN, .a12 = NAN, .delta = NAN};

static struct joust_pair pair_cells(const struct joust_analysis *analysis, const struct joust_contest *contest,
                                    const struct joust_cell *a, const struct joust_cell *b) {
  if (!a->n || !b->n || contest->nothing) return no_pair;
  double *x = joust_alloc(2 * (size_t)contest->n_rows, sizeof *x), *y = x + contest->n_rows;
  uint32_t n = 0;
  for (uint32_t r = 0; r < contest->n_rows; r++) {
    if (!joust_run_counts(&a->runs[r]) || !joust_run_counts(&b->runs[r])) continue;
    x[n] = run_loss(analysis, contest, &a->runs[r]);
    y[n++] = run_loss(analysis, contest, &b->runs[r]);
  }
  struct joust_pair pair = n ? test_pair(x, y, n) : no_pair;
  if (n) {
    pair.a12 = joust_a12(x, n, y, n);
    pair.delta = joust_cliffs_delta(x, n, y, n);
  }
  free(x);
  return pair;
}

static void pair_contest(const struct joust_analysis *analysis, struct joust_contest *contest) {
  uint32_t k = analysis->n_optimisers;
  contest->pairs = joust_alloc((size_t)k * k, sizeof *contest->pairs);
  for (uint32_t i = 0; i < k; i++) {
    contest->pairs[i * k + i] = no_pair;
    for (uint32_t j = i + 1; j < k; j++)
      contest->pairs[i * k + j] = pair_cells(analysis, contest, &contest->cells[i], &contest->cells[j]);
  }
  correct_pairs(contest->pairs, k);
}

/* ---- rows that all have: shares, and blocks -------------------------------------------------------------------------
 */

/* Values (rows x k) of the rows in which the runs of all k optimisers count: losses over `scale`, infinite where there
 * is no value. Returns the number of rows. */
static uint32_t common_rows(double *values, const struct joust_analysis *analysis, const struct joust_contest *contest,
                            const uint32_t *optimisers, uint32_t k, double scale) {
  uint32_t n = 0;
  for (uint32_t r = 0; r < contest->n_rows; r++) {
    bool all = true;
    for (uint32_t i = 0; i < k && all; i++) all = joust_run_counts(&contest->cells[optimisers[i]].runs[r]);
    if (!all) continue;
    for (uint32_t i = 0; i < k; i++)
      values[n * k + i] = run_loss(analysis, contest, &contest->cells[optimisers[i]].runs[r]) / scale;
    n++;
  }
  return n;
}

static void share_contest(const struct joust_analysis *analysis, struct joust_contest *contest) {
  uint32_t k = 0, *present = joust_alloc(analysis->n_optimisers, sizeof *present);
  for (uint32_t o = 0; o < analysis->n_optimisers; o++)
    if (contest->cells[o].n) present[k++] = o;
  double *values = joust_alloc((size_t)contest->n_rows * k, sizeof *values), *shares = joust_alloc(k, sizeof *shares);
  uint32_t n = common_rows(values, analysis, contest, present, k, 1);
  joust_best_share(shares, values, n, k);
  for (uint32_t i = 0; i < k && n; i++) contest->cells[present[i]].best_share = shares[i];
  free(values);
  free(shares);
  free(present);
}

/* 0 is what random search gives, the first by label if there are several. */
static void score_contest(const struct joust_analysis *analysis, struct joust_contest *contest) {
  double random = NAN;
  for (uint32_t o = analysis->n_optimisers; o-- > 0;)
    if (contest->cells[o].n && strcmp(analysis->optimisers[o].name, "random") == 0) random = contest->cells[o].mean;
  for (uint32_t o = 0; o < analysis->n_optimisers; o++)
    if (contest->cells[o].n) contest->cells[o].score = joust_score(contest->cells[o].mean, random, contest->reference);
}

static void average_shares(struct joust_analysis *analysis) {
  for (uint32_t o = 0; o < analysis->n_optimisers; o++) {
    struct joust_shown_optimiser *optimiser = &analysis->optimisers[o];
    double shares = 0, scores = 0;
    if (!optimiser->compared) continue;
    for (uint32_t c = 0; c < analysis->n_contests; c++) {
      if (!analysis->contests[c].ranked) continue;
      shares += analysis->contests[c].cells[o].best_share / analysis->n_ranked;
      scores += analysis->contests[c].cells[o].score / analysis->n_ranked;
    }
    optimiser->best_share = shares;
    optimiser->score = scores;
  }
}

/* The score of a failed run is 0, and so it counts in means; but where none has a value there is no score to show. */
static void drop_scores(struct joust_analysis *analysis) {
  for (uint32_t o = 0; o < analysis->n_optimisers; o++) {
    bool any = false;
    for (uint32_t c = 0; c < analysis->n_contests; c++) {
      struct joust_cell *cell = &analysis->contests[c].cells[o];
      if (joust_cell_has_value(cell))
        any = any || analysis->contests[c].ranked;
      else
        cell->score = NAN;
    }
    if (!any) analysis->optimisers[o].score = NAN;
  }
}

void joust_analysis_pairs(struct joust_analysis *analysis) {
  for (uint32_t c = 0; c < analysis->n_contests; c++) {
    struct joust_contest *contest = &analysis->contests[c];
    pair_contest(analysis, contest);
    if (contest->nothing) continue;
    share_contest(analysis, contest);
    score_contest(analysis, contest);
  }
  average_shares(analysis);
  drop_scores(analysis);
}

/* ---- over all problems ----------------------------------------------------------------------------------------------
 */

static double *problem_blocks(const struct joust_analysis *analysis, struct joust_comparison *comparison) {
  uint32_t k = comparison->k;
  double *values = joust_alloc((size_t)analysis->n_ranked * k, sizeof *values);
  for (uint32_t c = 0; c < analysis->n_contests; c++) {
    const struct joust_contest *contest = &analysis->contests[c];
    if (!contest->ranked) continue;
    for (uint32_t i = 0; i < k; i++)
      values[comparison->n_blocks * k + i] = cell_loss(analysis, contest, comparison->optimisers[i]) / contest->scale;
    comparison->n_blocks++;
  }
  return values;
}

static double *run_blocks(const struct joust_analysis *analysis, struct joust_comparison *comparison) {
  size_t rows = 0;
  for (uint32_t c = 0; c < analysis->n_contests; c++) rows += analysis->contests[c].n_rows;
  double *values = joust_alloc(rows * comparison->k, sizeof *values);
  for (uint32_t c = 0; c < analysis->n_contests; c++) {
    const struct joust_contest *contest = &analysis->contests[c];
    if (contest->ranked)
      comparison->n_blocks += common_rows(values + (size_t)comparison->n_blocks * comparison->k, analysis, contest,
                                          comparison->optimisers, comparison->k, contest->scale);
  }
  return values;
}

/* Optimisers in the order of their mean ranks over the blocks, equal ones by label; and the columns of values with
 * them.
 */
static void sort_by_rank(struct joust_comparison *comparison, double *values) {
  uint32_t k = comparison->k;
  struct joust_keyed *keyed = joust_alloc(k, sizeof *keyed);
  uint32_t *optimisers = joust_alloc(k, sizeof *optimisers);
  double *row = joust_alloc(k, sizeof *row);
  joust_sort_keyed(keyed, comparison->mean_ranks, k);
  for (uint32_t i = 0; i < k; i++) {
    comparison->mean_ranks[i] = keyed[i].value;
    optimisers[i] = comparison->optimisers[keyed[i].index];
  }
  memcpy(comparison->optimisers, optimisers, k * sizeof *optimisers);
  for (uint32_t b = 0; b < comparison->n_blocks; b++) {
    for (uint32_t i = 0; i < k; i++) row[i] = values[(size_t)b * k + keyed[i].index];
    memcpy(values + (size_t)b * k, row, k * sizeof *row);
  }
  free(keyed);
  free(optimisers);
  free(row);
}

/* Mean over problems of an effect, which says the same whatever the number of seeds. */
static void average_effects(const struct joust_analysis *analysis, struct joust_comparison *comparison, uint32_t i,
                            uint32_t j) {
  struct joust_pair *pair = &comparison->pairs[i * comparison->k + j];
  pair->a12 = pair->delta = 0;
  for (uint32_t c = 0; c < analysis->n_contests; c++) {
    if (!analysis->contests[c].ranked) continue;
    const struct joust_pair *here =
        &analysis->contests[c].pairs[comparison->optimisers[i] * analysis->n_optimisers + comparison->optimisers[j]];
    pair->a12 += here->a12 / analysis->n_ranked;
    pair->delta += here->delta / analysis->n_ranked;
  }
}

static void compare_pairs(const struct joust_analysis *analysis, struct joust_comparison *comparison,
                          const double *values) {
  uint32_t k = comparison->k, n = comparison->n_blocks;
  double *x = joust_alloc(2 * (size_t)n, sizeof *x), *y = x + n;
  comparison->pairs = joust_alloc((size_t)k * k, sizeof *comparison->pairs);
  comparison->nemenyi = joust_alloc((size_t)k * k, sizeof *comparison->nemenyi);
  comparison->separated = joust_alloc((size_t)k * k, sizeof *comparison->separated);
  for (uint32_t i = 0; i < k; i++) {
    comparison->pairs[i * k + i] = no_pair;
    for (uint32_t j = 0; j < k; j++) {
      double p = joust_nemenyi_p(fabs(comparison->mean_ranks[i] - comparison->mean_ranks[j]), k, n);
      comparison->nemenyi[i * k + j] = p;
      comparison->separated[i * k + j] = i != j && comparison->test.p <= analysis->alpha && p <= analysis->alpha;
      if (j <= i) continue;
      for (uint32_t b = 0; b < n; b++) {
        x[b] = values[(size_t)b * k + i];
        y[b] = values[(size_t)b * k + j];
      }
      comparison->pairs[i * k + j] = n ? test_pair(x, y, n) : no_pair;
      average_effects(analysis, comparison, i, j);
    }
  }
  correct_pairs(comparison->pairs, k);
  free(x);
}

static void find_groups(struct joust_comparison *comparison) {
  uint32_t k = comparison->k;
  comparison->groups = joust_alloc((size_t)k * k, sizeof *comparison->groups);
  comparison->n_groups = (uint32_t)joust_groups(comparison->groups, k, comparison->separated, k);
}

void joust_analysis_compare(struct joust_analysis *analysis, enum joust_blocks blocks) {
  struct joust_comparison *comparison = &analysis->comparison;
  comparison->optimisers = joust_alloc(analysis->n_optimisers, sizeof *comparison->optimisers);
  for (uint32_t o = 0; o < analysis->n_optimisers; o++)
    if (analysis->optimisers[o].compared) comparison->optimisers[comparison->k++] = o;
  comparison->blocks = analysis->n_ranked == 1 ? JOUST_BLOCKS_RUNS : blocks;
  comparison->mean_ranks = joust_alloc(comparison->k, sizeof *comparison->mean_ranks);
  double *values = comparison->blocks == JOUST_BLOCKS_PROBLEMS ? problem_blocks(analysis, comparison)
                                                               : run_blocks(analysis, comparison);
  comparison->test = joust_friedman_test(comparison->mean_ranks, values, comparison->n_blocks, comparison->k);
  comparison->critical_difference = joust_nemenyi_difference(comparison->k, comparison->n_blocks, analysis->alpha);
  sort_by_rank(comparison, values);
  compare_pairs(analysis, comparison, values);
  find_groups(comparison);
  free(values);
}
