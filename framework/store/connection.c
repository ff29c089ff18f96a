#include "store/connection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "store/feed.h"
#include "store/schema.h"

/* The trials of run ?1 are the rows between its first and last possible id: see schema.c. */
#define TRIALS_OF_RUN " id BETWEEN ?1 << 32 AND ?1 << 32 | 4294967295"

static const char *const kept_sql[JOUST_KEPT_COUNT] = {
    [JOUST_KEPT_BEGIN] = "BEGIN IMMEDIATE",
    [JOUST_KEPT_COMMIT] = "COMMIT",
    [JOUST_KEPT_ROLLBACK] = "ROLLBACK",
    [JOUST_KEPT_FIND_RUN] = "SELECT id, problem, optimiser, sweep, session, key, replicate, seed, budget_trials,"
                            " budget_cost, budget_seconds, state, reason, log, counters, trials, cost, seconds,"
                            " cpu_seconds FROM run WHERE key = ?1",
    [JOUST_KEPT_DELETE_RUN] = "DELETE FROM run WHERE id = ?1",
    [JOUST_KEPT_INSERT_RUN] =
        "INSERT INTO run (id, problem, optimiser, sweep, session, key, replicate, seed, budget_trials, budget_cost,"
        " budget_seconds, state, reason, log, counters, trials, cost, seconds, cpu_seconds)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
    [JOUST_KEPT_FINISH_RUN] = "UPDATE run SET session = ?2, state = ?3, reason = ?4, log = ?5, counters = ?6,"
                              " cost = ?7, seconds = ?8, cpu_seconds = ?9 WHERE id = ?1",
    [JOUST_KEPT_RUN_EXTENT] = "SELECT state, trials FROM run WHERE id = ?1",
    [JOUST_KEPT_EXTEND_RUN] = "UPDATE run SET trials = trials + ?2, cost = ?3 WHERE id = ?1",
    [JOUST_KEPT_DELETE_TRIALS] = "DELETE FROM trial WHERE" TRIALS_OF_RUN,
    [JOUST_KEPT_INSERT_TRIALS] = "INSERT INTO trial SELECT * FROM feed",
    [JOUST_KEPT_APPEND_TRIALS] = "INSERT INTO trial (outcome, point, value, metrics, seconds, message)"
                                 " SELECT outcome, point, value, metrics, seconds, message FROM feed",
    [JOUST_KEPT_READ_TRIALS] = "SELECT id & 4294967295, outcome, point, value, metrics, seconds, message FROM trial"
                               " WHERE" TRIALS_OF_RUN " ORDER BY id",
    [JOUST_KEPT_TOUCH_SESSION] = "UPDATE session SET elapsed = ?2 WHERE id = ?1",
};

/* ---- results of SQLite ------------------------------------------------------------------------------------------- */

int joust_store_fail(const struct joust_store *store, int rc, const char *doing, struct joust_error *error) {
  const char *why = store->db ? sqlite3_errmsg(store->db) : sqlite3_errstr(rc);
  int number = store->db ? sqlite3_system_errno(store->db) : 0;
  switch (rc & 0xff) {
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return joust_fail(error, JOUST_SYSTEM, "%s: cannot %s: another program is writing to this store and did not stop",
                      store->path, doing);
  case SQLITE_NOTADB: return joust_fail(error, JOUST_BAD_INPUT, "%s: not a joust store (no SQLite file)", store->path);
  case SQLITE_CORRUPT:
  case SQLITE_ERROR: /* our statements are sound, so the file's tables are not */
  case SQLITE_MISMATCH:
    return joust_fail(error, JOUST_BAD_INPUT, "%s: cannot %s: the store is damaged (%s)", store->path, doing, why);
  case SQLITE_CONSTRAINT: return joust_fail(error, JOUST_BAD_INPUT, "%s: cannot %s: %s", store->path, doing, why);
  case SQLITE_READONLY:
    return joust_fail(error, JOUST_SYSTEM, "%s: cannot %s: the store is read-only", store->path, doing);
  case SQLITE_FULL:
    return joust_fail(error, JOUST_SYSTEM, "%s: cannot %s: the disk is full; what was stored before is safe",
                      store->path, doing);
  default:
    return joust_fail(error, JOUST_SYSTEM, "%s: cannot %s: %s%s%s%s", store->path, doing, why, number ? " (" : "",
                      number ? strerror(number) : "", number ? ")" : "");
  }
}

