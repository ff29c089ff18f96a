#include "stats/expected_best.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "stats/summary.h"

struct table {
  size_t size, numbers;
  double *sorted; /* from the best, of what is minimised; NaN last */
};

static void table_make(struct table *table, const double *values, size_t size, bool maximise) {
  table->size = size;
  table->sorted = joust_alloc(size, sizeof *table->sorted);
  for (size_t i = 0; i < size; i++) table->sorted[i] = maximise ? -values[i] : values[i];
  table->numbers = joust_sort_values(table->sorted, size);
}

/* Sums over the chances of each value to be the best. Offsets are from the best value of all, so that the result is
 * accurate where many draws come near it. */
static struct joust_expected_best best_of(const struct table *table, size_t draws, bool replacement) {
  double size = (double)table->size, n = fmin((double)draws, replacement ? (double)draws : size);
  double all = 0, sum = 0, squares = 0, missing = replacement ? 1 : n / size;
  if (draws == 0 || table->numbers == 0) return (struct joust_expected_best){NAN, NAN};
  for (size_t i = 0; i < table->numbers && missing > 0; i++) {
    double left = size - (double)i - 1, chance = missing;
    if (replacement) {
      missing = pow(left / size, n); /* that no draw so far is among the first i + 1 */
      chance -= missing;
    } else {
      missing *= left > 0 ? fmax(0, left - n + 1) / left : 0; /* the next chance from this one */
    }
    double offset = table->sorted[i] - table->sorted[0];
    all += chance;
    sum += chance * offset;
    squares += chance * offset * offset;
  }
  double mean = sum / all;
  return (struct joust_expected_best){table->sorted[0] + mean, sqrt(fmax(0, squares / all - mean * mean))};
}

struct joust_expected_best joust_expected_best(const double *values, size_t size, size_t draws, bool replacement,
                                               bool maximise) {
  struct table table;
  table_make(&table, values, size, maximise);
  struct joust_expected_best best = best_of(&table, draws, replacement);
  if (maximise) best.mean = -best.mean;
  free(table.sorted);
  return best;
}

void joust_expected_best_curve(double *mean, const double *values, size_t size, size_t draws, bool replacement,
                               bool maximise) {
  struct table table;
  table_make(&table, values, size, maximise);
  for (size_t n = 1; n <= draws; n++) {
    double best = best_of(&table, n, replacement).mean;
    mean[n - 1] = maximise ? -best : best;
  }
  free(table.sorted);
}
