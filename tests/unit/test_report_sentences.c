/* What a report says in words, for every shape of store. */
#include "report/sentences.h"
#include "report_fixture.h"

enum { MOST_OPTIMISERS = 5 };

struct shape {
  uint32_t problems, optimisers, seeds;
  double (*value)(uint32_t problem, uint32_t optimiser, uint32_t seed); /* of the second trial; NaN: fails */
  bool broken;                                                          /* all runs */
  enum joust_blocks blocks;
};

/* Makes the store of a shape ("p1" with cost ..., optimisers a, b, c, d, random) and says what it says. */
static void say(struct joust_sentences *sentences, const struct shape *shape) {
  static const char *const labels[MOST_OPTIMISERS] = {"a", "b", "c", "d", "random"};
  struct joust_store *store = open_store(JOUST_STORE_WRITE);
  struct store_ids ids;
  struct joust_analysis analysis;
  put_ids(store, &ids);
  for (uint32_t p = 0; p < shape->problems; p++) {
    char label[16];
    snprintf(label, sizeof label, "p%u", p + 1);
    int64_t problem = put_problem(store, label, "maximise", "10", false);
    for (uint32_t o = 0; o < shape->optimisers; o++) {
      int64_t optimiser = put_optimiser(store, labels[o]);
      for (uint32_t r = 0; r < shape->seeds; r++) {
        double value = shape->value(p, o, r), values[2] = {isnan(value) ? NAN : 0, value};
        struct made_run run = {.problem = problem,
                               .optimiser = optimiser,
                               .replicate = r + 1,
                               .budget = 2,
                               .n = 2,
                               .values = values,
                               .state = shape->broken ? JOUST_RUN_BROKEN : JOUST_RUN_COMPLETE,
                               .reason = shape->broken ? "it crashed" : ""};
        put_made_run(store, &ids, &run);
      }
    }
  }
  analyse(&analysis, store, &(struct joust_analysis_options){.blocks = shape->blocks});
  joust_sentences_make(sentences, &analysis);
  joust_analysis_free(&analysis);
  assert_null(strstr(sentences->summary, "nan"));
  assert_null(strstr(sentences->summary, "inf"));
  assert_null(strstr(sentences->summary, "0.000)")); /* a p */
  assert_null(strstr(sentences->summary, "no difference"));
}

static void assert_says(const struct joust_sentences *sentences, const char *words) {
  if (!strstr(sentences->summary, words)) fail_msg("\"%s\" lacks \"%s\"", sentences->summary, words);
}

static void assert_notes(const struct joust_sentences *sentences, const char *words) {
  for (size_t i = 0; i < sentences->n_notes; i++)
    if (strstr(sentences->notes[i], words)) return;
  for (size_t i = 0; i < sentences->n_notes; i++) print_message("- %s\n", sentences->notes[i]);
  fail_msg("no note says \"%s\"", words);
}

static double in_order(uint32_t problem, uint32_t optimiser, uint32_t seed) {
  (void)problem;
  return 9 - optimiser + 0.01 * seed;
}

static double a_b_alike(uint32_t problem, uint32_t optimiser, uint32_t seed) {
  if (optimiser < 2) return 8 + 0.1 * ((problem + optimiser) % 2) + 0.01 * seed;
  return 5 - optimiser + 0.01 * seed;
}

static double equal(uint32_t problem, uint32_t optimiser, uint32_t seed) {
  (void)problem, (void)optimiser, (void)seed;
  return 5;
}

static double failing(uint32_t problem, uint32_t optimiser, uint32_t seed) {
  (void)problem, (void)optimiser, (void)seed;
  return NAN;
}

static double b_fails_once(uint32_t problem, uint32_t optimiser, uint32_t seed) {
  return problem == 0 && optimiser == 1 && seed == 0 ? NAN : in_order(problem, optimiser, seed);
}

static void test_a_clear_winner(void **state) {
  struct joust_sentences s;
  (void)state;
  say(&s, &(struct shape){.problems = 8, .optimisers = 5, .seeds = 10, .value = in_order});
  assert_says(
      &s, "Over 8 problems (p1, p2, p3, p4, p5, p6, p7 and p8), with 2 trials a run and 10 seeds, a ranks first of 5 "
          "optimisers (mean rank 1.00), before b (2.00), c (3.00), d (4.00) and random (5.00).");
  assert_says(&s, "from random search (0) to the best value known (100), a scores");
  assert_says(&s, "With problems as blocks (n = 8, each the mean over its seeds), the optimisers differ (Friedman's "
                  "test, exact: χ² = 32.00, p < 0.001).");
  assert_says(&s,
              "a is better than d and random, b is better than random; the data do not separate a from b and c, nor b "
              "from c and d, nor c from d and random, nor d from random.");
  assert_notes(&s, "problems would separate a from b (there are 8)");
  joust_sentences_free(&s);
}

