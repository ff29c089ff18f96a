/* What stands in the tables. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "report/analysis_parts.h"
#include "report/table_parts.h"
#include "stats/enough.h"
#include "stats/multiple.h"
#include "stats/signed_rank.h"

static struct joust_table_row *add_row(struct joust_table *table, const char *label) {
  table->rows = joust_resize(table->rows, table->n_rows + 1, sizeof *table->rows);
  struct joust_table_row *row = &table->rows[table->n_rows++];
  *row =
      (struct joust_table_row){.label = joust_copy(label), .cells = joust_alloc(table->n_columns, sizeof *row->cells)};
  for (size_t i = 0; i < table->n_columns; i++) row->cells[i] = (struct joust_table_cell){.mean = NAN, .sd = NAN};
  return row;
}

static char *metric_title(const struct joust_store_metric *metric) {
  return *metric->unit ? joust_format("%s (%s)", metric->title, metric->unit) : joust_copy(metric->title);
}

/* The optimisers that have runs in the contest, by its rank at the end, then label. */
static uint32_t sorted_optimisers(uint32_t *order, const struct joust_analysis *analysis,
                                  const struct joust_contest *contest) {
  uint32_t n = 0;
  for (uint32_t o = 0; o < analysis->n_optimisers; o++) {
    if (contest->cells[o].runs == NULL) continue;
    uint32_t place = n++;
    for (; place > 0 && contest->cells[o].rank < contest->cells[order[place - 1]].rank; place--)
      order[place] = order[place - 1];
    order[place] = o;
  }
  return n;
}

/* Where the points of an optimiser's runs are published, if it played them back: counter `published`. */
static char *playback_source(const struct joust_contest *contest, uint32_t optimiser) {
  const struct joust_cell *cell = &contest->cells[optimiser];
  char *source = NULL;
  for (uint32_t r = 0; cell->runs && r < contest->n_rows && !source; r++) {
    cJSON *counters = cell->runs[r].counters ? cJSON_Parse(cell->runs[r].counters) : NULL;
    const char *text = cJSON_GetStringValue(joust_json_member(counters, "published"));
    if (text) source = joust_format("points published in %s, evaluated here", text);
    cJSON_Delete(counters);
  }
  return source;
}

/* ---- best, and not worse than it
 * --------------------------------------------------------------------------------------- */

struct column { /* a metric of a contest at a checkpoint, and who is compared in it */
  const struct joust_analysis *analysis;
  const struct joust_contest *contest;
  size_t checkpoint;
  uint32_t metric;
  const uint32_t *optimisers; /* n: of the rows, in their order */
  uint32_t n;
  int direction;
};

/* Smaller is better; NaN, the worst, for a run that has no value. */
static double value_of(const struct column *column, uint32_t optimiser, uint32_t row) {
  size_t n_metrics = joust_definition_of(column->analysis, column->contest)->n_metrics;
  size_t place = row * column->analysis->n_checkpoints + column->checkpoint;
  return column->direction * column->contest->cells[optimiser].at[place * n_metrics + column->metric];
}

/* NaN where too few replicates are shared for any difference to come out significant. */
static double p_against(const struct column *column, uint32_t a, uint32_t b) {
  const struct joust_contest *contest = column->contest;
  double *x = joust_alloc(contest->n_rows, sizeof *x), *y = joust_alloc(contest->n_rows, sizeof *y), p = NAN;
  size_t n = 0;
  for (uint32_t r = 0; r < contest->n_rows; r++) {
    if (!joust_run_counts(&contest->cells[a].runs[r]) || !joust_run_counts(&contest->cells[b].runs[r])) continue;
    x[n] = value_of(column, a, r);
    y[n++] = value_of(column, b, r);
  }
  if (n >= joust_enough_pairs(column->analysis->alpha, column->n - 1))
    p = joust_signed_rank_test(x, y, n, JOUST_ZEROS_PRATT).p;
  free(x);
  free(y);
  return p;
}

/* Whether the mean is of all runs that count: that of an optimiser whose bad runs failed is none to be compared with.
 */
static bool is_whole(const struct joust_table_cell *cell, const struct column *column, uint32_t i) {
  return !isnan(cell->mean) && cell->n == column->contest->cells[column->optimisers[i]].n;
}

