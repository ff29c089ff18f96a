/* What the tests of the plugin bo share: a host, spaces, and random problems. */
#ifndef BO_FIXTURE_H
#define BO_FIXTURE_H

#include <joust/util.h>
#include <math.h>
#include <stdlib.h>

/* cmocka's assert_float_equal knows single precision only. */
#define assert_near(a, b, tolerance) assert_true(fabs((a) - (b)) <= (tolerance))

/* The stream of a test: splitmix64 (Steele, Lea and Flood, OOPSLA 2014). ctx is its state. */
static inline uint64_t fixture_random(const struct joust_host *host) {
  uint64_t z = *(uint64_t *)host->ctx += UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static inline void fixture_log(const struct joust_host *host, int32_t level, const char *line) {
  (void)host;
  (void)level;
  (void)line;
}

static inline void fixture_error(const struct joust_host *host, const char *message) {
  (void)host;
  (void)message;
}

static inline int32_t fixture_cancelled(const struct joust_host *host) {
  (void)host;
  return 0;
}

static inline struct joust_host fixture_host(uint64_t *state) {
  return (struct joust_host){.struct_size = sizeof(struct joust_host),
                             .ctx = state,
                             .log = fixture_log,
                             .set_error = fixture_error,
                             .random = fixture_random,
                             .cancelled = fixture_cancelled};
}

enum { FIXTURE_MOST_PARAMETERS = 8 };

struct fixture_space { /* do not copy: it points into itself */
  struct joust_parameter parameters[FIXTURE_MOST_PARAMETERS];
  const struct joust_parameter *pointers[FIXTURE_MOST_PARAMETERS];
  struct joust_space space;
};

static inline void fixture_begin(struct fixture_space *f) {
  *f = (struct fixture_space){.space = {.struct_size = sizeof f->space, .n_objectives = 1}};
  f->space.parameters = f->pointers;
}

static inline struct joust_parameter *fixture_add(struct fixture_space *f, uint32_t kind, double lower, double upper) {
  struct joust_parameter *p = &f->parameters[f->space.n_parameters];
  *p = (struct joust_parameter){.name = "p", .kind = kind, .lower = lower, .upper = upper};
  f->pointers[f->space.n_parameters++] = p;
  return p;
}

static inline void fixture_choices(struct fixture_space *f, uint32_t kind, uint32_t n) {
  fixture_add(f, kind, 0, n - 1.0)->n_choices = n;
}

/* One parameter of each kind: 5 categories, 4 ordered choices, an integer of 1 to 20, a real, and a real on a log
 * scale. */
static inline void fixture_mixed(struct fixture_space *f) {
  fixture_begin(f);
  fixture_choices(f, JOUST_CATEGORICAL, 5);
  fixture_choices(f, JOUST_ORDINAL, 4);
  fixture_add(f, JOUST_INTEGER, 1, 20);
  fixture_add(f, JOUST_REAL, -2, 3);
  fixture_add(f, JOUST_REAL, 1e-4, 1)->log_scale = 1;
}

/* A finite one: 1,200 points. */
static inline void fixture_finite(struct fixture_space *f) {
  fixture_begin(f);
  fixture_choices(f, JOUST_CATEGORICAL, 5);
  fixture_choices(f, JOUST_ORDINAL, 4);
  fixture_add(f, JOUST_INTEGER, 1, 20)->log_scale = 1;
  fixture_add(f, JOUST_REAL, 7, 7);
  fixture_choices(f, JOUST_CATEGORICAL, 3);
}

#endif
