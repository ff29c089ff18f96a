#include "sweep/sweep.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define MOST_TRIALS     ((int64_t)JOUST_MOST_TRIALS)
#define MOST_REPLICATES INT64_C(1000000)
#define MOST_SEED       (INT64_C(1) << 53)

void joust_sweep_init(struct joust_sweep *sweep) {
  memset(sweep, 0, sizeof *sweep);
  sweep->name = joust_copy("");
  sweep->description = joust_copy("");
  sweep->seed = JOUST_DEFAULT_SEED;
  sweep->replicates = JOUST_DEFAULT_REPLICATES;
  sweep->budget = (struct joust_budget){UINT64_MAX, INFINITY, INFINITY};
  joust_limits_init(&sweep->limits);
}

void joust_sweep_free(struct joust_sweep *sweep) {
  free(sweep->name);
  free(sweep->description);
  joust_specs_free(&sweep->problems);
  joust_specs_free(&sweep->optimisers);
  cJSON_Delete(sweep->published);
  memset(sweep, 0, sizeof *sweep);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static int read_limit(double *limit, const struct joust_json *json, const cJSON *object, const char *key,
                      struct joust_error *error) {
  int code = joust_json_get_number(json, object, key, JOUST_OPTIONAL, limit, error);
  if (!code && !(*limit > 0))
    return joust_json_fail(json, joust_json_member(object, key), error, "'%s' is %g: expected a number above 0", key,
                           *limit);
  return code;
}

static int read_budget(struct joust_budget *budget, const struct joust_json *json, struct joust_error *error) {
  static const char *const keys[] = {"trials", "cost", "seconds"};
  const cJSON *node = NULL;
  int64_t trials = 0;
  int code = joust_json_get(json, json->root, "budget", cJSON_Object, JOUST_OPTIONAL, &node, error);
  if (code || !node) return code;
  if ((code = joust_json_check_keys(json, node, "a budget", keys, 3, error)) ||
      (code = joust_json_get_integer(json, node, "trials", JOUST_OPTIONAL, 1, MOST_TRIALS, &trials, error)) ||
      (code = read_limit(&budget->cost, json, node, "cost", error)) ||
      (code = read_limit(&budget->seconds, json, node, "seconds", error)))
    return code;
  if (trials) budget->trials = (uint64_t)trials;
  return 0;
}

static int read_specs(struct joust_specs *specs, const char *key, const char *kind, const struct joust_json *json,
                      struct joust_error *error) {
  const cJSON *list = NULL;
  int code = joust_json_get(json, json->root, key, cJSON_Array, JOUST_OPTIONAL, &list, error);
  for (const cJSON *node = list ? list->child : NULL; node && !code; node = node->next)
    code = joust_specs_read(specs, kind, json, node, error);
  return code;
}

static int read_published(struct joust_sweep *sweep, const struct joust_json *json, struct joust_error *error) {
  static const char *const keys[] = {"label", "problem", "metric", "mean", "sd", "source"};
  const cJSON *list = NULL;
  int code = joust_json_get(json, json->root, "published", cJSON_Array, JOUST_OPTIONAL, &list, error);
  for (const cJSON *node = list ? list->child : NULL; node && !code; node = node->next) {
    const char *text = NULL;
    double number = 0;
    code = joust_json_check_keys(json, node, "a published figure", keys, 6, error);
    for (int i = 0; i < 3 && !code; i++) code = joust_json_get_text(json, node, keys[i], JOUST_REQUIRED, &text, error);
    if (!code) code = joust_json_get_number(json, node, "mean", JOUST_REQUIRED, &number, error);
    if (!code) code = joust_json_get_number(json, node, "sd", JOUST_OPTIONAL, &number, error);
    if (!code) code = joust_json_get_text(json, node, "source", JOUST_REQUIRED, &text, error);
  }
  if (!code && list) {
    cJSON_Delete(sweep->published);
    sweep->published = cJSON_Duplicate(list, 1);
  }
  return code;
}

static void replace(char **text, const char *by) {
  if (!by) return;
  free(*text);
  *text = joust_copy(by);
}

static int read_all(struct joust_sweep *sweep, const struct joust_json *json, struct joust_error *error) {
  static const char *const keys[] = {"name",   "description", "seed",       "replicates", "budget",
                                     "limits", "problems",    "optimisers", "published"};
  const cJSON *limits = NULL;
  const char *name = NULL, *description = NULL;
  int64_t replicates = sweep->replicates;
  int code;
  if ((code = joust_json_check_keys(json, json->root, "a sweep", keys, sizeof keys / sizeof *keys, error)) ||
      (code = joust_json_get_text(json, json->root, "name", JOUST_OPTIONAL, &name, error)) ||
      (code = joust_json_get_text(json, json->root, "description", JOUST_OPTIONAL, &description, error)) ||
      (code = joust_json_get_integer(json, json->root, "seed", JOUST_OPTIONAL, 0, MOST_SEED, &sweep->seed, error)) ||
      (code = joust_json_get_integer(json, json->root, "replicates", JOUST_OPTIONAL, 1, MOST_REPLICATES, &replicates,
                                     error)) ||
      (code = read_budget(&sweep->budget, json, error)) ||
      (code = joust_json_get(json, json->root, "limits", cJSON_Object, JOUST_OPTIONAL, &limits, error)) ||
      (limits && (code = joust_limits_read(&sweep->limits, json, limits, error))) ||
      (code = read_specs(&sweep->problems, "problems", "problem", json, error)) ||
      (code = read_specs(&sweep->optimisers, "optimisers", "optimiser", json, error)) ||
      (code = read_published(sweep, json, error)))
    return code;
  replace(&sweep->name, name);
  replace(&sweep->description, description);
  sweep->replicates = (uint32_t)replicates;
  return 0;
}

int joust_sweep_read(struct joust_sweep *sweep, const char *path, struct joust_error *error) {
  struct joust_json json;
  int code = joust_json_read(&json, path, error);
  if (code) return code;
  code = read_all(sweep, &json, error);
  joust_json_free(&json);
  return code;
}

/* ---- checking ---------------------------------------------------------------------------------------------------- */

static int check_labels(const struct joust_specs *specs, const char *kind, const char *flag,
                        struct joust_error *error) {
  if (specs->n == 0)
    return joust_fail(error, JOUST_BAD_INPUT, "there is no %s to run: name one with %s, or in a sweep file", kind,
                      flag);
  for (size_t i = 0; i < specs->n; i++)
    for (size_t j = 0; j < i; j++)
      if (strcmp(specs->items[i].label, specs->items[j].label) == 0)
        return joust_fail(error, JOUST_BAD_INPUT,
                          "two %ss have the label '%s': give one of them another (LABEL=%s:...)", kind,
                          specs->items[i].label, specs->items[i].id);
  return 0;
}

/* What an optimiser starts from is another one of the sweep, which starts from nothing itself. */
static int check_starts(const struct joust_specs *specs, struct joust_error *error) {
  for (size_t i = 0; i < specs->n; i++) {
    const struct joust_spec *spec = &specs->items[i], *from = NULL;
    for (size_t k = 0; k < specs->n && spec->start && !from; k++)
      if (strcmp(specs->items[k].label, spec->start) == 0) from = &specs->items[k];
    if (!spec->start) continue;
    if (!from)
      return joust_fail(error, JOUST_BAD_INPUT, "'%s' starts from '%s', which is no optimiser of the sweep",
                        spec->label, spec->start);
    if (from->start)
      return joust_fail(error, JOUST_BAD_INPUT, "'%s' starts from '%s', which starts from another one itself",
                        spec->label, spec->start);
  }
  return 0;
}

int joust_sweep_check(struct joust_sweep *sweep, struct joust_error *error) {
  struct joust_budget *budget = &sweep->budget;
  if (budget->trials == UINT64_MAX && isinf(budget->cost) && isinf(budget->seconds))
    budget->trials = JOUST_DEFAULT_TRIALS;
  int code = check_labels(&sweep->problems, "problem", "-p", error);
  if (!code) code = check_labels(&sweep->optimisers, "optimiser", "-o", error);
  return code ? code : check_starts(&sweep->optimisers, error);
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static void print_specs(cJSON *root, const char *key, const char *kind, const struct joust_specs *specs,
                        char *const *folders) {
  cJSON *list = cJSON_AddArrayToObject(root, key);
  for (size_t i = 0; i < specs->n; i++) {
    const struct joust_spec *spec = &specs->items[i];
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, kind, spec->id);
    if (strcmp(spec->label, spec->id) != 0) cJSON_AddStringToObject(object, "label", spec->label);
    cJSON *options = spec->options.n ? cJSON_AddObjectToObject(object, "options") : NULL;
    for (size_t k = 0; k < spec->options.n; k++)
      cJSON_AddStringToObject(options, spec->options.items[k].name, spec->options.items[k].value);
    if (folders && folders[i]) cJSON_AddStringToObject(object, "folder", folders[i]);
    if (spec->start) {
      cJSON *start = cJSON_AddObjectToObject(object, "start");
      cJSON_AddStringToObject(start, "from", spec->start);
      cJSON_AddNumberToObject(start, "trials", spec->start_trials);
    }
    cJSON_AddItemToArray(list, object);
  }
}

char *joust_sweep_print(const struct joust_sweep *sweep, char *const *folders) {
  cJSON *root = cJSON_CreateObject();
  if (*sweep->name) cJSON_AddStringToObject(root, "name", sweep->name);
  if (*sweep->description) cJSON_AddStringToObject(root, "description", sweep->description);
  joust_json_add_number(root, "seed", (double)sweep->seed);
  cJSON_AddNumberToObject(root, "replicates", sweep->replicates);
  cJSON *budget = cJSON_AddObjectToObject(root, "budget");
  if (sweep->budget.trials != UINT64_MAX) joust_json_add_number(budget, "trials", (double)sweep->budget.trials);
  if (isfinite(sweep->budget.cost)) joust_json_add_number(budget, "cost", sweep->budget.cost);
  if (isfinite(sweep->budget.seconds)) joust_json_add_number(budget, "seconds", sweep->budget.seconds);
  joust_limits_print(&sweep->limits, root);
  print_specs(root, "problems", "problem", &sweep->problems, NULL);
  print_specs(root, "optimisers", "optimiser", &sweep->optimisers, folders);
  if (sweep->published) cJSON_AddItemToObject(root, "published", cJSON_Duplicate(sweep->published, 1));
  char *text = cJSON_Print(root);
  cJSON_Delete(root);
  return text;
}
