#include "store/definition.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"

static int read_choices(struct joust_store_parameter *parameter, const struct joust_json *json, const cJSON *node,
                        struct joust_error *error) {
  const cJSON *choices, *choice;
  int status = joust_json_get(json, node, "choices", cJSON_Array, JOUST_REQUIRED, &choices, error);
  if (status) return status;
  parameter->choices = true;
  parameter->labels = joust_alloc((size_t)cJSON_GetArraySize(choices), sizeof(char *));
  cJSON_ArrayForEach(choice, choices) {
    if (!cJSON_IsString(choice)) return joust_json_fail(json, choice, error, "a choice must be a text");
    parameter->labels[parameter->values++] = joust_copy(choice->valuestring);
  }
  return parameter->values ? 0 : joust_json_fail(json, choices, error, "a parameter needs at least one choice");
}

static int read_range(struct joust_store_parameter *parameter, const struct joust_json *json, const cJSON *node,
                      struct joust_error *error) {
  double upper;
  int status = joust_json_get_number(json, node, "lower", JOUST_REQUIRED, &parameter->lower, error);
  if (!status) status = joust_json_get_number(json, node, "upper", JOUST_REQUIRED, &upper, error);
  if (status) return status;
  if (!(upper >= parameter->lower)) return joust_json_fail(json, node, error, "upper must not be below lower");
  parameter->values = 1;
  if (parameter->real) return 0;
  if (upper - parameter->lower >= 0x1p63) return joust_json_fail(json, node, error, "the range is too wide");
  parameter->values = (uint64_t)(upper - parameter->lower) + 1;
  return 0;
}

static int read_parameter(struct joust_store_parameter *parameter, const struct joust_json *json, const cJSON *node,
                          struct joust_error *error) {
  const char *name, *kind;
  int status = joust_json_get_text(json, node, "name", JOUST_REQUIRED, &name, error);
  if (!status) status = joust_json_get_text(json, node, "kind", JOUST_REQUIRED, &kind, error);
  if (status) return status;
  parameter->name = joust_copy(name);
  parameter->real = !strcmp(kind, "real");
  if (!strcmp(kind, "categorical") || !strcmp(kind, "ordinal")) return read_choices(parameter, json, node, error);
  if (parameter->real || !strcmp(kind, "integer")) return read_range(parameter, json, node, error);
  return joust_json_fail(json, joust_json_member(node, "kind"), error,
                         "kind must be categorical, ordinal, integer or real");
}

static int read_parameters(struct joust_store_definition *definition, const struct joust_json *json,
                           struct joust_error *error) {
  const cJSON *list, *node;
  int status = joust_json_get(json, json->root, "parameters", cJSON_Array, JOUST_REQUIRED, &list, error);
  if (status) return status;
  definition->parameters = joust_alloc((size_t)cJSON_GetArraySize(list), sizeof *definition->parameters);
  cJSON_ArrayForEach(node, list) {
    status = read_parameter(&definition->parameters[definition->n_parameters++], json, node, error);
    if (status) return status;
  }
  return 0;
}

static int direction_of(const char *name) {
  return strcmp(name, "maximise") == 0 ? -1 : strcmp(name, "minimise") == 0;
}

static int read_metric(struct joust_store_metric *metric, const struct joust_json *json, const cJSON *node,
                       struct joust_error *error) {
  const char *name, *title = NULL, *unit = "", *direction = "";
  int64_t decimals = 4;
  int status = joust_json_get_text(json, node, "name", JOUST_REQUIRED, &name, error);
  if (!status) status = joust_json_get_text(json, node, "title", JOUST_OPTIONAL, &title, error);
  if (!status) status = joust_json_get_text(json, node, "unit", JOUST_OPTIONAL, &unit, error);
  if (!status) status = joust_json_get_text(json, node, "direction", JOUST_OPTIONAL, &direction, error);
  if (!status) status = joust_json_get_integer(json, node, "decimals", JOUST_OPTIONAL, 0, 15, &decimals, error);
  if (status) return status;
  *metric = (struct joust_store_metric){.name = joust_copy(name),
                                        .title = joust_copy(title ? title : name),
                                        .unit = joust_copy(unit),
                                        .direction = direction_of(direction),
                                        .decimals = (int)decimals};
  return 0;
}

