/* Plans: seeds, keys, and what is wrong with a sweep before anything runs. Optimisers are the fixtures `good` (any
 * kind, options of all types), `good-too` and `outside` (any kind, no options), and `newer-minor` (reals only); the
 * evaluator `toy` stands here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "sweep/plan.h"
#include "sweep/record.h"

/* ---- the evaluator ----------------------------------------------------------------------------------------------- */

static const struct joust_parameter real = {.name = "x", .kind = JOUST_REAL, .lower = 0, .upper = 1};
static const struct joust_parameter *const parameters[] = {&real};
static const struct joust_space own_space = {
    .struct_size = sizeof own_space, .n_parameters = 1, .n_objectives = 1, .parameters = parameters};

/* What the test wants of it, and what it saw. */
static struct {
  joust_status create, optimum;
  const char *message, *fingerprint;
  double best;
  const struct joust_space *space;
  char folder[100];
  int alive, direction;
  bool was_given_space;
} toy;

static joust_status create(const struct joust_host *host, const struct joust_evaluator_setup *setup, void **self) {
  toy.was_given_space = setup->space != NULL;
  snprintf(toy.folder, sizeof toy.folder, "%s", setup->folder);
  if (toy.create < 0) {
    if (toy.message) host->set_error(host, toy.message);
    return toy.create;
  }
  toy.alive++;
  *self = &toy;
  return JOUST_OK;
}

static joust_status evaluate(void *self, struct joust_evaluation *call) {
  (void)self;
  (void)call;
  return JOUST_OK;
}

static void destroy(void *self) {
  assert_ptr_equal(self, &toy);
  toy.alive--;
}

static const struct joust_space *space(void *self) {
  (void)self;
  return toy.space;
}

static joust_status optimum(void *self, uint32_t metric, int32_t direction, double *x, double *value) {
  (void)self;
  assert_int_equal(metric, 0);
  toy.direction = direction;
  x[0] = 0;
  *value = toy.best;
  return toy.optimum;
}

static const char *fingerprint(void *self) {
  (void)self;
  return toy.fingerprint;
}

static const struct joust_option options[] = {
    {.name = "k", .help = "neighbours", .fallback = "2", .type = JOUST_OPT_INT, .lower = 0, .upper = 9},
    {.name = "note", .help = "any text", .fallback = "", .type = JOUST_OPT_TEXT},
    {.name = "more", .help = "any text", .fallback = "", .type = JOUST_OPT_TEXT},
};

static struct joust_evaluator evaluator;
static const struct joust_evaluator whole_evaluator = {.struct_size = sizeof whole_evaluator,
                                                       .n_options = 3,
                                                       .option_stride = sizeof *options,
                                                       .id = "toy",
                                                       .version = "1.0",
                                                       .summary = "measures nothing",
                                                       .licence = "MIT",
                                                       .options = options,
                                                       .create = create,
                                                       .evaluate = evaluate,
                                                       .destroy = destroy,
                                                       .space = space,
                                                       .optimum = optimum,
                                                       .fingerprint = fingerprint};

/* ---- one plan ---------------------------------------------------------------------------------------------------- */

static char folder[] = "/tmp/joust-plan-XXXXXX";
static char sweep_path[100];
static struct joust_registry registry;
static struct joust_folders spaces;
static struct joust_sweep sweep;
static struct joust_plan plan;
static struct joust_error error;

static void write_file(const char *name, const char *text) {
  char *path = joust_path_join(folder, name), *parent = joust_path_folder(path);
  assert_int_equal(joust_folder_make(parent, &error), 0);
  assert_int_equal(joust_file_write(path, text, strlen(text), &error), 0);
  free(path);
  free(parent);
}

static void link_plugin(const char *name) {
  char *from = joust_path_join(JOUST_TEST_PLUGINS, name), *to = joust_format("%s/plugins/%s", folder, name);
  assert_true(joust_file_exists(from));
  assert_int_equal(symlink(from, to), 0);
  free(from);
  free(to);
}

#define PROBLEM(space, metrics, rest)                                                                                  \
  "{\"title\": \"T\", \"space\": " space ", \"evaluator\": \"toy\", \"metrics\": [" metrics "]" rest "}"
