/* Sweep files: what is read, what a mistake is answered with, and that printing and reading are inverse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "sweep/sweep.h"

static char path[] = "/tmp/joust-sweep-XXXXXX";
static struct joust_sweep sweep;
static struct joust_error error;

static int set_up(void **state) {
  (void)state;
  int fd = mkstemp(path);
  return fd < 0 ? -1 : close(fd);
}

static int tear_down(void **state) {
  (void)state;
  return unlink(path);
}

static int start(void **state) {
  (void)state;
  joust_sweep_init(&sweep);
  return 0;
}

static int finish(void **state) {
  (void)state;
  joust_sweep_free(&sweep);
  return 0;
}

/* Reads over what the sweep holds. */
static int read_over(const char *text) {
  assert_int_equal(joust_file_write(path, text, strlen(text), &error), 0);
  return joust_sweep_read(&sweep, path, &error);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static void a_full_file_is_read(void **state) {
  (void)state;
  assert_int_equal(
      read_over("{\"name\": \"nas\", \"description\": \"D\", \"seed\": 9007199254740992, \"replicates\": 30,\n"
                "\"budget\": {\"trials\": 200, \"cost\": 12000.5, \"seconds\": 60},\n"
                "\"problems\": [\"nk/a\", {\"problem\": \"nk/a\", \"label\": \"nk7\", \"options\": {\"seed\": 7}}],\n"
                "\"optimisers\": [\"random\", \"ea10=evolution:population=10,sample=3\"],\n"
                "\"published\": [{\"label\": \"REA\", \"problem\": \"nk/a\", \"metric\": \"f\", \"mean\": 93.92, "
                "\"sd\": 0.3,\n"
                " \"source\": \"a paper\"}]}"),
      0);
  assert_string_equal(sweep.name, "nas");
  assert_string_equal(sweep.description, "D");
  assert_true(sweep.seed == INT64_C(1) << 53);
  assert_int_equal(sweep.replicates, 30);
  assert_int_equal(sweep.budget.trials, 200);
  assert_true(sweep.budget.cost == 12000.5 && sweep.budget.seconds == 60);
  assert_int_equal(sweep.problems.n, 2);
  assert_string_equal(sweep.problems.items[1].label, "nk7");
  assert_string_equal(joust_settings_get(&sweep.problems.items[1].options, "seed"), "7");
  assert_int_equal(sweep.optimisers.n, 2);
  assert_string_equal(sweep.optimisers.items[1].label, "ea10");
  assert_int_equal(cJSON_GetArraySize(sweep.published), 1);
  assert_int_equal(joust_sweep_check(&sweep, &error), 0);
  assert_int_equal(sweep.budget.trials, 200);
}

static void defaults_fill_the_gaps(void **state) {
  (void)state;
  assert_int_equal(read_over("{\"problems\": [\"a\"], \"optimisers\": [\"b\"]}"), 0);
  assert_string_equal(sweep.name, "");
  assert_int_equal(sweep.seed, JOUST_DEFAULT_SEED);
  assert_int_equal(sweep.replicates, JOUST_DEFAULT_REPLICATES);
  assert_true(sweep.budget.trials == UINT64_MAX && isinf(sweep.budget.cost) && isinf(sweep.budget.seconds));
  assert_int_equal(joust_sweep_check(&sweep, &error), 0);
  assert_int_equal(sweep.budget.trials, JOUST_DEFAULT_TRIALS);
}

static void any_limit_replaces_the_default_one(void **state) {
  (void)state;
  assert_int_equal(read_over("{\"problems\": [\"a\"], \"optimisers\": [\"b\"], \"budget\": {\"cost\": 5}}"), 0);
  assert_int_equal(joust_sweep_check(&sweep, &error), 0);
  assert_true(sweep.budget.trials == UINT64_MAX && sweep.budget.cost == 5);
}

static void a_file_is_read_over_what_is_there(void **state) {
  (void)state;
  assert_int_equal(read_over("{\"name\": \"one\", \"seed\": 5, \"problems\": [\"a\"], \"budget\": {\"trials\": 7},"
                             "\"published\": []}"),
                   0);
  assert_int_equal(read_over("{\"replicates\": 3, \"problems\": [\"b\"], \"optimisers\": [\"c\"], \"published\": []}"),
                   0);
  assert_string_equal(sweep.name, "one");
  assert_int_equal(sweep.seed, 5);
  assert_int_equal(sweep.replicates, 3);
  assert_int_equal(sweep.budget.trials, 7);
  assert_int_equal(sweep.problems.n, 2);
  assert_string_equal(sweep.problems.items[1].id, "b");
}

static void mistakes_are_explained(void **state) {
  (void)state;
  static const struct {
    const char *text, *message;
  } cases[] = {
      {"3", "1:1: expected an object that describes a sweep, found a number"},
      {"{\"optimizers\": []}", "1:16: a sweep has no 'optimizers': did you mean 'optimisers'?"},
      {"{\"parallel\": 2}",
       "1:14: a sweep has no 'parallel': expected name, description, seed, replicates, budget, limits, "
       "problems, optimisers, published"},
      {"{\"name\": 3}", "1:10: 'name' is a number: expected a text"},
      {"{\"seed\": -1}", "1:10: 'seed' is -1: expected a whole number from 0 to 9007199254740992"},
      {"{\"seed\": 1.5}", "1:10: 'seed' is 1.5: expected a whole number from 0 to 9007199254740992"},
      {"{\"replicates\": 0}", "1:16: 'replicates' is 0: expected a whole number from 1 to 1000000"},
      {"{\"budget\": 200}", "1:12: 'budget' is a number: expected an object"},
      {"{\"budget\": {\"evaluations\": 200}}", "1:28: a budget has no 'evaluations': expected trials, cost, seconds"},
      {"{\"budget\": {\"trials\": 0}}", "1:23: 'trials' is 0: expected a whole number from 1 to 10000000"},
      {"{\"budget\": {\"cost\": 0}}", "1:21: 'cost' is 0: expected a number above 0"},
      {"{\"limits\": {\"second\": 5}}", "1:23: 'limits' has no 'second': did you mean 'seconds'?"},
      {"{\"limits\": {\"seconds\": \"5\"}}", "1:24: 'seconds': expected a number of seconds above 0"},
      {"{\"limits\": {\"memory\": \"2T\"}}", "1:23: 'memory': expected a number of bytes above 0, K, M or G behind it"},
      {"{\"limits\": {\"memory\": 0}}", "1:23: 'memory': expected a number of bytes above 0, K, M or G behind it"},
      {"{\"budget\": {\"seconds\": -2.5}}", "1:24: 'seconds' is -2.5: expected a number above 0"},
      {"{\"problems\": \"a\"}", "1:14: 'problems' is a text: expected a list"},
      {"{\"problems\": [\"a\",\n 3]}", "2:2: expected an object that describes problem, found a number"},
      {"{\"problems\": [\"a,b\"]}", "1:15: expected one problem, found 2 in one text"},
      {"{\"optimisers\": [{\"problem\": \"a\"}]}",
       "1:29: optimiser has no 'problem': expected optimiser, label, options, start, folder"},
      {"{\"optimisers\": [\"evolution:population\"]}",
       "1:17: 'population' after 'evolution:' is no option: expected name=value"},
      {"{\"published\": [{\"label\": \"REA\"}]}", "1:16: 'problem' is missing: expected a text"},
      {"{\"published\": [{\"label\": \"REA\", \"problem\": \"p\", \"metric\": \"m\", \"mean\": \"93\"}]}",
       "1:72: 'mean' is a text: expected a number"},
      {"{\"published\": [{\"label\": \"REA\", \"problem\": \"p\", \"metric\": \"m\", \"mean\": 93}]}",
       "1:16: 'source' is missing: expected a text"},
      {"{\"seed\": 1,\n}", "2:1: unexpected '}': is there a comma too many before it?"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    joust_sweep_free(&sweep);
    joust_sweep_init(&sweep);
    assert_int_equal(read_over(cases[i].text), JOUST_BAD_INPUT);
    char *expected = joust_format("%s:%s", path, cases[i].message);
    assert_string_equal(error.message, expected);
    free(expected);
  }
}

static void absent_files_are_missing(void **state) {
  (void)state;
  assert_int_equal(joust_sweep_read(&sweep, "/nowhere/sweep.json", &error), JOUST_MISSING);
  assert_string_equal(error.message, "cannot read '/nowhere/sweep.json': No such file or directory");
}

/* ---- checking ---------------------------------------------------------------------------------------------------- */

static void what_cannot_run_is_refused(void **state) {
  (void)state;
  static const struct {
    const char *text, *message;
  } cases[] = {
      {"{\"optimisers\": [\"a\"]}", "there is no problem to run: name one with -p, or in a sweep file"},
      {"{\"problems\": [\"a\"]}", "there is no optimiser to run: name one with -o, or in a sweep file"},
      {"{\"problems\": [\"a\", \"b\", \"a:k=2\"], \"optimisers\": [\"a\"]}",
       "two problems have the label 'a': give one of them another (LABEL=a:...)"},
      {"{\"problems\": [\"a\"], \"optimisers\": [\"a\", \"a=b\"]}",
       "two optimisers have the label 'a': give one of them another (LABEL=b:...)"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    joust_sweep_free(&sweep);
    joust_sweep_init(&sweep);
    assert_int_equal(read_over(cases[i].text), 0);
    assert_int_equal(joust_sweep_check(&sweep, &error), JOUST_BAD_INPUT);
    assert_string_equal(error.message, cases[i].message);
  }
}

/* ---- printing ---------------------------------------------------------------------------------------------------- */

static void assert_specs_equal(const struct joust_specs *a, const struct joust_specs *b) {
  assert_int_equal(a->n, b->n);
  for (size_t i = 0; i < a->n; i++) {
    assert_string_equal(a->items[i].id, b->items[i].id);
    assert_string_equal(a->items[i].label, b->items[i].label);
    assert_int_equal(a->items[i].options.n, b->items[i].options.n);
    for (size_t k = 0; k < a->items[i].options.n; k++) {
      assert_string_equal(a->items[i].options.items[k].name, b->items[i].options.items[k].name);
      assert_string_equal(a->items[i].options.items[k].value, b->items[i].options.items[k].value);
    }
  }
}

/* To the last bit: `joust run --dry-run --json > f.json` and `joust run f.json` must have the same keys. */
static void printing_and_reading_are_inverse(void **state) {
  (void)state;
  static const char *const texts[] = {
      "{\"problems\": [\"a\"], \"optimisers\": [\"b\"]}",
      "{\"name\": \"n\", \"seed\": 9007199254740991, \"replicates\": 1000000, \"budget\": {\"cost\": "
      "0.30000000000000004, \"seconds\": 1e-7, \"trials\": 10000000}}",
      "{\"limits\": {\"seconds\": 0.1, \"cpu_seconds\": 1e9, \"memory\": \"1.5G\", \"grace\": 0.25}}",
      "{\"limits\": {\"memory\": 1000000001}}",
      "{\"description\": \"\\u00e9 \\\"q\\\" \\\\\", \"problems\": [\"x=nk/a:k=2,seed=9007199254740993\"], "
      "\"optimisers\": [{\"optimiser\": \"llm\", \"options\": {\"note\": \"a,b=c \\n\", \"t\": 0.1, \"f\": false}}, "
      "\"./a.so\"], \"published\": [{\"label\": \"REA\", \"problem\": \"p\", \"metric\": \"m\", \"mean\": 93.92, "
      "\"source\": \"s\"}]}",
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    struct joust_sweep first;
    joust_sweep_init(&first);
    assert_int_equal(joust_file_write(path, texts[i], strlen(texts[i]), &error), 0);
    assert_int_equal(joust_sweep_read(&first, path, &error), 0);
    char *text = joust_sweep_print(&first, NULL);
    joust_sweep_free(&sweep);
    joust_sweep_init(&sweep);
    assert_int_equal(read_over(text), 0);
    assert_string_equal(first.name, sweep.name);
    assert_string_equal(first.description, sweep.description);
    assert_true(first.seed == sweep.seed && first.replicates == sweep.replicates);
    assert_true(first.budget.trials == sweep.budget.trials && first.budget.cost == sweep.budget.cost &&
                first.budget.seconds == sweep.budget.seconds);
    assert_true(first.limits.seconds == sweep.limits.seconds && first.limits.cpu_seconds == sweep.limits.cpu_seconds &&
                first.limits.memory == sweep.limits.memory && first.limits.grace == sweep.limits.grace);
    assert_specs_equal(&first.problems, &sweep.problems);
    assert_specs_equal(&first.optimisers, &sweep.optimisers);
    assert_true(cJSON_Compare(first.published, sweep.published, 1) || (!first.published && !sweep.published));
    free(text);
    joust_sweep_free(&first);
  }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, finish)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_full_file_is_read),
      TEST(defaults_fill_the_gaps),
      TEST(any_limit_replaces_the_default_one),
      TEST(a_file_is_read_over_what_is_there),
      TEST(mistakes_are_explained),
      TEST(absent_files_are_missing),
      TEST(what_cannot_run_is_refused),
      TEST(printing_and_reading_are_inverse),
  };
  return cmocka_run_group_tests_name("sweep", tests, set_up, tear_down);
}
