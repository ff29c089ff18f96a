/* Problem files: what is read, what a mistake is answered with, and how a problem is found by its name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "space/problem.h"

static char folder[] = "/tmp/joust-problem-XXXXXX";
static char path[100]; /* of the file that `read_text` writes */
static struct joust_problem problem;
static struct joust_error error;

static int set_up(void **state) {
  (void)state;
  if (!mkdtemp(folder)) return -1;
  snprintf(path, sizeof path, "%s/p.json", folder);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  char *command = joust_format("rm -r '%s'", folder);
  int code = system(command);
  free(command);
  return code;
}

static int free_problem(void **state) {
  (void)state;
  joust_problem_free(&problem);
  return 0;
}

/* Writes folder/NAME, making its folder. */
static void write_file(const char *name, const char *text) {
  char *file = joust_path_join(folder, name), *parent = joust_path_folder(file);
  assert_int_equal(joust_folder_make(parent, &error), 0);
  assert_int_equal(joust_file_write(file, text, strlen(text), &error), 0);
  free(file);
  free(parent);
}

static int read_text(const char *text) {
  joust_problem_free(&problem);
  write_file("p.json", text);
  return joust_problem_read(&problem, path, "group/p", &error);
}

/* The message must be that of path, with this place and text. */
static void assert_message(const char *place_and_text) {
  char *expected = joust_format("%s:%s", path, place_and_text);
  assert_string_equal(error.message, expected);
  free(expected);
}

#define SPACE   "\"space\": [{\"name\": \"a\", \"kind\": \"integer\", \"lower\": 0, \"upper\": 9}]"
#define METRICS "\"metrics\": [{\"name\": \"f\", \"role\": \"objective\", \"direction\": \"minimise\"}]"

static void a_full_file_is_read(void **state) {
  (void)state;
  assert_int_equal(
      read_text("{\"title\": \"T\", \"description\": \"D\", " SPACE ",\n"
                "\"metrics\": [{\"name\": \"seconds\", \"role\": \"cost\", \"unit\": \"s\", \"decimals\": 0},\n"
                " {\"name\": \"acc\", \"role\": \"objective\", \"direction\": \"maximise\", \"title\": "
                "\"accuracy\", \"unit\": \"%\"},\n"
                " {\"name\": \"test\", \"role\": \"reported\", \"direction\": \"minimise\"}],\n"
                "\"evaluator\": {\"evaluator\": \"table\", \"options\": {\"file\": \"t\", \"draw\": true}},\n"
                "\"best\": {\"value\": 91.5, \"source\": \"exhaustive\"}, \"live\": \"q.json\",\n"
                "\"references\": [{\"name\": \"mean\", \"value\": 80.25}, {\"name\": \"widest\", \"value\": 90, "
                "\"description\": \"all at most\"}],\n"
                "\"data\": {\"source\": \"S\", \"licence\": \"L\", \"command\": \"joust data fetch t\"}}"),
      0);
  assert_string_equal(problem.name, "group/p");
  assert_string_equal(problem.label, "group/p");
  assert_string_equal(problem.path, path);
  assert_string_equal(problem.folder, folder);
  assert_string_equal(problem.title, "T");
  assert_string_equal(problem.description, "D");
  assert_string_equal(problem.source, "S");
  assert_string_equal(problem.licence, "L");
  assert_string_equal(problem.command, "joust data fetch t");
  assert_false(problem.evaluator_space);
  assert_int_equal(problem.domain.points, 10);
  assert_int_equal(problem.n_metrics, 3);
  assert_int_equal(problem.objective, 1);
  assert_int_equal(problem.cost, 0);
  assert_string_equal(problem.evaluator, "table");
  assert_string_equal(joust_settings_get(&problem.options, "draw"), "true");
  assert_true(problem.has_best && problem.best == 91.5);
  assert_string_equal(problem.best_source, "exhaustive");
  assert_int_equal(problem.n_references, 2);
  assert_string_equal(problem.references[0].name, "mean");
  assert_string_equal(problem.references[0].description, "");
  assert_true(problem.references[0].value == 80.25);
  assert_string_equal(problem.references[1].description, "all at most");
  assert_int_equal(strncmp(problem.live, folder, strlen(folder)), 0);
  assert_string_equal(problem.live + strlen(folder), "/q.json");
  const struct joust_metric *m = problem.metrics;
  assert_string_equal(m[0].title, "seconds");
  assert_int_equal(m[0].role, JOUST_COST);
  assert_int_equal(m[0].direction, 0);
  assert_int_equal(m[0].decimals, 0);
  assert_int_equal(m[1].direction, -1);
  assert_string_equal(m[1].title, "accuracy");
  assert_string_equal(m[1].unit, "%");
  assert_int_equal(m[1].decimals, 4);
  assert_int_equal(m[2].role, JOUST_REPORTED);
  assert_int_equal(m[2].direction, 1);
  assert_string_equal(m[2].unit, "");
}

