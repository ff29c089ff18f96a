/* NAS-Bench-201 as published with GENIUS: one JSON file a dataset, one member a cell. A key lists the operations of the
 * six edges, those into node 1, then into node 2, then into node 3:
 *   |op~0|+|op~0|op~1|+|op~0|op~1|op~2|
 * X. Dong, Y. Yang, "NAS-Bench-201: Extending the Scope of Reproducible Neural Architecture Search", ICLR 2020. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "data/format.h"

#define TITLE "NAS-Bench-201"

static const char *const ops[JOUST_NASBENCH201_OPS] = {"none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3",
                                                       "avg_pool_3x3"};

static const struct edge {
  const char *parameter;
  const char *before, *after; /* what stands around the operation in a key */
} edges[JOUST_NASBENCH201_EDGES] = {{"op_0_1", "|", "~0"},   {"op_0_2", "|+|", "~0"}, {"op_1_2", "|", "~1"},
                                    {"op_0_3", "|+|", "~0"}, {"op_1_3", "|", "~1"},   {"op_2_3", "|", "~2"}};

/* The three files differ in nothing but their values; the mean test accuracy of all cells tells them apart (87.06,
 * 61.39 and 33.57 %), and one damaged value does not move it. */
static const struct dataset {
  const char *table, *title;
  double lower, upper; /* of the mean test accuracy */
} datasets[] = {{"nasbench201-cifar10", "CIFAR-10", 75, 100},
                {"nasbench201-cifar100", "CIFAR-100", 50, 75},
                {"nasbench201-imagenet16-120", "ImageNet16-120", 25, 50}};

void joust_nasbench201_parameters(struct joust_draft *draft) {
  for (int i = 0; i < JOUST_NASBENCH201_EDGES; i++)
    joust_draft_parameter(draft, edges[i].parameter, ops, JOUST_NASBENCH201_OPS);
}

static bool skip(const char **text, const char *expected) {
  size_t length = strlen(expected);
  if (strncmp(*text, expected, length) != 0) return false;
  *text += length;
  return true;
}

/* Entry of a cell, or -1 where the key is none. */
static int64_t parse_cell(const char *key) {
  int64_t entry = 0;
  for (int i = 0; i < JOUST_NASBENCH201_EDGES; i++) {
    if (!skip(&key, edges[i].before)) return -1;
    int op = 0;
    while (op < JOUST_NASBENCH201_OPS && !skip(&key, ops[op])) op++;
    if (op == JOUST_NASBENCH201_OPS || !skip(&key, edges[i].after)) return -1;
    entry = entry * JOUST_NASBENCH201_OPS + op;
  }
  return skip(&key, "|") && !*key ? entry : -1;
}

static void print_cell(char buffer[200], uint64_t entry) {
  uint64_t divisor = JOUST_NASBENCH201_CELLS;
  size_t length = 0;
  for (int i = 0; i < JOUST_NASBENCH201_EDGES; i++) {
    divisor /= JOUST_NASBENCH201_OPS;
    length += (size_t)snprintf(buffer + length, 200 - length, "%s%s%s", edges[i].before,
                               ops[entry / divisor % JOUST_NASBENCH201_OPS], edges[i].after);
  }
  snprintf(buffer + length, 200 - length, "|");
}

struct columns {
  double *validation, *test, *rank, *published;
};

static int read_cell(struct joust_draft *draft, const struct columns *columns, const struct joust_json *json,
                     const cJSON *node, struct joust_error *error) {
  static const char *const keys[] = {"val_acc_200", "test_acc_200", "rank"};
  int64_t entry = parse_cell(node->string);
  if (entry < 0)
    return joust_json_fail(json, node, error,
                           "'%s' is no cell of " TITLE ": expected |OP~0|+|OP~0|OP~1|+|OP~0|OP~1|OP~2|, each OP one of "
                           "none, skip_connect, nor_conv_1x1, nor_conv_3x3, avg_pool_3x3",
                           node->string);
  if (!joust_draft_claim(draft, (uint64_t)entry))
    return joust_json_fail(json, node, error, "the cell '%s' stands here a second time", node->string);
  int code;
  if ((code = joust_json_check_keys(json, node, "a cell of " TITLE, keys, 3, error)) ||
      (code = joust_format_number(json, node, "val_acc_200", 0, 100, &columns->validation[entry], error)) ||
      (code = joust_format_number(json, node, "test_acc_200", 0, 100, &columns->test[entry], error)))
    return code;
  int64_t rank;
  if ((code = joust_json_get_integer(json, node, "rank", JOUST_REQUIRED, 1, JOUST_NASBENCH201_CELLS, &rank, error)))
    return code;
  columns->published[entry] = (double)rank;
  return 0;
}

