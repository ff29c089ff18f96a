#include "sweep/limits.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

#define DEFAULT_GRACE 5

static const struct limit {
  const char *name;
  size_t place; /* in struct joust_limits */
  double initial;
  bool is_size;
} table[] = {
    {"seconds", offsetof(struct joust_limits, seconds), INFINITY, false},
    {"cpu_seconds", offsetof(struct joust_limits, cpu_seconds), INFINITY, false},
    {"memory", offsetof(struct joust_limits, memory), INFINITY, true},
    {"grace", offsetof(struct joust_limits, grace), DEFAULT_GRACE, false},
};
enum { N_LIMITS = sizeof table / sizeof *table };

static double *value_of(struct joust_limits *limits, const struct limit *limit) {
  return (double *)((char *)limits + limit->place);
}

void joust_limits_init(struct joust_limits *limits) {
  for (int i = 0; i < N_LIMITS; i++) *value_of(limits, &table[i]) = table[i].initial;
}

/* A number, for sizes with a unit behind it. */
static bool parse_value(const struct limit *limit, const char *text, double *value) {
  static const char units[] = "KMG";
  size_t length = strlen(text);
  const char *unit = length > 1 && limit->is_size ? strchr(units, toupper((unsigned char)text[length - 1])) : NULL;
  char *number = joust_copy_n(text, length - (unit != NULL));
  bool good = joust_parse_number(number, value) && *value > 0;
  if (good && unit) *value = ldexp(*value, 10 * (int)(unit - units + 1));
  free(number);
  return good;
}

static const char *expected(const struct limit *limit) {
  return limit->is_size ? "a number of bytes above 0, K, M or G behind it" : "a number of seconds above 0";
}

int joust_limits_read(struct joust_limits *limits, const struct joust_json *json, const cJSON *object,
                      struct joust_error *error) {
  const char *names[N_LIMITS];
  for (int i = 0; i < N_LIMITS; i++) names[i] = table[i].name;
  int code = joust_json_check_keys(json, object, "'limits'", names, N_LIMITS, error);
  for (int i = 0; i < N_LIMITS && !code; i++) {
    const cJSON *node = joust_json_member(object, table[i].name);
    double value = NAN;
    if (!node) continue;
    bool good = table[i].is_size && cJSON_IsString(node) ? parse_value(&table[i], node->valuestring, &value)
                                                         : cJSON_IsNumber(node) && node->valuedouble > 0;
    if (good)
      *value_of(limits, &table[i]) = cJSON_IsNumber(node) ? node->valuedouble : value;
    else
      code = joust_json_fail(json, node, error, "'%s': expected %s", table[i].name, expected(&table[i]));
  }
  return code;
}

/* One NAME=VALUE of n bytes. */
static int parse_one(struct joust_limits *limits, const char *text, size_t n, struct joust_error *error) {
  char *pair = joust_copy_n(text, n), *value = strchr(pair, '=');
  int code = 0, i = 0;
  if (value) *value++ = 0;
  while (i < N_LIMITS && strcmp(table[i].name, pair) != 0) i++;
  if (i == N_LIMITS || !value)
    code = joust_fail(error, JOUST_BAD_INPUT,
                      "--limit '%.*s': expected seconds=T, cpu_seconds=T, memory=SIZE, grace=T, with commas between",
                      (int)n, text);
  else if (!parse_value(&table[i], value, value_of(limits, &table[i])))
    code = joust_fail(error, JOUST_BAD_INPUT, "--limit %s is '%s': expected %s", pair, value, expected(&table[i]));
  free(pair);
  return code;
}

int joust_limits_parse(struct joust_limits *limits, const char *text, struct joust_error *error) {
  int code = 0;
  for (const char *end; !code; text = end + 1) {
    end = text + strcspn(text, ",");
    code = parse_one(limits, text, (size_t)(end - text), error);
    if (!*end) break;
  }
  return code;
}

char *joust_limits_size(double bytes) {
  static const char *const units[] = {"", "K", "M", "G"};
  char number[JOUST_NUMBER_SIZE];
  int unit = 0;
  while (unit < 3 && bytes >= 1024 && fmod(bytes, 256) == 0) {
    bytes /= 1024;
    unit++;
  }
  return joust_format("%s%s", joust_number(number, bytes), units[unit]);
}

void joust_limits_print(const struct joust_limits *limits, cJSON *object) {
  cJSON *list = NULL;
  for (int i = 0; i < N_LIMITS; i++) {
    double value = *(const double *)((const char *)limits + table[i].place);
    if (value == table[i].initial) continue;
    if (!list) list = cJSON_AddObjectToObject(object, "limits");
    if (table[i].is_size) {
      char *size = joust_limits_size(value);
      cJSON_AddStringToObject(list, table[i].name, size);
      free(size);
    } else {
      joust_json_add_number(list, table[i].name, value);
    }
  }
}
