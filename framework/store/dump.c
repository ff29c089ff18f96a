#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/text.h"
#include "store/connection.h"
#include "store/export.h"

/* A line is words with tabs between them; texts lose nothing, as tabs, newlines and backslashes in them are escaped. */
static void add_text(struct joust_text *line, const char *text) {
  joust_text_add_n(line, "\t", 1);
  for (; *text; text++) {
    switch (*text) {
    case '\t': joust_text_add_n(line, "\\t", 2); break;
    case '\n': joust_text_add_n(line, "\\n", 2); break;
    case '\\': joust_text_add_n(line, "\\\\", 2); break;
    default: joust_text_add_n(line, text, 1);
    }
  }
}

static void add_number(struct joust_text *line, double value) {
  char buffer[JOUST_NUMBER_SIZE];
  joust_text_add_n(line, "\t", 1);
  joust_text_add(line, joust_number(buffer, value));
}

/* Some of the cells of dump_runs. */
enum { ID, KEY, SEED = 10, STATE, TRIALS, COST };

static const char dump_runs[] =
    "SELECT run.id, key, problem.label, problem.name, fingerprint, optimiser.label, optimiser.name, version, options,"
    " replicate, seed, state, trials, cost"
    " FROM run JOIN problem ON problem.id = run.problem JOIN optimiser ON optimiser.id = run.optimiser ORDER BY key";

static const char *const states[] = {"absent", "started", "complete", "broken"};
static const char *const outcomes[] = {"ok", "failed", "cancelled"};

static void add_run(struct joust_text *line, sqlite3_stmt *row) {
  int state = sqlite3_column_int(row, STATE);
  joust_text_add(line, "run");
  for (int i = KEY; i <= SEED; i++) add_text(line, joust_store_text(row, i));
  add_text(line, state >= 0 && state <= 3 ? states[state] : "?");
  add_text(line, joust_store_text(row, TRIALS));
  add_number(line, sqlite3_column_type(row, COST) == SQLITE_NULL ? NAN : sqlite3_column_double(row, COST));
  joust_text_add_n(line, "\n", 1);
}

static void add_trial(struct joust_text *line, const struct joust_store_columns *trials, uint32_t i) {
  joust_text_addf(line, "%" PRIu32 "\t%s", i + 1, outcomes[trials->outcome[i]]);
  if (trials->has_index) joust_text_addf(line, "\t%" PRIu64, trials->index[i]);
  for (size_t k = 0; k < trials->n_parameters; k++) add_number(line, trials->x[(size_t)i * trials->n_parameters + k]);
  add_number(line, trials->value[i]);
  for (size_t k = 0; k < trials->n_metrics; k++) add_number(line, trials->metrics[(size_t)i * trials->n_metrics + k]);
  joust_text_add_n(line, "\n", 1);
}

static int dump_all(struct joust_store *store, FILE *out, sqlite3_stmt *runs, struct joust_error *error) {
  struct joust_text text = {0};
  struct joust_store_columns trials = {0};
  int status;
  while ((status = joust_store_step(store, runs, "read the store", error)) == 1) {
    add_run(&text, runs);
    status = joust_store_read_trials(store, sqlite3_column_int64(runs, ID), &trials, error);
    if (status) break;
    for (uint32_t i = 0; i < trials.n; i++) add_trial(&text, &trials, i);
    fwrite(joust_text_string(&text), 1, text.length, out); /* an error shows when the output is flushed */
    joust_text_clear(&text);
  }
  joust_text_free(&text);
  joust_store_columns_free(&trials);
  return status;
}

int joust_store_dump(struct joust_store *store, FILE *out, struct joust_error *error) {
  sqlite3_stmt *runs;
  int status = joust_store_prepare(store, &runs, dump_runs, error);
  if (status) return status;
  status = dump_all(store, out, runs, error);
  sqlite3_finalize(runs);
  if (!status && (fflush(out) || ferror(out)))
    return joust_fail_errno(error, JOUST_SYSTEM, "%s: cannot write the dump", store->path);
  return status;
}
