/* What the store keeps of a plan and of its runs' outcomes: plain texts, numbers and columns. */
#ifndef JOUST_SWEEP_RECORD_H
#define JOUST_SWEEP_RECORD_H

#include "store/store.h"
#include "sweep/plan.h"

/* A problem as JSON, as docs/store-format.md describes it; the caller frees. */
char *joust_record_problem(const struct joust_planned_problem *planned);

/* An optimiser's options as a JSON object of texts; the caller frees. */
char *joust_record_options(const struct joust_settings *options);

/* Which program on which machine: versions, commit, compiler, host, plugin files, BLAS; JSON, the caller
 * frees. */
char *joust_record_provenance(const struct joust_plan *plan);

struct joust_recorder { /* columns in the form of the store; all zero at first, reused from run to run */
  uint64_t *index;
  double *value;
  uint32_t capacity;
};

/* The rows of a history that were not recorded yet, as the store takes them. They point into history and recorder. */
void joust_record_trials(struct joust_recorder *recorder, const struct joust_problem *problem,
                         const struct joust_history *history, struct joust_store_trials *trials);
/* The other way: a history from the stored trials of a run on this problem. */
void joust_record_restore(const struct joust_problem *problem, const struct joust_store_columns *columns,
                          struct joust_history *history);
void joust_recorder_free(struct joust_recorder *recorder);

#endif
