#include "answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer_find.h"

/* ---- candidates -------------------------------------------------------------------------------------------------- */

static struct answer failure_of(enum answer_reason reason, uint32_t parameter, size_t found, struct span token) {
  struct answer answer = {.reason = reason, .parameter = parameter, .found = (uint32_t)found};
  size_t n = token.n < sizeof answer.token - 1 ? token.n : sizeof answer.token - 1;
  while (n < token.n && n > 0 && (token.s[n] & 0xc0) == 0x80) n--; /* not within a character */
  if (n) memcpy(answer.token, token.s, n);
  return answer;
}

/* The later of two failures that are equally clear stays: an answer comes last. */
void finder_fail(struct finder *finder, enum attempt attempt, struct answer failure) {
  if (attempt == ATTEMPT_NONE || attempt < finder->attempt) return;
  finder->attempt = attempt;
  finder->failure = failure;
}

/* Each point once, with its best score; when there is no room, the worst goes. */
void finder_add_point(struct finder *finder, const char *begin, const char *end) {
  uint32_t n = finder->space->n_parameters, place = finder->n_candidates, worst = 0;
  int score = answer_score(finder->text, begin, end);
  if (finder_is_all(finder, begin, end)) score += 4;
  if (finder->known && finder->known->has(finder->known->context, finder->x)) score -= 3;
  for (uint32_t i = 0; i < finder->n_candidates; i++) {
    if (memcmp(finder->points + (size_t)i * n, finder->x, n * sizeof *finder->x) == 0) {
      if (score > finder->candidates[i].score) finder->candidates[i] = (struct candidate){begin, end, score};
      return;
    }
    if (finder->candidates[i].score < finder->candidates[worst].score) worst = i;
  }
  if (place == ANSWER_CANDIDATES) {
    if (score <= finder->candidates[worst].score) return;
    place = worst;
  } else {
    finder->n_candidates++;
  }
  finder->candidates[place] = (struct candidate){begin, end, score};
  memcpy(finder->points + (size_t)place * n, finder->x, n * sizeof *finder->x);
}

int finder_add(struct finder *finder, const char *begin, const char *end, size_t n, enum value_care care,
               enum attempt attempt) {
  const struct joust_space *space = finder->space;
  if (n != space->n_parameters) {
    finder_fail(finder, attempt, failure_of(ANSWER_LENGTH, 0, n, (struct span){"", 0}));
    return 0;
  }
  for (uint32_t k = 0; k < space->n_parameters; k++) {
    enum value_kind kind = answer_value(space->parameters[k], finder->parts[k], care, &finder->x[k]);
    if (kind == VALUE_OK) continue;
    finder_fail(finder, attempt == ATTEMPT_NONE ? ATTEMPT_NONE : ATTEMPT_COMPLETE,
                failure_of(kind == VALUE_OUTSIDE ? ANSWER_OUTSIDE : ANSWER_UNKNOWN, k, n, span_trim(finder->parts[k])));
    return 0;
  }
  finder_add_point(finder, begin, end);
  return 1;
}

/* Do two parameters take the same values? Then what is a value of one is one of the other. */
static int are_like(const struct joust_parameter *p, const struct joust_parameter *q) {
  if (p->kind != q->kind || p->lower != q->lower || p->upper != q->upper) return 0;
  for (uint32_t k = 0; k < p->n_choices; k++)
    if (p->choices[k] != q->choices[k] && strcmp(p->choices[k], q->choices[k]) != 0) return 0;
  return 1;
}

int finder_is_value(const struct finder *finder, struct span text, enum value_care care) {
  const struct joust_space *space = finder->space;
  double number;
  text = span_trim(text);
  if (text.n == 0) return 0;
  if (span_number(text, &number)) return 1;
  for (uint32_t k = 0; k < space->n_parameters; k++) {
    if (k > 0 && are_like(space->parameters[k], space->parameters[k - 1])) continue;
    if (answer_value(space->parameters[k], text, care, &number) != VALUE_UNKNOWN) return 1;
  }
  return 0;
}

int finder_is_all(const struct finder *finder, const char *begin, const char *end) {
  struct span all = span_trim(finder->text), part = span_trim(span_of(begin, end));
  return all.s == part.s && all.n == part.n;
}

/* ---- the answer -------------------------------------------------------------------------------------------------- */

/* What follows the last </think>; nothing if a <think> is not closed. Long texts are cut at their beginning. */
static struct span spoken(const char *text, size_t length) {
  struct span all = {text, length};
  if (length > ANSWER_MOST) all = (struct span){text + length - ANSWER_MOST, ANSWER_MOST};
  for (size_t i = all.n; i-- > 0;) {
    if (all.s[i] != '<') continue;
    if (all.n - i >= 8 && memcmp(all.s + i, "</think>", 8) == 0) return (struct span){all.s + i + 8, all.n - i - 8};
    if (all.n - i >= 7 && memcmp(all.s + i, "<think>", 7) == 0) return (struct span){all.s, 0};
  }
  return all;
}

