/* Which run is next, and how the optimisers stand: on plans of two problems and three optimisers, the last of which
 * waits on a network. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "sweep/order.h"
#include "sweep/standing.h"

enum { PROBLEMS = 2, OPTIMISERS = 3, REPLICATES = 4, RUNS = PROBLEMS * OPTIMISERS * REPLICATES };

static struct joust_planned_optimiser optimisers[OPTIMISERS] = {
    {.flags = 0}, {.flags = 0}, {.flags = JOUST_NEEDS_NETWORK}};
static struct joust_planned_run runs[RUNS];
static struct joust_plan plan = {
    .optimisers = optimisers, .runs = runs, .n_problems = PROBLEMS, .n_optimisers = OPTIMISERS, .n_runs = RUNS};
static struct joust_order order;

static int set_up(void **state) {
  (void)state;
  joust_order_make(&order, &plan);
  for (uint32_t i = 0; i < RUNS; i++) {
    runs[i] = (struct joust_planned_run){.problem = i / (OPTIMISERS * REPLICATES),
                                         .optimiser = i / REPLICATES % OPTIMISERS,
                                         .replicate = i % REPLICATES + 1};
    joust_order_add(&order, i);
  }
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  joust_order_free(&order);
  return 0;
}

static size_t run_of(uint32_t problem, uint32_t optimiser, uint32_t replicate) {
  return (problem * OPTIMISERS + optimiser) * REPLICATES + replicate - 1;
}

static void all_runs_are_given_out_once(void **state) {
  (void)state;
  bool given[RUNS] = {false};
  size_t run, last[2] = {JOUST_NO_RUN, JOUST_NO_RUN};
  for (int network = 0; network < 2; network++)
    while ((run = joust_order_next(&order, network, last[network], 0)) != JOUST_NO_RUN) {
      assert_false(given[run]);
      assert_int_equal(joust_order_network(&plan, run), network);
      given[run] = true;
      last[network] = run;
      joust_order_learn(&order, run, 1);
      joust_order_over(&order, run);
    }
  for (int i = 0; i < RUNS; i++) assert_true(given[i]);
  assert_int_equal(order.left[0] + order.left[1], 0);
}

static void runs_wait_for_those_that_they_start_from(void **state) {
  (void)state;
  static const struct joust_optimiser type;
  optimisers[1].start.type = &type; /* from optimiser 0 */
  size_t run;
  for (int i = 0; i < 2 * REPLICATES; i++) {
    run = joust_order_next(&order, false, JOUST_NO_RUN, 0);
    assert_int_equal(runs[run].optimiser, 0);
  }
  assert_int_equal(joust_order_next(&order, false, JOUST_NO_RUN, 0), JOUST_NO_RUN);
  for (uint32_t i = 1; i <= REPLICATES; i++) joust_order_over(&order, run_of(0, 0, i));
  assert_int_equal(joust_order_next(&order, false, run, 0), run_of(0, 1, 1)); /* those of problem 1 wait */
  optimisers[1].start.type = NULL;
}

static void what_is_unknown_goes_first_then_the_longest(void **state) {
  (void)state;
  joust_order_learn(&order, run_of(0, 0, 1), 5);
  joust_order_learn(&order, run_of(0, 1, 1), 9);
  size_t a = joust_order_next(&order, false, JOUST_NO_RUN, 100), b = joust_order_next(&order, false, JOUST_NO_RUN, 100);
  assert_int_equal(a, run_of(1, 0, 1)); /* unknown, both */
  assert_int_equal(b, run_of(1, 1, 1));
  assert_int_equal(joust_order_next(&order, false, JOUST_NO_RUN, 101),
                   run_of(0, 1, 1)); /* 9 s, the others 1 s as yet */
  assert_int_equal(joust_order_next(&order, false, JOUST_NO_RUN, 110),
                   run_of(1, 0, 2)); /* already under way for 10 s */
  joust_order_learn(&order, a, 1);
  joust_order_learn(&order, b, 20);
  assert_int_equal(joust_order_next(&order, false, JOUST_NO_RUN, 121), run_of(1, 1, 2));
}

