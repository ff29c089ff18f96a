/* A table of your own: a CSV file with a column `x:NAME` for each parameter and `metric:NAME` for each metric, as
 * `joust export` writes them. A row is a measurement of a point: several rows of one point are several measurements, of
 * a metric those in which it is given. Points that have no row are absent. A parameter's choices come in rising order
 * where all are numbers, else in the order in which the file has them first. What the first row has in the columns
 * `made` (how the values came about) and `licence` is kept; other columns are passed over. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/csv.h"
#include "data/format.h"
#include "data/sources.h"

enum { MOST_LABELS = 10000, MOST_NUMBERS = 50000000 /* of all metrics */ };

struct parameter {
  size_t field;
  char *name;
  char **labels; /* n_labels, owned, in the file's order until they are sorted */
  uint32_t n_labels, capacity;
  uint32_t last; /* label of the row before: the next one is often the same or its neighbour */
  uint32_t *ids; /* a row: its label */
};

struct metric {
  size_t field;
  char *name;
  double *values; /* a row; NaN: absent */
};

struct reader {
  struct joust_csv csv;
  struct joust_error *error;
  struct parameter *parameters;
  struct metric *metrics;
  size_t n_parameters, n_metrics, n_fields, n_rows, capacity;
  size_t problem_field; /* of a column `problem`, or SIZE_MAX */
  char *problem;        /* what stands there */
  size_t made_field, licence_field;
  char *made, *licence; /* NULL: no such column */
};

static int fail(const struct reader *reader, const char *format, ...) JOUST_PRINTF(2, 3);
static int fail(const struct reader *reader, const char *format, ...) {
  va_list args;
  va_start(args, format);
  joust_fail_v(reader->error, JOUST_BAD_INPUT, format, args);
  va_end(args);
  return joust_error_prefix(reader->error, "%s:%zu: ", reader->csv.path, reader->csv.line);
}

/* ---- the first line ---------------------------------------------------------------------------------------------- */

static int add_column(struct reader *reader, size_t field, const char *title) {
  const char *colon = strchr(title, ':'), *name = colon ? colon + 1 : "";
  if (!joust_is_line(name) || strpbrk(name, " =,\""))
    return fail(reader, "column '%s': expected a name without spaces, quotes, '=' and ',' behind the colon", title);
  if (*title == 'x') {
    reader->parameters = joust_resize(reader->parameters, reader->n_parameters + 1, sizeof *reader->parameters);
    reader->parameters[reader->n_parameters++] = (struct parameter){.field = field, .name = joust_copy(name)};
  } else {
    reader->metrics = joust_resize(reader->metrics, reader->n_metrics + 1, sizeof *reader->metrics);
    reader->metrics[reader->n_metrics++] = (struct metric){.field = field, .name = joust_copy(name)};
  }
  return 0;
}

static bool is_column(const char *title) {
  return strncmp(title, "x:", 2) == 0 || strncmp(title, "metric:", 7) == 0;
}

