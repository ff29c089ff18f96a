/* Final values: boxes of a contest, and the heat map of all. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/analysis_parts.h"
#include "report/figure_parts.h"
#include "report/style.h"
#include "stats/summary.h"

/* ---- boxes
 * ---------------------------------------------------------------------------------------------------------------- */

struct box {
  uint32_t optimiser;
  double *values; /* n_rows; NaN: none */
  uint32_t n, valueless;
  struct joust_summary summary;
  double low, high; /* whiskers: the furthest values within 1.5 times the box's width of it (Tukey) */
};

enum { EACH_RUN = 60 }; /* more runs than this are not drawn one by one, but those beyond the whiskers are */

static void make_box(struct box *box, const struct joust_contest *contest, uint32_t optimiser) {
  *box = (struct box){.optimiser = optimiser,
                      .values = joust_alloc(contest->n_rows, sizeof(double)),
                      .low = INFINITY,
                      .high = -INFINITY};
  box->n = joust_contest_values(box->values, contest, optimiser);
  box->summary = joust_summarise(box->values, box->n);
  box->valueless = (uint32_t)box->summary.missing;
  double reach = 1.5 * (box->summary.upper_quartile - box->summary.lower_quartile);
  for (uint32_t i = 0; i < box->n; i++) {
    double value = box->values[i];
    if (value >= box->summary.lower_quartile - reach) box->low = fmin(box->low, value);
    if (value <= box->summary.upper_quartile + reach) box->high = fmax(box->high, value);
  }
}

static void draw_box(struct joust_plot *plot, const struct box *box, double y, const char *label) {
  const struct joust_summary *s = &box->summary;
  struct joust_style style = joust_style_of(box->optimiser);
  if (s->n == 0) return;
  char *comment = joust_format("%s: row, lower whisker, quartiles with the median, upper whisker", label);
  joust_plot_block(plot, comment);
  free(comment);
  joust_plot_row(plot, (double[]){y, box->low, s->lower_quartile, s->median, s->upper_quartile, box->high}, 6);
  joust_plot_element(plot,
                     "using 3:1:3:5:($1-0.3):($1+0.3) with boxxyerror fillcolor rgb '%s' fs transparent solid 0.25 "
                     "border lc rgb '%s' lw 1.5",
                     style.colour, style.colour);
  joust_plot_element(plot, "using 2:1:($3-$2):(0) with vectors nohead lw 1.5 lc rgb '%s'", style.colour);
  joust_plot_element(plot, "using 5:1:($6-$5):(0) with vectors nohead lw 1.5 lc rgb '%s'", style.colour);
  joust_plot_element(plot, "using 4:($1-0.3):(0):(0.6) with vectors nohead lw 3 lc rgb '%s'", style.colour);
}

/* Runs as points, moved up and down by the golden ratio so that equal ones stand apart. */
static void draw_runs(struct joust_plot *plot, const struct box *box, double y) {
  struct joust_style style = joust_style_of(box->optimiser);
  joust_plot_block(plot, "the runs: value, row and displacement");
  size_t drawn = 0;
  for (uint32_t i = 0; i < box->n; i++) {
    bool beyond = box->values[i] < box->low || box->values[i] > box->high;
    if (!isfinite(box->values[i]) || (box->summary.n > EACH_RUN && !beyond)) continue;
    joust_plot_row(plot, (double[]){box->values[i], y + 0.4 * (fmod(i * 0.6180339887498949, 1) - 0.5)}, 2);
    drawn++;
  }
  if (drawn == 0) joust_plot_row(plot, (double[]){NAN, NAN}, 2);
  joust_plot_element(plot, "using 1:2 with points pt %d ps %.3g lc rgb '%s'", style.marker, plot->font / 30,
                     style.colour);
}

static double widest_label(const struct joust_analysis *analysis, const struct box *boxes, size_t n, double font) {
  double widest = 0;
  for (size_t i = 0; i < n; i++)
    widest = fmax(widest, joust_text_width(analysis->optimisers[boxes[i].optimiser].label, font));
  return widest;
}

