/* Runs one by one: what a model's answers cost against what they found, and the trials of a single run. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "report/analysis_parts.h"
#include "report/figure_parts.h"
#include "report/style.h"

static double widest_tick(const struct joust_ticks *ticks, double font) {
  double widest = 0;
  for (size_t i = 0; i < ticks->n; i++) widest = fmax(widest, joust_text_width(ticks->label[i], font));
  return widest;
}

/* ---- money or tokens against regret
 * --------------------------------------------------------------------------------------- */

struct usage {
  double money, tokens; /* NaN: not counted */
};

static double number_of(const cJSON *counters, const char *name) {
  const cJSON *node = joust_json_member(counters, name);
  return cJSON_IsNumber(node) ? node->valuedouble : NAN;
}

static struct usage usage_of(const struct joust_shown_run *run) {
  cJSON *counters = run->counters ? cJSON_Parse(run->counters) : NULL;
  struct usage usage = {number_of(counters, "money"),
                        number_of(counters, "prompt_tokens") + number_of(counters, "completion_tokens")};
  cJSON_Delete(counters);
  return usage;
}

struct spending {       /* of all runs of a contest that count and counted something */
  struct usage *usages; /* optimisers x rows */
  bool money;           /* all of those have it: shown, else tokens */
  double most;          /* spent by a run; 0: nothing to show */
};

static double spent(const struct spending *spending, const struct joust_contest *contest, uint32_t o, uint32_t r) {
  const struct usage *usage = &spending->usages[(size_t)o * contest->n_rows + r];
  return spending->money ? usage->money : usage->tokens;
}

static void read_spending(struct spending *spending, const struct joust_analysis *analysis,
                          const struct joust_contest *contest) {
  double money = 0, tokens = 0;
  bool all_money = true;
  spending->usages = joust_alloc((size_t)analysis->n_optimisers * contest->n_rows, sizeof *spending->usages);
  for (uint32_t o = 0; o < analysis->n_optimisers; o++) {
    for (uint32_t r = 0; r < contest->n_rows; r++) {
      const struct joust_shown_run *run = contest->cells[o].runs ? &contest->cells[o].runs[r] : NULL;
      struct usage *usage = &spending->usages[(size_t)o * contest->n_rows + r];
      *usage = run && joust_run_counts(run) ? usage_of(run) : (struct usage){NAN, NAN};
      if (!isnan(usage->tokens) && isnan(usage->money)) all_money = false;
      money = fmax(money, usage->money);
      tokens = fmax(tokens, usage->tokens);
    }
  }
  spending->money = all_money && money > 0;
  spending->most = spending->money ? money : tokens;
}

static bool spends(const struct spending *spending, const struct joust_contest *contest, uint32_t o) {
  for (uint32_t r = 0; r < contest->n_rows; r++)
    if (!isnan(spent(spending, contest, o, r))) return true;
  return false;
}

static void regret_axis(struct joust_plot_axis *y, const struct joust_analysis *analysis,
                        const struct joust_contest *contest, double length, double font) {
  double least = INFINITY, most = 0;
  bool zero = false;
  for (uint32_t o = 0; o < analysis->n_optimisers; o++) {
    for (uint32_t r = 0; contest->cells[o].n && r < contest->n_rows; r++) {
      double regret = joust_run_regret(analysis, contest, &contest->cells[o].runs[r]);
      if (!joust_run_counts(&contest->cells[o].runs[r]) || !isfinite(regret)) continue;
      if (regret > 0) least = fmin(least, regret);
      zero |= regret <= 0;
      most = fmax(most, regret);
    }
  }
  if (!(most > 0)) most = least = 1;
  *y = (struct joust_plot_axis){.low = zero ? least / 3 : least / 1.2, .high = most * 1.2, .log_scale = true};
  joust_ticks_make(&y->ticks, zero ? least / 1.1 : y->low, y->high, true, length, 2.2 * font, false);
  if (!zero || y->ticks.n == JOUST_MOST_TICKS) return;
  y->ticks.at[y->ticks.n] = y->low;
  strcpy(y->ticks.label[y->ticks.n++], "0");
}

/* The runs as points; an optimiser that counts nothing as its mean, right across. */
static void draw_spending(struct joust_plot *plot, const struct joust_analysis *analysis,
                          const struct joust_contest *contest, const struct spending *spending,
                          const struct joust_plot_axis *y, uint32_t o) {
  struct joust_style style = joust_style_of(o);
  joust_plot_block(plot, analysis->optimisers[o].label);
  if (!spends(spending, contest, o)) {
    double mean = fmax(y->low, joust_cell_regret(analysis, contest, o));
    joust_plot_row(plot, (double[]){0, mean}, 2);
    joust_plot_row(plot, (double[]){spending->most * 1.05, mean}, 2);
    joust_plot_element(plot, "using 1:2 with lines %s", joust_plot_line_style(o));
    return;
  }
  for (uint32_t r = 0; r < contest->n_rows; r++) {
    double regret = joust_run_regret(analysis, contest, &contest->cells[o].runs[r]);
    joust_plot_row(plot, (double[]){spent(spending, contest, o, r), isfinite(regret) ? fmax(y->low, regret) : NAN}, 2);
  }
  joust_plot_element(plot, "using 1:2 with points pt %d ps %.3g lc rgb '%s'", style.marker, plot->font / 17,
                     style.colour);
}

