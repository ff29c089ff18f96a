/* The text forms of a store: every cell of the CSV, and a dump that tells results and nothing else. */
#include "store_fixture.h"

#include "base/json.h"
#include "store/export.h"

static const char infinite_definition[] =
    "{\"objective\": 0, \"direction\": \"minimise\", \"cost\": -1, \"points\": 0,"
    " \"parameters\": [{\"name\": \"rate\", \"kind\": \"real\", \"lower\": 0.001, \"upper\": 1, \"scale\": \"log\"},"
    " {\"name\": \"width\", \"kind\": \"integer\", \"lower\": -5, \"upper\": 5},"
    " {\"name\": \"grade\", \"kind\": \"ordinal\", \"choices\": [\"low\", \"high\"]}],"
    " \"metrics\": [{\"name\": \"loss\"}, {\"name\": \"time\"}]}";

typedef int write_text(struct joust_store *, FILE *, struct joust_error *);

static char *text_of(struct joust_store *store, write_text *writer) {
  char *text;
  size_t length;
  FILE *out = open_memstream(&text, &length);
  assert_ok(writer(store, out, &store_error));
  fclose(out);
  return text;
}

/* Three trials in a space without end: failed, worse, better. */
static void put_infinite_run(struct joust_store *store, const struct store_ids *ids) {
  char key[65];
  double x[] = {0.1, -5, 0, 0.25, 0, 1, 1, 5, 1}, value[] = {NAN, 2, 0.5}, seconds[] = {0.5, 1, 2e-7};
  double metrics[] = {NAN, NAN, 2, 10, 0.5, 1e22};
  uint8_t outcome[] = {1, 0, 0};
  const char *message[] = {"no, \"never\"", "fallback", NULL};
  struct joust_store_trials trials = {.n = 3, .first = 1, .n_parameters = 3, .n_metrics = 2, .x = x, .value = value};
  trials.metrics = metrics, trials.seconds = seconds, trials.outcome = outcome, trials.message = message;
  struct store_ids here = *ids;
  struct joust_store_problem problem = {"an \"open\" one", "tests/infinite", "abc", infinite_definition};
  assert_ok(joust_store_put_problem(store, &problem, &here.problem, &store_error));
  struct joust_store_run run = make_run(&here, make_key(key, 77), 77);
  assert_ok(joust_store_put_run(store, &run, &trials, &store_error));
}

static void csv_has_one_row_a_trial(void **state) {
  (void)state;
  struct store_ids ids;
  struct joust_store *store = open_store(JOUST_STORE_WRITE);
  put_ids(store, &ids);
  assert_ok(put_numbered_run(store, &ids, 7, 6));
  put_infinite_run(store, &ids);
  char *text = text_of(store, joust_store_export_csv);
  assert_string_equal(
      text,
      "problem,optimiser,replicate,seed,trial,outcome,value,incumbent,cost,seconds,metric:loss,metric:time,"
      "metric:accuracy,metric:params,x:rate,x:width,x:grade,x:op,message\n"
      "\"an \"\"open\"\" one\",ea,77,18446744073709551538,1,failed,,,,0.5,,,,,0.1,-5,low,,\"no, \"\"never\"\"\"\n"
      "\"an \"\"open\"\" one\",ea,77,18446744073709551538,2,ok,2,2,,1,2,10,,,0.25,0,high,,fallback\n"
      "\"an \"\"open\"\" one\",ea,77,18446744073709551538,3,ok,0.5,0.5,,2e-07,0.5,1e+22,,,1,5,high,,\n"
      "small,ea,7,18446744073709551608,1,ok,7.142857142857143,7.142857142857143,0.1,1e-06,,0.1,7.142857142857143,7,,8,,"
      "\"conv, 3x3\",\n"
      "small,ea,7,18446744073709551608,2,ok,7.285714285714286,7.285714285714286,0.2,1e-06,,0.2,7.285714285714286,7,,9,,"
      "\"conv, 3x3\",\n"
      "small,ea,7,18446744073709551608,3,ok,7.428571428571429,7.428571428571429,0.30000000000000004,1e-06,,"
      "0.30000000000000004,7.428571428571429,7,,8,,\"say \"\"hi\"\"\",\n"
      "small,ea,7,18446744073709551608,4,ok,7.571428571428571,7.571428571428571,0.4,1e-06,,0.4,7.571428571428571,7,,9,,"
      "\"say \"\"hi\"\"\",\n"
      "small,ea,7,18446744073709551608,5,ok,7.714285714285714,7.714285714285714,0.5,1e-06,,0.5,7.714285714285714,7,,8,,"
      "none,\n"
      "small,ea,7,18446744073709551608,6,ok,7.857142857142857,7.857142857142857,0.6000000000000001,1e-06,,"
      "0.6000000000000001,7.857142857142857,7,,9,,none,\n");
  free(text);
  joust_store_close(store);
}

