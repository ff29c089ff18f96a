#include "sweep/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sweep/record.h"
#include "sweep/wire.h"

/* Trials of cheap evaluations travel in parts of about this size. */
#define PART_BYTES (256 * 1024)

static volatile sig_atomic_t stop;

static void on_terminate(int number) {
  (void)number;
  stop = 1;
}

struct worker {
  const struct joust_worker_job *job;
  pid_t self;
  struct joust_recorder recorder;
  struct joust_outcome outcome;
  struct joust_text frame;
  size_t run; /* index in the plan */
};

/* ---- telling the parent ------------------------------------------------------------------------------------------ */

/* A plugin may have forked and let the child return to us, or closed or replaced what it did not open. */
static void write_all(struct worker *worker, const char *bytes, size_t length) {
  if (getpid() != worker->self) _exit(0);
  while (length) {
    ssize_t n = send(worker->job->socket, bytes, length, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) _exit(JOUST_WORKER_LOST);
    bytes += n;
    length -= (size_t)n;
  }
}

static bool any_message(const struct joust_history *history) {
  for (uint32_t i = history->recorded; i < history->n; i++)
    if (history->messages[i]) return true;
  return false;
}

static void send_part(struct worker *worker, const struct joust_outcome *outcome, bool last) {
  const struct joust_plan *plan = worker->job->plan;
  const struct joust_planned_run *planned = &plan->runs[worker->run];
  struct joust_part part = {.numbers = {.run = worker->run,
                                        .last = last,
                                        .end = last ? (int32_t)outcome->end : 0,
                                        .code = outcome->error.code,
                                        .best = outcome->best,
                                        .cost = outcome->cost,
                                        .seconds = last ? outcome->seconds : 0,
                                        .cpu_seconds = last ? outcome->cpu_seconds : 0},
                            .message = outcome->error.code ? outcome->error.message : "",
                            .log = joust_text_string(&outcome->log),
                            .counters = joust_text_string(&outcome->counters)};
  joust_record_trials(&worker->recorder, &plan->problems[planned->problem].problem, &outcome->history, &part.trials);
  if (!any_message(&outcome->history)) part.trials.message = NULL;
  joust_text_clear(&worker->frame);
  joust_part_encode(&part, &worker->frame);
  write_all(worker, worker->frame.bytes, worker->frame.length);
}

static void record(void *context, const struct joust_outcome *outcome) {
  send_part(context, outcome, false);
}

/* ---- a run ------------------------------------------------------------------------------------------------------- */

bool joust_worker_pays(const struct joust_plan *plan, const struct joust_planned_run *run) {
  return !(plan->problems[run->problem].evaluator.type->flags & JOUST_INSTANT) ||
         plan->optimisers[run->optimiser].flags & JOUST_NEEDS_NETWORK;
}

static uint32_t part_rows(const struct joust_problem *problem) {
  size_t row = 8 * ((size_t)problem->domain.space.n_parameters + problem->n_metrics + 3);
  return row < PART_BYTES ? (uint32_t)(PART_BYTES / row) : 1;
}

static void run_one(struct worker *worker, const struct joust_history *stored) {
  const struct joust_worker_job *job = worker->job;
  const struct joust_planned_run *planned = &job->plan->runs[worker->run];
  struct joust_planned_problem *problem = &job->plan->problems[planned->problem];
  const struct joust_planned_optimiser *optimiser = &job->plan->optimisers[planned->optimiser];
  struct joust_run run = {
      .problem = &problem->problem,
      .evaluator = &problem->evaluator,
      .optimiser = optimiser->type,
      .args = optimiser->args,
      .start = optimiser->start.type ? &optimiser->start : NULL,
      .label = optimiser->label,
      .replicate = planned->replicate,
      .seed = planned->seed,
      .budget = job->plan->sweep->budget,
      .stop = &stop,
      .log_level = job->log_level,
      .stored = stored,
      .record = record,
      .context = worker,
      .record_after = joust_worker_pays(job->plan, planned) ? 1 : part_rows(&problem->problem),
      .place = &job->box->place,
      .log = &job->box->log,
  };
  joust_run(&run, &worker->outcome);
  fflush(stdout); /* what the plugin printed belongs to its own run */
  send_part(worker, &worker->outcome, true);
}

/* The next run, or false: the parent has no more. */
static bool next_run(struct worker *worker) {
  uint64_t run;
  ssize_t n;
  do n = recv(worker->job->socket, &run, sizeof run, MSG_WAITALL);
  while (n < 0 && errno == EINTR);
  if (n != sizeof run || run >= worker->job->plan->n_runs) return false;
  worker->run = run;
  return true;
}

/* ---- the process ------------------------------------------------------------------------------------------------- */

static void become_worker(const struct joust_worker_job *job) {
  static const int ours[] = {SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2, SIGCHLD, SIGPIPE};
  sigset_t none;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != job->parent) _exit(0); /* it died before that took hold */
  setpgid(0, 0);
  prctl(PR_SET_CHILD_SUBREAPER, 1); /* what a plugin leaves running is ours until we end, then our parent's to kill */
  for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) signal(ours[i], SIG_DFL);
  sigaction(SIGTERM, &(struct sigaction){.sa_handler = on_terminate}, NULL);
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  dup2(nothing, STDIN_FILENO);
  dup2(job->output, STDOUT_FILENO);
  dup2(job->output, STDERR_FILENO);
  close(nothing);
  close(job->output);
  int score = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (score >= 0) { /* where memory runs out, a worker dies rather than its parent */
    ssize_t ignored = write(score, "500", 3);
    (void)ignored;
    close(score);
  }
  joust_box_watch(job->box);
}

void joust_worker(const struct joust_worker_job *job) {
  struct worker worker = {.job = job, .self = getpid()};
  const struct joust_history *stored = job->stored;
  become_worker(job);
  while (next_run(&worker)) { /* `stop` stays set: a worker that was asked to stop is given nothing more */
    run_one(&worker, stored);
    stored = NULL;
  }
  _exit(0);
}
