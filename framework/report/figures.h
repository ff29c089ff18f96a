/* The figures of an analysis, drawn by gnuplot: one process makes all of them in all formats.
 *
 * Into the folder go, for a figure NAME: NAME.svg, NAME.pdf, NAME.png as asked for, and what a user needs to restyle
 * it: NAME.gp and NAME.dat, with style.gp and all.gp (`gnuplot all.gp` there makes everything again). Where labels
 * stand, how long axes are and which ticks they have is computed here, so nothing overlaps and axes end at the real
 * budget.
 *
 * The same analysis gives the same bytes for one version of gnuplot: no clock, no machine. An SVG begins with its <svg>
 * element, so that it can stand in a page: text stays text; its ground is transparent, ink is currentColor,
 * optimisers have the colours of style.h; ids begin with the figure's name; role="img", title and desc are there. */
#ifndef JOUST_REPORT_FIGURES_H
#define JOUST_REPORT_FIGURES_H

#include "report/analysis.h"

enum joust_figure_kind {
  JOUST_FIGURE_CONVERGENCE, /* of a contest: mean regret over the budget with its confidence band */
  JOUST_FIGURE_RANK,        /* mean rank over the budget */
  JOUST_FIGURE_CD,          /* critical-difference diagram */
  JOUST_FIGURE_ECDF,        /* share of targets reached over the budget */
  JOUST_FIGURE_BOX,         /* of a contest: final values of all runs */
  JOUST_FIGURE_HEAT,        /* problems x optimisers: relative regret at the end */
  JOUST_FIGURE_COST,        /* of a contest: money or tokens against regret, where an optimiser counted them */
  JOUST_FIGURE_RUN,         /* of one run: its trials and its incumbent */
  JOUST_N_FIGURE_KINDS
};

enum { JOUST_SVG = 1, JOUST_PDF = 2, JOUST_PNG = 4 };

struct joust_figure_run { /* what JOUST_FIGURE_RUN shows; the caller's */
  uint32_t contest, optimiser, row;
  const struct joust_store_columns *trials;
};

struct joust_figure_options { /* all zero: every figure that the analysis has something for, as SVG, two columns */
  unsigned formats;           /* JOUST_SVG | ...; 0: SVG */
  unsigned kinds;             /* bits 1 << kind; 0: all */
  bool one_contest;           /* only `contest` in figures of a contest */
  uint32_t contest;           /* index */
  bool one_column;            /* for one column of a paper (90 mm) instead of two (180 mm) */
  bool linear;                /* budget axes linear instead of logarithmic */
  bool by_cost;               /* curves over the cost where problems have one, not over trials */
  bool white;                 /* SVGs with black ink on a white ground, to stand alone anywhere */
  const struct joust_figure_run *run; /* NULL: no figure of a run */
};

#define JOUST_NO_CONTEST UINT32_MAX

struct joust_figure { /* owns its texts */
  enum joust_figure_kind kind;
  uint32_t contest;     /* index, or JOUST_NO_CONTEST: over all */
  char *name;           /* of its files, unique, [a-z0-9-] */
  char *title;          /* "Convergence: nk/n16-k2" */
  char *desc;           /* what it shows here, in words and numbers: for those who cannot see it */
  char *how;            /* how it is to be read, one sentence */
  double width, height; /* in pixels of 1/96 inch */
};

struct joust_figures { /* in the order of kinds, contests */
  struct joust_figure *items;
  size_t n;
};

/* Makes the folder and writes all figures that were asked for and that there is something to show in; figures->n may be
 * 0, then gnuplot is not started. JOUST_MISSING: gnuplot is not installed. JOUST_SYSTEM: it failed (with what it said),
 * or a file cannot be written. On an error the list is empty. */
int joust_figures_write(struct joust_figures *figures, const struct joust_analysis *analysis,
                        const struct joust_figure_options *options, const char *folder, struct joust_error *error);
void joust_figures_free(struct joust_figures *figures);

/* "convergence", "rank", ... */
const char *joust_figure_kind_name(enum joust_figure_kind kind);

#endif
