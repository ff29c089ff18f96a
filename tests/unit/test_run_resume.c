/* Runs that go on from stored trials, that hand their trials over as they come, and that evaluate several points at
 * once: whatever the way, the same trials, and none evaluated twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <joust/util.h>

#include "base/memory.h"
#include "run/run.h"

enum { TRIALS = 20, PARAMETERS = 2, METRICS = 2 };

/* ---- an optimiser whose every proposal depends on all that it was told --------------------------------------------
 */

static struct {
  uint64_t change_at; /* proposes something else as this trial: it is not the optimiser that it was */
  uint64_t done_at;   /* has nothing to propose as this trial */
  int lives;
  uint32_t asked, foreign; /* rows asked of the last life; told without being asked */
  uint64_t first_draw;     /* of the last life's stream */
} walker;

struct walk {
  const struct joust_host *host;
  const struct joust_space *space;
  double told;
  uint64_t asked;
};

static joust_status create(const struct joust_host *host, const struct joust_space *space, const union joust_arg *args,
                           void **self) {
  struct walk *walk = joust_alloc(1, sizeof *walk);
  (void)args;
  *walk = (struct walk){host, space, 0, 0};
  *self = walk;
  walker.lives++;
  walker.asked = walker.foreign = 0;
  return JOUST_OK;
}

static joust_status ask(void *self, struct joust_ask *batch) {
  struct walk *walk = self;
  if (walker.done_at && batch->first_id >= walker.done_at) return JOUST_DONE;
  for (batch->n = 0; batch->n < batch->capacity; batch->n++) {
    double *x = batch->x + (size_t)batch->n * PARAMETERS;
    for (int k = 0; k < PARAMETERS; k++) {
      uint64_t draw = walk->host->random(walk->host);
      if (!walker.asked && !k) walker.first_draw = draw;
      x[k] = fmod((double)(draw >> 11) * 0x1p-53 + fabs(walk->told), 1);
    }
    if (batch->first_id + batch->n == walker.change_at) x[0] = 0.125;
    walker.asked++;
  }
  walk->asked = batch->first_id + batch->n;
  return JOUST_OK;
}

static joust_status tell(void *self, const struct joust_tell *trials) {
  struct walk *walk = self;
  for (uint32_t i = 0; i < trials->n; i++) {
    walker.foreign += trials->id[i] >= walk->asked;
    walk->told = 0.9 * walk->told + (trials->outcome[i] == JOUST_TRIAL_OK ? trials->f[i] : 0.01 * trials->cost[i]);
  }
  return JOUST_OK;
}

static void destroy(void *self) {
  free(self);
}

static const struct joust_optimiser steady = {.struct_size = sizeof steady,
                                              .parameter_kinds = JOUST_ANY_KIND,
                                              .id = "walker",
                                              .version = "1",
                                              .summary = "walks",
                                              .licence = "MIT",
                                              .create = create,
                                              .ask = ask,
                                              .tell = tell,
                                              .destroy = destroy};
static struct joust_optimiser optimiser;

/* ---- an evaluator that fails now and then, each time for another reason -------------------------------------------
 */

static struct joust_instance evaluator;
static struct joust_problem problem;
static uint32_t evaluated; /* in this process */
static uint64_t crash_at, leave_at;
static int crash_signal;

/* The number of the trial is in its first point's seed alone; the test knows it by counting seeds of all trials. */
static uint64_t seeds[TRIALS];

static uint32_t trial_of(uint64_t seed) {
  uint32_t i = 0;
  while (i < TRIALS && seeds[i] != seed) i++;
  return i + 1;
}

