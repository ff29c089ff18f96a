#include "answer_value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 400 }; /* bytes of a value with its remark */

int span_is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

int span_is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80);
}

static char lower(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

struct span span_of(const char *begin, const char *end) {
  return (struct span){begin, end > begin ? (size_t)(end - begin) : 0};
}

/* Bytes of the typographic quote or of the no-break space that begins or ends here; 0: there is none. */
static size_t fancy_at_start(struct span text) {
  if (text.n >= 2 && memcmp(text.s, "\xc2\xa0", 2) == 0) return 2;
  return text.n >= 3 && memcmp(text.s, "\xe2\x80", 2) == 0 && text.s[2] >= '\x98' && text.s[2] <= '\x9f' ? 3 : 0;
}

static size_t fancy_at_end(struct span text) {
  if (text.n >= 2 && memcmp(text.s + text.n - 2, "\xc2\xa0", 2) == 0) return 2;
  return text.n >= 3 ? fancy_at_start((struct span){text.s + text.n - 3, 3}) : 0;
}

static int is_wrapping(char c) {
  return span_is_space(c) || (c && strchr("\"'`*\\", c));
}

struct span span_trim(struct span text) {
  size_t fancy;
  for (;;) {
    if (text.n && is_wrapping(*text.s))
      fancy = 1;
    else if (!(fancy = fancy_at_start(text)))
      break;
    text.s += fancy;
    text.n -= fancy;
  }
  for (;;) {
    char last = text.n ? text.s[text.n - 1] : 0;
    if (last && (is_wrapping(last) || strchr(".,;:!?", last)))
      text.n--;
    else if ((fancy = fancy_at_end(text)))
      text.n -= fancy;
    else
      break;
  }
  if (text.n >= 2 && *text.s == '(' && text.s[text.n - 1] == ')')
    return span_trim((struct span){text.s + 1, text.n - 2});
  return text;
}

/* ---- likeness ---------------------------------------------------------------------------------------------------- */

struct signs { /* the letters and digits of a text, one after the other */
  const char *begin, *next, *end;
};

static struct signs signs_of(struct span text) {
  return (struct signs){text.s, text.s, text.s + text.n};
}

static int is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* The next one in lower case, 0 at the end. A point between digits counts, too. */
static char next_sign(struct signs *signs) {
  while (signs->next < signs->end) {
    const char *c = signs->next++;
    if (span_is_word(*c)) return lower(*c);
    if (*c == '.' && c > signs->begin && is_digit(c[-1]) && c + 1 < signs->end && is_digit(c[1])) return *c;
  }
  return 0;
}

int span_alike(struct span text, const char *word) {
  struct signs a = signs_of(text), b = signs_of((struct span){word, strlen(word)});
  char x, y;
  do {
    x = next_sign(&a);
    y = next_sign(&b);
  } while (x == y && x);
  return x == y;
}

/* The letters and digits into out; returns how many, 0 if they do not fit. */
static size_t squeeze(struct span text, char *out, size_t size) {
  struct signs signs = signs_of(text);
  size_t n = 0;
  for (char c; (c = next_sign(&signs)) != 0; out[n++] = c)
    if (n + 1 >= size) return 0;
  out[n] = 0;
  return n;
}

static int same(struct span text, const char *word) {
  return strlen(word) == text.n && memcmp(text.s, word, text.n) == 0;
}

/* ---- numbers ----------------------------------------------------------------------------------------------------- */

int span_number(struct span text, double *value) {
  char buffer[40], *end;
  if (text.n == 0 || text.n >= sizeof buffer) return 0;
  memcpy(buffer, text.s, text.n);
  buffer[text.n] = 0;
  if (strspn(buffer, "+-0123456789.eE") != text.n || !strpbrk(buffer, "0123456789") || strchr("eE", *buffer)) return 0;
  *value = strtod(buffer, &end);
  return *end == 0 && isfinite(*value);
}

static enum value_kind number_value(const struct joust_parameter *p, double number, double *value) {
  int whole = number == floor(number);
  if (!(number >= p->lower && number <= p->upper) || (p->kind != JOUST_REAL && !whole)) return VALUE_OUTSIDE;
  *value = number + 0.0; /* no -0 */
  return VALUE_OK;
}

/* ---- labels ------------------------------------------------------------------------------------------------------ */

static int is_numeric(const struct joust_parameter *p) {
  double ignored;
  for (uint32_t k = 0; k < p->n_choices; k++)
    if (span_number((struct span){p->choices[k], strlen(p->choices[k])}, &ignored)) return 1;
  return 0;
}

/* A number among labels: the label of the same value if any label is a number, else the index. */
static enum value_kind choice_by_number(const struct joust_parameter *p, double number, double *value) {
  double label;
  if (!is_numeric(p)) return number_value(p, number, value);
  for (uint32_t k = 0; k < p->n_choices; k++) {
    if (!span_number((struct span){p->choices[k], strlen(p->choices[k])}, &label) || label != number) continue;
    *value = k;
    return VALUE_OK;
  }
  return VALUE_OUTSIDE;
}

static int label_value(const struct joust_parameter *p, struct span text, double *value) {
  int hits = 0;
  for (uint32_t k = 0; k < p->n_choices; k++) {
    if (same(text, p->choices[k])) {
      *value = k;
      return 1;
    }
  }
  for (uint32_t k = 0; k < p->n_choices && text.n; k++) {
    if (!span_alike(text, p->choices[k])) continue;
    hits++;
    *value = k;
  }
  return hits == 1;
}

/* The only label that has the text in it, or that the text has in it, with at least three letters or digits. */
static int part_value(const struct joust_parameter *p, struct span text, double *value) {
  char part[64], label[64];
  int hits = 0;
  double found = 0;
  if (squeeze(text, part, sizeof part) < 3) return 0;
  for (uint32_t k = 0; k < p->n_choices; k++) {
    size_t n = squeeze((struct span){p->choices[k], strlen(p->choices[k])}, label, sizeof label);
    if (n < 3 || !(strstr(label, part) || strstr(part, label))) continue;
    hits++;
    found = k;
  }
  if (hits == 1) *value = found;
  return hits == 1;
}

/* ---- a value ----------------------------------------------------------------------------------------------------- */

static enum value_kind strict_value(const struct joust_parameter *p, struct span text, double *value) {
  double number;
  if (p->choices && label_value(p, text, value)) return VALUE_OK;
  if (!span_number(text, &number)) return VALUE_UNKNOWN;
  return p->choices ? choice_by_number(p, number, value) : number_value(p, number, value);
}

/* "0.1 for now", "skip to keep it short": a number where a number is wanted, a label where a label is. */
static enum value_kind first_word_value(const struct joust_parameter *p, struct span text, double *value) {
  size_t n = 0;
  double ignored;
  while (n < text.n && !span_is_space(text.s[n])) n++;
  struct span word = span_trim((struct span){text.s, n});
  if (n == text.n || (p->choices && span_number(word, &ignored))) return VALUE_UNKNOWN;
  return strict_value(p, word, value);
}

/* "op1: skip" is skip if the parameter is op1; "2: skip", "2 = skip" and "2 (skip)" are 2. */
static enum value_kind value_with_remark(const struct joust_parameter *p, struct span text, double *value) {
  for (size_t i = 1; i < text.n; i++) {
    char c = text.s[i];
    int arrow = c == '-' && i + 1 < text.n && text.s[i + 1] == '>';
    if (!(strchr(":=(#", c) || arrow) || c == 0) continue;
    struct span left = span_trim((struct span){text.s, i});
    size_t skip = arrow ? 2 : 1;
    struct span right = span_trim((struct span){text.s + i + skip, text.n - i - skip});
    if (c != '(' && c != '#' && span_alike(left, p->name)) return strict_value(p, right, value);
    enum value_kind kind = strict_value(p, left, value);
    if (kind != VALUE_UNKNOWN) return kind;
  }
  return VALUE_UNKNOWN;
}

enum value_kind answer_value(const struct joust_parameter *p, struct span text, enum value_care care, double *value) {
  text = span_trim(text);
  if (text.n == 0 || text.n > LONGEST) return VALUE_UNKNOWN;
  enum value_kind kind = strict_value(p, text, value);
  if (kind != VALUE_UNKNOWN || care == VALUE_STRICT) return kind;
  kind = value_with_remark(p, text, value);
  if (kind == VALUE_UNKNOWN) kind = first_word_value(p, text, value);
  if (kind == VALUE_UNKNOWN && p->choices && part_value(p, text, value)) kind = VALUE_OK;
  return kind;
}
