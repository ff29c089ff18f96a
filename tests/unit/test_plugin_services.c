/* What an instance of a plugin gets from the host: random stream, log, error message, the wish to stop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plugin/services.h"

static struct joust_services services;

static int set_up(void **state) {
  (void)state;
  joust_services_init(&services, "ea10", 7);
  services.log_level = INT32_MAX; /* nothing on standard error */
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  joust_services_free(&services);
  return 0;
}

static void assert_tail(const char *expected) {
  struct joust_text tail = {0};
  joust_services_log_tail(&services, &tail);
  assert_string_equal(joust_text_string(&tail), expected);
  joust_text_free(&tail);
}

static void log_info(const char *line) {
  services.host.log(&services.host, JOUST_LOG_INFO, line);
}

static void host_is_complete(void **state) {
  (void)state;
  const struct joust_host *host = &services.host;
  assert_int_equal(host->struct_size, sizeof *host);
  assert_int_equal(host->abi_minor, JOUST_ABI_MINOR);
  assert_string_equal(host->name, "joust");
  assert_true(host->version[0] != 0);
  assert_null(host->extension(host, "joust.nothing/1"));
  assert_null(host->extension(host, NULL));
}

/* ---- counters and other extensions ------------------------------------------------------------------------------- */

static void assert_counters(const char *expected) {
  struct joust_text text = {0};
  joust_counters_print(&services.counters, &text);
  assert_string_equal(joust_text_string(&text), expected);
  joust_text_free(&text);
}

static void counters_keep_the_last_value_in_the_first_order(void **state) {
  (void)state;
  const struct joust_host *host = &services.host;
  const struct joust_usage_counters *usage = host->extension(host, JOUST_USAGE);
  assert_non_null(usage);
  assert_int_equal(usage->struct_size, sizeof *usage);
  assert_counters("{}");
  usage->set_integer(host, "calls", 1);
  usage->set_text(host, "model", "first");
  usage->set_real(host, "money", 0.1);
  usage->set_integer(host, "calls", INT64_MAX);
  usage->set_text(host, "model", "say \"hi\"\n\x01");
  usage->set_real(host, "seconds", INFINITY);
  assert_counters("{\"calls\":9223372036854775807,\"model\":\"say \\\"hi\\\" ?\",\"money\":0.1,\"seconds\":null}");
  usage->set_real(host, "model", 2.5); /* a counter may change its kind */
  usage->set_text(host, "money", NULL);
  assert_counters("{\"calls\":9223372036854775807,\"model\":2.5,\"money\":\"\",\"seconds\":null}");
}

static void what_is_no_counter_is_left_out_and_logged_once(void **state) {
  (void)state;
  const struct joust_host *host = &services.host;
  const struct joust_usage_counters *usage = host->extension(host, JOUST_USAGE);
  static const char *const names[] = {
      "", "Calls", "1st", "a b", "_a", NULL, "a234567890123456789012345678901234567890123456789012345678901"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) usage->set_integer(host, names[i], 1);
  assert_counters("{}");
  assert_tail("warning: the counter '' is left out: expected at most 100, with names of a-z, 0-9, _\n");
  for (int i = 0; i < JOUST_MOST_COUNTERS + 5; i++) {
    char name[20];
    snprintf(name, sizeof name, "c%d", i);
    usage->set_integer(host, name, i);
  }
  assert_int_equal(services.counters.n, JOUST_MOST_COUNTERS);
}

static void long_texts_are_cut(void **state) {
  (void)state;
  const struct joust_host *host = &services.host;
  const struct joust_usage_counters *usage = host->extension(host, JOUST_USAGE);
  char *text = malloc(200001);
  memset(text, 'a', 200000);
  text[200000] = 0;
  usage->set_text(host, "ids", text);
  size_t length = strlen(services.counters.items[0].text);
  assert_in_range(length, 49000, 50000);
  assert_string_equal(services.counters.items[0].text + length - 4, "a...");
  free(text);
}

static const void *other(void *context, const char *id) {
  return strcmp(id, "joust.other/1") == 0 ? context : NULL;
}

static void other_extensions_come_from_the_hook(void **state) {
  (void)state;
  const struct joust_host *host = &services.host;
  int table = 0;
  services.extension = other;
  services.context = &table;
  assert_ptr_equal(host->extension(host, "joust.other/1"), &table);
  assert_null(host->extension(host, "joust.nothing/1"));
  assert_non_null(host->extension(host, JOUST_USAGE));
}

