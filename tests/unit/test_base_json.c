/* JSON input: what is read, and where a message says that something is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"

static struct joust_json json;
static struct joust_error error;

static int parse_n(const char *text, size_t length) {
  memset(&json, 0xa5, sizeof json); /* parsing does not count on what was there */
  return joust_json_parse(&json, "f.json", text, length, &error);
}

static int parse(const char *text) {
  return parse_n(text, strlen(text));
}

static void assert_syntax_error(const char *text, const char *message) {
  assert_int_equal(parse(text), JOUST_BAD_INPUT);
  assert_string_equal(error.message, message);
  assert_null(json.root);
  assert_null(json.text);
}

static void syntax_errors_name_their_place(void **state) {
  (void)state;
  assert_syntax_error("", "f.json:1:1: the JSON text ends too early");
  assert_syntax_error("{\n \"a\": 1,\n", "f.json:3:1: the JSON text ends too early");
  assert_syntax_error("{\"a\": 1,}", "f.json:1:9: unexpected '}': is there a comma too many before it?");
  assert_syntax_error("[1,\n  2,\n]", "f.json:3:1: unexpected ']': is there a comma too many before it?");
  assert_syntax_error("{'a': 1}", "f.json:1:2: JSON texts stand in double quotes, not in single ones");
  assert_syntax_error("{\"a\": 1} // one", "f.json:1:10: JSON has no comments");
  assert_syntax_error("# one\n{}", "f.json:1:1: JSON has no comments");
  assert_syntax_error("{\"a\": 1 \"b\": 2}",
                      "f.json:1:9: unexpected '\"': not JSON, or a comma, colon or quote is missing before it");
  assert_syntax_error("{\"a\": \xff}", "f.json:1:7: unexpected byte 0xff: not JSON");
  assert_syntax_error("{\n \"a\": {}, b: 1}",
                      "f.json:2:11: unexpected 'b': not JSON, or a comma, colon or quote is missing before it");
  assert_syntax_error("{b", "f.json:1:2: unexpected 'b': not JSON, or a comma, colon or quote is missing before it");
  assert_syntax_error("[2,1x]",
                      "f.json:1:5: unexpected 'x': not JSON, or a comma, colon or quote is missing before it");
  assert_syntax_error("{}x", "f.json:1:3: unexpected 'x': not JSON, or a comma, colon or quote is missing before it");
  assert_syntax_error("{\"a\"1}",
                      "f.json:1:5: unexpected '1': not JSON, or a comma, colon or quote is missing before it");
  assert_syntax_error("{\"a\": \"bcd}\n", "f.json:1:7: the text that starts here has no end");
  assert_syntax_error("{\"a\": 1, \"bcd}", "f.json:1:10: the text that starts here has no end");
  assert_syntax_error("[\"\\x\"]", "f.json:1:3: '\\' must be followed by one of \"\\/bfnrt or uXXXX");
  assert_syntax_error("[\"C:\\dir\"]", "f.json:1:5: '\\' must be followed by one of \"\\/bfnrt or uXXXX");
  assert_syntax_error("{} {}", "f.json:1:4: unexpected '{': not JSON, or a comma, colon or quote is missing before it");
}

static void zero_bytes_are_refused(void **state) {
  (void)state;
  assert_int_equal(parse_n("{\"a\":\n\0 1}", 10), JOUST_BAD_INPUT);
  assert_string_equal(error.message, "f.json:2:1: a zero byte: not JSON");
  assert_null(json.root);
  assert_syntax_error("{\"a\": \"b\\u0000c\"}", "f.json:1:9: \\u0000 cannot stand in a text here");
  assert_int_equal(parse("{\"a\": \"b\\\\u0000c\"}"), 0); /* an escaped backslash and digits */
  assert_string_equal(joust_json_member(json.root, "a")->valuestring, "b\\u0000c");
  joust_json_free(&json);
}

/* The place of each member of what stands under "r". */
static void assert_places(const char *text, const char *const *places) {
  assert_int_equal(parse(text), 0);
  for (const cJSON *node = joust_json_member(json.root, "r")->child; node; node = node->next, places++) {
    assert_non_null(*places);
    assert_int_equal(joust_json_fail(&json, node, &error, "%s", "x"), JOUST_BAD_INPUT);
    char expected[50];
    assert_true(strlen(*places) < 30);
    strcat(strcat(strcpy(expected, "f.json:"), *places), ": x");
    assert_string_equal(error.message, expected);
  }
  assert_null(*places);
  joust_json_free(&json);
}

