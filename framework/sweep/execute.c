#include "sweep/execute.h"

#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "base/memory.h"
#include "plugin/clean.h"
#include "sweep/journal.h"
#include "sweep/pool.h"
#include "sweep/worker.h"

#define TICK 0.1 /* seconds between looks at limits and calls of progress */

/* What is to be known of a run before it is given out, and how often it was. */
enum { GO_ON = 1, ALONE = 2, TRIED = 4 };

struct sweep {
  const struct joust_plan *plan;
  const struct joust_execution *execution;
  struct joust_tally *tally;
  struct joust_order order;
  struct joust_pool pool;
  struct joust_ledger ledger;
  struct joust_journal journal;
  struct joust_standing standing;
  struct joust_part part; /* the last one that came in */
  struct pollfd *polls;
  uint8_t *marks;   /* of each run: GO_ON with its stored trials, ALONE in a new process, TRIED before */
  uint32_t most[2]; /* workers that run at once; [1]: on the network */
  double now, ticked;
  bool stopping;
  struct joust_error *error;
};

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int stop_wish(const struct sweep *sweep) {
  return sweep->execution->stop ? (int)*sweep->execution->stop : 0;
}

static void tell_progress(struct sweep *sweep, size_t run, const char *failure) {
  const struct joust_execution *execution = sweep->execution;
  struct joust_tally *tally = sweep->tally;
  if (!execution->progress) return;
  tally->under_way = 0;
  for (size_t i = 0; i < sweep->pool.n; i++) tally->under_way += sweep->pool.workers[i]->run != JOUST_NO_RUN;
  tally->seconds_left = joust_order_seconds_left(&sweep->order, sweep->most[0], sweep->most[1]);
  execution->progress(execution->context, tally, run == JOUST_NO_RUN ? NULL : &sweep->plan->runs[run], failure);
}

/* ---- what there is to do ----------------------------------------------------------------------------------------- */

static int sort_run(struct sweep *sweep, size_t run) {
  struct joust_store_run row;
  enum joust_run_state state;
  const struct joust_planned_run *planned = &sweep->plan->runs[run];
  int code = joust_store_find_run(sweep->execution->store, planned->key, &state, &row, sweep->error);
  if (code) return code;
  if (state == JOUST_RUN_COMPLETE) {
    sweep->tally->kept++;
    joust_order_learn(&sweep->order, run, row.seconds);
  } else if (state == JOUST_RUN_BROKEN && !sweep->execution->retry_failed) {
    sweep->tally->kept_failed++;
  } else {
    if (state != JOUST_RUN_ABSENT && row.trials && joust_worker_pays(sweep->plan, planned)) sweep->marks[run] = GO_ON;
    joust_order_add(&sweep->order, run);
  }
  return 0;
}

/* ---- giving runs out --------------------------------------------------------------------------------------------- */

/* Forks a worker for the run and gives it to it. */
static int start_run(struct sweep *sweep, size_t run) {
  struct joust_worker_process *worker;
  struct joust_entry entry = {0};
  struct joust_history stored = {0};
  bool go_on = sweep->marks[run] & GO_ON;
  int code = go_on ? joust_ledger_resume(&sweep->ledger, run, &entry, &stored, sweep->error) : 0;
  if (!code)
    code = joust_pool_fork(&sweep->pool, joust_order_network(sweep->plan, run), go_on ? &stored : NULL, &worker,
                           sweep->error);
  joust_history_free(&stored);
  if (code) {
    joust_entry_free(&entry);
    return code;
  }
  worker->entry = entry;
  joust_pool_give(worker, run, sweep->now);
  return 0;
}

/* Gives the worker its next run if it may have it; else a worker of its own is started for that. */
static int give_next(struct sweep *sweep, struct joust_worker_process *worker) {
  size_t run = joust_order_next(&sweep->order, worker->network, worker->last, sweep->now);
  const struct joust_planned_run *runs = sweep->plan->runs;
  if (run == JOUST_NO_RUN) {
    joust_pool_dismiss(worker, sweep->now);
    return 0;
  }
  if (!(sweep->marks[run] & (GO_ON | ALONE)) && runs[run].optimiser == runs[worker->last].optimiser) {
    joust_pool_give(worker, run, sweep->now);
    return 0;
  }
  joust_pool_dismiss(worker, sweep->now);
  return start_run(sweep, run);
}

