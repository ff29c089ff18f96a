/* Merging stores: any order, any number of times, contradictions, unfinished runs, failures in the middle. */
#include "base/process.h"
#include "store/export.h"
#include "store/merge.h"
#include "store_fixture.h"

enum { TRIALS = 40 };

static char paths[4][100];

static int make_paths(void **state) {
  if (make_store_folder(state)) return -1;
  for (int i = 0; i < 4; i++) snprintf(paths[i], sizeof paths[i], "%s/it's %d?.db", store_folder, i);
  return 0;
}

/* Runs `from` to `to` into the store at path, made by a session of their own that planned `planned` runs from 0 on. */
static void make_store_of(const char *path, unsigned from, unsigned to, unsigned planned) {
  struct store_ids ids;
  struct joust_store *store;
  struct joust_store_planned plan[20];
  char keys[20][65];
  assert_ok(joust_store_open(&store, path, JOUST_STORE_WRITE, &store_error));
  put_ids(store, &ids);
  for (unsigned i = 0; i < planned; i++)
    plan[i] = (struct joust_store_planned){make_key(keys[i], i), ids.problem, ids.optimiser, i};
  struct joust_store_session session = {.sweep = ids.sweep, .provenance = path, .shard = 1, .shards = 1};
  assert_ok(joust_store_start_session(store, &session, plan, planned, &ids.session, &store_error));
  for (unsigned i = from; i < to; i++) assert_ok(put_numbered_run(store, &ids, i, TRIALS));
  assert_ok(joust_store_end_session(store, ids.session, "complete", &store_error));
  joust_store_close(store);
}

/* One unfinished run with these many trials. */
static void put_unfinished(const char *path, unsigned number, uint32_t n, enum joust_run_state state) {
  struct store_ids ids;
  struct joust_store *store;
  struct trial_data data;
  char key[65];
  assert_ok(joust_store_open(&store, path, JOUST_STORE_WRITE, &store_error));
  put_ids(store, &ids);
  struct joust_store_run run = make_run(&ids, make_key(key, number), number);
  run.state = state;
  run.reason = state == JOUST_RUN_BROKEN ? "it broke" : "";
  make_trials(&data, number, 1, n);
  assert_ok(joust_store_put_run(store, &run, &data.trials, &store_error));
  joust_store_close(store);
}

static void change(const char *path, const char *sql) {
  sqlite3 *db;
  assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
  if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) fail_msg("%s: %s", sql, sqlite3_errmsg(db));
  sqlite3_close(db);
}

static char *dump(const char *path) {
  char *text = NULL;
  size_t length = 0;
  struct joust_store *store;
  FILE *out = open_memstream(&text, &length);
  assert_ok(joust_store_open(&store, path, JOUST_STORE_READ, &store_error));
  assert_ok(joust_store_dump(store, out, &store_error));
  joust_store_close(store);
  fclose(out);
  return text;
}

static void assert_same_dump(const char *a, const char *b) {
  char *x = dump(a), *y = dump(b);
  assert_string_equal(x, y);
  free(x);
  free(y);
}

static struct joust_merge_tally last;

static void keep_tally(void *context, const char *input, const struct joust_merge_tally *tally) {
  (void)context, (void)input;
  last = *tally;
}

/* Merges the stores of these numbers, in this order, into store_path. */
static int merge(const int *numbers, size_t n) {
  const char *inputs[8];
  for (size_t i = 0; i < n; i++) inputs[i] = paths[numbers[i]];
  return joust_store_merge(store_path, inputs, n, keep_tally, NULL, &store_error);
}

#define MERGE(...) merge((const int[]){__VA_ARGS__}, sizeof(int[]){__VA_ARGS__} / sizeof(int))