/* Cells: one a row, of the column's optimisers. */
static void mark(struct joust_table_cell *const *cells, const struct column *column) {
  uint32_t n = column->n, best = n;
  if (column->direction == 0 || n < 2) return;
  for (uint32_t i = 0; i < n; i++) {
    if (!is_whole(cells[i], column, i)) continue;
    if (best == n || column->direction * cells[i]->mean < column->direction * cells[best]->mean) best = i;
  }
  if (best == n) return;
  double *p = joust_alloc(n, sizeof *p), top = cells[best]->mean;
  for (uint32_t i = 0; i < n; i++)
    p[i] = i == best ? NAN : p_against(column, column->optimisers[i], column->optimisers[best]);
  joust_holm(p, p, n);
  for (uint32_t i = 0; i < n; i++) {
    cells[i]->best = is_whole(cells[i], column, i) && cells[i]->mean == top;
    cells[i]->level = !cells[i]->best && !isnan(cells[i]->mean) && p[i] > column->analysis->alpha;
  }
  free(p);
}

/* Fills and marks column `place` of the table in the rows from `first` on, one for each optimiser of the column. */
static void fill_column(struct joust_table *table, size_t first, size_t place, const struct column *column) {
  struct joust_table_cell **cells = joust_alloc(column->n, sizeof *cells);
  for (uint32_t i = 0; i < column->n; i++) {
    struct joust_estimate e = joust_analysis_estimate(column->analysis, column->contest, column->optimisers[i],
                                                      column->checkpoint, column->metric);
    cells[i] = &table->rows[first + i].cells[place];
    *cells[i] = (struct joust_table_cell){.mean = e.mean, .sd = e.deviation, .n = e.n};
  }
  mark(cells, column);
  free(cells);
}

/* ---- published figures
 * --------------------------------------------------------------------------------------------------- */

/* The row of a label, made when it is first needed. */
static struct joust_table_row *published_row(struct joust_table *table, size_t first,
                                             const struct joust_published *from) {
  for (size_t i = first; i < table->n_rows; i++)
    if (strcmp(table->rows[i].label, from->label) == 0) return &table->rows[i];
  struct joust_table_row *row = add_row(table, from->label);
  if (table->n_rows - 1 == first) row->section = joust_copy("published");
  row->at = joust_copy("published");
  row->source = joust_copy(from->source);
  return row;
}

static void add_published(struct joust_table *table, const struct joust_analysis *analysis, size_t first,
                          const char *problem, const char *metric, size_t column) {
  for (size_t i = 0; i < analysis->n_published; i++) {
    const struct joust_published *from = &analysis->published[i];
    if (strcmp(from->problem, problem) != 0 || strcmp(from->metric, metric) != 0) continue;
    struct joust_table_row *row = published_row(table, first, from);
    row->cells[column].mean = from->mean;
    row->cells[column].sd = from->sd;
  }
}

/* ---- a contest
 * --------------------------------------------------------------------------------------------------------------- */

static void set_columns(struct joust_table *table, const struct joust_store_definition *problem) {
  table->columns = joust_alloc(problem->n_metrics, sizeof *table->columns);
  for (uint32_t i = 0; i < problem->n_metrics; i++) { /* the objective first */
    uint32_t m = i == 0 ? problem->objective : i <= problem->objective ? i - 1 : i;
    const struct joust_store_metric *metric = &problem->metrics[m];
    table->columns[table->n_columns++] =
        (struct joust_table_column){.title = metric_title(metric),
                                    .key = joust_copy(metric->name),
                                    .decimals = metric->decimals,
                                    .direction = m == problem->objective ? problem->direction : metric->direction};
  }
}

static uint32_t metric_of(const struct joust_store_definition *problem, size_t column) {
  return column == 0 ? problem->objective : column <= problem->objective ? (uint32_t)column - 1 : (uint32_t)column;
}

static char *checkpoint_text(const struct joust_analysis *analysis, const struct joust_contest *contest,
                             size_t checkpoint) {
  double at = analysis->checkpoints[checkpoint];
  if (!isinf(at))
    return joust_format(analysis->by_cost ? "cost %g%s" : "%g trials%s", at,
                        joust_checkpoint_note(analysis, contest, checkpoint));
  if (isfinite(contest->trials)) return joust_format("end (%g trials)", contest->trials);
  if (isfinite(contest->cost)) return joust_format("end (cost %g)", contest->cost);
  return joust_copy("end");
}

static void add_checkpoint(struct joust_table *table, const struct joust_analysis *analysis,
                           const struct joust_contest *contest, const uint32_t *order, uint32_t n, size_t checkpoint) {
  const struct joust_store_definition *problem = joust_definition_of(analysis, contest);
  size_t first = table->n_rows;
  for (uint32_t i = 0; i < n; i++) {
    struct joust_table_row *row = add_row(table, analysis->optimisers[order[i]].label);
    row->at = checkpoint_text(analysis, contest, checkpoint);
    row->source = playback_source(contest, order[i]);
    if (i == 0) row->section = joust_copy(row->at);
  }
  for (size_t c = 0; c < table->n_columns; c++) {
    struct column column = {
        analysis, contest, checkpoint, metric_of(problem, c), order, n, table->columns[c].direction};
    fill_column(table, first, c, &column);
  }
}

