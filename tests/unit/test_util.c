/* joust/util.h and joust/seen.h: what plugins sample, count and remember points with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include <joust/seen.h>

#include "base/random.h"

/* A host whose bits come from a stream, or from a list of given words. */
struct source {
  struct joust_stream stream;
  const uint64_t *words;
  size_t n_words, used;
};

static uint64_t draw(const struct joust_host *host) {
  struct source *source = host->ctx;
  source->used++;
  if (!source->words) return joust_stream_next(&source->stream);
  assert_true(source->used <= source->n_words);
  return source->words[source->used - 1];
}

static struct source source;
static const struct joust_host host = {.struct_size = sizeof host, .ctx = &source, .random = draw};

static int set_up(void **state) {
  (void)state;
  source = (struct source){0};
  joust_stream_seed(&source.stream, 7);
  return 0;
}

static void give(const uint64_t *words, size_t n) {
  source = (struct source){.words = words, .n_words = n};
}

/* ---- random numbers --------------------------------------------------------------------------------------------- */

static void uniform_numbers_stay_below_one(void **state) {
  (void)state;
  give((const uint64_t[]){0, UINT64_MAX, UINT64_C(1) << 63, 2047, 2048}, 5);
  assert_true(joust_uniform(&host) == 0);
  assert_true(joust_uniform(&host) == 1 - 0x1p-53);
  assert_true(joust_uniform(&host) == 0.5);
  assert_true(joust_uniform(&host) == 0);
  assert_true(joust_uniform(&host) == 0x1p-53);
}

/* Lemire's method as his paper defines it, in wide arithmetic: x with (x n) mod 2^32 < 2^32 mod n is thrown away. */
static uint64_t below_reference(struct joust_stream *stream, uint64_t n) {
  if (n > UINT32_MAX) {
    unsigned __int128 all = (unsigned __int128)1 << 64;
    for (;;) {
      uint64_t bits = joust_stream_next(stream);
      if (bits < all - all % n) return bits % n;
    }
  }
  for (;;) {
    uint64_t x = joust_stream_next(stream) >> 32;
    if ((x * n) % (UINT64_C(1) << 32) >= (UINT64_C(1) << 32) % n) return x * n >> 32;
  }
}

static void below_agrees_with_the_reference(void **state) {
  (void)state;
  static const uint64_t bounds[] = {1,
                                    2,
                                    3,
                                    5,
                                    7,
                                    64,
                                    1000,
                                    15625,
                                    0x80000000,
                                    0x80000001,
                                    0xaaaaaaab,
                                    UINT32_MAX,
                                    UINT64_C(1) << 32,
                                    UINT64_C(0x100000001),
                                    UINT64_C(1) << 63,
                                    (UINT64_C(1) << 63) + 1,
                                    UINT64_C(0xaaaaaaaaaaaaaaab),
                                    UINT64_MAX};
  struct joust_stream stream = source.stream;
  for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++)
    for (int k = 0; k < 20000; k++) {
      uint64_t value = joust_below(&host, bounds[i]);
      assert_true(value < bounds[i]);
      assert_true(value == below_reference(&stream, bounds[i]));
    }
}

/* Every value for as many of the 32-bit words as any other: counted over the edges of each value's share. */
static void below_is_unbiased(void **state) {
  (void)state;
  const uint64_t all = UINT64_C(1) << 32;
  for (uint64_t n = 3; n <= 9; n++)
    for (uint64_t value = 0; value < n; value++) {
      uint64_t first = (value * all + n - 1) / n,
               end = ((value + 1) * all + n - 1) / n; /* words x with x n >> 32 = value */
      uint64_t kept = end - first;
      for (uint64_t x = first; x < first + 2; x++) { /* a rejected word is followed by one that is never rejected */
        give((const uint64_t[]){x << 32, UINT64_MAX}, 2);
        joust_below(&host, n);
        kept -= source.used == 2;
      }
      assert_true(kept == all / n);
    }
}

