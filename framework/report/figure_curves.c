/* Curves over the budget: convergence, rank, share of targets reached. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/analysis_parts.h"
#include "report/figure_parts.h"
#include "report/style.h"

struct line {
  uint32_t optimiser;
  const char *label;
  const double *values, *lower, *upper; /* by point, `stride` apart; no band: NULL */
  size_t stride;
};

struct curves {
  struct line *lines;
  size_t n;
  const double *at; /* points */
  uint32_t points;
  struct joust_plot_axis x, y;
  double floor; /* what is at most this is drawn there: 0 on a logarithmic axis; -infinity: nothing is */
};

char *joust_figure_objective(const struct joust_analysis *analysis, const struct joust_contest *contest) {
  const struct joust_store_definition *problem = joust_definition_of(analysis, contest);
  const struct joust_store_metric *metric = &problem->metrics[problem->objective];
  return *metric->unit ? joust_format("%s (%s)", metric->title, metric->unit) : joust_copy(metric->title);
}

/* Over what the curves of a contest are drawn. */
static enum joust_axis_kind axis_of(const struct joust_contest *contest, const struct joust_figure_options *options) {
  return options->by_cost && contest->axes[JOUST_AXIS_COST].there ? JOUST_AXIS_COST : contest->main_axis;
}

static double value_at(const struct line *line, uint32_t point) {
  return line->values[point * line->stride];
}

/* The value where a line ends, NaN if it has none. */
static double end_of(const struct curves *curves, const struct line *line) {
  uint32_t point = curves->points;
  while (point > 0 && !isfinite(value_at(line, point - 1))) point--;
  return point > 0 ? fmax(curves->floor, value_at(line, point - 1)) : NAN;
}

/* ---- drawing
 * ------------------------------------------------------------------------------------------------------------ */

/* Column k, or the floor where it is below that. */
static char *column(const struct curves *curves, int k) {
  if (isinf(curves->floor)) return joust_format("%d", k);
  return joust_format("($%d<%.10g?%.10g:$%d)", k, curves->floor, curves->floor, k);
}

static void draw_band(struct joust_plot *plot, const struct curves *curves, const struct line *line) {
  char *lower = column(curves, 3), *upper = column(curves, 4);
  joust_plot_element(plot, "using 1:%s:%s with filledcurves lc rgb '%s' fs transparent solid 0.18 noborder", lower,
                     upper, joust_style_of(line->optimiser).colour);
  free(lower);
  free(upper);
}

static void draw_line(struct joust_plot *plot, const struct curves *curves, const struct line *line) {
  char *value = column(curves, 2);
  joust_plot_element(plot, "using 1:%s with lines %s", value, joust_plot_line_style(line->optimiser));
  free(value);
}

/* A few markers on each line, evenly along the axis and elsewhere than those of the other lines. */
static void draw_markers(struct joust_plot *plot, const struct curves *curves, size_t index) {
  enum { MARKERS = 4 };
  const struct line *line = &curves->lines[index];
  struct joust_style style = joust_style_of(line->optimiser);
  joust_plot_block(plot, "markers");
  for (int i = 0; i < MARKERS; i++) {
    double share = (i + ((double)index + 0.7) / ((double)curves->n + 0.4)) / MARKERS, nearest = INFINITY,
           row[2] = {NAN, NAN};
    double x = joust_plot_x(plot, &curves->x, curves->x.low);
    double wanted = x + share * (plot->right - plot->left);
    for (uint32_t p = 0; p < curves->points; p++) {
      double away = fabs(joust_plot_x(plot, &curves->x, curves->at[p]) - wanted);
      if (!isfinite(value_at(line, p)) || away >= nearest) continue;
      nearest = away;
      row[0] = curves->at[p];
      row[1] = fmax(curves->floor, value_at(line, p));
    }
    joust_plot_row(plot, row, 2);
  }
  joust_plot_element(plot, "using 1:2 with points pt %d ps %.3g lc rgb '%s'", style.marker, plot->font / 17,
                     style.colour);
}

