/* The analysis of stores made by hand, against figures computed by hand. */
#include "report_fixture.h"

#define NEAR(a, b) assert_true(fabs((a) - (b)) < 1e-12)

/* Two problems, three optimisers, three seeds, ten trials:
 *
 *   up (maximise, best 10)          down (minimise, best not known, trials cost 2)
 *   a       8   9  10               a       3   2   1
 *   b       7   8   9               b       3   4   5
 *   random  5   6   failed          random  5   missing (seed 2), unfinished (seed 3) */
enum { A, B, RANDOM };

static void put_values(struct joust_store *store, const struct store_ids *ids, int64_t problem, int64_t optimiser,
                       uint32_t replicate, double first, double last) {
  double values[10];
  for (int i = 0; i < 10; i++) values[i] = i < 5 ? first : last; /* the last value comes with the sixth trial */
  struct made_run run = {
      .problem = problem, .optimiser = optimiser, .replicate = replicate, .budget = 10, .n = 10, .values = values};
  put_made_run(store, ids, &run);
}

static void fill_store(struct joust_store *store) {
  struct store_ids ids;
  const double seven[2] = {4, 7};
  put_ids(store, &ids); /* a problem and an optimiser without runs, too: "small" and "ea" */
  int64_t up = put_problem(store, "up", "maximise", "10", false);
  int64_t down = put_problem(store, "down", "minimise", "null", true);
  int64_t a = put_optimiser(store, "a"), b = put_optimiser(store, "b"), random = put_optimiser(store, "random");
  for (uint32_t r = 1; r <= 3; r++) {
    put_values(store, &ids, up, a, r, 4, 7 + r);
    put_values(store, &ids, up, b, r, 4, 6 + r);
    put_values(store, &ids, down, a, r, 9, 4 - r);
    put_values(store, &ids, down, b, r, 9, 2 + r);
  }
  put_values(store, &ids, up, random, 1, 4, 5);
  put_values(store, &ids, up, random, 2, 4, 6);
  put_values(store, &ids, down, random, 1, 9, 5);
  struct made_run failed = {.problem = up,
                            .optimiser = random,
                            .replicate = 3,
                            .state = JOUST_RUN_BROKEN,
                            .budget = 10,
                            .n = 2,
                            .values = seven,
                            .reason = "it crashed"};
  struct made_run unfinished = {.problem = down,
                                .optimiser = random,
                                .replicate = 3,
                                .state = JOUST_RUN_STARTED,
                                .budget = 10,
                                .n = 2,
                                .values = seven};
  put_made_run(store, &ids, &failed);
  put_made_run(store, &ids, &unfinished);
}

static const struct joust_contest *find_contest(const struct joust_analysis *analysis, const char *label) {
  for (uint32_t c = 0; c < analysis->n_contests; c++)
    if (strcmp(analysis->contests[c].label, label) == 0) return &analysis->contests[c];
  fail_msg("there is no contest %s", label);
  return NULL;
}

/* The place of an optimiser: "ea", which has no run, comes between b and random. */
static uint32_t place(const struct joust_analysis *analysis, int optimiser) {
  static const char *const labels[] = {"a", "b", "random"};
  uint32_t o = 0;
  while (strcmp(analysis->optimisers[o].label, labels[optimiser]) != 0) o++;
  return o;
}

static void make(struct joust_analysis *analysis, const struct joust_analysis_options *options) {
  struct joust_store *store = open_store(JOUST_STORE_WRITE);
  fill_store(store);
  analyse(analysis, store, options);
}

