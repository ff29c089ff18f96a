/* Optimisers of one label: which is which. */
#ifndef JOUST_REPORT_TWINS_H
#define JOUST_REPORT_TWINS_H

#include "report/analysis.h"

/* Text, one line, for each group of optimisers that were stored under one label: "evolution has population 100 and
 * evolution (2) population 20", with all options in which they differ, or their plugins and versions where no option
 * does. NULL where every label is its optimiser's own. The caller frees it. */
char *joust_twins(const struct joust_analysis *analysis);

#endif
