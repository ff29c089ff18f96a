/* The tables of the page: over all problems, of pairs, and of each problem. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/html_parts.h"
#include "stats/effect.h"

uint32_t joust_page_order(const struct joust_page *page, const struct joust_contest *contest, uint32_t *order) {
  const struct joust_analysis *analysis = page->analysis;
  uint32_t n = 0;
  for (uint32_t o = 0; o < analysis->n_optimisers; o++) {
    const struct joust_shown_optimiser *optimiser = &analysis->optimisers[o];
    if (contest ? !contest->cells[o].runs : !optimiser->compared) continue;
    double rank = contest ? contest->cells[o].rank : optimiser->mean_rank;
    uint32_t place = n++;
    for (; place > 0; place--) {
      uint32_t other = order[place - 1];
      double rank_of_other = contest ? contest->cells[other].rank : analysis->optimisers[other].mean_rank;
      if (!(isnan(rank_of_other) && !isnan(rank)) && !(rank_of_other > rank)) break;
      order[place] = other;
    }
    order[place] = o;
  }
  return n;
}

/* ---- over all problems ---------------------------------------------------------------------------------------------
 */

struct total {                 /* of an optimiser */
  uint32_t runs, failed;       /* over all contests */
  uint32_t wins, ties, losses; /* over ranked ones */
  double cpu_seconds;
};

static struct total total_of(const struct joust_analysis *analysis, uint32_t optimiser) {
  struct total total = {0};
  for (uint32_t c = 0; c < analysis->n_contests; c++) {
    const struct joust_contest *contest = &analysis->contests[c];
    const struct joust_cell *cell = &contest->cells[optimiser];
    uint32_t there = cell->complete + cell->failed + cell->unfinished;
    total.runs += there;
    total.failed += cell->failed + cell->valueless;
    total.cpu_seconds += there ? cell->cpu_seconds * there : 0;
    for (uint32_t j = 0; j < analysis->n_optimisers && contest->ranked; j++) {
      const struct joust_pair *pair = &contest->pairs[optimiser * analysis->n_optimisers + j];
      total.wins += pair->wins;
      total.ties += pair->ties;
      total.losses += pair->losses;
    }
  }
  return total;
}

static void ranking_heads(struct joust_page *page) {
  joust_page_head(page, "Optimiser", NULL);
  if (page->analysis->n_ranked == 1)
    joust_page_head(page, "Rank by mean", "by the mean value at the end; 1 is best");
  else
    joust_page_head(page, "Mean rank", "mean over problems of the rank by the mean value at the end; 1 is best");
  joust_page_head(page, "Score", "mean over problems; 0 is random search, 100 the best value known");
  joust_page_head(page, "Best", "probability of being best on a seed, mean over problems; ties share");
  joust_page_head(page, "Area", "area under the share of targets reached, logarithmic budget; 1 is best");
  joust_page_head(page, "Won", "comparisons with another optimiser on one seed of one problem");
  joust_page_head(page, "Tied", "the same value at the end");
  joust_page_head(page, "Lost", NULL);
  joust_page_head(page, "Runs", NULL);
  joust_page_head(page, "Failed", NULL);
  joust_page_head(page, "CPU ms", "processor time of a run, mean");
  joust_page_body(page);
}

static void ranking_row(struct joust_page *page, uint32_t o) {
  const struct joust_shown_optimiser *optimiser = &page->analysis->optimisers[o];
  struct total total = total_of(page->analysis, o);
  joust_page_row(page, NULL);
  joust_page_label(page, o);
  joust_page_number(page, optimiser->mean_rank, "%.2f", optimiser->mean_rank);
  joust_page_number(page, optimiser->score, "%.1f", optimiser->score);
  joust_page_number(page, optimiser->best_share, "%.0f %%", 100 * optimiser->best_share);
  joust_page_number(page, optimiser->area, "%.3f", optimiser->area);
  joust_page_number(page, total.wins, "%u", total.wins);
  joust_page_number(page, total.ties, "%u", total.ties);
  joust_page_number(page, total.losses, "%u", total.losses);
  joust_page_number(page, total.runs, "%u", total.runs);
  joust_page_number(page, total.failed, "%u", total.failed);
  double cpu = total.runs ? 1e3 * total.cpu_seconds / total.runs : NAN;
  joust_page_number(page, cpu, cpu < 100 ? "%.2f" : "%.0f", cpu);
}

