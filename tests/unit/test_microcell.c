/* microcell's trainer: classes of cells, exact arithmetic, kernels against plain loops and against each other,
 * gradients against finite differences, the self-test in a spoilt environment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fenv.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <xmmintrin.h>
#endif

#include "exact.h"
#include "train.h"

/* ---- classes ----------------------------------------------------------------------------------------------------- */

static struct mc_classes classes;

static uint32_t cell(int e01, int e02, int e12, int e03, int e13, int e23) {
  const struct mc_cell cell = {{(uint8_t)e01, (uint8_t)e02, (uint8_t)e12, (uint8_t)e03, (uint8_t)e13, (uint8_t)e23}};
  return mc_cell_index(&cell);
}

static void assert_same_network(uint32_t a, uint32_t b) {
  assert_int_equal(classes.representative[a], classes.representative[b]);
}

static void assert_other_network(uint32_t a, uint32_t b) {
  assert_int_not_equal(classes.representative[a], classes.representative[b]);
}

static void test_classes(void **state) {
  (void)state;
  const int none = MC_NONE, skip = MC_SKIP, one = MC_CONV1, three = MC_CONV3, mean = MC_AVERAGE;
  assert_same_network(cell(three, one, mean, none, none, none), cell(none, none, none, none, none, none)); /* dead */
  assert_same_network(cell(three, none, one, none, none, none), 0);
  assert_same_network(cell(three, none, none, skip, none, one), cell(none, none, none, skip, none, none));
  assert_same_network(cell(three, one, none, skip, mean, three),
                      cell(one, three, none, skip, three, mean)); /* exchange */
  assert_same_network(cell(skip, none, none, none, three, none), cell(none, none, none, three, none, none)); /* skips */
  assert_same_network(cell(three, none, skip, none, none, skip), cell(none, none, none, three, none, none));
  assert_same_network(cell(skip, skip, none, none, mean, mean), cell(skip, none, none, mean, mean, none)); /* linear */
  assert_same_network(cell(skip, none, skip, none, mean, mean), cell(skip, none, none, mean, mean, none));
  assert_other_network(cell(none, none, none, three, none, none), cell(none, none, none, one, none, none));
  assert_other_network(cell(none, none, none, three, none, none), cell(skip, none, none, three, three, none));
  assert_other_network(cell(none, none, none, skip, none, none), cell(skip, none, none, skip, skip, none)); /* x, 2x */
  assert_other_network(cell(three, none, none, none, skip, none),
                       cell(three, none, skip, none, skip, skip)); /* c, 2c */
  assert_other_network(cell(three, none, none, none, mean, none), cell(mean, none, none, none, three, none));
}

static void test_representatives(void **state) {
  (void)state;
  int n = 0;
  for (uint32_t i = 0; i < MC_CELLS; i++) {
    uint32_t representative = classes.representative[i];
    struct mc_cell own = mc_cell_of(i), other = mc_cell_of(representative);
    int own_edges = 0, other_edges = 0;
    assert_int_equal(mc_cell_index(&own), i);
    assert_int_equal(classes.representative[representative], representative);
    for (int e = 0; e < MC_EDGES; e++) {
      own_edges += own.edge[e] != MC_NONE;
      other_edges += other.edge[e] != MC_NONE;
    }
    assert_true(other_edges < own_edges || (other_edges == own_edges && representative <= i));
    assert_true(mc_cell_macs(&other) <= mc_cell_macs(&own));
    if (representative == i) assert_int_equal(classes.list[n++], i);
  }
  assert_int_equal(n, MC_CLASSES);
}

static void test_size(void **state) {
  (void)state;
  struct mc_cell none = mc_cell_of(0), all = mc_cell_of(cell(3, 3, 3, 3, 3, 3));
  assert_int_equal(mc_cell_parameters(&none), 72 + 128 + 170);
  assert_int_equal(mc_cell_parameters(&all), 370 + 6 * (9 * 64 + 9 * 256));
  assert_int_equal(mc_cell_macs(&none), 64 * 72 + 16 * 128 + 160);
  assert_int_equal(mc_cell_macs(&all), 64 * 72 + 16 * 128 + 160 + 6 * (64 * 576 + 16 * 2304));
}

