/* The Gaussian process: rows (points of the space), the Cholesky factor of their correlation matrix, and targets.
 *
 *   K = C + noise I = L L^T,   z = L^-1 y,   mean(x) = c^T K^-1 y = v^T z,   var(x) = s^2 (1 - v^T v),   v = L^-1 c(x)
 *
 * (Rasmussen & Williams 2006, alg. 2.1.) The first n_known rows have targets. The others are fantasies: points whose
 * result is outstanding and is taken to be the mean that the model predicts there, so that their z is 0, the mean
 * stays as it is, and the variance near them shrinks ("kriging believer", Ginsbourger, Le Riche and Carraro 2010).
 *
 * s^2 is the mean of its posterior's scale given the z: (shape + z^T z / 2) / (shape + n_known / 2), see fit.h. */
#ifndef BO_MODEL_H
#define BO_MODEL_H

#include <stddef.h>

#include "kernel.h"

struct bo_model { /* owns the kernel and all arrays */
  const struct joust_host *host;
  struct bo_kernel kernel;
  size_t n, n_known, capacity;
  int repaired;    /* since the last factoring: see bo_model_append */
  double *columns; /* coordinate of axis i and row k at [i * capacity + k] */
  double *l;       /* capacity x capacity, row by row, lower triangle */
  double *y, *z;   /* capacity */
  double *work;    /* capacity x 5 */
  double *point;   /* n_axes: work space of the owner */
};

/* Returns 0, or -1 when out of memory. */
int bo_model_init(struct bo_model *model, const struct joust_host *host, const struct joust_space *space,
                  enum bo_kernel_kind kind);
void bo_model_free(struct bo_model *model);

/* The coordinates (n_axes) of a point. */
void bo_model_coordinates(const struct bo_model *model, const double *x, double *at);

/* n rows, all fantasies, still without coordinates and factor: bo_model_place each, set y and n_known, then
 * bo_model_factor. Returns 0, or -1 when out of memory. */
int bo_model_set_rows(struct bo_model *model, size_t n);
void bo_model_place(struct bo_model *model, size_t row, const double *at);

/* Appends a fantasy at the coordinates `at`: one row of L, in n^2 operations. Returns 0, or -1 when out of memory.
 * A row that depends on the others to working precision gets a little noise of its own; the host's log says so. */
int bo_model_append(struct bo_model *model, const double *at);

/* Gives the first fantasy its target. */
void bo_model_tell(struct bo_model *model, double y);

/* Drops all rows from `n` on. */
void bo_model_truncate(struct bo_model *model, size_t n);

/* Factors K again for all rows, after the kernel or the targets have changed, and z with it. If K is not positive
 * definite the kernel's noise is raised tenfold until it is; the host's log says so. Returns 0, or -1 if even a noise
 * of 1 does not help (coordinates that are not finite). */
int bo_model_factor(struct bo_model *model);

double bo_model_amplitude(const struct bo_model *model); /* s^2 */

/* The lowest mean at a known row; there is at least one. */
double bo_model_lowest(struct bo_model *model);

/* For m points with the coordinates `at` (m x n_axes): v into `v` (m x n), mean and v^T v into `mean` and `explained`
 * (m each). n is at least 1. */
void bo_model_predict(struct bo_model *model, const double *at, size_t m, double *v, double *mean, double *explained);

/* The same for one point, with the derivatives by the coordinates (n_axes each). Returns the mean. Derivatives by a
 * coordinate with d = [u != u'] are 0. */
double bo_model_gradient(struct bo_model *model, const double *at, double *explained, double *d_mean,
                         double *d_explained);

#endif
