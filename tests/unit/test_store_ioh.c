/* The files of IOHprofiler, byte for byte, and what they cannot hold; JSON. */
#include "store_fixture.h"

#include "base/file.h"
#include "store/export.h"

static const char awkward_definition[] =
    "{\"objective\": 0, \"direction\": \"minimise\", \"cost\": 1, \"points\": 0,"
    " \"parameters\": [{\"name\": \"rate\", \"kind\": \"real\", \"lower\": 0, \"upper\": 1, \"scale\": \"linear\"},"
    " {\"name\": \"op\", \"kind\": \"categorical\", \"choices\": [\"a\", \"\\\"b\\\"\"]}],"
    " \"metrics\": [{\"name\": \"loss\"}, {\"name\": \"time\"}]}";

/* Run `number` of trials that failed, 2, 0.5 (cancelled: 7), as far as n. */
static void put_run(struct joust_store *store, const struct store_ids *ids, unsigned number, uint32_t n,
                    enum joust_run_state state) {
  char key[65];
  double x[] = {0.1, 0, 0.25, 1, 1, 0, 0, 0}, value[] = {NAN, 2, 0.5, NAN}, seconds[4] = {0};
  double metrics[] = {NAN, NAN, 2, 10, 0.5, 0.1, NAN, 1};
  uint8_t outcome[] = {1, 0, 0, 2};
  const char *message[] = {"no\tluck", NULL, NULL, NULL};
  struct joust_store_trials trials = {.n = n, .first = 1, .n_parameters = 2, .n_metrics = 2, .x = x, .value = value};
  trials.metrics = metrics, trials.seconds = seconds, trials.outcome = outcome, trials.message = message;
  struct joust_store_run run = make_run(ids, make_key(key, number), number);
  run.state = state;
  run.reason = state == JOUST_RUN_BROKEN ? "fell" : "";
  assert_ok(joust_store_put_run(store, &run, n ? &trials : NULL, &store_error));
}

static struct joust_store *awkward_store(struct store_ids *ids, const char *label) {
  struct joust_store *store = open_store(JOUST_STORE_WRITE);
  put_ids(store, ids);
  struct joust_store_problem problem = {label, "tests/awkward", "abc", awkward_definition};
  assert_ok(joust_store_put_problem(store, &problem, &ids->problem, &store_error));
  return store;
}

static char *contents(const char *name) {
  char *path = joust_path_join(store_folder, name), *bytes;
  size_t length;
  assert_ok(joust_file_read(&bytes, &length, path, &store_error));
  free(path);
  return bytes;
}

static int export(struct joust_store *store, struct joust_ioh_notes *notes) {
  char *folder = joust_path_join(store_folder, "ioh");
  int status = joust_store_export_ioh(store, folder, notes, &store_error);
  free(folder);
  return status;
}

static void files_of_iohprofiler(void **state) {
  (void)state;
  struct store_ids ids;
  struct joust_ioh_notes notes;
  struct joust_store *store = awkward_store(&ids, "an \"open\" one");
  put_run(store, &ids, 1, 4, JOUST_RUN_COMPLETE);
  put_run(store, &ids, 2, 1, JOUST_RUN_BROKEN);
  put_run(store, &ids, 3, 0, JOUST_RUN_BROKEN);
  assert_ok(export(store, &notes));
  assert_int_equal(notes.runs, 2);
  assert_int_equal(notes.evaluations, 5);
  assert_int_equal(notes.failed_trials, 3);
  assert_int_equal(notes.incomplete_runs, 1);
  assert_int_equal(notes.empty_runs, 1);
  char *data = contents("ioh/ea/data_f1_an--open--one/IOHprofiler_f1_DIM2.dat");
  assert_string_equal(data, "evaluations raw_y cost failed\n"
                            "1 2 0 1\n2 2 10 0\n3 0.5 0.10000000000000001 0\n4 2 1 1\n"
                            "1 2 0 1\n");
  char *index = contents("ioh/ea/IOHprofiler_f1_an--open--one.json");
  const char *body = strstr(index, "\"suite\"");
  assert_non_null(body);
  assert_string_equal(
      body, "\"suite\": \"joust\",\n  \"function_id\": 1,\n  \"function_name\": \"an \\\"open\\\" one\",\n"
            "  \"maximization\": false,\n"
            "  \"algorithm\": {\"name\": \"ea\", \"info\": \"evolution 1.0 {\\\"population\\\": \\\"10\\\"}\"},\n"
            "  \"attributes\": [\"evaluations\", \"raw_y\", \"cost\", \"failed\"],\n"
            "  \"scenarios\": [\n    {\"dimension\": 2, \"path\": \"data_f1_an--open--one/IOHprofiler_f1_DIM2.dat\","
            " \"runs\": [\n        {\"instance\": 1, \"evals\": 4, \"best\": {\"evals\": 3, \"y\": 0.5, \"x\": []}},\n"
            "        {\"instance\": 2, \"evals\": 1, \"best\": {\"evals\": 1, \"y\": 2, \"x\": []}}\n    ]}\n  ]\n}\n");
  free(data);
  free(index);
  assert_error(export(store, &notes), JOUST_BAD_INPUT, "is not empty");
  joust_store_close(store);
}

