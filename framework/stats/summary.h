/* Order and summary of a sample: sorting, quantiles, mean, standard deviation.
 *
 * A NaN is a missing value: it is counted and enters no other figure. An infinite value is a value, the way to let a
 * failed run count as the worst: it has its place among the quantiles, makes the mean infinite and the standard
 * deviation NaN. All results are the same for any order of the values. Nothing here fails; arrays are the caller's and
 * stay as they are unless their parameter is not const. */
#ifndef JOUST_STATS_SUMMARY_H
#define JOUST_STATS_SUMMARY_H

#include <math.h>
#include <stddef.h>

struct joust_summary {
  size_t n, missing;                                               /* values that are numbers, values that are NaN */
  double mean;                                                     /* NaN if n = 0, as all that follow */
  double sd;                                                       /* with divisor n - 1; NaN if n < 2 */
  double se;                                                       /* standard error of the mean, sd / sqrt(n) */
  double minimum, lower_quartile, median, upper_quartile, maximum; /* quartiles of type 7 */
};

/* A value with the place it came from, for sorting. */
struct joust_keyed {
  double value;
  size_t index;
};

/* What a value counts as where failed runs must have a rank: NaN (no value at all) is the worst, +infinity. */
static inline double joust_or_worst(double value) {
  return isnan(value) ? INFINITY : value;
}

/* Sorts upwards, NaN last; returns how many are not NaN. */
size_t joust_sort_values(double *values, size_t n);

/* Fills keyed (n) with the values and their indices, sorted upwards, equal values by index, NaN last. Returns how many
 * are not NaN. */
size_t joust_sort_keyed(struct joust_keyed *keyed, const double *values, size_t n);

/* Quantile p in [0, 1] of n sorted numbers without NaN: linear between the order statistics around 1 + (n - 1) p, type
 * 7 of R. J. Hyndman and Y. Fan, "Sample quantiles in statistical packages", The American Statistician 50 (1996).
 * Between a finite and an infinite value it is infinite. NaN if n = 0. */
double joust_quantile_sorted(const double *sorted, size_t n, double p);

/* The same of unsorted numbers without NaN, which it moves about: O(n). */
double joust_quantile_select(double *values, size_t n, double p);

/* The same of an unsorted sample, which may hold NaN. */
double joust_quantile(const double *values, size_t n, double p);
double joust_median(const double *values, size_t n);

struct joust_summary joust_summarise(const double *values, size_t n);

#endif
