/* Options of plugins: what values are accepted, what is stored, what the messages say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugin/options.h"

static const char *const colours[] = {"red", "light green"};

static const struct joust_option rows[] = {
    {.name = "population", .help = "members", .fallback = "100", .type = JOUST_OPT_INT, .lower = 1, .upper = 100000},
    {.name = "seed", .help = "any", .fallback = "-5", .type = JOUST_OPT_INT},
    {.name = "rate", .help = "share", .fallback = "0.5", .type = JOUST_OPT_REAL, .lower = 0, .upper = 1},
    {.name = "scale", .help = "size", .fallback = "1e3", .type = JOUST_OPT_REAL, .lower = 0.25, .upper = INFINITY},
    {.name = "ageing", .help = "whether", .fallback = "yes", .type = JOUST_OPT_BOOL},
    {.name = "note", .help = "any text", .fallback = "", .type = JOUST_OPT_TEXT},
    {.name = "colour",
     .help = "which",
     .fallback = "red",
     .type = JOUST_OPT_CHOICE,
     .n_choices = 2,
     .choices = colours},
    {.name = "key", .help = "variable", .fallback = "", .type = JOUST_OPT_SECRET},
    {.name = "prices", .help = "file", .fallback = "", .type = JOUST_OPT_FILE},
    {.name = "tape", .help = "file", .fallback = "a b.json", .type = JOUST_OPT_FILE},
};
enum { POPULATION, SEED, RATE, SCALE, AGEING, NOTE, COLOUR, KEY, PRICES, TAPE, N_ROWS };

static const struct joust_option_table table = {rows, N_ROWS, sizeof *rows};

/* What the last call of resolve gave. */
static union joust_arg *args;
static struct joust_settings values;
static struct joust_error error;

/* Resolves one setting, or none if name is NULL. */
static int resolve(const char *name, const char *value) {
  struct joust_settings given = {0};
  free(args);
  joust_settings_free(&values);
  if (name) joust_settings_set(&given, name, value);
  int code = joust_options_resolve(&args, &values, &table, &given, NULL, "evolution", &error);
  joust_settings_free(&given);
  return code;
}

static int tear_down(void **state) {
  (void)state;
  free(args);
  args = NULL;
  joust_settings_free(&values);
  return 0;
}

static void fallbacks_are_filled_in(void **state) {
  (void)state;
  assert_int_equal(resolve(NULL, NULL), 0);
  assert_int_equal(values.n, N_ROWS);
  static const char *const expected[] = {"100", "-5", "0.5", "1000", "true", "", "red", "", "", "a b.json"};
  for (int k = 0; k < N_ROWS; k++) {
    assert_string_equal(values.items[k].name, rows[k].name);
    assert_string_equal(values.items[k].value, expected[k]);
  }
  assert_int_equal(args[POPULATION].i, 100);
  assert_int_equal(args[SEED].i, -5);
  assert_true(args[RATE].r == 0.5);
  assert_true(args[SCALE].r == 1000);
  assert_int_equal(args[AGEING].i, 1);
  assert_string_equal(args[NOTE].s, "");
  assert_int_equal(args[COLOUR].i, 0);
  assert_string_equal(args[KEY].s, "");
  assert_string_equal(args[TAPE].s, "a b.json");
}