static void test_runs_are_counted(void **state) {
  struct joust_analysis analysis;
  (void)state;
  make(&analysis, &(struct joust_analysis_options){0});
  assert_int_equal(analysis.n_contests, 2);
  assert_int_equal(analysis.n_optimisers, 4);
  assert_int_equal(analysis.n_runs, 17);
  assert_int_equal(analysis.n_complete, 15);
  assert_int_equal(analysis.n_failed, 1);
  assert_int_equal(analysis.n_unfinished, 1);
  assert_int_equal(analysis.n_missing, 1);
  assert_int_equal(analysis.sessions[0].runs, 17);
  const struct joust_cell *cell = &find_contest(&analysis, "down")->cells[place(&analysis, RANDOM)];
  assert_int_equal(cell->n, 1);
  assert_int_equal(cell->missing, 1);
  cell = &find_contest(&analysis, "up")->cells[place(&analysis, RANDOM)];
  assert_int_equal(cell->failures.n, 1);
  assert_string_equal(cell->failures.items[0].text, "it crashed");
  assert_int_equal(cell->failures.items[0].runs, 1);
  assert_false(analysis.optimisers[2].compared); /* ea */
  joust_analysis_free(&analysis);
}

static void test_failed_runs_count_as_the_worst(void **state) {
  struct joust_analysis analysis;
  (void)state;
  make(&analysis, &(struct joust_analysis_options){0});
  const struct joust_contest *up = find_contest(&analysis, "up");
  const struct joust_cell *random = &up->cells[place(&analysis, RANDOM)];
  NEAR(up->worst, 4);
  NEAR(random->mean, 5); /* 5, 6 and the worst, 4 */
  NEAR(up->reference, 10);
  assert_true(up->known);
  struct joust_estimate test = joust_analysis_estimate(&analysis, up, place(&analysis, RANDOM), 0, 2);
  assert_int_equal(test.n, 2); /* of reported metrics it is left out */
  NEAR(test.mean, 1005.5);
  NEAR(random->score, 0);
  NEAR(up->cells[place(&analysis, A)].score, 100 * (9 - 5) / (10.0 - 5));
  NEAR(random->best_share, 0);
  NEAR(up->cells[place(&analysis, A)].best_share, 1);
  joust_analysis_free(&analysis);
}

static void test_ranks(void **state) {
  struct joust_analysis analysis;
  (void)state;
  make(&analysis, &(struct joust_analysis_options){0});
  const struct joust_contest *down = find_contest(&analysis, "down");
  assert_false(down->known);
  NEAR(down->reference, 1); /* the best that was found */
  NEAR(down->cells[place(&analysis, A)].rank, 1);
  NEAR(down->cells[place(&analysis, B)].rank, 2);
  NEAR(down->cells[place(&analysis, RANDOM)].rank, 3);
  NEAR(analysis.optimisers[place(&analysis, A)].mean_rank, 1);
  const struct joust_overall *overall = &analysis.overall[JOUST_AXIS_TRIALS];
  assert_true(overall->there);
  assert_false(overall->share);
  assert_int_equal(overall->points, 10);
  NEAR(overall->at[9], 10);
  NEAR(overall->rank[0 * 4 + place(&analysis, A)], 2 - 0.25); /* at the first trial all are equal but the failed run */
  NEAR(overall->rank[9 * 4 + place(&analysis, RANDOM)], 3);
  assert_true(isnan(overall->rank[9 * 4 + 2])); /* ea */
  assert_false(analysis.overall[JOUST_AXIS_COST].there);
  joust_analysis_free(&analysis);
}

static void test_curves(void **state) {
  struct joust_analysis analysis;
  (void)state;
  make(&analysis, &(struct joust_analysis_options){.replicates = 200});
  const struct joust_contest *down = find_contest(&analysis, "down");
  const struct joust_cell *b = &down->cells[place(&analysis, B)];
  assert_true(down->axes[JOUST_AXIS_COST].there);
  NEAR(down->axes[JOUST_AXIS_COST].end, 20);
  const struct joust_curves *curves = &b->curves[JOUST_AXIS_TRIALS];
  NEAR(curves->mean[0], 9 - 1);
  NEAR(curves->mean[4], 9 - 1);
  NEAR(curves->mean[5], 4 - 1);
  NEAR(curves->median[9], 4 - 1);
  assert_true(curves->mean_lower[9] >= 2 && curves->mean_lower[9] < 3);
  assert_true(curves->mean_upper[9] > 3 && curves->mean_upper[9] <= 4);
  NEAR(curves->mean_lower[0], 8);
  NEAR(curves->mean_upper[0], 8);
  NEAR(curves->rank[9], 2);
  assert_int_equal(curves->running[8], 3);
  assert_int_equal(curves->running[9], 0);
  /* Targets go from 8, which all reach at once, to 1 and to 0; b ends with regrets 2, 3, 4. */
  assert_int_equal(down->n_targets, 21);
  NEAR(down->targets[0], 8);
  NEAR(down->targets[19], 1);
  NEAR(down->targets[20], 0);
  uint32_t reached = 0;
  for (uint32_t t = 0; t < down->n_targets; t++)
    for (int regret = 2; regret <= 4; regret++) reached += regret <= down->targets[t];
  NEAR(curves->reached[9], reached / 63.0);
  NEAR(curves->reached[4], 1 / 21.0);
  NEAR(b->times[0].expected, 1);
  assert_true(isinf(b->times[20].expected));
  joust_analysis_free(&analysis);
}