static void shards_in_any_order_any_number_of_times(void **state) {
  (void)state;
  static const int orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
  make_store_of(paths[0], 0, 5, 15);
  make_store_of(paths[1], 4, 9, 15); /* one run is in both */
  make_store_of(paths[2], 9, 12, 15);
  make_store_of(paths[3], 0, 12, 15); /* all of them at once */
  for (size_t i = 0; i < 6; i++) {
    assert_ok(merge(orders[i], 3));
    assert_ok(merge(orders[5 - i], 3));
    assert_int_equal(last.added + last.replaced + last.trials, 0);
    assert_same_dump(store_path, paths[3]);
    assert_sql("SELECT count(*) FROM run", "12");
    assert_sql("SELECT count(*) FROM trial", "480");
    assert_sql("SELECT count(*) FROM session", "6"); /* two of each: put_ids makes one, too */
    assert_sql("SELECT count(*) FROM planned", "15");
    assert_sql("SELECT count(*) || ' ' || count(DISTINCT label) FROM problem", "1 1");
    assert_sql(
        "SELECT provenance LIKE '%it''s 1?.db' FROM session JOIN run ON session = session.id WHERE replicate = 7", "1");
    assert_sql("PRAGMA foreign_key_check", "NULL");
    assert_int_equal(unlink(store_path), 0);
  }
}

static void into_a_store_that_is_there(void **state) {
  (void)state;
  make_store_of(store_path, 0, 3, 0);
  make_store_of(paths[0], 2, 6, 0);
  make_store_of(paths[3], 0, 6, 0);
  assert_ok(MERGE(0));
  assert_int_equal(last.added, 3);
  assert_int_equal(last.there, 1);
  assert_int_equal(last.trials, 3 * TRIALS);
  assert_same_dump(store_path, paths[3]);
}

static void a_contradiction_names_both_stores_and_the_run(void **state) {
  (void)state;
  char words[300];
  make_store_of(paths[0], 0, 3, 0);
  make_store_of(paths[1], 3, 6, 0);
  make_store_of(paths[2], 0, 6, 0);
  change(paths[2], "UPDATE trial SET value = 2.5, metrics = zeroblob(24) WHERE id = (2 << 32) + 7");
  assert_error(MERGE(0, 1, 2), JOUST_BAD_INPUT, "ea on small, replicate 1");
  snprintf(words, sizeof words, "%s and %s contradict each other", paths[0], paths[2]);
  if (!strstr(store_error.message, words)) fail_msg("%s", store_error.message);
  assert_non_null(strstr(store_error.message, "trial 7 is the first that differs, its value is 2 and 2.5"));
  assert_sql("SELECT count(*) FROM run", "6"); /* the inputs before it are there, nothing of it is */
  assert_sql("SELECT count(*) FROM session", "4");
  /* The output is named where it had the run before; other columns, other lengths. */
  assert_int_equal(unlink(paths[2]), 0);
  make_store_of(paths[2], 0, 6, 0);
  change(paths[2], "UPDATE trial SET point = 5 - point WHERE id = (3 << 32) + 1");
  assert_error(MERGE(2), JOUST_BAD_INPUT, "its point is 3 and 2");
  if (strncmp(store_error.message, store_path, strlen(store_path)) != 0) fail_msg("%s", store_error.message);
  change(paths[2], "UPDATE trial SET point = 5 - point WHERE id = (3 << 32) + 1");
  change(paths[2], "UPDATE trial SET metrics = zeroblob(24) WHERE id = (3 << 32) + 40");
  assert_error(MERGE(2), JOUST_BAD_INPUT, "trial 40 is the first that differs, in its metrics");
  change(paths[2], "DELETE FROM trial WHERE id = (3 << 32) + 40; UPDATE run SET trials = 39 WHERE id = 3");
  assert_error(MERGE(2), JOUST_BAD_INPUT, "it has 40 trials and 39");
  assert_sql("SELECT count(*) FROM run", "6");
}