static void values_are_made_canonical(void **state) {
  (void)state;
  static const struct {
    int row;
    const char *given, *canonical;
  } cases[] = {
      {POPULATION, "1", "1"},
      {POPULATION, "100000", "100000"},
      {POPULATION, "007", "7"},
      {SEED, "-0", "0"},
      {SEED, "9223372036854775807", "9223372036854775807"},
      {SEED, "-9223372036854775808", "-9223372036854775808"},
      {RATE, "0.250", "0.25"},
      {RATE, "1", "1"},
      {RATE, "-0", "0"},
      {RATE, "25e-2", "0.25"},
      {SCALE, "1e300", "1e+300"},
      {AGEING, "no", "false"},
      {AGEING, "0", "false"},
      {AGEING, "false", "false"},
      {AGEING, "1", "true"},
      {AGEING, "true", "true"},
      {NOTE, " any = text, 100 % ", " any = text, 100 % "},
      {COLOUR, "light green", "light green"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_int_equal(resolve(rows[cases[i].row].name, cases[i].given), 0);
    assert_string_equal(values.items[cases[i].row].value, cases[i].canonical);
  }
  assert_int_equal(args[COLOUR].i, 1);
  assert_int_equal(resolve("note", "kept"), 0);
  assert_ptr_equal(args[NOTE].s, values.items[NOTE].value);
  assert_int_equal(resolve("seed", "-9223372036854775808"), 0);
  assert_true(args[SEED].i == INT64_MIN);
}

static void wrong_values_are_refused(void **state) {
  (void)state;
  static const char population[] = "a whole number from 1 to 100000", whole[] = "a whole number",
                    rate[] = "a number from 0 to 1", scale[] = "a number of at least 0.25", truth[] = "true or false",
                    colour[] = "one of red, light green";
  static const struct {
    const char *name, *given, *expected;
  } cases[] = {
      {"population", "abc", population},
      {"population", "", population},
      {"population", "0", population},
      {"population", "100001", population},
      {"population", "1e3", population},
      {"population", "5.0", population},
      {"population", "+5", population},
      {"population", " 5", population},
      {"population", "5 ", population},
      {"population", "0x10", population},
      {"population", "-", population},
      {"population", "--5", population},
      {"seed", "9223372036854775808", whole},
      {"rate", "1.01", rate},
      {"rate", "-0.01", rate},
      {"rate", "nan", rate},
      {"rate", "inf", rate},
      {"rate", "0.5x", rate},
      {"rate", "", rate},
      {"scale", "0.1", scale},
      {"scale", "inf", scale},
      {"ageing", "maybe", truth},
      {"ageing", "True", truth},
      {"ageing", "2", truth},
      {"colour", "Red", colour},
      {"colour", "", colour},
      {"colour", "1", colour},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char message[200];
    snprintf(message, sizeof message, "evolution: option '%s' is '%s': expected %s", cases[i].name, cases[i].given,
             cases[i].expected);
    assert_int_equal(resolve(cases[i].name, cases[i].given), JOUST_BAD_INPUT);
    assert_string_equal(error.message, message);
    assert_null(args);
    assert_int_equal(values.n, 0);
  }
}

static void unknown_options_are_refused(void **state) {
  (void)state;
  assert_int_equal(resolve("poplation", "1"), JOUST_BAD_INPUT);
  assert_string_equal(error.message, "evolution has no option 'poplation': did you mean 'population'?");
  assert_int_equal(resolve("xyz", "1"), JOUST_BAD_INPUT);
  assert_string_equal(error.message, "evolution has no option 'xyz': its options are population, seed, rate, scale, "
                                     "ageing, note, colour, key, "
                                     "prices, tape");
  struct joust_settings given = {0};
  joust_settings_set(&given, "n", "1");
  assert_int_equal(
      joust_options_resolve(&args, &values, &(struct joust_option_table){0}, &given, NULL, "random", &error),
      JOUST_BAD_INPUT);
  assert_string_equal(error.message, "random has no option 'n': it takes none");
  joust_settings_free(&given);
  assert_null(args);
  assert_int_equal(
      joust_options_resolve(&args, &values, &(struct joust_option_table){0}, &given, NULL, "random", &error), 0);
  assert_int_equal(values.n, 0);
}

static void option_without_fallback_must_be_given(void **state) {
  (void)state;
  static const struct joust_option row[] = {
      {.name = "n", .help = "number of loci", .type = JOUST_OPT_INT, .lower = 1, .upper = 64}};
  const struct joust_option_table needed = {row, 1, sizeof *row};
  struct joust_settings given = {0};
  assert_int_equal(joust_options_resolve(&args, &values, &needed, &given, NULL, "nk", &error), JOUST_BAD_INPUT);
  assert_string_equal(error.message,
                      "nk: option 'n' must be given: expected a whole number from 1 to 64 (number of loci)");
  joust_settings_set(&given, "n", "20");
  assert_int_equal(joust_options_resolve(&args, &values, &needed, &given, NULL, "nk", &error), 0);
  assert_int_equal(args[0].i, 20);
  joust_settings_free(&given);
}

static void secrets_come_from_the_environment(void **state) {
  (void)state;
  setenv("JOUST_TEST_KEY", "s3cret", 1);
  assert_int_equal(resolve("key", "JOUST_TEST_KEY"), 0);
  assert_string_equal(args[KEY].s, "s3cret");
  assert_string_equal(values.items[KEY].value, "JOUST_TEST_KEY");
  unsetenv("JOUST_TEST_KEY");
  assert_int_equal(resolve("key", "JOUST_TEST_KEY"), 0); /* its default is none: the plugin can do without */
  assert_null(args[KEY].s);
  assert_string_equal(values.items[KEY].value, "JOUST_TEST_KEY");
}

static void a_secret_that_must_be_there_is_missed(void **state) {
  (void)state;
  static const struct joust_option row[] = {{.name = "key", .help = "variable", .type = JOUST_OPT_SECRET}};
  const struct joust_option_table needed = {row, 1, sizeof *row};
  struct joust_settings given = {0};
  joust_settings_set(&given, "key", "JOUST_TEST_KEY");
  setenv("JOUST_TEST_KEY", "", 1);
  assert_int_equal(joust_options_resolve(&args, &values, &needed, &given, NULL, "nk", &error), JOUST_MISSING);
  assert_string_equal(error.message, "nk: option 'key': the environment variable JOUST_TEST_KEY is empty");
  unsetenv("JOUST_TEST_KEY");
  assert_int_equal(joust_options_resolve(&args, &values, &needed, &given, NULL, "nk", &error), JOUST_MISSING);
  assert_string_equal(error.message, "nk: option 'key': the environment variable JOUST_TEST_KEY is not set");
  assert_int_equal(values.n, 0);
  joust_settings_free(&given);
}

static void secret_given_by_mistake_is_not_shown(void **state) {
  (void)state;
  static const char *const keys[] = {"sk-abc123", "hf_abcdef", "1KEY"};
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(resolve("key", keys[i]), JOUST_BAD_INPUT);
    assert_string_equal(error.message, "evolution: option 'key': expected the name of an environment variable, in "
                                       "capitals, never the secret itself");
  }
}

