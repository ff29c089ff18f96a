/* The inside of a store: its SQLite connection, the statements it keeps, and how SQLite's results become ours.
 *
 * For this room only. A store belongs to one thread. Failures of SQLite become JOUST_BAD_INPUT (damage, a broken
 * constraint) or JOUST_SYSTEM (full, read-only, locked, no permission), with the path of the store before them. */
#ifndef JOUST_STORE_CONNECTION_H
#define JOUST_STORE_CONNECTION_H

#include <sqlite3.h>

#include "store/store.h"

/* A writer waits this long for its turn. Transactions take microseconds, so only a program that holds its own open for
 * long (a database browser in the middle of an edit) is ever waited for in vain. */
#define JOUST_STORE_PATIENCE 10000 /* milliseconds */

/* Statements used once per run or oftener: prepared when first used, kept until the store is closed. */
enum joust_kept {
  JOUST_KEPT_BEGIN,
  JOUST_KEPT_COMMIT,
  JOUST_KEPT_ROLLBACK,
  JOUST_KEPT_FIND_RUN,
  JOUST_KEPT_DELETE_RUN,
  JOUST_KEPT_INSERT_RUN,
  JOUST_KEPT_FINISH_RUN,
  JOUST_KEPT_RUN_EXTENT,
  JOUST_KEPT_EXTEND_RUN,
  JOUST_KEPT_DELETE_TRIALS,
  JOUST_KEPT_INSERT_TRIALS,
  JOUST_KEPT_APPEND_TRIALS,
  JOUST_KEPT_READ_TRIALS,
  JOUST_KEPT_TOUCH_SESSION,
  JOUST_KEPT_COUNT
};

struct joust_store {
  sqlite3 *db;
  char *path;
  enum joust_store_mode mode;
  bool checked;  /* it is a store that we know */
  bool moved;    /* its file was removed or replaced while it was in use */
  char *rescued; /* where all that it held was saved then; owned, NULL: nowhere */
  sqlite3_stmt *kept[JOUST_KEPT_COUNT];
  struct {
    int64_t run;
    const struct joust_store_trials *trials;
    uint32_t start, end; /* rows of them */
  } feed;                /* what table `feed` shows, see feed.h */
  struct {
    int64_t id;           /* of the session that this store was opened for; 0: none */
    double start, stored; /* monotonic seconds: of its start, and when its time was stored last */
  } session;
  struct joust_store_run found; /* owns the texts that joust_store_find_run gave last */
};

/* Fails with the result code `rc` of SQLite, while `doing` ("store a run"). */
int joust_store_fail(const struct joust_store *store, int rc, const char *doing, struct joust_error *error);

/* The caller finalises. */
int joust_store_prepare(struct joust_store *store, sqlite3_stmt **statement, const char *sql,
                        struct joust_error *error);
/* The store keeps it. */
int joust_store_kept(struct joust_store *store, sqlite3_stmt **statement, enum joust_kept which,
                     struct joust_error *error);

/* 1: a row is there; 0: done; negative: failed. The statement is reset unless a row is there. */
int joust_store_step(struct joust_store *store, sqlite3_stmt *statement, const char *doing, struct joust_error *error);

/* BEGIN IMMEDIATE; and its end: COMMIT if status is 0, else ROLLBACK. Returns status, or how the commit failed. */
int joust_store_begin(struct joust_store *store, struct joust_error *error);
int joust_store_end(struct joust_store *store, int status, struct joust_error *error);

/* Within a transaction: takes a run away, with its trials. */
int joust_store_delete_run(struct joust_store *store, int64_t run, struct joust_error *error);

/* JOUST_SYSTEM while a process that is alive has a session here. */
int joust_store_check_idle(struct joust_store *store, struct joust_error *error);

/* Within a transaction: how long the session has been going on, if it is this store's own. */
int joust_session_touch(struct joust_store *store, int64_t session, struct joust_error *error);

/* The cell as text, "" where it is NULL. */
const char *joust_store_text(sqlite3_stmt *statement, int column);

#endif