static void test_two_that_are_alike(void **state) {
  struct joust_sentences s;
  (void)state;
  say(&s, &(struct shape){.problems = 10, .optimisers = 4, .seeds = 3, .value = a_b_alike});
  assert_says(&s,
              "a and b share the first rank among 4 optimisers (mean rank 1.50 each), before c (3.00) and d (4.00).");
  assert_says(&s, "(Friedman's test, exact: χ² = ");
  assert_says(&s, ", p < 0.001)");
  assert_notes(
      &s, "3 seeds are too few for a significant difference on a single problem: with 4 optimisers the signed-rank "
          "test with Holm's correction needs at least 8.");
  joust_sentences_free(&s);
}

static void test_one_problem(void **state) {
  struct joust_sentences s;
  (void)state;
  say(&s, &(struct shape){.problems = 1, .optimisers = 3, .seeds = 30, .value = in_order});
  assert_says(
      &s,
      "On p1, with 2 trials a run and 30 seeds, a ranks first of 3 optimisers (mean rank over seeds 1.00), before b");
  assert_says(&s, "The mean score at the end is 9.1450 for a, 8.1450 for b and 7.1450 for c (best known: 10.0000).");
  assert_says(&s, "With seeds as blocks (n = 30), ");
  assert_says(&s, "a is better than b and c, b is better than c.");
  assert_notes(&s, "One problem says nothing about others");
  joust_sentences_free(&s);
}

static void test_one_seed(void **state) {
  struct joust_sentences s;
  (void)state;
  say(&s, &(struct shape){.problems = 1, .optimisers = 2, .seeds = 1, .value = in_order});
  assert_says(&s, "and 1 seed, a ranks first");
  assert_says(&s, "With a single seed no test can be made: this ranking may be chance.");
  assert_notes(&s, "1 seed is too few for");
  joust_sentences_free(&s);
}

static void test_few_problems(void **state) {
  struct joust_sentences s;
  (void)state;
  say(&s, &(struct shape){.problems = 2, .optimisers = 4, .seeds = 30, .value = in_order});
  assert_notes(&s, "2 problems are too few for any claim about ranks: at least 3 are needed before Friedman's test and "
                   "Nemenyi's can separate even the first of 4 optimisers from the last.");
  joust_sentences_free(&s);
}

/* Blocks that all agree are no evidence where there are too few: verdict, p, pairs and notes say the same. */
static void test_few_blocks_that_agree(void **state) {
  struct joust_sentences s;
  (void)state;
  say(&s, &(struct shape){.problems = 1, .optimisers = 2, .seeds = 4, .value = in_order});
  assert_says(&s, "no evidence that the optimisers differ (Friedman's test, exact: χ² = 4.00, p = 0.125). No pair is "
                  "separated");
  assert_notes(&s, "4 seeds are too few for any claim about ranks: at least 6 are needed before Friedman's test and "
                   "Nemenyi's can separate two optimisers.");
  joust_sentences_free(&s);
}

static void test_few_pairs_of_problem_and_seed(void **state) {
  struct joust_sentences s;
  (void)state;
  say(&s, &(struct shape){.problems = 2, .optimisers = 4, .seeds = 1, .value = in_order, .blocks = JOUST_BLOCKS_RUNS});
  assert_notes(&s, "2 problem-seed pairs are too few for any claim about ranks: at least 3 are needed");
  joust_sentences_free(&s);
}

static void test_runs_as_blocks(void **state) {
  struct joust_sentences s;
  (void)state;
  say(&s, &(struct shape){.problems = 3, .optimisers = 3, .seeds = 10, .value = in_order, .blocks = JOUST_BLOCKS_RUNS});
  assert_says(&s, "With problem-seed pairs as blocks (n = 30), ");
  assert_says(&s, "(mean rank over problem-seed pairs 1.00)");
  assert_notes(&s, "about new seeds on these problems");
  joust_sentences_free(&s);
}

static void test_one_optimiser(void **state) {
  struct joust_sentences s;
  (void)state;
  say(&s, &(struct shape){.problems = 2, .optimisers = 1, .seeds = 2, .value = in_order});
  assert_says(&s,
              "a is the only optimiser, so there is nothing to compare it with. It reached 9.0050 ± 0.0071 on p1 and "
              "9.0050 ± 0.0071 on p2");
  joust_sentences_free(&s);
}

static void test_ties(void **state) {
  struct joust_sentences s;
  (void)state;
  say(&s, &(struct shape){.problems = 4, .optimisers = 3, .seeds = 5, .value = equal});
  assert_says(&s, "a, b and c all share one rank: 3 optimisers with mean rank 2.00 each.");
  assert_says(&s, "no evidence that the optimisers differ (Friedman's test, exact: χ² = 0.00, p > 0.999). No "
                  "pair is separated, which is not to say that they are equal.");
  joust_sentences_free(&s);
}

