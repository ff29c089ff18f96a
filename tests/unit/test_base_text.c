/* Text that grows, numbers as text, similar names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "base/text.h"

static void text_grows(void **state) {
  (void)state;
  struct joust_text text = {0};
  assert_string_equal(joust_text_string(&text), "");
  joust_text_addf(&text, "%s", "");
  assert_string_equal(joust_text_string(&text), "");
  for (int i = 0; i < 1000; i++) joust_text_addf(&text, "%d,", i % 10);
  assert_int_equal(text.length, 2000);
  assert_int_equal(strlen(joust_text_string(&text)), 2000);
  assert_memory_equal(text.bytes + 1996, "8,9,", 5);
  joust_text_clear(&text);
  assert_string_equal(joust_text_string(&text), "");
  joust_text_add(&text, "ab");
  joust_text_add_n(&text, "cdef", 2);
  assert_string_equal(joust_text_string(&text), "abcd");
  char *taken = joust_text_take(&text);
  assert_string_equal(taken, "abcd");
  assert_null(text.bytes);
  free(taken);
  taken = joust_text_take(&text);
  assert_string_equal(taken, "");
  free(taken);
  joust_text_free(&text);
}

/* Room is made for the 0 at the end, too: sanitizers see it where it is not. */
static void every_length_fits(void **state) {
  (void)state;
  for (int n = 0; n < 300; n++) {
    struct joust_text text = {0};
    joust_text_addf(&text, "%*s", n, "");
    joust_text_addf(&text, "%d", 7);
    assert_int_equal(strlen(joust_text_string(&text)), n + 1);
    joust_text_free(&text);
  }
}

static void numbers_are_short(void **state) {
  (void)state;
  static const struct {
    double value;
    const char *text;
  } cases[] = {{0, "0"},
               {-0.0, "0"},
               {0.1, "0.1"},
               {12000, "12000"},
               {-3, "-3"},
               {1e16, "10000000000000000"},
               {1e17, "1e+17"},
               {0.1 + 0.2, "0.30000000000000004"},
               {1e-5, "1e-05"},
               {NAN, "nan"},
               {INFINITY, "inf"},
               {-INFINITY, "-inf"},
               {1.0 / 3, "0.3333333333333333"},
               {93.74, "93.74"},
               {9007199254740991, "9007199254740991"}};
  char buffer[JOUST_NUMBER_SIZE];
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_string_equal(joust_number(buffer, cases[i].value), cases[i].text);
}

static void numbers_read_back(void **state) {
  (void)state;
  struct joust_stream stream;
  joust_stream_seed(&stream, 5);
  char buffer[JOUST_NUMBER_SIZE];
  static const double edges[] = {DBL_MAX, -DBL_MAX, DBL_MIN, 0x1p-1074, -0x1.fffffffffffffp-1023, 1e17 - 16};
  for (int i = 0; i < 100000; i++) {
    uint64_t bits = joust_stream_next(&stream);
    double value, again;
    memcpy(&value, &bits, sizeof value);
    if (i < 6) value = edges[i];
    if (!isfinite(value)) continue;
    assert_true(strlen(joust_number(buffer, value)) < JOUST_NUMBER_SIZE);
    assert_true(joust_parse_number(buffer, &again));
    assert_true(again == value);
  }
}

static void only_whole_texts_are_numbers(void **state) {
  (void)state;
  static const char *const good[] = {"1", "-1.5e3", "+2", "0x10", ".5"};
  static const double values[] = {1, -1500, 2, 16, 0.5};
  static const char *const bad[] = {"", " 1", "1 ", "1x", "x", "nan", "inf", "1e999", "1,5", "-"};
  double value = 42;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(joust_parse_number(bad[i], &value));
  assert_true(value == 42);
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    assert_true(joust_parse_number(good[i], &value));
    assert_true(value == values[i]);
  }
}

static void lines_have_no_control_characters(void **state) {
  (void)state;
  assert_true(joust_is_line("nor_conv_3x3"));
  assert_true(joust_is_line("caf\xc3\xa9 au lait"));
  assert_false(joust_is_line(""));
  assert_false(joust_is_line("a\nb"));
  assert_false(joust_is_line("\t"));
  assert_false(joust_is_line("\x1b[31m"));
  assert_false(joust_is_line("\x7f"));
}

static void words_are_wrapped(void **state) {
  (void)state;
  struct joust_text text = {0};
  joust_text_wrap(&text, "", 2, 10);
  assert_string_equal(joust_text_string(&text), "");
  joust_text_add(&text, "a line\nhead: ");
  joust_text_wrap(&text, "one two  three\nfour a-word-of-twenty-bytes end", 2, 12);
  assert_string_equal(joust_text_string(&text),
                      "a line\nhead: one\n  two three\n  four\n  a-word-of-twenty-bytes\n  end");
  joust_text_clear(&text);
  joust_text_wrap(&text, "\u00e4\u00e4\u00e4 \u00e4\u00e4\u00e4 b", 0, 7); /* characters count, not bytes */
  assert_string_equal(joust_text_string(&text), "\u00e4\u00e4\u00e4 \u00e4\u00e4\u00e4\nb");
  joust_text_free(&text);
}

static void similar_names_are_found(void **state) {
  (void)state;
  static const char *const names[] = {"random", "evolution", "bo", "local"};
  assert_string_equal(joust_nearest("evolutoin", names, 4), "evolution");
  assert_string_equal(joust_nearest("rndom", names, 4), "random");
  assert_string_equal(joust_nearest("local", names, 4), "local");
  assert_string_equal(joust_nearest("b0", names, 4), "bo");
  assert_null(joust_nearest("annealing", names, 4));
  assert_null(joust_nearest("foo", names, 4));
  assert_null(joust_nearest("random", names, 0));
  assert_null(joust_nearest("", names, 4));
}

static void the_nearer_name_wins(void **state) {
  (void)state;
  static const char *const names[] = {"population", "populations", "copulation"};
  assert_string_equal(joust_nearest("populations", names, 3), "populations");
  assert_string_equal(joust_nearest("copulatio", names, 3), "copulation");
  char longer[201];
  memset(longer, 'a', 200);
  longer[200] = 0;
  const char *only[] = {longer};
  assert_null(joust_nearest(longer, only, 1)); /* too long to be a name that somebody types */
  assert_null(joust_nearest(longer, names, 3));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(text_grows),
      cmocka_unit_test(every_length_fits),
      cmocka_unit_test(numbers_are_short),
      cmocka_unit_test(numbers_read_back),
      cmocka_unit_test(only_whole_texts_are_numbers),
      cmocka_unit_test(lines_have_no_control_characters),
      cmocka_unit_test(words_are_wrapped),
      cmocka_unit_test(similar_names_are_found),
      cmocka_unit_test(the_nearer_name_wins),
  };
  return cmocka_run_group_tests_name("base: text", tests, NULL, NULL);
}
