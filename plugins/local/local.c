/* Local search: from a good point to its better neighbours, at an optimum on from the best point whose neighbourhood is
 * not known yet, and now and then from new random points. After C. White, S. Nolen, Y. Savani, "Exploring the Loss
 * Landscape in Neural Architecture Search", UAI 2021, arXiv 2005.02960. See README.md. */
#include "points.h"

#define TRIES 64 /* random points that turn out known before the points are gone through in turn */
/* At level 0 an ordered parameter is moved by 2^-3 of its range, at each further level by half of that: a real at so
 * many levels, an integer or a choice until the steps are those to the next (of 2^53 integers, at MOST_LEVELS). */
#define FIRST_STEP  3
#define REAL_LEVELS 15
#define MOST_LEVELS 53

struct move {
  uint32_t parameter;
  int32_t by; /* choices further, round the end (categorical); 1 or -1, the direction of a step (ordered) */
};

struct deck { /* moves, drawn without putting back; those before `left` are still to come */
  struct move *moves;
  uint32_t n, left;
};

/* A start from random points: the best of them is where it goes on, as soon as all are told. */
struct start {
  uint32_t to_ask, n_open, best; /* still to propose; proposed and not told; the best one told, or NONE */
  uint64_t *open;                /* the ids of those that are not told */
  int again;                     /* not the first one */
};

struct local {
  const struct joust_host *host;
  const struct joust_space *space;
  struct known known;
  struct points points;
  struct deck all, ordered, *deck; /* moves of level 0 and of the others; the one that the current point is at */
  uint32_t current;                /* the point that is being expanded, or NONE */
  uint32_t n_levels, n_restart;
  int has_real;
  double restart;
  struct start start;
};

/* ---- random points ---------------------------------------------------------------------------------------------- */

/* The first unseen point from a random index on, or DONE. Only called where hardly any are left. */
static joust_status any_unseen(struct local *s, double *x) {
  uint64_t first = joust_below(s->host, s->known.n_points);
  for (uint64_t k = 0; k < s->known.n_points; k++) {
    joust_index_point(s->space, (first + k) % s->known.n_points, x);
    int is_new = known_add(&s->known, x);
    if (is_new != 0) return is_new < 0 ? JOUST_ENOMEM : JOUST_OK;
  }
  return JOUST_DONE;
}

static joust_status random_unseen(struct local *s, double *x) {
  for (int k = 0; k < TRIES; k++) {
    joust_sample_point(s->host, s->space, x);
    int is_new = known_add(&s->known, x);
    if (is_new != 0) return is_new < 0 ? JOUST_ENOMEM : JOUST_OK;
  }
  return s->known.n_points ? any_unseen(s, x) : JOUST_OK;
}

/* ---- neighbours ------------------------------------------------------------------------------------------------- */

/* Makes a point the one whose neighbours are proposed; the neighbours come in random order. */
static void expand(struct local *s, uint32_t point) {
  s->current = point;
  s->deck = s->points.level[point] == 0 ? &s->all : &s->ordered;
  s->deck->left = s->deck->n;
}

/* A step along an ordered parameter, of 1/8 of its range at level 0 and half of that at each further one, but at least
 * to the next integer or choice, and no further than the edge. Returns the value itself where there is no room, or
 * where steps get no smaller. */
static double stepped(const struct joust_parameter *p, double value, int sign, uint32_t level) {
  if (p->kind == JOUST_REAL && level >= REAL_LEVELS) return value;
  double place = joust_place_of(p, value) + sign * ldexp(1, -FIRST_STEP - (int)level);
  double next = joust_value_at(p, fmin(fmax(place, 0), 1));
  if (p->kind != JOUST_REAL && next == value) next = value + sign;
  return next < p->lower || next > p->upper ? value : next;
}

/* The next unseen neighbour of the current point. Returns 1, 0 if there is none, -1 when out of memory. */
static int neighbour(struct local *s, double *x) {
  const double *base = s->points.x + (size_t)s->current * s->space->n_parameters;
  uint32_t level = s->points.level[s->current];
  memcpy(x, base, s->space->n_parameters * sizeof *x);
  while (s->deck->left > 0) {
    uint32_t k = (uint32_t)joust_below(s->host, s->deck->left--);
    struct move move = s->deck->moves[k];
    s->deck->moves[k] = s->deck->moves[s->deck->left];
    s->deck->moves[s->deck->left] = move;
    const struct joust_parameter *p = s->space->parameters[move.parameter];
    double value = base[move.parameter];
    x[move.parameter] =
        p->kind == JOUST_CATEGORICAL ? fmod(value + move.by, p->n_choices) : stepped(p, value, move.by, level);
    int is_new = x[move.parameter] == value ? 0 : known_add(&s->known, x);
    if (is_new != 0) return is_new;
    x[move.parameter] = value;
  }
  return 0;
}

