/* CSV: one row a trial, all problems of a store in one table. */
#include "store/export.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "store/definition.h"

struct names { /* of columns, in the order in which problems first mention them; borrowed */
  const char **items;
  size_t n;
};

struct labelled {
  int64_t id;
  char *label;
};

struct csv {
  struct joust_store *store;
  FILE *out;
  struct joust_error *error;
  struct joust_definition *problems;
  struct labelled *optimisers;
  struct joust_store_run *runs; /* their texts are not used */
  size_t n_problems, n_optimisers, n_runs;
  struct names metrics, parameters;
  struct joust_store_columns trials; /* of the run that is being written */
  struct joust_text row;
  double *x; /* a point */
};

/* ---- what there is to write -------------------------------------------------------------------------------------- */

static void add_name(struct names *names, const char *name) {
  for (size_t i = 0; i < names->n; i++)
    if (strcmp(names->items[i], name) == 0) return;
  names->items = joust_resize(names->items, names->n + 1, sizeof *names->items);
  names->items[names->n++] = name;
}

static int add_problem(void *context, int64_t id, const struct joust_store_problem *problem) {
  struct csv *csv = context;
  csv->problems = joust_resize(csv->problems, csv->n_problems + 1, sizeof *csv->problems);
  struct joust_definition *definition = &csv->problems[csv->n_problems];
  int code = joust_definition_read(definition, id, problem->label, problem->definition, csv->error);
  if (code) return code;
  csv->n_problems++;
  for (uint32_t i = 0; i < definition->n_metrics; i++) add_name(&csv->metrics, definition->metrics[i].name);
  for (uint32_t i = 0; i < definition->n_parameters; i++) add_name(&csv->parameters, definition->parameters[i].name);
  csv->x = joust_resize(csv->x, csv->parameters.n, sizeof *csv->x);
  return 0;
}

static int add_optimiser(void *context, int64_t id, const struct joust_store_optimiser *optimiser) {
  struct csv *csv = context;
  csv->optimisers = joust_resize(csv->optimisers, csv->n_optimisers + 1, sizeof *csv->optimisers);
  csv->optimisers[csv->n_optimisers++] = (struct labelled){id, joust_copy(optimiser->label)};
  return 0;
}

static int add_run(void *context, const struct joust_store_run *run) {
  struct csv *csv = context;
  csv->runs = joust_resize(csv->runs, csv->n_runs + 1, sizeof *csv->runs);
  csv->runs[csv->n_runs++] = *run;
  return 0;
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

/* A field, in quotes where RFC 4180 wants them. */
static void add_field(struct joust_text *row, const char *text) {
  if (row->length) joust_text_add(row, ",");
  if (!strpbrk(text, ",\"\r\n")) {
    joust_text_add(row, text);
    return;
  }
  joust_text_add(row, "\"");
  for (const char *c = text; *c; c++) joust_text_add_n(row, *c == '"' ? "\"\"" : c, *c == '"' ? 2 : 1);
  joust_text_add(row, "\"");
}

static void add_number(struct joust_text *row, double value) {
  char number[JOUST_NUMBER_SIZE];
  add_field(row, isnan(value) ? "" : joust_number(number, value));
}

static int end_row(struct csv *csv) {
  joust_text_add(&csv->row, "\n");
  size_t written = fwrite(csv->row.bytes, 1, csv->row.length, csv->out);
  bool all = written == csv->row.length;
  joust_text_clear(&csv->row);
  return all ? 0 : joust_fail_errno(csv->error, JOUST_SYSTEM, "cannot write the CSV");
}

static int write_head(struct csv *csv) {
  static const char *const fixed[] = {"problem", "optimiser", "replicate", "seed", "trial",
                                      "outcome", "value",     "incumbent", "cost", "seconds"};
  for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) add_field(&csv->row, fixed[i]);
  struct {
    const char *prefix;
    const struct names *names;
  } parts[] = {{"metric", &csv->metrics}, {"x", &csv->parameters}};
  for (int part = 0; part < 2; part++)
    for (size_t i = 0; i < parts[part].names->n; i++) {
      char *name = joust_format("%s:%s", parts[part].prefix, parts[part].names->items[i]);
      add_field(&csv->row, name);
      free(name);
    }
  return end_row(csv);
}

