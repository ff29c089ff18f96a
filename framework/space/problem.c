#include "space/problem.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static void free_metric(struct joust_metric *metric) {
  free(metric->name);
  free(metric->title);
  free(metric->unit);
}

void joust_problem_free(struct joust_problem *problem) {
  char *texts[] = {problem->name,      problem->label,       problem->path,        problem->folder,
                   problem->title,     problem->source,      problem->licence,     problem->command,
                   problem->evaluator, problem->description, problem->best_source, problem->live};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) free(texts[i]);
  for (uint32_t i = 0; i < problem->n_metrics; i++) free_metric(&problem->metrics[i]);
  for (uint32_t i = 0; i < problem->n_references; i++) {
    free(problem->references[i].name);
    free(problem->references[i].description);
  }
  free(problem->metrics);
  free(problem->references);
  joust_domain_free(&problem->domain);
  joust_settings_free(&problem->options);
  memset(problem, 0, sizeof *problem);
}

/* ---- the space --------------------------------------------------------------------------------------------------- */

static int read_space_file(struct joust_problem *problem, const char *name, struct joust_error *error) {
  char *path = joust_path_join(problem->folder, name);
  struct joust_json json;
  const char *const keys[] = {"description", "parameters"};
  const cJSON *list = NULL;
  int code = joust_json_read(&json, path, error);
  free(path);
  if (code) return code;
  if (!(code = joust_json_check_keys(&json, json.root, "a space", keys, 2, error)) &&
      !(code = joust_json_get(&json, json.root, "parameters", cJSON_Array, JOUST_REQUIRED, &list, error)))
    code = joust_domain_read(&problem->domain, &json, list, error);
  joust_json_free(&json);
  return code;
}

static int read_space(struct joust_problem *problem, const struct joust_json *json, struct joust_error *error) {
  const cJSON *node = joust_json_member(json->root, "space");
  if (cJSON_IsArray(node)) return joust_domain_read(&problem->domain, json, node, error);
  if (!cJSON_IsString(node))
    return joust_json_fail(json, node ? node : json->root, error,
                           "'space': expected a list of parameters, the name of a file that has it, or \"evaluator\"");
  problem->evaluator_space = strcmp(node->valuestring, "evaluator") == 0;
  if (problem->evaluator_space) return 0;
  int code = read_space_file(problem, node->valuestring, error);
  if (code == JOUST_MISSING) {
    struct joust_error reason = *error;
    return joust_json_fail(json, node, error, "the space '%s' is not there: %s", node->valuestring, reason.message);
  }
  return code;
}

/* ---- metrics ----------------------------------------------------------------------------------------------------- */

/* The index of a word among n, or -1. */
static int word_index(const char *word, const char *const *words, int n) {
  for (int i = 0; i < n; i++)
    if (strcmp(words[i], word) == 0) return i;
  return -1;
}

static int read_metric(struct joust_metric *metric, const struct joust_json *json, const cJSON *node,
                       struct joust_error *error) {
  static const char *const keys[] = {"name", "role", "direction", "title", "unit", "decimals"};
  static const char *const roles[] = {"objective", "reported", "cost"}, *const directions[] = {"minimise", "maximise"};
  const char *name = NULL, *role = NULL, *direction = NULL, *title = NULL, *unit = "";
  int64_t decimals = 4;
  int code;
  if ((code = joust_json_check_keys(json, node, "a metric", keys, 6, error)) ||
      (code = joust_json_get_text(json, node, "name", JOUST_REQUIRED, &name, error)) ||
      (code = joust_json_get_text(json, node, "role", JOUST_REQUIRED, &role, error)) ||
      (code = joust_json_get_text(json, node, "direction", JOUST_OPTIONAL, &direction, error)) ||
      (code = joust_json_get_text(json, node, "title", JOUST_OPTIONAL, &title, error)) ||
      (code = joust_json_get_text(json, node, "unit", JOUST_OPTIONAL, &unit, error)) ||
      (code = joust_json_get_integer(json, node, "decimals", JOUST_OPTIONAL, 0, 15, &decimals, error)))
    return code;
  if (!joust_is_line(name))
    return joust_json_fail(json, joust_json_member(node, "name"), error, "expected a name of one line");
  int role_index = word_index(role, roles, 3), way = direction ? word_index(direction, directions, 2) : -1;
  if (role_index < 0)
    return joust_json_fail(json, joust_json_member(node, "role"), error,
                           "role '%s': expected objective, reported or cost", role);
  if (direction && way < 0)
    return joust_json_fail(json, joust_json_member(node, "direction"), error,
                           "direction '%s': expected minimise or maximise", direction);
  if (role_index == JOUST_OBJECTIVE && !direction)
    return joust_json_fail(json, node, error, "the objective '%s' needs a direction: minimise or maximise", name);
  metric->name = joust_copy(name);
  metric->title = joust_copy(title ? title : name);
  metric->unit = joust_copy(unit);
  metric->role = (enum joust_role)role_index;
  metric->direction = way < 0 ? 0 : way == 0 ? 1 : -1;
  metric->decimals = (int)decimals;
  return 0;
}

