#include "report/figure_plot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/style.h"

/* ---- sizes ----------------------------------------------------------------------------------------------------------
 */

double joust_plot_width(const struct joust_figure_options *options) {
  return options->one_column ? 340 : 680; /* 90 mm, 180 mm */
}

double joust_plot_font(const struct joust_figure_options *options) {
  return options->one_column ? 10 : 12; /* 7.5 and 9 points */
}

void joust_plot_begin(struct joust_plot *plot, const struct joust_figure_options *options, double ticks, double labels,
                      double height) {
  double font = joust_plot_font(options);
  plot->font = font;
  plot->figure.width = joust_plot_width(options);
  plot->figure.height = height;
  plot->left = ticks + 1.6 * font;
  plot->right = plot->figure.width - fmax(labels, 1.5 * font);
  plot->top = 3.9 * font;
  plot->bottom = height - 4.2 * font;
}

void joust_plot_free(struct joust_plot *plot) {
  joust_text_free(&plot->script);
  joust_text_free(&plot->elements);
  joust_text_free(&plot->data);
  free(plot->figure.name);
  free(plot->figure.title);
  free(plot->figure.desc);
  free(plot->figure.how);
}

/* ---- texts and lines
 * -------------------------------------------------------------------------------------------------- */

/* Bytes of the UTF-8 character at text, 0 if it is none. */
static size_t character_at(const char *text) {
  const unsigned char *c = (const unsigned char *)text;
  size_t n = c[0] < 0x80                   ? 1
             : c[0] >= 0xc2 && c[0] < 0xe0 ? 2
             : (c[0] & 0xf0) == 0xe0       ? 3
             : c[0] >= 0xf0 && c[0] < 0xf5 ? 4
                                           : 0;
  for (size_t i = 1; i < n; i++)
    if ((c[i] & 0xc0) != 0x80) return 0;
  return n;
}

void joust_plot_quote(struct joust_text *out, const char *text) {
  joust_text_add(out, "'");
  while (*text) {
    size_t n = character_at(text);
    unsigned char c = (unsigned char)*text;
    if (n == 0)
      joust_text_add(out, "?");
    else if (c == '\'')
      joust_text_add(out, "''");
    else if (c < 0x20 || c == 0x7f)
      joust_text_add(out, " ");
    else
      joust_text_add_n(out, text, n);
    text += n ? n : 1;
  }
  joust_text_add(out, "'");
}

static void add_place(struct joust_plot *plot, double x, double y) {
  joust_text_addf(&plot->script, "screen %.5f, screen %.5f", x / plot->figure.width, 1 - y / plot->figure.height);
}

static void add_label(struct joust_plot *plot, double x, double y, const char *text, const char *rest) {
  joust_text_add(&plot->script, "set label ");
  joust_plot_quote(&plot->script, text);
  joust_text_add(&plot->script, " at ");
  add_place(plot, x, y);
  joust_text_addf(&plot->script, " %s\n", rest);
}

void joust_plot_text(struct joust_plot *plot, double x, double y, enum joust_align align, const char *text) {
  static const char *const words[] = {"left", "center", "right"};
  add_label(plot, x, y, text, words[align]);
}

void joust_plot_heading(struct joust_plot *plot, double x, double y, const char *text) {
  add_label(plot, x, y, text, "left font bold"); /* a variable of style.gp */
}

void joust_plot_turned(struct joust_plot *plot, double x, double y, const char *text) {
  add_label(plot, x, y, text, "left rotate by 40");
}

void joust_plot_coloured(struct joust_plot *plot, double x, double y, const char *colour, const char *text) {
  char *rest = joust_format("center textcolor rgb '%s'", colour);
  add_label(plot, x, y, text, rest);
  free(rest);
}

void joust_plot_segment(struct joust_plot *plot, double x0, double y0, double x1, double y1, const char *colour,
                        double width) {
  joust_text_add(&plot->script, "set arrow from ");
  add_place(plot, x0, y0);
  joust_text_add(&plot->script, " to ");
  add_place(plot, x1, y1);
  joust_text_addf(&plot->script, " nohead lw %.3g lc rgb '%s'\n", width, colour);
}

