/* Every answer of the corpus is understood as its first line says, and every reason can be put in words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <time.h>

#include "../fuzz/answer_case.h"
#include "base/file.h"
#include "base/memory.h"

static int is_text(const struct dirent *entry) {
  size_t length = strlen(entry->d_name);
  return length > 4 && strcmp(entry->d_name + length - 4, ".txt") == 0;
}

static void the_corpus_is_understood(void **state) {
  (void)state;
  static const char folder[] = JOUST_TEST_ANSWERS;
  struct dirent **entries;
  int n = scandir(folder, &entries, is_text, alphasort), wrong = 0, accepted = 0;
  assert_true(n >= 200);
  for (int i = 0; i < n; i++) {
    char *path = joust_path_join(folder, entries[i]->d_name), *bytes, got[600], expected[600];
    size_t length;
    struct joust_error error;
    struct answer_case c;
    double x[CASE_PARAMETERS], point[CASE_PARAMETERS];
    assert_int_equal(joust_file_read(&bytes, &length, path, &error), 0);
    case_read(&c, bytes, length);
    struct answer answer = case_parse(&c, x, got, sizeof got);
    snprintf(expected, sizeof expected, "%s", c.expected);
    if (strncmp(c.expected, "ok ", 3) == 0) { /* numbers in the corpus may be written in any way */
      case_numbers(point, c.space.n_parameters, c.expected + 3);
      int used = snprintf(expected, sizeof expected, "ok");
      for (uint32_t k = 0; k < c.space.n_parameters; k++)
        used += snprintf(expected + used, sizeof expected - (size_t)used, " %g", point[k]);
    }
    accepted += answer.reason == ANSWER_OK;
    if (strcmp(got, expected) != 0) {
      print_error("%s: expected '%s', got '%s'\n", entries[i]->d_name, expected, got);
      wrong++;
    }
    free(bytes);
    free(path);
    free(entries[i]);
  }
  free(entries);
  assert_int_equal(wrong, 0);
  assert_true(accepted >= 200);
}

static struct answer parse(struct answer_case *c, const char *text, double *x) {
  char head[200], got[600];
  snprintf(head, sizeof head, "%s", text);
  case_read(c, head, strlen(head));
  return case_parse(c, x, got, sizeof got);
}

static void assert_words(const char *text, const char *expected) {
  struct answer_case c;
  double x[CASE_PARAMETERS];
  char words[600];
  struct answer answer = parse(&c, text, x);
  answer_explain(&answer, &c.space, words, sizeof words);
  assert_string_equal(words, expected);
}

static void reasons_are_put_in_words(void **state) {
  (void)state;
  assert_words("cell\n---\n[3, 1, 3, 1, 3, 2]", "");
  assert_words("cell\n---\nno idea", "The answer contains no proposal.");
  assert_words("cell\n---\n[3, 1]", "The answer has 2 values, but 6 are needed, one for each parameter.");
  assert_words("one\n---\n[3, 1]", "The answer has 2 values, but 1 is needed, one for each parameter.");
  assert_words("macro\n---\n[1, 1, 1, 1, 1, 1, 1, 3]",
               "The value '3' is not possible for layer8: expected one of identity, MB3_K3, MB6_K5.");
  assert_words("mixed\n---\n[0.1, 64, rmsprop, 0.1]",
               "The value 'rmsprop' is not possible for solver: expected one of sgd, adam, adamw.");
  assert_words("mixed\n---\n[0.1, 6.5, adam, 0.1]",
               "The value '6.5' is not possible for batch_size: expected a whole number from 1 to 512.");
  assert_words("one\n---\n7", "The value '7' is not possible for x: expected a number from -5 to 5.");
  assert_words("one\n---\n[1] [2]", "The answer contains 2 different proposals, but exactly one is needed.");
}

static void a_failure_leaves_the_point_alone(void **state) {
  (void)state;
  struct answer_case c;
  double x[CASE_PARAMETERS] = {7, 7, 7, 7, 7, 7};
  assert_int_equal(parse(&c, "cell\n---\n[3, 1, 3, 1, 3, 9]", x).reason, ANSWER_OUTSIDE);
  for (int k = 0; k < 6; k++) assert_true(x[k] == 7);
}

static void long_answers_are_read_from_their_end(void **state) {
  (void)state;
  struct answer_case c;
  double x[CASE_PARAMETERS];
  enum { LENGTH = 200000 };
  char *text = malloc(LENGTH + 1);
  memset(text, 'x', LENGTH);
  memcpy(text, "[3, 3, 3, 3, 3, 3] ", 19);
  memcpy(text + LENGTH - 20, " [3, 1, 3, 1, 3, 2] ", 20);
  case_read(&c, "cell\n---\n", 9);
  struct answer answer = answer_parse(&c.space, NULL, text, LENGTH, x);
  assert_int_equal(answer.reason, ANSWER_OK);
  assert_true(x[1] == 1 && x[5] == 2);
  free(text);
}

/* Nothing in an answer may take time beyond its length. */
static void answers_made_to_be_slow_are_not(void **state) {
  (void)state;
  static const char *const pieces[] = {
      "[",   "[[]", "((((",   "op_0_1:",        "|a~0",   "- ",     "[1,",
      "```", "0",   "3 1 2 ", "{\"op_0_1\",\"", "{\"\":", "{'\\\\", "op_0_1: op_0_2: "};
  char *text = malloc(ANSWER_MOST);
  for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
    struct answer_case c;
    double x[CASE_PARAMETERS];
    size_t n = strlen(pieces[i]);
    for (size_t k = 0; k < ANSWER_MOST; k++) text[k] = pieces[i][k % n];
    case_read(&c, "cell\n---\n", 9);
    clock_t start = clock();
    answer_parse(&c.space, NULL, text, ANSWER_MOST, x);
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 5);
  }
  free(text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_corpus_is_understood),         cmocka_unit_test(reasons_are_put_in_words),
      cmocka_unit_test(a_failure_leaves_the_point_alone), cmocka_unit_test(long_answers_are_read_from_their_end),
      cmocka_unit_test(answers_made_to_be_slow_are_not),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
