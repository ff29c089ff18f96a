#include "data/draft.h"

#include <stdlib.h>

#include "base/memory.h"

void joust_draft_parameter(struct joust_draft *draft, const char *name, const char *const *choices,
                           uint32_t n_choices) {
  struct joust_table *table = &draft->table;
  table->dimensions = joust_resize(table->dimensions, table->n_dimensions + 1, sizeof *table->dimensions);
  struct joust_table_dimension *dimension = &table->dimensions[table->n_dimensions++];
  dimension->name = joust_copy(name);
  dimension->n_choices = n_choices;
  dimension->choices = joust_alloc(n_choices, sizeof *dimension->choices);
  for (uint32_t k = 0; k < n_choices; k++) dimension->choices[k] = joust_copy(choices[k]);
  table->entries = (table->n_dimensions == 1 ? 1 : table->entries) * n_choices;
}

double *joust_draft_metric(struct joust_draft *draft, const char *name, const char *title, const char *unit,
                           uint32_t measurements) {
  struct joust_table *table = &draft->table;
  if (!draft->seen) draft->seen = joust_alloc(table->entries, sizeof *draft->seen);
  table->metrics = joust_resize(table->metrics, table->n_metrics + 1, sizeof *table->metrics);
  draft->values = joust_resize(draft->values, table->n_metrics + 1, sizeof *draft->values);
  struct joust_table_metric *metric = &table->metrics[table->n_metrics];
  *metric = (struct joust_table_metric){
      .name = joust_copy(name), .title = joust_copy(title), .unit = joust_copy(unit), .measurements = measurements};
  double *values = joust_alloc(table->entries * measurements, sizeof *values);
  for (uint64_t i = 0; i < table->entries * measurements; i++) values[i] = NAN;
  return draft->values[table->n_metrics++] = values;
}

bool joust_draft_claim(struct joust_draft *draft, uint64_t entry) {
  if (draft->seen[entry]) return false;
  draft->n_seen++;
  return draft->seen[entry] = true;
}

uint64_t joust_draft_gap(const struct joust_draft *draft) {
  uint64_t entry = 0;
  while (draft->seen[entry]) entry++;
  return entry;
}

void joust_draft_free(struct joust_draft *draft) {
  for (uint32_t m = 0; m < draft->table.n_metrics; m++) free(draft->values[m]);
  free(draft->values);
  free(draft->seen);
  free(draft->made);
  joust_table_close(&draft->table);
  memset(draft, 0, sizeof *draft);
}

struct place {
  double value, published;
  uint64_t index;
};

/* The largest value first, equal values in their published order. */
static int compare(const void *left, const void *right) {
  const struct place *a = left, *b = right;
  if (a->value != b->value) return a->value < b->value ? 1 : -1;
  return (a->published > b->published) - (a->published < b->published);
}

/* Places first to end - 1 hold one value, so their published ranks are first + 1 to end. Returns the place that
 * contradicts this most plainly: a rank outside of them, else one that is there twice, else -1. */
static int64_t contradiction(const struct place *places, uint64_t first, uint64_t end) {
  int64_t twice = -1;
  for (uint64_t i = first; i < end; i++) {
    if (!(places[i].published > (double)first && places[i].published <= (double)end)) return (int64_t)i;
    if (places[i].published != (double)(i + 1) && twice < 0) twice = (int64_t)i;
  }
  return twice;
}

bool joust_draft_rank(double *ranks, const double *values, const double *published, uint64_t n, uint64_t *where) {
  struct place *places = joust_alloc(n, sizeof *places);
  for (uint64_t i = 0; i < n; i++) places[i] = (struct place){values[i], published ? published[i] : 0, i};
  qsort(places, n, sizeof *places, compare);
  bool agree = true;
  for (uint64_t first = 0, end; first < n; first = end) {
    for (end = first; end < n && (end == first || places[end].value == places[first].value); end++)
      ranks[places[end].index] = (double)(first + 1);
    int64_t wrong = published && agree ? contradiction(places, first, end) : -1;
    if (wrong < 0) continue;
    agree = false;
    *where = places[wrong].index;
  }
  free(places);
  return agree;
}
