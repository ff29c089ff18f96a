/* The canonical dump: what two stores with the same results share. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"
#include "store/connection.h"
#include "store/export.h"

static void add_numbers(struct joust_text *line, const double *numbers, uint32_t n) {
  char text[JOUST_NUMBER_SIZE];
  for (uint32_t i = 0; i < n; i++) joust_text_addf(line, " %s", joust_number(text, numbers[i]));
}

static int write_line(struct joust_text *line, FILE *out, struct joust_error *error) {
  joust_text_add(line, "\n");
  bool all = fwrite(line->bytes, 1, line->length, out) == line->length;
  joust_text_clear(line);
  return all ? 0 : joust_fail_errno(error, JOUST_SYSTEM, "cannot write the dump");
}

/* run KEY problem optimiser replicate seed state trials; trial NUMBER outcome point : metrics */
static int dump_run(struct joust_store *store, sqlite3_stmt *row, struct joust_store_columns *trials,
                    struct joust_text *line, FILE *out, struct joust_error *error) {
  joust_text_add(line, "run");
  for (int i = 1; i < sqlite3_column_count(row); i++) joust_text_addf(line, " %s", joust_store_text(row, i));
  int code = write_line(line, out, error);
  if (!code) code = joust_store_read_trials(store, sqlite3_column_int64(row, 0), trials, error);
  for (uint32_t i = 0; i < trials->n && !code; i++) {
    joust_text_addf(line, "trial %" PRIu32 " %d", i + 1, trials->outcome[i]);
    if (trials->has_index)
      joust_text_addf(line, " %" PRIu64, trials->index[i]);
    else
      add_numbers(line, trials->x + (size_t)i * trials->n_parameters, trials->n_parameters);
    joust_text_add(line, " :");
    add_numbers(line, trials->metrics + (size_t)i * trials->n_metrics, trials->n_metrics);
    code = write_line(line, out, error);
  }
  return code;
}

int joust_store_dump(struct joust_store *store, FILE *out, struct joust_error *error) {
  sqlite3_stmt *row;
  struct joust_store_columns trials = {0};
  struct joust_text line = {0};
  int code = joust_store_prepare(store, &row,
                                 "SELECT run.id, key, problem.label, fingerprint, optimiser.label, optimiser.name,"
                                 " version, options, replicate, seed, state, reason, trials, counters"
                                 " FROM run JOIN problem ON problem.id = run.problem"
                                 " JOIN optimiser ON optimiser.id = run.optimiser ORDER BY key",
                                 error);
  if (code) return code;
  while ((code = joust_store_step(store, row, "read the store", error)) == 1)
    if ((code = dump_run(store, row, &trials, &line, out, error))) break;
  sqlite3_finalize(row);
  joust_store_columns_free(&trials);
  joust_text_free(&line);
  return code;
}
