/* Runs of the LLM optimiser against a server that answers as scripted: what the model hears, what becomes of what it
 * says, and what is counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cJSON.h>
#include <math.h>

#include "base/memory.h"
#include "chat_fixture.h"
#include "plugin/options.h"
#include "run/run.h"

/* ---- a problem: four choices of four, the value says which point it was -------------------------------------------
 */

static const char space_text[] =
    "[{\"name\": \"edge{}\", \"repeat\": 4, \"kind\": \"categorical\", \"description\": \"an edge\", \"choices\": ["
    "{\"label\": \"none\", \"description\": \"nothing\"}, \"skip\", \"conv\", \"pool\"]}]";
static char texts[][60] = {"toy/cell",
                           "toy/cell",
                           "/tmp",
                           "A toy cell",
                           "Choose an operation for each of four edges.",
                           "acc",
                           "validation accuracy, 12 epochs",
                           "%"};
static struct joust_metric metric;
static struct joust_problem problem;
static struct joust_instance evaluator;
static struct joust_outcome outcome;
static double fail_at; /* the first coordinate of points that fail */

/* 10 + 1/4 of the point as a number of base 4, so two decimals tell points apart. */
static double value_of(const double *x) {
  double number = 0;
  for (uint32_t i = 0; i < problem.domain.space.n_parameters; i++) number = 4 * number + x[i];
  return 10 + number / 4;
}

static joust_status evaluate(void *self, struct joust_evaluation *call) {
  (void)self;
  call->metrics[0] = value_of(call->x);
  if (call->x[0] == fail_at) call->outcome[0] = JOUST_TRIAL_FAILED;
  return JOUST_OK;
}

static const struct joust_evaluator table = {.struct_size = sizeof table, .id = "toy", .evaluate = evaluate};

static int set_up(void **state) {
  (void)state;
  struct joust_json json;
  struct joust_error error;
  chat_server_play(&chat_server, "");
  chat_server.length = chat_server.choices = 4;
  fail_at = -1;
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
  evaluator.type = &table;
  joust_services_init(&evaluator.services, "toy", 0);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  joust_domain_free(&problem.domain);
  joust_outcome_free(&outcome);
  joust_services_free(&evaluator.services);
  return 0;
}

/* ---- runs -------------------------------------------------------------------------------------------------------- */

static enum joust_end run_with(const char *script, const char *options, uint64_t trials) {
  const struct joust_optimiser *llm = joust_plugin_1.optimisers[0];
  struct joust_option_table rows = {llm->options, llm->n_options, llm->option_stride};
  struct joust_specs specs = {0};
  struct joust_settings settings = {0};
  union joust_arg *args = NULL;
  struct joust_error error;
  char *spec = joust_format("llm:model=m,url=%s,retries=0%s%s", chat_url(), *options ? "," : "", options);
  if (joust_specs_parse(&specs, spec, &error)) fail_msg("%s", error.message);
  if (joust_options_resolve(&args, &settings, &rows, &specs.items[0].options, NULL, "llm", &error))
    fail_msg("%s", error.message);
  struct joust_run run = {.problem = &problem,
                          .evaluator = &evaluator,
                          .optimiser = llm,
                          .args = args,
                          .label = "llm",
                          .replicate = 1,
                          .seed = 7,
                          .budget = {trials, INFINITY, INFINITY},
                          .record_after = 1,
                          .log_level = INT32_MAX};
  chat_server_play(&chat_server, script);
  joust_run(&run, &outcome);
  free(args);
  free(spec);
  joust_settings_free(&settings);
  joust_specs_free(&specs);
  return outcome.end;
}

static void complete_with(const char *script, const char *options, uint64_t trials) {
  enum joust_end end = run_with(script, options, trials);
  if (end != JOUST_END_BUDGET) fail_msg("end %d: %s", end, outcome.error.message);
}

