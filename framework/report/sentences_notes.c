/* What a reader must know before believing the summary. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/analysis_parts.h"
#include "report/sentences_parts.h"
#include "report/twins.h"
#include "stats/enough.h"

static void add_note(struct joust_sentences *sentences, struct joust_text *text) {
  sentences->notes = joust_resize(sentences->notes, sentences->n_notes + 1, sizeof *sentences->notes);
  sentences->notes[sentences->n_notes++] = joust_text_take(text);
}

/* ---- too few -------------------------------------------------------------------------------------------------------
 */

static const char *block_word(const struct joust_analysis *analysis, bool one) {
  if (analysis->comparison.blocks == JOUST_BLOCKS_PROBLEMS) return one ? "problem" : "problems";
  if (analysis->n_ranked == 1) return one ? "seed" : "seeds";
  return one ? "problem-seed pair" : "problem-seed pairs";
}

static void note_few_blocks(struct joust_sentences *sentences, const struct joust_analysis *analysis) {
  const struct joust_comparison *comparison = &analysis->comparison;
  size_t needed = joust_enough_blocks(analysis->alpha, comparison->k);
  if (comparison->k < 2 || needed == JOUST_NEVER || comparison->n_blocks >= needed) return;
  bool one = comparison->n_blocks == 1;
  struct joust_text text = {0};
  joust_text_addf(&text,
                  "%u %s %s too few for any claim about ranks: at least %zu are needed before Friedman's test and "
                  "Nemenyi's can separate ",
                  comparison->n_blocks, block_word(analysis, one), one ? "is" : "are", needed);
  if (comparison->k == 2)
    joust_text_add(&text, "two optimisers.");
  else
    joust_text_addf(&text, "even the first of %u optimisers from the last.", comparison->k);
  add_note(sentences, &text);
}

/* The number with which the critical difference would shrink to the difference that was observed. */
static void note_needed(struct joust_sentences *sentences, const struct joust_analysis *analysis) {
  enum { FAR = 50 }; /* times as many as there are */
  const struct joust_comparison *comparison = &analysis->comparison;
  if (comparison->k < 2 || comparison->n_blocks < 2 || comparison->separated[1]) return;
  double difference = comparison->mean_ranks[1] - comparison->mean_ranks[0];
  if (!(difference > 0)) return;
  double needed = ceil(comparison->n_blocks * pow(comparison->critical_difference / difference, 2) - 1e-9);
  if (needed <= comparison->n_blocks) return;
  const char *first = analysis->optimisers[comparison->optimisers[0]].label;
  const char *second = analysis->optimisers[comparison->optimisers[1]].label;
  const char *blocks = block_word(analysis, false);
  struct joust_text text = {0};
  if (needed > FAR * comparison->n_blocks)
    joust_text_addf(&text,
                    "The mean ranks of %s and %s are so close that no realistic number of %s would separate them.",
                    first, second, blocks);
  else
    joust_text_addf(&text,
                    "If their mean ranks stayed as they are, about %.0f %s would separate %s from %s (there are %u): a "
                    "guide, not a promise.",
                    needed, blocks, first, second, comparison->n_blocks);
  add_note(sentences, &text);
}

/* Tests on a single problem pair the seeds. */
static void note_few_seeds(struct joust_sentences *sentences, const struct joust_analysis *analysis) {
  uint32_t few = 0, fewest = UINT32_MAX, most_present = 0;
  size_t most_needed = 0;
  for (uint32_t c = 0; c < analysis->n_contests; c++) {
    const struct joust_contest *contest = &analysis->contests[c];
    uint32_t k = contest->n_present;
    if (contest->nothing || k < 2) continue;
    size_t needed = joust_enough_pairs(analysis->alpha, (size_t)k * (k - 1) / 2);
    if (contest->n_rows >= needed) continue;
    few++;
    if (contest->n_rows < fewest) fewest = contest->n_rows;
    if (needed > most_needed) {
      most_needed = needed;
      most_present = k;
    }
  }
  if (few == 0) return;
  struct joust_text text = {0};
  joust_sentences_count(&text, fewest, "seed is", "seeds are");
  joust_text_addf(&text,
                  " too few for a significant difference on a single problem: with %u optimisers the signed-rank test "
                  "with Holm's correction needs at least %zu.",
                  most_present, most_needed);
  add_note(sentences, &text);
}

static void note_block_choice(struct joust_sentences *sentences, const struct joust_analysis *analysis) {
  const struct joust_comparison *comparison = &analysis->comparison;
  struct joust_text text = {0};
  if (comparison->k < 2) return;
  if (analysis->n_ranked == 1)
    joust_text_add(&text, "One problem says nothing about others: the tests are about new seeds on this problem.");
  else if (comparison->blocks == JOUST_BLOCKS_RUNS)
    joust_text_add(&text,
                   "With problem-seed pairs as blocks the tests are about new seeds on these problems; about new "
                   "problems only problems as blocks say something (the default), with far larger p.");
  else
    return;
  add_note(sentences, &text);
}

