/* Named counters of one instance, in the order in which they were set first: what stands behind joust.usage/1. */
#ifndef JOUST_PLUGIN_COUNTERS_H
#define JOUST_PLUGIN_COUNTERS_H

#include <joust/ext/usage.h>
#include <stdbool.h>

#include "base/text.h"

enum { JOUST_COUNTER_NAME = 61 }; /* bytes of a name with its 0 */

struct joust_counter {
  char name[JOUST_COUNTER_NAME];
  enum { JOUST_COUNTER_NULL, JOUST_COUNTER_INTEGER, JOUST_COUNTER_REAL, JOUST_COUNTER_TEXT } kind;
  int64_t integer;
  double real;
  char *text; /* owned; NULL unless TEXT */
};

struct joust_counters { /* all zero: empty */
  struct joust_counter *items;
  uint32_t n;
};

/* The counter of that name, a new one if there is none; NULL if the name is no name or there are too many. It lives
 * until the next call. */
struct joust_counter *joust_counters_find(struct joust_counters *counters, const char *name);

void joust_counter_set_integer(struct joust_counter *counter, int64_t value);
void joust_counter_set_real(struct joust_counter *counter, double value); /* not finite: null */
void joust_counter_set_text(struct joust_counter *counter, const char *value);

/* Appends a JSON object: {"calls":12,"model":"..."}; "{}" for none. */
void joust_counters_print(const struct joust_counters *counters, struct joust_text *out);
void joust_counters_free(struct joust_counters *counters);

#endif
