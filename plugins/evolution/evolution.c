/* Regularised (ageing) evolution: E. Real, A. Aggarwal, Y. Huang, Q. V. Le, "Regularized Evolution for Image Classifier
 * Architecture Search", AAAI 2019, arXiv 1802.01548, algorithm 1, with the settings of others and of our own as
 * presets. See README.md. */
#include <joust/seen.h>

#define TRIES            60 /* duplicates in a row before random points are tried, as often, then all in turn */
#define TRIES_PER_PARENT 3
#define MOST_BITS        (1u << 17) /* points of the largest space whose known points are kept as bits */

enum { DUPLICATES_PRESET, DUPLICATES_AVOID, DUPLICATES_ALLOW };
enum { PICK_PRESET, PICK_UNIFORM, PICK_CELL };

struct settings {
  uint32_t population; /* most members; then the oldest (or worst) one dies */
  uint32_t initial;    /* random points before evolution begins; 0: the population's size */
  uint32_t sample;     /* draws of a tournament */
  double step;         /* probability that a mutation takes small steps where there is an order */
  int duplicates, pick;
};

static const char *const preset_names[] = {"tuned", "real2019", "nasbench201"};
static const struct settings presets[] = {{20, 10, 60, 0.8, DUPLICATES_AVOID, PICK_UNIFORM},
                                          {100, 0, 25, 0, DUPLICATES_ALLOW, PICK_UNIFORM},
                                          {10, 0, 3, 0, DUPLICATES_ALLOW, PICK_CELL}};

struct evolution {
  const struct joust_host *host;
  const struct joust_space *space;
  struct settings settings;
  int ageing;
  uint64_t n_points; /* of the space; 0: infinitely many */
  uint32_t *free;    /* the parameters with more than one value */
  uint32_t n_free, n_nodes;
  double *f, *x;            /* population, population x n_parameters: the members' values and points, by place */
  uint32_t *order;          /* population: the members' places, the best first */
  uint32_t members, oldest; /* how many there are; with ageing, the place of the one to die next */
  uint64_t born;            /* members ever */
  /* What was proposed or told, where duplicates are avoided: a bit a point in a small space, else a set. */
  uint64_t *bits, *stride; /* n_points; n_parameters: what a step of each adds to a point's index */
  struct joust_seen seen;
};

/* ---- children --------------------------------------------------------------------------------------------------- */

/* The rank of a tournament's winner: the best of `sample` members drawn with replacement. It is at least r with
 * probability ((m - r) / m)^sample, m members; one random number replaces the draws. */
static uint32_t tournament(const struct evolution *e) {
  uint32_t rank = (uint32_t)(e->members * (1 - pow(joust_uniform(e->host), 1.0 / e->settings.sample)));
  return rank < e->members ? rank : e->members - 1;
}

/* The parameter to mutate. By cell: parameters are the edges of a cell, sorted by the node they end in, node k having
 * k of them; first a node is drawn, then one of its edges. */
static uint32_t pick(const struct evolution *e) {
  if (e->settings.pick == PICK_UNIFORM) return e->free[joust_below(e->host, e->n_free)];
  uint32_t node = 1 + (uint32_t)joust_below(e->host, e->n_nodes);
  return node * (node - 1) / 2 + (uint32_t)joust_below(e->host, node);
}

/* A neighbouring choice, or a number at a distance whose magnitude is random: 2^-1 to 2^-17 of the range, all orders
 * alike, as in the breeder genetic algorithm (H. Mühlenbein, D. Schlierkamp-Voosen, Evolutionary Computation 1, 1993);
 * at least 1 for an integer. A step over the edge is taken the other way. */
static double near_value(const struct joust_host *host, const struct joust_parameter *p, double value) {
  double sign = host->random(host) >> 63 ? 1 : -1, stepped = value;
  if (p->kind != JOUST_ORDINAL) {
    double place = joust_place_of(p, value), size = exp2(-1 - 16 * joust_uniform(host));
    if (place + sign * size < 0 || place + sign * size > 1) sign = -sign;
    stepped = joust_value_at(p, place + sign * size);
  }
  if (p->kind == JOUST_REAL || stepped != value) return stepped;
  stepped = value + sign;
  return stepped < p->lower || stepped > p->upper ? value - sign : stepped;
}