/* Message `k` of request `i` (both from 0; negative: from the end); lives until the next call. */
static const char *message(int i, int k) {
  static cJSON *request;
  cJSON_Delete(request);
  request = cJSON_Parse(chat_server.bodies[i < 0 ? chat_server.requests + i : i]);
  const cJSON *messages = cJSON_GetObjectItem(request, "messages");
  int n = cJSON_GetArraySize(messages);
  return cJSON_GetObjectItem(cJSON_GetArrayItem(messages, k < 0 ? n + k : k), "content")->valuestring;
}

static int n_messages(int i) {
  cJSON *request = cJSON_Parse(chat_server.bodies[i]);
  int n = cJSON_GetArraySize(cJSON_GetObjectItem(request, "messages"));
  cJSON_Delete(request);
  return n;
}

static double counter(const char *name) {
  cJSON *counters = cJSON_Parse(joust_text_string(&outcome.counters));
  const cJSON *node = cJSON_GetObjectItem(counters, name);
  double value = cJSON_IsNumber(node) ? node->valuedouble : -1;
  cJSON_Delete(counters);
  return value;
}

static const double *point(int i) {
  return outcome.history.x + 4 * (size_t)i;
}

/* "[1, 0, 2, 3] gives a validation accuracy of 12.34%" of a trial, as its own coordinates have it. */
static const char *line_of(int i, double value) {
  static char line[120];
  const double *x = point(i);
  snprintf(line, sizeof line, "[%g, %g, %g, %g] gives a validation accuracy of %.2f%%", x[0], x[1], x[2], x[3], value);
  return line;
}

/* ---- protocols --------------------------------------------------------------------------------------------------- */

static void a_list_begins_anew_each_step(void **state) {
  (void)state;
  complete_with("", "", 4);
  assert_int_equal(chat_server.requests, 4);
  assert_says(message(0, 1), "Task: A toy cell\n\nChoose an operation for each of four edges.\n");
  assert_says(message(0, 1),
              "1. edge1: an edge\n2. edge2: an edge\n3. edge3: an edge\n4. edge4: an edge\n\n"
              "Each parameter takes one of these values:\n\n0 = none: nothing\n1 = skip\n2 = conv\n3 = pool\n\n"
              "A design is written as a list of 4 values, in square brackets: [v1, v2, v3, v4]. Its result "
              "is the validation accuracy in %; higher is better.\n");
  assert_null(strstr(message(0, 1), "tried"));
  for (int i = 0; i < 4; i++) assert_int_equal(n_messages(i), 2);
  for (int i = 0; i < 3; i++) assert_says(message(3, 1), line_of(i, value_of(point(i))));
  assert_says(message(3, 1), "Answer with the list of 4 values alone");
  assert_int_equal(counter("steps"), 4);
  assert_int_equal(counter("first_legal"), 4);
  assert_int_equal(counter("answers_ok"), 4);
  assert_int_equal(counter("fallbacks"), 0);
  assert_true(counter("first_value") == value_of(point(0)));
  assert_says(joust_text_string(&outcome.counters), "\"first_proposal\":\"edge1=");
  assert_says(joust_text_string(&outcome.counters), "\"model\":\"fake-1\"");
  assert_says(joust_text_string(&outcome.counters), "\"request_ids\":\"req_123 req_123 req_123 req_123\"");
}

static void a_dialogue_grows(void **state) {
  (void)state;
  complete_with("", "protocol=genius-dialogue", 3);
  assert_int_equal(n_messages(0), 2);
  assert_int_equal(n_messages(1), 4);
  assert_int_equal(n_messages(2), 6);
  assert_says(message(0, 1), "step by step");
  assert_says(message(0, 1), "End with a line that says \"Answer:\"");
  char line[100];
  snprintf(line, sizeof line, "gives a validation accuracy of %.3f%%.", value_of(point(0))); /* three decimals */
  assert_says(message(1, 3), line);
  assert_says(message(2, 3), line);
  snprintf(line, sizeof line, "gives a validation accuracy of %.3f%%.", value_of(point(1)));
  assert_says(message(2, 5), line);
  assert_says(message(2, 5), "The best so far is [");
}

