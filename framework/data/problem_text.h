/* A problem file for a table, to begin with: every parameter and metric of the table, one metric as the objective. */
#ifndef JOUST_DATA_PROBLEM_TEXT_H
#define JOUST_DATA_PROBLEM_TEXT_H

#include "base/error.h"

/* *text gets the JSON of a problem that looks up the table of that name in the data folder; the caller frees it.
 * `objective` is a metric's name, NULL: the first one; direction 1 minimises, -1 maximises. A parameter whose labels
 * are whole numbers without gaps is an integer, one of other numbers ordinal, all others are categorical. JOUST_MISSING
 * if there is no such table, JOUST_BAD_INPUT if it is damaged or has no such metric. */
int joust_problem_text(char **text, const char *table, const char *objective, int direction, struct joust_error *error);

#endif
