/* The critical-difference diagram: J. Demsar, JMLR 7 (2006), figure 1. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "report/figure_parts.h"
#include "report/style.h"

static void draw_axis(struct joust_plot *plot, const struct joust_cd_layout *layout) {
  struct joust_ticks ticks;
  double length = layout->right - layout->left;
  joust_plot_segment(plot, layout->left, layout->axis_y, layout->right, layout->axis_y, JOUST_INK, 1);
  joust_ticks_of_ranks(&ticks, layout->k, length, 1.5 * plot->font);
  for (size_t i = 0; i < ticks.n; i++) {
    double x = layout->left + (ticks.at[i] - 1) / (double)(layout->k - 1) * length;
    joust_plot_segment(plot, x, layout->axis_y - 0.4 * plot->font, x, layout->axis_y, JOUST_INK, 1);
    joust_plot_text(plot, x, layout->axis_y - 1.1 * plot->font, JOUST_CENTRE, ticks.label[i]);
  }
}

static void draw_difference(struct joust_plot *plot, const struct joust_cd_layout *layout, double difference) {
  double y = layout->cd_y, right = fmin(layout->cd_right, layout->width - plot->font), half = 0.35 * plot->font;
  joust_plot_segment(plot, layout->cd_left, y, right, y, JOUST_INK, 1.5);
  joust_plot_segment(plot, layout->cd_left, y - half, layout->cd_left, y + half, JOUST_INK, 1.5);
  if (right == layout->cd_right) joust_plot_segment(plot, right, y - half, right, y + half, JOUST_INK, 1.5);
  char *text = joust_format("critical difference %.2f%s", difference,
                            layout->cd_right > layout->right ? ": longer than the axis" : "");
  joust_plot_text(plot, layout->cd_left, y - 1.1 * plot->font, JOUST_LEFT, text);
  free(text);
}

static char *label_of(const struct joust_analysis *analysis, size_t place, double font, double most) {
  const struct joust_comparison *comparison = &analysis->comparison;
  char rank[16];
  snprintf(rank, sizeof rank, "%.2f", comparison->mean_ranks[place]);
  char *name = joust_text_fit(analysis->optimisers[comparison->optimisers[place]].label, font,
                              most - joust_text_width(rank, font) - font);
  char *label = joust_format("%s %s", name, rank);
  free(name);
  return label;
}

static void draw_labels(struct joust_plot *plot, const struct joust_cd_layout *layout,
                        const struct joust_analysis *analysis, double most) {
  for (size_t i = 0; i < layout->k; i++) {
    uint32_t optimiser = analysis->comparison.optimisers[i];
    const char *colour = joust_style_of(optimiser).colour;
    double end = layout->at_left[i] ? layout->label_left : layout->label_right, y = layout->label_y[i];
    double away = layout->at_left[i] ? -0.9 * plot->font : 0.9 * plot->font;
    char *label = label_of(analysis, i, plot->font, most);
    joust_plot_segment(plot, layout->x[i], layout->axis_y, layout->x[i], y, colour, 1.5);
    joust_plot_segment(plot, layout->x[i], y, end, y, colour, 1.5);
    joust_plot_marker(plot, layout->x[i], layout->axis_y, optimiser);
    joust_plot_text(plot, end + away / 2, y, layout->at_left[i] ? JOUST_RIGHT : JOUST_LEFT, label);
    free(label);
  }
}

static void add_data(struct joust_plot *plot, const struct joust_analysis *analysis) {
  const struct joust_comparison *comparison = &analysis->comparison;
  struct joust_text groups = {0};
  for (uint32_t i = 0; i < comparison->k; i++) {
    joust_text_addf(&groups, "%s%s", i ? ", " : "place, mean rank of ",
                    analysis->optimisers[comparison->optimisers[i]].label);
  }
  joust_plot_block(plot, joust_text_string(&groups));
  for (uint32_t i = 0; i < comparison->k; i++) joust_plot_row(plot, (double[]){i + 1, comparison->mean_ranks[i]}, 2);
  joust_text_free(&groups);
}

static char *describe(const struct joust_analysis *analysis) {
  const struct joust_comparison *comparison = &analysis->comparison;
  struct joust_text out = {0};
  joust_text_add(&out, "Mean ranks: ");
  for (uint32_t i = 0; i < comparison->k; i++)
    joust_text_addf(&out, "%s%s %.2f", i ? ", " : "", analysis->optimisers[comparison->optimisers[i]].label,
                    comparison->mean_ranks[i]);
  joust_text_addf(&out, ". Critical difference %.3g over %u blocks.", comparison->critical_difference,
                  comparison->n_blocks);
  for (uint32_t g = 0; g < comparison->n_groups; g++) {
    joust_text_add(&out, " Not separated: ");
    bool first = true;
    for (uint32_t i = 0; i < comparison->k; i++) {
      if (!comparison->groups[g * comparison->k + i]) continue;
      joust_text_addf(&out, "%s%s", first ? "" : ", ", analysis->optimisers[comparison->optimisers[i]].label);
      first = false;
    }
    joust_text_add(&out, ".");
  }
  return joust_text_take(&out);
}

bool joust_figure_cd(struct joust_plot *plot, const struct joust_analysis *analysis,
                     const struct joust_figure_options *options, uint32_t index) {
  const struct joust_comparison *comparison = &analysis->comparison;
  struct joust_cd_layout layout;
  (void)index;
  if (comparison->k < 2 || isnan(comparison->critical_difference)) return false;
  double font = joust_plot_font(options), width = joust_plot_width(options), widest = 0, most = width * 0.29;
  for (uint32_t i = 0; i < comparison->k; i++) {
    char *label = label_of(analysis, i, font, most);
    widest = fmax(widest, joust_text_width(label, font));
    free(label);
  }
  joust_cd_layout_make(&layout, comparison->mean_ranks, comparison->k, comparison->critical_difference,
                       comparison->groups, comparison->n_groups, width, font, widest);
  const char *blocks = comparison->blocks == JOUST_BLOCKS_PROBLEMS ? "problems"
                       : analysis->n_ranked == 1                   ? "seeds"
                                                                   : "problem-seed pairs";
  plot->figure.title = joust_format("Critical differences over %u %s", comparison->n_blocks, blocks);
  plot->figure.desc = describe(analysis);
  plot->figure.how = joust_format(
      "Further left is better: each optimiser stands at its mean rank over the %s, and a bar joins those that "
      "Friedman's and Nemenyi's tests do not separate at the %g %% level, which is no proof that they are equal.",
      blocks, 100 * analysis->alpha);
  joust_plot_begin(plot, options, 0, 0, layout.height);
  joust_text_addf(&plot->script, "unset border\nunset xtics\nunset ytics\nset xrange [0:1]\nset yrange [0:1]\n");
  char *title = joust_text_fit(plot->figure.title, joust_plot_bold(font), width - 1.2 * font);
  joust_plot_heading(plot, 0.6 * font, 1.1 * font, title);
  free(title);
  for (size_t g = 0; g < layout.n_bars; g++)
    joust_plot_segment(plot, layout.bar_from[g], layout.bar_y[g], layout.bar_to[g], layout.bar_y[g], JOUST_INK, 3.5);
  draw_labels(plot, &layout, analysis, most);
  draw_axis(plot, &layout);
  draw_difference(plot, &layout, comparison->critical_difference);
  add_data(plot, analysis);
  joust_cd_layout_free(&layout);
  return true;
}
