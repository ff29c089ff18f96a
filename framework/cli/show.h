/* What the forms of `joust show` share. */
#ifndef JOUST_CLI_SHOW_H
#define JOUST_CLI_SHOW_H

#include "base/json.h"
#include "report/summary.h"

struct joust_view {
  const struct joust_summary *summary;
  const cJSON *published; /* a list of figures from papers, as in sweep files */
  bool deviations;        /* after ±: standard deviations instead of standard errors */
  bool colours;
};

void joust_show_text(const struct joust_view *view); /* on standard output */
void joust_show_json(const struct joust_view *view);

#endif