static void random_is_the_stream_of_the_seed(void **state) {
  (void)state;
  struct joust_stream stream;
  joust_stream_seed(&stream, 7);
  for (int i = 0; i < 100; i++) assert_true(services.host.random(&services.host) == joust_stream_next(&stream));
}

static void random_works_through_a_copied_host(void **state) {
  (void)state;
  struct joust_host copy = services.host;
  struct joust_stream stream;
  joust_stream_seed(&stream, 7);
  assert_true(copy.random(&copy) == joust_stream_next(&stream));
}

static void cancelled_follows_the_flag(void **state) {
  (void)state;
  volatile sig_atomic_t stop = 0;
  assert_false(services.host.cancelled(&services.host));
  services.stop = &stop;
  assert_false(services.host.cancelled(&services.host));
  stop = 2;
  assert_true(services.host.cancelled(&services.host));
}

static void log_keeps_the_last_lines(void **state) {
  (void)state;
  struct joust_text expected = {0};
  for (int i = 0; i < JOUST_LOG_LINES + 5; i++) {
    char line[32];
    snprintf(line, sizeof line, "line %d", i);
    log_info(line);
    if (i >= 5) joust_text_addf(&expected, "%s\n", line);
  }
  assert_tail(joust_text_string(&expected));
  joust_text_free(&expected);
}

static void log_splits_lines_and_names_levels(void **state) {
  (void)state;
  services.host.log(&services.host, JOUST_LOG_WARNING, "one\r\ntwo\n\nthree\n");
  services.host.log(&services.host, JOUST_LOG_DEBUG, "four");
  services.host.log(&services.host, 99, "five");
  services.host.log(&services.host, -99, "six");
  log_info("");
  log_info(NULL);
  assert_tail("warning: one\nwarning: two\nwarning: three\ndebug: four\nwarning: five\ndebug: six\n");
}

static void log_is_harmless(void **state) {
  (void)state;
  log_info("a\x1b[2Jb\x7f"
           "c\td");                                            /* escape sequence, DEL, tab */
  log_info("\xc3\xa9t\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x8e"); /* UTF-8 of two, three and four bytes stays */
  log_info("x\xc2\x9b"
           "31m");                                      /* C1 control in UTF-8 */
  log_info("\x9b|\xc0\xaf|\xed\xa0\x80|\xf5|\xe2\x82"); /* raw C1, overlong, surrogate, too large, cut off */
  assert_tail("a?[2Jb?c d\n\xc3\xa9t\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x8e\nx??31m\n?|??|???|?|??\n");
}

static void log_cuts_long_lines_at_a_character(void **state) {
  (void)state;
  char line[3001];
  for (size_t i = 0; i < 3000; i += 3) memcpy(line + i, "\xe2\x82\xac", 3);
  line[3000] = 0;
  log_info(line);
  struct joust_text tail = {0};
  joust_services_log_tail(&services, &tail);
  assert_in_range(tail.length, 400, 505);
  assert_string_equal(tail.bytes + tail.length - 7, "\xe2\x82\xac...\n");
  assert_int_equal((tail.length - 4) % 3, 0);
  joust_text_free(&tail);
}

static void *log_much(void *name) {
  for (int i = 0; i < 500; i++) log_info(name);
  return NULL;
}

static void log_takes_lines_from_all_threads(void **state) {
  (void)state;
  pthread_t threads[4];
  for (int i = 0; i < 4; i++) assert_int_equal(pthread_create(&threads[i], NULL, log_much, "one of many lines"), 0);
  for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
  assert_int_equal(services.log->n, 2000);
  for (int i = 0; i < JOUST_LOG_LINES; i++) assert_string_equal(services.log->lines[i], "one of many lines");
}

static void log_level_decides_what_is_shown(void **state) {
  (void)state;
  FILE *file = tmpfile();
  assert_non_null(file);
  fflush(stderr);
  int saved = dup(STDERR_FILENO);
  dup2(fileno(file), STDERR_FILENO);
  services.log_level = JOUST_LOG_INFO;
  services.host.log(&services.host, JOUST_LOG_DEBUG, "hidden");
  services.host.log(&services.host, JOUST_LOG_INFO, "told");
  services.host.log(&services.host, JOUST_LOG_WARNING, "warned");
  fflush(stderr);
  dup2(saved, STDERR_FILENO);
  close(saved);
  char text[100] = "";
  rewind(file);
  size_t length = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  text[length] = 0;
  assert_string_equal(text, "ea10: told\nea10: warning: warned\n");
}

