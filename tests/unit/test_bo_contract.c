/* The plugin bo as the host sees it: what ask and tell promise on every kind of space, whatever happens to trials. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <joust/seen.h>
#include <math.h>
#include <string.h>

#include "../../plugins/bo/settings.h"
#include "bo_fixture.h"

enum { MOST_TRIALS = 2000 };

struct run {
  uint64_t state;
  struct joust_host host;
  const struct joust_space *space;
  const struct joust_optimiser *bo;
  void *self;
  uint64_t next_id;
  uint32_t n; /* trials asked for so far, in x */
  double x[MOST_TRIALS * FIXTURE_MOST_PARAMETERS];
};

static struct run run, other; /* large */

static double parse(const struct joust_option *option, const char *text) {
  for (uint32_t c = 0; option->type == JOUST_OPT_CHOICE && c < option->n_choices; c++)
    if (strcmp(option->choices[c], text) == 0) return c;
  return option->type == JOUST_OPT_BOOL ? text[0] == 't' : atof(text);
}

/* `options`: names and values in turn, then NULL. */
static void begin(struct run *r, const struct joust_space *space, uint64_t seed, const char *const *options) {
  union joust_arg args[BO_N_OPTIONS];
  *r = (struct run){.state = seed, .space = space, .bo = joust_plugin_1.optimisers[0]};
  r->host = fixture_host(&r->state);
  for (uint32_t k = 0; k < BO_N_OPTIONS; k++) {
    const char *text = bo_options[k].fallback;
    for (const char *const *o = options; o && *o; o += 2)
      if (strcmp(*o, bo_options[k].name) == 0) text = o[1];
    double value = parse(&bo_options[k], text);
    if (bo_options[k].type == JOUST_OPT_REAL)
      args[k].r = value;
    else
      args[k].i = (int64_t)value;
  }
  assert_int_equal(r->bo->create(&r->host, space, args, &r->self), JOUST_OK);
}

/* Asks for up to `n` points, which are checked to be inside the space; returns the status. */
static joust_status ask(struct run *r, uint32_t n) {
  double *x = r->x + (size_t)r->n * r->space->n_parameters;
  struct joust_ask request = {.struct_size = sizeof request, .capacity = n, .first_id = r->next_id, .x = x};
  joust_status status = r->bo->ask(r->self, &request);
  if (status != JOUST_OK) return status;
  assert_in_range(request.n, 1, n);
  for (uint32_t k = 0; k < request.n; k++, x += r->space->n_parameters)
    for (uint32_t i = 0; i < r->space->n_parameters; i++) {
      const struct joust_parameter *p = r->space->parameters[i];
      assert_true(x[i] >= p->lower && x[i] <= p->upper);
      if (p->kind != JOUST_REAL) assert_true(x[i] == floor(x[i]));
    }
  r->next_id += request.n;
  r->n += request.n;
  return status;
}

static void tell(struct run *r, uint64_t id, const double *x, double f, uint8_t outcome) {
  double cost = 0;
  struct joust_tell news = {sizeof news, 1, &id, x, &f, &outcome, &cost};
  assert_int_equal(r->bo->tell(r->self, &news), JOUST_OK);
}

/* A sum of distances from a point off the middle: smooth enough to be learnt, best at one point. */
static double value(const struct joust_space *space, const double *x) {
  double sum = 0;
  for (uint32_t i = 0; i < space->n_parameters; i++) {
    const struct joust_parameter *p = space->parameters[i];
    if (p->lower == p->upper) continue;
    sum += p->kind == JOUST_CATEGORICAL ? x[i] != 1 : pow(joust_place_of(p, x[i]) - 0.7, 2);
  }
  return sum;
}

static const double *point(const struct run *r, uint32_t trial) {
  return r->x + (size_t)trial * r->space->n_parameters;
}

