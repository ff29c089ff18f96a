#include "evaluator/table_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/memory.h"

const struct joust_encoding_info joust_encodings[JOUST_N_ENCODINGS] = {
    [JOUST_U8] = {"u8", 1},   [JOUST_U16] = {"u16", 2}, [JOUST_U32] = {"u32", 4},
    [JOUST_F32] = {"f32", 4}, [JOUST_F64] = {"f64", 8},
};

void joust_table_close(struct joust_table *table) {
  for (uint32_t i = 0; i < table->n_dimensions; i++) {
    struct joust_table_dimension *dimension = &table->dimensions[i];
    for (uint32_t k = 0; k < dimension->n_choices; k++) free(dimension->choices[k]);
    free(dimension->choices);
    free(dimension->name);
  }
  for (uint32_t m = 0; m < table->n_metrics; m++) {
    free(table->metrics[m].name);
    free(table->metrics[m].title);
    free(table->metrics[m].unit);
  }
  free(table->dimensions);
  free(table->metrics);
  free(table->path);
  free(table->name);
  free(table->source);
  free(table->licence);
  if (table->mapping) munmap(table->mapping, table->mapping_size);
  memset(table, 0, sizeof *table);
}

static int map_file(struct joust_table *table, struct joust_error *error) {
  int fd = open(table->path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return joust_fail_errno(error, errno == ENOENT ? JOUST_MISSING : JOUST_SYSTEM, "cannot read the table '%s'",
                            table->path);
  struct stat status;
  int code = 0;
  if (fstat(fd, &status) < 0)
    code = joust_fail_errno(error, JOUST_SYSTEM, "cannot read the table '%s'", table->path);
  else if (!S_ISREG(status.st_mode))
    code = joust_fail(error, JOUST_BAD_INPUT, "'%s' is no table: it is not a regular file", table->path);
  else if (status.st_size < JOUST_TABLE_PREFIX)
    code = joust_fail(error, JOUST_BAD_INPUT, "'%s' is no table: %lld bytes, a table has at least %d", table->path,
                      (long long)status.st_size, JOUST_TABLE_PREFIX);
  if (!code) {
    void *mapping = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, fd, 0);
    if (mapping == MAP_FAILED) {
      code = joust_fail_errno(error, JOUST_SYSTEM, "cannot map the table '%s'", table->path);
    } else {
      table->mapping = mapping;
      table->mapping_size = (size_t)status.st_size;
    }
  }
  close(fd);
  return code;
}

static int read_dimension(struct joust_table_dimension *dimension, const struct joust_json *json, const cJSON *node,
                          struct joust_error *error) {
  const char *name;
  const cJSON *choices;
  int code;
  if ((code = joust_json_get_text(json, node, "name", JOUST_REQUIRED, &name, error)) ||
      (code = joust_json_get(json, node, "choices", cJSON_Array, JOUST_REQUIRED, &choices, error)))
    return code;
  dimension->name = joust_copy(name);
  int n = cJSON_GetArraySize(choices);
  if (n < 1) return joust_json_fail(json, choices, error, "'choices' is empty: expected at least one label");
  dimension->choices = joust_alloc((size_t)n, sizeof *dimension->choices);
  for (const cJSON *label = choices->child; label; label = label->next) {
    if (!cJSON_IsString(label)) return joust_json_fail(json, label, error, "expected a label");
    dimension->choices[dimension->n_choices++] = joust_copy(label->valuestring);
  }
  return 0;
}

static int read_encoding(struct joust_table_metric *metric, const struct joust_json *json, const cJSON *node,
                         struct joust_error *error) {
  const char *encoding;
  int code = joust_json_get_text(json, node, "encoding", JOUST_REQUIRED, &encoding, error);
  if (code) return code;
  for (int e = 0; e < JOUST_N_ENCODINGS; e++) {
    if (strcmp(encoding, joust_encodings[e].name) != 0) continue;
    metric->encoding = (enum joust_encoding)e;
    return 0;
  }
  return joust_json_fail(json, node, error, "encoding '%s' is unknown: expected u8, u16, u32, f32 or f64", encoding);
}

