/* What a language model answers: whatever the bytes, a point of the space, or a reason that can be put in words. */
#include "fuzz.h"

#include "answer_case.h"

static int is_inside(const struct joust_space *space, const double *x) {
  for (uint32_t k = 0; k < space->n_parameters; k++) {
    const struct joust_parameter *p = space->parameters[k];
    if (!(x[k] >= p->lower && x[k] <= p->upper)) return 0;
    if (p->kind != JOUST_REAL && x[k] != (double)(int64_t)x[k]) return 0;
  }
  return 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct answer_case c;
  double x[CASE_PARAMETERS], again[CASE_PARAMETERS];
  char first[600], second[600], words[600];
  case_read(&c, (const char *)data, size);
  char *text = malloc(c.length ? c.length : 1); /* so that reading beyond its end is noticed */
  MUST(text);
  if (c.length) memcpy(text, c.text, c.length);
  c.text = text;
  struct answer answer = case_parse(&c, x, first, sizeof first);
  answer_explain(&answer, &c.space, words, sizeof words);
  MUST(answer.reason != ANSWER_NO_MEMORY);
  MUST((answer.reason == ANSWER_OK) == (*words == 0));
  if (answer.reason == ANSWER_OK) MUST(is_inside(&c.space, x));
  if (answer.reason == ANSWER_LENGTH) MUST(answer.found != c.space.n_parameters);
  if (answer.reason == ANSWER_UNKNOWN || answer.reason == ANSWER_OUTSIDE) MUST(answer.parameter < c.space.n_parameters);
  case_parse(&c, again, second, sizeof second);
  MUST(strcmp(first, second) == 0);
  answer_explain(&answer, &c.space, words, 10);
  free(text);
  return 0;
}
