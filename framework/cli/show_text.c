/* joust show: the tables for the terminal. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/cli.h"
#include "cli/show.h"
#include "report/twins.h"

static const char *mean_text(double mean, double spread, int decimals, char buffer[80]) {
  if (isnan(mean)) return "-";
  if (isnan(spread))
    snprintf(buffer, 80, "%.*f", decimals, mean);
  else
    snprintf(buffer, 80, "%.*f ± %.*f", decimals, mean, decimals, spread);
  return buffer;
}

static const char *checkpoint_text(const struct joust_analysis *analysis, size_t c, char buffer[80]) {
  double at = analysis->checkpoints[c];
  if (isinf(at)) return "the end";
  snprintf(buffer, 80, analysis->by_cost ? "cost %.10g" : "%.0f trials", at);
  return buffer;
}

static void print_limits(const struct joust_contest *contest) {
  const char *comma = "";
  if (isfinite(contest->trials)) printf("%.0f trials", contest->trials), comma = ", ";
  if (isfinite(contest->cost)) printf("%scost %.10g", comma, contest->cost), comma = ", ";
  if (isfinite(contest->seconds)) printf("%s%.10g s", comma, contest->seconds);
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

static void add_row(struct joust_grid *grid, const struct joust_view *view, const struct joust_contest *contest,
                    size_t c, uint32_t o) {
  const struct joust_analysis *analysis = view->analysis;
  const struct joust_shown_problem *problem = &analysis->problems[contest->problem];
  const struct joust_cell *cell = &contest->cells[o];
  char text[80];
  double rank = contest->ranks[c * analysis->n_optimisers + o];
  joust_grid_add(grid, isnan(rank) ? "-" : "%g", rank);
  joust_grid_add(grid, "%s", analysis->optimisers[o].label);
  uint32_t runs = cell->complete + cell->failed + cell->unfinished;
  if (cell->complete == runs)
    joust_grid_add(grid, "%u", runs);
  else
    joust_grid_add(grid, "%u of %u", cell->complete, runs);
  struct joust_estimate value = joust_analysis_estimate(analysis, contest, o, c, problem->definition.objective);
  double spread = view->deviations ? value.deviation : value.error;
  int decimals = problem->definition.metrics[problem->definition.objective].decimals;
  joust_grid_add(grid, "%s", mean_text(value.mean, spread, decimals, text));
  joust_grid_add(grid, "%s", mean_text(joust_regret(&problem->definition, value.mean), spread, decimals, text));
  for (uint32_t m = 0; m < problem->definition.n_metrics; m++) {
    if (m == problem->definition.objective || (int32_t)m == problem->definition.cost) continue;
    struct joust_estimate other = joust_analysis_estimate(analysis, contest, o, c, m);
    joust_grid_add(grid, "%s",
                   mean_text(other.mean, view->deviations ? other.deviation : other.error,
                             problem->definition.metrics[m].decimals, text));
  }
  joust_grid_add(grid, "%.2f", 1e3 * cell->cpu_seconds);
}

static const char *published_text(const struct joust_view *view, const char *label,
                                  const struct joust_shown_problem *problem, uint32_t metric, char buffer[80]) {
  const struct joust_store_metric *shown = &problem->definition.metrics[metric];
  const struct joust_published *row = joust_published_find(view->analysis, label, problem->label, shown->name);
  return mean_text(row ? row->mean : NAN, row ? row->sd : NAN, shown->decimals, buffer);
}

/* Rows of a paper's figures, one for each label that the problem has any of. Their ± is always a standard deviation. */
static void add_published_rows(struct joust_grid *grid, const struct joust_view *view,
                               const struct joust_shown_problem *problem) {
  const struct joust_published *rows = view->analysis->published;
  for (size_t i = 0; i < view->analysis->n_published; i++) {
    const char *label = rows[i].label;
    bool first = strcmp(rows[i].problem, problem->label) == 0;
    for (size_t j = 0; j < i && first; j++)
      first = strcmp(rows[j].problem, problem->label) != 0 || strcmp(rows[j].label, label) != 0;
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

/* Optimisers of a contest in the order of their ranks; those without values last. Returns how many the contest has. */
static uint32_t order_of(const struct joust_analysis *analysis, const struct joust_contest *contest,
                         const double *ranks, uint32_t *order) {
  uint32_t n = 0;
  for (uint32_t o = 0; o < analysis->n_optimisers; o++) {
    if (contest && !contest->cells[o].runs) continue;
    uint32_t place = n++;
    for (; place > 0; place--) {
      double before = ranks[order[place - 1]];
      if (!(before > ranks[o] || (isnan(before) && !isnan(ranks[o])))) break;
      order[place] = order[place - 1];
    }
    order[place] = o;
  }
  return n;
}

/* What the values are to be compared with, in one line. */
static void print_references(const struct joust_store_definition *definition) {
  for (uint32_t i = 0; i < definition->n_references; i++)
    printf("%s%s %.*f", i ? ", " : "  to compare with: ", definition->references[i].name,
           definition->metrics[definition->objective].decimals, definition->references[i].value);
  if (definition->n_references) puts("");
}

static void print_contest(const struct joust_view *view, const struct joust_contest *contest) {
  const struct joust_analysis *analysis = view->analysis;
  const struct joust_shown_problem *problem = &analysis->problems[contest->problem];
  const struct joust_store_metric *objective = &problem->definition.metrics[problem->definition.objective];
  uint32_t *order = joust_alloc(analysis->n_optimisers, sizeof *order);
  char text[80];
  printf("%s%s%s: ", view->colours ? "\033[1m" : "", problem->label, view->colours ? "\033[0m" : "");
  print_limits(contest);
  printf("; %s %s%s%s%s", problem->definition.direction < 0 ? "maximise" : "minimise", objective->title,
         *objective->unit ? " (" : "", objective->unit, *objective->unit ? ")" : "");
  if (!isnan(problem->definition.best)) printf("; best known %.*f", objective->decimals, problem->definition.best);
  puts("");
  print_references(&problem->definition);
  for (size_t c = 0; c < analysis->n_checkpoints; c++) {
    struct joust_grid grid = {.right = ~UINT64_C(2)};
    grid.n_columns = 5 + problem->definition.n_metrics - 1 - (problem->definition.cost >= 0) + 1;
    const char *note = joust_checkpoint_note(analysis, contest, c);
    if (analysis->n_checkpoints > 1 || *note) printf(" at %s%s\n", checkpoint_text(analysis, c, text), note);
    add_heads(&grid, problem);
    uint32_t n = order_of(analysis, contest, contest->ranks + c * analysis->n_optimisers, order);
    for (uint32_t i = 0; i < n; i++) add_row(&grid, view, contest, c, order[i]);
    if (c + 1 == analysis->n_checkpoints) add_published_rows(&grid, view, problem);
    joust_grid_print(&grid, stdout, "  ");
  }
  puts("");
  free(order);
}

static void print_mean_ranks(const struct joust_view *view) {
  const struct joust_analysis *analysis = view->analysis;
  uint32_t *order = joust_alloc(analysis->n_optimisers, sizeof *order), n_last = analysis->n_optimisers;
  struct joust_grid grid = {.n_columns = analysis->n_checkpoints + 1, .right = ~UINT64_C(1)};
  char text[80];
  printf("%smean rank over %u problem%s%s (1 is best)\n", view->colours ? "\033[1m" : "", analysis->n_ranked,
         analysis->n_ranked == 1 ? "" : "s", view->colours ? "\033[0m" : "");
  joust_grid_add(&grid, "optimiser");
  for (size_t c = 0; c < analysis->n_checkpoints; c++)
    joust_grid_add(&grid, "at %s", checkpoint_text(analysis, c, text));
  order_of(analysis, NULL, analysis->mean_ranks + (analysis->n_checkpoints - 1) * n_last, order);
  for (uint32_t i = 0; i < n_last; i++) {
    joust_grid_add(&grid, "%s", analysis->optimisers[order[i]].label);
    for (size_t c = 0; c < analysis->n_checkpoints; c++) {
      double rank = analysis->mean_ranks[c * n_last + order[i]];
      joust_grid_add(&grid, isnan(rank) ? "-" : "%.2f", rank);
    }
  }
  joust_grid_print(&grid, stdout, "  ");
  free(order);
}

void joust_show_text(const struct joust_view *view) {
  const struct joust_analysis *analysis = view->analysis;
  for (uint32_t c = 0; c < analysis->n_contests; c++) print_contest(view, &analysis->contests[c]);
  if (analysis->n_contests == 0) puts("the store holds no runs");
  if (analysis->n_ranked > 0 && analysis->n_optimisers > 1) print_mean_ranks(view);
  if (analysis->n_contests > 0)
    printf("\nmean ± %s over replicates\n", view->deviations ? "standard deviation" : "standard error");
  if (analysis->n_failed)
    printf("%u failed run%s in no mean, and count in ranks as the worst value of their problem\n", analysis->n_failed,
           analysis->n_failed == 1 ? " is" : "s are");
  if (analysis->n_unfinished)
    printf("%u unfinished run%s in no mean and no rank\n", analysis->n_unfinished,
           analysis->n_unfinished == 1 ? " is" : "s are");
  char *twins = joust_twins(analysis);
  if (twins) printf("under one label: %s\n", twins);
  free(twins);
  for (uint32_t o = 0; o < analysis->n_optimisers; o++)
    if (analysis->optimisers[o].idle)
      printf("%s made no trial in %u run%s: it was done before it proposed anything\n", analysis->optimisers[o].label,
             analysis->optimisers[o].idle, analysis->optimisers[o].idle == 1 ? "" : "s");
  joust_show_counters(view);
}
