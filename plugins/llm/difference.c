#include "difference.h"

#include <string.h>

enum { MOST_DIFFERENCES = 3, BEFORE = 20, AFTER = 30 }; /* bytes shown around the first difference of two texts */

static size_t common_prefix(const char *a, const char *b) {
  size_t n = 0;
  while (a[n] && a[n] == b[n]) n++;
  return n;
}

size_t llm_likeness(const char *a, const char *b) {
  size_t prefix = common_prefix(a, b), a_left = strlen(a) - prefix, b_left = strlen(b) - prefix, suffix = 0;
  while (suffix < a_left && suffix < b_left && a[prefix + a_left - suffix - 1] == b[prefix + b_left - suffix - 1])
    suffix++;
  return prefix + suffix;
}

/* ---- texts ------------------------------------------------------------------------------------------------------- */

static int inside_character(char c) {
  return ((unsigned char)c & 0xc0) == 0x80; /* a later byte of UTF-8 */
}

/* The part around `at`, on one line, in quotes. */
static void add_excerpt(struct llm_text *out, const char *text, size_t at) {
  size_t length = strlen(text), from = at > BEFORE ? at - BEFORE : 0, to = at + AFTER < length ? at + AFTER : length;
  while (from > 0 && inside_character(text[from])) from--;
  while (to < length && inside_character(text[to])) to++;
  llm_text_add(out, from > 0 ? "\"..." : "\"");
  for (size_t i = from; i < to; i++)
    if (text[i] == '\n')
      llm_text_add(out, "\\n");
    else
      llm_text_add_bytes(out, text + i, 1);
  llm_text_add(out, to < length ? "...\"" : "\"");
}

static void add_texts(struct llm_text *out, const char *recorded, const char *asked) {
  size_t at = common_prefix(recorded, asked), characters = 1;
  while (at > 0 && inside_character(recorded[at])) at--;
  for (size_t i = 0; i < at; i++) characters += !inside_character(recorded[i]);
  llm_text_addf(out, "differs from character %zu on: recorded ", characters);
  add_excerpt(out, recorded, at);
  llm_text_add(out, ", asked ");
  add_excerpt(out, asked, at);
}

/* ---- members ----------------------------------------------------------------------------------------------------- */

static const char *string(const cJSON *object, const char *name) {
  const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
  return text ? text : "";
}

static void begin(struct llm_text *out, int *n) {
  if ((*n)++ > 0) llm_text_add(out, "; ");
}

static void compare_messages(struct llm_text *out, int *n, const cJSON *recorded, const cJSON *asked) {
  int n_recorded = cJSON_GetArraySize(recorded), n_asked = cJSON_GetArraySize(asked);
  if (n_recorded != n_asked) {
    begin(out, n);
    llm_text_addf(out, "recorded %d messages, asked %d", n_recorded, n_asked);
  }
  for (int i = 0; i < n_recorded && i < n_asked && *n < MOST_DIFFERENCES; i++) {
    const cJSON *a = cJSON_GetArrayItem(recorded, i), *b = cJSON_GetArrayItem(asked, i);
    if (strcmp(string(a, "role"), string(b, "role")) != 0) {
      begin(out, n);
      llm_text_addf(out, "message %d: recorded from '%s', asked from '%s'", i + 1, string(a, "role"),
                    string(b, "role"));
    } else if (strcmp(string(a, "content"), string(b, "content")) != 0) {
      begin(out, n);
      llm_text_addf(out, "message %d (%s) ", i + 1, string(a, "role"));
      add_texts(out, string(a, "content"), string(b, "content"));
    }
  }
}

static void add_value(struct llm_text *out, const char *word, const cJSON *value) {
  char *text = value ? cJSON_PrintUnformatted(value) : NULL;
  llm_text_addf(out, "%s %.60s%s", word, text ? text : "none", text && strlen(text) > 60 ? "..." : "");
  cJSON_free(text);
}

static void compare_member(struct llm_text *out, int *n, const char *name, const cJSON *a, const cJSON *b) {
  if (*n >= MOST_DIFFERENCES || cJSON_Compare(a, b, 1) || (!a && !b)) return;
  if (strcmp(name, "messages") == 0) {
    compare_messages(out, n, a, b);
    return;
  }
  begin(out, n);
  llm_text_addf(out, "%s: ", name);
  add_value(out, "recorded", a);
  add_value(out, ", asked", b);
}

void llm_describe_difference(struct llm_text *out, const cJSON *recorded, const cJSON *asked) {
  const cJSON *member;
  int n = 0;
  cJSON_ArrayForEach(member, asked)
      compare_member(out, &n, member->string, cJSON_GetObjectItemCaseSensitive(recorded, member->string), member);
  cJSON_ArrayForEach(member, recorded) if (!cJSON_GetObjectItemCaseSensitive(asked, member->string))
      compare_member(out, &n, member->string, member, NULL);
}