#define MINIMISE "{\"name\": \"f\", \"role\": \"objective\", \"direction\": \"minimise\"}"
#define MAXIMISE "{\"name\": \"f\", \"role\": \"objective\", \"direction\": \"maximise\"}"
#define COST     ", {\"name\": \"s\", \"role\": \"cost\"}"
#define REAL     "[{\"name\": \"x\", \"kind\": \"real\", \"lower\": 0, \"upper\": 1}]"
#define WIDER    "[{\"name\": \"x\", \"kind\": \"real\", \"lower\": 0, \"upper\": 2}]"
#define MIXED                                                                                                          \
  "[{\"name\": \"x\", \"kind\": \"real\", \"lower\": 0, \"upper\": 1}, "                                               \
  "{\"name\": \"op\", \"kind\": \"categorical\", \"choices\": [\"a\", \"b\"]}]"

static int set_up(void **state) {
  (void)state;
  unsetenv("JOUST_PLUGIN_PATH");
  setenv("JOUST_TEST_KEY", "s3cret", 1); /* an option of good: its name counts, its value does not */
  if (!mkdtemp(folder)) return -1;
  snprintf(sweep_path, sizeof sweep_path, "%s/sweep.json", folder);
  write_file("toy/own.json", PROBLEM("\"evaluator\"", MINIMISE, ""));
  write_file("toy/real.json", PROBLEM(REAL, MINIMISE COST, ""));
  write_file("toy/mixed.json", PROBLEM(MIXED, MINIMISE, ""));
  write_file("toy/best.json",
             PROBLEM(REAL, MAXIMISE, ", \"best\": {\"value\": 0.30000000000000004, \"source\": \"B\"}"));
  write_file("toy/data.json", PROBLEM(REAL, MINIMISE, ", \"data\": {\"command\": \"joust data fetch toy\"}"));
  write_file("toy/no-evaluator.json",
             "{\"title\": \"T\", \"space\": " REAL ", \"evaluator\": \"toi\", \"metrics\": [" MINIMISE "]}");
  write_file("plugins/README", "");
  link_plugin("good.so");
  link_plugin("newer_minor.so");
  link_plugin("outside.so");
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  char *command = joust_format("rm -r '%s'", folder);
  int code = system(command);
  free(command);
  return code;
}

static int start(void **state) {
  (void)state;
  char *plugins = joust_path_join(folder, "plugins");
  memset(&toy, 0, sizeof toy);
  toy.optimum = JOUST_EUNSUPPORTED;
  toy.fingerprint = "data 1";
  toy.space = &own_space;
  evaluator = whole_evaluator;
  joust_registry_init(&registry, plugins);
  joust_registry_add_evaluator(&registry, &evaluator);
  joust_folders_add(&spaces, folder);
  joust_sweep_init(&sweep);
  free(plugins);
  return 0;
}

static int finish(void **state) {
  (void)state;
  joust_plan_free(&plan);
  joust_sweep_free(&sweep);
  joust_registry_free(&registry);
  joust_folders_free(&spaces);
  return toy.alive; /* every instance was destroyed */
}

/* Makes the plan of a sweep file with these members. */
static int make(const char *members) {
  char *text = joust_format("{%s}", members);
  joust_plan_free(&plan);
  joust_sweep_free(&sweep);
  joust_sweep_init(&sweep);
  write_file("sweep.json", text);
  free(text);
  assert_int_equal(joust_sweep_read(&sweep, sweep_path, &error), 0);
  assert_int_equal(joust_sweep_check(&sweep, &error), 0);
  return joust_plan_make(&plan, &sweep, &registry, &spaces, &error);
}

static void assert_refused(const char *members, int code, const char *message) {
  assert_int_equal(make(members), code);
  assert_string_equal(error.message, message);
  assert_int_equal(plan.n_problems + plan.n_optimisers, 0);
  assert_null(plan.runs);
  assert_int_equal(toy.alive, 0);
}

#define ONE "\"problems\": [\"toy/real\"], \"optimisers\": [\"good\"]"

/* ---- runs -------------------------------------------------------------------------------------------------------- */

