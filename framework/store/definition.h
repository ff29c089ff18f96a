/* A problem's definition as it stands in a store (JSON, docs/store-format.md), read back: all that exports and reports
 * need of it, and how an index becomes a point. */
#ifndef JOUST_STORE_DEFINITION_H
#define JOUST_STORE_DEFINITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

struct joust_store_parameter { /* owns its texts */
  char *name;
  bool choices; /* categorical or ordinal: a value is an index of labels */
  bool real;
  double lower;
  uint64_t values; /* how many there are; 1 for a real, which has a single one in a finite space */
  char **labels;   /* `values` of them, NULL without choices */
};

struct joust_store_metric {  /* owns its texts */
  char *name, *title, *unit; /* title: the name where none is given; unit: "" */
  int direction;             /* 1 minimise, -1 maximise, 0 not said */
  int decimals;              /* to show */
};

struct joust_store_reference { /* owns its texts */
  char *name, *description;    /* description: "" where none is given */
  double value;                /* of the objective */
};

struct joust_store_definition { /* owns everything */
  int direction;                /* of the objective: 1 minimise, -1 maximise */
  uint32_t objective;           /* index of its metric */
  int32_t cost;                 /* index of the cost metric, or -1 */
  double best;                  /* best known value of the objective; NaN: none is known */
  struct joust_store_parameter *parameters;
  uint32_t n_parameters;
  struct joust_store_metric *metrics;
  uint32_t n_metrics;
  struct joust_store_reference *references; /* known points to compare with */
  uint32_t n_references;
};

/* JOUST_BAD_INPUT names the place in the JSON; the definition is then empty. `name` of the store for messages. */
int joust_store_definition_read(struct joust_store_definition *definition, const char *name, const char *json,
                                struct joust_error *error);
void joust_store_definition_free(struct joust_store_definition *definition);

/* The values of point `index` into x (n_parameters): mixed radix, the first parameter is the most significant digit. */
void joust_store_definition_point(const struct joust_store_definition *definition, uint64_t index, double *x);

#endif
