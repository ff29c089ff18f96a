/* The evaluator nk: its landscapes against values computed by another implementation of the description in landscape.h,
 * its optima against exhaustive search, and every error it can give. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <joust/util.h>

#include "exact.h"
#include "landscape.h"

/* ---- a host, and an instance in it ------------------------------------------------------------------------------ */

static char last_error[500];
static int n_logged;

static void take_error(const struct joust_host *host, const char *message) {
  (void)host;
  snprintf(last_error, sizeof last_error, "%s", message);
}

static void take_log(const struct joust_host *host, int32_t level, const char *line) {
  (void)host;
  assert_int_equal(level, JOUST_LOG_INFO);
  assert_non_null(strstr(line, "rank"));
  n_logged++;
}

static const struct joust_host host = {
    .struct_size = sizeof host, .abi_minor = JOUST_ABI_MINOR, .name = "test", .set_error = take_error, .log = take_log};

static const char *const both_metrics[] = {"fitness", "rank"};

struct problem {
  int64_t n, k, choices, seed, neighbours;
  const struct joust_space *space;
  uint32_t n_metrics; /* the first of both_metrics */
};

struct instance {
  union joust_arg args[5];
  struct joust_evaluator_setup setup;
  const struct joust_evaluator *evaluator;
  const struct joust_space *space;
  void *self;
};

static joust_status make(struct instance *instance, const struct problem *problem) {
  const int64_t given[] = {problem->n, problem->k, problem->choices, problem->seed, problem->neighbours};
  memset(instance, 0, sizeof *instance);
  for (int i = 0; i < 5; i++) instance->args[i].i = given[i];
  instance->evaluator = joust_plugin_1.evaluators[0];
  instance->setup = (struct joust_evaluator_setup){.struct_size = sizeof instance->setup,
                                                   .n_metrics = problem->n_metrics ? problem->n_metrics : 1,
                                                   .space = problem->space,
                                                   .metrics = both_metrics,
                                                   .args = instance->args,
                                                   .folder = "."};
  last_error[0] = '\0';
  joust_status status = instance->evaluator->create(&host, &instance->setup, &instance->self);
  assert_true((status == JOUST_OK) == (instance->self != NULL));
  assert_true((status == JOUST_OK) == (last_error[0] == '\0'));
  if (status == JOUST_OK) instance->space = instance->evaluator->space(instance->self);
  return status;
}

static void drop(struct instance *instance) {
  instance->evaluator->destroy(instance->self);
}

static void measure(struct instance *instance, const double *x, uint32_t n, double *metrics) {
  uint64_t seeds[8] = {0};
  uint8_t outcomes[8] = {0};
  assert_true(n <= 8);
  for (uint32_t i = 0; i < n * instance->setup.n_metrics; i++) metrics[i] = NAN;
  struct joust_evaluation evaluation = {
      .struct_size = sizeof evaluation, .n = n, .seed = seeds, .x = x, .metrics = metrics, .outcome = outcomes};
  assert_int_equal(instance->evaluator->evaluate(instance->self, &evaluation), JOUST_OK);
  for (uint32_t i = 0; i < n; i++) assert_int_equal(outcomes[i], JOUST_TRIAL_OK);
}

/* A point that is easy to make elsewhere: value i of it is (i*i + 1) mod choices. */
static void squares_point(const struct joust_space *space, double *x) {
  for (uint32_t i = 0; i < space->n_parameters; i++) x[i] = (i * i + 1) % space->parameters[i]->n_choices;
}

static double fitness_at_squares(struct instance *instance) {
  double x[NK_MAX_LOCI], fitness;
  squares_point(instance->space, x);
  measure(instance, x, 1, &fitness);
  return fitness;
}

static void fails(const struct problem *problem, joust_status expected, const char *message) {
  struct instance instance;
  assert_int_equal(make(&instance, problem), expected);
  assert_string_equal(last_error, message);
}

/* ---- the plugin's table ----------------------------------------------------------------------------------------- */

