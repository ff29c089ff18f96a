#include "landscape.h"

#include <stdlib.h>

static uint64_t next(uint64_t *state) {
  uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

/* Uniform on 0 .. bound-1 from the upper 32 bits of outputs, as joust_below of <joust/util.h>. */
static uint32_t below(uint64_t *state, uint32_t bound) {
  uint32_t reject = (0u - bound) % bound;
  uint64_t product;
  do product = (next(state) >> 32) * bound;
  while ((uint32_t)product < reject);
  return (uint32_t)(product >> 32);
}

static uint64_t first_state(const struct nk_landscape *landscape) {
  const uint64_t parts[] = {landscape->seed, landscape->n, landscape->k, landscape->choices,
                            (uint64_t)landscape->neighbours};
  uint64_t hash = 0;
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    uint64_t state = hash ^ parts[i];
    hash = next(&state);
  }
  return hash;
}

/* k of the n - 1 loci other than i, in increasing order. */
static void draw_neighbours(uint32_t *neighbours, uint32_t i, uint32_t n, uint32_t k, uint64_t *state) {
  uint32_t wanted = k, left = n - 1;
  for (uint32_t j = 0; j < n && wanted > 0; j++) {
    if (j == i) continue;
    if (below(state, left--) >= wanted) continue;
    *neighbours++ = j;
    wanted--;
  }
}

static void fill_loci(struct nk_landscape *landscape, uint64_t *state) {
  uint32_t n = landscape->n, k = landscape->k;
  for (uint32_t i = 0; i < n; i++) {
    uint32_t *row = landscape->loci + (size_t)i * (k + 1);
    row[0] = i;
    if (landscape->neighbours == NK_RANDOM)
      draw_neighbours(row + 1, i, n, k, state);
    else
      for (uint32_t j = 1; j <= k; j++) row[j] = (i + j) % n;
  }
}

uint32_t nk_combinations(uint32_t n, uint32_t k, uint32_t choices) {
  uint32_t combinations = 1;
  for (uint32_t j = 0; j <= k; j++) {
    if (combinations > NK_MAX_CONTRIBUTIONS / n / choices) return 0;
    combinations *= choices;
  }
  return combinations;
}

joust_status nk_landscape_make(struct nk_landscape *landscape) {
  size_t n = landscape->n;
  landscape->combinations = nk_combinations(landscape->n, landscape->k, landscape->choices);
  size_t n_contributions = n * landscape->combinations;
  landscape->loci = malloc(n * (landscape->k + 1) * sizeof *landscape->loci);
  landscape->contributions = malloc(n_contributions * sizeof *landscape->contributions);
  if (!landscape->loci || !landscape->contributions) return JOUST_ENOMEM;
  uint64_t state = first_state(landscape);
  fill_loci(landscape, &state);
  for (size_t i = 0; i < n_contributions; i++) landscape->contributions[i] = (uint32_t)(next(&state) >> 32);
  return JOUST_OK;
}

void nk_landscape_free(struct nk_landscape *landscape) {
  free(landscape->loci);
  free(landscape->contributions);
}

uint64_t nk_sum(const struct nk_landscape *landscape, const uint32_t *values) {
  uint32_t n = landscape->n, width = landscape->k + 1, choices = landscape->choices;
  const uint32_t *loci = landscape->loci, *row = landscape->contributions;
  uint64_t sum = 0;
  for (uint32_t i = 0; i < n; i++, loci += width, row += landscape->combinations) {
    uint32_t combination = 0;
    for (uint32_t j = 0; j < width; j++) combination = combination * choices + values[loci[j]];
    sum += row[combination];
  }
  return sum;
}
