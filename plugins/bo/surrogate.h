/* Keeps the model in step with the trials, at the least cost:
 *
 *  - rows that the model has stay as long as they are a prefix of those it should have (the told trials in the order
 *    of telling, then the pending ones); a pending trial that is told in order costs no factoring at all;
 *  - the target transform and the kernel are fitted again when the told trials have grown by the share `refit`;
 *  - the model holds at most max_points told trials (fewer on a large grid, whose V has at most 4e7 numbers, but at
 *    least 100). When there are more, it keeps three quarters of that number: half of them the best by value, the
 *    others drawn at random from the rest. So cost and memory of a trial stay bounded.
 *
 * A failed trial counts as being as bad as the worst known one. */
#ifndef BO_SURROGATE_H
#define BO_SURROGATE_H

#include "acquire.h"
#include "grid.h"
#include "model.h"
#include "settings.h"
#include "targets.h"
#include "trials.h"

struct bo_surrogate { /* owns everything but settings, host and trials */
  const struct bo_settings *settings;
  const struct joust_host *host;
  const struct bo_trials *trials;
  struct bo_model model;
  struct bo_grid grid;
  struct bo_targets targets;
  size_t *rows, rows_capacity;         /* the trial of each row of the model */
  size_t *kept, n_kept, kept_capacity; /* told trials that the model should hold */
  size_t n_taken;                      /* told trials that have been considered */
  size_t most_kept;                    /* n_kept stays at or below it */
  size_t next_fit;                     /* number of told trials that asks for the next fit */
  double worst;                        /* largest value of a trial so far */
};

/* Returns a status. On failure too bo_surrogate_free frees what there is. */
joust_status bo_surrogate_init(struct bo_surrogate *surrogate, const struct bo_settings *settings,
                               const struct joust_host *host, const struct joust_space *space,
                               const struct bo_trials *trials);
void bo_surrogate_free(struct bo_surrogate *surrogate);

/* Brings model and grid up to date and describes what to improve on. Needs at least one BO_OK trial. */
joust_status bo_surrogate_update(struct bo_surrogate *surrogate, struct bo_acquisition *acquisition);

#endif
