/* The steps in which an analysis is made, each a file; only analysis.c calls them, in this order. */
#ifndef JOUST_REPORT_ANALYSIS_PARTS_H
#define JOUST_REPORT_ANALYSIS_PARTS_H

#include "report/analysis.h"

/* The store's tables into problems, optimisers, sweeps, sessions, published; runs into contests, cells and steps. */
int joust_analysis_read(struct joust_analysis *analysis, struct joust_store *store, struct joust_error *error);

/* References, scales and counts, which all that follows needs; metrics and ranks at the checkpoints. */
void joust_analysis_measure(struct joust_analysis *analysis);

/* Grids and targets; curves, shares of targets and running times of each cell; ranks over the budget. */
void joust_analysis_grids(struct joust_analysis *analysis);
void joust_analysis_curves(struct joust_analysis *analysis, size_t replicates);

/* Pairs, shares and scores in each contest, then the comparison over all of them. */
void joust_analysis_pairs(struct joust_analysis *analysis);
void joust_analysis_compare(struct joust_analysis *analysis, enum joust_blocks blocks);

/* ---- shared by the files ------------------------------------------------------------------------------------------
 */

static inline const struct joust_store_definition *joust_definition_of(const struct joust_analysis *analysis,
                                                                       const struct joust_contest *contest) {
  return &analysis->problems[contest->problem].definition;
}

/* Regret of a run at its end; infinite where it has no value. */
double joust_run_regret(const struct joust_analysis *analysis, const struct joust_contest *contest,
                        const struct joust_shown_run *run);

/* Mean regret of a cell at the end; infinite where no run has a value, NaN where none counts or the contest has
 * nothing.
 */
double joust_cell_regret(const struct joust_analysis *analysis, const struct joust_contest *contest,
                         uint32_t optimiser);

/* Ranks (k) of mean values (smaller is better), ties averaged, among those that are not NaN; the others get NaN. Equal
 * values are told apart by `failed` (k), the number of failed runs. */
void joust_rank_present(double *ranks, const double *values, const uint32_t *failed, uint32_t k);

#endif
