/* What optimisers counted in their runs: calls of a model, tokens, money, restarts; and by which model and prompt. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/html_parts.h"
#include "stats/summary.h"

struct names { /* of all counters of the store, in the order in which they come */
  char **items;
  size_t n;
};

static void add_name(struct names *names, const char *name) {
  for (size_t i = 0; i < names->n; i++)
    if (strcmp(names->items[i], name) == 0) return;
  names->items = joust_resize(names->items, names->n + 1, sizeof *names->items);
  names->items[names->n++] = joust_copy(name);
}

/* The counters of the runs of a cell, parsed once; NULL where a run has none. */
static cJSON **parse_cell(const struct joust_cell *cell, uint32_t n_rows) {
  cJSON **counters = joust_alloc(n_rows, sizeof *counters);
  for (uint32_t r = 0; r < n_rows; r++)
    if (cell->runs[r].counters) counters[r] = cJSON_Parse(cell->runs[r].counters);
  return counters;
}

static void free_cell(cJSON **counters, uint32_t n_rows) {
  for (uint32_t r = 0; r < n_rows; r++) cJSON_Delete(counters[r]);
  free(counters);
}

static void collect_names(struct names *names, const struct joust_analysis *analysis, uint32_t optimiser) {
  for (uint32_t c = 0; c < analysis->n_contests; c++) {
    const struct joust_contest *contest = &analysis->contests[c];
    const struct joust_cell *cell = &contest->cells[optimiser];
    if (!cell->runs) continue;
    cJSON **counters = parse_cell(cell, contest->n_rows);
    const cJSON *item;
    for (uint32_t r = 0; r < contest->n_rows; r++) {
      cJSON_ArrayForEach(item, counters[r]) if (item->string) add_name(names, item->string);
    }
    free_cell(counters, contest->n_rows);
  }
}

/* Numbers as their mean over runs; texts as the different ones. */
static void counter_cell(struct joust_page *page, cJSON **counters, uint32_t n_rows, const char *name) {
  enum { MOST_TEXTS = 3, MOST_BYTES = 80 };
  double *numbers = joust_alloc(n_rows, sizeof *numbers);
  struct names texts = {0};
  size_t n = 0;
  for (uint32_t r = 0; r < n_rows; r++) {
    const cJSON *item = joust_json_member(counters[r], name);
    if (cJSON_IsNumber(item)) numbers[n++] = item->valuedouble;
    if (cJSON_IsString(item)) add_name(&texts, item->valuestring);
  }
  if (texts.n) {
    joust_page_add(page, "<td>");
    for (size_t i = 0; i < texts.n && i < MOST_TEXTS; i++)
      joust_page_textf(page, "%s%.*s%s", i ? ", " : "", MOST_BYTES, texts.items[i],
                       strlen(texts.items[i]) > MOST_BYTES ? "…" : "");
    if (texts.n > MOST_TEXTS) joust_page_textf(page, " and %zu more", texts.n - MOST_TEXTS);
    joust_page_add(page, "</td>");
  } else {
    double mean = joust_summarise(numbers, n).mean;
    joust_page_number(page, mean, mean == floor(mean) && fabs(mean) < 1e15 ? "%.0f" : "%.4g", mean);
  }
  for (size_t i = 0; i < texts.n; i++) free(texts.items[i]);
  free(texts.items);
  free(numbers);
}

static void counters_row(struct joust_page *page, const struct names *names, const struct joust_contest *contest,
                         uint32_t optimiser) {
  const struct joust_cell *cell = &contest->cells[optimiser];
  const struct joust_store_definition *problem = joust_definition_of(page->analysis, contest);
  int decimals = problem->metrics[problem->objective].decimals;
  cJSON **counters = parse_cell(cell, contest->n_rows);
  double *firsts = joust_alloc(contest->n_rows, sizeof *firsts);
  size_t n = 0;
  for (uint32_t r = 0; r < contest->n_rows; r++)
    if (cell->runs[r].state != JOUST_RUN_ABSENT) firsts[n++] = cell->runs[r].first;
  double first = joust_summarise(firsts, n).mean;
  joust_page_row(page, NULL);
  joust_page_label(page, optimiser);
  joust_page_cell(page, contest->label);
  joust_page_number(page, (double)n, "%zu", n);
  joust_page_number(page, first, "%.*f", decimals, first);
  joust_page_number(page, cell->mean, "%.*f", decimals, cell->mean);
  for (size_t i = 0; i < names->n; i++) counter_cell(page, counters, contest->n_rows, names->items[i]);
  free(firsts);
  free_cell(counters, contest->n_rows);
}

static void counters_table(struct joust_page *page, const struct names *names, uint32_t optimiser) {
  const struct joust_analysis *analysis = page->analysis;
  char *caption = joust_format("What %s counted, mean of a run", analysis->optimisers[optimiser].label);
  joust_page_table(page, caption);
  joust_page_head(page, "Optimiser", NULL);
  joust_page_head(page, "Problem", NULL);
  joust_page_head(page, "Runs", NULL);
  joust_page_head(page, "First proposal", "mean objective of the first trial, those that failed left out");
  joust_page_head(page, "End", "mean objective of the incumbent at the end");
  for (size_t i = 0; i < names->n; i++) joust_page_head(page, names->items[i], NULL);
  joust_page_body(page);
  for (uint32_t c = 0; c < analysis->n_contests; c++)
    if (analysis->contests[c].cells[optimiser].runs) counters_row(page, names, &analysis->contests[c], optimiser);
  joust_page_table_end(page);
  free(caption);
}

void joust_page_counters(struct joust_page *page) {
  bool any = false;
  for (uint32_t o = 0; o < page->analysis->n_optimisers; o++) {
    struct names names = {0};
    collect_names(&names, page->analysis, o);
    if (names.n && !any)
      joust_page_add(page, "<section id=\"counters\">\n<h2>What runs used up</h2>\n"
                           "<p>Optimisers may count what they use beyond trials: calls of a language model, tokens, "
                           "money. Numbers are means of a run.</p>\n");
    if (names.n) counters_table(page, &names, o);
    any = any || names.n;
    for (size_t i = 0; i < names.n; i++) free(names.items[i]);
    free(names.items);
  }
  if (any) joust_page_add(page, "</section>\n");
}