static void every_run_is_planned_once(void **state) {
  (void)state;
  assert_int_equal(make("\"problems\": [\"toy/real\", \"toy/own\"], \"optimisers\": [\"good\", \"nm=newer-minor\", "
                        "\"good-too\"], \"replicates\": 4"),
                   0);
  assert_int_equal(plan.n_problems, 2);
  assert_int_equal(plan.n_optimisers, 3);
  assert_int_equal(plan.n_runs, 24);
  size_t k = 0;
  for (uint32_t p = 0; p < 2; p++)
    for (uint32_t o = 0; o < 3; o++)
      for (uint32_t r = 1; r <= 4; r++, k++) {
        assert_int_equal(plan.runs[k].problem, p);
        assert_int_equal(plan.runs[k].optimiser, o);
        assert_int_equal(plan.runs[k].replicate, r);
        for (size_t l = 0; l < k; l++) assert_string_not_equal(plan.runs[k].key, plan.runs[l].key);
      }
  assert_string_equal(plan.optimisers[1].label, "nm");
  assert_string_equal(plan.optimisers[1].type->id, "newer-minor");
  assert_string_equal(joust_settings_get(&plan.optimisers[0].options, "population"), "100");
  assert_int_equal(plan.optimisers[0].args[0].i, 100);
}

/* Shards make up the plan; each has its part of all, of each optimiser, and of each optimiser on each problem. */
static void shards_are_balanced_and_make_up_the_plan(void **state) {
  (void)state;
  enum { P = 2, O = 3 };
  for (uint32_t replicates = 1; replicates <= 7; replicates += 3)
    for (uint32_t shards = 1; shards <= 50; shards = shards < 9 ? shards + 1 : shards + 41) {
      char members[200];
      unsigned total[P][O] = {{0}};
      size_t runs = 0;
      snprintf(members, sizeof members,
               "\"problems\": [\"toy/real\", \"toy/own\"], \"optimisers\": [\"good\", \"nm=newer-minor\", "
               "\"good-too\"], \"replicates\": %u",
               replicates);
      for (uint32_t shard = 1; shard <= shards; shard++) {
        unsigned n[P][O] = {{0}};
        assert_int_equal(make(members), 0);
        joust_plan_take_shard(&plan, shard, shards);
        assert_int_equal(plan.shard, shard);
        assert_int_equal(plan.shards, shards);
        assert_in_range(plan.n_runs, P * O * replicates / shards, (P * O * replicates + shards - 1) / shards);
        runs += plan.n_runs;
        for (size_t i = 0; i < plan.n_runs; i++) n[plan.runs[i].problem][plan.runs[i].optimiser]++;
        for (int o = 0; o < O; o++) {
          assert_in_range(n[0][o] + n[1][o], P * replicates / shards, (P * replicates + shards - 1) / shards);
          for (int p = 0; p < P; p++) {
            assert_in_range(n[p][o], replicates / shards, (replicates + shards - 1) / shards);
            total[p][o] += n[p][o];
          }
        }
      }
      assert_int_equal(runs, P * O * replicates);
      for (int i = 0; i < P * O; i++) assert_int_equal(total[i / O][i % O], replicates);
    }
}

/* What starts from another run is where that is. */
static void shards_keep_starts_together(void **state) {
  (void)state;
  for (uint32_t shard = 1; shard <= 3; shard++) {
    unsigned n[3] = {0};
    uint64_t sum[3] = {0};
    assert_int_equal(make("\"problems\": [\"toy/real\"], \"optimisers\": [\"newer-minor\", \"good\", {\"optimiser\": "
                          "\"good-too\", \"start\": {\"from\": \"good\", \"trials\": 2}}], \"replicates\": 7"),
                     0);
    joust_plan_take_shard(&plan, shard, 3);
    for (size_t i = 0; i < plan.n_runs; i++) {
      n[plan.runs[i].optimiser]++;
      sum[plan.runs[i].optimiser] += UINT64_C(1) << plan.runs[i].replicate;
    }
    assert_in_range(n[1], 2, 3);
    assert_int_equal(n[1], n[2]);
    assert_int_equal(sum[1], sum[2]);
  }
}