static void add_p(struct joust_page *page, double p) {
  char text[JOUST_P_SIZE];
  joust_p_text(text, p);
  joust_page_number(page, p, "%s", strncmp(text, "p ", 2) == 0 ? text + (text[2] == '=' ? 4 : 2) : text);
}

static void pair_row(struct joust_page *page, uint32_t i, uint32_t j) {
  const struct joust_comparison *comparison = &page->analysis->comparison;
  const struct joust_pair *pair = &comparison->pairs[i * comparison->k + j];
  bool separated = comparison->separated[i * comparison->k + j];
  joust_page_row(page, NULL);
  joust_page_label(page, comparison->optimisers[i]);
  joust_page_add(page, "<td>");
  joust_page_name(page, comparison->optimisers[j]);
  joust_page_add(page, "</td>");
  joust_page_number(page, pair->wins, "%u", pair->wins);
  joust_page_number(page, pair->ties, "%u", pair->ties);
  joust_page_number(page, pair->losses, "%u", pair->losses);
  joust_page_number(page, pair->a12, "%.2f", pair->a12);
  joust_page_number(page, pair->delta, "%+.2f, %s", pair->delta,
                    joust_magnitude_word(joust_cliffs_delta_magnitude(pair->delta)));
  add_p(page, comparison->nemenyi[i * comparison->k + j]);
  joust_page_cell(page, separated ? "yes" : "not separated");
  add_p(page, pair->p);
  add_p(page, pair->holm);
}

static void pairs_table(struct joust_page *page) {
  const struct joust_comparison *comparison = &page->analysis->comparison;
  bool problems = comparison->blocks == JOUST_BLOCKS_PROBLEMS;
  char *caption = joust_format("Pairs of optimisers over %u blocks (%s)", comparison->n_blocks,
                               problems                        ? "problems"
                               : page->analysis->n_ranked == 1 ? "seeds"
                                                               : "problem-seed pairs");
  joust_page_table(page, caption);
  joust_page_head(page, "Optimiser", NULL);
  joust_page_head(page, "against", NULL);
  joust_page_head(page, "Won", "blocks");
  joust_page_head(page, "Tied", "blocks");
  joust_page_head(page, "Lost", "blocks");
  joust_page_head(page, "A",
                  "Vargha and Delaney's A: probability that a run of the first is better than one of the "
                  "second, mean over problems");
  joust_page_head(page, "Cliff's delta", "2 A - 1, and how large that is");
  joust_page_head(page, "Nemenyi p", "of the difference of mean ranks, all pairs at once");
  joust_page_head(page, "Separated", "p of Friedman's test and of Nemenyi's both at most the level");
  joust_page_head(page, "Signed-rank p", "Wilcoxon with Pratt's zeros on relative regrets, two-sided");
  joust_page_head(page, "Holm p", "the same, corrected for the number of pairs");
  joust_page_body(page);
  for (uint32_t i = 0; i < comparison->k; i++)
    for (uint32_t j = i + 1; j < comparison->k; j++) pair_row(page, i, j);
  joust_page_table_end(page);
  joust_page_note(page, "A: probability that a run of the first is better than one of the second, and Cliff's delta is "
                        "2 A - 1. Won, tied and lost count blocks. Separated: p of Friedman's test and of Nemenyi's "
                        "both at most the level.");
  free(caption);
}

