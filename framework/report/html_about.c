/* What stands behind the tables: failures, counters, methods, provenance. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/html_parts.h"

/* ---- failures -------------------------------------------------------------------------------------------------------
 */

static bool any_failures(const struct joust_analysis *analysis) {
  for (uint32_t c = 0; c < analysis->n_contests; c++)
    for (uint32_t o = 0; o < analysis->n_optimisers; o++)
      if (analysis->contests[c].cells[o].failures.n) return true;
  return false;
}

void joust_page_failures(struct joust_page *page) {
  const struct joust_analysis *analysis = page->analysis;
  if (!any_failures(analysis)) return;
  joust_page_add(page, "<section id=\"failures\">\n<h2>Failures</h2>\n");
  joust_page_table(page, "Why runs and trials failed");
  joust_page_head(page, "Optimiser", NULL);
  joust_page_head(page, "Problem", NULL);
  joust_page_head(page, "Runs", "that failed for this reason");
  joust_page_head(page, "Trials", "that failed for this reason");
  joust_page_head(page, "Reason", NULL);
  joust_page_body(page);
  for (uint32_t o = 0; o < analysis->n_optimisers; o++) {
    for (uint32_t c = 0; c < analysis->n_contests; c++) {
      const struct joust_cell *cell = &analysis->contests[c].cells[o];
      for (uint32_t i = 0; i < cell->failures.n; i++) {
        joust_page_row(page, NULL);
        joust_page_label(page, o);
        joust_page_cell(page, analysis->contests[c].label);
        joust_page_number(page, cell->failures.items[i].runs, "%u", cell->failures.items[i].runs);
        joust_page_number(page, cell->failures.items[i].trials, "%u", cell->failures.items[i].trials);
        joust_page_cell(page, cell->failures.items[i].text);
      }
    }
  }
  joust_page_table_end(page);
  joust_page_add(page, "</section>\n");
}

/* ---- methods --------------------------------------------------------------------------------------------------------
 */

static void method(struct joust_page *page, const char *term, const char *text) {
  joust_page_element(page, "dt", term);
  joust_page_element(page, "dd", text);
}

void joust_page_methods(struct joust_page *page) {
  char *level = joust_format("All tests are two-sided at level %g.", page->analysis->alpha);
  joust_page_add(page, "<section id=\"methods\">\n<h2>How it was computed</h2>\n<dl>\n");
  method(page, "Incumbent and regret",
         "The incumbent of a run is its best trial so far by the objective. Regret is its distance to the best value "
         "known for the problem, or, where none is known, to the best value in this store.");
  method(
      page, "Pairing",
      "All optimisers share the seed of a replicate, so runs are compared seed by seed. Axes end at the real budget; "
      "a run that ended early keeps its last value.");
  method(
      page, "Failed runs",
      "A failed run, or one without a successful trial, is worse than any number in tests, ranks of seeds and shares. "
      "In means and quantiles of the objective it counts as the worst value that any trial of its problem had.");
  method(
      page, "Ranks and blocks",
      "On each problem optimisers are ranked by their mean value at the end. Friedman's test asks whether mean ranks "
      "over the blocks differ: exactly, by the share of all orders within blocks that agree as much, or in the form of "
      "Iman and Davenport where there are too many to count. If they do, Nemenyi's test says which pairs (J. Demšar, "
      "JMLR 7, 2006). Blocks are problems unless the report was asked for runs, or there is one problem.");
  method(page, "Pairs",
         "Wilcoxon's signed-rank test (zeros as Pratt) with Holm's correction for the number of pairs. Over several "
         "problems it compares relative regrets: regret divided by the median regret of a first trial. A is Vargha and "
         "Delaney's: the probability that a run of one is better than a run of the other, ties counting half.");
  method(page, "Score",
         "0 is the mean of random search with the same budget, 100 the best value known, linear between.");
  method(
      page, "Targets",
      "21 a problem: 20 regrets in equal ratios from that of a median first trial down to the least above 0 that any "
      "run reached, and 0. Values of different problems are never averaged raw.");
  method(page, "Intervals", "95 % bootstrap over seeds with a fixed seed, so that the same store gives the same page.");
  method(page, "Level", level);
  joust_page_add(page, "</dl>\n</section>\n");
  free(level);
}