/* A NaN may have any of many bit patterns; the times of two machines differ always. */
static void what_is_no_contradiction(void **state) {
  (void)state;
  make_store_of(paths[0], 0, 2, 0);
  make_store_of(paths[1], 0, 2, 0);
  change(paths[0], "UPDATE trial SET metrics = x'000000000000f87f000000000000f03f000000000000f0bf', seconds = 1");
  change(paths[1], "UPDATE trial SET metrics = x'000000000000f8ff000000000000f03f000000000000f0bf', message = 'm'");
  change(paths[1], "UPDATE run SET seconds = 99, cpu_seconds = 98, log = 'other'");
  assert_ok(MERGE(0, 1));
  assert_int_equal(last.there, 2);
}

static void an_unfinished_run_gives_way(void **state) {
  (void)state;
  static const int orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
  put_unfinished(paths[0], 7, 10, JOUST_RUN_STARTED);
  put_unfinished(paths[1], 7, 20, JOUST_RUN_STARTED);
  put_unfinished(paths[2], 7, 20, JOUST_RUN_BROKEN);
  make_store_of(paths[3], 7, 8, 0);
  for (size_t i = 0; i < 6; i++) { /* the longest, and of these the one that cannot go on */
    assert_ok(merge(orders[i], 3));
    assert_sql("SELECT state || ' ' || trials || ' ' || reason FROM run", "3 20 it broke");
    assert_sql("SELECT count(*) FROM trial", "20");
    assert_ok(MERGE(3)); /* complete */
    assert_int_equal(last.replaced, 1);
    assert_same_dump(store_path, paths[3]);
    assert_ok(merge(orders[i], 3));
    assert_same_dump(store_path, paths[3]);
    assert_int_equal(unlink(store_path), 0);
  }
  change(paths[0], "UPDATE trial SET value = 0 WHERE id & 4294967295 = 10");
  assert_error(MERGE(0, 1), JOUST_BAD_INPUT, "trial 10 is the first that differs");
  assert_ok(MERGE(3));
  assert_ok(MERGE(0)); /* whatever its trials were */
  assert_same_dump(store_path, paths[3]);
}

static void what_is_no_store(void **state) {
  (void)state;
  make_store_of(paths[0], 0, 2, 0);
  assert_error(MERGE(0, 1), JOUST_MISSING, "no such file");
  FILE *file = fopen(paths[1], "w");
  fputs("no store at all, though it is long enough to look at", file);
  fclose(file);
  assert_error(MERGE(0, 1), JOUST_BAD_INPUT, "no SQLite file");
  make_store_of(paths[2], 2, 3, 0);
  change(paths[2], "PRAGMA user_version = 99");
  assert_error(MERGE(0, 2), JOUST_BAD_INPUT, "newer joust");
  assert_int_equal(access(store_path, F_OK), -1); /* nothing was begun */
  assert_ok(MERGE(0));
  const char *itself[] = {paths[0], store_path};
  assert_error(joust_store_merge(store_path, itself, 2, NULL, NULL, &store_error), JOUST_BAD_INPUT, "is the output");
  make_store_of(paths[3], 4, 6, 0);
  change(paths[3], "DELETE FROM trial WHERE id = (2 << 32) + 5");
  assert_error(MERGE(3), JOUST_BAD_INPUT, "damaged (run 2)");
  assert_sql("SELECT count(*) FROM run", "2");
}

static void copy_file(const char *from, const char *to) {
  char bytes[4096];
  FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
  for (size_t n; (n = fread(bytes, 1, sizeof bytes, in)) > 0;) assert_int_equal(fwrite(bytes, 1, n, out), n);
  fclose(in);
  assert_int_equal(fclose(out), 0);
}

/* Pages overwritten in the middle: merging may find it or not; if it does, it blames the right store and takes nothing.
 */
