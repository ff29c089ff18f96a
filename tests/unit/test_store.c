/* What is put into a store comes out again, exactly; runs in steps; what the store refuses to hold. */
#include "store_fixture.h"

static void a_run_comes_back_as_it_went_in(void **state) {
  (void)state;
  struct store_ids ids;
  struct joust_store *store = open_store(JOUST_STORE_WRITE);
  put_ids(store, &ids);
  assert_ok(put_numbered_run(store, &ids, 7, 200));
  joust_store_close(store);

  store = open_store(JOUST_STORE_READ);
  char key[65];
  enum joust_run_state found;
  struct joust_store_run run;
  assert_ok(joust_store_find_run(store, make_key(key, 8), &found, &run, &store_error));
  assert_int_equal(found, JOUST_RUN_ABSENT);
  assert_ok(joust_store_find_run(store, make_key(key, 7), &found, NULL, &store_error));
  assert_ok(joust_store_find_run(store, key, &found, &run, &store_error));
  assert_int_equal(found, JOUST_RUN_COMPLETE);
  assert_int_equal(run.state, JOUST_RUN_COMPLETE);
  assert_int_equal(run.problem, ids.problem);
  assert_int_equal(run.optimiser, ids.optimiser);
  assert_int_equal(run.sweep, ids.sweep);
  assert_int_equal(run.session, ids.session);
  assert_string_equal(run.key, key);
  assert_int_equal(run.replicate, 7);
  assert_true(run.seed == UINT64_MAX - 7);
  assert_true(run.budget_trials == 200 && isinf(run.budget_cost) && isinf(run.budget_seconds));
  assert_string_equal(run.counters, "{}");
  assert_int_equal(run.trials, 200);
  assert_true(run.cost == 1.5 && run.seconds == 2.5 && run.cpu_seconds == 0.25);

  struct trial_data data;
  struct joust_store_columns columns = {0};
  make_trials(&data, 7, 1, 200);
  assert_ok(joust_store_read_trials(store, run.id, &columns, &store_error));
  assert_int_equal(columns.n, 200);
  assert_true(columns.has_index);
  assert_int_equal(columns.n_metrics, 3);
  assert_memory_equal(columns.index, data.index, 200 * sizeof *data.index);
  assert_memory_equal(columns.value, data.value, 200 * sizeof *data.value);
  assert_memory_equal(columns.metrics, data.metrics, 600 * sizeof *data.metrics);
  assert_memory_equal(columns.seconds, data.seconds, 200 * sizeof *data.seconds);
  assert_memory_equal(columns.outcome, data.outcome, 200);
  joust_store_columns_free(&columns);
  joust_store_close(store);
}

static void unusual_numbers_survive(void **state) {
  (void)state;
  struct store_ids ids;
  struct joust_store *store = open_store(JOUST_STORE_WRITE);
  put_ids(store, &ids);
  char key[65];
  struct joust_store_run run = make_run(&ids, make_key(key, 1), 1);
  double value[] = {NAN, INFINITY, -INFINITY, 0x1p-1074}, x[] = {0.1, -0.0, 1e308, NAN, 3, 4, 5, 6};
  double metrics[] = {NAN, -0.0, INFINITY, 0x1.fffffffffffffp1023}, seconds[] = {NAN, 0, 1, 2};
  uint8_t outcome[] = {1, 0, 2, 0};
  const char *message[] = {"out of memory", NULL, "", NULL};
  struct joust_store_trials trials = {.n = 4, .first = 1, .n_parameters = 2, .n_metrics = 1, .x = x, .value = value};
  trials.metrics = metrics, trials.seconds = seconds, trials.outcome = outcome, trials.message = message;
  run.cost = NAN;
  assert_ok(joust_store_put_run(store, &run, &trials, &store_error));
  struct joust_store_columns columns = {0};
  assert_ok(joust_store_read_trials(store, run.id, &columns, &store_error));
  assert_int_equal(columns.n, 4);
  assert_false(columns.has_index);
  assert_int_equal(columns.n_parameters, 2);
  assert_memory_equal(columns.x, x, sizeof x);
  assert_memory_equal(columns.metrics, metrics, sizeof metrics);
  assert_true(isnan(columns.value[0]) && isnan(columns.seconds[0]));
  assert_memory_equal(columns.value + 1, value + 1, 3 * sizeof *value);
  assert_memory_equal(columns.outcome, outcome, 4);
  enum joust_run_state found;
  assert_ok(joust_store_find_run(store, key, &found, &run, &store_error));
  assert_true(isnan(run.cost));
  joust_store_columns_free(&columns);
  joust_store_close(store);
  assert_sql("SELECT group_concat(coalesce(message, 'NULL'), '|') FROM trial", "out of memory|NULL||NULL");
  assert_sql("SELECT count(*) FROM trial WHERE value IS NULL", "1");
}

