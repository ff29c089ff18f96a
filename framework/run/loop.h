/* The inside of a run: its state, and the steps that it repeats. For this room only. */
#ifndef JOUST_RUN_LOOP_H
#define JOUST_RUN_LOOP_H

#include <time.h>

#include "run/start.h"
#include "run/words.h"

/* What a run needs while it is under way. The arrays hold one batch of at most `batch` trials. */
struct joust_loop {
  const struct joust_run *run;
  struct joust_outcome *outcome;
  struct joust_services services; /* of the optimiser */
  struct joust_run_words words;   /* the same optimiser's, if it asks */
  void *optimiser;
  struct joust_starter starter; /* of the first proposals, if there is one */
  uint32_t batch, n_parameters, n_metrics;
  uint64_t *ids, *seeds;
  double *f, *costs;
  const char **marks;
  char **reasons; /* why evaluations of the batch failed, where each has a reason of its own; owned */
  uint64_t noise; /* evaluation seeds start here */
  bool timed;     /* time each evaluation */
  bool apart;     /* evaluate the points of a batch each in a process of its own */
  bool diverged;  /* the run ends because it does not follow its stored trials */
  double start;
  struct joust_place *place, own_place;
  struct joust_log *evaluator_log; /* the evaluator's own, which takes no lines while the run has one for both */
  bool evaluator_owns_log;
};

/* Seconds of a clock. */
double joust_loop_now(clockid_t clock);

/* Trials so far. */
uint32_t joust_loop_done(const struct joust_loop *loop);

/* Says where the run is. */
void joust_loop_enter(struct joust_loop *loop, const char *call, uint32_t trial);

/* A call of the optimiser or of the evaluator ended with a negative status. */
enum joust_end joust_loop_fail_call(struct joust_loop *loop, struct joust_services *services, const char *call,
                                    joust_status status);

/* Asks for points, evaluates and tells them, until the run ends. */
enum joust_end joust_loop_repeat(struct joust_loop *loop);

/* Tells the optimiser the stored trials, though it did not ask for them. False: the run ends with *end. */
bool joust_loop_tell_stored(struct joust_loop *loop, enum joust_end *end);

#endif