void joust_plot_marker(struct joust_plot *plot, double x, double y, uint32_t optimiser) {
  struct joust_style style = joust_style_of(optimiser);
  char *rest = joust_format("point pt %d ps %.3g lc rgb '%s'", style.marker, plot->font / 14, style.colour);
  add_label(plot, x, y, "", rest);
  free(rest);
}

void joust_plot_box(struct joust_plot *plot, double x0, double y0, double x1, double y1, const char *colour) {
  joust_text_add(&plot->script, "set object rectangle from ");
  add_place(plot, x0, y0);
  joust_text_add(&plot->script, " to ");
  add_place(plot, x1, y1);
  joust_text_addf(&plot->script, " fillcolor rgb '%s' fillstyle solid noborder behind\n", colour);
}

/* ---- axes
 * ------------------------------------------------------------------------------------------------------------- */

static double share_of(const struct joust_plot_axis *axis, double value) {
  if (axis->log_scale) return (log(value) - log(axis->low)) / (log(axis->high) - log(axis->low));
  return (value - axis->low) / (axis->high - axis->low);
}

double joust_plot_x(const struct joust_plot *plot, const struct joust_plot_axis *axis, double value) {
  return plot->left + share_of(axis, value) * (plot->right - plot->left);
}

double joust_plot_y(const struct joust_plot *plot, const struct joust_plot_axis *axis, double value) {
  return plot->bottom - share_of(axis, value) * (plot->bottom - plot->top);
}

/* Explicit labels are formats for gnuplot: a % stands for itself when it is doubled. */
static void add_ticks(struct joust_text *script, const char *which, const struct joust_ticks *ticks) {
  if (ticks->n == 0) {
    joust_text_addf(script, "unset %stics\n", which);
    return;
  }
  joust_text_addf(script, "set %stics scale 0.5 nomirror (", which);
  for (size_t i = 0; i < ticks->n; i++) {
    joust_text_addf(script, "%s'", i ? ", " : "");
    for (const char *c = ticks->label[i]; *c; c++) joust_text_addf(script, *c == '%' ? "%%%%" : "%c", *c);
    joust_text_addf(script, "' %.12g", ticks->at[i]);
  }
  joust_text_add(script, ")\n");
}

void joust_plot_axes(struct joust_plot *plot, const struct joust_plot_axis *x, const struct joust_plot_axis *y) {
  struct joust_text *script = &plot->script;
  double w = plot->figure.width, h = plot->figure.height;
  joust_text_addf(script, "set lmargin at screen %.5f\nset rmargin at screen %.5f\n", plot->left / w, plot->right / w);
  joust_text_addf(script, "set tmargin at screen %.5f\nset bmargin at screen %.5f\n", 1 - plot->top / h,
                  1 - plot->bottom / h);
  joust_text_addf(script, "set xrange [%.12g:%.12g]\nset yrange [%.12g:%.12g]\n", x->low, x->high, y->low, y->high);
  if (x->log_scale) joust_text_add(script, "set logscale x\n");
  if (y->log_scale) joust_text_add(script, "set logscale y\n");
  add_ticks(script, "x", &x->ticks);
  add_ticks(script, "y", &y->ticks);
  if (x->name) joust_plot_text(plot, (plot->left + plot->right) / 2, h - 0.8 * plot->font, JOUST_CENTRE, x->name);
}

void joust_plot_titles(struct joust_plot *plot, const char *y_name) {
  double left = 0.6 * plot->font, room = plot->figure.width - 2 * left;
  char *title = joust_text_fit(plot->figure.title, joust_plot_bold(plot->font), room),
       *name = joust_text_fit(y_name, plot->font, room);
  joust_plot_heading(plot, left, 1.1 * plot->font, title);
  joust_plot_text(plot, left, 2.7 * plot->font, JOUST_LEFT, name);
  free(title);
  free(name);
}

/* ---- data
 * ------------------------------------------------------------------------------------------------------------- */

