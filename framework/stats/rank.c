#include "stats/rank.h"

#include <stdlib.h>

#include "base/memory.h"
#include "stats/summary.h"

double joust_rank(double *ranks, const double *values, size_t n, enum joust_ties ties) {
  struct joust_keyed *keyed = joust_alloc(n, sizeof *keyed);
  double correction = 0;
  joust_sort_keyed(keyed, values, n);
  for (size_t i = 0, end; i < n; i = end) {
    for (end = i + 1; end < n && joust_or_worst(keyed[end].value) == joust_or_worst(keyed[i].value);) end++;
    double t = (double)(end - i), first = (double)(i + 1);
    double rank = ties == JOUST_TIES_AVERAGE ? first + (t - 1) / 2 : first;
    for (size_t j = i; j < end; j++) ranks[keyed[j].index] = rank;
    correction += t * t * t - t;
  }
  free(keyed);
  return correction;
}

double joust_rank_blocks(double *mean_ranks, const double *values, size_t blocks, size_t k) {
  double *ranks = joust_alloc(k, sizeof *ranks), correction = 0;
  for (size_t j = 0; j < k; j++) mean_ranks[j] = 0;
  for (size_t i = 0; i < blocks; i++) {
    correction += joust_rank(ranks, values + i * k, k, JOUST_TIES_AVERAGE);
    for (size_t j = 0; j < k; j++) mean_ranks[j] += ranks[j]; /* multiples of 1/2: exact */
  }
  for (size_t j = 0; j < k; j++) mean_ranks[j] /= (double)blocks;
  free(ranks);
  return correction;
}
