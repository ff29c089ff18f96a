#include "plugin/registry.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "plugin/loader.h"

enum kind { OPTIMISER, EVALUATOR };

static const char *const kind_names[] = {"optimiser", "evaluator"};
static const char built_in[] = "built in";

struct joust_offer {
  enum kind kind;
  const char *id;
  const void *table; /* struct joust_optimiser or struct joust_evaluator */
  const char *path;  /* built_in, or in registry->loaded */
};

void joust_registry_init(struct joust_registry *registry, const char *first) {
  memset(registry, 0, sizeof *registry);
  joust_folders_add(&registry->folders, first);
  joust_folders_add(&registry->folders, getenv("JOUST_PLUGIN_PATH"));
  char *installed = joust_prefix_path("lib/joust/plugins");
  joust_folders_add(&registry->folders, installed);
  free(installed);
}

void joust_registry_free(struct joust_registry *registry) {
  joust_folders_free(&registry->folders);
  for (size_t i = 0; i < registry->n_loaded; i++) free(registry->loaded[i]);
  for (size_t i = 0; i < registry->n_broken; i++) {
    free(registry->broken[i].path);
    free(registry->broken[i].message);
  }
  for (size_t i = 0; i < registry->n_given; i++) free(registry->given[i]);
  free(registry->loaded);
  free(registry->given);
  free(registry->broken);
  free(registry->offers);
  free(registry->optimisers);
  free(registry->evaluators);
  memset(registry, 0, sizeof *registry);
}

/* ---- offers ----------------------------------------------------------------------------------------------------- */

static int compare_offers(const struct joust_offer *a, const struct joust_offer *b) {
  int order = (int)a->kind - (int)b->kind;
  if (order == 0) order = strcmp(a->id, b->id);
  return order ? order : strcmp(a->path, b->path);
}

/* Keeps the order. The same table under a second name (a link) is no second offer. */
static void add_offer(struct joust_registry *registry, struct joust_offer offer) {
  size_t place = registry->n_offers;
  for (size_t i = 0; i < registry->n_offers; i++)
    if (registry->offers[i].table == offer.table) return;
  registry->offers = joust_resize(registry->offers, registry->n_offers + 1, sizeof *registry->offers);
  while (place > 0 && compare_offers(&offer, &registry->offers[place - 1]) < 0) {
    registry->offers[place] = registry->offers[place - 1];
    place--;
  }
  registry->offers[place] = offer;
  registry->n_offers++;
}

void joust_registry_add_evaluator(struct joust_registry *registry, const struct joust_evaluator *evaluator) {
  add_offer(registry, (struct joust_offer){EVALUATOR, evaluator->id, evaluator, built_in});
}

static bool is_file_of(const char *path, const char *id) {
  const char *name = joust_path_name(path);
  size_t length = strlen(id);
  return strncmp(name, id, length) == 0 && strcmp(name + length, ".so") == 0;
}

/* Who may have an id without being asked about others: the host itself, then the file of that name. */
static int right_to_id(const struct joust_offer *offer) {
  return offer->path == built_in ? 2 : is_file_of(offer->path, offer->id) ? 1 : 0;
}

static int fail_two(const struct joust_offer *a, const struct joust_offer *b, struct joust_error *error) {
  return joust_fail(error, JOUST_BAD_INPUT, "two plugins offer the %s '%s': '%s' and '%s'; remove or rename one",
                    kind_names[a->kind], a->id, a->path, b->path);
}

/* The offer of an id with the best right to it, if that is at least `least`; NULL if there is none. *rival: another one
 * with the same right, or NULL. */
static const struct joust_offer *find_offer(const struct joust_registry *registry, enum kind kind, const char *id,
                                            int least, const struct joust_offer **rival) {
  const struct joust_offer *best = NULL;
  *rival = NULL;
  for (size_t i = 0; i < registry->n_offers; i++) {
    const struct joust_offer *offer = &registry->offers[i];
    if (offer->kind != kind || strcmp(offer->id, id) != 0 || right_to_id(offer) < least) continue;
    if (best && right_to_id(offer) <= right_to_id(best)) {
      if (right_to_id(offer) == right_to_id(best)) *rival = offer;
      continue;
    }
    best = offer;
    *rival = NULL;
  }
  return best;
}

/* ---- files ------------------------------------------------------------------------------------------------------ */