static void failures_carry_the_plugins_message(void **state) {
  (void)state;
  struct joust_error error;
  services.host.set_error(&services.host, "sample 11 is above\npopulation\x07 10\n");
  assert_int_equal(joust_services_fail(&services, "create", JOUST_EOPTION, &error), JOUST_BAD_INPUT);
  assert_int_equal(error.code, JOUST_BAD_INPUT);
  assert_string_equal(error.message, "ea10: create failed: sample 11 is above population? 10");
  assert_string_equal(services.error, "");
}

static void failures_without_message_are_explained(void **state) {
  (void)state;
  static const struct {
    joust_status status;
    int code;
    const char *message;
  } cases[] = {
      {JOUST_ENOMEM, JOUST_RUN_FAILED, "ea10: ask failed: out of memory"},
      {JOUST_EOPTION, JOUST_BAD_INPUT,
       "ea10: ask failed: an option's value, or a combination of them, is not possible"},
      {JOUST_EUNSUPPORTED, JOUST_BAD_INPUT, "ea10: ask failed: the space, a metric or an extension is not supported"},
      {JOUST_EIO, JOUST_RUN_FAILED, "ea10: ask failed: a file, a process or a network failed"},
      {JOUST_ECANCELLED, JOUST_RUN_FAILED, "ea10: ask failed: stopped on request"},
      {JOUST_EINTERNAL, JOUST_RUN_FAILED, "ea10: ask failed: internal error of the plugin"},
      {-77, JOUST_RUN_FAILED, "ea10: ask failed: an unknown status, and no message"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct joust_error error;
    assert_int_equal(joust_services_fail(&services, "ask", cases[i].status, &error), cases[i].code);
    assert_string_equal(error.message, cases[i].message);
  }
}

static void long_error_messages_are_cut(void **state) {
  (void)state;
  char text[5000];
  memset(text, 'x', sizeof text - 1);
  text[sizeof text - 1] = 0;
  services.host.set_error(&services.host, text);
  size_t length = strlen(services.error);
  assert_in_range(length, 990, sizeof services.error - 1);
  assert_string_equal(services.error + length - 4, "x...");
  services.host.set_error(&services.host, NULL);
  assert_string_equal(services.error, "");
}

int main(void) {
  const struct CMUnitTest plugin_services[] = {
      cmocka_unit_test_setup_teardown(host_is_complete, set_up, tear_down),
      cmocka_unit_test_setup_teardown(counters_keep_the_last_value_in_the_first_order, set_up, tear_down),
      cmocka_unit_test_setup_teardown(what_is_no_counter_is_left_out_and_logged_once, set_up, tear_down),
      cmocka_unit_test_setup_teardown(long_texts_are_cut, set_up, tear_down),
      cmocka_unit_test_setup_teardown(other_extensions_come_from_the_hook, set_up, tear_down),
      cmocka_unit_test_setup_teardown(random_is_the_stream_of_the_seed, set_up, tear_down),
      cmocka_unit_test_setup_teardown(random_works_through_a_copied_host, set_up, tear_down),
      cmocka_unit_test_setup_teardown(cancelled_follows_the_flag, set_up, tear_down),
      cmocka_unit_test_setup_teardown(log_keeps_the_last_lines, set_up, tear_down),
      cmocka_unit_test_setup_teardown(log_splits_lines_and_names_levels, set_up, tear_down),
      cmocka_unit_test_setup_teardown(log_is_harmless, set_up, tear_down),
      cmocka_unit_test_setup_teardown(log_cuts_long_lines_at_a_character, set_up, tear_down),
      cmocka_unit_test_setup_teardown(log_takes_lines_from_all_threads, set_up, tear_down),
      cmocka_unit_test_setup_teardown(log_level_decides_what_is_shown, set_up, tear_down),
      cmocka_unit_test_setup_teardown(failures_carry_the_plugins_message, set_up, tear_down),
      cmocka_unit_test_setup_teardown(failures_without_message_are_explained, set_up, tear_down),
      cmocka_unit_test_setup_teardown(long_error_messages_are_cut, set_up, tear_down),
  };
  return cmocka_run_group_tests(plugin_services, NULL, NULL);
}
