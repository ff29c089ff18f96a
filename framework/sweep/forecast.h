/* What a plan will take: runs, trials, time, and what optimisers count of what they pay for (tokens, money), from the
 * earlier runs in a store. What no earlier run tells is said to be unknown; nothing is made up.
 *
 * Runs of the same optimiser with the same options are gone by: on the same problem rather than on another one, and of
 * the same budget rather than of another one, whose times are then scaled with the number of trials. */
#ifndef JOUST_SWEEP_FORECAST_H
#define JOUST_SWEEP_FORECAST_H

#include "store/store.h"
#include "sweep/plan.h"

enum joust_basis {                           /* of a cell's forecast, the best first */
                   JOUST_BASIS_SAME,         /* complete runs on this problem, of this budget */
                   JOUST_BASIS_SCALED,       /* on this problem, of another budget */
                   JOUST_BASIS_OTHER,        /* on other problems, of this budget */
                   JOUST_BASIS_OTHER_SCALED, /* on other problems, of another budget */
                   JOUST_BASIS_NONE
};

struct joust_spending { /* of all runs that are to do and have a basis; owns the name */
  char *name;           /* of a counter: "calls", "money", or one that ends in "_tokens" */
  double total;
};

struct joust_forecast_cell {
  uint32_t problem, optimiser; /* indices into the plan */
  size_t runs;                 /* to do */
  enum joust_basis basis;
  uint64_t earlier; /* runs that it goes by */
  double seconds;   /* of one run; NaN without a basis */
};

struct joust_forecast_optimiser { /* what one of them pays for; owns the array */
  bool network;                   /* it needs the network */
  size_t unknown;                 /* runs to do without a basis */
  struct joust_spending *spending;
  size_t n_spending;
};

struct joust_forecast {                        /* owns everything */
  size_t to_do, complete, failed;              /* runs of the plan: to be run, in the store already */
  struct joust_forecast_cell *cells;           /* by problem, optimiser */
  struct joust_forecast_optimiser *optimisers; /* as in the plan */
  size_t n_cells;
  uint32_t n_optimisers;
  size_t unknown; /* runs to do without a basis */
  double seconds; /* until the others are done with `jobs` and `network_jobs` workers */
};

/* `store` may be NULL: there is none yet. `retry_failed`: runs that failed are to do again. The store's errors. */
int joust_forecast_make(struct joust_forecast *forecast, const struct joust_plan *plan, struct joust_store *store,
                        bool retry_failed, uint32_t jobs, uint32_t network_jobs, struct joust_error *error);
void joust_forecast_free(struct joust_forecast *forecast);

#endif
