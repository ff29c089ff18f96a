#include "base/spec.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"

void joust_settings_set(struct joust_settings *settings, const char *name, const char *value) {
  for (size_t i = 0; i < settings->n; i++) {
    if (strcmp(settings->items[i].name, name) != 0) continue;
    char *copy = joust_copy(value);
    free(settings->items[i].value);
    settings->items[i].value = copy;
    return;
  }
  settings->items = joust_resize(settings->items, settings->n + 1, sizeof *settings->items);
  settings->items[settings->n++] = (struct joust_setting){joust_copy(name), joust_copy(value)};
}

const char *joust_settings_get(const struct joust_settings *settings, const char *name) {
  for (size_t i = 0; i < settings->n; i++)
    if (strcmp(settings->items[i].name, name) == 0) return settings->items[i].value;
  return NULL;
}

void joust_settings_copy(struct joust_settings *to, const struct joust_settings *from) {
  for (size_t i = 0; i < from->n; i++) joust_settings_set(to, from->items[i].name, from->items[i].value);
}

void joust_settings_print(const struct joust_settings *settings, struct joust_text *out) {
  for (size_t i = 0; i < settings->n; i++) {
    const char *value = settings->items[i].value;
    joust_text_addf(out, "%s=%zu:%s\n", settings->items[i].name, strlen(value), value);
  }
}

void joust_settings_free(struct joust_settings *settings) {
  for (size_t i = 0; i < settings->n; i++) {
    free(settings->items[i].name);
    free(settings->items[i].value);
  }
  free(settings->items);
  memset(settings, 0, sizeof *settings);
}

int joust_settings_read(struct joust_settings *settings, const struct joust_json *json, const cJSON *object,
                        struct joust_error *error) {
  for (const cJSON *node = object->child; node; node = node->next) {
    char number[JOUST_NUMBER_SIZE];
    if (joust_json_member(object, node->string) != node)
      return joust_json_fail(json, node, error, "'%s' stands here a second time", node->string);
    if (cJSON_IsString(node))
      joust_settings_set(settings, node->string, node->valuestring);
    else if (cJSON_IsNumber(node))
      joust_settings_set(settings, node->string, joust_number(number, node->valuedouble));
    else if (cJSON_IsBool(node))
      joust_settings_set(settings, node->string, cJSON_IsTrue(node) ? "true" : "false");
    else
      return joust_json_fail(json, node, error, "option '%s': expected a text, a number, true or false", node->string);
  }
  return 0;
}

/* Labels stand in tables, file names and messages. */
static bool is_label(const char *text, size_t length) {
  char *copy = joust_copy_n(text, length);
  bool is = joust_is_line(copy);
  free(copy);
  return is;
}

/* No path is in a default label: results do not depend on where a plugin lies. */
static char *default_label(const char *id) {
  const char *name = joust_path_name(id);
  size_t length = strlen(name);
  return name != id && length > 3 && strcmp(name + length - 3, ".so") == 0 ? joust_copy_n(name, length - 3)
                                                                           : joust_copy(id);
}

static struct joust_spec *new_spec(struct joust_specs *specs) {
  specs->items = joust_resize(specs->items, specs->n + 1, sizeof *specs->items);
  struct joust_spec *spec = &specs->items[specs->n++];
  memset(spec, 0, sizeof *spec);
  return spec;
}

static int parse_option(struct joust_spec *spec, const char *text, struct joust_error *error) {
  const char *equals = strchr(text, '=');
  if (!equals || equals == text)
    return joust_fail(error, JOUST_BAD_INPUT, "'%s' after '%s:' is no option: expected name=value", text, spec->id);
  char *name = joust_copy_n(text, (size_t)(equals - text));
  int code = 0;
  if (joust_settings_get(&spec->options, name))
    code = joust_fail(error, JOUST_BAD_INPUT, "option '%s' of '%s' is given twice", name, spec->id);
  else
    joust_settings_set(&spec->options, name, equals + 1);
  free(name);
  return code;
}

/* label=id, id, label=id:option, id:option */
static int parse_head(struct joust_specs *specs, const char *item, struct joust_error *error) {
  const char *colon = strchr(item, ':'), *equals = strchr(item, '=');
  if (equals && colon && equals > colon) equals = NULL;
  const char *id = equals ? equals + 1 : item;
  size_t id_length = colon ? (size_t)(colon - id) : strlen(id);
  if (!is_label(id, id_length) || (equals && !is_label(item, (size_t)(equals - item))))
    return joust_fail(error, JOUST_BAD_INPUT, "'%s': expected NAME, NAME:option=value,... or LABEL=NAME", item);
  struct joust_spec *spec = new_spec(specs);
  spec->id = joust_copy_n(id, id_length);
  spec->label = equals ? joust_copy_n(item, (size_t)(equals - item)) : default_label(spec->id);
  return colon ? parse_option(spec, colon + 1, error) : 0;
}

