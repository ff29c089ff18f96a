#include "store/export.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "store/connection.h"
#include "store/definition.h"

/* A table over all problems: each has its own metrics and parameters, the header has the union of their names, in the
 * order in which they come first. */
struct names {
  char **items;
  size_t n;
};

struct problem {
  int64_t id;
  char *label;
  struct joust_store_definition definition;
  size_t *metric_columns, *parameter_columns; /* where in the union each of its own stands */
};

struct optimiser {
  int64_t id;
  char *label;
};

struct table {
  struct joust_store *store;
  FILE *out;
  struct joust_error *error;
  struct problem *problems;
  struct optimiser *optimisers;
  size_t n_problems, n_optimisers;
  struct names metrics, parameters;
  struct joust_store_columns trials;
  double *x;
  struct joust_text line;
  struct joust_text *cells; /* of one row: metrics, then parameters */
};

static const char *const outcomes[] = {"ok", "failed", "cancelled"};

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

/* ---- what the rows refer to -------------------------------------------------------------------------------------- */

static int add_problem(void *context, int64_t id, const struct joust_store_problem *row) {
  struct table *table = context;
  struct joust_store_definition definition;
  char *name = joust_format("%s: definition of problem %s", table->store->path, row->label);
  int status = joust_store_definition_read(&definition, name, row->definition, table->error);
  free(name);
  if (status) return status;
  table->problems = joust_resize(table->problems, table->n_problems + 1, sizeof *table->problems);
  struct problem *problem = &table->problems[table->n_problems++];
  *problem = (struct problem){
      .id = id,
      .label = joust_copy(row->label),
      .definition = definition,
      .metric_columns = joust_alloc(definition.n_metrics, sizeof(size_t)),
      .parameter_columns = joust_alloc(definition.n_parameters, sizeof(size_t)),
  };
  for (size_t i = 0; i < definition.n_metrics; i++)
    problem->metric_columns[i] = column_of(&table->metrics, definition.metrics[i].name);
  for (size_t i = 0; i < definition.n_parameters; i++)
    problem->parameter_columns[i] = column_of(&table->parameters, definition.parameters[i].name);
  return 0;
}

static int add_optimiser(void *context, int64_t id, const struct joust_store_optimiser *row) {
  struct table *table = context;
  table->optimisers = joust_resize(table->optimisers, table->n_optimisers + 1, sizeof *table->optimisers);
  table->optimisers[table->n_optimisers++] = (struct optimiser){id, joust_copy(row->label)};
  return 0;
}

static const struct problem *find_problem(const struct table *table, int64_t id) {
  for (size_t i = 0; i < table->n_problems; i++)
    if (table->problems[i].id == id) return &table->problems[i];
  return NULL;
}

