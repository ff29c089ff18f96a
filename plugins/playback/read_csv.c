/* Points as CSV (RFC 4180) with a header: a column for each parameter, called by its name or, as `joust export` does,
 * x:NAME, with labels and numbers. Columns `replicate` (from 1; without it all rows are those of replicate 1), `mark`,
 * `problem` (rows of other problems are passed over) and `optimiser` (all rows must be of one) are understood; others
 * are not looked at. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lists.h"

struct csv {
  const char *at, *end;
  size_t line;   /* of the next cell */
  size_t column; /* of the next cell, in bytes from 1 */
  char *cell;    /* the last one; as large as the file */
  size_t cell_line, cell_column;
};

enum end_of_cell { CELL_NEXT, CELL_LAST, CELL_BAD };

static char take(struct csv *csv) {
  char c = *csv->at++;
  csv->column++;
  if (c == '\n') csv->line++, csv->column = 1;
  return c;
}

/* Reads one cell with what ends it. CELL_LAST: the line ends with it. CELL_BAD: a quote that is not closed. */
static enum end_of_cell read_cell(struct csv *csv) {
  size_t n = 0;
  int quoted = 0;
  csv->cell_line = csv->line;
  csv->cell_column = csv->column;
  if (csv->at < csv->end && *csv->at == '"') {
    quoted = 1;
    take(csv);
  }
  while (csv->at < csv->end) {
    char c = take(csv);
    if (quoted && c == '"' && csv->at < csv->end && *csv->at == '"')
      csv->cell[n++] = take(csv);
    else if (quoted && c == '"')
      quoted = 0;
    else if (!quoted && (c == ',' || c == '\n')) {
      csv->cell[n] = 0;
      return c == ',' ? CELL_NEXT : CELL_LAST;
    } else if (quoted || c != '\r')
      csv->cell[n++] = c;
  }
  csv->cell[n] = 0;
  return quoted ? CELL_BAD : CELL_LAST;
}

/* What a column holds: a parameter from 0, or one of these. */
enum { COLUMN_OTHER = -1, COLUMN_REPLICATE = -2, COLUMN_MARK = -3, COLUMN_PROBLEM = -4, COLUMN_OPTIMISER = -5 };

struct table {
  const struct reading *reading;
  struct csv csv;
  int *columns;
  size_t n_columns;
  char *optimiser; /* of the rows; NULL: not known */
  double *x;
  char *mark;
  uint32_t replicate;
  int other_problem; /* the row is of another one */
};

static int column_of(const struct joust_space *space, const char *name) {
  static const struct {
    const char *name;
    int column;
  } known[] = {{"replicate", COLUMN_REPLICATE},
               {"mark", COLUMN_MARK},
               {"problem", COLUMN_PROBLEM},
               {"optimiser", COLUMN_OPTIMISER}};
  for (uint32_t k = 0; k < space->n_parameters; k++)
    if (strcmp(space->parameters[k]->name, name) == 0 ||
        (strncmp(name, "x:", 2) == 0 && strcmp(space->parameters[k]->name, name + 2) == 0))
      return (int)k;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strcmp(known[i].name, name) == 0) return known[i].column;
  return COLUMN_OTHER;
}

static joust_status read_header(struct table *table) {
  const struct joust_space *space = table->reading->space;
  enum end_of_cell end;
  do {
    end = read_cell(&table->csv);
    int *columns = realloc(table->columns, (table->n_columns + 1) * sizeof *columns);
    if (!columns) return JOUST_ENOMEM;
    table->columns = columns;
    columns[table->n_columns] = column_of(space, table->csv.cell);
    for (size_t i = 0; i < table->n_columns; i++)
      if (columns[i] != COLUMN_OTHER && columns[i] == columns[table->n_columns])
        return reading_fail(table->reading, table->csv.cell_line, table->csv.cell_column, "a second column '%.60s'",
                            table->csv.cell);
    table->n_columns++;
  } while (end == CELL_NEXT);
  for (uint32_t k = 0; k < space->n_parameters; k++) {
    size_t i = 0;
    while (i < table->n_columns && table->columns[i] != (int)k) i++;
    if (i == table->n_columns)
      return reading_fail(table->reading, 1, 1, "no column for parameter '%s': expected '%s' or 'x:%s' in the header",
                          space->parameters[k]->name, space->parameters[k]->name, space->parameters[k]->name);
  }
  return JOUST_OK;
}

