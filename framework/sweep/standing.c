#include "sweep/standing.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void joust_standing_make(struct joust_standing *standing, const struct joust_plan *plan) {
  size_t n = (size_t)plan->n_problems * plan->n_optimisers;
  *standing = (struct joust_standing){.plan = plan};
  standing->sums = joust_alloc(n, sizeof *standing->sums);
  standing->counts = joust_alloc(n, sizeof *standing->counts);
}

void joust_standing_free(struct joust_standing *standing) {
  free(standing->sums);
  free(standing->counts);
  memset(standing, 0, sizeof *standing);
}

void joust_standing_add(struct joust_standing *standing, const struct joust_planned_run *run, double best) {
  size_t i = (size_t)run->problem * standing->plan->n_optimisers + run->optimiser;
  standing->sums[i] += best;
  standing->counts[i]++;
}

/* Adds the ranks on one problem; false where an optimiser has no run yet. */
static bool add_ranks(const double *sums, const uint32_t *counts, uint32_t n, double *ranks) {
  for (uint32_t i = 0; i < n; i++)
    if (!counts[i]) return false;
  for (uint32_t i = 0; i < n; i++) {
    double mean = sums[i] / counts[i], rank = 1;
    for (uint32_t k = 0; k < n; k++) {
      double other = sums[k] / counts[k];
      rank += other < mean ? 1 : other == mean && k != i ? 0.5 : 0;
    }
    ranks[i] += rank;
  }
  return true;
}

uint32_t joust_standing_ranks(const struct joust_standing *standing, double *ranks) {
  uint32_t n = standing->plan->n_optimisers, problems = 0;
  memset(ranks, 0, n * sizeof *ranks);
  for (uint32_t p = 0; p < standing->plan->n_problems; p++)
    problems += add_ranks(standing->sums + (size_t)p * n, standing->counts + (size_t)p * n, n, ranks);
  for (uint32_t i = 0; i < n && problems; i++) ranks[i] /= problems;
  return problems;
}
