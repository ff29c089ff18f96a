/* Every point of a finite space as a candidate, with the model's mean and variance kept up to date.
 *
 * V = L^-1 C (rows of the model x points) grows by a row with each row of the model, in 2 n operations a point; mean
 * and explained variance follow by one more product each. After a refit all of V is built again, block by block so
 * that a block stays in the cache.
 *
 * The points are in the order of joust_point_index. C needs no exponential a point: the point of index i is a head
 * (the values of the first parameters) and a tail (those of the others), the sums a and q of the kernel are sums over
 * both, so that one row of C is made of two short tables. A block of V holds the points that share a head. */
#ifndef BO_GRID_H
#define BO_GRID_H

#include <joust/util.h>
#include <stddef.h>

#include "acquire.h"
#include "model.h"

struct bo_grid {                     /* owns all arrays; n_points 0: not in use */
  size_t n_points, n_heads, n_tails; /* n_points = n_heads x n_tails */
  size_t split;                      /* the first axis of the tail */
  size_t n, capacity;                /* rows of V */
  double **blocks;                   /* n_heads blocks of capacity x n_tails */
  double *tables;                    /* capacity x 2 (n_heads + n_tails): exp(-a) of heads and tails, then q */
  double *mean, *explained;          /* n_points: of the rows so far */
  double *values;                    /* coordinates of all values of all axes, one after the other */
  size_t *first_value, *n_values;    /* n_axes each */
  uint8_t *known;                    /* n_points */
};

/* Returns 0, or -1 when out of memory. The space is finite and has `n_points` points. */
int bo_grid_init(struct bo_grid *grid, const struct bo_kernel *kernel, size_t n_points);
void bo_grid_free(struct bo_grid *grid);

/* Follows the model: a row appended; the first fantasy told; rows dropped (before the model drops them); everything
 * new. Those that return a status return 0, or -1 when out of memory. */
int bo_grid_append(struct bo_grid *grid, const struct bo_model *model);
void bo_grid_tell(struct bo_grid *grid, const struct bo_model *model);
void bo_grid_truncate(struct bo_grid *grid, const struct bo_model *model, size_t n);
int bo_grid_rebuild(struct bo_grid *grid, const struct bo_model *model);

#endif
