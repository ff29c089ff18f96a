/* Where things stand in a figure: pure functions on numbers, without gnuplot. Lengths are pixels, y counts downwards
 * from the top, unless said otherwise. */
#ifndef JOUST_REPORT_FIGURE_LAYOUT_H
#define JOUST_REPORT_FIGURE_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Width of a UTF-8 text in DejaVu Sans, the widest of the common fonts for screens, so that nothing overlaps in others.
 * What is not ASCII counts as a wide letter. */
double joust_text_width(const char *text, double font_size);

/* The text, or if it is wider than `most` its beginning and its end around "…". The caller frees. */
char *joust_text_fit(const char *text, double font_size, double most);

/* Places of n labels that want to stand at wanted[i] (any order) but at least `gap` apart and within [low, high]: the
 * order of the wanted places is kept (equal ones: by index), and the sum of squared displacements is the least
 * possible (isotonic regression by pooling neighbours: R. E. Barlow et al., "Statistical inference under order
 * restrictions", 1972). Where they do not fit they are spread evenly. */
void joust_spread(double *places, const double *wanted, size_t n, double gap, double low, double high);

/* ---- ticks ------------------------------------------------------------------------------------------------------- */

enum { JOUST_MOST_TICKS = 24 };

struct joust_ticks {
  double at[JOUST_MOST_TICKS];
  char label[JOUST_MOST_TICKS][24]; /* "" for a tick that has none */
  size_t n;
};

/* Ticks of an axis from low to high that is `length` long: at 1, 2 or 5 times a power of ten, on a logarithmic axis at
 * powers of ten and between them where there is room. Labels need `room` each. With `with_end` the axis ends in a tick
 * of its own, and others that stand too near to it are left out. */
void joust_ticks_make(struct joust_ticks *ticks, double low, double high, bool log_scale, double length, double room,
                      bool with_end);

/* Ticks at the ranks 1 .. k, every one or as many as have room. */
void joust_ticks_of_ranks(struct joust_ticks *ticks, size_t k, double length, double room);

/* A number as it stands at an axis: "0.001", "200", "1e-07". */
void joust_tick_label(char label[24], double value);

/* ---- critical-difference diagram ----------------------------------------------------------------------------------
 */

struct joust_cd_layout { /* owns its arrays */
  double width, height;
  double left, right, axis_y;     /* of the axis: rank 1 at left, rank k at right */
  double cd_left, cd_right, cd_y; /* the critical difference as a bar above the axis, beginning at rank 1 */
  size_t k;
  double *x;                      /* k: where each optimiser's rank stands on the axis */
  double *label_y;                /* k: its label's line */
  bool *at_left;                  /* k: whether the label stands left of the axis */
  double label_left, label_right; /* where labels end (left ones) and begin (right ones) */
  size_t n_bars;
  double *bar_from, *bar_to, *bar_y; /* n_bars: one a group, from its best to its worst member */
};

/* k optimisers by ascending mean rank, groups (n_groups x k) of those that are not separated, as joust_groups gives
 * them; widest: the widest label. Demsar's diagram: labels of the better half stand left, the others right, the
 * extremes on top; bars that would overlap stand in different rows, between the axis and the first label. */
void joust_cd_layout_make(struct joust_cd_layout *layout, const double *mean_ranks, size_t k,
                          double critical_difference, const bool *groups, size_t n_groups, double width,
                          double font_size, double widest);
void joust_cd_layout_free(struct joust_cd_layout *layout);

#endif
