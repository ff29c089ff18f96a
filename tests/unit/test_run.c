/* One run: budgets, ends, what the optimiser hears, and every way in which a plugin can break the contract. The
 * optimisers and evaluators stand here: tables of the public contract around a few lines of code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <joust/util.h>

#include "base/memory.h"
#include "run/run.h"

/* ---- the optimiser ----------------------------------------------------------------------------------------------- */

enum { MOST_TOLD = 64 };

/* What the test wants of the optimiser, and what the optimiser saw: one instance at a time lives here. */
static struct {
  uint64_t at;                 /* the trial at which it misbehaves; 0: never */
  joust_status create, tell;   /* what create answers; what tell answers at `at` */
  const char *message;         /* for set_error */
  joust_status ask;            /* what ask answers at `at` */
  uint32_t rows;               /* how many rows ask claims at `at`; UINT32_MAX: the right number */
  const double *x;             /* the point it proposes at `at`, or NULL */
  bool forget;                 /* leaves the point of trial `at` as it was */
  const char *log;             /* logged in every ask */
  volatile sig_atomic_t *stop; /* set in ask at `at` */
  /* seen: */
  int created, destroyed, asked, n_told;
  uint32_t capacity;
  struct told {
    uint64_t id;
    double x, f, cost;
    uint8_t outcome;
  } told[MOST_TOLD];
  int32_t cancelled;
} script;

struct optimiser {
  const struct joust_host *host;
  const struct joust_space *space;
};

static void complain(const struct joust_host *host) {
  if (script.message) host->set_error(host, script.message);
}

static joust_status create(const struct joust_host *host, const struct joust_space *space, const union joust_arg *args,
                           void **self) {
  (void)args;
  script.created++;
  if (script.create < 0) {
    complain(host);
    return script.create;
  }
  struct optimiser *optimiser = joust_alloc(1, sizeof *optimiser);
  *optimiser = (struct optimiser){host, space};
  *self = optimiser;
  return JOUST_OK;
}

static joust_status ask(void *self, struct joust_ask *batch) {
  struct optimiser *optimiser = self;
  const struct joust_host *host = optimiser->host;
  bool now = batch->first_id == script.at;
  script.asked++;
  script.capacity = batch->capacity;
  if (script.log) host->log(host, JOUST_LOG_INFO, script.log);
  if (now && script.stop) *script.stop = 1;
  script.cancelled = host->cancelled(host);
  if (!(now && script.forget)) joust_sample_point(host, optimiser->space, batch->x);
  if (now && script.x) memcpy(batch->x, script.x, optimiser->space->n_parameters * sizeof *batch->x);
  batch->n = now && script.rows != UINT32_MAX ? script.rows : 1;
  if (now && script.ask < 0) complain(host);
  return now ? script.ask : JOUST_OK;
}

static joust_status tell(void *self, const struct joust_tell *trials) {
  struct optimiser *optimiser = self;
  for (uint32_t i = 0; i < trials->n && script.n_told < MOST_TOLD; i++)
    script.told[script.n_told++] = (struct told){trials->id[i], trials->x[(size_t)i * optimiser->space->n_parameters],
                                                 trials->f[i], trials->cost[i], trials->outcome[i]};
  if (trials->id[0] != script.at) return JOUST_OK;
  if (script.tell < 0) complain(optimiser->host);
  return script.tell;
}

static void destroy(void *self) {
  script.destroyed++;
  free(self);
}

static const struct joust_optimiser optimiser = {.struct_size = sizeof optimiser,
                                                 .parameter_kinds = JOUST_ANY_KIND,
                                                 .id = "scripted",
                                                 .version = "1",
                                                 .summary = "does what the test wants",
                                                 .licence = "MIT",
                                                 .create = create,
                                                 .ask = ask,
                                                 .tell = tell,
                                                 .destroy = destroy};

/* ---- the evaluator ----------------------------------------------------------------------------------------------- */