/* "; 2 of 8 runs of local failed", over the contests from first to last. */
static void note_failures(struct joust_text *out, const struct joust_analysis *analysis,
                          const struct joust_contest *first, const struct joust_contest *last, uint32_t optimiser) {
  uint32_t failed = 0, all = 0;
  for (const struct joust_contest *contest = first; contest <= last; contest++) {
    failed += contest->cells[optimiser].failed + contest->cells[optimiser].valueless;
    all += contest->cells[optimiser].n;
  }
  if (failed)
    joust_text_addf(out, "; %u of %u runs of %s failed (its means are of the others, and never bold)", failed, all,
                    analysis->optimisers[optimiser].label);
}

/* How many runs the means are of, failed ones by optimiser. */
static void note_runs(struct joust_text *out, const struct joust_analysis *analysis,
                      const struct joust_contest *contest) {
  uint32_t least = UINT32_MAX, most = 0;
  for (uint32_t o = 0; o < analysis->n_optimisers; o++) {
    const struct joust_cell *cell = &contest->cells[o];
    if (!cell->runs) continue;
    least = cell->complete < least ? cell->complete : least;
    most = cell->complete > most ? cell->complete : most;
  }
  joust_text_addf(out,
                  least == most ? "Mean ± standard deviation over %u complete runs"
                                : "Mean ± standard deviation over %u to %u complete runs",
                  least, most);
  for (uint32_t o = 0; o < analysis->n_optimisers; o++) note_failures(out, analysis, contest, contest, o);
  joust_text_add(out, ".");
}

static void note_marks(struct joust_text *out, const struct joust_analysis *analysis, uint32_t optimisers) {
  if (optimisers < 2) return;
  joust_text_addf(
      out,
      " Bold: the best mean of the runs; underlined: not significantly worse than it (signed-rank test over "
      "replicates, Holm, level %g, where enough replicates are shared), which is no proof of being as good.",
      analysis->alpha);
}

/* Where the marked rows are from, each source once. */
static void note_published(struct joust_text *out, const struct joust_table *table) {
  bool any = false;
  for (size_t i = 0; i < table->n_rows; i++) {
    const char *source = table->rows[i].source;
    bool first = source != NULL;
    for (size_t j = 0; j < i && first; j++)
      first = !table->rows[j].source || strcmp(table->rows[j].source, source) != 0;
    if (!first) continue;
    joust_text_addf(out, "%s%s", any ? "; " : " Marked †, not found by an optimiser that ran here: ",
                    *source ? source : "published without a source");
    any = true;
  }
  if (any) joust_text_add(out, ".");
}

void joust_table_of_contest(struct joust_table *table, const struct joust_analysis *analysis, uint32_t index) {
  const struct joust_contest *contest = &analysis->contests[index];
  const struct joust_store_definition *problem = joust_definition_of(analysis, contest);
  uint32_t *order = joust_alloc(analysis->n_optimisers, sizeof *order);
  uint32_t n = sorted_optimisers(order, analysis, contest);
  *table = (struct joust_table){.title = joust_copy(contest->label)};
  set_columns(table, problem);
  for (size_t c = 0; c < analysis->n_checkpoints; c++) add_checkpoint(table, analysis, contest, order, n, c);
  size_t first = table->n_rows;
  for (size_t c = 0; c < table->n_columns; c++)
    add_published(table, analysis, first, analysis->problems[contest->problem].label, table->columns[c].key, c);
  struct joust_text note = {0};
  note_runs(&note, analysis, contest);
  note_marks(&note, analysis, n);
  note_published(&note, table);
  table->note = joust_text_take(&note);
  free(order);
}

/* ---- over all
 * ------------------------------------------------------------------------------------------------------------------ */

static void add_column(struct joust_table *table, const char *title, const char *key, int decimals, int direction) {
  table->columns = joust_resize(table->columns, table->n_columns + 1, sizeof *table->columns);
  table->columns[table->n_columns++] =
      (struct joust_table_column){joust_copy(title), joust_copy(key), decimals, direction};
}

static uint32_t ranked_optimisers(uint32_t *order, const struct joust_analysis *analysis) {
  for (uint32_t o = 0; o < analysis->n_optimisers; o++) {
    uint32_t place = o;
    double rank = analysis->optimisers[o].mean_rank; /* NaN: not compared, last */
    for (; place > 0; place--) {
      double before = analysis->optimisers[order[place - 1]].mean_rank;
      if (!(rank < before || (isnan(before) && !isnan(rank)))) break;
      order[place] = order[place - 1];
    }
    order[place] = o;
  }
  return analysis->n_optimisers;
}