static void the_table_is_complete(void **state) {
  (void)state;
  assert_int_equal(joust_plugin_1.n_evaluators, 1);
  assert_int_equal(joust_plugin_1.n_optimisers, 0);
  const struct joust_evaluator *evaluator = joust_plugin_1.evaluators[0];
  assert_string_equal(evaluator->id, "nk");
  assert_true(evaluator->flags & JOUST_INSTANT);
  const char *const names[] = {"n", "k", "choices", "seed", "neighbours"};
  assert_int_equal(evaluator->n_options, 5);
  for (uint32_t i = 0; i < 5; i++) {
    assert_string_equal(evaluator->options[i].name, names[i]);
    assert_non_null(evaluator->options[i].fallback);
  }
  evaluator->destroy(NULL);
}

/* ---- landscapes ------------------------------------------------------------------------------------------------- */

/* Computed with a second implementation, in Python, of what landscape.h says. They must never change: results in
 * stores were measured on these landscapes. */
static void landscapes_are_those_of_the_description(void **state) {
  (void)state;
  const struct {
    struct problem problem;
    double fitness;
  } known[] = {
      {{16, 2, 2, 1, NK_ADJACENT, NULL, 0}, 0x1.01973e4p-1},
      {{16, 2, 2, 7, NK_RANDOM, NULL, 0}, 0x1.31a0203a8p-1},
      {{10, 3, 4, INT64_C(9007199254740991), NK_RANDOM, NULL, 0}, 0x1.d05d179733333p-2},
      {{1, 0, 16, 0, NK_ADJACENT, NULL, 0}, 0x1.ef1d4bcap-1},
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    struct instance instance;
    assert_int_equal(make(&instance, &known[i].problem), JOUST_OK);
    assert_true(fitness_at_squares(&instance) == known[i].fitness);
    drop(&instance);
  }
}

static void make_landscape(struct nk_landscape *landscape, uint32_t n, uint32_t k, uint32_t choices,
                           enum nk_neighbours neighbours, uint64_t seed) {
  *landscape = (struct nk_landscape){.n = n, .k = k, .choices = choices, .neighbours = neighbours, .seed = seed};
  assert_int_equal(nk_landscape_make(landscape), JOUST_OK);
}

static void adjacent_neighbours_follow_on_a_ring(void **state) {
  (void)state;
  const uint32_t expected[] = {0, 1, 2, 1, 2, 3, 2, 3, 0, 3, 0, 1};
  struct nk_landscape landscape;
  make_landscape(&landscape, 4, 2, 3, NK_ADJACENT, 5);
  assert_memory_equal(landscape.loci, expected, sizeof expected);
  nk_landscape_free(&landscape);
}

/* Each locus must have k different others, and over all loci each other equally often: with k = 5 of 30, a locus is
 * read 5 times on average with a variance of about 5 * (1 - 5/29). */
static void random_neighbours_are_a_fair_draw(void **state) {
  (void)state;
  enum { N = 30, K = 5, SEEDS = 200 };
  int reads[N] = {0};
  for (uint64_t seed = 0; seed < SEEDS; seed++) {
    struct nk_landscape landscape;
    make_landscape(&landscape, N, K, 2, NK_RANDOM, seed);
    for (uint32_t i = 0; i < N; i++) {
      const uint32_t *row = landscape.loci + i * (K + 1);
      assert_int_equal(row[0], i);
      for (uint32_t j = 1; j <= K; j++) {
        assert_true(row[j] < N && row[j] != i);
        if (j > 1) assert_true(row[j] > row[j - 1]);
        reads[row[j]]++;
      }
    }
    nk_landscape_free(&landscape);
  }
  for (int i = 0; i < N; i++) assert_true(fabs(reads[i] - 5.0 * SEEDS) < 5 * sqrt(5.0 * (1 - 5.0 / 29) * SEEDS));
}

static void contributions_are_uniform(void **state) {
  (void)state;
  enum { BINS = 16 };
  struct nk_landscape landscape;
  make_landscape(&landscape, 64, 9, 2, NK_ADJACENT, 3);
  uint32_t count = 64 * landscape.combinations, bins[BINS] = {0};
  for (uint32_t i = 0; i < count; i++) bins[landscape.contributions[i] / (UINT32_MAX / BINS + 1)]++;
  double expected = (double)count / BINS, chi_square = 0;
  for (int b = 0; b < BINS; b++) chi_square += (bins[b] - expected) * (bins[b] - expected) / expected;
  assert_true(chi_square < 37.7); /* 15 degrees of freedom, p = 0.001 */
  nk_landscape_free(&landscape);
}

