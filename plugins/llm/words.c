#include "words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decimal.h"

static const char *const names_of_all[] = {"title", "task",    "metric",     "a_metric", "unit",
                                           "goal",  "better",  "extreme",    "count",    "shape",
                                           "alike", "ordered", "parameters", "choices"};
static const char *const names_of_parameters[] = {"number", "name",  "about", "lower",
                                                  "upper",  "whole", "log",   "choices"};
static const char *const names_of_choices[] = {"code", "label", "about"};
enum {
  N_ALL = sizeof names_of_all / sizeof *names_of_all,
  N_PARAMETER = sizeof names_of_parameters / sizeof *names_of_parameters,
  N_CHOICE = sizeof names_of_choices / sizeof *names_of_choices
};
_Static_assert(N_ALL + N_PARAMETER + N_CHOICE <= WORDS_MOST, "every name has room");

size_t words_names(const char **names) {
  size_t n = 0;
  for (int i = 0; i < N_ALL; i++) names[n++] = names_of_all[i];
  for (int i = 0; i < N_PARAMETER; i++) names[n++] = names_of_parameters[i];
  for (int i = 0; i < N_CHOICE; i++) names[n++] = names_of_choices[i];
  return n;
}

/* ---- texts ------------------------------------------------------------------------------------------------------- */

/* Texts are gathered in one growing buffer, and named by where they begin until it stays where it is. */
static size_t keep(struct llm_text *text, const char *more) {
  size_t at = text->length;
  llm_text_add_bytes(text, more, strlen(more) + 1);
  return at;
}

/* "validation accuracy, 200 epochs" is called "validation accuracy" in a sentence. */
static size_t keep_metric(struct llm_text *text, const char *title, const char *article) {
  size_t at = text->length;
  llm_text_add(text, article);
  llm_text_add_bytes(text, title, strcspn(title, ",:;("));
  while (text->length > at && text->bytes[text->length - 1] == ' ') text->length--;
  llm_text_add_bytes(text, "", 1);
  return at;
}

static size_t keep_shape(struct llm_text *text, uint32_t n) {
  size_t at = text->length;
  for (uint32_t i = 1; i <= n; i++) {
    if (n > 10 && i == 4) {
      llm_text_add(text, ", ...");
      i = n - 1;
      continue;
    }
    llm_text_addf(text, "%sv%u", i == 1 ? "[" : ", ", i);
  }
  llm_text_add_bytes(text, "]", 2);
  return at;
}

static size_t keep_number(struct llm_text *text, double value) {
  char buffer[DECIMAL_SIZE];
  return keep(text, decimal_shortest(buffer, value));
}

/* ---- parameters -------------------------------------------------------------------------------------------------- */

struct places { /* of texts in the buffer: number, lower, upper of each parameter; then code of each choice */
  size_t (*parameters)[3];
  size_t *codes;
};

static void keep_parameters(struct llm_text *text, const struct places *places, const struct view *view) {
  size_t choice = 0;
  for (uint32_t i = 0; i < view->space.n_parameters; i++) {
    const struct joust_parameter *p = &view->parameters[i];
    places->parameters[i][0] = keep_number(text, i + 1.0);
    places->parameters[i][1] = p->choices ? keep(text, "") : keep_number(text, p->lower);
    places->parameters[i][2] = p->choices ? keep(text, "") : keep_number(text, p->upper);
    for (uint32_t k = 0; k < p->n_choices; k++) {
      places->codes[choice++] = text->length;
      view_add_code(view, i, k, text);
      llm_text_add_bytes(text, "", 1);
    }
  }
}

static void bind_parameters(struct words *words, const struct places *places, const struct view *view) {
  struct binding *b = words->bindings;
  size_t choice = 0;
  for (uint32_t i = 0; i < view->space.n_parameters; i++) {
    const struct joust_parameter *p = &view->parameters[i];
    const struct view_parameter *shown = &view->shown[i];
    struct scope *choices = words->choices + choice;
    for (uint32_t k = 0; k < p->n_choices; k++, choice++, b += N_CHOICE) {
      b[0] = (struct binding){.name = "code", .text = words->text + places->codes[choice]};
      b[1] = (struct binding){.name = "label", .text = shown->by_label ? "" : shown->labels[k]};
      b[2] = (struct binding){.name = "about", .text = shown->choices[k].about};
      words->choices[choice] = (struct scope){b, N_CHOICE};
    }
    const char *texts[] = {words->text + places->parameters[i][0],
                           p->name,
                           shown->about,
                           words->text + places->parameters[i][1],
                           words->text + places->parameters[i][2],
                           p->kind == JOUST_REAL ? "" : "yes",
                           p->log_scale ? "yes" : ""};
    for (size_t k = 0; k < N_PARAMETER - 1; k++)
      b[k] = (struct binding){.name = names_of_parameters[k], .text = texts[k]};
    b[N_PARAMETER - 1] = (struct binding){.name = "choices", .items = choices, .n_items = p->n_choices};
    words->parameters[i] = (struct scope){b, N_PARAMETER};
    b += N_PARAMETER;
  }
}

