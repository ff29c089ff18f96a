#include "report/sentences.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/analysis_parts.h"
#include "report/sentences_parts.h"

/* ---- small things --------------------------------------------------------------------------------------------------
 */

const char *joust_p_text(char buffer[JOUST_P_SIZE], double p) {
  if (isnan(p))
    snprintf(buffer, JOUST_P_SIZE, "p not defined");
  else if (p < 0.001)
    snprintf(buffer, JOUST_P_SIZE, "p < 0.001");
  else if (p > 0.999)
    snprintf(buffer, JOUST_P_SIZE, "p > 0.999");
  else
    snprintf(buffer, JOUST_P_SIZE, "p = %.3f", p);
  return buffer;
}

void joust_sentences_count(struct joust_text *text, uint64_t n, const char *singular, const char *plural) {
  joust_text_addf(text, "%llu %s", (unsigned long long)n, n == 1 ? singular : plural);
}

void joust_sentences_between(struct joust_text *text, size_t i, size_t n) {
  if (i > 0) joust_text_add(text, i + 1 == n ? " and " : ", ");
}

static const char *cost_unit(const struct joust_analysis *analysis, const struct joust_contest *contest) {
  const struct joust_store_definition *problem = joust_definition_of(analysis, contest);
  return problem->cost < 0 ? "" : problem->metrics[problem->cost].unit;
}

void joust_sentences_budget(struct joust_text *text, const struct joust_analysis *analysis,
                            const struct joust_contest *contest) {
  size_t n = (size_t)(isfinite(contest->trials) + isfinite(contest->cost) + isfinite(contest->seconds)), i = 0;
  const char *unit = cost_unit(analysis, contest);
  if (n == 0) joust_text_add(text, "no limit");
  if (isfinite(contest->trials)) {
    joust_sentences_between(text, i++, n);
    joust_sentences_count(text, (uint64_t)contest->trials, "trial", "trials");
  }
  if (isfinite(contest->cost)) {
    joust_sentences_between(text, i++, n);
    joust_text_addf(text, "a cost of %.10g%s%s", contest->cost, *unit ? " " : "", unit);
  }
  if (isfinite(contest->seconds)) {
    joust_sentences_between(text, i++, n);
    joust_text_addf(text, "%.10g s of time", contest->seconds);
  }
}

/* ---- over what -----------------------------------------------------------------------------------------------------
 */

static bool same_limits(const struct joust_contest *a, const struct joust_contest *b) {
  return a->trials == b->trials && a->cost == b->cost && a->seconds == b->seconds;
}

static const struct joust_contest *first_ranked(const struct joust_analysis *analysis) {
  uint32_t c = 0;
  while (!analysis->contests[c].ranked) c++;
  return &analysis->contests[c];
}

static void add_budget_of_all(struct joust_text *text, const struct joust_analysis *analysis) {
  const struct joust_contest *first = first_ranked(analysis);
  bool equal = true;
  for (uint32_t c = 0; c < analysis->n_contests; c++)
    equal = equal && (!analysis->contests[c].ranked || same_limits(first, &analysis->contests[c]));
  if (!equal) {
    joust_text_add(text, "each with a budget of its own");
    return;
  }
  joust_text_add(text, "with ");
  joust_sentences_budget(text, analysis, first);
  joust_text_add(text, " a run");
}

static void add_seeds(struct joust_text *text, const struct joust_analysis *analysis) {
  uint32_t least = UINT32_MAX, most = 0;
  for (uint32_t c = 0; c < analysis->n_contests; c++) {
    const struct joust_contest *contest = &analysis->contests[c];
    if (!contest->ranked) continue;
    least = contest->n_rows < least ? contest->n_rows : least;
    most = contest->n_rows > most ? contest->n_rows : most;
  }
  if (least != most) joust_text_addf(text, "%u to ", least);
  joust_sentences_count(text, most, "seed", "seeds");
}

/* "Over 3 problems (a, b and c), with 200 trials a run and 30 seeds" */
static void add_scope(struct joust_text *text, const struct joust_analysis *analysis) {
  enum { MOST_NAMES = 8 };
  uint32_t n = analysis->n_ranked, named = 0;
  if (n == 1) {
    joust_text_addf(text, "On %s, ", first_ranked(analysis)->label);
  } else {
    joust_text_addf(text, "Over %u problems", n);
    if (n <= MOST_NAMES) {
      joust_text_add(text, " (");
      for (uint32_t c = 0; c < analysis->n_contests; c++) {
        if (!analysis->contests[c].ranked) continue;
        joust_sentences_between(text, named++, n);
        joust_text_add(text, analysis->contests[c].label);
      }
      joust_text_add(text, ")");
    }
    joust_text_add(text, ", ");
  }
  add_budget_of_all(text, analysis);
  joust_text_add(text, " and ");
  add_seeds(text, analysis);
}

