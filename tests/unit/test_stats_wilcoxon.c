/* Tests of two samples, effect sizes, and how much data a claim needs. References:
 *
 * - scipy 1.17: wilcoxon(d, zero_method=..., correction=True, method=...), mannwhitneyu(x, y, method=...)
 * - exact p with ties or zeros: all 2^n signs of rankdata(abs(d)), counted by itertools.product; zeros left out before
 *   ranking (Wilcox) or after (Pratt)
 * - J. Demsar, JMLR 7 (2006), table 2
 * - Vargha and Delaney's A: mean of (p < q) + (p == q) / 2 over all pairs, by numpy
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdbool.h>

#include "stats/effect.h"
#include "stats/enough.h"
#include "stats/rank_sum.h"
#include "stats/signed_rank.h"

#define N(array) (sizeof(array) / sizeof *(array))

static void assert_close(double value, double expected) {
  bool same = isfinite(expected) ? fabs(value - expected) <= 1e-9 * fmax(1, fabs(expected))
                                 : value == expected || (isnan(value) && isnan(expected));
  if (!same) fail_msg("%.17g, expected %.17g", value, expected);
}

/* ---- signed ranks ----------------------------------------------------------------------------------------------- */

/* AUC of C4.5 and of C4.5 with m tuned, in thousandths. The paper gives both zeros rank 1.5 and half of each to either
 * side: its R+ = 93 and R- = 12 are Pratt's sums and 1.5 on each. */
static const double c45[] = {763, 599, 954, 628, 882, 936, 661, 583, 775, 1000, 940, 619, 972, 957};
static const double c45_m[] = {768, 591, 971, 661, 888, 931, 668, 583, 838, 1000, 962, 666, 981, 978};

static void demsar_table_2(void **state) {
  (void)state;
  struct joust_signed_rank pratt = joust_signed_rank_test(c45, c45_m, 14, JOUST_ZEROS_PRATT);
  assert_int_equal(pratt.n, 12);
  assert_int_equal(pratt.zeros, 2);
  assert_close(pratt.w_minus + 1.5, 93);
  assert_close(pratt.w_plus + 1.5, 12);
  assert_true(pratt.exact);
  assert_close(pratt.p, 0.0078125);
  assert_close(pratt.z, -2.5178904194658354);
  assert_close(pratt.effect, (91.5 - 10.5) / 102);
  struct joust_signed_rank wilcox = joust_signed_rank_test(c45, c45_m, 14, JOUST_ZEROS_WILCOX);
  assert_close(wilcox.w_minus, 71.5);
  assert_close(wilcox.w_plus, 6.5);
  assert_close(wilcox.p, 0.00732421875);
  assert_close(wilcox.z, -2.5112525819614415);
}

static void signed_rank_exact(void **state) {
  (void)state;
  static const double d[] = {1.1, -2.3, 0.4, 3.7, 5.2, -0.9, 6.1, 2.8, 7.3, -0.2};
  struct joust_signed_rank test = joust_signed_rank_test(d, NULL, N(d), JOUST_ZEROS_PRATT);
  assert_close(test.w_minus, 9);
  assert_close(test.p, 0.064453125);
  double largest[50];
  for (int i = 1; i <= 50; i++) largest[i - 1] = i * (i * i % 7 < 4 ? 1 : -1) + 0.25;
  test = joust_signed_rank_test(largest, NULL, 50, JOUST_ZEROS_WILCOX);
  assert_true(test.exact);
  assert_close(fmin(test.w_minus, test.w_plus), 343);
  assert_close(test.p, 0.003913313547160513);
}

static void signed_rank_normal(void **state) {
  (void)state;
  double d[80];
  for (int i = 0; i < 80; i++) d[i] = i * 37 % 101 - 40;
  struct joust_signed_rank wilcox = joust_signed_rank_test(d, NULL, 80, JOUST_ZEROS_WILCOX);
  struct joust_signed_rank pratt = joust_signed_rank_test(d, NULL, 80, JOUST_ZEROS_PRATT);
  assert_false(wilcox.exact);
  assert_close(fmin(wilcox.w_plus, wilcox.w_minus), 1015.5);
  assert_close(fabs(wilcox.z), 2.75640186092049);
  assert_close(wilcox.p, 0.005844114716713923);
  assert_close(fmin(pratt.w_plus, pratt.w_minus), 1047.5);
  assert_close(fabs(pratt.z), 2.7411766618936917);
  assert_close(pratt.p, 0.0061219581954903325);
}

