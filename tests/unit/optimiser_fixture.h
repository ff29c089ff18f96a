/* What the tests of the plugins random, evolution and local share: an instance with its host and options, spaces, and
 * the rules of the contract that hold for every optimiser. Include after cmocka.h. */
#ifndef OPTIMISER_FIXTURE_H
#define OPTIMISER_FIXTURE_H

#include <joust/seen.h>
#include <stdio.h>

#include "base/spec.h"
#include "plugin/options.h"
#include "plugin/services.h"

/* ---- spaces ----------------------------------------------------------------------------------------------------- */

enum { MOST_PARAMETERS = 8 };

struct test_space { /* do not copy: it points into itself */
  struct joust_parameter parameters[MOST_PARAMETERS];
  const struct joust_parameter *pointers[MOST_PARAMETERS];
  struct joust_space space;
};

static inline void space_begin(struct test_space *s) {
  *s = (struct test_space){.space = {.struct_size = sizeof s->space, .n_objectives = 1}};
  s->space.parameters = s->pointers;
}

static inline void space_number(struct test_space *s, uint32_t kind, double lower, double upper, int log_scale) {
  uint32_t i = s->space.n_parameters++;
  s->parameters[i] =
      (struct joust_parameter){.name = "p", .kind = kind, .log_scale = log_scale, .lower = lower, .upper = upper};
  s->pointers[i] = &s->parameters[i];
}

static inline void space_choices(struct test_space *s, uint32_t kind, uint32_t n) {
  space_number(s, kind, 0, n - 1.0, 0);
  s->parameters[s->space.n_parameters - 1].n_choices = n;
}

/* `n` parameters of one kind with as many choices each. */
static inline void space_grid(struct test_space *s, uint32_t kind, uint32_t n, uint32_t choices) {
  space_begin(s);
  while (s->space.n_parameters < n) space_choices(s, kind, choices);
}

/* Every kind, every scale, and parameters with a single value. */
static inline void space_mixed(struct test_space *s) {
  space_begin(s);
  space_choices(s, JOUST_CATEGORICAL, 5);
  space_choices(s, JOUST_ORDINAL, 4);
  space_choices(s, JOUST_CATEGORICAL, 1);
  space_number(s, JOUST_INTEGER, -3, 200, 0);
  space_number(s, JOUST_INTEGER, 1, 4096, 1);
  space_number(s, JOUST_REAL, -2, 3, 0);
  space_number(s, JOUST_REAL, 1e-5, 1, 1);
  space_number(s, JOUST_REAL, 7, 7, 0);
}

/* 360 points of four kinds; the real has a single value. */
static inline void space_finite(struct test_space *s) {
  space_begin(s);
  space_choices(s, JOUST_ORDINAL, 4);
  space_choices(s, JOUST_CATEGORICAL, 3);
  space_number(s, JOUST_REAL, 7, 7, 0);
  space_number(s, JOUST_INTEGER, 1, 5, 1);
  space_number(s, JOUST_INTEGER, -2, 3, 0);
}

/* ---- an instance ------------------------------------------------------------------------------------------------ */

struct instance { /* do not move */
  const struct joust_optimiser *optimiser;
  const struct joust_space *space;
  struct joust_services services;
  struct joust_settings settings;
  union joust_arg *args;
  void *self;
  uint64_t next_id;
};

/* Makes an instance with options in the user's words ("population=5,sample=2", or NULL). Returns create's status. */
static inline joust_status try_start(struct instance *in, const struct joust_space *space, const char *options,
                                     uint64_t seed) {
  struct joust_specs specs = {0};
  struct joust_error error = {0};
  char spec[200];
  *in = (struct instance){.optimiser = joust_plugin_1.optimisers[0], .space = space, .next_id = 1};
  const struct joust_optimiser *o = in->optimiser;
  snprintf(spec, sizeof spec, "%s%s%s", o->id, options ? ":" : "", options ? options : "");
  assert_int_equal(joust_specs_parse(&specs, spec, &error), 0);
  struct joust_option_table table = {o->options, o->n_options, o->option_stride};
  if (joust_options_resolve(&in->args, &in->settings, &table, &specs.items[0].options, NULL, o->id, &error))
    fail_msg("%s", error.message);
  joust_specs_free(&specs);
  joust_services_init(&in->services, o->id, seed);
  in->services.log_level = INT32_MAX;
  return o->create(&in->services.host, space, in->args, &in->self);
}

static inline void start(struct instance *in, const struct joust_space *space, const char *options, uint64_t seed) {
  assert_int_equal(try_start(in, space, options, seed), JOUST_OK);
  assert_non_null(in->self);
}

static inline void stop(struct instance *in) {
  in->optimiser->destroy(in->self);
  joust_services_free(&in->services);
  free(in->args);
  joust_settings_free(&in->settings);
}

static inline void assert_inside(const struct joust_space *space, const double *x) {
  for (uint32_t i = 0; i < space->n_parameters; i++) {
    const struct joust_parameter *p = space->parameters[i];
    assert_true(x[i] >= p->lower && x[i] <= p->upper);
    if (p->kind != JOUST_REAL) assert_true(x[i] == floor(x[i]));
  }
}