static void tell_value(struct run *r, uint32_t trial) {
  tell(r, trial, point(r, trial), value(r->space, point(r, trial)), JOUST_TRIAL_OK);
}

static void go_on(struct run *r, uint32_t trials) {
  for (uint32_t k = 0; k < trials; k++) {
    assert_int_equal(ask(r, 1), JOUST_OK);
    tell_value(r, r->n - 1);
  }
}

static double best(const struct run *r) {
  double least = HUGE_VAL;
  for (uint32_t k = 0; k < r->n; k++) least = fmin(least, value(r->space, point(r, k)));
  return least;
}

static uint32_t distinct(const struct run *r) {
  struct joust_seen seen = {0};
  for (uint32_t k = 0; k < r->n; k++) assert_true(joust_seen_add(&seen, point(r, k), r->space->n_parameters) >= 0);
  uint32_t n = seen.size;
  joust_seen_free(&seen);
  return n;
}

static void end(struct run *r) {
  r->bo->destroy(r->self);
}

/* ---- tests ------------------------------------------------------------------------------------------------------ */

static const char *const variants[][7] = {{NULL},
                                          {"kernel", "matern52", "transform", "rank", NULL},
                                          {"kernel", "hamming", "acquisition", "ucb", NULL},
                                          {"acquisition", "pi", "xi", "0.1", "transform", "none", NULL},
                                          {"acquisition", "thompson", NULL},
                                          {"noisy", "true", "noise", "0.01", NULL},
                                          {"max-points", "20", "restarts", "2", NULL}};
enum { N_VARIANTS = sizeof variants / sizeof *variants };

static void the_same_seed_gives_the_same_points(void **state) {
  (void)state;
  for (size_t v = 0; v < 2 * N_VARIANTS; v++) {
    struct fixture_space f;
    (v % 2 ? fixture_mixed : fixture_finite)(&f);
    begin(&run, &f.space, 1, variants[v / 2]);
    begin(&other, &f.space, 1, variants[v / 2]); /* side by side: nothing is shared */
    for (int k = 0; k < 14; k++) {
      go_on(&run, 1);
      go_on(&other, 1);
    }
    assert_memory_equal(run.x, other.x, sizeof(double) * run.n * f.space.n_parameters);
    end(&other);
    begin(&other, &f.space, 2, variants[v / 2]);
    go_on(&other, 14);
    assert_memory_not_equal(run.x, other.x, sizeof(double) * run.n * f.space.n_parameters);
    end(&other);
    end(&run);
  }
}

/* Every variant does better than its random start on both kinds of space. */
static void every_variant_learns(void **state) {
  (void)state;
  for (size_t v = 0; v < 2 * N_VARIANTS; v++) {
    struct fixture_space f;
    (v % 2 ? fixture_mixed : fixture_finite)(&f);
    double start = 0, end_value = 0;
    for (uint64_t seed = 0; seed < 2; seed++) {
      begin(&run, &f.space, seed, variants[v / 2]);
      go_on(&run, 10);
      start += best(&run);
      go_on(&run, 30);
      end_value += best(&run);
      end(&run);
    }
    assert_true(end_value < 0.1 * start);
  }
}

/* A finite space is proposed point by point to its end, and never a point twice. */
static void a_small_space_is_exhausted(void **state) {
  (void)state;
  static const char *const searched[] = {"grid", "0", "candidates", "50", NULL};
  static const char *const sampled[] = {"acquisition", "thompson", NULL};
  const char *const *const options[] = {NULL, searched, sampled};
  for (size_t o = 0; o < 3; o++) {
    struct fixture_space f;
    fixture_begin(&f);
    fixture_choices(&f, JOUST_CATEGORICAL, 3);
    fixture_choices(&f, JOUST_ORDINAL, 4);
    fixture_add(&f, JOUST_INTEGER, -2, 2);
    begin(&run, &f.space, 3, options[o]);
    go_on(&run, 60);
    assert_int_equal(distinct(&run), 60);
    assert_int_equal(ask(&run, 1), JOUST_DONE);
    end(&run);
  }
}

