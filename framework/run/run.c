#include "run/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "plugin/clean.h"
#include "run/words.h"

/* Longest mark of a trial with its 0. */
#define MARK_SIZE 200

static double now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* What a run needs while it is under way. The arrays hold one batch of at most `batch` trials. */
struct loop {
  const struct joust_run *run;
  struct joust_outcome *outcome;
  struct joust_services services; /* of the optimiser */
  struct joust_run_words words;   /* the same optimiser's, if it asks */
  void *optimiser;
  uint32_t batch, n_parameters, n_metrics;
  uint64_t *ids, *seeds;
  double *f, *costs;
  const char **marks;
  uint64_t noise; /* evaluation seeds start here */
  bool timed;     /* time each evaluation */
  double start;
};

int joust_run_check(const struct joust_problem *problem, const struct joust_optimiser *optimiser, const char *label,
                    struct joust_error *error) {
  const struct joust_space *space = &problem->domain.space;
  for (uint32_t i = 0; i < space->n_parameters; i++) {
    const struct joust_parameter *p = space->parameters[i];
    if (!(p->kind & optimiser->parameter_kinds))
      return joust_fail(error, JOUST_BAD_INPUT,
                        "optimiser '%s' cannot run on problem '%s': it does not handle %s parameters ('%s')", label,
                        problem->label, joust_kind_name(p->kind), p->name);
  }
  return 0;
}

static enum joust_end fail(struct loop *loop, const char *format, ...) JOUST_PRINTF(2, 3);
static enum joust_end fail(struct loop *loop, const char *format, ...) {
  va_list args;
  va_start(args, format);
  joust_fail_v(&loop->outcome->error, JOUST_RUN_FAILED, format, args);
  va_end(args);
  return JOUST_END_FAILED;
}

/* A call of the optimiser or of the evaluator ended with a negative status. */
static enum joust_end fail_call(struct loop *loop, struct joust_services *services, const char *call,
                                joust_status status) {
  const struct joust_run *run = loop->run;
  bool stopped = run->stop && *run->stop;
  if (status == JOUST_ECANCELLED && stopped) return JOUST_END_INTERRUPTED;
  joust_services_fail(services, call, status, &loop->outcome->error);
  return JOUST_END_FAILED;
}

/* ---- one step ---------------------------------------------------------------------------------------------------- */

/* Rows that the optimiser may fill now; 0 when the budget is spent. */
static uint32_t rows_left(const struct loop *loop) {
  const struct joust_budget *budget = &loop->run->budget;
  uint64_t done = loop->outcome->history.n;
  if (done >= budget->trials || done >= JOUST_MOST_TRIALS || loop->outcome->cost >= budget->cost) return 0;
  if (isfinite(budget->seconds) && now(CLOCK_MONOTONIC) - loop->start >= budget->seconds) return 0;
  uint64_t left = budget->trials - done;
  return left < loop->batch ? (uint32_t)left : loop->batch;
}

/* A mark becomes the message of its trial. */
static void keep_marks(struct loop *loop, uint32_t n) {
  struct joust_history *history = &loop->outcome->history;
  for (uint32_t i = 0; i < n; i++) {
    char line[MARK_SIZE];
    if (!loop->marks[i]) continue;
    joust_clean(line, sizeof line, loop->marks[i], strlen(loop->marks[i]));
    history->messages[history->n + i] = joust_copy(line);
  }
}

/* *n rows behind the history's last one. Returns JOUST_OK, JOUST_DONE, or -1 with the loop's end in *end. */
static int ask(struct loop *loop, uint32_t capacity, uint32_t *n, enum joust_end *end) {
  struct joust_history *history = &loop->outcome->history;
  joust_history_reserve(history, capacity);
  struct joust_ask row = {.struct_size = sizeof row,
                          .capacity = capacity,
                          .first_id = (uint64_t)history->n + 1,
                          .x = history->x + (size_t)history->n * loop->n_parameters,
                          .mark = loop->marks};
  memset(loop->marks, 0, capacity * sizeof *loop->marks);
  joust_status status = loop->run->optimiser->ask(loop->optimiser, &row);
  if (status == JOUST_DONE) return JOUST_DONE;
  *n = row.n;
  if (status < 0)
    *end = fail_call(loop, &loop->services, "ask", status);
  else if (status == JOUST_WAIT)
    *end = fail(loop, "%s: ask answered WAIT while no trial was outstanding", loop->run->label);
  else if (status != JOUST_OK)
    *end = fail(loop, "%s: ask answered %d: expected OK, WAIT, DONE or an error", loop->run->label, (int)status);
  else if (row.n == 0 || row.n > capacity)
    *end = fail(loop, "%s: ask filled %u rows: expected 1 to %u", loop->run->label, row.n, capacity);
  else {
    keep_marks(loop, row.n);
    return JOUST_OK;
  }
  return -1;
}

