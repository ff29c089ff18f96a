#include "report/html.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "report/html_parts.h"

/* ---- the library of the panel
 * ---------------------------------------------------------------------------------------- */

/* A file of dygraphs as Debian installs it, without its pointer to a source map, or NULL. */
static char *read_library(const char *scripts, const char *name) {
  struct joust_error ignored;
  char *path = joust_format("%s/dygraphs/%s", scripts, name), *text = NULL;
  size_t length;
  if (joust_file_read(&text, &length, path, &ignored)) text = NULL;
  if (text && (strlen(text) != length || strstr(text, "</script") || strstr(text, "</style"))) {
    free(text); /* it would end the element that it stands in */
    text = NULL;
  }
  char *map = text ? strstr(text, "# sourceMappingURL=") : NULL;
  if (map) map[-2] = 0; /* before the slash and its partner */
  free(path);
  return text;
}

static const char dygraphs_licence[] =
    "/* dygraphs, packaged by Debian as libjs-dygraphs. Copyright (c) 2006-2023 Dan Vanderkam, Paul Felix, Robert "
    "Konigsberg, David Eberlein, Google, Inc., mirabilos, Petr Shevtsov, Deutsche Telekom LLCTO and contributors. "
    "MIT licence:\n"
    "Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated "
    "documentation files (the \"Software\"), to deal in the Software without restriction, including without limitation "
    "the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and "
    "to permit persons to whom the Software is furnished to do so, subject to the following conditions:\n"
    "The above copyright notice and this permission notice shall be included in all copies or substantial portions of "
    "the Software.\n"
    "THE SOFTWARE IS PROVIDED \"AS IS\", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED "
    "TO "
    "THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE "
    "AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF "
    "CONTRACT, "
    "TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE "
    "SOFTWARE. */\n";

/* ---- parts of the page
 * ------------------------------------------------------------------------------------------------ */

/* The names of the sweeps, which those made by flags do not have. */
static void add_title(struct joust_page *page) {
  const struct joust_analysis *analysis = page->analysis;
  bool named = false;
  for (size_t i = 0; i < analysis->n_sweeps; i++) {
    bool first = *analysis->sweeps[i].name != 0;
    for (size_t j = 0; j < i && first; j++) first = strcmp(analysis->sweeps[i].name, analysis->sweeps[j].name) != 0;
    if (!first) continue;
    if (named) joust_page_add(page, ", ");
    joust_page_text(page, analysis->sweeps[i].name);
    named = true;
  }
  if (!named) joust_page_add(page, "Optimisers head to head");
}

static void add_head(struct joust_page *page, const char *library_css) {
  joust_page_add(page, "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n"
                       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                       "<meta name=\"color-scheme\" content=\"light dark\">\n"
                       "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                       "style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n"
                       "<meta name=\"generator\" content=\"joust " JOUST_VERSION "\">\n<title>joust report: ");
  add_title(page);
  joust_page_add(page, "</title>\n<style>\n");
  if (library_css) joust_page_add(page, library_css);
  joust_page_add(page, joust_page_css);
  joust_page_add(page, "</style>\n</head>\n<body>\n");
}

static void add_summary(struct joust_page *page) {
  joust_page_add(page, "<header><h1>");
  add_title(page);
  joust_page_add(page, "</h1><p class=\"kind\">joust report</p></header>\n<main>\n"
                       "<section id=\"summary\" aria-label=\"Summary\">\n<p class=\"lead\">");
  joust_page_text(page, page->html->sentences->summary);
  joust_page_add(page, "</p>\n");
  if (page->html->sentences->n_notes) joust_page_add(page, "<ul class=\"notes\">\n");
  for (size_t i = 0; i < page->html->sentences->n_notes; i++)
    joust_page_element(page, "li", page->html->sentences->notes[i]);
  joust_page_add(page, page->html->sentences->n_notes ? "</ul>\n</section>\n" : "</section>\n");
}

static void add_menu(struct joust_page *page, bool has_panel) {
  const struct joust_analysis *analysis = page->analysis;
  if (analysis->n_contests == 0) return;
  joust_page_add(page, "<nav aria-label=\"Contents\">\n");
  if (analysis->n_ranked) joust_page_add(page, "<a href=\"#ranking\">Ranking</a>\n");
  if (has_panel) joust_page_add(page, "<a href=\"#panel\">Explore</a>\n");
  for (uint32_t c = 0; c < analysis->n_contests; c++) {
    joust_page_add(page, "<a href=\"#");
    joust_page_contest_id(page, &analysis->contests[c]);
    joust_page_add(page, "\">");
    joust_page_text(page, analysis->contests[c].label);
    joust_page_add(page, "</a>\n");
  }
  joust_page_add(page, "<a href=\"#methods\">Methods</a>\n<a href=\"#provenance\">Provenance</a>\n</nav>\n");
}

