/* What is no store, cannot be written or is damaged gets one clear message each, and keeps every byte that it had. */
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "store/schema.h"
#include "store_fixture.h"

static void write_file(const char *path, const void *bytes, size_t length) {
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes, 1, length, file), length);
  assert_int_equal(fclose(file), 0);
}

static char *read_file(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  char *bytes = calloc(1, 1 << 20);
  *length = fread(bytes, 1, 1 << 20, file);
  fclose(file);
  return bytes;
}

static void make_store(unsigned runs) {
  struct store_ids ids;
  struct joust_store *store = open_store(JOUST_STORE_WRITE);
  put_ids(store, &ids);
  for (unsigned i = 0; i < runs; i++) assert_ok(put_numbered_run(store, &ids, i, 200));
  joust_store_close(store);
}

static void change(const char *sql) {
  sqlite3 *db;
  assert_int_equal(sqlite3_open(store_path, &db), SQLITE_OK);
  if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) fail_msg("%s: %s", sql, sqlite3_errmsg(db));
  sqlite3_close(db);
}

/* Both ways to open fail with the message; the file stays as it is and nothing is left beside it. */
static void assert_refused(int code, const char *words) {
  size_t length, after;
  char *bytes = read_file(store_path, &length);
  for (int mode = JOUST_STORE_READ; mode <= JOUST_STORE_WRITE; mode++) {
    struct joust_store *store;
    assert_error(joust_store_open(&store, store_path, (enum joust_store_mode)mode, &store_error), code, words);
    assert_null(store);
    assert_true(!strncmp(store_error.message, store_path, strlen(store_path)));
    char *now = read_file(store_path, &after);
    assert_int_equal(after, length);
    assert_memory_equal(now, bytes, length);
    free(now);
  }
  free(bytes);
}

static void a_missing_file(void **state) {
  (void)state;
  struct joust_store *store;
  assert_error(joust_store_open(&store, store_path, JOUST_STORE_READ, &store_error), JOUST_MISSING, "no such file");
  assert_int_equal(count_files(), 0);
  strcat(store_folder, "x"); /* a folder that is not there */
  snprintf(store_path, sizeof store_path, "%s/results.db", store_folder);
  assert_error(joust_store_open(&store, store_path, JOUST_STORE_WRITE, &store_error), JOUST_SYSTEM,
               "No such file or directory");
  store_folder[strlen(store_folder) - 1] = 0;
  assert_error(joust_store_open(&store, store_folder, JOUST_STORE_WRITE, &store_error), JOUST_BAD_INPUT,
               "no regular file");
}

static void a_file_that_is_no_store(void **state) {
  (void)state;
  static const char text[] = "problem,optimiser,replicate\n";
  char *long_text = calloc(1, 10000);
  memset(long_text, 'x', 10000);
  write_file(store_path, text, strlen(text));
  assert_refused(JOUST_BAD_INPUT, "no SQLite file");
  write_file(store_path, long_text, 10000);
  assert_refused(JOUST_BAD_INPUT, "no SQLite file");
  write_file(store_path, "", 0);
  struct joust_store *store;
  assert_error(joust_store_open(&store, store_path, JOUST_STORE_READ, &store_error), JOUST_BAD_INPUT, "empty");
  joust_store_close(open_store(JOUST_STORE_WRITE)); /* as mktemp makes it: a store can begin there */
  joust_store_close(open_store(JOUST_STORE_READ));
  free(long_text);
}

static void another_application(void **state) {
  (void)state;
  change("CREATE TABLE bookmarks (url)");
  assert_refused(JOUST_BAD_INPUT, "another application");
  change("PRAGMA application_id = 0x0f055112; PRAGMA user_version = 1");
  assert_refused(JOUST_BAD_INPUT, "0x0f055112");
  assert_int_equal(count_files(), 1);
}

/* In a child, as file permissions do not bind root and limits cannot be taken back. Returns what `check` returns. */
static int in_child(int (*check)(void)) {
  pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) _exit(check());
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFEXITED(status));
  return WEXITSTATUS(status);
}

