/* A set of points, for optimisers that do not want to propose one twice. It grows as needed; -0 and 0 are one value.
 *
 *   struct joust_seen seen = {0};
 *   if (joust_seen_add(&seen, x, n) < 0) return JOUST_ENOMEM;
 *   ...
 *   joust_seen_free(&seen);
 *
 * Open addressing with linear probing at a load of at most one half; the points themselves lie in one array in the
 * order in which they were added. The caller owns the struct and frees it. */
#ifndef JOUST_SEEN_H
#define JOUST_SEEN_H

#include <stdlib.h>

#include "util.h"

struct joust_seen {
  double *points;  /* size x n_parameters, in the order of adding */
  uint32_t *slots; /* n_slots, a power of two: number of a point + 1, or 0 */
  uint32_t size, capacity, n_slots;
};

static inline int joust_same_point(const double *a, const double *b, uint32_t n_parameters) {
  for (uint32_t i = 0; i < n_parameters; i++)
    if (a[i] != b[i]) return 0;
  return 1;
}

/* The slot that holds x, or the empty one where it would go. n_slots must not be 0. */
static inline uint32_t joust_seen_slot(const struct joust_seen *seen, const double *x, uint32_t n_parameters) {
  uint32_t mask = seen->n_slots - 1, slot = (uint32_t)joust_point_hash(x, n_parameters) & mask;
  while (seen->slots[slot] != 0 &&
         !joust_same_point(seen->points + (size_t)(seen->slots[slot] - 1) * n_parameters, x, n_parameters))
    slot = (slot + 1) & mask;
  return slot;
}

static inline int joust_seen_has(const struct joust_seen *seen, const double *x, uint32_t n_parameters) {
  return seen->n_slots != 0 && seen->slots[joust_seen_slot(seen, x, n_parameters)] != 0;
}

/* Twice the room. Returns 0, or -1 when out of memory (the set is unchanged then). */
static inline int joust_seen_grow(struct joust_seen *seen, uint32_t n_parameters) {
  uint32_t capacity = seen->capacity ? seen->capacity * 2 : 64;
  double *points = (double *)realloc(seen->points, (size_t)capacity * n_parameters * sizeof *points);
  if (!points) return -1;
  seen->points = points;
  uint32_t *slots = (uint32_t *)calloc((size_t)capacity * 2, sizeof *slots);
  if (!slots) return -1;
  free(seen->slots);
  seen->slots = slots;
  seen->capacity = capacity;
  seen->n_slots = capacity * 2;
  for (uint32_t i = 0; i < seen->size; i++)
    slots[joust_seen_slot(seen, points + (size_t)i * n_parameters, n_parameters)] = i + 1;
  return 0;
}

/* Adds x (n_parameters). Returns 1 if it is new, 0 if it was there, -1 when out of memory. */
static inline int joust_seen_add(struct joust_seen *seen, const double *x, uint32_t n_parameters) {
  if (seen->size == seen->capacity && joust_seen_grow(seen, n_parameters) < 0) return -1;
  uint32_t slot = joust_seen_slot(seen, x, n_parameters);
  if (seen->slots[slot] != 0) return 0;
  memcpy(seen->points + (size_t)seen->size * n_parameters, x, n_parameters * sizeof *x);
  seen->slots[slot] = ++seen->size;
  return 1;
}

static inline void joust_seen_free(struct joust_seen *seen) {
  free(seen->points);
  free(seen->slots);
  memset(seen, 0, sizeof *seen);
}

#endif
