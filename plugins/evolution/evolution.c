/* Regularised evolution (E. Real et al., "Regularized Evolution for Image Classifier Architecture Search", AAAI 2019,
 * arXiv 1802.01548): a child of the best of a random sample replaces the oldest member of the population. See
 * README.md. */
#include <joust/seen.h>

enum { PRESET, INITIAL, POPULATION, SAMPLE, DISTINCT, STEP, N_OPTIONS };
enum { TUNED, REAL2019, NASBENCH201 };
enum { AS_PRESET, NO, YES };

/* What a run is made with: a preset, with the options that were given in its place. */
struct settings {
  uint64_t initial, population, sample;
  int distinct; /* never propose a point twice while unseen ones are left */
  double step;  /* share of mutations of ordered parameters that go to a neighbouring value */
};

static const struct settings presets[] = {
    [TUNED] = {10, 30, 25, 1, 0.5}, [REAL2019] = {100, 100, 25, 0, 0}, [NASBENCH201] = {10, 10, 3, 0, 0}};

struct evolution {
  const struct joust_host *host;
  const struct joust_space *space;
  struct settings settings;
  uint64_t points;   /* of the space; 0: infinite */
  uint64_t born;     /* members ever: number k sits in place k modulo the population */
  uint64_t alive;    /* members now */
  uint32_t *ranking; /* alive: their places, the best first */
  double *values;    /* population: objective, minimised */
  double *members;   /* population x n_parameters */
  uint32_t *mutable; /* parameters that have more than one value */
  uint32_t n_mutable;
  struct joust_seen seen; /* proposed or told; kept only if proposals are to be distinct */
};

/* ---- life -------------------------------------------------------------------------------------------------------- */

static struct settings choose(const union joust_arg *args) {
  struct settings settings = presets[args[PRESET].i];
  if (args[INITIAL].i) settings.initial = (uint64_t)args[INITIAL].i;
  if (args[POPULATION].i) settings.population = (uint64_t)args[POPULATION].i;
  if (args[SAMPLE].i) settings.sample = (uint64_t)args[SAMPLE].i;
  if (args[DISTINCT].i != AS_PRESET) settings.distinct = args[DISTINCT].i == YES;
  if (args[STEP].r >= 0) settings.step = args[STEP].r;
  return settings;
}

static void destroy(void *self) {
  struct evolution *evolution = self;
  if (!evolution) return;
  joust_seen_free(&evolution->seen);
  free(evolution->ranking);
  free(evolution->values);
  free(evolution->members);
  free(evolution->mutable);
  free(evolution);
}

static joust_status create(const struct joust_host *host, const struct joust_space *space, const union joust_arg *args,
                           void **self) {
  struct evolution *evolution = calloc(1, sizeof *evolution);
  if (!evolution) return JOUST_ENOMEM;
  evolution->host = host;
  evolution->space = space;
  evolution->settings = choose(args);
  evolution->points = joust_space_points(space);
  evolution->ranking = malloc(evolution->settings.population * sizeof *evolution->ranking);
  evolution->values = malloc(evolution->settings.population * sizeof *evolution->values);
  evolution->members = malloc(evolution->settings.population * space->n_parameters * sizeof *evolution->members);
  evolution->mutable = malloc(space->n_parameters * sizeof *evolution->mutable);
  if (!evolution->ranking || !evolution->values || !evolution->members || !evolution->mutable) {
    destroy(evolution);
    return JOUST_ENOMEM;
  }
  for (uint32_t i = 0; i < space->n_parameters; i++)
    if (space->parameters[i]->lower < space->parameters[i]->upper) evolution->mutable[evolution->n_mutable++] = i;
  *self = evolution;
  return JOUST_OK;
}

/* ---- children ---------------------------------------------------------------------------------------------------- */

/* The best of a sample drawn with replacement, as in the published algorithm, in one step: the smallest of `sample`
 * uniform numbers is 1 - (1 - u)^(1 / sample), and that share of the way down the ranking lies the winner. Of members
 * with equal values each is as likely as the others. */
