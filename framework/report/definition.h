/* A problem as it stands in a store, read back from the JSON of its definition (docs/store-format.md): all that exports
 * and reports need of it. */
#ifndef JOUST_REPORT_DEFINITION_H
#define JOUST_REPORT_DEFINITION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

struct joust_defined_parameter { /* owns its texts */
  char *name;
  char **choices; /* n_choices labels; NULL for numbers */
  uint32_t n_choices;
  bool real;
  double lower, upper;
};

struct joust_defined_metric { /* owns its texts */
  char *name, *title, *unit;
  int direction; /* 1 minimise, -1 maximise, 0 not said */
  int decimals;
};

struct joust_definition { /* owns everything */
  int64_t id;             /* in the store */
  char *label, *title, *best_source;
  struct joust_defined_parameter *parameters;
  struct joust_defined_metric *metrics;
  uint32_t n_parameters, n_metrics, objective;
  int32_t cost;  /* index, or -1 */
  int direction; /* of the objective */
  bool has_best;
  double best;
};

/* JOUST_BAD_INPUT if the definition is not what joust writes. */
int joust_definition_read(struct joust_definition *definition, int64_t id, const char *label, const char *json,
                          struct joust_error *error);
void joust_definition_free(struct joust_definition *definition);

/* The value of a parameter as people write it: a label, or the shortest number. */
void joust_definition_print_value(const struct joust_defined_parameter *parameter, double value,
                                  struct joust_text *out);

/* Point x (n_parameters) of an index: mixed radix, the first parameter is the most significant digit. */
void joust_definition_point(const struct joust_definition *definition, uint64_t index, double *x);

#endif
