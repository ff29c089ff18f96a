/* Small helpers for plugin authors, all static inline: random numbers from the host's stream, sampling a space, and
 * counting and indexing the points of a finite one. Nothing here allocates. */
#ifndef JOUST_UTIL_H
#define JOUST_UTIL_H

#include <math.h>
#include <string.h>

#include "plugin.h"

/* ---- random numbers --------------------------------------------------------------------------------------------- */

/* Uniform on [0, 1), 53 bits. */
static inline double joust_uniform(const struct joust_host *host) {
  return (double)(host->random(host) >> 11) * 0x1p-53;
}

/* Uniform on 0 .. n-1 without bias, n >= 1. Multiply-and-reject of D. Lemire, "Fast random integer generation in an
 * interval", ACM TOMACS 29 (2019), on 32 bits; plain rejection above. */
static inline uint64_t joust_below(const struct joust_host *host, uint64_t n) {
  if (n <= UINT32_MAX) {
    uint32_t bound = (uint32_t)n;
    uint64_t product = (host->random(host) >> 32) * bound;
    if ((uint32_t)product < bound) {
      uint32_t floor = (0u - bound) % bound;
      while ((uint32_t)product < floor) product = (host->random(host) >> 32) * bound;
    }
    return product >> 32;
  }
  uint64_t excess = (UINT64_MAX % n + 1) % n, bits;
  do bits = host->random(host);
  while (bits > UINT64_MAX - excess);
  return bits % n;
}

/* Standard normal, by Marsaglia's polar method (one of each pair is thrown away, so there is no hidden state). */
static inline double joust_normal(const struct joust_host *host) {
  double u, v, s;
  do {
    u = 2 * joust_uniform(host) - 1;
    v = 2 * joust_uniform(host) - 1;
    s = u * u + v * v;
  } while (s >= 1 || s == 0);
  return u * sqrt(-2 * log(s) / s);
}

/* ---- parameters ------------------------------------------------------------------------------------------------- */

/* Number of values of a parameter; 0 for a real that is not a single value. */
static inline uint64_t joust_parameter_values(const struct joust_parameter *p) {
  if (p->kind & (JOUST_CATEGORICAL | JOUST_ORDINAL)) return p->n_choices;
  if (p->kind == JOUST_INTEGER) return (uint64_t)(p->upper - p->lower) + 1;
  return p->lower == p->upper;
}

/* The value at u in [0, 1] of the parameter's range, on its own scale; an integer gets an equal share of [0, 1] for
 * each value (on a log scale: from lower - 1/2 to upper + 1/2), a choice likewise. */
static inline double joust_value_at(const struct joust_parameter *p, double u) {
  double lower = p->lower, upper = p->upper, value;
  if (p->kind != JOUST_REAL) {
    lower -= 0.5;
    upper += 0.5;
  }
  value = p->log_scale ? lower * pow(upper / lower, u) : lower + u * (upper - lower);
  if (p->kind != JOUST_REAL) value = floor(value + 0.5);
  return value < p->lower ? p->lower : value > p->upper ? p->upper : value;
}

/* The place of a value in its parameter's range, in [0, 1]: the inverse of joust_value_at. */
static inline double joust_place_of(const struct joust_parameter *p, double value) {
  double lower = p->lower, upper = p->upper;
  if (p->kind != JOUST_REAL) {
    lower -= 0.5;
    upper += 0.5;
  }
  if (!(upper > lower)) return 0;
  return p->log_scale ? log(value / lower) / log(upper / lower) : (value - lower) / (upper - lower);
}

/* A random value, uniform on the parameter's scale. */
static inline double joust_sample(const struct joust_host *host, const struct joust_parameter *p) {
  if (p->kind & (JOUST_CATEGORICAL | JOUST_ORDINAL)) return (double)joust_below(host, p->n_choices);
  if (p->kind == JOUST_INTEGER && !p->log_scale) return p->lower + (double)joust_below(host, joust_parameter_values(p));
  return joust_value_at(p, joust_uniform(host));
}

/* ---- points ----------------------------------------------------------------------------------------------------- */

/* A random point into x (n_parameters). */
static inline void joust_sample_point(const struct joust_host *host, const struct joust_space *space, double *x) {
  for (uint32_t i = 0; i < space->n_parameters; i++) x[i] = joust_sample(host, space->parameters[i]);
}

/* Number of points of the space; 0 if there are infinitely many, or more than 2^63. */
static inline uint64_t joust_space_points(const struct joust_space *space) {
  uint64_t total = 1;
  for (uint32_t i = 0; i < space->n_parameters; i++) {
    uint64_t values = joust_parameter_values(space->parameters[i]);
    if (values == 0 || total > (UINT64_C(1) << 63) / values) return 0;
    total *= values;
  }
  return total;
}

/* Index of a point of a finite space, from 0: mixed radix, the first parameter is the most significant digit. */
static inline uint64_t joust_point_index(const struct joust_space *space, const double *x) {
  uint64_t index = 0;
  for (uint32_t i = 0; i < space->n_parameters; i++) {
    const struct joust_parameter *p = space->parameters[i];
    if (p->kind == JOUST_REAL) continue; /* a single value */
    index = index * joust_parameter_values(p) + (uint64_t)(x[i] - p->lower);
  }
  return index;
}

/* The point of an index: the inverse of joust_point_index. */
static inline void joust_index_point(const struct joust_space *space, uint64_t index, double *x) {
  for (uint32_t i = space->n_parameters; i-- > 0;) {
    const struct joust_parameter *p = space->parameters[i];
    uint64_t values = joust_parameter_values(p);
    x[i] = p->kind == JOUST_REAL ? p->lower : p->lower + (double)(index % values);
    if (p->kind != JOUST_REAL) index /= values;
  }
}

/* 64 well-mixed bits of a point. -0 and 0 count as one value. Steps of MurmurHash3's finaliser (A. Appleby, public
 * domain). */
static inline uint64_t joust_point_hash(const double *x, uint32_t n_parameters) {
  uint64_t hash = n_parameters;
  for (uint32_t i = 0; i < n_parameters; i++) {
    double value = x[i] + 0.0;
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    hash = (hash ^ bits) * UINT64_C(0xff51afd7ed558ccd);
    hash ^= hash >> 33;
    hash *= UINT64_C(0xc4ceb9fe1a85ec53);
    hash ^= hash >> 33;
  }
  return hash;
}

#endif
