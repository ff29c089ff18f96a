#include "report/tables.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "report/output.h"
#include "report/table_parts.h"

static int write_form(const struct joust_table *table, const char *folder, const char *ending,
                      void (*form)(struct joust_text *, const struct joust_table *), struct joust_error *error) {
  struct joust_text text = {0};
  form(&text, table);
  char *path = joust_format("%s/%s.%s", folder, table->name, ending);
  int code = joust_output_write(path, joust_text_string(&text), text.length, error);
  free(path);
  joust_text_free(&text);
  return code;
}

static int write_table(struct joust_tables *tables, const struct joust_table *table, const char *folder,
                       struct joust_error *error) {
  int code = write_form(table, folder, "tex", joust_table_latex, error);
  if (!code) code = write_form(table, folder, "md", joust_table_markdown, error);
  if (!code) code = write_form(table, folder, "csv", joust_table_csv, error);
  tables->items = joust_resize(tables->items, tables->n + 1, sizeof *tables->items);
  tables->items[tables->n++] = (struct joust_table_file){joust_copy(table->name), joust_copy(table->title)};
  return code;
}

static bool is_taken(const char *name, const void *context) {
  const struct joust_tables *tables = context;
  for (size_t i = 0; i < tables->n; i++)
    if (strcmp(tables->items[i].name, name) == 0) return true;
  return strcmp(name, "summary") == 0;
}

int joust_tables_write(struct joust_tables *tables, const struct joust_analysis *analysis, const char *folder,
                       struct joust_error *error) {
  struct joust_table table;
  *tables = (struct joust_tables){0};
  int code = joust_folder_make(folder, error);
  if (!code && analysis->n_contests > 1) {
    joust_table_of_all(&table, analysis);
    code = write_table(tables, &table, folder, error);
    joust_table_free(&table);
  }
  for (uint32_t c = 0; c < analysis->n_contests && !code; c++) {
    joust_table_of_contest(&table, analysis, c);
    table.name = joust_output_name("", analysis->contests[c].label, is_taken, tables);
    code = write_table(tables, &table, folder, error);
    joust_table_free(&table);
  }
  if (code) joust_tables_free(tables);
  return code;
}

void joust_tables_free(struct joust_tables *tables) {
  for (size_t i = 0; i < tables->n; i++) {
    free(tables->items[i].name);
    free(tables->items[i].title);
  }
  free(tables->items);
  *tables = (struct joust_tables){0};
}
