/* What a store says: the one computation from which `joust show`, the figures, the tables and the page are made.
 *
 * The store is read once, run by run: of each run only the steps of its incumbent are kept (the trials that were better
 * than all before them, a few dozen), and everything below follows from these steps.
 *
 *   analysis
 *     problems[p]      what the store's problems are
 *     optimisers[o]    by label; o is also the optimiser's style (style.h) everywhere
 *     contests[c]      one problem at one budget: where the optimisers meet. Runs of 100 and of 200 trials are two
 * contests rows[r]        a replicate (seed): all optimisers share the seed of a replicate, so values are paired by row
 *       axes[a]        budget grids: trials, cost
 *       cells[o]       the runs of one optimiser here, runs[r] for each row, and their curves[a] on the grids
 *       pairs[o, o']   tests of two optimisers over the rows of this contest
 *     overall[a]       over all problems: mean rank and share of targets reached
 *     comparison       over all problems: Friedman, Iman-Davenport, Nemenyi, Wilcoxon with Holm, on the chosen blocks
 *
 * Failed runs. A run that failed, or none of whose trials succeeded, has no value. It is never dropped: in tests, ranks
 * of rows, shares and ECDFs it is worse than every number; in means and quantiles of the objective it counts as the
 * worst value that any trial of its contest had (`worst`). Only the means of the reported metrics
 * (joust_analysis_estimate) leave it out, and their `n` says so. A run that is missing (another optimiser of the
 * contest has that row) or unfinished counts nowhere; cells say how many there are.
 *
 * Directions. `value` is the objective in the problem's own direction. Regret is its distance to `reference`, smaller
 * is better: value = reference + direction * regret, with the definition's direction 1 (minimise) or -1 (maximise).
 *
 * Same store, same figures: bootstrap and ties depend on nothing but the store's content. */
#ifndef JOUST_REPORT_ANALYSIS_H
#define JOUST_REPORT_ANALYSIS_H

#include "stats/friedman.h"
#include "stats/reach.h"
#include "store/definition.h"
#include "store/store.h"

/* ---- runs -------------------------------------------------------------------------------------------------------- */

struct joust_steps { /* of an incumbent: row i holds from trial[i] on */
  uint32_t n;        /* 0: no trial succeeded */
  double *trial;     /* n: number of the trial, from 1, ascending */
  double *cost;      /* n: cost spent up to and with that trial, in the problem's unit; 0 where there is none */
  double *value;     /* n: the objective */
  double *metrics;   /* n x metrics of the problem: all of them at that trial */
};

struct joust_shown_run {
  int64_t id;                 /* in the store; 0: missing */
  enum joust_run_state state; /* JOUST_RUN_ABSENT: missing */
  uint32_t trials, failed_trials, cancelled_trials;
  double cost, seconds, cpu_seconds; /* totals */
  double first;                      /* objective of its first trial; NaN if that failed */
  double value;                      /* of the incumbent at the end of a complete run; NaN: has no value, see above */
  struct joust_steps steps;          /* of complete runs only */
  char *reason;                      /* of a failed run, else NULL */
  char *counters;                    /* JSON object of what the optimiser counted; NULL: nothing */
};

/* Missing or unfinished: counts nowhere. */
static inline bool joust_run_counts(const struct joust_shown_run *run) {
  return run->state == JOUST_RUN_COMPLETE || run->state == JOUST_RUN_BROKEN;
}

struct joust_reason { /* why runs or trials of a cell failed, or how their optimiser marked them */
  char *text;
  uint32_t runs, trials;
};
struct joust_reasons { /* by first occurrence, the last one "others" where there are many */
  struct joust_reason *items;
  uint32_t n;
};

/* ---- cells: an optimiser in a contest -----------------------------------------------------------------------------
 */

enum joust_axis_kind { JOUST_AXIS_TRIALS, JOUST_AXIS_COST, JOUST_N_AXES };

/* On the grid of the contest's axis, `points` each; of the regret unless said otherwise. NULL where the axis is not
 * there or no run counts. Intervals are 95 % percentile bootstrap, pointwise, NaN without bootstrap and where fewer
 * than 2 runs count. */
struct joust_curves {
  double *mean, *mean_lower, *mean_upper;
  double *median, *median_lower, *median_upper;
  double *lower_quartile, *upper_quartile;
  double *rank;      /* among the optimisers of the contest, by mean regret, ties averaged */
  double *reached;   /* share of (run, target) pairs: the ECDF */
  uint32_t *running; /* runs that go on beyond the grid point; the others keep their last value from then on */
};

