#include "stats/signed_rank.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "stats/rank.h"
#include "stats/summary.h"

static double difference(double x, double y) {
  double a = joust_or_worst(x), b = joust_or_worst(y);
  return a == b ? 0 : a - b;
}

/* P(W+ <= w) if each rank has either sign with probability 1/2. The distribution is built one rank at a time (B.
 * Streitberg, J. Roehmel, 1986); ranks are counted in halves, so that mean ranks of ties are whole. */
static double exact_tail(const double *ranks, size_t n, double w) {
  size_t last = (size_t)(2 * w), top = 0;
  double *probability = joust_alloc(last + 1, sizeof *probability), tail = 0;
  probability[0] = 1;
  for (size_t i = 0; i < n; i++) {
    size_t rank = (size_t)(2 * ranks[i]);
    top = top + rank < last ? top + rank : last;
    for (size_t s = top + 1; s-- > 0;) probability[s] = (probability[s] + (s >= rank ? probability[s - rank] : 0)) / 2;
  }
  for (size_t s = 0; s <= last; s++) tail += probability[s];
  free(probability);
  return tail;
}

/* Ranks of the sizes of the differences; zeros first, so under Pratt's rule they only push the others up. Keeps in both
 * arrays the pairs that differ. */
static void rank_sizes(struct joust_signed_rank *test, double *ranks, double *d, size_t n, enum joust_zeros zeros) {
  double *sizes = joust_alloc(n, sizeof *sizes);
  size_t kept = 0;
  for (size_t i = 0; i < n; i++) {
    if (d[i] != 0) d[kept++] = d[i];
  }
  test->n = kept;
  test->zeros = n - kept;
  for (size_t i = 0; i < kept; i++) sizes[i] = fabs(d[i]);
  joust_rank(ranks, sizes, kept, JOUST_TIES_AVERAGE);
  for (size_t i = 0; i < kept && zeros == JOUST_ZEROS_PRATT; i++) ranks[i] += (double)test->zeros;
  free(sizes);
}

struct joust_signed_rank joust_signed_rank_test(const double *x, const double *y, size_t n, enum joust_zeros zeros) {
  struct joust_signed_rank test = {.p = n > 0 ? 1 : NAN};
  double *d = joust_alloc(n, sizeof *d), *ranks = joust_alloc(n, sizeof *ranks), squares = 0;
  for (size_t i = 0; i < n; i++) d[i] = difference(x[i], y ? y[i] : 0);
  rank_sizes(&test, ranks, d, n, zeros);
  for (size_t i = 0; i < test.n; i++) {
    *(d[i] > 0 ? &test.w_plus : &test.w_minus) += ranks[i];
    squares += ranks[i] * ranks[i];
  }
  test.exact = test.n <= JOUST_SIGNED_RANK_EXACT;
  if (test.n > 0) {
    double off = (test.w_plus - test.w_minus) / 2; /* from the mean, half of all ranks */
    test.effect = (test.w_minus - test.w_plus) / (test.w_minus + test.w_plus);
    test.z = copysign(fmax(0, fabs(off) - 0.5), off) / sqrt(squares / 4);
    double tail =
        test.exact ? exact_tail(ranks, test.n, fmin(test.w_plus, test.w_minus)) : gsl_cdf_ugaussian_Q(fabs(test.z));
    test.p = fmin(1, 2 * tail);
  }
  free(d);
  free(ranks);
  return test;
}
