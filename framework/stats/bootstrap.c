#include "stats/bootstrap.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/random.h"
#include "stats/summary.h"

/* Uniform on 0 .. n-1 without bias, by multiplying and rejecting (D. Lemire, ACM TOMACS 29, 2019). */
static uint32_t below(struct joust_stream *stream, uint32_t n) {
  uint64_t product = (joust_stream_next(stream) >> 32) * n;
  if ((uint32_t)product < n) {
    uint32_t floor = (0u - n) % n;
    while ((uint32_t)product < floor) product = (joust_stream_next(stream) >> 32) * n;
  }
  return (uint32_t)(product >> 32);
}

void joust_draws_make(struct joust_draws *draws, size_t n, size_t replicates, uint64_t seed) {
  struct joust_stream stream;
  joust_stream_seed(&stream, seed);
  *draws = (struct joust_draws){.n = n, .replicates = replicates};
  draws->counts = joust_alloc(n * replicates, sizeof *draws->counts);
  for (size_t r = 0; r < replicates; r++) {
    for (size_t i = 0; i < n; i++) draws->counts[r * n + below(&stream, (uint32_t)n)]++;
  }
}

void joust_draws_free(struct joust_draws *draws) {
  free(draws->counts);
  *draws = (struct joust_draws){0};
}

/* How lopsided the statistic is, from the sample less one row at a time (Efron, 1987, eq. 7.3). */
static double acceleration(const struct joust_statistic *statistic, const void *data, size_t n) {
  double *parts = joust_alloc(n, sizeof *parts), mean = 0, squares = 0, cubes = 0;
  size_t m = 0;
  for (size_t i = 0; i < n; i++) {
    double part = statistic->without(data, i);
    if (!isnan(part)) parts[m++] = part;
  }
  for (size_t i = 0; i < m; i++) mean += (parts[i] - parts[0]) / (double)m;
  for (size_t i = 0; i < m; i++) {
    double d = mean - (parts[i] - parts[0]);
    squares += d * d;
    cubes += d * d * d;
  }
  free(parts);
  return squares == 0 ? 0 : cubes / (6 * pow(squares, 1.5));
}

/* Normal quantile of the share of replicates below the estimate, those equal to it counted half. */
static double bias(const double *values, size_t n, double estimate) {
  size_t less = 0, equal = 0;
  for (size_t i = 0; i < n; i++) {
    less += values[i] < estimate;
    equal += values[i] == estimate;
  }
  return gsl_cdf_ugaussian_Pinv(((double)less + (double)equal / 2) / (double)n);
}

static double corrected(double z0, double a, double p) {
  double z = z0 + gsl_cdf_ugaussian_Pinv(p);
  return gsl_cdf_ugaussian_P(z0 + z / (1 - a * z));
}

struct joust_interval joust_bootstrap(const struct joust_statistic *statistic, const void *data,
                                      const struct joust_draws *draws, enum joust_interval_kind kind, double level) {
  size_t n = draws->n, replicates = draws->replicates;
  uint32_t *once = joust_alloc(n, sizeof *once);
  double *values = joust_alloc(replicates, sizeof *values), low = (1 - level) / 2, high = 1 - low;
  for (size_t i = 0; i < n; i++) once[i] = 1;
  struct joust_interval interval = {.estimate = statistic->of(data, once, n)};
  size_t numbers = 0;
  for (size_t r = 0; r < replicates; r++) {
    double value = statistic->of(data, draws->counts + r * n, n);
    if (!isnan(value)) values[numbers++] = value;
  }
  if (kind == JOUST_BCA && numbers > 0) {
    double z0 = bias(values, numbers, interval.estimate), a = acceleration(statistic, data, n);
    if (isfinite(z0) && isfinite(a)) {
      low = corrected(z0, a, low);
      high = corrected(z0, a, high);
    }
  }
  interval.lower = joust_quantile_select(values, numbers, low);
  interval.upper = joust_quantile_select(values, numbers, high);
  free(once);
  free(values);
  return interval;
}

/* ---- mean and median -------------------------------------------------------------------------------------------- */