/* ---- asking ----------------------------------------------------------------------------------------------------- */

/* The current point has no unseen neighbours: it is tried again with smaller steps, and after the smallest it is done
 * with. Then the next to be expanded may be a new random start: always in a space with reals, where the points that
 * are left lie as near as the smallest step. */
static void leave(struct local *s) {
  if (++s->points.level[s->current] < s->n_levels) {
    expand(s, s->current);
    return;
  }
  s->points.level[s->current] = DONE_WITH;
  s->current = NONE;
  if (s->start.to_ask > 0 || s->start.n_open > 0) return;
  if (!s->has_real && joust_uniform(s->host) >= s->restart) return;
  s->start.to_ask = s->n_restart;
  s->start.best = NONE;
  s->start.again = 1;
}

static joust_status propose(struct local *s, uint64_t id, double *x) {
  for (;;) {
    if (s->start.to_ask > 0) {
      s->start.to_ask--;
      s->start.open[s->start.n_open++] = id;
      return random_unseen(s, x);
    }
    if (s->current == NONE) {
      uint32_t best = points_best(&s->points);
      if (best == NONE) return random_unseen(s, x); /* nothing is known yet, or everything is done with */
      expand(s, best);
    }
    int found = neighbour(s, x);
    if (found != 0) return found < 0 ? JOUST_ENOMEM : JOUST_OK;
    leave(s);
  }
}

static joust_status ask(void *self, struct joust_ask *batch) {
  struct local *s = self;
  for (batch->n = 0; batch->n < batch->capacity; batch->n++) {
    joust_status status = propose(s, batch->first_id + batch->n, batch->x + (size_t)batch->n * s->space->n_parameters);
    if (status == JOUST_DONE && batch->n > 0) return JOUST_OK;
    if (status != JOUST_OK) return status;
  }
  return JOUST_OK;
}

/* ---- telling ---------------------------------------------------------------------------------------------------- */

/* Strikes a trial off those that the start waits for. Returns 0 if it is not one of them. */
static int strike(struct start *start, uint64_t id) {
  for (uint32_t k = 0; k < start->n_open; k++) {
    if (start->open[k] != id) continue;
    start->open[k] = start->open[--start->n_open];
    return 1;
  }
  return 0;
}

/* Takes in an evaluated point. The search moves to it if it is better than the current one, which it leaves to be
 * expanded further another time. */
static int learn(struct local *s, const double *x, double f, int starting) {
  uint8_t level = starting || s->current == NONE ? 0 : s->points.level[s->current];
  uint32_t point = points_add(&s->points, x, f, level);
  if (point == NONE) return -1;
  if (starting && (s->start.best == NONE || f < s->points.f[s->start.best])) s->start.best = point;
  if (s->current != NONE && f < s->points.f[s->current]) expand(s, point);
  return 0;
}

static joust_status tell(void *self, const struct joust_tell *told) {
  struct local *s = self;
  for (uint32_t k = 0; k < told->n; k++) {
    const double *x = told->x + (size_t)k * s->space->n_parameters;
    if (known_add(&s->known, x) < 0) return JOUST_ENOMEM;
    int starting = strike(&s->start, told->id[k]);
    if (told->outcome[k] == JOUST_TRIAL_OK && !isnan(told->f[k]) && learn(s, x, told->f[k], starting) < 0)
      return JOUST_ENOMEM;
    if (!starting || s->start.to_ask > 0 || s->start.n_open > 0) continue;
    /* the first start has nothing to be protected from: it goes on from the best point of all */
    if (s->start.again && s->start.best != NONE) expand(s, s->start.best);
  }
  return JOUST_OK;
}

/* ---- instances -------------------------------------------------------------------------------------------------- */

enum { INITIAL, RESTART, RESTART_POINTS, N_OPTIONS };