static void draw_cost(struct joust_plot *plot, const struct joust_analysis *analysis,
                      const struct joust_figure_options *options, const struct joust_contest *contest,
                      const struct spending *spending) {
  uint32_t *optimisers = joust_alloc(analysis->n_optimisers, sizeof *optimisers);
  const char **labels = joust_alloc(analysis->n_optimisers, sizeof *labels);
  double *ends = joust_alloc(analysis->n_optimisers, sizeof *ends), font = joust_plot_font(options);
  struct joust_plot_axis y,
      x = {.low = 0, .high = spending->most * 1.05, .name = spending->money ? "money per run" : "tokens per run"};
  size_t n = 0;
  for (uint32_t o = 0; o < analysis->n_optimisers; o++) {
    if (contest->cells[o].n == 0 || !isfinite(joust_cell_regret(analysis, contest, o))) continue;
    optimisers[n] = o;
    labels[n++] = analysis->optimisers[o].label;
  }
  double height = fmax(options->one_column ? 255 : 370, joust_plot_label_height(options, n));
  regret_axis(&y, analysis, contest, height - 7.8 * font, font);
  for (size_t i = 0; i < n; i++) ends[i] = fmax(y.low, joust_cell_regret(analysis, contest, optimisers[i]));
  joust_plot_begin(plot, options, widest_tick(&y.ticks, font), joust_plot_label_room(options, labels, n), height);
  joust_ticks_make(&x.ticks, 0, x.high, false, plot->right - plot->left, 5 * font, false);
  joust_plot_titles(plot, "regret at the end, a point a run; lines and labels at the mean");
  joust_plot_axes(plot, &x, &y);
  for (size_t i = 0; i < n; i++) draw_spending(plot, analysis, contest, spending, &y, optimisers[i]);
  joust_plot_end_labels(plot, &y, ends, optimisers, labels, n);
  free(optimisers);
  free(labels);
  free(ends);
}

static char *describe_cost(const struct joust_analysis *analysis, const struct joust_contest *contest,
                           const struct spending *spending) {
  struct joust_text out = {0};
  joust_text_addf(&out, "Regret at the end of each run on %s against the %s it used.", contest->label,
                  spending->money ? "money" : "tokens");
  for (uint32_t o = 0; o < analysis->n_optimisers; o++) {
    if (contest->cells[o].n == 0) continue;
    double sum = 0, n = 0;
    for (uint32_t r = 0; r < contest->n_rows; r++) {
      double used = spent(spending, contest, o, r);
      if (!isnan(used)) sum += used, n++;
    }
    joust_text_addf(&out, " %s: mean regret %.4g", analysis->optimisers[o].label,
                    joust_cell_regret(analysis, contest, o));
    if (n > 0) joust_text_addf(&out, ", %.6g per run", sum / n);
    joust_text_add(&out, ".");
  }
  return joust_text_take(&out);
}

bool joust_figure_cost(struct joust_plot *plot, const struct joust_analysis *analysis,
                       const struct joust_figure_options *options, uint32_t index) {
  const struct joust_contest *contest = &analysis->contests[index];
  struct spending spending = {0};
  if (contest->nothing) return false;
  read_spending(&spending, analysis, contest);
  bool any = spending.most > 0;
  if (any) {
    plot->figure.title = joust_format("%s against regret: %s", spending.money ? "Money" : "Tokens", contest->label);
    plot->figure.desc = describe_cost(analysis, contest, &spending);
    plot->figure.how =
        joust_copy("Lower and further left is better: each point is a run, by what its model was paid in tokens "
                   "or money and how far from the best value it ended; a line right across is an optimiser "
                   "that asks no model.");
    draw_cost(plot, analysis, options, contest, &spending);
  }
  free(spending.usages);
  return any;
}

/* ---- the trials of one run
 * ---------------------------------------------------------------------------------------------------- */

struct trace {
  const struct joust_store_columns *trials;
  const struct joust_contest *contest;
  struct joust_style style;
  int direction;
  double low, high;  /* of the values */
  uint32_t failures; /* failed or cancelled */
};

static bool failed(const struct trace *trace, uint32_t i) {
  return trace->trials->outcome[i] != 0 || !isfinite(trace->trials->value[i]);
}

