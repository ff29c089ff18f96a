/* The files that joust made in a report's folder, kept there as a list (.joust-files), so that the next report into the
 * same folder removes what it does not make again and touches nothing else. */
#ifndef JOUST_REPORT_MADE_H
#define JOUST_REPORT_MADE_H

#include "base/error.h"
#include "base/text.h"

struct joust_made {       /* all zero: none */
  struct joust_text list; /* a line each: "figures/rank.svg" */
};

void joust_made_add(struct joust_made *made, const char *group, const char *name, const char *ending);

/* Removes the files that the folder's list has and this one has not, and writes this one in its place. JOUST_SYSTEM. */
int joust_made_replace(const struct joust_made *made, const char *folder, struct joust_error *error);
void joust_made_free(struct joust_made *made);

#endif