static void signed_rank_at_the_edges(void **state) {
  (void)state;
  static const double x[] = {1, 2, 3}, y[] = {2, 3, 4};
  assert_close(joust_signed_rank_test(NULL, NULL, 0, JOUST_ZEROS_PRATT).p, NAN);
  struct joust_signed_rank same = joust_signed_rank_test(x, x, 3, JOUST_ZEROS_PRATT);
  assert_close(same.p, 1);
  assert_int_equal(same.zeros, 3);
  assert_close(same.effect, 0);
  assert_close(joust_signed_rank_test(x, y, 1, JOUST_ZEROS_PRATT).p, 1);
  assert_close(joust_signed_rank_test(x, y, 2, JOUST_ZEROS_PRATT).p, 0.5);
  struct joust_signed_rank ties = joust_signed_rank_test(x, y, 3, JOUST_ZEROS_WILCOX);
  assert_close(ties.p, 0.25);
  assert_close(ties.effect, 1); /* x is the smaller, so the better one, throughout */
}

/* Accuracies in per cent with two decimals: in hundredths they are whole, and no unit changes a rank. The exact p was
 * counted over all 2^8 signs of the whole numbers. */
static void units_do_not_matter(void **state) {
  (void)state;
  static const double x[] = {93.42, 93.06, 93.46, 93.20, 93.36, 93.34, 93.06, 93.51};
  static const double y[] = {93.37, 92.86, 93.36, 93.10, 93.46, 93.29, 92.96, 93.41};
  static const double factors[] = {1, 100, 1 / 3.0, 1e-6, 1e12};
  double whole_x[N(x)], whole_y[N(x)], u[N(x)], v[N(x)];
  for (size_t i = 0; i < N(x); i++) {
    whole_x[i] = round(100 * x[i]);
    whole_y[i] = round(100 * y[i]);
  }
  struct joust_signed_rank whole = joust_signed_rank_test(whole_x, whole_y, N(x), JOUST_ZEROS_PRATT);
  assert_close(whole.p, 0.0703125);
  for (size_t f = 0; f < N(factors); f++) {
    for (size_t i = 0; i < N(x); i++) {
      u[i] = x[i] * factors[f];
      v[i] = y[i] * factors[f];
    }
    struct joust_signed_rank test = joust_signed_rank_test(u, v, N(x), JOUST_ZEROS_PRATT);
    assert_close(test.p, whole.p);
    assert_close(test.w_plus, whole.w_plus);
  }
  static const double sums[] = {0.1 + 0.2, 2, 3, 4}, values[] = {0.3, 1, 2, 3};
  struct joust_signed_rank test = joust_signed_rank_test(sums, values, N(sums), JOUST_ZEROS_PRATT);
  assert_int_equal(test.zeros, 1); /* 0.1 + 0.2 is no more than noise above 0.3 */
  static const double close[] = {1 + 1e-12, 1 - 2e-12}, one[] = {1, 1};
  test = joust_signed_rank_test(close, one, 2, JOUST_ZEROS_PRATT);
  assert_close(test.w_plus, 1); /* small, but no noise */
  assert_close(test.w_minus, 2);
}

static void failed_runs_in_pairs(void **state) {
  (void)state;
  const double x[] = {NAN, 1, NAN, 2}, y[] = {1, INFINITY, INFINITY, 3};
  struct joust_signed_rank test = joust_signed_rank_test(x, y, 4, JOUST_ZEROS_WILCOX);
  assert_int_equal(test.n, 3);
  assert_int_equal(test.zeros, 1); /* both failed */
  assert_close(test.w_plus, 2.5);  /* x failed: as large a difference as y failed, larger than 3 - 2 */
  assert_close(test.w_minus, 3.5);
}

/* ---- rank sums -------------------------------------------------------------------------------------------------- */

static const double a[] = {6.0, 6.6, 5.45, 4.22, 5.09, 4.02, 6.12, 8.68, 5.02, 4.76, 6.98, 6.71};
static const double b[] = {7.21, 5.14, 6.94, 8.39, 4.31, 6.08, 3.2, 4.42, 3.32};
static const double tied_x[] = {1, 2, 2, 3, 3, 3, 4, 5, 5, 7}, tied_y[] = {2, 3, 3, 4, 5, 6, 6, 7, 8, 8, 9};

