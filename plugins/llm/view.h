/* The problem as the model is shown it, and the way between its points and the real ones.
 *
 *   named      names, labels, descriptions and task as they are
 *   anonymous  parameters X1, X2, ...; labels A, B, ...; no description, no task: nothing that a model could know
 *   permuted   as named, but each list of labels is shuffled against what the labels do (by the run's seed, the same
 * way for parameters with the same labels): what a model knows about them misleads it
 *
 * Numbers are shown as they are in any case. "Shown" points are those of view->space. */
#ifndef LLM_VIEW_H
#define LLM_VIEW_H

#include <joust/ext/problem.h>

#include "text.h"

enum presentation { VIEW_NAMED, VIEW_ANONYMOUS, VIEW_PERMUTED };

struct view_choice {
  const char *label, *about; /* as shown; about: "" where there is no description */
  uint32_t real;             /* the choice that it stands for */
};

struct view_parameter {
  const char *about;
  struct view_choice *choices; /* n_choices; owned; NULL for numbers */
  const char **labels;         /* of them; owned */
  char (*opaque)[8];           /* the labels of anonymous choices; owned */
  int by_label; /* in lists a choice is written as its label, since labels are numbers; else as its index */
};

struct view {
  struct joust_space space; /* as shown; points into the arrays */
  struct joust_parameter *parameters;
  const struct joust_parameter **pointers;
  struct view_parameter *shown;
  char (*names)[16];                       /* of anonymous parameters, else NULL */
  const struct joust_problem_words *words; /* NULL: the host has none, or they are not shown */
  int alike; /* all parameters have the same choices, described in the same words, or the same bounds */
};

/* Returns JOUST_OK or JOUST_ENOMEM; to be freed in either case. `words` may be NULL. */
joust_status view_make(struct view *view, enum presentation presentation, const struct joust_space *space,
                       const struct joust_problem_words *words, const struct joust_host *host);
void view_free(struct view *view);

void view_to_real(const struct view *view, const double *shown, double *x);
void view_from_real(const struct view *view, const double *x, double *shown);

/* What stands for a shown value in a list: "3", "64", "0.01". */
void view_add_code(const struct view *view, uint32_t parameter, double shown, struct llm_text *out);
void view_add_design(const struct view *view, const double *shown, struct llm_text *out); /* "[3, 1, 2]" */

#endif