static const struct joust_planned_run *run_of(const char *problem, const char *optimiser, uint32_t replicate) {
  for (size_t i = 0; i < plan.n_runs; i++) {
    const struct joust_planned_run *run = &plan.runs[i];
    if (strcmp(plan.problems[run->problem].problem.label, problem) == 0 &&
        strcmp(plan.optimisers[run->optimiser].label, optimiser) == 0 && run->replicate == replicate)
      return run;
  }
  fail_msg("no run of %s on %s", optimiser, problem);
  return NULL;
}

/* The text is part of what a store means: another one would make all stored results impossible to continue. */
static void seeds_are_hashes_of_sweep_seed_problem_and_replicate(void **state) {
  (void)state;
  assert_int_equal(make(ONE ", \"seed\": 5, \"replicates\": 2"), 0);
  assert_true(plan.runs[0].seed == joust_hash_seed("joust seed 1\n5\ntoy/real\n1\n"));
  assert_true(plan.runs[1].seed == joust_hash_seed("joust seed 1\n5\ntoy/real\n2\n"));
}

static void seeds_do_not_depend_on_the_order_or_the_optimiser(void **state) {
  (void)state;
  uint64_t seeds[2][3];
  static const char *const problems[] = {"toy/real", "toy/own"};
  assert_int_equal(make("\"problems\": [\"toy/real\", \"toy/own\"], \"optimisers\": [\"good\"], \"replicates\": 3"), 0);
  for (int p = 0; p < 2; p++)
    for (uint32_t r = 0; r < 3; r++) seeds[p][r] = run_of(problems[p], "good", r + 1)->seed;
  assert_int_equal(
      make("\"problems\": [\"toy/mixed\", \"toy/own\", \"mine=toy/real:k=3\"], \"optimisers\": [\"good-too\", "
           "\"g=good:population=7\"], \"replicates\": 5, \"budget\": {\"trials\": 3}"),
      0);
  for (uint32_t r = 0; r < 3; r++) {
    assert_true(run_of("mine", "g", r + 1)->seed == seeds[0][r]); /* the problem, whatever its label and options */
    assert_true(run_of("mine", "good-too", r + 1)->seed == seeds[0][r]);
    assert_true(run_of("toy/own", "g", r + 1)->seed == seeds[1][r]);
    assert_true(seeds[0][r] != seeds[1][r] && seeds[0][r] != seeds[0][(r + 1) % 3]);
  }
  assert_int_equal(make(ONE ", \"seed\": 2"), 0);
  assert_true(plan.runs[0].seed != seeds[0][0]);
}

/* ---- keys -------------------------------------------------------------------------------------------------------- */

static void key_of(const char *members, char key[JOUST_HASH_SIZE]) {
  assert_int_equal(make(members), 0);
  memcpy(key, plan.runs[0].key, JOUST_HASH_SIZE);
}

static void keys_differ_with_all_that_matters(void **state) {
  (void)state;
  static const char *const sweeps[] = {
      ONE,
      ONE ", \"seed\": 2",
      ONE ", \"budget\": {\"trials\": 101}",
      ONE ", \"budget\": {\"trials\": 100, \"cost\": 5}",
      ONE ", \"budget\": {\"trials\": 100, \"cost\": 5.000000000000001}",
      ONE ", \"budget\": {\"trials\": 100, \"seconds\": 5}",
      ONE ", \"budget\": {\"cost\": 5}",
      "\"problems\": [\"toy/best\"], \"optimisers\": [\"good\"]",
      "\"problems\": [\"toy/own\"], \"optimisers\": [\"good\"]",
      "\"problems\": [\"r=toy/real\"], \"optimisers\": [\"good\"]",
      "\"problems\": [\"toy/real:k=3\"], \"optimisers\": [\"good\"]",
      "\"problems\": [\"toy/real\"], \"optimisers\": [\"good-too\"]",
      "\"problems\": [\"toy/real\"], \"optimisers\": [\"g=good\"]",
      "\"problems\": [\"toy/real\"], \"optimisers\": [\"good=good-too\"]",
      "\"problems\": [\"toy/real\"], \"optimisers\": [\"good=outside\"]",
      "\"problems\": [\"toy/real\"], \"optimisers\": [\"good:population=101\"]",
      "\"problems\": [\"toy/real\"], \"optimisers\": [\"good:note=x\"]",
      "\"problems\": [{\"problem\": \"toy/real\", \"options\": {\"note\": \"a\\nmore=b\", \"more\": \"c\"}}], "
      "\"optimisers\": [\"good\"]",
      "\"problems\": [{\"problem\": \"toy/real\", \"options\": {\"note\": \"a\", \"more\": \"b\\nmore=c\"}}], "
      "\"optimisers\": [\"good\"]",
  };
  enum { N = sizeof sweeps / sizeof *sweeps };
  char keys[N][JOUST_HASH_SIZE];
  for (int i = 0; i < N; i++) {
    key_of(sweeps[i], keys[i]);
    assert_int_equal(strlen(keys[i]), JOUST_HASH_SIZE - 1);
    for (int k = 0; k < i; k++) assert_string_not_equal(keys[i], keys[k]);
  }
}

