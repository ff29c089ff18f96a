/* Bayesian optimisation with a Gaussian process: the plugin's entry, options and contract. */
#include <joust/plugin.h>
#include <joust/util.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "propose.h"
#include "settings.h"
#include "surrogate.h"
#include "trials.h"

struct bo {
  const struct joust_host *host;
  const struct joust_space *space;
  struct bo_settings settings;
  struct bo_trials trials;
  struct bo_surrogate surrogate;
};

static joust_status fail(const struct bo *bo, joust_status status) {
  if (status == JOUST_ENOMEM) bo->host->set_error(bo->host, "bo: out of memory");
  return status;
}

static void destroy(void *self) {
  struct bo *bo = self;
  if (!bo) return;
  bo_surrogate_free(&bo->surrogate);
  bo_trials_free(&bo->trials);
  free(bo);
}

static joust_status create(const struct joust_host *host, const struct joust_space *space, const union joust_arg *args,
                           void **self) {
  struct bo *bo = calloc(1, sizeof *bo);
  *self = NULL;
  if (!bo) {
    host->set_error(host, "bo: out of memory");
    return JOUST_ENOMEM;
  }
  bo->host = host;
  bo->space = space;
  bo->settings = bo_settings_read(args);
  bo->trials.n_axes = space->n_parameters;
  joust_status status = bo_surrogate_init(&bo->surrogate, &bo->settings, host, space, &bo->trials);
  if (status < 0) {
    fail(bo, status);
    destroy(bo);
    return status;
  }
  *self = bo;
  return JOUST_OK;
}

static void mark(struct bo *bo, const double *x) {
  if (bo->surrogate.grid.n_points > 0) bo->surrogate.grid.known[joust_point_index(bo->space, x)] = 1;
}

static joust_status ask(void *self, struct joust_ask *request) {
  struct bo *bo = self;
  for (request->n = 0; request->n < request->capacity; request->n++) {
    double *x = request->x + (size_t)request->n * bo->space->n_parameters;
    if (bo_exhausted(&bo->surrogate, bo->space)) break;
    if (bo->trials.n_ok == 0 || bo->trials.n_told + bo->trials.n_pending < bo->settings.initial) {
      bo_propose_random(&bo->surrogate, bo->space, x);
    } else {
      if (bo->host->cancelled(bo->host)) return JOUST_ECANCELLED;
      joust_status status = bo_propose(&bo->surrogate, bo->space, x);
      if (status < 0) return fail(bo, status);
    }
    if (bo_trials_asked(&bo->trials, request->first_id + request->n, x) < 0) return fail(bo, JOUST_ENOMEM);
    mark(bo, x);
  }
  return request->n > 0 ? JOUST_OK : JOUST_DONE;
}

static int inside(const struct joust_space *space, const double *x) {
  for (uint32_t i = 0; i < space->n_parameters; i++) {
    const struct joust_parameter *p = space->parameters[i];
    if (!(x[i] >= p->lower && x[i] <= p->upper) || (p->kind != JOUST_REAL && x[i] != floor(x[i]))) return 0;
  }
  return 1;
}

static joust_status tell(void *self, const struct joust_tell *news) {
  static const enum bo_state states[] = {
      [JOUST_TRIAL_OK] = BO_OK, [JOUST_TRIAL_FAILED] = BO_FAILED, [JOUST_TRIAL_CANCELLED] = BO_DROPPED};
  struct bo *bo = self;
  for (uint32_t k = 0; k < news->n; k++) {
    const double *x = news->x + (size_t)k * bo->space->n_parameters;
    if (!inside(bo->space, x)) {
      char line[96];
      snprintf(line, sizeof line, "bo: trial %llu lies outside the space: ignored", (unsigned long long)news->id[k]);
      bo->host->log(bo->host, JOUST_LOG_WARNING, line);
      continue;
    }
    enum bo_state state = news->outcome[k] <= JOUST_TRIAL_CANCELLED ? states[news->outcome[k]] : BO_FAILED;
    if (bo_trials_told(&bo->trials, news->id[k], x, state, news->f[k]) < 0) return fail(bo, JOUST_ENOMEM);
    mark(bo, x);
  }
  return JOUST_OK;
}

static const struct joust_optimiser optimiser = {.struct_size = sizeof optimiser,
                                                 .parameter_kinds = JOUST_ANY_KIND,
                                                 .n_options = BO_N_OPTIONS,
                                                 .option_stride = sizeof(struct joust_option),
                                                 .id = "bo",
                                                 .version = "1.0",
                                                 .summary = "Bayesian optimisation with a Gaussian process",
                                                 .licence = "MIT",
                                                 .options = bo_options,
                                                 .create = create,
                                                 .ask = ask,
                                                 .tell = tell,
                                                 .destroy = destroy};

static const struct joust_optimiser *const optimisers[] = {&optimiser};

#ifdef BO_OPENBLAS
/* Of OpenBLAS; its header clashes with GSL's. */
void openblas_set_num_threads(int);

/* One thread: the host runs as many runs at once as there are cores, and a run's points must not depend on how a sum
 * was split. */
static joust_status load(void) {
  openblas_set_num_threads(1);
  return JOUST_OK;
}
#else
static joust_status load(void) {
  return JOUST_OK;
}
#endif

const struct joust_plugin joust_plugin_1 = {.struct_size = sizeof joust_plugin_1,
                                            .abi_minor = JOUST_ABI_MINOR,
                                            .n_optimisers = 1,
                                            .optimisers = optimisers,
                                            .load = load};
