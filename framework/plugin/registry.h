/* Which optimisers and evaluators there are: finds plugin files in a list of folders and looks ids up in them.
 *
 * ID.so is tried first, in the folders' order, so that a run loads only what it needs; then all other plugins. A file
 * in an earlier folder hides one of the same name in a later folder. Two files of different names that offer one id are
 * an error that names both, except that a built-in evaluator, then the file ID.so, has the first right to its own id:
 * so a lookup gives the same answer whatever was loaded before. Only regular files that end in .so count, hidden ones
 * not. Built-in evaluators stand beside the plugins. Not thread-safe. */
#ifndef JOUST_PLUGIN_REGISTRY_H
#define JOUST_PLUGIN_REGISTRY_H

#include <joust/plugin.h>
#include <stddef.h>

#include "base/error.h"
#include "base/file.h"

struct joust_optimiser_entry {
  const struct joust_optimiser *optimiser;
  const char *path; /* owned by the registry */
};

struct joust_evaluator_entry {
  const struct joust_evaluator *evaluator;
  const char *path; /* "built in", or owned by the registry */
};

struct joust_broken_plugin {
  char *path, *message; /* the message names the path */
  int code;
};

struct joust_offer; /* one optimiser or evaluator of one file; registry.c */

struct joust_registry { /* read the arrays after joust_registry_load_all; they are in the order of ids */
  struct joust_folders folders;
  struct joust_optimiser_entry *optimisers;
  struct joust_evaluator_entry *evaluators;
  struct joust_broken_plugin *broken;
  struct joust_offer *offers; /* all found so far, in the order of ids */
  char **loaded;              /* files of the folders tried so far */
  char **given;               /* files named by path */
  size_t n_optimisers, n_evaluators, n_broken, n_offers, n_loaded, n_given;
};

/* The folders in their order: `first` (colon-separated, may be NULL), $JOUST_PLUGIN_PATH, PREFIX/lib/joust/plugins. */
void joust_registry_init(struct joust_registry *registry, const char *first);
void joust_registry_free(struct joust_registry *registry); /* what was loaded stays loaded */

void joust_registry_add_evaluator(struct joust_registry *registry, const struct joust_evaluator *evaluator);

/* Looks an id up, or loads the file if `id` is a path (has a slash; it must then offer exactly one optimiser, and does
 * not stand in the way of a file of the folders with the same id).
 * JOUST_MISSING if there is none: the message says where was searched, what is similar, and which plugins are broken.
 * JOUST_BAD_INPUT if several files offer it, or if a path is no good plugin; of a broken ID.so the error is its own.
 * What is found is valid as long as the process runs, its path as long as the registry. */
int joust_registry_optimiser(struct joust_registry *registry, const char *id, struct joust_optimiser_entry *found,
                             struct joust_error *error);
int joust_registry_evaluator(struct joust_registry *registry, const char *id, struct joust_evaluator_entry *found,
                             struct joust_error *error);

/* Loads every plugin of the folders. Broken ones are kept in `broken`; two files with one id are an error (the arrays
 * then hold both). */
int joust_registry_load_all(struct joust_registry *registry, struct joust_error *error);

#endif
