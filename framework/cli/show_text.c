/* joust show: the tables for the terminal. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/cli.h"
#include "cli/show.h"

static const char *text_of(const cJSON *object, const char *key) {
  const char *text = cJSON_GetStringValue(joust_json_member(object, key));
  return text ? text : "";
}

/* The published figure of a label for a metric of a problem, or NULL. */
static const cJSON *find_published(const cJSON *published, const char *label, const char *problem, const char *metric) {
  for (const cJSON *row = published->child; row; row = row->next)
    if (strcmp(text_of(row, "label"), label) == 0 && strcmp(text_of(row, "problem"), problem) == 0 &&
        strcmp(text_of(row, "metric"), metric) == 0)
      return row;
  return NULL;
}

static const char *mean_text(double mean, double spread, int decimals, char buffer[80]) {
  if (isnan(mean)) return "-";
  if (isnan(spread))
    snprintf(buffer, 80, "%.*f", decimals, mean);
  else
    snprintf(buffer, 80, "%.*f ± %.*f", decimals, mean, decimals, spread);
  return buffer;
}

static const char *checkpoint_text(const struct joust_summary *summary, size_t c, char buffer[80]) {
  double at = summary->checkpoints[c];
  if (isinf(at)) return "the end";
  snprintf(buffer, 80, summary->by_cost ? "cost %.10g" : "%.0f trials", at);
  return buffer;
}

static void print_limits(const struct joust_block *block) {
  const char *comma = "";
  if (isfinite(block->trials)) printf("%.0f trials", block->trials), comma = ", ";
  if (isfinite(block->cost)) printf("%scost %.10g", comma, block->cost), comma = ", ";
  if (isfinite(block->seconds)) printf("%s%.10g s", comma, block->seconds);
}

static void add_heads(struct joust_grid *grid, const struct joust_shown_problem *problem) {
  joust_grid_add(grid, "rank");
  joust_grid_add(grid, "optimiser");
  joust_grid_add(grid, "runs");
  joust_grid_add(grid, "%s", problem->definition.metrics[problem->definition.objective].name);
  joust_grid_add(grid, "regret");
  for (uint32_t m = 0; m < problem->definition.n_metrics; m++)
    if (m != problem->definition.objective && (int32_t)m != problem->definition.cost)
      joust_grid_add(grid, "%s", problem->definition.metrics[m].name);
  joust_grid_add(grid, "CPU ms");
}

static void add_row(struct joust_grid *grid, const struct joust_view *view, const struct joust_block *block, size_t c,
                    uint32_t o) {
  const struct joust_summary *summary = view->summary;
  const struct joust_shown_problem *problem = &summary->problems[block->problem];
  const struct joust_cell *cell = &block->cells[o];
  char text[80];
  double rank = block->ranks[c * summary->n_optimisers + o];
  joust_grid_add(grid, isnan(rank) ? "-" : "%g", rank);
  joust_grid_add(grid, "%s", summary->optimisers[o].label);
  if (cell->n == cell->runs)
    joust_grid_add(grid, "%u", cell->runs);
  else
    joust_grid_add(grid, "%u of %u", cell->n, cell->runs);
  struct joust_estimate value = joust_summary_estimate(summary, block, o, c, problem->definition.objective);
  double spread = view->deviations ? value.deviation : value.error;
  int decimals = problem->definition.metrics[problem->definition.objective].decimals;
  joust_grid_add(grid, "%s", mean_text(value.mean, spread, decimals, text));
  joust_grid_add(grid, "%s", mean_text(joust_summary_regret(&problem->definition, value.mean), spread, decimals, text));
  for (uint32_t m = 0; m < problem->definition.n_metrics; m++) {
    if (m == problem->definition.objective || (int32_t)m == problem->definition.cost) continue;
    struct joust_estimate other = joust_summary_estimate(summary, block, o, c, m);
    joust_grid_add(grid, "%s",
                   mean_text(other.mean, view->deviations ? other.deviation : other.error,
                             problem->definition.metrics[m].decimals, text));
  }
  joust_grid_add(grid, "%.2f", 1e3 * cell->cpu_seconds);
}

static const char *published_text(const struct joust_view *view, const char *label,
                                  const struct joust_shown_problem *problem, uint32_t metric, char buffer[80]) {
  const struct joust_store_metric *shown = &problem->definition.metrics[metric];
  const cJSON *row = find_published(view->published, label, problem->label, shown->name);
  const cJSON *mean = joust_json_member(row, "mean"), *sd = joust_json_member(row, "sd");
  return mean_text(row ? mean->valuedouble : NAN, sd ? sd->valuedouble : NAN, shown->decimals, buffer);
}

