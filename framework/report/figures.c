#include "report/figures.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "report/figure_parts.h"
#include "report/output.h"

static const struct {
  const char *name;
  joust_figure_maker *make;
  bool of_contest;
} kinds[JOUST_N_FIGURE_KINDS] = {
    {"convergence", joust_figure_convergence, true},
    {"rank", joust_figure_rank, false},
    {"cd", joust_figure_cd, false},
    {"ecdf", joust_figure_ecdf, false},
    {"box", joust_figure_box, true},
    {"heat", joust_figure_heat, false},
    {"cost", joust_figure_cost, true},
    {"run", joust_figure_run_trials, false},
};

const char *joust_figure_kind_name(enum joust_figure_kind kind) {
  return kinds[kind].name;
}

struct drawing {
  const struct joust_analysis *analysis;
  const struct joust_figure_options *options;
  const char *folder;
  struct joust_error *error;
  struct joust_figures *figures;
  struct joust_text all; /* all.gp */
};

/* ---- one figure
 * --------------------------------------------------------------------------------------------------------- */

static bool is_taken(const char *name, const void *context) {
  const struct joust_figures *figures = context;
  for (size_t i = 0; i < figures->n; i++)
    if (strcmp(figures->items[i].name, name) == 0) return true;
  return false;
}

static int write_part(const struct drawing *drawing, const char *name, const char *ending,
                      const struct joust_text *text) {
  char *path = joust_format("%s/%s%s", drawing->folder, name, ending);
  int code = joust_output_write(path, joust_text_string(text), text->length, drawing->error);
  free(path);
  return code;
}

/* A PDF has points, 0.75 a pixel (with a fontscale of 0.75 gnuplot's fonts have the size that they say); an SVG has
 * pixels, a PNG 2.5 of them where the others have one. */
static void add_outputs(struct drawing *drawing, const struct joust_figure *figure) {
  struct joust_text *all = &drawing->all;
  double w = figure->width, h = figure->height, font = joust_plot_font(drawing->options);
  const char *name = figure->name;
  static const double scale = 2.5;
  joust_text_addf(all, "\nreset\nload 'style.gp'\nsize = %g\n", font);
  const struct {
    unsigned format;
    const char *ending, *family, *terminal;
    double w, h, font, lines;
  } outputs[] = {
      {JOUST_SVG, "svg", "sans-serif", "svg size %g,%g noenhanced font family.',%g' linewidth %g", w, h, font, 1},
      {JOUST_PDF, "pdf", "Sans", "pdfcairo size %.4fin,%.4fin noenhanced font family.',%g' fontscale 0.75 linewidth %g",
       w / 96, h / 96, font * 0.75, 1.2},
      {JOUST_PNG, "png", "Sans", "pngcairo size %g,%g noenhanced font family.',%g' linewidth %g pointscale 2.5",
       w * scale, h * scale, font * scale * 0.75, scale},
  };
  for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
    if (!(drawing->options->formats & outputs[i].format)) continue;
    joust_text_addf(all, "family = '%s'\nsize = %g\nset terminal ", outputs[i].family, outputs[i].font);
    joust_text_addf(all, outputs[i].terminal, outputs[i].w, outputs[i].h, outputs[i].font, outputs[i].lines);
    joust_text_addf(all, "\nset output '%s.%s'\nbold = sprintf('%%s:Bold,%%g', family, 1.12 * size)\nload '%s.gp'\n",
                    name, outputs[i].ending, name);
    joust_text_add(all, "unset output\nreset\nload 'style.gp'\n");
  }
}

static int add_figure(struct drawing *drawing, enum joust_figure_kind kind, uint32_t contest) {
  struct joust_plot plot = {.figure = {.kind = kind, .contest = kinds[kind].of_contest ? contest : JOUST_NO_CONTEST}};
  struct joust_figures *figures = drawing->figures;
  plot.figure.name = joust_output_name(
      kinds[kind].name, kinds[kind].of_contest ? drawing->analysis->contests[contest].label : "", is_taken, figures);
  if (!kinds[kind].make(&plot, drawing->analysis, drawing->options, contest)) {
    joust_plot_free(&plot);
    return 0;
  }
  struct joust_text script = {0};
  joust_plot_finish(&plot, &script);
  int code = write_part(drawing, plot.figure.name, ".gp", &script);
  if (!code) code = write_part(drawing, plot.figure.name, ".dat", &plot.data);
  add_outputs(drawing, &plot.figure);
  figures->items = joust_resize(figures->items, figures->n + 1, sizeof *figures->items);
  figures->items[figures->n++] = plot.figure;
  plot.figure = (struct joust_figure){0}; /* the list owns its texts now */
  joust_plot_free(&plot);
  joust_text_free(&script);
  return code;
}