static void each_option_makes_another_landscape(void **state) {
  (void)state;
  const struct problem problems[] = {{16, 2, 2, 1, NK_ADJACENT, NULL, 0}, {17, 2, 2, 1, NK_ADJACENT, NULL, 0},
                                     {16, 3, 2, 1, NK_ADJACENT, NULL, 0}, {16, 2, 3, 1, NK_ADJACENT, NULL, 0},
                                     {16, 2, 2, 2, NK_ADJACENT, NULL, 0}, {16, 2, 2, 1, NK_RANDOM, NULL, 0}};
  enum { N = sizeof problems / sizeof *problems };
  struct instance instances[N], again;
  double fitness[N];
  for (int i = 0; i < N; i++) {
    assert_int_equal(make(&instances[i], &problems[i]), JOUST_OK);
    fitness[i] = fitness_at_squares(&instances[i]);
    const struct joust_evaluator *evaluator = instances[i].evaluator;
    const char *print = evaluator->fingerprint(instances[i].self);
    for (int j = 0; j < i; j++) {
      assert_true(fitness[i] != fitness[j]);
      assert_string_not_equal(print, evaluator->fingerprint(instances[j].self));
    }
    assert_int_equal(make(&again, &problems[i]), JOUST_OK);
    assert_true(fitness_at_squares(&again) == fitness[i]);
    assert_string_equal(print, evaluator->fingerprint(again.self));
    drop(&again);
  }
  for (int i = 0; i < N; i++) drop(&instances[i]);
}

static void a_batch_is_its_points(void **state) {
  (void)state;
  struct instance instance;
  assert_int_equal(make(&instance, &(struct problem){6, 2, 3, 4, NK_RANDOM, NULL, 2}), JOUST_OK);
  double x[5 * 6], together[5 * 2], alone[2];
  for (uint32_t i = 0; i < 5; i++) joust_index_point(instance.space, 101 * i, x + 6 * i);
  measure(&instance, x, 5, together);
  for (uint32_t i = 0; i < 5; i++) {
    measure(&instance, x + 6 * i, 1, alone);
    assert_memory_equal(alone, together + 2 * i, sizeof alone);
  }
  drop(&instance);
}

/* ---- optima and ranks ------------------------------------------------------------------------------------------- */

/* Largest and smallest sum by plain counting through all points, and the sums themselves. */
static void plain_search(const struct nk_landscape *landscape, uint64_t *largest, uint64_t *smallest, uint64_t *sums,
                         size_t n_points) {
  *largest = 0;
  *smallest = UINT64_MAX;
  for (size_t point = 0; point < n_points; point++) {
    uint32_t values[NK_MAX_LOCI];
    size_t rest = point;
    for (uint32_t i = 0; i < landscape->n; i++, rest /= landscape->choices)
      values[i] = (uint32_t)(rest % landscape->choices);
    sums[point] = nk_sum(landscape, values);
    if (sums[point] > *largest) *largest = sums[point];
    if (sums[point] < *smallest) *smallest = sums[point];
  }
}

static void check_found(const struct nk_landscape *landscape, const uint32_t *values, uint64_t sum, uint64_t expected) {
  assert_true(sum == expected);
  for (uint32_t i = 0; i < landscape->n; i++) assert_true(values[i] < landscape->choices);
  assert_true(nk_sum(landscape, values) == expected);
}

static void check_ranks(const struct nk_landscape *landscape, const uint64_t *sums, size_t n_points) {
  uint64_t *sorted;
  size_t n_sorted;
  assert_int_equal(nk_sorted_sums(landscape, &sorted, &n_sorted), JOUST_OK);
  assert_int_equal(n_sorted, n_points);
  for (size_t i = 0; i < n_points; i += 1 + n_points / 50) {
    size_t larger = 0;
    for (size_t j = 0; j < n_points; j++) larger += sums[j] > sums[i];
    assert_int_equal(nk_rank(sorted, n_points, sums[i]), larger + 1);
  }
  free(sorted);
}

