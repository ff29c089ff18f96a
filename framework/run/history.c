#include "run/history.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static void clear_messages(struct joust_history *history, uint32_t from) {
  for (uint32_t i = from; i < history->reserved; i++) free(history->messages[i]);
  if (from < history->reserved) history->reserved = from;
}

void joust_history_start(struct joust_history *history, uint32_t n_parameters, uint32_t n_metrics) {
  clear_messages(history, 0);
  history->n = history->recorded = history->dropped = 0;
  if (n_parameters != history->n_parameters || n_metrics != history->n_metrics) {
    history->capacity = 0; /* rows have another size now: the next reserve makes room anew */
    history->n_parameters = n_parameters;
    history->n_metrics = n_metrics;
  }
}

static void grow(struct joust_history *history, uint32_t capacity) {
  history->x = joust_resize(history->x, (size_t)capacity * history->n_parameters, sizeof *history->x);
  history->metrics = joust_resize(history->metrics, (size_t)capacity * history->n_metrics, sizeof *history->metrics);
  history->seconds = joust_resize(history->seconds, capacity, sizeof *history->seconds);
  history->outcome = joust_resize(history->outcome, capacity, sizeof *history->outcome);
  history->messages = joust_resize(history->messages, capacity, sizeof *history->messages);
  history->capacity = capacity;
}

void joust_history_reserve(struct joust_history *history, uint32_t more) {
  uint32_t n = history->n;
  clear_messages(history, n); /* of rows that were made ready, but became no trials */
  if (more > history->capacity - n)
    grow(history, (history->capacity + more) * 2 < 256 ? 256 : (history->capacity + more) * 2);
  double *x = history->x + (size_t)n * history->n_parameters;
  double *metrics = history->metrics + (size_t)n * history->n_metrics;
  for (size_t i = 0; i < (size_t)more * history->n_parameters; i++) x[i] = NAN;
  for (size_t i = 0; i < (size_t)more * history->n_metrics; i++) metrics[i] = NAN;
  for (uint32_t i = n; i < n + more; i++) {
    history->seconds[i] = 0;
    history->outcome[i] = 0;
    history->messages[i] = NULL;
  }
  history->reserved = n + more;
}

void joust_history_drop(struct joust_history *history) {
  clear_messages(history, 0);
  history->dropped += history->n;
  history->n = history->recorded = 0;
}

void joust_history_free(struct joust_history *history) {
  if (history->messages) clear_messages(history, 0);
  free(history->x);
  free(history->metrics);
  free(history->seconds);
  free(history->outcome);
  free(history->messages);
  memset(history, 0, sizeof *history);
}