static const double *tournament(const struct evolution *evolution) {
  uint64_t alive = evolution->alive;
  double share = 1 - pow(1 - joust_uniform(evolution->host), 1.0 / (double)evolution->settings.sample);
  uint64_t first = (uint64_t)(share * (double)alive), last = first;
  double value = evolution->values[evolution->ranking[first]];
  while (first > 0 && evolution->values[evolution->ranking[first - 1]] == value) first--;
  while (last + 1 < alive && evolution->values[evolution->ranking[last + 1]] == value) last++;
  if (last > first) first += joust_below(evolution->host, last - first + 1);
  return evolution->members + evolution->ranking[first] * (size_t)evolution->space->n_parameters;
}

/* Another value close by: the next choice or whole number; on wide ranges a normal step of a tenth of the range. */
static double neighbour(const struct joust_host *host, const struct joust_parameter *p, double value) {
  uint64_t values = joust_parameter_values(p);
  if (p->kind == JOUST_REAL || values > 20) {
    double place = joust_place_of(p, value) + 0.1 * joust_normal(host);
    place = fabs(place); /* reflected at both ends */
    place = place > 1 ? fabs(2 - place) : place;
    double moved = joust_value_at(p, place > 1 ? 1 : place);
    if (moved != value) return moved;
  }
  double step = host->random(host) >> 63 ? 1 : -1;
  return value + step < p->lower || value + step > p->upper ? value - step : value + step;
}

/* One parameter gets another value. */
static void mutate(const struct evolution *evolution, double *x) {
  uint32_t i = evolution->mutable[joust_below(evolution->host, evolution->n_mutable)];
  const struct joust_parameter *p = evolution->space->parameters[i];
  double step = evolution->settings.step;
  if (p->kind != JOUST_CATEGORICAL && step > 0 && joust_uniform(evolution->host) < step) {
    x[i] = neighbour(evolution->host, p, x[i]);
  } else if (p->kind == JOUST_REAL || p->log_scale) {
    double old = x[i];
    do x[i] = joust_sample(evolution->host, p);
    while (x[i] == old);
  } else { /* uniform over the other values */
    double other = p->lower + (double)joust_below(evolution->host, joust_parameter_values(p) - 1);
    x[i] = other >= x[i] ? other + 1 : other;
  }
}

static void breed(const struct evolution *evolution, double *x) {
  memcpy(x, tournament(evolution), evolution->space->n_parameters * sizeof *x);
  if (evolution->n_mutable) mutate(evolution, x);
}

/* Attempt number `attempt` to find a new point: a random one while the population is young; then children of new
 * tournaments; where all these are known, a walk away from the last one; at last anything. */
static void attempt_point(const struct evolution *evolution, int attempt, double *x) {
  if (evolution->born < evolution->settings.initial || attempt > 200)
    joust_sample_point(evolution->host, evolution->space, x);
  else if (attempt < 30 || !evolution->n_mutable)
    breed(evolution, x);
  else
    mutate(evolution, x);
}

/* Fills x. A space of which every point was seen, or all but a few, gives points that were proposed before. */
static joust_status propose(struct evolution *evolution, double *x) {
  uint32_t n = evolution->space->n_parameters;
  for (int attempt = 0;; attempt++) {
    attempt_point(evolution, attempt, x);
    if (!evolution->settings.distinct) return JOUST_OK;
    if (attempt == 400 || (evolution->points && evolution->seen.size >= evolution->points)) return JOUST_OK;
    int added = joust_seen_add(&evolution->seen, x, n);
    if (added < 0) return JOUST_ENOMEM;
    if (added > 0) return JOUST_OK;
  }
}

static joust_status ask(void *self, struct joust_ask *batch) {
  struct evolution *evolution = self;
  for (batch->n = 0; batch->n < batch->capacity; batch->n++) {
    joust_status status = propose(evolution, batch->x + (size_t)batch->n * evolution->space->n_parameters);
    if (status != JOUST_OK) return status;
  }
  return JOUST_OK;
}