static int add_metric(struct joust_problem *problem, const struct joust_json *json, const cJSON *node, int *objective,
                      struct joust_error *error) {
  uint32_t n = problem->n_metrics;
  problem->metrics = joust_resize(problem->metrics, n + 1, sizeof *problem->metrics);
  memset(&problem->metrics[n], 0, sizeof *problem->metrics);
  int code = read_metric(&problem->metrics[n], json, node, error);
  if (code) return code;
  problem->n_metrics = n + 1;
  const struct joust_metric *metric = &problem->metrics[n];
  for (uint32_t i = 0; i < n; i++)
    if (strcmp(problem->metrics[i].name, metric->name) == 0)
      return joust_json_fail(json, node, error, "a second metric '%s'", metric->name);
  if ((metric->role == JOUST_OBJECTIVE && *objective >= 0) || (metric->role == JOUST_COST && problem->cost >= 0))
    return joust_json_fail(json, node, error, "a second metric whose role is %s: expected one",
                           metric->role == JOUST_COST ? "cost" : "objective");
  if (metric->role == JOUST_OBJECTIVE) *objective = (int)n;
  if (metric->role == JOUST_COST) problem->cost = (int32_t)n;
  return 0;
}

static int read_metrics(struct joust_problem *problem, const struct joust_json *json, struct joust_error *error) {
  const cJSON *list = NULL;
  int objective = -1, code = joust_json_get(json, json->root, "metrics", cJSON_Array, JOUST_REQUIRED, &list, error);
  if (code) return code;
  problem->cost = -1;
  for (const cJSON *node = list->child; node; node = node->next)
    if ((code = add_metric(problem, json, node, &objective, error))) return code;
  if (objective < 0)
    return joust_json_fail(json, list, error, "no metric has the role objective: expected exactly one");
  problem->objective = (uint32_t)objective;
  return 0;
}

/* ---- the rest ---------------------------------------------------------------------------------------------------- */

static int read_evaluator(struct joust_problem *problem, const struct joust_json *json, struct joust_error *error) {
  const cJSON *node = joust_json_member(json->root, "evaluator");
  if (!node) return joust_json_fail(json, json->root, error, "'evaluator' is missing: expected its name, or an object");
  struct joust_specs specs = {0};
  int code = joust_specs_read(&specs, "evaluator", json, node, error);
  if (!code) {
    problem->evaluator = joust_copy(specs.items[0].id);
    joust_settings_copy(&problem->options, &specs.items[0].options);
  }
  joust_specs_free(&specs);
  return code;
}

static int read_best(struct joust_problem *problem, const struct joust_json *json, struct joust_error *error) {
  static const char *const keys[] = {"value", "source"};
  const cJSON *node = NULL;
  const char *source = "";
  int code = joust_json_get(json, json->root, "best", cJSON_Object, JOUST_OPTIONAL, &node, error);
  if (code || !node) return code;
  if ((code = joust_json_check_keys(json, node, "the best known value", keys, 2, error)) ||
      (code = joust_json_get_number(json, node, "value", JOUST_REQUIRED, &problem->best, error)) ||
      (code = joust_json_get_text(json, node, "source", JOUST_OPTIONAL, &source, error)))
    return code;
  problem->has_best = true;
  problem->best_source = joust_copy(source);
  return 0;
}

