/* What the words around a proposal say about it. */
#include <string.h>

#include "answer_find.h"

struct clue {
  const char *word; /* lower case, within a word or at its beginning */
  int score;
};

/* Before the proposal: the nearest one counts. */
static const struct clue before[] = {
    {"final", 5},         {"answer", 5},    {"conclu", 4},    {"propos", 3},   {"suggest", 3},      {"recommend", 3},
    {"i choose", 3},      {"i pick", 3},    {"i select", 3},  {"go with", 3},  {"next", 2},         {"try", 2},
    {"improved", 2},      {"new ", 2},      {"evaluate", 2},  {"better", 1},   {"previous", -3},    {"so far", -3},
    {"earlier", -3},      {"compared", -3}, {"instead", -3},  {"unlike", -3},  {"improves", -3},    {"improve ", -3},
    {"improvement", -3},  {"than", -3},     {"current", -3},  {"such as", -2}, {"for example", -2}, {"example", -2},
    {"e.g.", -2},         {"rather", -3},   {"avoid", -3},    {"similar", -3}, {"close to", -3},    {"starting", -3},
    {"changed from", -3}, {"while", -2},    {"based on", -3}, {"tried", -3},   {"observ", -2},      {"known", -3},
    {"not ", -2},
};

/* Behind it, up to the end of the line: what was measured is not new. */
static const struct clue behind[] = {
    {"gave", -2},  {"gives", -2}, {"achiev", -2}, {"reach", -2}, {"scor", -2}, {"accuracy", -2}, {"yield", -2},
    {" had ", -2}, {" has ", -2}, {" got ", -2},  {" was ", -2}, {"%", -2},    {"fitness", -2},  {"result", -2},
};

enum { AROUND = 100 }; /* bytes that are looked at on either side */

static size_t lower_copy(char out[AROUND + 1], const char *begin, const char *end) {
  size_t n = 0;
  for (const char *c = begin; c < end && n < AROUND; c++) {
    char letter = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
    out[n++] = letter ? letter : ' ';
  }
  out[n] = 0;
  return n;
}

/* The place behind the last occurrence of the word, or NULL. */
static const char *last_of(const char *text, const char *word) {
  const char *found = NULL;
  for (const char *at = strstr(text, word); at; at = strstr(at + 1, word)) found = at + strlen(word);
  return found;
}

static int score_before(struct span text, const char *begin) {
  char words[AROUND + 1];
  const char *from = (size_t)(begin - text.s) > AROUND ? begin - AROUND : text.s, *nearest = NULL;
  int score = 0;
  for (const char *c = begin; c > from + 1; c--) { /* an empty line, or another list, ends what belongs together */
    if ((c[-1] != '\n' || c[-2] != '\n') && c[-1] != ']') continue;
    from = c;
    break;
  }
  lower_copy(words, from, begin);
  for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
    const char *at = last_of(words, before[i].word);
    if (!at || (nearest && at <= nearest)) continue;
    nearest = at;
    score = before[i].score;
  }
  return score;
}

static int score_behind(struct span text, const char *end) {
  char words[AROUND + 1];
  const char *stop = end;
  while (stop < text.s + text.n && *stop != '\n' && *stop != '[' && !(*stop == ' ' && stop[-1] == '.')) stop++;
  lower_copy(words, end, stop);
  for (size_t i = 0; i < sizeof behind / sizeof *behind; i++)
    if (strstr(words, behind[i].word)) return behind[i].score;
  return 0;
}

/* Is it the value of a member of a JSON object? */
static int is_member(struct span text, const char *begin) {
  const char *c = begin;
  while (c > text.s && span_is_space(c[-1])) c--;
  if (c == text.s || *--c != ':') return 0;
  while (c > text.s && span_is_space(c[-1])) c--;
  return c > text.s && c[-1] == '"';
}

static int is_fenced(struct span text, const char *begin) {
  int fences = 0;
  for (const char *c = text.s; c + 2 < begin; c++) {
    if (memcmp(c, "```", 3) != 0) continue;
    fences++;
    c += 2;
  }
  return fences % 2;
}

static int has_own_line(struct span text, const char *begin, const char *end) {
  const char *first = begin, *last = end, *stop = text.s + text.n;
  while (first > text.s && first[-1] != '\n') first--;
  while (last < stop && *last != '\n') last++;
  struct span line = span_trim(span_of(first, last)), own = span_trim(span_of(begin, end));
  return line.s == own.s && line.n == own.n;
}

int answer_score(struct span text, const char *begin, const char *end) {
  return score_before(text, begin) + score_behind(text, end) + 3 * is_member(text, begin) + is_fenced(text, begin) +
         2 * has_own_line(text, begin, end);
}
