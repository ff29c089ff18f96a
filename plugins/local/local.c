/* Local search that remembers: propose a neighbour of one of the best points that still have unseen neighbours, and
 * when that brings nothing for long, climb from somewhere else for a while. See README.md. */
#include <joust/seen.h>

enum { INITIAL, PATIENCE, STEP, N_OPTIONS };

enum {
  FRONT = 256,        /* points that are kept for expansion */
  CANDIDATES = 40,    /* of which the best this many are compared */
  WIDE = 20,          /* numbers with more values than this have no list of neighbours: they are stepped through */
  WIDE_MOVES = 8,     /* neighbours that a point has along a wide parameter before it counts as expanded */
  TRIES = 8,          /* random neighbours that are looked at before all of them are gone through */
  CLIMB_START = 5,    /* random points that a climb begins with */
  CLIMB_PATIENCE = 15 /* trials without improvement after which it ends */
};

/* A neighbour proposed counts against a point as much as this many ranks. */
static const double EXPANSION = 0.2;

/* A known point that may have unseen neighbours. */
struct base {
  double value;
  uint32_t number;   /* in the set of seen points, whose points lie in the order of their numbers */
  uint32_t expanded; /* neighbours proposed so far */
};

struct front { /* the best first */
  struct base bases[FRONT];
  uint32_t n;
};

/* A search on a front: all that is known, or what one climb found. */
struct search {
  struct front front;
  double best;      /* infinite before the first trial */
  uint64_t stalled; /* trials since the best one */
};

struct local {
  const struct joust_host *host;
  const struct joust_space *space;
  uint64_t initial, patience;
  double step;
  uint32_t *mutable; /* parameters that have more than one value */
  uint32_t n_mutable;
  int has_wide;           /* some of them are wide */
  struct joust_seen seen; /* proposed or told */
  uint64_t told;          /* trials that succeeded */
  struct search main, climb;
  int climbing;
  uint32_t to_start; /* random points that the climb still has to propose */
};

