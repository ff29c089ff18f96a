/* Specs: what stands behind -o and -p, and the same in JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/spec.h"

static struct joust_specs specs;
static struct joust_error error;

static int tear_down(void **state) {
  (void)state;
  joust_specs_free(&specs);
  return 0;
}

static int parse(const char *list) {
  joust_specs_free(&specs);
  return joust_specs_parse(&specs, list, &error);
}

static void assert_spec(size_t i, const char *label, const char *id, size_t n_options) {
  assert_true(i < specs.n);
  assert_string_equal(specs.items[i].label, label);
  assert_string_equal(specs.items[i].id, id);
  assert_int_equal(specs.items[i].options.n, n_options);
}

static void assert_option(size_t i, const char *name, const char *value) {
  const char *found = joust_settings_get(&specs.items[i].options, name);
  assert_non_null(found);
  assert_string_equal(found, value);
}

static void lists_have_labels_and_options(void **state) {
  (void)state;
  assert_int_equal(parse("random"), 0);
  assert_int_equal(specs.n, 1);
  assert_spec(0, "random", "random", 0);
  assert_int_equal(parse("random,ea10=evolution:population=10,sample=3,bo:kernel=a:b,x=local"), 0);
  assert_int_equal(specs.n, 3);
  assert_spec(0, "random", "random", 0);
  assert_spec(1, "ea10", "evolution", 2);
  assert_option(1, "population", "10");
  assert_option(1, "sample", "3");
  assert_spec(2, "bo", "bo", 2);
  assert_option(2, "kernel", "a:b");
  assert_option(2, "x", "local"); /* as the header says: an option, no label */
  assert_int_equal(parse("llm:model=qwen:1b,url=http://127.0.0.1:80/v1,mode=live,b=llm:model=x"), 0);
  assert_int_equal(specs.n, 2);
  assert_spec(0, "llm", "llm", 3);
  assert_option(0, "model", "qwen:1b");
  assert_option(0, "url", "http://127.0.0.1:80/v1");
  assert_spec(1, "b", "llm", 1);
  assert_int_equal(parse("a=local,b=local,nk/n16-k2,./p.json"), 0);
  assert_int_equal(specs.n, 4);
  assert_spec(1, "b", "local", 0);
  assert_spec(2, "nk/n16-k2", "nk/n16-k2", 0);
  assert_int_equal(parse("evolution:population=10,random,a=evolution:sample=1"), 0);
  assert_int_equal(specs.n, 3);
  assert_spec(2, "a", "evolution", 1);
  assert_int_equal(parse("x:empty=,url=a=b"), 0);
  assert_option(0, "empty", "");
  assert_option(0, "url", "a=b");
}

static void lists_are_appended(void **state) {
  (void)state;
  assert_int_equal(parse("a"), 0);
  assert_int_equal(joust_specs_parse(&specs, "b,c", &error), 0);
  assert_int_equal(specs.n, 3);
  assert_spec(2, "c", "c", 0);
}