static void check_landscape(const struct nk_landscape *landscape, size_t n_points) {
  static uint64_t sums[600];
  uint64_t extremes[2], sum;
  uint32_t values[NK_MAX_LOCI];
  plain_search(landscape, &extremes[0], &extremes[1], sums, n_points);
  for (int side = 0; side < 2; side++) {
    int32_t direction = side == 0 ? -1 : 1;
    nk_exhaustive(landscape, direction, values, &sum);
    check_found(landscape, values, sum, extremes[side]);
    assert_int_equal(nk_optimum(landscape, direction, values, &sum), JOUST_OK);
    check_found(landscape, values, sum, extremes[side]);
    if (nk_programming_steps(landscape) == UINT64_MAX) continue;
    assert_int_equal(nk_programming(landscape, direction, values, &sum), JOUST_OK);
    check_found(landscape, values, sum, extremes[side]);
  }
  check_ranks(landscape, sums, n_points);
}

/* Every n, k and number of choices with at most 600 points, both neighbourhoods. Each landscape is then made full of
 * ties by leaving only `levels` different contributions. */
static void both_methods_find_what_plain_search_finds(void **state) {
  (void)state;
  const uint32_t levels[] = {0, 3, 2, 1};
  int checked = 0;
  for (uint32_t choices = 2; choices <= NK_MAX_CHOICES; choices++) {
    size_t n_points = choices;
    for (uint32_t n = 1; n_points <= 600; n++, n_points *= choices) {
      for (uint32_t k = 0; k < n; k++) {
        struct nk_landscape landscape;
        enum nk_neighbours neighbours = (n + k) % 3 == 0 ? NK_RANDOM : NK_ADJACENT;
        make_landscape(&landscape, n, k, choices, neighbours, n + k);
        for (size_t l = 0; l < sizeof levels / sizeof *levels; l++) {
          for (uint32_t i = 0; levels[l] && i < n * landscape.combinations; i++)
            landscape.contributions[i] %= levels[l];
          check_landscape(&landscape, n_points);
          checked++;
        }
        nk_landscape_free(&landscape);
      }
    }
  }
  assert_true(checked > 200);
}

static void small_landscapes_of_many_seeds_have_the_right_optimum(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= 200; seed++) {
    struct nk_landscape landscape;
    make_landscape(&landscape, 7, (uint32_t)(seed % 7), 2, NK_ADJACENT, seed);
    check_landscape(&landscape, 128);
    nk_landscape_free(&landscape);
  }
}

static void an_optimum_is_worth_what_evaluating_it_says(void **state) {
  (void)state;
  const struct problem problems[] = {{10, 3, 2, 1, NK_ADJACENT, NULL, 2}, {10, 3, 2, 1, NK_RANDOM, NULL, 2}};
  for (int p = 0; p < 2; p++) {
    struct instance instance;
    assert_int_equal(make(&instance, &problems[p]), JOUST_OK);
    for (uint32_t metric = 0; metric < 2; metric++) {
      for (int32_t direction = -1; direction <= 1; direction += 2) {
        double best[10], x[10], value, measured[2];
        assert_int_equal(instance.evaluator->optimum(instance.self, metric, direction, best, &value), JOUST_OK);
        measure(&instance, best, 1, measured);
        assert_true(measured[metric] == value);
        for (uint64_t point = 0; point < 1024; point++) {
          joust_index_point(instance.space, point, x);
          measure(&instance, x, 1, measured);
          assert_true(direction * measured[metric] >= direction * value);
        }
      }
    }
    drop(&instance);
  }
}

static void ranks_count_from_the_best(void **state) {
  (void)state;
  struct instance instance;
  assert_int_equal(make(&instance, &(struct problem){8, 2, 2, 1, NK_ADJACENT, NULL, 2}), JOUST_OK);
  char seen[257] = {0};
  double fitness_of_rank[257];
  for (uint64_t point = 0; point < 256; point++) {
    double x[8], measured[2];
    joust_index_point(instance.space, point, x);
    measure(&instance, x, 1, measured);
    assert_true(measured[1] >= 1 && measured[1] <= 256);
    seen[(int)measured[1]] = 1;
    fitness_of_rank[(int)measured[1]] = measured[0];
  }
  for (int rank = 1; rank <= 256; rank++) {
    assert_true(seen[rank]);
    if (rank > 1) assert_true(fitness_of_rank[rank] < fitness_of_rank[rank - 1]);
  }
  drop(&instance);
}

