#include "metrics.h"

#include <math.h>

const struct mc_metric_info mc_metrics[MC_METRICS] = {
    [MC_VALID_LOSS] = {"valid_loss", "validation cross-entropy", "nats"},
    [MC_VALID_ACCURACY] = {"valid_accuracy", "validation accuracy", "%"},
    [MC_TEST_LOSS] = {"test_loss", "test cross-entropy", "nats"},
    [MC_TEST_ACCURACY] = {"test_accuracy", "test accuracy", "%"},
    [MC_SECONDS] = {"seconds", "time of one training", "s"},
    [MC_WEIGHTS] = {"parameters", "trained parameters", ""},
    [MC_MACS] = {"macs", "multiplications and additions for an image", ""},
    [MC_RANK] = {"rank", "rank by validation cross-entropy among all cells", ""},
};

/* In percent, rounded to two decimals by whole numbers. */
static double percent(uint32_t correct, uint32_t n) {
  return (double)((correct * 20000u + n) / (2 * n)) / 100;
}

double mc_metric_of_result(enum mc_metric metric, const struct mc_result *result) {
  if (!isfinite(result->valid_loss) || !isfinite(result->test_loss)) return NAN;
  switch (metric) {
  case MC_VALID_LOSS: return (double)result->valid_loss;
  case MC_VALID_ACCURACY: return percent(result->valid_correct, MC_VALID_IMAGES);
  case MC_TEST_LOSS: return (double)result->test_loss;
  case MC_TEST_ACCURACY: return percent(result->test_correct, MC_TEST_IMAGES);
  default: return NAN;
  }
}

/* Microseconds of a batch: forward, backward and step. */
static uint32_t batch_time(const struct mc_cell *cell) {
  static const uint32_t times[MC_OPERATIONS] = {
      [MC_NONE] = 0, [MC_SKIP] = 4, [MC_CONV1] = 32, [MC_CONV3] = 160, [MC_AVERAGE] = 10};
  uint32_t time = 60; /* the network around the cells */
  for (int e = 0; e < MC_EDGES; e++) time += times[cell->edge[e]];
  return time;
}

double mc_metric_of_cell(enum mc_metric metric, const struct mc_cell *cell, const struct mc_schedule *schedule) {
  switch (metric) {
  case MC_SECONDS: return (double)(schedule->samples / MC_LANES * schedule->epochs * batch_time(cell)) / 1000000;
  case MC_WEIGHTS: return mc_cell_parameters(cell);
  case MC_MACS: return mc_cell_macs(cell);
  default: return NAN;
  }
}
