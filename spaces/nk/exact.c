#include "exact.h"

#include <stdlib.h>
#include <string.h>

/* ---- all points ------------------------------------------------------------------------------------------------- */

#define WALK_LOCI 27 /* most loci of a space of NK_MAX_STEPS points */

struct reader {
  uint32_t locus;  /* its contribution depends on the locus that changes */
  uint32_t stride; /* how far its combination moves when the value rises by one */
};

/* Goes through all points in the order of a reflected mixed-radix Gray code (D. Knuth, TAOCP 4A, 7.2.1.1, algorithm H:
 * each step changes one value by one, and `focus` says at once which) and keeps the sum up to date. */
struct walk {
  const struct nk_landscape *landscape;
  uint64_t sum;
  uint32_t values[WALK_LOCI], combination[WALK_LOCI], rising[WALK_LOCI], focus[WALK_LOCI + 1], n_readers[WALK_LOCI];
  struct reader readers[WALK_LOCI][WALK_LOCI];
};

static void walk_start(struct walk *walk, const struct nk_landscape *landscape) {
  uint32_t n = landscape->n, width = landscape->k + 1;
  memset(walk, 0, sizeof *walk);
  walk->landscape = landscape;
  for (uint32_t i = 0; i < n; i++) {
    uint32_t stride = landscape->combinations;
    for (uint32_t j = 0; j < width; j++) {
      uint32_t read = landscape->loci[i * width + j];
      stride /= landscape->choices;
      walk->readers[read][walk->n_readers[read]++] = (struct reader){i, stride};
    }
    walk->rising[i] = 1;
    walk->focus[i] = i;
  }
  walk->focus[n] = n;
  walk->sum = nk_sum(landscape, walk->values);
}

/* To the next point; 0 when all were visited. */
static int walk_next(struct walk *walk) {
  const struct nk_landscape *landscape = walk->landscape;
  uint32_t changed = walk->focus[0];
  walk->focus[0] = 0;
  if (changed == landscape->n) return 0;
  uint32_t rising = walk->rising[changed];
  walk->values[changed] += rising ? 1 : UINT32_MAX;
  for (uint32_t r = 0; r < walk->n_readers[changed]; r++) {
    struct reader reader = walk->readers[changed][r];
    const uint32_t *row = landscape->contributions + (size_t)reader.locus * landscape->combinations;
    uint32_t before = walk->combination[reader.locus], after = before + (rising ? reader.stride : 0u - reader.stride);
    walk->combination[reader.locus] = after;
    walk->sum = walk->sum - row[before] + row[after];
  }
  if (walk->values[changed] == (rising ? landscape->choices - 1 : 0)) {
    walk->rising[changed] = !rising;
    walk->focus[changed] = walk->focus[changed + 1];
    walk->focus[changed + 1] = changed + 1;
  }
  return 1;
}

/* choices^n, or 0 if it is more than `most`. */
static uint64_t count_points(const struct nk_landscape *landscape, uint64_t most) {
  uint64_t points = 1;
  for (uint32_t i = 0; i < landscape->n; i++) {
    if (points > most / landscape->choices) return 0;
    points *= landscape->choices;
  }
  return points;
}

uint64_t nk_exhaustive_steps(const struct nk_landscape *landscape) {
  uint64_t width = landscape->k + 1, points = count_points(landscape, NK_MAX_STEPS / width);
  return points ? points * width : UINT64_MAX;
}

void nk_exhaustive(const struct nk_landscape *landscape, int32_t direction, uint32_t *values, uint64_t *sum) {
  struct walk walk;
  walk_start(&walk, landscape);
  size_t size = landscape->n * sizeof *values;
  *sum = walk.sum;
  memcpy(values, walk.values, size);
  while (walk_next(&walk)) {
    if (direction < 0 ? walk.sum <= *sum : walk.sum >= *sum) continue;
    *sum = walk.sum;
    memcpy(values, walk.values, size);
  }
}

/* ---- dynamic programming ---------------------------------------------------------------------------------------- */

#define UNREACHABLE (-(INT64_C(1) << 62)) /* sums are below 2^42, so adding some leaves it below every sum */

struct programme {
  const struct nk_landscape *landscape;
  int64_t sign;         /* what is maximised is sign * sum */
  uint32_t states;      /* choices^k: values of k loci in a row, the first is the most significant digit */
  int64_t *value, *old; /* states: best so far of each state, and that of one step ago */
  uint8_t *dropped;     /* n x states: the value of locus i that leads best to the state behind it */
};

