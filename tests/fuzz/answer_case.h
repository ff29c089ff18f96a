/* A file of corpus/answer: what a model might say, about which space, and what has to be made of it.
 *
 *   SPACE ok VALUE...            the first line: a point of the space, choices as indices;
 *   SPACE length FOUND           or why there is none: see enum answer_reason
 *   SPACE outside PARAMETER TOKEN
 *   known VALUE...               any number of lines: points that were proposed before
 *   ---
 *   the answer, to the end of the file
 *
 * The fuzz target reads any bytes so, with defaults for what is missing. */
#ifndef ANSWER_CASE_H
#define ANSWER_CASE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"

/* ---- spaces ------------------------------------------------------------------------------------------------------ */

#define CHOICE(kind_, name_, labels)                                                                                   \
  {                                                                                                                    \
    .name = name_, .kind = kind_, .n_choices = sizeof labels / sizeof *labels,                                         \
    .upper = sizeof labels / sizeof *labels - 1, .choices = labels                                                     \
  }
#define NUMBER(kind_, name_, log_, lower_, upper_)                                                                     \
  { .name = name_, .kind = kind_, .log_scale = log_, .lower = lower_, .upper = upper_ }

static const char *const case_ops[] = {"none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3"};
static const char *const case_blocks[] = {"identity", "MB3_K3", "MB6_K5"};
static const char *const case_early[] = {"64", "128", "192", "256"}, *const case_late[] = {"128", "256", "384", "512"};
static const char *const case_digits[] = {"0", "1", "2", "3"}, *const case_bits[] = {"0", "1"};
static const char *const case_letters[] = {"A", "B", "C", "D", "E"}, *const case_solvers[] = {"sgd", "adam", "adamw"};

#define OP(name)     CHOICE(JOUST_CATEGORICAL, name, case_ops)
#define BLOCK(name)  CHOICE(JOUST_CATEGORICAL, name, case_blocks)
#define LOCUS(name)  CHOICE(JOUST_CATEGORICAL, name, case_digits)
#define BIT(name)    CHOICE(JOUST_CATEGORICAL, name, case_bits)
#define LETTER(name) CHOICE(JOUST_CATEGORICAL, name, case_letters)

static const struct joust_parameter
    case_cell[] = {OP("op_0_1"), OP("op_0_2"), OP("op_1_2"), OP("op_0_3"), OP("op_1_3"), OP("op_2_3")},
    case_macro[] = {BLOCK("layer1"), BLOCK("layer2"), BLOCK("layer3"), BLOCK("layer4"),
                    BLOCK("layer5"), BLOCK("layer6"), BLOCK("layer7"), BLOCK("layer8")},
    case_channels[] = {CHOICE(JOUST_ORDINAL, "channels1", case_early), CHOICE(JOUST_ORDINAL, "channels2", case_early),
                       CHOICE(JOUST_ORDINAL, "channels3", case_early), CHOICE(JOUST_ORDINAL, "channels4", case_early),
                       CHOICE(JOUST_ORDINAL, "channels5", case_late),  CHOICE(JOUST_ORDINAL, "channels6", case_late),
                       CHOICE(JOUST_ORDINAL, "channels7", case_late)},
    case_nk[] = {LOCUS("locus1"), LOCUS("locus2"), LOCUS("locus3"), LOCUS("locus4"), LOCUS("locus5"),
                 LOCUS("locus6"), LOCUS("locus7"), LOCUS("locus8"), LOCUS("locus9"), LOCUS("locus10")},
    case_binary[] = {BIT("b1"), BIT("b2"),  BIT("b3"),  BIT("b4"),  BIT("b5"),  BIT("b6"),  BIT("b7"),  BIT("b8"),
                     BIT("b9"), BIT("b10"), BIT("b11"), BIT("b12"), BIT("b13"), BIT("b14"), BIT("b15"), BIT("b16")},
    case_anon[] = {LETTER("X1"), LETTER("X2"), LETTER("X3"), LETTER("X4"), LETTER("X5"), LETTER("X6")},
    case_mixed[] = {NUMBER(JOUST_REAL, "learning_rate", 1, 1e-5, 1), NUMBER(JOUST_INTEGER, "batch_size", 1, 1, 512),
                    CHOICE(JOUST_CATEGORICAL, "solver", case_solvers), NUMBER(JOUST_REAL, "dropout", 0, 0, 0.9)},
    case_one[] = {NUMBER(JOUST_REAL, "x", 0, -5, 5)};

