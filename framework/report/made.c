#include "report/made.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "report/output.h"

void joust_made_add(struct joust_made *made, const char *group, const char *name, const char *ending) {
  joust_text_addf(&made->list, "%s/%s.%s\n", group, name, ending);
}

static bool has_line(const char *list, const char *line) {
  size_t length = strlen(line);
  for (const char *at = list; (at = strstr(at, line)) != NULL; at++)
    if ((at == list || at[-1] == '\n') && at[length] == '\n') return true;
  return false;
}

/* GROUP/NAME: a list that somebody changed must not lead elsewhere. */
static bool is_ours(const char *line) {
  const char *slash = strchr(line, '/');
  bool known = strncmp(line, "figures/", 8) == 0 || strncmp(line, "tables/", 7) == 0;
  return known && slash[1] && slash[1] != '.' && !strchr(slash + 1, '/');
}

static void remove_old(const struct joust_made *made, const char *folder, char *old) {
  for (char *line; (line = strsep(&old, "\n")) != NULL;) {
    if (!is_ours(line) || has_line(joust_text_string(&made->list), line)) continue;
    char *path = joust_path_join(folder, line);
    unlink(path);
    free(path);
  }
}

int joust_made_replace(const struct joust_made *made, const char *folder, struct joust_error *error) {
  char *path = joust_path_join(folder, ".joust-files"), *old;
  size_t length;
  int code = joust_file_read(&old, &length, path, error);
  if (!code) {
    remove_old(made, folder, old);
    free(old);
  }
  code = joust_output_write(path, joust_text_string(&made->list), made->list.length, error);
  free(path);
  return code;
}

void joust_made_free(struct joust_made *made) {
  joust_text_free(&made->list);
}
