/* One run: an optimiser on a problem with one seed, until the budget is spent.
 *
 * ask -> check -> evaluate -> tell, and a row of the history for each trial. The host owns budget, time and randomness:
 * the optimiser's stream starts from the run's seed, and the evaluation of trial t from a mix of seed and t, so two
 * optimisers with one seed meet the same evaluation noise.
 *
 * Budgets: at most `trials` trials; trials while their costs add up to at most `cost` (the problem's cost metric, e.g.
 * simulated seconds of training): the trial that would go over it is cancelled, as a training is that the deadline cuts
 * off; no new trial after `seconds` of wall time. Whatever the limits, a run ends after JOUST_MOST_TRIALS trials, so
 * that one limited by cost alone ends where nothing costs anything. */
#ifndef JOUST_RUN_RUN_H
#define JOUST_RUN_RUN_H

#include "evaluator/evaluator.h"
#include "run/history.h"

#define JOUST_MOST_TRIALS UINT64_C(10000000)

struct joust_budget {
  uint64_t trials;      /* UINT64_MAX: no limit */
  double cost, seconds; /* INFINITY: no limit */
};

struct joust_run { /* what to run; all borrowed */
  const struct joust_problem *problem;
  struct joust_instance *evaluator;
  const struct joust_optimiser *optimiser;
  const union joust_arg *args;
  const char *label;  /* of the optimiser, for messages */
  uint32_t replicate; /* from 1; told to optimisers that ask, see joust/ext/problem.h */
  uint64_t seed;
  struct joust_budget budget;
  const volatile sig_atomic_t *stop; /* non-zero: stop before the next trial; may be NULL */
  int32_t log_level;                 /* plugins' lines from this level on go to standard error */
};

enum joust_end {
  JOUST_END_BUDGET,     /* complete: the budget is spent */
  JOUST_END_DONE,       /* complete: the optimiser has nothing more to propose */
  JOUST_END_FAILED,     /* the optimiser or the evaluator failed or broke the contract; see error */
  JOUST_END_INTERRUPTED /* `stop` was set */
};

struct joust_outcome { /* of a run; all zero before the first, reused from run to run, freed with joust_outcome_free */
  struct joust_history history;
  enum joust_end end;
  struct joust_error error;
  struct joust_text log;      /* last lines of the optimiser's log */
  struct joust_text counters; /* JSON object of what the optimiser counted, "{}" if nothing */
  double cost, seconds, cpu_seconds;
};

/* Does the optimiser handle the problem's space? JOUST_BAD_INPUT with the first parameter that it does not. */
int joust_run_check(const struct joust_problem *problem, const struct joust_optimiser *optimiser, const char *label,
                    struct joust_error *error);

/* Runs; everything there is to say is in the outcome. */
void joust_run(const struct joust_run *run, struct joust_outcome *outcome);

void joust_outcome_free(struct joust_outcome *outcome);

#endif
