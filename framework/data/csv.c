#include "data/csv.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void joust_csv_start(struct joust_csv *csv, const char *path, char *text) {
  *csv = (struct joust_csv){.path = path, .rest = text, .next_line = 1};
}

static void add_field(struct joust_csv *csv, char *field) {
  if (csv->n == csv->capacity) {
    csv->capacity = csv->capacity ? 2 * csv->capacity : 32;
    csv->fields = joust_resize(csv->fields, csv->capacity, sizeof *csv->fields);
  }
  csv->fields[csv->n++] = field;
}

/* Takes the quotes off a field that begins with one, in place. Returns what follows it, NULL if it does not end. */
static char *take_quoted(struct joust_csv *csv, char *field) {
  char *from = field + 1, *to = field;
  for (;; from++) {
    if (!*from) return NULL;
    if (*from == '"' && *++from != '"') break;
    csv->next_line += *from == '\n';
    *to++ = *from;
  }
  *to = 0;
  return from;
}

int joust_csv_next(struct joust_csv *csv, struct joust_error *error) {
  char *at = csv->rest;
  for (; *at == '\n' || *at == '\r'; at++) csv->next_line += *at == '\n';
  csv->line = csv->next_line;
  csv->n = 0;
  if (!*at) return 0;
  for (bool more = true; more; at++) {
    char *field = at;
    if (*at == '"') {
      at = take_quoted(csv, field);
      if (!at)
        return joust_fail(error, JOUST_BAD_INPUT, "%s:%zu: a quoted field that begins here does not end", csv->path,
                          csv->line);
    } else {
      at += strcspn(at, ",\r\n");
    }
    add_field(csv, field);
    char end = *at;
    if (end && !strchr(",\r\n", end))
      return joust_fail(error, JOUST_BAD_INPUT, "%s:%zu: field %zu goes on behind its closing quote", csv->path,
                        csv->line, csv->n);
    *at = 0;
    more = end == ',';
    if (end == '\r' && at[1] == '\n') end = *++at;
    csv->next_line += end == '\n';
    if (!end) at--; /* stay on the final zero */
  }
  csv->rest = at;
  return 1;
}

void joust_csv_free(struct joust_csv *csv) {
  free(csv->fields);
  memset(csv, 0, sizeof *csv);
}