static int read_titles(struct reader *reader) {
  int code = joust_csv_next(&reader->csv, reader->error);
  if (code < 0) return code;
  reader->n_fields = reader->csv.n;
  for (size_t i = 0; i < reader->csv.n; i++) {
    const char *title = reader->csv.fields[i];
    if (strcmp(title, "problem") == 0) reader->problem_field = i;
    if (strcmp(title, "made") == 0) reader->made_field = i;
    if (strcmp(title, "licence") == 0) reader->licence_field = i;
    if (!is_column(title)) continue;
    for (size_t k = 0; k < i; k++)
      if (strcmp(reader->csv.fields[k], title) == 0) return fail(reader, "a second column '%s'", title);
    if ((code = add_column(reader, i, title))) return code;
  }
  if (reader->n_parameters && reader->n_metrics) return 0;
  return fail(reader, "expected a column x:NAME for each parameter and metric:NAME for each metric");
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

/* Different points that the labels so far can make. */
static double grid_size(const struct reader *reader) {
  double size = 1;
  for (size_t i = 0; i < reader->n_parameters; i++) size *= reader->parameters[i].n_labels;
  return size;
}

static int fail_size(const struct reader *reader, const struct parameter *parameter) {
  return fail(
      reader,
      "the values so far make a grid of %.3g points ('%s' alone has %u values): a table holds every combination "
      "of its parameters' values, at most %d numbers",
      grid_size(reader), parameter->name, parameter->n_labels, MOST_NUMBERS);
}

static int find_label(struct reader *reader, struct parameter *parameter, const char *text, uint32_t *id) {
  for (uint32_t k = 0; k < parameter->n_labels; k++) {
    *id = (parameter->last + k) % parameter->n_labels;
    if (strcmp(parameter->labels[*id], text) != 0) continue;
    parameter->last = *id;
    return 0;
  }
  if (!joust_is_line(text)) return fail(reader, "x:%s is '%s': expected a label of one line", parameter->name, text);
  if (parameter->n_labels == parameter->capacity) {
    parameter->capacity = parameter->capacity ? 2 * parameter->capacity : 8;
    parameter->labels = joust_resize(parameter->labels, parameter->capacity, sizeof *parameter->labels);
  }
  parameter->last = *id = parameter->n_labels;
  parameter->labels[parameter->n_labels++] = joust_copy(text);
  if (parameter->n_labels > MOST_LABELS || grid_size(reader) * (double)reader->n_metrics > MOST_NUMBERS)
    return fail_size(reader, parameter);
  return 0;
}

static int check_problem(struct reader *reader) {
  if (reader->problem_field == SIZE_MAX) return 0;
  const char *problem = reader->csv.fields[reader->problem_field];
  if (!reader->problem) reader->problem = joust_copy(problem);
  if (strcmp(problem, reader->problem) == 0) return 0;
  return fail(reader, "a row of problem '%s' among those of '%s': expected one problem", problem, reader->problem);
}

static void keep_note(const struct reader *reader, size_t field, char **note) {
  if (field != SIZE_MAX && !*note) *note = joust_copy(reader->csv.fields[field]);
}

static void reserve_row(struct reader *reader) {
  if (reader->n_rows < reader->capacity) return;
  reader->capacity = reader->capacity ? 2 * reader->capacity : 1024;
  for (size_t i = 0; i < reader->n_parameters; i++)
    reader->parameters[i].ids =
        joust_resize(reader->parameters[i].ids, reader->capacity, sizeof *reader->parameters[i].ids);
  for (size_t i = 0; i < reader->n_metrics; i++)
    reader->metrics[i].values =
        joust_resize(reader->metrics[i].values, reader->capacity, sizeof *reader->metrics[i].values);
}

static int read_row(struct reader *reader) {
  int code;
  if (reader->csv.n != reader->n_fields)
    return fail(reader, "%zu fields: expected %zu", reader->csv.n, reader->n_fields);
  if ((code = check_problem(reader))) return code;
  keep_note(reader, reader->made_field, &reader->made);
  keep_note(reader, reader->licence_field, &reader->licence);
  reserve_row(reader);
  for (size_t i = 0; i < reader->n_parameters; i++) {
    struct parameter *parameter = &reader->parameters[i];
    code = find_label(reader, parameter, reader->csv.fields[parameter->field], &parameter->ids[reader->n_rows]);
    if (code) return code;
  }
  for (size_t i = 0; i < reader->n_metrics; i++) {
    const char *text = reader->csv.fields[reader->metrics[i].field];
    double *value = &reader->metrics[i].values[reader->n_rows];
    *value = NAN;
    if (*text && !joust_parse_number(text, value))
      return fail(reader, "metric:%s is '%s': expected a number, or nothing where it was not measured",
                  reader->metrics[i].name, text);
  }
  reader->n_rows++;
  return 0;
}

/* ---- the table --------------------------------------------------------------------------------------------------- */

struct numbered {
  double number;
  uint32_t id;
};

static int by_number(const void *a, const void *b) {
  const struct numbered *p = a, *q = b;
  if (p->number != q->number) return p->number < q->number ? -1 : 1;
  return p->id < q->id ? -1 : 1;
}

/* Labels that are numbers rise. */
static void sort_labels(struct parameter *parameter, size_t n_rows) {
  uint32_t n = parameter->n_labels, *places = joust_alloc(n, sizeof *places);
  struct numbered *order = joust_alloc(n, sizeof *order);
  char **labels = joust_alloc(n, sizeof *labels);
  bool numbers = true;
  for (uint32_t k = 0; k < n && numbers; k++) {
    order[k].id = k;
    numbers = joust_parse_number(parameter->labels[k], &order[k].number);
  }
  if (numbers) {
    qsort(order, n, sizeof *order, by_number);
    for (uint32_t k = 0; k < n; k++) {
      labels[k] = parameter->labels[order[k].id];
      places[order[k].id] = k;
    }
    memcpy(parameter->labels, labels, n * sizeof *labels);
    for (size_t row = 0; row < n_rows; row++) parameter->ids[row] = places[parameter->ids[row]];
  }
  free(places);
  free(order);
  free(labels);
}

static uint64_t entry_of(const struct reader *reader, size_t row) {
  uint64_t entry = 0;
  for (size_t i = 0; i < reader->n_parameters; i++)
    entry = entry * reader->parameters[i].n_labels + reader->parameters[i].ids[row];
  return entry;
}

/* A metric has as many measurements as the point that has most of them. */
static void fill_metric(struct joust_draft *draft, const struct reader *reader, const struct metric *metric,
                        uint32_t *counts) {
  uint32_t most = 1;
  memset(counts, 0, draft->table.entries * sizeof *counts);
  for (size_t row = 0; row < reader->n_rows; row++) {
    if (isnan(metric->values[row])) continue;
    uint32_t count = ++counts[entry_of(reader, row)];
    if (count > most) most = count;
  }
  double *values = joust_draft_metric(draft, metric->name, metric->name, "", most);
  memset(counts, 0, draft->table.entries * sizeof *counts);
  for (size_t row = 0; row < reader->n_rows; row++) {
    uint64_t entry = entry_of(reader, row);
    if (!isnan(metric->values[row])) values[entry * most + counts[entry]++] = metric->values[row];
  }
}

static int fill(struct joust_draft *draft, const struct reader *reader) {
  for (size_t i = 0; i < reader->n_parameters; i++)
    joust_draft_parameter(draft, reader->parameters[i].name, (const char *const *)reader->parameters[i].labels,
                          reader->parameters[i].n_labels);
  uint32_t *counts = joust_alloc(draft->table.entries, sizeof *counts), most = 0;
  for (size_t row = 0; row < reader->n_rows; row++) {
    uint32_t count = ++counts[entry_of(reader, row)];
    if (count > most) most = count;
  }
  if (most > JOUST_TABLE_MAX_MEASUREMENTS ||
      (double)draft->table.entries * most * (double)reader->n_metrics > MOST_NUMBERS) {
    free(counts);
    return joust_fail(reader->error, JOUST_BAD_INPUT,
                      "%s: a point has %u rows: expected at most %d measurements of each, and %d numbers in all",
                      reader->csv.path, most, JOUST_TABLE_MAX_MEASUREMENTS, MOST_NUMBERS);
  }
  for (size_t i = 0; i < reader->n_metrics; i++) fill_metric(draft, reader, &reader->metrics[i], counts);
  free(counts);
  draft->made = reader->made ? joust_copy(reader->made) : NULL;
  draft->table.licence = reader->licence ? joust_copy(reader->licence) : NULL;
  return 0;
}

/* "cells" from "some/folder/cells.csv": letters, digits and "._-", and no name of a published table. */
static int name_table(struct joust_draft *draft, const char *path, struct joust_error *error) {
  const char *file = joust_path_name(path);
  size_t length = strlen(file);
  if (length > 4 && strcmp(file + length - 4, ".csv") == 0) length -= 4;
  char *name = joust_copy_n(file, length);
  draft->table.name = name;
  if (!*name || *name == '.' || name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")])
    return joust_fail(error, JOUST_BAD_INPUT,
                      "%s: the table would be called '%s': expected a file name of letters, digits, '.', '_' and '-'",
                      path, name);
  if (joust_source_of_table(name))
    return joust_fail(error, JOUST_BAD_INPUT, "%s: '%s' is the name of a published table: rename the file", path, name);
  return 0;
}

static int read_rows(struct joust_draft *draft, struct reader *reader) {
  int code = read_titles(reader), more;
  while (!code && (more = joust_csv_next(&reader->csv, reader->error)) != 0) code = more < 0 ? more : read_row(reader);
  if (!code && reader->n_rows == 0) code = fail(reader, "expected rows behind the titles");
  if (code) return code;
  for (size_t i = 0; i < reader->n_parameters; i++) sort_labels(&reader->parameters[i], reader->n_rows);
  return fill(draft, reader);
}

static void free_reader(struct reader *reader) {
  for (size_t i = 0; i < reader->n_parameters; i++) {
    struct parameter *parameter = &reader->parameters[i];
    for (uint32_t k = 0; k < parameter->n_labels; k++) free(parameter->labels[k]);
    free(parameter->labels);
    free(parameter->ids);
    free(parameter->name);
  }
  for (size_t i = 0; i < reader->n_metrics; i++) {
    free(reader->metrics[i].values);
    free(reader->metrics[i].name);
  }
  free(reader->parameters);
  free(reader->metrics);
  free(reader->problem);
  free(reader->made);
  free(reader->licence);
  joust_csv_free(&reader->csv);
}

static int read(struct joust_draft *draft, const char *path, const char *bytes, size_t length,
                struct joust_error *error) {
  struct reader reader = {.error = error, .problem_field = SIZE_MAX, .made_field = SIZE_MAX, .licence_field = SIZE_MAX};
  if (memchr(bytes, 0, length)) return joust_fail(error, JOUST_BAD_INPUT, "%s: a zero byte: not CSV", path);
  char *text = joust_copy_n(bytes, length);
  joust_csv_start(&reader.csv, path, text);
  int code = name_table(draft, path, error);
  if (!code) code = read_rows(draft, &reader);
  free_reader(&reader);
  free(text);
  return code;
}

/* A field of the first line begins with x: or metric: */
static bool recognise(const char *head) {
  for (const char *field = head; *head != '{'; field++) {
    if (is_column(*field == '"' ? field + 1 : field)) return true;
    field += strcspn(field, ",\r\n");
    if (*field != ',') break;
  }
  return false;
}

const struct joust_format joust_format_table = {"a CSV file with columns x:NAME and metric:NAME", recognise, read};
