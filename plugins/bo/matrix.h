/* Dense linear algebra on plain row-major arrays: GSL's views and BLAS calls, and what GSL cannot give.
 *
 * GSL reports a matrix that is not positive definite, or memory that ran out, through one error handler for the whole
 * process, which aborts unless somebody has changed it. A plugin must neither abort nor change it for others. So only
 * calls that have no error to report are used: views over memory of ours and gsl_blas_*; the Cholesky factor, which
 * can fail, is written here on top of them. Nothing here allocates. */
#ifndef BO_MATRIX_H
#define BO_MATRIX_H

#include <gsl/gsl_blas.h>
#include <stddef.h>

/* A rows x columns view of `data`, whose rows are `stride` apart. All are at least 1. */
static inline gsl_matrix bo_view(const double *data, size_t rows, size_t columns, size_t stride) {
  return (gsl_matrix){.size1 = rows, .size2 = columns, .tda = stride, .data = (double *)(size_t)data};
}

static inline gsl_vector bo_vector(const double *data, size_t n) {
  return (gsl_vector){.size = n, .stride = 1, .data = (double *)(size_t)data};
}

double bo_dot(const double *a, const double *b, size_t n);

/* Overwrites the lower triangle of the n x n matrix `a` (rows `stride` apart) with its Cholesky factor L, a = L L^T;
 * the upper triangle is left alone. Returns 0, or -1 if the matrix is not positive definite to working precision
 * (`a` is spoilt then). Blocked, left-looking: Golub & Van Loan, Matrix Computations, 4th ed., 4.2.9. */
int bo_cholesky(double *a, size_t n, size_t stride);

/* x := L^-1 x and x := L^-T x for a vector of n. */
void bo_solve_lower(const double *l, size_t n, size_t stride, double *x);
void bo_solve_lower_transposed(const double *l, size_t n, size_t stride, double *x);

/* The lower triangle of (L L^T)^-1 into `inverse`; `work` takes L^-1 (its upper triangle becomes 0). Both n x n with
 * rows n apart. */
void bo_inverse(const double *l, size_t n, size_t stride, double *inverse, double *work);

#endif
