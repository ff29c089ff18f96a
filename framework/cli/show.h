/* What the forms of `joust show` share. */
#ifndef JOUST_CLI_SHOW_H
#define JOUST_CLI_SHOW_H

#include "report/analysis.h"

struct joust_view {
  const struct joust_analysis *analysis;
  bool deviations; /* after ±: standard deviations instead of standard errors */
  bool colours;
};

void joust_show_text(const struct joust_view *view); /* on standard output */
void joust_show_json(const struct joust_view *view);

#endif
