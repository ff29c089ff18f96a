/* Lists of points as JSON:
 *
 *   {"published": "arXiv 2304.10970", "problems": {"nasbench201/cifar10": LISTS, ...}}
 *   {"lists": LISTS}
 *   LISTS
 *
 * LISTS is a list, for each replicate, of lists of points. A point is a list of values in the order of the parameters,
 * an object with a value for each parameter's name, or {"x": such a list or object, "mark": "..."}. The value of a
 * choice is its label as a text, or its index from 0 as a number. */
#include <cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lists.h"

/* ---- places ------------------------------------------------------------------------------------------------------ */

/* cJSON keeps no positions: a node is found again in the text by how many values begin before it. */
static int count_before(const cJSON *tree, const cJSON *node, size_t *count) {
  for (; tree; tree = tree->next) {
    if (tree == node) return 1;
    ++*count;
    if (tree->child && count_before(tree->child, node, count)) return 1;
  }
  return 0;
}

static const char *skip_text(const char *c) {
  for (c++; *c && *c != '"'; c++)
    if (*c == '\\' && c[1]) c++;
  return *c ? c + 1 : c;
}

/* Where value number `count` begins; names of members are no values. */
static const char *value_start(const char *c, size_t count) {
  while (*c) {
    if (strchr(" \t\r\n,:]}", *c)) {
      c++;
      continue;
    }
    const char *begin = c;
    if (*c == '"') {
      c = skip_text(c);
      const char *next = c + strspn(c, " \t\r\n");
      if (*next == ':') continue;
    } else if (*c == '[' || *c == '{') {
      c++;
    } else {
      c += strcspn(c, " \t\r\n,:]}");
    }
    if (count-- == 0) return begin;
  }
  return c;
}

struct document {
  const struct reading *reading;
  const char *text;
  const cJSON *root;
};

static void place_of(const struct document *document, const cJSON *node, size_t *line, size_t *column) {
  size_t count = 0;
  count_before(document->root, node, &count);
  const char *place = value_start(document->text, count), *start = document->text;
  *line = 1;
  for (const char *c = document->text; c < place; c++)
    if (*c == '\n') {
      ++*line;
      start = c + 1;
    }
  *column = (size_t)(place - start) + 1;
}

#define FAIL(document, node, ...)                                                                                      \
  do {                                                                                                                 \
    size_t line_, column_;                                                                                             \
    place_of(document, node, &line_, &column_);                                                                        \
    return reading_fail((document)->reading, line_, column_, __VA_ARGS__);                                             \
  } while (0)

/* ---- points ------------------------------------------------------------------------------------------------------ */

static joust_status read_value(const struct document *document, const cJSON *node, uint32_t k, double *value) {
  const struct joust_parameter *p = document->reading->space->parameters[k];
  size_t line, column;
  if (cJSON_IsString(node)) {
    place_of(document, node, &line, &column);
    return reading_value(document->reading, line, column, k, node->valuestring, value);
  }
  if (!cJSON_IsNumber(node))
    FAIL(document, node, "expected a value of parameter '%s': a %s", p->name,
         p->choices ? "label in quotes, or the index of a choice from 0" : "number");
  *value = node->valuedouble;
  if (*value >= p->lower && *value <= p->upper && (p->kind == JOUST_REAL || *value == floor(*value))) return JOUST_OK;
  FAIL(document, node, "%.15g is no %s of parameter '%s': expected %s from %.15g to %.15g", *value,
       p->choices ? "index of a choice" : "value", p->name, p->kind == JOUST_REAL ? "a number" : "a whole number",
       p->lower, p->upper);
}

static joust_status read_array(const struct document *document, const cJSON *node, double *x) {
  uint32_t n = document->reading->space->n_parameters, k = 0;
  if (cJSON_GetArraySize(node) != (int)n)
    FAIL(document, node, "a point of %d values: the problem has %u parameters", cJSON_GetArraySize(node), n);
  for (const cJSON *child = node->child; child; child = child->next, k++) {
    joust_status status = read_value(document, child, k, &x[k]);
    if (status != JOUST_OK) return status;
  }
  return JOUST_OK;
}

