/* Numbers that are the same on every machine: random ones by integer arithmetic, exp and log from additions and
 * multiplications only (a C library's own differ in the last bit from one version to the next). */
#ifndef MICROCELL_EXACT_H
#define MICROCELL_EXACT_H

#include <stdint.h>
#include <string.h>

/* SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014). */
static inline uint64_t mc_random(uint64_t *state) {
  uint64_t z = *state += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

/* 0 to n - 1. */
static inline uint32_t mc_random_below(uint64_t *state, uint32_t n) {
  return (uint32_t)((mc_random(state) >> 32) * n >> 32);
}

/* -1 to 1, a multiple of 2^-23. */
static inline float mc_random_symmetric(uint64_t *state) {
  return (float)((int32_t)(mc_random(state) >> 40) - (1 << 23)) * 0x1p-23f;
}

static inline double mc_from_bits(uint64_t bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/* exp(x) for x <= 0, 0 below -700; relative error below 1e-14. x = k ln 2 + r with |r| <= ln 2 / 2, and a Taylor sum.
 */
static inline double mc_exp(double x) {
  static const double factors[] = {
      1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720,
      1.0 / 120,       1.0 / 24,       1.0 / 6,       1.0 / 2,      1.0,         1.0};
  if (!(x > -700)) return 0;
  int32_t k = (int32_t)(x * 1.4426950408889634 - 0.5);
  double r = (x - k * 0x1.62e42fefa38p-1) - k * 0x1.ef35793c7673p-45, sum = 1.0 / 6227020800;
  for (int i = 0; i < (int)(sizeof factors / sizeof *factors); i++) sum = sum * r + factors[i];
  return sum * mc_from_bits((uint64_t)(1023 + k) << 52);
}

/* log(x) for finite x >= 1; relative error below 1e-14. x = 2^k m with m in [2/3, 4/3), log m = 2 artanh((m - 1)/(m +
 * 1)). */
static inline double mc_log(double x) {
  static const double factors[] = {1.0 / 17, 1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9, 1.0 / 7, 1.0 / 5, 1.0 / 3, 1.0};
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  int32_t k = (int32_t)(bits >> 52) - 1023;
  double m = mc_from_bits((bits & 0xfffffffffffffu) | (uint64_t)1023 << 52);
  if (m >= 4.0 / 3) m *= 0.5, k++;
  double s = (m - 1) / (m + 1), square = s * s, sum = 1.0 / 19;
  for (int i = 0; i < (int)(sizeof factors / sizeof *factors); i++) sum = sum * square + factors[i];
  return k * 0x1.62e42fefa38p-1 + (k * 0x1.ef35793c7673p-45 + 2 * s * sum);
}

#endif
