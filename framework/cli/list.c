/* joust list: what there is to run. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/cli.h"
#include "cli/sweep_flags.h"

struct list_flags {
  struct joust_places places;
  bool json;
};

/* Rows of texts: a JSON list of objects with these keys, or a grid of the first `shown` columns under their headings.
 */
struct listing {
  size_t n_columns, shown;
  const char *keys[8];
  const char *headings[8];
  char **cells;
  size_t n_cells;
};

static void add(struct listing *listing, const char *text) {
  listing->cells = joust_resize(listing->cells, listing->n_cells + 1, sizeof *listing->cells);
  listing->cells[listing->n_cells++] = joust_copy(text);
}

static void print_json(const struct listing *listing) {
  cJSON *list = cJSON_CreateArray(), *object = NULL;
  for (size_t i = 0; i < listing->n_cells; i++) {
    if (i % listing->n_columns == 0) cJSON_AddItemToArray(list, object = cJSON_CreateObject());
    cJSON_AddStringToObject(object, listing->keys[i % listing->n_columns], listing->cells[i]);
  }
  char *text = cJSON_Print(list);
  puts(text);
  free(text);
  cJSON_Delete(list);
}

static void print_grid(const struct listing *listing) {
  struct joust_grid grid = {.n_columns = listing->shown};
  for (size_t i = 0; i < listing->shown; i++) joust_grid_add(&grid, "%s", listing->headings[i]);
  for (size_t i = 0; i < listing->n_cells; i++)
    if (i % listing->n_columns < listing->shown) joust_grid_add(&grid, "%s", listing->cells[i]);
  joust_grid_print(&grid, stdout, "");
}

static void print_and_free(struct listing *listing, bool json) {
  if (json)
    print_json(listing);
  else
    print_grid(listing);
  for (size_t i = 0; i < listing->n_cells; i++) free(listing->cells[i]);
  free(listing->cells);
}

/* ---- problems ---------------------------------------------------------------------------------------------------- */

static void add_problem(struct listing *listing, const struct joust_problem *problem) {
  const struct joust_metric *objective = &problem->metrics[problem->objective];
  char points[JOUST_NUMBER_SIZE];
  bool known = !problem->evaluator_space;
  add(listing, problem->name);
  add(listing, !known                        ? "by options"
               : problem->domain.points == 0 ? "infinite"
                                             : joust_number(points, (double)problem->domain.points));
  add(listing, objective->direction < 0 ? "maximise" : "minimise");
  add(listing, objective->name);
  add(listing, problem->title);
  add(listing, problem->path);
}

static int list_problems(const struct list_flags *flags) {
  struct listing listing = {.n_columns = 6,
                            .shown = 5,
                            .keys = {"name", "points", "direction", "objective", "title", "path"},
                            .headings = {"PROBLEM", "POINTS", "", "OBJECTIVE", "TITLE"}};
  struct joust_folders folders;
  size_t n;
  int code = 0;
  joust_space_folders(&folders, flags->places.spaces);
  char **names = joust_problem_names(&folders, &n);
  for (size_t i = 0; i < n; i++) {
    struct joust_spec spec = {.id = names[i], .label = names[i]};
    struct joust_problem problem;
    struct joust_error error;
    if (joust_problem_find(&problem, &folders, &spec, &error)) {
      code = joust_cli_fail("list", &error);
    } else {
      add_problem(&listing, &problem);
      joust_problem_free(&problem);
    }
    free(names[i]);
  }
  free(names);
  joust_folders_free(&folders);
  print_and_free(&listing, flags->json);
  return code;
}

/* ---- plugins ----------------------------------------------------------------------------------------------------- */

static void add_plugin(struct listing *listing, const char *id, const char *version, const char *summary,
                       const char *path) {
  add(listing, id);
  add(listing, version);
  add(listing, summary);
  add(listing, path);
}