/* ---- exact arithmetic -------------------------------------------------------------------------------------------- */

static void test_exp_and_log(void **state) {
  (void)state;
  for (double x = 0; x > -699; x -= 0.37) assert_true(fabs(mc_exp(x) / exp(x) - 1) < 1e-14);
  assert_true(mc_exp(0) == 1);
  assert_true(mc_exp(-701) == 0);
  assert_true(mc_log(1) == 0);
  for (double x = 1; x < 1e6; x *= 1.0137) assert_true(fabs(mc_log(x) - log(x)) <= 1e-14 * fmax(log(x), 1e-3));
}

/* First values of SplitMix64 from 1234567, as published with its reference code. */
static void test_random(void **state) {
  (void)state;
  uint64_t random = 1234567;
  assert_true(mc_random(&random) == UINT64_C(6457827717110365317));
  assert_true(mc_random(&random) == UINT64_C(3203168211198807973));
  for (int i = 0; i < 1000; i++) {
    float value = mc_random_symmetric(&random);
    assert_true(value >= -1 && value < 1);
    assert_true(mc_random_below(&random, 7) < 7);
  }
}

/* ---- kernels ----------------------------------------------------------------------------------------------------- */

enum { CHANNELS = 16, SIDE = 8, FLOATS = CHANNELS * SIDE * (SIDE + 2) * MC_LANES };

static float *make_map(int channels, int side, uint64_t seed) {
  float *map = aligned_alloc(MC_ALIGN, FLOATS * sizeof *map);
  memset(map, 0, FLOATS * sizeof *map);
  for (int c = 0; c < channels; c++)
    for (int y = 0; y < side; y++)
      for (size_t at = MC_LANES; at < (size_t)(side + 1) * MC_LANES; at++)
        map[(size_t)c * mc_plane(side) + (size_t)y * mc_row(side) + at] = mc_random_symmetric(&seed);
  return map;
}

/* A pixel, 0 outside the map. */
static double pixel(const float *map, int side, int c, int y, int x, int lane) {
  if (y < 0 || y >= side || x < 0 || x >= side) return 0;
  return (double)map[(size_t)c * mc_plane(side) + (size_t)y * mc_row(side) + (size_t)(x + 1) * MC_LANES + (size_t)lane];
}

static void assert_close(double found, double expected) {
  if (!(fabs(found - expected) <= 2e-5 * (1 + fabs(expected)))) fail_msg("found %.9g, expected %.9g", found, expected);
}

static void check_convolutions(const struct mc_kernels *kernels, int channels, int side, int taps) {
  int reach = taps / 2, n = taps * taps * channels * channels;
  float *in = make_map(channels, side, 1), *out = make_map(channels, side, 2), *slope = make_map(channels, side, 3);
  float *weights = calloc((size_t)n, sizeof *weights), *gradient = calloc((size_t)n, sizeof *gradient);
  uint64_t random = 4;
  for (int i = 0; i < n; i++) weights[i] = mc_random_symmetric(&random);
  (taps == 3 ? kernels->conv3 : kernels->conv1)(out, in, weights, channels, channels, side, false);
  (taps == 3 ? kernels->conv3_gradient : kernels->conv1_gradient)(gradient, in, slope, channels, channels, side);
  for (int o = 0; o < channels; o += 3)
    for (int at = 0; at < side * side; at++) {
      double sum = 0;
      for (int t = 0; t < taps * taps; t++)
        for (int i = 0; i < channels; i++)
          sum += (double)weights[(t * channels + i) * channels + o] *
                 pixel(in, side, i, at / side + t / taps - reach, at % side + t % taps - reach, 5);
      assert_close(pixel(out, side, o, at / side, at % side, 5), sum);
    }
  for (int k = 0; k < n; k += 13) {
    int o = k % channels, i = k / channels % channels, t = k / channels / channels;
    double sum = 0;
    for (int at = 0; at < side * side; at++)
      for (int lane = 0; lane < MC_LANES; lane++)
        sum += pixel(slope, side, o, at / side, at % side, lane) *
               pixel(in, side, i, at / side + t / taps - reach, at % side + t % taps - reach, lane);
    assert_close(gradient[k], sum);
  }
  free(in);
  free(out);
  free(slope);
  free(weights);
  free(gradient);
}