static bool check_points(struct loop *loop, uint32_t n, enum joust_end *end) {
  const struct joust_history *history = &loop->outcome->history;
  const struct joust_space *space = &loop->run->problem->domain.space;
  for (uint32_t i = history->n; i < history->n + n; i++) {
    struct joust_error reason;
    if (joust_point_check(space, history->x + (size_t)i * loop->n_parameters, &reason) == 0) continue;
    *end =
        fail(loop, "%s: proposed a point outside of the space: trial %u: %s", loop->run->label, i + 1, reason.message);
    return false;
  }
  return true;
}

static bool evaluate(struct loop *loop, uint32_t n, enum joust_end *end) {
  struct joust_instance *evaluator = loop->run->evaluator;
  struct joust_history *history = &loop->outcome->history;
  uint32_t first = history->n;
  for (uint32_t i = 0; i < n; i++) loop->seeds[i] = joust_mix(loop->noise + first + i);
  struct joust_evaluation call = {.struct_size = sizeof call,
                                  .n = n,
                                  .seed = loop->seeds,
                                  .x = history->x + (size_t)first * loop->n_parameters,
                                  .metrics = history->metrics + (size_t)first * loop->n_metrics,
                                  .outcome = history->outcome + first};
  double before = loop->timed ? now(CLOCK_MONOTONIC) : 0;
  joust_status status = evaluator->type->evaluate(evaluator->self, &call);
  if (loop->timed) {
    double each = (now(CLOCK_MONOTONIC) - before) / n;
    for (uint32_t i = first; i < first + n; i++) history->seconds[i] = each;
  }
  if (status >= 0) return true;
  *end = fail_call(loop, &evaluator->services, "evaluate", status);
  return false;
}

static void fail_trial(struct loop *loop, uint32_t row, const char *reason) {
  struct joust_history *history = &loop->outcome->history;
  char *mark = history->messages[row];
  history->outcome[row] = JOUST_TRIAL_FAILED;
  history->messages[row] = mark ? joust_format("%s (%s)", reason, mark) : joust_copy(reason);
  free(mark);
}

/* Costs, objective and outcome of a row as the optimiser will hear them. */
static void judge(struct loop *loop, uint32_t row, uint32_t i) {
  const struct joust_problem *problem = loop->run->problem;
  struct joust_history *history = &loop->outcome->history;
  const double *metrics = history->metrics + (size_t)row * loop->n_metrics;
  double value = metrics[problem->objective], cost = problem->cost < 0 ? 0 : metrics[problem->cost];
  loop->costs[i] = cost > 0 && isfinite(cost) ? cost : 0;
  if (loop->outcome->cost + loop->costs[i] > loop->run->budget.cost) {
    history->outcome[row] = JOUST_TRIAL_CANCELLED;
    loop->costs[i] = loop->run->budget.cost - loop->outcome->cost;
  } else if (history->outcome[row] > JOUST_TRIAL_CANCELLED) {
    fail_trial(loop, row, "the evaluator gave an outcome that does not exist");
  } else if (history->outcome[row] == JOUST_TRIAL_OK && !isfinite(value)) {
    fail_trial(loop, row, "the objective is no finite number");
  } else if (history->outcome[row] == JOUST_TRIAL_FAILED) {
    fail_trial(loop, row,
               *loop->run->evaluator->services.error ? loop->run->evaluator->services.error : "no reason was given");
  }
  loop->outcome->cost += loop->costs[i];
  loop->f[i] = history->outcome[row] == JOUST_TRIAL_OK ? problem->metrics[problem->objective].direction * value : NAN;
}