static void a_dialogue_can_be_kept_short(void **state) {
  (void)state;
  complete_with("", "protocol=genius-dialogue,turns=1", 6);
  assert_int_equal(n_messages(5), 4); /* system, first question and answer, the last question */
  assert_says(message(5, 1), "step by step");
  assert_says(message(5, 3), "gives a validation accuracy of");
}

static void the_best_are_shown_last(void **state) {
  (void)state;
  complete_with("", "history=2", 6);
  const char *list = message(5, 1), *first = strstr(list, "\n["), *second = first ? strstr(first + 1, "\n[") : NULL;
  assert_says(list, "the best ones of them, from the worst to the best");
  assert_non_null(second);
  assert_null(strstr(second + 1, "\n["));
  assert_true(atof(strstr(first, " of ") + 4) < atof(strstr(second, " of ") + 4));
}

static void several_samples_are_evaluated_before_the_next_step(void **state) {
  (void)state;
  complete_with("", "samples=3", 6);
  assert_true(counter("steps") < 6);
  assert_true(counter("answers_ok") + counter("answers_length") >= 6);
}

static void a_schema_goes_with_the_request(void **state) {
  (void)state;
  complete_with("", "schema=true", 1);
  assert_says(chat_server.bodies[0], "json_schema");
  assert_says(chat_server.bodies[0], "\"edge1\":{\"type\":\"string\",\"enum\":[\"none\",\"skip\",\"conv\",\"pool\"]}");
  assert_says(message(0, 1), "Answer with a JSON object");
}

/* ---- repairs ----------------------------------------------------------------------------------------------------- */

static void unusable_answers_are_repaired(void **state) {
  (void)state;
  complete_with("outside prose ok duplicate ok", "", 2);
  assert_int_equal(chat_server.requests, 5);
  assert_says(message(1, 2), "[99, 99, 99, 99]");
  assert_says(message(1, 3), "The value '99' is not possible for edge1: expected one of none, skip, conv, pool.");
  assert_says(message(2, 5), "The answer contains no proposal.");
  assert_int_equal(n_messages(3), 2); /* the next step begins anew */
  char line[200];
  const double *x = point(0);
  snprintf(line, sizeof line, "[%g, %g, %g, %g] has been tried already and gave a validation accuracy of %.2f%%.", x[0],
           x[1], x[2], x[3], value_of(x));
  assert_says(message(4, 3), line);
  assert_int_equal(counter("repairs"), 3);
  assert_int_equal(counter("duplicates"), 1);
  assert_int_equal(counter("answers_outside"), 1);
  assert_int_equal(counter("answers_none"), 1);
  assert_int_equal(counter("first_legal"), 0);
  assert_null(outcome.history.messages[0]);
}

static void after_the_last_repair_a_random_point_stands_in(void **state) {
  (void)state;
  complete_with("prose refusal null ok", "", 2);
  assert_int_equal(chat_server.requests, 4);
  assert_string_equal(outcome.history.messages[0], "fallback");
  assert_null(outcome.history.messages[1]);
  assert_int_equal(counter("fallbacks"), 1);
  assert_int_equal(counter("refusals"), 1);
  assert_int_equal(counter("repairs"), 2);
  complete_with("prose", "repairs=0", 1);
  assert_int_equal(chat_server.requests, 1);
  assert_string_equal(outcome.history.messages[0], "fallback");
  assert_true(counter("first_value") == -1); /* it was not the model's */
}

static void a_dialogue_says_what_stood_in(void **state) {
  (void)state;
  complete_with("prose ok", "protocol=genius-dialogue,repairs=0", 2);
  assert_says(message(1, 3), "so a random one was measured instead");
}

/* What could not be used is answered once, and not sent with the later messages. */
static void a_dialogue_goes_on_without_its_repairs(void **state) {
  (void)state;
  complete_with("prose outside ok ok", "protocol=genius-dialogue", 2);
  assert_int_equal(chat_server.requests, 4);
  assert_int_equal(n_messages(2), 6);
  assert_int_equal(n_messages(3), 4); /* system, first question, the answer that was taken, the next question */
  assert_says(message(3, 1), "step by step");
  assert_says(message(3, 2), "[");
  assert_says(message(3, 3), "gives a validation accuracy of");
}

