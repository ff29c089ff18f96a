#include "sweep/execute.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "base/memory.h"
#include "sweep/crew.h"
#include "sweep/worker.h"

#define TICK 0.1 /* seconds between looks at limits and calls of progress */

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int stop_wish(const struct joust_crew *crew) {
  return crew->execution->stop ? (int)*crew->execution->stop : 0;
}

void joust_crew_tell(struct joust_crew *crew, size_t run, const char *failure) {
  const struct joust_execution *execution = crew->execution;
  struct joust_tally *tally = crew->tally;
  if (!execution->progress) return;
  tally->under_way = 0;
  for (size_t i = 0; i < crew->pool.n; i++) tally->under_way += crew->pool.workers[i]->run != JOUST_NO_RUN;
  execution->progress(execution->context, tally, run == JOUST_NO_RUN ? NULL : &crew->plan->runs[run], failure);
}

/* ---- what there is to do ----------------------------------------------------------------------------------------- */

static int sort_run(struct joust_crew *crew, size_t run) {
  struct joust_store_run row;
  enum joust_run_state state;
  const struct joust_planned_run *planned = &crew->plan->runs[run];
  int code = joust_store_find_run(crew->execution->store, planned->key, &state, &row, crew->error);
  if (code) return code;
  if (state == JOUST_RUN_COMPLETE) {
    crew->tally->kept++;
    joust_order_learn(&crew->order, run, row.seconds);
  } else if (state == JOUST_RUN_BROKEN && !crew->execution->retry_failed) {
    crew->tally->kept_failed++;
  } else {
    if (state != JOUST_RUN_ABSENT && row.trials && joust_worker_pays(crew->plan, planned))
      crew->marks[run] = JOUST_GO_ON;
    joust_order_add(&crew->order, run);
  }
  return 0;
}

/* ---- the loop ---------------------------------------------------------------------------------------------------- */

/* Adds the descriptor, if it is open: poll() refuses more entries than a process may have descriptors. */
static void add_poll(struct joust_crew *crew, int descriptor, bool *happened) {
  *happened = false;
  if (descriptor < 0) return;
  crew->polls[crew->n_polls] = (struct pollfd){.fd = descriptor, .events = POLLIN};
  crew->happened[crew->n_polls++] = happened;
}

/* Waits for anything to happen, and deals with it. */
static int attend(struct joust_crew *crew) {
  struct joust_pool *pool = &crew->pool;
  int code = 0;
  crew->polls = joust_resize(crew->polls, 3 * pool->n, sizeof *crew->polls);
  crew->happened = joust_resize(crew->happened, 3 * pool->n, sizeof(bool *));
  crew->n_polls = 0;
  for (size_t i = 0; i < pool->n; i++) {
    struct joust_worker_process *worker = pool->workers[i];
    add_poll(crew, worker->output, &worker->has_output);
    add_poll(crew, worker->mute ? -1 : worker->socket, &worker->has_news);
    add_poll(crew, worker->descriptor, &worker->has_died);
  }
  if (poll(crew->polls, crew->n_polls, (int)(1000 * TICK)) > 0)
    for (nfds_t i = 0; i < crew->n_polls; i++) *crew->happened[i] = crew->polls[i].revents != 0;
  crew->now = now();
  for (size_t i = pool->n; i-- > 0 && !code;) { /* backwards: one that is buried gives its place to the last one */
    struct joust_worker_process *worker = pool->workers[i];
    if (worker->descriptor < 0) worker->has_died = joust_pool_has_died(worker);
    if (worker->has_output) joust_crew_output(crew, worker);
    if (worker->has_news) code = joust_crew_hear(crew, worker);
    if (!code && worker->has_died) code = joust_crew_bury(crew, worker);
  }
  return code;
}

/* Limits, patience, progress. */
static void tick(struct joust_crew *crew) {
  const struct joust_limits *limits = &crew->plan->sweep->limits;
  if (crew->now - crew->ticked < TICK) return;
  crew->ticked = crew->now;
  crew->tally->seconds_left = joust_order_seconds_left(&crew->order, crew->most[0], crew->most[1]);
  for (size_t i = 0; i < crew->pool.n; i++) {
    struct joust_worker_process *worker = crew->pool.workers[i];
    if (worker->run != JOUST_NO_RUN && joust_watch_check(&worker->watch, limits, worker->pid, crew->now))
      joust_pool_ask_to_stop(worker, limits->grace, crew->now);
    if (crew->now > worker->kill_at) joust_pool_kill(worker);
  }
  joust_crew_tell(crew, JOUST_NO_RUN, NULL);
}