/* ---- provenance -----------------------------------------------------------------------------------------------------
 */

/* Any JSON as lists of terms: objects become definitions, everything else its text. */
static void add_json(struct joust_page *page, const cJSON *node) {
  if (cJSON_IsObject(node) || cJSON_IsArray(node)) {
    const cJSON *child;
    joust_page_add(page, "<dl class=\"tree\">");
    cJSON_ArrayForEach(child, node) {
      joust_page_add(page, "<div>");
      if (child->string) joust_page_element(page, "dt", child->string);
      joust_page_add(page, "<dd>");
      add_json(page, child);
      joust_page_add(page, "</dd></div>\n");
    }
    joust_page_add(page, "</dl>");
  } else if (cJSON_IsString(node)) {
    joust_page_text(page, node->valuestring);
  } else {
    char *text = cJSON_PrintUnformatted(node);
    joust_page_text(page, text ? text : "");
    free(text);
  }
}

static void add_json_text(struct joust_page *page, const char *text) {
  cJSON *json = cJSON_Parse(text);
  if (json)
    add_json(page, json);
  else
    joust_page_text(page, text);
  cJSON_Delete(json);
}

/* Sessions that differ only in when they started (a sweep that was resumed) stand together. */
static char *session_key(const struct joust_shown_session *session) {
  cJSON *json = cJSON_Parse(session->provenance);
  cJSON_DeleteItemFromObjectCaseSensitive(json, "started");
  char *text = json ? cJSON_PrintUnformatted(json) : joust_copy(session->provenance);
  cJSON_Delete(json);
  return text;
}

static void add_start(struct joust_page *page, const struct joust_shown_session *session) {
  cJSON *json = cJSON_Parse(session->provenance);
  const char *started = cJSON_GetStringValue(joust_json_member(json, "started"));
  joust_page_textf(page, "%s (%u %s)", started ? started : "at an unknown time", session->runs,
                   session->runs == 1 ? "run" : "runs");
  cJSON_Delete(json);
}

static void sessions(struct joust_page *page) {
  const struct joust_analysis *analysis = page->analysis;
  char **keys = joust_alloc(analysis->n_sessions, sizeof *keys);
  for (size_t i = 0; i < analysis->n_sessions; i++) keys[i] = session_key(&analysis->sessions[i]);
  for (size_t i = 0; i < analysis->n_sessions; i++) {
    bool first = true;
    for (size_t j = 0; j < i && first; j++) first = strcmp(keys[i], keys[j]) != 0;
    if (!first) continue;
    joust_page_add(page, "<h4>Program and machine</h4>\n<p>Started ");
    bool comma = false;
    for (size_t j = i; j < analysis->n_sessions; j++) {
      if (strcmp(keys[i], keys[j]) != 0) continue;
      if (comma) joust_page_add(page, ", ");
      add_start(page, &analysis->sessions[j]);
      comma = true;
    }
    joust_page_add(page, "</p>\n");
    add_json_text(page, keys[i]);
  }
  for (size_t i = 0; i < analysis->n_sessions; i++) free(keys[i]);
  free(keys);
}

static void optimisers(struct joust_page *page) {
  const struct joust_analysis *analysis = page->analysis;
  joust_page_table(page, "Optimisers");
  joust_page_head(page, "Optimiser", NULL);
  joust_page_head(page, "Plugin", NULL);
  joust_page_head(page, "Version", NULL);
  joust_page_head(page, "What it does", NULL);
  joust_page_head(page, "Options", NULL);
  joust_page_body(page);
  for (uint32_t o = 0; o < analysis->n_optimisers; o++) {
    const struct joust_shown_optimiser *optimiser = &analysis->optimisers[o];
    joust_page_row(page, NULL);
    joust_page_label(page, o);
    joust_page_cell(page, optimiser->name);
    joust_page_cell(page, optimiser->version);
    joust_page_cell(page, optimiser->summary);
    joust_page_add(page, "<td>");
    add_json_text(page, optimiser->options);
    joust_page_add(page, "</td>");
  }
  joust_page_table_end(page);
}