static void rank_sum_exact(void **state) {
  (void)state;
  struct joust_rank_sum test = joust_rank_sum_test(a, N(a), b, N(b));
  assert_true(test.exact);
  assert_close(test.u, 60);
  assert_close(test.p, 0.7020855305685028);
  assert_close(joust_rank_sum_test(b, N(b), a, N(a)).p, 0.7020855305685028);
  double x[30], y[30];
  for (int i = 0; i < 30; i++) {
    x[i] = i * 17 % 97 / 10.0;
    y[i] = i * 29 % 89 / 10.0 + 1.05;
  }
  test = joust_rank_sum_test(x, 30, y, 30);
  assert_true(test.exact);
  assert_close(test.u, 347);
  assert_close(test.p, 0.13036660425192179);
}

static void rank_sum_normal(void **state) {
  (void)state;
  double x[40], y[30];
  for (int i = 0; i < 40; i++) x[i] = i * 17 % 97 / 10.0;
  for (int i = 0; i < 30; i++) y[i] = i * 29 % 89 / 10.0 + 1.05;
  struct joust_rank_sum test = joust_rank_sum_test(x, 40, y, 30);
  assert_false(test.exact);
  assert_close(test.u, 482);
  assert_close(test.p, 0.16317619088946533);
  test = joust_rank_sum_test(tied_x, N(tied_x), tied_y, N(tied_y));
  assert_false(test.exact);
  assert_close(test.u, 27);
  assert_close(test.p, 0.05035568168265702);
  assert_true(test.z < 0);
}

static void rank_sum_at_the_edges(void **state) {
  (void)state;
  static const double x[] = {1, 1, 1}, y[] = {1, 1}, z[] = {2, 3};
  assert_close(joust_rank_sum_test(x, 3, NULL, 0).p, NAN);
  assert_close(joust_rank_sum_test(NULL, 0, NULL, 0).u, NAN);
  struct joust_rank_sum same = joust_rank_sum_test(x, 3, y, 2);
  assert_close(same.p, 1);
  assert_close(same.z, 0);
  assert_close(joust_rank_sum_test(x, 1, z, 1).p, 1);
  assert_close(joust_rank_sum_test(x, 1, z, 2).p, 2 / 3.0);
  const double failed[] = {NAN, INFINITY, 9}, large[] = {10, 10, 9};
  assert_close(joust_rank_sum_test(failed, 3, z, 2).u, 6);
  assert_close(joust_rank_sum_test(failed, 3, a, N(a)).p, joust_rank_sum_test(large, 3, a, N(a)).p);
}

/* ---- effects ---------------------------------------------------------------------------------------------------- */

static void effect_sizes(void **state) {
  (void)state;
  assert_close(joust_a12(tied_x, N(tied_x), tied_y, N(tied_y)), 0.7545454545454545);
  assert_close(joust_cliffs_delta(tied_x, N(tied_x), tied_y, N(tied_y)), 0.509090909090909);
  assert_close(joust_a12(tied_y, N(tied_y), tied_x, N(tied_x)), 1 - 0.7545454545454545);
  assert_close(joust_a12(a, N(a), a, N(a)), 0.5);
  assert_close(joust_a12(a, N(a), NULL, 0), NAN);
  assert_close(joust_cliffs_delta(NULL, 0, a, N(a)), NAN);
  const double failed[] = {NAN, NAN};
  assert_close(joust_a12(a, N(a), failed, 2), 1);
  assert_close(joust_a12(failed, 2, failed, 1), 0.5);
}

static void words_for_effects(void **state) {
  (void)state;
  static const double a12[] = {0.5, 0.559, 0.56, 0.64, 0.71, 1, 0.3, 0.43, NAN};
  static const enum joust_magnitude of_a12[] = {JOUST_NEGLIGIBLE, JOUST_NEGLIGIBLE, JOUST_SMALL,
                                                JOUST_MEDIUM,     JOUST_LARGE,      JOUST_LARGE,
                                                JOUST_MEDIUM,     JOUST_SMALL,      JOUST_NEGLIGIBLE};
  for (size_t i = 0; i < N(a12); i++) assert_int_equal(joust_a12_magnitude(a12[i]), of_a12[i]);
  static const double delta[] = {0, 0.1, 0.147, -0.33, 0.474, -1, NAN};
  static const enum joust_magnitude of_delta[] = {JOUST_NEGLIGIBLE, JOUST_NEGLIGIBLE, JOUST_SMALL,     JOUST_MEDIUM,
                                                  JOUST_LARGE,      JOUST_LARGE,      JOUST_NEGLIGIBLE};
  for (size_t i = 0; i < N(delta); i++) assert_int_equal(joust_cliffs_delta_magnitude(delta[i]), of_delta[i]);
  assert_string_equal(joust_magnitude_word(JOUST_NEGLIGIBLE), "negligible");
  assert_string_equal(joust_magnitude_word(JOUST_LARGE), "large");
}