static int read_metric(struct joust_table_metric *metric, const struct joust_json *json, const cJSON *node,
                       struct joust_error *error) {
  const char *name, *title = "", *unit = "";
  int64_t measurements, decimals = 0;
  int code;
  if ((code = joust_json_get_text(json, node, "name", JOUST_REQUIRED, &name, error)) ||
      (code = joust_json_get_text(json, node, "title", JOUST_OPTIONAL, &title, error)) ||
      (code = joust_json_get_text(json, node, "unit", JOUST_OPTIONAL, &unit, error)) ||
      (code = joust_json_get_integer(json, node, "measurements", JOUST_REQUIRED, 1, JOUST_TABLE_MAX_MEASUREMENTS,
                                     &measurements, error)) ||
      (code = joust_json_get_integer(json, node, "decimals", JOUST_OPTIONAL, 0, JOUST_TABLE_MAX_DECIMALS, &decimals,
                                     error)) ||
      (code = read_encoding(metric, json, node, error)))
    return code;
  metric->name = joust_copy(name);
  metric->title = joust_copy(title);
  metric->unit = joust_copy(unit);
  metric->measurements = (uint32_t)measurements;
  metric->decimals = (uint32_t)decimals;
  metric->divisor = 1;
  for (uint32_t d = 0; d < metric->decimals; d++) metric->divisor *= 10;
  return 0;
}

static int read_lists(struct joust_table *table, const struct joust_json *json, const cJSON *parameters,
                      const cJSON *metrics, struct joust_error *error) {
  int n_parameters = cJSON_GetArraySize(parameters), n_metrics = cJSON_GetArraySize(metrics), code;
  if (n_parameters < 1) return joust_json_fail(json, parameters, error, "'parameters' is empty");
  if (n_metrics < 1) return joust_json_fail(json, metrics, error, "'metrics' is empty");
  table->dimensions = joust_alloc((size_t)n_parameters, sizeof *table->dimensions);
  table->metrics = joust_alloc((size_t)n_metrics, sizeof *table->metrics);
  for (const cJSON *node = parameters->child; node; node = node->next)
    if ((code = read_dimension(&table->dimensions[table->n_dimensions++], json, node, error))) return code;
  uint32_t offset = 0;
  for (const cJSON *node = metrics->child; node; node = node->next) {
    struct joust_table_metric *metric = &table->metrics[table->n_metrics++];
    if ((code = read_metric(metric, json, node, error))) return code;
    metric->offset = offset;
    uint32_t size = metric->measurements * joust_encodings[metric->encoding].size;
    if (size > UINT32_MAX - offset) return joust_json_fail(json, node, error, "the metrics need too many bytes");
    offset += size;
  }
  if (offset != table->entry_size)
    return joust_json_fail(json, metrics, error, "the metrics take %u bytes an entry, the header says %u", offset,
                           table->entry_size);
  return 0;
}

static int read_texts(struct joust_table *table, const struct joust_json *json, struct joust_error *error) {
  const char *name, *licence = "";
  const cJSON *parameters, *metrics, *source;
  int code;
  if (!cJSON_IsObject(json->root)) return joust_json_fail(json, json->root, error, "expected an object");
  if ((code = joust_json_get_text(json, json->root, "name", JOUST_REQUIRED, &name, error)) ||
      (code = joust_json_get_text(json, json->root, "licence", JOUST_OPTIONAL, &licence, error)) ||
      (code = joust_json_get(json, json->root, "source", cJSON_Array, JOUST_REQUIRED, &source, error)) ||
      (code = joust_json_get(json, json->root, "parameters", cJSON_Array, JOUST_REQUIRED, &parameters, error)) ||
      (code = joust_json_get(json, json->root, "metrics", cJSON_Array, JOUST_REQUIRED, &metrics, error)))
    return code;
  table->name = joust_copy(name);
  table->licence = joust_copy(licence);
  char *text = cJSON_PrintUnformatted(source);
  table->source = joust_copy(text ? text : "[]");
  cJSON_free(text);
  return read_lists(table, json, parameters, metrics, error);
}

/* Entries of the grid, or 0 where there are more than a file could hold. */
static uint64_t grid_size(const struct joust_table *table) {
  uint64_t entries = 1;
  for (uint32_t i = 0; i < table->n_dimensions; i++) {
    if (entries > UINT64_MAX / table->dimensions[i].n_choices) return 0;
    entries *= table->dimensions[i].n_choices;
  }
  return entries;
}

