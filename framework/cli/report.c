/* joust report: a store as one page, with its figures and tables beside it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "cli/checkpoints.h"
#include "cli/cli.h"
#include "cli/formats.h"
#include "report/html.h"
#include "report/made.h"
#include "report/tables.h"

struct report_flags {
  const char *output, *at, *at_cost, *blocks, *formats, *scripts;
  double alpha;
  bool quiet;
};

/* Replicates of each bootstrap: enough for 95 % intervals (B. Efron, R. J. Tibshirani, 1993). */
enum { REPLICATES = 1000 };

static int read_blocks(enum joust_blocks *blocks, const char *text, struct joust_error *error) {
  if (!text || strcmp(text, "problems") == 0)
    *blocks = JOUST_BLOCKS_PROBLEMS;
  else if (strcmp(text, "runs") == 0)
    *blocks = JOUST_BLOCKS_RUNS;
  else
    return joust_fail(error, JOUST_BAD_INPUT, "--blocks is '%s': expected problems or runs", text);
  return 0;
}

/* The end is always among them, last: the page's first tables are about it. */
static int read_checkpoints(struct joust_checkpoints *checkpoints, double **at, const char *list,
                            struct joust_error *error) {
  int code = joust_cli_checkpoints(checkpoints, at, list, error);
  if (!code && isfinite((*at)[checkpoints->n - 1])) code = joust_cli_checkpoints(checkpoints, at, "end", error);
  return code;
}

static void note_figures(struct joust_made *made, const struct joust_figures *figures, unsigned formats) {
  static const char *const endings[] = {"svg", "pdf", "png"}; /* in the order of their bits */
  for (size_t i = 0; i < figures->n; i++) {
    for (int k = 0; k < 3; k++)
      if (formats & 1u << k) joust_made_add(made, "figures", figures->items[i].name, endings[k]);
    joust_made_add(made, "figures", figures->items[i].name, "gp");
    joust_made_add(made, "figures", figures->items[i].name, "dat");
  }
  if (figures->n) {
    joust_made_add(made, "figures", "style", "gp");
    joust_made_add(made, "figures", "all", "gp");
  }
}

/* Without gnuplot the page goes without figures and says so: *html keeps none. */
static int draw(struct joust_html *html, struct joust_figures *figures, unsigned formats, struct joust_error *error) {
  struct joust_figure_options options = {.formats = formats};
  char *folder = joust_path_join(html->folder, "figures");
  int code = joust_figures_write(figures, html->analysis, &options, folder, error);
  free(folder);
  if (!code) html->figures = figures;
  if (code != JOUST_MISSING) return code;
  fprintf(stderr, "joust report: no figures: %s\n", error->message);
  return 0;
}

static int write_tables(const struct joust_html *html, struct joust_made *made, struct joust_error *error) {
  static const char *const endings[] = {"tex", "md", "csv"};
  struct joust_tables tables;
  char *folder = joust_path_join(html->folder, "tables");
  int code = joust_tables_write(&tables, html->analysis, folder, error);
  for (size_t i = 0; i < tables.n; i++)
    for (int k = 0; k < 3; k++) joust_made_add(made, "tables", tables.items[i].name, endings[k]);
  if (!code) joust_tables_free(&tables);
  free(folder);
  return code;
}

static void say(const struct joust_html *html, bool has_panel, bool quiet) {
  if (!quiet) {
    printf("%s\n", html->sentences->summary);
    for (size_t i = 0; i < html->sentences->n_notes; i++) printf("- %s\n", html->sentences->notes[i]);
    printf("\n%s/index.html\n", html->folder);
  }
  if (!has_panel && html->analysis->n_ranked)
    fputs("joust report: no interactive panel: dygraphs is not installed (Debian: libjs-dygraphs)\n", stderr);
}

static int write_report(const struct joust_analysis *analysis, const struct report_flags *flags, unsigned formats,
                        struct joust_error *error) {
  struct joust_sentences sentences;
  struct joust_figures figures = {0};
  struct joust_made made = {0};
  struct joust_html html = {
      .analysis = analysis, .sentences = &sentences, .folder = flags->output, .scripts = flags->scripts};
  bool has_panel;
  int code = joust_folder_make(flags->output, error);
  if (code) return code;
  joust_sentences_make(&sentences, analysis);
  formats |= JOUST_SVG; /* the page holds the SVGs */
  code = draw(&html, &figures, formats, error);
  note_figures(&made, &figures, formats);
  if (!code) code = write_tables(&html, &made, error);
  if (!code) code = joust_html_write(&html, &has_panel, error);
  if (!code) code = joust_made_replace(&made, html.folder, error);
  if (!code) say(&html, has_panel, flags->quiet);
  joust_made_free(&made);
  joust_figures_free(&figures);
  joust_sentences_free(&sentences);
  return code;
}