static void what_is_too_large_to_rank_is_not_ranked(void **state) {
  (void)state;
  struct instance instance;
  n_logged = 0;
  assert_int_equal(make(&instance, &(struct problem){21, 1, 2, 1, NK_ADJACENT, NULL, 2}), JOUST_OK);
  assert_int_equal(n_logged, 1);
  double x[21], measured[2], value;
  squares_point(instance.space, x);
  measure(&instance, x, 1, measured);
  assert_true(measured[0] > 0 && measured[0] < 1);
  assert_true(isnan(measured[1]));
  assert_int_equal(instance.evaluator->optimum(instance.self, 0, -1, x, &value), JOUST_OK);
  assert_int_equal(instance.evaluator->optimum(instance.self, 1, 1, x, &value), JOUST_EUNSUPPORTED);
  assert_string_equal(last_error, "nk: too many points to rank them");
  drop(&instance);
}

static void a_large_ring_has_an_optimum(void **state) {
  (void)state;
  struct instance instance;
  double x[NK_MAX_LOCI], value, measured;
  assert_int_equal(make(&instance, &(struct problem){NK_MAX_LOCI, 3, 2, 1, NK_ADJACENT, NULL, 1}), JOUST_OK);
  assert_int_equal(instance.evaluator->optimum(instance.self, 0, -1, x, &value), JOUST_OK);
  measure(&instance, x, 1, &measured);
  assert_true(measured == value);
  for (int i = 0; i < NK_MAX_LOCI; i++) { /* no single change may be better */
    x[i] = 1 - x[i];
    measure(&instance, x, 1, &measured);
    assert_true(measured <= value);
    x[i] = 1 - x[i];
  }
  drop(&instance);
}

static void an_optimum_out_of_reach_is_not_supported(void **state) {
  (void)state;
  const struct problem problems[] = {{40, 2, 2, 1, NK_RANDOM, NULL, 1}, {40, 12, 2, 1, NK_ADJACENT, NULL, 1}};
  for (int p = 0; p < 2; p++) {
    struct instance instance;
    double x[40], value;
    assert_int_equal(make(&instance, &problems[p]), JOUST_OK);
    assert_int_equal(instance.evaluator->optimum(instance.self, 0, -1, x, &value), JOUST_EUNSUPPORTED);
    assert_string_equal(last_error, "nk: the optimum is not known, because finding it would take too long");
    drop(&instance);
  }
}

static void steps_are_counted_up_to_the_limit(void **state) {
  (void)state;
  const struct {
    struct nk_landscape landscape;
    uint64_t exhaustive, programming;
  } known[] = {
      {{.n = 16, .k = 2, .choices = 2, .combinations = 8}, 3 << 16, 16 * 8 * 4},
      {{.n = 16, .k = 2, .choices = 2, .combinations = 8, .neighbours = NK_RANDOM}, 3 << 16, UINT64_MAX},
      {{.n = 27, .k = 0, .choices = 2, .combinations = 2, .neighbours = NK_RANDOM}, NK_MAX_STEPS, 27 * 2},
      {{.n = 27, .k = 1, .choices = 2, .combinations = 4}, UINT64_MAX, 27 * 4 * 2},
      {{.n = 1000, .k = 8, .choices = 2, .combinations = 512}, UINT64_MAX, 1000 * 512 * 256},
      {{.n = 1000, .k = 9, .choices = 2, .combinations = 1024}, UINT64_MAX, UINT64_MAX},
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    assert_true(nk_exhaustive_steps(&known[i].landscape) == known[i].exhaustive);
    assert_true(nk_programming_steps(&known[i].landscape) == known[i].programming);
  }
}

/* ---- spaces ----------------------------------------------------------------------------------------------------- */

static void the_space_follows_the_options(void **state) {
  (void)state;
  struct instance instance;
  assert_int_equal(make(&instance, &(struct problem){1000, 0, 12, 1, NK_ADJACENT, NULL, 1}), JOUST_OK);
  const struct joust_space *space = instance.space;
  assert_int_equal(space->struct_size, sizeof *space);
  assert_int_equal(space->n_parameters, 1000);
  assert_int_equal(space->n_objectives, 1);
  assert_string_equal(space->parameters[0]->name, "locus1");
  assert_string_equal(space->parameters[999]->name, "locus1000");
  for (uint32_t i = 0; i < 1000; i++) {
    const struct joust_parameter *p = space->parameters[i];
    assert_int_equal(p->kind, JOUST_CATEGORICAL);
    assert_int_equal(p->n_choices, 12);
    assert_true(p->lower == 0 && p->upper == 11);
    assert_string_equal(p->choices[0], "0");
    assert_string_equal(p->choices[11], "11");
  }
  drop(&instance);
}