/* The incumbent of a problem that is maximised never falls; failed trials do not count. */
static void the_incumbent_is_the_best_so_far(void **state) {
  (void)state;
  struct store_ids ids;
  struct joust_store *store = open_store(JOUST_STORE_WRITE);
  put_ids(store, &ids);
  char key[65];
  struct trial_data data;
  struct joust_store_run run = make_run(&ids, make_key(key, 1), 1);
  static const double values[] = {3, NAN, 2, 5, 4};
  make_trials(&data, 1, 1, 5);
  memcpy(data.value, values, sizeof values);
  data.outcome[1] = 2;
  assert_ok(joust_store_put_run(store, &run, &data.trials, &store_error));
  char *text = text_of(store, joust_store_export_csv), *row = text;
  static const char *const expected[] = {",ok,3,3,", ",cancelled,,3,", ",ok,2,3,", ",ok,5,5,", ",ok,4,5,"};
  for (int i = 0; i < 5; i++) {
    row = strchr(row, '\n') + 1;
    char *place = strstr(row, expected[i]);
    assert_true(place && place < strchr(row, '\n'));
  }
  free(text);
  joust_store_close(store);
}

static void an_empty_store_has_a_header(void **state) {
  (void)state;
  struct joust_store *store = open_store(JOUST_STORE_WRITE);
  char *csv = text_of(store, joust_store_export_csv), *dump = text_of(store, joust_store_dump);
  assert_string_equal(csv, "problem,optimiser,replicate,seed,trial,outcome,value,incumbent,cost,seconds,message\n");
  assert_string_equal(dump, "");
  free(csv);
  free(dump);
  joust_store_close(store);
}

