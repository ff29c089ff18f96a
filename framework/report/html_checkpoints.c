/* Tables of a problem at budgets before the end, as they were asked for. */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "report/html_parts.h"

size_t joust_page_end(const struct joust_analysis *analysis) {
  size_t c = 0;
  while (c + 1 < analysis->n_checkpoints && isfinite(analysis->checkpoints[c])) c++;
  return c;
}

static void checkpoint_table(struct joust_page *page, const struct joust_contest *contest, size_t checkpoint,
                             const uint32_t *order, uint32_t n) {
  const struct joust_analysis *analysis = page->analysis;
  const struct joust_store_definition *problem = joust_definition_of(analysis, contest);
  double at = analysis->checkpoints[checkpoint];
  char *caption = joust_format(analysis->by_cost ? "%s at a cost of %.10g%s" : "%s after %.10g trials%s",
                               contest->label, at, joust_checkpoint_note(analysis, contest, checkpoint));
  joust_page_table(page, caption);
  joust_page_head(page, "Optimiser", NULL);
  joust_page_head(page, "Rank", "by the mean");
  joust_page_head(page, "Runs", "with a value at that budget");
  joust_page_head(page, problem->metrics[problem->objective].name, "mean ± standard deviation over complete runs");
  for (uint32_t m = 0; m < problem->n_metrics; m++)
    if (joust_is_reported(problem, m)) joust_page_head(page, problem->metrics[m].name, "mean ± standard deviation");
  joust_page_body(page);
  for (uint32_t i = 0; i < n; i++) {
    struct joust_estimate value = joust_analysis_estimate(analysis, contest, order[i], checkpoint, problem->objective);
    double rank = contest->ranks[checkpoint * analysis->n_optimisers + order[i]];
    joust_page_row(page, NULL);
    joust_page_label(page, order[i]);
    joust_page_number(page, rank, "%g", rank);
    joust_page_number(page, value.n, "%u", value.n);
    joust_page_mean(page, value.mean, value.deviation, problem->metrics[problem->objective].decimals);
    for (uint32_t m = 0; m < problem->n_metrics; m++) {
      if (!joust_is_reported(problem, m)) continue;
      value = joust_analysis_estimate(analysis, contest, order[i], checkpoint, m);
      joust_page_mean(page, value.mean, value.deviation, problem->metrics[m].decimals);
    }
  }
  joust_page_table_end(page);
  joust_page_note(page, "± is the standard deviation over complete runs.");
  free(caption);
}

void joust_page_checkpoints(struct joust_page *page, const struct joust_contest *contest) {
  uint32_t *order = joust_alloc(page->analysis->n_optimisers, sizeof *order);
  uint32_t n = joust_page_order(page, contest, order);
  for (size_t c = 0; c < page->analysis->n_checkpoints; c++)
    if (isfinite(page->analysis->checkpoints[c])) checkpoint_table(page, contest, c, order, n);
  free(order);
}