/* ---- how much is enough ----------------------------------------------------------------------------------------- */

/* The smallest sample that can be significant: shown by the tests themselves. */
static void enough_for_any_effect(void **state) {
  (void)state;
  static const double alphas[] = {0.1, 0.05, 0.01, 0.001};
  static const double low[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18};
  double high[N(low)];
  for (size_t i = 0; i < N(low); i++) high[i] = 100 + 2 * low[i];
  for (size_t i = 0; i < N(alphas); i++) {
    for (size_t m = 1; m <= 28; m += 9) {
      size_t pairs = joust_enough_pairs(alphas[i], m), runs = joust_enough_runs(alphas[i], m);
      double level = alphas[i] / (double)m;
      assert_true(joust_signed_rank_test(low, high, pairs, JOUST_ZEROS_WILCOX).p <= level);
      assert_true(joust_signed_rank_test(low, high, pairs - 1, JOUST_ZEROS_WILCOX).p > level);
      assert_true(joust_rank_sum_test(low, runs, high, runs).p <= level);
      assert_true(joust_rank_sum_test(low, runs - 1, high, runs - 1).p > level);
    }
  }
  assert_int_equal(joust_enough_pairs(0.05, 1), 6);
  assert_int_equal(joust_enough_pairs(0.05, 0), 6);
  assert_int_equal(joust_enough_runs(0.05, 1), 4);
  assert_int_equal(joust_enough_pairs(1, 1), 1);
  assert_true(joust_enough_pairs(0, 1) == JOUST_NEVER && joust_enough_runs(NAN, 1) == JOUST_NEVER);
  /* Demsar's q of 2.569 for four: 2.569^2 20 / 6 / 9 = 2.44 blocks */
  assert_int_equal(joust_enough_blocks(0.05, 4), 3);
  assert_int_equal(joust_enough_blocks(0.05, 2), 6); /* 2^-5 <= 0.05; Nemenyi's test asks for 1.96^2 only */
  assert_true(joust_enough_blocks(0.05, 1) == JOUST_NEVER);
}

/* z = 1.959964 + 0.841621: z^2 = 7.848880. */
static void enough_for_an_effect(void **state) {
  (void)state;
  assert_int_equal(joust_enough_pairs_for(0.7, 0.05, 1, 0.8), 66); /* 7.84888 / 0.12 = 65.41 */
  assert_int_equal(joust_enough_pairs_for(0.3, 0.05, 1, 0.8), 66); /* the other direction */
  assert_int_equal(joust_enough_runs_for(0.7, 0.05, 1, 0.8), 33);  /* 7.84888 / 0.24 = 32.70 */
  assert_int_equal(joust_enough_runs_for(0.7, 0.05, 6, 0.8), 51);  /* (2.638257 + 0.841621)^2 / 0.24 = 50.46 */
  assert_int_equal(joust_enough_pairs_for(1, 0.05, 1, 0.5), 6);    /* 5.12, but 5 pairs cannot be significant */
  assert_true(joust_enough_pairs_for(0.5, 0.05, 1, 0.8) == JOUST_NEVER);
  assert_true(joust_enough_runs_for(NAN, 0.05, 1, 0.8) == JOUST_NEVER);
  assert_true(joust_enough_runs_for(0.5 + 1e-9, 0.05, 1, 0.8) == JOUST_NEVER);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(demsar_table_2),        cmocka_unit_test(signed_rank_exact),
      cmocka_unit_test(signed_rank_normal),    cmocka_unit_test(signed_rank_at_the_edges),
      cmocka_unit_test(units_do_not_matter),   cmocka_unit_test(failed_runs_in_pairs),
      cmocka_unit_test(rank_sum_exact),        cmocka_unit_test(rank_sum_normal),
      cmocka_unit_test(rank_sum_at_the_edges), cmocka_unit_test(effect_sizes),
      cmocka_unit_test(words_for_effects),     cmocka_unit_test(enough_for_any_effect),
      cmocka_unit_test(enough_for_an_effect),
  };
  return cmocka_run_group_tests_name("stats: tests of two samples", tests, NULL, NULL);
}
