/* One figure as a gnuplot script and its data, while it is being made: the few things that figures consist of.
 *
 * Lengths are pixels of 1/96 inch, y counts downwards from the top of the figure, unless they are values on the axes.
 * Texts are the user's own, as they are: the terminals do not interpret them, quoting is done here. */
#ifndef JOUST_REPORT_FIGURE_PLOT_H
#define JOUST_REPORT_FIGURE_PLOT_H

#include "base/text.h"
#include "report/analysis.h"
#include "report/figure_layout.h"
#include "report/figures.h"

struct joust_plot {
  struct joust_figure figure;      /* name, title, desc, how, size */
  double font;                     /* size of its text */
  double left, right, top, bottom; /* of the frame: where its edges stand */
  struct joust_text script, elements, data;
  int blocks; /* of data */
};

/* A size for the options, and a frame that fills it but for room at the left for tick labels `ticks` wide, at the right
 * for labels `labels` wide, above for the title and below for ticks and the name of the axis. */
void joust_plot_begin(struct joust_plot *plot, const struct joust_figure_options *options, double ticks, double labels,
                      double height);
void joust_plot_free(struct joust_plot *plot);

double joust_plot_width(const struct joust_figure_options *options);
double joust_plot_font(const struct joust_figure_options *options);
double joust_plot_bold(double font); /* font size whose letters are as wide as those of headings */

enum joust_align { JOUST_LEFT, JOUST_CENTRE, JOUST_RIGHT };

#define JOUST_INK   "black"   /* becomes currentColor in an SVG */
#define JOUST_FAINT "#888888" /* of grids and leaders: seen on light and dark grounds */

void joust_plot_text(struct joust_plot *plot, double x, double y, enum joust_align align, const char *text);
void joust_plot_heading(struct joust_plot *plot, double x, double y, const char *text); /* bold, left */
/* Turned by 40 degrees, going up to the right from (x, y); ink of its own. */
void joust_plot_turned(struct joust_plot *plot, double x, double y, const char *text);
void joust_plot_coloured(struct joust_plot *plot, double x, double y, const char *colour, const char *text);
void joust_plot_segment(struct joust_plot *plot, double x0, double y0, double x1, double y1, const char *colour,
                        double width);
void joust_plot_marker(struct joust_plot *plot, double x, double y, uint32_t optimiser);
void joust_plot_box(struct joust_plot *plot, double x0, double y0, double x1, double y1, const char *colour);

/* An axis of the frame, and what is written at it. */
struct joust_plot_axis {
  double low, high; /* of the frame: left and right, or bottom and top (low > high: turned round) */
  bool log_scale;
  const char *name; /* below the frame, or above it at the left */
  struct joust_ticks ticks;
};
void joust_plot_axes(struct joust_plot *plot, const struct joust_plot_axis *x, const struct joust_plot_axis *y);
/* Where a value stands, in pixels. */
double joust_plot_x(const struct joust_plot *plot, const struct joust_plot_axis *axis, double value);
double joust_plot_y(const struct joust_plot *plot, const struct joust_plot_axis *axis, double value);

/* Title above the frame, with the name of the vertical axis below it. */
void joust_plot_titles(struct joust_plot *plot, const char *y_name);

/* Data: a block with a comment, then its rows (NaN: a gap); an element draws the last block. */
void joust_plot_block(struct joust_plot *plot, const char *comment);
void joust_plot_row(struct joust_plot *plot, const double *values, size_t n);
/* How it is drawn: what stands behind `plot FILE index N`. */
void joust_plot_element(struct joust_plot *plot, const char *format, ...) JOUST_PRINTF(2, 3);

/* The line style of an optimiser: "lw 2 lc rgb '#...' dt (8,3)". Static memory, until the next call. */
const char *joust_plot_line_style(uint32_t optimiser);

/* Labels at the right of the frame for the ends (values on the axis y) of n lines: marker, name, and a leader from the
 * end of the line. */
void joust_plot_end_labels(struct joust_plot *plot, const struct joust_plot_axis *y, const double *ends,
                           const uint32_t *optimisers, const char *const *labels, size_t n);
/* Room that such labels take: for joust_plot_begin. At most a third of the figure. */
double joust_plot_label_room(const struct joust_figure_options *options, const char *const *labels, size_t n);
/* Height that n such labels need. */
double joust_plot_label_height(const struct joust_figure_options *options, size_t n);

/* The whole script, without a terminal. */
void joust_plot_finish(const struct joust_plot *plot, struct joust_text *script);

/* 'text' for gnuplot: quotes doubled, control characters and what is not UTF-8 made harmless. */
void joust_plot_quote(struct joust_text *out, const char *text);

#endif
