#include "stats/rank_sum.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "stats/rank.h"

double joust_rank_sum_u(const double *x, size_t n_x, const double *y, size_t n_y, double *ties) {
  size_t n = n_x + n_y;
  double *both = joust_alloc(n, sizeof *both), *ranks = joust_alloc(n, sizeof *ranks);
  for (size_t i = 0; i < n; i++) both[i] = i < n_x ? x[i] : y[i - n_x];
  double correction = joust_rank(ranks, both, n, JOUST_TIES_AVERAGE), sum = 0;
  for (size_t i = 0; i < n_x; i++) sum += ranks[i];
  if (ties) *ties = correction;
  free(both);
  free(ranks);
  return sum - (double)n_x * (double)(n_x + 1) / 2;
}

/* P(U <= u) of samples of m and n without ties. The largest of all values is of the first sample with probability
 * m / (m + n), and is then above all n of the second:
 *
 *   P(u; m, n) = m / (m + n) P(u - n; m - 1, n) + n / (m + n) P(u; m, n - 1)
 *
 * Row i of `table` holds the probabilities of 0 .. u for i values of the first sample. */
static double exact_tail(size_t m, size_t n, size_t u) {
  size_t width = u + 1;
  double *table = joust_alloc((m + 1) * width, sizeof *table), tail = 0;
  for (size_t i = 0; i <= m; i++) table[i * width] = 1; /* the second sample is empty: U = 0 */
  for (size_t j = 1; j <= n; j++) {
    for (size_t i = 1; i <= m; i++) {
      double *row = table + i * width, first = (double)i / (double)(i + j), second = (double)j / (double)(i + j);
      size_t top = i * j < u ? i * j : u;
      for (size_t s = 0; s <= top; s++) row[s] = second * row[s] + (s >= j ? first * (row - width)[s - j] : 0);
    }
  }
  for (size_t s = 0; s < width; s++) tail += table[m * width + s];
  free(table);
  return tail;
}

struct joust_rank_sum joust_rank_sum_test(const double *x, size_t n_x, const double *y, size_t n_y) {
  struct joust_rank_sum test = {.n_x = n_x, .n_y = n_y, .u = NAN, .z = NAN, .p = NAN};
  double m = (double)n_x, n = (double)n_y, all = m + n, ties;
  if (n_x == 0 || n_y == 0) return test;
  test.u = joust_rank_sum_u(x, n_x, y, n_y, &ties);
  double off = test.u - m * n / 2, variance = m * n / 12 * (all + 1 - ties / (all * (all - 1)));
  test.z = variance > 0 ? copysign(fmax(0, fabs(off) - 0.5), off) / sqrt(variance) : 0;
  test.exact = ties == 0 && m * n <= JOUST_RANK_SUM_EXACT;
  double tail =
      test.exact ? exact_tail(n_x, n_y, (size_t)fmin(test.u, m * n - test.u)) : gsl_cdf_ugaussian_Q(fabs(test.z));
  test.p = fmin(1, 2 * tail);
  return test;
}
