/* Tables for papers: LaTeX (booktabs), Markdown and CSV.
 *
 * For each contest a table, optimisers by metrics at each checkpoint of the analysis, mean and standard deviation over
 * the complete runs; and `summary`, optimisers by contests: the objective at the last checkpoint, with the mean rank.
 * The best mean of a column is bold; underlined are those that are not significantly worse: signed-rank test (Pratt)
 * against the best over the replicates that both have, Holm's correction over the column. Figures that the store's
 * sweeps carry from papers stand below, marked as published; no test is made with them, and the best among the runs
 * stays bold. */
#ifndef JOUST_REPORT_TABLES_H
#define JOUST_REPORT_TABLES_H

#include "report/analysis.h"

struct joust_tables { /* of the tables that were written; owns its texts */
  struct joust_table_file {
    char *name;  /* of NAME.tex, NAME.md, NAME.csv */
    char *title; /* "nk/n16-k2" */
  } * items;
  size_t n;
};

/* Makes the folder; an analysis without contests gives no table. JOUST_SYSTEM: a file cannot be written. On an error
 * the list is empty. */
int joust_tables_write(struct joust_tables *tables, const struct joust_analysis *analysis, const char *folder,
                       struct joust_error *error);
void joust_tables_free(struct joust_tables *tables);

#endif
