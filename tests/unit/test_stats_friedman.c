/* Tests over blocks, their critical difference, and what many tests amount to. References:
 *
 * - J. Demsar, "Statistical comparisons of classifiers over multiple data sets", JMLR 7 (2006): the AUC of four
 * variants of C4.5 on 14 data sets (table 6), and q for Nemenyi's test (table 5a).
 * - scipy 1.17: friedmanchisquare (with correction for ties), f.sf, studentized_range.ppf(1 - alpha, k, inf)
 * - scikit-posthocs 0.17: posthoc_nemenyi_friedman
 * - statsmodels 0.15: multipletests(p, method="holm")
 * - exact p of Friedman's test: all orders of the ranks in all blocks but the first, by itertools, in fractions
 * - mpmath 1.4 with 40 digits, for tails beyond scipy: k * quad(npdf(z) (ncdf(z)^(k-1) - (ncdf(z) - ncdf(z-q))^(k-1)))
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "stats/friedman.h"
#include "stats/friedman_exact.h"
#include "stats/multiple.h"
#include "stats/studentised_range.h"

#define N(array) (sizeof(array) / sizeof *(array))

static void assert_within(double value, double expected, double tolerance) {
  bool same = isfinite(expected) ? fabs(value - expected) <= tolerance * fabs(expected)
                                 : value == expected || (isnan(value) && isnan(expected));
  if (!same) fail_msg("%.17g, expected %.17g", value, expected);
}

static void assert_close(double value, double expected) {
  assert_within(value, expected, 1e-9);
}

/* C4.5, with m tuned, with cf tuned, with both. Larger is better, so they are negated below. The paper ranks cf before
 * m+cf on "voting", where both print as 0.975. */
static const double demsar[14][4] = {
    {0.763, 0.768, 0.771, 0.798},  {0.599, 0.591, 0.590, 0.569}, {0.954, 0.971, 0.968, 0.967},
    {0.628, 0.661, 0.654, 0.657},  {0.882, 0.888, 0.886, 0.898}, {0.936, 0.931, 0.916, 0.931},
    {0.661, 0.668, 0.609, 0.685},  {0.583, 0.583, 0.563, 0.625}, {0.775, 0.838, 0.866, 0.875},
    {1.000, 1.000, 1.000, 1.000},  {0.940, 0.962, 0.965, 0.962}, {0.619, 0.666, 0.614, 0.669},
    {0.972, 0.981, 0.9751, 0.975}, {0.957, 0.978, 0.946, 0.970},
};

static void demsar_table_6(void **state) {
  (void)state;
  double values[14 * 4], ranks[4];
  for (size_t i = 0; i < N(values); i++) values[i] = -demsar[i / 4][i % 4];
  struct joust_friedman test = joust_friedman_test(ranks, values, 14, 4);
  static const double published[] = {3.143, 2.000, 2.893, 1.964};
  double spread = 0;
  for (size_t j = 0; j < 4; j++) {
    assert_true(fabs(ranks[j] - published[j]) < 0.0005);
    spread += ranks[j] * ranks[j];
  }
  double uncorrected = 12 * 14 / 20.0 * (spread - 4 * 25 / 4.0);
  assert_true(fabs(uncorrected - 9.28) < 0.005); /* as in the paper, which does not correct for ties */
  assert_close(test.chi2, 10.228346456692925);
  assert_close(test.chi2_p, 0.016721580328441323);
  assert_close(test.f, 4.1851301115241695);
  assert_close(test.f_p, 0.011620659515310975);
  assert_close(test.agreement, 0.2435320584926887);
  assert_true(fabs(joust_nemenyi_difference(4, 14, 0.05) - 1.25) < 0.005); /* p. 12 */
  assert_true(fabs(joust_nemenyi_difference(4, 14, 0.10) - 1.12) < 0.005);
  assert_close(joust_nemenyi_difference(4, 14, 0.05), 1.253559147117606);
  assert_close(joust_nemenyi_difference(4, 14, 0.10), 1.118060166981528);
}

static void nemenyi_p_values(void **state) {
  (void)state;
  const double ranks[] = {44 / 14.0, 28 / 14.0, 40.5 / 14, 27.5 / 14};
  static const double expected[4][4] = {
      {1.0, 0.08867270928888271, 0.9561771752218107, 0.0741847950687442},
      {0.08867270928888271, 1.0, 0.2592280701547286, 0.999859449385133},
      {0.9561771752218107, 0.2592280701547286, 1.0, 0.22669688602641525},
      {0.0741847950687442, 0.999859449385133, 0.22669688602641525, 1.0},
  };
  for (size_t i = 0; i < 4; i++) {
    for (size_t j = 0; j < 4; j++) {
      assert_within(joust_nemenyi_p(fabs(ranks[i] - ranks[j]), 4, 14), expected[i][j], 1e-8);
    }
  }
  assert_close(joust_nemenyi_p(joust_nemenyi_difference(7, 20, 0.01), 7, 20), 0.01);
}

