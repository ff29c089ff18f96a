/* The tables of a plugin: each way to break the contract is refused and named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugin/contract.h"

/* ---- a plugin without a fault, made anew for each test ---------------------------------------------------------- */

static joust_status create(const struct joust_host *host, const struct joust_space *space, const union joust_arg *args,
                           void **self) {
  (void)host;
  (void)space;
  (void)args;
  *self = NULL;
  return JOUST_OK;
}

static joust_status ask(void *self, struct joust_ask *batch) {
  (void)self;
  (void)batch;
  return JOUST_DONE;
}

static joust_status tell(void *self, const struct joust_tell *batch) {
  (void)self;
  (void)batch;
  return JOUST_OK;
}

static void destroy(void *self) {
  (void)self;
}

static joust_status open_evaluator(const struct joust_host *host, const struct joust_evaluator_setup *setup,
                                   void **self) {
  (void)host;
  (void)setup;
  *self = NULL;
  return JOUST_OK;
}

static joust_status evaluate(void *self, struct joust_evaluation *batch) {
  (void)self;
  (void)batch;
  return JOUST_OK;
}

static const char *choices[2];
static struct joust_option options[2];
static struct joust_optimiser optimiser, other;
static struct joust_evaluator evaluator, second;
static const struct joust_optimiser *optimisers[2];
static const struct joust_evaluator *evaluators[2];
static struct joust_plugin plugin;

static int set_up(void **state) {
  (void)state;
  choices[0] = "red";
  choices[1] = "green";
  options[0] = (struct joust_option){
      .name = "population", .help = "members", .fallback = "100", .type = JOUST_OPT_INT, .lower = 1, .upper = 1000};
  options[1] = (struct joust_option){.name = "colour",
                                     .help = "which",
                                     .fallback = "green",
                                     .type = JOUST_OPT_CHOICE,
                                     .n_choices = 2,
                                     .choices = choices};
  optimiser = (struct joust_optimiser){.struct_size = sizeof optimiser,
                                       .parameter_kinds = JOUST_ANY_KIND,
                                       .n_options = 2,
                                       .option_stride = sizeof *options,
                                       .id = "evolution-2",
                                       .version = "1.0",
                                       .summary = "regularised evolution",
                                       .licence = "MIT",
                                       .options = options,
                                       .create = create,
                                       .ask = ask,
                                       .tell = tell,
                                       .destroy = destroy};
  other = optimiser;
  other.id = "other";
  evaluator = (struct joust_evaluator){.struct_size = sizeof evaluator,
                                       .n_options = 2,
                                       .option_stride = sizeof *options,
                                       .id = "nk",
                                       .version = "1.0",
                                       .summary = "NK landscapes",
                                       .licence = "MIT",
                                       .options = options,
                                       .create = open_evaluator,
                                       .evaluate = evaluate,
                                       .destroy = destroy};
  second = evaluator;
  second.id = "evolution-2"; /* an optimiser and an evaluator may share an id */
  optimisers[0] = &optimiser;
  optimisers[1] = &other;
  evaluators[0] = &evaluator;
  evaluators[1] = &second;
  plugin = (struct joust_plugin){.struct_size = sizeof plugin,
                                 .abi_minor = JOUST_ABI_MINOR,
                                 .n_optimisers = 2,
                                 .n_evaluators = 2,
                                 .optimisers = optimisers,
                                 .evaluators = evaluators};
  return 0;
}

static void assert_good(void) {
  struct joust_error error = {0};
  if (joust_contract_check(&plugin, &error) < 0) fail_msg("refused: %s", error.message);
}

static void assert_refused(const char *message) {
  struct joust_error error = {0};
  assert_int_equal(joust_contract_check(&plugin, &error), JOUST_BAD_INPUT);
  assert_string_equal(error.message, message);
}

/* Runs a change of the good plugin, checks the message, and undoes the change. */
#define REFUSED(change, message)                                                                                       \
  do {                                                                                                                 \
    set_up(NULL);                                                                                                      \
    change;                                                                                                            \
    assert_refused(message);                                                                                           \
  } while (0)

/* ---- tests ------------------------------------------------------------------------------------------------------ */

static void good_tables_are_accepted(void **state) {
  (void)state;
  assert_good();
  plugin.n_evaluators = 0;
  plugin.evaluators = NULL;
  assert_good();
  optimiser.n_options = 0;
  optimiser.option_stride = 0;
  optimiser.options = NULL;
  assert_good();
}

