#include "run/loop.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "plugin/clean.h"
#include "run/apart.h"

/* Longest mark of a trial with its 0. */
#define MARK_SIZE 200

double joust_loop_now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static enum joust_end fail(struct joust_loop *loop, const char *format, ...) JOUST_PRINTF(2, 3);
static enum joust_end fail(struct joust_loop *loop, const char *format, ...) {
  va_list args;
  va_start(args, format);
  joust_fail_v(&loop->outcome->error, JOUST_RUN_FAILED, format, args);
  va_end(args);
  return JOUST_END_FAILED;
}

enum joust_end joust_loop_fail_call(struct joust_loop *loop, struct joust_services *services, const char *call,
                                    joust_status status) {
  const struct joust_run *run = loop->run;
  bool stopped = run->stop && *run->stop;
  if (status == JOUST_ECANCELLED && stopped) return JOUST_END_INTERRUPTED;
  joust_services_fail(services, call, status, &loop->outcome->error);
  return JOUST_END_FAILED;
}

uint32_t joust_loop_done(const struct joust_loop *loop) {
  return loop->outcome->history.dropped + loop->outcome->history.n;
}

void joust_loop_enter(struct joust_loop *loop, const char *call, uint32_t trial) {
  loop->place->call = call;
  loop->place->trial = trial;
}

/* ---- one step ---------------------------------------------------------------------------------------------------- */

/* What was evaluated in an earlier start stays part of the run, whatever time is left for more. */
static bool time_is_up(const struct joust_loop *loop) {
  const struct joust_history *stored = loop->run->stored;
  if (!isfinite(loop->run->budget.seconds) || (stored && joust_loop_done(loop) < stored->n)) return false;
  return joust_loop_now(CLOCK_MONOTONIC) - loop->start >= loop->run->budget.seconds;
}

/* Rows that the optimiser may fill now; 0 when the budget is spent. */
static uint32_t rows_left(const struct joust_loop *loop) {
  const struct joust_budget *budget = &loop->run->budget;
  uint64_t n = joust_loop_done(loop);
  if (n >= budget->trials || n >= JOUST_MOST_TRIALS || loop->outcome->cost >= budget->cost) return 0;
  if (time_is_up(loop)) return 0;
  uint64_t left = budget->trials - n;
  return left < loop->batch ? (uint32_t)left : loop->batch;
}

/* A mark becomes the message of its trial. */
static void keep_marks(struct joust_loop *loop, uint32_t n) {
  struct joust_history *history = &loop->outcome->history;
  for (uint32_t i = 0; i < n; i++) {
    char line[MARK_SIZE];
    if (!loop->marks[i]) continue;
    joust_clean(line, sizeof line, loop->marks[i], strlen(loop->marks[i]));
    history->messages[history->n + i] = joust_copy(line);
  }
}

/* Asks whose turn it is; *services are that one's. */
static joust_status ask_either(struct joust_loop *loop, struct joust_ask *row, struct joust_services **services) {
  struct joust_starter *starter = &loop->starter;
  uint32_t done = joust_loop_done(loop);
  if (joust_starter_has_turn(starter, done)) {
    struct joust_ask first = *row;
    uint32_t left = starter->start->trials - done, most = starter->start->type->max_batch;
    if (first.capacity > left) first.capacity = left;
    if (most && first.capacity > most) first.capacity = most;
    *services = &starter->services;
    joust_status status = starter->start->type->ask(starter->self, &first);
    row->n = first.n;
    row->capacity = first.capacity;
    if (status != JOUST_DONE) return status;
    joust_starter_close(starter, &loop->services.counters);
  }
  *services = &loop->services;
  return loop->run->optimiser->ask(loop->optimiser, row);
}