static struct {
  uint64_t at; /* the evaluation, counted from 1, that `value`, `outcome`, `status` and `message` are for */
  double value;
  uint8_t outcome;
  joust_status status;
  const char *message;
  uint64_t remark_at;          /* an evaluation that gives `message` though nothing is wrong */
  double cost;                 /* of every evaluation */
  bool noisy;                  /* value = noise of the seed alone */
  volatile sig_atomic_t *stop; /* set at `at` */
  /* seen: */
  uint64_t n, seeds[MOST_TOLD];
} answer;

static struct joust_instance evaluator; /* the services alone are in use */

/* f = sum of x; cost as the test says. */
static joust_status evaluate(void *self, struct joust_evaluation *call) {
  (void)self;
  const struct joust_host *host = &evaluator.services.host;
  if (answer.n < MOST_TOLD) answer.seeds[answer.n] = *call->seed;
  bool now = ++answer.n == answer.at;
  if (answer.noisy) {
    call->metrics[0] = (double)(*call->seed >> 11) * 0x1p-53;
    return JOUST_OK;
  }
  assert_true(isnan(call->metrics[0]) && isnan(call->metrics[1]) && call->outcome[0] == JOUST_TRIAL_OK);
  call->metrics[0] = call->x[0];
  call->metrics[1] = answer.cost;
  if (answer.n == answer.remark_at) host->set_error(host, "only a remark");
  if (!now) return JOUST_OK;
  if (answer.stop) *answer.stop = 1;
  if (answer.message) host->set_error(host, answer.message);
  call->metrics[0] = answer.value;
  call->outcome[0] = answer.outcome;
  return answer.status;
}

static const struct joust_evaluator instant = {.struct_size = sizeof instant,
                                               .flags = JOUST_INSTANT,
                                               .id = "sum",
                                               .version = "1",
                                               .evaluate = evaluate},
                                    slow = {.struct_size = sizeof slow, .id = "sum", .evaluate = evaluate};

/* ---- the problem ------------------------------------------------------------------------------------------------- */

static const char *const labels[] = {"a", "b"};
static const struct joust_parameter real = {.name = "lr", .kind = JOUST_REAL, .lower = 0, .upper = 1},
                                    integer = {.name = "width", .kind = JOUST_INTEGER, .lower = 1, .upper = 8},
                                    choice = {.name = "op",
                                              .kind = JOUST_CATEGORICAL,
                                              .n_choices = 2,
                                              .upper = 1,
                                              .choices = labels};
static const struct joust_parameter *const parameters[] = {&real, &integer, &choice};
static char objective_name[] = "f", cost_name[] = "s", problem_label[] = "toy";
static struct joust_metric metrics[2];
static struct joust_problem problem;

static struct joust_run run;
static struct joust_outcome outcome;

static int set_up(void **state) {
  (void)state;
  memset(&script, 0, sizeof script);
  script.rows = UINT32_MAX;
  memset(&answer, 0, sizeof answer);
  metrics[0] = (struct joust_metric){.name = objective_name, .role = JOUST_OBJECTIVE, .direction = 1};
  metrics[1] = (struct joust_metric){.name = cost_name, .role = JOUST_COST};
  problem = (struct joust_problem){.label = problem_label, .metrics = metrics, .n_metrics = 2, .cost = 1};
  problem.domain.space = (struct joust_space){
      .struct_size = sizeof problem.domain.space, .n_parameters = 3, .n_objectives = 1, .parameters = parameters};
  memset(&evaluator, 0, sizeof evaluator);
  evaluator.type = &instant;
  joust_services_init(&evaluator.services, "sum", 0);
  run = (struct joust_run){.problem = &problem,
                           .evaluator = &evaluator,
                           .optimiser = &optimiser,
                           .label = "ea10",
                           .seed = 42,
                           .budget = {10, INFINITY, INFINITY},
                           .log_level = JOUST_LOG_WARNING};
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  joust_outcome_free(&outcome);
  joust_services_free(&evaluator.services);
  return 0;
}