static void tables_of_a_later_minor_version_are_accepted(void **state) {
  (void)state;
  plugin.abi_minor = JOUST_ABI_MINOR + 1;
  plugin.struct_size += 64;
  optimiser.struct_size += 64;
  evaluator.struct_size += 64;
  optimiser.flags = evaluator.flags = 1u << 31;
  optimiser.parameter_kinds = JOUST_INTEGER | 1u << 12;
  assert_good();
  optimiser.parameter_kinds = 1u << 12;
  assert_refused("optimiser 'evolution-2': parameter_kinds is 4096, expected a union of JOUST_REAL ... JOUST_ORDINAL");
}

static void plugin_table(void **state) {
  (void)state;
  char size[100];
  snprintf(size, sizeof size, "struct joust_plugin: struct_size is %zu, expected at least %zu", sizeof plugin - 1,
           sizeof plugin);
  REFUSED(plugin.struct_size--, size);
  REFUSED(plugin.n_optimisers = plugin.n_evaluators = 0, "it offers no optimiser and no evaluator");
  REFUSED(plugin.optimisers = NULL, "n_optimisers is 2, but optimisers is NULL");
  REFUSED(plugin.evaluators = NULL, "n_evaluators is 2, but evaluators is NULL");
  REFUSED(plugin.n_optimisers = 1001, "n_optimisers is 1001, expected at most 1000");
  REFUSED(plugin.n_evaluators = UINT32_MAX, "n_evaluators is 4294967295, expected at most 1000");
  REFUSED(optimisers[1] = NULL, "optimiser number 2 is NULL");
  REFUSED(evaluators[0] = NULL, "evaluator number 1 is NULL");
  REFUSED(other.id = "evolution-2", "it has optimiser 'evolution-2' twice");
  REFUSED(second.id = "nk", "it has evaluator 'nk' twice");
}

static void sizes_of_tables(void **state) {
  (void)state;
  char size[100];
  snprintf(size, sizeof size, "optimiser number 1: struct_size is 0, expected at least %zu", sizeof optimiser);
  REFUSED(optimiser.struct_size = 0, size);
  snprintf(size, sizeof size, "evaluator number 2: struct_size is %zu, expected at least %zu", sizeof second - 1,
           sizeof second);
  REFUSED(second.struct_size--, size);
}

static void ids(void **state) {
  (void)state;
  static const char optimiser_id[] = "optimiser number 1: its id is not 1 to 64 characters of [a-z0-9-]",
                    evaluator_id[] = "evaluator number 1: its id is not 1 to 64 characters of [a-z0-9-]";
  static const char *const bad[] = {NULL,   "",    "Evolution", "a b",      "a/b", "../x",
                                    "a.so", "a_b", "a\n",       "\xc3\xa9", "a:b"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    REFUSED(optimiser.id = bad[i], optimiser_id);
    REFUSED(evaluator.id = bad[i], evaluator_id);
  }
  char id[66];
  memset(id, 'a', 65);
  id[65] = 0;
  REFUSED(optimiser.id = id, optimiser_id);
  id[64] = 0;
  assert_int_equal(set_up(NULL), 0);
  optimiser.id = id;
  assert_good();
}

static void texts(void **state) {
  (void)state;
  REFUSED(optimiser.version = NULL, "optimiser 'evolution-2': its version is no line of text");
  REFUSED(optimiser.summary = "", "optimiser 'evolution-2': its summary is no line of text");
  REFUSED(optimiser.licence = "MIT\n", "optimiser 'evolution-2': its licence is no line of text");
  REFUSED(evaluator.version = "", "evaluator 'nk': its version is no line of text");
  REFUSED(evaluator.summary = "a\x1b[2J", "evaluator 'nk': its summary is no line of text");
  REFUSED(evaluator.licence = NULL, "evaluator 'nk': its licence is no line of text");
}

static void functions(void **state) {
  (void)state;
  REFUSED(optimiser.create = NULL, "optimiser 'evolution-2' has no function 'create'");
  REFUSED(optimiser.ask = NULL, "optimiser 'evolution-2' has no function 'ask'");
  REFUSED(optimiser.tell = NULL, "optimiser 'evolution-2' has no function 'tell'");
  REFUSED(optimiser.destroy = NULL, "optimiser 'evolution-2' has no function 'destroy'");
  REFUSED(evaluator.create = NULL, "evaluator 'nk' has no function 'create'");
  REFUSED(evaluator.evaluate = NULL, "evaluator 'nk' has no function 'evaluate'");
  REFUSED(evaluator.destroy = NULL, "evaluator 'nk' has no function 'destroy'");
}

