/* What gnuplot and cairo wrote becomes what figures.h promises. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "report/figure_parts.h"

/* ---- SVG
 * ------------------------------------------------------------------------------------------------------------------ */

static void add_escaped(struct joust_text *out, const char *text) {
  for (; *text; text++) {
    switch (*text) {
    case '&': joust_text_add(out, "&amp;"); break;
    case '<': joust_text_add(out, "&lt;"); break;
    case '>': joust_text_add(out, "&gt;"); break;
    default: joust_text_add_n(out, (unsigned char)*text < 0x20 ? " " : text, 1);
    }
  }
}

static void add_head(struct joust_text *out, const struct joust_figure *figure) {
  joust_text_addf(out,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" id=\"%s\" role=\"img\" width=\"%.0f\" height=\"%.0f\" ",
                  figure->name, figure->width, figure->height);
  joust_text_addf(out, "viewBox=\"0 0 %.0f %.0f\" font-family=\"sans-serif\" aria-labelledby=\"%s-title %s-desc\">\n",
                  figure->width, figure->height, figure->name, figure->name);
  joust_text_addf(out, "<title id=\"%s-title\">", figure->name);
  add_escaped(out, figure->title);
  joust_text_addf(out, "</title>\n<desc id=\"%s-desc\">", figure->name);
  add_escaped(out, figure->desc);
  joust_text_add(out, "</desc>\n");
}

/* gnuplot's markers have the same ids in every file: they get the figure's name before them, and those that this figure
 * does not use, itself or by another marker, are left out. */
static bool is_used(const char *body, const char *defs, const char *id, size_t length, int depth) {
  char *reference = joust_format("href='#%.*s'", (int)length, id);
  bool used = strstr(body, reference) != NULL;
  for (const char *at = defs; !used && depth > 0 && (at = strstr(at, reference)) && at < body; at++) {
    const char *other = strstr(at, "id='"), *line = strchr(at, '\n');
    if (!other || !line || other > line) continue;
    used = is_used(body, defs, other + 4, strcspn(other + 4, "'"), depth - 1);
  }
  free(reference);
  return used;
}

static void add_line(struct joust_text *out, const char *line, size_t length, const char *name);

static void add_definitions(struct joust_text *out, const char *defs, const char *body, const char *name) {
  joust_text_add(out, "<defs>\n");
  for (const char *line = defs; line < body; line = strchr(line, '\n') + 1) {
    size_t length = strcspn(line, "\n");
    char *copy = joust_copy_n(line, length), *id = strstr(copy, "id='gp");
    if (id && is_used(body, defs, id + 4, strcspn(id + 4, "'"), 3)) add_line(out, line, length, name);
    free(copy);
  }
  joust_text_add(out, "</defs>\n");
}

struct change {
  const char *from, *to;
  bool is_id; /* the figure's name and "-" come behind it */
};

/* Black as the page's ink, ids of its own, and none of the words that say what holds anyway: the font stands at the
 * root, and SVG's own initial values are butt and miter. */
static const struct change changes[] = {
    {"rgb(  0,   0,   0)", "currentColor", false},
    {"rgb(0,0,0)", "currentColor", false},
    {"color=\"black\" ", "", false},
    {"fill=\"black\"", "fill=\"currentColor\"", false},
    {"stroke=\"black\"", "stroke=\"currentColor\"", false},
    {"xlink:href='#gp", "href='#", true},
    {"id='gp", "id='", true},
    {"font-family=\"sans-serif:Bold\"", "font-weight=\"bold\"", false},
    {"font-family=\"sans-serif\" ", "", false},
    {" stroke-linecap=\"butt\" stroke-linejoin=\"miter\"", "", false},
    {" class=\"gridline\"", "", false},
    {"  ", " ", false},
    {"\t", "", false},
};