static void failed_designs_are_told_as_such(void **state) {
  (void)state;
  fail_at = 0;
  complete_with("", "", 30);
  int failed = 0;
  for (uint32_t i = 0; i < 29; i++) failed += outcome.history.outcome[i] == JOUST_TRIAL_FAILED;
  assert_true(failed > 0);
  assert_says(message(29, 1), "could not be measured");
}

/* No design is asked for twice, and when none is left the run is done. */
static void a_small_space_is_used_up(void **state) {
  (void)state;
  problem.domain.space.n_parameters = 2;
  chat_server.length = 2;
  assert_int_equal(run_with("", "repairs=0", 100), JOUST_END_DONE);
  assert_int_equal(outcome.history.n, 16);
  problem.domain.space.n_parameters = 4;
}

/* ---- controls ---------------------------------------------------------------------------------------------------- */

static void anonymous_problems_say_nothing(void **state) {
  (void)state;
  complete_with("", "presentation=anonymous", 3);
  static const char *const words[] = {"toy", "operation", "edge", "conv", "skip", "accuracy", "%", "epochs"};
  for (int k = 0; k < 2; k++)
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) assert_null(strstr(message(2, k), words[i]));
  assert_says(message(2, 1), "black box");
  assert_says(message(2, 1), "1. X1\n2. X2\n");
  assert_says(message(2, 1), "0 = A\n1 = B\n2 = C\n3 = D\n");
  assert_says(message(2, 1), "gives a score of ");
}

/* The model is told the value of the point that its labels stand for, not of the one that it named. */
static void permuted_labels_mislead(void **state) {
  (void)state;
  complete_with("", "presentation=permuted", 6);
  int moved = 0;
  char shown[100], line[100];
  for (int i = 0; i < 5; i++) {
    const char *place = NULL, *list = message(5, 1);
    snprintf(line, sizeof line, "gives a validation accuracy of %.2f%%", value_of(point(i)));
    place = strstr(list, line);
    assert_non_null(place);
    while (*place != '[') place--;
    snprintf(shown, sizeof shown, "[%g, %g, %g, %g]", point(i)[0], point(i)[1], point(i)[2], point(i)[3]);
    moved += strncmp(place, shown, strlen(shown)) != 0;
  }
  assert_true(moved > 0);
  assert_says(message(5, 1), "0 = none: nothing\n1 = skip\n");
}

static void without_feedback_no_value_is_told(void **state) {
  (void)state;
  complete_with("", "feedback=none", 3);
  assert_says(message(2, 1), "These designs have been tried");
  assert_null(strstr(message(2, 1), "gives a validation"));
  complete_with("", "feedback=none,protocol=genius-dialogue", 3);
  assert_says(message(2, 5), "has been measured.");
  assert_null(strstr(message(2, 5), "gives a validation"));
  assert_null(strstr(message(2, 5), "best so far"));
  complete_with("ok duplicate ok", "feedback=none", 2);
  assert_says(message(2, 3), "has been tried already.");
}

static void shuffled_values_belong_to_other_designs(void **state) {
  (void)state;
  complete_with("", "feedback=shuffled", 9);
  int own = 0;
  for (int i = 0; i < 8; i++) {
    char line[60];
    snprintf(line, sizeof line, "of %.2f%%", value_of(point(i)));
    assert_says(message(8, 1), line); /* each value is there */
    own += strstr(message(8, 1), line_of(i, value_of(point(i)))) != NULL;
  }
  assert_true(own < 8);
}

/* ---- budgets and options ----------------------------------------------------------------------------------------- */

static void a_budget_of_tokens_ends_the_run_cleanly(void **state) {
  (void)state;
  assert_int_equal(run_with("", "most-tokens=350", 100), JOUST_END_DONE);
  assert_in_range(outcome.history.n, 2, 5);
  assert_true(counter("prompt_tokens") + counter("completion_tokens") >= 350);
  assert_int_equal(outcome.error.code, 0);
}