static int give_out(struct sweep *sweep) {
  uint32_t busy[2] = {0, 0};
  int code = 0;
  for (size_t i = 0, n = sweep->pool.n; i < n && !code; i++) { /* those that are started meanwhile come behind */
    struct joust_worker_process *worker = sweep->pool.workers[i];
    if (worker->run != JOUST_NO_RUN) continue;
    if (worker->asked)
      joust_pool_dismiss(worker, sweep->now);
    else
      code = give_next(sweep, worker);
  }
  for (size_t i = 0; i < sweep->pool.n; i++) {
    const struct joust_worker_process *worker = sweep->pool.workers[i];
    busy[worker->network] += worker->run != JOUST_NO_RUN;
  }
  for (int network = 0; network < 2; network++) {
    while (!code && busy[network] < sweep->most[network] && sweep->order.left[network]) {
      size_t run = joust_order_next(&sweep->order, network, JOUST_NO_RUN, sweep->now);
      if (run == JOUST_NO_RUN) break;
      code = start_run(sweep, run);
      busy[network]++;
    }
  }
  return code;
}

/* ---- ends of runs ------------------------------------------------------------------------------------------------ */

static void count_failure(struct sweep *sweep, size_t run, const char *reason, const char *log) {
  sweep->tally->failed++;
  joust_journal_failure(&sweep->journal, run, reason, log);
  tell_progress(sweep, run, reason);
}

/* Its last part is stored. */
static void end_run(struct sweep *sweep, struct joust_worker_process *worker, const char *failure) {
  const struct joust_part *part = &sweep->part;
  size_t run = worker->run;
  joust_order_over(&sweep->order, run);
  if (failure || part->numbers.end == JOUST_END_FAILED) {
    count_failure(sweep, run, failure ? failure : part->message, part->log);
  } else if (part->numbers.end != JOUST_END_INTERRUPTED) {
    joust_order_learn(&sweep->order, run, sweep->now - worker->watch.start);
    joust_standing_add(&sweep->standing, &sweep->plan->runs[run], part->numbers.best);
    sweep->tally->complete++;
    tell_progress(sweep, run, NULL);
  }
  joust_pool_idle(worker);
}

/* Could what befell the worker have another cause than its run: earlier runs in the same process, a kill from outside?
 * Then the run gets a second chance, in a process of its own. */
static bool worth_another_try(const struct sweep *sweep, const struct joust_worker_process *worker, bool from_outside) {
  const struct joust_watch *watch = &worker->watch;
  if (sweep->marks[worker->run] & TRIED || watch->exceeded == JOUST_LIMIT_TIME) return false;
  return !worker->fresh || (from_outside && !watch->exceeded);
}

static void try_again(struct sweep *sweep, const struct joust_worker_process *worker, const char *why) {
  size_t run = worker->run;
  sweep->marks[run] = (uint8_t)(ALONE | TRIED | (worker->entry.begun ? GO_ON : 0));
  joust_order_again(&sweep->order, run);
  joust_journal_note(&sweep->journal, "run %.12s is tried again in a process of its own, as it %s",
                     sweep->plan->runs[run].key, why);
}

/* The last part of a run that was told to stop because it exceeded a limit. */
static int end_exceeded(struct sweep *sweep, struct joust_worker_process *worker) {
  bool again = worth_another_try(sweep, worker, false);
  const char *label = sweep->plan->optimisers[sweep->plan->runs[worker->run].optimiser].label;
  char *failure = joust_format("%s: %s", label, worker->watch.why);
  int code = again && !worker->entry.begun ? 0
                                           : joust_ledger_take(&sweep->ledger, &worker->entry, &sweep->part,
                                                               again ? NULL : failure, sweep->error);
  if (!code && !again) end_run(sweep, worker, failure);
  if (!code && again) {
    joust_order_over(&sweep->order, worker->run);
    try_again(sweep, worker, worker->watch.why);
    joust_pool_idle(worker);
  }
  free(failure);
  return code;
}

static int take_part(struct sweep *sweep, struct joust_worker_process *worker) {
  const struct joust_part_numbers *numbers = &sweep->part.numbers;
  sweep->tally->trials += sweep->part.trials.n;
  if (numbers->last && worker->watch.exceeded && numbers->end != JOUST_END_BUDGET && numbers->end != JOUST_END_DONE)
    return end_exceeded(sweep, worker);
  int code = joust_ledger_take(&sweep->ledger, &worker->entry, &sweep->part, NULL, sweep->error);
  if (!code && numbers->last) end_run(sweep, worker, NULL);
  return code;
}

