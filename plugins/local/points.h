/* What the local search remembers: which points are known, and the evaluated ones in a heap by value.
 *
 * Both are owned by the search; zeroed they are empty, and the free functions leave them so. Functions that allocate
 * return a negative number when out of memory, and the memory is unchanged then. */
#ifndef LOCAL_POINTS_H
#define LOCAL_POINTS_H

#include <joust/seen.h>

#define NONE      UINT32_MAX
#define DONE_WITH UINT8_MAX /* the level of a point whose neighbourhood is known */

/* Points that were proposed or told: a bit each in a small space, else a set. */
struct known {
  const struct joust_space *space;
  uint64_t n_points; /* of the space; 0: infinitely many */
  uint64_t *bits;    /* n_points, or NULL */
  uint64_t *stride;  /* n_parameters: what a step of each adds to a point's index */
  struct joust_seen seen;
};

int known_init(struct known *known, const struct joust_space *space);
void known_free(struct known *known);

/* Returns 1 if x is new, 0 if it was known or is not of the space. */
int known_add(struct known *known, const double *x);

/* Evaluated points, numbered in the order in which they were told. */
struct points {
  uint32_t n_parameters, n, capacity;
  double *x, *f;  /* capacity x n_parameters, capacity */
  uint8_t *level; /* capacity: how often the steps from here were halved, or DONE_WITH */
  uint32_t *heap; /* capacity: numbers, the least f on top; a point that is done with leaves when it gets there */
  uint32_t n_heap;
};

/* Returns the point's number, or NONE when out of memory. */
uint32_t points_add(struct points *points, const double *x, double f, uint8_t level);

/* The best point that is not done with, or NONE. */
uint32_t points_best(struct points *points);

void points_free(struct points *points);

#endif
