/* Proposals that say where they begin and end: lists in brackets, cell strings, strings of digits. */
#include <string.h>

#include "answer_find.h"

/* ---- elements ---------------------------------------------------------------------------------------------------- */

/* Does a comment begin at c: "# ..." or "// ...", to the end of the line? */
static int is_comment(const char *begin, const char *c, const char *end) {
  if (c > begin && !span_is_space(c[-1])) return 0;
  return *c == '#' || (*c == '/' && c + 1 < end && c[1] == '/');
}

/* The element without the comments before it, which belong to the one before. */
static struct span without_comment(struct span element) {
  for (;;) {
    const char *end = element.s + element.n, *c = element.s;
    while (c < end && span_is_space(*c)) c++;
    if (c == end || !is_comment(c, c, end)) return element;
    const char *line = memchr(c, '\n', (size_t)(end - c));
    element = line ? span_of(line, end) : span_of(end, end);
  }
}

/* Where the element that begins at c ends: at a separator outside of quotes, brackets and comments. */
static const char *element_end(const char *c, const char *end, const char *separators) {
  const char *begin = c;
  int depth = 0;
  while (c < end && span_is_space(*c) && !strchr(separators, *c)) c++;
  const char *closing = c < end && (*c == '"' || *c == '\'') ? memchr(c + 1, *c, (size_t)(end - c - 1)) : NULL;
  if (closing) c = closing + 1;
  for (; c < end; c++) {
    if (!*c) continue;
    if (is_comment(begin, c, end)) {
      while (c + 1 < end && *c != '\n') c++;
      continue;
    }
    int separates = strchr(separators, *c) != NULL;
    if (depth <= 0 && separates) break;
    if (!separates && strchr("([{", *c)) depth++;
    if (!separates && strchr(")]}", *c)) depth--;
  }
  return c;
}

struct tally {
  size_t n, values; /* elements, and those that look like values */
  int nested;       /* one of them is a list itself */
};

/* Splits at the separators, the first n_parameters elements into finder->parts. An empty last element is none. */
static struct tally split(struct finder *finder, const char *begin, const char *end, const char *separators) {
  struct tally tally = {0};
  const char *c = begin;
  for (;;) {
    const char *stop = element_end(c, end, separators);
    struct span element = span_trim(without_comment(span_of(c, stop)));
    int blank = element.n == 0;
    if (blank && (stop >= end || strchr(separators, ' '))) {
      if (stop >= end) return tally;
      c = stop + 1;
      continue;
    }
    tally.nested |= !blank && memchr(element.s, '[', element.n) != NULL;
    if (tally.n < finder->space->n_parameters) finder->parts[tally.n] = element;
    tally.n++;
    tally.values += (size_t)finder_is_value(finder, element, VALUE_LOOSE);
    if (stop >= end) return tally;
    c = stop + 1;
  }
}

/* ---- lists ------------------------------------------------------------------------------------------------------- */

static void read_list(struct finder *finder, const char *open, const char *close) {
  const char *begin = open + 1, *end = close + 1;
  uint32_t n = finder->space->n_parameters;
  int square = *open == '[';
  if (*open == '{' && memchr(begin, ':', (size_t)(close - begin))) return; /* see find_maps */
  struct tally tally = split(finder, begin, close, ",;");
  if (tally.n == 1 && n > 1 && !tally.nested) {
    struct tally words = split(finder, begin, close, " \t\r\n");
    if (words.values == words.n)
      tally = words;
    else
      split(finder, begin, close, ",;");
  }
  if (tally.nested) {
    if (square) tally = split(finder, begin, close, ",;[] \t\r\n");
    if (tally.n != n || tally.values != n) return;
  }
  int all = finder_is_all(finder, open, end), meant = tally.values * 2 >= tally.n && (square || (all && tally.n));
  enum attempt attempt = !meant ? ATTEMPT_NONE : all || tally.n * 2 >= n ? ATTEMPT_CLEAR : ATTEMPT_LOOSE;
  finder_add(finder, open, end, tally.n, VALUE_LOOSE, attempt);
}

