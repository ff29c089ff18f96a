/* The studentised range with infinitely many degrees of freedom: the range (largest minus smallest) of k independent
 * standard normal variables. It is the null distribution behind Nemenyi's critical difference.
 *
 * Both functions give at least 10 significant digits for 2 <= k <= 100 and any probability from 1e-300 to 1. A k below
 * 2 or an argument outside its range gives NaN. */
#ifndef JOUST_STATS_STUDENTISED_RANGE_H
#define JOUST_STATS_STUDENTISED_RANGE_H

#include <stddef.h>

/* Probability that the range of k exceeds q >= 0. */
double joust_studentised_range_above(double q, size_t k);

/* The q that the range of k exceeds with probability alpha, 0 < alpha <= 1. */
double joust_studentised_range_quantile(double alpha, size_t k);

#endif