static void mutate(const struct evolution *e, double *x, int near) {
  uint32_t i = pick(e);
  const struct joust_parameter *p = e->space->parameters[i];
  double value = x[i];
  if (joust_parameter_values(p) == 1) return;
  if (near && p->kind != JOUST_CATEGORICAL)
    x[i] = near_value(e->host, p, value);
  else
    do x[i] = joust_sample(e->host, p);
    while (x[i] == value);
}

/* Notes that x is known. Returns 1 if that is new, 0 if not, -1 when out of memory. */
static int note(struct evolution *e, const double *x) {
  if (!e->bits) return joust_seen_add(&e->seen, x, e->space->n_parameters);
  uint64_t index = 0;
  for (uint32_t i = 0; i < e->space->n_parameters; i++)
    index += (uint64_t)(x[i] - e->space->parameters[i]->lower) * e->stride[i];
  if (index >= e->n_points) return 0; /* not of this space */
  uint64_t bit = UINT64_C(1) << index % 64, *word = &e->bits[index / 64];
  int is_new = !(*word & bit);
  *word |= bit;
  return is_new;
}

/* The first unseen point from a random index on, or DONE. Only called where hardly any are left. */
static joust_status any_unseen(struct evolution *e, double *x) {
  uint64_t first = joust_below(e->host, e->n_points);
  for (uint64_t k = 0; k < e->n_points; k++) {
    joust_index_point(e->space, (first + k) % e->n_points, x);
    int is_new = note(e, x);
    if (is_new != 0) return is_new < 0 ? JOUST_ENOMEM : JOUST_OK;
  }
  return JOUST_DONE;
}

/* A random point while evolution has not begun, then a child. A duplicate is mutated anew from its parent; every few of
 * them the next best member takes the parent's place, since most of that one's children are known. */
static joust_status propose(struct evolution *e, double *x) {
  int evolving = e->born >= e->settings.initial && e->n_free > 0;
  int near = evolving && joust_uniform(e->host) < e->settings.step;
  uint32_t rank = evolving ? tournament(e) : 0;
  for (uint32_t tries = 1; tries <= 2 * TRIES; tries++) {
    if (evolving && tries <= TRIES) {
      memcpy(x, e->x + (size_t)e->order[rank] * e->space->n_parameters, e->space->n_parameters * sizeof *x);
      mutate(e, x, near);
    } else {
      joust_sample_point(e->host, e->space, x);
    }
    if (e->settings.duplicates == DUPLICATES_ALLOW) return JOUST_OK;
    int is_new = note(e, x);
    if (is_new != 0) return is_new < 0 ? JOUST_ENOMEM : JOUST_OK;
    if (tries % TRIES_PER_PARENT == 0) rank = rank + 1 < e->members ? rank + 1 : 0;
  }
  return e->n_points ? any_unseen(e, x) : JOUST_OK;
}

static joust_status ask(void *self, struct joust_ask *batch) {
  struct evolution *e = self;
  for (batch->n = 0; batch->n < batch->capacity; batch->n++) {
    joust_status status = propose(e, batch->x + (size_t)batch->n * e->space->n_parameters);
    if (status == JOUST_DONE && batch->n > 0) return JOUST_OK;
    if (status != JOUST_OK) return status;
  }
  return JOUST_OK;
}

/* ---- the population --------------------------------------------------------------------------------------------- */

/* Takes the oldest member, or the worst, out of the order. Returns its place. */
static uint32_t bury(struct evolution *e) {
  uint32_t rank = e->members - 1;
  if (e->ageing) {
    for (rank = 0; e->order[rank] != e->oldest; rank++) {}
    e->oldest = (e->oldest + 1) % e->settings.population;
  }
  uint32_t place = e->order[rank];
  e->members--;
  memmove(e->order + rank, e->order + rank + 1, (e->members - rank) * sizeof *e->order);
  return place;
}