/* J. H. Zar, "Biostatistical Analysis", example 12.6: chi-squared 10.68. */
static void friedman_without_ties(void **state) {
  (void)state;
  static const double values[] = {7.0, 5.3, 4.9, 8.8, 9.9, 5.7, 7.6,  8.9, 8.5, 4.7,
                                  5.5, 8.1, 5.1, 3.5, 2.8, 3.3, 10.3, 7.7, 8.4, 9.1};
  double ranks[4];
  struct joust_friedman test = joust_friedman_test(ranks, values, 5, 4);
  assert_close(test.chi2, 10.68);
  assert_close(test.chi2_p, 0.0135882729582177);
}

static void friedman_at_the_edges(void **state) {
  (void)state;
  double ranks[3];
  const double ties[] = {1, 1, 1, 2, 2, 2, NAN, INFINITY, NAN};
  struct joust_friedman test = joust_friedman_test(ranks, ties, 3, 3);
  assert_close(test.chi2, 0);
  assert_close(test.chi2_p, 1);
  assert_close(test.f, 0);
  assert_close(test.f_p, 1);
  assert_close(ranks[2], 2);
  static const double agree[] = {1, 2, 3, 0.1, 0.2, 0.3, 10, 20, 30};
  test = joust_friedman_test(ranks, agree, 3, 3);
  assert_close(test.chi2, 6);
  assert_close(test.agreement, 1);
  assert_close(test.f, INFINITY);
  assert_close(test.f_p, 0);
  assert_close(test.p, 1 / 36.0);
  assert_close(joust_friedman_test(ranks, agree, 1, 3).chi2_p, NAN);
  assert_close(joust_friedman_test(ranks, NULL, 0, 3).f, NAN);
  assert_close(joust_friedman_test(ranks, agree, 9, 1).f_p, NAN);
}

static void friedman_exact(void **state) {
  (void)state;
  static const double pairs[] = {1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 2, 1};
  assert_close(joust_friedman_exact_p(pairs, 2, 2), 1 / 2.0);
  assert_close(joust_friedman_exact_p(pairs, 4, 2), 1 / 8.0);
  assert_close(joust_friedman_exact_p(pairs, 6, 2), 7 / 32.0); /* the sign test of 5 : 1 */
  static const double nearly[] = {1, 2, 3, 1, 2, 3, 1, 3, 2};
  assert_close(joust_friedman_exact_p(nearly, 2, 3), 1 / 6.0);
  assert_close(joust_friedman_exact_p(nearly, 3, 3), 7 / 36.0);
  static const double four[] = {1, 2, 3, 4, 1, 3, 2, 4, 2, 1, 3, 4, 1, 2, 4, 3};
  assert_close(joust_friedman_exact_p(four, 4, 4), 0.014105902777777778);
  static const double tied[] = {1, 1, 2, 1, 2, 2, 3, 1, 3, 1, 2, 3, 2, 2, 2};
  assert_close(joust_friedman_exact_p(tied, 5, 3), 0.18518518518518517);
  static const double alike[] = {1, 1, 2, 4, 4, 7, 0, 0, INFINITY};
  assert_close(joust_friedman_exact_p(alike, 3, 3), 1 / 9.0); /* (2! 1! / 3!)^2 */
  assert_close(joust_friedman_exact_p(alike, 1, 3), NAN);
  assert_close(joust_friedman_exact_p(alike, 9, 1), NAN);
}

/* The verdict comes from the exact p where it can be counted, and from F where that takes too long. */
static void friedman_by_size(void **state) {
  (void)state;
  double ranks[12], values[40 * 12];
  for (size_t i = 0; i < N(values); i++) values[i] = (double)(i * 7919 % 127);
  struct joust_friedman test = joust_friedman_test(ranks, values, 10, 4);
  assert_true(test.exact);
  assert_true(fabs(test.p - test.f_p) < 0.02); /* for 10 blocks they are already close */
  assert_false(joust_friedman_test(ranks, values, 40, 5).exact);
  test = joust_friedman_test(ranks, values, 40, 12);
  assert_false(test.exact);
  assert_close(test.p, test.f_p);
  for (size_t i = 0; i < N(values); i++) values[i] = (double)(i % 12);
  test = joust_friedman_test(ranks, values, 3, 12); /* all agree: a formula, no counting */
  assert_true(test.exact);
  assert_within(test.p, pow(479001600, -2), 1e-12);
}