/* Asks for up to `capacity` points, checks that they are inside the space, and returns the status; *n rows in x. */
static inline joust_status ask_rows(struct instance *in, uint32_t capacity, double *x, uint32_t *n) {
  struct joust_ask ask = {.struct_size = sizeof ask, .capacity = capacity, .first_id = in->next_id, .x = x};
  joust_status status = in->optimiser->ask(in->self, &ask);
  *n = status == JOUST_OK ? ask.n : 0;
  if (status == JOUST_OK) assert_in_range(ask.n, 1, capacity);
  for (uint32_t k = 0; k < *n; k++) assert_inside(in->space, x + (size_t)k * in->space->n_parameters);
  in->next_id += *n;
  return status;
}

static inline void ask_point(struct instance *in, double *x) {
  uint32_t n;
  assert_int_equal(ask_rows(in, 1, x, &n), JOUST_OK);
}

static inline void tell_point(struct instance *in, uint64_t id, const double *x, double f, uint8_t outcome) {
  double cost = 0;
  struct joust_tell tell = {
      .struct_size = sizeof tell, .n = 1, .id = &id, .x = x, .f = &f, .outcome = &outcome, .cost = &cost};
  assert_int_equal(in->optimiser->tell(in->self, &tell), JOUST_OK);
}

/* The objective of these tests: the squared distance, on each parameter's own scale, to a point off the middle. */
static inline double bowl(const struct joust_space *space, const double *x) {
  double sum = 0;
  for (uint32_t i = 0; i < space->n_parameters; i++) {
    double distance = joust_place_of(space->parameters[i], x[i]) - 0.7;
    sum += distance * distance;
  }
  return sum;
}

/* One trial after the other. Returns how many there were before DONE, at most `most`, and the best value in *best.
 * Asserts that no point comes twice if `distinct`. */
static inline uint32_t run(struct instance *in, uint32_t most, int distinct, double *best) {
  struct joust_seen seen = {0};
  double x[MOST_PARAMETERS];
  uint32_t trials = 0, n;
  *best = INFINITY;
  for (; trials < most; trials++) {
    joust_status status = ask_rows(in, 1, x, &n);
    if (status == JOUST_DONE) break;
    assert_int_equal(status, JOUST_OK);
    int is_new = joust_seen_add(&seen, x, in->space->n_parameters);
    if (distinct) assert_int_equal(is_new, 1);
    double f = bowl(in->space, x);
    *best = f < *best ? f : *best;
    tell_point(in, in->next_id - 1, x, f, JOUST_TRIAL_OK);
  }
  joust_seen_free(&seen);
  return trials;
}

/* ---- rules of the contract -------------------------------------------------------------------------------------- */

/* Whatever comes back, and in whatever order, the next points are inside the space: batches of changing size, told
 * backwards or not at all, failed, cancelled, and trials that nobody asked for. */
static inline void bear_anything(const struct joust_space *space, const char *options) {
  enum { BATCH = 7 };
  struct instance in;
  double x[BATCH * MOST_PARAMETERS], foreign[MOST_PARAMETERS];
  start(&in, space, options, 5);
  struct joust_stream stream;
  joust_stream_seed(&stream, 1);
  for (int round = 0; round < 60; round++) {
    uint32_t n;
    uint64_t first = in.next_id;
    if (ask_rows(&in, 1 + (uint32_t)round % BATCH, x, &n) == JOUST_DONE) break;
    for (uint32_t k = n; k-- > 0;) {
      const double *row = x + (size_t)k * space->n_parameters;
      switch (joust_stream_next(&stream) % 5) {
      case 0: tell_point(&in, first + k, row, NAN, JOUST_TRIAL_FAILED); break;
      case 1: tell_point(&in, first + k, row, NAN, JOUST_TRIAL_CANCELLED); break;
      case 2: break; /* never told */
      default: tell_point(&in, first + k, row, bowl(space, row), JOUST_TRIAL_OK);
      }
    }
    joust_sample_point(&in.services.host, space, foreign);
    tell_point(&in, UINT64_C(1000000) + (uint64_t)round, foreign, bowl(space, foreign), JOUST_TRIAL_OK);
  }
  stop(&in);
}

/* The same stream gives the same points, whether it is the first instance or not. */
static inline void repeat_exactly(const struct joust_space *space, const char *options) {
  struct instance a, b;
  double x[MOST_PARAMETERS], y[MOST_PARAMETERS];
  start(&a, space, options, 11);
  start(&b, space, options, 11);
  for (int i = 0; i < 100; i++) {
    ask_point(&a, x);
    ask_point(&b, y);
    assert_memory_equal(x, y, space->n_parameters * sizeof *x);
    tell_point(&a, a.next_id - 1, x, bowl(space, x), JOUST_TRIAL_OK);
    tell_point(&b, b.next_id - 1, y, bowl(space, y), JOUST_TRIAL_OK);
  }
  stop(&a);
  stop(&b);
}

/* An instance can be destroyed at once, with trials outstanding, and when there is none. */
static inline void end_any_time(const struct joust_space *space, const char *options) {
  struct instance in;
  double x[3 * MOST_PARAMETERS];
  uint32_t n;
  start(&in, space, options, 1);
  stop(&in);
  start(&in, space, options, 1);
  assert_int_equal(ask_rows(&in, 3, x, &n), JOUST_OK);
  stop(&in);
  in.optimiser->destroy(NULL);
}

#endif
