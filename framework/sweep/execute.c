#include "sweep/execute.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/process.h"
#include "sweep/record.h"

struct rows { /* ids in the store of what runs refer to */
  int64_t *problems, *optimisers;
  int64_t sweep, session;
};

static int put_problem(struct rows *rows, const struct joust_plan *plan, uint32_t i, struct joust_store *store,
                       struct joust_error *error) {
  const struct joust_planned_problem *planned = &plan->problems[i];
  char *definition = joust_record_problem(planned);
  struct joust_store_problem problem = {.label = planned->problem.label,
                                        .name = planned->problem.name,
                                        .fingerprint = planned->evaluator.fingerprint,
                                        .definition = definition};
  int code = joust_store_put_problem(store, &problem, &rows->problems[i], error);
  free(definition);
  return code;
}

static int put_optimiser(struct rows *rows, const struct joust_plan *plan, uint32_t i, struct joust_store *store,
                         struct joust_error *error) {
  const struct joust_planned_optimiser *planned = &plan->optimisers[i];
  char *options = joust_record_options(&planned->options);
  struct joust_store_optimiser optimiser = {.label = planned->label,
                                            .name = planned->type->id,
                                            .version = planned->type->version,
                                            .options = options,
                                            .summary = planned->type->summary};
  int code = joust_store_put_optimiser(store, &optimiser, &rows->optimisers[i], error);
  free(options);
  return code;
}

/* The session, with the runs that it means to make. */
static int start_session(struct rows *rows, const struct joust_plan *plan, struct joust_store *store,
                         struct joust_error *error) {
  struct joust_store_planned *planned = joust_alloc(plan->n_runs, sizeof *planned);
  char *provenance = joust_record_provenance(plan), *process = joust_process_name();
  for (size_t i = 0; i < plan->n_runs; i++)
    planned[i] = (struct joust_store_planned){.key = plan->runs[i].key,
                                              .problem = rows->problems[plan->runs[i].problem],
                                              .optimiser = rows->optimisers[plan->runs[i].optimiser],
                                              .replicate = plan->runs[i].replicate};
  struct joust_store_session session = {
      .sweep = rows->sweep, .provenance = provenance, .process = process, .shard = plan->shard, .shards = plan->shards};
  int code = joust_store_start_session(store, &session, planned, plan->n_runs, &rows->session, error);
  free(planned);
  free(provenance);
  free(process);
  return code;
}

/* "complete", or why not. */
static int end_session(const struct rows *rows, int code, struct joust_store *store, struct joust_error *error) {
  struct joust_error ignored;
  if (!rows->session) return code;
  if (code) {
    joust_store_end_session(store, rows->session, code == JOUST_INTERRUPTED ? "interrupted" : error->message, &ignored);
    return code;
  }
  return joust_store_end_session(store, rows->session, "complete", error);
}

static int put_rows(struct rows *rows, const struct joust_plan *plan, struct joust_store *store,
                    struct joust_error *error) {
  char *definition = joust_sweep_print(plan->sweep);
  rows->problems = joust_alloc(plan->n_problems, sizeof *rows->problems);
  rows->optimisers = joust_alloc(plan->n_optimisers, sizeof *rows->optimisers);
  int code = joust_store_put_sweep(store, plan->sweep->name, definition, &rows->sweep, error);
  for (uint32_t i = 0; i < plan->n_problems && !code; i++) code = put_problem(rows, plan, i, store, error);
  for (uint32_t i = 0; i < plan->n_optimisers && !code; i++) code = put_optimiser(rows, plan, i, store, error);
  if (!code) code = start_session(rows, plan, store, error);
  free(definition);
  return code;
}

static void run_one(const struct joust_plan *plan, const struct joust_planned_run *planned,
                    const struct joust_execution *execution, struct joust_outcome *outcome) {
  struct joust_planned_problem *problem = &plan->problems[planned->problem];
  const struct joust_planned_optimiser *optimiser = &plan->optimisers[planned->optimiser];
  struct joust_run run = {.problem = &problem->problem,
                          .evaluator = &problem->evaluator,
                          .optimiser = optimiser->type,
                          .args = optimiser->args,
                          .label = optimiser->label,
                          .replicate = planned->replicate,
                          .seed = planned->seed,
                          .budget = plan->sweep->budget,
                          .stop = execution->stop,
                          .log_level = execution->log_level};
  joust_run(&run, outcome);
}

