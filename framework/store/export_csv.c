#include "store/export.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "store/catalogue.h"
#include "store/connection.h"

/* A table over all problems: each has its own metrics and parameters, the header has the union of their names, in the
 * order in which they come first. */
struct names {
  char **items;
  size_t n;
};

struct places { /* where in the union each of a problem's own stands */
  size_t *metrics, *parameters;
};

struct table {
  struct joust_store *store;
  FILE *out;
  struct joust_error *error;
  struct joust_catalogue catalogue;
  struct places *places; /* of the catalogue's problems */
  struct names metrics, parameters;
  struct joust_store_columns trials;
  double *x;
  struct joust_text line;
  struct joust_text *cells; /* of one row: metrics, then parameters */
};

static size_t column_of(struct names *names, const char *name) {
  for (size_t i = 0; i < names->n; i++)
    if (!strcmp(names->items[i], name)) return i;
  names->items = joust_resize(names->items, names->n + 1, sizeof *names->items);
  names->items[names->n] = joust_copy(name);
  return names->n++;
}

static void free_names(struct names *names) {
  for (size_t i = 0; i < names->n; i++) free(names->items[i]);
  free(names->items);
}

static void place_columns(struct table *table) {
  const struct joust_catalogue *catalogue = &table->catalogue;
  table->places = joust_alloc(catalogue->n_problems, sizeof *table->places);
  for (size_t p = 0; p < catalogue->n_problems; p++) {
    const struct joust_store_definition *definition = &catalogue->problems[p].definition;
    struct places *places = &table->places[p];
    places->metrics = joust_alloc(definition->n_metrics, sizeof(size_t));
    places->parameters = joust_alloc(definition->n_parameters, sizeof(size_t));
    for (size_t i = 0; i < definition->n_metrics; i++)
      places->metrics[i] = column_of(&table->metrics, definition->metrics[i].name);
    for (size_t i = 0; i < definition->n_parameters; i++)
      places->parameters[i] = column_of(&table->parameters, definition->parameters[i].name);
  }
}

/* ---- cells (RFC 4180) -------------------------------------------------------------------------------------------- */

