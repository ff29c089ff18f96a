#include "plugin/counters.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "plugin/clean.h"

/* Longest text of a counter in bytes, with its 0: about a thousand request ids. */
#define TEXT_SIZE 50000

static bool is_name(const char *name) {
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz", all[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
  size_t length = name ? strlen(name) : 0;
  return length > 0 && length < JOUST_COUNTER_NAME && strchr(letters, *name) && strspn(name, all) == length;
}

struct joust_counter *joust_counters_find(struct joust_counters *counters, const char *name) {
  if (!is_name(name)) return NULL;
  for (uint32_t i = 0; i < counters->n; i++)
    if (strcmp(counters->items[i].name, name) == 0) return &counters->items[i];
  if (counters->n == JOUST_MOST_COUNTERS) return NULL;
  counters->items = joust_resize(counters->items, counters->n + 1, sizeof *counters->items);
  struct joust_counter *counter = &counters->items[counters->n++];
  memset(counter, 0, sizeof *counter);
  strcpy(counter->name, name);
  return counter;
}

void joust_counter_set_integer(struct joust_counter *counter, int64_t value) {
  counter->kind = JOUST_COUNTER_INTEGER;
  counter->integer = value;
}

void joust_counter_set_real(struct joust_counter *counter, double value) {
  counter->kind = isfinite(value) ? JOUST_COUNTER_REAL : JOUST_COUNTER_NULL;
  counter->real = value;
}

void joust_counter_set_text(struct joust_counter *counter, const char *value) {
  size_t length = strlen(value), size = length + 4 < TEXT_SIZE ? length + 4 : TEXT_SIZE;
  counter->kind = JOUST_COUNTER_TEXT;
  counter->text = joust_resize(counter->text, size, 1);
  joust_clean(counter->text, size, value, length);
}

static void print_text(const char *value, struct joust_text *out) {
  cJSON *node = cJSON_CreateString(value);
  char *text = cJSON_PrintUnformatted(node);
  joust_text_add(out, text);
  free(text);
  cJSON_Delete(node);
}

void joust_counters_print(const struct joust_counters *counters, struct joust_text *out) {
  char number[JOUST_NUMBER_SIZE];
  joust_text_add(out, "{");
  for (uint32_t i = 0; i < counters->n; i++) {
    const struct joust_counter *counter = &counters->items[i];
    joust_text_addf(out, "%s\"%s\":", i ? "," : "", counter->name);
    switch (counter->kind) {
    case JOUST_COUNTER_INTEGER: joust_text_addf(out, "%" PRId64, counter->integer); break;
    case JOUST_COUNTER_REAL: joust_text_add(out, joust_number(number, counter->real)); break;
    case JOUST_COUNTER_TEXT: print_text(counter->text, out); break;
    case JOUST_COUNTER_NULL: joust_text_add(out, "null"); break;
    }
  }
  joust_text_add(out, "}");
}

void joust_counters_free(struct joust_counters *counters) {
  for (uint32_t i = 0; i < counters->n; i++) free(counters->items[i].text);
  free(counters->items);
  memset(counters, 0, sizeof *counters);
}
