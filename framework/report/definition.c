#include "report/definition.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"

static int direction_of(const char *name) {
  return strcmp(name, "maximise") == 0 ? -1 : strcmp(name, "minimise") == 0 ? 1 : 0;
}

static int read_choices(struct joust_defined_parameter *parameter, const struct joust_json *json, const cJSON *list,
                        struct joust_error *error) {
  parameter->choices = joust_alloc((size_t)cJSON_GetArraySize(list), sizeof *parameter->choices);
  for (const cJSON *node = list->child; node; node = node->next) {
    if (!cJSON_IsString(node)) return joust_json_fail(json, node, error, "expected a label");
    parameter->choices[parameter->n_choices++] = joust_copy(node->valuestring);
  }
  return 0;
}

static int read_parameter(struct joust_defined_parameter *parameter, const struct joust_json *json, const cJSON *node,
                          struct joust_error *error) {
  const char *name = NULL, *kind = "";
  const cJSON *choices = NULL;
  int code;
  if ((code = joust_json_get_text(json, node, "name", JOUST_REQUIRED, &name, error)) ||
      (code = joust_json_get_text(json, node, "kind", JOUST_REQUIRED, &kind, error)) ||
      (code = joust_json_get_number(json, node, "lower", JOUST_REQUIRED, &parameter->lower, error)) ||
      (code = joust_json_get_number(json, node, "upper", JOUST_REQUIRED, &parameter->upper, error)) ||
      (code = joust_json_get(json, node, "choices", cJSON_Array, JOUST_OPTIONAL, &choices, error)))
    return code;
  parameter->name = joust_copy(name);
  parameter->real = strcmp(kind, "real") == 0;
  return choices ? read_choices(parameter, json, choices, error) : 0;
}

static int read_metric(struct joust_defined_metric *metric, const struct joust_json *json, const cJSON *node,
                       struct joust_error *error) {
  const char *name = NULL, *title = NULL, *unit = "", *direction = "";
  int64_t decimals = 4;
  int code;
  if ((code = joust_json_get_text(json, node, "name", JOUST_REQUIRED, &name, error)) ||
      (code = joust_json_get_text(json, node, "title", JOUST_REQUIRED, &title, error)) ||
      (code = joust_json_get_text(json, node, "unit", JOUST_OPTIONAL, &unit, error)) ||
      (code = joust_json_get_text(json, node, "direction", JOUST_OPTIONAL, &direction, error)) ||
      (code = joust_json_get_integer(json, node, "decimals", JOUST_OPTIONAL, 0, 15, &decimals, error)))
    return code;
  *metric = (struct joust_defined_metric){.name = joust_copy(name),
                                          .title = joust_copy(title),
                                          .unit = joust_copy(unit),
                                          .direction = direction_of(direction),
                                          .decimals = (int)decimals};
  return 0;
}

static int read_lists(struct joust_definition *definition, const struct joust_json *json, struct joust_error *error) {
  const cJSON *parameters = NULL, *metrics = NULL;
  int code;
  if ((code = joust_json_get(json, json->root, "parameters", cJSON_Array, JOUST_REQUIRED, &parameters, error)) ||
      (code = joust_json_get(json, json->root, "metrics", cJSON_Array, JOUST_REQUIRED, &metrics, error)))
    return code;
  definition->parameters = joust_alloc((size_t)cJSON_GetArraySize(parameters), sizeof *definition->parameters);
  definition->metrics = joust_alloc((size_t)cJSON_GetArraySize(metrics), sizeof *definition->metrics);
  for (const cJSON *node = parameters->child; node && !code; node = node->next)
    code = read_parameter(&definition->parameters[definition->n_parameters++], json, node, error);
  for (const cJSON *node = metrics->child; node && !code; node = node->next)
    code = read_metric(&definition->metrics[definition->n_metrics++], json, node, error);
  return code;
}

static int read_all(struct joust_definition *definition, const struct joust_json *json, struct joust_error *error) {
  const cJSON *best = joust_json_member(json->root, "best");
  const char *title = "", *source = "";
  int64_t objective = 0, cost = -1, last;
  int code;
  if ((code = joust_json_get_text(json, json->root, "title", JOUST_OPTIONAL, &title, error)) ||
      (code = joust_json_get_text(json, json->root, "best_source", JOUST_OPTIONAL, &source, error)) ||
      (code = read_lists(definition, json, error)))
    return code;
  last = (int64_t)definition->n_metrics - 1;
  if ((code = joust_json_get_integer(json, json->root, "objective", JOUST_REQUIRED, 0, last, &objective, error)) ||
      (code = joust_json_get_integer(json, json->root, "cost", JOUST_OPTIONAL, -1, last, &cost, error)))
    return code;
  definition->title = joust_copy(title);
  definition->best_source = joust_copy(source);
  definition->objective = (uint32_t)objective;
  definition->cost = (int32_t)cost;
  definition->direction = definition->metrics[objective].direction;
  definition->has_best = cJSON_IsNumber(best);
  if (definition->has_best) definition->best = best->valuedouble;
  return 0;
}

int joust_definition_read(struct joust_definition *definition, int64_t id, const char *label, const char *json,
                          struct joust_error *error) {
  struct joust_json document = {0};
  memset(definition, 0, sizeof *definition);
  definition->id = id;
  definition->label = joust_copy(label);
  int code = joust_json_parse(&document, label, json, strlen(json), error);
  if (!code) code = read_all(definition, &document, error);
  if (code) {
    joust_error_prefix(error, "the store's definition of a problem is damaged: ");
    joust_definition_free(definition);
  }
  joust_json_free(&document);
  return code;
}

void joust_definition_free(struct joust_definition *definition) {
  for (uint32_t i = 0; i < definition->n_parameters; i++) {
    struct joust_defined_parameter *parameter = &definition->parameters[i];
    for (uint32_t k = 0; k < parameter->n_choices; k++) free(parameter->choices[k]);
    free(parameter->choices);
    free(parameter->name);
  }
  for (uint32_t i = 0; i < definition->n_metrics; i++) {
    free(definition->metrics[i].name);
    free(definition->metrics[i].title);
    free(definition->metrics[i].unit);
  }
  free(definition->parameters);
  free(definition->metrics);
  free(definition->label);
  free(definition->title);
  free(definition->best_source);
  memset(definition, 0, sizeof *definition);
}

void joust_definition_print_value(const struct joust_defined_parameter *parameter, double value,
                                  struct joust_text *out) {
  char number[JOUST_NUMBER_SIZE];
  bool has_label = parameter->choices && value >= 0 && value < parameter->n_choices;
  joust_text_add(out, has_label ? parameter->choices[(size_t)value] : joust_number(number, value));
}

void joust_definition_point(const struct joust_definition *definition, uint64_t index, double *x) {
  for (uint32_t i = definition->n_parameters; i-- > 0;) {
    const struct joust_defined_parameter *parameter = &definition->parameters[i];
    uint64_t values = parameter->real ? 1 : (uint64_t)(parameter->upper - parameter->lower) + 1;
    x[i] = parameter->lower + (double)(index % values);
    index /= values;
  }
}