/* How many bytes of "rgb( 89, 151, 207)" stand here, written as #5997cf; 0 if none. */
static int add_colour(struct joust_text *out, const char *line) {
  unsigned r, g, b;
  int length = 0;
  if (strncmp(line, "rgb(", 4) != 0 || sscanf(line, "rgb(%u,%u,%u)%n", &r, &g, &b, &length) < 3 || length == 0)
    return 0;
  joust_text_addf(out, "#%02x%02x%02x", r & 255, g & 255, b & 255);
  return length;
}

/* A point and the digits behind it, without zeros at the end; how many bytes these are, 0 if there is no such thing. */
static size_t add_fraction(struct joust_text *out, const char *line) {
  size_t digits = *line == '.' ? strspn(line + 1, "0123456789") : 0, kept = digits;
  if (digits == 0) return 0;
  while (kept > 0 && line[kept] == '0') kept--;
  if (kept > 0) joust_text_add_n(out, line, kept + 1);
  return digits + 1;
}

/* One change, or one byte, of the inside of a tag; returns what follows. */
static const char *add_in_tag(struct joust_text *out, const char *line, const char *name) {
  for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
    size_t length = strlen(changes[i].from);
    if (strncmp(line, changes[i].from, length) != 0) continue;
    joust_text_add(out, changes[i].to);
    if (changes[i].is_id) joust_text_addf(out, "%s-", name);
    return line + length;
  }
  int colour = add_colour(out, line);
  if (colour > 0) return line + colour;
  size_t fraction = add_fraction(out, line);
  if (fraction > 0) return line + fraction;
  joust_text_add_n(out, line, 1);
  return line + 1;
}

static void add_line(struct joust_text *out, const char *line, size_t length, const char *name) {
  static const char group[] = "<g id=\"gnuplot_plot_";
  const char *end = line + length;
  bool in_tag = false;
  while (line < end && (*line == '\t' || *line == ' ')) line++;
  if (strncmp(line, group, strlen(group)) == 0) {
    joust_text_add(out, "<g>\n"); /* without the name of the data file, which would show under the mouse */
    return;
  }
  while (line < end) {
    in_tag = *line == '<' || (in_tag && *line != '>');
    if (in_tag || *line == '\t')
      line = add_in_tag(out, line, name);
    else
      joust_text_add_n(out, line++, 1);
  }
  joust_text_add(out, "\n");
}

/* Groups without anything in them, as gnuplot opens many. */
static bool is_empty_group(const char *line, const char *next) {
  return strncmp(line, "<g ", 3) == 0 && next && strncmp(next, "</g>\n", 5) == 0;
}

char *joust_svg_finish(const char *svg, const struct joust_figure *figure, bool white) {
  const char *defs = strstr(svg, "<defs>\n"), *end = strstr(svg, "</defs>\n");
  struct joust_text out = {0};
  if (!defs || !end) return NULL;
  const char *body = end + strlen("</defs>\n");
  add_head(&out, figure);
  add_definitions(&out, defs + strlen("<defs>\n"), end, figure->name);
  if (white) joust_text_add(&out, "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
  joust_text_add(&out, white ? "<g color=\"#000000\">\n" : "<g>\n");
  for (const char *line = body; *line;) {
    size_t length = strcspn(line, "\n");
    const char *next = line[length] ? line + length + 1 : line + length;
    if (is_empty_group(line, next)) {
      next += strlen("</g>\n");
    } else if (length > 0) {
      add_line(&out, line, length, figure->name);
    }
    line = next;
  }
  return joust_text_take(&out);
}

/* ---- PDF
 * ------------------------------------------------------------------------------------------------------------------ */

void joust_pdf_finish(char *pdf, size_t length) {
  static const char key[] = "/CreationDate (D:", clock[] = "20000101000000Z";
  for (char *at = pdf; (at = memchr(at, '/', (size_t)(pdf + length - at))) != NULL; at++) {
    size_t left = (size_t)(pdf + length - at);
    if (left < sizeof key + sizeof clock || memcmp(at, key, sizeof key - 1) != 0) continue;
    char *date = at + sizeof key - 1;
    for (size_t i = 0; i + 1 < sizeof clock && date[i] != ')'; i++) date[i] = clock[i];
  }
}
