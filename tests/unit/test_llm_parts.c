/* The parts of the LLM optimiser that ask nobody: rounding, templates, views, what the model is told of the results. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "decimal.h"
#include "optimiser_fixture.h"
#include "prompt.h"
#include "results.h"
#include "schema.h"
#include "talk.h"
#include "template.h"
#include "view.h"

/* ---- decimals ---------------------------------------------------------------------------------------------------- */

static void halves_are_rounded_up_as_they_are_written(void **state) {
  (void)state;
  static const struct {
    double value;
    int decimals;
    const char *expected;
  } cases[] = {{92.305, 2, "92.31"},
               {92.3049999, 2, "92.30"},
               {2.675, 2, "2.68"},
               {1.005, 2, "1.01"},
               {0.005, 2, "0.01"},
               {0.0049, 2, "0.00"},
               {99.995, 2, "100.00"},
               {9.9995, 3, "10.000"},
               {-0.125, 2, "-0.13"},
               {-0.004, 2, "0.00"},
               {0.5, 0, "1"},
               {1.5, 0, "2"},
               {0.49999999, 0, "0"},
               {0, 2, "0.00"},
               {1e22, 1, "10000000000000000000000.0"},
               {1e-300, 2, "0.00"},
               {123456.785, 2, "123456.79"},
               {91.60666665039064, 3, "91.607"},
               {73.4933333577474, 2, "73.49"},
               {0.1 + 0.2, 4, "0.3000"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char buffer[DECIMAL_SIZE];
    assert_string_equal(decimal_round(buffer, cases[i].value, cases[i].decimals), cases[i].expected);
  }
}

/* All numbers of two decimals and a 5 behind them, as text and through double: none may fall to the other side. */
static void no_half_falls_down(void **state) {
  (void)state;
  for (int hundredths = 0; hundredths < 10000; hundredths++) {
    char text[20], expected[20], buffer[DECIMAL_SIZE];
    snprintf(text, sizeof text, "%d.%02d5", hundredths / 100, hundredths % 100);
    snprintf(expected, sizeof expected, "%d.%02d", (hundredths + 1) / 100, (hundredths + 1) % 100);
    assert_string_equal(decimal_round(buffer, strtod(text, NULL), 2), expected);
  }
}

static void the_shortest_decimal_reads_back(void **state) {
  (void)state;
  static const double values[] = {0, 1, -3, 0.1, 1e-5, 1.0 / 3, 12345678.9, 1e300};
  char buffer[DECIMAL_SIZE];
  for (size_t i = 0; i < sizeof values / sizeof *values; i++)
    assert_true(strtod(decimal_shortest(buffer, values[i]), NULL) == values[i]);
  assert_string_equal(decimal_shortest(buffer, 0.1), "0.1");
  assert_string_equal(decimal_shortest(buffer, 64), "64");
}

/* ---- templates --------------------------------------------------------------------------------------------------- */

static const struct binding inner[] = {{.name = "item", .text = "a"}}, second[] = {{.name = "item", .text = "b"}};
static const struct scope items[] = {{inner, 1}, {second, 1}};
static const struct binding bindings[] = {{.name = "full", .text = "text"},
                                          {.name = "empty", .text = ""},
                                          {.name = "list", .items = items, .n_items = 2},
                                          {.name = "none", .items = NULL, .n_items = 0}};
static const char *const names[] = {"full", "empty", "list", "none", "item", "unbound"};

static void assert_rendered(const char *source, const char *expected) {
  struct llm_text out = {0};
  struct scope scope = {bindings, 4};
  struct template_error error;
  if (template_check(source, names, 6, &error) < 0) fail_msg("%d: %s", error.line, error.message);
  template_render(&out, source, &scope);
  assert_string_equal(llm_text_string(&out), expected);
  llm_text_free(&out);
}

static void templates_are_filled_in(void **state) {
  (void)state;
  assert_rendered("", "");
  assert_rendered("no tag { here }\n", "no tag { here }\n");
  assert_rendered("<{{full}}{{ empty }}{{unbound}}>", "<text>");
  assert_rendered("{{#list}}{{item}},{{/list}}", "a,b,");
  assert_rendered("{{#list}}{{item}}{{full}} {{/list}}", "atext btext ");
  assert_rendered("{{^list}}no{{/list}}{{^none}}yes{{/none}}{{#none}}no{{/none}}", "yes");
  assert_rendered("{{#full}}yes{{/full}}{{^full}}no{{/full}}{{#empty}}no{{/empty}}{{^empty}}yes{{/empty}}", "yesyes");
  assert_rendered("{{#unbound}}no{{/unbound}}{{^unbound}}yes{{/unbound}}", "yes");
  assert_rendered("a\n{{#list}}\n- {{item}}\n{{/list}}\nb\n", "a\n- a\n- b\nb\n");
  assert_rendered("a\r\n  {{#full}}\r\nx\r\n  {{/full}}\r\nb", "a\r\nx\r\nb");
  assert_rendered("a {{! left out }} b\n{{! a line }}\nc", "a  b\nc");
  assert_rendered("{{#list}}{{#list}}{{item}}{{/list}};{{/list}}", "ab;ab;");
  assert_rendered("{{full}}\n", "text\n");
}

static void assert_refused(const char *source, int line, const char *message) {
  struct template_error error;
  assert_int_equal(template_check(source, names, 6, &error), -1);
  assert_int_equal(error.line, line);
  assert_string_equal(error.message, message);
}

static void what_is_no_template_is_refused_with_its_line(void **state) {
  (void)state;
  assert_refused("a\nb {{fool}}\n", 2, "there is no 'fool' to fill in");
  assert_refused("a\n\n{{full", 3, "'{{' without '}}'");
  assert_refused("{{#list}}\nx", 1, "'list' begins here but never ends");
  assert_refused("x\n{{/list}}", 2, "'list' ends here but never began");
  assert_refused("{{#list}}\n{{#full}}\n{{/list}}{{/full}}", 3,
                 "'list' ends here, expected the end of 'full' of line 2");
  assert_refused("{{#full}}{{#full}}{{#full}}{{#full}}{{#full}}{{#full}}{{#full}}{{#full}}{{#full}}", 1,
                 "more than 8 sections within each other");
}

/* ---- views ------------------------------------------------------------------------------------------------------- */

static const char *const ops[] = {"none", "skip", "conv"}, *const widths[] = {"64", "128", "256"};
static const struct joust_parameter
    op = {.name = "op", .kind = JOUST_CATEGORICAL, .n_choices = 3, .upper = 2, .choices = ops},
    op2 = {.name = "op2", .kind = JOUST_CATEGORICAL, .n_choices = 3, .upper = 2, .choices = ops},
    width = {.name = "width", .kind = JOUST_ORDINAL, .n_choices = 3, .upper = 2, .choices = widths},
    rate = {.name = "rate", .kind = JOUST_REAL, .lower = 0.001, .upper = 1, .log_scale = 1};
static const struct joust_parameter *const pointers[] = {&op, &op2, &width, &rate};
static const struct joust_space space = {
    .struct_size = sizeof space, .n_parameters = 4, .n_objectives = 1, .parameters = pointers};

static struct joust_services services;

static int set_up(void **state) {
  (void)state;
  joust_services_init(&services, "llm", 3);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  joust_services_free(&services);
  return 0;
}

static void assert_design(const struct view *view, const double *shown, const char *expected) {
  struct llm_text text = {0};
  view_add_design(view, shown, &text);
  assert_string_equal(llm_text_string(&text), expected);
  llm_text_free(&text);
}

static void designs_are_written_as_indices_or_numbers(void **state) {
  (void)state;
  struct view view;
  assert_int_equal(view_make(&view, VIEW_NAMED, &space, NULL, &services.host), JOUST_OK);
  assert_design(&view, (double[]){2, 0, 1, 0.025},
                "[2, 0, 128, 0.025]"); /* labels that are numbers stand for themselves */
  assert_int_equal(view.alike, 0);
  view_free(&view);
}

static void anonymous_views_hide_every_word(void **state) {
  (void)state;
  struct view view;
  double x[4];
  assert_int_equal(view_make(&view, VIEW_ANONYMOUS, &space, NULL, &services.host), JOUST_OK);
  assert_string_equal(view.space.parameters[0]->name, "X1");
  assert_string_equal(view.space.parameters[3]->name, "X4");
  assert_string_equal(view.space.parameters[2]->choices[2], "C");
  assert_design(&view, (double[]){2, 0, 1, 0.025}, "[2, 0, 1, 0.025]");
  view_to_real(&view, (double[]){2, 0, 1, 0.025}, x);
  assert_true(x[0] == 2 && x[1] == 0 && x[2] == 1 && x[3] == 0.025);
  view_free(&view);
}

/* The same labels may mean other things: then each parameter's are told. */
static void alike_are_choices_with_the_same_descriptions(void **state) {
  (void)state;
  static const char *const first[] = {"nothing", "as it is", "3x3"}, *const other[] = {"nothing", "as it is", "5x5"};
  const struct joust_space two = {
      .struct_size = sizeof two, .n_parameters = 2, .n_objectives = 1, .parameters = pointers};
  struct joust_parameter_words parameters[] = {{"", first}, {"", first}};
  const struct joust_problem_words words = {.struct_size = sizeof words, .parameters = parameters};
  for (int same = 1; same >= 0; same--) {
    struct view view;
    if (!same) parameters[1].choices = other;
    assert_int_equal(view_make(&view, VIEW_NAMED, &two, &words, &services.host), JOUST_OK);
    assert_int_equal(view.alike, same);
    view_free(&view);
    assert_int_equal(view_make(&view, VIEW_ANONYMOUS, &two, &words, &services.host), JOUST_OK);
    assert_int_equal(view.alike, 1);
    view_free(&view);
  }
}

static void many_choices_have_names_of_their_own(void **state) {
  (void)state;
  enum { MANY = 800 };
  static char labels[MANY][16];
  static const char *choices[MANY];
  for (int i = 0; i < MANY; i++) {
    snprintf(labels[i], sizeof labels[i], "c%d", i);
    choices[i] = labels[i];
  }
  struct joust_parameter p = {
      .name = "p", .kind = JOUST_CATEGORICAL, .n_choices = MANY, .upper = MANY - 1, .choices = choices};
  const struct joust_parameter *one[] = {&p};
  struct joust_space large = {.struct_size = sizeof large, .n_parameters = 1, .n_objectives = 1, .parameters = one};
  struct view view;
  assert_int_equal(view_make(&view, VIEW_ANONYMOUS, &large, NULL, &services.host), JOUST_OK);
  assert_string_equal(view.shown[0].labels[25], "Z");
  assert_string_equal(view.shown[0].labels[26], "AA");
  assert_string_equal(view.shown[0].labels[701], "ZZ");
  assert_string_equal(view.shown[0].labels[702], "AAA");
  view_free(&view);
}

/* Each list of labels is shuffled, parameters with the same labels alike, and the way back is the way there. */
static void permuted_views_shuffle_what_labels_do(void **state) {
  (void)state;
  int moved = 0;
  for (int round = 0; round < 20; round++) {
    struct view view;
    double x[4], again[4];
    assert_int_equal(view_make(&view, VIEW_PERMUTED, &space, NULL, &services.host), JOUST_OK);
    assert_string_equal(view.space.parameters[0]->choices[1], "skip");
    int seen[3] = {0};
    for (int k = 0; k < 3; k++) {
      view_to_real(&view, (double[]){k, k, k, 0.5}, x);
      assert_true(x[0] == x[1] && x[3] == 0.5); /* op and op2 have the same labels */
      seen[(int)x[0]]++;
      moved += x[0] != k;
      view_from_real(&view, x, again);
      assert_true(again[0] == k && again[1] == k && again[2] == k && again[3] == 0.5);
    }
    for (int k = 0; k < 3; k++) assert_int_equal(seen[k], 1);
    view_free(&view);
  }
  assert_in_range(moved, 20, 58); /* 40 of 60 are expected */
}

/* ---- results ----------------------------------------------------------------------------------------------------- */

static void start_results(struct results *results, struct view *view, enum feedback feedback) {
  assert_int_equal(view_make(view, VIEW_NAMED, &space, NULL, &services.host), JOUST_OK);
  *results = (struct results){
      .view = view, .host = &services.host, .feedback = feedback, .direction = -1, .decimals = 2, .unit = "%"};
}

/* Results whose op is the number of the result. */
static void add_values(struct results *results, const double *values, int n) {
  for (int i = 0; i < n; i++)
    assert_int_equal(results_add(results, (double[]){i % 3, 0, 0, 1}, values[i], i == 1), JOUST_OK);
}

static void assert_listed(const struct results *results, uint32_t first, uint32_t best, const char *expected) {
  struct result_list list;
  struct llm_text out = {0};
  struct binding all = {.name = "list"};
  struct scope scope = {&all, 1};
  assert_int_equal(results_list(&list, results, first, best), JOUST_OK);
  all.items = list.items;
  all.n_items = list.n;
  template_render(
      &out, "{{#list}}{{number}}:{{value}}{{#failed}}failed{{/failed}}{{#stand_in}}!{{/stand_in}} {{/list}}", &scope);
  assert_string_equal(llm_text_string(&out), expected);
  llm_text_free(&out);
  result_list_free(&list);
}

static void results_are_told_in_order_or_the_best_last(void **state) {
  (void)state;
  struct results results;
  struct view view;
  start_results(&results, &view, FEEDBACK_TRUE);
  add_values(&results, (double[]){91.005, 93, NAN, 90, 93, 92.5}, 6);
  assert_listed(&results, 0, 0, "1:91.01% 2:93.00%! 3:failed 4:90.00% 5:93.00% 6:92.50% ");
  assert_listed(&results, 4, 0, "5:93.00% 6:92.50% ");
  assert_listed(&results, 0, 3, "6:92.50% 5:93.00% 2:93.00%! ");
  assert_listed(&results, 0, 1, "2:93.00%! ");
  assert_listed(&results, 0, 100, "3:failed 4:90.00% 1:91.01% 6:92.50% 5:93.00% 2:93.00%! ");
  results_free(&results);
  view_free(&view);
}

static void without_feedback_no_value_shows_nor_which_is_best(void **state) {
  (void)state;
  struct results results;
  struct view view;
  start_results(&results, &view, FEEDBACK_NONE);
  add_values(&results, (double[]){91, 93, NAN, 90}, 4);
  assert_listed(&results, 0, 0, "1: 2:! 3:failed 4: ");
  assert_listed(&results, 0, 2, "3:failed 4: ");
  results_free(&results);
  view_free(&view);
}

/* Told values are the true ones in another order, failures stay failures, and every order comes about. */
static void shuffled_feedback_is_a_random_permutation(void **state) {
  (void)state;
  int first_is[3] = {0}, as_it_was = 0;
  for (int round = 0; round < 600; round++) {
    struct results results;
    struct view view;
    start_results(&results, &view, FEEDBACK_SHUFFLED);
    add_values(&results, (double[]){1, 2, NAN, 3}, 4);
    double sum = results.items[0].told + results.items[1].told + results.items[3].told;
    assert_true(sum == 6 && isnan(results.items[2].told));
    first_is[(int)results.items[0].told - 1]++;
    as_it_was += results.items[0].told == 1 && results.items[1].told == 2;
    assert_true(results.items[0].value == 1 && results.items[3].value == 3);
    results_free(&results);
    view_free(&view);
  }
  for (int k = 0; k < 3; k++) assert_in_range(first_is[k], 150, 250);
  assert_in_range(as_it_was, 60, 140);
}

/* ---- conversation and schema ------------------------------------------------------------------------------------- */

static void a_talk_forgets_its_middle(void **state) {
  (void)state;
  struct talk talk = {0};
  for (int i = 0; i < 9; i++) {
    char text[2] = {(char)('a' + i), 0};
    assert_int_equal(talk_add(&talk, i % 2 ? "assistant" : "user", llm_copy(text)), JOUST_OK);
  }
  talk_forget(&talk, 3, 2);
  assert_int_equal(talk.n, 5);
  assert_string_equal(talk.messages[2].content, "c");
  assert_string_equal(talk.messages[3].content, "h");
  talk_forget(&talk, 3, 2);
  assert_int_equal(talk.n, 5);
  talk_free(&talk);
}

static void schemas_say_what_each_parameter_can_be(void **state) {
  (void)state;
  char *schema = schema_of(&space, 1);
  assert_string_equal(schema,
                      "{\"type\":\"object\",\"properties\":{\"reasoning\":{\"type\":\"string\"},"
                      "\"op\":{\"type\":\"string\",\"enum\":[\"none\",\"skip\",\"conv\"]},"
                      "\"op2\":{\"type\":\"string\",\"enum\":[\"none\",\"skip\",\"conv\"]},"
                      "\"width\":{\"type\":\"string\",\"enum\":[\"64\",\"128\",\"256\"]},"
                      "\"rate\":{\"type\":\"number\",\"minimum\":0.001,\"maximum\":1}},"
                      "\"required\":[\"reasoning\",\"op\",\"op2\",\"width\",\"rate\"],\"additionalProperties\":false}");
  free(schema);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(halves_are_rounded_up_as_they_are_written),
      TEST(no_half_falls_down),
      TEST(the_shortest_decimal_reads_back),
      TEST(templates_are_filled_in),
      TEST(what_is_no_template_is_refused_with_its_line),
      TEST(designs_are_written_as_indices_or_numbers),
      TEST(anonymous_views_hide_every_word),
      TEST(alike_are_choices_with_the_same_descriptions),
      TEST(many_choices_have_names_of_their_own),
      TEST(permuted_views_shuffle_what_labels_do),
      TEST(results_are_told_in_order_or_the_best_last),
      TEST(without_feedback_no_value_shows_nor_which_is_best),
      TEST(shuffled_feedback_is_a_random_permutation),
      TEST(a_talk_forgets_its_middle),
      TEST(schemas_say_what_each_parameter_can_be),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