static void value_blocks(struct joust_plot *plot, const struct trace *trace) {
  const struct joust_store_columns *trials = trace->trials;
  double best = NAN;
  joust_plot_block(plot, "trial, value of those that succeeded, incumbent");
  for (uint32_t i = 0; i < trials->n; i++) {
    bool ok = !failed(trace, i);
    if (ok && !(trace->direction * trials->value[i] >= trace->direction * best)) best = trials->value[i];
    joust_plot_row(plot, (double[]){i + 1, ok ? trials->value[i] : NAN, best}, 3);
  }
  joust_plot_element(plot, "using 1:3 with steps lw 2 lc rgb '%s'", trace->style.colour);
  joust_plot_element(plot, "using 1:2 with points pt %d ps %.3g lc rgb '%s'", trace->style.marker,
                     plot->font / (trials->n > 100 ? 40 : 26), trace->style.colour);
}

/* Failed trials as crosses at the foot. */
static void failure_block(struct joust_plot *plot, const struct trace *trace, const struct joust_plot_axis *y) {
  joust_plot_block(plot, "failed and cancelled trials");
  for (uint32_t i = 0; i < trace->trials->n; i++)
    if (failed(trace, i)) joust_plot_row(plot, (double[]){i + 1, y->low + 0.02 * (y->high - y->low)}, 2);
  joust_plot_element(plot, "using 1:2 with points pt 2 ps %.3g lc rgb '%s'", plot->font / 22, JOUST_FAINT);
}

static void draw_run(struct joust_plot *plot, const struct joust_analysis *analysis,
                     const struct joust_figure_options *options, const struct trace *trace) {
  const struct joust_contest *contest = trace->contest;
  double font = joust_plot_font(options), height = options->one_column ? 255 : 370,
         best = contest->known ? contest->reference : NAN;
  double low = fmin(trace->low, best), high = fmax(trace->high, best),
         room = high > low ? 0.05 * (high - low) : fmax(1e-3, 0.05 * fabs(high));
  struct joust_plot_axis x = {.low = 1, .high = trace->trials->n, .name = "trials"};
  struct joust_plot_axis y = {.low = low - room * (trace->failures ? 2 : 1), .high = high + room};
  if (!(x.low < x.high)) x.low = 0.5;
  joust_ticks_make(&y.ticks, y.low, y.high, false, height - 7.8 * font, 2.2 * font, false);
  joust_plot_begin(plot, options, widest_tick(&y.ticks, font),
                   isfinite(best) ? joust_text_width("best known", font) + font : 0, height);
  double length = plot->right - plot->left, few = trace->trials->n < 10 ? length / trace->trials->n : 0;
  joust_ticks_make(&x.ticks, x.low, x.high, false, length, fmax(few, 3.6 * font), true);
  if (trace->trials->n == 1) joust_ticks_make(&x.ticks, 1, 1, false, length, font, true);
  char *objective = joust_figure_objective(analysis, contest);
  joust_plot_titles(plot, objective);
  joust_plot_axes(plot, &x, &y);
  if (isfinite(best)) {
    double at = joust_plot_y(plot, &y, best);
    joust_plot_segment(plot, plot->left, at, plot->right, at, JOUST_FAINT, 1);
    joust_plot_text(plot, plot->right + 0.5 * font, at, JOUST_LEFT, contest->beaten ? "best found" : "best known");
  }
  value_blocks(plot, trace);
  if (trace->failures) failure_block(plot, trace, &y);
  free(objective);
}

bool joust_figure_run_trials(struct joust_plot *plot, const struct joust_analysis *analysis,
                             const struct joust_figure_options *options, uint32_t index) {
  const struct joust_figure_run *run = options->run;
  (void)index;
  if (!run || run->trials->n == 0) return false;
  const struct joust_contest *contest = &analysis->contests[run->contest];
  struct trace trace = {.trials = run->trials,
                        .contest = contest,
                        .style = joust_style_of(run->optimiser),
                        .direction = joust_definition_of(analysis, contest)->direction,
                        .low = INFINITY,
                        .high = -INFINITY};
  double best = NAN;
  for (uint32_t i = 0; i < run->trials->n; i++) {
    double value = run->trials->value[i];
    if (failed(&trace, i)) {
      trace.failures++;
      continue;
    }
    trace.low = fmin(trace.low, value);
    trace.high = fmax(trace.high, value);
    if (!(trace.direction * value >= trace.direction * best)) best = value;
  }
  if (trace.low > trace.high) trace.low = trace.high = 0; /* all failed */
  const char *label = analysis->optimisers[run->optimiser].label;
  plot->figure.title =
      joust_format("One run: %s on %s, replicate %u", label, contest->label, contest->rows[run->row].replicate);
  struct joust_text desc = {0};
  joust_text_addf(&desc, "Objective of the %u trials of a run of %s on %s.", run->trials->n, label, contest->label);
  if (isfinite(best)) joust_text_addf(&desc, " Best: %.6g.", best);
  joust_text_addf(&desc, " Failed or cancelled trials: %u.", trace.failures);
  plot->figure.desc = joust_text_take(&desc);
  plot->figure.how = joust_format(
      "Each point is a trial in the order in which they were made, the line the best value so far "
      "(%s is better)%s.",
      trace.direction < 0 ? "higher" : "lower", trace.failures ? "; crosses at the foot are trials that failed" : "");
  draw_run(plot, analysis, options, &trace);
  return true;
}
