/* What the tests say, with the blocks they used, and which pairs they tell apart. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/sentences_parts.h"

static const char *label_of(const struct joust_analysis *analysis, uint32_t place) {
  return analysis->optimisers[analysis->comparison.optimisers[place]].label;
}

/* "With the 6 problems as blocks (n = 6)" */
static void add_blocks(struct joust_text *text, const struct joust_analysis *analysis) {
  const struct joust_comparison *comparison = &analysis->comparison;
  if (comparison->blocks == JOUST_BLOCKS_PROBLEMS)
    joust_text_addf(text, " With problems as blocks (n = %u, each the mean over its seeds), ", comparison->n_blocks);
  else if (analysis->n_ranked == 1)
    joust_text_addf(text, " With seeds as blocks (n = %u), ", comparison->n_blocks);
  else
    joust_text_addf(text, " With problem-seed pairs as blocks (n = %u), ", comparison->n_blocks);
}

static void add_friedman(struct joust_text *text, const struct joust_analysis *analysis) {
  const struct joust_friedman *test = &analysis->comparison.test;
  char p[JOUST_P_SIZE];
  joust_text_add(text, test->p <= analysis->alpha ? "the optimisers differ ("
                                                  : "the ranks give no evidence that the optimisers differ (");
  if (test->exact)
    joust_text_addf(text, "Friedman's test, exact: χ² = %.2f, %s).", test->chi2, joust_p_text(p, test->p));
  else
    joust_text_addf(text, "Iman and Davenport's form of Friedman's test: F = %.2f, %s).", test->f,
                    joust_p_text(p, test->p));
}

/* Partners of a place that are (or are not) separated from it. Returns how many. */
static uint32_t partners(const struct joust_analysis *analysis, uint32_t place, bool separated, uint32_t *places) {
  const struct joust_comparison *comparison = &analysis->comparison;
  uint32_t n = 0;
  for (uint32_t j = place + 1; j < comparison->k; j++)
    if (comparison->separated[place * comparison->k + j] == separated) places[n++] = j;
  return n;
}

static void add_list(struct joust_text *text, const struct joust_analysis *analysis, const uint32_t *places,
                     uint32_t n) {
  for (uint32_t i = 0; i < n; i++) {
    joust_sentences_between(text, i, n);
    joust_text_add(text, label_of(analysis, places[i]));
  }
}

/* "By Nemenyi's test ... bo is better than random; the data do not separate bo from evolution and local, nor ..." */
static void add_pairs(struct joust_text *text, const struct joust_analysis *analysis) {
  const struct joust_comparison *comparison = &analysis->comparison;
  uint32_t *places = joust_alloc(comparison->k, sizeof *places);
  size_t said = 0;
  joust_text_addf(text, " By Nemenyi's test (critical difference %.2f at level %g), ", comparison->critical_difference,
                  analysis->alpha);
  for (uint32_t i = 0; i < comparison->k; i++) {
    uint32_t n = partners(analysis, i, true, places);
    if (n == 0) continue;
    joust_text_addf(text, "%s%s is better than ", said++ ? ", " : "", label_of(analysis, i));
    add_list(text, analysis, places, n);
  }
  if (said == 0) joust_text_add(text, "though, no pair is separated");
  size_t unseparated = 0;
  for (uint32_t i = 0; said && i < comparison->k; i++) {
    uint32_t n = partners(analysis, i, false, places);
    if (n == 0) continue;
    joust_text_add(text, unseparated++ ? ", nor " : "; the data do not separate ");
    joust_text_addf(text, "%s from ", label_of(analysis, i));
    add_list(text, analysis, places, n);
  }
  joust_text_add(text, ".");
  free(places);
}

void joust_sentences_test(struct joust_text *text, const struct joust_analysis *analysis) {
  const struct joust_comparison *comparison = &analysis->comparison;
  if (comparison->n_blocks < 2) {
    joust_text_add(text, comparison->n_blocks == 1
                             ? " With a single seed no test can be made: this ranking may be chance."
                             : " The optimisers share no seed, so no paired test can be made.");
    return;
  }
  add_blocks(text, analysis);
  add_friedman(text, analysis);
  if (comparison->test.p <= analysis->alpha)
    add_pairs(text, analysis);
  else
    joust_text_add(text, " No pair is separated, which is not to say that they are equal.");
}