/* Takes the place of the oldest member out of the ranking. */
static void retire(struct evolution *evolution, uint32_t place) {
  uint64_t i = 0;
  while (evolution->ranking[i] != place) i++;
  evolution->alive--;
  memmove(evolution->ranking + i, evolution->ranking + i + 1, (evolution->alive - i) * sizeof *evolution->ranking);
}

static void enter(struct evolution *evolution, const double *x, double value) {
  uint32_t place = (uint32_t)(evolution->born++ % evolution->settings.population);
  uint32_t n = evolution->space->n_parameters;
  if (evolution->alive == evolution->settings.population) retire(evolution, place);
  evolution->values[place] = value;
  memcpy(evolution->members + (size_t)place * n, x, n * sizeof *x);
  uint64_t i = evolution->alive++;
  for (; i > 0 && evolution->values[evolution->ranking[i - 1]] > value; i--)
    evolution->ranking[i] = evolution->ranking[i - 1];
  evolution->ranking[i] = place;
}

/* Every trial that succeeded becomes a member, whoever proposed it; the oldest one goes. */
static joust_status tell(void *self, const struct joust_tell *told) {
  struct evolution *evolution = self;
  uint32_t n = evolution->space->n_parameters;
  for (uint32_t k = 0; k < told->n; k++) {
    const double *x = told->x + (size_t)k * n;
    if (evolution->settings.distinct && joust_seen_add(&evolution->seen, x, n) < 0) return JOUST_ENOMEM;
    if (told->outcome[k] == JOUST_TRIAL_OK) enter(evolution, x, told->f[k]);
  }
  return JOUST_OK;
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

static const char *const preset_names[] = {[TUNED] = "tuned", [REAL2019] = "real2019", [NASBENCH201] = "nasbench201"};
static const char *const answers[] = {[AS_PRESET] = "preset", [NO] = "no", [YES] = "yes"};

static const struct joust_option options[N_OPTIONS] = {
    [PRESET] =
        {.name = "preset",
         .help =
             "settings where the options below leave them open: our own, of Real et al., of NAS-Bench-201's scripts",
         .fallback = "tuned",
         .type = JOUST_OPT_CHOICE,
         .n_choices = 3,
         .choices = preset_names},
    [INITIAL] = {.name = "initial",
                 .help = "random trials before the first child; 0: the preset's",
                 .fallback = "0",
                 .type = JOUST_OPT_INT,
                 .upper = 1e6},
    [POPULATION] = {.name = "population",
                    .help = "members; beyond these the oldest one goes; 0: the preset's",
                    .fallback = "0",
                    .type = JOUST_OPT_INT,
                    .upper = 1e6},
    [SAMPLE] = {.name = "sample",
                .help = "draws of a tournament, whose best becomes the parent; 0: the preset's",
                .fallback = "0",
                .type = JOUST_OPT_INT,
                .upper = 1e6},
    [DISTINCT] = {.name = "distinct",
                  .help = "never propose a point twice while unseen ones are left",
                  .fallback = "preset",
                  .type = JOUST_OPT_CHOICE,
                  .n_choices = 3,
                  .choices = answers},
    [STEP] = {.name = "step",
              .help = "share of mutations of numbers and ordinals that go to a neighbouring value; -1: the preset's",
              .fallback = "-1",
              .type = JOUST_OPT_REAL,
              .lower = -1,
              .upper = 1},
};

static const struct joust_optimiser optimiser = {.struct_size = sizeof optimiser,
                                                 .parameter_kinds = JOUST_ANY_KIND,
                                                 .n_options = N_OPTIONS,
                                                 .option_stride = sizeof options[0],
                                                 .id = "evolution",
                                                 .version = "1.0",
                                                 .summary =
                                                     "regularised evolution (Real et al. 2019), tuned or as published",
                                                 .licence = "MIT",
                                                 .options = options,
                                                 .create = create,
                                                 .ask = ask,
                                                 .tell = tell,
                                                 .destroy = destroy};

static const struct joust_optimiser *const optimisers[] = {&optimiser};

const struct joust_plugin joust_plugin_1 = {
    .struct_size = sizeof joust_plugin_1, .abi_minor = JOUST_ABI_MINOR, .n_optimisers = 1, .optimisers = optimisers};
