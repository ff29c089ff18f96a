#include "sweep/ledger.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/process.h"
#include "sweep/record.h"

/* ---- what runs refer to ------------------------------------------------------------------------------------------ */

static int put_problem(struct joust_ledger *ledger, uint32_t i, struct joust_error *error) {
  const struct joust_planned_problem *planned = &ledger->plan->problems[i];
  char *definition = joust_record_problem(planned);
  struct joust_store_problem problem = {.label = planned->problem.label,
                                        .name = planned->problem.name,
                                        .fingerprint = planned->evaluator.fingerprint,
                                        .definition = definition};
  int code = joust_store_put_problem(ledger->store, &problem, &ledger->problems[i], error);
  free(definition);
  return code;
}

static int put_optimiser(struct joust_ledger *ledger, uint32_t i, struct joust_error *error) {
  const struct joust_planned_optimiser *planned = &ledger->plan->optimisers[i];
  char *options = joust_record_options(&planned->options);
  struct joust_store_optimiser optimiser = {.label = planned->label,
                                            .name = planned->type->id,
                                            .version = planned->type->version,
                                            .options = options,
                                            .summary = planned->type->summary};
  int code = joust_store_put_optimiser(ledger->store, &optimiser, &ledger->optimisers[i], error);
  free(options);
  return code;
}

/* The session, with the runs that it means to make. */
static int start_session(struct joust_ledger *ledger, struct joust_error *error) {
  const struct joust_plan *plan = ledger->plan;
  struct joust_store_planned *planned = joust_alloc(plan->n_runs, sizeof *planned);
  char *provenance = joust_record_provenance(plan), *process = joust_process_name();
  for (size_t i = 0; i < plan->n_runs; i++)
    planned[i] = (struct joust_store_planned){.key = plan->runs[i].key,
                                              .problem = ledger->problems[plan->runs[i].problem],
                                              .optimiser = ledger->optimisers[plan->runs[i].optimiser],
                                              .replicate = plan->runs[i].replicate};
  struct joust_store_session session = {.sweep = ledger->sweep,
                                        .provenance = provenance,
                                        .process = process,
                                        .shard = plan->shard,
                                        .shards = plan->shards};
  int code = joust_store_start_session(ledger->store, &session, planned, plan->n_runs, &ledger->session, error);
  free(planned);
  free(provenance);
  free(process);
  return code;
}

int joust_ledger_open(struct joust_ledger *ledger, const struct joust_plan *plan, struct joust_store *store,
                      struct joust_error *error) {
  char *definition = joust_sweep_print(plan->sweep, NULL);
  *ledger = (struct joust_ledger){.plan = plan, .store = store};
  ledger->problems = joust_alloc(plan->n_problems, sizeof *ledger->problems);
  ledger->optimisers = joust_alloc(plan->n_optimisers, sizeof *ledger->optimisers);
  int code = joust_store_put_sweep(store, plan->sweep->name, definition, &ledger->sweep, error);
  for (uint32_t i = 0; i < plan->n_problems && !code; i++) code = put_problem(ledger, i, error);
  for (uint32_t i = 0; i < plan->n_optimisers && !code; i++) code = put_optimiser(ledger, i, error);
  if (!code) code = start_session(ledger, error);
  free(definition);
  return code;
}

int joust_ledger_end(struct joust_ledger *ledger, int code, struct joust_error *error) {
  struct joust_error ignored;
  if (!ledger->session) return code;
  if (!code) return joust_store_end_session(ledger->store, ledger->session, "complete", error);
  joust_store_end_session(ledger->store, ledger->session, code == JOUST_INTERRUPTED ? "interrupted" : error->message,
                          &ignored);
  return code;
}

void joust_ledger_close(struct joust_ledger *ledger) {
  free(ledger->problems);
  free(ledger->optimisers);
  memset(ledger, 0, sizeof *ledger);
}

/* ---- runs -------------------------------------------------------------------------------------------------------- */

static struct joust_store_run row_of(const struct joust_ledger *ledger, size_t run, const struct joust_entry *entry) {
  const struct joust_planned_run *planned = &ledger->plan->runs[run];
  const struct joust_budget *budget = &ledger->plan->sweep->budget;
  return (struct joust_store_run){
      .id = entry->id,
      .problem = ledger->problems[planned->problem],
      .optimiser = ledger->optimisers[planned->optimiser],
      .sweep = ledger->sweep,
      .session = ledger->session,
      .key = planned->key,
      .replicate = planned->replicate,
      .seed = planned->seed,
      .budget_trials = budget->trials == UINT64_MAX ? INFINITY : (double)budget->trials,
      .budget_cost = budget->cost,
      .budget_seconds = budget->seconds,
      .trials = entry->trials,
      .reason = "",
      .log = "",
      .counters = entry->counters.length ? joust_text_string(&entry->counters) : "{}",
      .cost = entry->cost,
  };
}

