#include "stats/signed_rank.h"

#include <float.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "stats/rank.h"
#include "stats/summary.h"

struct differences { /* n of them */
  double *d;
  double *noise; /* how far rounding may have moved each */
  size_t n;
};

/* Each operand may be off by an ulp (half one from decimals, half one from a change of scale), and so may what they
 * leave: 4 epsilon of the larger operand covers that. What is no more than noise is zero. */
static void subtract(struct differences *all, const double *x, const double *y) {
  for (size_t i = 0; i < all->n; i++) {
    double a = joust_or_worst(x[i]), b = y ? joust_or_worst(y[i]) : 0, larger = fmax(fabs(a), fabs(b));
    all->noise[i] = isfinite(larger) ? 4 * DBL_EPSILON * larger : 0;
    all->d[i] = a == b || fabs(a - b) <= (y ? all->noise[i] : 0) ? 0 : a - b;
  }
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

/* Sizes that differ by no more than noise become equal, each to the smallest of its group. */
static void tie_sizes(double *sizes, const double *noise, size_t n) {
  struct joust_keyed *keyed = joust_alloc(n, sizeof *keyed);
  joust_sort_keyed(keyed, sizes, n);
  for (size_t first = 0, i = 1; i < n; i++) {
    double apart = noise[keyed[first].index] + noise[keyed[i].index];
    if (keyed[i].value - keyed[first].value <= apart)
      sizes[keyed[i].index] = keyed[first].value;
    else
      first = i;
  }
  free(keyed);
}

/* Ranks of the sizes of the differences; zeros first, so under Pratt's rule they only push the others up. Keeps the
 * pairs that differ. */
static void rank_sizes(struct joust_signed_rank *test, double *ranks, struct differences *all, enum joust_zeros zeros) {
  double *sizes = joust_alloc(all->n, sizeof *sizes);
  size_t kept = 0;
  for (size_t i = 0; i < all->n; i++) {
    if (all->d[i] == 0) continue;
    all->noise[kept] = all->noise[i];
    all->d[kept++] = all->d[i];
  }
  test->n = kept;
  test->zeros = all->n - kept;
  for (size_t i = 0; i < kept; i++) sizes[i] = fabs(all->d[i]);
  tie_sizes(sizes, all->noise, kept);
  joust_rank(ranks, sizes, kept, JOUST_TIES_AVERAGE);
  for (size_t i = 0; i < kept && zeros == JOUST_ZEROS_PRATT; i++) ranks[i] += (double)test->zeros;
  free(sizes);
}

struct joust_signed_rank joust_signed_rank_test(const double *x, const double *y, size_t n, enum joust_zeros zeros) {
  struct joust_signed_rank test = {.p = n > 0 ? 1 : NAN};
  double *d = joust_alloc(2 * n, sizeof *d), *ranks = joust_alloc(n, sizeof *ranks), squares = 0;
  struct differences all = {.d = d, .noise = d + n, .n = n};
  subtract(&all, x, y);
  rank_sizes(&test, ranks, &all, zeros);
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