/* One pass with a stack of open brackets, so that each is looked at once. */
void find_lists(struct finder *finder) {
  enum { DEEPEST = 32 };
  static const char opening[] = "[({", closing[] = "])}";
  const char *stack[DEEPEST], *end = finder->text.s + finder->text.n;
  int depth = 0;
  for (const char *c = finder->text.s; c < end; c++) {
    const char *kind = *c ? strchr(opening, *c) : NULL;
    if (kind) {
      if (depth == DEEPEST) memmove(stack, stack + 1, (DEEPEST - 1) * sizeof *stack), depth--;
      stack[depth++] = c;
      continue;
    }
    kind = *c ? strchr(closing, *c) : NULL;
    if (!kind) continue;
    int match = depth - 1;
    while (match >= 0 && *stack[match] != opening[kind - closing]) match--;
    if (match < 0) continue;
    depth = match;
    read_list(finder, stack[match], c);
  }
}

/* ---- cells ------------------------------------------------------------------------------------------------------- */

static int divides(char c) {
  return c == '|' || c == '+' || span_is_space(c);
}

/* Label and node of the item whose '~' is at c. Returns where it ends, or NULL if it is none. */
static const char *read_item(struct span text, const char *tilde, struct span *label) {
  const char *first = tilde, *last = tilde + 1, *end = text.s + text.n;
  while (first > text.s && tilde - first < 60 && !divides(first[-1]) && first[-1] != '~') first--;
  while (last < end && *last >= '0' && *last <= '9') last++;
  if (first == tilde || last == tilde + 1) return NULL;
  *label = span_of(first, tilde);
  return last;
}

void find_cells(struct finder *finder) {
  const char *end = finder->text.s + finder->text.n, *begin = NULL, *stop = NULL;
  size_t n = 0;
  for (const char *c = finder->text.s; c < end; c++) {
    struct span label;
    const char *after = *c == '~' ? read_item(finder->text, c, &label) : NULL;
    if (!after) continue;
    const char *gap = stop;
    while (gap && gap < label.s && divides(*gap)) gap++;
    if (gap != label.s || !stop) { /* another cell */
      if (n) finder_add(finder, begin, stop, n, VALUE_LOOSE, ATTEMPT_CLEAR);
      n = 0;
      begin = label.s;
    }
    if (n < finder->space->n_parameters) finder->parts[n] = label;
    n++;
    stop = after;
  }
  if (n) finder_add(finder, begin, stop, n, VALUE_LOOSE, ATTEMPT_CLEAR);
}

/* ---- strings of digits ------------------------------------------------------------------------------------------- */

/* Can every parameter be written as one digit? */
static int fit_digits(const struct joust_space *space) {
  for (uint32_t k = 0; k < space->n_parameters; k++)
    if (space->parameters[k]->kind == JOUST_REAL || space->parameters[k]->upper > 9 || space->parameters[k]->lower < 0)
      return 0;
  return space->n_parameters >= 3;
}

/* Does it stand in quotes, behind a colon, or on a line of its own? A short one in a sentence is just a number. */
static int stands_out(struct span text, const char *begin, const char *end) {
  const char *c = begin;
  while (c > text.s && span_is_space(c[-1]) && c[-1] != '\n') c--;
  int starts = c == text.s || strchr("\n\"'`:*=", c[-1]) != NULL;
  for (c = end; c < text.s + text.n && span_is_space(*c) && *c != '\n';) c++;
  return starts && (c == text.s + text.n || (*c && strchr("\n\"'`*.", *c)));
}

void find_digits(struct finder *finder) {
  const char *end = finder->text.s + finder->text.n;
  uint32_t n = finder->space->n_parameters;
  if (!fit_digits(finder->space)) return;
  for (const char *c = finder->text.s; c < end;) {
    const char *first = c;
    int digits = 1;
    while (c < end && (span_is_word(*c) || *c == '_' || (*c == '.' && c + 1 < end && span_is_word(c[1])))) {
      digits &= *c >= '0' && *c <= '9';
      c++;
    }
    size_t length = (size_t)(c - first);
    if (length >= 3 && digits && (stands_out(finder->text, first, c) || (length == n && n >= 5))) {
      for (size_t k = 0; k < length && k < n; k++) finder->parts[k] = (struct span){first + k, 1};
      finder_add(finder, first, c, length, VALUE_STRICT,
                 stands_out(finder->text, first, c) ? ATTEMPT_CLEAR : ATTEMPT_NONE);
    }
    if (c == first) c++;
  }
}
