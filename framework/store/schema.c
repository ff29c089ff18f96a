#include "store/schema.h"

#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>

static int read_number(struct joust_store *store, const char *sql, int64_t *number, struct joust_error *error) {
  sqlite3_stmt *statement;
  int status = joust_store_prepare(store, &statement, sql, error);
  if (status) return status;
  status = joust_store_step(store, statement, "open the store", error);
  if (status == 1) *number = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  return status < 0 ? status : 0;
}

static int execute(struct joust_store *store, const char *sql, struct joust_error *error) {
  int rc = sqlite3_exec(store->db, sql, NULL, NULL, NULL);
  return rc == SQLITE_OK ? 0 : joust_store_fail(store, rc, "prepare the store for writing", error);
}

/* What the header says; `empty`: no table at all, as in a file just made. */
struct identity {
  int64_t application, version;
  bool empty;
};

static int identify(struct joust_store *store, struct identity *identity, struct joust_error *error) {
  int64_t things = 0;
  int status = read_number(store, "PRAGMA application_id", &identity->application, error);
  if (!status) status = read_number(store, "PRAGMA user_version", &identity->version, error);
  if (!status) status = read_number(store, "SELECT count(*) FROM sqlite_schema", &things, error);
  identity->empty = !identity->application && !identity->version && !things;
  return status;
}

/* Whether the tables are there, before anybody relies on them. */
static int check_tables(struct joust_store *store, struct joust_error *error) {
  int64_t ignored;
  return read_number(store, "SELECT 1 FROM problem, optimiser, sweep, session, planned, run, trial LIMIT 0", &ignored,
                     error);
}

/* SQLite itself notices that pages are missing, unless a part of the last one is there. (In WAL mode that may be so,
 * and the page is whole in the -wal file.) */
static int check_length(struct joust_store *store, struct joust_error *error) {
  struct stat info;
  int64_t page_size = 0, wal = 0;
  int status = read_number(store, "PRAGMA page_size", &page_size, error);
  if (!status) status = read_number(store, "SELECT journal_mode = 'wal' FROM pragma_journal_mode", &wal, error);
  if (status || wal || stat(store->path, &info) || info.st_size % page_size == 0) return status;
  return joust_fail(error, JOUST_BAD_INPUT, "%s: the store is damaged: its last page is cut short", store->path);
}

/* All of it as of one moment: another process may just be making the tables. */
static int identify_at_once(struct joust_store *store, struct identity *identity, struct joust_error *error) {
  int status = execute(store, "BEGIN", error);
  if (status) return status;
  status = identify(store, identity, error);
  sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL);
  return status;
}

int joust_schema_check(struct joust_store *store, struct joust_error *error) {
  struct identity is = {0};
  int status = identify_at_once(store, &is, error);
  if (status) return status;
  if (is.empty) {
    if (store->mode == JOUST_STORE_WRITE) return 0;
    return joust_fail(error, JOUST_BAD_INPUT, "%s: not a joust store (the file is empty)", store->path);
  }
  if (is.application != JOUST_STORE_APPLICATION)
    return joust_fail(error, JOUST_BAD_INPUT,
                      "%s: not a joust store (an SQLite file of another application: application_id 0x%08x)",
                      store->path, (unsigned)is.application);
  if (is.version > joust_schema_version)
    return joust_fail(error, JOUST_BAD_INPUT,
                      "%s: written by a newer joust (schema %lld; this one knows %d): update joust to open it",
                      store->path, (long long)is.version, joust_schema_version);
  if (is.version < 1)
    return joust_fail(error, JOUST_BAD_INPUT, "%s: the store is damaged (schema %lld)", store->path,
                      (long long)is.version);
  status = check_tables(store, error);
  return status ? status : check_length(store, error);
}

/* Inside the transaction the version is asked again: another writer may have made the same steps meanwhile. */
static int take_steps(struct joust_store *store, const char *const *steps, int n, struct joust_error *error) {
  struct identity is = {0};
  int status = identify(store, &is, error);
  if (status || is.version >= n) return status;
  for (int64_t i = is.version; !status && i < n; i++) status = execute(store, steps[i], error);
  char sql[100];
  snprintf(sql, sizeof sql, "PRAGMA application_id = %d; PRAGMA user_version = %d", JOUST_STORE_APPLICATION, n);
  return status ? status : execute(store, sql, error);
}

int joust_schema_upgrade(struct joust_store *store, const char *const *steps, int n, struct joust_error *error) {
  int status = joust_store_begin(store, error);
  return status ? status : joust_store_end(store, take_steps(store, steps, n, error), error);
}

/* Here SQLite does not wait for another writer, however patient the connection is: a lock of its own is in that one's
 * way, so each would wait for the other. It lets go of it by failing. */
static int enter_wal(struct joust_store *store, struct joust_error *error) {
  int rc, waited = 0;
  sqlite3_busy_timeout(store->db, 0);
  while ((rc = sqlite3_exec(store->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL) & 0xff) == SQLITE_BUSY &&
         waited < JOUST_STORE_PATIENCE)
    waited += sqlite3_sleep(2);
  sqlite3_busy_timeout(store->db, JOUST_STORE_PATIENCE);
  return rc == SQLITE_OK ? 0 : joust_store_fail(store, rc, "prepare the store for writing", error);
}

/* Page size (4096), cache and the interval of checkpoints (1000 pages) are SQLite's own defaults: others were not
 * faster (bench/store.c). A build of SQLite may have other defaults for the rest, so they are said. */
int joust_schema_ready(struct joust_store *store, struct joust_error *error) {
  int status = enter_wal(store, error);
  if (!status) status = execute(store, "PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON", error);
  return status ? status : joust_schema_upgrade(store, joust_schema_steps, joust_schema_version, error);
}

void joust_schema_rest(struct joust_store *store) {
  sqlite3_busy_timeout(store->db, 0);
  sqlite3_exec(store->db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
}