static void relative_paths_start_at_the_folder(void **state) {
  (void)state;
  struct joust_settings given = {0};
  joust_settings_set(&given, "prices", "../prices.json");
  assert_int_equal(joust_options_resolve(&args, &values, &table, &given, "/some/sweeps", "llm", &error), 0);
  assert_string_equal(args[PRICES].s, "/some/sweeps/../prices.json");
  assert_string_equal(args[TAPE].s, "/some/sweeps/a b.json");        /* a fallback is as good as what a user writes */
  assert_string_equal(values.items[PRICES].value, "../prices.json"); /* a run is the same on every machine */
  free(args);
  joust_settings_free(&values);
  joust_settings_set(&given, "prices", "");
  joust_settings_set(&given, "tape", "/tmp/tape");
  assert_int_equal(joust_options_resolve(&args, &values, &table, &given, "/some/sweeps", "llm", &error), 0);
  assert_string_equal(args[PRICES].s, ""); /* no file */
  assert_string_equal(args[TAPE].s, "/tmp/tape");
  joust_settings_free(&given);
  assert_int_equal(resolve("tape", "t.jsonl"), 0); /* no folder: from here */
  assert_string_equal(args[TAPE].s, "t.jsonl");
}

static void longer_rows_of_a_later_version_are_stepped_over(void **state) {
  (void)state;
  static const struct {
    struct joust_option option;
    const char *unit;
    double more[3];
  } longer[] = {{{.name = "a", .help = "h", .fallback = "1", .type = JOUST_OPT_INT}, "s", {1, 2, 3}},
                {{.name = "b", .help = "h", .fallback = "2", .type = JOUST_OPT_INT}, "m", {4, 5, 6}}};
  const struct joust_option_table newer = {&longer[0].option, 2, sizeof *longer};
  struct joust_settings given = {0};
  joust_settings_set(&given, "b", "9");
  assert_int_equal(joust_options_resolve(&args, &values, &newer, &given, NULL, "newer", &error), 0);
  assert_int_equal(args[0].i, 1);
  assert_int_equal(args[1].i, 9);
  joust_settings_free(&given);
}

static void help_is_printed_from_the_table(void **state) {
  (void)state;
  static const struct joust_option some[] = {
      {.name = "k", .help = "tournament size", .type = JOUST_OPT_INT, .lower = 1, .upper = 64},
      {.name = "rate", .help = "share", .fallback = "0.5", .type = JOUST_OPT_REAL, .lower = -INFINITY, .upper = 1},
      {.name = "note", .help = "any text", .fallback = "", .type = JOUST_OPT_TEXT},
      {.name = "colour",
       .help = "which",
       .fallback = "red",
       .type = JOUST_OPT_CHOICE,
       .n_choices = 2,
       .choices = colours},
  };
  struct joust_text out = {0};
  joust_options_print(&(struct joust_option_table){some, 4, sizeof *some}, &out);
  assert_string_equal(joust_text_string(&out), "  k       a whole number from 1 to 64; must be given\n"
                                               "          tournament size\n"
                                               "  rate    a number of at most 1; default 0.5\n"
                                               "          share\n"
                                               "  note    a text; default empty\n"
                                               "          any text\n"
                                               "  colour  one of red, light green; default red\n"
                                               "          which\n");
  joust_text_free(&out);
}

int main(void) {
  const struct CMUnitTest plugin_options[] = {
      cmocka_unit_test_teardown(fallbacks_are_filled_in, tear_down),
      cmocka_unit_test_teardown(values_are_made_canonical, tear_down),
      cmocka_unit_test_teardown(wrong_values_are_refused, tear_down),
      cmocka_unit_test_teardown(unknown_options_are_refused, tear_down),
      cmocka_unit_test_teardown(option_without_fallback_must_be_given, tear_down),
      cmocka_unit_test_teardown(secrets_come_from_the_environment, tear_down),
      cmocka_unit_test_teardown(a_secret_that_must_be_there_is_missed, tear_down),
      cmocka_unit_test_teardown(secret_given_by_mistake_is_not_shown, tear_down),
      cmocka_unit_test_teardown(relative_paths_start_at_the_folder, tear_down),
      cmocka_unit_test_teardown(longer_rows_of_a_later_version_are_stepped_over, tear_down),
      cmocka_unit_test_teardown(help_is_printed_from_the_table, tear_down),
  };
  return cmocka_run_group_tests(plugin_options, NULL, NULL);
}
