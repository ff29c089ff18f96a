#include "stats/effect.h"

#include <math.h>

#include "stats/rank_sum.h"

double joust_a12(const double *x, size_t n_x, const double *y, size_t n_y) {
  if (n_x == 0 || n_y == 0) return NAN;
  return 1 - joust_rank_sum_u(x, n_x, y, n_y, NULL) / ((double)n_x * (double)n_y);
}

double joust_cliffs_delta(const double *x, size_t n_x, const double *y, size_t n_y) {
  return 2 * joust_a12(x, n_x, y, n_y) - 1;
}

static enum joust_magnitude magnitude(double size, const double from[3]) {
  enum joust_magnitude word = JOUST_NEGLIGIBLE;
  while (word < JOUST_LARGE && size >= from[word]) word++;
  return word;
}

enum joust_magnitude joust_a12_magnitude(double a12) {
  static const double from[] = {0.56, 0.64, 0.71};
  return magnitude(fmax(a12, 1 - a12), from);
}

enum joust_magnitude joust_cliffs_delta_magnitude(double delta) {
  static const double from[] = {0.147, 0.33, 0.474};
  return magnitude(fabs(delta), from);
}

const char *joust_magnitude_word(enum joust_magnitude word) {
  static const char *const words[] = {"negligible", "small", "medium", "large"};
  return words[word];
}
