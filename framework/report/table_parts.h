/* A table while it is being made: rows of cells, and the three ways to write it. */
#ifndef JOUST_REPORT_TABLE_PARTS_H
#define JOUST_REPORT_TABLE_PARTS_H

#include "base/text.h"
#include "report/analysis.h"

struct joust_table_cell {
  double mean, sd;  /* NaN: not there */
  uint32_t n;       /* runs; 0: none, or published */
  bool best, level; /* the best of its column; not significantly worse than that */
};

struct joust_table_column {
  char *title; /* "validation accuracy (%)" */
  char *key;   /* of the CSV: the metric's name, the contest's label */
  int decimals;
  int direction; /* 1 smaller is better, -1 larger, 0 not said: nothing is best */
};

struct joust_table_row {
  char *label;
  char *section;                  /* of the rows from here on: "after 50 trials", "published"; NULL: as before */
  char *at;                       /* the checkpoint, for the CSV; "published" */
  char *source;                   /* where it is published, or that its points are; NULL: a run of the store */
  struct joust_table_cell *cells; /* one a column */
};

struct joust_table { /* owns everything */
  char *name, *title;
  char *note; /* what the numbers are, one paragraph */
  struct joust_table_column *columns;
  struct joust_table_row *rows;
  size_t n_columns, n_rows;
};

/* The table of a contest, and the one over all. */
void joust_table_of_contest(struct joust_table *table, const struct joust_analysis *analysis, uint32_t contest);
void joust_table_of_all(struct joust_table *table, const struct joust_analysis *analysis);
void joust_table_free(struct joust_table *table);

void joust_table_latex(struct joust_text *out, const struct joust_table *table);
void joust_table_markdown(struct joust_text *out, const struct joust_table *table);
void joust_table_csv(struct joust_text *out, const struct joust_table *table);

#endif