/* Runs of different widths one after the other into the same columns. */
static void columns_are_reused_for_other_widths(void **state) {
  (void)state;
  struct store_ids ids;
  struct joust_store *store = open_store(JOUST_STORE_WRITE);
  struct joust_store_columns columns = {0};
  put_ids(store, &ids);
  for (uint32_t width = 1; width <= 9; width += 4) {
    for (int with_index = 0; with_index < 2; with_index++) {
      char key[65];
      static uint64_t index[300];
      static double doubles[300 * 9];
      static uint8_t outcome[300];
      struct joust_store_run run = make_run(&ids, make_key(key, 2 * width + (unsigned)with_index), width);
      struct joust_store_trials trials = {.n = 300, .first = 1, .n_metrics = 10 - width, .n_parameters = width};
      for (int i = 0; i < 300 * 9; i++) doubles[i] = i + (double)width;
      trials.value = trials.metrics = trials.seconds = doubles, trials.outcome = outcome;
      if (with_index)
        trials.index = index;
      else
        trials.x = doubles;
      assert_ok(joust_store_put_run(store, &run, &trials, &store_error));
      assert_ok(joust_store_read_trials(store, run.id, &columns, &store_error));
      assert_int_equal(columns.n, 300);
      assert_int_equal(columns.n_metrics, 10 - width);
      assert_int_equal(columns.n_parameters, with_index ? 0 : width);
      assert_memory_equal(columns.metrics, doubles, 300 * (10 - width) * sizeof(double));
      if (!with_index) assert_memory_equal(columns.x, doubles, 300 * width * sizeof(double));
    }
  }
  assert_ok(joust_store_read_trials(store, 12345, &columns, &store_error));
  assert_int_equal(columns.n, 0);
  joust_store_columns_free(&columns);
  joust_store_close(store);
}

static void equal_texts_are_stored_once(void **state) {
  (void)state;
  struct store_ids first, second;
  struct joust_store *store = open_store(JOUST_STORE_WRITE);
  put_ids(store, &first);
  put_ids(store, &second);
  assert_int_equal(first.problem, second.problem);
  assert_int_equal(first.optimiser, second.optimiser);
  assert_int_equal(first.sweep, second.sweep);
  assert_int_not_equal(first.session, second.session); /* each call of `joust run` is one */
  int64_t other;
  struct joust_store_problem changed = {"small", "tests/small", "abd", store_definition};
  assert_ok(joust_store_put_problem(store, &changed, &other, &store_error));
  assert_int_not_equal(other, first.problem);
  struct joust_store_session lost = {.sweep = 99, .provenance = "{}", .shard = 1, .shards = 1};
  assert_error(joust_store_start_session(store, &lost, NULL, 0, &other, &store_error), JOUST_BAD_INPUT, "FOREIGN KEY");
  joust_store_close(store);
}

static void a_complete_run_is_not_replaced_another_is(void **state) {
  (void)state;
  struct store_ids ids;
  struct joust_store *store = open_store(JOUST_STORE_WRITE);
  put_ids(store, &ids);
  char key[65];
  struct trial_data data;
  struct joust_store_run broken = make_run(&ids, make_key(key, 1), 1);
  broken.state = JOUST_RUN_BROKEN;
  broken.reason = "segmentation fault in ask";
  make_trials(&data, 5, 1, 150);
  assert_ok(joust_store_put_run(store, &broken, &data.trials, &store_error));
  assert_ok(put_numbered_run(store, &ids, 2, 10));
  assert_ok(put_numbered_run(store, &ids, 1, 20)); /* not the last run of the file, and with fewer trials */
  assert_error(put_numbered_run(store, &ids, 1, 30), JOUST_BAD_INPUT, "complete already");
  enum joust_run_state found;
  struct joust_store_run run;
  assert_ok(joust_store_find_run(store, key, &found, &run, &store_error));
  assert_int_equal(found, JOUST_RUN_COMPLETE);
  assert_string_equal(run.reason, "");
  assert_int_equal(run.id, broken.id);
  assert_int_equal(run.trials, 20);
  struct joust_store_columns columns = {0};
  assert_ok(joust_store_read_trials(store, run.id, &columns, &store_error));
  make_trials(&data, 1, 1, 20);
  assert_int_equal(columns.n, 20);
  assert_memory_equal(columns.value, data.value, 20 * sizeof *data.value);
  joust_store_columns_free(&columns);
  joust_store_close(store);
  assert_sql("SELECT count(*) FROM trial", "30");
}