static void every_node_has_its_place(void **state) {
  (void)state;
  assert_places("{\"r\": [1, \"a\", {}, [], true,\n null, -1.5e3]}",
                (const char *[]){"1:8", "1:11", "1:16", "1:20", "1:24", "2:2", "2:8", NULL});
  assert_places("{\"q\": {\"r\": [[1], {\"x\": 2}]}, \"r\":{\"a\" :\n1,\"b\":{\"c\":[3]} , \"d\":\"\"}}",
                (const char *[]){"2:1", "2:7", "2:23", NULL});
  assert_places("{\"r\": [\"a\\\"b,: [\", \"\\\\\", \"c:\", 4]}",
                (const char *[]){"1:8", "1:20", "1:26", "1:32", NULL});
  assert_places("\xEF\xBB\xBF{\"r\":\n[1]}", (const char *[]){"2:2", NULL});
  assert_places("{\x0b\"r\"\x01:\x0c[\x0b\x01"
                "1,\x0b\"k\"\x0b, 2]}",
                (const char *[]){"1:12", "1:15", "1:21", NULL});
}

static void the_root_stands_at_its_start(void **state) {
  (void)state;
  assert_int_equal(parse("\n\n  {\"a\": 1}"), 0);
  joust_json_fail(&json, json.root, &error, "x");
  assert_string_equal(error.message, "f.json:3:3: x");
  joust_json_fail(&json, NULL, &error, "x");
  assert_string_equal(error.message, "f.json:1:1: x");
  joust_json_free(&json);
}

static const char values[] = "{\"text\": \"t\", \"number\": 1.5, \"whole\": -7, \"yes\": true, \"no\": false,\n"
                             "\"list\": [], \"object\": {}, \"null\": null, \"huge\": 1e999}";

static void getters_give_what_is_there(void **state) {
  (void)state;
  const char *text = NULL;
  const cJSON *node = NULL;
  double number = 0;
  int64_t whole = 0;
  bool flag = false;
  assert_int_equal(parse(values), 0);
  assert_int_equal(joust_json_get_text(&json, json.root, "text", JOUST_REQUIRED, &text, &error), 0);
  assert_string_equal(text, "t");
  assert_int_equal(joust_json_get_number(&json, json.root, "number", JOUST_REQUIRED, &number, &error), 0);
  assert_true(number == 1.5);
  assert_int_equal(joust_json_get_integer(&json, json.root, "whole", JOUST_REQUIRED, -7, -7, &whole, &error), 0);
  assert_int_equal(whole, -7);
  assert_int_equal(joust_json_get_bool(&json, json.root, "yes", &flag, &error), 0);
  assert_true(flag);
  assert_int_equal(joust_json_get_bool(&json, json.root, "no", &flag, &error), 0);
  assert_false(flag);
  assert_int_equal(joust_json_get(&json, json.root, "list", cJSON_Array, JOUST_REQUIRED, &node, &error), 0);
  assert_true(cJSON_IsArray(node));
  joust_json_free(&json);
}

static void absent_optional_members_change_nothing(void **state) {
  (void)state;
  const char *text = "old";
  double number = 3;
  int64_t whole = 4;
  bool flag = true;
  assert_int_equal(parse(values), 0);
  assert_int_equal(joust_json_get_text(&json, json.root, "Text", JOUST_OPTIONAL, &text, &error), 0);
  assert_int_equal(joust_json_get_number(&json, json.root, "a", JOUST_OPTIONAL, &number, &error), 0);
  assert_int_equal(joust_json_get_integer(&json, json.root, "a", JOUST_OPTIONAL, 0, 1, &whole, &error), 0);
  assert_int_equal(joust_json_get_bool(&json, json.root, "a", &flag, &error), 0);
  assert_string_equal(text, "old");
  assert_true(number == 3 && whole == 4 && flag);
  joust_json_free(&json);
}

static void wrong_members_are_explained(void **state) {
  (void)state;
  const char *text;
  const cJSON *node;
  double number;
  int64_t whole;
  bool flag;
  assert_int_equal(parse(values), 0);
  assert_int_equal(joust_json_get_text(&json, json.root, "title", JOUST_REQUIRED, &text, &error), JOUST_BAD_INPUT);
  assert_string_equal(error.message, "f.json:1:1: 'title' is missing: expected a text");
  joust_json_get_text(&json, json.root, "number", JOUST_OPTIONAL, &text, &error);
  assert_string_equal(error.message, "f.json:1:25: 'number' is a number: expected a text");
  joust_json_get_number(&json, json.root, "object", JOUST_OPTIONAL, &number, &error);
  assert_string_equal(error.message, "f.json:2:23: 'object' is an object: expected a number");
  joust_json_get_number(&json, json.root, "huge", JOUST_OPTIONAL, &number, &error);
  assert_string_equal(error.message, "f.json:2:49: 'huge' is too large a number");
  joust_json_get_bool(&json, json.root, "null", &flag, &error);
  assert_string_equal(error.message, "f.json:2:35: 'null' is null: expected true or false");
  joust_json_get(&json, json.root, "yes", cJSON_Array, JOUST_OPTIONAL, &node, &error);
  assert_string_equal(error.message, "f.json:1:50: 'yes' is true or false: expected a list");
  joust_json_get_integer(&json, json.root, "number", JOUST_OPTIONAL, 0, 9, &whole, &error);
  assert_string_equal(error.message, "f.json:1:25: 'number' is 1.5: expected a whole number from 0 to 9");
  joust_json_get_integer(&json, json.root, "whole", JOUST_OPTIONAL, -6, 9, &whole, &error);
  assert_string_equal(error.message, "f.json:1:39: 'whole' is -7: expected a whole number from -6 to 9");
  joust_json_get_integer(&json, json.root, "huge", JOUST_OPTIONAL, -6, 9, &whole, &error);
  assert_string_equal(error.message, "f.json:2:49: 'huge' is inf: expected a whole number from -6 to 9");
  joust_json_free(&json);
}