static void check_averages(const struct mc_kernels *kernels, int side) {
  float *in = make_map(8, side, 1), *out = make_map(8, side, 2), *half = make_map(8, side, 3);
  kernels->average3(out, in, 8, side, false);
  kernels->halve(half, in, 8, side);
  for (int at = 0; at < side * side; at++) {
    double sum = 0;
    int n = 0, y = at / side, x = at % side;
    for (int v = y - 1; v <= y + 1; v++)
      for (int u = x - 1; u <= x + 1; u++)
        if (v >= 0 && v < side && u >= 0 && u < side) sum += pixel(in, side, 3, v, u, 9), n++;
    assert_close(pixel(out, side, 3, y, x, 9), sum / n);
    assert_close(pixel(half, side / 2, 3, y / 2, x / 2, 9),
                 (pixel(in, side, 3, y & ~1, x & ~1, 9) + pixel(in, side, 3, y & ~1, x | 1, 9) +
                  pixel(in, side, 3, y | 1, x & ~1, 9) + pixel(in, side, 3, y | 1, x | 1, 9)) /
                     4);
  }
  free(in);
  free(out);
  free(half);
}

static void test_kernels(void **state) {
  (void)state;
  for (const struct mc_kernels *const *k = mc_kernels_all; *k; k++) {
    if (!(*k)->usable()) continue;
    for (int taps = 1; taps <= 3; taps += 2) {
      check_convolutions(*k, 8, 8, taps);
      check_convolutions(*k, 16, 4, taps);
    }
    check_averages(*k, 8);
    check_averages(*k, 4);
  }
  assert_null(mc_kernels_named("mmx"));
  assert_ptr_equal(mc_kernels_named(mc_kernels_best()->name), mc_kernels_best());
}

/* ---- gradients --------------------------------------------------------------------------------------------------- */

static struct mc_set random_set(uint8_t (*image)[MC_PIXELS], uint8_t *label) {
  uint64_t random = 3;
  for (int i = 0; i < MC_LANES; i++) {
    label[i] = (uint8_t)mc_random_below(&random, MC_LABELS);
    for (int p = 0; p < MC_PIXELS; p++) image[i][p] = (uint8_t)mc_random_below(&random, 256);
  }
  return (struct mc_set){MC_LANES, image, label};
}

static double loss(struct mc_net *net) {
  uint32_t correct = 0;
  mc_net_forward(net);
  return mc_net_loss(net, &correct) / MC_LANES;
}

/* Change of the loss along a direction that goes up with every weight from first on, by differences; steps of several
 * sizes are tried because ReLU has kinks and floats few digits. */
static void check_slope(struct mc_net *net, uint32_t first, uint32_t end) {
  float *kept = malloc((end - first) * sizeof *kept);
  double slope = 0, best = INFINITY;
  memcpy(kept, net->weights + first, (end - first) * sizeof *kept);
  for (uint32_t i = first; i < end; i++) slope += fabs((double)net->gradient[i]);
  for (double step = 4e-3; step > 1e-4; step /= 2) {
    double change[2];
    for (int side = 0; side < 2; side++) {
      for (uint32_t i = first; i < end; i++)
        net->weights[i] = kept[i - first] + (float)((side ? -step : step) * (net->gradient[i] < 0 ? -1 : 1));
      change[side] = loss(net);
    }
    best = fmin(best, fabs((change[0] - change[1]) / (2 * step) / slope - 1));
  }
  memcpy(net->weights + first, kept, (end - first) * sizeof *kept);
  free(kept);
  if (best > 0.01) fail_msg("weights %u to %u: slope %g is off by %g", first, end, slope, best);
}