/* All values and the best known one, with a little room. */
static void value_range(struct joust_plot_axis *x, const struct box *boxes, size_t n, double best) {
  double low = best, high = best;
  for (size_t i = 0; i < n; i++) {
    if (boxes[i].summary.n == 0) continue;
    low = fmin(low, boxes[i].summary.minimum); /* fmin and fmax pass a NaN over */
    high = fmax(high, boxes[i].summary.maximum);
  }
  double room = high > low ? 0.03 * (high - low) : fmax(1e-3, 0.05 * fabs(high));
  x->low = low - room;
  x->high = high + room;
}

static void describe_boxes(struct joust_text *out, const struct joust_analysis *analysis, const struct box *boxes,
                           size_t n) {
  for (size_t i = 0; i < n; i++) {
    const struct box *box = &boxes[i];
    joust_text_addf(out, " %s: ", analysis->optimisers[box->optimiser].label);
    if (box->summary.n)
      joust_text_addf(out, "median %.5g, quartiles %.5g to %.5g, %zu runs", box->summary.median,
                      box->summary.lower_quartile, box->summary.upper_quartile, box->summary.n);
    else
      joust_text_add(out, "no run has a value");
    if (box->valueless) joust_text_addf(out, ", %u failed", box->valueless);
    joust_text_add(out, ".");
  }
}

static void draw_boxes(struct joust_plot *plot, const struct joust_analysis *analysis,
                       const struct joust_figure_options *options, const struct joust_contest *contest,
                       const struct box *boxes, size_t n) {
  double font = joust_plot_font(options), row = 2.6 * font;
  double labels = fmin(widest_label(analysis, boxes, n, font), joust_plot_width(options) * 0.33), failed = 0;
  for (size_t i = 0; i < n; i++)
    if (boxes[i].valueless) failed = joust_text_width("9999 failed", font);
  joust_plot_begin(plot, options, labels + 2 * font, failed + font, row * (double)n + 7.8 * font);
  char *objective = joust_figure_objective(analysis, contest);
  struct joust_plot_axis x = {.name = NULL}, y = {.low = (double)n + 0.5, .high = 0.5};
  double best = contest->known ? contest->reference : NAN;
  value_range(&x, boxes, n, best);
  joust_ticks_make(&x.ticks, x.low, x.high, false, plot->right - plot->left, 4.5 * font, false);
  joust_plot_titles(plot, objective);
  joust_plot_axes(plot, &x, &y);
  if (isfinite(best)) {
    double at = joust_plot_x(plot, &x, best);
    joust_plot_segment(plot, at, plot->top, at, plot->bottom, JOUST_FAINT, 1);
    joust_plot_text(plot, at, plot->bottom + 3.1 * font, at > (plot->left + plot->right) / 2 ? JOUST_RIGHT : JOUST_LEFT,
                    contest->beaten ? "best found" : "best known");
  }
  for (size_t i = 0; i < n; i++) {
    double middle = joust_plot_y(plot, &y, (double)i + 1);
    const char *label = analysis->optimisers[boxes[i].optimiser].label;
    char *fitted = joust_text_fit(label, font, labels);
    joust_plot_text(plot, plot->left - 1.9 * font, middle, JOUST_RIGHT, fitted);
    joust_plot_marker(plot, plot->left - font, middle, boxes[i].optimiser);
    draw_box(plot, &boxes[i], (double)i + 1, label);
    draw_runs(plot, &boxes[i], (double)i + 1);
    if (boxes[i].valueless) {
      char *count = joust_format("%u failed", boxes[i].valueless);
      joust_plot_text(plot, plot->right + 0.6 * font, middle, JOUST_LEFT, count);
      free(count);
    }
    free(fitted);
  }
  free(objective);
}