/* Another application writes and is killed. */
static int write_and_die(void) {
  static const char sql[] = "PRAGMA journal_mode = WAL; CREATE TABLE history (url); INSERT INTO history VALUES ('a')";
  static sqlite3 *db; /* never closed, and no leak */
  if (sqlite3_open(store_path, &db) != SQLITE_OK) return 1;
  return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : 2;
}

/* A browser's file is in WAL mode; what is in its -wal stays there. */
static void files_in_wal_mode(void **state) {
  (void)state;
  char wal[100];
  size_t length, after;
  change("CREATE TABLE bookmarks (url); PRAGMA journal_mode = WAL");
  assert_refused(JOUST_BAD_INPUT, "another application");
  assert_int_equal(count_files(), 1);
  assert_int_equal(in_child(write_and_die), 0);
  snprintf(wal, sizeof wal, "%s-wal", store_path);
  char *bytes = read_file(wal, &length);
  assert_true(length > 0);
  assert_refused(JOUST_BAD_INPUT, "another application");
  char *now = read_file(wal, &after);
  assert_int_equal(after, length);
  assert_memory_equal(now, bytes, length);
  free(bytes);
  free(now);
  assert_sql("SELECT url FROM history", "a");
}

static void another_schema(void **state) {
  (void)state;
  make_store(1);
  assert_sql("PRAGMA application_id", "1246713171"); /* "JOUS" */
  assert_sql("PRAGMA user_version", "1");
  change("PRAGMA user_version = 2");
  assert_refused(JOUST_BAD_INPUT, "schema 2; this one knows 1");
  change("PRAGMA user_version = 0");
  assert_refused(JOUST_BAD_INPUT, "damaged");
  change("PRAGMA user_version = 1; ALTER TABLE trial RENAME TO trail");
  assert_refused(JOUST_BAD_INPUT, "no such table: trial");
  assert_int_equal(count_files(), 1);
}

/* An older store takes the steps that it lacks, all of them or none, and keeps its rows. */
static void an_older_schema_is_brought_up_to_date(void **state) {
  (void)state;
  enum { NOW = 1, LATER = NOW + 2 };
  assert_int_equal(joust_schema_version, NOW); /* else this test is to be told */
  const char *steps[LATER] = {joust_schema_steps[0], "ALTER TABLE run ADD COLUMN colour TEXT",
                              "UPDATE run SET colour = 'red'; CREATE TABLE broken (id INTEGER) NO SUCH WORD"};
  make_store(2);
  struct joust_store *store = open_store(JOUST_STORE_WRITE);
  assert_error(joust_schema_upgrade(store, steps, LATER, &store_error), JOUST_BAD_INPUT, "syntax error");
  assert_sql("PRAGMA user_version", "1");
  assert_sql("SELECT count(*) FROM pragma_table_info('run') WHERE name = 'colour'", "0");
  steps[LATER - 1] = "UPDATE run SET colour = 'red'";
  assert_ok(joust_schema_upgrade(store, steps, LATER, &store_error));
  assert_ok(joust_schema_upgrade(store, steps, LATER, &store_error)); /* nothing is left to do */
  joust_store_close(store);
  assert_sql("PRAGMA user_version", "3");
  assert_sql("SELECT group_concat(colour) FROM run", "red,red");
  assert_sql("SELECT count(*) FROM trial", "400");
  assert_refused(JOUST_BAD_INPUT, "written by a newer joust (schema 3; this one knows 1)");
}

static void a_file_cut_short(void **state) {
  (void)state;
  size_t length;
  make_store(3);
  char *bytes = read_file(store_path, &length);
  assert_true(length > 8 * 4096); /* SQLite takes a file of one byte as empty, so cuts begin at two */
  for (size_t cut = 2; cut < length; cut += cut < 200 ? 11 : 1777) {
    write_file(store_path, bytes, cut);
    assert_refused(JOUST_BAD_INPUT, store_path);
  }
  write_file(store_path, bytes, length);
  joust_store_close(open_store(JOUST_STORE_WRITE));
  free(bytes);
}

