#include "data/list.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/memory.h"
#include "evaluator/table.h"

#define ENDING ".table"

static void add(struct joust_data_item **items, size_t *n, char *name, const struct joust_source *source) {
  struct joust_error error;
  *items = joust_resize(*items, *n + 1, sizeof **items);
  struct joust_data_item *item = &(*items)[(*n)++];
  *item = (struct joust_data_item){.name = name, .source = source, .path = joust_table_path(name)};
  item->code = joust_table_open(&item->table, item->path, &error);
  if (item->code) item->reason = joust_copy(error.message);
}

/* The length of NAME where a file is called NAME.table, or 0. */
static size_t table_name(const char *file) {
  size_t length = strlen(file), ending = strlen(ENDING);
  if (*file == '.' || length <= ending || strcmp(file + length - ending, ENDING) != 0) return 0;
  return length - ending;
}

int joust_data_list(struct joust_data_item **items, size_t *n, struct joust_error *error) {
  *items = NULL;
  *n = 0;
  for (size_t i = 0; i < joust_n_sources; i++) add(items, n, joust_copy(joust_sources[i].table), &joust_sources[i]);
  char *any = joust_table_path("any"), *folder = joust_path_folder(any);
  struct dirent **entries;
  int found = scandir(folder, &entries, NULL, alphasort), code = 0;
  if (found < 0 && errno != ENOENT) code = joust_fail_errno(error, JOUST_SYSTEM, "cannot read the folder '%s'", folder);
  for (int i = 0; i < found; i++) {
    char *name = joust_copy_n(entries[i]->d_name, table_name(entries[i]->d_name));
    if (*name && !joust_source_of_table(name))
      add(items, n, name, NULL);
    else
      free(name);
    free(entries[i]);
  }
  if (found >= 0) free(entries);
  free(any);
  free(folder);
  if (code) {
    joust_data_list_free(*items, *n);
    *items = NULL;
    *n = 0;
  }
  return code;
}

void joust_data_list_free(struct joust_data_item *items, size_t n) {
  for (size_t i = 0; i < n; i++) {
    free(items[i].name);
    free(items[i].path);
    free(items[i].reason);
    joust_table_close(&items[i].table);
  }
  free(items);
}