static void test_pairs(void **state) {
  struct joust_analysis analysis;
  (void)state;
  make(&analysis, &(struct joust_analysis_options){0});
  const struct joust_contest *down = find_contest(&analysis, "down"), *up = find_contest(&analysis, "up");
  const struct joust_pair *pair = &down->pairs[place(&analysis, A) * 4 + place(&analysis, B)];
  assert_int_equal(pair->n, 3);
  assert_int_equal(pair->wins, 2);
  assert_int_equal(pair->ties, 1);
  NEAR(pair->a12, 8.5 / 9);
  NEAR(pair->delta, 8 / 9.0);
  NEAR(pair->p, 0.5); /* two signs of ranks 2 and 3 after Pratt: 2 of 4 ways */
  pair = &down->pairs[place(&analysis, B) * 4 + place(&analysis, A)];
  assert_int_equal(pair->losses, 2);
  NEAR(pair->a12, 0.5 / 9);
  pair = &up->pairs[place(&analysis, B) * 4 + place(&analysis, RANDOM)];
  assert_int_equal(pair->n, 3); /* the failed run is there, and lost */
  assert_int_equal(pair->wins, 3);
  NEAR(pair->p, 0.25);
  NEAR(pair->holm, 0.75);
  pair = &down->pairs[place(&analysis, A) * 4 + place(&analysis, RANDOM)];
  assert_int_equal(pair->n, 1); /* the missing and the unfinished run are not */
  assert_true(isnan(down->pairs[place(&analysis, A) * 4 + 2].p));
  joust_analysis_free(&analysis);
}

static void test_blocks(void **state) {
  struct joust_analysis analysis;
  (void)state;
  make(&analysis, &(struct joust_analysis_options){0});
  const struct joust_comparison *by_problem = &analysis.comparison;
  assert_int_equal(by_problem->blocks, JOUST_BLOCKS_PROBLEMS);
  assert_int_equal(by_problem->k, 3);
  assert_int_equal(by_problem->n_blocks, 2);
  assert_int_equal(by_problem->optimisers[0], place(&analysis, A));
  assert_int_equal(by_problem->optimisers[2], place(&analysis, RANDOM));
  NEAR(by_problem->test.chi2, 4);
  NEAR(by_problem->test.agreement, 1);
  NEAR(by_problem->mean_ranks[2], 3);
  joust_analysis_free(&analysis);
  struct joust_store *store = open_store(JOUST_STORE_READ);
  struct joust_analysis_options options = {.blocks = JOUST_BLOCKS_RUNS};
  assert_ok(joust_analysis_make(&analysis, store, &options, &store_error));
  assert_int_equal(analysis.comparison.n_blocks, 4); /* rows that all three have: 3 and 1 */
  NEAR(analysis.comparison.mean_ranks[0], (1 + 1 + 1 + 1.5) / 4);
  assert_int_equal(analysis.comparison.pairs[1].n, 4);
  joust_store_close(store);
  joust_analysis_free(&analysis);
}

