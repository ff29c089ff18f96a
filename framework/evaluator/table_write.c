#include <assert.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "evaluator/table_file.h"

/* Does value come back, bit by bit, from the nearest multiple of 1/divisor? If so, *multiple is what to store. */
static int as_integer(double value, double divisor, uint64_t *multiple) {
  double scaled = nearbyint(value * divisor);
  if (!(scaled >= 0 && scaled < (double)UINT32_MAX) || signbit(value)) return 0;
  *multiple = (uint64_t)scaled;
  return (double)*multiple / divisor == value;
}

/* The largest stored integer at this many decimals, or UINT64_MAX where a value does not fit. */
static uint64_t largest_integer(const double *values, uint64_t n, double divisor) {
  uint64_t largest = 0, multiple;
  for (uint64_t i = 0; i < n; i++) {
    if (isnan(values[i])) continue;
    if (!as_integer(values[i], divisor, &multiple)) return UINT64_MAX;
    if (multiple > largest) largest = multiple;
  }
  return largest;
}

static int all_floats(const double *values, uint64_t n) {
  for (uint64_t i = 0; i < n; i++)
    if (!isnan(values[i]) && (double)(float)values[i] != values[i]) return 0;
  return 1;
}

/* The fewest decimals give the smallest integers, so the first that fit decide; a float is read faster than an integer
 * of the same size. */
static void choose_encoding(struct joust_table_metric *metric, const double *values, uint64_t n) {
  static const uint64_t most[] = {UINT8_MAX, UINT16_MAX, UINT32_MAX}; /* itself: absent */
  metric->divisor = 1;
  for (metric->decimals = 0; metric->decimals <= 9; metric->decimals++, metric->divisor *= 10) {
    uint64_t largest = largest_integer(values, n, metric->divisor);
    for (int e = JOUST_U8; e <= JOUST_U32; e++) {
      if (largest >= most[e]) continue;
      if (e == JOUST_U32 && all_floats(values, n)) break;
      metric->encoding = (enum joust_encoding)e;
      return;
    }
  }
  metric->decimals = 0;
  metric->divisor = 1;
  metric->encoding = all_floats(values, n) ? JOUST_F32 : JOUST_F64;
}

static void put(unsigned char *bytes, uint32_t size, uint64_t value) {
  for (uint32_t i = 0; i < size; i++) bytes[i] = (unsigned char)(value >> 8 * i);
}

static void encode(unsigned char *bytes, const struct joust_table_metric *metric, double value) {
  uint32_t size = joust_encodings[metric->encoding].size;
  uint64_t bits = UINT64_MAX; /* absent, in each integer encoding */
  if (metric->encoding == JOUST_F32) {
    float number = isnan(value) ? NAN : (float)value;
    uint32_t word;
    memcpy(&word, &number, sizeof word);
    bits = word;
  } else if (metric->encoding == JOUST_F64) {
    double number = isnan(value) ? NAN : value;
    memcpy(&bits, &number, sizeof bits);
  } else if (!isnan(value)) {
    int fits = as_integer(value, metric->divisor, &bits);
    assert(fits);
    (void)fits;
  }
  put(bytes, size, bits);
}

static cJSON *describe_metric(const struct joust_table_metric *metric) {
  cJSON *node = cJSON_CreateObject();
  cJSON_AddStringToObject(node, "name", metric->name);
  cJSON_AddStringToObject(node, "title", metric->title ? metric->title : "");
  cJSON_AddStringToObject(node, "unit", metric->unit ? metric->unit : "");
  cJSON_AddNumberToObject(node, "measurements", metric->measurements);
  cJSON_AddStringToObject(node, "encoding", joust_encodings[metric->encoding].name);
  if (metric->encoding <= JOUST_U32) cJSON_AddNumberToObject(node, "decimals", metric->decimals);
  return node;
}