static joust_status read_object(const struct document *document, const cJSON *node, double *x) {
  const struct joust_space *space = document->reading->space;
  for (uint32_t k = 0; k < space->n_parameters; k++) {
    const cJSON *child = cJSON_GetObjectItemCaseSensitive(node, space->parameters[k]->name);
    if (!child) FAIL(document, node, "the point has no value for parameter '%s'", space->parameters[k]->name);
    joust_status status = read_value(document, child, k, &x[k]);
    if (status != JOUST_OK) return status;
  }
  if (cJSON_GetArraySize(node) == (int)space->n_parameters) return JOUST_OK;
  for (const cJSON *child = node->child; child; child = child->next) {
    uint32_t k = 0;
    while (k < space->n_parameters && strcmp(space->parameters[k]->name, child->string) != 0) k++;
    if (k == space->n_parameters) FAIL(document, child, "the problem has no parameter '%.60s'", child->string);
  }
  FAIL(document, node, "the point has two values for one parameter");
}

static joust_status read_point(const struct document *document, const cJSON *node, struct point *point) {
  const cJSON *x = cJSON_GetObjectItemCaseSensitive(node, "x"), *mark = cJSON_GetObjectItemCaseSensitive(node, "mark");
  const struct joust_space *space = document->reading->space;
  int wrapped = cJSON_IsObject(node) && (cJSON_IsArray(x) || cJSON_IsObject(x));
  if (wrapped && mark && !cJSON_IsString(mark)) FAIL(document, mark, "'mark': expected a text");
  if (wrapped && mark && *mark->valuestring && !(point->mark = strdup(mark->valuestring))) return JOUST_ENOMEM;
  if (wrapped) node = x;
  if (cJSON_IsArray(node)) return read_array(document, node, point->x);
  if (cJSON_IsObject(node)) return read_object(document, node, point->x);
  FAIL(document, node, "expected a point: a list of %u values, or an object", space->n_parameters);
}

static joust_status read_lists(const struct document *document, const cJSON *node, struct lists *lists) {
  uint32_t replicate = 0;
  if (!cJSON_IsArray(node)) FAIL(document, node, "expected a list of lists of points, one list for each replicate");
  for (const cJSON *list = node->child; list; list = list->next) {
    replicate++;
    if (!cJSON_IsArray(list)) FAIL(document, list, "expected the list of points of replicate %u", replicate);
    for (const cJSON *child = list->child; child; child = child->next) {
      struct point *point = lists_add(lists, replicate, document->reading->space->n_parameters);
      joust_status status = point ? read_point(document, child, point) : JOUST_ENOMEM;
      if (status != JOUST_OK) return status;
    }
  }
  return JOUST_OK;
}

/* ---- the file ---------------------------------------------------------------------------------------------------- */

static joust_status read_root(const struct document *document, struct lists *lists) {
  const cJSON *root = document->root, *node = cJSON_GetObjectItemCaseSensitive(root, "lists"),
              *published = cJSON_GetObjectItemCaseSensitive(root, "published"),
              *problems = cJSON_GetObjectItemCaseSensitive(root, "problems");
  if (cJSON_IsArray(root)) return read_lists(document, root, lists);
  if (!cJSON_IsObject(root)) FAIL(document, root, "expected a list, or an object with \"problems\" or \"lists\"");
  if (published && !cJSON_IsString(published)) FAIL(document, published, "'published': expected a text, the source");
  if (published && *published->valuestring && !(lists->published = strdup(published->valuestring))) return JOUST_ENOMEM;
  if (node) return read_lists(document, node, lists);
  if (!cJSON_IsObject(problems)) FAIL(document, root, "expected a member \"problems\" or \"lists\"");
  node = cJSON_GetObjectItemCaseSensitive(problems, document->reading->words->name);
  if (!node) FAIL(document, problems, "no lists for problem '%s'", document->reading->words->name);
  return read_lists(document, node, lists);
}

joust_status lists_read_json(struct lists *lists, const struct reading *reading, const char *text, size_t length) {
  const char *end = NULL;
  struct document document = {.reading = reading, .text = text};
  cJSON *root = cJSON_ParseWithLengthOpts(text, length + 1, &end, 1);
  if (!root) {
    size_t line = 1, column = 1;
    for (const char *c = text; end && c < end && *c; c++) {
      line += *c == '\n';
      column = *c == '\n' ? 1 : column + 1;
    }
    return reading_fail(reading, line, column, "not JSON from here on");
  }
  document.root = root;
  joust_status status = read_root(&document, lists);
  cJSON_Delete(root);
  return status;
}
