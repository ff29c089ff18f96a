/* The trials of one run as columns that grow. Rows that were recorded elsewhere may be dropped: those that follow keep
 * their numbers. */
#ifndef JOUST_RUN_HISTORY_H
#define JOUST_RUN_HISTORY_H

#include <stdint.h>

struct joust_history {
  uint32_t n, capacity; /* rows; row k is trial dropped + k + 1 */
  uint32_t dropped;     /* trials before the first row */
  uint32_t recorded;    /* rows, the first ones, that were recorded already */
  uint32_t reserved;    /* rows, with those behind the last one, that have been made ready */
  uint32_t n_parameters, n_metrics;
  double *x;        /* n x n_parameters */
  double *metrics;  /* n x n_metrics, NaN where not measured */
  double *seconds;  /* n: wall time of the evaluation; 0 for evaluators that are instant */
  uint8_t *outcome; /* n: JOUST_TRIAL_OK, FAILED, CANCELLED */
  char **messages;  /* n: why a trial failed, or how the optimiser marked it, or NULL; owned */
};

/* Empties the history for a problem of this size; its memory is kept. */
void joust_history_start(struct joust_history *history, uint32_t n_parameters, uint32_t n_metrics);

/* Room for `more` rows behind the last one: x and metrics (NaN), seconds (0), outcome (OK), messages (NULL). */
void joust_history_reserve(struct joust_history *history, uint32_t more);

/* Drops all rows. */
void joust_history_drop(struct joust_history *history);

void joust_history_free(struct joust_history *history);

#endif