static void test_nothing_in_the_store(void **state) {
  struct joust_analysis analysis;
  struct store_ids ids;
  (void)state;
  struct joust_store *store = open_store(JOUST_STORE_WRITE);
  put_ids(store, &ids);
  analyse(&analysis, store, &(struct joust_analysis_options){.replicates = 100});
  assert_int_equal(analysis.n_contests, 0);
  assert_int_equal(analysis.comparison.k, 0);
  assert_false(analysis.overall[JOUST_AXIS_TRIALS].there);
  joust_analysis_free(&analysis);
}

static void test_all_failed(void **state) {
  struct joust_analysis analysis;
  struct store_ids ids;
  const double failed[3] = {NAN, NAN, NAN};
  (void)state;
  struct joust_store *store = open_store(JOUST_STORE_WRITE);
  put_ids(store, &ids);
  struct made_run run = {.optimiser = ids.optimiser, .replicate = 1, .budget = 3, .n = 3, .values = failed};
  run.problem = put_problem(store, "up", "maximise", "10", true);
  put_made_run(store, &ids, &run); /* complete, but without a value */
  run.replicate = 2;
  run.state = JOUST_RUN_BROKEN;
  put_made_run(store, &ids, &run);
  analyse(&analysis, store, &(struct joust_analysis_options){.replicates = 100});
  assert_int_equal(analysis.n_contests, 1);
  assert_int_equal(analysis.n_ranked, 0);
  assert_true(analysis.contests[0].nothing);
  assert_int_equal(analysis.contests[0].cells[0].valueless, 1);
  assert_int_equal(analysis.contests[0].cells[0].failures.items[0].trials, 6);
  assert_true(isnan(analysis.contests[0].cells[0].rank));
  assert_int_equal(analysis.comparison.k, 0);
  joust_analysis_free(&analysis);
}

/* One optimiser, one seed, everywhere the same value: nothing to tell apart, and no division by zero. */
static void test_ties_everywhere(void **state) {
  struct joust_analysis analysis;
  struct store_ids ids;
  (void)state;
  struct joust_store *store = open_store(JOUST_STORE_WRITE);
  put_ids(store, &ids);
  int64_t up = put_problem(store, "up", "maximise", "7", true), random = put_optimiser(store, "random");
  put_values(store, &ids, up, ids.optimiser, 1, 7, 7);
  put_values(store, &ids, up, random, 1, 7, 7);
  analyse(&analysis, store, &(struct joust_analysis_options){.replicates = 100});
  const struct joust_contest *contest = &analysis.contests[0];
  NEAR(contest->cells[0].rank, 1.5);
  NEAR(contest->scale, 1);
  assert_true(isnan(contest->least));
  assert_int_equal(contest->n_targets, 1);
  NEAR(contest->cells[0].best_share, 0.5);
  assert_true(isnan(contest->cells[0].score));
  NEAR(contest->cells[0].curves[0].mean[9], 0);
  assert_true(isnan(contest->cells[0].curves[0].mean_upper[9])); /* one run has no spread */
  assert_true(isnan(contest->cells[0].mean_lower) && isnan(contest->cells[0].mean_upper));
  NEAR(contest->cells[0].area[0], 1);
  assert_int_equal(analysis.comparison.blocks, JOUST_BLOCKS_RUNS);
  joust_analysis_free(&analysis);
}

