/* What a user writes to name an optimiser or a problem: an id, options, and the label under which results appear.
 *
 *   evolution      evolution:population=10,sample=3      ea10=evolution:population=10,sample=3
 *
 * and in a sweep file the same text, or {"optimiser": "evolution", "label": "ea10", "options": {"population": 10}}. An
 * optimiser may have a member "start": {"from": LABEL, "trials": N} there, see struct joust_start, and "folder": DIR.
 */
#ifndef JOUST_BASE_SPEC_H
#define JOUST_BASE_SPEC_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"

struct joust_setting {
  char *name, *value;
};

struct joust_settings { /* all zero: none; owns its texts */
  struct joust_setting *items;
  size_t n;
};

struct joust_spec { /* owns its texts */
  char *label;      /* where the user gave none: the id, of a plugin's path the file's name without .so */
  char *id;         /* a name, or the path of a plugin or problem file */
  struct joust_settings options;
  char *start; /* label of the optimiser whose first proposals this one starts from; NULL: none */
  uint32_t start_trials;
  char *folder; /* where a plugin's path and paths among the options start: see joust_specs_read; NULL: right here */
};

struct joust_specs {
  struct joust_spec *items;
  size_t n;
};

void joust_settings_set(struct joust_settings *settings, const char *name, const char *value); /* adds or replaces */
const char *joust_settings_get(const struct joust_settings *settings, const char *name);       /* NULL if absent */
void joust_settings_copy(struct joust_settings *to, const struct joust_settings *from);        /* sets each in `to` */
void joust_settings_free(struct joust_settings *settings);

/* Appends "NAME=LENGTH:VALUE" and a line end for each: a text that tells any two lists of settings apart, to be hashed.
 */
void joust_settings_print(const struct joust_settings *settings, struct joust_text *out);

/* From a JSON object of texts, numbers and booleans. JOUST_BAD_INPUT for any other member, or one twice. */
int joust_settings_read(struct joust_settings *settings, const struct joust_json *json, const cJSON *object,
                        struct joust_error *error);

/* Appends the specs of a comma-separated list. `name=value` after a spec that has options is one more option of it
 * (name=http://host:1/v1, too), so a label without options can follow such a spec only in a list of its own.
 * JOUST_BAD_INPUT for what has no sense. */
int joust_specs_parse(struct joust_specs *specs, const char *list, struct joust_error *error);

/* Appends one spec from JSON: a text, or an object whose member `kind` ("optimiser", "problem") holds the id. Its
 * folder is that of the file, or what member "folder" names from there. */
int joust_specs_read(struct joust_specs *specs, const char *kind, const struct joust_json *json, const cJSON *node,
                     struct joust_error *error);

void joust_specs_free(struct joust_specs *specs);

#endif
