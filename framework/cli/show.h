/* What the forms of `joust show` share. */
#ifndef JOUST_CLI_SHOW_H
#define JOUST_CLI_SHOW_H

#include "base/json.h"
#include "report/analysis.h"

struct joust_view {
  const struct joust_analysis *analysis;
  bool deviations; /* after ±: standard deviations instead of standard errors */
  bool colours;
};

void joust_show_text(const struct joust_view *view); /* on standard output */
void joust_show_json(const struct joust_view *view);

/* What optimisers counted, a table for each that counted anything; and the same of one cell as an object that the
 * caller deletes: a member for each counter, with `n` runs that have it, and `mean`, or `text`, or how many `texts`. */
void joust_show_counters(const struct joust_view *view);
cJSON *joust_show_counters_json(const struct joust_contest *contest, uint32_t optimiser);

#endif