static void the_least_file_is_read(void **state) {
  (void)state;
  assert_int_equal(
      read_text("{\"title\": \"T\", \"space\": \"evaluator\", " METRICS ", \"evaluator\": \"nk:n=8,k=2\"}"), 0);
  assert_true(problem.evaluator_space);
  assert_int_equal(problem.domain.space.n_parameters, 0);
  assert_int_equal(problem.cost, -1);
  assert_false(problem.has_best);
  assert_int_equal(problem.n_references, 0);
  assert_null(problem.live);
  assert_string_equal(problem.evaluator, "nk");
  assert_string_equal(joust_settings_get(&problem.options, "k"), "2");
  assert_string_equal(problem.source, "");
  assert_string_equal(problem.command, "");
}

/* A file with one mistake: the rest is right. */
#define WITH_SPACE(space)     "{\"title\": \"T\", " METRICS ", \"evaluator\": \"nk\",\n" space "}"
#define WITH_METRICS(metrics) "{\"title\": \"T\", " SPACE ", \"evaluator\": \"nk\",\n\"metrics\": " metrics "}"
#define WITH(members)         "{\"title\": \"T\", " SPACE ", " METRICS ",\n" members "}"
#define OBJECTIVE(rest)       "{\"name\": \"f\", \"role\": \"objective\"" rest "}"

