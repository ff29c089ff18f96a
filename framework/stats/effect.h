/* How large is a difference: Vargha and Delaney's A, Cliff's delta, and the words for them.
 *
 * Smaller is better; a failed run (NaN or +infinity) is worse than any number and ties with other failed runs. */
#ifndef JOUST_STATS_EFFECT_H
#define JOUST_STATS_EFFECT_H

#include <stddef.h>

/* P(x < y) + P(x = y) / 2 for one run of each sample: the probability that x is the better one. 1/2: no difference; 1:
 * every x is better than every y. NaN if a sample is empty. O(n log n). (A. Vargha, H. D. Delaney, "A critique and
 * improvement of the CL common language effect size statistics", J. Educational and Behavioral Statistics 25, 2000;
 * their A12 where larger is better.) */
double joust_a12(const double *x, size_t n_x, const double *y, size_t n_y);

/* Cliff's delta, P(x < y) - P(x > y) = 2 A - 1: from -1 (y always better) to 1 (x always better). (N. Cliff,
 * Psychological Bulletin 114, 1993.) */
double joust_cliffs_delta(const double *x, size_t n_x, const double *y, size_t n_y);

enum joust_magnitude { JOUST_NEGLIGIBLE, JOUST_SMALL, JOUST_MEDIUM, JOUST_LARGE };

/* Vargha and Delaney's (2000): small from 0.56, medium from 0.64, large from 0.71, and as far below 1/2. NaN is
 * negligible. */
enum joust_magnitude joust_a12_magnitude(double a12);

/* J. Romano et al., "Appropriate statistics for ordinal level data", Florida Association of Institutional Research,
 * 2006: |delta| is small from 0.147, medium from 0.33, large from 0.474. They are stricter than those for A. */
enum joust_magnitude joust_cliffs_delta_magnitude(double delta);

const char *joust_magnitude_word(enum joust_magnitude magnitude); /* "negligible" ... "large" */

#endif