static int check_size(const struct joust_table *table, uint64_t header, struct joust_error *error) {
  uint64_t entries = grid_size(table), room = table->mapping_size - header;
  if (entries != table->entries)
    return joust_fail(error, JOUST_BAD_INPUT,
                      "table '%s' is damaged: %llu entries, but its parameters have %llu combinations", table->path,
                      (unsigned long long)table->entries, (unsigned long long)entries);
  if (room / table->entry_size != entries || room % table->entry_size != 0)
    return joust_fail(error, JOUST_BAD_INPUT,
                      "table '%s' is damaged: %llu bytes of data, expected %llu entries of %u bytes", table->path,
                      (unsigned long long)room, (unsigned long long)entries, table->entry_size);
  return 0;
}

static int read_header(struct joust_table *table, struct joust_error *error) {
  const unsigned char *bytes = table->mapping;
  if (memcmp(bytes, JOUST_TABLE_MAGIC, 8) != 0)
    return joust_fail(error, JOUST_BAD_INPUT, "'%s' is no table of joust: it does not begin with %s", table->path,
                      JOUST_TABLE_MAGIC);
  uint64_t version = joust_load32(bytes + 8), header = joust_load32(bytes + 12), length = joust_load32(bytes + 28);
  if (version != JOUST_TABLE_VERSION)
    return joust_fail(error, JOUST_BAD_INPUT, "table '%s' has version %llu of the format: this joust reads version %d",
                      table->path, (unsigned long long)version, JOUST_TABLE_VERSION);
  table->entries = joust_load64(bytes + 16);
  table->entry_size = joust_load32(bytes + 24);
  for (int i = 0; i < 32; i++) {
    table->fingerprint[2 * i] = "0123456789abcdef"[bytes[32 + i] >> 4];
    table->fingerprint[2 * i + 1] = "0123456789abcdef"[bytes[32 + i] & 15];
  }
  if (header > table->mapping_size || header % 64 != 0 || header < JOUST_TABLE_PREFIX + length ||
      table->entry_size == 0)
    return joust_fail(error, JOUST_BAD_INPUT,
                      "table '%s' is damaged: a header of %llu bytes with %llu bytes of JSON in a file of %zu bytes",
                      table->path, (unsigned long long)header, (unsigned long long)length, table->mapping_size);
  struct joust_json json = {0};
  int code = joust_json_parse(&json, table->path, (const char *)bytes + JOUST_TABLE_PREFIX, (size_t)length, error);
  if (!code) code = read_texts(table, &json, error);
  joust_json_free(&json);
  if (code) return joust_error_prefix(error, "the header of a table is damaged: ");
  table->data = bytes + header;
  return check_size(table, header, error);
}

int joust_table_open(struct joust_table *table, const char *path, struct joust_error *error) {
  memset(table, 0, sizeof *table);
  table->path = joust_copy(path);
  int code = map_file(table, error);
  if (!code) code = read_header(table, error);
  if (code) joust_table_close(table);
  return code;
}

int joust_table_verify(const struct joust_table *table, struct joust_error *error) {
  char found[JOUST_HASH_SIZE];
  joust_hash(found, (const unsigned char *)table->mapping + JOUST_TABLE_PREFIX,
             table->mapping_size - JOUST_TABLE_PREFIX);
  if (strcmp(found, table->fingerprint) == 0) return 0;
  return joust_fail(error, JOUST_BAD_INPUT,
                    "table '%s' is damaged: its bytes have the fingerprint %s, its header says %s", table->path, found,
                    table->fingerprint);
}

double joust_table_value(const struct joust_table *table, uint64_t entry, const struct joust_table_metric *metric,
                         uint32_t measurement) {
  const unsigned char *bytes = table->data + entry * table->entry_size + metric->offset;
  return joust_table_decode(bytes + measurement * joust_encodings[metric->encoding].size, metric->encoding,
                            metric->divisor);
}

double joust_table_mean(const struct joust_table *table, uint64_t entry, const struct joust_table_metric *metric) {
  double sum = 0;
  uint32_t n = 0;
  for (uint32_t k = 0; k < metric->measurements; k++) {
    double value = joust_table_value(table, entry, metric, k);
    if (isnan(value)) continue;
    sum += value;
    n++;
  }
  return n ? sum / n : NAN;
}

int joust_table_find(const struct joust_table *table, const char *metric) {
  for (uint32_t m = 0; m < table->n_metrics; m++)
    if (strcmp(table->metrics[m].name, metric) == 0) return (int)m;
  return -1;
}