static void mistakes_are_explained(void **state) {
  (void)state;
  static const struct {
    const char *text, *message;
  } cases[] = {
      {"[]", "1:1: expected an object that describes a problem, found a list"},
      {"{" SPACE "}", "1:1: 'title' is missing: expected a text"},
      {"{\"titel\": 1}", "1:11: a problem has no 'titel': did you mean 'title'?"},
      {WITH("\"evaluator\": \"nk\", \"budget\": 3"),
       "2:30: a problem has no 'budget': expected title, description, space, metrics, evaluator, parallel, best, "
       "references, live, data"},
      {WITH_SPACE("\"best\": {\"value\": 1}"),
       "1:1: 'space': expected a list of parameters, the name of a file that has it, or \"evaluator\""},
      {WITH_SPACE("\"space\": 3"),
       "2:10: 'space': expected a list of parameters, the name of a file that has it, or \"evaluator\""},
      {WITH_SPACE("\"space\": []"), "2:10: expected at least one parameter"},
      {WITH_SPACE("\"space\": [{\"name\": \"a\", \"kind\": \"int\"}]"),
       "2:33: kind 'int': expected real, integer, categorical or ordinal"},
      {WITH_METRICS("{}"), "2:12: 'metrics' is an object: expected a list"},
      {WITH_METRICS("[]"), "2:12: no metric has the role objective: expected exactly one"},
      {WITH_METRICS("[{\"role\": \"cost\"}]"), "2:13: 'name' is missing: expected a text"},
      {WITH_METRICS("[{\"name\": \"\", \"role\": \"cost\"}]"), "2:22: expected a name of one line"},
      {WITH_METRICS("[{\"name\": \"f\"}]"), "2:13: 'role' is missing: expected a text"},
      {WITH_METRICS("[{\"name\": \"f\", \"role\": \"goal\"}]"),
       "2:35: role 'goal': expected objective, reported or cost"},
      {WITH_METRICS("[" OBJECTIVE("") "]"), "2:13: the objective 'f' needs a direction: minimise or maximise"},
      {WITH_METRICS("[" OBJECTIVE(", \"direction\": \"up\"") "]"),
       "2:61: direction 'up': expected minimise or maximise"},
      {WITH_METRICS("[" OBJECTIVE(", \"direction\": \"minimise\", \"decimals\": 16") "]"),
       "2:85: 'decimals' is 16: expected a whole number from 0 to 15"},
      {WITH_METRICS(
           "[" OBJECTIVE(", \"direction\": \"minimise\"") ",\n" OBJECTIVE(", \"direction\": \"minimise\"") "]"),
       "3:1: a second metric 'f'"},
      {WITH_METRICS("[" OBJECTIVE(
           ", \"direction\": \"minimise\"") ",\n"
                                            "{\"name\": \"g\", \"role\": \"objective\", \"direction\": \"minimise\"}]"),
       "3:1: a second metric whose role is objective: expected one"},
      {WITH_METRICS("[{\"name\": \"s\", \"role\": \"cost\"},\n{\"name\": \"t\", \"role\": \"cost\"}]"),
       "3:1: a second metric whose role is cost: expected one"},
      {WITH("\"best\": {\"value\": 1}"), "1:1: 'evaluator' is missing: expected its name, or an object"},
      {WITH("\"evaluator\": {\"name\": \"nk\"}"), "2:23: evaluator has no 'name': expected evaluator, label, options"},
      {WITH("\"evaluator\": \"nk:k\""), "2:14: 'k' after 'nk:' is no option: expected name=value"},
      {WITH("\"evaluator\": \"nk\", \"best\": 3"), "2:28: 'best' is a number: expected an object"},
      {WITH("\"evaluator\": \"nk\", \"best\": {}"), "2:28: 'value' is missing: expected a number"},
      {WITH("\"evaluator\": \"nk\", \"references\": {}"), "2:34: 'references' is an object: expected a list"},
      {WITH("\"evaluator\": \"nk\", \"references\": [{\"name\": \"a\"}]"),
       "2:35: 'value' is missing: expected a number"},
      {WITH("\"evaluator\": \"nk\", \"references\": [{\"name\": \"\", \"value\": 1}]"),
       "2:44: expected a name of one line"},
      {WITH("\"evaluator\": \"nk\", \"references\": [{\"name\": \"a\", \"value\": 1},\n{\"name\": \"a\", \"value\": "
            "2}]"),
       "3:1: a second reference 'a'"},
      {WITH("\"evaluator\": \"nk\", \"live\": 3"), "2:28: 'live' is a number: expected a text"},
      {WITH("\"evaluator\": \"nk\", \"data\": {\"license\": \"MIT\"}"),
       "2:40: the data has no 'license': did you mean 'licence'?"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_int_equal(read_text(cases[i].text), JOUST_BAD_INPUT);
    assert_message(cases[i].message);
    assert_null(problem.name);
    assert_null(problem.metrics);
  }
}

/* ---- spaces in files of their own -------------------------------------------------------------------------------- */

static void problems_share_a_space_file(void **state) {
  (void)state;
  write_file("cell.json",
             "{\"description\": \"six edges\", \"parameters\": [{\"name\": \"e{}\", \"repeat\": 6, \"kind\": "
             "\"categorical\", \"choices\": [\"x\", \"y\"]}]}");
  assert_int_equal(read_text(WITH_SPACE("\"space\": \"cell.json\"")), 0);
  assert_int_equal(problem.domain.points, 64);
}

static void bad_space_files_are_named(void **state) {
  (void)state;
  assert_int_equal(read_text(WITH_SPACE("\"space\": \"none.json\"")), JOUST_BAD_INPUT);
  char *expected = joust_format("2:10: the space 'none.json' is not there: cannot read '%s/none.json': No such file or "
                                "directory",
                                folder);
  assert_message(expected);
  free(expected);
  write_file("bad.json", "{\"parameters\":\n[{\"name\": \"a\", \"kind\": \"real\", \"lower\": 0}]}");
  assert_int_equal(read_text(WITH_SPACE("\"space\": \"bad.json\"")), JOUST_BAD_INPUT);
  expected = joust_format("%s/bad.json:2:2: 'upper' is missing: expected a number", folder);
  assert_string_equal(error.message, expected);
  free(expected);
}

/* ---- finding ----------------------------------------------------------------------------------------------------- */

#define SMALL "{\"title\": \"T\", \"space\": \"evaluator\", " METRICS ", \"evaluator\": \"nk:k=2\"}"

static int find(const char *folders_below, const char *id, const char *label) {
  struct joust_folders folders = {0};
  char *copy = joust_copy(folders_below), *rest = copy, *name;
  while ((name = strsep(&rest, ":")) != NULL) {
    char *each = joust_path_join(folder, name);
    joust_folders_add(&folders, each);
    free(each);
  }
  struct joust_spec spec = {.id = joust_copy(id), .label = joust_copy(label)};
  joust_settings_set(&spec.options, "seed", "7");
  joust_problem_free(&problem);
  int code = joust_problem_find(&problem, &folders, &spec, &error);
  free(copy);
  free(spec.id);
  free(spec.label);
  joust_settings_free(&spec.options);
  joust_folders_free(&folders);
  return code;
}

static void problems_are_found_by_name(void **state) {
  (void)state;
  write_file("one/nk/a.json", SMALL);
  write_file("two/nk/a.json", "[]");
  write_file("two/nk/b.json", SMALL);
  assert_int_equal(find("one:two", "nk/a", "mine"), 0);
  assert_string_equal(problem.name, "nk/a");
  assert_string_equal(problem.label, "mine");
  assert_string_equal(joust_settings_get(&problem.options, "k"), "2");
  assert_string_equal(joust_settings_get(&problem.options, "seed"), "7");
  assert_int_equal(find("one:two", "nk/b", "nk/b"), 0);
  assert_int_equal(find("two:one", "nk/a", "nk/a"), JOUST_BAD_INPUT); /* the first folder's file hides the other */
}

static void absent_problems_are_missing(void **state) {
  (void)state;
  write_file("one/nk/n16-k2.json", SMALL);
  write_file("one/nk/n16-k6.json", SMALL);
  assert_int_equal(find("one", "nk/n16-k3", "x"), JOUST_MISSING);
  assert_string_equal(error.message, "there is no problem 'nk/n16-k3': did you mean 'nk/n16-k2'?");
  assert_int_equal(find("one:none", "rosenbrock", "x"), JOUST_MISSING);
  char *expected = joust_format("there is no problem 'rosenbrock' in %s/one, %s/none ('joust list problems' shows what "
                                "there is)",
                                folder, folder);
  assert_string_equal(error.message, expected);
  free(expected);
  assert_int_equal(find("one/nk", "../nk/n16-k2", "x"), JOUST_MISSING);
}

static void a_problem_may_be_a_path(void **state) {
  (void)state;
  char *here = joust_alloc(4096, 1);
  assert_non_null(getcwd(here, 4096));
  write_file("own.json", SMALL);
  assert_int_equal(chdir(folder), 0);
  static const char *const ids[] = {"own.json", "./own.json", ".//own.json"};
  for (int i = 0; i < 3; i++) {
    assert_int_equal(find("none", ids[i], "x"), 0);
    assert_string_equal(problem.name, ids[i]);
  }
  assert_string_equal(problem.folder, ".");
  assert_int_equal(find("none", "./absent.json", "x"), JOUST_MISSING);
  assert_string_equal(error.message, "cannot read './absent.json': No such file or directory");
  assert_int_equal(chdir(here), 0);
  free(here);
}

static void all_problems_are_listed(void **state) {
  (void)state;
  struct joust_folders folders = {0};
  char *list = joust_format("%s/l1:%s/l2:%s/absent", folder, folder, folder);
  write_file("l1/nk/b.json", SMALL);
  write_file("l1/nk/cell.json", "{\"parameters\": []}"); /* a space: no problem */
  write_file("l1/nk/README.md", "text");
  write_file("l1/nk/.hidden.json", SMALL);
  write_file("l1/stray.json", SMALL); /* not in a group */
  write_file("l2/nk/b.json", SMALL);
  write_file("l2/nk/broken.json", "{"); /* shown, so that it gets mended */
  write_file("l2/a/z.json", SMALL);
  joust_folders_add(&folders, list);
  size_t n;
  char **names = joust_problem_names(&folders, &n);
  assert_int_equal(n, 3);
  assert_string_equal(names[0], "a/z");
  assert_string_equal(names[1], "nk/b");
  assert_string_equal(names[2], "nk/broken");
  for (size_t i = 0; i < n; i++) free(names[i]);
  free(names);
  free(list);
  joust_folders_free(&folders);
}

static void folders_are_searched_in_order(void **state) {
  (void)state;
  struct joust_folders folders;
  setenv("JOUST_SPACE_PATH", "c:a", 1);
  joust_space_folders(&folders, "a:b");
  assert_int_equal(folders.n, 4);
  assert_string_equal(folders.paths[0], "a");
  assert_string_equal(folders.paths[1], "b");
  assert_string_equal(folders.paths[2], "c");
  char *own = joust_prefix_path("share/joust/spaces");
  assert_string_equal(folders.paths[3], own);
  free(own);
  joust_folders_free(&folders);
}

/* ---- what joust brings ------------------------------------------------------------------------------------------- */

static void all_problems_of_joust_are_good(void **state) {
  (void)state;
  struct joust_folders folders = {0};
  joust_folders_add(&folders, JOUST_TEST_SPACES);
  size_t n;
  char **names = joust_problem_names(&folders, &n);
  assert_true(n >= 10);
  for (size_t i = 0; i < n; i++) {
    struct joust_spec spec = {.id = names[i], .label = names[i]};
    joust_problem_free(&problem);
    assert_int_equal(joust_problem_find(&problem, &folders, &spec, &error), 0);
    assert_true(*problem.title && *problem.description);
    for (uint32_t k = 0; k < problem.domain.space.n_parameters; k++)
      assert_true(*problem.domain.words[k].description); /* a language model reads it */
    free(names[i]);
  }
  free(names);
  joust_folders_free(&folders);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(a_full_file_is_read, free_problem),
      cmocka_unit_test_teardown(the_least_file_is_read, free_problem),
      cmocka_unit_test_teardown(mistakes_are_explained, free_problem),
      cmocka_unit_test_teardown(problems_share_a_space_file, free_problem),
      cmocka_unit_test_teardown(bad_space_files_are_named, free_problem),
      cmocka_unit_test_teardown(problems_are_found_by_name, free_problem),
      cmocka_unit_test_teardown(absent_problems_are_missing, free_problem),
      cmocka_unit_test_teardown(a_problem_may_be_a_path, free_problem),
      cmocka_unit_test(all_problems_are_listed),
      cmocka_unit_test(folders_are_searched_in_order),
      cmocka_unit_test_teardown(all_problems_of_joust_are_good, free_problem),
  };
  return cmocka_run_group_tests_name("problem", tests, set_up, tear_down);
}
