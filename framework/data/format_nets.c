/* NAS-Bench-Macro and Channel-Bench-Macro as published: one JSON file, one member a network, its key one digit a layer.
 *
 * X. Su et al., "Prioritized Architecture Sampling with Monto-Carlo Tree Search", CVPR 2021 (NAS-Bench-Macro);
 * X. Su et al., "BCNet: Searching for Network Width with Bilaterally Coupled Network", CVPR 2021 (Channel-Bench). */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "data/format.h"

#define SEEDS      3
#define MAX_LAYERS 8
#define MAX_COUNT  9007199254740992.0 /* 2^53 */

struct net_format {
  const char *title;
  const char *keys[5]; /* accuracies, their mean, their standard deviation, parameters, FLOPs */
  uint32_t n_layers, n_choices;
  char first; /* digit of choice 0 */
};

enum { ACCURACIES, MEAN, DEVIATION, PARAMETERS, FLOPS };

static const struct net_format macro = {
    "NAS-Bench-Macro", {"test_acc", "mean_acc", "std", "params", "flops"}, 8, 3, '0'};
static const struct net_format channel = {"Channel-Bench-Macro", {"acc", "mean", "std", "params", "flops"}, 7, 4, '1'};

/* What the files of one format are told apart by: their mean FLOPs, which no single damaged value moves far (55.5,
 * 561.4 and 83.9 million as published). */
static const struct net_table {
  const struct net_format *format;
  const char *name, *parameter;
  double least_flops, most_flops;
  const char *choices[MAX_LAYERS][4];
} tables[] = {
    {&macro,
     "nasbench-macro-cifar10",
     "layer",
     4e7,
     7e7,
     {{"identity", "MB3_K3", "MB6_K5"},
      {"identity", "MB3_K3", "MB6_K5"},
      {"identity", "MB3_K3", "MB6_K5"},
      {"identity", "MB3_K3", "MB6_K5"},
      {"identity", "MB3_K3", "MB6_K5"},
      {"identity", "MB3_K3", "MB6_K5"},
      {"identity", "MB3_K3", "MB6_K5"},
      {"identity", "MB3_K3", "MB6_K5"}}},
    {&channel,
     "channel-bench-resnet",
     "channels",
     4e8,
     7e8,
     {{"64", "128", "192", "256"},
      {"64", "128", "192", "256"},
      {"64", "128", "192", "256"},
      {"128", "256", "384", "512"},
      {"128", "256", "384", "512"},
      {"128", "256", "384", "512"},
      {"128", "256", "384", "512"}}},
    {&channel,
     "channel-bench-mobilenet",
     "channels",
     6e7,
     1.1e8,
     {{"32", "64", "96", "128"},
      {"192", "384", "576", "768"},
      {"192", "384", "576", "768"},
      {"192", "384", "576", "768"},
      {"64", "128", "192", "256"},
      {"384", "768", "1152", "1536"},
      {"256", "512", "768", "1024"}}},
};

struct columns {
  double *accuracies, *mean, *deviation, *rank, *parameters, *flops;
};

/* Entry of a network, or -1 where the key is none. */
static int64_t parse_net(const struct net_format *format, const char *key) {
  if (strlen(key) != format->n_layers) return -1;
  int64_t entry = 0;
  for (; *key; key++) {
    int digit = *key - format->first;
    if (digit < 0 || digit >= (int)format->n_choices) return -1;
    entry = entry * format->n_choices + digit;
  }
  return entry;
}

static void print_net(char buffer[MAX_LAYERS + 1], const struct net_format *format, uint64_t entry) {
  buffer[format->n_layers] = 0;
  for (uint32_t i = format->n_layers; i-- > 0; entry /= format->n_choices)
    buffer[i] = (char)(format->first + (int)(entry % format->n_choices));
}

static int read_accuracies(double *out, double mean, const char *key, const struct joust_json *json, const cJSON *node,
                           struct joust_error *error) {
  const cJSON *list = NULL;
  int code = joust_json_get(json, node, key, cJSON_Array, JOUST_REQUIRED, &list, error);
  if (code) return code;
  if (cJSON_GetArraySize(list) != SEEDS)
    return joust_json_fail(json, list, error, "'%s' has %d values: expected %d", key, cJSON_GetArraySize(list), SEEDS);
  double sum = 0;
  for (const cJSON *item = list->child; item; item = item->next) {
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0 && item->valuedouble <= 100))
      return joust_json_fail(json, item, error, "expected an accuracy from 0 to 100");
    sum += *out++ = item->valuedouble;
  }
  if (fabs(sum / SEEDS - mean) > 1e-4)
    return joust_json_fail(json, list, error, "the mean of '%s' is %.6g, but the file gives %.6g as their mean", key,
                           sum / SEEDS, mean);
  return 0;
}

static int read_count(double *out, const char *key, const struct joust_json *json, const cJSON *node,
                      struct joust_error *error) {
  int64_t count;
  int code = joust_json_get_integer(json, node, key, JOUST_REQUIRED, 1, (int64_t)MAX_COUNT, &count, error);
  if (!code) *out = (double)count;
  return code;
}