/* Limits by cost, and two budgets of one problem. */
static void test_axes_end_at_the_budget(void **state) {
  struct joust_analysis analysis;
  struct store_ids ids;
  const double values[6] = {1, 2, 3, 4, 5, 6};
  (void)state;
  struct joust_store *store = open_store(JOUST_STORE_WRITE);
  put_ids(store, &ids);
  struct made_run run = {.optimiser = ids.optimiser, .replicate = 1, .cost_budget = 13, .n = 6, .values = values};
  run.problem = put_problem(store, "up", "maximise", "7", true);
  put_made_run(store, &ids, &run);
  run.cost_budget = 7;
  run.n = 3;
  put_made_run(store, &ids, &run);
  analyse(&analysis, store, &(struct joust_analysis_options){0});
  assert_int_equal(analysis.n_contests, 2);
  assert_string_equal(analysis.contests[0].label, "up (cost 7)");
  assert_int_equal(analysis.contests[1].main_axis, JOUST_AXIS_COST);
  NEAR(analysis.contests[1].axes[JOUST_AXIS_COST].end, 13);
  NEAR(analysis.contests[1].axes[JOUST_AXIS_TRIALS].end, 6);
  assert_true(analysis.overall[JOUST_AXIS_COST].share);
  uint32_t last = analysis.contests[1].axes[JOUST_AXIS_COST].points - 1;
  NEAR(analysis.contests[1].axes[JOUST_AXIS_COST].at[last], 13);
  NEAR(analysis.overall[JOUST_AXIS_COST].at[last], 1);
  assert_int_equal(analysis.contests[0].cells[0].curves[JOUST_AXIS_COST].running[0], 1);
  assert_int_equal(analysis.contests[0].cells[0].curves[JOUST_AXIS_COST].running[last], 0);
  joust_analysis_free(&analysis);
}

/* Runs at several budgets are one problem: the largest at which the most optimisers met counts. */
static void test_budgets_are_no_problems(void **state) {
  struct joust_analysis analysis;
  struct store_ids ids;
  (void)state;
  struct joust_store *store = open_store(JOUST_STORE_WRITE);
  put_ids(store, &ids);
  int64_t up = put_problem(store, "up", "maximise", "10", false), a = put_optimiser(store, "a"),
          b = put_optimiser(store, "b"), other = put_problem(store, "other", "maximise", "10", false);
  for (uint32_t n = 1; n <= 6; n++) {
    const double low[6] = {1, 2, 3, 4, 5, 6}, high[6] = {2, 3, 4, 5, 6, 7};
    struct made_run run = {.problem = up, .optimiser = a, .replicate = 1, .budget = n, .n = n, .values = high};
    put_made_run(store, &ids, &run);
    run.optimiser = b;
    run.values = low;
    if (n < 6) put_made_run(store, &ids, &run); /* at 6 trials a is alone */
    if (n != 4) continue;
    run.problem = other;
    put_made_run(store, &ids, &run);
    run.optimiser = a;
    put_made_run(store, &ids, &run); /* a tie */
  }
  analyse(&analysis, store, &(struct joust_analysis_options){0});
  assert_int_equal(analysis.n_contests, 7);
  assert_int_equal(analysis.n_ranked, 2);
  for (uint32_t c = 0; c < analysis.n_contests; c++)
    assert_int_equal(analysis.contests[c].ranked, strcmp(analysis.contests[c].label, "up (5 trials)") == 0 ||
                                                      strcmp(analysis.contests[c].label, "other") == 0);
  assert_int_equal(analysis.comparison.n_blocks, 2);
  NEAR(analysis.comparison.mean_ranks[0], 1.25);
  NEAR(analysis.optimisers[0].mean_rank, 1.25);
  NEAR(analysis.mean_ranks[1], 1.75);
  assert_int_equal(analysis.comparison.pairs[1].wins, 1);
  const struct joust_overall *overall = &analysis.overall[JOUST_AXIS_TRIALS];
  NEAR(overall->rank[(overall->points - 1) * analysis.n_optimisers], 1.25);
  joust_analysis_free(&analysis);
  store = open_store(JOUST_STORE_READ);
  assert_ok(joust_analysis_make(&analysis, store, &(struct joust_analysis_options){.blocks = JOUST_BLOCKS_RUNS},
                                &store_error));
  assert_int_equal(analysis.comparison.n_blocks, 2);
  joust_store_close(store);
  joust_analysis_free(&analysis);
}