static void stop_workers(struct joust_crew *crew) {
  if (crew->stopping) return;
  crew->stopping = true;
  for (size_t i = 0; i < crew->pool.n; i++) {
    struct joust_worker_process *worker = crew->pool.workers[i];
    if (worker->run != JOUST_NO_RUN) joust_pool_ask_to_stop(worker, INFINITY, crew->now);
  }
}

static bool any_busy(const struct joust_crew *crew) {
  for (size_t i = 0; i < crew->pool.n; i++)
    if (crew->pool.workers[i]->run != JOUST_NO_RUN) return true;
  return false;
}

static int carry_out(struct joust_crew *crew) {
  int code = 0;
  while (!code) {
    if (stop_wish(crew)) stop_workers(crew);
    if (stop_wish(crew) > 1) break;
    if (!crew->stopping) code = joust_crew_give(crew);
    bool left = !crew->stopping && crew->order.left[0] + crew->order.left[1] > 0;
    if (code || (!left && !any_busy(crew))) break;
    code = attend(crew);
    tick(crew);
  }
  if (code || stop_wish(crew) > 1)
    for (size_t i = 0; i < crew->pool.n; i++) joust_pool_kill(crew->pool.workers[i]);
  if (!code && crew->stopping)
    code = joust_fail(crew->error, JOUST_INTERRUPTED, "interrupted: the same command goes on where this one stopped");
  return code;
}

static int open_sweep(struct joust_crew *crew) {
  const struct joust_execution *execution = crew->execution;
  joust_order_make(&crew->order, crew->plan);
  joust_standing_make(&crew->standing, crew->plan);
  crew->marks = joust_alloc(crew->plan->n_runs, sizeof *crew->marks);
  int code = joust_journal_open(&crew->journal, execution->log, crew->plan, crew->error);
  crew->journal.echo = execution->echo;
  crew->pool.log = crew->journal.file ? fileno(crew->journal.file) : -1;
  if (!code) code = joust_ledger_open(&crew->ledger, crew->plan, execution->store, crew->error);
  for (size_t i = 0; i < crew->plan->n_runs && !code; i++) code = sort_run(crew, i);
  if (!code)
    joust_journal_note(&crew->journal, "sweep '%s': %zu runs, %zu to do", crew->plan->sweep->name, crew->plan->n_runs,
                       crew->order.left[0] + crew->order.left[1]);
  return code;
}

static void close_sweep(struct joust_crew *crew) {
  const struct joust_tally *tally = crew->tally;
  joust_journal_note(&crew->journal, "%zu runs complete, %zu failed, %zu there already", tally->complete, tally->failed,
                     tally->kept + tally->kept_failed);
  joust_ledger_close(&crew->ledger);
  joust_order_free(&crew->order);
  joust_journal_close(&crew->journal);
  joust_standing_free(&crew->standing);
  joust_part_free(&crew->part);
  free(crew->polls);
  free(crew->happened);
  free(crew->marks);
  crew->tally->standing = NULL;
}

int joust_sweep_execute(const struct joust_plan *plan, const struct joust_execution *execution,
                        struct joust_tally *tally, struct joust_error *error) {
  struct joust_crew crew = {
      .plan = plan,
      .execution = execution,
      .tally = tally,
      .pool = {.plan = plan, .store = execution->store, .log_level = execution->log_level},
      .most = {execution->jobs ? execution->jobs : 1,
               execution->network_jobs ? execution->network_jobs : JOUST_DEFAULT_NETWORK_JOBS},
      .now = now(),
      .error = error,
  };
  *tally = (struct joust_tally){.total = plan->n_runs, .standing = &crew.standing, .seconds_left = NAN};
  joust_box_prepare();
  joust_pool_open(&crew.pool);
  int code = open_sweep(&crew);
  if (!code) {
    joust_crew_tell(&crew, JOUST_NO_RUN, NULL);
    code = carry_out(&crew);
  }
  joust_pool_close(&crew.pool);
  code = joust_ledger_end(&crew.ledger, code, error);
  close_sweep(&crew);
  return code;
}
