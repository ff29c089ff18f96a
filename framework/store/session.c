/* Sessions: who works on a store, what it means to run, and how long it has been at it. */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "base/process.h"
#include "store/connection.h"

/* How often a session's time is stored at most: each time costs one more page of the file. */
static const double interval = 0.2;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time); /* no clock that somebody may set */
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void bind_text(sqlite3_stmt *statement, int i, const char *text) {
  sqlite3_bind_text(statement, i, text ? text : "", -1, SQLITE_STATIC);
}

/* Tells this session from all others of all stores, so that merging a store twice does not give two of it. */
static void make_key(char key[33]) {
  unsigned char bytes[16];
  static const char digits[] = "0123456789abcdef";
  if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes) sqlite3_randomness(sizeof bytes, bytes);
  for (size_t i = 0; i < 16; i++) {
    key[2 * i] = digits[bytes[i] >> 4];
    key[2 * i + 1] = digits[bytes[i] & 15];
  }
  key[32] = 0;
}

int joust_store_check_idle(struct joust_store *store, struct joust_error *error) {
  sqlite3_stmt *statement;
  int status = joust_store_prepare(store, &statement, "SELECT process FROM session WHERE ended = ''", error);
  if (status) return status;
  while ((status = joust_store_step(store, statement, "read the store", error)) == 1) {
    long number;
    if (joust_process_life(joust_store_text(statement, 0), &number) != JOUST_LIFE_ALIVE) continue;
    status = joust_fail(error, JOUST_SYSTEM,
                        "%s: another joust (process %ld) is running its sweep into this store: wait for it, or give "
                        "this one a store of its own and merge the two afterwards",
                        store->path, number);
    break;
  }
  sqlite3_finalize(statement);
  return status;
}

static int insert_session(struct joust_store *store, const struct joust_store_session *session, int64_t *id,
                          struct joust_error *error) {
  char key[33];
  sqlite3_stmt *s;
  int status = joust_store_prepare(store, &s,
                                   "INSERT INTO session (sweep, key, provenance, process, shard, shards, elapsed,"
                                   " ended) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, '')",
                                   error);
  if (status) return status;
  make_key(key);
  sqlite3_bind_int64(s, 1, session->sweep);
  bind_text(s, 2, key);
  bind_text(s, 3, session->provenance);
  bind_text(s, 4, session->process);
  sqlite3_bind_int64(s, 5, session->shard);
  sqlite3_bind_int64(s, 6, session->shards);
  status = joust_store_step(store, s, "store a session", error);
  if (!status) *id = sqlite3_last_insert_rowid(store->db);
  sqlite3_finalize(s);
  return status;
}

static int insert_planned(struct joust_store *store, int64_t sweep, const struct joust_store_planned *planned, size_t n,
                          struct joust_error *error) {
  sqlite3_stmt *s;
  int status = joust_store_prepare(store, &s,
                                   "INSERT INTO planned (key, sweep, problem, optimiser, replicate)"
                                   " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (key) DO UPDATE SET sweep = ?2",
                                   error);
  if (status) return status;
  for (size_t i = 0; i < n && !status; i++) {
    bind_text(s, 1, planned[i].key);
    sqlite3_bind_int64(s, 2, sweep);
    sqlite3_bind_int64(s, 3, planned[i].problem);
    sqlite3_bind_int64(s, 4, planned[i].optimiser);
    sqlite3_bind_int64(s, 5, planned[i].replicate);
    status = joust_store_step(store, s, "store the plan", error);
  }
  sqlite3_finalize(s);
  return status;
}

int joust_store_start_session(struct joust_store *store, const struct joust_store_session *session,
                              const struct joust_store_planned *planned, size_t n, int64_t *id,
                              struct joust_error *error) {
  int status = joust_store_begin(store, error);
  if (status) return status;
  status = joust_store_check_idle(store, error);
  if (!status) status = insert_session(store, session, id, error);
  if (!status) status = insert_planned(store, session->sweep, planned, n, error);
  status = joust_store_end(store, status, error);
  if (status) return status;
  store->session.id = *id;
  store->session.start = store->session.stored = now();
  return 0;
}

int joust_session_touch(struct joust_store *store, int64_t session, struct joust_error *error) {
  double time = now();
  sqlite3_stmt *s;
  if (store->session.id != session || time - store->session.stored < interval) return 0;
  int status = joust_store_kept(store, &s, JOUST_KEPT_TOUCH_SESSION, error);
  if (status) return status;
  sqlite3_bind_int64(s, 1, session);
  sqlite3_bind_double(s, 2, time - store->session.start);
  status = joust_store_step(store, s, "store a session", error);
  if (!status) store->session.stored = time;
  return status;
}

static int end_session(struct joust_store *store, int64_t session, const char *ended, struct joust_error *error) {
  sqlite3_stmt *s;
  int status =
      joust_store_prepare(store, &s, "UPDATE session SET ended = ?2, elapsed = max(elapsed, ?3) WHERE id = ?1", error);
  if (status) return status;
  sqlite3_bind_int64(s, 1, session);
  bind_text(s, 2, ended);
  sqlite3_bind_double(s, 3, store->session.id == session ? now() - store->session.start : 0);
  status = joust_store_step(store, s, "end a session", error);
  sqlite3_finalize(s);
  return status;
}

int joust_store_end_session(struct joust_store *store, int64_t session, const char *ended, struct joust_error *error) {
  int status = joust_store_begin(store, error);
  return status ? status : joust_store_end(store, end_session(store, session, ended, error), error);
}