static int check_complete(const struct joust_draft *draft, const char *path, struct joust_error *error) {
  if (draft->n_seen == draft->table.entries) return 0;
  char cell[200];
  print_cell(cell, joust_draft_gap(draft));
  return joust_fail(error, JOUST_BAD_INPUT, "%s: %llu of the %llu cells of " TITLE " are missing, the first is '%s'",
                    path, (unsigned long long)(draft->table.entries - draft->n_seen),
                    (unsigned long long)draft->table.entries, cell);
}

static int name_dataset(struct joust_draft *draft, const double *test, const char *path, struct joust_error *error) {
  double sum = 0;
  for (int i = 0; i < JOUST_NASBENCH201_CELLS; i++) sum += test[i];
  double mean = sum / JOUST_NASBENCH201_CELLS;
  for (size_t d = 0; d < sizeof datasets / sizeof *datasets; d++) {
    if (mean < datasets[d].lower || mean >= datasets[d].upper) continue;
    draft->table.name = joust_copy(datasets[d].table);
    return 0;
  }
  return joust_fail(error, JOUST_BAD_INPUT,
                    "%s: a mean test accuracy of %.2f %% belongs to no dataset of " TITLE
                    ": expected about 87 (CIFAR-10), 61 (CIFAR-100) or 34 (ImageNet16-120)",
                    path, mean);
}

static int check_ranks(const struct columns *columns, const char *path, struct joust_error *error) {
  uint64_t where = 0;
  if (joust_draft_rank(columns->rank, columns->test, columns->published, JOUST_NASBENCH201_CELLS, &where)) return 0;
  char cell[200];
  print_cell(cell, where);
  return joust_fail(error, JOUST_BAD_INPUT,
                    "%s: the ranks contradict the test accuracies: '%s' has rank %.0f, but its test_acc_200 of %g has "
                    "rank %.0f (ties share the best)",
                    path, cell, columns->published[where], columns->test[where], columns->rank[where]);
}

static int read_cells(struct joust_draft *draft, const struct joust_json *json, const char *path,
                      struct joust_error *error) {
  joust_nasbench201_parameters(draft);
  struct columns columns = {
      .validation = joust_draft_metric(draft, "val_acc_200", "validation accuracy after 200 epochs", "%", 1),
      .test = joust_draft_metric(draft, "test_acc_200", "test accuracy after 200 epochs", "%", 1),
      .rank = joust_draft_metric(draft, "rank", "rank by test accuracy", "", 1),
      .published =
          joust_draft_metric(draft, "published_rank", "rank by test accuracy as published, ties broken", "", 1),
  };
  int code;
  if (!cJSON_IsObject(json->root)) return joust_json_fail(json, json->root, error, "expected an object of cells");
  for (const cJSON *node = json->root->child; node; node = node->next)
    if ((code = read_cell(draft, &columns, json, node, error))) return code;
  if ((code = check_complete(draft, path, error)) || (code = name_dataset(draft, columns.test, path, error)))
    return code;
  return check_ranks(&columns, path, error);
}

static int read(struct joust_draft *draft, const char *path, const char *bytes, size_t length,
                struct joust_error *error) {
  struct joust_json json = {0};
  int code = joust_json_parse(&json, path, bytes, length, error);
  if (!code) code = read_cells(draft, &json, path, error);
  joust_json_free(&json);
  return code;
}

static bool recognise(const char *head) {
  return head[strspn(head, " \t\r\n")] == '{' && strstr(head, "\"test_acc_200\"");
}

const struct joust_format joust_format_nasbench201 = {TITLE, recognise, read};
