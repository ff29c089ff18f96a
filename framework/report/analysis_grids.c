/* Budget grids and targets. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/analysis_parts.h"
#include "stats/summary.h"

/* Points of a grid that is not short enough to have every trial: as many in equal ratios as in equal distances, so that
 * it serves a logarithmic axis and a linear one. */
enum { PARTS = 48, TARGETS = 20 };

static double end_of(const struct joust_analysis *analysis, const struct joust_contest *contest,
                     enum joust_axis_kind kind) {
  double limit = kind == JOUST_AXIS_TRIALS ? contest->trials : contest->cost, longest = 0;
  if (kind == JOUST_AXIS_COST && joust_definition_of(analysis, contest)->cost < 0) return 0;
  if (isfinite(limit)) return limit;
  for (uint32_t o = 0; o < analysis->n_optimisers; o++) {
    for (uint32_t r = 0; contest->cells[o].runs && r < contest->n_rows; r++) {
      const struct joust_shown_run *run = &contest->cells[o].runs[r];
      if (run->state == JOUST_RUN_COMPLETE)
        longest = fmax(longest, kind == JOUST_AXIS_TRIALS ? run->trials : run->cost);
    }
  }
  return longest;
}

/* Shares of the budget, ascending to 1, the first 1 / longest. Returns how many. */
static uint32_t make_shares(double *shares, double longest, bool every) {
  uint32_t n = 0;
  if (every) {
    for (double trial = 1; trial <= longest; trial++) shares[n++] = trial / longest;
    return n;
  }
  for (int i = 0; i < PARTS; i++) shares[n++] = pow(longest, (double)i / PARTS - 1);
  for (int i = 1; i <= PARTS; i++) shares[n++] = (double)i / PARTS;
  return (uint32_t)joust_sort_values(shares, n);
}

static double round_up(double trials) {
  return fmax(1, ceil(trials * (1 - 1e-12)));
}

static uint32_t drop_repeats(double *shares, uint32_t n, double longest) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < n; i++)
    if (kept == 0 || round_up(shares[i] * longest) > round_up(shares[kept - 1] * longest)) shares[kept++] = shares[i];
  return kept;
}

struct extent { /* of an axis over all contests */
  double longest, most_trials;
  bool equal, everywhere; /* all contests that have the axis end at one budget; all have it */
};

static struct extent make_ends(struct joust_analysis *analysis, enum joust_axis_kind kind) {
  struct extent extent = {.most_trials = 1, .equal = true, .everywhere = analysis->n_ranked > 0};
  for (uint32_t c = 0; c < analysis->n_contests; c++) {
    struct joust_contest *contest = &analysis->contests[c];
    struct joust_axis *axis = &contest->axes[kind];
    axis->end = end_of(analysis, contest, kind);
    axis->there = axis->end > 0;
    if (!axis->there && contest->ranked) extent.everywhere = false;
    if (axis->there && extent.longest > 0 && axis->end != extent.longest) extent.equal = false;
    extent.longest = fmax(extent.longest, axis->end);
    extent.most_trials = fmax(extent.most_trials, end_of(analysis, contest, JOUST_AXIS_TRIALS));
  }
  return extent;
}

static double *place_shares(const double *shares, uint32_t n, double end, bool whole) {
  double *at = joust_alloc(n, sizeof *at);
  for (uint32_t i = 0; i < n; i++) at[i] = whole ? round_up(shares[i] * end) : shares[i] * end;
  at[n - 1] = end;
  return at;
}

static void make_axes(struct joust_analysis *analysis, enum joust_axis_kind kind) {
  bool whole = kind == JOUST_AXIS_TRIALS;
  struct extent extent = make_ends(analysis, kind);
  struct joust_overall *overall = &analysis->overall[kind];
  if (!(extent.longest > 0)) return;
  double shares[2 * PARTS];
  uint32_t n = make_shares(shares, extent.most_trials, whole && extent.longest <= 2 * PARTS);
  if (whole && extent.equal) n = drop_repeats(shares, n, extent.longest);
  for (uint32_t c = 0; c < analysis->n_contests; c++) {
    struct joust_axis *axis = &analysis->contests[c].axes[kind];
    if (!axis->there) continue;
    axis->points = n;
    axis->at = place_shares(shares, n, axis->end, whole);
  }
  overall->there = extent.everywhere;
  overall->points = n;
  overall->share = !extent.equal;
  overall->at = place_shares(shares, n, extent.equal ? extent.longest : 1, whole && extent.equal);
}

/* Regrets in equal ratios from what a first trial gives down to the least that anyone left above 0, then 0. */
static void make_targets(struct joust_contest *contest) {
  if (contest->nothing) return;
  contest->targets = joust_alloc(TARGETS + 1, sizeof *contest->targets);
  double least = fmax(contest->least, contest->scale * 1e-6);
  if (!isnan(contest->least) && least < contest->scale) {
    for (int i = 0; i < TARGETS - 1; i++)
      contest->targets[contest->n_targets++] = contest->scale * pow(least / contest->scale, (double)i / (TARGETS - 1));
    contest->targets[contest->n_targets++] = least;
  }
  contest->targets[contest->n_targets++] = 0;
}

void joust_analysis_grids(struct joust_analysis *analysis) {
  make_axes(analysis, JOUST_AXIS_TRIALS);
  make_axes(analysis, JOUST_AXIS_COST);
  for (uint32_t c = 0; c < analysis->n_contests; c++) {
    struct joust_contest *contest = &analysis->contests[c];
    bool by_cost = isfinite(contest->cost) && isinf(contest->trials) && contest->axes[JOUST_AXIS_COST].there;
    contest->main_axis = by_cost ? JOUST_AXIS_COST : JOUST_AXIS_TRIALS;
  }
  for (uint32_t c = 0; c < analysis->n_contests; c++) make_targets(&analysis->contests[c]);
}
