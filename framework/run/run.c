#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "run/loop.h"

static void start_services(struct joust_loop *loop, uint64_t seed) {
  const struct joust_run *run = loop->run;
  joust_services_init(&loop->services, run->label, seed);
  loop->services.stop = run->stop;
  loop->services.log_level = run->log_level;
  loop->services.log = run->log;
  loop->words = (struct joust_run_words){.run = run};
  loop->services.extension = joust_run_words_extension;
  loop->services.context = &loop->words;
}

static void start_outcome(struct joust_loop *loop) {
  struct joust_outcome *outcome = loop->outcome;
  joust_history_start(&outcome->history, loop->n_parameters, loop->n_metrics);
  joust_text_clear(&outcome->log);
  joust_text_clear(&outcome->counters);
  outcome->error = (struct joust_error){0};
  outcome->cost = 0;
  outcome->best = INFINITY;
}

/* Points of one ask: as many as the problem evaluates at once and the optimiser gives at once. */
static uint32_t batch_size(const struct joust_run *run) {
  uint32_t wanted = run->problem->parallel ? run->problem->parallel : 1, most = run->optimiser->max_batch;
  return most && most < wanted ? most : wanted;
}

static void share_log(struct joust_loop *loop) {
  struct joust_services *services = &loop->run->evaluator->services;
  loop->evaluator_log = services->log;
  loop->evaluator_owns_log = services->owns_log;
  services->log = loop->run->log;
  services->owns_log = false;
}

static void set_up(struct joust_loop *loop, const struct joust_run *run, struct joust_outcome *outcome) {
  memset(loop, 0, sizeof *loop);
  loop->run = run;
  loop->outcome = outcome;
  loop->n_parameters = run->problem->domain.space.n_parameters;
  loop->n_metrics = run->problem->n_metrics;
  loop->batch = batch_size(run);
  loop->apart = loop->batch > 1 && !(run->evaluator->type->flags & (JOUST_INSTANT | JOUST_TOGETHER));
  loop->reasons = joust_alloc(loop->batch, sizeof *loop->reasons);
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
  if (run->log) share_log(loop);
}

static void tear_down(struct joust_loop *loop) {
  joust_services_log_tail(&loop->services, &loop->outcome->log);
  joust_text_clear(&loop->outcome->counters);
  joust_counters_print(&loop->services.counters, &loop->outcome->counters);
  joust_services_free(&loop->services);
  joust_run_words_free(&loop->words);
  if (loop->run->log) {
    loop->run->evaluator->services.log = loop->evaluator_log;
    loop->run->evaluator->services.owns_log = loop->evaluator_owns_log;
  }
  joust_loop_enter(loop, NULL, 0);
  free(loop->ids);
  free(loop->seeds);
  free(loop->f);
  free(loop->costs);
  free(loop->marks);
  for (uint32_t i = 0; i < loop->batch; i++) free(loop->reasons[i]);
  free(loop->reasons);
}

/* One life of the optimiser: created, asked and told, destroyed. */
static enum joust_end live(struct joust_loop *loop, bool from_stored) {
  const struct joust_run *run = loop->run;
  enum joust_end end = JOUST_END_FAILED;
  struct joust_services *services = &loop->services;
  joust_loop_enter(loop, "create", 0);
  joust_status status =
      run->optimiser->create(&loop->services.host, &run->problem->domain.space, run->args, &loop->optimiser);
  if (status >= 0 && run->start) {
    services = &loop->starter.services;
    status = joust_starter_open(&loop->starter, run, &loop->services);
  }
  if (status < 0)
    end = joust_loop_fail_call(loop, services, "create", status);
  else if (!from_stored || joust_loop_tell_stored(loop, &end))
    end = joust_loop_repeat(loop);
  joust_loop_enter(loop, "destroy", joust_loop_done(loop));
  if (loop->optimiser) run->optimiser->destroy(loop->optimiser);
  joust_starter_close(&loop->starter, &loop->services.counters);
  loop->optimiser = NULL;
  return end;
}

/* A second life, that begins with the stored trials; the log of the first one stays. */
static enum joust_end live_again(struct joust_loop *loop) {
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
  loop->start = joust_loop_now(CLOCK_MONOTONIC);
  loop->diverged = false;
  return live(loop, true);
}

static enum joust_end go_on(struct joust_loop *loop) {
  const struct joust_run *run = loop->run;
  const struct joust_host *host = &loop->services.host;
  char line[200];
  uint32_t flags = run->optimiser->flags | (run->start ? run->start->type->flags : 0);
  if (flags & JOUST_NONDETERMINISTIC) return live_again(loop);
  loop->words.repeated = run->stored->n;
  enum joust_end end = live(loop, false);
  if (!loop->diverged) return end;
  snprintf(line, sizeof line,
           "joust: asked again, it does not propose what it proposed as trial %u; it is told the %u "
           "stored trials instead",
           joust_loop_done(loop) + 1, run->stored->n);
  host->log(host, JOUST_LOG_WARNING, line);
  return live_again(loop);
}

void joust_run(const struct joust_run *run, struct joust_outcome *outcome) {
  struct joust_loop loop;
  set_up(&loop, run, outcome);
  double cpu = joust_loop_now(CLOCK_PROCESS_CPUTIME_ID);
  loop.start = joust_loop_now(CLOCK_MONOTONIC);
  outcome->end = run->stored && run->stored->n ? go_on(&loop) : live(&loop, false);
  outcome->seconds = joust_loop_now(CLOCK_MONOTONIC) - loop.start;
  outcome->cpu_seconds = joust_loop_now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
  tear_down(&loop);
}
