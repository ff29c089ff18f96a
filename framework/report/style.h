/* How an optimiser looks, the same in every figure, table and page: by its place in the order of labels.
 *
 * Eight colours whose contrast is at least 3:1 on white and on the page's dark ground (tests/unit/test_report_style.c),
 * and which stay apart for the three kinds of colour blindness; from the ninth optimiser on they come again with
 * another dash, so that colour alone never tells two optimisers apart: eight markers, and a dash for each eight. */
#ifndef JOUST_REPORT_STYLE_H
#define JOUST_REPORT_STYLE_H

#include <stdint.h>

#define JOUST_PAPER "#ffffff" /* grounds that the colours are made for: light, dark */
#define JOUST_NIGHT "#15181d"

struct joust_style {
  const char *colour; /* "#rrggbb" */
  const char *dash;   /* of a line as in SVG's stroke-dasharray, "" solid; differs between neighbours */
  int marker;         /* gnuplot's point type; 8 different ones */
};

struct joust_style joust_style_of(uint32_t optimiser);

#endif