static void noisy_evaluation_may_repeat_points(void **state) {
  (void)state;
  static const char *const noisy[] = {"noisy", "true", NULL};
  struct fixture_space f;
  fixture_begin(&f);
  fixture_choices(&f, JOUST_CATEGORICAL, 6);
  begin(&run, &f.space, 3, noisy);
  go_on(&run, 40);
  assert_in_range(distinct(&run), 2, 6);
  end(&run);
}

static void a_space_of_one_point_has_one_trial(void **state) {
  (void)state;
  struct fixture_space f;
  fixture_begin(&f);
  fixture_choices(&f, JOUST_CATEGORICAL, 1);
  fixture_add(&f, JOUST_REAL, 2.5, 2.5);
  fixture_choices(&f, JOUST_ORDINAL, 1);
  begin(&run, &f.space, 3, NULL);
  assert_int_equal(ask(&run, 4), JOUST_OK);
  assert_int_equal(run.n, 1);
  assert_int_equal(ask(&run, 4), JOUST_DONE);
  tell_value(&run, 0);
  assert_int_equal(ask(&run, 4), JOUST_DONE);
  end(&run);
  static const char *const noisy[] = {"noisy", "true", NULL};
  begin(&run, &f.space, 3, noisy);
  go_on(&run, 25);
  end(&run);
}

/* A batch holds different points, also before anything is told. */
static void batches_spread_out(void **state) {
  (void)state;
  for (int kind = 0; kind < 2; kind++) {
    struct fixture_space f;
    (kind ? fixture_mixed : fixture_finite)(&f);
    begin(&run, &f.space, 5, NULL);
    for (int round = 0; round < 8; round++) {
      uint32_t from = run.n;
      assert_int_equal(ask(&run, 8), JOUST_OK);
      assert_int_equal(run.n, from + 8);
      for (uint32_t k = run.n; k-- > from;) tell_value(&run, k); /* last first */
    }
    assert_int_equal(distinct(&run), 64);
    assert_true(best(&run) < 0.15);
    end(&run);
  }
}

/* Results in any order, in part, late, failed, cancelled, infinite, of another point, foreign, told twice, and outside
 * of the space.
 */
static void any_news_is_taken(void **state) {
  (void)state;
  for (int kind = 0; kind < 2; kind++) {
    struct fixture_space f;
    (kind ? fixture_mixed : fixture_finite)(&f);
    begin(&run, &f.space, 7, NULL);
    uint8_t told[MOST_TRIALS] = {0};
    for (int round = 0; round < 25; round++) {
      double x[FIXTURE_MOST_PARAMETERS], elsewhere[FIXTURE_MOST_PARAMETERS];
      joust_sample_point(&run.host, &f.space, x);
      joust_sample_point(&run.host, &f.space, elsewhere);
      assert_int_equal(ask(&run, 1 + (uint32_t)joust_below(&run.host, 4)), JOUST_OK);
      for (uint32_t k = 0; k < run.n; k++) {
        if (told[k] || joust_below(&run.host, 3) == 0) continue;
        uint64_t fate = joust_below(&run.host, 8);
        told[k] = 1;
        if (fate == 0)
          tell(&run, k, point(&run, k), NAN, JOUST_TRIAL_FAILED);
        else if (fate == 1)
          tell(&run, k, point(&run, k), NAN, JOUST_TRIAL_CANCELLED);
        else if (fate == 2)
          tell(&run, k, point(&run, k), INFINITY, JOUST_TRIAL_OK);
        else if (fate == 3)
          tell(&run, k, elsewhere, value(&f.space, elsewhere), JOUST_TRIAL_OK);
        else
          tell_value(&run, k);
      }
      tell(&run, UINT64_MAX - (uint64_t)round, x, value(&f.space, x), JOUST_TRIAL_OK);
      if (round % 8 == 0) tell_value(&run, 0);
      x[0] = 99;
      tell(&run, UINT64_MAX / 2, x, -1e9, JOUST_TRIAL_OK);
    }
    assert_int_equal(distinct(&run), run.n);
    assert_true(best(&run) < 0.3);
    end(&run);
  }
}

