/* Figures as parts of the page: their SVG is made for that (see figures.h), blanks in a row become one. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "report/html_parts.h"

static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* Is this the second of two decimals? gnuplot writes coordinates so; a tenth of a pixel is enough on a page. */
static bool is_needless_digit(const char *svg, const char *c) {
  return c - svg >= 3 && is_digit(c[0]) && !is_digit(c[1]) && is_digit(c[-1]) && c[-2] == '.' && is_digit(c[-3]);
}

static void add_drawing(struct joust_page *page, const char *svg) {
  bool in_tag = false;
  for (const char *c = svg; *c; c++) {
    in_tag = *c == '<' || (in_tag && *c != '>');
    if (is_blank(c[0]) && is_blank(c[1])) continue;
    if (in_tag && is_needless_digit(svg, c)) continue;
    joust_text_add_n(&page->out, *c == '\t' ? " " : c, 1);
  }
}

static int add_figure(struct joust_page *page, const struct joust_figure *figure, struct joust_error *error) {
  char *path = joust_format("%s/figures/%s.svg", page->html->folder, figure->name), *svg;
  size_t length;
  int code = joust_file_read(&svg, &length, path, error);
  if (!code) {
    joust_page_addf(page, "<figure id=\"figure-%s\">\n", figure->name);
    add_drawing(page, svg);
    joust_page_add(page, "<figcaption>");
    joust_page_text(page, figure->how);
    joust_page_add(page, "</figcaption>\n</figure>\n");
    free(svg);
  }
  free(path);
  return code;
}

int joust_page_figures(struct joust_page *page, uint32_t contest, struct joust_error *error) {
  const struct joust_figures *figures = page->html->figures;
  bool any = false;
  int code = 0;
  for (size_t i = 0; figures && i < figures->n && !code; i++) {
    if (figures->items[i].contest != contest) continue;
    if (!any) joust_page_add(page, "<div class=\"figures\">\n");
    any = true;
    code = add_figure(page, &figures->items[i], error);
  }
  if (any) joust_page_add(page, "</div>\n");
  return code;
}
