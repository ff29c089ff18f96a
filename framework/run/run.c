#include "run/run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "plugin/clean.h"
#include "run/start.h"
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
  struct joust_starter starter; /* of the first proposals, if there is one */
  uint32_t batch, n_parameters, n_metrics;
  uint64_t *ids, *seeds;
  double *f, *costs;
  const char **marks;
  uint64_t noise; /* evaluation seeds start here */
  bool timed;     /* time each evaluation */
  bool diverged;  /* the run ends because it does not follow its stored trials */
  double start;
  struct joust_place *place, own_place;
};

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

/* Trials so far. */
static uint32_t done(const struct loop *loop) {
  return loop->outcome->history.dropped + loop->outcome->history.n;
}

static void enter(struct loop *loop, const char *call, uint32_t trial) {
  loop->place->call = call;
  loop->place->trial = trial;
}

/* ---- one step ---------------------------------------------------------------------------------------------------- */

/* Rows that the optimiser may fill now; 0 when the budget is spent. */
static uint32_t rows_left(const struct loop *loop) {
  const struct joust_budget *budget = &loop->run->budget;
  uint64_t n = done(loop);
  if (n >= budget->trials || n >= JOUST_MOST_TRIALS || loop->outcome->cost >= budget->cost) return 0;
  if (isfinite(budget->seconds) && now(CLOCK_MONOTONIC) - loop->start >= budget->seconds) return 0;
  uint64_t left = budget->trials - n;
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

/* Asks whose turn it is; *services are that one's. */
static joust_status ask_either(struct loop *loop, struct joust_ask *row, struct joust_services **services) {
  struct joust_starter *starter = &loop->starter;
  if (joust_starter_has_turn(starter, done(loop))) {
    struct joust_ask first = *row;
    uint32_t left = starter->start->trials - done(loop);
    if (first.capacity > left) first.capacity = left;
    *services = &starter->services;
    joust_status status = starter->start->type->ask(starter->self, &first);
    row->n = first.n;
    if (status != JOUST_DONE) return status;
    joust_starter_close(starter, &loop->services.counters);
  }
  *services = &loop->services;
  return loop->run->optimiser->ask(loop->optimiser, row);
}

/* *n rows behind the history's last one. Returns JOUST_OK, JOUST_DONE, or -1 with the loop's end in *end. */
static int ask(struct loop *loop, uint32_t capacity, uint32_t *n, enum joust_end *end) {
  struct joust_history *history = &loop->outcome->history;
  joust_history_reserve(history, capacity);
  struct joust_ask row = {.struct_size = sizeof row,
                          .capacity = capacity,
                          .first_id = (uint64_t)done(loop) + 1,
                          .x = history->x + (size_t)history->n * loop->n_parameters,
                          .mark = loop->marks};
  memset(loop->marks, 0, capacity * sizeof *loop->marks);
  enter(loop, "ask", done(loop) + 1);
  struct joust_services *services;
  joust_status status = ask_either(loop, &row, &services);
  if (status == JOUST_DONE) return JOUST_DONE;
  *n = row.n;
  if (status < 0)
    *end = fail_call(loop, services, "ask", status);
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
  for (uint32_t i = 0; i < n; i++) {
    struct joust_error reason;
    if (joust_point_check(space, history->x + (size_t)(history->n + i) * loop->n_parameters, &reason) == 0) continue;
    *end = fail(loop, "%s: proposed a point outside of the space: trial %u: %s", loop->run->label, done(loop) + i + 1,
                reason.message);
    return false;
  }
  return true;
}

/* Takes what came of those of the n rows that are among the stored trials, and says how many they are. */
static uint32_t take_stored(struct loop *loop, uint32_t n) {
  const struct joust_history *stored = loop->run->stored;
  struct joust_history *history = &loop->outcome->history;
  uint32_t from = done(loop), first = history->n;
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
    loop->start -= stored->seconds[from + i];
  }
  return n;
}