static void add_blocks(struct joust_plot *plot, const struct curves *curves) {
  for (size_t i = 0; i < curves->n; i++) {
    const struct line *line = &curves->lines[i];
    char *comment =
        joust_format("%s: budget, value%s", line->label, line->lower ? ", lower and upper end of the band" : "");
    joust_plot_block(plot, comment);
    free(comment);
    for (uint32_t p = 0; p < curves->points; p++) {
      double row[] = {curves->at[p], value_at(line, p), line->lower ? line->lower[p] : NAN,
                      line->upper ? line->upper[p] : NAN};
      joust_plot_row(plot, row, line->lower ? 4 : 2);
    }
    if (line->lower) draw_band(plot, curves, line);
    draw_line(plot, curves, line);
  }
  for (size_t i = 0; i < curves->n; i++) draw_markers(plot, curves, i);
}

static double widest_tick(const struct joust_ticks *ticks, double font) {
  double widest = 0;
  for (size_t i = 0; i < ticks->n; i++) widest = fmax(widest, joust_text_width(ticks->label[i], font));
  return widest;
}

static void label_ends(struct joust_plot *plot, const struct curves *curves) {
  double *ends = joust_alloc(curves->n, sizeof *ends);
  uint32_t *optimisers = joust_alloc(curves->n, sizeof *optimisers);
  const char **labels = joust_alloc(curves->n, sizeof *labels);
  size_t n = 0;
  for (size_t i = 0; i < curves->n; i++) {
    ends[n] = end_of(curves, &curves->lines[i]);
    if (isnan(ends[n])) continue;
    optimisers[n] = curves->lines[i].optimiser;
    labels[n++] = curves->lines[i].label;
  }
  joust_plot_end_labels(plot, &curves->y, ends, optimisers, labels, n);
  free(ends);
  free(optimisers);
  free(labels);
}

/* All of it; the axes' ranges and names are set, y ticks too. */
static void draw(struct joust_plot *plot, struct curves *curves, const struct joust_figure_options *options,
                 const char *y_name) {
  const char **labels = joust_alloc(curves->n, sizeof *labels);
  for (size_t i = 0; i < curves->n; i++) labels[i] = curves->lines[i].label;
  double font = joust_plot_font(options), room = joust_plot_label_room(options, labels, curves->n);
  double height = fmax(options->one_column ? 255 : 370, joust_plot_label_height(options, curves->n));
  joust_plot_begin(plot, options, widest_tick(&curves->y.ticks, font), room, height);
  joust_ticks_make(&curves->x.ticks, curves->x.low, curves->x.high, curves->x.log_scale, plot->right - plot->left,
                   3.6 * font, true);
  if (curves->points == 1) { /* the rest of the axis means nothing */
    curves->x.ticks.at[0] = curves->x.high;
    joust_tick_label(curves->x.ticks.label[0], curves->x.high);
    curves->x.ticks.n = 1;
  }
  joust_plot_titles(plot, y_name);
  joust_plot_axes(plot, &curves->x, &curves->y);
  add_blocks(plot, curves);
  label_ends(plot, curves);
  free(labels);
}

static double plot_height(const struct joust_figure_options *options, size_t n) {
  return fmax(options->one_column ? 255 : 370, joust_plot_label_height(options, n)) - 7.8 * joust_plot_font(options);
}

/* ---- axes
 * --------------------------------------------------------------------------------------------------------------- */

static void set_budget(struct curves *curves, const double *at, uint32_t points, const char *name, bool whole,
                       const struct joust_figure_options *options) {
  curves->at = at;
  curves->points = points;
  curves->x =
      (struct joust_plot_axis){.low = at[0], .high = at[points - 1], .name = name, .log_scale = !options->linear};
  if (options->linear && !whole) curves->x.low = 0;
  if (!(curves->x.low < curves->x.high)) curves->x.low = curves->x.high / 2;
}

