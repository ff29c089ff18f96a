#include "stats/friedman_exact.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "stats/rank.h"

enum { MOST_STEPS = 1 << 20 };

struct sums { /* sums of ranks in halves, ascending as it does not matter whose they are, in one number */
  uint64_t key;
  double probability;
};

struct counting {
  size_t blocks, k;
  uint32_t *ranks; /* blocks x k, in halves, ascending in each block */
  uint32_t *row;   /* k: of one state */
  unsigned bits;   /* of a sum in a key */
  double steps;    /* so far */
};

/* ---- permutations --------------------------------------------------------------------------------------------------
 */

/* The next one in lexicographic order; false after the last. Equal ranks change no places. */
static bool next_order(uint32_t *ranks, size_t k) {
  size_t i = k - 1, j = k - 1;
  while (i > 0 && ranks[i - 1] >= ranks[i]) i--;
  if (i == 0) return false;
  while (ranks[j] <= ranks[i - 1]) j--;
  uint32_t kept = ranks[i - 1];
  ranks[i - 1] = ranks[j];
  ranks[j] = kept;
  for (j = k - 1; i < j; i++, j--) {
    kept = ranks[i];
    ranks[i] = ranks[j];
    ranks[j] = kept;
  }
  return true;
}

/* Orders of ascending ranks that differ: k! over the factorials of the groups of ties. */
static double count_orders(const uint32_t *ranks, size_t k) {
  double orders = 1;
  for (size_t i = 0, group = 1; i < k; i++) {
    group = i > 0 && ranks[i] == ranks[i - 1] ? group + 1 : 1;
    orders *= (double)(i + 1) / (double)group;
  }
  return round(orders);
}

static void sort_row(uint32_t *row, size_t k) {
  for (size_t i = 1; i < k; i++) {
    uint32_t value = row[i];
    size_t j = i;
    for (; j > 0 && row[j - 1] > value; j--) row[j] = row[j - 1];
    row[j] = value;
  }
}

/* ---- states --------------------------------------------------------------------------------------------------------
 */

static uint64_t pack(const struct counting *counting, const uint32_t *row) {
  uint64_t key = 0;
  for (size_t j = 0; j < counting->k; j++) key = key << counting->bits | row[j];
  return key;
}

static void unpack(const struct counting *counting, uint32_t *row, uint64_t key) {
  uint64_t mask = (UINT64_C(1) << counting->bits) - 1;
  for (size_t j = counting->k; j-- > 0; key >>= counting->bits) row[j] = (uint32_t)(key & mask);
}

/* By key, then probability, so that they are added up in one order everywhere. */
static int by_key(const void *a, const void *b) {
  const struct sums *p = a, *q = b;
  if (p->key != q->key) return p->key < q->key ? -1 : 1;
  return (p->probability > q->probability) - (p->probability < q->probability);
}

static size_t merge(struct sums *states, size_t n) {
  size_t kept = 0;
  qsort(states, n, sizeof *states, by_key);
  for (size_t i = 0; i < n; i++) {
    if (kept > 0 && states[kept - 1].key == states[i].key)
      states[kept - 1].probability += states[i].probability;
    else
      states[kept++] = states[i];
  }
  return kept;
}

static double squares(const uint32_t *row, size_t k) {
  double sum = 0;
  for (size_t j = 0; j < k; j++) sum += (double)row[j] * row[j]; /* whole numbers: exact */
  return sum;
}

/* Adds a block to each of n states in every order; the new states, or, after the last block, the probability of those
 * whose squares are at least `observed`. Returns how many there are. */
static size_t add_block(struct counting *counting, struct sums **states, size_t n, uint32_t *ranks, double observed,
                        double *tail) {
  size_t k = counting->k, made = 0;
  double orders = count_orders(ranks, k);
  struct sums *next = tail ? NULL : joust_alloc(n * (size_t)orders, sizeof *next);
  for (size_t i = 0; i < n; i++) {
    double probability = (*states)[i].probability / orders;
    do {
      unpack(counting, counting->row, (*states)[i].key);
      for (size_t j = 0; j < k; j++) counting->row[j] += ranks[j];
      if (tail) {
        *tail += squares(counting->row, k) >= observed ? probability : 0;
      } else {
        sort_row(counting->row, k);
        next[made++] = (struct sums){pack(counting, counting->row), probability};
      }
    } while (next_order(ranks, k));
    sort_row(ranks, k);
  }
  if (tail) return 0;
  free(*states);
  *states = next;
  return merge(next, made);
}

/* ---- all blocks ----------------------------------------------------------------------------------------------------
 */

/* NaN where it takes too many steps. The first block may as well stand still. */
static double count_tail(struct counting *counting, double observed) {
  size_t n = 1, k = counting->k;
  struct sums *states = joust_alloc(1, sizeof *states);
  double tail = 0;
  states[0] = (struct sums){pack(counting, counting->ranks), 1};
  for (size_t b = 1; b < counting->blocks && !isnan(tail); b++) {
    uint32_t *ranks = counting->ranks + b * k;
    counting->steps += (double)n * count_orders(ranks, k);
    if (counting->steps > MOST_STEPS)
      tail = NAN;
    else
      n = add_block(counting, &states, n, ranks, observed, b + 1 < counting->blocks ? NULL : &tail);
  }
  free(states);
  return isnan(tail) ? NAN : fmin(1, tail);
}

double joust_friedman_exact_p(const double *values, size_t blocks, size_t k) {
  if (blocks < 2 || k < 2) return NAN;
  double *ranks = joust_alloc(k, sizeof *ranks), p = NAN;
  struct counting counting = {.blocks = blocks, .k = k, .bits = (unsigned)(64 / k)};
  counting.ranks = joust_alloc(blocks * k, sizeof *counting.ranks);
  counting.row = joust_alloc(2 * k, sizeof *counting.row);
  uint32_t *sums = counting.row + k;
  bool alike = true;
  for (size_t b = 0; b < blocks; b++) {
    uint32_t *halves = counting.ranks + b * k;
    joust_rank(ranks, values + b * k, k, JOUST_TIES_AVERAGE);
    for (size_t j = 0; j < k; j++) {
      halves[j] = (uint32_t)(2 * ranks[j]);
      alike = alike && (b == 0 || halves[j] * (uint64_t)b == sums[j]);
      sums[j] += halves[j];
    }
  }
  for (size_t b = 0; b < blocks; b++) sort_row(counting.ranks + b * k, k);
  if (alike)
    p = pow(count_orders(counting.ranks, k), 1 - (double)blocks);
  else if (2.0 * (double)k * (double)blocks < pow(2, counting.bits)) /* the largest sum fits */
    p = count_tail(&counting, squares(sums, k));
  free(ranks);
  free(counting.ranks);
  free(counting.row);
  return p;
}