static void a_run_in_steps(void **state) {
  (void)state;
  struct store_ids ids;
  struct joust_store *store = open_store(JOUST_STORE_WRITE);
  put_ids(store, &ids);
  char key_a[65], key_b[65];
  struct trial_data data;
  struct joust_store_run a = make_run(&ids, make_key(key_a, 1), 1), b = make_run(&ids, make_key(key_b, 2), 2);
  assert_ok(joust_store_begin_run(store, &a, &store_error));
  assert_ok(joust_store_begin_run(store, &b, &store_error));
  assert_int_equal(a.state, JOUST_RUN_STARTED);
  for (uint32_t first = 1; first < 31; first += 10) { /* two runs in turn */
    make_trials(&data, 1, first, 10);
    assert_ok(joust_store_add_trials(store, a.id, &data.trials, 0.5 * first, &store_error));
    make_trials(&data, 2, first, 10);
    assert_ok(joust_store_add_trials(store, b.id, &data.trials, first, &store_error));
  }
  make_trials(&data, 1, 30, 5);
  assert_error(joust_store_add_trials(store, a.id, &data.trials, 99, &store_error), JOUST_BAD_INPUT, "31 is next");
  make_trials(&data, 1, 32, 5);
  assert_error(joust_store_add_trials(store, a.id, &data.trials, 99, &store_error), JOUST_BAD_INPUT, "31 is next");
  joust_store_close(store);

  store = open_store(JOUST_STORE_WRITE); /* goes on another day */
  enum joust_run_state found;
  struct joust_store_run run;
  assert_ok(joust_store_find_run(store, key_a, &found, &run, &store_error));
  assert_int_equal(found, JOUST_RUN_STARTED);
  assert_int_equal(run.trials, 30);
  assert_true(run.cost == 0.5 * 21); /* of all trials that are stored */
  run.state = JOUST_RUN_COMPLETE;
  run.counters = "{\"tokens\": 12}";
  run.cost = 99;
  run.trials = 29;
  assert_error(joust_store_finish_run(store, &run, &store_error), JOUST_BAD_INPUT, "30 are stored");
  run.trials = 30;
  assert_ok(joust_store_finish_run(store, &run, &store_error));
  make_trials(&data, 1, 31, 5);
  assert_error(joust_store_add_trials(store, run.id, &data.trials, 99, &store_error), JOUST_BAD_INPUT,
               "not one that was");
  assert_error(joust_store_finish_run(store, &run, &store_error), JOUST_BAD_INPUT, "not one that was");
  assert_error(joust_store_begin_run(store, &run, &store_error), JOUST_BAD_INPUT, "complete already");
  int64_t id = run.id;
  assert_ok(joust_store_find_run(store, key_a, &found, &run, &store_error));
  assert_int_equal(found, JOUST_RUN_COMPLETE);
  assert_int_equal(run.id, id);
  assert_string_equal(run.counters, "{\"tokens\": 12}");
  assert_true(run.cost == 99);
  struct joust_store_columns columns = {0};
  assert_ok(joust_store_read_trials(store, id, &columns, &store_error));
  make_trials(&data, 1, 1, 30);
  assert_int_equal(columns.n, 30);
  assert_memory_equal(columns.metrics, data.metrics, 90 * sizeof *data.metrics);
  joust_store_columns_free(&columns);
  joust_store_close(store);
}

static int note_replicate(void *context, const struct joust_store_run *run) {
  char *text = context;
  sprintf(text + strlen(text), "%u,", (unsigned)run->replicate);
  return run->replicate == 99 ? -7 : 0;
}

static int note_label(void *context, int64_t id, const struct joust_store_optimiser *optimiser) {
  (void)id;
  strcat(context, optimiser->label);
  return 0;
}

static void runs_come_in_the_order_of_labels(void **state) {
  (void)state;
  struct store_ids ids;
  struct joust_store *store = open_store(JOUST_STORE_WRITE);
  char text[200] = "";
  put_ids(store, &ids);
  struct joust_store_optimiser early = {"aa", "random", "1.0", "{}", ""};
  for (unsigned i = 3; i > 0; i--) assert_ok(put_numbered_run(store, &ids, i, 2));
  assert_ok(joust_store_put_optimiser(store, &early, &ids.optimiser, &store_error));
  assert_ok(put_numbered_run(store, &ids, 9, 2));
  assert_ok(joust_store_each_run(store, note_replicate, text, &store_error));
  assert_string_equal(text, "9,1,2,3,");
  text[0] = 0;
  assert_ok(joust_store_each_optimiser(store, note_label, text, &store_error));
  assert_string_equal(text, "aaea");
  assert_ok(put_numbered_run(store, &ids, 99, 2));
  assert_int_equal(joust_store_each_run(store, note_replicate, text, &store_error), -7);
  joust_store_close(store);
}

