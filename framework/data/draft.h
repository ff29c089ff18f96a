/* A draft: a table that is being put together from a published file, before it is written. Readers of formats fill
 * one; nothing reaches the data folder until all of its entries are there and make sense. */
#ifndef JOUST_DATA_DRAFT_H
#define JOUST_DATA_DRAFT_H

#include <stdbool.h>

#include "evaluator/table_file.h"

struct joust_draft {        /* all zero: empty; owns everything */
  struct joust_table table; /* name, dimensions, metrics, entries, source, licence */
  double **values;          /* per metric: entries x measurements, NaN until set */
  bool *seen;               /* entries: which were given */
  uint64_t n_seen;
  char *made; /* how the values came about; NULL: not said */
};

/* Parameters first, then metrics: the first metric fixes the number of entries. */
void joust_draft_parameter(struct joust_draft *draft, const char *name, const char *const *choices, uint32_t n_choices);

/* Returns the metric's values, to be filled; they belong to the draft. */
double *joust_draft_metric(struct joust_draft *draft, const char *name, const char *title, const char *unit,
                           uint32_t measurements);

/* Marks an entry as given; false if it was given before. */
bool joust_draft_claim(struct joust_draft *draft, uint64_t entry);

/* The first entry that was not given. Only where n_seen < entries. */
uint64_t joust_draft_gap(const struct joust_draft *draft);

void joust_draft_free(struct joust_draft *draft);

/* Competition ranks of n values, the largest first: equal values share the best rank. If `published` is not NULL it
 * must be an order of the same values with ties broken somehow: every rank from 1 to n once, none above a larger value.
 * Returns true, or false with the index of a rank that contradicts the values in *where. */
bool joust_draft_rank(double *ranks, const double *values, const double *published, uint64_t n, uint64_t *where);

#endif