struct joust_cell {
  uint32_t n;                                     /* runs that count: complete + failed; 0: not in this contest */
  uint32_t complete, failed, unfinished, missing; /* they add up to the contest's rows, or are all 0: not in it */
  uint32_t valueless;                             /* complete runs without a successful trial: treated as failed */
  struct joust_shown_run *runs;                   /* by row; NULL where the optimiser is not in the contest */
  struct joust_curves curves[JOUST_N_AXES];
  double mean, sd, median;          /* of the value at the end, `worst` standing for what has none; NaN if n = 0 */
  double mean_lower, mean_upper;    /* 95 % bootstrap (BCa) of the mean; NaN with fewer than 2 runs */
  double rank;                      /* by mean, then fewer failed runs; NaN if n = 0 */
  double best_share;                /* probability of being best, over rows that all optimisers have */
  double score;                     /* 0: mean of random search, 100: reference; NaN without either, or a value */
  double area[JOUST_N_AXES];        /* under the ECDF, log budget, 0 .. 1; NaN where the axis is not there */
  struct joust_running_time *times; /* targets: expected running time in trials */
  double seconds, cpu_seconds;      /* mean of a run */
  struct joust_reasons failures;    /* of runs and trials */
  struct joust_reasons marks;       /* of trials, e.g. "fallback": a point that was not the optimiser's own method's */
  double *at;                       /* rows x checkpoints x metrics, NaN: nothing there; see .._estimate */
};

/* A run of it has a value. */
static inline bool joust_cell_has_value(const struct joust_cell *cell) {
  return cell->complete > cell->valueless;
}

/* Two optimisers over the rows that both have. Values of the pair [i, j] read "i against j". */
struct joust_pair {
  uint32_t n;                  /* pairs of runs */
  uint32_t wins, ties, losses; /* of i */
  double p, holm;              /* signed-rank (Pratt), two-sided; Holm over all pairs of the contest; NaN if n = 0 */
  double effect;               /* rank-biserial correlation: 1, i is better in every pair */
  double a12, delta;           /* probability that a run of i is better than one of j; Cliff's delta */
};

/* ---- contests -----------------------------------------------------------------------------------------------------
 */

struct joust_axis {
  bool there;
  uint32_t points; /* the same in all contests: point g is the same share of each contest's budget */
  double *at;      /* points, ascending; last: the end */
  double end;      /* the limit of the runs, or where there is none what the longest run spent */
};

struct joust_row {
  uint32_t replicate;
  uint64_t seed;
};

struct joust_contest {
  uint32_t problem;             /* index */
  double trials, cost, seconds; /* limits of its runs; infinite: none */
  char *label;                  /* the problem's, and where several contests have that problem its limits */
  struct joust_row *rows;
  uint32_t n_rows, n_present; /* rows; optimisers with runs that count */
  struct joust_axis axes[JOUST_N_AXES];
  enum joust_axis_kind main_axis; /* cost where that is the limit, else trials */
  double reference;   /* best known, or the best found here if that is better or nothing is known; NaN: none */
  bool nothing;       /* no run has a value: the contest has no ranks and is in no comparison */
  bool ranked;        /* stands for its problem in all that is over problems, see below */
  bool known, beaten; /* the definition has a best known value; a run was better than that */
  double worst;       /* of any trial, in the problem's direction; NaN if none succeeded */
  double scale;       /* median regret of the runs' first trials (> 0), 1 if that is 0: relative regret */
  double least;       /* smallest regret above 0 of any step; NaN if none: logarithmic axes begin below it */
  uint32_t n_targets;
  double *targets;          /* regrets, descending from `scale` to 0 (only if the best is known), see page */
  struct joust_cell *cells; /* one an optimiser */
  struct joust_pair *pairs; /* optimisers x optimisers */
  double *ranks;            /* checkpoints x optimisers, as cell.rank; NaN where nothing counts */
};

/* ---- over all problems ----------------------------------------------------------------------------------------------
 *
 * Each problem counts once, by its ranked contest: runs of one problem at several budgets share their seeds and often
 * their first trials, so a second budget is no new evidence. Of a problem's contests in which a run has a value that is
 * the one with the most optimisers, of several with as many the one with the largest limits. */

struct joust_overall { /* points x optimisers, row by row; NaN for an optimiser that is not compared */
  bool there;          /* every ranked contest has the axis */
  bool share;          /* contests have different ends: `at` is a share of the budget, 0 .. 1; else trials or cost */
  uint32_t points;
  double *at;
  double *rank, *reached;
};

enum joust_blocks {
  JOUST_BLOCKS_PROBLEMS, /* a block is a ranked contest, its values the means */
  JOUST_BLOCKS_RUNS /* a block is a row of a ranked contest: far smaller p, for a claim about these problems only */
};

/* k optimisers that have runs in every ranked contest. Values are the objective over
 * the contest's scale, so that they are as far apart as relative regrets: never raw ones of different scales. Where
 * there is one ranked contest the blocks are its rows, whatever was asked for. */
struct joust_comparison {
  enum joust_blocks blocks;
  uint32_t k, n_blocks;
  uint32_t *optimisers;       /* k indices, by mean rank, then label */
  double *mean_ranks;         /* k, in that order */
  struct joust_friedman test; /* NaN where blocks or k are too few */
  double critical_difference; /* Nemenyi's */
  double *nemenyi;            /* k x k: p of each pair */
  bool *separated;            /* k x k: test.p and the pair's p are at most alpha */
  struct joust_pair *pairs;   /* k x k over the blocks; a12 and delta: means of the contests' */
  bool *groups;               /* n_groups x k: members of each bar of the critical-difference diagram */
  uint32_t n_groups;
};