static void test_gradients(void **state) {
  (void)state;
  static uint8_t image[MC_LANES][MC_PIXELS], label[MC_LANES];
  struct mc_set set = random_set(image, label);
  const uint32_t cells[] = {cell(3, 2, 4, 1, 2, 3), cell(4, 1, 3, 2, 4, 1), cell(3, 3, 3, 3, 3, 3)};
  uint32_t numbers[MC_LANES];
  struct mc_net net;
  assert_int_equal(mc_net_make(&net, mc_kernels_best()), 0);
  for (uint32_t i = 0; i < MC_LANES; i++) numbers[i] = i;
  for (size_t c = 0; c < sizeof cells / sizeof *cells; c++) {
    struct mc_cell operations = mc_cell_of(cells[c]);
    mc_net_start(&net, &operations, 7);
    mc_net_batch(&net, &set, numbers);
    loss(&net);
    mc_net_backward(&net);
    check_slope(&net, net.stem, net.reduce);
    check_slope(&net, net.reduce, net.linear);
    check_slope(&net, net.linear, net.bias);
    check_slope(&net, net.bias, net.bias + MC_LABELS);
    for (int e = 0; e < MC_EDGES; e++) {
      uint32_t n = operations.edge[e] == MC_CONV3 ? 9 : operations.edge[e] == MC_CONV1 ? 1 : 0;
      if (n) check_slope(&net, net.a.weights[e], net.a.weights[e] + n * 64);
      if (n) check_slope(&net, net.b.weights[e], net.b.weights[e] + n * 256);
    }
  }
  mc_net_free(&net);
}

/* ---- exactness --------------------------------------------------------------------------------------------------- */

static bool passes(uint64_t *hash) {
  return mc_self_test(mc_kernels_best(), hash);
}

static void test_self_test(void **state) {
  (void)state;
  uint64_t hash;
  for (const struct mc_kernels *const *k = mc_kernels_all; *k; k++)
    if ((*k)->usable() && !mc_self_test(*k, &hash)) fail_msg("%s: hash %016llx", (*k)->name, (unsigned long long)hash);
}

#ifdef __SSE2__
/* Valgrind runs programs on a processor of its own, which knows no flush-to-zero. */
static bool can_flush(unsigned flag) {
  volatile float small = 1e-38f, scale = 1e-3f, tiny = small * scale;
  unsigned kept = _mm_getcsr();
  _mm_setcsr(kept | flag);
  volatile float flushed = flag == 0x8000 ? small * scale : tiny + 0.0f;
  _mm_setcsr(kept);
  return flushed == 0;
}
#endif

static void test_spoilt_environment(void **state) {
  (void)state;
  uint64_t hash;
  assert_int_equal(fesetround(FE_UPWARD), 0);
  bool passed = passes(&hash);
  const char *fault = mc_arithmetic_fault();
  fesetround(FE_TONEAREST);
  assert_false(passed);
  assert_non_null(strstr(fault, "rounded"));
#ifdef __SSE2__
  const unsigned kept = _mm_getcsr(), flags[] = {0x8000 /* FTZ */, 0x0040 /* DAZ */};
  for (int i = 0; i < 2; i++) {
    if (!can_flush(flags[i])) {
      print_message("flag %#x has no effect here\n", flags[i]);
      continue;
    }
    _mm_setcsr(kept | flags[i]);
    passed = passes(&hash);
    fault = mc_arithmetic_fault();
    _mm_setcsr(kept);
    assert_false(passed);
    assert_non_null(strstr(fault, "flushed to zero"));
  }
#endif
  assert_true(passes(&hash));
}

static int find_classes(void **state) {
  (void)state;
  return mc_classes_find(&classes);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_classes),
      cmocka_unit_test(test_representatives),
      cmocka_unit_test(test_size),
      cmocka_unit_test(test_exp_and_log),
      cmocka_unit_test(test_random),
      cmocka_unit_test(test_kernels),
      cmocka_unit_test(test_gradients),
      cmocka_unit_test(test_self_test),
      cmocka_unit_test(test_spoilt_environment),
  };
  return cmocka_run_group_tests(tests, find_classes, NULL);
}