static void below_one_is_zero(void **state) {
  (void)state;
  for (int i = 0; i < 100; i++) assert_int_equal(joust_below(&host, 1), 0);
}

static void normal_numbers_are_normal(void **state) {
  (void)state;
  enum { N = 200000 };
  double sum = 0, squares = 0, fourth = 0;
  int within = 0;
  for (int i = 0; i < N; i++) {
    double x = joust_normal(&host);
    sum += x;
    squares += x * x;
    fourth += x * x * x * x;
    within += fabs(x) < 1.959963984540054;
  }
  assert_true(fabs(sum / N) < 4 / sqrt(N)); /* 4 standard errors each */
  assert_true(fabs(squares / N - 1) < 4 * sqrt(2.0 / N));
  assert_true(fabs(fourth / N - 3) < 4 * sqrt(96.0 / N));
  assert_true(fabs((double)within / N - 0.95) < 4 * sqrt(0.95 * 0.05 / N));
}

/* ---- parameters ------------------------------------------------------------------------------------------------- */

static const struct joust_parameter parameters[] = {
    {.name = "real", .kind = JOUST_REAL, .lower = -2, .upper = 6},
    {.name = "log", .kind = JOUST_REAL, .lower = 1e-6, .upper = 10, .log_scale = 1},
    {.name = "single", .kind = JOUST_REAL, .lower = 2.5, .upper = 2.5},
    {.name = "integer", .kind = JOUST_INTEGER, .lower = -3, .upper = 12},
    {.name = "log integer", .kind = JOUST_INTEGER, .lower = 1, .upper = 1024, .log_scale = 1},
    {.name = "single integer", .kind = JOUST_INTEGER, .lower = 7, .upper = 7, .log_scale = 1},
    {.name = "categorical", .kind = JOUST_CATEGORICAL, .n_choices = 5, .lower = 0, .upper = 4},
    {.name = "ordinal", .kind = JOUST_ORDINAL, .n_choices = 3, .lower = 0, .upper = 2},
    {.name = "single choice", .kind = JOUST_ORDINAL, .n_choices = 1, .lower = 0, .upper = 0},
};
enum { N_PARAMETERS = sizeof parameters / sizeof *parameters };

static void values_are_counted(void **state) {
  (void)state;
  static const uint64_t expected[N_PARAMETERS] = {0, 0, 1, 16, 1024, 1, 5, 3, 1};
  for (int i = 0; i < N_PARAMETERS; i++) assert_int_equal(joust_parameter_values(&parameters[i]), expected[i]);
}

static void every_value_has_its_place(void **state) {
  (void)state;
  for (int i = 0; i < N_PARAMETERS; i++) {
    const struct joust_parameter *p = &parameters[i];
    if (p->kind == JOUST_REAL) continue;
    double last = -1;
    for (double value = p->lower; value <= p->upper; value++) {
      double place = joust_place_of(p, value);
      assert_true(place > last && place > 0 && place < 1);
      assert_true(joust_value_at(p, place) == value);
      last = place;
    }
  }
}

static void every_place_has_its_value(void **state) {
  (void)state;
  for (int i = 0; i < N_PARAMETERS; i++) {
    const struct joust_parameter *p = &parameters[i];
    double last = p->lower;
    for (int k = 0; k <= 10000; k++) {
      double value = joust_value_at(p, k / 10000.0);
      assert_true(value >= last && value <= p->upper);
      if (p->kind != JOUST_REAL) assert_true(value == floor(value));
      if (p->kind == JOUST_REAL && p->upper > p->lower)
        assert_true(fabs(joust_place_of(p, value) - k / 10000.0) < 1e-12);
      last = value;
    }
    assert_true(joust_value_at(p, 0) == p->lower);
    assert_true(last == p->upper || fabs(last / p->upper - 1) < 1e-14);
  }
}