static int list_plugins(const struct list_flags *flags, const char *heading, bool optimisers) {
  struct listing listing = {.n_columns = 4,
                            .shown = 3,
                            .keys = {"name", "version", "summary", "path"},
                            .headings = {heading, "VERSION", "SUMMARY"}};
  struct joust_registry registry;
  struct joust_error error;
  joust_cli_registry(&registry, &flags->places);
  int code = joust_registry_load_all(&registry, &error);
  if (code) code = joust_cli_fail("list", &error);
  for (size_t i = 0; optimisers && i < registry.n_optimisers; i++) {
    const struct joust_optimiser *type = registry.optimisers[i].optimiser;
    add_plugin(&listing, type->id, type->version, type->summary, registry.optimisers[i].path);
  }
  for (size_t i = 0; !optimisers && i < registry.n_evaluators; i++) {
    const struct joust_evaluator *type = registry.evaluators[i].evaluator;
    add_plugin(&listing, type->id, type->version, type->summary, registry.evaluators[i].path);
  }
  print_and_free(&listing, flags->json);
  for (size_t i = 0; i < registry.n_broken; i++) fprintf(stderr, "cannot be used: %s\n", registry.broken[i].message);
  joust_registry_free(&registry);
  return code;
}

static int list_optimisers(const struct list_flags *flags) {
  return list_plugins(flags, "OPTIMISER", true);
}

static int list_evaluators(const struct list_flags *flags) {
  return list_plugins(flags, "EVALUATOR", false);
}

/* ---- sweeps ------------------------------------------------------------------------------------------------------ */

static int is_sweep(const struct dirent *entry) {
  size_t length = strlen(entry->d_name);
  return *entry->d_name != '.' && length > 5 && strcmp(entry->d_name + length - 5, ".json") == 0;
}

static int list_sweeps(const struct list_flags *flags) {
  struct listing listing = {
      .n_columns = 3, .shown = 2, .keys = {"name", "description", "path"}, .headings = {"SWEEP", "DESCRIPTION"}};
  char *folder = joust_prefix_path("share/joust/sweeps");
  struct dirent **entries = NULL;
  int n = scandir(folder, &entries, is_sweep, alphasort), code = 0;
  for (int i = 0; i < n; i++) {
    char *path = joust_path_join(folder, entries[i]->d_name);
    struct joust_sweep sweep;
    struct joust_error error;
    joust_sweep_init(&sweep);
    if (joust_sweep_read(&sweep, path, &error)) code = joust_cli_fail("list", &error);
    entries[i]->d_name[strlen(entries[i]->d_name) - 5] = 0;
    add(&listing, entries[i]->d_name);
    add(&listing, sweep.description);
    add(&listing, path);
    joust_sweep_free(&sweep);
    free(path);
    free(entries[i]);
  }
  free(entries);
  free(folder);
  print_and_free(&listing, flags->json);
  return code;
}

/* ---- the command ------------------------------------------------------------------------------------------------- */

int joust_cli_list(int argc, char **argv) {
  static const struct {
    const char *name;
    int (*list)(const struct list_flags *);
  } kinds[] = {{"problems", list_problems},
               {"optimisers", list_optimisers},
               {"evaluators", list_evaluators},
               {"sweeps", list_sweeps}};
  struct list_flags f = {0};
  const struct joust_flag flags[] = {{0, "json", JOUST_FLAG_SWITCH, &f.json, NULL, "print JSON"},
                                     JOUST_PLACE_FLAGS(f.places)};
  const struct joust_usage usage = {.command = "list",
                                    .operands = "problems|optimisers|evaluators|sweeps",
                                    .summary = "Lists what there is to run.",
                                    .flags = flags,
                                    .n_flags = sizeof flags / sizeof *flags,
                                    .least = 1,
                                    .most = 1};
  int first = joust_cli_parse(&usage, argc, argv);
  if (first < 0) return ~first;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (strcmp(kinds[i].name, argv[first]) == 0) return kinds[i].list(&f);
  fprintf(stderr, "joust list: '%s' cannot be listed: expected problems, optimisers, evaluators or sweeps\n",
          argv[first]);
  return 2;
}
