/* What a server's headers say about coming back, and how long a client waits where they say nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "wait.h"

enum { NOON = 784209600 }; /* Mon, 07 Nov 1994 12:00:00 GMT */

static struct llm_pace pace_of(const char *name, const char *value) {
  struct llm_pace pace = {0};
  llm_pace_note(&pace, name, strlen(name), value, strlen(value));
  return pace;
}

static double seconds_of(const char *name, const char *value) {
  struct llm_pace pace = pace_of(name, value);
  return llm_pace_seconds(&pace, NOON);
}

static void assert_about(double found, double expected) {
  if (found < expected - 1e-9 || found > expected + 1e-9) fail_msg("%g is not %g", found, expected);
}

static void reads_retry_after(void **state) {
  (void)state;
  assert_about(seconds_of("retry-after-ms", "1500"), 1.5);
  assert_about(seconds_of("Retry-After-Ms", "0"), 0);
  assert_about(seconds_of("Retry-After", "7"), 7);
  assert_about(seconds_of("retry-after", "0.25"), 0.25);
  assert_about(seconds_of("Retry-After", "Mon, 07 Nov 1994 12:00:30 GMT"), 30);
  assert_about(seconds_of("Retry-After", "Monday, 07-Nov-94 12:01:00 GMT"), 60); /* RFC 850 */
  assert_about(seconds_of("Retry-After", "Mon Nov  7 12:00:09 1994"), 9);        /* asctime */
  assert_about(seconds_of("Retry-After", "Mon, 07 Nov 1994 11:00:00 GMT"), 0);   /* over already */
}

static void knows_nonsense(void **state) {
  (void)state;
  const char *const values[] = {"", "soon", "-1", "1e3", "0x10", "1.2.3", "inf", "nan", "3 seconds", "99:99", "2026"};
  for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
    double seconds = seconds_of("Retry-After", values[i]);
    if (strcmp(values[i], "2026") == 0)
      assert_about(seconds, 2026);
    else if (seconds >= 0)
      fail_msg("'%s' was read as %g seconds", values[i], seconds);
    if (strcmp(values[i], "2026") != 0) assert_true(seconds_of("retry-after-ms", values[i]) < 0);
  }
  assert_true(seconds_of("x-other", "5") < 0);
  assert_true(seconds_of("retry-after-m", "5") < 0);
}

static void prefers_what_is_finer(void **state) {
  (void)state;
  struct llm_pace pace = {.retry_after_ms = "1500", .retry_after = "2"};
  assert_about(llm_pace_seconds(&pace, NOON), 1.5);
  pace = (struct llm_pace){.retry_after_ms = "what", .retry_after = "2"};
  assert_about(llm_pace_seconds(&pace, NOON), 2);
}

static void waits_for_the_allowance_that_is_used_up(void **state) {
  (void)state;
  struct llm_pace pace = {.requests_left = "0", .requests_reset = "2s", .tokens_left = "17", .tokens_reset = "6m0s"};
  assert_about(llm_pace_seconds(&pace, NOON), 2);
  strcpy(pace.tokens_left, "0");
  assert_about(llm_pace_seconds(&pace, NOON), 360);
  strcpy(pace.requests_left, "5");
  strcpy(pace.tokens_left, "5");
  assert_true(llm_pace_seconds(&pace, NOON) < 0);
}

static void reads_durations(void **state) {
  (void)state;
  assert_about(llm_duration("20ms"), 0.02);
  assert_about(llm_duration("1s"), 1);
  assert_about(llm_duration("1m30.5s"), 90.5);
  assert_about(llm_duration("6h0m0s"), 21600);
  assert_about(llm_duration("1d2h"), 93600);
  assert_about(llm_duration("59"), 59);
  const char *const values[] = {"", "s", "1x", "1s2", "-1s", "1 s", "1m30"};
  for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
    if (llm_duration(values[i]) >= 0) fail_msg("'%s' was read as %g", values[i], llm_duration(values[i]));
}

static void keeps_no_header_that_is_too_long(void **state) {
  (void)state;
  char value[300];
  memset(value, '1', sizeof value);
  struct llm_pace pace = {0};
  llm_pace_note(&pace, "retry-after", 11, value, sizeof value);
  assert_string_equal(pace.retry_after, "");
}

static void knows_what_is_worth_repeating(void **state) {
  (void)state;
  const long again[] = {408, 409, 429, 500, 502, 503, 529}, never[] = {200, 307, 400, 401, 403, 404, 422};
  struct llm_pace pace = {0};
  for (size_t i = 0; i < sizeof again / sizeof again[0]; i++) assert_true(llm_status_repeats(again[i], &pace));
  for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) assert_false(llm_status_repeats(never[i], &pace));
  pace = pace_of("X-Should-Retry", "true");
  assert_true(llm_status_repeats(400, &pace));
  pace = pace_of("x-should-retry", "false");
  assert_false(llm_status_repeats(500, &pace));
}

static void doubles_up_to_a_limit(void **state) {
  (void)state;
  assert_about(llm_backoff(0, 1, 60, 0), 1);
  assert_about(llm_backoff(3, 1, 60, 0), 8);
  assert_about(llm_backoff(9, 1, 60, 0), 60);
  assert_about(llm_backoff(1000000, 1, 60, 0), 60);
  assert_about(llm_backoff(3, 1, 60, 0.5), 6); /* the jitter leaves out up to one half */
  assert_in_range((int)(1000 * llm_backoff(3, 1, 60, 0.999999)), 4000, 4001);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(reads_retry_after),
      cmocka_unit_test(knows_nonsense),
      cmocka_unit_test(prefers_what_is_finer),
      cmocka_unit_test(waits_for_the_allowance_that_is_used_up),
      cmocka_unit_test(reads_durations),
      cmocka_unit_test(keeps_no_header_that_is_too_long),
      cmocka_unit_test(knows_what_is_worth_repeating),
      cmocka_unit_test(doubles_up_to_a_limit),
  };
  return cmocka_run_group_tests_name("llm_wait", tests, NULL, NULL);
}
