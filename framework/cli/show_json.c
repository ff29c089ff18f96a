/* joust show --json: every estimate of the summary. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

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

static cJSON *cell_json(const struct joust_summary *summary, const struct joust_block *block, uint32_t o, size_t c) {
  const struct joust_shown_problem *problem = &summary->problems[block->problem];
  const struct joust_cell *cell = &block->cells[o];
  cJSON *object = cJSON_CreateObject(), *metrics = cJSON_CreateObject();
  cJSON_AddStringToObject(object, "optimiser", summary->optimisers[o].label);
  add_number(object, "runs", cell->runs);
  add_number(object, "failed", cell->failed);
  add_number(object, "unfinished", cell->unfinished);
  add_number(object, "rank", block->ranks[c * summary->n_optimisers + o]);
  double mean = joust_summary_estimate(summary, block, o, c, problem->definition.objective).mean;
  add_number(object, "regret", joust_summary_regret(&problem->definition, mean));
  for (uint32_t m = 0; m < problem->definition.n_metrics; m++)
    cJSON_AddItemToObject(metrics, problem->definition.metrics[m].name,
                          estimate_json(joust_summary_estimate(summary, block, o, c, m)));
  cJSON_AddItemToObject(object, "metrics", metrics);
  add_number(object, "cpu_seconds", cell->cpu_seconds);
  return object;
}

static cJSON *block_json(const struct joust_summary *summary, const struct joust_block *block) {
  const struct joust_shown_problem *problem = &summary->problems[block->problem];
  cJSON *object = cJSON_CreateObject(), *limits = cJSON_AddObjectToObject(object, "budget");
  cJSON_AddStringToObject(object, "problem", problem->label);
  cJSON_AddStringToObject(object, "objective", problem->definition.metrics[problem->definition.objective].name);
  cJSON_AddStringToObject(object, "direction", problem->definition.direction < 0 ? "maximise" : "minimise");
  add_number(object, "best", problem->definition.best);
  add_number(limits, "trials", block->trials);
  add_number(limits, "cost", block->cost);
  add_number(limits, "seconds", block->seconds);
  cJSON *checkpoints = cJSON_AddArrayToObject(object, "checkpoints");
  for (size_t c = 0; c < summary->n_checkpoints; c++) {
    cJSON *row = cJSON_CreateObject(), *cells = cJSON_AddArrayToObject(row, "optimisers");
    add_number(row, summary->by_cost ? "cost" : "trials", summary->checkpoints[c]);
    for (uint32_t o = 0; o < summary->n_optimisers; o++)
      if (block->cells[o].runs) cJSON_AddItemToArray(cells, cell_json(summary, block, o, c));
    cJSON_AddItemToArray(checkpoints, row);
  }
  return object;
}

void joust_show_json(const struct joust_view *view) {
  const struct joust_summary *summary = view->summary;
  cJSON *root = cJSON_CreateObject(), *blocks = cJSON_AddArrayToObject(root, "problems");
  for (uint32_t b = 0; b < summary->n_blocks; b++)
    cJSON_AddItemToArray(blocks, block_json(summary, &summary->blocks[b]));
  cJSON *ranks = cJSON_AddObjectToObject(root, "mean_rank");
  size_t last = summary->n_checkpoints - 1;
  for (uint32_t o = 0; o < summary->n_optimisers; o++)
    add_number(ranks, summary->optimisers[o].label, summary->mean_ranks[last * summary->n_optimisers + o]);
  cJSON_AddItemToObject(root, "published", cJSON_Duplicate(view->published, 1));
  char *text = cJSON_Print(root);
  puts(text);
  free(text);
  cJSON_Delete(root);
}