static joust_status evaluate(void *self, struct joust_evaluation *call) {
  (void)self;
  const struct joust_host *host = &evaluator.services.host;
  for (uint32_t i = 0; i < call->n; i++) {
    uint32_t trial = trial_of(call->seed[i]);
    char line[60];
    evaluated++;
    if (trial == crash_at) raise(crash_signal);
    if (trial == leave_at) _exit(4);
    if (problem.parallel > 1) { /* later points are done first */
      struct timespec time = {0, (TRIALS - trial) % problem.parallel * 3000000};
      nanosleep(&time, NULL);
    }
    double noise = (double)(call->seed[i] >> 11) * 0x1p-53;
    call->metrics[i * METRICS] = call->x[i * PARAMETERS] + call->x[i * PARAMETERS + 1] + 0.1 * noise;
    call->metrics[i * METRICS + 1] = 1 + noise;
    snprintf(line, sizeof line, "trial %u took its time", trial);
    host->log(host, JOUST_LOG_INFO, line);
    if (trial % 5 != 0) continue;
    call->outcome[i] = JOUST_TRIAL_FAILED;
    snprintf(line, sizeof line, "number %u went wrong", trial);
    host->set_error(host, line);
  }
  return JOUST_OK;
}

static struct joust_evaluator type;

/* ---- the run ------------------------------------------------------------------------------------------------------
 */

static const struct joust_parameter x1 = {.name = "x1", .kind = JOUST_REAL, .lower = 0, .upper = 1},
                                    x2 = {.name = "x2", .kind = JOUST_REAL, .lower = 0, .upper = 1};
static const struct joust_parameter *const parameters[] = {&x1, &x2};
static char value_name[] = "f", cost_name[] = "s", problem_label[] = "toy";
static struct joust_metric metrics[METRICS];
static struct joust_run run;
static struct joust_outcome whole, outcome;
static struct joust_history stored;
static struct joust_log shared_log;

static int set_up(void **state) {
  (void)state;
  memset(&walker, 0, sizeof walker);
  crash_at = leave_at = 0;
  crash_signal = SIGKILL;
  optimiser = steady;
  type = (struct joust_evaluator){.struct_size = sizeof type, .id = "sum", .version = "1", .evaluate = evaluate};
  metrics[0] = (struct joust_metric){.name = value_name, .role = JOUST_OBJECTIVE, .direction = 1};
  metrics[1] = (struct joust_metric){.name = cost_name, .role = JOUST_COST};
  problem = (struct joust_problem){.label = problem_label, .metrics = metrics, .n_metrics = METRICS, .cost = 1};
  problem.domain.space = (struct joust_space){
      .struct_size = sizeof problem.domain.space, .n_parameters = 2, .n_objectives = 1, .parameters = parameters};
  memset(&evaluator, 0, sizeof evaluator);
  evaluator.type = &type;
  joust_services_init(&evaluator.services, "sum", 0);
  run = (struct joust_run){.problem = &problem,
                           .evaluator = &evaluator,
                           .optimiser = &optimiser,
                           .label = "w",
                           .seed = 7,
                           .budget = {TRIALS, INFINITY, INFINITY},
                           .log_level = INT32_MAX};
  for (uint64_t i = 0; i < TRIALS; i++) seeds[i] = joust_mix(joust_mix(~run.seed) + i);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  joust_outcome_free(&outcome);
  joust_outcome_free(&whole);
  joust_history_free(&stored);
  joust_services_free(&evaluator.services);
  return 0;
}

static void go(struct joust_outcome *out) {
  evaluated = 0;
  joust_run(&run, out);
}

/* The first n trials of the whole run are stored. */
static void store(uint32_t n) {
  const struct joust_history *from = &whole.history;
  joust_history_start(&stored, PARAMETERS, METRICS);
  joust_history_reserve(&stored, TRIALS);
  memcpy(stored.x, from->x, n * PARAMETERS * sizeof(double));
  memcpy(stored.metrics, from->metrics, n * METRICS * sizeof(double));
  memcpy(stored.seconds, from->seconds, n * sizeof(double));
  memcpy(stored.outcome, from->outcome, n);
  for (uint32_t i = 0; i < n; i++) stored.messages[i] = joust_copy(from->messages[i]);
  stored.n = n;
  run.stored = &stored;
}