/* Runs; the instance must have been destroyed exactly if it was created. */
static enum joust_end go(void) {
  int alive = script.created - script.destroyed;
  joust_run(&run, &outcome);
  assert_int_equal(script.created - script.destroyed, script.create < 0 ? alive + 1 : alive);
  return outcome.end;
}

static void assert_failed(const char *message) {
  assert_int_equal(go(), JOUST_END_FAILED);
  assert_string_equal(outcome.error.message, message);
  assert_true(outcome.error.code < 0);
}

/* ---- budgets ----------------------------------------------------------------------------------------------------- */

static void trials_are_counted(void **state) {
  (void)state;
  assert_int_equal(go(), JOUST_END_BUDGET);
  assert_int_equal(outcome.error.code, 0);
  assert_int_equal(outcome.history.n, 10);
  assert_int_equal(script.asked, 10);
  assert_int_equal(script.n_told, 10);
  assert_int_equal(answer.n, 10);
  for (uint32_t i = 0; i < 10; i++) {
    const struct told *told = &script.told[i];
    assert_int_equal(told->id, i + 1);
    assert_int_equal(told->outcome, JOUST_TRIAL_OK);
    assert_true(told->x == outcome.history.x[3 * i] && told->f == told->x && told->cost == 0);
    assert_true(outcome.history.metrics[2 * i] == told->f);
    assert_int_equal(outcome.history.outcome[i], JOUST_TRIAL_OK);
    assert_null(outcome.history.messages[i]);
    assert_true(outcome.history.seconds[i] == 0); /* the evaluator is instant */
  }
}

static void the_trial_that_goes_over_the_cost_is_cancelled(void **state) {
  (void)state;
  run.budget = (struct joust_budget){UINT64_MAX, 10, INFINITY};
  answer.cost = 3;
  assert_int_equal(go(), JOUST_END_BUDGET);
  assert_int_equal(outcome.history.n, 4);
  assert_true(outcome.cost == 10);
  for (int i = 0; i < 3; i++) assert_true(script.told[i].cost == 3 && script.told[i].outcome == JOUST_TRIAL_OK);
  assert_int_equal(script.told[3].outcome, JOUST_TRIAL_CANCELLED); /* and the optimiser is told so */
  assert_true(isnan(script.told[3].f) && script.told[3].cost == 1);
  assert_int_equal(outcome.history.outcome[3], JOUST_TRIAL_CANCELLED);
}

static void a_cost_that_fits_exactly_is_spent(void **state) {
  (void)state;
  run.budget = (struct joust_budget){UINT64_MAX, 9, INFINITY};
  answer.cost = 3;
  assert_int_equal(go(), JOUST_END_BUDGET);
  assert_int_equal(outcome.history.n, 3);
  assert_int_equal(outcome.history.outcome[2], JOUST_TRIAL_OK);
  assert_true(outcome.cost == 9);
}

/* The deadline comes before the failure would have shown. */
static void a_failed_trial_over_the_cost_is_cancelled(void **state) {
  (void)state;
  run.budget = (struct joust_budget){UINT64_MAX, 2, INFINITY};
  answer.cost = 3;
  answer.at = 1;
  answer.value = NAN;
  answer.outcome = JOUST_TRIAL_FAILED;
  assert_int_equal(go(), JOUST_END_BUDGET);
  assert_int_equal(outcome.history.outcome[0], JOUST_TRIAL_CANCELLED);
  assert_null(outcome.history.messages[0]);
  assert_true(outcome.cost == 2);
}

static void senseless_costs_count_as_none(void **state) {
  (void)state;
  static const double costs[] = {NAN, -1, INFINITY};
  run.budget = (struct joust_budget){3, 10, INFINITY};
  for (int i = 0; i < 3; i++) {
    answer.cost = costs[i];
    assert_int_equal(go(), JOUST_END_BUDGET);
    assert_int_equal(outcome.history.n, 3);
    assert_true(outcome.cost == 0 && script.told[0].cost == 0);
  }
}