static void only_failures_and_only_equal_values_are_survived(void **state) {
  (void)state;
  struct fixture_space f;
  fixture_mixed(&f);
  for (int equal = 0; equal < 2; equal++) {
    begin(&run, &f.space, 9, NULL);
    for (uint32_t k = 0; k < 30; k++) {
      assert_int_equal(ask(&run, 1), JOUST_OK);
      tell(&run, k, point(&run, k), equal ? 3 : NAN, equal ? JOUST_TRIAL_OK : JOUST_TRIAL_FAILED);
    }
    assert_int_equal(distinct(&run), 30);
    end(&run);
  }
}

/* A point that a foreign trial has shown is not proposed. */
static void foreign_trials_are_learnt_from(void **state) {
  (void)state;
  struct fixture_space f;
  fixture_finite(&f);
  begin(&run, &f.space, 11, NULL);
  struct joust_seen foreign = {0};
  for (uint32_t k = 0; k < 300; k++) {
    double x[FIXTURE_MOST_PARAMETERS];
    joust_sample_point(&run.host, &f.space, x);
    if (value(&f.space, x) < 0.5) continue;
    assert_true(joust_seen_add(&foreign, x, f.space.n_parameters) >= 0);
    tell(&run, 1000 + k, x, value(&f.space, x), JOUST_TRIAL_OK);
  }
  assert_true(foreign.size > 100);
  go_on(&run, 15); /* 10 would be random if nothing had been learnt */
  for (uint32_t k = 0; k < run.n; k++) assert_false(joust_seen_has(&foreign, point(&run, k), f.space.n_parameters));
  assert_true(best(&run) < 0.1);
  joust_seen_free(&foreign);
  end(&run);
}

/* Far beyond what the model may hold; all of the space in the end. */
static void long_runs_are_bounded(void **state) {
  (void)state;
  static const char *const small[] = {"max-points", "60", "fit-steps", "3", NULL};
  struct fixture_space f;
  fixture_finite(&f);
  begin(&run, &f.space, 13, small);
  go_on(&run, 1200);
  assert_int_equal(distinct(&run), 1200);
  assert_int_equal(ask(&run, 1), JOUST_DONE);
  end(&run);
}

static void destroy_is_legal_at_any_time(void **state) {
  (void)state;
  struct fixture_space f;
  fixture_mixed(&f);
  for (uint32_t trials = 0; trials < 14; trials++) {
    begin(&run, &f.space, trials, NULL);
    if (trials > 0) go_on(&run, trials);
    if (trials % 2) ask(&run, 3);
    end(&run);
  }
  joust_plugin_1.optimisers[0]->destroy(NULL);
}

static int load(void **state) {
  (void)state;
  return joust_plugin_1.load();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_same_seed_gives_the_same_points),
      cmocka_unit_test(every_variant_learns),
      cmocka_unit_test(a_small_space_is_exhausted),
      cmocka_unit_test(noisy_evaluation_may_repeat_points),
      cmocka_unit_test(a_space_of_one_point_has_one_trial),
      cmocka_unit_test(batches_spread_out),
      cmocka_unit_test(any_news_is_taken),
      cmocka_unit_test(only_failures_and_only_equal_values_are_survived),
      cmocka_unit_test(foreign_trials_are_learnt_from),
      cmocka_unit_test(long_runs_are_bounded),
      cmocka_unit_test(destroy_is_legal_at_any_time),
  };
  return cmocka_run_group_tests_name("bo: contract", tests, load, NULL);
}