static void assert_same(const struct joust_history *a, const struct joust_history *b) {
  assert_int_equal(a->n, b->n);
  assert_memory_equal(a->x, b->x, a->n * PARAMETERS * sizeof(double));
  assert_memory_equal(a->metrics, b->metrics, a->n * METRICS * sizeof(double));
  assert_memory_equal(a->outcome, b->outcome, a->n);
  for (uint32_t i = 0; i < a->n; i++) {
    if (a->messages[i]) assert_string_equal(a->messages[i], b->messages[i]);
    if (!a->messages[i]) assert_null(b->messages[i]);
  }
}

/* ---- going on -----------------------------------------------------------------------------------------------------
 */

static void stored_trials_are_replayed_not_evaluated(void **state) {
  (void)state;
  go(&whole);
  assert_int_equal(evaluated, TRIALS);
  for (uint32_t n = 0; n <= TRIALS; n++) {
    store(n);
    go(&outcome);
    assert_int_equal(outcome.end, JOUST_END_BUDGET);
    assert_int_equal(evaluated, TRIALS - n);
    assert_int_equal(walker.asked, TRIALS);
    assert_int_equal(walker.foreign, 0);
    assert_same(&outcome.history, &whole.history);
    assert_true(outcome.cost == whole.cost && outcome.best == whole.best);
  }
}

static void a_budget_of_cost_is_spent_in_the_same_way(void **state) {
  (void)state;
  run.budget = (struct joust_budget){UINT64_MAX, 12.5, INFINITY};
  go(&whole);
  assert_int_equal(whole.history.outcome[whole.history.n - 1], JOUST_TRIAL_CANCELLED);
  for (uint32_t n = 1; n <= whole.history.n; n++) {
    store(n);
    go(&outcome);
    assert_same(&outcome.history, &whole.history);
    assert_true(outcome.cost == 12.5);
  }
}

static void time_that_was_paid_counts(void **state) {
  (void)state;
  run.budget = (struct joust_budget){TRIALS, INFINITY, 1000};
  go(&whole);
  store(3);
  stored.seconds[1] = 2000;
  go(&outcome);
  assert_int_equal(outcome.history.n, 3); /* none is lost, none is added */
  assert_int_equal(evaluated, 0);
  assert_true(outcome.seconds >= 2000);
}

static void an_optimiser_that_changed_its_mind_is_told(void **state) {
  (void)state;
  go(&whole);
  store(8);
  uint64_t draw = walker.first_draw;
  walker.change_at = 5;
  walker.lives = 0;
  go(&outcome);
  assert_int_equal(outcome.end, JOUST_END_BUDGET);
  assert_int_equal(walker.lives, 2);
  assert_int_equal(evaluated, TRIALS - 8); /* nothing is paid twice */
  assert_int_equal(walker.foreign, 8);
  assert_int_equal(walker.asked, TRIALS - 8);
  assert_int_not_equal(walker.first_draw, draw); /* nor proposed once more */
  assert_int_equal(outcome.history.n, TRIALS);
  assert_memory_equal(outcome.history.x, whole.history.x, 8 * PARAMETERS * sizeof(double));
  assert_memory_equal(outcome.history.outcome, whole.history.outcome, 8);
  assert_string_equal(outcome.history.messages[4], "number 5 went wrong");
  assert_non_null(strstr(joust_text_string(&outcome.log), "it does not propose what it proposed as trial 5"));
}

static void one_that_ends_earlier_than_it_did_is_told(void **state) {
  (void)state;
  go(&whole);
  store(8);
  walker.done_at = 6;
  go(&outcome);
  assert_int_equal(outcome.end, JOUST_END_DONE);
  assert_int_equal(outcome.history.n, 8);
  assert_int_equal(evaluated, 0);
}

static void one_that_does_not_repeat_itself_is_not_asked_again(void **state) {
  (void)state;
  go(&whole);
  store(8);
  optimiser.flags = JOUST_NONDETERMINISTIC;
  walker.lives = 0;
  go(&outcome);
  assert_int_equal(walker.lives, 1);
  assert_int_equal(walker.foreign, 8);
  assert_int_equal(walker.asked, TRIALS - 8);
  assert_int_equal(evaluated, TRIALS - 8);
  assert_int_equal(outcome.history.n, TRIALS);
  assert_string_equal(joust_text_string(&outcome.log), ""); /* nothing to complain about */
}