static joust_status read_replicate(struct table *table) {
  char *end;
  long number = strtol(table->csv.cell, &end, 10);
  if (*end || end == table->csv.cell || number < 1 || number > 1000000)
    return reading_fail(table->reading, table->csv.cell_line, table->csv.cell_column,
                        "replicate '%.60s': expected a whole number from 1 to 1000000", table->csv.cell);
  table->replicate = (uint32_t)number;
  return JOUST_OK;
}

static joust_status note_cell(struct table *table, int column) {
  const struct csv *csv = &table->csv;
  const struct reading *reading = table->reading;
  switch (column) {
  case COLUMN_OTHER: return JOUST_OK;
  case COLUMN_REPLICATE: return read_replicate(table);
  case COLUMN_PROBLEM:
    table->other_problem =
        strcmp(csv->cell, reading->words->label) != 0 && strcmp(csv->cell, reading->words->name) != 0;
    return JOUST_OK;
  case COLUMN_MARK:
    free(table->mark);
    table->mark = *csv->cell ? strdup(csv->cell) : NULL;
    return *csv->cell && !table->mark ? JOUST_ENOMEM : JOUST_OK;
  case COLUMN_OPTIMISER:
    if (table->other_problem) return JOUST_OK;
    if (!table->optimiser) return (table->optimiser = strdup(csv->cell)) ? JOUST_OK : JOUST_ENOMEM;
    if (strcmp(table->optimiser, csv->cell) == 0) return JOUST_OK;
    return reading_fail(reading, csv->cell_line, csv->cell_column,
                        "a row of optimiser '%.60s' after rows of '%.60s': expected the rows of one", csv->cell,
                        table->optimiser);
  default:
    if (table->other_problem) return JOUST_OK;
    return reading_value(reading, csv->cell_line, csv->cell_column, (uint32_t)column, csv->cell, &table->x[column]);
  }
}

static joust_status read_row(struct table *table, struct lists *lists) {
  uint32_t n = table->reading->space->n_parameters;
  size_t i = 0, line = table->csv.line;
  enum end_of_cell end;
  table->replicate = 1;
  table->other_problem = 0;
  do {
    end = read_cell(&table->csv);
    if (end == CELL_BAD)
      return reading_fail(table->reading, table->csv.cell_line, table->csv.cell_column, "a quote that is not closed");
    if (i < table->n_columns) {
      joust_status status = note_cell(table, table->columns[i]);
      if (status != JOUST_OK) return status;
    }
    i++;
  } while (end == CELL_NEXT);
  if (i == 1 && !*table->csv.cell && table->n_columns > 1) return JOUST_OK; /* an empty line */
  if (i != table->n_columns)
    return reading_fail(table->reading, line, 1, "a row of %zu cells: the header has %zu", i, table->n_columns);
  if (table->other_problem) return JOUST_OK;
  struct point *point = lists_add(lists, table->replicate, n);
  if (!point) return JOUST_ENOMEM;
  memcpy(point->x, table->x, n * sizeof *point->x);
  point->mark = table->mark;
  table->mark = NULL;
  return JOUST_OK;
}

joust_status lists_read_csv(struct lists *lists, const struct reading *reading, const char *text, size_t length) {
  struct table table = {.reading = reading, .csv = {.at = text, .end = text + length, .line = 1, .column = 1}};
  joust_status status = JOUST_ENOMEM;
  table.csv.cell = malloc(length + 1);
  table.x = calloc(reading->space->n_parameters, sizeof *table.x);
  if (table.csv.cell && table.x) status = read_header(&table);
  while (status == JOUST_OK && table.csv.at < table.csv.end) status = read_row(&table, lists);
  free(table.csv.cell);
  free(table.x);
  free(table.columns);
  free(table.optimiser);
  free(table.mark);
  return status;
}