void joust_plot_block(struct joust_plot *plot, const char *comment) {
  joust_text_addf(&plot->data, "%s# ", plot->blocks++ ? "\n\n" : "");
  for (; *comment; comment++) joust_text_addf(&plot->data, "%c", (unsigned char)*comment < 0x20 ? ' ' : *comment);
  joust_text_add(&plot->data, "\n");
}

void joust_plot_row(struct joust_plot *plot, const double *values, size_t n) {
  for (size_t i = 0; i < n; i++) {
    joust_text_add(&plot->data, i ? " " : "");
    if (isfinite(values[i]))
      joust_text_addf(&plot->data, "%.10g", values[i]);
    else
      joust_text_add(&plot->data, "NaN");
  }
  joust_text_add(&plot->data, "\n");
}

void joust_plot_element(struct joust_plot *plot, const char *format, ...) {
  va_list args;
  char text[400];
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  joust_text_addf(&plot->elements, "%s\\\n  '%s.dat' index %d %s", plot->elements.length ? ", " : "", plot->figure.name,
                  plot->blocks - 1, text);
}

void joust_plot_finish(const struct joust_plot *plot, struct joust_text *script) {
  joust_text_add(script, "# ");
  for (const char *c = plot->figure.title; *c; c++) joust_text_addf(script, "%c", (unsigned char)*c < 0x20 ? ' ' : *c);
  joust_text_addf(script, ": the data are in %s.dat; `gnuplot all.gp` makes the figure again\n", plot->figure.name);
  joust_text_add(script, joust_text_string(&plot->script));
  joust_text_addf(script, "plot %s\n", plot->elements.length ? joust_text_string(&plot->elements) : "NaN");
}

/* ---- optimisers
 * --------------------------------------------------------------------------------------------------------- */

const char *joust_plot_line_style(uint32_t optimiser) {
  static char text[120];
  struct joust_style style = joust_style_of(optimiser);
  int length = snprintf(text, sizeof text, "lw 2 lc rgb '%s'", style.colour);
  if (*style.dash && length > 0) {
    snprintf(text + length, sizeof text - (size_t)length, " dt (%s)", style.dash);
    for (char *c = text + length + 5; *c; c++)
      if (*c == ' ') *c = ',';
  }
  return text;
}

double joust_plot_bold(double font) {
  return 1.12 * 1.16 * font; /* its size in style.gp, and how much wider its letters are */
}

static double line_height(const struct joust_plot *plot) {
  return 1.4 * plot->font;
}

double joust_plot_label_room(const struct joust_figure_options *options, const char *const *labels, size_t n) {
  double font = joust_plot_font(options), widest = 0;
  for (size_t i = 0; i < n; i++) widest = fmax(widest, joust_text_width(labels[i], font));
  return fmin(widest + 4 * font, joust_plot_width(options) * 0.36);
}

double joust_plot_label_height(const struct joust_figure_options *options, size_t n) {
  return joust_plot_font(options) * (1.4 * (double)n + 7.8);
}

void joust_plot_end_labels(struct joust_plot *plot, const struct joust_plot_axis *y, const double *ends,
                           const uint32_t *optimisers, const char *const *labels, size_t n) {
  double *wanted = joust_alloc(n, sizeof *wanted), *places = joust_alloc(n, sizeof *places);
  double from = plot->right + 0.3 * plot->font, to = plot->right + 1.8 * plot->font, text = to + 0.9 * plot->font;
  for (size_t i = 0; i < n; i++) wanted[i] = fmin(plot->bottom, fmax(plot->top, joust_plot_y(plot, y, ends[i])));
  joust_spread(places, wanted, n, line_height(plot), plot->top, plot->bottom);
  for (size_t i = 0; i < n; i++) {
    char *fitted = joust_text_fit(labels[i], plot->font, plot->figure.width - text - 0.3 * plot->font);
    joust_plot_segment(plot, from, wanted[i], to, places[i], joust_style_of(optimisers[i]).colour, 1);
    joust_plot_marker(plot, to + 0.2 * plot->font, places[i], optimisers[i]);
    joust_plot_text(plot, text, places[i], JOUST_LEFT, fitted);
    free(fitted);
  }
  free(wanted);
  free(places);
}