int joust_store_prepare(struct joust_store *store, sqlite3_stmt **statement, const char *sql,
                        struct joust_error *error) {
  int rc = sqlite3_prepare_v2(store->db, sql, -1, statement, NULL);
  return rc == SQLITE_OK ? 0 : joust_store_fail(store, rc, "read its tables", error);
}

int joust_store_kept(struct joust_store *store, sqlite3_stmt **statement, enum joust_kept which,
                     struct joust_error *error) {
  if (!store->kept[which]) {
    int rc = sqlite3_prepare_v3(store->db, kept_sql[which], -1, SQLITE_PREPARE_PERSISTENT, &store->kept[which], NULL);
    if (rc != SQLITE_OK) return joust_store_fail(store, rc, "read its tables", error);
  }
  *statement = store->kept[which];
  return 0;
}

int joust_store_step(struct joust_store *store, sqlite3_stmt *statement, const char *doing, struct joust_error *error) {
  int rc = sqlite3_step(statement);
  if (rc == SQLITE_ROW) return 1;
  int status = rc == SQLITE_DONE ? 0 : joust_store_fail(store, rc, doing, error);
  sqlite3_reset(statement);
  return status;
}

/* Copies a store whose file is gone from its name, but not yet from the disk, to the first name that is free. */
static char *rescue(struct joust_store *store) {
  sqlite3_stmt *statement;
  for (int i = 1; i < 100; i++) {
    char *name = i == 1 ? joust_format("%s.rescued", store->path) : joust_format("%s.rescued-%d", store->path, i);
    if (access(name, F_OK) != 0 && sqlite3_prepare_v2(store->db, "VACUUM INTO ?1", -1, &statement, NULL) == SQLITE_OK) {
      char *plain = name[0] == '/' ? joust_copy(name) : joust_format("./%s", name); /* no URI */
      sqlite3_bind_text(statement, 1, plain, -1, free);
      bool saved = sqlite3_step(statement) == SQLITE_DONE;
      sqlite3_finalize(statement);
      if (saved) return name;
    }
    free(name);
  }
  return NULL;
}

/* SQLite writes on into a file that was removed or replaced, and all of it would be lost in the end. */
static int check_there(struct joust_store *store, struct joust_error *error) {
  int moved = 0;
  if (sqlite3_file_control(store->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) != SQLITE_OK || !moved) return 0;
  if (!store->moved) store->rescued = rescue(store);
  store->moved = true;
  if (store->rescued)
    return joust_fail(error, JOUST_SYSTEM,
                      "%s: the store was removed or replaced while it was in use; all that it held is saved as %s",
                      store->path, store->rescued);
  return joust_fail(error, JOUST_SYSTEM,
                    "%s: the store was removed or replaced while it was in use, and what it held cannot be saved (%s)",
                    store->path, sqlite3_errmsg(store->db));
}

int joust_store_begin(struct joust_store *store, struct joust_error *error) {
  sqlite3_stmt *begin = NULL;
  int status = check_there(store, error);
  if (status) return status;
  status = joust_store_kept(store, &begin, JOUST_KEPT_BEGIN, error);
  return status ? status : joust_store_step(store, begin, "write", error);
}

int joust_store_end(struct joust_store *store, int status, struct joust_error *error) {
  struct joust_error ignored;
  sqlite3_stmt *end;
  if (!status) {
    status = joust_store_kept(store, &end, JOUST_KEPT_COMMIT, error);
    if (!status) status = joust_store_step(store, end, "write", error);
  }
  /* Where SQLite met a full disk it may have rolled back already. */
  if (status && !sqlite3_get_autocommit(store->db) && !joust_store_kept(store, &end, JOUST_KEPT_ROLLBACK, &ignored))
    joust_store_step(store, end, "write", &ignored);
  return status;
}