static void keys_differ_with_data_code_and_problem_file(void **state) {
  (void)state;
  enum { N = 7 };
  char keys[N][JOUST_HASH_SIZE];
  key_of(ONE, keys[0]);
  toy.fingerprint = "data 2";
  key_of(ONE, keys[1]);
  toy.fingerprint = "data 1";
  evaluator.version = "1.1";
  key_of(ONE, keys[2]);
  evaluator.version = "1.0";
  write_file("toy/real.json", PROBLEM(REAL, MAXIMISE COST, ""));
  key_of(ONE, keys[3]);
  write_file("toy/real.json", PROBLEM(WIDER, MINIMISE COST, ""));
  key_of(ONE, keys[4]);
  write_file("toy/real.json", PROBLEM(REAL, MINIMISE, ""));
  key_of(ONE, keys[5]);
  write_file("toy/real.json", PROBLEM(REAL, MINIMISE ", {\"name\": \"s\", \"role\": \"reported\"}", ""));
  key_of(ONE, keys[6]);
  write_file("toy/real.json", PROBLEM(REAL, MINIMISE COST, ""));
  for (int i = 0; i < N; i++)
    for (int k = 0; k < i; k++) assert_string_not_equal(keys[i], keys[k]);
}

static void keys_do_not_see_what_does_not_matter(void **state) {
  (void)state;
  static const char *const sweeps[] = {
      ONE ", \"budget\": {\"trials\": 100}",
      ONE ", \"name\": \"n\", \"description\": \"d\", \"replicates\": 3, \"published\": []",
      "\"problems\": [\"toy/real:k=2\"], \"optimisers\": [\"good:population=100,rate=0.50,ageing=true\"]",
      "\"problems\": [{\"problem\": \"toy/real\", \"options\": {\"note\": \"\", \"k\": 2}}], \"optimisers\": "
      "[\"good\"]",
      "\"problems\": [\"toy/real\"], \"optimisers\": [{\"optimiser\": \"good\", \"label\": \"good\", "
      "\"options\": {\"colour\": \"green\", \"ageing\": true}}]",
  };
  char plain[JOUST_HASH_SIZE], key[JOUST_HASH_SIZE];
  key_of(ONE, plain);
  for (size_t i = 0; i < sizeof sweeps / sizeof *sweeps; i++) {
    key_of(sweeps[i], key);
    assert_string_equal(key, plain);
  }
  setenv("JOUST_TEST_KEY", "an0ther", 1);
  assert_int_equal(make("\"problems\": [\"toy/own\", \"toy/real\"], \"optimisers\": [\"good-too\", \"good\"]"), 0);
  assert_string_equal(run_of("toy/real", "good", 1)->key, plain);
  write_file("toy/real.json",
             PROBLEM(REAL, MINIMISE COST,
                     ", \"description\": \"d\", \"best\": {\"value\": 0}, \"data\": {\"licence\": \"L\"}"));
  key_of(ONE, key);
  assert_string_equal(key, plain);
  write_file("toy/real.json", PROBLEM(REAL, MINIMISE COST, ""));
}