/* Rows are all optimisers: those that are not in the contest keep an empty cell. */
static void fill_contest(struct joust_table *table, const struct joust_analysis *analysis, uint32_t c,
                         const uint32_t *order, uint32_t n) {
  const struct joust_contest *contest = &analysis->contests[c];
  uint32_t *present = joust_alloc(n, sizeof *present), m = 0;
  struct joust_table here = {.rows = joust_alloc(n, sizeof *here.rows)};
  for (uint32_t i = 0; i < n; i++) {
    if (!contest->cells[order[i]].runs) continue;
    here.rows[m] = table->rows[i]; /* shares its cells */
    present[m++] = order[i];
  }
  struct column column = {
      analysis, contest, analysis->n_checkpoints - 1, joust_definition_of(analysis, contest)->objective,
      present,  m,       table->columns[c].direction};
  fill_column(&here, 0, c, &column);
  free(here.rows);
  free(present);
}

static void fill_ranks(struct joust_table *table, const struct joust_analysis *analysis, const uint32_t *order,
                       uint32_t n) {
  size_t column = table->n_columns - 1;
  double best = INFINITY;
  for (uint32_t i = 0; i < n; i++) best = fmin(best, analysis->optimisers[order[i]].mean_rank);
  for (uint32_t i = 0; i < n; i++) {
    double rank = analysis->optimisers[order[i]].mean_rank;
    table->rows[i].cells[column] = (struct joust_table_cell){.mean = rank, .sd = NAN, .best = n > 1 && rank == best};
  }
}

void joust_table_of_all(struct joust_table *table, const struct joust_analysis *analysis) {
  uint32_t *order = joust_alloc(analysis->n_optimisers, sizeof *order), n = ranked_optimisers(order, analysis);
  *table = (struct joust_table){.name = joust_copy("summary"), .title = joust_copy("all problems")};
  for (uint32_t c = 0; c < analysis->n_contests; c++) {
    const struct joust_contest *contest = &analysis->contests[c];
    const struct joust_store_definition *problem = joust_definition_of(analysis, contest);
    add_column(table, contest->label, contest->label, problem->metrics[problem->objective].decimals,
               problem->direction);
  }
  add_column(table, "mean rank", "mean rank", 2, 1);
  for (uint32_t i = 0; i < n; i++) {
    struct joust_table_row *row = add_row(table, analysis->optimisers[order[i]].label);
    row->at = joust_copy(isinf(analysis->checkpoints[analysis->n_checkpoints - 1]) ? "end" : "last checkpoint");
    for (uint32_t c = 0; c < analysis->n_contests && !row->source; c++)
      row->source = playback_source(&analysis->contests[c], order[i]);
  }
  for (uint32_t c = 0; c < analysis->n_contests; c++) fill_contest(table, analysis, c, order, n);
  fill_ranks(table, analysis, order, n);
  size_t first = table->n_rows;
  for (uint32_t c = 0; c < analysis->n_contests; c++) {
    const struct joust_shown_problem *problem = &analysis->problems[analysis->contests[c].problem];
    const struct joust_store_definition *definition = &problem->definition;
    add_published(table, analysis, first, problem->label, definition->metrics[definition->objective].name, c);
  }
  struct joust_text note = {0};
  joust_text_addf(&note,
                  "Objective of the incumbent at the %s, mean ± standard deviation over the complete runs; mean rank "
                  "over %u problem%s by the mean, failed runs counting as the worst",
                  isinf(analysis->checkpoints[analysis->n_checkpoints - 1]) ? "end of the budget" : "last checkpoint",
                  analysis->n_ranked, analysis->n_ranked == 1 ? "" : "s");
  for (uint32_t o = 0; o < analysis->n_optimisers && analysis->n_contests; o++)
    note_failures(&note, analysis, analysis->contests, analysis->contests + analysis->n_contests - 1, o);
  joust_text_add(&note, ".");
  note_marks(&note, analysis, n);
  note_published(&note, table);
  table->note = joust_text_take(&note);
  free(order);
}

void joust_table_free(struct joust_table *table) {
  for (size_t i = 0; i < table->n_columns; i++) {
    free(table->columns[i].title);
    free(table->columns[i].key);
  }
  for (size_t i = 0; i < table->n_rows; i++) {
    struct joust_table_row *row = &table->rows[i];
    free(row->label);
    free(row->section);
    free(row->at);
    free(row->source);
    free(row->cells);
  }
  free(table->columns);
  free(table->rows);
  free(table->name);
  free(table->title);
  free(table->note);
  *table = (struct joust_table){0};
}