static void a_damaged_input_is_named(void **state) {
  (void)state;
  char *before, kept[100];
  unsigned found = 0;
  make_store_of(store_path, 0, 1, 0);
  before = dump(store_path);
  snprintf(kept, sizeof kept, "%s.kept", store_path);
  copy_file(store_path, kept);
  make_store_of(paths[0], 1, 6, 0);
  FILE *file = fopen(paths[0], "rb");
  static char bytes[1 << 20], damaged[1 << 20];
  size_t length = fread(bytes, 1, sizeof bytes, file);
  fclose(file);
  assert_in_range(length, 8 * 4096, sizeof bytes - 1);
  for (size_t page = 0; page < length / 4096; page++) {
    memcpy(damaged, bytes, length);
    memset(damaged + page * 4096 + (page ? 0 : 100), 0x5a, 3000);
    file = fopen(paths[1], "wb");
    fwrite(damaged, 1, length, file);
    fclose(file);
    memset(&store_error, 0, sizeof store_error);
    if (MERGE(1) == 0) { /* a page that no row needs */
      assert_int_equal(unlink(store_path), 0);
      assert_int_equal(rename(kept, store_path), 0);
      copy_file(store_path, kept);
      continue;
    }
    found++;
    assert_int_equal(store_error.code, JOUST_BAD_INPUT);
    if (strncmp(store_error.message, paths[1], strlen(paths[1])) != 0 || !strstr(store_error.message, "damaged"))
      fail_msg("page %zu: %s", page, store_error.message);
    char *after = dump(store_path);
    assert_string_equal(after, before);
    free(after);
  }
  assert_true(found > 5);
  free(before);
}

/* A row that a later schema has more of is merged as well. */
static void columns_that_came_later(void **state) {
  (void)state;
  make_store_of(store_path, 0, 1, 0);
  make_store_of(paths[0], 1, 2, 0);
  change(store_path, "ALTER TABLE run ADD COLUMN colour TEXT");
  change(paths[0], "ALTER TABLE run ADD COLUMN colour TEXT; UPDATE run SET colour = 'red'");
  assert_ok(MERGE(0));
  assert_sql("SELECT colour FROM run WHERE replicate = 1", "red");
}

static void no_merge_into_a_store_at_work(void **state) {
  (void)state;
  int64_t ignored;
  struct store_ids ids;
  make_store_of(paths[0], 0, 2, 0);
  struct joust_store *store = open_store(JOUST_STORE_WRITE);
  put_ids(store, &ids);
  char *process = joust_process_name();
  struct joust_store_session session = {.sweep = ids.sweep, .process = process, .shard = 1, .shards = 1};
  assert_ok(joust_store_start_session(store, &session, NULL, 0, &ids.session, &store_error));
  assert_error(MERGE(0), JOUST_SYSTEM, "another joust (process ");
  assert_error(joust_store_start_session(store, &session, NULL, 0, &ignored, &store_error), JOUST_SYSTEM, "another");
  /* As an input it is taken as it is, and its process is not believed to work on the output. */
  const char *inputs[] = {store_path};
  assert_ok(joust_store_merge(paths[1], inputs, 1, NULL, NULL, &store_error));
  assert_ok(joust_store_merge(paths[1], inputs, 1, NULL, NULL, &store_error));
  assert_ok(joust_store_end_session(store, ids.session, "complete", &store_error));
  joust_store_close(store);
  assert_ok(MERGE(0));
  free(process);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_paths, remove_store_folder)

int main(void) {
  const struct CMUnitTest store_merge[] = {
      TEST(shards_in_any_order_any_number_of_times),
      TEST(into_a_store_that_is_there),
      TEST(a_contradiction_names_both_stores_and_the_run),
      TEST(what_is_no_contradiction),
      TEST(an_unfinished_run_gives_way),
      TEST(what_is_no_store),
      TEST(a_damaged_input_is_named),
      TEST(columns_that_came_later),
      TEST(no_merge_into_a_store_at_work),
  };
  return cmocka_run_group_tests(store_merge, NULL, NULL);
}