/* ---- who is first, by how much -------------------------------------------------------------------------------------
 */

static const char *label_of(const struct joust_analysis *analysis, uint32_t place) {
  return analysis->optimisers[analysis->comparison.optimisers[place]].label;
}

static double rank_of(const struct joust_analysis *analysis, uint32_t place) {
  return analysis->comparison.mean_ranks[place];
}

/* How many share the first rank. */
static uint32_t firsts(const struct joust_analysis *analysis) {
  uint32_t n = 1;
  while (n < analysis->comparison.k && rank_of(analysis, n) == rank_of(analysis, 0)) n++;
  return n;
}

/* The tables rank by the mean on each problem; over runs as blocks, runs are ranked seed by seed. */
static const char *rank_word(const struct joust_analysis *analysis) {
  if (analysis->comparison.blocks == JOUST_BLOCKS_PROBLEMS) return "mean rank";
  return analysis->n_ranked == 1 ? "mean rank over seeds" : "mean rank over problem-seed pairs";
}

static void add_ranking(struct joust_text *text, const struct joust_analysis *analysis) {
  uint32_t k = analysis->comparison.k, n = firsts(analysis);
  joust_text_add(text, ", ");
  for (uint32_t i = 0; i < n; i++) {
    joust_sentences_between(text, i, n);
    joust_text_add(text, label_of(analysis, i));
  }
  if (n == 1)
    joust_text_addf(text, " ranks first of %u optimisers (%s %.2f)", k, rank_word(analysis), rank_of(analysis, 0));
  else
    joust_text_addf(text,
                    n < k ? " share the first rank among %u optimisers (%s %.2f each)"
                          : " all share one rank: %u optimisers with %s %.2f each",
                    k, rank_word(analysis), rank_of(analysis, 0));
  if (n < k) joust_text_add(text, ", before ");
  for (uint32_t i = n; i < k; i++) {
    joust_sentences_between(text, i - n, k - n);
    joust_text_addf(text, "%s (%.2f)", label_of(analysis, i), rank_of(analysis, i));
  }
  joust_text_add(text, ".");
}

/* One problem: its values say how much. */
static void add_values(struct joust_text *text, const struct joust_analysis *analysis) {
  const struct joust_contest *contest = first_ranked(analysis);
  const struct joust_store_definition *problem = joust_definition_of(analysis, contest);
  const struct joust_store_metric *metric = &problem->metrics[problem->objective];
  uint32_t k = analysis->comparison.k;
  joust_text_addf(text, " The mean %s at the end is ", metric->title);
  for (uint32_t i = 0; i < k; i++) {
    const struct joust_cell *cell = &contest->cells[analysis->comparison.optimisers[i]];
    joust_sentences_between(text, i, k);
    if (joust_cell_has_value(cell))
      joust_text_addf(text, "%.*f for %s", metric->decimals, cell->mean, label_of(analysis, i));
    else
      joust_text_addf(text, "none for %s", label_of(analysis, i));
  }
  if (contest->known) joust_text_addf(text, " (best known: %.*f)", metric->decimals, problem->best);
  joust_text_add(text, ".");
}

static bool reached_a_value(const struct joust_analysis *analysis, uint32_t optimiser) {
  for (uint32_t c = 0; c < analysis->n_contests; c++)
    if (analysis->contests[c].ranked && joust_cell_has_value(&analysis->contests[c].cells[optimiser])) return true;
  return false;
}

/* Several: a scale that does not depend on the problem. */
static void add_scores(struct joust_text *text, const struct joust_analysis *analysis) {
  const struct joust_comparison *comparison = &analysis->comparison;
  for (uint32_t i = 0; i < comparison->k; i++)
    if (reached_a_value(analysis, comparison->optimisers[i]) &&
        isnan(analysis->optimisers[comparison->optimisers[i]].score))
      return;
  joust_text_add(text, " On the scale from random search (0) to the best value known (100), ");
  for (uint32_t i = 0; i < comparison->k; i++) {
    joust_sentences_between(text, i, comparison->k);
    if (reached_a_value(analysis, comparison->optimisers[i]))
      joust_text_addf(text, i ? "%s %.1f" : "%s scores %.1f", label_of(analysis, i),
                      analysis->optimisers[comparison->optimisers[i]].score);
    else
      joust_text_addf(text, "%s nothing, as no run of it reached a value", label_of(analysis, i));
  }
  joust_text_add(text, ".");
}

