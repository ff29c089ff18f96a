/* joust show --json: every estimate of the analysis. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "cli/show.h"

static void add_number(cJSON *object, const char *key, double value) {
  cJSON_AddItemToObject(object, key, isfinite(value) ? cJSON_CreateNumber(value) : cJSON_CreateNull());
}

static cJSON *estimate_json(struct joust_estimate estimate) {
  cJSON *object = cJSON_CreateObject();
  add_number(object, "n", estimate.n);
  add_number(object, "mean", estimate.mean);
  add_number(object, "standard_error", estimate.error);
  add_number(object, "standard_deviation", estimate.deviation);
  return object;
}

static cJSON *cell_json(const struct joust_analysis *analysis, const struct joust_contest *contest, uint32_t o,
                        size_t c) {
  const struct joust_shown_problem *problem = &analysis->problems[contest->problem];
  const struct joust_cell *cell = &contest->cells[o];
  cJSON *object = cJSON_CreateObject(), *metrics = cJSON_CreateObject();
  cJSON_AddStringToObject(object, "optimiser", analysis->optimisers[o].label);
  add_number(object, "runs", cell->complete + cell->failed + cell->unfinished);
  add_number(object, "failed", cell->failed);
  add_number(object, "unfinished", cell->unfinished);
  add_number(object, "rank", contest->ranks[c * analysis->n_optimisers + o]);
  double mean = joust_analysis_estimate(analysis, contest, o, c, problem->definition.objective).mean;
  add_number(object, "regret", joust_regret(&problem->definition, mean));
  for (uint32_t m = 0; m < problem->definition.n_metrics; m++)
    cJSON_AddItemToObject(metrics, problem->definition.metrics[m].name,
                          estimate_json(joust_analysis_estimate(analysis, contest, o, c, m)));
  cJSON_AddItemToObject(object, "metrics", metrics);
  add_number(object, "cpu_seconds", cell->cpu_seconds);
  cJSON_AddItemToObject(object, "counters", joust_show_counters_json(contest, o));
  return object;
}

static cJSON *references_json(const struct joust_store_definition *definition) {
  cJSON *list = cJSON_CreateArray();
  for (uint32_t i = 0; i < definition->n_references; i++) {
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "name", definition->references[i].name);
    add_number(object, "value", definition->references[i].value);
    cJSON_AddStringToObject(object, "description", definition->references[i].description);
    cJSON_AddItemToArray(list, object);
  }
  return list;
}

static cJSON *contest_json(const struct joust_analysis *analysis, const struct joust_contest *contest) {
  const struct joust_shown_problem *problem = &analysis->problems[contest->problem];
  cJSON *object = cJSON_CreateObject(), *limits = cJSON_AddObjectToObject(object, "budget");
  cJSON_AddStringToObject(object, "problem", problem->label);
  cJSON_AddStringToObject(object, "objective", problem->definition.metrics[problem->definition.objective].name);
  cJSON_AddStringToObject(object, "direction", problem->definition.direction < 0 ? "maximise" : "minimise");
  add_number(object, "best", problem->definition.best);
  if (problem->definition.n_references)
    cJSON_AddItemToObject(object, "references", references_json(&problem->definition));
  add_number(limits, "trials", contest->trials);
  add_number(limits, "cost", contest->cost);
  add_number(limits, "seconds", contest->seconds);
  cJSON *checkpoints = cJSON_AddArrayToObject(object, "checkpoints");
  for (size_t c = 0; c < analysis->n_checkpoints; c++) {
    cJSON *row = cJSON_CreateObject(), *cells = cJSON_AddArrayToObject(row, "optimisers");
    add_number(row, analysis->by_cost ? "cost" : "trials", analysis->checkpoints[c]);
    for (uint32_t o = 0; o < analysis->n_optimisers; o++)
      if (contest->cells[o].runs) cJSON_AddItemToArray(cells, cell_json(analysis, contest, o, c));
    cJSON_AddItemToArray(checkpoints, row);
  }
  return object;
}

static cJSON *published_json(const struct joust_published *published) {
  cJSON *object = cJSON_CreateObject();
  cJSON_AddStringToObject(object, "label", published->label);
  cJSON_AddStringToObject(object, "problem", published->problem);
  cJSON_AddStringToObject(object, "metric", published->metric);
  add_number(object, "mean", published->mean);
  if (!isnan(published->sd)) add_number(object, "sd", published->sd);
  cJSON_AddStringToObject(object, "source", published->source);
  return object;
}

void joust_show_json(const struct joust_view *view) {
  const struct joust_analysis *analysis = view->analysis;
  cJSON *root = cJSON_CreateObject(), *blocks = cJSON_AddArrayToObject(root, "problems");
  for (uint32_t b = 0; b < analysis->n_contests; b++)
    cJSON_AddItemToArray(blocks, contest_json(analysis, &analysis->contests[b]));
  cJSON *ranks = cJSON_AddObjectToObject(root, "mean_rank");
  size_t last = analysis->n_checkpoints - 1;
  for (uint32_t o = 0; o < analysis->n_optimisers; o++)
    add_number(ranks, analysis->optimisers[o].label, analysis->mean_ranks[last * analysis->n_optimisers + o]);
  cJSON *published = cJSON_AddArrayToObject(root, "published");
  for (size_t i = 0; i < analysis->n_published; i++)
    cJSON_AddItemToArray(published, published_json(&analysis->published[i]));
  char *text = cJSON_Print(root);
  puts(text);
  free(text);
  cJSON_Delete(root);
}
