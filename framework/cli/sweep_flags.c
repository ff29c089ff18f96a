#include "cli/sweep_flags.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"

static int fail_missing(const char *file, const char *folder, struct joust_error *error) {
  DIR *list = opendir(folder);
  char **names = NULL;
  size_t n = 0;
  for (const struct dirent *entry; list && (entry = readdir(list));) {
    size_t length = strlen(entry->d_name);
    if (length <= 5 || strcmp(entry->d_name + length - 5, ".json") != 0) continue;
    names = joust_resize(names, n + 1, sizeof *names);
    names[n++] = joust_copy_n(entry->d_name, length - 5);
  }
  if (list) closedir(list);
  const char *near = joust_nearest(file, (const char *const *)names, n);
  if (near)
    joust_fail(error, JOUST_MISSING, "there is no sweep '%s': did you mean '%s'?", file, near);
  else
    joust_fail(error, JOUST_MISSING, "there is no sweep file '%s', here or in %s ('joust list sweeps')", file, folder);
  for (size_t i = 0; i < n; i++) free(names[i]);
  free(names);
  return error->code;
}

/* A sweep that comes with joust. */
static int read_own(struct joust_sweep *sweep, const char *file, struct joust_error *error) {
  size_t length = strlen(file);
  bool has_end = length > 5 && strcmp(file + length - 5, ".json") == 0;
  char *folder = joust_prefix_path("share/joust/sweeps");
  char *path = joust_format("%s/%s%s", folder, file, has_end ? "" : ".json");
  int code;
  if (joust_file_exists(path))
    code = joust_sweep_read(sweep, path, error);
  else
    code = fail_missing(file, folder, error);
  free(path);
  free(folder);
  return code;
}

static bool is_store(const char *path) {
  static const char mark[] = "SQLite format 3"; /* with its 0 */
  char head[sizeof mark] = "";
  FILE *file = fopen(path, "rb");
  bool is = file && fread(head, 1, sizeof head, file) == sizeof head && memcmp(head, mark, sizeof mark) == 0;
  if (file) fclose(file);
  return is;
}

static int read_file(struct joust_sweep *sweep, const char *file, struct joust_error *error) {
  if (is_store(file))
    return joust_fail(error, JOUST_BAD_INPUT,
                      "%s is a store, not a sweep file: --store %s keeps the trials of a sweep there, 'joust show %s' "
                      "shows them",
                      file, file, file);
  if (strchr(file, '/') || joust_file_exists(file)) return joust_sweep_read(sweep, file, error);
  return read_own(sweep, file, error);
}

static void move_specs(struct joust_specs *to, struct joust_specs *from) {
  to->items = joust_resize(to->items, to->n + from->n, sizeof *to->items);
  if (from->n) memcpy(to->items + to->n, from->items, from->n * sizeof *from->items);
  to->n += from->n;
  free(from->items);
  memset(from, 0, sizeof *from);
}

static int take_counts(struct joust_sweep *sweep, const struct joust_sweep_flags *flags, struct joust_error *error) {
  if (flags->trials == 0 || flags->trials > (int64_t)JOUST_MOST_TRIALS)
    return joust_fail(error, JOUST_BAD_INPUT, "--trials is %lld: expected 1 to %lld", (long long)flags->trials,
                      (long long)JOUST_MOST_TRIALS);
  if (flags->replicates == 0 || flags->replicates > 1000000)
    return joust_fail(error, JOUST_BAD_INPUT, "--replicates is %lld: expected 1 to 1000000",
                      (long long)flags->replicates);
  if (flags->trials > 0) sweep->budget.trials = (uint64_t)flags->trials;
  if (flags->replicates > 0) sweep->replicates = (uint32_t)flags->replicates;
  if (flags->seed >= 0) sweep->seed = flags->seed;
  if (flags->cost > 0) sweep->budget.cost = flags->cost;
  if (flags->seconds > 0) sweep->budget.seconds = flags->seconds;
  return flags->limits ? joust_limits_parse(&sweep->limits, flags->limits, error) : 0;
}

int joust_sweep_from_flags(struct joust_sweep *sweep, const char *file, struct joust_sweep_flags *flags,
                           struct joust_error *error) {
  joust_sweep_init(sweep);
  int code = 0;
  if (file)
    code = read_file(sweep, file, error);
  else if (!flags->problems.n && !flags->optimisers.n)
    code = read_own(sweep, "default", error);
  if (!code) code = take_counts(sweep, flags, error);
  move_specs(&sweep->problems, &flags->problems);
  move_specs(&sweep->optimisers, &flags->optimisers);
  if (flags->name) {
    free(sweep->name);
    sweep->name = joust_copy(flags->name);
  }
  if (!code) code = joust_sweep_check(sweep, error);
  if (code) joust_sweep_free(sweep);
  return code;
}

void joust_sweep_flags_free(struct joust_sweep_flags *flags) {
  joust_specs_free(&flags->problems);
  joust_specs_free(&flags->optimisers);
}
