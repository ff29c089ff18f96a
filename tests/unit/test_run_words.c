/* What an optimiser may hear and say beyond points and values: the problem in words, counters, marks of trials. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <joust/ext/problem.h>
#include <joust/ext/usage.h>
#include <joust/util.h>

#include "base/memory.h"
#include "run/run.h"

/* ---- an optimiser that uses everything --------------------------------------------------------------------------- */

struct talker {
  const struct joust_host *host;
  const struct joust_space *space;
  char mark[300];
};

static const char *long_mark;                                   /* of trial 3 */
static void (*listen)(const struct joust_host *, joust_status); /* called in create */

static joust_status create(const struct joust_host *host, const struct joust_space *space, const union joust_arg *args,
                           void **self) {
  (void)args;
  struct talker *talker = joust_alloc(1, sizeof *talker);
  *talker = (struct talker){.host = host, .space = space};
  *self = talker;
  if (listen) listen(host, JOUST_OK);
  return JOUST_OK;
}

/* Marks every other trial, in a buffer that the next call overwrites. */
static joust_status ask(void *self, struct joust_ask *batch) {
  struct talker *talker = self;
  const struct joust_usage_counters *usage = talker->host->extension(talker->host, JOUST_USAGE);
  usage->set_integer(talker->host, "asked", (int64_t)batch->first_id);
  joust_sample_point(talker->host, talker->space, batch->x);
  batch->n = 1;
  if (!JOUST_HAS(struct joust_ask, batch, mark)) return JOUST_EINTERNAL;
  assert_null(batch->mark[0]);
  snprintf(talker->mark, sizeof talker->mark, "fallback %d", (int)batch->first_id);
  if (batch->first_id % 2) batch->mark[0] = talker->mark;
  if (batch->first_id == 3 && long_mark) batch->mark[0] = long_mark;
  return batch->first_id == 6 ? JOUST_EIO : JOUST_OK;
}

static joust_status tell(void *self, const struct joust_tell *trials) {
  (void)self;
  (void)trials;
  return JOUST_OK;
}

static const struct joust_optimiser optimiser = {.struct_size = sizeof optimiser,
                                                 .parameter_kinds = JOUST_ANY_KIND,
                                                 .id = "talker",
                                                 .version = "1",
                                                 .summary = "talks",
                                                 .licence = "MIT",
                                                 .create = create,
                                                 .ask = ask,
                                                 .tell = tell,
                                                 .destroy = free};

/* ---- a problem --------------------------------------------------------------------------------------------------- */

static struct joust_instance evaluator;

static joust_status evaluate(void *self, struct joust_evaluation *call) {
  static int n;
  (void)self;
  call->metrics[0] = 1;
  if (++n % 5 == 0) {
    call->outcome[0] = JOUST_TRIAL_FAILED;
    evaluator.services.host.set_error(&evaluator.services.host, "it broke");
  }
  return JOUST_OK;
}

static const struct joust_evaluator constant = {.struct_size = sizeof constant, .id = "one", .evaluate = evaluate};
static const char space_text[] =
    "[{\"name\": \"op\", \"kind\": \"categorical\", \"description\": \"the operation\","
    "  \"choices\": [\"none\", {\"label\": \"skip\", \"description\": \"passes on\"}]},"
    " {\"name\": \"lr\", \"kind\": \"real\", \"lower\": 0.001, \"upper\": 0.1, \"scale\": \"log\"},"
    " {\"name\": \"width\", \"kind\": \"integer\", \"lower\": 1, \"upper\": 8}]";

static char texts[][40] = {"a/toy", "toy 2", "/spaces/a", "A toy", "Design a toy.", "acc", "validation accuracy", "%"};
static struct joust_metric metric;
static struct joust_problem problem;
static struct joust_run run;
static struct joust_outcome outcome;

static int set_up(void **state) {
  (void)state;
  struct joust_json json;
  struct joust_error error;
  long_mark = NULL;
  listen = NULL;
  metric = (struct joust_metric){.name = texts[5], .title = texts[6], .unit = texts[7], .direction = -1, .decimals = 2};
  problem = (struct joust_problem){.name = texts[0],
                                   .label = texts[1],
                                   .folder = texts[2],
                                   .title = texts[3],
                                   .description = texts[4],
                                   .metrics = &metric,
                                   .n_metrics = 1,
                                   .cost = -1};
  assert_int_equal(joust_json_parse(&json, "space", space_text, strlen(space_text), &error), 0);
  assert_int_equal(joust_domain_read(&problem.domain, &json, json.root, &error), 0);
  joust_json_free(&json);
  memset(&evaluator, 0, sizeof evaluator);
  evaluator.type = &constant;
  joust_services_init(&evaluator.services, "one", 0);
  run = (struct joust_run){.problem = &problem,
                           .evaluator = &evaluator,
                           .optimiser = &optimiser,
                           .label = "llm-a",
                           .replicate = 4,
                           .seed = 42,
                           .budget = {5, INFINITY, INFINITY},
                           .log_level = INT32_MAX};
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  joust_domain_free(&problem.domain);
  joust_outcome_free(&outcome);
  joust_services_free(&evaluator.services);
  return 0;
}

/* ---- what is said ------------------------------------------------------------------------------------------------ */