static void a_failed_run_counts_as_the_worst(void **state) {
  (void)state;
  double failed_ranks[3], large_ranks[3];
  const double failed[] = {1, NAN, 2, 1, 3, 2, 2, INFINITY, 1}, large[] = {1, 9, 2, 1, 3, 2, 2, 9, 1};
  struct joust_friedman a = joust_friedman_test(failed_ranks, failed, 3, 3);
  struct joust_friedman b = joust_friedman_test(large_ranks, large, 3, 3);
  assert_close(a.chi2, b.chi2);
  assert_close(failed_ranks[1], 3);
}

static void studentised_range_of_demsar(void **state) {
  (void)state;
  static const double q05[] = {1.960, 2.343, 2.569, 2.728, 2.850, 2.949, 3.031, 3.102, 3.164};
  static const double q10[] = {1.645, 2.052, 2.291, 2.459, 2.589, 2.693, 2.780, 2.855, 2.920};
  for (size_t k = 2; k <= 10; k++) {
    assert_true(fabs(joust_studentised_range_quantile(0.05, k) / sqrt(2) - q05[k - 2]) < 0.0011);
    assert_true(fabs(joust_studentised_range_quantile(0.10, k) / sqrt(2) - q10[k - 2]) < 0.0011);
  }
}

static void studentised_range_of_scipy(void **state) {
  (void)state;
  static const double alpha[] = {0.01, 0.05, 0.5};
  static const struct {
    size_t k;
    double q[3];
  } rows[] = {
      {2, {3.642772735436894, 2.771807648699355, 0.9538725524089396}},
      {3, {4.12030320646012, 3.314493155398122, 1.5877877504463476}},
      {5, {4.602821042201571, 3.857655510378623, 2.256882493026194}},
      {10, {5.156634960089622, 4.474124221725907, 3.0242015729725664}},
      {50, {6.228392608582205, 5.646026026380527, 4.450481338021923}},
      {100, {6.635541907441475, 6.084637537173171, 4.967945618635792}},
  };
  for (size_t i = 0; i < N(rows); i++) {
    for (size_t j = 0; j < N(alpha); j++) {
      assert_close(joust_studentised_range_quantile(alpha[j], rows[i].k), rows[i].q[j]);
      assert_close(joust_studentised_range_above(rows[i].q[j], rows[i].k), alpha[j]);
    }
  }
}

static void studentised_range_of_mpmath(void **state) {
  (void)state;
  static const struct {
    double q, alpha;
    size_t k;
  } rows[] = {
      {10.2957494385732, 1e-12, 3},       {10.8004355080833, 1e-12, 10},    {11.6260507296244, 1e-12, 100},
      {7.31409384019554, 0.001, 100},     {2.9187230304661, 0.999999, 100}, {0.480691619421744, 0.999999, 10},
      {0.00190462609356232, 0.999999, 3},
  };
  for (size_t i = 0; i < N(rows); i++) {
    assert_close(joust_studentised_range_quantile(rows[i].alpha, rows[i].k), rows[i].q);
  }
}

static void studentised_range_at_the_edges(void **state) {
  (void)state;
  assert_close(joust_studentised_range_quantile(1, 5), 0);
  assert_close(joust_studentised_range_above(0, 5), 1);
  assert_close(joust_studentised_range_quantile(0.05, 1), NAN);
  assert_close(joust_studentised_range_quantile(0, 5), NAN);
  assert_close(joust_studentised_range_quantile(NAN, 5), NAN);
  assert_close(joust_studentised_range_above(-1, 5), NAN);
  assert_close(joust_studentised_range_above(INFINITY, 5), 0);
  double tiny = joust_studentised_range_quantile(1e-300, 100);
  assert_close(log(joust_studentised_range_above(tiny, 100)), log(1e-300));
  assert_close(joust_nemenyi_difference(4, 0, 0.05), NAN);
  assert_close(joust_nemenyi_p(1, 4, 0), NAN);
}

