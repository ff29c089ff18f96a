/* Rows of a problem's table that are not runs of the store: figures of papers, points of comparison. */
#include <math.h>
#include <string.h>

#include "report/html_parts.h"

static void no_values(struct joust_page *page, int n) {
  for (int i = 0; i < n; i++) joust_page_number(page, NAN, "–");
}

static void published_cell(struct joust_page *page, const char *label, const struct joust_shown_problem *problem,
                           uint32_t metric) {
  const struct joust_store_metric *shown = &problem->definition.metrics[metric];
  const struct joust_published *row = joust_published_find(page->analysis, label, problem->label, shown->name);
  if (row)
    joust_page_mean(page, row->mean, row->sd, shown->decimals);
  else
    joust_page_number(page, NAN, "–");
}

static void published_row(struct joust_page *page, const struct joust_published *published,
                          const struct joust_shown_problem *problem) {
  joust_page_row(page, "published");
  joust_page_add(page, "<th scope=\"row\">");
  joust_page_text(page, published->label);
  joust_page_add(page, " <small title=\"");
  joust_page_text(page, published->source);
  joust_page_add(page, "\">published</small></th>");
  no_values(page, 2);
  published_cell(page, published->label, problem, problem->definition.objective);
  no_values(page, 3);
  for (uint32_t m = 0; m < problem->definition.n_metrics; m++)
    if (joust_is_reported(&problem->definition, m)) published_cell(page, published->label, problem, m);
  no_values(page, 4);
}

/* One row for each label that the problem has any figure of. */
static void published_rows(struct joust_page *page, const struct joust_shown_problem *problem) {
  const struct joust_published *rows = page->analysis->published;
  for (size_t i = 0; i < page->analysis->n_published; i++) {
    bool first = strcmp(rows[i].problem, problem->label) == 0;
    for (size_t j = 0; j < i && first; j++)
      first = strcmp(rows[j].problem, problem->label) != 0 || strcmp(rows[j].label, rows[i].label) != 0;
    if (first) published_row(page, &rows[i], problem);
  }
}

void joust_page_published_sources(struct joust_page *page, const struct joust_shown_problem *problem) {
  const struct joust_published *rows = page->analysis->published;
  bool any = false;
  for (size_t i = 0; i < page->analysis->n_published; i++) {
    bool first = strcmp(rows[i].problem, problem->label) == 0 && *rows[i].source;
    for (size_t j = 0; j < i && first; j++)
      first = strcmp(rows[j].problem, problem->label) != 0 || strcmp(rows[j].source, rows[i].source) != 0;
    if (!first) continue;
    joust_page_add(
        page,
        any ? "; " : "<p class=\"note\">Rows marked as published are not runs of this store but figures of papers: ");
    joust_page_text(page, rows[i].source);
    any = true;
  }
  if (any) joust_page_add(page, ".</p>\n");
}

/* Points of comparison that the problem's definition names, such as a network designed by hand. */
static void reference_rows(struct joust_page *page, const struct joust_shown_problem *problem) {
  const struct joust_store_definition *definition = &problem->definition;
  int decimals = definition->metrics[definition->objective].decimals;
  cJSON *json = cJSON_Parse(problem->json);
  const cJSON *reference;
  cJSON_ArrayForEach(reference, joust_json_member(json, "references")) {
    const char *name = cJSON_GetStringValue(joust_json_member(reference, "name"));
    const char *description = cJSON_GetStringValue(joust_json_member(reference, "description"));
    const cJSON *value = joust_json_member(reference, "value");
    if (!name || !cJSON_IsNumber(value)) continue;
    joust_page_row(page, "published");
    joust_page_add(page, "<th scope=\"row\">");
    joust_page_text(page, name);
    joust_page_add(page, " <small title=\"");
    joust_page_text(page, description ? description : "");
    joust_page_add(page, "\">reference</small></th>");
    no_values(page, 2);
    joust_page_number(page, value->valuedouble, "%.*f", decimals, value->valuedouble);
    no_values(page, 2);
    double regret = joust_regret(definition, value->valuedouble);
    joust_page_number(page, regret, "%.*f", decimals, regret);
    for (uint32_t m = 0; m < definition->n_metrics; m++)
      if (joust_is_reported(definition, m)) no_values(page, 1);
    no_values(page, 4);
  }
  cJSON_Delete(json);
}

void joust_page_published(struct joust_page *page, const struct joust_shown_problem *problem) {
  published_rows(page, problem);
  reference_rows(page, problem);
}