/* ---- handing over -------------------------------------------------------------------------------------------------
 */

static struct joust_history heard;
static uint32_t calls;

/* Puts together what was handed over. */
static void hear(void *context, const struct joust_outcome *part) {
  const struct joust_history *from = &part->history;
  assert_ptr_equal(context, &heard);
  uint32_t n = from->n - from->recorded;
  assert_int_equal(heard.n, from->dropped + from->recorded); /* they follow those before */
  joust_history_reserve(&heard, n);
  for (uint32_t i = 0; i < n; i++) {
    uint32_t row = from->recorded + i;
    memcpy(heard.x + (size_t)(heard.n + i) * PARAMETERS, from->x + (size_t)row * PARAMETERS,
           PARAMETERS * sizeof(double));
    memcpy(heard.metrics + (size_t)(heard.n + i) * METRICS, from->metrics + (size_t)row * METRICS,
           METRICS * sizeof(double));
    heard.outcome[heard.n + i] = from->outcome[row];
    heard.messages[heard.n + i] = joust_copy(from->messages[row]);
  }
  heard.n += n;
  calls++;
}

static void trials_are_handed_over_in_parts(void **state) {
  (void)state;
  go(&whole);
  run.record = hear;
  run.context = &heard;
  for (uint32_t n = 0; n < TRIALS; n += 3)
    for (uint32_t after = 1; after <= TRIALS + 1; after += 4) {
      run.record_after = after;
      store(n);
      joust_history_start(&heard, PARAMETERS, METRICS);
      joust_history_reserve(&heard, TRIALS);
      memcpy(heard.x, whole.history.x, n * PARAMETERS * sizeof(double));
      memcpy(heard.metrics, whole.history.metrics, n * METRICS * sizeof(double));
      memcpy(heard.outcome, whole.history.outcome, n);
      for (uint32_t i = 0; i < n; i++) heard.messages[i] = joust_copy(whole.history.messages[i]);
      heard.n = n; /* stored earlier */
      calls = 0;
      go(&outcome);
      assert_int_equal(calls, (TRIALS - n) / after);
      assert_true(outcome.history.n - outcome.history.recorded < after);
      hear(&heard, &outcome); /* what is left */
      assert_same(&heard, &whole.history);
    }
  joust_history_free(&heard);
}

/* ---- several at once ----------------------------------------------------------------------------------------------
 */

static void points_of_a_batch_are_evaluated_apart(void **state) {
  (void)state;
  run.log = &shared_log;
  shared_log.n = 0;
  problem.parallel = 4;
  type.flags = JOUST_TOGETHER; /* all in one call, one after the other */
  go(&whole);
  assert_int_equal(evaluated, TRIALS);
  char *log = joust_copy(joust_text_string(&whole.log));
  type.flags = 0;
  shared_log.n = 0;
  go(&outcome);
  assert_int_equal(evaluated, 0); /* not in this process */
  assert_int_equal(walker.asked, TRIALS);
  assert_string_equal(joust_text_string(&outcome.log), log); /* in order */
  for (uint32_t i = 0; i < TRIALS; i++) assert_true(outcome.history.seconds[i] > 0);
  for (uint32_t i = 4; i < TRIALS; i += 5) {
    char reason[40];
    snprintf(reason, sizeof reason, "number %u went wrong", i + 1);
    assert_string_equal(outcome.history.messages[i], reason); /* its own */
    free(whole.history.messages[i]);                          /* one call has one message for all its rows */
    whole.history.messages[i] = joust_copy(reason);
  }
  assert_same(&outcome.history, &whole.history);
  free(log);
}