static int read_metrics(struct joust_store_definition *definition, const struct joust_json *json,
                        struct joust_error *error) {
  const cJSON *list, *node;
  int status = joust_json_get(json, json->root, "metrics", cJSON_Array, JOUST_REQUIRED, &list, error);
  if (status) return status;
  definition->metrics = joust_alloc((size_t)cJSON_GetArraySize(list), sizeof *definition->metrics);
  cJSON_ArrayForEach(node, list) {
    status = read_metric(&definition->metrics[definition->n_metrics++], json, node, error);
    if (status) return status;
  }
  int64_t last = (int64_t)definition->n_metrics - 1, cost = -1, objective = 0;
  status = joust_json_get_integer(json, json->root, "cost", JOUST_OPTIONAL, -1, last, &cost, error);
  if (!status)
    status = joust_json_get_integer(json, json->root, "objective", JOUST_REQUIRED, 0, last, &objective, error);
  definition->cost = (int32_t)cost;
  definition->objective = (uint32_t)objective;
  return status;
}

static int read_references(struct joust_store_definition *definition, const struct joust_json *json,
                           struct joust_error *error) {
  const cJSON *list = NULL, *node;
  int status = joust_json_get(json, json->root, "references", cJSON_Array, JOUST_OPTIONAL, &list, error);
  if (status || !list) return status;
  definition->references = joust_alloc((size_t)cJSON_GetArraySize(list) + 1, sizeof *definition->references);
  cJSON_ArrayForEach(node, list) {
    const char *name, *description = "";
    double value;
    if ((status = joust_json_get_text(json, node, "name", JOUST_REQUIRED, &name, error)) ||
        (status = joust_json_get_number(json, node, "value", JOUST_REQUIRED, &value, error)) ||
        (status = joust_json_get_text(json, node, "description", JOUST_OPTIONAL, &description, error)))
      return status;
    definition->references[definition->n_references++] =
        (struct joust_store_reference){joust_copy(name), joust_copy(description), value};
  }
  return 0;
}

static int read_all(struct joust_store_definition *definition, const struct joust_json *json,
                    struct joust_error *error) {
  const char *direction;
  int status = joust_json_get_text(json, json->root, "direction", JOUST_REQUIRED, &direction, error);
  if (status) return status;
  definition->direction = direction_of(direction);
  if (!definition->direction)
    return joust_json_fail(json, joust_json_member(json->root, "direction"), error,
                           "direction must be minimise or maximise");
  const cJSON *best = joust_json_member(json->root, "best");
  definition->best = cJSON_IsNumber(best) ? best->valuedouble : NAN;
  status = read_parameters(definition, json, error);
  if (!status) status = read_references(definition, json, error);
  return status ? status : read_metrics(definition, json, error);
}

int joust_store_definition_read(struct joust_store_definition *definition, const char *name, const char *json,
                                struct joust_error *error) {
  struct joust_json parsed;
  memset(definition, 0, sizeof *definition);
  int status = joust_json_parse(&parsed, name, json, strlen(json), error);
  if (status) return status;
  status = read_all(definition, &parsed, error);
  joust_json_free(&parsed);
  if (status) joust_store_definition_free(definition);
  return status;
}

void joust_store_definition_free(struct joust_store_definition *definition) {
  for (size_t i = 0; i < definition->n_parameters; i++) {
    struct joust_store_parameter *parameter = &definition->parameters[i];
    for (uint64_t k = 0; parameter->labels && k < parameter->values; k++) free(parameter->labels[k]);
    free(parameter->labels);
    free(parameter->name);
  }
  for (size_t i = 0; i < definition->n_metrics; i++) {
    free(definition->metrics[i].name);
    free(definition->metrics[i].title);
    free(definition->metrics[i].unit);
  }
  for (size_t i = 0; i < definition->n_references; i++) {
    free(definition->references[i].name);
    free(definition->references[i].description);
  }
  free(definition->parameters);
  free(definition->metrics);
  free(definition->references);
  memset(definition, 0, sizeof *definition);
}

void joust_store_definition_point(const struct joust_store_definition *definition, uint64_t index, double *x) {
  for (size_t i = definition->n_parameters; i-- > 0;) {
    const struct joust_store_parameter *parameter = &definition->parameters[i];
    x[i] = parameter->lower + (double)(index % parameter->values);
    index /= parameter->values;
  }
}