void joust_page_ranking(struct joust_page *page) {
  uint32_t *order = joust_alloc(page->analysis->n_optimisers, sizeof *order);
  uint32_t n = joust_page_order(page, NULL, order);
  if (n > 0) {
    joust_page_table(page, page->analysis->n_ranked == 1 ? "Ranking" : "Ranking over all problems");
    ranking_heads(page);
    for (uint32_t i = 0; i < n; i++) ranking_row(page, order[i]);
    joust_page_table_end(page);
    joust_page_note(page, "Score: 0 is random search, 100 the best value known. Best: probability of being best on a "
                          "seed. Area: under the share of targets reached over the budget, 1 is best. Won, tied and "
                          "lost are comparisons with another optimiser on one seed of one problem.");
  }
  free(order);
  if (page->analysis->comparison.k > 1 && page->analysis->comparison.n_blocks > 1) {
    joust_page_add(page, "<details class=\"print\"><summary>Tests of pairs</summary>\n");
    pairs_table(page);
    joust_page_add(page, "</details>\n");
  }
}

/* ---- a problem ------------------------------------------------------------------------------------------------------
 */

static void metric_head(struct joust_page *page, const struct joust_store_metric *metric) {
  char *hint = joust_format("%s%s%s%s: mean ± standard deviation over complete runs", metric->title,
                            *metric->unit ? " (" : "", metric->unit, *metric->unit ? ")" : "");
  joust_page_head(page, metric->name, hint);
  free(hint);
}

static void problem_heads(struct joust_page *page, const struct joust_store_definition *problem) {
  const struct joust_store_metric *objective = &problem->metrics[problem->objective];
  joust_page_head(page, "Optimiser", NULL);
  joust_page_head(page, "Rank", "by the mean; a failed run counts as the worst value of the problem");
  joust_page_head(page, "Runs", "complete runs, and how many there are");
  metric_head(page, objective);
  joust_page_head(page, "95 % interval", "of the mean: bootstrap, BCa");
  joust_page_head(page, "Median", NULL);
  joust_page_head(page, "Regret", "mean distance to the best value known");
  for (uint32_t m = 0; m < problem->n_metrics; m++)
    if (joust_is_reported(problem, m)) metric_head(page, &problem->metrics[m]);
  joust_page_head(page, "Score", "0 is random search, 100 the best value known");
  joust_page_head(page, "Best", "probability of being best on a seed; ties share");
  joust_page_head(page, "A", "probability that a run of the first is better than one of this optimiser");
  joust_page_head(page, "Holm p", "signed-rank test against the first, over seeds, corrected for the number of pairs");
  joust_page_body(page);
}

static void problem_row(struct joust_page *page, const struct joust_contest *contest, uint32_t first, uint32_t o) {
  const struct joust_analysis *analysis = page->analysis;
  const struct joust_store_definition *problem = joust_definition_of(analysis, contest);
  const struct joust_cell *cell = &contest->cells[o];
  const struct joust_pair *pair = &contest->pairs[first * analysis->n_optimisers + o];
  int decimals = problem->metrics[problem->objective].decimals;
  uint32_t there = cell->complete + cell->failed + cell->unfinished;
  size_t end = joust_page_end(analysis);
  joust_page_row(page, NULL);
  joust_page_label(page, o);
  joust_page_number(page, cell->rank, "%g", cell->rank);
  if (cell->complete - cell->valueless == there)
    joust_page_number(page, there, "%u", there);
  else
    joust_page_number(page, cell->complete - cell->valueless, "%u of %u", cell->complete - cell->valueless, there);
  bool any = joust_cell_has_value(cell);
  joust_page_mean(page, any ? cell->mean : NAN, cell->sd, decimals);
  joust_page_number(page, any ? cell->mean_lower : NAN, "%.*f to %.*f", decimals, cell->mean_lower, decimals,
                    cell->mean_upper);
  joust_page_number(page, any ? cell->median : NAN, "%.*f", decimals, cell->median);
  double regret = joust_cell_regret(analysis, contest, o);
  joust_page_number(page, isinf(regret) ? NAN : regret, "%.*f", decimals, regret);
  for (uint32_t m = 0; m < problem->n_metrics; m++) {
    if (!joust_is_reported(problem, m)) continue;
    struct joust_estimate value = joust_analysis_estimate(analysis, contest, o, end, m);
    joust_page_mean(page, value.mean, value.deviation, problem->metrics[m].decimals);
  }
  joust_page_number(page, cell->score, "%.1f", cell->score);
  joust_page_number(page, cell->best_share, "%.0f %%", 100 * cell->best_share);
  joust_page_number(page, o == first ? NAN : pair->a12, "%.2f", pair->a12);
  add_p(page, o == first ? NAN : pair->holm);
}