static void without_options_the_space_is_16_by_2(void **state) {
  (void)state;
  struct instance instance;
  assert_int_equal(make(&instance, &(struct problem){0, 2, 0, 1, NK_ADJACENT, NULL, 1}), JOUST_OK);
  assert_int_equal(instance.space->n_parameters, 16);
  assert_int_equal(instance.space->parameters[0]->n_choices, 2);
  drop(&instance);
}

static const char *const bases[] = {"A", "C", "G", "T"};
static const struct joust_parameter gene1 = {"gene1", JOUST_CATEGORICAL, 4, 0, 0, 0, 3, bases};
static const struct joust_parameter gene2 = {"gene2", JOUST_CATEGORICAL, 4, 0, 0, 0, 3, bases};
static const struct joust_parameter gene3 = {"gene3", JOUST_CATEGORICAL, 3, 0, 0, 0, 2, bases};
static const struct joust_parameter ranked = {"ranked", JOUST_ORDINAL, 4, 0, 0, 0, 3, bases};
static const struct joust_parameter single = {"single", JOUST_CATEGORICAL, 1, 0, 0, 0, 0, bases};
static const struct joust_parameter many = {"many", JOUST_CATEGORICAL, 17, 0, 0, 0, 16, NULL};

static const struct joust_parameter *const good[] = {&gene1, &gene2, &gene1, &gene2, &gene1};
static const struct joust_space good_space = {sizeof good_space, 5, 1, 0, good};

static void a_given_space_defines_n_and_choices(void **state) {
  (void)state;
  struct instance own, given, repeated;
  assert_int_equal(make(&own, &(struct problem){5, 2, 4, 3, NK_RANDOM, NULL, 1}), JOUST_OK);
  assert_int_equal(make(&given, &(struct problem){0, 2, 0, 3, NK_RANDOM, &good_space, 1}), JOUST_OK);
  assert_int_equal(make(&repeated, &(struct problem){5, 2, 4, 3, NK_RANDOM, &good_space, 1}), JOUST_OK);
  assert_ptr_equal(given.space, &good_space);
  assert_true(fitness_at_squares(&given) == fitness_at_squares(&own));
  assert_true(fitness_at_squares(&repeated) == fitness_at_squares(&own));
  assert_string_equal(own.evaluator->fingerprint(own.self), given.evaluator->fingerprint(given.self));
  drop(&own);
  drop(&given);
  drop(&repeated);
}

static void a_given_space_must_agree_with_the_options(void **state) {
  (void)state;
  fails(&(struct problem){12, 2, 0, 1, NK_ADJACENT, &good_space, 1}, JOUST_EOPTION,
        "nk: option n is 12, but the problem has 5 parameters");
  fails(&(struct problem){0, 2, 2, 1, NK_ADJACENT, &good_space, 1}, JOUST_EOPTION,
        "nk: option choices is 2, but the problem has 4 choices a parameter");
  fails(&(struct problem){0, 5, 0, 1, NK_ADJACENT, &good_space, 1}, JOUST_EOPTION,
        "nk: option k is 5, but must be less than n, which is 5");
}