static void senseless_texts_are_explained(void **state) {
  (void)state;
  static const struct {
    const char *text, *message;
  } cases[] = {
      {"", "'': expected NAME, NAME:option=value,... or LABEL=NAME"},
      {"a,,b", "'': expected NAME, NAME:option=value,... or LABEL=NAME"},
      {"=a", "'=a': expected NAME, NAME:option=value,... or LABEL=NAME"},
      {"a=", "'a=': expected NAME, NAME:option=value,... or LABEL=NAME"},
      {":a=b", "':a=b': expected NAME, NAME:option=value,... or LABEL=NAME"},
      {"l=:a=b", "'l=:a=b': expected NAME, NAME:option=value,... or LABEL=NAME"},
      {"a\nb", "'a\nb': expected NAME, NAME:option=value,... or LABEL=NAME"},
      {"evolution:", "'' after 'evolution:' is no option: expected name=value"},
      {"evolution:fast", "'fast' after 'evolution:' is no option: expected name=value"},
      {"evolution:=3", "'=3' after 'evolution:' is no option: expected name=value"},
      {"evolution:a=1,b=2,a=3", "option 'a' of 'evolution' is given twice"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_int_equal(parse(cases[i].text), JOUST_BAD_INPUT);
    assert_string_equal(error.message, cases[i].message);
  }
}

static int read(const char *text) {
  struct joust_json json;
  joust_specs_free(&specs);
  assert_int_equal(joust_json_parse(&json, "s.json", text, strlen(text), &error), 0);
  int code = joust_specs_read(&specs, "optimiser", &json, json.root, &error);
  joust_json_free(&json);
  return code;
}

static void json_says_the_same(void **state) {
  (void)state;
  assert_int_equal(read("\"ea10=evolution:population=10,sample=3\""), 0);
  assert_spec(0, "ea10", "evolution", 2);
  assert_option(0, "sample", "3");
  assert_int_equal(
      read("{\"optimiser\": \"evolution\", \"label\": \"ea10\", \"options\": {\"population\": 10, \"rate\": "
           "0.1, \"ageing\": true, \"duplicates\": false, \"note\": \"a,b=c\"}}"),
      0);
  assert_spec(0, "ea10", "evolution", 5);
  assert_option(0, "population", "10");
  assert_option(0, "rate", "0.1");
  assert_option(0, "ageing", "true");
  assert_option(0, "duplicates", "false");
  assert_option(0, "note", "a,b=c");
  assert_int_equal(read("{\"optimiser\": \"bo\"}"), 0);
  assert_spec(0, "bo", "bo", 0);
  assert_string_equal(specs.items[0].folder, "."); /* of s.json */
}

/* Where a plugin lies is in no label, so in no key of a run. */
static void labels_hold_no_paths(void **state) {
  (void)state;
  assert_int_equal(parse("./my.so,/opt/your.so,a=b/c.so,nk/n16-k2"), 0);
  assert_spec(0, "my", "./my.so", 0);
  assert_spec(1, "your", "/opt/your.so", 0);
  assert_spec(2, "a", "b/c.so", 0);
  assert_spec(3, "nk/n16-k2", "nk/n16-k2", 0);
  assert_int_equal(read("{\"optimiser\": \"./my.so\"}"), 0);
  assert_spec(0, "my", "./my.so", 0);
}

static void bad_json_is_explained(void **state) {
  (void)state;
  static const struct {
    const char *text, *message;
  } cases[] = {
      {"3", "s.json:1:1: expected an object that describes optimiser, found a number"},
      {"\"a,b\"", "s.json:1:1: expected one optimiser, found 2 in one text"},
      {"  \"a:b\"", "s.json:1:3: 'b' after 'a:' is no option: expected name=value"},
      {"{\"label\": \"a\"}", "s.json:1:1: 'optimiser' is missing: expected a text"},
      {"{\"optimiser\": \"a\", \"lable\": \"b\"}", "s.json:1:29: optimiser has no 'lable': did you mean 'label'?"},
      {"{\"optimiser\": \"\"}", "s.json:1:15: expected a name of one line"},
      {"{\"optimiser\": \"a\", \"label\": \"b\\n\"}", "s.json:1:29: expected a name of one line"},
      {"{\"optimiser\": \"a\", \"options\": []}", "s.json:1:31: 'options' is a list: expected an object"},
      {"{\"optimiser\": \"a\", \"options\": {\"k\": [1]}}",
       "s.json:1:37: option 'k': expected a text, a number, true or false"},
      {"{\"optimiser\": \"a\", \"options\": {\"k\": 1, \"k\": 2}}", "s.json:1:45: 'k' stands here a second time"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_int_equal(read(cases[i].text), JOUST_BAD_INPUT);
    assert_string_equal(error.message, cases[i].message);
  }
}

static void settings_are_set_and_copied(void **state) {
  (void)state;
  struct joust_settings from = {0}, to = {0};
  joust_settings_set(&from, "a", "1");
  joust_settings_set(&from, "b", "2");
  joust_settings_set(&from, "a", joust_settings_get(&from, "b"));
  assert_int_equal(from.n, 2);
  assert_string_equal(joust_settings_get(&from, "a"), "2");
  joust_settings_set(&from, "a", joust_settings_get(&from, "a")); /* by itself */
  joust_settings_set(&to, "b", "3");
  joust_settings_set(&to, "c", "4");
  joust_settings_copy(&to, &from);
  assert_int_equal(to.n, 3);
  assert_string_equal(joust_settings_get(&to, "a"), "2");
  assert_string_equal(joust_settings_get(&to, "b"), "2");
  assert_string_equal(joust_settings_get(&to, "c"), "4");
  assert_null(joust_settings_get(&to, "d"));
  joust_settings_free(&from);
  joust_settings_free(&to);
}

static char *printed(const char *a, const char *b) {
  struct joust_settings settings = {0};
  struct joust_text out = {0};
  joust_settings_set(&settings, "a", a);
  joust_settings_set(&settings, "b", b);
  joust_settings_print(&settings, &out);
  joust_settings_free(&settings);
  return joust_text_take(&out);
}

/* What a run's key is made of: no value may look like two. */
static void printed_settings_differ_where_settings_do(void **state) {
  (void)state;
  char *plain = printed("1", "2"), *one = printed("1\nb=1:2", "3"), *other = printed("1", "2\nb=1:3");
  assert_string_equal(plain, "a=1:1\nb=1:2\n");
  assert_string_not_equal(one, other);
  free(plain);
  free(one);
  free(other);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(lists_have_labels_and_options, tear_down),
      cmocka_unit_test_teardown(lists_are_appended, tear_down),
      cmocka_unit_test_teardown(senseless_texts_are_explained, tear_down),
      cmocka_unit_test_teardown(json_says_the_same, tear_down),
      cmocka_unit_test_teardown(labels_hold_no_paths, tear_down),
      cmocka_unit_test_teardown(bad_json_is_explained, tear_down),
      cmocka_unit_test(settings_are_set_and_copied),
      cmocka_unit_test(printed_settings_differ_where_settings_do),
  };
  return cmocka_run_group_tests_name("base: specs", tests, NULL, NULL);
}
