#include "store/feed.h"

#include <endian.h>
#include <stdlib.h>

#include "base/memory.h"

#if __BYTE_ORDER != __LITTLE_ENDIAN
#error "a store holds little-endian doubles: swap the bytes here and in reader.c"
#endif

struct table {
  sqlite3_vtab base;
  struct joust_store *store;
};

struct cursor {
  sqlite3_vtab_cursor base;
  const struct joust_store_trials *trials;
  int64_t run;
  uint32_t i, end;
};

/* The same columns in the same order as table `trial`. */
enum { ID, OUTCOME, POINT, VALUE, METRICS, SECONDS, MESSAGE };
static const char layout[] = "CREATE TABLE feed (id, outcome, point, value, metrics, seconds, message)";

static int connect(sqlite3 *db, void *store, int argc, const char *const *argv, sqlite3_vtab **table, char **message) {
  (void)argc, (void)argv, (void)message;
  int rc = sqlite3_declare_vtab(db, layout);
  if (rc != SQLITE_OK) return rc;
  struct table *made = joust_alloc(1, sizeof *made);
  made->store = store;
  *table = &made->base;
  return SQLITE_OK;
}

static int disconnect(sqlite3_vtab *table) {
  free(table);
  return SQLITE_OK;
}

static int best_index(sqlite3_vtab *table, sqlite3_index_info *info) {
  (void)table;
  info->estimatedCost = 1000;
  return SQLITE_OK;
}

static int open_cursor(sqlite3_vtab *table, sqlite3_vtab_cursor **cursor) {
  (void)table;
  struct cursor *made = joust_alloc(1, sizeof *made);
  *cursor = &made->base;
  return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *cursor) {
  free(cursor);
  return SQLITE_OK;
}

static int filter(sqlite3_vtab_cursor *base, int number, const char *text, int argc, sqlite3_value **argv) {
  (void)number, (void)text, (void)argc, (void)argv;
  struct cursor *cursor = (struct cursor *)base;
  struct joust_store *store = ((struct table *)base->pVtab)->store;
  cursor->trials = store->feed.trials;
  cursor->run = store->feed.run;
  cursor->i = store->feed.start;
  cursor->end = store->feed.end;
  return SQLITE_OK;
}

static int next(sqlite3_vtab_cursor *base) {
  ((struct cursor *)base)->i++;
  return SQLITE_OK;
}

static int at_end(sqlite3_vtab_cursor *base) {
  struct cursor *cursor = (struct cursor *)base;
  return cursor->i >= cursor->end;
}

static int64_t trial_id(const struct cursor *cursor) {
  return cursor->run << 32 | (cursor->trials->first + cursor->i);
}

static void give_doubles(sqlite3_context *context, const double *all, uint32_t row, uint32_t width) {
  sqlite3_result_blob64(context, width ? all + (size_t)row * width : (const void *)"", width * sizeof *all,
                        SQLITE_STATIC);
}

static int column(sqlite3_vtab_cursor *base, sqlite3_context *context, int which) {
  struct cursor *cursor = (struct cursor *)base;
  const struct joust_store_trials *trials = cursor->trials;
  uint32_t i = cursor->i;
  switch (which) {
  case ID: sqlite3_result_int64(context, trial_id(cursor)); break;
  case OUTCOME: sqlite3_result_int(context, trials->outcome[i]); break;
  case POINT:
    if (trials->index)
      sqlite3_result_int64(context, (int64_t)trials->index[i]);
    else
      give_doubles(context, trials->x, i, trials->n_parameters);
    break;
  case VALUE: sqlite3_result_double(context, trials->value[i]); break; /* NaN becomes NULL */
  case METRICS: give_doubles(context, trials->metrics, i, trials->n_metrics); break;
  case SECONDS: sqlite3_result_double(context, trials->seconds[i]); break;
  case MESSAGE:
    if (trials->message) sqlite3_result_text(context, trials->message[i], -1, SQLITE_STATIC); /* NULL stays NULL */
    break;
  }
  return SQLITE_OK;
}

static int row_id(sqlite3_vtab_cursor *base, sqlite3_int64 *id) {
  *id = trial_id((struct cursor *)base);
  return SQLITE_OK;
}

/* No xCreate: the table is there without being made, and cannot be made in a file. */
static const sqlite3_module feed = {
    .iVersion = 0,
    .xConnect = connect,
    .xBestIndex = best_index,
    .xDisconnect = disconnect,
    .xOpen = open_cursor,
    .xClose = close_cursor,
    .xFilter = filter,
    .xNext = next,
    .xEof = at_end,
    .xColumn = column,
    .xRowid = row_id,
};

int joust_feed_register(struct joust_store *store, struct joust_error *error) {
  int rc = sqlite3_create_module_v2(store->db, "feed", &feed, store, NULL);
  return rc == SQLITE_OK ? 0 : joust_store_fail(store, rc, "write", error);
}