static void batches_go_on_from_any_trial(void **state) {
  (void)state;
  problem.parallel = 3;
  go(&whole);
  for (uint32_t n = 0; n <= TRIALS; n++) {
    store(n);
    go(&outcome);
    assert_same(&outcome.history, &whole.history);
  }
}

/* Evaluations of a batch ran at once: the longest of them is the time that they took. */
static void a_batch_took_as_long_as_its_longest_evaluation(void **state) {
  (void)state;
  problem.parallel = 4;
  run.budget = (struct joust_budget){TRIALS, INFINITY, 1000};
  go(&whole);
  for (int again = 0; again < 2; again++) {
    optimiser.flags = again ? JOUST_NONDETERMINISTIC : 0;
    store(8);
    for (uint32_t i = 0; i < 8; i++) stored.seconds[i] = 250 + i;
    go(&outcome);
    assert_int_equal(outcome.history.n, TRIALS);
    assert_true(outcome.seconds >= 253 + 257 && outcome.seconds < 600);
    store(12);
    for (uint32_t i = 0; i < 12; i++) stored.seconds[i] = 400;
    go(&outcome);
    assert_int_equal(outcome.history.n, 12);
    assert_int_equal(outcome.end, JOUST_END_BUDGET);
  }
}

static void an_optimiser_gives_as_many_as_it_can(void **state) {
  (void)state;
  problem.parallel = 8;
  optimiser.max_batch = 1;
  type.flags = JOUST_TOGETHER;
  go(&whole);
  problem.parallel = 1;
  go(&outcome);
  assert_same(&outcome.history, &whole.history);
}

static void take_for_own(int number) {
  (void)number;
  _exit(5);
}

/* A handler of this process, as workers have one that says where they crashed, is not called in the child. */
static void a_crash_apart_is_the_childs_own(void **state) {
  (void)state;
  problem.parallel = 4;
  crash_at = 7;
  crash_signal = SIGSEGV;
  void (*before)(int) = signal(SIGSEGV, take_for_own);
  go(&outcome);
  signal(SIGSEGV, before);
  assert_string_equal(outcome.error.message, "sum: evaluate failed: crashed: signal 11 (Segmentation fault)");
}

static void an_evaluation_that_dies_ends_the_run(void **state) {
  (void)state;
  problem.parallel = 4;
  crash_at = 7;
  go(&outcome);
  assert_int_equal(outcome.end, JOUST_END_FAILED);
  assert_string_equal(outcome.error.message, "sum: evaluate failed: crashed: signal 9 (Killed)");
  assert_int_equal(outcome.history.n, 4);
  crash_at = 0;
  leave_at = 6;
  go(&outcome);
  assert_int_equal(outcome.end, JOUST_END_FAILED);
  assert_string_equal(outcome.error.message, "sum: evaluate failed: ended the process: exit(4)");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(stored_trials_are_replayed_not_evaluated, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_budget_of_cost_is_spent_in_the_same_way, set_up, tear_down),
      cmocka_unit_test_setup_teardown(time_that_was_paid_counts, set_up, tear_down),
      cmocka_unit_test_setup_teardown(an_optimiser_that_changed_its_mind_is_told, set_up, tear_down),
      cmocka_unit_test_setup_teardown(one_that_ends_earlier_than_it_did_is_told, set_up, tear_down),
      cmocka_unit_test_setup_teardown(one_that_does_not_repeat_itself_is_not_asked_again, set_up, tear_down),
      cmocka_unit_test_setup_teardown(trials_are_handed_over_in_parts, set_up, tear_down),
      cmocka_unit_test_setup_teardown(points_of_a_batch_are_evaluated_apart, set_up, tear_down),
      cmocka_unit_test_setup_teardown(batches_go_on_from_any_trial, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_batch_took_as_long_as_its_longest_evaluation, set_up, tear_down),
      cmocka_unit_test_setup_teardown(an_optimiser_gives_as_many_as_it_can, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_crash_apart_is_the_childs_own, set_up, tear_down),
      cmocka_unit_test_setup_teardown(an_evaluation_that_dies_ends_the_run, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