/* Evaluates the n rows from row `from` of the batch on. */
static bool evaluate(struct loop *loop, uint32_t from, uint32_t n, enum joust_end *end) {
  struct joust_instance *evaluator = loop->run->evaluator;
  struct joust_history *history = &loop->outcome->history;
  uint32_t first = history->n + from, trial = done(loop) + from;
  if (n == 0) return true;
  for (uint32_t i = 0; i < n; i++) loop->seeds[i] = joust_mix(loop->noise + trial + i);
  struct joust_evaluation call = {.struct_size = sizeof call,
                                  .n = n,
                                  .seed = loop->seeds,
                                  .x = history->x + (size_t)first * loop->n_parameters,
                                  .metrics = history->metrics + (size_t)first * loop->n_metrics,
                                  .outcome = history->outcome + first};
  double before = loop->timed ? now(CLOCK_MONOTONIC) : 0;
  enter(loop, "evaluate", trial + 1);
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

/* What came of an evaluation, by the host's rules. */
static void check_result(struct loop *loop, uint32_t row, double value) {
  const char *reason = loop->run->evaluator->services.error;
  uint8_t outcome = loop->outcome->history.outcome[row];
  if (outcome > JOUST_TRIAL_CANCELLED)
    fail_trial(loop, row, "the evaluator gave an outcome that does not exist");
  else if (outcome == JOUST_TRIAL_OK && !isfinite(value))
    fail_trial(loop, row, "the objective is no finite number");
  else if (outcome == JOUST_TRIAL_FAILED)
    fail_trial(loop, row, *reason ? reason : "no reason was given");
}

/* Cost, objective and outcome of row i of the batch as the optimiser will hear them. */
static void judge(struct loop *loop, uint32_t i, bool stored) {
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
    check_result(loop, row, value);
  }
  loop->outcome->cost += loop->costs[i];
  loop->f[i] = history->outcome[row] == JOUST_TRIAL_OK ? problem->metrics[problem->objective].direction * value : NAN;
  if (loop->f[i] < loop->outcome->best) loop->outcome->best = loop->f[i];
}

/* Hands rows over to whoever records them, if it is time. */
static void record(struct loop *loop, uint32_t stored) {
  const struct joust_run *run = loop->run;
  struct joust_history *history = &loop->outcome->history;
  history->recorded += stored; /* these come first of all */
  if (!run->record || history->n - history->recorded < run->record_after) return;
  joust_text_clear(&loop->outcome->counters);
  joust_counters_print(&loop->services.counters, &loop->outcome->counters);
  run->record(run->context, loop->outcome);
  history->recorded = history->n;
}

static bool tell(struct loop *loop, uint32_t n, enum joust_end *end) {
  struct joust_history *history = &loop->outcome->history;
  uint32_t first = history->n - n;
  for (uint32_t i = 0; i < n; i++) loop->ids[i] = (uint64_t)(done(loop) - n) + i + 1;
  struct joust_tell rows = {.struct_size = sizeof rows,
                            .n = n,
                            .id = loop->ids,
                            .x = history->x + (size_t)first * loop->n_parameters,
                            .f = loop->f,
                            .outcome = history->outcome + first,
                            .cost = loop->costs};
  enter(loop, "tell", done(loop) - n + 1);
  struct joust_services *services = &loop->services;
  joust_status status = loop->run->optimiser->tell(loop->optimiser, &rows);
  if (status >= 0 && loop->starter.self) {
    services = &loop->starter.services;
    status = loop->starter.start->type->tell(loop->starter.self, &rows);
  }
  if (loop->run->record && history->recorded == history->n) joust_history_drop(history);
  if (status < 0) *end = fail_call(loop, services, "tell", status);
  if (loop->starter.self && !joust_starter_has_turn(&loop->starter, done(loop)))
    joust_starter_close(&loop->starter, &loop->services.counters);
  return status >= 0;
}

/* The n points behind the history's last row become trials. */
static bool try_points(struct loop *loop, uint32_t n, enum joust_end *end) {
  if (!check_points(loop, n, end)) return false;
  uint32_t stored = take_stored(loop, n);
  if (loop->diverged || !evaluate(loop, stored, n - stored, end)) return false;
  for (uint32_t i = 0; i < n; i++) judge(loop, i, i < stored);
  loop->run->evaluator->services.error[0] = 0;
  loop->outcome->history.n += n;
  record(loop, stored);
  return tell(loop, n, end);
}

/* Tells the optimiser the stored trials, though it did not ask for them. */
static bool tell_stored(struct loop *loop, enum joust_end *end) {
  const struct joust_history *stored = loop->run->stored;
  struct joust_history *history = &loop->outcome->history;
  for (uint32_t i = 0; i < stored->n; i++) {
    joust_history_reserve(history, 1);
    memcpy(history->x + (size_t)history->n * loop->n_parameters, stored->x + (size_t)i * loop->n_parameters,
           loop->n_parameters * sizeof *history->x);
    if (!try_points(loop, 1, end)) return false;
  }
  return true;
}

static enum joust_end repeat(struct loop *loop) {
  const volatile sig_atomic_t *stop = loop->run->stop;
  enum joust_end end = JOUST_END_BUDGET;
  uint32_t capacity, n = 0;
  while ((capacity = rows_left(loop)) > 0) {
    if (stop && *stop) return JOUST_END_INTERRUPTED;
    int answer = ask(loop, capacity, &n, &end);
    if (answer == JOUST_DONE) {
      loop->diverged = loop->run->stored && done(loop) < loop->run->stored->n;
      return JOUST_END_DONE;
    }
    if (answer < 0 || !try_points(loop, n, &end)) return end;
  }
  return JOUST_END_BUDGET;
}

