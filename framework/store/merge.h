/* Merging stores: shards of one sweep, or sweeps of several machines, become one store.
 *
 * Merging is idempotent, and stores may come in any order: the runs that result are the same. A run that only one store
 * holds is copied. Where two hold it:
 *
 *   both complete       their trials must be the same, else the stores contradict each other
 *   one complete        it stays; what the other one has of it is dropped
 *   neither complete    the one with more trials stays, and of two with equally many the failed one; the trials that
 *                       both have must be the same
 *
 * Two trials are the same if outcome, point, value and metrics are, to the last bit (any NaN equals any other); how
 * long they took is not compared. Sessions and plans of all stores are kept. */
#ifndef JOUST_STORE_MERGE_H
#define JOUST_STORE_MERGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct joust_merge_tally { /* of an input's runs */
  uint64_t added;          /* were not there */
  uint64_t replaced;       /* were there, not as far */
  uint64_t there;          /* were there, the same or further */
  uint64_t trials;         /* copied */
};

/* Merges n stores into the one at `out`, which is made if it is not there. Each input is one transaction, and is taken
 * as it is when its turn comes, even while a sweep writes it; memory does not grow with their size. `done` (may be
 * NULL) is called after each.
 *
 * JOUST_MISSING, JOUST_BAD_INPUT, JOUST_SYSTEM as for joust_store_open, before anything is written if an input is no
 * store; JOUST_BAD_INPUT also if `out` is an input as well, or for a contradiction, with both stores and the run in the
 * message. After an error `out` holds the inputs before the one that failed. */
int joust_store_merge(const char *out, const char *const *inputs, size_t n,
                      void (*done)(void *context, const char *input, const struct joust_merge_tally *), void *context,
                      struct joust_error *error);

#endif