#define CASE_SPACE(name)                                                                                               \
  { #name, case_##name, sizeof case_##name / sizeof *case_##name }

static const struct {
  const char *name;
  const struct joust_parameter *parameters;
  uint32_t n;
} case_spaces[] = {CASE_SPACE(cell),   CASE_SPACE(macro), CASE_SPACE(channels), CASE_SPACE(nk),
                   CASE_SPACE(binary), CASE_SPACE(anon),  CASE_SPACE(mixed),    CASE_SPACE(one)};

enum { CASE_PARAMETERS = 16, CASE_KNOWN = 8, CASE_SPACES = sizeof case_spaces / sizeof *case_spaces };

/* ---- a case ------------------------------------------------------------------------------------------------------ */

struct answer_case { /* do not move */
  const struct joust_parameter *pointers[CASE_PARAMETERS];
  struct joust_space space;
  char expected[100]; /* the first line without the name of the space */
  double known[CASE_KNOWN][CASE_PARAMETERS];
  uint32_t n_known;
  const char *text;
  size_t length;
};

static inline void case_numbers(double *x, uint32_t n, const char *text) {
  char *next;
  for (uint32_t k = 0; k < n; k++) {
    x[k] = strtod(text, &next);
    text = next;
  }
}

/* The next line of bytes [*at, end) into line, without its end; 0 where there is none. */
static inline int case_line(const char **at, const char *end, char *line, size_t size) {
  const char *stop = *at < end ? memchr(*at, '\n', (size_t)(end - *at)) : NULL;
  if (!stop || (size_t)(stop - *at) >= size) return 0;
  memcpy(line, *at, (size_t)(stop - *at));
  line[stop - *at] = 0;
  *at = stop + 1;
  return 1;
}

static inline void case_read(struct answer_case *c, const char *bytes, size_t size) {
  const char *at = bytes, *end = bytes + size;
  char line[300];
  uint32_t which = 0;
  memset(c, 0, sizeof *c);
  if (case_line(&at, end, line, 100)) {
    char *rest = strchr(line, ' ');
    if (rest) *rest++ = 0;
    for (uint32_t i = 0; i < CASE_SPACES; i++)
      if (strcmp(case_spaces[i].name, line) == 0) which = i;
    if (rest) strcpy(c->expected, rest);
  }
  c->space = (struct joust_space){.struct_size = sizeof c->space,
                                  .n_parameters = case_spaces[which].n,
                                  .n_objectives = 1,
                                  .parameters = c->pointers};
  for (uint32_t k = 0; k < c->space.n_parameters; k++) c->pointers[k] = &case_spaces[which].parameters[k];
  while (case_line(&at, end, line, sizeof line) && strncmp(line, "known ", 6) == 0 && c->n_known < CASE_KNOWN)
    case_numbers(c->known[c->n_known++], c->space.n_parameters, line + 6);
  c->text = at;
  c->length = (size_t)(end - at);
}

static inline int case_knows(void *context, const double *x) {
  const struct answer_case *c = context;
  for (uint32_t i = 0; i < c->n_known; i++)
    if (memcmp(c->known[i], x, c->space.n_parameters * sizeof *x) == 0) return 1;
  return 0;
}

/* What was made of the answer in the words of the first line. */
static inline struct answer case_parse(struct answer_case *c, double *x, char *out, size_t size) {
  struct answer_known known = {case_knows, c};
  struct answer answer = answer_parse(&c->space, &known, c->text, c->length, x);
  int used = snprintf(out, size, "%s", answer_reason_name(answer.reason));
  for (uint32_t k = 0; answer.reason == ANSWER_OK && k < c->space.n_parameters; k++)
    used += snprintf(out + used, size - (size_t)used, " %g", x[k]);
  if (answer.reason == ANSWER_LENGTH || answer.reason == ANSWER_AMBIGUOUS)
    snprintf(out + used, size - (size_t)used, " %u", answer.found);
  if (answer.reason == ANSWER_UNKNOWN || answer.reason == ANSWER_OUTSIDE)
    snprintf(out + used, size - (size_t)used, " %u %s", answer.parameter, answer.token);
  return answer;
}

#endif