static int read_net(struct joust_draft *draft, const struct columns *columns, const struct net_format *format,
                    const struct joust_json *json, const cJSON *node, struct joust_error *error) {
  int64_t entry = parse_net(format, node->string);
  if (entry < 0)
    return joust_json_fail(json, node, error, "'%s' is no network of %s: expected %u digits from %c to %c",
                           node->string, format->title, format->n_layers, format->first,
                           format->first + (int)format->n_choices - 1);
  if (!joust_draft_claim(draft, (uint64_t)entry))
    return joust_json_fail(json, node, error, "the network '%s' stands here a second time", node->string);
  const char *const *keys = format->keys;
  int code;
  if ((code = joust_json_check_keys(json, node, "a network", keys, 5, error)) ||
      (code = joust_format_number(json, node, keys[MEAN], 0, 100, &columns->mean[entry], error)) ||
      (code = read_accuracies(&columns->accuracies[entry * SEEDS], columns->mean[entry], keys[ACCURACIES], json, node,
                              error)) ||
      (code = joust_format_number(json, node, keys[DEVIATION], 0, 100, &columns->deviation[entry], error)) ||
      (code = read_count(&columns->parameters[entry], keys[PARAMETERS], json, node, error)))
    return code;
  return read_count(&columns->flops[entry], keys[FLOPS], json, node, error);
}

static int check_complete(const struct joust_draft *draft, const struct net_format *format, const char *path,
                          struct joust_error *error) {
  if (draft->n_seen == draft->table.entries) return 0;
  char net[MAX_LAYERS + 1];
  print_net(net, format, joust_draft_gap(draft));
  return joust_fail(error, JOUST_BAD_INPUT, "%s: %llu of the %llu networks of %s are missing, the first is '%s'", path,
                    (unsigned long long)(draft->table.entries - draft->n_seen),
                    (unsigned long long)draft->table.entries, format->title, net);
}

static const struct net_table *find_table(const struct net_format *format, const cJSON *root, const char *path,
                                          struct joust_error *error) {
  double sum = 0, n = 0;
  for (const cJSON *node = root->child; node; node = node->next, n++) {
    const cJSON *flops = joust_json_member(node, "flops");
    if (cJSON_IsNumber(flops)) sum += flops->valuedouble;
  }
  for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
    if (tables[t].format == format && sum >= tables[t].least_flops * n && sum <= tables[t].most_flops * n)
      return &tables[t];
  joust_fail(error, JOUST_BAD_INPUT, "%s: %.0f networks with %.3g FLOPs on average are no table of %s", path, n,
             n > 0 ? sum / n : 0, format->title);
  return NULL;
}

static int read_nets(struct joust_draft *draft, const struct net_format *format, const struct joust_json *json,
                     const char *path, struct joust_error *error) {
  if (!cJSON_IsObject(json->root)) return joust_json_fail(json, json->root, error, "expected an object of networks");
  const struct net_table *table = find_table(format, json->root, path, error);
  if (!table) return error->code;
  draft->table.name = joust_copy(table->name);
  for (uint32_t i = 0; i < format->n_layers; i++) {
    char name[32];
    snprintf(name, sizeof name, "%s%u", table->parameter, i + 1);
    joust_draft_parameter(draft, name, table->choices[i], format->n_choices);
  }
  struct columns columns = {
      .accuracies = joust_draft_metric(draft, "acc", "test accuracy of one training", "%", SEEDS),
      .mean = joust_draft_metric(draft, "mean_acc", "mean test accuracy of three trainings", "%", 1),
      .deviation = joust_draft_metric(draft, "std", "standard deviation of the test accuracies", "%", 1),
      .rank = joust_draft_metric(draft, "rank", "rank by mean test accuracy", "", 1),
      .parameters = joust_draft_metric(draft, "params", "trainable parameters", "", 1),
      .flops = joust_draft_metric(draft, "flops", "floating-point operations of one forward pass", "", 1),
  };
  int code;
  for (const cJSON *node = json->root->child; node; node = node->next)
    if ((code = read_net(draft, &columns, format, json, node, error))) return code;
  if ((code = check_complete(draft, format, path, error))) return code;
  joust_draft_rank(columns.rank, columns.mean, NULL, draft->table.entries, NULL);
  return 0;
}

static int read_format(struct joust_draft *draft, const struct net_format *format, const char *path, const char *bytes,
                       size_t length, struct joust_error *error) {
  struct joust_json json = {0};
  int code = joust_json_parse(&json, path, bytes, length, error);
  if (!code) code = read_nets(draft, format, &json, path, error);
  joust_json_free(&json);
  return code;
}

static int read_macro(struct joust_draft *draft, const char *path, const char *bytes, size_t length,
                      struct joust_error *error) {
  return read_format(draft, &macro, path, bytes, length, error);
}

static int read_channel(struct joust_draft *draft, const char *path, const char *bytes, size_t length,
                        struct joust_error *error) {
  return read_format(draft, &channel, path, bytes, length, error);
}

static bool has_keys(const struct net_format *format, const char *head) {
  if (head[strspn(head, " \t\r\n")] != '{') return false;
  for (int k = 0; k < 5; k++) {
    char quoted[16];
    snprintf(quoted, sizeof quoted, "\"%s\"", format->keys[k]);
    if (!strstr(head, quoted)) return false;
  }
  return true;
}

static bool is_macro(const char *head) {
  return has_keys(&macro, head);
}

static bool is_channel(const char *head) {
  return has_keys(&channel, head);
}

const struct joust_format joust_format_macro = {"NAS-Bench-Macro", is_macro, read_macro};
const struct joust_format joust_format_channel = {"Channel-Bench-Macro", is_channel, read_channel};
