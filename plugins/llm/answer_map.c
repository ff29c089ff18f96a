/* Proposals that name their parameters: JSON objects, "name: value" lines, tables. */
#include <string.h>

#include "answer_find.h"

struct map { /* that is being read */
  const char *begin, *end;
  uint32_t found; /* parameters that have a value */
  char *has;      /* n_parameters */
};

/* Where the name of a parameter ends that begins at c: letters and digits of the name, whatever capitals and whatever
 * of
 * "_- " between. NULL if it does not begin there. */
static const char *match_name(const char *c, const char *end, const char *name) {
  for (const char *want = name; *want; want++) {
    char expected = *want >= 'A' && *want <= 'Z' ? (char)(*want - 'A' + 'a') : *want;
    if (!span_is_word(expected)) continue;
    while (c < end && want != name && (*c == '_' || *c == '-' || *c == ' ' || *c == '.')) c++;
    char is = c < end && *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : c < end ? *c : 0;
    if (is != expected) return NULL;
    c++;
  }
  return c < end && (span_is_word(*c) || *c == '_') ? NULL : c;
}

static const char *skip(const char *c, const char *end, const char *what) {
  while (c < end && *c && strchr(what, *c)) c++;
  return c;
}

/* Behind `"name", "value":` and the like: where a JSON object has the name as a value itself. */
static const char *skip_key(const char *c, const char *end) {
  const char *word = skip(c, end, ", \t\r\n");
  if (word >= end || *word != '"') return NULL;
  const char *closing = memchr(word + 1, '"', (size_t)(end - word - 1));
  if (!closing || closing - word > 20) return NULL;
  c = skip(closing + 1, end, " \t");
  return c < end && *c == ':' ? c + 1 : NULL;
}

/* Where the value begins of the name that ends at c, or NULL if none does. */
static const char *find_value(const char *c, const char *end) {
  c = skip(c, end, "\"'`*)] \t");
  if (c >= end) return NULL;
  if (*c == ',') return skip_key(c, end);
  if (end - c >= 3 && memcmp(c, "\xe2\x86\x92", 3) == 0) return c + 3; /* an arrow */
  if (end - c >= 2 && (memcmp(c, "->", 2) == 0 || memcmp(c, "=>", 2) == 0 || memcmp(c, ":=", 2) == 0)) return c + 2;
  if (*c == ':' || *c == '=' || *c == '|') return c + 1;
  return NULL;
}

static const char *value_end(const char *c, const char *end) {
  c = skip(c, end, "*` \t");
  if (c < end && (*c == '"' || *c == '\'')) {
    const char *closing = memchr(c + 1, *c, (size_t)(end - c - 1)), *line = memchr(c, '\n', (size_t)(end - c));
    if (closing && (!line || closing < line)) return closing + 1;
  }
  while (c < end && *c && !strchr("\n,;|}]", *c)) c++;
  return c;
}

/* A map is complete with all names; with at least half of them it was meant to be. */
static void finish(struct finder *finder, struct map *map) {
  uint32_t n = finder->space->n_parameters;
  if (map->found == n)
    finder_add(finder, map->begin, map->end, n, VALUE_LOOSE, ATTEMPT_CLEAR);
  else if (map->found > 1 && map->found * 2 >= n)
    finder_fail(finder, ATTEMPT_CLEAR, (struct answer){.reason = ANSWER_LENGTH, .found = map->found});
  map->found = 0;
  memset(map->has, 0, n);
}

/* Several names at one place: the longest counts ("op1" and "op1_in"). Returns where the name ends, or NULL. */
static const char *name_at(const struct joust_space *space, const char *c, const char *end, uint32_t *parameter) {
  const char *best = NULL;
  for (uint32_t k = 0; k < space->n_parameters; k++) {
    const char *after = match_name(c, end, space->parameters[k]->name);
    if (!after || after <= c || (best && after <= best)) continue;
    best = after;
    *parameter = k;
  }
  return best;
}

void find_maps(struct finder *finder) {
  const char *end = finder->text.s + finder->text.n;
  struct map map = {.has = finder->has};
  for (const char *c = finder->text.s; c < end;) {
    uint32_t k = 0;
    int starts = span_is_word(*c) && (c == finder->text.s || !(span_is_word(c[-1]) || c[-1] == '_'));
    const char *after = starts ? name_at(finder->space, c, end, &k) : NULL;
    const char *value = after ? find_value(after, end) : NULL;
    if (!value) {
      c++;
      continue;
    }
    const char *stop = value_end(value, end);
    if (map.has[k]) finish(finder, &map);
    if (map.found == 0) map.begin = c;
    finder->parts[k] = span_of(value, stop);
    map.has[k] = 1;
    map.found++;
    map.end = stop;
    c = stop;
  }
  finish(finder, &map);
}