/* ---- a whole run ------------------------------------------------------------------------------------------------- */

static void start_services(struct loop *loop, uint64_t seed) {
  const struct joust_run *run = loop->run;
  joust_services_init(&loop->services, run->label, seed);
  loop->services.stop = run->stop;
  loop->services.log_level = run->log_level;
  loop->services.log = run->log;
  loop->words = (struct joust_run_words){.run = run};
  loop->services.extension = joust_run_words_extension;
  loop->services.context = &loop->words;
}

static void start_outcome(struct loop *loop) {
  struct joust_outcome *outcome = loop->outcome;
  joust_history_start(&outcome->history, loop->n_parameters, loop->n_metrics);
  joust_text_clear(&outcome->log);
  joust_text_clear(&outcome->counters);
  outcome->error = (struct joust_error){0};
  outcome->cost = 0;
  outcome->best = INFINITY;
}

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
  loop->place = run->place ? run->place : &loop->own_place;
  start_outcome(loop);
  start_services(loop, run->seed);
  run->evaluator->services.stop = run->stop;
  run->evaluator->services.error[0] = 0;
  if (run->log) run->evaluator->services.log = run->log;
}

static void tear_down(struct loop *loop) {
  joust_services_log_tail(&loop->services, &loop->outcome->log);
  joust_text_clear(&loop->outcome->counters);
  joust_counters_print(&loop->services.counters, &loop->outcome->counters);
  joust_services_free(&loop->services);
  joust_run_words_free(&loop->words);
  if (loop->run->log) loop->run->evaluator->services.log = NULL;
  enter(loop, NULL, 0);
  free(loop->ids);
  free(loop->seeds);
  free(loop->f);
  free(loop->costs);
  free(loop->marks);
}

/* One life of the optimiser: created, asked and told, destroyed. */
static enum joust_end live(struct loop *loop, bool from_stored) {
  const struct joust_run *run = loop->run;
  enum joust_end end = JOUST_END_FAILED;
  struct joust_services *services = &loop->services;
  enter(loop, "create", 0);
  joust_status status =
      run->optimiser->create(&loop->services.host, &run->problem->domain.space, run->args, &loop->optimiser);
  if (status >= 0 && run->start) {
    services = &loop->starter.services;
    status = joust_starter_open(&loop->starter, run, &loop->services);
  }
  if (status < 0)
    end = fail_call(loop, services, "create", status);
  else if (!from_stored || tell_stored(loop, &end))
    end = repeat(loop);
  enter(loop, "destroy", done(loop));
  if (loop->optimiser) run->optimiser->destroy(loop->optimiser);
  joust_starter_close(&loop->starter, &loop->services.counters);
  loop->optimiser = NULL;
  return end;
}

/* A second life, that begins with the stored trials; the log of the first one stays. */
static enum joust_end live_again(struct loop *loop) {
  const struct joust_run *run = loop->run;
  struct joust_log *log = loop->services.log;
  bool owns_log = loop->services.owns_log;
  loop->services.owns_log = false;
  joust_services_free(&loop->services);
  joust_run_words_free(&loop->words);
  start_outcome(loop);
  start_services(loop, joust_mix(run->seed + run->stored->n));
  loop->services.log = log;
  loop->services.owns_log = owns_log;
  loop->start = now(CLOCK_MONOTONIC);
  loop->diverged = false;
  return live(loop, true);
}

static enum joust_end go_on(struct loop *loop) {
  const struct joust_run *run = loop->run;
  const struct joust_host *host = &loop->services.host;
  char line[200];
  uint32_t flags = run->optimiser->flags | (run->start ? run->start->type->flags : 0);
  if (flags & JOUST_NONDETERMINISTIC) return live_again(loop);
  enum joust_end end = live(loop, false);
  if (!loop->diverged) return end;
  snprintf(line, sizeof line,
           "joust: asked again, it does not propose what it proposed as trial %u; it is told the %u "
           "stored trials instead",
           done(loop) + 1, run->stored->n);
  host->log(host, JOUST_LOG_WARNING, line);
  return live_again(loop);
}

void joust_run(const struct joust_run *run, struct joust_outcome *outcome) {
  struct loop loop;
  set_up(&loop, run, outcome);
  double cpu = now(CLOCK_PROCESS_CPUTIME_ID);
  loop.start = now(CLOCK_MONOTONIC);
  outcome->end = run->stored && run->stored->n ? go_on(&loop) : live(&loop, false);
  outcome->seconds = now(CLOCK_MONOTONIC) - loop.start;
  outcome->cpu_seconds = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
  tear_down(&loop);
}