/* *n rows behind the history's last one. Returns JOUST_OK, JOUST_DONE, or -1 with the loop's end in *end. */
static int ask(struct joust_loop *loop, uint32_t capacity, uint32_t *n, enum joust_end *end) {
  struct joust_history *history = &loop->outcome->history;
  joust_history_reserve(history, capacity);
  struct joust_ask row = {.struct_size = sizeof row,
                          .capacity = capacity,
                          .first_id = (uint64_t)joust_loop_done(loop) + 1,
                          .x = history->x + (size_t)history->n * loop->n_parameters,
                          .mark = loop->marks};
  memset(loop->marks, 0, capacity * sizeof *loop->marks);
  joust_loop_enter(loop, "ask", joust_loop_done(loop) + 1);
  struct joust_services *services;
  joust_status status = ask_either(loop, &row, &services);
  if (status == JOUST_DONE) return JOUST_DONE;
  *n = row.n;
  if (status < 0)
    *end = joust_loop_fail_call(loop, services, "ask", status);
  else if (status == JOUST_WAIT)
    *end = fail(loop, "%s: ask answered WAIT while no trial was outstanding", loop->run->label);
  else if (status != JOUST_OK)
    *end = fail(loop, "%s: ask answered %d: expected OK, WAIT, DONE or an error", loop->run->label, (int)status);
  else if (row.n == 0 || row.n > row.capacity)
    *end = fail(loop, "%s: ask filled %u rows: expected 1 to %u", loop->run->label, row.n, row.capacity);
  else {
    keep_marks(loop, row.n);
    return JOUST_OK;
  }
  return -1;
}

static bool check_points(struct joust_loop *loop, uint32_t n, enum joust_end *end) {
  const struct joust_history *history = &loop->outcome->history;
  const struct joust_space *space = &loop->run->problem->domain.space;
  for (uint32_t i = 0; i < n; i++) {
    struct joust_error reason;
    if (joust_point_check(space, history->x + (size_t)(history->n + i) * loop->n_parameters, &reason) == 0) continue;
    *end = fail(loop, "%s: proposed a point outside of the space: trial %u: %s", loop->run->label,
                joust_loop_done(loop) + i + 1, reason.message);
    return false;
  }
  return true;
}

/* How long n evaluations of one batch took together. */
static double time_of(const struct joust_loop *loop, const double *seconds, uint32_t n) {
  double sum = 0, longest = 0;
  for (uint32_t i = 0; i < n; i++) {
    sum += seconds[i];
    if (seconds[i] > longest) longest = seconds[i];
  }
  return loop->apart ? longest : sum;
}

/* Takes what came of those of the n rows that are among the stored trials, and says how many they are. */
static uint32_t take_stored(struct joust_loop *loop, uint32_t n) {
  const struct joust_history *stored = loop->run->stored;
  struct joust_history *history = &loop->outcome->history;
  uint32_t from = joust_loop_done(loop), first = history->n;
  if (!stored || from >= stored->n) return 0;
  if (n > stored->n - from) n = stored->n - from;
  for (size_t i = 0; i < (size_t)n * loop->n_parameters && !loop->diverged; i++)
    loop->diverged =
        history->x[(size_t)first * loop->n_parameters + i] != stored->x[(size_t)from * loop->n_parameters + i];
  memcpy(history->metrics + (size_t)first * loop->n_metrics, stored->metrics + (size_t)from * loop->n_metrics,
         (size_t)n * loop->n_metrics * sizeof *history->metrics);
  memcpy(history->outcome + first, stored->outcome + from, n);
  memcpy(history->seconds + first, stored->seconds + from, n * sizeof *history->seconds);
  for (uint32_t i = 0; i < n; i++) {
    free(history->messages[first + i]);
    history->messages[first + i] = joust_copy(stored->messages[from + i]);
  }
  loop->start -= time_of(loop, stored->seconds + from, n);
  return n;
}