static void test_nothing(void **state) {
  struct joust_sentences s;
  (void)state;
  say(&s, &(struct shape){.problems = 1, .optimisers = 1, .seeds = 0, .value = equal});
  assert_string_equal(s.summary, "The store holds no runs, so there is nothing to report yet.");
  assert_int_equal(s.n_notes, 0);
  joust_sentences_free(&s);
}

static void test_all_broken(void **state) {
  struct joust_sentences s;
  (void)state;
  say(&s, &(struct shape){.problems = 2, .optimisers = 2, .seeds = 3, .value = failing, .broken = true});
  assert_says(&s, "No run reached a value: 12 of 12 failed. There is nothing to compare");
  joust_sentences_free(&s);
}

static void test_no_trial_succeeded(void **state) {
  struct joust_sentences s;
  (void)state;
  say(&s, &(struct shape){.problems = 1, .optimisers = 2, .seeds = 1, .value = failing});
  assert_says(&s, "No run reached a value: in the 2 complete ones no trial succeeded.");
  assert_notes(&s, "4 trials failed: they are part of the budget and give no value");
  joust_sentences_free(&s);
}

static void test_one_failure(void **state) {
  struct joust_sentences s;
  (void)state;
  say(&s, &(struct shape){.problems = 4, .optimisers = 3, .seeds = 5, .value = b_fails_once});
  assert_notes(&s, "1 run of 60 failed. It counts in every comparison as worse than any value");
  assert_notes(&s, "2 trials failed");
  joust_sentences_free(&s);
}

static double a_random_b_failing(uint32_t problem, uint32_t optimiser, uint32_t seed) {
  return optimiser == 1 ? NAN : in_order(problem, optimiser, seed);
}

/* Whose runs all failed has no value and no score, not those of the worst or of random search. */
static void test_one_that_always_fails(void **state) {
  struct joust_sentences s;
  (void)state;
  say(&s, &(struct shape){.problems = 2, .optimisers = 5, .seeds = 3, .value = a_random_b_failing});
  assert_says(&s, "random 0.0 and b nothing, as no run of it reached a value.");
  joust_sentences_free(&s);
}

static void test_none_where_all_failed(void **state) {
  struct joust_sentences s;
  (void)state;
  say(&s, &(struct shape){.problems = 1, .optimisers = 2, .seeds = 3, .value = a_random_b_failing});
  assert_says(&s, "The mean score at the end is 9.0100 for a and none for b");
  joust_sentences_free(&s);
}

/* An optimiser that was done at once is named, though it is in no contest. */
static void test_one_that_proposes_nothing(void **state) {
  struct joust_sentences s;
  struct joust_analysis analysis;
  struct store_ids ids;
  const double values[2] = {1, 2};
  (void)state;
  struct joust_store *store = open_store(JOUST_STORE_WRITE);
  put_ids(store, &ids);
  struct made_run run = {.optimiser = put_optimiser(store, "random"), .budget = 2, .n = 2, .values = values};
  run.problem = put_problem(store, "p", "maximise", "10", false);
  run.replicate = 1;
  put_made_run(store, &ids, &run);
  run.optimiser = put_optimiser(store, "lazy");
  run.n = 0;
  put_made_run(store, &ids, &run);
  analyse(&analysis, store, &(struct joust_analysis_options){0});
  joust_sentences_make(&s, &analysis);
  joust_analysis_free(&analysis);
  assert_notes(&s, "lazy made no trial in 1 run: it was done before it proposed anything");
  joust_sentences_free(&s);
}

static void test_p(void **state) {
  char p[JOUST_P_SIZE];
  (void)state;
  assert_string_equal(joust_p_text(p, 0), "p < 0.001");
  assert_string_equal(joust_p_text(p, 0.00099), "p < 0.001");
  assert_string_equal(joust_p_text(p, 0.001), "p = 0.001");
  assert_string_equal(joust_p_text(p, 0.0496), "p = 0.050");
  assert_string_equal(joust_p_text(p, 1), "p > 0.999");
  assert_string_equal(joust_p_text(p, NAN), "p not defined");
}

#define store_test(test) cmocka_unit_test_setup_teardown(test, make_store_folder, remove_store_folder)

int main(void) {
  const struct CMUnitTest tests[] = {
      store_test(test_a_clear_winner),
      store_test(test_two_that_are_alike),
      store_test(test_one_problem),
      store_test(test_one_seed),
      store_test(test_few_problems),
      store_test(test_few_blocks_that_agree),
      store_test(test_few_pairs_of_problem_and_seed),
      store_test(test_runs_as_blocks),
      store_test(test_one_optimiser),
      store_test(test_ties),
      store_test(test_nothing),
      store_test(test_all_broken),
      store_test(test_no_trial_succeeded),
      store_test(test_one_failure),
      store_test(test_one_that_always_fails),
      store_test(test_none_where_all_failed),
      store_test(test_one_that_proposes_nothing),
      cmocka_unit_test(test_p),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
