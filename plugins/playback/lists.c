#include "lists.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int reach(struct lists *lists, uint32_t n) {
  if (n <= lists->n) return 0;
  struct list *items = realloc(lists->items, n * sizeof *items);
  if (!items) return -1;
  memset(items + lists->n, 0, (n - lists->n) * sizeof *items);
  lists->items = items;
  lists->n = n;
  return 0;
}

struct point *lists_add(struct lists *lists, uint32_t replicate, uint32_t n_parameters) {
  if (reach(lists, replicate) < 0) return NULL;
  struct list *list = &lists->items[replicate - 1];
  if (list->n == list->capacity) {
    uint32_t capacity = list->capacity ? 2 * list->capacity : 16;
    struct point *points = realloc(list->points, capacity * sizeof *points);
    if (!points) return NULL;
    list->points = points;
    list->capacity = capacity;
  }
  struct point *point = &list->points[list->n];
  *point = (struct point){.x = calloc(n_parameters, sizeof(double))};
  if (!point->x) return NULL;
  list->n++;
  return point;
}

void lists_free(struct lists *lists) {
  for (uint32_t i = 0; i < lists->n; i++) {
    for (uint32_t k = 0; k < lists->items[i].n; k++) {
      free(lists->items[i].points[k].x);
      free(lists->items[i].points[k].mark);
    }
    free(lists->items[i].points);
  }
  free(lists->items);
  free(lists->published);
  memset(lists, 0, sizeof *lists);
}

/* ---- messages ---------------------------------------------------------------------------------------------------- */

joust_status reading_fail(const struct reading *reading, size_t line, size_t column, const char *format, ...) {
  char words[600], message[1000];
  va_list args;
  va_start(args, format);
  vsnprintf(words, sizeof words, format, args);
  va_end(args);
  snprintf(message, sizeof message, "%s:%zu:%zu: %s", reading->path, line, column, words);
  reading->host->set_error(reading->host, message);
  return JOUST_EOPTION;
}

/* "skip, conv, ...", or the bounds, for messages. */
static void expectation(const struct joust_parameter *p, char *out, size_t size) {
  size_t used = (size_t)snprintf(out, size, p->choices ? "one of" : "a %snumber from %.15g to %.15g",
                                 p->kind == JOUST_INTEGER ? "whole " : "", p->lower, p->upper);
  for (uint32_t k = 0; k < p->n_choices && used < size; k++)
    used += (size_t)snprintf(out + used, size - used, "%s %s", k ? "," : "", p->choices[k]);
}

joust_status reading_value(const struct reading *reading, size_t line, size_t column, uint32_t parameter,
                           const char *text, double *value) {
  char expected[300];
  if (reading->words->parse_value(reading->host, parameter, text, value) == JOUST_OK) return JOUST_OK;
  expectation(reading->space->parameters[parameter], expected, sizeof expected);
  return reading_fail(reading, line, column, "'%.60s' is no value of parameter '%s': expected %s", text,
                      reading->space->parameters[parameter]->name, expected);
}
