/* Runs that a store has already, but of another build of their optimiser's plugin.
 *
 * The key of a run knows a plugin by its version alone, so that a new compiler or a new joust does not make all results
 * worthless; a plugin that was changed without a new version passes for the old one. Sessions say which file they ran
 * (its SHA-256), by which this is noticed. */
#ifndef JOUST_SWEEP_REBUILT_H
#define JOUST_SWEEP_REBUILT_H

#include "store/store.h"
#include "sweep/plan.h"

/* runs[o], for each optimiser of the plan: how many of its planned runs are complete in the store and were made with a
 * plugin file of the same name and other content. Where a session does not say what it ran, nothing is counted. The
 * store's errors. */
int joust_rebuilt_count(size_t *runs, const struct joust_plan *plan, struct joust_store *store,
                        struct joust_error *error);

#endif