static int add_reference(struct joust_problem *problem, const struct joust_json *json, const cJSON *node,
                         struct joust_error *error) {
  static const char *const keys[] = {"name", "value", "description"};
  const char *name = NULL, *description = "";
  double value;
  int code;
  if ((code = joust_json_check_keys(json, node, "a reference", keys, 3, error)) ||
      (code = joust_json_get_text(json, node, "name", JOUST_REQUIRED, &name, error)) ||
      (code = joust_json_get_number(json, node, "value", JOUST_REQUIRED, &value, error)) ||
      (code = joust_json_get_text(json, node, "description", JOUST_OPTIONAL, &description, error)))
    return code;
  if (!joust_is_line(name))
    return joust_json_fail(json, joust_json_member(node, "name"), error, "expected a name of one line");
  for (uint32_t i = 0; i < problem->n_references; i++)
    if (strcmp(problem->references[i].name, name) == 0)
      return joust_json_fail(json, node, error, "a second reference '%s'", name);
  problem->references = joust_resize(problem->references, problem->n_references + 1, sizeof *problem->references);
  problem->references[problem->n_references++] =
      (struct joust_reference){joust_copy(name), joust_copy(description), value};
  return 0;
}

static int read_references(struct joust_problem *problem, const struct joust_json *json, struct joust_error *error) {
  const cJSON *list = NULL;
  int code = joust_json_get(json, json->root, "references", cJSON_Array, JOUST_OPTIONAL, &list, error);
  for (const cJSON *node = list ? list->child : NULL; node && !code; node = node->next)
    code = add_reference(problem, json, node, error);
  return code;
}

static int read_live(struct joust_problem *problem, const struct joust_json *json, struct joust_error *error) {
  const char *name = NULL;
  int code = joust_json_get_text(json, json->root, "live", JOUST_OPTIONAL, &name, error);
  if (!code && name) problem->live = joust_path_join(problem->folder, name);
  return code;
}

static int read_texts(struct joust_problem *problem, const struct joust_json *json, struct joust_error *error) {
  static const char *const keys[] = {"source", "licence", "command"};
  const char *title = "", *description = "", *source = "", *licence = "", *command = "";
  const cJSON *data = NULL;
  int code;
  if ((code = joust_json_get_text(json, json->root, "title", JOUST_REQUIRED, &title, error)) ||
      (code = joust_json_get_text(json, json->root, "description", JOUST_OPTIONAL, &description, error)) ||
      (code = joust_json_get(json, json->root, "data", cJSON_Object, JOUST_OPTIONAL, &data, error)))
    return code;
  if (data && ((code = joust_json_check_keys(json, data, "the data", keys, 3, error)) ||
               (code = joust_json_get_text(json, data, "source", JOUST_OPTIONAL, &source, error)) ||
               (code = joust_json_get_text(json, data, "licence", JOUST_OPTIONAL, &licence, error)) ||
               (code = joust_json_get_text(json, data, "command", JOUST_OPTIONAL, &command, error))))
    return code;
  problem->title = joust_copy(title);
  problem->description = joust_copy(description);
  problem->source = joust_copy(source);
  problem->licence = joust_copy(licence);
  problem->command = joust_copy(command);
  return 0;
}

int joust_problem_read(struct joust_problem *problem, const char *path, const char *name, struct joust_error *error) {
  static const char *const keys[] = {"title",    "description", "space",      "metrics", "evaluator",
                                     "parallel", "best",        "references", "live",    "data"};
  struct joust_json json;
  int64_t parallel = 1;
  memset(problem, 0, sizeof *problem);
  int code = joust_json_read(&json, path, error);
  if (code) return code;
  problem->name = joust_copy(name);
  problem->label = joust_copy(name);
  problem->path = joust_copy(path);
  problem->folder = joust_path_folder(path);
  if ((code = joust_json_check_keys(&json, json.root, "a problem", keys, sizeof keys / sizeof *keys, error)) ||
      (code = read_texts(problem, &json, error)) || (code = read_space(problem, &json, error)) ||
      (code = read_metrics(problem, &json, error)) || (code = read_evaluator(problem, &json, error)) ||
      (code = joust_json_get_integer(&json, json.root, "parallel", JOUST_OPTIONAL, 1, 1000, &parallel, error)) ||
      (code = read_best(problem, &json, error)) || (code = read_references(problem, &json, error)) ||
      (code = read_live(problem, &json, error)))
    joust_problem_free(problem);
  else
    problem->parallel = (uint32_t)parallel;
  joust_json_free(&json);
  return code;
}