/* ---- what is not there ---------------------------------------------------------------------------------------------
 */

static void note_failures(struct joust_sentences *sentences, const struct joust_analysis *analysis) {
  uint32_t valueless = 0, failed_trials = 0;
  struct joust_text text = {0};
  for (uint32_t c = 0; c < analysis->n_contests; c++) {
    for (uint32_t o = 0; o < analysis->n_optimisers; o++) {
      const struct joust_cell *cell = &analysis->contests[c].cells[o];
      valueless += cell->valueless;
      for (uint32_t i = 0; i < cell->failures.n; i++) failed_trials += cell->failures.items[i].trials;
    }
  }
  if (analysis->n_ranked && analysis->n_failed + valueless > 0) {
    joust_sentences_count(&text, analysis->n_failed + valueless, "run", "runs");
    joust_text_addf(&text,
                    " of %u failed. %s in every comparison as worse than any value, and in means of the objective as "
                    "the worst value that any trial of the problem had; reported metrics are means over the others.",
                    analysis->n_runs, analysis->n_failed + valueless == 1 ? "It counts" : "They count");
    add_note(sentences, &text);
  }
  if (failed_trials) {
    joust_sentences_count(&text, failed_trials, "trial", "trials");
    joust_text_addf(&text, " failed: %s part of the budget and give%s no value (see Failures).",
                    failed_trials == 1 ? "it is" : "they are", failed_trials == 1 ? "s" : "");
    add_note(sentences, &text);
  }
}

/* Trials that an optimiser did not propose by its own method, such as random points where a model gave no answer. */
static void note_marks(struct joust_sentences *sentences, const struct joust_analysis *analysis) {
  for (uint32_t o = 0; o < analysis->n_optimisers; o++) {
    uint32_t marked = 0, trials = 0;
    const char *mark = NULL;
    struct joust_text text = {0};
    for (uint32_t c = 0; c < analysis->n_contests; c++) {
      const struct joust_contest *contest = &analysis->contests[c];
      const struct joust_cell *cell = &contest->cells[o];
      for (uint32_t i = 0; i < cell->marks.n; i++) {
        marked += cell->marks.items[i].trials;
        if (!mark) mark = cell->marks.items[i].text;
      }
      for (uint32_t r = 0; cell->runs && r < contest->n_rows; r++) trials += cell->runs[r].trials;
    }
    if (!marked) continue;
    joust_sentences_count(&text, marked, "trial", "trials");
    joust_text_addf(&text, " of %u by %s %s marked '%s': not proposed by its own method, but evaluated and counted.",
                    trials, analysis->optimisers[o].label, marked == 1 ? "is" : "are", mark);
    add_note(sentences, &text);
  }
}

static void note_playback(struct joust_sentences *sentences, const struct joust_analysis *analysis) {
  for (uint32_t o = 0; o < analysis->n_optimisers; o++) {
    struct joust_text text = {0};
    if (!analysis->optimisers[o].published) continue;
    joust_text_addf(
        &text, "%s plays back published proposals: its points come from a paper, their values from the problem here.",
        analysis->optimisers[o].label);
    add_note(sentences, &text);
  }
}

static void note_missing(struct joust_sentences *sentences, const struct joust_analysis *analysis) {
  struct joust_text text = {0};
  if (analysis->n_missing > analysis->n_to_come) {
    joust_sentences_count(&text, analysis->n_missing, "run is", "runs are");
    joust_text_add(&text, " missing: other optimisers have those seeds. Paired tests use the seeds that both have.");
    add_note(sentences, &text);
  }
  if (analysis->n_unfinished && analysis->n_unfinished < analysis->n_runs) {
    joust_sentences_count(&text, analysis->n_unfinished, "run is", "runs are");
    joust_text_add(&text, " not finished and counted nowhere.");
    add_note(sentences, &text);
  }
  if (analysis->n_to_come) {
    joust_sentences_count(&text, analysis->n_to_come, "planned run is", "planned runs are");
    joust_text_add(&text,
                   " not there yet: this report is about an incomplete sweep. Paired tests use the seeds that both "
                   "optimisers have.");
    add_note(sentences, &text);
  }
}

/* Optimisers that never took part: as if they were not there, were it not said. */
static void note_idle(struct joust_sentences *sentences, const struct joust_analysis *analysis) {
  for (uint32_t o = 0; o < analysis->n_optimisers; o++) {
    struct joust_text text = {0};
    if (analysis->optimisers[o].idle == 0) continue;
    joust_text_addf(&text, "%s made no trial in ", analysis->optimisers[o].label);
    joust_sentences_count(&text, analysis->optimisers[o].idle, "run", "runs");
    joust_text_add(&text, ": it was done before it proposed anything, and is in no table.");
    add_note(sentences, &text);
  }
}

