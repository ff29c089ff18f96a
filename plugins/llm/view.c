#include "view.h"

#include <joust/util.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer_value.h"
#include "decimal.h"

/* A, B, ... Z, AA, AB, ... */
static void name_choice(char name[8], uint32_t k) {
  char backwards[8];
  int n = 0, length = 0;
  for (uint32_t rest = k + 1; rest > 0; rest = (rest - 1) / 26) backwards[n++] = (char)('A' + (rest - 1) % 26);
  while (n > 0) name[length++] = backwards[--n];
  name[length] = 0;
}

/* Do two parameters have the same labels in the same order, or are they numbers with the same bounds? */
static int take_alike(const struct joust_parameter *p, const struct joust_parameter *q) {
  if (p->kind != q->kind || p->n_choices != q->n_choices || p->lower != q->lower || p->upper != q->upper ||
      p->log_scale != q->log_scale)
    return 0;
  for (uint32_t k = 0; k < p->n_choices; k++)
    if (strcmp(p->choices[k], q->choices[k]) != 0) return 0;
  return 1;
}

/* Is what is said of one parameter's choices true of the other's? */
static int are_alike(const struct view *view, uint32_t i, uint32_t j) {
  const struct joust_parameter *p = &view->parameters[i];
  if (!take_alike(p, &view->parameters[j])) return 0;
  for (uint32_t k = 0; k < p->n_choices; k++)
    if (strcmp(view->shown[i].choices[k].about, view->shown[j].choices[k].about) != 0) return 0;
  return 1;
}

static int has_numbers(const struct joust_parameter *p) {
  double ignored;
  for (uint32_t k = 0; k < p->n_choices; k++)
    if (span_number((struct span){p->choices[k], strlen(p->choices[k])}, &ignored)) return 1;
  return 0;
}

/* ---- making ------------------------------------------------------------------------------------------------------ */

/* A random order of the choices (Fisher and Yates), or that of an earlier parameter with the same labels. */
static void shuffle(struct view *view, uint32_t i, const struct joust_space *space, const struct joust_host *host) {
  struct view_choice *choices = view->shown[i].choices;
  uint32_t n = space->parameters[i]->n_choices;
  for (uint32_t j = 0; j < i; j++) {
    if (!take_alike(space->parameters[i], space->parameters[j])) continue;
    for (uint32_t k = 0; k < n; k++) choices[k].real = view->shown[j].choices[k].real;
    return;
  }
  for (uint32_t k = n; k > 1; k--) {
    uint32_t other = (uint32_t)joust_below(host, k), real = choices[k - 1].real;
    choices[k - 1].real = choices[other].real;
    choices[other].real = real;
  }
}

static joust_status make_parameter(struct view *view, uint32_t i, enum presentation presentation,
                                   const struct joust_space *space, const struct joust_host *host) {
  const struct joust_parameter *real = space->parameters[i];
  struct joust_parameter *p = &view->parameters[i];
  struct view_parameter *shown = &view->shown[i];
  const struct joust_parameter_words *words = view->words ? &view->words->parameters[i] : NULL;
  *p = *real;
  view->pointers[i] = p;
  shown->about = words ? words->description : "";
  if (view->names) {
    snprintf(view->names[i], sizeof view->names[i], "X%u", i + 1);
    p->name = view->names[i];
  }
  if (!real->choices) return JOUST_OK;
  shown->choices = calloc(real->n_choices, sizeof *shown->choices);
  shown->labels = calloc(real->n_choices, sizeof *shown->labels);
  if (view->names) shown->opaque = calloc(real->n_choices, sizeof *shown->opaque);
  if (!shown->choices || !shown->labels || (view->names && !shown->opaque)) return JOUST_ENOMEM;
  for (uint32_t k = 0; k < real->n_choices; k++) {
    if (view->names) name_choice(shown->opaque[k], k);
    shown->labels[k] = view->names ? shown->opaque[k] : real->choices[k];
    shown->choices[k] = (struct view_choice){shown->labels[k], words ? words->choices[k] : "", k};
  }
  p->choices = shown->labels;
  shown->by_label = has_numbers(p);
  if (presentation == VIEW_PERMUTED) shuffle(view, i, space, host);
  return JOUST_OK;
}

joust_status view_make(struct view *view, enum presentation presentation, const struct joust_space *space,
                       const struct joust_problem_words *words, const struct joust_host *host) {
  uint32_t n = space->n_parameters;
  joust_status status = JOUST_OK;
  *view = (struct view){.space = *space, .words = presentation == VIEW_ANONYMOUS ? NULL : words, .alike = 1};
  view->parameters = calloc(n, sizeof *view->parameters);
  view->pointers = calloc(n, sizeof *view->pointers);
  view->shown = calloc(n, sizeof *view->shown);
  if (presentation == VIEW_ANONYMOUS) view->names = calloc(n, sizeof *view->names);
  if (!view->parameters || !view->pointers || !view->shown || (presentation == VIEW_ANONYMOUS && !view->names))
    return JOUST_ENOMEM;
  view->space.parameters = view->pointers;
  for (uint32_t i = 0; i < n && status == JOUST_OK; i++) {
    status = make_parameter(view, i, presentation, space, host);
    if (i > 0 && status == JOUST_OK && !are_alike(view, i, i - 1)) view->alike = 0;
  }
  return status;
}

void view_free(struct view *view) {
  for (uint32_t i = 0; view->shown && i < view->space.n_parameters; i++) {
    free(view->shown[i].choices);
    free(view->shown[i].labels);
    free(view->shown[i].opaque);
  }
  free(view->parameters);
  free(view->pointers);
  free(view->shown);
  free(view->names);
  memset(view, 0, sizeof *view);
}

/* ---- points ------------------------------------------------------------------------------------------------------ */

void view_to_real(const struct view *view, const double *shown, double *x) {
  for (uint32_t i = 0; i < view->space.n_parameters; i++) {
    const struct view_choice *choices = view->shown[i].choices;
    x[i] = choices ? choices[(size_t)shown[i]].real : shown[i];
  }
}

void view_from_real(const struct view *view, const double *x, double *shown) {
  for (uint32_t i = 0; i < view->space.n_parameters; i++) {
    const struct view_choice *choices = view->shown[i].choices;
    shown[i] = x[i];
    for (uint32_t k = 0; choices && k < view->parameters[i].n_choices; k++)
      if (choices[k].real == (uint32_t)x[i]) shown[i] = k;
  }
}

void view_add_code(const struct view *view, uint32_t parameter, double shown, struct llm_text *out) {
  char number[DECIMAL_SIZE];
  if (view->shown[parameter].by_label)
    llm_text_add(out, view->shown[parameter].labels[(size_t)shown]);
  else
    llm_text_add(out, decimal_shortest(number, shown));
}

void view_add_design(const struct view *view, const double *shown, struct llm_text *out) {
  for (uint32_t i = 0; i < view->space.n_parameters; i++) {
    llm_text_add(out, i ? ", " : "[");
    view_add_code(view, i, shown[i], out);
  }
  llm_text_add(out, "]");
}