static struct answer choose(const struct finder *finder, double *x) {
  uint32_t n = finder->space->n_parameters, best = 0, equals = 0;
  if (finder->n_candidates == 0) return finder->failure;
  for (uint32_t i = 0; i < finder->n_candidates; i++) {
    if (finder->candidates[i].score > finder->candidates[best].score) best = i, equals = 0;
    equals += finder->candidates[i].score == finder->candidates[best].score;
  }
  if (equals > 1) return (struct answer){.reason = ANSWER_AMBIGUOUS, .found = equals};
  memcpy(x, finder->points + (size_t)best * n, n * sizeof *x);
  return (struct answer){.reason = ANSWER_OK, .found = n};
}

/* Forms that say most about themselves come first; the others are looked for where these do not occur at all. */
static void find_all(struct finder *finder) {
  static void (*const others[])(struct finder *) = {find_digits, find_lines, find_items};
  find_lists(finder);
  find_cells(finder);
  find_maps(finder);
  for (int i = 0; i < 3 && finder->n_candidates == 0 && finder->attempt < ATTEMPT_CLEAR; i++) others[i](finder);
}

struct answer answer_parse(const struct joust_space *space, const struct answer_known *known, const char *text,
                           size_t length, double *x) {
  uint32_t n = space->n_parameters;
  struct finder finder = {.space = space, .known = known, .text = spoken(text, length)};
  struct answer answer = {.reason = ANSWER_NO_MEMORY};
  finder.failure.reason = ANSWER_NONE;
  finder.parts = malloc(n * sizeof *finder.parts);
  finder.x = malloc(n * sizeof *finder.x);
  finder.has = calloc(n, 1);
  finder.points = malloc((size_t)ANSWER_CANDIDATES * n * sizeof *finder.points);
  if (finder.parts && finder.x && finder.has && finder.points) {
    find_all(&finder);
    answer = choose(&finder, x);
  }
  free(finder.parts);
  free(finder.x);
  free(finder.has);
  free(finder.points);
  return answer;
}

/* ---- in words ---------------------------------------------------------------------------------------------------- */

const char *answer_reason_name(enum answer_reason reason) {
  static const char *const names[] = {"ok", "none", "length", "unknown", "outside", "ambiguous", "memory"};
  return names[reason];
}

/* Appends to out, which holds `used` of its `size` bytes; returns how many it holds then. */
static size_t append(char *out, size_t size, size_t used, const char *text) {
  size_t n = strlen(text), room = size - used - 1;
  if (n > room) n = room;
  memcpy(out + used, text, n);
  out[used + n] = 0;
  return used + n;
}

/* "expected one of a, b, c", "expected a whole number from 1 to 8" */
static void expectation(const struct joust_parameter *p, char *out, size_t size) {
  size_t used = 0;
  if (!p->choices) {
    snprintf(out, size, "expected a %snumber from %.15g to %.15g", p->kind == JOUST_INTEGER ? "whole " : "", p->lower,
             p->upper);
    return;
  }
  used = append(out, size, used, "expected one of ");
  for (uint32_t k = 0; k < p->n_choices; k++) {
    if (k) used = append(out, size, used, ", ");
    used = append(out, size, used, p->choices[k]);
  }
}

void answer_explain(const struct answer *answer, const struct joust_space *space, char *out, size_t size) {
  char expected[400];
  *out = 0;
  switch (answer->reason) {
  case ANSWER_OK: return;
  case ANSWER_NO_MEMORY: snprintf(out, size, "The answer could not be read."); return;
  case ANSWER_NONE: snprintf(out, size, "The answer contains no proposal."); return;
  case ANSWER_LENGTH:
    snprintf(out, size, "The answer has %u value%s, but %u %s needed, one for each parameter.", answer->found,
             answer->found == 1 ? "" : "s", space->n_parameters, space->n_parameters == 1 ? "is" : "are");
    return;
  case ANSWER_AMBIGUOUS:
    snprintf(out, size, "The answer contains %u different proposals, but exactly one is needed.", answer->found);
    return;
  case ANSWER_UNKNOWN:
  case ANSWER_OUTSIDE:
    expectation(space->parameters[answer->parameter], expected, sizeof expected);
    snprintf(out, size, "The value '%s' is not possible for %s: %s.", answer->token,
             space->parameters[answer->parameter]->name, expected);
  }
}