/* Evaluates the n rows from row `from` of the batch on. */
static bool evaluate(struct joust_loop *loop, uint32_t from, uint32_t n, enum joust_end *end) {
  struct joust_instance *evaluator = loop->run->evaluator;
  struct joust_history *history = &loop->outcome->history;
  uint32_t first = history->n + from, trial = joust_loop_done(loop) + from;
  if (n == 0) return true;
  for (uint32_t i = 0; i < n; i++) loop->seeds[i] = joust_mix(loop->noise + trial + i);
  struct joust_evaluation call = {.struct_size = sizeof call,
                                  .n = n,
                                  .seed = loop->seeds,
                                  .x = history->x + (size_t)first * loop->n_parameters,
                                  .metrics = history->metrics + (size_t)first * loop->n_metrics,
                                  .outcome = history->outcome + first};
  joust_loop_enter(loop, "evaluate", trial + 1);
  joust_status status;
  if (loop->apart) {
    status = joust_evaluate_apart(evaluator, &call, loop->n_parameters, loop->n_metrics, history->seconds + first,
                                  loop->reasons + from);
  } else {
    double before = loop->timed ? joust_loop_now(CLOCK_MONOTONIC) : 0;
    status = evaluator->type->evaluate(evaluator->self, &call);
    double each = loop->timed ? (joust_loop_now(CLOCK_MONOTONIC) - before) / n : 0;
    for (uint32_t i = first; i < first + n; i++) history->seconds[i] = each;
  }
  if (status >= 0) return true;
  *end = joust_loop_fail_call(loop, &evaluator->services, "evaluate", status);
  return false;
}

static void fail_trial(struct joust_loop *loop, uint32_t row, const char *reason) {
  struct joust_history *history = &loop->outcome->history;
  char *mark = history->messages[row];
  history->outcome[row] = JOUST_TRIAL_FAILED;
  history->messages[row] = mark ? joust_format("%s (%s)", reason, mark) : joust_copy(reason);
  free(mark);
}

/* What came of the evaluation of row i of the batch, by the host's rules. */
static void check_result(struct joust_loop *loop, uint32_t i, double value) {
  const char *reason = loop->reasons[i] ? loop->reasons[i] : loop->run->evaluator->services.error;
  uint32_t row = loop->outcome->history.n + i;
  uint8_t outcome = loop->outcome->history.outcome[row];
  if (outcome > JOUST_TRIAL_CANCELLED)
    fail_trial(loop, row, "the evaluator gave an outcome that does not exist");
  else if (outcome == JOUST_TRIAL_OK && !isfinite(value))
    fail_trial(loop, row, "the objective is no finite number");
  else if (outcome == JOUST_TRIAL_FAILED)
    fail_trial(loop, row, *reason ? reason : "no reason was given");
}

/* Cost, objective and outcome of row i of the batch as the optimiser will hear them. */
static void judge(struct joust_loop *loop, uint32_t i, bool stored) {
  const struct joust_problem *problem = loop->run->problem;
  struct joust_history *history = &loop->outcome->history;
  uint32_t row = history->n + i;
  const double *metrics = history->metrics + (size_t)row * loop->n_metrics;
  double value = metrics[problem->objective], cost = problem->cost < 0 ? 0 : metrics[problem->cost];
  loop->costs[i] = cost > 0 && isfinite(cost) ? cost : 0;
  if (loop->outcome->cost + loop->costs[i] > loop->run->budget.cost) {
    history->outcome[row] = JOUST_TRIAL_CANCELLED;
    loop->costs[i] = loop->run->budget.cost - loop->outcome->cost;
  } else if (!stored) {
    check_result(loop, i, value);
  }
  loop->outcome->cost += loop->costs[i];
  loop->f[i] = history->outcome[row] == JOUST_TRIAL_OK ? problem->metrics[problem->objective].direction * value : NAN;
  if (loop->f[i] < loop->outcome->best) loop->outcome->best = loop->f[i];
}