static void problems_without_a_cost_spend_none(void **state) {
  (void)state;
  problem.cost = -1;
  answer.cost = 3;
  assert_int_equal(go(), JOUST_END_BUDGET);
  assert_true(outcome.cost == 0 && script.told[9].cost == 0);
}

static void no_trial_starts_after_the_seconds(void **state) {
  (void)state;
  run.budget = (struct joust_budget){UINT64_MAX, INFINITY, 1e-3};
  assert_int_equal(go(), JOUST_END_BUDGET);
  assert_true(outcome.history.n >= 1 && outcome.seconds >= 1e-3);
  run.budget.seconds = 0;
  assert_int_equal(go(), JOUST_END_BUDGET);
  assert_int_equal(outcome.history.n, 0);
}

static void evaluations_are_timed_unless_instant(void **state) {
  (void)state;
  double sum = 0;
  evaluator.type = &slow;
  assert_int_equal(go(), JOUST_END_BUDGET);
  for (int i = 0; i < 10; i++) sum += outcome.history.seconds[i];
  assert_true(sum > 0 && sum <= outcome.seconds);
  assert_true(outcome.cpu_seconds >= 0);
}

/* ---- ends -------------------------------------------------------------------------------------------------------- */

static void done_completes_the_run(void **state) {
  (void)state;
  script.at = 4;
  script.ask = JOUST_DONE;
  script.rows = 0;
  assert_int_equal(go(), JOUST_END_DONE);
  assert_int_equal(outcome.history.n, 3);
  assert_int_equal(outcome.error.code, 0);
}

static void waiting_for_nothing_fails(void **state) {
  (void)state;
  script.at = 2;
  script.ask = JOUST_WAIT;
  assert_failed("ea10: ask answered WAIT while no trial was outstanding");
  assert_int_equal(outcome.history.n, 1);
}

static void unknown_answers_fail(void **state) {
  (void)state;
  script.at = 2;
  script.ask = 3;
  assert_failed("ea10: ask answered 3: expected OK, WAIT, DONE or an error");
}

static void wrong_numbers_of_rows_fail(void **state) {
  (void)state;
  script.at = 3;
  script.rows = 0;
  assert_failed("ea10: ask filled 0 rows: expected 1 to 1");
  assert_int_equal(script.capacity, 1);
  script.rows = 2;
  assert_failed("ea10: ask filled 2 rows: expected 1 to 1");
  assert_int_equal(outcome.history.n, 2);
}