static int add_kind(struct drawing *drawing, enum joust_figure_kind kind) {
  const struct joust_figure_options *options = drawing->options;
  uint32_t n = drawing->analysis->n_contests;
  int code = 0;
  if (options->kinds && !(options->kinds >> kind & 1)) return 0;
  if (!kinds[kind].of_contest) return n ? add_figure(drawing, kind, 0) : 0;
  for (uint32_t c = 0; c < n && !code; c++)
    if (!options->one_contest || c == options->contest) code = add_figure(drawing, kind, c);
  return code;
}

/* ---- all of them
 * -------------------------------------------------------------------------------------------------------- */

static const char style[] = "# What all figures share. Change it, then: gnuplot all.gp\n"
                            "set encoding utf8\n"
                            "unset key\n"
                            "set border 3 lw 1 lc rgb '" JOUST_INK "'\n"
                            "set tics out textcolor rgb '" JOUST_INK "'\n"
                            "set grid x y lw 0.6 lc rgb '" JOUST_FAINT "' dt (2,4)\n"
                            "set datafile missing NaN\n";

/* What gnuplot wrote, read, changed and written again. */
static int finish(struct drawing *drawing, const struct joust_figure *figure, const char *ending) {
  char *path = joust_format("%s/%s%s", drawing->folder, figure->name, ending), *bytes, *svg = NULL;
  size_t length;
  int code = joust_file_read(&bytes, &length, path, drawing->error);
  if (!code && strcmp(ending, ".svg") == 0) {
    svg = joust_svg_finish(bytes, figure, drawing->options->white);
    code = svg ? joust_output_write(path, svg, strlen(svg), drawing->error)
               : joust_fail(drawing->error, JOUST_SYSTEM, "%s: gnuplot wrote no SVG as it is known here", path);
  } else if (!code) {
    joust_pdf_finish(bytes, length);
    code = joust_output_write(path, bytes, length, drawing->error);
  }
  if (!code || svg) free(bytes);
  free(svg);
  free(path);
  return code;
}

static int draw_all(struct drawing *drawing) {
  int code = joust_gnuplot_run(drawing->folder, "all.gp", drawing->error);
  for (size_t i = 0; i < drawing->figures->n && !code; i++) {
    if (drawing->options->formats & JOUST_SVG) code = finish(drawing, &drawing->figures->items[i], ".svg");
    if (!code && drawing->options->formats & JOUST_PDF) code = finish(drawing, &drawing->figures->items[i], ".pdf");
  }
  return code;
}

int joust_figures_write(struct joust_figures *figures, const struct joust_analysis *analysis,
                        const struct joust_figure_options *asked, const char *folder, struct joust_error *error) {
  struct joust_figure_options options = *asked;
  if (!options.formats) options.formats = JOUST_SVG;
  *figures = (struct joust_figures){0};
  struct drawing drawing = {
      .analysis = analysis, .options = &options, .folder = folder, .error = error, .figures = figures};
  int code = joust_folder_make(folder, error);
  joust_text_add(&drawing.all, "# Makes all figures of this folder: gnuplot all.gp\n");
  for (int kind = 0; kind < JOUST_N_FIGURE_KINDS && !code; kind++)
    code = add_kind(&drawing, (enum joust_figure_kind)kind);
  if (!code && figures->n > 0) {
    struct joust_text shared = {0};
    joust_text_add(&shared, style);
    code = write_part(&drawing, "style", ".gp", &shared);
    if (!code) code = write_part(&drawing, "all", ".gp", &drawing.all);
    if (!code) code = draw_all(&drawing);
    joust_text_free(&shared);
  }
  joust_text_free(&drawing.all);
  if (code) joust_figures_free(figures);
  return code;
}

void joust_figures_free(struct joust_figures *figures) {
  for (size_t i = 0; i < figures->n; i++) {
    free(figures->items[i].name);
    free(figures->items[i].title);
    free(figures->items[i].desc);
    free(figures->items[i].how);
  }
  free(figures->items);
  *figures = (struct joust_figures){0};
}