static void holm(void **state) {
  (void)state;
  static const double p[] = {.01, .04, .03, .005, .6, .02}, expected[] = {.05, .09, .09, .03, .6, .08};
  double adjusted[7];
  joust_holm(adjusted, p, 6);
  for (size_t i = 0; i < 6; i++) assert_close(adjusted[i], expected[i]);
  double with_nan[] = {.01, .04, NAN, .03, .005, .6, .02};
  joust_holm(with_nan, with_nan, 7); /* in place; the NaN does not count */
  assert_close(with_nan[2], NAN);
  assert_close(with_nan[0], .05);
  assert_close(with_nan[6], .08);
  static const double high[] = {0.9, 0.8};
  joust_holm(adjusted, high, 2);
  assert_close(adjusted[0], 1);
  assert_close(adjusted[1], 1);
  joust_holm(NULL, NULL, 0);
}

/* Writes groups as text, one letter a member: "ab bcd". */
static const char *groups(const bool *separated, size_t capacity, size_t k) {
  static char text[400];
  bool member[200];
  size_t found = joust_groups(member, capacity, separated, k), length = 0;
  for (size_t i = 0; i < found && i < capacity; i++) {
    if (i > 0) text[length++] = ' ';
    for (size_t j = 0; j < k; j++) {
      if (member[i * k + j]) text[length++] = (char)('a' + j);
    }
  }
  text[length] = 0;
  if (found > capacity) strcat(text, " more");
  return text;
}

static void groups_by_critical_difference(void **state) {
  (void)state;
  bool separated[25];
  /* Demsar, figure 1: at 0.05 (1.25) no pair differs; at 0.1 (1.12) C4.5, here d, is worse than a and b. */
  static const double demsar_ranks[] = {1.964, 2.000, 2.893, 3.143};
  joust_separate_by_rank(separated, demsar_ranks, 4, 1.25);
  assert_string_equal(groups(separated, 10, 4), "abcd");
  joust_separate_by_rank(separated, demsar_ranks, 4, 1.12);
  assert_string_equal(groups(separated, 10, 4), "abc cd");
  static const double ranks[] = {1, 1.5, 2, 4, 4.25};
  joust_separate_by_rank(separated, ranks, 5, 1);
  assert_string_equal(groups(separated, 10, 5), "ab bc de"); /* 1 and 2 differ by exactly the difference: separated */
  joust_separate_by_rank(separated, ranks, 5, 0.1);
  assert_string_equal(groups(separated, 10, 5), "");
  joust_separate_by_rank(separated, ranks, 5, NAN);
  assert_string_equal(groups(separated, 10, 5), "abcde");
}

static void groups_by_pairs(void **state) {
  (void)state;
  /* a-b, a-c, b-c, c-d, a-d, d-e hold together; b-d, and e with a, b, c, are separated: d and a stand in one group
   * without b, which lies between them. */
  static const bool separated[25] = {
      0, 0, 0, 0, 1, /* a */
      0, 0, 0, 1, 1, /* b */
      0, 0, 0, 0, 1, /* c */
      0, 1, 0, 0, 0, /* d */
      1, 1, 1, 0, 0, /* e */
  };
  assert_string_equal(groups(separated, 10, 5), "abc acd de");
  assert_int_equal(joust_groups((bool[10]){0}, 2, separated, 5), 3);
  assert_int_equal(joust_groups(NULL, 0, separated, 5), 1);
  assert_int_equal(joust_groups(NULL, 0, NULL, 0), 0);
  assert_int_equal(joust_groups((bool[1]){0}, 1, separated, 1), 0);
}

/* Pairs of a perfect matching are separated: 2^15 groups. Found or not, it must end soon. */
static void too_many_groups(void **state) {
  (void)state;
  bool separated[30 * 30] = {0}, member[4 * 30];
  for (size_t i = 0; i < 30; i++) separated[i * 30 + (i ^ 1)] = true;
  assert_int_equal(joust_groups(member, 4, separated, 30), 5);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(demsar_table_6),
      cmocka_unit_test(nemenyi_p_values),
      cmocka_unit_test(friedman_without_ties),
      cmocka_unit_test(friedman_at_the_edges),
      cmocka_unit_test(friedman_exact),
      cmocka_unit_test(friedman_by_size),
      cmocka_unit_test(a_failed_run_counts_as_the_worst),
      cmocka_unit_test(studentised_range_of_demsar),
      cmocka_unit_test(studentised_range_of_scipy),
      cmocka_unit_test(studentised_range_of_mpmath),
      cmocka_unit_test(studentised_range_at_the_edges),
      cmocka_unit_test(holm),
      cmocka_unit_test(groups_by_critical_difference),
      cmocka_unit_test(groups_by_pairs),
      cmocka_unit_test(too_many_groups),
  };
  return cmocka_run_group_tests_name("stats: tests over blocks", tests, NULL, NULL);
}
