#include "stats/compare.h"

#include <math.h>

#include "stats/summary.h"

static void share_block(double *share, const double *values, size_t k) {
  double best = INFINITY;
  size_t winners = 0;
  for (size_t j = 0; j < k; j++) best = fmin(best, joust_or_worst(values[j]));
  for (size_t j = 0; j < k; j++) winners += values[j] == best;
  for (size_t j = 0; j < k; j++) {
    if (best < INFINITY && values[j] == best) share[j] += 1 / (double)winners;
  }
}

void joust_best_share(double *share, const double *values, size_t blocks, size_t k) {
  for (size_t j = 0; j < k; j++) share[j] = 0;
  for (size_t i = 0; i < blocks; i++) share_block(share, values + i * k, k);
  for (size_t j = 0; j < k; j++) share[j] /= (double)blocks;
}

void joust_wins(size_t *wins, const double *values, size_t blocks, size_t k) {
  for (size_t i = 0; i < k * k; i++) wins[i] = 0;
  for (size_t block = 0; block < blocks; block++, values += k) {
    for (size_t i = 0; i < k; i++) {
      for (size_t j = 0; j < k; j++) wins[i * k + j] += joust_or_worst(values[i]) < joust_or_worst(values[j]);
    }
  }
}

double joust_score(double value, double random, double best) {
  if (!isfinite(random) || !isfinite(best) || random == best) return NAN;
  if (isnan(value)) return 0;
  return fmax(0, fmin(100, 100 * (random - value) / (random - best)));
}