/* An optimiser that has no runs on some problem pushes nobody down in what is over all problems. */
static void test_mean_ranks_are_one_number(void **state) {
  struct joust_analysis analysis;
  struct store_ids ids;
  (void)state;
  struct joust_store *store = open_store(JOUST_STORE_WRITE);
  put_ids(store, &ids);
  int64_t p = put_problem(store, "p", "maximise", "10", false), q = put_problem(store, "q", "maximise", "10", false);
  int64_t a = put_optimiser(store, "a"), b = put_optimiser(store, "b"), guest = put_optimiser(store, "guest");
  put_values(store, &ids, p, a, 1, 1, 8);
  put_values(store, &ids, p, b, 1, 1, 7);
  put_values(store, &ids, p, guest, 1, 1, 9); /* the best, here only */
  put_values(store, &ids, q, a, 1, 1, 6);
  put_values(store, &ids, q, b, 1, 1, 7);
  analyse(&analysis, store, &(struct joust_analysis_options){0});
  const struct joust_overall *overall = &analysis.overall[JOUST_AXIS_TRIALS];
  NEAR(find_contest(&analysis, "p")->cells[0].rank, 2); /* behind the guest, on this problem */
  for (uint32_t i = 0; i < 2; i++) {
    uint32_t o = analysis.comparison.optimisers[i];
    NEAR(analysis.comparison.mean_ranks[i], 1.5);
    NEAR(analysis.optimisers[o].mean_rank, 1.5);
    NEAR(analysis.mean_ranks[o], 1.5);
    NEAR(overall->rank[(overall->points - 1) * analysis.n_optimisers + o], 1.5);
  }
  assert_true(isnan(analysis.mean_ranks[3])); /* a, b, ea, guest */
  assert_true(isnan(analysis.optimisers[3].mean_rank));
  assert_true(isnan(overall->rank[3]));
  joust_analysis_free(&analysis);
}

static void look_at(struct joust_analysis *analysis, double budget, bool by_cost) {
  struct joust_store *store = open_store(JOUST_STORE_READ);
  struct joust_analysis_options options = {.checkpoints = {&budget, 1, by_cost}, .ranks_only = true};
  assert_ok(joust_analysis_make(analysis, store, &options, &store_error));
  joust_store_close(store);
}

/* Nothing stands at a cost where none is measured, and what stands beyond the end says so. */
static void test_checkpoints_that_are_not_there(void **state) {
  struct joust_analysis analysis;
  (void)state;
  make(&analysis, &(struct joust_analysis_options){0});
  joust_analysis_free(&analysis);
  look_at(&analysis, 5, true);
  uint32_t a = place(&analysis, A);
  const struct joust_contest *up = find_contest(&analysis, "up"), *down = find_contest(&analysis, "down");
  assert_string_equal(joust_checkpoint_note(&analysis, up, 0), " (no cost is measured)");
  assert_true(isnan(joust_analysis_estimate(&analysis, up, a, 0, 0).mean));
  assert_true(isnan(up->ranks[a]));
  assert_true(isnan(analysis.mean_ranks[a]));
  assert_string_equal(joust_checkpoint_note(&analysis, down, 0), "");
  NEAR(joust_analysis_estimate(&analysis, down, a, 0, 0).mean, 9);
  joust_analysis_free(&analysis);
  look_at(&analysis, 11, false);
  assert_string_equal(joust_checkpoint_note(&analysis, find_contest(&analysis, "up"), 0), " (all runs had ended)");
  joust_analysis_free(&analysis);
  look_at(&analysis, 10, false);
  assert_string_equal(joust_checkpoint_note(&analysis, find_contest(&analysis, "up"), 0), "");
  joust_analysis_free(&analysis);
}

#define store_test(test) cmocka_unit_test_setup_teardown(test, make_store_folder, remove_store_folder)

int main(void) {
  const struct CMUnitTest tests[] = {
      store_test(test_runs_are_counted),
      store_test(test_failed_runs_count_as_the_worst),
      store_test(test_ranks),
      store_test(test_curves),
      store_test(test_pairs),
      store_test(test_blocks),
      store_test(test_nothing_in_the_store),
      store_test(test_all_failed),
      store_test(test_ties_everywhere),
      store_test(test_axes_end_at_the_budget),
      store_test(test_budgets_are_no_problems),
      store_test(test_mean_ranks_are_one_number),
      store_test(test_checkpoints_that_are_not_there),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
