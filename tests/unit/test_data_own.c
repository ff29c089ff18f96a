/* Tables of one's own: CSV files with a column for each parameter and metric, and the problem that begins with one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "base/json.h"
#include "base/text.h"
#include "data/problem_text.h"
#include "evaluator/table.h"
#include "import_fixture.h"

static const char own[] = "problem,metric:acc,metric:s,x:width,x:act,note\n"
                          "p,90.5,3,16,relu,first\n"
                          "p,91,,8,\"a, \"\"b\"\"\",\"two\nlines\"\r\n"
                          "\n"
                          "p,90,4,16,relu,again\n"
                          "p,80,4,128,relu,";

static void write_own(const char *text) {
  write_text(in_data_folder("own.csv"), text);
}

static void reads_own_tables(void **state) {
  (void)state;
  struct outcome outcome;
  struct joust_error error;
  struct joust_table table;
  write_own(own);
  assert_int_equal(import(in_data_folder("own.csv"), &outcome), 0);
  char *path = joust_table_path("own");
  assert_int_equal(joust_table_open(&table, path, &error), 0);
  free(path);
  assert_int_equal(table.entries, 6);
  assert_string_equal(table.dimensions[0].name, "width");
  assert_string_equal(table.dimensions[0].choices[0], "8"); /* numbers rise */
  assert_string_equal(table.dimensions[0].choices[2], "128");
  assert_string_equal(table.dimensions[1].choices[0], "relu"); /* words stand as they came */
  assert_string_equal(table.dimensions[1].choices[1], "a, \"b\"");
  assert_int_equal(table.metrics[0].measurements, 2);
  assert_true(value(&table, "acc", 2, 0) == 90.5 && value(&table, "acc", 2, 1) == 90); /* 16, relu */
  assert_true(value(&table, "acc", 1, 0) == 91 && isnan(value(&table, "s", 1, 0)));
  assert_true(isnan(value(&table, "acc", 1, 1)));
  assert_true(isnan(value(&table, "acc", 0, 0))); /* 8, relu: no row */
  assert_true(value(&table, "s", 4, 0) == 4);
  joust_table_close(&table);
}

/* A metric has the measurements in which it is given; how the table was made stands in its source. */
static void keeps_what_is_given(void **state) {
  (void)state;
  struct outcome outcome;
  struct joust_error error;
  struct joust_table table;
  write_own("x:a,metric:loss,metric:size,made,licence\np,0.5,7,\"by hand, twice\",CC0\np,0.75,,x,\nq,1,8,,\nq,2,,,\n");
  assert_int_equal(import(in_data_folder("own.csv"), &outcome), 0);
  char *path = joust_table_path("own");
  assert_int_equal(joust_table_open(&table, path, &error), 0);
  free(path);
  assert_int_equal(table.metrics[0].measurements, 2);
  assert_int_equal(table.metrics[1].measurements, 1);
  assert_true(value(&table, "loss", 0, 1) == 0.75 && value(&table, "size", 1, 0) == 8);
  assert_non_null(strstr(table.source, "\"made\":\"by hand, twice\""));
  assert_string_equal(table.licence, "CC0");
  joust_table_close(&table);
}

/* Spreadsheets begin UTF-8 with a byte order mark, which is no part of the first title. */
static void passes_over_a_byte_order_mark(void **state) {
  (void)state;
  struct outcome outcome;
  struct joust_error error;
  struct joust_table table;
  write_own("\xef\xbb\xbfx:a,x:b,metric:acc\n1,1,10\n2,1,20\n1,2,30\n2,2,40\n");
  assert_int_equal(import(in_data_folder("own.csv"), &outcome), 0);
  char *path = joust_table_path("own");
  assert_int_equal(joust_table_open(&table, path, &error), 0);
  free(path);
  assert_int_equal(table.entries, 4);
  assert_string_equal(table.dimensions[0].name, "a");
  assert_true(value(&table, "acc", 1, 0) == 30);
  joust_table_close(&table);
}

static void refuse_own(const char *text, const char *message) {
  struct outcome outcome;
  write_own(text);
  assert_int_equal(import(in_data_folder("own.csv"), &outcome), JOUST_BAD_INPUT);
  if (!strstr(outcome.message, message)) fail_msg("'%s' does not say '%s'", outcome.message, message);
}

