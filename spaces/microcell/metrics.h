/* What is reported of a cell, the same by the table and by live training. */
#ifndef MICROCELL_METRICS_H
#define MICROCELL_METRICS_H

#include <stdbool.h>

#include "train.h"

enum mc_metric {
  MC_VALID_LOSS,
  MC_VALID_ACCURACY,
  MC_TEST_LOSS,
  MC_TEST_ACCURACY,
  MC_PER_SEED, /* those before are measured once a seed, those after are the same for each */
  MC_SECONDS = MC_PER_SEED,
  MC_WEIGHTS,
  MC_MACS,
  MC_RANK, /* known only where all cells are */
  MC_METRICS
};

struct mc_metric_info {
  const char *name, *title, *unit;
};

extern const struct mc_metric_info mc_metrics[MC_METRICS];

/* Of a training's result (metrics below MC_PER_SEED); NaN where it diverged. Accuracies in percent, to two decimals. */
double mc_metric_of_result(enum mc_metric metric, const struct mc_result *result);

/* Of a representative; NaN for the rank. Seconds are those of one training, by a model that is the same on every
 * machine: a sum over the operations of what each takes for a batch on one core with AVX-512, rounded once and for all.
 */
double mc_metric_of_cell(enum mc_metric metric, const struct mc_cell *cell, const struct mc_schedule *schedule);

#endif