static int put_run(const struct joust_plan *plan, const struct joust_planned_run *planned, const struct rows *rows,
                   const struct joust_outcome *outcome, struct joust_recorder *recorder, struct joust_store *store,
                   struct joust_error *error) {
  static const enum joust_run_state states[] = {[JOUST_END_BUDGET] = JOUST_RUN_COMPLETE,
                                                [JOUST_END_DONE] = JOUST_RUN_COMPLETE,
                                                [JOUST_END_FAILED] = JOUST_RUN_BROKEN,
                                                [JOUST_END_INTERRUPTED] = JOUST_RUN_STARTED};
  const struct joust_budget *budget = &plan->sweep->budget;
  struct joust_store_trials trials;
  joust_record_trials(recorder, &plan->problems[planned->problem].problem, &outcome->history, &trials);
  struct joust_store_run run = {.problem = rows->problems[planned->problem],
                                .optimiser = rows->optimisers[planned->optimiser],
                                .sweep = rows->sweep,
                                .session = rows->session,
                                .key = planned->key,
                                .replicate = planned->replicate,
                                .seed = planned->seed,
                                .budget_trials = budget->trials == UINT64_MAX ? INFINITY : (double)budget->trials,
                                .budget_cost = budget->cost,
                                .budget_seconds = budget->seconds,
                                .state = states[outcome->end],
                                .reason = outcome->end == JOUST_END_FAILED ? outcome->error.message : "",
                                .log = joust_text_string(&outcome->log),
                                .counters = joust_text_string(&outcome->counters),
                                .trials = outcome->history.n,
                                .cost = outcome->cost,
                                .seconds = outcome->seconds,
                                .cpu_seconds = outcome->cpu_seconds};
  return joust_store_put_run(store, &run, &trials, error);
}

/* Is there nothing to do for this run? The tally knows then why. */
static int skip(const struct joust_planned_run *planned, const struct joust_execution *execution,
                struct joust_tally *tally, bool *skipped, struct joust_error *error) {
  enum joust_run_state state;
  int code = joust_store_find_run(execution->store, planned->key, &state, NULL, error);
  if (code) return code;
  *skipped = state == JOUST_RUN_COMPLETE || (state == JOUST_RUN_BROKEN && !execution->retry_failed);
  if (*skipped && state == JOUST_RUN_COMPLETE) tally->kept++;
  if (*skipped && state == JOUST_RUN_BROKEN) tally->kept_failed++;
  return 0;
}

int joust_sweep_execute(const struct joust_plan *plan, const struct joust_execution *execution,
                        struct joust_tally *tally, struct joust_error *error) {
  struct rows rows = {0};
  struct joust_outcome outcome = {0};
  struct joust_recorder recorder = {0};
  *tally = (struct joust_tally){.total = plan->n_runs};
  int code = put_rows(&rows, plan, execution->store, error);
  if (!code && execution->progress) execution->progress(execution->context, tally, NULL, NULL);
  for (size_t i = 0; i < plan->n_runs && !code; i++) {
    const struct joust_planned_run *planned = &plan->runs[i];
    bool skipped = false;
    if (execution->stop && *execution->stop) {
      code = joust_fail(error, JOUST_INTERRUPTED, "interrupted: the same command goes on where this one stopped");
      break;
    }
    if ((code = skip(planned, execution, tally, &skipped, error))) break;
    if (!skipped) {
      run_one(plan, planned, execution, &outcome);
      code = put_run(plan, planned, &rows, &outcome, &recorder, execution->store, error);
      if (code) break;
      tally->trials += outcome.history.n;
      tally->complete += outcome.end == JOUST_END_BUDGET || outcome.end == JOUST_END_DONE;
      tally->failed += outcome.end == JOUST_END_FAILED;
    }
    if (execution->progress) execution->progress(execution->context, tally, planned, skipped ? NULL : &outcome);
  }
  code = end_session(&rows, code, execution->store, error);
  free(rows.problems);
  free(rows.optimisers);
  joust_outcome_free(&outcome);
  joust_recorder_free(&recorder);
  return code;
}