static void a_given_space_must_be_of_equal_loci(void **state) {
  (void)state;
  static const struct joust_parameter *const unequal[] = {&gene1, &gene3};
  static const struct joust_parameter *const ordered[] = {&gene1, &ranked};
  static const struct joust_parameter *const singles[] = {&single};
  static const struct joust_parameter *const wide[] = {&many};
  static const struct joust_parameter *long_list[NK_MAX_LOCI + 1];
  for (int i = 0; i <= NK_MAX_LOCI; i++) long_list[i] = &gene1;
  const struct {
    struct joust_space space;
    const char *message;
  } bad[] = {
      {{sizeof good_space, 2, 1, 0, unequal},
       "nk: parameter gene1 has 4 choices and gene3 has 3, all must have as many"},
      {{sizeof good_space, 2, 1, 0, ordered}, "nk: parameter ranked is not categorical, as every locus is"},
      {{sizeof good_space, 1, 1, 0, singles}, "nk: parameter single has 1 choices, 2 to 16 are possible"},
      {{sizeof good_space, 1, 1, 0, wide}, "nk: parameter many has 17 choices, 2 to 16 are possible"},
      {{sizeof good_space, NK_MAX_LOCI + 1, 1, 0, long_list},
       "nk: the problem has 1001 parameters, at most 1000 are possible"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    fails(&(struct problem){0, 0, 0, 1, NK_ADJACENT, &bad[i].space, 1}, JOUST_EUNSUPPORTED, bad[i].message);
}

/* ---- bad options ------------------------------------------------------------------------------------------------ */

static void impossible_options_are_refused(void **state) {
  (void)state;
  fails(&(struct problem){8, 8, 2, 1, NK_ADJACENT, NULL, 1}, JOUST_EOPTION,
        "nk: option k is 8, but must be less than n, which is 8");
  fails(&(struct problem){0, 16, 2, 1, NK_RANDOM, NULL, 1}, JOUST_EOPTION,
        "nk: option k is 16, but must be less than n, which is 16");
  fails(&(struct problem){8, 2, 1, 1, NK_ADJACENT, NULL, 1}, JOUST_EOPTION,
        "nk: option choices is 1, but must be at least 2");
  fails(&(struct problem){1000, 999, 16, 1, NK_ADJACENT, NULL, 1}, JOUST_EOPTION,
        "nk: n * choices^(k+1) = 1000 * 16^1000 contributions are more than the limit of 16777216: lower k, choices or "
        "n");
}

static void the_limit_on_contributions_is_exact(void **state) {
  (void)state;
  assert_int_equal(nk_combinations(1024, 13, 2), 1u << 14);
  assert_int_equal(nk_combinations(1025, 13, 2), 0);
  assert_int_equal(nk_combinations(16, 19, 2), 1u << 20);
  assert_int_equal(nk_combinations(17, 19, 2), 0);
  assert_int_equal(nk_combinations(3, 11, 3), 531441);
  assert_int_equal(nk_combinations(31, 11, 3), 531441);
  assert_int_equal(nk_combinations(32, 11, 3), 0);
}

static void an_unknown_metric_is_refused(void **state) {
  (void)state;
  static const char *const metrics[] = {"fitness", "accuracy"};
  union joust_arg args[5] = {{.i = 16}, {.i = 2}, {.i = 2}, {.i = 1}, {.i = 0}};
  struct joust_evaluator_setup setup = {sizeof setup, 2, NULL, metrics, args, "."};
  void *self = args;
  assert_int_equal(joust_plugin_1.evaluators[0]->create(&host, &setup, &self), JOUST_EUNSUPPORTED);
  assert_null(self);
  assert_string_equal(last_error, "nk: there is no metric accuracy, only fitness and rank");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_table_is_complete),
      cmocka_unit_test(landscapes_are_those_of_the_description),
      cmocka_unit_test(adjacent_neighbours_follow_on_a_ring),
      cmocka_unit_test(random_neighbours_are_a_fair_draw),
      cmocka_unit_test(contributions_are_uniform),
      cmocka_unit_test(each_option_makes_another_landscape),
      cmocka_unit_test(a_batch_is_its_points),
      cmocka_unit_test(both_methods_find_what_plain_search_finds),
      cmocka_unit_test(small_landscapes_of_many_seeds_have_the_right_optimum),
      cmocka_unit_test(an_optimum_is_worth_what_evaluating_it_says),
      cmocka_unit_test(ranks_count_from_the_best),
      cmocka_unit_test(what_is_too_large_to_rank_is_not_ranked),
      cmocka_unit_test(a_large_ring_has_an_optimum),
      cmocka_unit_test(an_optimum_out_of_reach_is_not_supported),
      cmocka_unit_test(steps_are_counted_up_to_the_limit),
      cmocka_unit_test(the_space_follows_the_options),
      cmocka_unit_test(without_options_the_space_is_16_by_2),
      cmocka_unit_test(a_given_space_defines_n_and_choices),
      cmocka_unit_test(a_given_space_must_agree_with_the_options),
      cmocka_unit_test(a_given_space_must_be_of_equal_loci),
      cmocka_unit_test(impossible_options_are_refused),
      cmocka_unit_test(the_limit_on_contributions_is_exact),
      cmocka_unit_test(an_unknown_metric_is_refused),
  };
  return cmocka_run_group_tests_name("nk", tests, NULL, NULL);
}
