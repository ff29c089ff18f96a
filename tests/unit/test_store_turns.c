/* Several programs at one store: each waits for its turn, and one that waits in vain says so. */
#include <sys/wait.h>

#include "store_fixture.h"

/* The real wait is ten seconds; the test's is short. */
static void another_writer_that_does_not_stop(void **state) {
  (void)state;
  struct store_ids ids;
  sqlite3 *other;
  struct joust_store *store = open_store(JOUST_STORE_WRITE);
  put_ids(store, &ids);
  assert_int_equal(sqlite3_open(store_path, &other), SQLITE_OK);
  assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
  sqlite3_busy_timeout(store->db, 20);
  assert_error(put_numbered_run(store, &ids, 1, 10), JOUST_SYSTEM, "another program");
  assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
  assert_ok(put_numbered_run(store, &ids, 1, 10));
  sqlite3_close(other);
  joust_store_close(store);
  assert_int_equal(count_files(), 1);
}

/* Two stores open for writing at once, and a reader that sees what is there when it begins. */
static void writers_take_turns(void **state) {
  (void)state;
  struct store_ids ids;
  struct joust_store *a = open_store(JOUST_STORE_WRITE), *b = open_store(JOUST_STORE_WRITE);
  put_ids(a, &ids);
  put_ids(b, &ids);
  for (unsigned i = 0; i < 20; i++) assert_ok(put_numbered_run(i % 2 ? a : b, &ids, i, 100));
  assert_error(put_numbered_run(a, &ids, 0, 100), JOUST_BAD_INPUT, "complete already");
  struct joust_store *reader = open_store(JOUST_STORE_READ);
  assert_ok(joust_store_each_run(reader, read_all, reader, &store_error));
  joust_store_close(b);
  assert_ok(put_numbered_run(a, &ids, 30, 100));
  joust_store_close(reader);
  joust_store_close(a);
  assert_int_equal(count_files(), 1);
  assert_sql("SELECT count(*) FROM trials", "2100");
}

/* A store at rest is in rollback mode, where whoever reads or writes keeps a writer from changing the mode. */
static void wait_for(const char *sql) {
  char byte;
  int ends[2], status;
  joust_store_close(open_store(JOUST_STORE_WRITE));
  assert_int_equal(pipe(ends), 0);
  pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    sqlite3 *other;
    if (sqlite3_open(store_path, &other) || sqlite3_exec(other, sql, NULL, NULL, NULL) || write(ends[1], "", 1) != 1)
      _exit(1);
    sqlite3_sleep(100);
    _exit(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL) || sqlite3_close(other));
  }
  close(ends[1]);
  assert_int_equal(read(ends[0], &byte, 1), 1);
  joust_store_close(open_store(JOUST_STORE_WRITE));
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
  close(ends[0]);
}

static void somebody_at_a_store_at_rest(void **state) {
  (void)state;
  wait_for("BEGIN; SELECT count(*) FROM run");
  wait_for("BEGIN IMMEDIATE");
}

enum { PROCESSES = 6, ROUNDS = 25 };

/* The first makes the store, the last to leave puts it at rest: in between all come and go. */
static void many_come_and_go(void **state) {
  (void)state;
  pid_t child[PROCESSES];
  for (unsigned i = 0; i < PROCESSES; i++) {
    child[i] = fork();
    assert_true(child[i] >= 0);
    if (child[i]) continue;
    struct store_ids ids;
    struct joust_store *store;
    int status = 0;
    for (unsigned round = 0; !status && round < ROUNDS; round++) {
      status = joust_store_open(&store, store_path, JOUST_STORE_WRITE, &store_error);
      if (status) break;
      put_ids(store, &ids);
      status = put_numbered_run(store, &ids, i * ROUNDS + round, 10);
      joust_store_close(store);
    }
    if (status) fprintf(stderr, "process %u: %s\n", i, store_error.message);
    _exit(status != 0);
  }
  for (unsigned i = 0; i < PROCESSES; i++) {
    int status;
    assert_int_equal(waitpid(child[i], &status, 0), child[i]);
    assert_int_equal(status, 0);
  }
  assert_int_equal(count_files(), 1);
  assert_sql("SELECT count(*) FROM trials", "1500");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_store_folder, remove_store_folder)

int main(void) {
  const struct CMUnitTest store_turns[] = {
      TEST(another_writer_that_does_not_stop),
      TEST(writers_take_turns),
      TEST(somebody_at_a_store_at_rest),
      TEST(many_come_and_go),
  };
  return cmocka_run_group_tests(store_turns, NULL, NULL);
}