/* The JSON text of the header; the caller frees. */
static char *describe(const struct joust_table *table, const struct joust_table_metric *metrics) {
  cJSON *root = cJSON_CreateObject();
  cJSON_AddStringToObject(root, "name", table->name);
  cJSON *parameters = cJSON_AddArrayToObject(root, "parameters");
  for (uint32_t i = 0; i < table->n_dimensions; i++) {
    const struct joust_table_dimension *dimension = &table->dimensions[i];
    cJSON *node = cJSON_CreateObject();
    cJSON_AddStringToObject(node, "name", dimension->name);
    cJSON *choices = cJSON_AddArrayToObject(node, "choices");
    for (uint32_t k = 0; k < dimension->n_choices; k++)
      cJSON_AddItemToArray(choices, cJSON_CreateString(dimension->choices[k]));
    cJSON_AddItemToArray(parameters, node);
  }
  cJSON *list = cJSON_AddArrayToObject(root, "metrics");
  for (uint32_t m = 0; m < table->n_metrics; m++) cJSON_AddItemToArray(list, describe_metric(&metrics[m]));
  cJSON_AddRawToObject(root, "source", table->source ? table->source : "[]");
  cJSON_AddStringToObject(root, "licence", table->licence ? table->licence : "");
  char *printed = cJSON_PrintUnformatted(root), *text = joust_copy(printed ? printed : "");
  cJSON_free(printed);
  cJSON_Delete(root);
  return text;
}

static int check_finite(const struct joust_table *table, const double *const *values, struct joust_error *error) {
  for (uint32_t m = 0; m < table->n_metrics; m++)
    for (uint64_t i = 0; i < table->entries * table->metrics[m].measurements; i++)
      if (isinf(values[m][i]))
        return joust_fail(error, JOUST_BAD_INPUT, "table '%s': '%s' of entry %llu is infinite", table->name,
                          table->metrics[m].name, (unsigned long long)(i / table->metrics[m].measurements));
  return 0;
}

static void encode_entries(unsigned char *data, const struct joust_table *table,
                           const struct joust_table_metric *metrics, uint32_t entry_size, const double *const *values) {
  for (uint32_t m = 0; m < table->n_metrics; m++) {
    const struct joust_table_metric *metric = &metrics[m];
    uint32_t size = joust_encodings[metric->encoding].size;
    for (uint64_t entry = 0; entry < table->entries; entry++)
      for (uint32_t k = 0; k < metric->measurements; k++)
        encode(data + entry * entry_size + metric->offset + k * size, metric,
               values[m][entry * metric->measurements + k]);
  }
}

static void put_fingerprint(unsigned char *bytes, const char *hex) {
  for (int i = 0; i < 32; i++) {
    char digits[3] = {hex[2 * i], hex[2 * i + 1], 0};
    bytes[i] = (unsigned char)strtoul(digits, NULL, 16);
  }
}

int joust_table_write(const struct joust_table *table, const double *const *values, const char *path,
                      char fingerprint[JOUST_HASH_SIZE], struct joust_error *error) {
  int code = check_finite(table, values, error);
  if (code) return code;
  struct joust_table_metric *metrics = joust_alloc(table->n_metrics, sizeof *metrics);
  uint32_t entry_size = 0;
  for (uint32_t m = 0; m < table->n_metrics; m++) {
    metrics[m] = table->metrics[m];
    choose_encoding(&metrics[m], values[m], table->entries * metrics[m].measurements);
    metrics[m].offset = entry_size;
    entry_size += metrics[m].measurements * joust_encodings[metrics[m].encoding].size;
  }
  char *text = describe(table, metrics), hex[JOUST_HASH_SIZE];
  size_t length = strlen(text), header = (JOUST_TABLE_PREFIX + length + 63) / 64 * 64;
  size_t size = header + table->entries * entry_size;
  unsigned char *bytes = joust_alloc(size, 1);
  memcpy(bytes, JOUST_TABLE_MAGIC, 8);
  put(bytes + 8, 4, JOUST_TABLE_VERSION);
  put(bytes + 12, 4, header);
  put(bytes + 16, 8, table->entries);
  put(bytes + 24, 4, entry_size);
  put(bytes + 28, 4, length);
  memcpy(bytes + JOUST_TABLE_PREFIX, text, length);
  encode_entries(bytes + header, table, metrics, entry_size, values);
  joust_hash(hex, bytes + JOUST_TABLE_PREFIX, size - JOUST_TABLE_PREFIX);
  put_fingerprint(bytes + 32, hex);
  if (fingerprint) memcpy(fingerprint, hex, JOUST_HASH_SIZE);
  code = joust_file_write(path, bytes, size, error);
  free(bytes);
  free(text);
  free(metrics);
  return code;
}