static void a_worker_stays_unless_another_group_is_clearly_longer(void **state) {
  (void)state;
  joust_order_learn(&order, run_of(0, 0, 1), 10);
  joust_order_learn(&order, run_of(0, 1, 1), 14);
  joust_order_learn(&order, run_of(1, 0, 1), 16);
  joust_order_learn(&order, run_of(1, 1, 1), 1);
  assert_int_equal(joust_order_next(&order, false, run_of(0, 1, 1), 0), run_of(0, 1, 1)); /* 16 is not much more */
  assert_int_equal(joust_order_next(&order, false, run_of(0, 0, 1), 0), run_of(1, 0, 1)); /* 16 against 10 is */
}

static void a_run_that_is_tried_again_comes_first_of_its_group(void **state) {
  (void)state;
  size_t run = joust_order_next(&order, true, JOUST_NO_RUN, 0);
  joust_order_over(&order, run);
  size_t left = order.left[1];
  joust_order_again(&order, run);
  assert_int_equal(order.left[1], left + 1);
  assert_int_equal(joust_order_next(&order, true, run, 0), run);
}

static void the_time_left_is_that_of_the_slower_side(void **state) {
  (void)state;
  assert_true(isnan(joust_order_seconds_left(&order, 2, 8)));
  for (uint32_t p = 0; p < PROBLEMS; p++)
    for (uint32_t o = 0; o < 2; o++) joust_order_learn(&order, run_of(p, o, 1), 10);
  assert_true(isnan(joust_order_seconds_left(&order, 2, 8))); /* those say nothing about the network */
  for (uint32_t p = 0; p < PROBLEMS; p++) joust_order_learn(&order, run_of(p, 2, 1), 100);
  /* 16 runs of 10 s, and 8 of 100 s */
  assert_true(joust_order_seconds_left(&order, 2, 8) == 100);
  assert_true(joust_order_seconds_left(&order, 1, 8) == 160);
  assert_true(joust_order_seconds_left(&order, 1, 1) == 800);
}

static void ranks_are_means_over_problems(void **state) {
  (void)state;
  struct joust_standing standing;
  double ranks[OPTIMISERS];
  joust_standing_make(&standing, &plan);
  assert_int_equal(joust_standing_ranks(&standing, ranks), 0);
  static const double best[PROBLEMS][OPTIMISERS] = {{1, 3, 2}, {5, 5, INFINITY}};
  for (uint32_t p = 0; p < PROBLEMS; p++)
    for (uint32_t o = 0; o < OPTIMISERS; o++) {
      if (p == 1 && o == 2) assert_int_equal(joust_standing_ranks(&standing, ranks), 1); /* the other is not ready */
      joust_standing_add(&standing, &runs[run_of(p, o, 1)], best[p][o]);
    }
  assert_int_equal(joust_standing_ranks(&standing, ranks), 2);
  assert_true(ranks[0] == (1 + 1.5) / 2 && ranks[1] == (3 + 1.5) / 2 && ranks[2] == (2 + 3.0) / 2);
  joust_standing_add(&standing, &runs[run_of(0, 0, 2)], 9); /* a mean of 5 now */
  joust_standing_ranks(&standing, ranks);
  assert_true(ranks[0] == (3 + 1.5) / 2 && ranks[1] == (2 + 1.5) / 2 && ranks[2] == (1 + 3.0) / 2);
  joust_standing_free(&standing);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(all_runs_are_given_out_once, set_up, tear_down),
      cmocka_unit_test_setup_teardown(runs_wait_for_those_that_they_start_from, set_up, tear_down),
      cmocka_unit_test_setup_teardown(what_is_unknown_goes_first_then_the_longest, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_worker_stays_unless_another_group_is_clearly_longer, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_run_that_is_tried_again_comes_first_of_its_group, set_up, tear_down),
      cmocka_unit_test_setup_teardown(the_time_left_is_that_of_the_slower_side, set_up, tear_down),
      cmocka_unit_test_setup_teardown(ranks_are_means_over_problems, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
