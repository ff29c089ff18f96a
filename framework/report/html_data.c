/* The curves as JSON inside the page, for the interactive panel. Numbers have five digits, which no screen can tell
 * from more. */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "report/html_parts.h"

static void add_numbers(struct joust_page *page, const char *name, const double *values, uint32_t n, uint32_t stride) {
  joust_page_addf(page, "\"%s\":[", name);
  for (uint32_t i = 0; i < n; i++) {
    double value = values[(size_t)i * stride];
    if (i) joust_page_add(page, ",");
    if (isfinite(value))
      joust_page_addf(page, "%.5g", value);
    else
      joust_page_add(page, "null");
  }
  joust_page_add(page, "]");
}

/* A JSON text that cannot end the script element it stands in. */
static void add_string(struct joust_page *page, const char *text) {
  joust_page_add(page, "\"");
  for (const char *c = text; *c; c++) {
    if ((unsigned char)*c < 32 || *c == '"' || *c == '\\' || *c == '<' || *c == '>' || *c == '&')
      joust_page_addf(page, "\\u%04x", (unsigned)*c);
    else
      joust_text_add_n(&page->out, c, 1);
  }
  joust_page_add(page, "\"");
}

static void add_optimisers(struct joust_page *page) {
  joust_page_add(page, "\"optimisers\":[");
  for (uint32_t o = 0; o < page->analysis->n_optimisers; o++) {
    struct joust_style style = joust_style_of(o);
    joust_page_add(page, o ? ",{\"label\":" : "{\"label\":");
    add_string(page, page->analysis->optimisers[o].label);
    joust_page_addf(page, ",\"colour\":\"%s\",\"dash\":\"%s\"}", style.colour, style.dash);
  }
  joust_page_add(page, "]");
}

static void add_cell(struct joust_page *page, const struct joust_curves *curves, uint32_t o, uint32_t n) {
  const struct {
    const char *name;
    const double *values;
  } columns[] = {{"mean", curves->mean},     {"meanLow", curves->mean_lower},     {"meanHigh", curves->mean_upper},
                 {"median", curves->median}, {"medianLow", curves->median_lower}, {"medianHigh", curves->median_upper},
                 {"rank", curves->rank},     {"reached", curves->reached}};
  joust_page_addf(page, "\"%u\":{", o);
  for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
    if (i) joust_page_add(page, ",");
    add_numbers(page, columns[i].name, columns[i].values, n, 1);
  }
  joust_page_add(page, "}");
}

static void add_axis_name(struct joust_page *page, const struct joust_contest *contest, enum joust_axis_kind kind) {
  const struct joust_store_definition *problem = joust_definition_of(page->analysis, contest);
  if (kind == JOUST_AXIS_TRIALS) {
    joust_page_add(page, "\"trials\"");
    return;
  }
  const struct joust_store_metric *cost = &problem->metrics[problem->cost];
  char *name = *cost->unit ? joust_format("%s (%s)", cost->title, cost->unit) : joust_copy(cost->title);
  add_string(page, name);
  free(name);
}

static void add_contest(struct joust_page *page, const struct joust_contest *contest) {
  const struct joust_store_definition *problem = joust_definition_of(page->analysis, contest);
  joust_page_add(page, "{\"label\":");
  add_string(page, contest->label);
  joust_page_add(page, ",\"objective\":");
  add_string(page, problem->metrics[problem->objective].title);
  joust_page_addf(page, ",\"direction\":%d,\"decimals\":%d,", problem->direction,
                  problem->metrics[problem->objective].decimals);
  char reference[JOUST_NUMBER_SIZE];
  joust_page_addf(page, "\"reference\":%s,\"axes\":[", joust_number(reference, contest->reference));
  bool comma = false;
  for (enum joust_axis_kind kind = 0; kind < JOUST_N_AXES; kind++) {
    const struct joust_axis *axis = &contest->axes[kind];
    if (!axis->there) continue;
    joust_page_add(page, comma ? ",{\"name\":" : "{\"name\":");
    add_axis_name(page, contest, kind);
    joust_page_addf(page, ",\"main\":%s,", kind == contest->main_axis ? "true" : "false");
    add_numbers(page, "at", axis->at, axis->points, 1);
    joust_page_add(page, ",\"cells\":{");
    bool cells = false;
    for (uint32_t o = 0; o < page->analysis->n_optimisers; o++) {
      if (!contest->cells[o].curves[kind].mean) continue;
      if (cells) joust_page_add(page, ",");
      add_cell(page, &contest->cells[o].curves[kind], o, axis->points);
      cells = comma = true;
    }
    joust_page_add(page, "}}");
  }
  joust_page_add(page, "]}");
}

static void add_overall(struct joust_page *page) {
  const struct joust_analysis *analysis = page->analysis;
  static const char *const names[JOUST_N_AXES] = {"trials", "cost"};
  bool comma = false;
  joust_page_add(page, "{\"label\":\"all problems\",\"axes\":[");
  for (enum joust_axis_kind kind = 0; kind < JOUST_N_AXES; kind++) {
    const struct joust_overall *overall = &analysis->overall[kind];
    if (!overall->there) continue;
    joust_page_addf(page, "%s{\"name\":\"%s%s\",\"main\":%s,", comma ? "," : "",
                    overall->share ? "share of the budget in " : "", names[kind], comma ? "false" : "true");
    add_numbers(page, "at", overall->at, overall->points, 1);
    joust_page_add(page, ",\"cells\":{");
    bool cells = false;
    for (uint32_t o = 0; o < analysis->n_optimisers; o++) {
      if (!analysis->optimisers[o].compared) continue;
      joust_page_addf(page, "%s\"%u\":{", cells ? "," : "", o);
      add_numbers(page, "rank", overall->rank + o, overall->points, analysis->n_optimisers);
      joust_page_add(page, ",");
      add_numbers(page, "reached", overall->reached + o, overall->points, analysis->n_optimisers);
      joust_page_add(page, "}");
      cells = comma = true;
    }
    joust_page_add(page, "}}");
  }
  joust_page_add(page, "]}");
}

void joust_page_data(struct joust_page *page) {
  const struct joust_analysis *analysis = page->analysis;
  bool comma = false;
  joust_page_add(page, "<script type=\"application/json\" id=\"data\">{");
  add_optimisers(page);
  joust_page_add(page, ",\"charts\":[");
  for (uint32_t c = 0; c < analysis->n_contests; c++) {
    if (analysis->contests[c].nothing) continue;
    if (comma) joust_page_add(page, ",\n");
    add_contest(page, &analysis->contests[c]);
    comma = true;
  }
  if (analysis->n_ranked > 1 && analysis->comparison.k > 1) {
    joust_page_add(page, ",\n");
    add_overall(page);
  }
  joust_page_add(page, "]}</script>\n");
}