static const struct joust_option options[] = {
    {.name = "initial",
     .help = "random points at first; the search begins at the best",
     .fallback = "10",
     .type = JOUST_OPT_INT,
     .lower = 1,
     .upper = 10000},
    {.name = "restart",
     .help = "probability of going on from new random points whenever the neighbourhood of a point is known; else from "
             "the best point whose neighbourhood is not",
     .fallback = "0.1",
     .type = JOUST_OPT_REAL,
     .lower = 0,
     .upper = 1},
    {.name = "restart-points",
     .help = "random points of a restart; it begins at the best",
     .fallback = "5",
     .type = JOUST_OPT_INT,
     .lower = 1,
     .upper = 10000},
};

static void destroy(void *self) {
  struct local *s = self;
  if (!s) return;
  known_free(&s->known);
  points_free(&s->points);
  free(s->all.moves);
  free(s->ordered.moves);
  free(s->start.open);
  free(s);
}

/* How often the steps of a parameter are halved until they reach the next value. */
static uint32_t levels_of(const struct joust_parameter *p) {
  if (p->kind == JOUST_REAL) return REAL_LEVELS;
  double least = joust_place_of(p, p->upper) - joust_place_of(p, p->upper - 1);
  uint32_t levels = 1;
  while (levels < MOST_LEVELS && ldexp(1, 1 - FIRST_STEP - (int)levels) > least) levels++;
  return levels;
}

/* The moves of the space. Returns -1 when out of memory. */
static int make_moves(struct local *s) {
  uint64_t n_all = 0, n_ordered = 0;
  for (uint32_t i = 0; i < s->space->n_parameters; i++) {
    const struct joust_parameter *p = s->space->parameters[i];
    n_all += p->kind == JOUST_CATEGORICAL ? p->n_choices : 2;
    n_ordered += 2;
  }
  s->all.moves = malloc(n_all * sizeof *s->all.moves);
  s->ordered.moves = malloc(n_ordered * sizeof *s->ordered.moves);
  if (!s->all.moves || !s->ordered.moves) return -1;
  s->n_levels = 1;
  for (uint32_t i = 0; i < s->space->n_parameters; i++) {
    const struct joust_parameter *p = s->space->parameters[i];
    if (joust_parameter_values(p) == 1) continue;
    if (p->kind == JOUST_CATEGORICAL) {
      for (uint32_t by = 1; by < p->n_choices; by++) s->all.moves[s->all.n++] = (struct move){i, (int32_t)by};
      continue;
    }
    for (int32_t by = -1; by <= 1; by += 2)
      s->all.moves[s->all.n++] = s->ordered.moves[s->ordered.n++] = (struct move){i, by};
    if (levels_of(p) > s->n_levels) s->n_levels = levels_of(p);
    if (p->kind == JOUST_REAL) s->has_real = 1;
  }
  return 0;
}

static joust_status create(const struct joust_host *host, const struct joust_space *space, const union joust_arg *args,
                           void **self) {
  struct local *s = calloc(1, sizeof *s);
  if (!s) return JOUST_ENOMEM;
  s->host = host;
  s->space = space;
  s->points.n_parameters = space->n_parameters;
  s->restart = args[RESTART].r;
  s->n_restart = (uint32_t)args[RESTART_POINTS].i;
  s->current = NONE;
  s->start.to_ask = (uint32_t)args[INITIAL].i;
  s->start.best = NONE;
  s->start.open = malloc((s->start.to_ask > s->n_restart ? s->start.to_ask : s->n_restart) * sizeof *s->start.open);
  if (!s->start.open || known_init(&s->known, space) < 0 || make_moves(s) < 0) {
    destroy(s);
    return JOUST_ENOMEM;
  }
  *self = s;
  return JOUST_OK;
}

static const struct joust_optimiser optimiser = {.struct_size = sizeof optimiser,
                                                 .parameter_kinds = JOUST_ANY_KIND,
                                                 .n_options = N_OPTIONS,
                                                 .option_stride = sizeof options[0],
                                                 .id = "local",
                                                 .version = "1.0",
                                                 .summary = "local search with restarts",
                                                 .licence = "MIT",
                                                 .options = options,
                                                 .create = create,
                                                 .ask = ask,
                                                 .tell = tell,
                                                 .destroy = destroy};

static const struct joust_optimiser *const optimisers[] = {&optimiser};

const struct joust_plugin joust_plugin_1 = {
    .struct_size = sizeof joust_plugin_1, .abi_minor = JOUST_ABI_MINOR, .n_optimisers = 1, .optimisers = optimisers};
