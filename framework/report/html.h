/* The report as one HTML file that needs nothing else: no network, no other file. */
#ifndef JOUST_REPORT_HTML_H
#define JOUST_REPORT_HTML_H

#include "report/sentences.h"

/* Writes DIR/index.html whole or not at all; the folder is there. `scripts` is where JavaScript libraries lie as Debian
 * installs them (/usr/share/javascript): without dygraphs there the page has no interactive panel, says so, and
 * *has_panel is false. JOUST_SYSTEM. */
int joust_html_write(const struct joust_analysis *analysis, const struct joust_sentences *sentences, const char *folder,
                     const char *scripts, bool *has_panel, struct joust_error *error);

#endif