static void add_metrics(struct csv *csv, const struct joust_definition *problem, const double *metrics) {
  for (size_t i = 0; i < csv->metrics.n; i++) {
    uint32_t m = 0;
    while (m < problem->n_metrics && strcmp(problem->metrics[m].name, csv->metrics.items[i]) != 0) m++;
    add_number(&csv->row, m < problem->n_metrics ? metrics[m] : NAN);
  }
}

static void add_point(struct csv *csv, const struct joust_definition *problem, uint32_t trial) {
  struct joust_text label = {0};
  const double *x = csv->x;
  if (csv->trials.has_index)
    joust_definition_point(problem, csv->trials.index[trial], csv->x);
  else
    x = csv->trials.x + (size_t)trial * csv->trials.n_parameters;
  for (size_t i = 0; i < csv->parameters.n; i++) {
    uint32_t p = 0;
    while (p < problem->n_parameters && strcmp(problem->parameters[p].name, csv->parameters.items[i]) != 0) p++;
    joust_text_clear(&label);
    if (p < problem->n_parameters) joust_definition_print_value(&problem->parameters[p], x[p], &label);
    add_field(&csv->row, joust_text_string(&label));
  }
  joust_text_free(&label);
}

static int write_run(struct csv *csv, const struct joust_store_run *run, const struct joust_definition *problem,
                     const char *optimiser) {
  static const char *const outcomes[] = {"ok", "failed", "cancelled"};
  const struct joust_store_columns *trials = &csv->trials;
  double incumbent = NAN;
  int code = 0;
  for (uint32_t i = 0; i < trials->n && !code; i++) {
    const double *metrics = trials->metrics + (size_t)i * trials->n_metrics;
    double value = trials->value[i], cost = problem->cost < 0 ? 0 : metrics[problem->cost];
    if (!isnan(value) && !(problem->direction * value >= problem->direction * incumbent)) incumbent = value;
    add_field(&csv->row, problem->label);
    add_field(&csv->row, optimiser);
    joust_text_addf(&csv->row, ",%" PRIu32 ",%" PRIu64 ",%" PRIu32 ",%s", run->replicate, run->seed, i + 1,
                    outcomes[trials->outcome[i] <= 2 ? trials->outcome[i] : 1]);
    const double numbers[] = {value, incumbent, cost, trials->seconds[i]};
    for (int k = 0; k < 4; k++) add_number(&csv->row, numbers[k]);
    add_metrics(csv, problem, metrics);
    add_point(csv, problem, i);
    code = end_row(csv);
  }
  return code;
}

static int read_and_write(struct csv *csv, const struct joust_store_run *run) {
  const struct joust_definition *problem = NULL;
  const char *optimiser = "";
  for (size_t i = 0; i < csv->n_problems; i++)
    if (csv->problems[i].id == run->problem) problem = &csv->problems[i];
  for (size_t i = 0; i < csv->n_optimisers; i++)
    if (csv->optimisers[i].id == run->optimiser) optimiser = csv->optimisers[i].label;
  int code = joust_store_read_trials(csv->store, run->id, &csv->trials, csv->error);
  if (code || csv->trials.n == 0) return code;
  if (!problem || csv->trials.n_metrics != problem->n_metrics ||
      (!csv->trials.has_index && csv->trials.n_parameters != problem->n_parameters))
    return joust_fail(csv->error, JOUST_BAD_INPUT,
                      "the store is damaged: the trials of run %lld do not fit its problem", (long long)run->id);
  return write_run(csv, run, problem, optimiser);
}

int joust_store_export_csv(struct joust_store *store, FILE *out, struct joust_error *error) {
  struct csv csv = {.store = store, .out = out, .error = error};
  int code;
  if (!(code = joust_store_each_problem(store, add_problem, &csv, error)) &&
      !(code = joust_store_each_optimiser(store, add_optimiser, &csv, error)) &&
      !(code = joust_store_each_run(store, add_run, &csv, error)))
    code = write_head(&csv);
  for (size_t i = 0; i < csv.n_runs && !code; i++) code = read_and_write(&csv, &csv.runs[i]);
  for (size_t i = 0; i < csv.n_problems; i++) joust_definition_free(&csv.problems[i]);
  for (size_t i = 0; i < csv.n_optimisers; i++) free(csv.optimisers[i].label);
  joust_store_columns_free(&csv.trials);
  joust_text_free(&csv.row);
  free(csv.problems);
  free(csv.optimisers);
  free(csv.runs);
  free(csv.metrics.items);
  free(csv.parameters.items);
  free(csv.x);
  return code;
}