/* ---- problems and their evaluators ------------------------------------------------------------------------------- */

static void the_evaluator_knows_the_rest_of_a_problem(void **state) {
  (void)state;
  toy.optimum = JOUST_OK;
  toy.best = -1.5;
  assert_int_equal(make("\"problems\": [\"toy/own\"], \"optimisers\": [\"good\"]"), 0);
  const struct joust_problem *problem = &plan.problems[0].problem;
  assert_false(toy.was_given_space);
  assert_int_equal(problem->domain.space.n_parameters, 1);
  assert_string_equal(problem->domain.parameters[0].name, "x");
  assert_true(problem->has_best && problem->best == -1.5);
  assert_string_equal(problem->best_source, "exact optimum, found by the evaluator toy");
  assert_int_equal(toy.direction, 1);
  char *expected = joust_path_join(folder, "toy");
  assert_string_equal(toy.folder, expected);
  free(expected);
}

static void the_file_has_the_last_word_on_the_best_value(void **state) {
  (void)state;
  toy.optimum = JOUST_OK;
  assert_int_equal(make("\"problems\": [\"toy/best\"], \"optimisers\": [\"good\"]"), 0);
  assert_true(toy.was_given_space);
  assert_true(plan.problems[0].problem.best == 0.30000000000000004);
  assert_string_equal(plan.problems[0].problem.best_source, "B");
  toy.best = NAN;
  assert_int_equal(make(ONE), 0);
  assert_false(plan.problems[0].problem.has_best);
}

static void an_evaluator_may_leave_out_what_is_optional(void **state) {
  (void)state;
  evaluator.optimum = NULL;
  evaluator.fingerprint = NULL;
  evaluator.space = NULL;
  assert_int_equal(make(ONE), 0);
  evaluator = whole_evaluator;
  toy.fingerprint = NULL;
  assert_int_equal(make(ONE), 0);
}

/* What is stored of a problem keeps its numbers to the last bit. */
static void recorded_problems_are_exact(void **state) {
  (void)state;
  struct joust_json json;
  assert_int_equal(make("\"problems\": [\"toy/best\"], \"optimisers\": [\"good\"]"), 0);
  char *text = joust_record_problem(&plan.problems[0]);
  assert_int_equal(joust_json_parse(&json, "record", text, strlen(text), &error), 0);
  assert_true(joust_json_member(json.root, "best")->valuedouble == 0.30000000000000004);
  assert_string_equal(joust_json_member(json.root, "direction")->valuestring, "maximise");
  assert_string_equal(joust_json_member(json.root, "fingerprint")->valuestring, plan.problems[0].evaluator.fingerprint);
  assert_int_equal(cJSON_GetArraySize(joust_json_member(json.root, "parameters")), 1);
  joust_json_free(&json);
  free(text);
}

/* ---- errors ------------------------------------------------------------------------------------------------------ */

static void bad_problems_are_refused(void **state) {
  (void)state;
  assert_refused("\"problems\": [\"toy/reel\"], \"optimisers\": [\"good\"]", JOUST_MISSING,
                 "there is no problem 'toy/reel': did you mean 'toy/real'?");
  assert_refused("\"problems\": [\"toy/own\", \"toy/real:k=10\"], \"optimisers\": [\"good\"]", JOUST_BAD_INPUT,
                 "toy/real: option 'k' is '10': expected a whole number from 0 to 9");
  assert_refused("\"problems\": [\"r=toy/real:kk=1\"], \"optimisers\": [\"good\"]", JOUST_BAD_INPUT,
                 "r has no option 'kk': did you mean 'k'?");
  assert_refused("\"problems\": [\"toy/own\"], \"optimisers\": [\"good\"], \"budget\": {\"cost\": 5}", JOUST_BAD_INPUT,
                 "the budget limits the cost, but problem 'toy/own' has no metric of cost");
}

static void absent_evaluators_are_missing(void **state) {
  (void)state;
  static const char begin[] = "problem 'toy/no-evaluator': there is no evaluator 'toi': did you mean 'toy'? Searched: ";
  assert_int_equal(make("\"problems\": [\"toy/no-evaluator\"], \"optimisers\": [\"good\"]"), JOUST_MISSING);
  assert_memory_equal(error.message, begin, sizeof begin - 1);
}

