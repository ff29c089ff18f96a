#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "store/catalogue.h"
#include "store/connection.h"
#include "store/export.h"

struct document {
  struct joust_store *store;
  FILE *out;
  struct joust_error *error;
  struct joust_catalogue catalogue;
  struct joust_store_columns trials;
  struct joust_text text;
  double *points; /* trials x parameters */
  size_t n_runs;
};

static void flush(struct document *document) {
  fwrite(joust_text_string(&document->text), 1, document->text.length, document->out); /* errors: when it is flushed */
  joust_text_clear(&document->text);
}

static void add_member(struct joust_text *text, const char *start, const char *name, const char *value) {
  joust_text_add(text, start);
  joust_json_write_text(text, name);
  joust_text_add(text, ": ");
  joust_json_write_text(text, value);
}

static void add_number(struct joust_text *text, const char *start, const char *name, double value) {
  joust_text_addf(text, "%s\"%s\": ", start, name);
  joust_json_write_number(text, value);
}

/* What the store keeps as JSON; null where that is no JSON. */
static void add_object(struct joust_text *text, const char *json) {
  cJSON *node = cJSON_Parse(json);
  joust_text_add(text, node ? json : "null");
  cJSON_Delete(node);
}

/* ---- what runs refer to ------------------------------------------------------------------------------------------ */

static void add_problems(struct joust_text *text, const struct joust_catalogue *catalogue) {
  joust_text_add(text, "  \"problems\": [");
  for (size_t i = 0; i < catalogue->n_problems; i++) {
    const struct joust_listed_problem *problem = &catalogue->problems[i];
    joust_text_addf(text, "%s\n    {\"id\": %" PRId64, i ? "," : "", problem->id);
    add_member(text, ", ", "label", problem->label);
    add_member(text, ", ", "name", problem->name);
    add_member(text, ", ", "fingerprint", problem->fingerprint);
    joust_text_addf(text, ", \"definition\": %s}", problem->json);
  }
  joust_text_add(text, "\n  ],\n");
}

static void add_optimisers(struct joust_text *text, const struct joust_catalogue *catalogue) {
  joust_text_add(text, "  \"optimisers\": [");
  for (size_t i = 0; i < catalogue->n_optimisers; i++) {
    const struct joust_listed_optimiser *optimiser = &catalogue->optimisers[i];
    joust_text_addf(text, "%s\n    {\"id\": %" PRId64, i ? "," : "", optimiser->id);
    add_member(text, ", ", "label", optimiser->label);
    add_member(text, ", ", "name", optimiser->name);
    add_member(text, ", ", "version", optimiser->version);
    joust_text_add(text, ", \"options\": ");
    add_object(text, optimiser->options);
    joust_text_add(text, "}");
  }
  joust_text_add(text, "\n  ],\n");
}

/* ---- runs -------------------------------------------------------------------------------------------------------- */

/* A column of numbers, `stride` apart. */
static void add_column(struct joust_text *text, const char *start, const char *name, const double *values, uint32_t n,
                       size_t stride) {
  joust_text_add(text, start);
  joust_json_write_text(text, name);
  joust_text_add(text, ": [");
  for (uint32_t i = 0; i < n; i++) {
    if (i) joust_text_add(text, ", ");
    joust_json_write_number(text, values[i * stride]);
  }
  joust_text_add(text, "]");
}

static void add_labels(struct joust_text *text, const char *start, const struct joust_store_parameter *parameter,
                       const double *values, uint32_t n, size_t stride) {
  joust_text_add(text, start);
  joust_json_write_text(text, parameter->name);
  joust_text_add(text, ": [");
  for (uint32_t i = 0; i < n; i++) {
    double value = values[i * stride];
    if (i) joust_text_add(text, ", ");
    if (value >= 0 && value < (double)parameter->values)
      joust_json_write_text(text, parameter->labels[(size_t)value]);
    else
      joust_text_add(text, "null");
  }
  joust_text_add(text, "]");
}

static void add_points(struct document *document, const struct joust_listed_problem *problem) {
  struct joust_text *text = &document->text;
  const struct joust_store_columns *trials = &document->trials;
  size_t width = problem->definition.n_parameters;
  document->points = joust_resize(document->points, trials->n * width, sizeof *document->points);
  for (uint32_t i = 0; i < trials->n; i++) {
    double *row = document->points + i * width;
    const double *x = joust_catalogue_point(problem, trials, i, row);
    for (size_t k = 0; k < width; k++) row[k] = x[k];
  }
  joust_text_add(text, ",\n      \"x\": {");
  for (size_t k = 0; k < width; k++) {
    const struct joust_store_parameter *parameter = &problem->definition.parameters[k];
    const char *start = k ? ", " : "";
    if (parameter->choices)
      add_labels(text, start, parameter, document->points + k, trials->n, width);
    else
      add_column(text, start, parameter->name, document->points + k, trials->n, width);
  }
  joust_text_add(text, "}");
}

