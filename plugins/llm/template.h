/* Texts with places to fill in: a part of the Mustache notation (mustache.github.io, mustache(5)).
 *
 *   {{name}}                       the text, as it is
 *   {{#name}} ... {{/name}}        for each item of a list, with the item's own names; once for a text that is not
 * empty
 *   {{^name}} ... {{/name}}        once if the list or the text is empty
 *   {{! a remark }}                nothing
 *
 * A line that has only one of the last three leaves no line behind. */
#ifndef LLM_TEMPLATE_H
#define LLM_TEMPLATE_H

#include "text.h"

struct scope;

struct binding { /* of a name: to a text, or to a list */
  const char *name;
  const char *text;          /* NULL: a list */
  const struct scope *items; /* n_items */
  size_t n_items;
};

struct scope {
  const struct binding *bindings;
  size_t n;
};

struct template_error {
  int line;          /* from 1 */
  char message[200]; /* what is wrong there */
};

/* Is it a template, with none but the known names? Returns 0, or -1 with the error. */
int template_check(const char *source, const char *const *names, size_t n_names, struct template_error *error);

/* Appends the template, filled in, to out. It must have passed template_check; a name that is not bound is empty. */
void template_render(struct llm_text *out, const char *source, const struct scope *scope);

#endif
