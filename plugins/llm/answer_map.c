/* Proposals that name their parameters: JSON objects, "name: value" lines, tables. */
#include <string.h>

#include "answer_find.h"

enum { MOST_OBJECTS = 100 }; /* braces that are looked into, so that many within each other take no time */

struct map { /* that is being read */
  const char *begin, *end;
  uint32_t found; /* parameters that have a value */
  char *has;      /* n_parameters */
};

struct mention { /* of a parameter with a value */
  const char *begin, *end;
  struct span value;
  uint32_t parameter;
};

/* Where the name of a parameter ends that begins at c: letters and digits of the name, whatever capitals and whatever
 * of "_- " between. NULL if it does not begin there. */
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

/* The first mention at c or behind it; 0 if there is none. */
static int next_mention(const struct finder *finder, const char *c, const char *end, struct mention *found) {
  for (; c < end; c++) {
    int starts = span_is_word(*c) && (c == finder->text.s || !(span_is_word(c[-1]) || c[-1] == '_'));
    const char *after = starts ? name_at(finder->space, c, end, &found->parameter) : NULL;
    const char *value = after ? find_value(after, end) : NULL;
    if (!value) continue;
    found->begin = c;
    found->end = value_end(value, end);
    found->value = span_of(value, found->end);
    return 1;
  }
  return 0;
}

/* Are this mention and those that follow one of each parameter, in their order? Then they are a map, whatever was
 * mentioned before; returns where it ends, else NULL. The values go to `parts`, unless that is NULL. */
static const char *read_in_order(const struct finder *finder, struct mention mention, const char *end,
                                 struct span *parts) {
  for (uint32_t k = 0; k < finder->space->n_parameters; k++) {
    if (k > 0 && !next_mention(finder, mention.end, end, &mention)) return NULL;
    if (mention.parameter != k) return NULL;
    if (parts) parts[k] = mention.value;
  }
  return mention.end;
}

static void find_between(struct finder *finder, const char *c, const char *end) {
  struct map map = {.has = finder->has};
  struct mention mention;
  for (; next_mention(finder, c, end, &mention); c = mention.end) {
    const char *stop = read_in_order(finder, mention, end, NULL);
    if (stop || map.has[mention.parameter]) finish(finder, &map);
    if (stop) {
      read_in_order(finder, mention, end, finder->parts);
      finder_add(finder, mention.begin, stop, finder->space->n_parameters, VALUE_LOOSE, ATTEMPT_CLEAR);
      mention.end = stop;
      continue;
    }
    if (map.found == 0) map.begin = mention.begin;
    finder->parts[mention.parameter] = mention.value;
    map.has[mention.parameter] = 1;
    map.found++;
    map.end = mention.end;
  }
  finish(finder, &map);
}

/* ---- JSON objects ------------------------------------------------------------------------------------------------ */

/* Behind the closing quote of the string that begins at c, or NULL. */
static const char *string_end(const char *c, const char *end) {
  for (char quote = *c++; c < end; c++) {
    if (*c == quote) return c + 1;
    if (*c == '\\' && c + 1 < end) c++;
  }
  return NULL;
}

/* The comma or brace behind a member's value, or NULL. */
static const char *member_end(const char *c, const char *end) {
  int depth = 0;
  while (c && c < end) {
    if (depth == 0 && (*c == ',' || *c == '}')) return c;
    if (*c == '[' || *c == '{') depth++;
    if (*c == ']' || *c == '}') depth--;
    c = *c == '"' || *c == '\'' ? string_end(c, end) : c + 1;
  }
  return NULL;
}

/* A member whose name is a parameter's gives that its value. */
static void read_member(struct finder *finder, struct map *map, struct span name, struct span value) {
  const char *end = name.s + name.n;
  for (uint32_t k = 0; k < finder->space->n_parameters; k++) {
    if (match_name(name.s, end, finder->space->parameters[k]->name) != end) continue;
    finder->parts[k] = value;
    map->found += !map->has[k];
    map->has[k] = 1;
  }
}

/* Where the object ends that begins at c, if its members are a map with all names: then no text in it is one. */
static const char *read_object(struct finder *finder, const char *c, const char *end) {
  struct map map = {.begin = c, .has = finder->has};
  const char *stop = c;
  do {
    const char *name = skip(stop + 1, end, " \t\r\n");
    const char *after = name < end && (*name == '"' || *name == '\'') ? string_end(name, end) : NULL;
    const char *value = after ? skip(after, end, " \t\r\n") : end;
    stop = value < end && *value == ':' ? member_end(value + 1, end) : NULL;
    if (stop) read_member(finder, &map, span_of(name + 1, after - 1), span_of(value + 1, stop));
  } while (stop && *stop == ',');
  int is_map = stop && map.found == finder->space->n_parameters;
  map.end = is_map ? stop + 1 : NULL;
  if (!is_map) map.found = 0;
  finish(finder, &map);
  return map.end;
}

void find_maps(struct finder *finder) {
  const char *end = finder->text.s + finder->text.n, *begin = finder->text.s;
  int tries = 0;
  for (const char *c = begin; c < end;) {
    const char *after = *c == '{' && tries++ < MOST_OBJECTS ? read_object(finder, c, end) : NULL;
    if (after) {
      find_between(finder, begin, c);
      begin = after;
    }
    c = after ? after : c + 1;
  }
  find_between(finder, begin, end);
}