static void add_panel(struct joust_page *page) {
  joust_page_add(
      page, "<section id=\"panel\">\n<h2>Explore</h2>\n"
            "<noscript><p class=\"note\">The interactive panel needs JavaScript; the figures and tables of this page "
            "say the same without it.</p></noscript>\n"
            "<div id=\"panel-body\" hidden>\n<div class=\"controls\">\n"
            "<label>Problem <select id=\"panel-chart\"></select></label>\n"
            "<label>Show <select id=\"panel-measure\"></select></label>\n"
            "<label>Budget <select id=\"panel-axis\"></select></label>\n"
            "<label><input type=\"checkbox\" id=\"panel-log-x\"> logarithmic budget</label>\n"
            "<label><input type=\"checkbox\" id=\"panel-log-y\"> logarithmic values</label>\n"
            "<button type=\"button\" id=\"panel-reset\">Whole range</button>\n</div>\n"
            "<div id=\"panel-plot\" role=\"img\" aria-label=\"Curves of the chosen problem\"></div>\n"
            "<label class=\"slider\">At <output id=\"panel-at\"></output>"
            "<input type=\"range\" id=\"panel-slider\" min=\"0\" value=\"0\"></label>\n"
            "<fieldset id=\"panel-legend\"><legend>Optimisers</legend></fieldset>\n"
            "<p class=\"note\">Lines are means or medians over seeds, bands their 95 % bootstrap intervals. Point at a "
            "line or move the slider to read values; drag to zoom, double-click for the whole range.</p>\n"
            "</div>\n</section>\n");
  joust_page_data(page);
}

static void add_missing_panel(struct joust_page *page) {
  joust_page_add(page,
                 "<section id=\"panel\">\n<h2>Explore</h2>\n<p class=\"note\">The interactive panel is left out: it "
                 "is drawn with dygraphs, which was not installed where this page was written (Debian: "
                 "libjs-dygraphs). Tables and figures are complete.</p>\n</section>\n");
}

static int add_ranking(struct joust_page *page, struct joust_error *error) {
  joust_page_add(page, "<section id=\"ranking\">\n<h2>Ranking</h2>\n");
  joust_page_ranking(page);
  int code = joust_page_figures(page, JOUST_NO_CONTEST, error);
  if (!page->html->figures)
    joust_page_add(page,
                   "<p class=\"note\">Figures are left out: they are drawn by gnuplot, which was not installed where "
                   "this page was written (Debian: gnuplot-nox).</p>\n");
  joust_page_add(page, "</section>\n");
  return code;
}

static void add_end(struct joust_page *page, const char *library) {
  joust_page_add(page,
                 "</main>\n<footer><p>Written by joust " JOUST_VERSION " from a store; the same store gives the same "
                 "page.</p></footer>\n");
  if (library) {
    joust_page_add(page, "<script>\n");
    joust_page_add(page, dygraphs_licence);
    joust_page_add(page, library);
    joust_page_add(page, "</script>\n");
  }
  joust_page_add(page, "<script>\n");
  joust_page_add(page, joust_page_js);
  joust_page_add(page, "</script>\n</body>\n</html>\n");
}

/* `library` is NULL where there is none, or nothing to draw. */
static int add_all(struct joust_page *page, const char *library, const char *library_css, struct joust_error *error) {
  int code = 0;
  add_head(page, library ? library_css : NULL);
  add_summary(page);
  add_menu(page, library != NULL);
  if (page->analysis->n_ranked) {
    code = add_ranking(page, error);
    if (library)
      add_panel(page);
    else
      add_missing_panel(page);
  }
  if (page->analysis->n_contests) joust_page_add(page, "<h2>Problems</h2>\n");
  if (!code) code = joust_page_problems(page, error);
  joust_page_counters(page);
  joust_page_failures(page);
  if (page->analysis->n_contests) joust_page_methods(page);
  joust_page_provenance(page);
  add_end(page, library);
  return code;
}

int joust_html_write(const struct joust_html *html, bool *has_panel, struct joust_error *error) {
  struct joust_page page = {.html = html, .analysis = html->analysis};
  char *library = read_library(html->scripts, "dygraph.min.js");
  char *library_css = read_library(html->scripts, "dygraph.min.css");
  *has_panel = library && library_css;
  int code = add_all(&page, *has_panel && html->analysis->n_ranked ? library : NULL, library_css, error);
  char *path = joust_path_join(html->folder, "index.html");
  if (!code) code = joust_file_write(path, page.out.bytes, page.out.length, error);
  joust_text_free(&page.out);
  free(library);
  free(library_css);
  free(path);
  return code;
}
