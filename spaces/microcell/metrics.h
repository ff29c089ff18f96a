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
  MC_FRUGAL_LOSS, /* valid_loss + seconds / MC_SECONDS_A_NAT */
  MC_PER_SEED,    /* those before are measured once a seed, those after are the same for each */
  MC_SECONDS = MC_PER_SEED,
  MC_WEIGHTS,
  MC_MACS,
  MC_RANK, /* these two are known only where all cells are */
  MC_FRUGAL_RANK,
  MC_METRICS
};

enum { MC_SECONDS_A_NAT = 20 }; /* so many seconds of training are worth a nat of loss */

struct mc_metric_info {
  const char *name, *title, *unit;
};

extern const struct mc_metric_info mc_metrics[MC_METRICS];

/* Of a representative and one training of it; NaN for a rank, and for what a training that diverged did not measure.
 * `result` may be NULL for metrics from MC_PER_SEED on. Accuracies are in percent, to two decimals; seconds are those
 * of one training, by a model that is the same on every machine: a sum over the operations of what each takes for a
 * batch on one core with AVX-512, rounded once and for all. */
double mc_metric_value(enum mc_metric metric, const struct mc_cell *cell, const struct mc_schedule *schedule,
                       const struct mc_result *result);

/* The mean over n trainings, as a table takes it over its measurements: of those that did not diverge, in their order.
 */
double mc_metric_mean(enum mc_metric metric, const struct mc_cell *cell, const struct mc_schedule *schedule,
                      const struct mc_result *results, uint32_t n);

#endif