bool joust_figure_box(struct joust_plot *plot, const struct joust_analysis *analysis,
                      const struct joust_figure_options *options, uint32_t index) {
  const struct joust_contest *contest = &analysis->contests[index];
  struct box *boxes = joust_alloc(analysis->n_optimisers, sizeof *boxes);
  size_t n = 0;
  for (uint32_t o = 0; o < analysis->n_optimisers && !contest->nothing; o++)
    if (contest->cells[o].n) make_box(&boxes[n++], contest, o);
  if (n > 0) {
    struct joust_text desc = {0};
    joust_text_addf(&desc, "Final values of all runs on %s.", contest->label);
    describe_boxes(&desc, analysis, boxes, n);
    plot->figure.title = joust_format("Final values: %s", contest->label);
    plot->figure.desc = joust_text_take(&desc);
    plot->figure.how =
        joust_format("%s is better: the box holds the middle half of an optimiser's runs with the median as "
                     "a thick line, the whiskers reach the furthest runs within 1.5 box widths, and %s.",
                     joust_definition_of(analysis, contest)->direction < 0 ? "Further right" : "Further left",
                     contest->n_rows > EACH_RUN ? "runs beyond them are points" : "each point is a run");
    draw_boxes(plot, analysis, options, contest, boxes, n);
  }
  for (size_t i = 0; i < n; i++) free(boxes[i].values);
  free(boxes);
  return n > 0;
}

/* ---- heat map
 * --------------------------------------------------------------------------------------------------------------- */

/* From what is good to what is bad, through the colours of cividis (J. R. Nunez et al., PLOS ONE 13, 2018): lightness
 * falls steadily, for every kind of colour vision. */
static void heat_colour(char colour[8], double share) {
  static const int anchors[][3] = {{253, 234, 69}, {209, 185, 84}, {164, 144, 105}, {125, 124, 120},
                                   {87, 93, 109},  {30, 58, 109},  {0, 34, 78}};
  enum { LAST = sizeof anchors / sizeof *anchors - 1 };
  double place = fmin(LAST, fmax(0, share * LAST));
  int i = (int)fmin(LAST - 1, place), mixed[3];
  for (int c = 0; c < 3; c++) mixed[c] = (int)lround(anchors[i][c] + (place - i) * (anchors[i + 1][c] - anchors[i][c]));
  snprintf(colour, 8, "#%02x%02x%02x", mixed[0] & 255, mixed[1] & 255, mixed[2] & 255);
}

/* Mean regret in per cent of the median regret of a first trial; NaN: no value. */
static double relative_regret(const struct joust_analysis *analysis, uint32_t c, uint32_t o) {
  const struct joust_contest *contest = &analysis->contests[c];
  if (contest->nothing || contest->cells[o].n == 0) return NAN;
  double regret = joust_cell_regret(analysis, contest, o);
  return isfinite(regret) ? 100 * regret / contest->scale : INFINITY;
}

static void draw_cell(struct joust_plot *plot, double x0, double y0, double x1, double y1, double value) {
  char colour[8], text[24] = "";
  if (isnan(value)) {
    joust_plot_text(plot, (x0 + x1) / 2, (y0 + y1) / 2, JOUST_CENTRE, "-");
    return;
  }
  double share = sqrt(fmin(1, value / 100)); /* differences near the best known value count most */
  heat_colour(colour, share);
  joust_plot_box(plot, x0 + 1, y0 + 1, x1 - 1, y1 - 1, colour);
  for (int digits = 2; digits >= 0; digits--) { /* as many as fit */
    int wanted = value < 10 ? 2 : value < 1000 ? 1 : 0;
    snprintf(text, sizeof text, "%.*f", digits < wanted ? digits : wanted, value);
    if (isinf(value)) strcpy(text, "failed");
    if (joust_text_width(text, plot->font) <= x1 - x0 - 3) break;
    text[0] = 0;
  }
  joust_plot_coloured(plot, (x0 + x1) / 2, (y0 + y1) / 2, share < 0.5 ? "#101010" : "#ffffff", text);
}