/* What docs/store-format.md promises to those who come with SQL. */
static void sql_sees_one_row_a_trial(void **state) {
  (void)state;
  struct store_ids ids;
  struct joust_store *store = open_store(JOUST_STORE_WRITE);
  put_ids(store, &ids);
  for (unsigned i = 1; i <= 5; i++) assert_ok(put_numbered_run(store, &ids, i, 20));
  joust_store_close(store);
  assert_sql("PRAGMA integrity_check", "ok");
  assert_sql("SELECT count(*) FROM trials", "100");
  assert_sql("SELECT run || ' ' || trial || ' ' || problem || ' ' || optimiser || ' ' || outcome || ' ' || value"
             " FROM trials WHERE run = 3 AND trial = 7",
             "3 7 small ea ok 4.0");
  assert_sql("SELECT best || ' ' || state || ' ' || seed FROM runs WHERE run = 4",
             "6.85714285714286 complete 18446744073709551611");
  assert_sql("SELECT count(*) FROM metrics JOIN trials USING (run, trial) WHERE name = 'accuracy' AND metrics.value = "
             "trials.value",
             "100");
  assert_sql("SELECT count(*) FROM metrics WHERE name = 'time' AND value = trial * 0.1", "100");
}

static void sql_reads_every_kind_of_double(void **state) {
  (void)state;
  struct store_ids ids;
  struct joust_store *store = open_store(JOUST_STORE_WRITE);
  put_ids(store, &ids);
  char key[65];
  struct trial_data data;
  struct joust_store_run run = make_run(&ids, make_key(key, 1), 1);
  static const double special[] = {0.1,      -1.0 / 3, 0x1.fffffffffffffp1023, -0x1p-1074, 0x1p-1022, 1e300, 0, NAN,
                                   INFINITY, -INFINITY};
  make_trials(&data, 1, 1, 10);
  for (int i = 0; i < 10; i++) data.value[i] = data.metrics[3 * i] = special[i];
  assert_ok(joust_store_put_run(store, &run, &data.trials, &store_error));
  joust_store_close(store);
  assert_sql("SELECT group_concat(m.value IS t.value, '') FROM metrics AS m JOIN trials AS t USING (run, trial)"
             " WHERE name = 'accuracy'",
             "1111111111");
}

/* One search in the trials' tree for each run, whatever view they come through: no scan of all trials. */
static void views_find_a_run_without_a_scan(void **state) {
  (void)state;
  joust_store_close(open_store(JOUST_STORE_WRITE));
  static const char *const questions[] = {"SELECT * FROM trials WHERE run = 3", "SELECT * FROM runs WHERE run = 3",
                                          "SELECT value FROM metrics WHERE run = 3 AND name = 'time'",
                                          "SELECT * FROM trials JOIN runs USING (run) WHERE seed = '1'"};
  for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
    sqlite3 *db;
    sqlite3_stmt *plan;
    char *sql = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", questions[i]);
    bool searched = false;
    assert_int_equal(sqlite3_open(store_path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &plan, NULL), SQLITE_OK);
    while (sqlite3_step(plan) == SQLITE_ROW) {
      const char *step = (const char *)sqlite3_column_text(plan, 3);
      assert_null(strstr(step, "SCAN trial"));
      if (strstr(step, "SEARCH trial USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)")) searched = true;
    }
    assert_true(searched);
    sqlite3_finalize(plan);
    sqlite3_close(db);
    sqlite3_free(sql);
  }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_store_folder, remove_store_folder)

int main(void) {
  const struct CMUnitTest store[] = {
      TEST(a_run_comes_back_as_it_went_in),
      TEST(unusual_numbers_survive),
      TEST(columns_are_reused_for_other_widths),
      TEST(equal_texts_are_stored_once),
      TEST(a_complete_run_is_not_replaced_another_is),
      TEST(a_run_in_steps),
      TEST(runs_come_in_the_order_of_labels),
      TEST(sql_sees_one_row_a_trial),
      TEST(sql_reads_every_kind_of_double),
      TEST(views_find_a_run_without_a_scan),
  };
  return cmocka_run_group_tests(store, NULL, NULL);
}
