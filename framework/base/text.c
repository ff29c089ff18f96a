#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static void reserve(struct joust_text *text, size_t more) {
  if (text->length + more + 1 <= text->capacity) return;
  size_t capacity = text->capacity ? text->capacity : 64;
  while (capacity < text->length + more + 1) capacity *= 2;
  text->bytes = joust_resize(text->bytes, capacity, 1);
  text->capacity = capacity;
}

void joust_text_add_n(struct joust_text *text, const char *bytes, size_t length) {
  reserve(text, length);
  if (length) memcpy(text->bytes + text->length, bytes, length);
  text->length += length;
  text->bytes[text->length] = 0;
}

void joust_text_add(struct joust_text *text, const char *bytes) {
  joust_text_add_n(text, bytes, strlen(bytes));
}

void joust_text_addf(struct joust_text *text, const char *format, ...) {
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  int length = vsnprintf(NULL, 0, format, args);
  va_end(args);
  if (length > 0) {
    reserve(text, (size_t)length);
    vsnprintf(text->bytes + text->length, (size_t)length + 1, format, again);
    text->length += (size_t)length;
  }
  va_end(again);
}

/* Columns that n bytes of text take in a terminal: its UTF-8 characters. */
static size_t columns(const char *bytes, size_t n) {
  size_t width = 0;
  for (size_t i = 0; i < n; i++) width += ((unsigned char)bytes[i] & 0xc0) != 0x80;
  return width;
}

void joust_text_wrap(struct joust_text *text, const char *words, size_t indent, size_t width) {
  size_t start = text->length;
  while (start > 0 && text->bytes[start - 1] != '\n') start--;
  size_t column = start < text->length ? columns(text->bytes + start, text->length - start) : 0;
  for (bool first = true; *words; first = false) {
    size_t length = strcspn(words, " \n"), wide = columns(words, length);
    if (!first && column + 1 + wide > width) {
      joust_text_addf(text, "\n%*s", (int)indent, "");
      column = indent;
    } else if (!first) {
      joust_text_add_n(text, " ", 1);
      column++;
    }
    joust_text_add_n(text, words, length);
    column += wide;
    words += length;
    words += strspn(words, " \n");
  }
}

const char *joust_text_string(const struct joust_text *text) {
  return text->bytes ? text->bytes : "";
}

char *joust_text_take(struct joust_text *text) {
  char *bytes = text->bytes ? text->bytes : joust_copy("");
  memset(text, 0, sizeof *text);
  return bytes;
}

void joust_text_clear(struct joust_text *text) {
  text->length = 0;
  if (text->bytes) text->bytes[0] = 0;
}

void joust_text_free(struct joust_text *text) {
  free(text->bytes);
  memset(text, 0, sizeof *text);
}

const char *joust_number(char buffer[JOUST_NUMBER_SIZE], double value) {
  if (isnan(value)) return strcpy(buffer, "nan");
  if (isinf(value)) return strcpy(buffer, value > 0 ? "inf" : "-inf");
  if (value == floor(value) && fabs(value) < 1e17) { /* whole: no exponent */
    snprintf(buffer, JOUST_NUMBER_SIZE, "%.0f", value == 0 ? 0.0 : value);
    return buffer;
  }
  for (int digits = 15; digits <= 17; digits++) {
    snprintf(buffer, JOUST_NUMBER_SIZE, "%.*g", digits, value);
    if (strtod(buffer, NULL) == value) break;
  }
  return buffer;
}

bool joust_parse_number(const char *text, double *value) {
  if (!*text || isspace((unsigned char)*text)) return false;
  char *end;
  errno = 0;
  double number = strtod(text, &end);
  if (*end || !isfinite(number)) return false;
  *value = number;
  return true;
}

bool joust_is_line(const char *text) {
  for (const char *c = text; *c; c++)
    if (iscntrl((unsigned char)*c)) return false;
  return *text != 0;
}

/* Levenshtein distance over one row; names longer than the row count as far. */
static size_t edit_distance(const char *a, const char *b) {
  size_t row[64], n = strlen(b);
  if (n >= 64) return SIZE_MAX;
  for (size_t j = 0; j <= n; j++) row[j] = j;
  for (size_t i = 0; a[i]; i++) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < n; j++) {
      size_t replace = diagonal + (a[i] != b[j]);
      size_t shorter = row[j] < row[j + 1] ? row[j] + 1 : row[j + 1] + 1;
      diagonal = row[j + 1];
      row[j + 1] = replace < shorter ? replace : shorter;
    }
  }
  return row[n];
}

const char *joust_nearest(const char *name, const char *const *names, size_t n) {
  const char *best = NULL;
  size_t least = strlen(name) / 3 + 1;
  for (size_t i = 0; i < n; i++) {
    size_t distance = edit_distance(name, names[i]);
    if (distance > 1 && strlen(name) < 4 && *name != *names[i]) continue; /* "foo" is not "bo" */
    if (distance <= least && (!best || distance < least)) {
      best = names[i];
      least = distance;
    }
  }
  return best;
}