/* ---- all ------------------------------------------------------------------------------------------------------------
 */

struct joust_shown_problem {
  int64_t id; /* in the store */
  char *label, *name, *fingerprint;
  char *json; /* the definition as it is stored: docs/store-format.md */
  struct joust_store_definition definition;
};

struct joust_shown_optimiser {
  int64_t id;
  char *label, *name, *version, *options, *summary; /* name: of the plugin; options: JSON object */
  bool compared;                                    /* has runs that count in every ranked contest */
  bool twin;                                        /* was stored under the label of the one before it; see twins.h */
  uint32_t idle;  /* runs in which it was done before it proposed anything, if it has no others: it is in no contest */
  bool published; /* its runs are proposals of a paper, evaluated here: they have playback's counter `published` */
  double mean_rank;               /* by the mean on each ranked contest, among those compared; NaN unless compared */
  double best_share, score, area; /* means over contests; NaN unless compared; area on the main axes */
};

struct joust_published { /* a figure of a paper that a sweep carries; texts may be "" */
  char *label, *problem, *metric, *source;
  double mean, sd; /* NaN: not given */
};

struct joust_shown_sweep {
  int64_t id;
  char *name, *definition; /* JSON */
};

struct joust_shown_session {
  int64_t id;
  uint32_t runs;    /* that it made */
  char *provenance; /* JSON, docs/store-format.md */
};

struct joust_checkpoints { /* where metrics of incumbents are looked at */
  const double *at;        /* n budgets; infinite: the end of the run */
  size_t n;
  bool by_cost; /* budgets are costs, not numbers of trials */
};

struct joust_analysis_options {
  struct joust_checkpoints checkpoints; /* n = 0: the end */
  enum joust_blocks blocks;
  double alpha;      /* 0: 0.05 */
  size_t replicates; /* of the bootstrap; 0: none, intervals are NaN */
  bool ranks_only;   /* only what checkpoints need: no curves, tests, shares */
};

struct joust_analysis { /* owns everything */
  struct joust_shown_problem *problems;
  struct joust_shown_optimiser *optimisers;
  struct joust_contest *contests; /* by problem label, then limits */
  uint32_t n_problems, n_optimisers, n_contests;
  uint32_t n_ranked;  /* contests, and so problems, that are ranked */
  uint32_t n_to_come; /* runs that sweeps of the store planned and that are not there */
  uint32_t n_runs, n_complete, n_failed, n_unfinished, n_missing;
  double *checkpoints;
  size_t n_checkpoints;
  bool by_cost;
  double *mean_ranks; /* checkpoints x optimisers; NaN for an optimiser that is not compared */
  double alpha;
  struct joust_overall overall[JOUST_N_AXES];
  struct joust_comparison comparison;
  struct joust_published *published;
  struct joust_shown_sweep *sweeps;
  struct joust_shown_session *sessions;
  size_t n_published, n_sweeps, n_sessions;
};

/* Reads the whole store once. JOUST_BAD_INPUT for a damaged store; a store without runs gives an analysis without
 * contests. On an error the analysis is empty. */
int joust_analysis_make(struct joust_analysis *analysis, struct joust_store *store,
                        const struct joust_analysis_options *options, struct joust_error *error);
void joust_analysis_free(struct joust_analysis *analysis);

/* Mean, standard error and standard deviation over complete runs of a metric of the incumbent at a checkpoint; `n` runs
 * have it. */
struct joust_estimate {
  uint32_t n;
  double mean, error, deviation; /* NaN where n is too small */
};
struct joust_estimate joust_analysis_estimate(const struct joust_analysis *analysis,
                                              const struct joust_contest *contest, uint32_t optimiser,
                                              size_t checkpoint, uint32_t metric);

/* What a heading must say of a checkpoint of a contest: " (all runs had ended)" where it lies beyond what any run
 * spent, so that their last values stand there; " (no cost is measured)" where nothing can; else "". */
const char *joust_checkpoint_note(const struct joust_analysis *analysis, const struct joust_contest *contest,
                                  size_t checkpoint);

/* The published figure of a label for a metric of a problem, or NULL. */
const struct joust_published *joust_published_find(const struct joust_analysis *analysis, const char *label,
                                                   const char *problem, const char *metric);

/* Regret of a value of a problem, by its best known value (NaN: none is known). */
double joust_regret(const struct joust_store_definition *problem, double value);

/* Regret in a contest: distance to its reference. */
double joust_contest_regret(const struct joust_analysis *analysis, const struct joust_contest *contest, double value);

/* Final values of an optimiser's runs that count, for box plots: fills values (n_rows) in the problem's direction,
 * those without a value as NaN; returns how many there are. */
uint32_t joust_contest_values(double *values, const struct joust_contest *contest, uint32_t optimiser);

#endif
