/* The results so far as the model is told them.
 *
 * Feedback: TRUE values; NONE, the designs alone; SHUFFLED, where the values are those of other designs: a random
 * permutation of the values so far among the designs so far, which grows by one result as an inside-out shuffle does
 * (D. Knuth, TAOCP 2, section 3.4.2), and is uniform after each. */
#ifndef LLM_RESULTS_H
#define LLM_RESULTS_H

#include "template.h"
#include "view.h"

enum feedback { FEEDBACK_TRUE, FEEDBACK_NONE, FEEDBACK_SHUFFLED };

struct result {
  double *x;    /* as shown */
  double value; /* as people read it; NaN: failed or cancelled */
  double told;  /* the value that the model hears for it */
  int stand_in; /* a random point in place of the model's own */
};

struct results { /* all zero but the settings: empty */
  const struct view *view;
  const struct joust_host *host;
  enum feedback feedback;
  int32_t direction; /* 1: low values are good, -1: high ones */
  int decimals;      /* that values are told with */
  const char *unit;
  struct result *items;
  uint32_t n, capacity;
};

/* A result in real coordinates. Returns JOUST_OK or JOUST_ENOMEM. */
joust_status results_add(struct results *results, const double *x, double value, int stand_in);
void results_free(struct results *results);

/* Results for a template, each with number, design, value, failed, stand_in. */
struct result_list {
  struct scope *items;
  size_t n;
  struct binding *bindings;
  char **texts;
};

/* Results [first, n) in the order in which they came; if best > 0 instead the `best` best of them by the value told,
 * the worst first (without feedback: the last ones). Returns JOUST_OK or JOUST_ENOMEM; to be freed in either case. */
joust_status results_list(struct result_list *list, const struct results *results, uint32_t first, uint32_t best);
void result_list_free(struct result_list *list);

#endif
