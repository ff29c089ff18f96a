/* Errors: codes, messages, and the exit codes that the command line promises. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/error.h"

static void a_failure_is_a_code_and_a_message(void **state) {
  (void)state;
  struct joust_error error = {0};
  assert_int_equal(joust_fail(&error, JOUST_BAD_INPUT, "'%s' is %d", "k", 3), JOUST_BAD_INPUT);
  assert_int_equal(error.code, JOUST_BAD_INPUT);
  assert_string_equal(error.message, "'k' is 3");
}

static void the_reason_of_the_system_follows(void **state) {
  (void)state;
  struct joust_error error = {0};
  errno = ENOENT;
  assert_int_equal(joust_fail_errno(&error, JOUST_MISSING, "cannot read '%s'", "a"), JOUST_MISSING);
  assert_string_equal(error.message, "cannot read 'a': No such file or directory");
}

static void context_goes_before_the_message(void **state) {
  (void)state;
  struct joust_error error = {0};
  joust_fail(&error, JOUST_SYSTEM, "100%% full");
  assert_int_equal(joust_error_prefix(&error, "%s: ", "disk"), JOUST_SYSTEM);
  assert_string_equal(error.message, "disk: 100% full");
  assert_int_equal(error.code, JOUST_SYSTEM);
}

static void long_messages_are_cut(void **state) {
  (void)state;
  struct joust_error error;
  char text[3000];
  memset(text, 'a', sizeof text - 1);
  text[sizeof text - 1] = 0;
  joust_fail(&error, JOUST_BAD_INPUT, "%s", text);
  assert_int_equal(strlen(error.message), sizeof error.message - 1);
  joust_error_prefix(&error, "b: ");
  assert_int_equal(strlen(error.message), sizeof error.message - 1);
  assert_memory_equal(error.message, "b: aaa", 6);
  errno = ENOENT;
  joust_fail_errno(&error, JOUST_BAD_INPUT, "%s", text);
  assert_int_equal(strlen(error.message), sizeof error.message - 1);
}

static void exit_codes_are_those_of_the_command_line(void **state) {
  (void)state;
  assert_int_equal(joust_exit_code(0), 0);
  assert_int_equal(joust_exit_code(JOUST_RUN_FAILED), 1);
  assert_int_equal(joust_exit_code(JOUST_BAD_INPUT), 2);
  assert_int_equal(joust_exit_code(JOUST_MISSING), 3);
  assert_int_equal(joust_exit_code(JOUST_SYSTEM), 3);
  assert_int_equal(joust_exit_code(JOUST_INTERRUPTED), 130);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_failure_is_a_code_and_a_message),        cmocka_unit_test(the_reason_of_the_system_follows),
      cmocka_unit_test(context_goes_before_the_message),          cmocka_unit_test(long_messages_are_cut),
      cmocka_unit_test(exit_codes_are_those_of_the_command_line),
  };
  return cmocka_run_group_tests_name("base: errors", tests, NULL, NULL);
}