static void evaluators_that_cannot_start_are_explained(void **state) {
  (void)state;
  toy.create = JOUST_EUNSUPPORTED;
  toy.message = "there is no metric 'f'";
  assert_refused(ONE, JOUST_BAD_INPUT, "problem 'toy/real': toy: create failed: there is no metric 'f'");
  toy.create = JOUST_EINTERNAL;
  toy.message = NULL;
  assert_refused(ONE, JOUST_RUN_FAILED, "problem 'toy/real': toy: create failed: internal error of the plugin");
}

static void absent_data_are_missing(void **state) {
  (void)state;
  toy.create = JOUST_EIO;
  toy.message = "no file 'toy.table'";
  assert_refused("\"problems\": [\"toy/data\"], \"optimisers\": [\"good\"]", JOUST_MISSING,
                 "problem 'toy/data': toy: create failed: no file 'toy.table'\n'joust data fetch toy' brings its data");
  assert_refused(ONE, JOUST_MISSING, "problem 'toy/real': toy: create failed: no file 'toy.table'");
}

static void spaces_must_come_from_somewhere(void **state) {
  (void)state;
  evaluator.space = NULL;
  assert_refused("\"problems\": [\"toy/own\"], \"optimisers\": [\"good\"]", JOUST_BAD_INPUT,
                 "problem 'toy/own' leaves its space to the evaluator 'toy', which has none of its own");
  evaluator.space = space;
  toy.space = NULL;
  assert_refused("\"problems\": [\"toy/own\"], \"optimisers\": [\"good\"]", JOUST_RUN_FAILED,
                 "toy made a space of 0 parameters: expected 1 to 10000");
}

static void bad_optimisers_are_refused(void **state) {
  (void)state;
  static const char begin[] = "there is no optimiser 'goood': did you mean 'good'? Searched: ";
  assert_int_equal(make("\"problems\": [\"toy/real\"], \"optimisers\": [\"good\", \"goood\"]"), JOUST_MISSING);
  assert_memory_equal(error.message, begin, sizeof begin - 1);
  assert_refused("\"problems\": [\"toy/real\"], \"optimisers\": [\"ea=good:population=0\"]", JOUST_BAD_INPUT,
                 "ea: option 'population' is '0': expected a whole number from 1 to 100000");
  assert_refused("\"problems\": [\"toy/real\"], \"optimisers\": [\"good:populaton=1\"]", JOUST_BAD_INPUT,
                 "good has no option 'populaton': did you mean 'population'?");
  assert_refused("\"problems\": [\"toy/real\", \"toy/mixed\"], \"optimisers\": [\"good\", \"nm=newer-minor\"]",
                 JOUST_BAD_INPUT,
                 "optimiser 'nm' cannot run on problem 'toy/mixed': it does not handle categorical parameters ('op')");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, finish)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(every_run_is_planned_once),
      TEST(shards_are_balanced_and_make_up_the_plan),
      TEST(shards_keep_starts_together),
      TEST(seeds_are_hashes_of_sweep_seed_problem_and_replicate),
      TEST(seeds_do_not_depend_on_the_order_or_the_optimiser),
      TEST(keys_differ_with_all_that_matters),
      TEST(keys_differ_with_data_code_and_problem_file),
      TEST(keys_do_not_see_what_does_not_matter),
      TEST(the_evaluator_knows_the_rest_of_a_problem),
      TEST(the_file_has_the_last_word_on_the_best_value),
      TEST(an_evaluator_may_leave_out_what_is_optional),
      TEST(recorded_problems_are_exact),
      TEST(bad_problems_are_refused),
      TEST(absent_evaluators_are_missing),
      TEST(evaluators_that_cannot_start_are_explained),
      TEST(absent_data_are_missing),
      TEST(spaces_must_come_from_somewhere),
      TEST(bad_optimisers_are_refused),
  };
  return cmocka_run_group_tests_name("plan", tests, set_up, tear_down);
}
