#include "results.h"

#include <joust/util.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decimal.h"

/* ---- keeping ----------------------------------------------------------------------------------------------------- */

/* The new value goes to a random design, and what that one had to the new design. Failures keep what they are: that a
 * design failed is no value. */
static void shuffle_in(struct results *results) {
  uint32_t n = 0, chosen = 0;
  struct result *last = &results->items[results->n - 1];
  if (isnan(last->value)) return;
  for (uint32_t i = 0; i < results->n; i++) n += isnan(results->items[i].value) ? 0 : 1;
  uint64_t place = joust_below(results->host, n);
  for (uint32_t i = 0; i < results->n; i++) {
    if (isnan(results->items[i].value)) continue;
    if (place-- > 0) continue;
    chosen = i;
    break;
  }
  last->told = results->items[chosen].told;
  results->items[chosen].told = last->value;
}

joust_status results_add(struct results *results, const double *x, double value, int stand_in) {
  if (results->n == results->capacity) {
    uint32_t capacity = results->capacity ? 2 * results->capacity : 32;
    struct result *items = realloc(results->items, capacity * sizeof *items);
    if (!items) return JOUST_ENOMEM;
    results->items = items;
    results->capacity = capacity;
  }
  double *shown = malloc(results->view->space.n_parameters * sizeof *shown);
  if (!shown) return JOUST_ENOMEM;
  view_from_real(results->view, x, shown);
  results->items[results->n++] = (struct result){shown, value, value, stand_in};
  if (results->feedback == FEEDBACK_SHUFFLED) shuffle_in(results);
  return JOUST_OK;
}

void results_free(struct results *results) {
  for (uint32_t i = 0; i < results->n; i++) free(results->items[i].x);
  free(results->items);
  results->items = NULL;
  results->n = results->capacity = 0;
}

/* ---- telling ----------------------------------------------------------------------------------------------------- */

enum { NUMBER, DESIGN, VALUE, FAILED, STAND_IN, N_FIELDS };
static const char *const fields[N_FIELDS] = {"number", "design", "value", "failed", "stand_in"};

static joust_status fill(struct result_list *list, size_t at, const struct results *results, uint32_t index) {
  const struct result *result = &results->items[index];
  struct binding *bindings = list->bindings + at * N_FIELDS;
  struct llm_text text = {0};
  char buffer[DECIMAL_SIZE];
  int failed = isnan(result->value), has_value = !failed && results->feedback != FEEDBACK_NONE;
  for (int i = 0; i < N_FIELDS; i++) bindings[i] = (struct binding){.name = fields[i], .text = ""};
  llm_text_addf(&text, "%u", index + 1);
  llm_text_add_bytes(&text, "", 1);
  size_t design = text.length;
  view_add_design(results->view, result->x, &text);
  llm_text_add_bytes(&text, "", 1);
  size_t value = text.length;
  if (has_value) llm_text_addf(&text, "%s%s", decimal_round(buffer, result->told, results->decimals), results->unit);
  llm_text_add_bytes(&text, "", 1);
  if (text.failed) {
    llm_text_free(&text);
    return JOUST_ENOMEM;
  }
  list->texts[at] = text.bytes;
  bindings[NUMBER].text = text.bytes;
  bindings[DESIGN].text = text.bytes + design;
  bindings[VALUE].text = text.bytes + value;
  bindings[FAILED].text = failed ? "yes" : "";
  bindings[STAND_IN].text = result->stand_in ? "yes" : "";
  list->items[at] = (struct scope){bindings, N_FIELDS};
  return JOUST_OK;
}

/* Is a better than b? A failure is worse than anything, the earlier of two equal ones better. */
static int is_better(const struct results *results, uint32_t a, uint32_t b) {
  double p = results->items[a].told * results->direction, q = results->items[b].told * results->direction;
  if (isnan(p) || isnan(q)) return isnan(q) && (!isnan(p) || a < b);
  return p < q || (p == q && a < b);
}

/* The `best` best of them into order, the worst first; by insertion, as they are few. */
static uint32_t order_best(uint32_t *order, const struct results *results, uint32_t best) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < results->n; i++) {
    if (n == best && !is_better(results, i, order[0])) continue;
    if (n == best) memmove(order, order + 1, --n * sizeof *order);
    uint32_t place = n++;
    for (; place > 0 && is_better(results, order[place - 1], i); place--) order[place] = order[place - 1];
    order[place] = i;
  }
  return n;
}

joust_status results_list(struct result_list *list, const struct results *results, uint32_t first, uint32_t best) {
  uint32_t most, n, *order;
  joust_status status = JOUST_OK;
  if (best && results->feedback == FEEDBACK_NONE) { /* which are the best would be told by their being shown */
    first = results->n > best ? results->n - best : 0;
    best = 0;
  }
  most = n = best && best < results->n ? best : results->n - first;
  *list = (struct result_list){.items = calloc(most + 1, sizeof *list->items),
                               .bindings = calloc((size_t)(most + 1) * N_FIELDS, sizeof *list->bindings),
                               .texts = calloc(most + 1, sizeof *list->texts)};
  order = malloc((most + 1) * sizeof *order);
  if (!list->items || !list->bindings || !list->texts || !order) status = JOUST_ENOMEM;
  if (status == JOUST_OK && best) n = order_best(order, results, best);
  for (uint32_t i = 0; i < n && status == JOUST_OK; i++) {
    status = fill(list, i, results, best ? order[i] : first + i);
    list->n += status == JOUST_OK;
  }
  free(order);
  return status;
}

void result_list_free(struct result_list *list) {
  for (size_t i = 0; i < list->n; i++) free(list->texts[i]);
  free(list->items);
  free(list->bindings);
  free(list->texts);
  memset(list, 0, sizeof *list);
}