/* A newcomer always enters, and ranks behind the members of its own value. */
static void join(struct evolution *e, double f, const double *x) {
  uint32_t n = e->space->n_parameters, place = e->members;
  if (e->members == e->settings.population) place = bury(e);
  uint32_t rank = e->members++;
  for (; rank > 0 && f < e->f[e->order[rank - 1]]; rank--) e->order[rank] = e->order[rank - 1];
  e->order[rank] = place;
  e->f[place] = f;
  memcpy(e->x + (size_t)place * n, x, n * sizeof *x);
}

static joust_status tell(void *self, const struct joust_tell *told) {
  struct evolution *e = self;
  uint32_t n = e->space->n_parameters;
  for (uint32_t k = 0; k < told->n; k++) {
    const double *x = told->x + (size_t)k * n;
    if (e->settings.duplicates == DUPLICATES_AVOID && note(e, x) < 0) return JOUST_ENOMEM;
    if (told->outcome[k] != JOUST_TRIAL_OK || isnan(told->f[k])) continue;
    e->born++;
    join(e, told->f[k], x);
  }
  return JOUST_OK;
}

/* ---- instances -------------------------------------------------------------------------------------------------- */

enum { PRESET, POPULATION, INITIAL, SAMPLE, STEP, DUPLICATES, PICK, AGEING, N_OPTIONS };

static const char *const duplicates_names[] = {"preset", "avoid", "allow"};
static const char *const pick_names[] = {"preset", "uniform", "cell"};

static const struct joust_option options[] = {
    {.name = "preset",
     .help = "settings to start from: our own, those of Real et al. 2019, those of the NAS-Bench-201 scripts",
     .fallback = "tuned",
     .type = JOUST_OPT_CHOICE,
     .n_choices = 3,
     .choices = preset_names},
    {.name = "population",
     .help = "most members; 0: the preset's (20, 100, 10)",
     .fallback = "0",
     .type = JOUST_OPT_INT,
     .upper = 1000000},
    {.name = "initial",
     .help = "random points before evolution begins; 0: the preset's (10, the population's size, likewise)",
     .fallback = "0",
     .type = JOUST_OPT_INT,
     .upper = 1000000},
    {.name = "sample",
     .help = "members drawn, with replacement, for a tournament; 0: the preset's (60, 25, 3)",
     .fallback = "0",
     .type = JOUST_OPT_INT,
     .upper = 1000000},
    {.name = "step",
     .help = "probability that a mutation of an ordered parameter is a small step, not any other value; "
             "-1: the preset's (0.8, 0, 0)",
     .fallback = "-1",
     .type = JOUST_OPT_REAL,
     .lower = -1,
     .upper = 1},
    {.name = "duplicates",
     .help = "avoid: never propose a known point, stop when none is left; preset: avoid, allow, allow",
     .fallback = "preset",
     .type = JOUST_OPT_CHOICE,
     .n_choices = 3,
     .choices = duplicates_names},
    {.name = "pick",
     .help = "how the parameter to mutate is drawn; cell: parameters are the edges of a cell, first a node is drawn, "
             "then one of its edges; preset: uniform, uniform, cell where the number of parameters allows it",
     .fallback = "preset",
     .type = JOUST_OPT_CHOICE,
     .n_choices = 3,
     .choices = pick_names},
    {.name = "ageing", .help = "the oldest member dies; false: the worst", .fallback = "true", .type = JOUST_OPT_BOOL},
};

