/* The kinds of figures, each made in memory: false where the analysis has nothing for it. Title, desc and how are set.
 */
#ifndef JOUST_REPORT_FIGURE_PARTS_H
#define JOUST_REPORT_FIGURE_PARTS_H

#include "report/figure_plot.h"

typedef bool joust_figure_maker(struct joust_plot *plot, const struct joust_analysis *analysis,
                                const struct joust_figure_options *options, uint32_t contest);

/* Of a contest. */
joust_figure_maker joust_figure_convergence, joust_figure_box, joust_figure_cost;
/* Of options->run. */
joust_figure_maker joust_figure_run_trials;
/* Over all contests, or with options->one_contest of that one (rank, ecdf). */
joust_figure_maker joust_figure_rank, joust_figure_ecdf, joust_figure_cd, joust_figure_heat;

/* "validation accuracy (%)": what the objective of a contest is. The caller frees. */
char *joust_figure_objective(const struct joust_analysis *analysis, const struct joust_contest *contest);

/* ---- the process and what comes out of it ---------------------------------------------------------------------------
 */

/* Runs gnuplot on `script` in the folder. JOUST_MISSING, or JOUST_SYSTEM with what it said. */
int joust_gnuplot_run(const char *folder, const char *script, struct joust_error *error);

/* An SVG of gnuplot as figures.h describes it, `white`: with black ink on a white ground; the caller frees. NULL: it is
 * not what gnuplot writes. */
char *joust_svg_finish(const char *svg, const struct joust_figure *figure, bool white);

/* Takes the clock out of a PDF of cairo, in place. */
void joust_pdf_finish(char *pdf, size_t length);

#endif