/* ---- one optimiser, or none
 * ------------------------------------------------------------------------------------------ */

static void add_alone(struct joust_text *text, const struct joust_analysis *analysis, uint32_t optimiser) {
  const struct joust_shown_optimiser *shown = &analysis->optimisers[optimiser];
  bool deviations = false;
  add_scope(text, analysis);
  joust_text_addf(text, ", %s is the only optimiser, so there is nothing to compare it with. It reached ",
                  shown->label);
  for (uint32_t c = 0, n = 0; c < analysis->n_contests; c++) {
    const struct joust_contest *contest = &analysis->contests[c];
    const struct joust_store_definition *problem = joust_definition_of(analysis, contest);
    const struct joust_store_metric *metric = &problem->metrics[problem->objective];
    if (!contest->ranked) continue;
    joust_sentences_between(text, n++, analysis->n_ranked);
    joust_text_addf(text, "%.*f", metric->decimals, contest->cells[optimiser].mean);
    deviations = deviations || !isnan(contest->cells[optimiser].sd);
    if (!isnan(contest->cells[optimiser].sd))
      joust_text_addf(text, " ± %.*f", metric->decimals, contest->cells[optimiser].sd);
    if (analysis->n_ranked > 1) joust_text_addf(text, " on %s", contest->label);
  }
  joust_text_add(text, deviations ? " (mean and standard deviation of the objective at the end)."
                                  : " (the objective at the end).");
}

static void add_no_common_ground(struct joust_text *text, const struct joust_analysis *analysis) {
  add_scope(text, analysis);
  joust_text_add(text, ", no two optimisers have runs on every problem, so there is no ranking over all of them: the "
                       "tables compare on each problem those that met there.");
}

static bool has_values(const struct joust_analysis *analysis, uint32_t optimiser) {
  for (uint32_t c = 0; c < analysis->n_contests; c++)
    if (analysis->contests[c].cells[optimiser].n) return true;
  return false;
}

static void add_nothing(struct joust_text *text, const struct joust_analysis *analysis) {
  if (analysis->n_runs == 0) {
    joust_text_add(text, "The store holds no runs, so there is nothing to report yet.");
  } else if (analysis->n_unfinished == analysis->n_runs) {
    joust_text_add(text, "No run is finished yet, so there is nothing to compare: ");
    joust_sentences_count(text, analysis->n_unfinished, "run is", "runs are");
    joust_text_add(text, " under way or was interrupted. 'joust run' with the same sweep goes on with them.");
  } else {
    joust_text_add(text, "No run reached a value: ");
    if (analysis->n_failed) joust_text_addf(text, "%u of %u failed", analysis->n_failed, analysis->n_runs);
    if (analysis->n_failed && analysis->n_complete) joust_text_add(text, ", and ");
    if (analysis->n_complete == 1) joust_text_add(text, "in the complete one no trial succeeded");
    if (analysis->n_complete > 1)
      joust_text_addf(text, "in the %u complete ones no trial succeeded", analysis->n_complete);
    joust_text_add(text, ". There is nothing to compare; the reasons are listed under Failures.");
  }
}

static char *make_summary(const struct joust_analysis *analysis) {
  struct joust_text text = {0};
  uint32_t present = 0, last = 0;
  for (uint32_t o = 0; o < analysis->n_optimisers; o++) {
    if (!has_values(analysis, o)) continue;
    present++;
    last = o;
  }
  if (analysis->n_ranked == 0) {
    add_nothing(&text, analysis);
  } else if (present == 1 && analysis->optimisers[last].compared) {
    add_alone(&text, analysis, last);
  } else if (analysis->comparison.k < 2) {
    add_no_common_ground(&text, analysis);
  } else {
    add_scope(&text, analysis);
    add_ranking(&text, analysis);
    if (analysis->n_ranked == 1)
      add_values(&text, analysis);
    else
      add_scores(&text, analysis);
    joust_sentences_test(&text, analysis);
  }
  return joust_text_take(&text);
}

void joust_sentences_make(struct joust_sentences *sentences, const struct joust_analysis *analysis) {
  memset(sentences, 0, sizeof *sentences);
  sentences->summary = make_summary(analysis);
  joust_sentences_notes(sentences, analysis);
}

void joust_sentences_free(struct joust_sentences *sentences) {
  for (size_t i = 0; i < sentences->n_notes; i++) free(sentences->notes[i]);
  free(sentences->notes);
  free(sentences->summary);
  memset(sentences, 0, sizeof *sentences);
}