/* The preset, with what was given explicitly put over it. */
static struct settings settle(const union joust_arg *args) {
  struct settings s = presets[args[PRESET].i];
  if (args[POPULATION].i > 0) s.population = (uint32_t)args[POPULATION].i;
  if (args[INITIAL].i > 0) s.initial = (uint32_t)args[INITIAL].i;
  if (args[SAMPLE].i > 0) s.sample = (uint32_t)args[SAMPLE].i;
  if (args[STEP].r >= 0) s.step = args[STEP].r;
  if (args[DUPLICATES].i != DUPLICATES_PRESET) s.duplicates = (int)args[DUPLICATES].i;
  if (args[PICK].i != PICK_PRESET) s.pick = (int)args[PICK].i;
  if (s.initial == 0) s.initial = s.population;
  return s;
}

static void destroy(void *self) {
  struct evolution *e = self;
  if (!e) return;
  joust_seen_free(&e->seen);
  free(e->bits);
  free(e->stride);
  free(e->free);
  free(e->f);
  free(e->x);
  free(e->order);
  free(e);
}

/* The parameters that can mutate, and the place of each in a point's index. Returns -1 when out of memory. */
static int survey(struct evolution *e) {
  uint32_t n = e->space->n_parameters;
  e->n_points = joust_space_points(e->space);
  e->free = malloc(n * sizeof *e->free);
  e->stride = calloc(n, sizeof *e->stride);
  if (!e->free || !e->stride) return -1;
  for (uint32_t i = 0; i < n; i++)
    if (joust_parameter_values(e->space->parameters[i]) != 1) e->free[e->n_free++] = i;
  if (e->settings.duplicates == DUPLICATES_ALLOW || e->n_points == 0 || e->n_points > MOST_BITS) return 0;
  uint64_t stride = 1;
  for (uint32_t k = e->n_free; k-- > 0;) {
    e->stride[e->free[k]] = stride;
    stride *= joust_parameter_values(e->space->parameters[e->free[k]]);
  }
  e->bits = calloc(e->n_points / 64 + 1, sizeof *e->bits);
  return e->bits ? 0 : -1;
}

static joust_status create(const struct joust_host *host, const struct joust_space *space, const union joust_arg *args,
                           void **self) {
  struct evolution *e = calloc(1, sizeof *e);
  if (!e) return JOUST_ENOMEM;
  uint32_t n = space->n_parameters;
  e->host = host;
  e->space = space;
  e->settings = settle(args);
  e->ageing = args[AGEING].i != 0;
  while ((e->n_nodes + 1) * (e->n_nodes + 2) / 2 <= n) e->n_nodes++;
  if (e->settings.pick == PICK_CELL && e->n_nodes * (e->n_nodes + 1) / 2 != n) {
    if (args[PICK].i == PICK_CELL) {
      host->set_error(host, "pick=cell needs 1, 3, 6, 10, ... parameters: the edges of a cell");
      destroy(e);
      return JOUST_EUNSUPPORTED;
    }
    e->settings.pick = PICK_UNIFORM;
  }
  e->f = malloc(e->settings.population * sizeof *e->f);
  e->x = malloc((size_t)e->settings.population * n * sizeof *e->x);
  e->order = malloc(e->settings.population * sizeof *e->order);
  if (!e->f || !e->x || !e->order || survey(e) < 0) {
    destroy(e);
    return JOUST_ENOMEM;
  }
  *self = e;
  return JOUST_OK;
}

static const struct joust_optimiser optimiser = {.struct_size = sizeof optimiser,
                                                 .parameter_kinds = JOUST_ANY_KIND,
                                                 .n_options = N_OPTIONS,
                                                 .option_stride = sizeof options[0],
                                                 .id = "evolution",
                                                 .version = "1.0",
                                                 .summary = "regularised (ageing) evolution",
                                                 .licence = "MIT",
                                                 .options = options,
                                                 .create = create,
                                                 .ask = ask,
                                                 .tell = tell,
                                                 .destroy = destroy};

static const struct joust_optimiser *const optimisers[] = {&optimiser};

const struct joust_plugin joust_plugin_1 = {
    .struct_size = sizeof joust_plugin_1, .abi_minor = JOUST_ABI_MINOR, .n_optimisers = 1, .optimisers = optimisers};