static void draw_cells(struct joust_plot *plot, const struct joust_analysis *analysis, double rows, double columns,
                       double labels) {
  for (uint32_t c = 0; c < analysis->n_contests; c++) {
    double y = plot->top + c * rows;
    char *fitted = joust_text_fit(analysis->contests[c].label, plot->font, labels);
    joust_plot_text(plot, plot->left - 0.6 * plot->font, y + rows / 2, JOUST_RIGHT, fitted);
    free(fitted);
    joust_plot_block(plot, analysis->contests[c].label);
    for (uint32_t o = 0; o < analysis->n_optimisers; o++) {
      double x = plot->left + o * columns, value = relative_regret(analysis, c, o);
      joust_plot_row(plot, (double[]){o, value}, 2);
      draw_cell(plot, x, y, x + columns, y + rows, value);
    }
  }
}

static void draw_heads(struct joust_plot *plot, const struct joust_analysis *analysis, double columns, bool turned,
                       double most) {
  for (uint32_t o = 0; o < analysis->n_optimisers; o++) {
    double x = plot->left + (o + 0.5) * columns, y = plot->top - 0.9 * plot->font;
    char *fitted = joust_text_fit(analysis->optimisers[o].label, plot->font, most);
    if (turned)
      joust_plot_turned(plot, x - 0.3 * plot->font, y + 0.2 * plot->font, fitted);
    else
      joust_plot_text(plot, x, y, JOUST_CENTRE, fitted);
    free(fitted);
  }
}

bool joust_figure_heat(struct joust_plot *plot, const struct joust_analysis *analysis,
                       const struct joust_figure_options *options, uint32_t index) {
  double font = joust_plot_font(options), width = joust_plot_width(options), labels = 0, heads = 0;
  (void)index;
  if (analysis->n_ranked == 0 || analysis->n_contests < 2 || analysis->n_optimisers < 2) return false;
  for (uint32_t c = 0; c < analysis->n_contests; c++)
    labels = fmax(labels, joust_text_width(analysis->contests[c].label, font));
  for (uint32_t o = 0; o < analysis->n_optimisers; o++)
    heads = fmax(heads, joust_text_width(analysis->optimisers[o].label, font));
  labels = fmin(labels, (options->one_column ? 0.28 : 0.36) * width);
  heads = fmin(heads, 0.22 * width);
  double room = width - labels - 2.6 * font, columns = fmin(9 * font, room / analysis->n_optimisers), rows = 2.2 * font;
  bool turned = heads > columns - font;
  if (turned) columns = fmin(columns, (room - 0.77 * heads) / (analysis->n_optimisers - 0.5));
  double top = 3.9 * font + (turned ? heads * 0.64 + 1.2 * font : 1.6 * font);
  plot->figure.title = joust_format("Mean regret at the end, in %% of a first guess");
  joust_plot_begin(plot, options, labels, 0, top + rows * analysis->n_contests + 1.2 * font);
  plot->left = labels + 1.6 * font;
  plot->top = top;
  joust_text_addf(&plot->script, "unset border\nunset xtics\nunset ytics\nset xrange [0:1]\nset yrange [0:1]\n");
  joust_plot_titles(plot, "0: the best value known; 100: the median first trial");
  draw_heads(plot, analysis, columns, turned, heads);
  draw_cells(plot, analysis, rows, columns, labels);
  struct joust_text desc = {0};
  joust_text_add(&desc, "Mean regret at the end of the budget in per cent of the median regret of a first trial.");
  for (uint32_t c = 0; c < analysis->n_contests; c++) {
    joust_text_addf(&desc, " %s:", analysis->contests[c].label);
    for (uint32_t o = 0; o < analysis->n_optimisers; o++)
      joust_text_addf(&desc, "%s %s %.3g", o ? "," : "", analysis->optimisers[o].label,
                      relative_regret(analysis, c, o));
    joust_text_add(&desc, ".");
  }
  plot->figure.desc = joust_text_take(&desc);
  plot->figure.how =
      joust_copy("Light cells and small numbers are good: each cell is the mean distance to the best value known "
                 "on a problem, as a share of what one random guess leaves, so that problems of different "
                 "scales stand side by side; a dash stands where there are no runs.");
  return true;
}
