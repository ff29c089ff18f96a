/* What was asked and what came back. Trials are numbered from 0 in the order in which they became known here. */
#ifndef BO_TRIALS_H
#define BO_TRIALS_H

#include <joust/seen.h>
#include <stddef.h>
#include <stdint.h>

enum bo_state { BO_PENDING, BO_OK, BO_FAILED, BO_DROPPED /* cancelled: not modelled, but not proposed again either */ };

struct bo_trials { /* owns all arrays */
  uint32_t n_axes;
  size_t n, capacity;
  double *x;     /* capacity x n_axes */
  double *value; /* of BO_OK trials */
  uint64_t *id;
  uint8_t *state;
  size_t *told;    /* BO_OK and BO_FAILED trials in the order in which they were told */
  size_t *pending; /* BO_PENDING trials in the order in which they were asked */
  size_t n_told, n_pending, n_ok;
  struct joust_seen seen; /* all points */
};

/* All return 0, or -1 when out of memory. */
int bo_trials_asked(struct bo_trials *trials, uint64_t id, const double *x);

/* The result of a pending trial, or of a foreign one: an id that is not pending makes a new trial, as does
 * another point than the one that was asked for. A value that is not finite counts as failed. */
int bo_trials_told(struct bo_trials *trials, uint64_t id, const double *x, enum bo_state state, double value);

void bo_trials_free(struct bo_trials *trials);

#endif
