#include "store/merge_trials.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Rows whose bytes differ, the first ones first: ?1 the run in main, ?2 in input, ?3 how many trials. */
static const char compare_sql[] =
    "SELECT a.id & 4294967295, a.outcome, a.point, a.value, a.metrics, b.outcome, b.point, b.value, b.metrics"
    " FROM main.trial AS a JOIN input.trial AS b ON b.id = a.id + ((?2 - ?1) << 32)"
    " WHERE a.id BETWEEN ?1 << 32 AND ?1 << 32 | ?3 AND (a.outcome <> b.outcome OR a.point IS NOT b.point"
    " OR a.value IS NOT b.value OR a.metrics IS NOT b.metrics) ORDER BY a.id";
enum { NUMBER, FIRST, OUTCOME = 0, POINT, VALUE, METRICS, CELLS }; /* of main from FIRST, of input from FIRST + CELLS */
static const char *const cells[] = {"outcome", "point", "value", "metrics"};

/* BLOBs are doubles; NaNs that differ in their bits say the same. */
static bool same_doubles(sqlite3_stmt *row, int a, int b) {
  int length = sqlite3_column_bytes(row, a);
  const char *x = sqlite3_column_blob(row, a), *y = sqlite3_column_blob(row, b);
  if (length != sqlite3_column_bytes(row, b)) return false;
  for (int i = 0; i + (int)sizeof(double) <= length; i += (int)sizeof(double)) {
    double u, v;
    if (memcmp(x + i, y + i, sizeof u) == 0) continue;
    memcpy(&u, x + i, sizeof u);
    memcpy(&v, y + i, sizeof v);
    if (!isnan(u) || !isnan(v)) return false;
  }
  return true;
}

static bool same_cell(sqlite3_stmt *row, int cell) {
  int a = FIRST + cell, b = a + CELLS, type = sqlite3_column_type(row, a);
  if (type != sqlite3_column_type(row, b)) return false;
  switch (type) {
  case SQLITE_NULL: return true;
  case SQLITE_INTEGER: return sqlite3_column_int64(row, a) == sqlite3_column_int64(row, b);
  case SQLITE_FLOAT: return sqlite3_column_double(row, a) == sqlite3_column_double(row, b);
  default: return same_doubles(row, a, b);
  }
}

/* "12", "0.5", "none"; "" for what has no short form */
static void print_cell(char text[JOUST_NUMBER_SIZE], sqlite3_stmt *row, int column) {
  switch (sqlite3_column_type(row, column)) {
  case SQLITE_NULL: snprintf(text, JOUST_NUMBER_SIZE, "none"); break;
  case SQLITE_INTEGER: snprintf(text, JOUST_NUMBER_SIZE, "%" PRId64, (int64_t)sqlite3_column_int64(row, column)); break;
  case SQLITE_FLOAT: joust_number(text, sqlite3_column_double(row, column)); break;
  default: text[0] = 0;
  }
}

static void describe(struct joust_difference *difference, sqlite3_stmt *row, int cell) {
  char a[JOUST_NUMBER_SIZE], b[JOUST_NUMBER_SIZE];
  print_cell(a, row, FIRST + cell);
  print_cell(b, row, FIRST + CELLS + cell);
  int number = sqlite3_column_int(row, NUMBER);
  if (*a && *b)
    snprintf(difference->words, sizeof difference->words, "trial %d is the first that differs, its %s is %s and %s",
             number, cells[cell], a, b);
  else
    snprintf(difference->words, sizeof difference->words, "trial %d is the first that differs, in its %s", number,
             cells[cell]);
}

static int compare_rows(struct joust_difference *difference, struct joust_store *store, sqlite3_stmt *rows,
                        struct joust_error *error) {
  int status;
  while ((status = joust_store_step(store, rows, "compare trials", error)) == 1)
    for (int cell = OUTCOME; cell < CELLS; cell++)
      if (!same_cell(rows, cell)) {
        describe(difference, rows, cell);
        return 0;
      }
  return status;
}

int joust_merge_compare(struct joust_difference *difference, struct joust_store *store,
                        const struct joust_version *main, const struct joust_version *input,
                        struct joust_error *error) {
  sqlite3_stmt *rows;
  int status = joust_store_prepare(store, &rows, compare_sql, error);
  if (status) return status;
  sqlite3_bind_int64(rows, 1, main->id);
  sqlite3_bind_int64(rows, 2, input->id);
  sqlite3_bind_int64(rows, 3, main->trials < input->trials ? main->trials : input->trials);
  difference->words[0] = 0;
  status = compare_rows(difference, store, rows, error);
  sqlite3_finalize(rows);
  if (!status && !*difference->words && main->state == JOUST_RUN_COMPLETE && main->trials != input->trials)
    snprintf(difference->words, sizeof difference->words, "it has %" PRIu32 " trials and %" PRIu32, main->trials,
             input->trials);
  return status;
}

int joust_merge_copy_trials(struct joust_store *store, int64_t from, int64_t to, uint64_t *copied,
                            struct joust_error *error) {
  sqlite3_stmt *s;
  int status = joust_store_prepare(store, &s,
                                   "INSERT INTO main.trial (id, outcome, point, value, metrics, seconds, message)"
                                   " SELECT id + ((?2 - ?1) << 32), outcome, point, value, metrics, seconds, message"
                                   " FROM input.trial WHERE id BETWEEN ?1 << 32 AND ?1 << 32 | 4294967295 ORDER BY id",
                                   error);
  if (status) return status;
  sqlite3_bind_int64(s, 1, from);
  sqlite3_bind_int64(s, 2, to);
  status = joust_store_step(store, s, "merge trials", error);
  *copied = status ? 0 : (uint64_t)sqlite3_changes64(store->db);
  sqlite3_finalize(s);
  return status;
}