static int report(const char *path, const struct report_flags *flags, struct joust_error *error) {
  struct joust_analysis_options options = {
      .checkpoints = {.by_cost = flags->at_cost != NULL}, .alpha = flags->alpha, .replicates = REPLICATES};
  struct joust_analysis analysis;
  struct joust_store *store = NULL;
  double *at = NULL;
  unsigned formats = 0;
  int code = 0;
  if (!flags->output) code = joust_fail(error, JOUST_BAD_INPUT, "expected -o DIR, where the report is to be written");
  if (!code && flags->at && flags->at_cost)
    code = joust_fail(error, JOUST_BAD_INPUT, "--at and --at-cost exclude each other: trials or cost");
  if (!code && flags->alpha >= 1)
    code = joust_fail(error, JOUST_BAD_INPUT, "--alpha is %g: expected a level below 1", flags->alpha);
  if (!code) code = read_blocks(&options.blocks, flags->blocks, error);
  if (!code) code = joust_cli_formats(&formats, flags->formats, error);
  if (!code) code = read_checkpoints(&options.checkpoints, &at, flags->at_cost ? flags->at_cost : flags->at, error);
  if (!code) code = joust_store_open(&store, path, JOUST_STORE_READ, error);
  if (!code && !(code = joust_analysis_make(&analysis, store, &options, error))) {
    code = write_report(&analysis, flags, formats, error);
    joust_analysis_free(&analysis);
  }
  joust_store_close(store);
  free(at);
  return code;
}

int joust_cli_report(int argc, char **argv) {
  struct report_flags f = {.alpha = 0.05, .formats = "svg", .scripts = "/usr/share/javascript"};
  const struct joust_flag flags[] = {
      {'o', "output", JOUST_FLAG_TEXT, &f.output, "DIR",
       "write the report here: DIR/index.html and what belongs to it"},
      {0, "at", JOUST_FLAG_TEXT, &f.at, "N,...", "metrics after these numbers of trials, too, not only at the end"},
      {0, "at-cost", JOUST_FLAG_TEXT, &f.at_cost, "C,...", "metrics when this cost was spent, too"},
      {0, "blocks", JOUST_FLAG_TEXT, &f.blocks, "KIND", "blocks of the tests: problems (default) or runs"},
      {0, "formats", JOUST_FLAG_TEXT, &f.formats, "LIST", "of the figures: svg (always), pdf, png"},
      {0, "alpha", JOUST_FLAG_NUMBER, &f.alpha, "P", "level of the tests (default 0.05)"},
      {0, "javascript", JOUST_FLAG_TEXT, &f.scripts, "DIR", "where dygraphs/ is (default /usr/share/javascript)"},
      {'q', "quiet", JOUST_FLAG_SWITCH, &f.quiet, NULL, "do not print the summary"},
  };
  const struct joust_usage usage = {
      .command = "report",
      .operands = "FILE.db",
      .summary = "Writes a store as one HTML page: what was found in sentences, tables, figures, provenance.",
      .details = "DIR/index.html       needs no network and no other file\n"
                 "DIR/figures/NAME.*   each figure, with its gnuplot script and data to restyle it\n"
                 "DIR/tables/NAME.*    tables for papers: LaTeX, Markdown, CSV\n\n"
                 "With problems as blocks the tests are about new problems; with runs, about new seeds on the\n"
                 "same problems. The same store gives the same bytes in every file. What an earlier report left in\n"
                 "DIR and this one does not make is removed; no other file is.\n",
      .flags = flags,
      .n_flags = sizeof flags / sizeof *flags,
      .least = 1,
      .most = 1};
  int first = joust_cli_parse(&usage, argc, argv);
  if (first < 0) return ~first;
  struct joust_error error;
  return report(argv[first], &f, &error) ? joust_cli_fail("report", &error) : 0;
}