static bool tell(struct loop *loop, uint32_t n, enum joust_end *end) {
  struct joust_history *history = &loop->outcome->history;
  uint32_t first = history->n;
  for (uint32_t i = 0; i < n; i++) {
    loop->ids[i] = (uint64_t)first + i + 1;
    judge(loop, first + i, i);
  }
  loop->run->evaluator->services.error[0] = 0;
  history->n += n;
  struct joust_tell rows = {.struct_size = sizeof rows,
                            .n = n,
                            .id = loop->ids,
                            .x = history->x + (size_t)first * loop->n_parameters,
                            .f = loop->f,
                            .outcome = history->outcome + first,
                            .cost = loop->costs};
  joust_status status = loop->run->optimiser->tell(loop->optimiser, &rows);
  if (status >= 0) return true;
  *end = fail_call(loop, &loop->services, "tell", status);
  return false;
}

static enum joust_end repeat(struct loop *loop) {
  const volatile sig_atomic_t *stop = loop->run->stop;
  enum joust_end end = JOUST_END_BUDGET;
  uint32_t capacity, n = 0;
  while ((capacity = rows_left(loop)) > 0) {
    if (stop && *stop) return JOUST_END_INTERRUPTED;
    int answer = ask(loop, capacity, &n, &end);
    if (answer == JOUST_DONE) return JOUST_END_DONE;
    if (answer < 0 || !check_points(loop, n, &end) || !evaluate(loop, n, &end) || !tell(loop, n, &end)) return end;
  }
  return JOUST_END_BUDGET;
}

/* ---- a whole run ------------------------------------------------------------------------------------------------- */

static void set_up(struct loop *loop, const struct joust_run *run, struct joust_outcome *outcome) {
  memset(loop, 0, sizeof *loop);
  loop->run = run;
  loop->outcome = outcome;
  loop->n_parameters = run->problem->domain.space.n_parameters;
  loop->n_metrics = run->problem->n_metrics;
  loop->batch = 1;
  loop->ids = joust_alloc(loop->batch, sizeof *loop->ids);
  loop->seeds = joust_alloc(loop->batch, sizeof *loop->seeds);
  loop->f = joust_alloc(loop->batch, sizeof *loop->f);
  loop->costs = joust_alloc(loop->batch, sizeof *loop->costs);
  loop->marks = joust_alloc(loop->batch, sizeof *loop->marks);
  loop->noise = joust_mix(~run->seed);
  loop->timed = !(run->evaluator->type->flags & JOUST_INSTANT);
  joust_history_start(&outcome->history, loop->n_parameters, loop->n_metrics);
  joust_text_clear(&outcome->log);
  joust_text_clear(&outcome->counters);
  outcome->error = (struct joust_error){0};
  outcome->cost = 0;
  joust_services_init(&loop->services, run->label, run->seed);
  loop->services.stop = run->stop;
  loop->services.log_level = run->log_level;
  loop->words = (struct joust_run_words){.run = run};
  loop->services.extension = joust_run_words_extension;
  loop->services.context = &loop->words;
  run->evaluator->services.stop = run->stop;
  run->evaluator->services.error[0] = 0;
}

static void tear_down(struct loop *loop) {
  joust_services_log_tail(&loop->services, &loop->outcome->log);
  joust_counters_print(&loop->services.counters, &loop->outcome->counters);
  joust_services_free(&loop->services);
  joust_run_words_free(&loop->words);
  free(loop->ids);
  free(loop->seeds);
  free(loop->f);
  free(loop->costs);
  free(loop->marks);
}

void joust_run(const struct joust_run *run, struct joust_outcome *outcome) {
  struct loop loop;
  set_up(&loop, run, outcome);
  double cpu = now(CLOCK_PROCESS_CPUTIME_ID);
  loop.start = now(CLOCK_MONOTONIC);
  joust_status status =
      run->optimiser->create(&loop.services.host, &run->problem->domain.space, run->args, &loop.optimiser);
  outcome->end = status < 0 ? fail_call(&loop, &loop.services, "create", status) : repeat(&loop);
  if (loop.optimiser) run->optimiser->destroy(loop.optimiser);
  outcome->seconds = now(CLOCK_MONOTONIC) - loop.start;
  outcome->cpu_seconds = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
  tear_down(&loop);
}

void joust_outcome_free(struct joust_outcome *outcome) {
  joust_history_free(&outcome->history);
  joust_text_free(&outcome->log);
  joust_text_free(&outcome->counters);
  memset(outcome, 0, sizeof *outcome);
}