static void shares_are_equal_on_the_scale(void **state) {
  (void)state;
  assert_true(joust_value_at(&parameters[0], 0.25) == 0);
  assert_true(fabs(joust_value_at(&parameters[1], 3.0 / 7) / 1e-3 - 1) < 1e-12);
  assert_true(joust_value_at(&parameters[3], 1.0 / 16 - 1e-9) == -3);
  assert_true(joust_value_at(&parameters[3], 1.0 / 16 + 1e-9) == -2);
  double step = log(1.5 / 0.5) / log(1024.5 / 0.5); /* the share of 1 among 1 to 1024 on a log scale */
  assert_true(joust_value_at(&parameters[4], step - 1e-9) == 1);
  assert_true(joust_value_at(&parameters[4], step + 1e-9) == 2);
}

static void samples_are_uniform(void **state) {
  (void)state;
  enum { N = 64000 };
  for (int i = 0; i < N_PARAMETERS; i++) {
    const struct joust_parameter *p = &parameters[i];
    int counts[16] = {0};
    for (int k = 0; k < N; k++) {
      double value = joust_sample(&host, p);
      assert_true(value >= p->lower && value <= p->upper);
      int cell = (int)(joust_place_of(p, value) * 16);
      if (p->kind != JOUST_REAL) {
        assert_true(value == floor(value));
        cell = (int)(value - p->lower);
      }
      counts[cell < 15 ? cell : 15]++;
    }
    int cells = p->kind == JOUST_REAL ? (p->upper > p->lower ? 16 : 1) : (int)joust_parameter_values(p);
    if (cells > 16) continue; /* integers on a log scale: see shares_are_equal_on_the_scale */
    double chi = 0, expected = (double)N / cells;
    for (int c = 0; c < cells; c++) chi += (counts[c] - expected) * (counts[c] - expected) / expected;
    assert_true(chi < 45); /* chi-squared with 15 degrees of freedom: p < 1e-4 */
  }
}

/* ---- points ----------------------------------------------------------------------------------------------------- */

static const struct joust_parameter *const few[] = {&parameters[6], &parameters[2], &parameters[3],
                                                    &parameters[7], &parameters[8], &parameters[5]};
static const struct joust_space space = {
    .struct_size = sizeof space, .n_parameters = 6, .n_objectives = 1, .parameters = few};

static void points_are_counted(void **state) {
  (void)state;
  assert_int_equal(joust_space_points(&space), 5 * 16 * 3);
  static const struct joust_parameter wide = {.name = "wide", .kind = JOUST_INTEGER, .lower = 0, .upper = 0x1p32 - 1};
  static const struct joust_parameter half = {.name = "half", .kind = JOUST_INTEGER, .lower = 0, .upper = 0x1p31 - 1};
  const struct joust_parameter *most[] = {&wide, &half, &parameters[8]}, *many[] = {&wide, &wide};
  const struct joust_parameter *reals[] = {&parameters[6], &parameters[0]};
  assert_true(joust_space_points(&(struct joust_space){.n_parameters = 3, .parameters = most}) == UINT64_C(1) << 63);
  assert_int_equal(joust_space_points(&(struct joust_space){.n_parameters = 2, .parameters = many}), 0);
  assert_int_equal(joust_space_points(&(struct joust_space){.n_parameters = 2, .parameters = reals}), 0);
}

/* In the order of an odometer whose first wheel is the slowest. */
static void points_and_indices_are_inverse(void **state) {
  (void)state;
  double x[6];
  uint64_t index = 0;
  for (double a = 0; a < 5; a++)
    for (double b = -3; b <= 12; b++)
      for (double c = 0; c < 3; c++, index++) {
        const double expected[6] = {a, 2.5, b, c, 0, 7};
        joust_index_point(&space, index, x);
        assert_memory_equal(x, expected, sizeof x);
        assert_true(joust_point_index(&space, x) == index);
      }
  assert_true(index == joust_space_points(&space));
}