const char *joust_store_text(sqlite3_stmt *statement, int column) {
  const char *text = (const char *)sqlite3_column_text(statement, column);
  return text ? text : "";
}

/* ---- opening and closing ----------------------------------------------------------------------------------------- */

/* Says plainly what SQLite would call "unable to open database file". */
static int check_path(const char *path, enum joust_store_mode mode, struct joust_error *error) {
  struct stat info;
  if (stat(path, &info) == 0) {
    if (S_ISREG(info.st_mode)) return 0;
    return joust_fail(error, JOUST_BAD_INPUT, "%s: not a joust store (no regular file)", path);
  }
  if (errno != ENOENT) return joust_fail_errno(error, JOUST_SYSTEM, "%s", path);
  if (mode == JOUST_STORE_READ) return joust_fail(error, JOUST_MISSING, "%s: no such file", path);
  char *folder = joust_path_folder(path);
  int code = 0;
  if (access(folder, W_OK) != 0) code = joust_fail_errno(error, JOUST_SYSTEM, "%s: cannot make a store there", path);
  free(folder);
  return code;
}

/* A reader asks for permission to write too, without using it, and is content with less: only so can it tidy up what a
 * killed writer left, and take its own -wal and -shm away again when it was the last to read a store in WAL mode. */
static int open_file(struct joust_store *store, struct joust_error *error) {
  char *name = store->path[0] == '/' ? joust_copy(store->path) : joust_format("./%s", store->path); /* no URI */
  int create = store->mode == JOUST_STORE_WRITE ? SQLITE_OPEN_CREATE : 0;
  int rc = sqlite3_open_v2(name, &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | create, NULL);
  free(name);
  if (rc != SQLITE_OK) return joust_store_fail(store, rc, "open the store", error);
  sqlite3_extended_result_codes(store->db, 1);
  sqlite3_busy_timeout(store->db, JOUST_STORE_PATIENCE);
  if (store->mode == JOUST_STORE_READ)
    sqlite3_exec(store->db, "PRAGMA query_only = ON", NULL, NULL, NULL);
  else if (sqlite3_db_readonly(store->db, "main") == 1)
    return joust_store_fail(store, SQLITE_READONLY, "write", error);
  return 0;
}

int joust_store_open(struct joust_store **opened, const char *path, enum joust_store_mode mode,
                     struct joust_error *error) {
  *opened = NULL;
  int status = check_path(path, mode, error);
  if (status) return status;
  struct joust_store *store = joust_alloc(1, sizeof *store);
  store->path = joust_copy(path);
  store->mode = mode;
  status = open_file(store, error);
  if (!status) status = joust_schema_check(store, error);
  store->checked = status == 0;
  if (!status && mode == JOUST_STORE_WRITE) {
    status = joust_schema_ready(store, error);
    if (!status) status = joust_feed_register(store, error);
  }
  if (status) {
    joust_store_close(store);
    return status;
  }
  *opened = store;
  return 0;
}

/* What a file that is not ours has in its -wal stays there: closing would carry it over. */
static void leave_alone(struct joust_store *store) {
  struct stat info;
  char *wal = joust_format("%s-wal", store->path);
  if (stat(wal, &info) == 0 && info.st_size > 0)
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
  free(wal);
}

void joust_store_close(struct joust_store *store) {
  if (!store) return;
  for (int i = 0; i < JOUST_KEPT_COUNT; i++) sqlite3_finalize(store->kept[i]);
  if (store->db && !store->checked) leave_alone(store);
  if (store->checked && store->mode == JOUST_STORE_WRITE && !store->moved) joust_schema_rest(store);
  sqlite3_close(store->db);
  free((char *)store->found.key);
  free((char *)store->found.reason);
  free((char *)store->found.log);
  free((char *)store->found.counters);
  free(store->rescued);
  free(store->path);
  free(store);
}
