/* The smallest optimiser that learns: propose a copy of the best point with one parameter drawn anew. */
#include <joust/util.h>
#include <stdlib.h>

struct climber {
  const struct joust_host *host;
  const struct joust_space *space;
  double best;    /* infinite until a trial succeeds */
  double point[]; /* the trial that reached it */
};

static joust_status create(const struct joust_host *host, const struct joust_space *space, const union joust_arg *args,
                           void **self) {
  (void)args; /* it has no options */
  struct climber *climber = malloc(sizeof *climber + space->n_parameters * sizeof climber->point[0]);
  if (!climber) return JOUST_ENOMEM;
  *climber = (struct climber){host, space, INFINITY};
  joust_sample_point(host, space, climber->point);
  *self = climber;
  return JOUST_OK;
}

static joust_status ask(void *self, struct joust_ask *batch) {
  struct climber *climber = self;
  uint32_t n = climber->space->n_parameters;
  for (batch->n = 0; batch->n < batch->capacity; batch->n++) {
    double *x = batch->x + (size_t)batch->n * n;
    uint32_t changed = (uint32_t)joust_below(climber->host, n);
    memcpy(x, climber->point, n * sizeof *x);
    x[changed] = joust_sample(climber->host, climber->space->parameters[changed]);
  }
  return JOUST_OK;
}

static joust_status tell(void *self, const struct joust_tell *told) {
  struct climber *climber = self;
  uint32_t n = climber->space->n_parameters;
  for (uint32_t k = 0; k < told->n; k++) {
    if (told->outcome[k] != JOUST_TRIAL_OK || told->f[k] > climber->best) continue; /* f is always minimised */
    climber->best = told->f[k];
    memcpy(climber->point, told->x + (size_t)k * n, n * sizeof *told->x);
  }
  return JOUST_OK;
}

static const struct joust_optimiser climber = {.struct_size = sizeof climber,
                                               .parameter_kinds = JOUST_ANY_KIND,
                                               .id = "climber",
                                               .version = "1.0",
                                               .summary = "one parameter of the best point drawn anew",
                                               .licence = "MIT",
                                               .create = create,
                                               .ask = ask,
                                               .tell = tell,
                                               .destroy = free};
static const struct joust_optimiser *const list[] = {&climber};
const struct joust_plugin joust_plugin_1 = {
    .struct_size = sizeof joust_plugin_1, .n_optimisers = 1, .optimisers = list};