/* Rows of a paper's figures, one for each label that the problem has any of. Their ± is always a standard deviation. */
static void add_published_rows(struct joust_grid *grid, const struct joust_view *view,
                               const struct joust_shown_problem *problem) {
  for (const cJSON *row = view->published->child; row; row = row->next) {
    const char *label = text_of(row, "label");
    bool first = strcmp(text_of(row, "problem"), problem->label) == 0;
    for (const cJSON *old = view->published->child; old != row && first; old = old->next)
      first = strcmp(text_of(old, "problem"), problem->label) != 0 || strcmp(text_of(old, "label"), label) != 0;
    if (!first) continue;
    char text[80];
    joust_grid_add(grid, "-");
    joust_grid_add(grid, "%s (published, ± sd)", label);
    joust_grid_add(grid, "-");
    joust_grid_add(grid, "%s", published_text(view, label, problem, problem->definition.objective, text));
    joust_grid_add(grid, "-");
    for (uint32_t m = 0; m < problem->definition.n_metrics; m++)
      if (m != problem->definition.objective && (int32_t)m != problem->definition.cost)
        joust_grid_add(grid, "%s", published_text(view, label, problem, m, text));
    joust_grid_add(grid, "-");
  }
}

/* Optimisers of a block in the order of their ranks; those without values last. Returns how many the block has. */
static uint32_t order_of(const struct joust_summary *summary, const struct joust_block *block, const double *ranks,
                         uint32_t *order) {
  uint32_t n = 0;
  for (uint32_t o = 0; o < summary->n_optimisers; o++) {
    if (block && block->cells[o].runs == 0) continue;
    uint32_t place = n++;
    for (; place > 0 && (isnan(ranks[order[place - 1]]) || ranks[order[place - 1]] > ranks[o]); place--)
      order[place] = order[place - 1];
    order[place] = o;
  }
  return n;
}

static void print_block(const struct joust_view *view, const struct joust_block *block) {
  const struct joust_summary *summary = view->summary;
  const struct joust_shown_problem *problem = &summary->problems[block->problem];
  const struct joust_store_metric *objective = &problem->definition.metrics[problem->definition.objective];
  uint32_t *order = joust_alloc(summary->n_optimisers, sizeof *order);
  char text[80];
  printf("%s%s%s: ", view->colours ? "\033[1m" : "", problem->label, view->colours ? "\033[0m" : "");
  print_limits(block);
  printf("; %s %s%s%s%s", problem->definition.direction < 0 ? "maximise" : "minimise", objective->title,
         *objective->unit ? " (" : "", objective->unit, *objective->unit ? ")" : "");
  if (!isnan(problem->definition.best)) printf("; best known %.*f", objective->decimals, problem->definition.best);
  puts("");
  for (size_t c = 0; c < summary->n_checkpoints; c++) {
    struct joust_grid grid = {.right = ~UINT64_C(2)};
    grid.n_columns = 5 + problem->definition.n_metrics - 1 - (problem->definition.cost >= 0) + 1;
    if (summary->n_checkpoints > 1) printf(" at %s\n", checkpoint_text(summary, c, text));
    add_heads(&grid, problem);
    uint32_t n = order_of(summary, block, block->ranks + c * summary->n_optimisers, order);
    for (uint32_t i = 0; i < n; i++) add_row(&grid, view, block, c, order[i]);
    if (c + 1 == summary->n_checkpoints) add_published_rows(&grid, view, problem);
    joust_grid_print(&grid, stdout, "  ");
  }
  puts("");
  free(order);
}

static void print_mean_ranks(const struct joust_view *view) {
  const struct joust_summary *summary = view->summary;
  uint32_t *order = joust_alloc(summary->n_optimisers, sizeof *order), n_last = summary->n_optimisers;
  struct joust_grid grid = {.n_columns = summary->n_checkpoints + 1, .right = ~UINT64_C(1)};
  char text[80];
  printf("%smean rank over %u problem%s%s (1 is best)\n", view->colours ? "\033[1m" : "", summary->n_blocks,
         summary->n_blocks == 1 ? "" : "s", view->colours ? "\033[0m" : "");
  joust_grid_add(&grid, "optimiser");
  for (size_t c = 0; c < summary->n_checkpoints; c++) joust_grid_add(&grid, "at %s", checkpoint_text(summary, c, text));
  order_of(summary, NULL, summary->mean_ranks + (summary->n_checkpoints - 1) * n_last, order);
  for (uint32_t i = 0; i < n_last; i++) {
    joust_grid_add(&grid, "%s", summary->optimisers[order[i]].label);
    for (size_t c = 0; c < summary->n_checkpoints; c++) {
      double rank = summary->mean_ranks[c * n_last + order[i]];
      joust_grid_add(&grid, isnan(rank) ? "-" : "%.2f", rank);
    }
  }
  joust_grid_print(&grid, stdout, "  ");
  free(order);
}

void joust_show_text(const struct joust_view *view) {
  const struct joust_summary *summary = view->summary;
  uint32_t failed = 0, unfinished = 0;
  for (uint32_t b = 0; b < summary->n_blocks; b++) {
    print_block(view, &summary->blocks[b]);
    for (uint32_t o = 0; o < summary->n_optimisers; o++) {
      failed += summary->blocks[b].cells[o].failed;
      unfinished += summary->blocks[b].cells[o].unfinished;
    }
  }
  if (summary->n_blocks == 0) puts("the store holds no runs");
  if (summary->n_blocks > 0 && summary->n_optimisers > 1) print_mean_ranks(view);
  if (summary->n_blocks > 0)
    printf("\nmean ± %s over replicates\n", view->deviations ? "standard deviation" : "standard error");
  if (failed || unfinished) printf("%u failed and %u unfinished runs are in no mean and no rank\n", failed, unfinished);
}
