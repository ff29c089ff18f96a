/* Points: checking them, and turning their values into text and back. */
#include <joust/util.h>
#include <string.h>

#include "space/space.h"

static bool is_inside(const struct joust_parameter *p, double value) {
  if (!(value >= p->lower && value <= p->upper)) return false;     /* also NaN */
  return p->kind == JOUST_REAL || value == (double)(int64_t)value; /* bounds are at most 2^53 in size */
}

int joust_point_check(const struct joust_space *space, const double *x, struct joust_error *error) {
  for (uint32_t i = 0; i < space->n_parameters; i++) {
    const struct joust_parameter *p = space->parameters[i];
    if (is_inside(p, x[i])) continue;
    char value[JOUST_NUMBER_SIZE], lower[JOUST_NUMBER_SIZE], upper[JOUST_NUMBER_SIZE];
    return joust_fail(error, JOUST_RUN_FAILED, "parameter '%s' is %s: expected %s from %s to %s", p->name,
                      joust_number(value, x[i]),
                      p->kind == JOUST_REAL      ? "a number"
                      : p->kind == JOUST_INTEGER ? "a whole number"
                                                 : "the index of a choice",
                      joust_number(lower, p->lower), joust_number(upper, p->upper));
  }
  return 0;
}

void joust_value_print(const struct joust_parameter *parameter, double value, struct joust_text *out) {
  char number[JOUST_NUMBER_SIZE];
  if (parameter->choices)
    joust_text_add(out, parameter->choices[(size_t)value]);
  else
    joust_text_add(out, joust_number(number, value));
}

void joust_point_print(const struct joust_space *space, const double *x, struct joust_text *out) {
  for (uint32_t i = 0; i < space->n_parameters; i++) {
    joust_text_addf(out, "%s%s=", i ? " " : "", space->parameters[i]->name);
    joust_value_print(space->parameters[i], x[i], out);
  }
}

int joust_value_parse(const struct joust_parameter *parameter, const char *text, double *value,
                      struct joust_error *error) {
  for (uint32_t k = 0; k < parameter->n_choices; k++) {
    if (strcmp(parameter->choices[k], text) != 0) continue;
    *value = k;
    return 0;
  }
  if (parameter->choices) {
    const char *near = joust_nearest(text, parameter->choices, parameter->n_choices);
    return joust_fail(error, JOUST_BAD_INPUT, "parameter '%s' has no choice '%s'%s%s%s", parameter->name, text,
                      near ? ": did you mean '" : "", near ? near : "", near ? "'?" : "");
  }
  double number;
  if (joust_parse_number(text, &number) && is_inside(parameter, number)) {
    *value = number;
    return 0;
  }
  char lower[JOUST_NUMBER_SIZE], upper[JOUST_NUMBER_SIZE];
  return joust_fail(error, JOUST_BAD_INPUT, "parameter '%s' is '%s': expected a %snumber from %s to %s",
                    parameter->name, text, parameter->kind == JOUST_INTEGER ? "whole " : "",
                    joust_number(lower, parameter->lower), joust_number(upper, parameter->upper));
}
