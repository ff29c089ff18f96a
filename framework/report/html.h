/* The report as one HTML file that needs nothing else: no network, no other file. */
#ifndef JOUST_REPORT_HTML_H
#define JOUST_REPORT_HTML_H

#include "report/figures.h"
#include "report/sentences.h"

struct joust_html { /* what the page is made of; all borrowed */
  const struct joust_analysis *analysis;
  const struct joust_sentences *sentences;
  const struct joust_figures *figures; /* as SVG in DIR/figures; NULL: gnuplot is missing, and the page says so */
  const char *folder;                  /* DIR: it is there */
  const char *scripts;                 /* where JavaScript libraries lie as Debian installs them */
};

/* Writes DIR/index.html whole or not at all. Without dygraphs among the scripts the page has no interactive panel, says
 * so, and *has_panel is false. JOUST_SYSTEM, JOUST_MISSING (a figure). */
int joust_html_write(const struct joust_html *html, bool *has_panel, struct joust_error *error);

#endif