static int check(const char *text) {
  static const char *const keys[] = {"name", "role", "direction"};
  assert_int_equal(parse(text), 0);
  int code = joust_json_check_keys(&json, json.root, "a metric", keys, 3, &error);
  joust_json_free(&json);
  return code;
}

static void keys_are_checked(void **state) {
  (void)state;
  assert_int_equal(check("{}"), 0);
  assert_int_equal(check("{\"role\": 1, \"name\": 2}"), 0);
  assert_int_equal(check("{\"role\": 1,\n\"nmae\": 2}"), JOUST_BAD_INPUT);
  assert_string_equal(error.message, "f.json:2:9: a metric has no 'nmae': did you mean 'name'?");
  assert_int_equal(check("{\"colour\": 1}"), JOUST_BAD_INPUT);
  assert_string_equal(error.message, "f.json:1:12: a metric has no 'colour': expected name, role, direction");
  assert_int_equal(check("{\"role\": 1, \"role\": 2}"), JOUST_BAD_INPUT);
  assert_string_equal(error.message, "f.json:1:21: 'role' stands here a second time");
  assert_int_equal(check(" [1]"), JOUST_BAD_INPUT);
  assert_string_equal(error.message, "f.json:1:2: expected an object that describes a metric, found a list");
}

static void files_are_read(void **state) {
  (void)state;
  char path[] = "/tmp/joust-json-XXXXXX", expected[100];
  int fd = mkstemp(path);
  assert_true(fd >= 0);
  close(fd);
  assert_int_equal(joust_file_write(path, "{\"a\": [0.25, }", 14, &error), 0);
  assert_int_equal(joust_json_read(&json, path, &error), JOUST_BAD_INPUT);
  strcat(strcpy(expected, path), ":1:14: unexpected '}': is there a comma too many before it?");
  assert_string_equal(error.message, expected);
  assert_int_equal(joust_file_write(path, "{\"a\": 0.25}", 11, &error), 0);
  assert_int_equal(joust_json_read(&json, path, &error), 0);
  assert_true(joust_json_member(json.root, "a")->valuedouble == 0.25);
  joust_json_free(&json);
  unlink(path);
  assert_int_equal(joust_json_read(&json, path, &error), JOUST_MISSING);
  assert_null(json.root);
}

/* cJSON writes 15 digits where it thinks that they are enough. */
static void written_numbers_are_exact(void **state) {
  (void)state;
  static const double numbers[] = {9007199254740991, 0.1 + 0.2, 1.0 / 3, -0x1p-1074, 12000};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    cJSON *root = cJSON_CreateObject();
    joust_json_add_number(root, "x", numbers[i]);
    joust_json_add_number(root, "none", NAN);
    char *text = cJSON_PrintUnformatted(root);
    assert_int_equal(parse(text), 0);
    assert_true(joust_json_member(json.root, "x")->valuedouble == numbers[i]);
    assert_true(cJSON_IsNull(joust_json_member(json.root, "none")));
    joust_json_free(&json);
    cJSON_Delete(root);
    free(text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(syntax_errors_name_their_place),
      cmocka_unit_test(zero_bytes_are_refused),
      cmocka_unit_test(every_node_has_its_place),
      cmocka_unit_test(the_root_stands_at_its_start),
      cmocka_unit_test(getters_give_what_is_there),
      cmocka_unit_test(absent_optional_members_change_nothing),
      cmocka_unit_test(wrong_members_are_explained),
      cmocka_unit_test(keys_are_checked),
      cmocka_unit_test(files_are_read),
      cmocka_unit_test(written_numbers_are_exact),
  };
  return cmocka_run_group_tests_name("base: JSON", tests, NULL, NULL);
}