static void add_words(struct joust_text *text, const struct joust_store_columns *trials) {
  joust_text_add(text, "\"outcome\": [");
  for (uint32_t i = 0; i < trials->n; i++)
    joust_text_addf(text, "%s\"%s\"", i ? ", " : "", joust_catalogue_outcome(trials->outcome[i]));
  joust_text_add(text, "]");
  if (!trials->has_message) return;
  joust_text_add(text, ",\n      \"message\": [");
  for (uint32_t i = 0; i < trials->n; i++) {
    if (i) joust_text_add(text, ", ");
    if (trials->message[i])
      joust_json_write_text(text, trials->message[i]);
    else
      joust_text_add(text, "null");
  }
  joust_text_add(text, "]");
}

static void add_run_row(struct joust_text *text, const struct joust_store_run *run, const char *problem,
                        const char *optimiser) {
  static const char *const states[] = {"absent", "unfinished", "complete", "failed"};
  add_member(text, "\n    {", "problem", problem);
  add_member(text, ", ", "optimiser", optimiser);
  joust_text_addf(text, ", \"problem_id\": %" PRId64 ", \"optimiser_id\": %" PRId64, run->problem, run->optimiser);
  joust_text_addf(text, ", \"replicate\": %" PRIu32 ", \"seed\": \"%" PRIu64 "\"", run->replicate, run->seed);
  add_member(text, ", ", "key", run->key);
  add_member(text, ", ", "state", states[run->state]);
  add_member(text, ", ", "reason", run->reason);
  add_number(text, ",\n      ", "budget_trials", run->budget_trials);
  add_number(text, ", ", "budget_cost", run->budget_cost);
  add_number(text, ", ", "budget_seconds", run->budget_seconds);
  add_number(text, ", ", "cost", run->cost);
  add_number(text, ", ", "seconds", run->seconds);
  add_number(text, ", ", "cpu_seconds", run->cpu_seconds);
  joust_text_add(text, ", \"counters\": ");
  add_object(text, run->counters);
  joust_text_add(text, ",\n      \"trials\": {");
}

static int add_run(void *context, const struct joust_store_run *run) {
  struct document *document = context;
  struct joust_text *text = &document->text;
  size_t p, o;
  int status = joust_catalogue_find(&document->catalogue, run, &p, &o, document->error);
  if (status) return status;
  const struct joust_listed_problem *problem = &document->catalogue.problems[p];
  struct joust_store_columns *trials = &document->trials;
  status = joust_catalogue_trials(&document->catalogue, document->store, run, problem, trials, document->error);
  if (status) return status;
  if (document->n_runs++) joust_text_add(text, ",");
  add_run_row(text, run, problem->label, document->catalogue.optimisers[o].label);
  add_words(text, trials);
  add_column(text, ",\n      ", "value", trials->value, trials->n, 1);
  add_column(text, ",\n      ", "seconds", trials->seconds, trials->n, 1);
  joust_text_add(text, ",\n      \"metrics\": {");
  for (size_t k = 0; k < problem->definition.n_metrics; k++)
    add_column(text, k ? ", " : "", problem->definition.metrics[k].name, trials->n ? trials->metrics + k : NULL,
               trials->n, trials->n_metrics);
  joust_text_add(text, "}");
  add_points(document, problem);
  joust_text_add(text, "}}");
  flush(document);
  return 0;
}

int joust_store_export_json(struct joust_store *store, FILE *out, struct joust_error *error) {
  struct document document = {.store = store, .out = out, .error = error};
  int status = joust_catalogue_make(&document.catalogue, store, error);
  if (!status) {
    joust_text_add(&document.text, "{\n  \"joust\": \"" JOUST_VERSION "\",\n");
    add_problems(&document.text, &document.catalogue);
    add_optimisers(&document.text, &document.catalogue);
    joust_text_add(&document.text, "  \"runs\": [");
    status = joust_store_each_run(store, add_run, &document, error);
    if (!status) joust_text_add(&document.text, "\n  ]\n}\n"); /* else it is not to pass for whole */
    flush(&document);
  }
  joust_catalogue_free(&document.catalogue);
  joust_store_columns_free(&document.trials);
  joust_text_free(&document.text);
  free(document.points);
  if (!status && (fflush(out) || ferror(out)))
    return joust_fail_errno(error, JOUST_SYSTEM, "%s: cannot write the JSON", store->path);
  return status;
}