/* Puts a whole run, or the end of one that was begun. */
static int put_end(struct joust_ledger *ledger, struct joust_entry *entry, struct joust_store_run *row,
                   const struct joust_store_trials *trials, struct joust_error *error) {
  if (!entry->begun) return joust_store_put_run(ledger->store, row, trials, error);
  int code = trials && trials->n ? joust_store_add_trials(ledger->store, entry->id, trials, row->cost, error) : 0;
  return code ? code : joust_store_finish_run(ledger->store, row, error);
}

static int put_middle(struct joust_ledger *ledger, struct joust_entry *entry, struct joust_store_run *row,
                      const struct joust_store_trials *trials, struct joust_error *error) {
  double cost = row->cost;
  row->cost = 0; /* of no trials */
  int code = entry->begun ? 0 : joust_store_begin_run(ledger->store, row, error);
  if (code) return code;
  entry->begun = true;
  entry->id = row->id;
  return joust_store_add_trials(ledger->store, entry->id, trials, cost, error);
}

int joust_ledger_take(struct joust_ledger *ledger, struct joust_entry *entry, const struct joust_part *part,
                      const char *failure, struct joust_error *error) {
  static const enum joust_run_state states[] = {[JOUST_END_BUDGET] = JOUST_RUN_COMPLETE,
                                                [JOUST_END_DONE] = JOUST_RUN_COMPLETE,
                                                [JOUST_END_FAILED] = JOUST_RUN_BROKEN,
                                                [JOUST_END_INTERRUPTED] = JOUST_RUN_STARTED};
  const struct joust_part_numbers *numbers = &part->numbers;
  joust_text_clear(&entry->counters);
  joust_text_add(&entry->counters, part->counters);
  entry->cost = numbers->cost;
  struct joust_store_run row = row_of(ledger, numbers->run, entry);
  if (!numbers->last) {
    entry->trials += part->trials.n;
    return put_middle(ledger, entry, &row, &part->trials, error);
  }
  entry->trials += part->trials.n;
  row.trials = entry->trials;
  row.state = failure ? JOUST_RUN_BROKEN : states[numbers->end];
  row.reason = failure ? failure : part->message;
  row.log = part->log;
  row.seconds = numbers->seconds;
  row.cpu_seconds = entry->cpu_before + numbers->cpu_seconds;
  if (row.state == JOUST_RUN_STARTED && !entry->trials) return 0; /* nothing to go on with later */
  return put_end(ledger, entry, &row, &part->trials, error);
}

int joust_ledger_fail(struct joust_ledger *ledger, size_t run, struct joust_entry *entry, const char *reason,
                      const char *log, double seconds, struct joust_error *error) {
  struct joust_store_run row = row_of(ledger, run, entry);
  row.state = JOUST_RUN_BROKEN;
  row.reason = reason;
  row.log = log;
  row.seconds = seconds;
  return put_end(ledger, entry, &row, NULL, error);
}

/* ---- going on ---------------------------------------------------------------------------------------------------- */

static int check_columns(const struct joust_ledger *ledger, size_t run, const struct joust_store_columns *columns,
                         struct joust_error *error) {
  const struct joust_problem *problem = &ledger->plan->problems[ledger->plan->runs[run].problem].problem;
  if (columns->n == 0 ||
      (columns->n_metrics == problem->n_metrics && columns->has_index == (problem->domain.points > 0) &&
       (columns->has_index || columns->n_parameters == problem->domain.space.n_parameters)))
    return 0;
  return joust_fail(error, JOUST_BAD_INPUT, "the stored trials of run %s do not fit problem '%s'",
                    ledger->plan->runs[run].key, problem->label);
}

int joust_ledger_resume(struct joust_ledger *ledger, size_t run, struct joust_entry *entry,
                        struct joust_history *history, struct joust_error *error) {
  const struct joust_planned_run *planned = &ledger->plan->runs[run];
  struct joust_store_columns columns = {0};
  struct joust_store_run row;
  enum joust_run_state state;
  int code = joust_store_find_run(ledger->store, planned->key, &state, &row, error);
  if (code || state == JOUST_RUN_ABSENT) return code;
  if (state == JOUST_RUN_BROKEN) code = joust_store_reopen_run(ledger->store, row.id, error);
  if (!code) code = joust_store_read_trials(ledger->store, row.id, &columns, error);
  if (!code) code = check_columns(ledger, run, &columns, error);
  if (!code) {
    joust_record_restore(&ledger->plan->problems[planned->problem].problem, &columns, history);
    entry->id = row.id;
    entry->begun = true;
    entry->trials = columns.n;
    entry->cost = row.cost;
    entry->cpu_before = row.cpu_seconds;
  }
  joust_store_columns_free(&columns);
  return code;
}

void joust_entry_free(struct joust_entry *entry) {
  joust_text_free(&entry->counters);
  memset(entry, 0, sizeof *entry);
}