static bool is_regular(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

/* The path of the first regular file of that name in the folders, or NULL; the caller frees. */
static char *find_file(const struct joust_registry *registry, const char *name) {
  for (size_t i = 0; i < registry->folders.n; i++) {
    char *path = joust_path_join(registry->folders.paths[i], name);
    if (is_regular(path)) return path;
    free(path);
  }
  return NULL;
}

static void keep_text(char ***texts, size_t *n, const char *text) {
  *texts = joust_resize(*texts, *n + 1, sizeof **texts);
  (*texts)[(*n)++] = joust_copy(text);
}

static void add_broken(struct joust_registry *registry, const char *path, const struct joust_error *error) {
  registry->broken = joust_resize(registry->broken, registry->n_broken + 1, sizeof *registry->broken);
  registry->broken[registry->n_broken++] =
      (struct joust_broken_plugin){joust_copy(path), joust_copy(error->message), error->code};
}

/* Loads a file of the folders unless that was tried before. NULL, or why it is broken. */
static const struct joust_broken_plugin *load_file(struct joust_registry *registry, const char *path) {
  for (size_t i = 0; i < registry->n_broken; i++)
    if (strcmp(registry->broken[i].path, path) == 0) return &registry->broken[i];
  for (size_t i = 0; i < registry->n_loaded; i++)
    if (strcmp(registry->loaded[i], path) == 0) return NULL;
  keep_text(&registry->loaded, &registry->n_loaded, path);
  const struct joust_plugin *plugin;
  struct joust_error error;
  if (joust_plugin_load(&plugin, path, &error) < 0) {
    add_broken(registry, path, &error);
    return &registry->broken[registry->n_broken - 1];
  }
  const char *kept = registry->loaded[registry->n_loaded - 1];
  for (uint32_t i = 0; i < plugin->n_optimisers; i++)
    add_offer(registry, (struct joust_offer){OPTIMISER, plugin->optimisers[i]->id, plugin->optimisers[i], kept});
  for (uint32_t i = 0; i < plugin->n_evaluators; i++)
    add_offer(registry, (struct joust_offer){EVALUATOR, plugin->evaluators[i]->id, plugin->evaluators[i], kept});
  return NULL;
}

static int is_plugin_name(const struct dirent *entry) {
  size_t length = strlen(entry->d_name);
  return entry->d_name[0] != '.' && length > 3 && strcmp(entry->d_name + length - 3, ".so") == 0;
}

static int compare_names(const struct dirent **a, const struct dirent **b) {
  return strcmp((*a)->d_name, (*b)->d_name);
}

static void load_folder(struct joust_registry *registry, const char *folder) {
  struct dirent **entries;
  int n = scandir(folder, &entries, is_plugin_name, compare_names);
  for (int i = 0; i < n; i++) {
    char *path = joust_path_join(folder, entries[i]->d_name), *first = find_file(registry, entries[i]->d_name);
    if (first && strcmp(first, path) == 0) load_file(registry, path);
    free(path);
    free(first);
    free(entries[i]);
  }
  if (n >= 0) free(entries);
}

static void load_folders(struct joust_registry *registry) {
  for (size_t i = 0; i < registry->folders.n; i++) load_folder(registry, registry->folders.paths[i]);
}

/* ---- looking up ------------------------------------------------------------------------------------------------- */

/* Appends a similar id as a question, or the ids that there are. */
static void add_ids(const struct joust_registry *registry, enum kind kind, const char *id, struct joust_text *out) {
  const char **ids = joust_alloc(registry->n_offers, sizeof *ids);
  size_t n = 0;
  for (size_t i = 0; i < registry->n_offers; i++)
    if (registry->offers[i].kind == kind) ids[n++] = registry->offers[i].id;
  const char *near = joust_nearest(id, ids, n);
  if (near) {
    joust_text_addf(out, "did you mean '%s'?", near);
  } else if (n > 0) {
    joust_text_add(out, "there are ");
    for (size_t i = 0; i < n; i++) joust_text_addf(out, "%s%s", i ? ", " : "", ids[i]);
    joust_text_add(out, ".");
  } else {
    joust_text_addf(out, "no %s was found at all.", kind_names[kind]);
  }
  free(ids);
}

static int fail_none(const struct joust_registry *registry, enum kind kind, const char *id, struct joust_error *error) {
  struct joust_text out = {0};
  add_ids(registry, kind, id, &out);
  joust_text_add(&out, " Searched:");
  for (size_t i = 0; i < registry->folders.n; i++) {
    const char *folder = registry->folders.paths[i];
    DIR *open = opendir(folder);
    joust_text_addf(&out, "%s '%s'", i ? "," : "", folder);
    if (open)
      closedir(open);
    else
      joust_text_addf(&out, " (%s)", strerror(errno));
  }
  joust_text_add(&out, ".");
  size_t length = strlen(id);
  if (length > 3 && strcmp(id + length - 3, ".so") == 0) joust_text_addf(&out, " A file is named ./%s.", id);
  for (size_t i = 0; i < registry->n_broken; i++)
    joust_text_addf(&out, "%s%s", i ? "; " : " Broken plugins: ", registry->broken[i].message);
  joust_fail(error, JOUST_MISSING, "there is no %s '%s': %s", kind_names[kind], id, joust_text_string(&out));
  joust_text_free(&out);
  return error->code;
}

static int look_up_id(struct joust_registry *registry, enum kind kind, const char *id, struct joust_offer *found,
                      struct joust_error *error) {
  const struct joust_offer *rival, *offer = find_offer(registry, kind, id, 2, &rival);
  if (!offer) {
    char *name = joust_format("%s.so", id), *path = find_file(registry, name);
    const struct joust_broken_plugin *broken = path ? load_file(registry, path) : NULL;
    free(name);
    free(path);
    if (broken) return joust_fail(error, broken->code, "%s", broken->message);
    offer = find_offer(registry, kind, id, 1, &rival);
  }
  if (!offer) {
    load_folders(registry);
    offer = find_offer(registry, kind, id, 0, &rival);
  }
  if (!offer) return fail_none(registry, kind, id, error);
  if (rival) return fail_two(offer, rival, error);
  *found = *offer;
  return 0;
}

static int fail_not_one(const struct joust_plugin *plugin, enum kind kind, const char *path,
                        struct joust_error *error) {
  struct joust_text ids = {0};
  uint32_t n = kind == OPTIMISER ? plugin->n_optimisers : plugin->n_evaluators;
  if (n == 0) return joust_fail(error, JOUST_BAD_INPUT, "the plugin '%s' offers no %s", path, kind_names[kind]);
  for (uint32_t i = 0; i < n; i++)
    joust_text_addf(&ids, "%s%s", i ? ", " : "",
                    kind == OPTIMISER ? plugin->optimisers[i]->id : plugin->evaluators[i]->id);
  joust_fail(error, JOUST_BAD_INPUT,
             "the plugin '%s' offers several %ss: %s; add its folder to the plugin folders and name one of them", path,
             kind_names[kind], joust_text_string(&ids));
  joust_text_free(&ids);
  return error->code;
}

static int look_up_path(struct joust_registry *registry, enum kind kind, const char *path, struct joust_offer *found,
                        struct joust_error *error) {
  const struct joust_plugin *plugin;
  if (joust_plugin_load(&plugin, path, error) < 0) return error->code;
  if ((kind == OPTIMISER ? plugin->n_optimisers : plugin->n_evaluators) != 1)
    return fail_not_one(plugin, kind, path, error);
  size_t i = 0;
  while (i < registry->n_given && strcmp(registry->given[i], path) != 0) i++;
  if (i == registry->n_given) keep_text(&registry->given, &registry->n_given, path);
  found->table = kind == OPTIMISER ? (const void *)plugin->optimisers[0] : plugin->evaluators[0];
  found->path = registry->given[i];
  return 0;
}

static int look_up(struct joust_registry *registry, enum kind kind, const char *id, struct joust_offer *found,
                   struct joust_error *error) {
  return strchr(id, '/') ? look_up_path(registry, kind, id, found, error)
                         : look_up_id(registry, kind, id, found, error);
}

int joust_registry_optimiser(struct joust_registry *registry, const char *id, struct joust_optimiser_entry *found,
                             struct joust_error *error) {
  struct joust_offer offer;
  if (look_up(registry, OPTIMISER, id, &offer, error) < 0) return error->code;
  *found = (struct joust_optimiser_entry){offer.table, offer.path};
  return 0;
}

int joust_registry_evaluator(struct joust_registry *registry, const char *id, struct joust_evaluator_entry *found,
                             struct joust_error *error) {
  struct joust_offer offer;
  if (look_up(registry, EVALUATOR, id, &offer, error) < 0) return error->code;
  *found = (struct joust_evaluator_entry){offer.table, offer.path};
  return 0;
}

/* ---- listing ---------------------------------------------------------------------------------------------------- */

static void fill_arrays(struct joust_registry *registry) {
  registry->optimisers = joust_resize(registry->optimisers, registry->n_offers, sizeof *registry->optimisers);
  registry->evaluators = joust_resize(registry->evaluators, registry->n_offers, sizeof *registry->evaluators);
  registry->n_optimisers = registry->n_evaluators = 0;
  for (size_t i = 0; i < registry->n_offers; i++) {
    const struct joust_offer *offer = &registry->offers[i];
    if (offer->kind == OPTIMISER)
      registry->optimisers[registry->n_optimisers++] = (struct joust_optimiser_entry){offer->table, offer->path};
    else
      registry->evaluators[registry->n_evaluators++] = (struct joust_evaluator_entry){offer->table, offer->path};
  }
}

int joust_registry_load_all(struct joust_registry *registry, struct joust_error *error) {
  load_folders(registry);
  fill_arrays(registry);
  for (size_t i = 1; i < registry->n_offers; i++) {
    const struct joust_offer *a = &registry->offers[i - 1], *b = &registry->offers[i];
    if (a->kind == b->kind && strcmp(a->id, b->id) == 0) return fail_two(a, b, error);
  }
  return 0;
}
