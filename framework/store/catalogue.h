/* What the runs of a store refer to, for its text forms: all problems, with their definitions read, and all optimisers,
 * by id; and the trials of a run, checked against its problem. */
#ifndef JOUST_STORE_CATALOGUE_H
#define JOUST_STORE_CATALOGUE_H

#include "store/definition.h"
#include "store/store.h"

struct joust_listed_problem { /* owns its texts */
  int64_t id;
  char *label, *name, *fingerprint;
  char *json; /* the definition as stored */
  struct joust_store_definition definition;
};

struct joust_listed_optimiser { /* owns its texts */
  int64_t id;
  char *label, *name, *version, *options;
};

struct joust_catalogue { /* owns everything; in the order of (label, id) */
  struct joust_listed_problem *problems;
  struct joust_listed_optimiser *optimisers;
  size_t n_problems, n_optimisers;
  const char *path; /* of the store, for messages; the store's */
};

/* JOUST_BAD_INPUT where a definition makes no sense; the catalogue is then empty. */
int joust_catalogue_make(struct joust_catalogue *catalogue, struct joust_store *store, struct joust_error *error);
void joust_catalogue_free(struct joust_catalogue *catalogue);

/* Index of the problem and of the optimiser of a run; JOUST_BAD_INPUT where the store has no such row. */
int joust_catalogue_find(const struct joust_catalogue *catalogue, const struct joust_store_run *run, size_t *problem,
                         size_t *optimiser, struct joust_error *error);

/* joust_store_read_trials; JOUST_BAD_INPUT where they have other metrics or parameters than the run's problem. */
int joust_catalogue_trials(const struct joust_catalogue *catalogue, struct joust_store *store,
                           const struct joust_store_run *run, const struct joust_listed_problem *problem,
                           struct joust_store_columns *trials, struct joust_error *error);

/* Values of the parameters of trial i: in `x` (n_parameters), or where they stand. */
const double *joust_catalogue_point(const struct joust_listed_problem *problem,
                                    const struct joust_store_columns *trials, uint32_t i, double *x);

/* Cost of trial i, in the problem's unit: 0 where it has none or it was not measured. */
double joust_catalogue_cost(const struct joust_listed_problem *problem, const struct joust_store_columns *trials,
                            uint32_t i);

/* "ok", "failed", "cancelled". */
const char *joust_catalogue_outcome(uint8_t outcome);

#endif