/* Name of a budget axis; the caller frees. */
static char *budget_name(const struct joust_analysis *analysis, const struct joust_contest *contest,
                         enum joust_axis_kind kind, const struct joust_figure_options *options) {
  const struct joust_store_definition *problem = joust_definition_of(analysis, contest);
  const char *scale = options->linear ? "" : ", logarithmic";
  if (kind == JOUST_AXIS_TRIALS) return joust_format("trials%s", scale);
  const struct joust_store_metric *cost = &problem->metrics[problem->cost];
  return *cost->unit ? joust_format("%s (%s)%s", cost->title, cost->unit, scale)
                     : joust_format("%s%s", cost->title, scale);
}

/* Regret: logarithmic where values differ by more than a few times, with 0 at the foot where a line gets there. */
static void set_regret(struct curves *curves, const struct joust_figure_options *options) {
  double least = INFINITY, most = 0;
  bool zero = false;
  for (size_t i = 0; i < curves->n; i++) {
    const struct line *line = &curves->lines[i];
    for (uint32_t p = 0; p < curves->points; p++) {
      double value = value_at(line, p);
      if (!isfinite(value)) continue;
      if (value > 0) least = fmin(least, value);
      zero |= value <= 0;
      most = fmax(most, value);
      if (line->upper && isfinite(line->upper[p])) most = fmax(most, line->upper[p]);
    }
  }
  struct joust_plot_axis *y = &curves->y;
  double length = plot_height(options, curves->n), room = 2.2 * joust_plot_font(options);
  curves->floor = -INFINITY;
  if (!(most > 0)) { /* all at the reference */
    *y = (struct joust_plot_axis){.low = 0, .high = 1};
    joust_ticks_make(&y->ticks, 0, 1, false, length, length, false);
    y->ticks.n = 1;
  } else if (most < 5 * least && !zero) {
    *y = (struct joust_plot_axis){.low = 0, .high = most * 1.05};
    joust_ticks_make(&y->ticks, 0, y->high, false, length, room, false);
  } else {
    *y = (struct joust_plot_axis){.low = zero ? least / 3 : least / 1.1, .high = most * 1.1, .log_scale = true};
    joust_ticks_make(&y->ticks, zero ? least / 1.1 : y->low, y->high, true, length, room, false);
    curves->floor = y->low;
    if (zero && y->ticks.n < JOUST_MOST_TICKS) {
      y->ticks.at[y->ticks.n] = y->low;
      strcpy(y->ticks.label[y->ticks.n++], "0");
    }
  }
}

/* ---- convergence
 * ---------------------------------------------------------------------------------------------------------- */

static void describe_ends(struct joust_text *out, const struct curves *curves, const char *format) {
  for (size_t i = 0; i < curves->n; i++) {
    double end = end_of(curves, &curves->lines[i]);
    if (isnan(end)) continue;
    joust_text_addf(out, "%s%s ", i ? ", " : "", curves->lines[i].label);
    double shown = end <= curves->floor ? 0 : end;
    joust_text_addf(out, format, shown);
  }
}

static bool has_band(const struct joust_curves *curves, uint32_t points) {
  return curves->mean_lower && curves->mean_upper && isfinite(curves->mean_lower[points - 1]);
}