static const char *find_optimiser(const struct table *table, int64_t id) {
  for (size_t i = 0; i < table->n_optimisers; i++)
    if (table->optimisers[i].id == id) return table->optimisers[i].label;
  return NULL;
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

static void fill_cells(struct table *table, const struct problem *problem, uint32_t i) {
  const struct joust_store_definition *definition = &problem->definition;
  const struct joust_store_columns *trials = &table->trials;
  const double *x = table->x;
  for (size_t k = 0; k < definition->n_metrics; k++)
    add_number(&table->cells[problem->metric_columns[k]], trials->metrics[(size_t)i * trials->n_metrics + k]);
  if (trials->has_index)
    joust_store_definition_point(definition, trials->index[i], table->x);
  else
    x = trials->x + (size_t)i * trials->n_parameters;
  for (size_t k = 0; k < definition->n_parameters; k++)
    add_value(&table->cells[table->metrics.n + problem->parameter_columns[k]], &definition->parameters[k], x[k]);
}

static void add_trial(struct table *table, const struct problem *problem, const char *start, uint32_t i,
                      double incumbent) {
  const struct joust_store_columns *trials = &table->trials;
  struct joust_text *line = &table->line;
  int64_t cost = problem->definition.cost;
  joust_text_add(line, start);
  joust_text_addf(line, "%" PRIu32 ",%s,", i + 1, outcomes[trials->outcome[i]]);
  add_number(line, trials->value[i]);
  joust_text_add_n(line, ",", 1);
  add_number(line, incumbent);
  joust_text_add_n(line, ",", 1);
  if (cost >= 0) add_number(line, trials->metrics[(size_t)i * trials->n_metrics + (size_t)cost]);
  joust_text_add_n(line, ",", 1);
  add_number(line, trials->seconds[i]);
  size_t n = table->metrics.n + table->parameters.n;
  for (size_t k = 0; k < n; k++) joust_text_clear(&table->cells[k]);
  fill_cells(table, problem, i);
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

static int check_widths(struct table *table, const struct problem *problem, const struct joust_store_run *run) {
  const struct joust_store_columns *trials = &table->trials;
  const struct joust_store_definition *definition = &problem->definition;
  if (trials->n == 0 || (trials->n_metrics == definition->n_metrics &&
                         (trials->has_index || trials->n_parameters == definition->n_parameters)))
    return 0;
  return joust_fail(table->error, JOUST_BAD_INPUT,
                    "%s: the store is damaged: run %" PRId64 " has other metrics or parameters than its problem %s",
                    table->store->path, run->id, problem->label);
}

static int add_run(void *context, const struct joust_store_run *run) {
  struct table *table = context;
  const struct problem *problem = find_problem(table, run->problem);
  const char *optimiser = find_optimiser(table, run->optimiser);
  if (!problem || !optimiser)
    return joust_fail(table->error, JOUST_BAD_INPUT,
                      "%s: the store is damaged: run %" PRId64 " has no problem or optimiser", table->store->path,
                      run->id);
  int status = joust_store_read_trials(table->store, run->id, &table->trials, table->error);
  if (!status) status = check_widths(table, problem, run);
  if (status) return status;
  struct joust_text start = {0};
  add_quoted(&start, problem->label);
  joust_text_add_n(&start, ",", 1);
  add_quoted(&start, optimiser);
  joust_text_addf(&start, ",%" PRIu32 ",%" PRIu64 ",", run->replicate, run->seed);
  table->x = joust_resize(table->x, problem->definition.n_parameters, sizeof *table->x);
  double incumbent = NAN;
  for (uint32_t i = 0; i < table->trials.n; i++) {
    double value = table->trials.value[i];
    if (isnan(incumbent) || problem->definition.direction * value < problem->definition.direction * incumbent)
      incumbent = value;
    add_trial(table, problem, joust_text_string(&start), i, incumbent);
  }
  joust_text_free(&start);
  flush_line(table);
  return 0;
}

static void free_table(struct table *table) {
  for (size_t i = 0; i < table->n_problems; i++) {
    struct problem *problem = &table->problems[i];
    joust_store_definition_free(&problem->definition);
    free(problem->metric_columns);
    free(problem->parameter_columns);
    free(problem->label);
  }
  for (size_t i = 0; i < table->n_optimisers; i++) free(table->optimisers[i].label);
  for (size_t i = 0; table->cells && i < table->metrics.n + table->parameters.n; i++) joust_text_free(&table->cells[i]);
  free(table->problems);
  free(table->optimisers);
  free(table->cells);
  free(table->x);
  free_names(&table->metrics);
  free_names(&table->parameters);
  joust_store_columns_free(&table->trials);
  joust_text_free(&table->line);
}

int joust_store_export_csv(struct joust_store *store, FILE *out, struct joust_error *error) {
  struct table table = {.store = store, .out = out, .error = error};
  int status = joust_store_each_problem(store, add_problem, &table, error);
  if (!status) status = joust_store_each_optimiser(store, add_optimiser, &table, error);
  if (!status) {
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