static void add_quoted(struct joust_text *line, const char *text) {
  if (!strpbrk(text, ",\"\r\n")) {
    joust_text_add(line, text);
    return;
  }
  joust_text_add_n(line, "\"", 1);
  for (; *text; text++) joust_text_add_n(line, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
  joust_text_add_n(line, "\"", 1);
}

static void add_number(struct joust_text *line, double value) {
  char buffer[JOUST_NUMBER_SIZE];
  if (!isnan(value)) joust_text_add(line, joust_number(buffer, value));
}

static void add_value(struct joust_text *line, const struct joust_store_parameter *parameter, double value) {
  if (!parameter->choices)
    add_number(line, value);
  else if (value >= 0 && value < (double)parameter->values)
    add_quoted(line, parameter->labels[(size_t)value]);
}

static void add_header(struct table *table) {
  joust_text_add(&table->line, "problem,optimiser,replicate,seed,trial,outcome,value,incumbent,cost,seconds");
  const struct names *const lists[] = {&table->metrics, &table->parameters};
  static const char *const prefixes[] = {"metric:", "x:"};
  for (size_t k = 0; k < 2; k++) {
    for (size_t i = 0; i < lists[k]->n; i++) {
      char *name = joust_format("%s%s", prefixes[k], lists[k]->items[i]);
      joust_text_add_n(&table->line, ",", 1);
      add_quoted(&table->line, name);
      free(name);
    }
  }
  joust_text_add(&table->line, ",message\n");
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

static void fill_cells(struct table *table, size_t p, uint32_t i) {
  const struct joust_listed_problem *problem = &table->catalogue.problems[p];
  const struct joust_store_definition *definition = &problem->definition;
  const struct joust_store_columns *trials = &table->trials;
  const struct places *places = &table->places[p];
  const double *x = joust_catalogue_point(problem, trials, i, table->x);
  for (size_t k = 0; k < definition->n_metrics; k++)
    add_number(&table->cells[places->metrics[k]], trials->metrics[(size_t)i * trials->n_metrics + k]);
  for (size_t k = 0; k < definition->n_parameters; k++)
    add_value(&table->cells[table->metrics.n + places->parameters[k]], &definition->parameters[k], x[k]);
}

static void add_trial(struct table *table, size_t p, const char *start, uint32_t i, double incumbent) {
  const struct joust_store_columns *trials = &table->trials;
  struct joust_text *line = &table->line;
  int64_t cost = table->catalogue.problems[p].definition.cost;
  joust_text_add(line, start);
  joust_text_addf(line, "%" PRIu32 ",%s,", i + 1, joust_catalogue_outcome(trials->outcome[i]));
  add_number(line, trials->value[i]);
  joust_text_add_n(line, ",", 1);
  add_number(line, incumbent);
  joust_text_add_n(line, ",", 1);
  if (cost >= 0) add_number(line, trials->metrics[(size_t)i * trials->n_metrics + (size_t)cost]);
  joust_text_add_n(line, ",", 1);
  add_number(line, trials->seconds[i]);
  size_t n = table->metrics.n + table->parameters.n;
  for (size_t k = 0; k < n; k++) joust_text_clear(&table->cells[k]);
  fill_cells(table, p, i);
  for (size_t k = 0; k < n; k++) {
    joust_text_add_n(line, ",", 1);
    joust_text_add_n(line, joust_text_string(&table->cells[k]), table->cells[k].length);
  }
  joust_text_add_n(line, ",", 1);
  if (trials->message[i]) add_quoted(line, trials->message[i]);
  joust_text_add_n(line, "\n", 1);
}

/* Writes what has gathered; an error of the output shows when it is flushed at the end. */
static void flush_line(struct table *table) {
  fwrite(joust_text_string(&table->line), 1, table->line.length, table->out);
  joust_text_clear(&table->line);
}

static int add_run(void *context, const struct joust_store_run *run) {
  struct table *table = context;
  size_t p, o;
  int status = joust_catalogue_find(&table->catalogue, run, &p, &o, table->error);
  if (status) return status;
  const struct joust_listed_problem *problem = &table->catalogue.problems[p];
  status = joust_catalogue_trials(&table->catalogue, table->store, run, problem, &table->trials, table->error);
  if (status) return status;
  struct joust_text start = {0};
  add_quoted(&start, problem->label);
  joust_text_add_n(&start, ",", 1);
  add_quoted(&start, table->catalogue.optimisers[o].label);
  joust_text_addf(&start, ",%" PRIu32 ",%" PRIu64 ",", run->replicate, run->seed);
  table->x = joust_resize(table->x, problem->definition.n_parameters, sizeof *table->x);
  double incumbent = NAN;
  for (uint32_t i = 0; i < table->trials.n; i++) {
    double value = table->trials.value[i];
    if (isnan(incumbent) || problem->definition.direction * value < problem->definition.direction * incumbent)
      incumbent = value;
    add_trial(table, p, joust_text_string(&start), i, incumbent);
  }
  joust_text_free(&start);
  flush_line(table);
  return 0;
}

static void free_table(struct table *table) {
  for (size_t i = 0; table->places && i < table->catalogue.n_problems; i++) {
    free(table->places[i].metrics);
    free(table->places[i].parameters);
  }
  for (size_t i = 0; table->cells && i < table->metrics.n + table->parameters.n; i++) joust_text_free(&table->cells[i]);
  joust_catalogue_free(&table->catalogue);
  free(table->places);
  free(table->cells);
  free(table->x);
  free_names(&table->metrics);
  free_names(&table->parameters);
  joust_store_columns_free(&table->trials);
  joust_text_free(&table->line);
}

int joust_store_export_csv(struct joust_store *store, FILE *out, struct joust_error *error) {
  struct table table = {.store = store, .out = out, .error = error};
  int status = joust_catalogue_make(&table.catalogue, store, error);
  if (!status) {
    place_columns(&table);
    table.cells = joust_alloc(table.metrics.n + table.parameters.n, sizeof *table.cells);
    add_header(&table);
    flush_line(&table);
    status = joust_store_each_run(store, add_run, &table, error);
  }
  free_table(&table);
  if (!status && (fflush(out) || ferror(out)))
    return joust_fail_errno(error, JOUST_SYSTEM, "%s: cannot write the CSV", store->path);
  return status;
}
