/* The part of what templates fill in that stays the same all run long: the problem as the view shows it. */
#ifndef LLM_WORDS_H
#define LLM_WORDS_H

#include "template.h"
#include "view.h"

enum { WORDS_MOST = 32 }; /* names, with those of parameters and choices */

struct words {
  struct scope *parameters, *choices; /* choices: of all parameters one after the other */
  struct binding *bindings;           /* of both */
  size_t n_parameters, n_first;       /* n_first: choices of the first parameter */
  int alike, ordered;
  char *text; /* all texts of their own, one after the other; owned */
  const char *title, *task, *metric, *a_metric, *unit, *goal, *better, *extreme, *count, *shape;
};

/* Returns JOUST_OK or JOUST_ENOMEM; to be freed in either case. `direction`: 1 low values are good, -1 high ones. */
joust_status words_make(struct words *words, const struct view *view, int32_t direction);
void words_free(struct words *words);

/* Both return how many they wrote, at most WORDS_MOST: the names that exist, and the names that hold at top level. */
size_t words_names(const char **names);
size_t words_bind(const struct words *words, struct binding *bindings);

#endif
