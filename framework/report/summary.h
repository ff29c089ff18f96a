/* What a store says about its optimisers: per problem and budget the incumbents of each optimiser's runs, and ranks.
 *
 * Runs are grouped into blocks, one for each problem and limit of the runs (so runs of 100 trials and of 200 trials are
 * two blocks). Within a block each optimiser has a cell; at each checkpoint a cell holds, for each of its runs, all
 * metrics of the run's incumbent: the best trial so far by the objective. Ranks order the optimisers of a block by the
 * mean of the objective, ties sharing the mean of their ranks; the mean rank over blocks follows from them. */
#ifndef JOUST_REPORT_SUMMARY_H
#define JOUST_REPORT_SUMMARY_H

#include "store/definition.h"
#include "store/store.h"

struct joust_checkpoints { /* where incumbents are looked at */
  const double *at;        /* n budgets; infinite: the end of the run */
  size_t n;
  bool by_cost; /* budgets are costs, not numbers of trials */
};

struct joust_cell {                  /* runs of one optimiser in one block */
  uint32_t runs, failed, unfinished; /* failed and unfinished runs have no values below; runs counts all */
  uint32_t n, capacity;              /* runs with values */
  double *values;                    /* n x checkpoints x metrics: metrics of the incumbent, NaN while there is none */
  double cpu_seconds;                /* mean of a run, all runs */
};

struct joust_shown_problem {
  int64_t id; /* in the store */
  char *label;
  struct joust_store_definition definition;
};

struct joust_block {
  uint32_t problem;             /* index into the summary's problems */
  double trials, cost, seconds; /* limits of its runs; infinite: none */
  struct joust_cell *cells;     /* one for each optimiser of the summary; runs == 0: not in this block */
  double *ranks;                /* checkpoints x optimisers; NaN where there are no values */
};

struct joust_shown_optimiser {
  int64_t id; /* in the store */
  char *label, *name;
};

struct joust_summary { /* owns everything */
  struct joust_shown_problem *problems;
  struct joust_shown_optimiser *optimisers;
  struct joust_block *blocks; /* by problem, then limits */
  uint32_t n_problems, n_optimisers, n_blocks;
  double *checkpoints;
  size_t n_checkpoints;
  bool by_cost;
  double *mean_ranks; /* checkpoints x optimisers; NaN for an optimiser that is not in every block */
};

/* Reads the whole store once. JOUST_BAD_INPUT for a damaged store; a store without runs gives a summary without blocks.
 */
int joust_summary_make(struct joust_summary *summary, struct joust_store *store,
                       const struct joust_checkpoints *checkpoints, struct joust_error *error);
void joust_summary_free(struct joust_summary *summary);

/* Mean, standard error and standard deviation over the runs of a cell of a metric at a checkpoint; `n` runs have it. */
struct joust_estimate {
  uint32_t n;
  double mean, error, deviation; /* NaN where n is too small */
};
struct joust_estimate joust_summary_estimate(const struct joust_summary *summary, const struct joust_block *block,
                                             uint32_t optimiser, size_t checkpoint, uint32_t metric);

/* Simple regret of an incumbent with this objective: its distance to the best known value, in the objective's unit; NaN
 * where none is known. */
double joust_summary_regret(const struct joust_store_definition *problem, double value);

#endif