/* Is it name=value, not LABEL=ID:option=value? The value may have colons: url=http://127.0.0.1:8080/v1. */
static bool is_option(const char *item) {
  const char *colon = strchr(item, ':');
  return strchr(item, '=') && !(colon && strchr(colon, '='));
}

int joust_specs_parse(struct joust_specs *specs, const char *list, struct joust_error *error) {
  char *copy = joust_copy(list), *rest = copy, *item;
  bool has_options = false;
  int code = 0;
  while (!code && (item = strsep(&rest, ",")) != NULL) {
    if (has_options && is_option(item))
      code = parse_option(&specs->items[specs->n - 1], item, error);
    else {
      code = parse_head(specs, item, error);
      has_options = strchr(item, ':') != NULL;
    }
  }
  free(copy);
  return code;
}

static int read_start(struct joust_spec *spec, const struct joust_json *json, const cJSON *node,
                      struct joust_error *error) {
  static const char *const keys[] = {"from", "trials"};
  const cJSON *start = NULL;
  const char *from = NULL;
  int64_t trials = 0;
  int code = joust_json_get(json, node, "start", cJSON_Object, JOUST_OPTIONAL, &start, error);
  if (code || !start) return code;
  if ((code = joust_json_check_keys(json, start, "a start", keys, 2, error)) ||
      (code = joust_json_get_text(json, start, "from", JOUST_REQUIRED, &from, error)) ||
      (code = joust_json_get_integer(json, start, "trials", JOUST_REQUIRED, 1, INT32_MAX, &trials, error)))
    return code;
  spec->start = joust_copy(from);
  spec->start_trials = (uint32_t)trials;
  return 0;
}

int joust_specs_read(struct joust_specs *specs, const char *kind, const struct joust_json *json, const cJSON *node,
                     struct joust_error *error) {
  if (cJSON_IsString(node)) {
    size_t before = specs->n;
    struct joust_error reason;
    if (joust_specs_parse(specs, node->valuestring, &reason))
      return joust_json_fail(json, node, error, "%s", reason.message);
    if (specs->n != before + 1)
      return joust_json_fail(json, node, error, "expected one %s, found %zu in one text", kind, specs->n - before);
    specs->items[before].folder = joust_path_folder(json->name);
    return 0;
  }
  const char *keys[] = {kind, "label", "options", "start", "folder"}, *id = NULL, *label = NULL, *folder = NULL;
  const cJSON *options = NULL;
  int code;
  if ((code = joust_json_check_keys(json, node, kind, keys, strcmp(kind, "optimiser") == 0 ? 5 : 3, error)) ||
      (code = joust_json_get_text(json, node, kind, JOUST_REQUIRED, &id, error)) ||
      (code = joust_json_get_text(json, node, "label", JOUST_OPTIONAL, &label, error)) ||
      (code = joust_json_get_text(json, node, "folder", JOUST_OPTIONAL, &folder, error)) ||
      (code = joust_json_get(json, node, "options", cJSON_Object, JOUST_OPTIONAL, &options, error)))
    return code;
  if (!joust_is_line(id) || (label && !joust_is_line(label)))
    return joust_json_fail(json, joust_json_member(node, joust_is_line(id) ? "label" : kind), error,
                           "expected a name of one line");
  struct joust_spec *spec = new_spec(specs);
  spec->id = joust_copy(id);
  spec->label = label ? joust_copy(label) : default_label(id);
  char *here = joust_path_folder(json->name);
  spec->folder = folder ? joust_path_join(here, folder) : joust_copy(here);
  free(here);
  if (options && (code = joust_settings_read(&spec->options, json, options, error))) return code;
  return read_start(spec, json, node, error);
}

void joust_specs_free(struct joust_specs *specs) {
  for (size_t i = 0; i < specs->n; i++) {
    free(specs->items[i].label);
    free(specs->items[i].id);
    free(specs->items[i].folder);
    free(specs->items[i].start);
    joust_settings_free(&specs->items[i].options);
  }
  free(specs->items);
  memset(specs, 0, sizeof *specs);
}
