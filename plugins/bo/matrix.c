#include "matrix.h"

#include <math.h>
#include <string.h>

enum { BLOCK = 48 };

static size_t block_size(size_t left) {
  return left < BLOCK ? left : BLOCK;
}

double bo_dot(const double *a, const double *b, size_t n) {
  if (n == 0) return 0;
  gsl_vector u = bo_vector(a, n), v = bo_vector(b, n);
  double result;
  gsl_blas_ddot(&u, &v, &result);
  return result;
}

static int factor_block(double *a, size_t n, size_t stride) {
  for (size_t j = 0; j < n; j++) {
    double *row = a + j * stride, pivot = row[j];
    for (size_t k = 0; k < j; k++) pivot -= row[k] * row[k];
    /* What is left of a pivot below the rounding error of its terms is noise. */
    if (!(pivot > 1e-15 * row[j])) return -1;
    row[j] = sqrt(pivot);
    for (size_t i = j + 1; i < n; i++) {
      double *other = a + i * stride, sum = other[j];
      for (size_t k = 0; k < j; k++) sum -= other[k] * row[k];
      other[j] = sum / row[j];
    }
  }
  return 0;
}

int bo_cholesky(double *a, size_t n, size_t stride) {
  for (size_t j = 0, width; j < n; j += width) {
    width = block_size(n - j);
    size_t below = n - j - width;
    double *diagonal = a + j * stride + j, *under = diagonal + width * stride;
    gsl_matrix d = bo_view(diagonal, width, width, stride), u = bo_view(under, below, width, stride);
    if (j > 0) {
      gsl_matrix left = bo_view(a + j * stride, width, j, stride);
      gsl_matrix left_under = bo_view(a + (j + width) * stride, below, j, stride);
      gsl_blas_dsyrk(CblasLower, CblasNoTrans, -1, &left, 1, &d);
      if (below > 0) gsl_blas_dgemm(CblasNoTrans, CblasTrans, -1, &left_under, &left, 1, &u);
    }
    if (factor_block(diagonal, width, stride) < 0) return -1;
    if (below > 0) gsl_blas_dtrsm(CblasRight, CblasLower, CblasTrans, CblasNonUnit, 1, &d, &u);
  }
  return 0;
}

static void solve(CBLAS_TRANSPOSE_t transposed, const double *l, size_t n, size_t stride, double *x) {
  if (n == 0) return;
  gsl_matrix matrix = bo_view(l, n, n, stride);
  gsl_vector vector = bo_vector(x, n);
  gsl_blas_dtrsv(CblasLower, transposed, CblasNonUnit, &matrix, &vector);
}

void bo_solve_lower(const double *l, size_t n, size_t stride, double *x) {
  solve(CblasNoTrans, l, n, stride, x);
}

void bo_solve_lower_transposed(const double *l, size_t n, size_t stride, double *x) {
  solve(CblasTrans, l, n, stride, x);
}

void bo_inverse(const double *l, size_t n, size_t stride, double *inverse, double *work) {
  /* W = L^-1 by blocks of columns: what lies above the diagonal block is zero and is left out. */
  memset(work, 0, n * n * sizeof *work);
  for (size_t i = 0; i < n; i++) work[i * n + i] = 1;
  for (size_t j = 0, width; j < n; j += width) {
    width = block_size(n - j);
    gsl_matrix rest = bo_view(l + j * stride + j, n - j, n - j, stride);
    gsl_matrix columns = bo_view(work + j * n + j, n - j, width, n);
    gsl_blas_dtrsm(CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, 1, &rest, &columns);
  }
  /* W^T W, a block of rows at a time, as far as the end of its diagonal block. */
  for (size_t i = 0, height; i < n; i += height) {
    height = block_size(n - i);
    gsl_matrix left = bo_view(work + i * n + i, n - i, height, n), right = bo_view(work + i * n, n - i, i + height, n);
    gsl_matrix rows = bo_view(inverse + i * n, height, i + height, n);
    gsl_blas_dgemm(CblasTrans, CblasNoTrans, 1, &left, &right, 0, &rows);
  }
}
