/* Text and tables of the page. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/html_parts.h"

void joust_page_add(struct joust_page *page, const char *html) {
  joust_text_add(&page->out, html);
}

static char *format_v(const char *format, va_list args) {
  char *text;
  return vasprintf(&text, format, args) < 0 ? joust_copy("") : text;
}

void joust_page_addf(struct joust_page *page, const char *format, ...) {
  va_list args;
  va_start(args, format);
  char *text = format_v(format, args);
  va_end(args);
  joust_page_add(page, text);
  free(text);
}

/* Good in text and in attributes. Control characters, which HTML forbids, become spaces. */
void joust_page_text(struct joust_page *page, const char *text) {
  for (const char *c = text; *c; c++) {
    switch (*c) {
    case '&': joust_page_add(page, "&amp;"); break;
    case '<': joust_page_add(page, "&lt;"); break;
    case '>': joust_page_add(page, "&gt;"); break;
    case '"': joust_page_add(page, "&quot;"); break;
    case '\'': joust_page_add(page, "&#39;"); break;
    default:
      if ((unsigned char)*c < 32 && *c != '\n' && *c != '\t')
        joust_page_add(page, " ");
      else
        joust_text_add_n(&page->out, c, 1);
    }
  }
}

void joust_page_textf(struct joust_page *page, const char *format, ...) {
  va_list args;
  va_start(args, format);
  char *text = format_v(format, args);
  va_end(args);
  joust_page_text(page, text);
  free(text);
}

void joust_page_element(struct joust_page *page, const char *tag, const char *text) {
  joust_page_addf(page, "<%s>", tag);
  joust_page_text(page, text);
  joust_page_addf(page, "</%s>\n", tag);
}

/* ---- tables --------------------------------------------------------------------------------------------------------
 */

void joust_page_table(struct joust_page *page, const char *caption) {
  joust_page_add(page, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"");
  joust_page_text(page, caption);
  joust_page_add(page, "\"><table class=\"sortable\"><caption>");
  joust_page_text(page, caption);
  joust_page_add(page, "</caption>\n<thead><tr>");
}

void joust_page_head(struct joust_page *page, const char *text, const char *hint) {
  joust_page_add(page, "<th scope=\"col\"");
  if (hint) {
    joust_page_add(page, " title=\"");
    joust_page_text(page, hint);
    joust_page_add(page, "\"");
  }
  joust_page_add(page, ">");
  joust_page_text(page, text);
  joust_page_add(page, "</th>");
}

void joust_page_body(struct joust_page *page) {
  joust_page_add(page, "</tr></thead>\n<tbody>");
}

void joust_page_row(struct joust_page *page, const char *class_name) {
  if (class_name)
    joust_page_addf(page, "\n<tr class=\"%s\">", class_name);
  else
    joust_page_add(page, "\n<tr>");
}

void joust_page_name(struct joust_page *page, uint32_t optimiser) {
  const struct joust_shown_optimiser *shown = &page->analysis->optimisers[optimiser];
  joust_page_add(page, "<span class=\"name\">");
  joust_page_swatch(page, optimiser);
  joust_page_add(page, "<span>");
  joust_page_text(page, shown->label);
  joust_page_add(page, shown->published ? " <small>published proposals</small></span></span>" : "</span></span>");
}

void joust_page_label(struct joust_page *page, uint32_t optimiser) {
  joust_page_add(page, "<th scope=\"row\">");
  joust_page_name(page, optimiser);
  joust_page_add(page, "</th>");
}

void joust_page_number(struct joust_page *page, double key, const char *format, ...) {
  if (isnan(key)) {
    joust_page_add(page, "<td class=\"n\">–</td>");
    return;
  }
  va_list args;
  char number[JOUST_NUMBER_SIZE];
  va_start(args, format);
  char *text = format_v(format, args);
  va_end(args);
  joust_page_addf(page, "<td class=\"n\" data-v=\"%s\">",
                  isinf(key) ? key > 0 ? "1e999" : "-1e999" : joust_number(number, key));
  joust_page_text(page, text);
  joust_page_add(page, "</td>");
  free(text);
}

void joust_page_mean(struct joust_page *page, double mean, double sd, int decimals) {
  if (isnan(sd))
    joust_page_number(page, mean, "%.*f", decimals, mean);
  else
    joust_page_number(page, mean, "%.*f ± %.*f", decimals, mean, decimals, sd);
}

void joust_page_cell(struct joust_page *page, const char *text) {
  joust_page_element(page, "td", text);
}

void joust_page_table_end(struct joust_page *page) {
  joust_page_add(page, "\n</tbody></table></div>\n");
}

void joust_page_note(struct joust_page *page, const char *text) {
  joust_page_add(page, "<p class=\"note\">");
  joust_page_text(page, text);
  joust_page_add(page, "</p>\n");
}

/* ---- swatches ------------------------------------------------------------------------------------------------------
 */

/* The shapes of gnuplot's point types, 8 wide around (16, 6). */
static const struct {
  int marker;
  const char *shape;
} shapes[] = {
    {7, "<circle cx=\"16\" cy=\"6\" r=\"3.6\"/>"},
    {5, "<path d=\"M12.5 2.5h7v7h-7z\"/>"},
    {9, "<path d=\"M16 1.6l4.2 7.4h-8.4z\"/>"},
    {13, "<path d=\"M16 1.4l4 4.6-4 4.6-4-4.6z\"/>"},
    {11, "<path d=\"M16 10.4l4.2-7.4h-8.4z\"/>"},
    {15, "<path d=\"M16 1.8l4.2 3.1-1.6 5h-5.2l-1.6-5z\"/>"},
    {2, "<path d=\"M12.6 2.6l6.8 6.8m0-6.8l-6.8 6.8\" fill=\"none\" stroke-width=\"2\"/>"},
    {3, "<path d=\"M12.6 2.6l6.8 6.8m0-6.8l-6.8 6.8M16 1.5v9\" fill=\"none\" stroke-width=\"1.5\"/>"},
};

void joust_page_swatch(struct joust_page *page, uint32_t optimiser) {
  struct joust_style style = joust_style_of(optimiser);
  joust_page_addf(page,
                  "<svg class=\"swatch\" width=\"32\" height=\"12\" aria-hidden=\"true\" fill=\"%s\" stroke=\"%s\">"
                  "<path d=\"M0 6h32\" stroke-width=\"2\" stroke-dasharray=\"%s\"/>",
                  style.colour, style.colour, *style.dash ? style.dash : "none");
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
    if (shapes[i].marker == style.marker) joust_page_add(page, shapes[i].shape);
  joust_page_add(page, "</svg>");
}