static int is_wide(const struct joust_parameter *p) {
  return p->kind == JOUST_REAL || (p->kind == JOUST_INTEGER && joust_parameter_values(p) > WIDE);
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

static void destroy(void *self) {
  struct local *local = self;
  if (!local) return;
  joust_seen_free(&local->seen);
  free(local->mutable);
  free(local);
}

static joust_status create(const struct joust_host *host, const struct joust_space *space, const union joust_arg *args,
                           void **self) {
  struct local *local = calloc(1, sizeof *local);
  if (!local) return JOUST_ENOMEM;
  local->host = host;
  local->space = space;
  local->initial = (uint64_t)args[INITIAL].i;
  local->patience = (uint64_t)args[PATIENCE].i;
  local->step = args[STEP].r;
  local->main.best = INFINITY;
  local->mutable = malloc(space->n_parameters * sizeof *local->mutable);
  if (!local->mutable) {
    destroy(local);
    return JOUST_ENOMEM;
  }
  for (uint32_t i = 0; i < space->n_parameters; i++)
    if (space->parameters[i]->lower < space->parameters[i]->upper) {
      local->mutable[local->n_mutable++] = i;
      local->has_wide |= is_wide(space->parameters[i]);
    }
  *self = local;
  return JOUST_OK;
}

/* ---- neighbours: points that differ in one parameter --------------------------------------------------------------
 */

/* A normal step, reflected at both ends; its size falls from a fifth of the range to a hundredth as more of the point's
 * neighbours are known. */
static double step_wide(const struct local *local, const struct joust_parameter *p, double value, uint32_t expanded) {
  double size = fmax(0.2 * pow(0.8, expanded), 0.01);
  double place = fabs(joust_place_of(p, value) + size * joust_normal(local->host));
  place = place > 1 ? fabs(2 - place) : place;
  double moved = joust_value_at(p, place > 1 ? 1 : place);
  if (moved != value || p->kind == JOUST_REAL) return moved;
  return value == p->upper ? value - 1 : value + 1;
}

/* x gets another value in one parameter. */
static void move(const struct local *local, double *x, uint32_t expanded) {
  uint32_t i = local->mutable[joust_below(local->host, local->n_mutable)];
  const struct joust_parameter *p = local->space->parameters[i];
  if (is_wide(p)) {
    x[i] = step_wide(local, p, x[i], expanded);
  } else if (p->kind != JOUST_CATEGORICAL && local->step > 0 && joust_uniform(local->host) < local->step) {
    double next = x[i] + (local->host->random(local->host) >> 63 ? 1 : -1);
    x[i] = next < p->lower ? x[i] + 1 : next > p->upper ? x[i] - 1 : next;
  } else {
    double other = p->lower + (double)joust_below(local->host, joust_parameter_values(p) - 1);
    x[i] = other >= x[i] ? other + 1 : other;
  }
}

/* Goes through the neighbours along parameters with few values; x becomes an unseen one, or there is none (0). */
static int find_unseen(const struct local *local, double *x) {
  uint32_t n = local->space->n_parameters, first = (uint32_t)joust_below(local->host, local->n_mutable);
  for (uint32_t k = 0; k < local->n_mutable; k++) {
    uint32_t i = local->mutable[(first + k) % local->n_mutable];
    const struct joust_parameter *p = local->space->parameters[i];
    if (is_wide(p)) continue;
    double old = x[i];
    for (x[i] = p->lower; x[i] <= p->upper; x[i]++)
      if (x[i] != old && !joust_seen_has(&local->seen, x, n)) return 1;
    x[i] = old;
  }
  return 0;
}

/* ---- fronts ------------------------------------------------------------------------------------------------------ */

static void drop_base(struct front *front, uint32_t rank) {
  front->n--;
  memmove(front->bases + rank, front->bases + rank + 1, (front->n - rank) * sizeof *front->bases);
}

/* A full front loses its worst point. */
static void add_base(struct front *front, double value, uint32_t number) {
  if (front->n == FRONT && value >= front->bases[FRONT - 1].value) return;
  uint32_t rank = front->n < FRONT ? front->n++ : FRONT - 1;
  for (; rank > 0 && front->bases[rank - 1].value > value; rank--) front->bases[rank] = front->bases[rank - 1];
  front->bases[rank] = (struct base){value, number, 0};
}

/* Good points come first, but each neighbour that was proposed makes a point less promising. */
static uint32_t choose_base(const struct front *front) {
  uint32_t chosen = 0, n = front->n < CANDIDATES ? front->n : CANDIDATES;
  double least = INFINITY;
  for (uint32_t rank = 0; rank < n; rank++) {
    double cost = rank + EXPANSION * front->bases[rank].expanded;
    if (cost >= least) continue;
    least = cost;
    chosen = rank;
  }
  return chosen;
}

/* An unseen neighbour of the base into x; 0 if there is none. */
static int expand(const struct local *local, const struct base *base, double *x) {
  uint32_t n = local->space->n_parameters;
  const double *point = local->seen.points + (size_t)base->number * n;
  for (int k = 0; k < TRIES; k++) {
    memcpy(x, point, n * sizeof *x);
    move(local, x, base->expanded / local->n_mutable);
    if (!joust_seen_has(&local->seen, x, n)) return 1;
  }
  memcpy(x, point, n * sizeof *x);
  return find_unseen(local, x);
}

/* An unseen neighbour of a point of the front into x; 0 if no point has one. Points without are dropped. */
static int propose_from(const struct local *local, struct front *front, double *x) {
  int found = 0;
  while (!found && front->n > 0) {
    uint32_t rank = choose_base(front);
    struct base *base = &front->bases[rank];
    found = expand(local, base, x);
    base->expanded++;
    if (!found || (local->has_wide && base->expanded >= WIDE_MOVES * local->n_mutable)) drop_base(front, rank);
  }
  return found;
}

/* ---- ask and tell ------------------------------------------------------------------------------------------------ */

static void random_unseen(const struct local *local, double *x) {
  for (int k = 0; k < 100; k++) {
    joust_sample_point(local->host, local->space, x);
    if (!joust_seen_has(&local->seen, x, local->space->n_parameters)) return;
  }
}

static void begin_climb(struct local *local) {
  local->climbing = 1;
  local->to_start = CLIMB_START;
  local->climb.front.n = 0;
  local->climb.best = INFINITY;
  local->climb.stalled = 0;
}

/* Fills x, in a climb. Returns 0 where the climb is over. */
static int propose_climb(struct local *local, double *x) {
  if (local->to_start > 0) {
    local->to_start--;
    random_unseen(local, x);
    return 1;
  }
  if (local->climb.stalled < CLIMB_PATIENCE && propose_from(local, &local->climb.front, x)) return 1;
  local->climbing = 0;
  local->main.stalled = 0;
  return 0;
}

/* Fills x; where nothing unseen is left, or cannot be found, with a random point that was proposed before. */
static void propose(struct local *local, double *x) {
  if (local->told >= local->initial && local->n_mutable > 0) {
    if (!local->climbing && local->patience > 0 && local->main.stalled >= local->patience) begin_climb(local);
    if (local->climbing && propose_climb(local, x)) return;
    if (propose_from(local, &local->main.front, x)) return;
  }
  random_unseen(local, x);
}

static joust_status ask(void *self, struct joust_ask *batch) {
  struct local *local = self;
  uint32_t n = local->space->n_parameters;
  for (batch->n = 0; batch->n < batch->capacity; batch->n++) {
    double *x = batch->x + (size_t)batch->n * n;
    propose(local, x);
    if (joust_seen_add(&local->seen, x, n) < 0) return JOUST_ENOMEM;
  }
  return JOUST_OK;
}

static void learn(struct search *search, double value, uint32_t number) {
  search->stalled++;
  if (value < search->best) {
    search->best = value;
    search->stalled = 0;
  }
  add_base(&search->front, value, number);
}

static joust_status tell(void *self, const struct joust_tell *told) {
  struct local *local = self;
  uint32_t n = local->space->n_parameters;
  for (uint32_t k = 0; k < told->n; k++) {
    const double *x = told->x + (size_t)k * n;
    if (joust_seen_add(&local->seen, x, n) < 0) return JOUST_ENOMEM;
    if (told->outcome[k] != JOUST_TRIAL_OK) continue;
    uint32_t number = local->seen.slots[joust_seen_slot(&local->seen, x, n)] - 1;
    local->told++;
    learn(&local->main, told->f[k], number);
    if (local->climbing) learn(&local->climb, told->f[k], number);
  }
  return JOUST_OK;
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

static const struct joust_option options[N_OPTIONS] = {
    [INITIAL] = {.name = "initial",
                 .help = "random trials before the search begins",
                 .fallback = "8",
                 .type = JOUST_OPT_INT,
                 .lower = 1,
                 .upper = 1e6},
    [PATIENCE] = {.name = "patience",
                  .help = "trials without a new best after which a climb begins elsewhere; 0: never",
                  .fallback = "60",
                  .type = JOUST_OPT_INT,
                  .upper = 1e9},
    [STEP] = {.name = "step",
              .help = "share of moves of ordinals and integers that go to a neighbouring value",
              .fallback = "0.8",
              .type = JOUST_OPT_REAL,
              .lower = 0,
              .upper = 1},
};

static const struct joust_optimiser optimiser = {
    .struct_size = sizeof optimiser,
    .parameter_kinds = JOUST_ANY_KIND,
    .n_options = N_OPTIONS,
    .option_stride = sizeof options[0],
    .id = "local",
    .version = "1.0",
    .summary = "local search from the best points that have unseen neighbours, with climbs elsewhere",
    .licence = "MIT",
    .options = options,
    .create = create,
    .ask = ask,
    .tell = tell,
    .destroy = destroy};

static const struct joust_optimiser *const optimisers[] = {&optimiser};

const struct joust_plugin joust_plugin_1 = {
    .struct_size = sizeof joust_plugin_1, .abi_minor = JOUST_ABI_MINOR, .n_optimisers = 1, .optimisers = optimisers};