bool joust_figure_convergence(struct joust_plot *plot, const struct joust_analysis *analysis,
                              const struct joust_figure_options *options, uint32_t index) {
  const struct joust_contest *contest = &analysis->contests[index];
  enum joust_axis_kind kind = axis_of(contest, options);
  const struct joust_axis *axis = &contest->axes[kind];
  struct curves curves = {.lines = joust_alloc(analysis->n_optimisers, sizeof *curves.lines)};
  if (!contest->nothing && axis->there) {
    for (uint32_t o = 0; o < analysis->n_optimisers; o++) {
      const struct joust_curves *of = &contest->cells[o].curves[kind];
      if (of->mean)
        curves.lines[curves.n++] = (struct line){o,
                                                 analysis->optimisers[o].label,
                                                 of->mean,
                                                 has_band(of, axis->points) ? of->mean_lower : NULL,
                                                 of->mean_upper,
                                                 1};
    }
  }
  if (curves.n == 0) {
    free(curves.lines);
    return false;
  }
  char *budget = budget_name(analysis, contest, kind, options), *objective = joust_figure_objective(analysis, contest);
  char *y_name = joust_format("mean regret: %s", objective);
  set_budget(&curves, axis->at, axis->points, budget, kind == JOUST_AXIS_TRIALS, options);
  set_regret(&curves, options);
  plot->figure.title = joust_format("Convergence: %s", contest->label);
  draw(plot, &curves, options, y_name);
  struct joust_text desc = {0};
  joust_text_addf(&desc, "Mean regret over the budget on %s. At the end: ", contest->label);
  describe_ends(&desc, &curves, "%.4g");
  joust_text_add(&desc, ".");
  plot->figure.desc = joust_text_take(&desc);
  plot->figure.how =
      joust_format("Lower is better: each line is the mean distance to the best value %s over the runs of an "
                   "optimiser once so much of the budget is spent, the band around it a 95 %% confidence "
                   "interval of that mean.",
                   contest->known && !contest->beaten ? "known" : "found here");
  free(budget);
  free(objective);
  free(y_name);
  free(curves.lines);
  return true;
}

/* ---- over all contests, or in one
 * ------------------------------------------------------------------------------------------- */

enum which { RANKS, REACHED };

static bool collect_one(struct curves *curves, const struct joust_analysis *analysis,
                        const struct joust_contest *contest, enum joust_axis_kind kind, enum which which) {
  for (uint32_t o = 0; o < analysis->n_optimisers && contest->axes[kind].there && !contest->nothing; o++) {
    const struct joust_curves *of = &contest->cells[o].curves[kind];
    const double *values = which == RANKS ? of->rank : of->reached;
    if (values) curves->lines[curves->n++] = (struct line){o, analysis->optimisers[o].label, values, NULL, NULL, 1};
  }
  return curves->n > 0;
}

static bool collect_all(struct curves *curves, const struct joust_analysis *analysis, enum joust_axis_kind kind,
                        enum which which) {
  const struct joust_overall *overall = &analysis->overall[kind];
  const double *values = which == RANKS ? overall->rank : overall->reached;
  for (uint32_t o = 0; o < analysis->n_optimisers && overall->there && values; o++) {
    if (analysis->optimisers[o].compared)
      curves->lines[curves->n++] =
          (struct line){o, analysis->optimisers[o].label, values + o, NULL, NULL, analysis->n_optimisers};
  }
  return curves->n > 0;
}

/* The contest that is asked for, or the only one that is ranked; NULL: they are averaged. */
static const struct joust_contest *single(const struct joust_analysis *analysis,
                                          const struct joust_figure_options *options) {
  if (options->one_contest) return &analysis->contests[options->contest];
  const struct joust_contest *contest = analysis->contests;
  if (analysis->n_ranked != 1) return NULL;
  while (!contest->ranked) contest++;
  return contest;
}

/* Lines and budget axis; false where there is nothing. The name of the budget is the caller's to free. */
static bool collect(struct curves *curves, const struct joust_analysis *analysis,
                    const struct joust_figure_options *options, enum which which, char **budget) {
  curves->lines = joust_alloc(analysis->n_optimisers, sizeof *curves->lines);
  const struct joust_contest *contest = single(analysis, options);
  if (contest) {
    enum joust_axis_kind kind = axis_of(contest, options);
    const struct joust_axis *axis = &contest->axes[kind];
    if (!collect_one(curves, analysis, contest, kind, which)) return false;
    *budget = budget_name(analysis, contest, kind, options);
    set_budget(curves, axis->at, axis->points, *budget, kind == JOUST_AXIS_TRIALS, options);
    return true;
  }
  enum joust_axis_kind kind = JOUST_AXIS_TRIALS;
  bool costly = analysis->n_contests > 0;
  for (uint32_t c = 0; c < analysis->n_contests; c++)
    costly &= axis_of(&analysis->contests[c], options) == JOUST_AXIS_COST;
  if (costly || !analysis->overall[kind].there) kind = JOUST_AXIS_COST;
  if (!collect_all(curves, analysis, kind, which)) return false;
  const struct joust_overall *overall = &analysis->overall[kind];
  const char *scale = options->linear ? "" : ", logarithmic";
  *budget = overall->share ? joust_format("share of the budget%s", scale)
                           : budget_name(analysis, &analysis->contests[0], kind, options);
  set_budget(curves, overall->at, overall->points, *budget, kind == JOUST_AXIS_TRIALS && !overall->share, options);
  return true;
}