/* ---- a problem's section --------------------------------------------------------------------------------------------
 */

static void describe_problem(struct joust_page *page, const struct joust_contest *contest) {
  const struct joust_analysis *analysis = page->analysis;
  const struct joust_shown_problem *shown = &analysis->problems[contest->problem];
  const struct joust_store_definition *problem = &shown->definition;
  const struct joust_store_metric *objective = &problem->metrics[problem->objective];
  cJSON *json = cJSON_Parse(shown->json);
  const char *title = cJSON_GetStringValue(joust_json_member(json, "title"));
  const char *source = cJSON_GetStringValue(joust_json_member(json, "best_source"));
  struct joust_text budget = {0};
  joust_sentences_budget(&budget, analysis, contest);
  joust_page_add(page, "<p>");
  if (title && *title) joust_page_textf(page, "%s. ", title);
  joust_page_textf(page, "%s %s%s%s%s; %s a run, %u %s.", problem->direction < 0 ? "Maximise" : "Minimise",
                   objective->title, *objective->unit ? " (" : "", objective->unit, *objective->unit ? ")" : "",
                   joust_text_string(&budget), contest->n_rows, contest->n_rows == 1 ? "seed" : "seeds");
  if (contest->known)
    joust_page_textf(page, " Best known: %.*f%s%s%s.", objective->decimals, problem->best,
                     source && *source ? " (" : "", source && *source ? source : "", source && *source ? ")" : "");
  else if (!contest->nothing)
    joust_page_textf(page, " The best value is not known; the best found here is %.*f.", objective->decimals,
                     contest->reference);
  joust_page_add(page, "</p>\n");
  joust_text_free(&budget);
  cJSON_Delete(json);
}

void joust_page_contest_id(struct joust_page *page, const struct joust_contest *contest) {
  joust_page_addf(page, "problem-%u", (unsigned)(contest - page->analysis->contests) + 1);
}

static int problem_section(struct joust_page *page, const struct joust_contest *contest, uint32_t *order,
                           struct joust_error *error) {
  const struct joust_shown_problem *problem = &page->analysis->problems[contest->problem];
  joust_page_add(page, "<section class=\"problem\" id=\"");
  joust_page_contest_id(page, contest);
  joust_page_add(page, "\">\n");
  joust_page_element(page, "h3", contest->label);
  describe_problem(page, contest);
  uint32_t n = joust_page_order(page, contest, order);
  char *caption = joust_format("%s at the end of the runs", contest->label);
  joust_page_table(page, caption);
  problem_heads(page, &problem->definition);
  for (uint32_t i = 0; i < n; i++) problem_row(page, contest, order[0], order[i]);
  joust_page_published(page, problem);
  joust_page_table_end(page);
  joust_page_note(page, "± is the standard deviation over runs. Score: 0 is random search, 100 the best value known. "
                        "Best: probability of being best on a seed. A: probability that a run of the first is better "
                        "than one of this optimiser; Holm p: their signed-rank test over seeds, corrected for the "
                        "number of pairs.");
  joust_page_published_sources(page, problem);
  free(caption);
  joust_page_checkpoints(page, contest);
  int code = joust_page_figures(page, (uint32_t)(contest - page->analysis->contests), error);
  joust_page_add(page, "</section>\n");
  return code;
}

int joust_page_problems(struct joust_page *page, struct joust_error *error) {
  uint32_t *order = joust_alloc(page->analysis->n_optimisers, sizeof *order);
  int code = 0;
  for (uint32_t c = 0; c < page->analysis->n_contests && !code; c++)
    code = problem_section(page, &page->analysis->contests[c], order, error);
  free(order);
  return code;
}