static int fail_run(struct sweep *sweep, struct joust_worker_process *worker, const char *why) {
  const struct joust_planned_run *planned = &sweep->plan->runs[worker->run];
  struct joust_text log = {0};
  char *reason = joust_format("%s: %s", sweep->plan->optimisers[planned->optimiser].label, why);
  joust_log_tail(&worker->box->log, &log);
  if (worker->tail.length) {
    char *line, *rest = joust_text_take(&worker->tail), *start = rest;
    joust_text_add(&log, "output:\n");
    while ((line = strsep(&rest, "\n"))) {
      char clean[JOUST_LOG_LINE_SIZE];
      joust_clean(clean, sizeof clean, line, strlen(line));
      if (*clean) joust_text_addf(&log, "  %s\n", clean);
    }
    free(start);
  }
  joust_box_backtrace(worker->box, &log);
  int code = joust_ledger_fail(&sweep->ledger, worker->run, &worker->entry, reason, joust_text_string(&log),
                               sweep->now - worker->watch.start, sweep->error);
  if (!code) count_failure(sweep, worker->run, reason, joust_text_string(&log));
  joust_text_free(&log);
  free(reason);
  return code;
}

/* ---- what workers say -------------------------------------------------------------------------------------------- */

static void read_output(struct sweep *sweep, struct joust_worker_process *worker) {
  char bytes[16384];
  size_t n = joust_pool_read_output(worker, bytes, sizeof bytes);
  size_t run = worker->run != JOUST_NO_RUN ? worker->run : worker->last;
  if (n && run != JOUST_NO_RUN) joust_journal_output(&sweep->journal, run, bytes, n, &worker->printed);
}

/* Takes all whole frames that have come in. */
static int take_frames(struct sweep *sweep, struct joust_worker_process *worker) {
  size_t at = 0, used = 0;
  enum joust_wire wire = JOUST_WIRE_SHORT;
  int code = 0;
  while (!code && (wire = joust_part_decode(&sweep->part, worker->in.bytes + at, worker->in.length - at, &used)) ==
                      JOUST_WIRE_PART) {
    if (sweep->part.numbers.run != worker->run || sweep->part.numbers.end > JOUST_END_INTERRUPTED) break;
    if (sweep->part.numbers.last) read_output(sweep, worker);
    code = take_part(sweep, worker);
    at += used;
  }
  if (at) {
    memmove(worker->in.bytes, worker->in.bytes + at, worker->in.length - at + 1);
    worker->in.length -= at;
  }
  if (!code && wire != JOUST_WIRE_SHORT) {
    joust_watch_blame(&worker->watch, "its worker sent something that is no result of a run");
    joust_pool_kill(worker);
    worker->in.length = 0;
  }
  return code;
}

static int hear_worker(struct sweep *sweep, struct joust_worker_process *worker, bool all) {
  int code = 0;
  do {
    if (!joust_pool_read(worker)) break;
    code = take_frames(sweep, worker);
  } while (all && !code);
  return code;
}

static int bury_worker(struct sweep *sweep, struct joust_worker_process *worker) {
  int code = hear_worker(sweep, worker, true);
  read_output(sweep, worker);
  int status = joust_pool_reap(worker);
  size_t run = worker->run;
  if (!code && run != JOUST_NO_RUN) {
    joust_order_over(&sweep->order, run);
    struct joust_text why = {0};
    joust_pool_explain(worker, status, &why);
    if (sweep->stopping && !worker->watch.exceeded)
      joust_journal_note(&sweep->journal, "run %.12s was stopped: it %s", sweep->plan->runs[run].key,
                         joust_text_string(&why));
    else if (worth_another_try(sweep, worker, !worker->box->signal && WIFSIGNALED(status)))
      try_again(sweep, worker, joust_text_string(&why));
    else
      code = fail_run(sweep, worker, joust_text_string(&why));
    joust_text_free(&why);
  }
  joust_pool_drop(&sweep->pool, worker);
  return code;
}

/* ---- the loop ---------------------------------------------------------------------------------------------------- */

/* Waits for anything to happen, and deals with it. */
static int attend(struct sweep *sweep) {
  struct joust_pool *pool = &sweep->pool;
  size_t n = pool->n;
  int code = 0;
  sweep->polls = joust_resize(sweep->polls, 3 * n, sizeof *sweep->polls);
  for (size_t i = 0; i < n; i++) {
    const struct joust_worker_process *worker = pool->workers[i];
    const int descriptors[] = {worker->socket, worker->output, worker->descriptor};
    for (size_t k = 0; k < 3; k++) sweep->polls[3 * i + k] = (struct pollfd){.fd = descriptors[k], .events = POLLIN};
  }
  poll(sweep->polls, 3 * n, (int)(1000 * TICK));
  sweep->now = now();
  for (size_t i = n; i-- > 0 && !code;) { /* backwards: a worker that is dropped gives its place to the last one */
    struct joust_worker_process *worker = pool->workers[i];
    if (sweep->polls[3 * i + 1].revents & POLLIN) read_output(sweep, worker);
    if (sweep->polls[3 * i].revents & POLLIN) code = hear_worker(sweep, worker, false);
    if (!code && sweep->polls[3 * i + 2].revents) code = bury_worker(sweep, worker);
  }
  return code;
}

