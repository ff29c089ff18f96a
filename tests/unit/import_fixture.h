/* What the tests of importing share: an import whose report is kept, and look-ups in the table that it made. */
#ifndef JOUST_TESTS_IMPORT_FIXTURE_H
#define JOUST_TESTS_IMPORT_FIXTURE_H

#include "base/file.h"
#include "data/import.h"
#include "data_fixture.h"
#include "evaluator/table_file.h"

struct outcome {
  int imported, refused;
  bool original;
  uint64_t entries;
  char table[100], message[2000];
};

static inline void keep(void *context, const struct joust_import *import) {
  struct outcome *outcome = context;
  outcome->imported += !import->error;
  outcome->refused += import->error != NULL;
  if (import->error) {
    snprintf(outcome->message, sizeof outcome->message, "%s", import->error->message);
    return;
  }
  outcome->original = import->original;
  outcome->entries = import->entries;
  snprintf(outcome->table, sizeof outcome->table, "%s", import->table);
  assert_true(joust_file_exists(import->path));
}

static inline int import(const char *path, struct outcome *outcome) {
  struct joust_error error;
  *outcome = (struct outcome){0};
  return joust_import_path(path, keep, outcome, &error);
}

static inline void write_text(const char *path, const char *text) {
  struct joust_error error;
  assert_int_equal(joust_file_write(path, text, strlen(text), &error), 0);
}

static inline double value(const struct joust_table *table, const char *metric, uint64_t entry, uint32_t measurement) {
  int m = joust_table_find(table, metric);
  assert_true(m >= 0);
  return joust_table_value(table, entry, &table->metrics[m], measurement);
}

#endif