/* "op (categorical: none, conv), width (integer: 8 to 64)" */
static void add_parameters(struct joust_page *page, const cJSON *parameters) {
  const cJSON *parameter, *choice;
  bool comma = false;
  cJSON_ArrayForEach(parameter, parameters) {
    const char *name = cJSON_GetStringValue(joust_json_member(parameter, "name"));
    const char *kind = cJSON_GetStringValue(joust_json_member(parameter, "kind"));
    const cJSON *lower = joust_json_member(parameter, "lower"), *upper = joust_json_member(parameter, "upper");
    joust_page_textf(page, "%s%s (%s", comma ? ", " : "", name ? name : "", kind ? kind : "");
    const char *before = ": ";
    cJSON_ArrayForEach(choice, joust_json_member(parameter, "choices")) {
      joust_page_textf(page, "%s%s", before, cJSON_IsString(choice) ? choice->valuestring : "");
      before = ", ";
    }
    if (*before == ':' && cJSON_IsNumber(lower) && cJSON_IsNumber(upper))
      joust_page_textf(page, ": %.10g to %.10g", lower->valuedouble, upper->valuedouble);
    joust_page_add(page, ")");
    comma = true;
  }
}

/* The definition as a tree, but its parameters, which may be many, as one paragraph. */
static void add_definition(struct joust_page *page, const char *text) {
  cJSON *json = cJSON_Parse(text);
  cJSON *parameters = cJSON_DetachItemFromObjectCaseSensitive(json, "parameters");
  joust_page_add(page, "<p>Parameters: ");
  add_parameters(page, parameters);
  joust_page_add(page, "</p>\n");
  add_json(page, json);
  cJSON_Delete(parameters);
  cJSON_Delete(json);
}

static void problems(struct joust_page *page) {
  const struct joust_analysis *analysis = page->analysis;
  for (uint32_t p = 0; p < analysis->n_problems; p++) {
    const struct joust_shown_problem *problem = &analysis->problems[p];
    joust_page_add(page, "<details><summary>Problem ");
    joust_page_text(page, problem->label);
    joust_page_add(page, "</summary>\n<dl class=\"tree\"><div><dt>file</dt><dd>");
    joust_page_text(page, problem->name);
    joust_page_add(page, "</dd></div><div><dt>fingerprint of all its values</dt><dd>");
    joust_page_text(page, problem->fingerprint);
    joust_page_add(page, "</dd></div></dl>\n");
    add_definition(page, problem->json);
    joust_page_add(page, "</details>\n");
  }
}

static void sweeps(struct joust_page *page) {
  const struct joust_analysis *analysis = page->analysis;
  for (size_t i = 0; i < analysis->n_sweeps; i++) {
    cJSON *json = cJSON_Parse(analysis->sweeps[i].definition);
    char *text = json ? cJSON_Print(json) : joust_copy(analysis->sweeps[i].definition);
    joust_page_add(page, "<details><summary>Sweep ");
    joust_page_text(page, analysis->sweeps[i].name);
    joust_page_add(page, "</summary>\n<p>Saved as a file, this runs it again.</p><pre>");
    joust_page_text(page, text);
    joust_page_add(page, "</pre></details>\n");
    free(text);
    cJSON_Delete(json);
  }
}

void joust_page_provenance(struct joust_page *page) {
  joust_page_add(page, "<section id=\"provenance\">\n<h2>Provenance</h2>\n");
  if (page->analysis->n_optimisers) optimisers(page);
  problems(page);
  sweeps(page);
  sessions(page);
  joust_page_add(page, "</section>\n");
}