static void a_broken_server_fails_the_run_and_keeps_its_trials(void **state) {
  (void)state;
  assert_int_equal(run_with("ok ok 404", "", 10), JOUST_END_FAILED);
  assert_int_equal(outcome.history.n, 2);
  assert_says(outcome.error.message, "404");
  assert_int_equal(counter("calls"), 2);
}

static void assert_refused(const char *options, const char *words) {
  assert_int_equal(run_with("", options, 1), JOUST_END_FAILED);
  assert_says(outcome.error.message, words);
  assert_int_equal(outcome.error.code, JOUST_BAD_INPUT);
  assert_int_equal(chat_server.requests, 0);
}

static void impossible_combinations_are_refused(void **state) {
  (void)state;
  assert_refused("protocol=genius-dialogue,samples=2", "a dialogue has one answer a step");
  assert_refused("protocol=genius-dialogue,history=3", "history belongs to genius-list");
  assert_refused("turns=3", "turns belongs to genius-dialogue");
  assert_refused("mode=replay", "no cassette");
}

static void write_template(const char *name, const char *text) {
  char path[200];
  snprintf(path, sizeof path, "%s/%s", chat_folder, name);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs(text, file);
  fclose(file);
}

static void a_users_templates_replace_those_of_the_plugin(void **state) {
  (void)state;
  char options[200];
  snprintf(options, sizeof options, "prompts=%s", chat_folder);
  write_template("list.txt", "My words: {{count}} values.{{#results}} {{design}}{{/results}}\n");
  complete_with("", options, 2);
  assert_string_equal(message(0, 1), "My words: 4 values.");
  assert_says(message(0, 0), "You design things"); /* system.txt is the plugin's */
  write_template("list.txt", "a\n{{cuont}}\n");
  assert_int_equal(run_with("", options, 1), JOUST_END_FAILED);
  assert_says(outcome.error.message, "/list.txt:2: there is no 'cuont' to fill in");
  assert_int_equal(run_with("", "prompts=/absent", 1), JOUST_END_FAILED);
  assert_says(outcome.error.message, "/absent: has none of the files system.txt");
}

/* A file that is there and cannot be read is not taken for one that is not there. */
static void a_template_that_cannot_be_read_is_an_error(void **state) {
  (void)state;
  char options[200], path[200];
  snprintf(options, sizeof options, "prompts=%s", chat_folder);
  snprintf(path, sizeof path, "%s/repair.txt", chat_folder);
  write_template("list.txt", "My words.\n");
  assert_int_equal(symlink("/absent", path), 0);
  assert_int_equal(run_with("", options, 1), JOUST_END_FAILED);
  assert_says(outcome.error.message, "/repair.txt: cannot be read: No such file or directory");
  unlink(path);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_list_begins_anew_each_step),
      TEST(a_dialogue_grows),
      TEST(a_dialogue_can_be_kept_short),
      TEST(the_best_are_shown_last),
      TEST(several_samples_are_evaluated_before_the_next_step),
      TEST(a_schema_goes_with_the_request),
      TEST(unusable_answers_are_repaired),
      TEST(after_the_last_repair_a_random_point_stands_in),
      TEST(a_dialogue_says_what_stood_in),
      TEST(a_dialogue_goes_on_without_its_repairs),
      TEST(failed_designs_are_told_as_such),
      TEST(a_small_space_is_used_up),
      TEST(anonymous_problems_say_nothing),
      TEST(permuted_labels_mislead),
      TEST(without_feedback_no_value_is_told),
      TEST(shuffled_values_belong_to_other_designs),
      TEST(a_budget_of_tokens_ends_the_run_cleanly),
      TEST(a_broken_server_fails_the_run_and_keeps_its_trials),
      TEST(impossible_combinations_are_refused),
      TEST(a_users_templates_replace_those_of_the_plugin),
      TEST(a_template_that_cannot_be_read_is_an_error),
  };
  return cmocka_run_group_tests(tests, open_all, close_all);
}
