/* A space as the host holds it: what plugins see (struct joust_space) and the words around it.
 *
 * Read from JSON, or copied from an evaluator that makes its own. Checks of points are here, too. */
#ifndef JOUST_SPACE_SPACE_H
#define JOUST_SPACE_SPACE_H

#include <joust/plugin.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"

struct joust_words { /* of one parameter; owned */
  char *description; /* "" where there is none */
  char **choices;    /* n_choices descriptions, "" where there is none; NULL for numbers */
};

struct joust_domain { /* owns everything that `space` points to */
  struct joust_space space;
  struct joust_parameter *parameters;
  const struct joust_parameter **pointers;
  struct joust_words *words;
  uint64_t points;                   /* number of points; 0: infinitely many */
  char fingerprint[JOUST_HASH_SIZE]; /* of names, kinds, bounds, scales and labels */
};

/* From a list of parameters:
 *   {"name": "lr", "kind": "real" | "integer", "lower": 1e-5, "upper": 1, "scale": "linear" | "log", "description":
 * "..."}
 *   {"name": "op{}", "repeat": 6, "kind": "categorical" | "ordinal", "choices": ["none", {"label": "skip",
 * "description": "..."}]} `repeat` makes that many parameters, {} in the name becomes 1, 2, ... JOUST_BAD_INPUT with
 * the place. */
int joust_domain_read(struct joust_domain *domain, const struct joust_json *json, const cJSON *list,
                      struct joust_error *error);

/* A copy of a space that a plugin made, checked as strictly. `who` begins messages. JOUST_RUN_FAILED. */
int joust_domain_copy(struct joust_domain *domain, const struct joust_space *space, const char *who,
                      struct joust_error *error);

void joust_domain_free(struct joust_domain *domain);

const char *joust_kind_name(uint32_t kind); /* "categorical", ... */

/* Is x (n_parameters) a point of the space? JOUST_RUN_FAILED with the first parameter that is not, what it was, and
 * what would have been right. */
int joust_point_check(const struct joust_space *space, const double *x, struct joust_error *error);

/* One value as text: a label, or the shortest number. */
void joust_value_print(const struct joust_parameter *parameter, double value, struct joust_text *out);

/* "op1=none op2=skip lr=0.01" */
void joust_point_print(const struct joust_space *space, const double *x, struct joust_text *out);

/* A value from text: a label, or a number in bounds. JOUST_BAD_INPUT. */
int joust_value_parse(const struct joust_parameter *parameter, const char *text, double *value,
                      struct joust_error *error);

#endif