/* Limits, patience, progress. */
static void tick(struct sweep *sweep) {
  const struct joust_limits *limits = &sweep->plan->sweep->limits;
  if (sweep->now - sweep->ticked < TICK) return;
  sweep->ticked = sweep->now;
  for (size_t i = 0; i < sweep->pool.n; i++) {
    struct joust_worker_process *worker = sweep->pool.workers[i];
    if (worker->run != JOUST_NO_RUN && joust_watch_check(&worker->watch, limits, worker->pid, sweep->now))
      joust_pool_ask_to_stop(worker, limits->grace, sweep->now);
    if (sweep->now > worker->kill_at) joust_pool_kill(worker);
  }
  tell_progress(sweep, JOUST_NO_RUN, NULL);
}

static void stop_workers(struct sweep *sweep) {
  if (sweep->stopping) return;
  sweep->stopping = true;
  for (size_t i = 0; i < sweep->pool.n; i++) {
    struct joust_worker_process *worker = sweep->pool.workers[i];
    if (worker->run != JOUST_NO_RUN) joust_pool_ask_to_stop(worker, INFINITY, sweep->now);
  }
}

static bool any_busy(const struct sweep *sweep) {
  for (size_t i = 0; i < sweep->pool.n; i++)
    if (sweep->pool.workers[i]->run != JOUST_NO_RUN) return true;
  return false;
}

static int carry_out(struct sweep *sweep) {
  int code = 0;
  while (!code) {
    if (stop_wish(sweep)) stop_workers(sweep);
    if (stop_wish(sweep) > 1) break;
    if (!sweep->stopping) code = give_out(sweep);
    if (code || !any_busy(sweep)) break;
    code = attend(sweep);
    tick(sweep);
  }
  if (code || stop_wish(sweep) > 1)
    for (size_t i = 0; i < sweep->pool.n; i++) joust_pool_kill(sweep->pool.workers[i]);
  if (!code && sweep->stopping)
    code = joust_fail(sweep->error, JOUST_INTERRUPTED, "interrupted: the same command goes on where this one stopped");
  return code;
}

static int open_sweep(struct sweep *sweep) {
  const struct joust_execution *execution = sweep->execution;
  joust_order_make(&sweep->order, sweep->plan);
  joust_standing_make(&sweep->standing, sweep->plan);
  sweep->marks = joust_alloc(sweep->plan->n_runs, sizeof *sweep->marks);
  int code = joust_journal_open(&sweep->journal, execution->log, sweep->plan, sweep->error);
  sweep->journal.echo = execution->echo;
  sweep->pool.log = sweep->journal.file ? fileno(sweep->journal.file) : -1;
  if (!code) code = joust_ledger_open(&sweep->ledger, sweep->plan, execution->store, sweep->error);
  for (size_t i = 0; i < sweep->plan->n_runs && !code; i++) code = sort_run(sweep, i);
  if (!code)
    joust_journal_note(&sweep->journal, "sweep '%s': %zu runs, %zu to do", sweep->plan->sweep->name,
                       sweep->plan->n_runs, sweep->order.left[0] + sweep->order.left[1]);
  return code;
}

static void close_sweep(struct sweep *sweep) {
  const struct joust_tally *tally = sweep->tally;
  joust_journal_note(&sweep->journal, "%zu runs complete, %zu failed, %zu there already", tally->complete,
                     tally->failed, tally->kept + tally->kept_failed);
  joust_ledger_close(&sweep->ledger);
  joust_order_free(&sweep->order);
  joust_journal_close(&sweep->journal);
  joust_standing_free(&sweep->standing);
  joust_part_free(&sweep->part);
  free(sweep->polls);
  free(sweep->marks);
  sweep->tally->standing = NULL;
}

int joust_sweep_execute(const struct joust_plan *plan, const struct joust_execution *execution,
                        struct joust_tally *tally, struct joust_error *error) {
  struct sweep sweep = {
      .plan = plan,
      .execution = execution,
      .tally = tally,
      .pool = {.plan = plan, .store = execution->store, .log_level = execution->log_level},
      .most = {execution->jobs ? execution->jobs : 1,
               execution->network_jobs ? execution->network_jobs : JOUST_DEFAULT_NETWORK_JOBS},
      .now = now(),
      .error = error,
  };
  *tally = (struct joust_tally){.total = plan->n_runs, .standing = &sweep.standing, .seconds_left = NAN};
  joust_box_prepare();
  int code = open_sweep(&sweep);
  if (!code) {
    tell_progress(&sweep, JOUST_NO_RUN, NULL);
    code = carry_out(&sweep);
  }
  joust_pool_close(&sweep.pool);
  code = joust_ledger_end(&sweep.ledger, code, error);
  close_sweep(&sweep);
  return code;
}