/* The values that are numbers, sorted, each with its row: of them first .. last - 1 are finite. */
struct sample {
  size_t n, first, last;
  struct joust_keyed *sorted;
  double sum; /* of the finite ones, as offsets from the first of them: exact for constant data */
};

static double offset(const struct sample *sample, size_t i) {
  return sample->sorted[i].value - sample->sorted[sample->first].value;
}

static void sample_make(struct sample *sample, const double *values, size_t n) {
  *sample = (struct sample){.sorted = joust_alloc(n, sizeof *sample->sorted)};
  sample->n = sample->last = joust_sort_keyed(sample->sorted, values, n);
  while (sample->first < sample->n && isinf(sample->sorted[sample->first].value)) sample->first++;
  while (sample->last > sample->first && isinf(sample->sorted[sample->last - 1].value)) sample->last--;
  for (size_t i = sample->first; i < sample->last; i++) sample->sum += offset(sample, i);
}

static double mean_of(const void *data, const uint32_t *counts, size_t n) {
  const struct sample *sample = data;
  double sum = 0, infinite = 0;
  uint64_t total = 0;
  (void)n;
  for (size_t i = 0; i < sample->n; i++) {
    uint32_t count = counts[sample->sorted[i].index];
    total += count;
    if (i >= sample->first && i < sample->last)
      sum += count * offset(sample, i);
    else if (count > 0)
      infinite += sample->sorted[i].value;
  }
  if (total == 0) return NAN;
  if (infinite != 0) return infinite;
  return sample->sorted[sample->first].value + sum / (double)total;
}

static double mean_without(const void *data, size_t i) {
  const struct sample *sample = data;
  if (i >= sample->n || sample->n < 2) return NAN;
  if (sample->last - sample->first < sample->n) return INFINITY; /* no finite acceleration */
  return sample->sorted[0].value + (sample->sum - offset(sample, i)) / (double)(sample->n - 1);
}

static double middle(double below, double above) {
  return below == above ? below : isinf(below) || isinf(above) ? below + above : below + (above - below) / 2;
}

static double median_of(const void *data, const uint32_t *counts, size_t n) {
  const struct sample *sample = data;
  uint64_t total = n, seen = 0; /* every draw, if none of the rows is missing */
  size_t i = 0;
  if (sample->n < n) {
    total = 0;
    for (size_t j = 0; j < sample->n; j++) total += counts[sample->sorted[j].index];
  }
  if (total == 0) return NAN;
  while (seen + counts[sample->sorted[i].index] <= (total - 1) / 2) seen += counts[sample->sorted[i++].index];
  double lower = sample->sorted[i].value;
  while (seen + counts[sample->sorted[i].index] <= total / 2) seen += counts[sample->sorted[i++].index];
  return middle(lower, sample->sorted[i].value);
}

static double median_without(const void *data, size_t i) {
  const struct sample *sample = data;
  if (i >= sample->n || sample->n < 2) return NAN;
  size_t low = (sample->n - 2) / 2, high = (sample->n - 1) / 2; /* places in the rest */
  return middle(sample->sorted[low + (low >= i)].value, sample->sorted[high + (high >= i)].value);
}

static struct joust_interval of_sample(const struct joust_statistic *statistic, const double *values,
                                       const struct joust_draws *draws, enum joust_interval_kind kind, double level) {
  struct sample sample;
  sample_make(&sample, values, draws->n);
  struct joust_interval interval = joust_bootstrap(statistic, &sample, draws, kind, level);
  free(sample.sorted);
  return interval;
}

struct joust_interval joust_bootstrap_mean(const double *values, const struct joust_draws *draws,
                                           enum joust_interval_kind kind, double level) {
  static const struct joust_statistic mean = {.of = mean_of, .without = mean_without};
  return of_sample(&mean, values, draws, kind, level);
}

struct joust_interval joust_bootstrap_median(const double *values, const struct joust_draws *draws,
                                             enum joust_interval_kind kind, double level) {
  static const struct joust_statistic median = {.of = median_of, .without = median_without};
  return of_sample(&median, values, draws, kind, level);
}