static void kinds(void **state) {
  (void)state;
  REFUSED(optimiser.parameter_kinds = 0,
          "optimiser 'evolution-2': parameter_kinds is 0, expected a union of JOUST_REAL ... JOUST_ORDINAL");
  REFUSED(optimiser.parameter_kinds = 16 | JOUST_REAL,
          "optimiser 'evolution-2': parameter_kinds is 17, expected a union of JOUST_REAL ... JOUST_ORDINAL");
}

static void option_tables(void **state) {
  (void)state;
  char stride[120];
  snprintf(stride, sizeof stride,
           "optimiser 'evolution-2': option_stride is 0, expected sizeof(struct joust_option), %zu", sizeof *options);
  REFUSED(optimiser.option_stride = 0, stride);
  snprintf(stride, sizeof stride, "evaluator 'nk': option_stride is %zu, expected sizeof(struct joust_option), %zu",
           sizeof *options + 1, sizeof *options);
  REFUSED(evaluator.option_stride++, stride);
  REFUSED(optimiser.options = NULL, "optimiser 'evolution-2': n_options is 2, but options is NULL");
  REFUSED(evaluator.n_options = 5000, "evaluator 'nk': n_options is 5000, expected at most 1000");
}

static void option_rows(void **state) {
  (void)state;
#define WHO "optimiser 'evolution-2': "
  REFUSED(options[0].name = NULL, WHO "the name of option 1 is not made of letters, digits, '_' and '-'");
  REFUSED(options[1].name = "a,b", WHO "the name of option 2 is not made of letters, digits, '_' and '-'");
  REFUSED(options[1].name = "a=b", WHO "the name of option 2 is not made of letters, digits, '_' and '-'");
  REFUSED(options[1].name = "population", WHO "there are two options 'population'");
  REFUSED(options[0].type = 0, WHO "option 'population' is of the unknown type 0");
  REFUSED(options[0].type = 8, WHO "option 'population' is of the unknown type 8");
  REFUSED(options[0].help = NULL, WHO "option 'population' has no line of help");
  REFUSED(options[0].help = "two\nlines", WHO "option 'population' has no line of help");
  REFUSED(options[0].lower = 2000, WHO "the bounds of option 'population' are 2000 to 1000");
  REFUSED(options[0].upper = NAN, WHO "the bounds of option 'population' are 1 to nan");
  REFUSED(options[0].fallback = "0", WHO "the default of option 'population' is not a whole number from 1 to 1000");
  REFUSED(options[0].fallback = "many", WHO "the default of option 'population' is not a whole number from 1 to 1000");
  REFUSED(options[1].fallback = "blue", WHO "the default of option 'colour' is not one of red, green");
  REFUSED(options[1].choices = NULL, WHO "option 'colour' has no table of 1 to 1000 choices");
  REFUSED(options[1].n_choices = 0, WHO "option 'colour' has no table of 1 to 1000 choices");
  REFUSED(choices[1] = NULL, WHO "choice 2 of option 'colour' is no line of text");
  REFUSED(choices[0] = "", WHO "choice 1 of option 'colour' is no line of text");
  REFUSED(choices[0] = "green", WHO "option 'colour' has the choice 'green' twice");
#undef WHO
}

static void options_of_evaluators_are_checked(void **state) {
  (void)state;
  plugin.n_optimisers = 0;
  options[0].fallback = "x";
  assert_refused("evaluator 'nk': the default of option 'population' is not a whole number from 1 to 1000");
}

int main(void) {
  const struct CMUnitTest plugin_contract[] = {
      cmocka_unit_test_setup(good_tables_are_accepted, set_up),
      cmocka_unit_test_setup(tables_of_a_later_minor_version_are_accepted, set_up),
      cmocka_unit_test_setup(plugin_table, set_up),
      cmocka_unit_test_setup(sizes_of_tables, set_up),
      cmocka_unit_test_setup(ids, set_up),
      cmocka_unit_test_setup(texts, set_up),
      cmocka_unit_test_setup(functions, set_up),
      cmocka_unit_test_setup(kinds, set_up),
      cmocka_unit_test_setup(option_tables, set_up),
      cmocka_unit_test_setup(option_rows, set_up),
      cmocka_unit_test_setup(options_of_evaluators_are_checked, set_up),
  };
  return cmocka_run_group_tests(plugin_contract, NULL, NULL);
}
