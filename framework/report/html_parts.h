/* What the files that write the page share: its text, escaping, tables, and the sections that they are. */
#ifndef JOUST_REPORT_HTML_PARTS_H
#define JOUST_REPORT_HTML_PARTS_H

#include "base/json.h"
#include "report/analysis_parts.h"
#include "report/html.h"
#include "report/style.h"

struct joust_page {
  const struct joust_html *html;
  const struct joust_analysis *analysis; /* html's */
  struct joust_text out;
};

/* ---- text ----------------------------------------------------------------------------------------------------------
 */

void joust_page_add(struct joust_page *page, const char *html);                             /* as it is */
void joust_page_addf(struct joust_page *page, const char *format, ...) JOUST_PRINTF(2, 3);  /* as it is */
void joust_page_text(struct joust_page *page, const char *text);                            /* escaped */
void joust_page_textf(struct joust_page *page, const char *format, ...) JOUST_PRINTF(2, 3); /* escaped */
void joust_page_element(struct joust_page *page, const char *tag, const char *text);        /* <tag>text</tag> */

/* ---- tables --------------------------------------------------------------------------------------------------------
 */

/* A table that the reader may sort by each of its columns: head, then cells row by row. */
void joust_page_table(struct joust_page *page, const char *caption);
void joust_page_head(struct joust_page *page, const char *text,
                     const char *hint); /* hint: what it means; may be NULL */
void joust_page_body(struct joust_page *page);
void joust_page_row(struct joust_page *page, const char *class_name); /* ends the row before; class may be NULL */
void joust_page_name(struct joust_page *page, uint32_t optimiser);    /* line, marker and label */
void joust_page_label(struct joust_page *page, uint32_t optimiser);   /* the same as a row's head */
void joust_page_number(struct joust_page *page, double key, const char *format, ...) JOUST_PRINTF(3, 4); /* NaN: "–" */
void joust_page_mean(struct joust_page *page, double mean, double sd, int decimals); /* "mean ± sd", NaN left out */
void joust_page_cell(struct joust_page *page, const char *text);
void joust_page_table_end(struct joust_page *page);
void joust_page_note(struct joust_page *page,
                     const char *text); /* below a table: what its columns mean, in print too */

/* The line and marker of an optimiser, as in figures. */
void joust_page_swatch(struct joust_page *page, uint32_t optimiser);

/* ---- figures -------------------------------------------------------------------------------------------------------
 */

/* Those of a contest (index), or with JOUST_NO_CONTEST those over all. JOUST_SYSTEM, JOUST_MISSING. */
int joust_page_figures(struct joust_page *page, uint32_t contest, struct joust_error *error);

/* ---- sections ------------------------------------------------------------------------------------------------------
 */

void joust_page_ranking(struct joust_page *page); /* over all problems: the table and the tests of pairs */
int joust_page_problems(struct joust_page *page, struct joust_error *error); /* one section a contest */
void joust_page_failures(struct joust_page *page);
void joust_page_counters(struct joust_page *page); /* what optimisers counted: calls, tokens, money */
void joust_page_methods(struct joust_page *page);
void joust_page_provenance(struct joust_page *page);
void joust_page_data(struct joust_page *page); /* JSON of the curves, for the panel */

/* Of a contest, tables of the metrics at the budgets that were asked for before the end; and the checkpoint that is the
 * end, the last one if none is. */
void joust_page_checkpoints(struct joust_page *page, const struct joust_contest *contest);
size_t joust_page_end(const struct joust_analysis *analysis);

/* Rows of a problem's table that are no runs: figures of papers, and points of comparison that its definition names;
 * and below the table where those figures are from. */
void joust_page_published(struct joust_page *page, const struct joust_shown_problem *problem);
void joust_page_published_sources(struct joust_page *page, const struct joust_shown_problem *problem);

/* A metric that optimisers are not shown. */
static inline bool joust_is_reported(const struct joust_store_definition *problem, uint32_t metric) {
  return metric != problem->objective && (int32_t)metric != problem->cost;
}

/* Contests that the page has sections for, as ids of elements: "problem-1". */
void joust_page_contest_id(struct joust_page *page, const struct joust_contest *contest);

/* Optimisers of a contest (or, NULL, all that are compared) by rank, then label; returns how many. */
uint32_t joust_page_order(const struct joust_page *page, const struct joust_contest *contest, uint32_t *order);

/* Made from the files of framework/report/page when the program is built. */
extern const char joust_page_css[], joust_page_js[];

#endif
