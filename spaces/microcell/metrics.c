#include "metrics.h"

#include <math.h>

const struct mc_metric_info mc_metrics[MC_METRICS] = {
    [MC_VALID_LOSS] = {"valid_loss", "validation cross-entropy", "nats"},
    [MC_VALID_ACCURACY] = {"valid_accuracy", "validation accuracy", "%"},
    [MC_TEST_LOSS] = {"test_loss", "test cross-entropy", "nats"},
    [MC_TEST_ACCURACY] = {"test_accuracy", "test accuracy", "%"},
    [MC_FRUGAL_LOSS] = {"frugal_loss", "validation cross-entropy + seconds of training / 20", "nats"},
    [MC_SECONDS] = {"seconds", "time of one training", "s"},
    [MC_WEIGHTS] = {"parameters", "trained parameters", ""},
    [MC_MACS] = {"macs", "multiplications and additions for an image", ""},
    [MC_RANK] = {"rank", "rank by validation cross-entropy among all cells", ""},
    [MC_FRUGAL_RANK] = {"frugal_rank", "rank by validation cross-entropy + seconds / 20 among all cells", ""},
};

/* In percent, rounded to two decimals by whole numbers. */
static double percent(uint32_t correct, uint32_t n) {
  return (double)((correct * 20000u + n) / (2 * n)) / 100;
}

/* Microseconds of a batch: forward, backward and step. */
static uint32_t batch_time(const struct mc_cell *cell) {
  static const uint32_t times[MC_OPERATIONS] = {
      [MC_NONE] = 0, [MC_SKIP] = 4, [MC_CONV1] = 32, [MC_CONV3] = 160, [MC_AVERAGE] = 10};
  uint32_t time = 60; /* the network around the cells */
  for (int e = 0; e < MC_EDGES; e++) time += times[cell->edge[e]];
  return time;
}

static double seconds(const struct mc_cell *cell, const struct mc_schedule *schedule) {
  return (double)(schedule->samples / MC_LANES * schedule->epochs * batch_time(cell)) / 1000000;
}

double mc_metric_value(enum mc_metric metric, const struct mc_cell *cell, const struct mc_schedule *schedule,
                       const struct mc_result *result) {
  if (metric < MC_PER_SEED && (!isfinite(result->valid_loss) || !isfinite(result->test_loss))) return NAN;
  switch (metric) {
  case MC_VALID_LOSS: return (double)result->valid_loss;
  case MC_VALID_ACCURACY: return percent(result->valid_correct, MC_VALID_IMAGES);
  case MC_TEST_LOSS: return (double)result->test_loss;
  case MC_TEST_ACCURACY: return percent(result->test_correct, MC_TEST_IMAGES);
  case MC_FRUGAL_LOSS:
    return (double)(float)((double)result->valid_loss +
                           seconds(cell, schedule) / MC_SECONDS_A_NAT); /* to fit a table */
  case MC_SECONDS: return seconds(cell, schedule);
  case MC_WEIGHTS: return mc_cell_parameters(cell);
  case MC_MACS: return mc_cell_macs(cell);
  default: return NAN;
  }
}

double mc_metric_mean(enum mc_metric metric, const struct mc_cell *cell, const struct mc_schedule *schedule,
                      const struct mc_result *results, uint32_t n) {
  double sum = 0;
  uint32_t there = 0;
  if (metric >= MC_PER_SEED) return mc_metric_value(metric, cell, schedule, NULL);
  for (uint32_t k = 0; k < n; k++) {
    double value = mc_metric_value(metric, cell, schedule, &results[k]);
    if (isnan(value)) continue;
    sum += value;
    there++;
  }
  return there ? sum / there : (double)NAN;
}