/* Pages overwritten in the middle: reading may find it or not, but it ends, with an error of ours or none. */
static void pages_overwritten(void **state) {
  (void)state;
  size_t length;
  unsigned found = 0;
  make_store(3);
  char *bytes = read_file(store_path, &length);
  for (size_t page = 0; page < length / 4096; page++) {
    char *copy = malloc(length);
    memcpy(copy, bytes, length);
    memset(copy + page * 4096 + (page ? 0 : 100), 0x5a, 3000);
    write_file(store_path, copy, length);
    free(copy);
    struct joust_store *store;
    int status = joust_store_open(&store, store_path, JOUST_STORE_READ, &store_error);
    if (!status) status = joust_store_each_run(store, read_all, store, &store_error);
    if (status) {
      assert_int_equal(status, JOUST_BAD_INPUT);
      assert_non_null(strstr(store_error.message, "damaged"));
      found++;
    }
    joust_store_close(store);
  }
  assert_true(found > 5);
  free(bytes);
}

/* Rows that SQLite finds sound and that make no sense. */
static void rows_that_make_no_sense(void **state) {
  (void)state;
  static const char *const changes[] = {
      "DELETE FROM trial WHERE id & 4294967295 = 5",
      "UPDATE trial SET metrics = x'00' WHERE id & 4294967295 = 9",
      "UPDATE trial SET point = x'0011223344556677' WHERE id & 4294967295 = 9",
      "UPDATE trial SET outcome = 3 WHERE id & 4294967295 = 2",
      "UPDATE trial SET point = 'word' WHERE id & 4294967295 = 1",
  };
  for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
    make_store(1);
    change(changes[i]);
    struct joust_store *store = open_store(JOUST_STORE_READ);
    assert_error(joust_store_each_run(store, read_all, store, &store_error), JOUST_BAD_INPUT, "damaged (trial");
    joust_store_close(store);
    assert_int_equal(unlink(store_path), 0);
  }
}

static void reading_leaves_nothing_beside_the_file(void **state) {
  (void)state;
  size_t length, after;
  make_store(3);
  assert_int_equal(count_files(), 1);
  char *bytes = read_file(store_path, &length);
  struct joust_store *store = open_store(JOUST_STORE_READ);
  assert_ok(joust_store_each_run(store, read_all, store, &store_error));
  assert_int_equal(count_files(), 1);
  int64_t id;
  assert_error(joust_store_put_sweep(store, "a", "b", &id, &store_error), JOUST_SYSTEM, "read-only");
  joust_store_close(store);
  char *now = read_file(store_path, &after);
  assert_int_equal(count_files(), 1);
  assert_int_equal(after, length);
  assert_memory_equal(now, bytes, length);
  free(bytes);
  free(now);
}

static int check_read_only(void) {
  struct joust_store *store;
  if (geteuid() == 0 && setuid(65534) != 0) return 1;
  if (joust_store_open(&store, store_path, JOUST_STORE_READ, &store_error)) return 2;
  if (joust_store_each_run(store, read_all, store, &store_error)) return 3;
  joust_store_close(store);
  if (joust_store_open(&store, store_path, JOUST_STORE_WRITE, &store_error) != JOUST_SYSTEM) return 4;
  return strstr(store_error.message, "read-only") ? 0 : 5;
}

static void a_read_only_file_in_a_read_only_folder(void **state) {
  (void)state;
  make_store(3);
  assert_int_equal(chmod(store_path, 0444), 0);
  assert_int_equal(chmod(store_folder, 0555), 0);
  int result = in_child(check_read_only);
  assert_int_equal(chmod(store_folder, 0755), 0);
  assert_int_equal(result, 0);
  assert_int_equal(count_files(), 1);
}