static void note_twins(struct joust_sentences *sentences, const struct joust_analysis *analysis) {
  struct joust_text text = {0};
  char *twins = joust_twins(analysis);
  if (!twins) return;
  joust_text_addf(&text, "Under one label: %s", twins);
  add_note(sentences, &text);
  free(twins);
}

static void note_left_out(struct joust_sentences *sentences, const struct joust_analysis *analysis) {
  struct joust_text text = {0};
  uint32_t *left = joust_alloc(analysis->n_optimisers, sizeof *left), n = 0;
  for (uint32_t o = 0; o < analysis->n_optimisers; o++) {
    bool runs = false;
    for (uint32_t c = 0; c < analysis->n_contests; c++) runs |= analysis->contests[c].cells[o].n > 0;
    if (runs && !analysis->optimisers[o].compared && analysis->n_ranked) left[n++] = o;
  }
  for (uint32_t i = 0; i < n; i++) {
    joust_sentences_between(&text, i, n);
    joust_text_add(&text, analysis->optimisers[left[i]].label);
  }
  if (n) {
    joust_text_addf(&text, " %s no runs on some of the problems and %s left out of what is over all problems.",
                    n == 1 ? "has" : "have", n == 1 ? "is" : "are");
    add_note(sentences, &text);
  }
  free(left);
}

/* A problem that has runs at several budgets counts once. */
static void note_budgets(struct joust_sentences *sentences, const struct joust_analysis *analysis) {
  for (uint32_t c = 0; c < analysis->n_contests; c++) {
    const struct joust_contest *contest = &analysis->contests[c];
    uint32_t budgets = 0;
    struct joust_text text = {0};
    if (!contest->ranked) continue;
    for (uint32_t i = 0; i < analysis->n_contests; i++)
      budgets += analysis->contests[i].problem == contest->problem && !analysis->contests[i].nothing;
    if (budgets == 1) continue;
    joust_text_addf(&text, "%s has runs at %u budgets. They share their seeds, so it counts once, with ",
                    analysis->problems[contest->problem].label, budgets);
    joust_sentences_budget(&text, analysis, contest);
    joust_text_add(&text, " a run; the other budgets have sections of their own.");
    add_note(sentences, &text);
  }
}

static void note_contests(struct joust_sentences *sentences, const struct joust_analysis *analysis) {
  struct joust_text text = {0};
  for (uint32_t c = 0; c < analysis->n_contests; c++) {
    const struct joust_contest *contest = &analysis->contests[c];
    const struct joust_store_definition *problem = joust_definition_of(analysis, contest);
    int decimals = problem->metrics[problem->objective].decimals;
    if (contest->nothing && analysis->n_ranked) {
      joust_text_addf(&text, "On %s no run reached a value: it is left out of all ranks.", contest->label);
      add_note(sentences, &text);
    }
    if (contest->beaten) {
      joust_text_addf(&text,
                      "On %s a run reached %.*f, better than the best value known so far (%.*f): regrets are distances "
                      "to the new one.",
                      contest->label, decimals, contest->reference, decimals, problem->best);
      add_note(sentences, &text);
    }
  }
}

static void note_references(struct joust_sentences *sentences, const struct joust_analysis *analysis) {
  struct joust_text text = {0};
  uint32_t n = 0, i = 0;
  for (uint32_t c = 0; c < analysis->n_contests; c++)
    n += !analysis->contests[c].known && !analysis->contests[c].nothing;
  if (n == 0) return;
  joust_text_add(&text, "The best possible value is not known for ");
  for (uint32_t c = 0; c < analysis->n_contests; c++) {
    if (analysis->contests[c].known || analysis->contests[c].nothing) continue;
    joust_sentences_between(&text, i++, n);
    joust_text_add(&text, analysis->contests[c].label);
  }
  joust_text_add(&text, ": regrets there are distances to the best value found in this store.");
  add_note(sentences, &text);
}

void joust_sentences_notes(struct joust_sentences *sentences, const struct joust_analysis *analysis) {
  note_few_blocks(sentences, analysis);
  note_few_seeds(sentences, analysis);
  note_needed(sentences, analysis);
  note_block_choice(sentences, analysis);
  note_failures(sentences, analysis);
  note_marks(sentences, analysis);
  note_playback(sentences, analysis);
  note_missing(sentences, analysis);
  note_twins(sentences, analysis);
  note_idle(sentences, analysis);
  note_left_out(sentences, analysis);
  note_budgets(sentences, analysis);
  note_contests(sentences, analysis);
  note_references(sentences, analysis);
}
