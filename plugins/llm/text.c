#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int reserve(struct llm_text *text, size_t more) {
  if (text->failed) return -1;
  if (more < text->capacity - text->length) return 0;
  size_t capacity = (text->length + more + 1) * 2;
  char *bytes = realloc(text->bytes, capacity < 64 ? 64 : capacity);
  if (!bytes) {
    text->failed = 1;
    return -1;
  }
  text->bytes = bytes;
  text->capacity = capacity < 64 ? 64 : capacity;
  return 0;
}

void llm_text_add_bytes(struct llm_text *text, const char *bytes, size_t length) {
  if (reserve(text, length) < 0) return;
  if (length) memcpy(text->bytes + text->length, bytes, length);
  text->length += length;
  text->bytes[text->length] = 0;
}

void llm_text_add(struct llm_text *text, const char *more) {
  llm_text_add_bytes(text, more, strlen(more));
}

void llm_text_addf(struct llm_text *text, const char *format, ...) {
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  int length = vsnprintf(NULL, 0, format, args);
  if (length >= 0 && reserve(text, (size_t)length) == 0) {
    vsnprintf(text->bytes + text->length, (size_t)length + 1, format, again);
    text->length += (size_t)length;
  }
  va_end(again);
  va_end(args);
}

const char *llm_text_string(const struct llm_text *text) {
  return text->bytes ? text->bytes : "";
}

void llm_text_clear(struct llm_text *text) {
  text->length = 0;
  text->failed = 0;
  if (text->bytes) *text->bytes = 0;
}

void llm_text_free(struct llm_text *text) {
  free(text->bytes);
  memset(text, 0, sizeof *text);
}

char *llm_copy(const char *s) {
  size_t size = strlen(s) + 1;
  char *copy = malloc(size);
  if (copy) memcpy(copy, s, size);
  return copy;
}

/* How many bytes stand for the character c at the beginning of s: itself, or an escape of JSON. 0: s begins otherwise.
 */
static size_t match_character(const char *s, char c) {
  char code[12];
  if (*s == c) return 1;
  if (*s != '\\') return 0;
  if (s[1] == c) return 2;
  snprintf(code, sizeof code, "\\u%04x", (unsigned)(unsigned char)c);
  return strncasecmp(s, code, 6) == 0 ? 6 : 0;
}

static size_t match_secret(const char *s, const char *secret) {
  size_t length = 0, more;
  for (; *secret; secret++, length += more)
    if ((more = match_character(s + length, *secret)) == 0) return 0;
  return length;
}

void llm_hide(char *s, const char *secret) {
  while (*s) {
    size_t length = match_secret(s, secret);
    memset(s, '*', length);
    s += length ? length : 1;
  }
}