static void a_definition_without_sense_is_named(void **state) {
  (void)state;
  static const struct {
    const char *definition, *words;
  } cases[] = {
      {"{", "definition of problem small:1:"},
      {"{\"direction\": \"up\", \"parameters\": [], \"metrics\": []}", "minimise or maximise"},
      {"{\"direction\": \"minimise\", \"metrics\": []}", "parameters"},
      {"{\"direction\": \"minimise\", \"parameters\": [{\"name\": \"a\", \"kind\": \"colour\"}], \"metrics\": []}",
       "kind must be"},
      {"{\"direction\": \"minimise\", \"parameters\": [{\"name\": \"a\", \"kind\": \"ordinal\", \"choices\": []}],"
       " \"metrics\": []}",
       "at least one choice"},
      {"{\"direction\": \"minimise\", \"parameters\": [{\"name\": \"a\", \"kind\": \"ordinal\", \"choices\": [\"b\", "
       "3]}],"
       " \"metrics\": []}",
       "must be a text"},
      {"{\"direction\": \"minimise\", \"parameters\": [{\"name\": \"a\", \"kind\": \"integer\", \"lower\": 2,"
       " \"upper\": 1}], \"metrics\": []}",
       "below lower"},
      {"{\"direction\": \"minimise\", \"parameters\": [], \"metrics\": [{\"name\": \"m\"}], \"cost\": 1}", "cost"},
      {"{\"direction\": \"minimise\", \"parameters\": [], \"metrics\": [{\"name\": \"m\"}], \"objective\": 0}",
       "other metrics"},
      {"{\"direction\": \"minimise\", \"parameters\": [], \"metrics\": [{\"name\": \"m\"}]}", "objective"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct store_ids ids;
    struct joust_store *store = open_store(JOUST_STORE_WRITE);
    put_ids(store, &ids);
    struct joust_store_problem problem = {"small", "tests/small", "x", cases[i].definition};
    assert_ok(joust_store_put_problem(store, &problem, &ids.problem, &store_error));
    assert_ok(put_numbered_run(store, &ids, 1, 2));
    FILE *out = fopen("/dev/null", "w");
    assert_error(joust_store_export_csv(store, out, &store_error), JOUST_BAD_INPUT, cases[i].words);
    fclose(out);
    joust_store_close(store);
    assert_int_equal(unlink(store_path), 0);
  }
}

static void a_full_output_is_an_error(void **state) {
  (void)state;
  struct store_ids ids;
  struct joust_store *store = open_store(JOUST_STORE_WRITE);
  put_ids(store, &ids);
  assert_ok(put_numbered_run(store, &ids, 1, 200));
  write_text *const writers[] = {joust_store_export_csv, joust_store_dump};
  for (int i = 0; i < 2; i++) {
    FILE *out = fopen("/dev/full", "w");
    assert_non_null(out);
    assert_error(writers[i](store, out, &store_error), JOUST_SYSTEM, "No space left");
    fclose(out);
  }
  joust_store_close(store);
}

/* A run that cannot be read, behind one that can: what was written until then does not pass for JSON. */
static void json_that_is_not_whole_is_no_json(void **state) {
  (void)state;
  struct store_ids ids;
  struct joust_store *store = open_store(JOUST_STORE_WRITE);
  put_ids(store, &ids);
  for (unsigned i = 1; i < 3; i++) assert_ok(put_numbered_run(store, &ids, i, 5));
  assert_int_equal(sqlite3_exec(store->db, "UPDATE trial SET outcome = 3 WHERE id = 2 << 32 | 4", NULL, NULL, NULL),
                   SQLITE_OK);
  char *text;
  size_t length;
  FILE *out = open_memstream(&text, &length);
  assert_error(joust_store_export_json(store, out, &store_error), JOUST_BAD_INPUT, "damaged (trial 4");
  fclose(out);
  assert_non_null(strstr(text, "\"runs\""));
  cJSON *json = cJSON_Parse(text);
  assert_null(json);
  free(text);
  joust_store_close(store);
}

static void dump_is_readable(void **state) {
  (void)state;
  struct store_ids ids;
  struct joust_store *store = open_store(JOUST_STORE_WRITE);
  put_ids(store, &ids);
  put_infinite_run(store, &ids);
  assert_ok(put_numbered_run(store, &ids, 7, 2));
  char *text = text_of(store, joust_store_dump);
  assert_string_equal(
      text,
      "run\t0000000000000000000000000000000000000000000000000000000000000007\tsmall\ttests/small\tabc\tea\t"
      "evolution\t1.0\t{\"population\": \"10\"}\t7\t18446744073709551608\tcomplete\t2\t1.5\n"
      "1\tok\t2\t7.142857142857143\t7.142857142857143\t0.1\t7\n"
      "2\tok\t3\t7.285714285714286\t7.285714285714286\t0.2\t7\n"
      "run\t000000000000000000000000000000000000000000000000000000000000004d\tan \"open\" one\ttests/infinite\tabc\t"
      "ea\tevolution\t1.0\t{\"population\": \"10\"}\t77\t18446744073709551538\tcomplete\t3\t1.5\n"
      "1\tfailed\t0.1\t-5\t0\tnan\tnan\tnan\n"
      "2\tok\t0.25\t0\t1\t2\t2\t10\n"
      "3\tok\t1\t5\t1\t0.5\t0.5\t1e+22\n");
  free(text);
  joust_store_close(store);
}

/* A store of three runs, made in the order of `numbers`, after `more` sessions, with times of its own. */
static char *dump_of(const unsigned *numbers, unsigned more, double change) {
  struct store_ids ids;
  struct joust_store *store = open_store(JOUST_STORE_WRITE);
  for (unsigned i = 0; i <= more; i++) put_ids(store, &ids);
  for (int i = 0; i < 3; i++) {
    char key[65];
    struct trial_data data;
    struct joust_store_run run = make_run(&ids, make_key(key, numbers[i]), numbers[i]);
    make_trials(&data, numbers[i], 1, 50);
    for (int k = 0; k < 50; k++) data.seconds[k] *= more;
    run.seconds = run.cpu_seconds = more;
    if (numbers[i] == 2) data.metrics[3 * 20 + 2] += change;
    assert_ok(joust_store_put_run(store, &run, &data.trials, &store_error));
  }
  char *text = text_of(store, joust_store_dump);
  joust_store_close(store);
  unlink(store_path);
  return text;
}

static void dumps_are_equal_when_results_are(void **state) {
  (void)state;
  static const unsigned forward[] = {1, 2, 3}, backward[] = {3, 2, 1};
  char *a = dump_of(forward, 0, 0), *b = dump_of(backward, 3, 0), *c = dump_of(forward, 0, 0x1p-51);
  assert_string_equal(a, b);
  assert_string_not_equal(a, c);
  free(a);
  free(b);
  free(c);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_store_folder, remove_store_folder)

int main(void) {
  const struct CMUnitTest store_export[] = {
      TEST(csv_has_one_row_a_trial),
      TEST(the_incumbent_is_the_best_so_far),
      TEST(an_empty_store_has_a_header),
      TEST(a_definition_without_sense_is_named),
      TEST(json_that_is_not_whole_is_no_json),
      TEST(a_full_output_is_an_error),
      TEST(dump_is_readable),
      TEST(dumps_are_equal_when_results_are),
  };
  return cmocka_run_group_tests(store_export, NULL, NULL);
}