static void points_outside_fail(void **state) {
  (void)state;
  static const struct {
    double x[3];
    const char *message;
  } cases[] = {
      {{NAN, 1, 0}, "parameter 'lr' is nan: expected a number from 0 to 1"},
      {{-0.25, 1, 0}, "parameter 'lr' is -0.25: expected a number from 0 to 1"},
      {{1.5, 1, 0}, "parameter 'lr' is 1.5: expected a number from 0 to 1"},
      {{0, 2.5, 0}, "parameter 'width' is 2.5: expected a whole number from 1 to 8"},
      {{0, 0, 0}, "parameter 'width' is 0: expected a whole number from 1 to 8"},
      {{0, 9, 0}, "parameter 'width' is 9: expected a whole number from 1 to 8"},
      {{0, 1, 0.5}, "parameter 'op' is 0.5: expected the index of a choice from 0 to 1"},
      {{0, 1, 2}, "parameter 'op' is 2: expected the index of a choice from 0 to 1"},
      {{0, 1, -1}, "parameter 'op' is -1: expected the index of a choice from 0 to 1"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    script.at = 3;
    script.x = cases[i].x;
    answer.n = 0;
    char *message = joust_format("ea10: proposed a point outside of the space: trial 3: %s", cases[i].message);
    assert_failed(message);
    assert_int_equal(outcome.history.n, 2);
    assert_int_equal(answer.n, 2); /* it was not evaluated */
    free(message);
  }
}

/* Not what happens to lie in memory, which might even be inside. */
static void a_point_that_was_not_filled_in_fails(void **state) {
  (void)state;
  assert_int_equal(go(), JOUST_END_BUDGET); /* leaves good points in the memory that is used again */
  script.at = 5;
  script.forget = true;
  assert_failed("ea10: proposed a point outside of the space: trial 5: parameter 'lr' is nan: expected a number from 0 "
                "to 1");
}

static void failing_calls_give_the_plugins_message(void **state) {
  (void)state;
  script.message = "the matrix is singular";
  script.create = JOUST_EINTERNAL;
  assert_failed("ea10: create failed: the matrix is singular");
  assert_int_equal(outcome.history.n, 0);
  script.create = JOUST_OK;
  script.at = 2;
  script.ask = JOUST_EIO;
  assert_failed("ea10: ask failed: the matrix is singular");
  assert_int_equal(outcome.history.n, 1);
  script.ask = JOUST_OK;
  script.tell = JOUST_ENOMEM;
  assert_failed("ea10: tell failed: the matrix is singular");
  assert_int_equal(outcome.history.n, 2); /* the trial was evaluated: it is kept */
}

static void failing_calls_without_a_message_are_put_in_words(void **state) {
  (void)state;
  script.at = 1;
  script.ask = JOUST_ENOMEM;
  assert_failed("ea10: ask failed: out of memory");
  script.ask = JOUST_ECANCELLED; /* though nobody wanted it to stop */
  assert_failed("ea10: ask failed: stopped on request");
  script.ask = JOUST_OK;
  answer.at = 1;
  answer.status = -77;
  assert_failed("sum: evaluate failed: an unknown status, and no message");
}

static void a_failing_evaluator_ends_the_run(void **state) {
  (void)state;
  answer.at = 3;
  answer.status = JOUST_EIO;
  answer.message = "the GPU is gone";
  assert_failed("sum: evaluate failed: the GPU is gone");
  assert_int_equal(outcome.history.n, 2);
  assert_int_equal(script.n_told, 2);
  assert_int_equal(go(), JOUST_END_BUDGET); /* the next run does not inherit it */
}

/* ---- failed trials ----------------------------------------------------------------------------------------------- */

static void assert_failed_trial(const char *reason) {
  answer.at = 3;
  answer.n = 0;
  script.n_told = 0;
  assert_int_equal(go(), JOUST_END_BUDGET);
  assert_int_equal(outcome.history.n, 10);
  assert_int_equal(outcome.history.outcome[2], JOUST_TRIAL_FAILED);
  assert_string_equal(outcome.history.messages[2], reason);
  assert_int_equal(script.told[2].outcome, JOUST_TRIAL_FAILED);
  assert_true(isnan(script.told[2].f));
  assert_int_equal(outcome.history.outcome[3], JOUST_TRIAL_OK);
  assert_null(outcome.history.messages[3]);
}

static void failed_trials_have_a_reason(void **state) {
  (void)state;
  answer.value = 0.5;
  answer.outcome = JOUST_TRIAL_FAILED;
  assert_failed_trial("no reason was given");
  answer.message = "loss is NaN in epoch 3";
  assert_failed_trial("loss is NaN in epoch 3");
  answer.outcome = 7;
  assert_failed_trial("the evaluator gave an outcome that does not exist");
  answer.outcome = JOUST_TRIAL_OK;
  answer.value = NAN;
  assert_failed_trial("the objective is no finite number");
  answer.value = -INFINITY;
  assert_failed_trial("the objective is no finite number");
}

/* A reason belongs to one trial. */
static void reasons_do_not_linger(void **state) {
  (void)state;
  answer.remark_at = 1;
  answer.at = 2;
  answer.outcome = JOUST_TRIAL_FAILED;
  assert_int_equal(go(), JOUST_END_BUDGET);
  assert_null(outcome.history.messages[0]);
  assert_string_equal(outcome.history.messages[1], "no reason was given");
  answer.n = 0;
  answer.remark_at = 10; /* the last trial of one run, the first of the next */
  assert_int_equal(go(), JOUST_END_BUDGET);
  answer.n = 0;
  answer.at = 1;
  assert_int_equal(go(), JOUST_END_BUDGET);
  assert_string_equal(outcome.history.messages[0], "no reason was given");
}

static void evaluators_may_cancel_a_trial(void **state) {
  (void)state;
  answer.at = 2;
  answer.outcome = JOUST_TRIAL_CANCELLED;
  assert_int_equal(go(), JOUST_END_BUDGET);
  assert_int_equal(script.told[1].outcome, JOUST_TRIAL_CANCELLED);
  assert_true(isnan(script.told[1].f));
  assert_null(outcome.history.messages[1]);
}

static void maximisation_is_turned_round(void **state) {
  (void)state;
  metrics[0].direction = -1;
  assert_int_equal(go(), JOUST_END_BUDGET);
  for (uint32_t i = 0; i < 10; i++) {
    assert_true(script.told[i].f == -script.told[i].x);
    assert_true(outcome.history.metrics[2 * i] == script.told[i].x); /* stored in the problem's own direction */
  }
}

/* ---- stopping ---------------------------------------------------------------------------------------------------- */

static void the_stop_flag_interrupts(void **state) {
  (void)state;
  static volatile sig_atomic_t stop;
  stop = 1;
  run.stop = &stop;
  assert_int_equal(go(), JOUST_END_INTERRUPTED);
  assert_int_equal(outcome.history.n, 0);
  stop = 0;
  answer.at = 4;
  answer.value = 1;
  answer.stop = &stop;
  assert_int_equal(go(), JOUST_END_INTERRUPTED);
  assert_int_equal(outcome.history.n, 4); /* the trial that was under way is finished */
  assert_int_equal(script.told[3].id, 4);
}

static void plugins_may_stop_on_request(void **state) {
  (void)state;
  static volatile sig_atomic_t stop;
  run.stop = &stop;
  script.at = 3;
  script.stop = &stop;
  script.ask = JOUST_ECANCELLED;
  assert_int_equal(go(), JOUST_END_INTERRUPTED);
  assert_int_equal(script.cancelled, 1);
  assert_int_equal(outcome.history.n, 2);
  stop = 0;
  script.at = 0;
  answer.n = 0;
  answer.at = 3;
  answer.stop = &stop;
  answer.status = JOUST_ECANCELLED;
  assert_int_equal(go(), JOUST_END_INTERRUPTED);
  assert_int_equal(outcome.history.n, 2);
}

/* ---- seeds ------------------------------------------------------------------------------------------------------- */

static void one_seed_gives_one_history(void **state) {
  (void)state;
  double first[30];
  run.budget.trials = 10;
  go();
  memcpy(first, outcome.history.x, sizeof first);
  go();
  assert_memory_equal(first, outcome.history.x, sizeof first);
  run.seed = 43;
  go();
  assert_memory_not_equal(first, outcome.history.x, sizeof first);
}

/* Evaluation noise depends on seed and trial only, whatever is proposed and however much randomness that took. */
static void optimisers_with_one_seed_meet_the_same_noise(void **state) {
  (void)state;
  static const double other[3] = {0.5, 4, 1};
  uint64_t first[10];
  answer.noisy = true;
  go();
  memcpy(first, answer.seeds, sizeof first);
  for (int i = 0; i < 10; i++)
    for (int k = 0; k < i; k++) assert_true(first[i] != first[k]);
  script.at = 4;
  script.forget = true; /* draws nothing for trial 4 */
  script.x = other;
  answer.n = 0;
  go();
  assert_memory_equal(first, answer.seeds, sizeof first);
  run.seed++;
  answer.n = 0;
  go();
  for (int i = 0; i < 10; i++) assert_true(first[i] != answer.seeds[i]);
}

/* ---- what is kept ------------------------------------------------------------------------------------------------ */

static void the_last_log_lines_are_kept(void **state) {
  (void)state;
  script.log = "a line";
  go();
  struct joust_text expected = {0};
  for (int i = 0; i < 10; i++) joust_text_add(&expected, "a line\n");
  assert_string_equal(joust_text_string(&outcome.log), joust_text_string(&expected));
  run.budget.trials = 3 * JOUST_LOG_LINES;
  go();
  for (int i = 10; i < JOUST_LOG_LINES; i++) joust_text_add(&expected, "a line\n");
  assert_string_equal(joust_text_string(&outcome.log), joust_text_string(&expected));
  script.log = NULL;
  go();
  assert_string_equal(joust_text_string(&outcome.log), "");
  joust_text_free(&expected);
}

static void histories_are_used_again_for_other_sizes(void **state) {
  (void)state;
  answer.at = 3;
  answer.outcome = JOUST_TRIAL_FAILED;
  run.budget.trials = 700;
  for (int round = 0; round < 6; round++) {
    problem.domain.space.n_parameters = round % 2 ? 3 : 1; /* the smaller size first */
    answer.n = 0;
    go();
    assert_int_equal(outcome.history.n, 700);
    assert_int_equal(outcome.history.n_parameters, problem.domain.space.n_parameters);
    assert_string_equal(outcome.history.messages[2], "no reason was given");
    for (uint32_t i = 0; i < 700; i++)
      assert_true(i == 2 || outcome.history.metrics[2 * (size_t)i] ==
                                outcome.history.x[(size_t)i * problem.domain.space.n_parameters]);
  }
}

static void kinds_are_checked_beforehand(void **state) {
  (void)state;
  struct joust_optimiser numbers = optimiser;
  struct joust_error error;
  assert_int_equal(joust_run_check(&problem, &numbers, "ea10", &error), 0);
  numbers.parameter_kinds = JOUST_REAL | JOUST_INTEGER;
  assert_int_equal(joust_run_check(&problem, &numbers, "ea10", &error), JOUST_BAD_INPUT);
  assert_string_equal(error.message, "optimiser 'ea10' cannot run on problem 'toy': it does not handle categorical "
                                     "parameters ('op')");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(trials_are_counted),
      TEST(the_trial_that_goes_over_the_cost_is_cancelled),
      TEST(a_cost_that_fits_exactly_is_spent),
      TEST(a_failed_trial_over_the_cost_is_cancelled),
      TEST(senseless_costs_count_as_none),
      TEST(problems_without_a_cost_spend_none),
      TEST(no_trial_starts_after_the_seconds),
      TEST(evaluations_are_timed_unless_instant),
      TEST(done_completes_the_run),
      TEST(waiting_for_nothing_fails),
      TEST(unknown_answers_fail),
      TEST(wrong_numbers_of_rows_fail),
      TEST(points_outside_fail),
      TEST(a_point_that_was_not_filled_in_fails),
      TEST(failing_calls_give_the_plugins_message),
      TEST(failing_calls_without_a_message_are_put_in_words),
      TEST(a_failing_evaluator_ends_the_run),
      TEST(failed_trials_have_a_reason),
      TEST(reasons_do_not_linger),
      TEST(evaluators_may_cancel_a_trial),
      TEST(maximisation_is_turned_round),
      TEST(the_stop_flag_interrupts),
      TEST(plugins_may_stop_on_request),
      TEST(one_seed_gives_one_history),
      TEST(optimisers_with_one_seed_meet_the_same_noise),
      TEST(the_last_log_lines_are_kept),
      TEST(histories_are_used_again_for_other_sizes),
      TEST(kinds_are_checked_beforehand),
  };
  return cmocka_run_group_tests_name("run", tests, NULL, NULL);
}
