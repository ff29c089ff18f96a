#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/memory.h"
#include "plugin/clean.h"
#include "sweep/crew.h"

enum { PIPE_READS = 64 }; /* as many empty the largest pipe that a process may make (1 MiB, see pipe(7)) */

/* ---- ends of runs ------------------------------------------------------------------------------------------------ */

static void count_failure(struct joust_crew *crew, size_t run, const char *reason, const char *log) {
  crew->tally->failed++;
  joust_journal_failure(&crew->journal, run, reason, log);
  joust_crew_tell(crew, run, reason);
}

/* Its last part is stored. */
static void end_run(struct joust_crew *crew, struct joust_worker_process *worker, const char *failure) {
  const struct joust_part *part = &crew->part;
  size_t run = worker->run;
  joust_order_over(&crew->order, run);
  if (failure || part->numbers.end == JOUST_END_FAILED) {
    count_failure(crew, run, failure ? failure : part->message, part->log);
  } else if (part->numbers.end != JOUST_END_INTERRUPTED) {
    joust_order_learn(&crew->order, run, crew->now - worker->watch.start);
    joust_standing_add(&crew->standing, &crew->plan->runs[run], part->numbers.best);
    crew->tally->complete++;
    crew->tally->empty += worker->entry.trials == 0;
    joust_crew_tell(crew, run, NULL);
  }
  joust_pool_idle(worker);
}

/* Could what befell the worker have another cause than its run: earlier runs in the same process, a kill from outside?
 * Then the run gets a second chance, in a process of its own. */
static bool worth_another_try(const struct joust_crew *crew, const struct joust_worker_process *worker,
                              bool from_outside) {
  const struct joust_watch *watch = &worker->watch;
  if (crew->marks[worker->run] & JOUST_TRIED || watch->exceeded == JOUST_LIMIT_TIME) return false;
  return !worker->fresh || (from_outside && !watch->exceeded);
}

static void try_again(struct joust_crew *crew, const struct joust_worker_process *worker, const char *why) {
  size_t run = worker->run;
  crew->marks[run] = (uint8_t)(JOUST_ALONE | JOUST_TRIED | (worker->entry.begun ? JOUST_GO_ON : 0));
  joust_order_again(&crew->order, run);
  joust_journal_note(&crew->journal, "run %.12s is tried again in a process of its own, as it %s",
                     crew->plan->runs[run].key, why);
}

/* The last part of a run that was told to stop because it exceeded a limit. */
static int end_exceeded(struct joust_crew *crew, struct joust_worker_process *worker) {
  bool again = worth_another_try(crew, worker, false);
  const char *label = crew->plan->optimisers[crew->plan->runs[worker->run].optimiser].label;
  char *failure = joust_format("%s: %s", label, worker->watch.why);
  int code = again && !worker->entry.begun
                 ? 0
                 : joust_ledger_take(&crew->ledger, &worker->entry, &crew->part, again ? NULL : failure, crew->error);
  if (!code && !again) end_run(crew, worker, failure);
  if (!code && again) {
    joust_order_over(&crew->order, worker->run);
    try_again(crew, worker, worker->watch.why);
    joust_pool_idle(worker);
  }
  free(failure);
  return code;
}

static int take_part(struct joust_crew *crew, struct joust_worker_process *worker) {
  const struct joust_part_numbers *numbers = &crew->part.numbers;
  crew->tally->trials += crew->part.trials.n;
  if (numbers->last && worker->watch.exceeded && numbers->end != JOUST_END_BUDGET && numbers->end != JOUST_END_DONE)
    return end_exceeded(crew, worker);
  int code = joust_ledger_take(&crew->ledger, &worker->entry, &crew->part, NULL, crew->error);
  if (!code && numbers->last) end_run(crew, worker, NULL);
  return code;
}

static int fail_run(struct joust_crew *crew, struct joust_worker_process *worker, const char *why) {
  const struct joust_planned_run *planned = &crew->plan->runs[worker->run];
  struct joust_text log = {0};
  char *reason = joust_format("%s: %s", crew->plan->optimisers[planned->optimiser].label, why);
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
  int code = joust_ledger_fail(&crew->ledger, worker->run, &worker->entry, reason, joust_text_string(&log),
                               crew->now - worker->watch.start, crew->error);
  if (!code) count_failure(crew, worker->run, reason, joust_text_string(&log));
  joust_text_free(&log);
  free(reason);
  return code;
}

/* ---- what workers say -------------------------------------------------------------------------------------------- */

/* False: nothing was there. */
static bool take_output(struct joust_crew *crew, struct joust_worker_process *worker) {
  char bytes[16384];
  size_t n = joust_pool_read_output(worker, bytes, sizeof bytes);
  size_t run = worker->run != JOUST_NO_RUN ? worker->run : worker->last;
  if (n && run != JOUST_NO_RUN) joust_journal_output(&crew->journal, run, bytes, n, &worker->printed);
  return n > 0;
}

void joust_crew_output(struct joust_crew *crew, struct joust_worker_process *worker) {
  take_output(crew, worker);
}

/* All that the run has printed, which a pipe holds at most; something that it left running may print for ever. */
static void take_last_words(struct joust_crew *crew, struct joust_worker_process *worker) {
  for (int reads = 0; reads < PIPE_READS && take_output(crew, worker); reads++) continue;
}

/* Takes all whole frames that have come in. */
static int take_frames(struct joust_crew *crew, struct joust_worker_process *worker) {
  size_t at = 0, used = 0;
  enum joust_wire wire = JOUST_WIRE_SHORT;
  int code = 0;
  while (!code && (wire = joust_part_decode(&crew->part, worker->in.bytes + at, worker->in.length - at, &used)) ==
                      JOUST_WIRE_PART) {
    if (crew->part.numbers.run != worker->run || crew->part.numbers.end > JOUST_END_INTERRUPTED) break;
    if (crew->part.numbers.last) take_last_words(crew, worker);
    code = take_part(crew, worker);
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

int joust_crew_hear(struct joust_crew *crew, struct joust_worker_process *worker) {
  return joust_pool_read(worker) ? take_frames(crew, worker) : 0;
}

int joust_crew_bury(struct joust_crew *crew, struct joust_worker_process *worker) {
  int code = 0;
  while (!code && joust_pool_read(worker)) code = take_frames(crew, worker);
  take_last_words(crew, worker);
  int status = joust_pool_reap(&crew->pool, worker);
  size_t run = worker->run;
  if (!code && run != JOUST_NO_RUN) {
    joust_order_over(&crew->order, run);
    struct joust_text why = {0};
    joust_pool_explain(worker, status, &why);
    if (crew->stopping && !worker->watch.exceeded)
      joust_journal_note(&crew->journal, "run %.12s was stopped: it %s", crew->plan->runs[run].key,
                         joust_text_string(&why));
    else if (worth_another_try(crew, worker, !worker->box->signal && WIFSIGNALED(status)))
      try_again(crew, worker, joust_text_string(&why));
    else
      code = fail_run(crew, worker, joust_text_string(&why));
    joust_text_free(&why);
  }
  joust_pool_drop(&crew->pool, worker);
  return code;
}
