/* Finding problems by name below the space folders: "nasbench201/cifar10" is FOLDER/nasbench201/cifar10.json. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "space/problem.h"

void joust_space_folders(struct joust_folders *folders, const char *first) {
  memset(folders, 0, sizeof *folders);
  joust_folders_add(folders, first);
  joust_folders_add(folders, getenv("JOUST_SPACE_PATH"));
  char *own = joust_prefix_path("share/joust/spaces");
  joust_folders_add(folders, own);
  free(own);
}

static int by_text(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool ends_in_json(const char *name) {
  size_t length = strlen(name);
  return length > 5 && strcmp(name + length - 5, ".json") == 0;
}

/* A space file lies beside the problems that share it: it has no evaluator. */
static bool is_problem(const char *path) {
  struct joust_error error;
  struct joust_json json;
  if (joust_json_read(&json, path, &error)) return error.code == JOUST_BAD_INPUT; /* shown, so that it gets mended */
  bool is = joust_json_member(json.root, "evaluator") != NULL;
  joust_json_free(&json);
  return is;
}

static void add_names(char ***names, size_t *n, const char *folder, const char *group) {
  char *path = joust_path_join(folder, group);
  DIR *directory = opendir(path);
  for (struct dirent *entry; directory && (entry = readdir(directory)) != NULL;) {
    if (*entry->d_name == '.' || !ends_in_json(entry->d_name)) continue;
    char *file = joust_path_join(path, entry->d_name);
    if (is_problem(file)) {
      *names = joust_resize(*names, *n + 1, sizeof **names);
      (*names)[(*n)++] = joust_format("%s/%.*s", group, (int)strlen(entry->d_name) - 5, entry->d_name);
    }
    free(file);
  }
  if (directory) closedir(directory);
  free(path);
}

char **joust_problem_names(const struct joust_folders *folders, size_t *n) {
  char **names = NULL;
  *n = 0;
  for (size_t i = 0; i < folders->n; i++) {
    DIR *directory = opendir(folders->paths[i]);
    for (struct dirent *entry; directory && (entry = readdir(directory)) != NULL;)
      if (*entry->d_name != '.') add_names(&names, n, folders->paths[i], entry->d_name);
    if (directory) closedir(directory);
  }
  if (*n) qsort(names, *n, sizeof *names, by_text);
  size_t kept = 0; /* an earlier folder hides the same name in a later one */
  for (size_t i = 0; i < *n; i++) {
    if (kept && strcmp(names[kept - 1], names[i]) == 0)
      free(names[i]);
    else
      names[kept++] = names[i];
  }
  *n = kept;
  return names;
}

/* Problems of a folder that was named without one: "nk". */
static void add_members(struct joust_text *out, const char *folder, char *const *names, size_t n) {
  size_t length = strlen(folder);
  for (size_t i = 0; i < n; i++)
    if (strncmp(names[i], folder, length) == 0 && names[i][length] == '/')
      joust_text_addf(out, "%s%s", out->length ? ", " : "", names[i]);
}

static int fail_missing(const struct joust_folders *folders, const char *name, struct joust_error *error) {
  struct joust_text searched = {0}, members = {0};
  size_t n;
  char **names = joust_problem_names(folders, &n);
  const char *near = joust_nearest(name, (const char *const *)names, n);
  for (size_t i = 0; i < folders->n; i++) joust_text_addf(&searched, "%s%s", i ? ", " : "", folders->paths[i]);
  add_members(&members, name, names, n);
  if (members.length)
    joust_fail(error, JOUST_MISSING, "there is no problem '%s': there are %s", name, joust_text_string(&members));
  else if (near)
    joust_fail(error, JOUST_MISSING, "there is no problem '%s': did you mean '%s'?", name, near);
  else
    joust_fail(error, JOUST_MISSING, "there is no problem '%s' in %s ('joust list problems' shows what there is)", name,
               joust_text_string(&searched));
  for (size_t i = 0; i < n; i++) free(names[i]);
  free(names);
  joust_text_free(&searched);
  joust_text_free(&members);
  return error->code;
}

int joust_problem_find(struct joust_problem *problem, const struct joust_folders *folders,
                       const struct joust_spec *spec, struct joust_error *error) {
  char *path = NULL;
  if (ends_in_json(spec->id)) path = joust_copy(spec->id);
  for (size_t i = 0; i < folders->n && !path; i++) {
    path = joust_format("%s/%s.json", folders->paths[i], spec->id);
    if (!joust_file_exists(path) || strstr(spec->id, "..")) {
      free(path);
      path = NULL;
    }
  }
  if (!path) return fail_missing(folders, spec->id, error);
  int code = joust_problem_read(problem, path, spec->id, error);
  free(path);
  if (code) return code;
  joust_settings_copy(&problem->options, &spec->options);
  free(problem->label);
  problem->label = joust_copy(spec->label);
  return 0;
}
