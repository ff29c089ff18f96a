/* A figure by gnuplot made part of the page: its texts stay texts, its black follows the page's ink (so that it can be
 * read by night), its ids are made its own, and it says what it is to those who cannot see it. */
#include <stdio.h>
#include <string.h>

#include "report/html_parts.h"

static bool begins(const char *text, const char *with) {
  return strncmp(text, with, strlen(with)) == 0;
}

/* Past the end of an element that holds only text, such as <title>. */
static const char *skip_element(const char *at, const char *end_tag) {
  const char *end = strstr(at, end_tag);
  return end ? end + strlen(end_tag) : at + strlen(at);
}

static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* One attribute, or one character, inside of a tag; returns what follows it. */
static const char *add_in_tag(struct joust_page *page, const char *at, uint32_t number) {
  static const struct {
    const char *from, *to;
    bool numbered; /* the figure's number follows */
  } changes[] = {
      {" id=\"", " id=\"f", true},
      {" id='", " id='f", true},
      {"href=\"#", "href=\"#f", true},
      {"href='#", "href='#f", true},
      {"url(#", "url(#f", true},
      {"=\"black\"", "=\"currentColor\"", false},
      {"='black'", "='currentColor'", false},
  };
  for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
    if (!begins(at, changes[i].from)) continue;
    joust_page_add(page, changes[i].to);
    if (changes[i].numbered) joust_page_addf(page, "%u-", number);
    return at + strlen(changes[i].from);
  }
  joust_text_add_n(&page->out, at, 1);
  return at + 1;
}

/* The body of the drawing, from behind <svg ...>; blanks in a row become one. */
static void add_body(struct joust_page *page, const char *at, uint32_t number) {
  bool in_tag = false;
  while (*at && !begins(at, "</svg>")) {
    if (begins(at, "<title>")) {
      at = skip_element(at, "</title>");
    } else if (begins(at, "<desc>")) {
      at = skip_element(at, "</desc>");
    } else if (is_blank(at[0]) && is_blank(at[1])) {
      at++;
    } else {
      in_tag = *at == '<' || (in_tag && *at != '>');
      if (in_tag && *at != '\t') {
        at = add_in_tag(page, at, number);
      } else {
        joust_text_add_n(&page->out, *at == '\t' ? " " : at, 1);
        at++;
      }
    }
  }
}

void joust_page_svg(struct joust_page *page, const char *svg, const char *title, const char *description) {
  const char *root = strstr(svg, "<svg"), *body = root ? strchr(root, '>') : NULL;
  const char *box = root ? strstr(root, "viewBox=\"") : NULL;
  if (!body) return;
  uint32_t number = ++page->n_figures;
  double width = 0, height = 0;
  joust_page_addf(page,
                  "<svg role=\"img\" aria-labelledby=\"f%u-title f%u-desc\" xmlns=\"http://www.w3.org/2000/svg\" "
                  "xmlns:xlink=\"http://www.w3.org/1999/xlink\"",
                  number, number);
  if (box && box < body && sscanf(box, "viewBox=\"%*f %*f %lf %lf", &width, &height) == 2)
    joust_page_addf(page, " viewBox=\"0 0 %g %g\" width=\"%g\" height=\"%g\"", width, height, width, height);
  joust_page_addf(page, ">\n<title id=\"f%u-title\">", number);
  joust_page_text(page, title);
  joust_page_addf(page, "</title>\n<desc id=\"f%u-desc\">", number);
  joust_page_text(page, description);
  joust_page_add(page, "</desc>");
  add_body(page, body + 1, number);
  joust_page_add(page, "</svg>\n");
}

void joust_page_figure(struct joust_page *page, const char *svg, const char *title, const char *reading) {
  joust_page_add(page, "<figure>\n");
  joust_page_svg(page, svg, title, reading);
  joust_page_add(page, "<figcaption>");
  joust_page_text(page, reading);
  joust_page_add(page, "</figcaption>\n</figure>\n");
}
