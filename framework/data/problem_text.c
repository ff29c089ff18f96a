#include "data/problem_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "evaluator/table.h"
#include "evaluator/table_file.h"

/* The labels as numbers that rise; false if they are not. */
static bool are_numbers(const struct joust_table_dimension *dimension) {
  double number, before = -INFINITY;
  for (uint32_t k = 0; k < dimension->n_choices; k++, before = number)
    if (!joust_parse_number(dimension->choices[k], &number) || number <= before) return false;
  return true;
}

/* Labels that are the numbers of an integer parameter, as the evaluator `table` writes them. */
static bool are_integers(const struct joust_table_dimension *dimension) {
  char number[JOUST_NUMBER_SIZE];
  double first;
  if (!joust_parse_number(dimension->choices[0], &first) || first != nearbyint(first)) return false;
  for (uint32_t k = 0; k < dimension->n_choices; k++)
    if (strcmp(dimension->choices[k], joust_number(number, first + k)) != 0) return false;
  return true;
}

static void add_parameters(cJSON *root, const struct joust_table *table) {
  cJSON *list = cJSON_AddArrayToObject(root, "space");
  for (uint32_t i = 0; i < table->n_dimensions; i++) {
    const struct joust_table_dimension *dimension = &table->dimensions[i];
    cJSON *node = cJSON_CreateObject();
    cJSON_AddStringToObject(node, "name", dimension->name);
    if (are_integers(dimension)) {
      cJSON_AddStringToObject(node, "kind", "integer");
      cJSON_AddRawToObject(node, "lower", dimension->choices[0]);
      cJSON_AddRawToObject(node, "upper", dimension->choices[dimension->n_choices - 1]);
    } else {
      cJSON_AddStringToObject(node, "kind", are_numbers(dimension) ? "ordinal" : "categorical");
      cJSON_AddItemToObject(
          node, "choices", cJSON_CreateStringArray((const char *const *)dimension->choices, (int)dimension->n_choices));
    }
    cJSON_AddItemToArray(list, node);
  }
}

static void add_metrics(cJSON *root, const struct joust_table *table, int objective, int direction) {
  cJSON *list = cJSON_AddArrayToObject(root, "metrics");
  for (uint32_t m = 0; m < table->n_metrics; m++) {
    const struct joust_table_metric *metric = &table->metrics[m];
    cJSON *node = cJSON_CreateObject();
    cJSON_AddStringToObject(node, "name", metric->name);
    cJSON_AddStringToObject(node, "role", (int)m == objective ? "objective" : "reported");
    if ((int)m == objective) cJSON_AddStringToObject(node, "direction", direction > 0 ? "minimise" : "maximise");
    if (*metric->title && strcmp(metric->title, metric->name) != 0)
      cJSON_AddStringToObject(node, "title", metric->title);
    if (*metric->unit) cJSON_AddStringToObject(node, "unit", metric->unit);
    cJSON_AddItemToArray(list, node);
  }
}

static void add_evaluator(cJSON *root, const struct joust_table *table) {
  cJSON *evaluator = cJSON_AddObjectToObject(root, "evaluator");
  cJSON_AddStringToObject(evaluator, "evaluator", "table");
  cJSON *options = cJSON_AddObjectToObject(evaluator, "options");
  cJSON_AddStringToObject(options, "file", table->name);
  cJSON_AddStringToObject(options, "fingerprint", table->fingerprint);
}

static void add_best(cJSON *root, const struct joust_table *table, int objective, int direction) {
  double best = NAN;
  for (uint64_t entry = 0; entry < table->entries; entry++) {
    double value = joust_table_mean(table, entry, &table->metrics[objective]);
    if (!isnan(value) && !(direction * value >= direction * best)) best = value;
  }
  if (isnan(best)) return;
  cJSON *node = cJSON_AddObjectToObject(root, "best");
  joust_json_add_number(node, "value", best);
  cJSON_AddStringToObject(node, "source", "the best point of the table");
}

static int fail_metric(const struct joust_table *table, const char *name, struct joust_error *error) {
  struct joust_text list = {0};
  for (uint32_t m = 0; m < table->n_metrics; m++) joust_text_addf(&list, "%s%s", m ? ", " : "", table->metrics[m].name);
  int code = joust_fail(error, JOUST_BAD_INPUT, "table '%s' has no metric '%s': it has %s", table->name, name,
                        joust_text_string(&list));
  joust_text_free(&list);
  return code;
}

static char *describe(const struct joust_table *table, int objective, int direction) {
  cJSON *root = cJSON_CreateObject();
  cJSON_AddStringToObject(root, "title", table->name);
  add_parameters(root, table);
  add_metrics(root, table, objective, direction);
  add_evaluator(root, table);
  add_best(root, table, objective, direction);
  if (*table->licence) {
    cJSON *data = cJSON_AddObjectToObject(root, "data");
    cJSON_AddStringToObject(data, "licence", table->licence);
  }
  char *printed = cJSON_Print(root), *text = joust_copy(printed ? printed : "");
  cJSON_free(printed);
  cJSON_Delete(root);
  return text;
}

int joust_problem_text(char **text, const char *name, const char *objective, int direction, struct joust_error *error) {
  struct joust_table table;
  char *path = joust_table_path(name);
  int code = joust_table_open(&table, path, error);
  free(path);
  if (code == JOUST_MISSING)
    return joust_fail(error, code, "there is no table '%s': 'joust data list' shows what there is", name);
  if (code) return code;
  int metric = objective ? joust_table_find(&table, objective) : 0;
  if (metric < 0)
    code = fail_metric(&table, objective, error);
  else
    *text = describe(&table, metric, direction);
  joust_table_close(&table);
  return code;
}
