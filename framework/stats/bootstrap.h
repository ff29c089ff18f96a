/* Confidence intervals by the bootstrap: percentile and BCa (B. Efron, "Better bootstrap confidence intervals", JASA
 * 82, 1987).
 *
 * Which rows (runs) each replicate draws is decided once, by a seed, with the generator of base/random.h: the same
 * intervals on every machine. Intervals made with the same draws belong together, so those along a curve are a band of
 * whole curves.
 *
 * A NaN is a missing value: no replicate counts it, one that draws nothing else is left out. An infinite value (a
 * failed run counted as the worst) is a value: with it a mean is infinite, a median only where it is the middle.
 * Nothing here fails; an interval without numbers is NaN. */
#ifndef JOUST_STATS_BOOTSTRAP_H
#define JOUST_STATS_BOOTSTRAP_H

#include <stddef.h>
#include <stdint.h>

struct joust_draws {
  size_t n, replicates;
  uint32_t *counts; /* replicates x n: how often each row was drawn, n a replicate; all the memory, 4 bytes each */
};

/* n is below 2^32. At least 1000 replicates for intervals (B. Efron, R. J. Tibshirani, "An Introduction to the
 * Bootstrap", 1993). */
void joust_draws_make(struct joust_draws *draws, size_t n, size_t replicates, uint64_t seed);
void joust_draws_free(struct joust_draws *draws);

enum joust_interval_kind { JOUST_PERCENTILE, JOUST_BCA };

struct joust_interval {
  double estimate; /* of the sample itself */
  double lower, upper;
};

/* A statistic of n rows of data, by how often each row counts. */
struct joust_statistic {
  double (*of)(const void *data, const uint32_t *counts, size_t n); /* NaN: not defined for these counts */
  double (*without)(const void *data, size_t i); /* of the sample less one row, i < n in any order, NaN: row i holds
                                                    nothing; for BCa, may be NULL for percentile intervals */
};

/* Level, say 0.95, is the share of the distribution between the ends, which are quantiles of type 7. BCa needs finite
 * corrections: where the estimate lies outside all replicates, or one row makes it infinite, the ends are those of the
 * percentile interval. With constant data both ends equal the estimate. */
struct joust_interval joust_bootstrap(const struct joust_statistic *statistic, const void *data,
                                      const struct joust_draws *draws, enum joust_interval_kind kind, double level);

/* The same for mean and median of values (draws->n). Each takes O(n (replicates + log n)). */
struct joust_interval joust_bootstrap_mean(const double *values, const struct joust_draws *draws,
                                           enum joust_interval_kind kind, double level);
struct joust_interval joust_bootstrap_median(const double *values, const struct joust_draws *draws,
                                             enum joust_interval_kind kind, double level);

#endif
