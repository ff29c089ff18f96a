/* Proposals without brackets: values one after the other in a line, or one a line. */
#include <string.h>

#include "answer_find.h"

static const char *line_end(const char *c, const char *end) {
  const char *stop = c < end ? memchr(c, '\n', (size_t)(end - c)) : NULL;
  return stop ? stop : end;
}

/* ---- sequences in a line ----------------------------------------------------------------------------------------- */

/* Bytes of a separator at c: of kind 0 "," or ";", 1 an arrow, 2 "|" with "+", 3 "-" or "/", 4 white space. */
static size_t separator(const char *c, const char *end, int kind) {
  size_t left = (size_t)(end - c);
  switch (kind) {
  case 0: return *c == ',' || *c == ';';
  case 1:
    if (left >= 3 && memcmp(c, "\xe2\x86\x92", 3) == 0) return 3;
    return left >= 2 && (memcmp(c, "->", 2) == 0 || memcmp(c, "=>", 2) == 0) ? 2 : 0;
  case 2: return *c == '|' || *c == '+';
  case 3: return *c == '-' || *c == '/';
  default: return span_is_space(*c) != 0;
  }
}

static struct span last_word(struct span text) {
  text = span_trim(text);
  for (size_t i = text.n; i-- > 0;)
    if (span_is_space(text.s[i]) || text.s[i] == ':') return span_of(text.s + i + 1, text.s + text.n);
  return text;
}

static struct span first_word(struct span text) {
  text = span_trim(text);
  for (size_t i = 0; i < text.n; i++)
    if (span_is_space(text.s[i])) return (struct span){text.s, i};
  return text;
}

struct sequence { /* of values that follow each other */
  const char *begin, *end;
  size_t n;
};

static void push(struct finder *finder, struct sequence *sequence, struct span value) {
  value = span_trim(value);
  if (sequence->n == 0) sequence->begin = value.s;
  if (sequence->n < finder->space->n_parameters) finder->parts[sequence->n] = value;
  sequence->n++;
  sequence->end = value.s + value.n;
}

/* A failed sequence was meant as a proposal if it has half of the values, or is all there is. */
static void end_sequence(struct finder *finder, struct sequence *sequence) {
  uint32_t n = finder->space->n_parameters;
  int all = sequence->n && finder_is_all(finder, sequence->begin, sequence->end);
  int meant = all || (sequence->n > 1 && sequence->n * 2 >= n);
  if (sequence->n && (n > 1 || all))
    finder_add(finder, sequence->begin, sequence->end, sequence->n, VALUE_LOOSE, meant ? ATTEMPT_LOOSE : ATTEMPT_NONE);
  sequence->n = 0;
}

/* The values of a line between separators of one kind. Before the first and behind the last value there may be other
 * words ("I propose 2, 1, 0 now"). */
static void read_line(struct finder *finder, const char *begin, const char *end, int kind) {
  enum value_care care = kind == 0 || kind == 1 ? VALUE_LOOSE : VALUE_STRICT;
  struct sequence sequence = {0};
  for (const char *c = begin; c <= end;) {
    const char *stop = c;
    size_t width = 0;
    while (stop < end && !(width = separator(stop, end, kind))) stop++;
    struct span element = span_of(c, stop);
    c = stop + (width ? width : 1);
    if (span_trim(element).n == 0) {
      if (stop >= end) break;
      continue;
    }
    if (finder_is_value(finder, element, VALUE_STRICT) ||
        (care == VALUE_LOOSE && element.n < 40 && finder_is_value(finder, element, VALUE_LOOSE))) {
      push(finder, &sequence, element);
      continue;
    }
    if (sequence.n && finder_is_value(finder, first_word(element), VALUE_STRICT) && kind < 4)
      push(finder, &sequence, first_word(element));
    end_sequence(finder, &sequence);
    if (finder_is_value(finder, last_word(element), VALUE_STRICT) && kind < 4)
      push(finder, &sequence, last_word(element));
  }
  end_sequence(finder, &sequence);
}

void find_lines(struct finder *finder) {
  const char *end = finder->text.s + finder->text.n;
  for (const char *c = finder->text.s; c < end;) {
    const char *stop = line_end(c, end);
    for (int kind = 0; kind <= 4; kind++) {
      uint32_t before = finder->n_candidates;
      read_line(finder, c, stop, kind);
      if (finder->n_candidates > before) break;
    }
    c = stop + 1;
  }
}

/* ---- one value a line -------------------------------------------------------------------------------------------- */

/* What stands behind "- ", "* ", "3. ", "3) " or a typographic bullet; all of the line if it has none. */
static struct span item_of(struct span line, int *has_bullet) {
  size_t i = 0;
  line = (struct span){line.s, line.n};
  while (line.n && span_is_space(*line.s)) line.s++, line.n--;
  while (i < line.n && line.s[i] >= '0' && line.s[i] <= '9') i++;
  if (i > 0 && i + 1 < line.n && (line.s[i] == '.' || line.s[i] == ')') && span_is_space(line.s[i + 1]))
    i++;
  else
    i = line.n > 1 && (*line.s == '-' || *line.s == '*') && span_is_space(line.s[1]) ? 1
        : line.n > 3 && memcmp(line.s, "\xe2\x80\xa2", 3) == 0                       ? 3
                                                                                     : 0;
  *has_bullet = i > 0;
  return (struct span){line.s + i, line.n - i};
}

/* The value of an item: all of it, or what stands behind its last colon or arrow, or before a remark. */
static struct span value_of(const struct finder *finder, struct span item) {
  if (finder_is_value(finder, item, VALUE_STRICT)) return item;
  for (size_t i = item.n; i-- > 0;) {
    char c = item.s[i];
    int arrow = c == '>' && i > 0 && (item.s[i - 1] == '-' || item.s[i - 1] == '=');
    if (c != ':' && c != '=' && !arrow) continue;
    struct span right = {item.s + i + 1, item.n - i - 1};
    if (finder_is_value(finder, right, VALUE_LOOSE)) return right;
  }
  return item;
}

void find_items(struct finder *finder) {
  const char *end = finder->text.s + finder->text.n, *begin = NULL, *last = NULL;
  uint32_t n = finder->space->n_parameters;
  size_t items = 0, values = 0;
  for (const char *c = finder->text.s; c <= end;) {
    const char *stop = line_end(c, end);
    int has_bullet = 0;
    struct span line = span_of(c, stop), item = item_of(line, &has_bullet), value = value_of(finder, item);
    int is_value = finder_is_value(finder, value, VALUE_LOOSE) && (has_bullet || value.n < 40);
    if (has_bullet || is_value) {
      if (items == 0) begin = line.s;
      if (items < n) finder->parts[items] = value;
      items++;
      values += (size_t)is_value;
      last = stop;
    }
    if (items && (stop >= end || !(has_bullet || is_value || span_trim(line).n == 0))) {
      if (n > 1 || items == 1)
        finder_add(finder, begin, last, items, VALUE_LOOSE,
                   items > 1 && values * 2 >= items ? ATTEMPT_LOOSE : ATTEMPT_NONE);
      items = values = 0;
    }
    if (stop >= end) break;
    c = stop + 1;
  }
}
