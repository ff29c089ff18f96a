/* What language models did as optimisers: for each problem of a store a Markdown table of its optimisers with their
 * best values after some numbers of trials and, of those that asked a model, what they counted (docs/llm.md says what).
 *
 *   llm_outcome STORE.db [TRIALS...]
 */
#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/analysis.h"
#include "stats/summary.h"

enum { MOST_BUDGETS = 8 };

static double budgets[MOST_BUDGETS];
static int n_budgets;

static void check(int code, const struct joust_error *error) {
  if (!code) return;
  fprintf(stderr, "llm_outcome: %s\n", error->message);
  exit(joust_exit_code(code));
}

/* ---- one optimiser ----------------------------------------------------------------------------------------------- */

/* The incumbent's value after `trials` trials; NaN if none had succeeded. */
static double value_after(const struct joust_shown_run *run, double trials) {
  double value = NAN;
  for (uint32_t i = 0; i < run->steps.n && run->steps.trial[i] <= trials; i++) value = run->steps.value[i];
  return value;
}

/* Mean and its standard error over the runs. */
static void print_values(const struct joust_contest *contest, const struct joust_cell *cell, double trials) {
  double *values = joust_alloc(contest->n_rows, sizeof *values);
  for (uint32_t r = 0; r < contest->n_rows; r++) values[r] = value_after(&cell->runs[r], trials);
  struct joust_summary found = joust_summarise(values, contest->n_rows);
  int decimals = fabs(found.mean) < 10 ? 4 : 2;
  if (found.n == 0)
    printf(" – |");
  else if (found.n == 1)
    printf(" %.*f |", decimals, found.mean);
  else
    printf(" %.*f ± %.*f |", decimals, found.mean, decimals, found.se);
  free(values);
}

/* Mean over the runs of a counter; NaN where no run has it. */
static double counted(const struct joust_contest *contest, const struct joust_cell *cell, const char *name) {
  double sum = 0;
  int n = 0;
  for (uint32_t r = 0; r < contest->n_rows; r++) {
    cJSON *counters = cell->runs[r].counters ? cJSON_Parse(cell->runs[r].counters) : NULL;
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(counters, name);
    if (cJSON_IsNumber(number)) {
      sum += number->valuedouble;
      n++;
    }
    cJSON_Delete(counters);
  }
  return n ? sum / n : (double)NAN;
}

static void print_count(double value, const char *format) {
  if (isnan(value))
    printf(" – |");
  else
    printf(format, value);
}

/* Shares are of the steps, tokens and seconds of a step. */
static void print_row(const struct joust_analysis *analysis, const struct joust_contest *contest, uint32_t o) {
  const struct joust_cell *cell = &contest->cells[o];
  double steps = counted(contest, cell, "steps");
  printf("| %s | %u |", analysis->optimisers[o].label, cell->complete);
  print_values(contest, cell, 1);
  for (int b = 0; b < n_budgets; b++) print_values(contest, cell, budgets[b]);
  print_count(100 * counted(contest, cell, "first_legal") / steps, " %.0f %% |");
  print_count(counted(contest, cell, "repairs"), " %.1f |");
  print_count(counted(contest, cell, "duplicates"), " %.1f |");
  print_count(counted(contest, cell, "fallbacks"), " %.1f |");
  print_count(counted(contest, cell, "prompt_tokens") / steps, " %.0f |");
  print_count(counted(contest, cell, "completion_tokens") / steps, " %.0f |");
  print_count(counted(contest, cell, "wait_seconds") / steps, " %.1f |\n");
  if (isnan(steps)) printf("\n");
}

/* ---- all --------------------------------------------------------------------------------------------------------- */

static void print_contest(const struct joust_analysis *analysis, const struct joust_contest *contest) {
  const struct joust_shown_problem *problem = &analysis->problems[contest->problem];
  const struct joust_store_definition *definition = &problem->definition;
  const char *objective = definition->metrics[definition->objective].name;
  printf("\n%s: %s, %s\n\n| optimiser | runs | first |", contest->label, objective,
         definition->direction > 0 ? "minimise" : "maximise");
  for (int b = 0; b < n_budgets; b++) printf(" after %g |", budgets[b]);
  printf(
      " usable at once | repairs | duplicates | fallbacks | prompt tokens | answer tokens | seconds |\n|---|---|---|");
  for (int b = 0; b < n_budgets; b++) printf("---|");
  printf("---|---|---|---|---|---|---|\n");
  for (uint32_t o = 0; o < analysis->n_optimisers; o++)
    if (contest->cells[o].n > 0) print_row(analysis, contest, o);
}

int main(int argc, char **argv) {
  struct joust_error error;
  struct joust_store *store;
  struct joust_analysis analysis;
  const struct joust_analysis_options options = {.ranks_only = true};
  if (argc < 2 || argc > 2 + MOST_BUDGETS) {
    fprintf(stderr, "usage: llm_outcome STORE.db [TRIALS...]\n");
    return 2;
  }
  for (int i = 2; i < argc; i++)
    if ((budgets[n_budgets++] = atof(argv[i])) <= 0) return 2;
  check(joust_store_open(&store, argv[1], JOUST_STORE_READ, &error), &error);
  check(joust_analysis_make(&analysis, store, &options, &error), &error);
  for (uint32_t c = 0; c < analysis.n_contests; c++) print_contest(&analysis, &analysis.contests[c]);
  joust_analysis_free(&analysis);
  joust_store_close(store);
  return 0;
}