static void refuses_bad_own_tables(void **state) {
  (void)state;
  struct outcome outcome;
  refuse_own("x:a,x:b\n1,2\n", ":1: expected a column x:NAME for each parameter and metric:NAME for each metric");
  refuse_own("x:a,metric:m,x:a\n", ":1: a second column 'x:a'");
  refuse_own("x:,metric:m\n", ":1: column 'x:': expected a name");
  refuse_own("x:a b,metric:m\n", ":1: column 'x:a b': expected a name without spaces");
  refuse_own("x:a,metric:m\n", "expected rows behind the titles");
  refuse_own("x:a,metric:m\n1,2\n1\n", ":3: 1 fields: expected 2");
  refuse_own("x:a,metric:m\n1,two\n", ":2: metric:m is 'two': expected a number, or nothing");
  refuse_own("x:a,metric:m\n1,inf\n", ":2: metric:m is 'inf'");
  refuse_own("x:a,metric:m\n,1\n", ":2: x:a is '': expected a label");
  refuse_own("x:a,metric:m\n\"1,2\n", ":2: a quoted field that begins here does not end");
  refuse_own("x:a,metric:m\n\"1\"2,2\n", ":2: field 1 goes on behind its closing quote");
  refuse_own("problem,x:a,metric:m\np,1,2\nq,1,2\n", ":3: a row of problem 'q' among those of 'p'");
  struct joust_text text = {0};
  joust_text_add(&text, "x:a,x:b,metric:m\n");
  for (int i = 0; i < 8000; i++) joust_text_addf(&text, "%d,%d,1\n", i, i);
  refuse_own(joust_text_string(&text), "a table holds every combination of its parameters' values");
  joust_text_free(&text);
  write_text(in_data_folder("nasbench201-cifar10.csv"), own);
  assert_int_equal(import(in_data_folder("nasbench201-cifar10.csv"), &outcome), JOUST_BAD_INPUT);
  assert_non_null(strstr(outcome.message, "is the name of a published table"));
  write_text(in_data_folder("a b.csv"), own);
  assert_int_equal(import(in_data_folder("a b.csv"), &outcome), JOUST_BAD_INPUT);
  assert_non_null(strstr(outcome.message, "the table would be called 'a b'"));
}

static void begins_a_problem(void **state) {
  (void)state;
  struct outcome outcome;
  struct joust_error error;
  struct joust_json json = {0};
  char *text;
  write_own("x:n,x:width,x:act,metric:acc,metric:s\n3,16,relu,90.5,3\n4,8,tanh,91,2.5\n");
  assert_int_equal(import(in_data_folder("own.csv"), &outcome), 0);
  assert_int_equal(joust_problem_text(&text, "own", "s", 1, &error), 0);
  assert_int_equal(joust_json_parse(&json, "own", text, strlen(text), &error), 0);
  static const char *const kinds[] = {"integer", "ordinal", "categorical"};
  const cJSON *space = joust_json_member(json.root, "space"), *metrics = joust_json_member(json.root, "metrics");
  for (int i = 0; i < 3; i++)
    assert_string_equal(joust_json_member(cJSON_GetArrayItem(space, i), "kind")->valuestring, kinds[i]);
  assert_true(joust_json_member(cJSON_GetArrayItem(space, 0), "upper")->valuedouble == 4);
  assert_string_equal(joust_json_member(cJSON_GetArrayItem(metrics, 0), "role")->valuestring, "reported");
  assert_string_equal(joust_json_member(cJSON_GetArrayItem(metrics, 1), "direction")->valuestring, "minimise");
  assert_true(joust_json_member(joust_json_member(json.root, "best"), "value")->valuedouble == 2.5);
  joust_json_free(&json);
  free(text);
  assert_int_equal(joust_problem_text(&text, "own", "t", 1, &error), JOUST_BAD_INPUT);
  assert_string_equal(error.message, "table 'own' has no metric 't': it has acc, s");
  assert_int_equal(joust_problem_text(&text, "none", NULL, 1, &error), JOUST_MISSING);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(reads_own_tables),
      cmocka_unit_test(keeps_what_is_given),
      cmocka_unit_test(passes_over_a_byte_order_mark),
      cmocka_unit_test(refuses_bad_own_tables),
      cmocka_unit_test(begins_a_problem),
  };
  return cmocka_run_group_tests_name("data_own", tests, make_data_folder, remove_data_folder);
}