/* No trial of the problem succeeded: what no number can be worse than; a hidden folder would be skipped. */
static void nothing_but_failures(void **state) {
  (void)state;
  struct store_ids ids;
  struct joust_ioh_notes notes;
  struct joust_store *store = awkward_store(&ids, ".x");
  put_run(store, &ids, 1, 1, JOUST_RUN_COMPLETE);
  assert_ok(export(store, &notes));
  char *data = contents("ioh/ea/data_f1_-x/IOHprofiler_f1_DIM2.dat");
  assert_string_equal(data, "evaluations raw_y cost failed\n1 1.7976931348623157e+308 0 1\n");
  free(data);
  joust_store_close(store);
}

/* Two problems of one label have runs in turn: each has its own files, whole. */
static void one_label_twice(void **state) {
  (void)state;
  struct store_ids ids, other;
  struct joust_ioh_notes notes;
  struct joust_store *store = awkward_store(&ids, "p");
  other = ids;
  struct joust_store_problem problem = {"p", "tests/awkward", "def", awkward_definition};
  assert_ok(joust_store_put_problem(store, &problem, &other.problem, &store_error));
  for (unsigned i = 1; i <= 3; i++) {
    put_run(store, &ids, i, 2, JOUST_RUN_COMPLETE);
    put_run(store, &other, 10 + i, 3, JOUST_RUN_COMPLETE);
  }
  assert_ok(export(store, &notes));
  char *first = contents("ioh/ea/data_f1_p/IOHprofiler_f1_DIM2.dat");
  char *second = contents("ioh/ea/data_f2_p/IOHprofiler_f2_DIM2.dat");
  char *index = contents("ioh/ea/IOHprofiler_f2_p.json");
  assert_int_equal(strlen(first), strlen("evaluations raw_y cost failed\n") + 3 * strlen("1 2 0 1\n2 2 10 0\n"));
  assert_non_null(strstr(second, "3 0.5 0.10000000000000001 0\n1 2 0 1\n"));
  assert_non_null(strstr(index, "\"function_name\": \"p ("));
  free(first);
  free(second);
  free(index);
  joust_store_close(store);
}

static void what_does_not_fit(void **state) {
  (void)state;
  struct store_ids ids;
  struct joust_ioh_notes notes;
  struct joust_store *store = awkward_store(&ids, "p");
  assert_error(export(store, &notes), JOUST_BAD_INPUT, "nothing to export");
  put_run(store, &ids, 65536, 2, JOUST_RUN_COMPLETE);
  assert_error(export(store, &notes), JOUST_BAD_INPUT, "up to 65535");
  joust_store_close(store);
}

static void json_of_a_run(void **state) {
  (void)state;
  struct store_ids ids;
  struct joust_store *store = awkward_store(&ids, "p");
  put_run(store, &ids, 1, 3, JOUST_RUN_COMPLETE);
  char *text, *runs;
  size_t length;
  FILE *out = open_memstream(&text, &length);
  assert_ok(joust_store_export_json(store, out, &store_error));
  fclose(out);
  runs = strstr(text, "\"counters\"");
  assert_non_null(runs);
  assert_string_equal(runs, "\"counters\": {},\n"
                            "      \"trials\": {\"outcome\": [\"failed\", \"ok\", \"ok\"],\n"
                            "      \"message\": [\"no\\u0009luck\", null, null],\n"
                            "      \"value\": [null, 2, 0.5],\n"
                            "      \"seconds\": [0, 0, 0],\n"
                            "      \"metrics\": {\"loss\": [null, 2, 0.5], \"time\": [null, 10, 0.1]},\n"
                            "      \"x\": {\"rate\": [0.1, 0.25, 1], \"op\": [\"a\", \"\\\"b\\\"\", \"a\"]}}}\n"
                            "  ]\n}\n");
  free(text);
  joust_store_close(store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_store_folder, remove_store_folder)

int main(void) {
  const struct CMUnitTest store_ioh[] = {
      TEST(files_of_iohprofiler), TEST(nothing_but_failures), TEST(one_label_twice),
      TEST(what_does_not_fit),    TEST(json_of_a_run),
  };
  return cmocka_run_group_tests(store_ioh, NULL, NULL);
}