/* ---- all --------------------------------------------------------------------------------------------------------- */

static int allocate(struct words *words, struct places *places, const struct view *view) {
  uint32_t n = view->space.n_parameters;
  size_t choices = 0;
  for (uint32_t i = 0; i < n; i++) choices += view->parameters[i].n_choices;
  words->n_parameters = n;
  words->parameters = calloc(n, sizeof *words->parameters);
  words->choices = calloc(choices + 1, sizeof *words->choices);
  words->bindings = calloc(n * N_PARAMETER + choices * N_CHOICE, sizeof *words->bindings);
  places->parameters = calloc(n, sizeof *places->parameters);
  places->codes = calloc(choices + 1, sizeof *places->codes);
  return words->parameters && words->choices && words->bindings && places->parameters && places->codes ? 0 : -1;
}

joust_status words_make(struct words *words, const struct view *view, int32_t direction) {
  const struct joust_problem_words *problem = view->words;
  struct places places = {0};
  struct llm_text text = {0};
  joust_status status = JOUST_ENOMEM;
  memset(words, 0, sizeof *words);
  if (allocate(words, &places, view) == 0) {
    const char *title = problem ? problem->metric_title : "score";
    int vowel = *title && strchr("aeiouAEIOU", *title) != NULL;
    size_t count = keep_number(&text, view->space.n_parameters), shape = keep_shape(&text, view->space.n_parameters);
    size_t metric = keep_metric(&text, title, ""), a_metric = keep_metric(&text, title, vowel ? "an " : "a ");
    keep_parameters(&text, &places, view);
    words->text = text.bytes;
    if (!text.failed) {
      status = JOUST_OK;
      words->count = words->text + count;
      words->shape = words->text + shape;
      words->metric = words->text + metric;
      words->a_metric = words->text + a_metric;
      bind_parameters(words, &places, view);
    }
  }
  words->title = problem ? problem->title : "";
  words->task = problem ? problem->task : "";
  words->unit = problem ? problem->unit : "";
  words->goal = direction < 0 ? "maximise" : "minimise";
  words->better = direction < 0 ? "higher" : "lower";
  words->extreme = direction < 0 ? "high" : "low";
  words->alike = view->alike && view->space.n_parameters > 1;
  words->ordered = view->parameters[0].kind == JOUST_ORDINAL;
  words->n_first = view->parameters[0].n_choices;
  free(places.parameters);
  free(places.codes);
  return status;
}

void words_free(struct words *words) {
  free(words->parameters);
  free(words->choices);
  free(words->bindings);
  free(words->text);
  memset(words, 0, sizeof *words);
}

size_t words_bind(const struct words *words, struct binding *bindings) {
  const char *texts[] = {words->title,
                         words->task,
                         words->metric,
                         words->a_metric,
                         words->unit,
                         words->goal,
                         words->better,
                         words->extreme,
                         words->count,
                         words->shape,
                         words->alike ? "yes" : "",
                         words->ordered ? "yes" : ""};
  size_t n = 0;
  for (; n < sizeof texts / sizeof *texts; n++)
    bindings[n] = (struct binding){.name = names_of_all[n], .text = texts[n]};
  bindings[n++] = (struct binding){.name = "parameters", .items = words->parameters, .n_items = words->n_parameters};
  if (!words->alike) return n;
  /* The choices and bounds of any parameter are those of all. */
  bindings[n++] = (struct binding){.name = "choices", .items = words->choices, .n_items = words->n_first};
  for (size_t i = 3; i < N_PARAMETER - 1; i++) bindings[n++] = words->parameters[0].bindings[i];
  return n;
}