static void random_points_are_inside(void **state) {
  (void)state;
  double x[6];
  char seen[240] = {0};
  int distinct = 0;
  for (int i = 0; i < 5000; i++) {
    joust_sample_point(&host, &space, x);
    uint64_t index = joust_point_index(&space, x);
    assert_true(index < 240);
    distinct += !seen[index];
    seen[index] = 1;
  }
  assert_int_equal(distinct, 240);
}

static void hashes_tell_points_apart(void **state) {
  (void)state;
  const double zero[2] = {0, 1}, minus_zero[2] = {-0.0, 1}, swapped[2] = {1, 0};
  assert_true(joust_point_hash(zero, 2) == joust_point_hash(minus_zero, 2));
  assert_true(joust_point_hash(zero, 2) != joust_point_hash(swapped, 2));
  assert_true(joust_point_hash(zero, 1) != joust_point_hash(zero, 2));
}

/* ---- the set of points ------------------------------------------------------------------------------------------ */

static int naive_has(const double *points, uint32_t n, const double *x) {
  for (uint32_t i = 0; i < n; i++)
    if (joust_same_point(points + 3 * (size_t)i, x, 3)) return 1;
  return 0;
}

static void the_set_agrees_with_a_list(void **state) {
  (void)state;
  struct joust_seen seen = {0};
  static double list[3 * 2000];
  uint32_t n = 0;
  const double first[3] = {0, 0, 0};
  assert_int_equal(joust_seen_has(&seen, first, 3), 0);
  for (int i = 0; i < 3000; i++) {
    double x[3] = {(double)joust_below(&host, 10), (double)joust_below(&host, 10) - 5,
                   (double)joust_below(&host, 8) / 8};
    int known = naive_has(list, n, x);
    assert_int_equal(joust_seen_has(&seen, x, 3), known);
    assert_int_equal(joust_seen_add(&seen, x, 3), !known);
    assert_int_equal(joust_seen_has(&seen, x, 3), 1);
    if (!known) memcpy(list + 3 * (size_t)n++, x, sizeof x);
    assert_int_equal(seen.size, n);
  }
  assert_true(n > 700); /* of 800: the set has grown several times */
  assert_memory_equal(seen.points, list, n * 3 * sizeof *list);
  joust_seen_free(&seen);
  assert_null(seen.points);
}

static void zeros_of_both_signs_are_one_point(void **state) {
  (void)state;
  struct joust_seen seen = {0};
  const double zero = 0, minus_zero = -0.0;
  assert_int_equal(joust_seen_add(&seen, &zero, 1), 1);
  assert_int_equal(joust_seen_add(&seen, &minus_zero, 1), 0);
  joust_seen_free(&seen);
  joust_seen_free(&seen); /* an empty set may be freed */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup(uniform_numbers_stay_below_one, set_up),
      cmocka_unit_test_setup(below_agrees_with_the_reference, set_up),
      cmocka_unit_test_setup(below_is_unbiased, set_up),
      cmocka_unit_test_setup(below_one_is_zero, set_up),
      cmocka_unit_test_setup(normal_numbers_are_normal, set_up),
      cmocka_unit_test(values_are_counted),
      cmocka_unit_test(every_value_has_its_place),
      cmocka_unit_test(every_place_has_its_value),
      cmocka_unit_test(shares_are_equal_on_the_scale),
      cmocka_unit_test_setup(samples_are_uniform, set_up),
      cmocka_unit_test(points_are_counted),
      cmocka_unit_test(points_and_indices_are_inverse),
      cmocka_unit_test_setup(random_points_are_inside, set_up),
      cmocka_unit_test(hashes_tell_points_apart),
      cmocka_unit_test_setup(the_set_agrees_with_a_list, set_up),
      cmocka_unit_test(zeros_of_both_signs_are_one_point),
  };
  return cmocka_run_group_tests_name("joust/util.h and joust/seen.h", tests, NULL, NULL);
}
