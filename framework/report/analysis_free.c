#include <stdlib.h>
#include <string.h>

#include "report/analysis.h"

static void free_curves(struct joust_curves *curves) {
  free(curves->mean); /* one block, which begins here */
  free(curves->running);
}

static void free_reasons(struct joust_reasons *reasons) {
  for (uint32_t i = 0; i < reasons->n; i++) free(reasons->items[i].text);
  free(reasons->items);
}

static void free_cell(struct joust_cell *cell, uint32_t n_rows) {
  for (uint32_t r = 0; cell->runs && r < n_rows; r++) {
    free(cell->runs[r].steps.trial); /* one block, too */
    free(cell->runs[r].reason);
    free(cell->runs[r].counters);
  }
  free_reasons(&cell->failures);
  free_reasons(&cell->marks);
  for (int a = 0; a < JOUST_N_AXES; a++) free_curves(&cell->curves[a]);
  free(cell->runs);
  free(cell->times);
  free(cell->at);
}

static void free_contest(struct joust_contest *contest, uint32_t n_optimisers) {
  for (uint32_t o = 0; contest->cells && o < n_optimisers; o++) free_cell(&contest->cells[o], contest->n_rows);
  for (int a = 0; a < JOUST_N_AXES; a++) free(contest->axes[a].at);
  free(contest->label);
  free(contest->rows);
  free(contest->targets);
  free(contest->cells);
  free(contest->pairs);
  free(contest->ranks);
}

static void free_problem(struct joust_shown_problem *problem) {
  free(problem->label);
  free(problem->name);
  free(problem->fingerprint);
  free(problem->json);
  joust_store_definition_free(&problem->definition);
}

static void free_optimiser(struct joust_shown_optimiser *optimiser) {
  free(optimiser->label);
  free(optimiser->name);
  free(optimiser->version);
  free(optimiser->options);
  free(optimiser->summary);
}

static void free_published(struct joust_published *published) {
  free(published->label);
  free(published->problem);
  free(published->metric);
  free(published->source);
}

static void free_comparison(struct joust_comparison *comparison) {
  free(comparison->optimisers);
  free(comparison->mean_ranks);
  free(comparison->nemenyi);
  free(comparison->separated);
  free(comparison->pairs);
  free(comparison->groups);
}

void joust_analysis_free(struct joust_analysis *analysis) {
  for (uint32_t i = 0; i < analysis->n_contests; i++) free_contest(&analysis->contests[i], analysis->n_optimisers);
  for (uint32_t i = 0; i < analysis->n_problems; i++) free_problem(&analysis->problems[i]);
  for (uint32_t i = 0; i < analysis->n_optimisers; i++) free_optimiser(&analysis->optimisers[i]);
  for (size_t i = 0; i < analysis->n_published; i++) free_published(&analysis->published[i]);
  for (size_t i = 0; i < analysis->n_sessions; i++) free(analysis->sessions[i].provenance);
  for (size_t i = 0; i < analysis->n_sweeps; i++) {
    free(analysis->sweeps[i].name);
    free(analysis->sweeps[i].definition);
  }
  for (int a = 0; a < JOUST_N_AXES; a++) {
    free(analysis->overall[a].at);
    free(analysis->overall[a].rank);
    free(analysis->overall[a].reached);
  }
  free_comparison(&analysis->comparison);
  free(analysis->contests);
  free(analysis->problems);
  free(analysis->optimisers);
  free(analysis->published);
  free(analysis->sessions);
  free(analysis->sweeps);
  free(analysis->checkpoints);
  free(analysis->mean_ranks);
  memset(analysis, 0, sizeof *analysis);
}