/* Adds the contribution of locus i. A combination of k + 1 values is a state and the value added behind it; without its
 * first digit it is the next state. */
static void add_locus(struct programme *programme, uint32_t i) {
  uint32_t choices = programme->landscape->choices, states = programme->states, combination = 0, from = 0, added = 0;
  const uint32_t *row = programme->landscape->contributions + (size_t)i * programme->landscape->combinations;
  uint8_t *dropped = programme->dropped + (size_t)i * states;
  int64_t *old = programme->value, *value = programme->old, sign = programme->sign;
  for (uint32_t first = 0; first < choices; first++) {
    for (uint32_t to = 0; to < states; to++, combination++) {
      int64_t candidate = old[from] + sign * row[combination];
      if (first == 0 || candidate > value[to]) {
        value[to] = candidate;
        dropped[to] = (uint8_t)first;
      }
      if (++added == choices) {
        added = 0;
        from++;
      }
    }
  }
  programme->value = value;
  programme->old = old;
}

/* The best way round the ring that starts and ends in a state. */
static int64_t go_round(struct programme *programme, uint32_t start) {
  for (uint32_t state = 0; state < programme->states; state++) programme->value[state] = UNREACHABLE;
  programme->value[start] = 0;
  for (uint32_t i = 0; i < programme->landscape->n; i++) add_locus(programme, i);
  return programme->value[start];
}

static void trace_back(const struct programme *programme, uint32_t start, uint32_t *values) {
  uint32_t state = start;
  for (uint32_t i = programme->landscape->n; i-- > 0;) {
    values[i] = programme->dropped[(size_t)i * programme->states + state];
    state = (values[i] * programme->states + state) / programme->landscape->choices;
  }
}

uint64_t nk_programming_steps(const struct nk_landscape *landscape) {
  if (landscape->neighbours != NK_ADJACENT && landscape->k > 0) return UINT64_MAX;
  uint64_t steps = (uint64_t)landscape->n * landscape->combinations * (landscape->combinations / landscape->choices);
  return steps <= NK_MAX_STEPS ? steps : UINT64_MAX;
}

joust_status nk_programming(const struct nk_landscape *landscape, int32_t direction, uint32_t *values, uint64_t *sum) {
  uint32_t states = landscape->combinations / landscape->choices;
  int64_t *room = malloc(2 * states * sizeof *room), best = UNREACHABLE;
  uint8_t *dropped = malloc((size_t)landscape->n * states);
  if (!room || !dropped) {
    free(room);
    free(dropped);
    return JOUST_ENOMEM;
  }
  struct programme programme = {landscape, direction < 0 ? 1 : -1, states, room, room + states, dropped};
  for (uint32_t start = 0; start < states; start++) {
    int64_t value = go_round(&programme, start);
    if (value <= best) continue;
    best = value;
    trace_back(&programme, start, values);
  }
  *sum = (uint64_t)(best * programme.sign);
  free(room);
  free(dropped);
  return JOUST_OK;
}

joust_status nk_optimum(const struct nk_landscape *landscape, int32_t direction, uint32_t *values, uint64_t *sum) {
  uint64_t exhaustive = nk_exhaustive_steps(landscape), programming = nk_programming_steps(landscape);
  if (exhaustive == UINT64_MAX && programming == UINT64_MAX) return JOUST_EUNSUPPORTED;
  if (programming <= exhaustive) return nk_programming(landscape, direction, values, sum);
  nk_exhaustive(landscape, direction, values, sum);
  return JOUST_OK;
}

/* ---- ranks ------------------------------------------------------------------------------------------------------ */

static int larger_first(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x < y) - (x > y);
}

joust_status nk_sorted_sums(const struct nk_landscape *landscape, uint64_t **sums, size_t *n_points) {
  struct walk walk;
  *n_points = (size_t)count_points(landscape, NK_MAX_RANKED);
  *sums = NULL;
  if (*n_points == 0) return JOUST_OK;
  *sums = malloc(*n_points * sizeof **sums);
  if (!*sums) return JOUST_ENOMEM;
  size_t visited = 0;
  walk_start(&walk, landscape);
  do (*sums)[visited++] = walk.sum;
  while (walk_next(&walk));
  qsort(*sums, *n_points, sizeof **sums, larger_first);
  return JOUST_OK;
}

size_t nk_rank(const uint64_t *sums, size_t n_points, uint64_t sum) {
  size_t low = 0, high = n_points; /* all before low are larger, none from high on is */
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (sums[middle] > sum)
      low = middle + 1;
    else
      high = middle;
  }
  return low + 1;
}
