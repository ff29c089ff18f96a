/* One run: an optimiser on a problem with one seed, until the budget is spent.
 *
 * ask -> check -> evaluate -> tell, and a row of the history for each trial. The host owns budget, time and randomness:
 * the optimiser's stream starts from the run's seed, and the evaluation of trial t from a mix of seed and t, so two
 * optimisers with one seed meet the same evaluation noise.
 *
 * Budgets: at most `trials` trials; trials while their costs add up to at most `cost` (the problem's cost metric, e.g.
 * simulated seconds of training): the trial that would go over it is cancelled, as a training is that the deadline cuts
 * off; no new trial after `seconds` of wall time. Whatever the limits, a run ends after JOUST_MOST_TRIALS trials, so
 * that one limited by cost alone ends where nothing costs anything.
 *
 * Where the problem is `parallel`, the optimiser is asked for so many points at once (at most max_batch, and what the
 * budget leaves), they are evaluated at once, and told together: what comes out does not depend on which evaluation
 * ends first. The optimiser knows less when it proposes, so the number is part of what the problem is.
 *
 * A run that was interrupted goes on from its stored trials, and nothing that was evaluated is evaluated again. It is
 * replayed: the optimiser is asked as it was the first time, must propose what it proposed then, and is told what came
 * of it then. An optimiser that cannot do so (JOUST_NONDETERMINISTIC, or one that proposes something else:
 * its log says so) is told the stored trials as trials that it did not ask for, and goes on from there
 * with a random stream of its own for that start, so that it does not draw again what it drew in the beginning. What
 * was stored counts against a budget of seconds for as long as its evaluations took, and stays even where that is more.
 */
#ifndef JOUST_RUN_RUN_H
#define JOUST_RUN_RUN_H

#include "evaluator/evaluator.h"
#include "run/history.h"

#define JOUST_MOST_TRIALS UINT64_C(10000000)

struct joust_budget {
  uint64_t trials;      /* UINT64_MAX: no limit */
  double cost, seconds; /* INFINITY: no limit */
};

struct joust_outcome;

struct joust_place {         /* where a run is, for those who watch it from another process */
  const char *volatile call; /* the last one made: "create", "ask", "evaluate", "tell", "destroy"; NULL: none yet */
  volatile uint32_t trial;   /* the first trial that it is about; 0: none */
};

/* The first trials of a run may be those that another optimiser proposes: it is created with the same seed as in a run
 * of its own, so that it proposes the same, and both are told what comes of it. After `trials` trials, or when it is
 * done, the run's own optimiser goes on. What the other one counts is among the counters of the run, as start_NAME. */
struct joust_start { /* all borrowed */
  const struct joust_optimiser *type;
  const union joust_arg *args;
  const char *label;
  uint32_t trials;
};

struct joust_run { /* what to run; all borrowed */
  const struct joust_problem *problem;
  struct joust_instance *evaluator;
  const struct joust_optimiser *optimiser;
  const union joust_arg *args;
  const struct joust_start *start; /* NULL: none */
  const char *label;               /* of the optimiser, for messages */
  uint32_t replicate;              /* from 1; told to optimisers that ask, see joust/ext/problem.h */
  uint64_t seed;
  struct joust_budget budget;
  const volatile sig_atomic_t *stop;  /* non-zero: stop before the next trial; may be NULL */
  int32_t log_level;                  /* plugins' lines from this level on go to standard error */
  const struct joust_history *stored; /* trials of an earlier start of this run; NULL: none */
  /* Called, if it is not NULL, when `record_after` rows or more of the history were not recorded yet: it takes the rows
   * from history.recorded on, with the counters and the cost so far; the history forgets them when it may. A row is
   * recorded before the optimiser is told of it. Rows that are left when the run ends are the caller's to record. */
  void (*record)(void *context, const struct joust_outcome *);
  void *context;
  uint32_t record_after;     /* at least 1 */
  struct joust_place *place; /* kept up to date; may be NULL */
  struct joust_log *log; /* takes the lines of optimiser and evaluator; NULL: one of the run's own, the optimiser's */
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
  double best;                /* least value told; INFINITY where no trial was ok */
  double cost;
  double seconds; /* of wall time; of the evaluations alone for the part of the run that was replayed */
  double cpu_seconds;
};

/* Does the optimiser handle the problem's space? JOUST_BAD_INPUT with the first parameter that it does not. */
int joust_run_check(const struct joust_problem *problem, const struct joust_optimiser *optimiser, const char *label,
                    struct joust_error *error);

/* Runs; everything there is to say is in the outcome. */
void joust_run(const struct joust_run *run, struct joust_outcome *outcome);

void joust_outcome_free(struct joust_outcome *outcome);

#endif