static char *where(const struct joust_analysis *analysis, const struct joust_figure_options *options) {
  const struct joust_contest *contest = single(analysis, options);
  if (contest) return joust_copy(contest->label);
  return joust_format("%u problems", analysis->n_ranked);
}

bool joust_figure_rank(struct joust_plot *plot, const struct joust_analysis *analysis,
                       const struct joust_figure_options *options, uint32_t index) {
  struct curves curves = {.floor = -INFINITY};
  char *budget = NULL;
  (void)index;
  if (!collect(&curves, analysis, options, RANKS, &budget) || curves.n < 2) {
    free(curves.lines);
    free(budget);
    return false;
  }
  double k = (double)curves.n, length = plot_height(options, curves.n);
  curves.y = (struct joust_plot_axis){.low = k + 0.1, .high = 0.9};
  joust_ticks_of_ranks(&curves.y.ticks, curves.n, length, 1.4 * joust_plot_font(options));
  char *place = where(analysis, options);
  plot->figure.title = joust_format("Rank over the budget: %s", place);
  draw(plot, &curves, options, "mean rank, 1 is best");
  struct joust_text desc = {0};
  joust_text_addf(&desc, "Mean rank of each optimiser over the budget, %s. At the end: ", place);
  describe_ends(&desc, &curves, "%.2f");
  joust_text_add(&desc, ".");
  plot->figure.desc = joust_text_take(&desc);
  plot->figure.how =
      joust_copy("Higher up is better: at each budget the optimisers are ranked on each problem by their mean "
                 "regret so far, and the line is the mean of these ranks; lines that cross change places.");
  free(place);
  free(budget);
  free(curves.lines);
  return true;
}

bool joust_figure_ecdf(struct joust_plot *plot, const struct joust_analysis *analysis,
                       const struct joust_figure_options *options, uint32_t index) {
  struct curves curves = {.floor = -INFINITY};
  char *budget = NULL;
  (void)index;
  if (!collect(&curves, analysis, options, REACHED, &budget)) {
    free(curves.lines);
    free(budget);
    return false;
  }
  double length = plot_height(options, curves.n);
  curves.y = (struct joust_plot_axis){.low = 0, .high = 1};
  joust_ticks_make(&curves.y.ticks, 0, 1, false, length, fmax(length / 5, 2.2 * joust_plot_font(options)), false);
  char *place = where(analysis, options);
  plot->figure.title = joust_format("Targets reached: %s", place);
  draw(plot, &curves, options, "share of (run, target) pairs reached");
  struct joust_text desc = {0};
  joust_text_addf(
      &desc, "Empirical distribution of the budget at which runs reach targets, %s. Share reached at the end: ", place);
  describe_ends(&desc, &curves, "%.3f");
  joust_text_add(&desc, ".");
  plot->figure.desc = joust_text_take(&desc);
  plot->figure.how =
      joust_copy("Higher and further left is better: a line shows which share of all pairs of a run and a target, "
                 "from easy ones to the best value known, was reached within a budget; runs that failed or "
                 "never got there count as not reached.");
  free(place);
  free(budget);
  free(curves.lines);
  return true;
}