/* Hands rows over to whoever records them, if it is time. */
static void record(struct joust_loop *loop, uint32_t stored) {
  const struct joust_run *run = loop->run;
  struct joust_history *history = &loop->outcome->history;
  history->recorded += stored; /* these come first of all */
  if (!run->record || history->n - history->recorded < run->record_after) return;
  joust_text_clear(&loop->outcome->counters);
  joust_counters_print(&loop->services.counters, &loop->outcome->counters);
  run->record(run->context, loop->outcome);
  history->recorded = history->n;
}

static bool tell(struct joust_loop *loop, uint32_t n, enum joust_end *end) {
  struct joust_history *history = &loop->outcome->history;
  uint32_t first = history->n - n;
  for (uint32_t i = 0; i < n; i++) loop->ids[i] = (uint64_t)(joust_loop_done(loop) - n) + i + 1;
  struct joust_tell rows = {.struct_size = sizeof rows,
                            .n = n,
                            .id = loop->ids,
                            .x = history->x + (size_t)first * loop->n_parameters,
                            .f = loop->f,
                            .outcome = history->outcome + first,
                            .cost = loop->costs};
  joust_loop_enter(loop, "tell", joust_loop_done(loop) - n + 1);
  struct joust_services *services = &loop->services;
  joust_status status = loop->run->optimiser->tell(loop->optimiser, &rows);
  if (status >= 0 && loop->starter.self) {
    services = &loop->starter.services;
    status = loop->starter.start->type->tell(loop->starter.self, &rows);
  }
  if (loop->run->record && history->recorded == history->n) joust_history_drop(history);
  if (status < 0) *end = joust_loop_fail_call(loop, services, "tell", status);
  if (loop->starter.self && !joust_starter_has_turn(&loop->starter, joust_loop_done(loop)))
    joust_starter_close(&loop->starter, &loop->services.counters);
  return status >= 0;
}

static void forget_reasons(struct joust_loop *loop) {
  for (uint32_t i = 0; i < loop->batch; i++) {
    free(loop->reasons[i]);
    loop->reasons[i] = NULL;
  }
}

/* The n points behind the history's last row become trials. */
static bool try_points(struct joust_loop *loop, uint32_t n, enum joust_end *end) {
  if (!check_points(loop, n, end)) return false;
  uint32_t stored = take_stored(loop, n);
  if (loop->diverged || !evaluate(loop, stored, n - stored, end)) return false;
  for (uint32_t i = 0; i < n; i++) judge(loop, i, i < stored);
  forget_reasons(loop);
  loop->run->evaluator->services.error[0] = 0;
  loop->outcome->history.n += n;
  record(loop, stored);
  return tell(loop, n, end);
}

bool joust_loop_tell_stored(struct joust_loop *loop, enum joust_end *end) {
  const struct joust_history *stored = loop->run->stored;
  struct joust_history *history = &loop->outcome->history;
  for (uint32_t i = 0, n; i < stored->n; i += n) {
    n = stored->n - i < loop->batch ? stored->n - i : loop->batch;
    joust_history_reserve(history, n);
    memcpy(history->x + (size_t)history->n * loop->n_parameters, stored->x + (size_t)i * loop->n_parameters,
           (size_t)n * loop->n_parameters * sizeof *history->x);
    if (!try_points(loop, n, end)) return false;
  }
  return true;
}

enum joust_end joust_loop_repeat(struct joust_loop *loop) {
  const volatile sig_atomic_t *stop = loop->run->stop;
  enum joust_end end = JOUST_END_BUDGET;
  uint32_t capacity, n = 0;
  while ((capacity = rows_left(loop)) > 0) {
    if (stop && *stop) return JOUST_END_INTERRUPTED;
    int answer = ask(loop, capacity, &n, &end);
    if (answer == JOUST_DONE) {
      loop->diverged = loop->run->stored && joust_loop_done(loop) < loop->run->stored->n;
      return JOUST_END_DONE;
    }
    if (answer < 0 || !try_points(loop, n, &end)) return end;
  }
  return JOUST_END_BUDGET;
}