/* Writes until the limit on the size of files stands in the way, as a full disk would, and then once more. */
static int write_until_full(void) {
  struct rlimit limit = {400000, 400000};
  struct store_ids ids;
  struct joust_store *store;
  signal(SIGXFSZ, SIG_IGN);
  if (setrlimit(RLIMIT_FSIZE, &limit)) return 1;
  if (joust_store_open(&store, store_path, JOUST_STORE_WRITE, &store_error)) return 2;
  put_ids(store, &ids);
  unsigned runs = 0;
  int status;
  while (!(status = put_numbered_run(store, &ids, 1000 + runs, 200))) runs++;
  if (status != JOUST_SYSTEM || !strstr(store_error.message, store_path)) return 3;
  if (put_numbered_run(store, &ids, 1000 + runs, 200) != JOUST_SYSTEM) return 4;
  joust_store_close(store);
  return 10 + (int)runs;
}

static void a_full_disk_loses_nothing_that_was_stored(void **state) {
  (void)state;
  make_store(2);
  int result = in_child(write_until_full);
  assert_in_range(result, 11, 60);
  assert_sql("PRAGMA integrity_check", "ok");
  char runs[20], trials[20];
  snprintf(runs, sizeof runs, "%d", result - 10 + 2);
  snprintf(trials, sizeof trials, "%d", 200 * (result - 10 + 2));
  assert_sql("SELECT count(*) FROM run", runs);
  assert_sql("SELECT count(*) FROM trial", trials);
  struct store_ids ids; /* and with space again, it goes on */
  struct joust_store *store = open_store(JOUST_STORE_WRITE);
  put_ids(store, &ids);
  assert_ok(put_numbered_run(store, &ids, 5000, 200));
  joust_store_close(store);
}

/* Somebody tidies up, or puts another file there: nothing goes to a file that nobody can find, and nothing is lost. */
static void a_store_that_is_removed_while_it_is_in_use(void **state) {
  (void)state;
  char own[80], rescued[100];
  for (int replaced = 0; replaced < 2; replaced++) {
    struct store_ids ids;
    struct joust_store *store = open_store(JOUST_STORE_WRITE);
    put_ids(store, &ids);
    for (unsigned i = 0; i < 5; i++) assert_ok(put_numbered_run(store, &ids, i, 100));
    assert_int_equal(unlink(store_path), 0);
    if (replaced) write_file(store_path, "a file of somebody else", 23);
    snprintf(rescued, sizeof rescued, "%s.rescued%s", store_path, replaced ? "-2" : "");
    assert_error(put_numbered_run(store, &ids, 6, 100), JOUST_SYSTEM, rescued);
    assert_error(joust_store_end_session(store, ids.session, "complete", &store_error), JOUST_SYSTEM, rescued);
    joust_store_close(store);
    strcpy(own, store_path);
    strcpy(store_path, rescued);
    assert_sql("SELECT count(*) FROM run", "5");
    assert_sql("SELECT count(*) FROM trials", "500");
    joust_store_close(open_store(JOUST_STORE_WRITE));
    strcpy(store_path, own);
    size_t length;
    char *bytes = replaced ? read_file(store_path, &length) : NULL;
    if (replaced) assert_memory_equal(bytes, "a file of somebody else", 23);
    free(bytes);
  }
  assert_int_equal(count_files(), 5); /* the two rescued, the other's, and the old -wal and -shm */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_store_folder, remove_store_folder)

int main(void) {
  const struct CMUnitTest store_refusal[] = {
      TEST(a_missing_file),
      TEST(a_file_that_is_no_store),
      TEST(another_application),
      TEST(files_in_wal_mode),
      TEST(another_schema),
      TEST(an_older_schema_is_brought_up_to_date),
      TEST(a_file_cut_short),
      TEST(pages_overwritten),
      TEST(rows_that_make_no_sense),
      TEST(reading_leaves_nothing_beside_the_file),
      TEST(a_read_only_file_in_a_read_only_folder),
      TEST(a_full_disk_loses_nothing_that_was_stored),
      TEST(a_store_that_is_removed_while_it_is_in_use),
  };
  return cmocka_run_group_tests(store_refusal, NULL, NULL);
}