static void hear_the_problem(const struct joust_host *host, joust_status ignored) {
  (void)ignored;
  const struct joust_problem_words *words = host->extension(host, JOUST_PROBLEM);
  assert_non_null(words);
  assert_ptr_equal(words, host->extension(host, JOUST_PROBLEM));
  assert_true(JOUST_HAS(struct joust_problem_words, words, parse_value));
  assert_int_equal(words->replicate, 4);
  assert_int_equal(words->seed, 42);
  assert_int_equal(words->trials, 5);
  assert_string_equal(words->optimiser, "llm-a");
  assert_string_equal(words->name, "a/toy");
  assert_string_equal(words->label, "toy 2");
  assert_string_equal(words->folder, "/spaces/a");
  assert_string_equal(words->title, "A toy");
  assert_string_equal(words->task, "Design a toy.");
  assert_string_equal(words->metric, "acc");
  assert_string_equal(words->metric_title, "validation accuracy");
  assert_string_equal(words->unit, "%");
  assert_int_equal(words->direction, -1);
  assert_int_equal(words->decimals, 2);
  assert_string_equal(words->parameters[0].description, "the operation");
  assert_string_equal(words->parameters[0].choices[0], "");
  assert_string_equal(words->parameters[0].choices[1], "passes on");
  assert_string_equal(words->parameters[1].description, "");
  assert_null(words->parameters[1].choices);
}

static void the_problem_is_told_in_words(void **state) {
  (void)state;
  listen = hear_the_problem;
  joust_run(&run, &outcome);
  assert_int_equal(outcome.end, JOUST_END_BUDGET);
}

static uint64_t repeated;

static void hear_what_is_repeated(const struct joust_host *host, joust_status ignored) {
  (void)ignored;
  const struct joust_problem_words *words = host->extension(host, JOUST_PROBLEM);
  assert_true(JOUST_HAS(struct joust_problem_words, words, repeated));
  repeated = words->repeated;
}

static void what_is_asked_for_again_is_told(void **state) {
  (void)state;
  struct joust_outcome first = {0};
  struct joust_optimiser other = optimiser;
  listen = hear_what_is_repeated;
  joust_run(&run, &first);
  assert_int_equal(repeated, 0);
  run.stored = &first.history;
  joust_run(&run, &outcome);
  assert_int_equal(repeated, 5);
  other.flags = JOUST_NONDETERMINISTIC;
  run.optimiser = &other; /* is not asked again, but told */
  joust_run(&run, &outcome);
  assert_int_equal(repeated, 0);
  run.stored = NULL;
  run.start = &(struct joust_start){.type = &optimiser, .label = "llm-b", .trials = 3}; /* created last */
  joust_run(&run, &outcome);
  assert_int_equal(repeated, 3);
  joust_outcome_free(&first);
}

static void use_values(const struct joust_host *host, joust_status ignored) {
  (void)ignored;
  const struct joust_problem_words *words = host->extension(host, JOUST_PROBLEM);
  char text[20];
  double value = 0;
  assert_int_equal(words->print_value(host, 0, 1, text, sizeof text), 4);
  assert_string_equal(text, "skip");
  assert_int_equal(words->print_value(host, 0, 1, text, 3), 4);
  assert_string_equal(text, "sk");
  assert_int_equal(words->print_value(host, 1, 0.003, NULL, 0), 5);
  words->print_value(host, 1, 0.003, text, sizeof text);
  assert_string_equal(text, "0.003");
  assert_int_equal(words->parse_value(host, 0, "skip", &value), JOUST_OK);
  assert_true(value == 1);
  assert_int_equal(words->parse_value(host, 2, "7", &value), JOUST_OK);
  assert_true(value == 7);
  assert_int_equal(words->parse_value(host, 2, "9", &value), JOUST_EOPTION);
  assert_true(value == 7);
}

static void values_become_text_and_come_back(void **state) {
  (void)state;
  listen = use_values;
  run.budget.trials = 1;
  joust_run(&run, &outcome);
  assert_int_equal(outcome.end, JOUST_END_BUDGET);
}

static void marks_and_reasons_stay_with_their_trials(void **state) {
  (void)state;
  joust_run(&run, &outcome);
  assert_int_equal(outcome.end, JOUST_END_BUDGET);
  char **messages = outcome.history.messages;
  for (int i = 0; i < 5; i++) {
    bool failed = outcome.history.outcome[i] == JOUST_TRIAL_FAILED, marked = i % 2 == 0;
    char mark[40], expected[80] = "";
    snprintf(mark, sizeof mark, "fallback %d", i + 1);
    if (failed && marked) snprintf(expected, sizeof expected, "it broke (%s)", mark);
    if (failed && !marked) strcpy(expected, "it broke");
    if (!failed && marked) strcpy(expected, mark);
    assert_string_equal(messages[i] ? messages[i] : "", expected);
  }
}

static void a_mark_is_one_short_line(void **state) {
  (void)state;
  char text[1000];
  memset(text, 'x', sizeof text - 1);
  text[sizeof text - 1] = 0;
  text[1] = '\n';
  text[2] = '\x1b';
  long_mark = text;
  joust_run(&run, &outcome);
  const char *kept = outcome.history.messages[2];
  const char *open = strchr(kept, '('); /* should the trial have failed */
  if (open) kept = open + 1;
  assert_true(strlen(kept) <= 200 && strncmp(kept, "x ?x", 4) == 0);
}

static void counters_are_in_the_outcome(void **state) {
  (void)state;
  joust_run(&run, &outcome);
  assert_string_equal(joust_text_string(&outcome.counters), "{\"asked\":5}");
  run.budget.trials = 10; /* the sixth ask fails: what was counted is kept */
  joust_run(&run, &outcome);
  assert_int_equal(outcome.end, JOUST_END_FAILED);
  assert_string_equal(joust_text_string(&outcome.counters), "{\"asked\":6}");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(the_problem_is_told_in_words),     TEST(what_is_asked_for_again_is_told),
      TEST(values_become_text_and_come_back), TEST(marks_and_reasons_stay_with_their_trials),
      TEST(a_mark_is_one_short_line),         TEST(counters_are_in_the_outcome),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
