/* The evaluator `nk`: NK landscapes as a problem that needs no data and that nobody can have memorised. The model and
 * its random numbers are described in landscape.h, its optimum in exact.h. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <joust/plugin.h>

#include "exact.h"
#include "landscape.h"

enum { DEFAULT_LOCI = 16, DEFAULT_CHOICES = 2 };

enum { OPT_N, OPT_K, OPT_CHOICES, OPT_SEED, OPT_NEIGHBOURS, N_OPTIONS };

static const char *const neighbour_models[] = {[NK_ADJACENT] = "adjacent", [NK_RANDOM] = "random"};

static const struct joust_option options[N_OPTIONS] = {
    [OPT_N] = {"n", "number of loci; 0: as many as the problem has parameters, or 16", "0", JOUST_OPT_INT, 0, 0,
               NK_MAX_LOCI, NULL},
    [OPT_K] = {"k", "number of other loci that a locus' contribution depends on, less than n", "2", JOUST_OPT_INT, 0, 0,
               NK_MAX_LOCI - 1, NULL},
    [OPT_CHOICES] = {"choices", "values of a locus, at least 2; 0: as many as the problem's parameters have, or 2", "0",
                     JOUST_OPT_INT, 0, 0, NK_MAX_CHOICES, NULL},
    [OPT_SEED] = {"seed", "which landscape of its kind", "1", JOUST_OPT_INT, 0, 0, 0x1p53 - 1, NULL},
    [OPT_NEIGHBOURS] = {"neighbours", "which others: the next k on a ring, or k drawn for each locus", "adjacent",
                        JOUST_OPT_CHOICE, 2, 0, 0, neighbour_models},
};

enum { METRIC_FITNESS, METRIC_RANK, N_METRICS };

static const char *const metric_names[N_METRICS] = {"fitness", "rank"};

static const char *const labels[NK_MAX_CHOICES] = {"0", "1", "2",  "3",  "4",  "5",  "6",  "7",
                                                   "8", "9", "10", "11", "12", "13", "14", "15"};

struct nk {
  const struct joust_host *host;
  const struct joust_evaluator_setup *setup;
  struct nk_landscape landscape;
  uint32_t *metrics; /* setup->n_metrics: METRIC_ of each column */
  uint32_t *values;  /* n: a point */
  uint64_t *sums;    /* all points' sums, largest first; NULL if no rank is asked for, or there are too many points */
  size_t n_points;
  struct joust_space space; /* made from the options, for a problem that has none */
  struct joust_parameter *parameters;
  const struct joust_parameter **pointers;
  char (*names)[16]; /* "locus1000" */
  char fingerprint[128];
};

static joust_status fail(const struct joust_host *host, joust_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static joust_status fail(const struct joust_host *host, joust_status status, const char *format, ...) {
  char message[400];
  va_list args;
  va_start(args, format);
  vsnprintf(message, sizeof message, format, args);
  va_end(args);
  host->set_error(host, message);
  return status;
}

static joust_status out_of_memory(const struct joust_host *host) {
  return fail(host, JOUST_ENOMEM, "nk: out of memory");
}

/* ---- from options and space to a landscape ---------------------------------------------------------------------- */

/* The problem's own parameters must be n categorical ones of equally many choices. */
static joust_status check_space(const struct joust_host *host, const struct joust_space *space) {
  const struct joust_parameter *first = space->parameters[0];
  if (space->n_parameters > NK_MAX_LOCI)
    return fail(host, JOUST_EUNSUPPORTED, "nk: the problem has %" PRIu32 " parameters, at most %d are possible",
                space->n_parameters, NK_MAX_LOCI);
  for (uint32_t i = 0; i < space->n_parameters; i++) {
    const struct joust_parameter *p = space->parameters[i];
    if (p->kind != JOUST_CATEGORICAL)
      return fail(host, JOUST_EUNSUPPORTED, "nk: parameter %s is not categorical, as every locus is", p->name);
    if (p->n_choices != first->n_choices)
      return fail(host, JOUST_EUNSUPPORTED,
                  "nk: parameter %s has %" PRIu32 " choices and %s has %" PRIu32 ", all must have as many", first->name,
                  first->n_choices, p->name, p->n_choices);
  }
  if (first->n_choices < 2 || first->n_choices > NK_MAX_CHOICES)
    return fail(host, JOUST_EUNSUPPORTED, "nk: parameter %s has %" PRIu32 " choices, 2 to %d are possible", first->name,
                first->n_choices, NK_MAX_CHOICES);
  return JOUST_OK;
}

/* An option that the problem's parameters may settle: 0 stands for what they say. */
static joust_status settle(uint32_t *result, const struct joust_host *host, const char *option, int64_t given,
                           uint32_t of_space, const char *what) {
  *result = given ? (uint32_t)given : of_space;
  if (*result == of_space) return JOUST_OK;
  return fail(host, JOUST_EOPTION, "nk: option %s is %" PRId64 ", but the problem has %" PRIu32 " %s", option, given,
              of_space, what);
}

static joust_status read_size(struct nk *nk) {
  struct nk_landscape *landscape = &nk->landscape;
  const union joust_arg *args = nk->setup->args;
  const struct joust_space *space = nk->setup->space;
  if (!space) {
    landscape->n = args[OPT_N].i ? (uint32_t)args[OPT_N].i : DEFAULT_LOCI;
    landscape->choices = args[OPT_CHOICES].i ? (uint32_t)args[OPT_CHOICES].i : DEFAULT_CHOICES;
    return JOUST_OK;
  }
  joust_status status = check_space(nk->host, space);
  if (status == JOUST_OK)
    status = settle(&landscape->n, nk->host, "n", args[OPT_N].i, space->n_parameters, "parameters");
  if (status == JOUST_OK)
    status = settle(&landscape->choices, nk->host, "choices", args[OPT_CHOICES].i, space->parameters[0]->n_choices,
                    "choices a parameter");
  return status;
}

static joust_status read_options(struct nk *nk) {
  struct nk_landscape *landscape = &nk->landscape;
  const union joust_arg *args = nk->setup->args;
  joust_status status = read_size(nk);
  if (status != JOUST_OK) return status;
  landscape->k = (uint32_t)args[OPT_K].i;
  landscape->seed = (uint64_t)args[OPT_SEED].i;
  landscape->neighbours = (enum nk_neighbours)args[OPT_NEIGHBOURS].i;
  if (landscape->choices < 2) return fail(nk->host, JOUST_EOPTION, "nk: option choices is 1, but must be at least 2");
  if (landscape->k >= landscape->n)
    return fail(nk->host, JOUST_EOPTION, "nk: option k is %" PRIu32 ", but must be less than n, which is %" PRIu32,
                landscape->k, landscape->n);
  if (!nk_combinations(landscape->n, landscape->k, landscape->choices))
    return fail(nk->host, JOUST_EOPTION,
                "nk: n * choices^(k+1) = %" PRIu32 " * %" PRIu32 "^%" PRIu32
                " contributions are more than the limit of %" PRIu32 ": lower k, choices or n",
                landscape->n, landscape->choices, landscape->k + 1, NK_MAX_CONTRIBUTIONS);
  return JOUST_OK;
}

static joust_status make_space(struct nk *nk) {
  uint32_t n = nk->landscape.n, choices = nk->landscape.choices;
  nk->parameters = calloc(n, sizeof *nk->parameters);
  nk->pointers = calloc(n, sizeof *nk->pointers);
  nk->names = calloc(n, sizeof *nk->names);
  if (!nk->parameters || !nk->pointers || !nk->names) return out_of_memory(nk->host);
  for (uint32_t i = 0; i < n; i++) {
    snprintf(nk->names[i], sizeof nk->names[i], "locus%" PRIu32, i + 1);
    nk->parameters[i] = (struct joust_parameter){
        .name = nk->names[i], .kind = JOUST_CATEGORICAL, .n_choices = choices, .upper = choices - 1, .choices = labels};
    nk->pointers[i] = &nk->parameters[i];
  }
  nk->space = (struct joust_space){
      .struct_size = sizeof nk->space, .n_parameters = n, .n_objectives = 1, .parameters = nk->pointers};
  return JOUST_OK;
}

/* ---- metrics ---------------------------------------------------------------------------------------------------- */

static joust_status read_metrics(struct nk *nk) {
  nk->metrics = calloc(nk->setup->n_metrics, sizeof *nk->metrics);
  if (!nk->metrics) return out_of_memory(nk->host);
  for (uint32_t m = 0; m < nk->setup->n_metrics; m++) {
    uint32_t metric = 0;
    while (metric < N_METRICS && strcmp(nk->setup->metrics[m], metric_names[metric]) != 0) metric++;
    if (metric == N_METRICS)
      return fail(nk->host, JOUST_EUNSUPPORTED, "nk: there is no metric %s, only fitness and rank",
                  nk->setup->metrics[m]);
    nk->metrics[m] = metric;
  }
  return JOUST_OK;
}

static joust_status rank_points(struct nk *nk) {
  uint32_t m = 0;
  while (m < nk->setup->n_metrics && nk->metrics[m] != METRIC_RANK) m++;
  if (m == nk->setup->n_metrics) return JOUST_OK;
  if (nk_sorted_sums(&nk->landscape, &nk->sums, &nk->n_points) != JOUST_OK) return out_of_memory(nk->host);
  if (!nk->sums)
    nk->host->log(nk->host, JOUST_LOG_INFO, "nk: rank is not measured, because there are more than 2^20 points");
  return JOUST_OK;
}

/* ---- the evaluator ---------------------------------------------------------------------------------------------- */

static void nk_destroy(void *self) {
  struct nk *nk = self;
  if (!nk) return;
  nk_landscape_free(&nk->landscape);
  free(nk->metrics);
  free(nk->values);
  free(nk->sums);
  free(nk->parameters);
  free(nk->pointers);
  free(nk->names);
  free(nk);
}

static joust_status set_up(struct nk *nk) {
  const struct nk_landscape *landscape = &nk->landscape;
  joust_status status = read_options(nk);
  if (status == JOUST_OK) status = read_metrics(nk);
  if (status == JOUST_OK && !nk->setup->space) status = make_space(nk);
  if (status != JOUST_OK) return status;
  nk->values = calloc(landscape->n, sizeof *nk->values);
  if (!nk->values || nk_landscape_make(&nk->landscape) != JOUST_OK) return out_of_memory(nk->host);
  snprintf(nk->fingerprint, sizeof nk->fingerprint,
           "nk 1: n=%" PRIu32 " k=%" PRIu32 " choices=%" PRIu32 " seed=%" PRIu64 " neighbours=%s", landscape->n,
           landscape->k, landscape->choices, landscape->seed, neighbour_models[landscape->neighbours]);
  return rank_points(nk);
}

static joust_status nk_create(const struct joust_host *host, const struct joust_evaluator_setup *setup, void **self) {
  *self = NULL;
  struct nk *nk = calloc(1, sizeof *nk);
  if (!nk) return out_of_memory(host);
  nk->host = host;
  nk->setup = setup;
  joust_status status = set_up(nk);
  if (status != JOUST_OK)
    nk_destroy(nk);
  else
    *self = nk;
  return status;
}

static joust_status nk_evaluate(void *self, struct joust_evaluation *evaluation) {
  struct nk *nk = self;
  uint32_t n = nk->landscape.n, n_metrics = nk->setup->n_metrics;
  for (uint32_t row = 0; row < evaluation->n; row++) {
    const double *x = evaluation->x + (size_t)row * n;
    double *measured = evaluation->metrics + (size_t)row * n_metrics;
    for (uint32_t i = 0; i < n; i++) nk->values[i] = (uint32_t)x[i];
    uint64_t sum = nk_sum(&nk->landscape, nk->values);
    for (uint32_t m = 0; m < n_metrics; m++) {
      if (nk->metrics[m] == METRIC_FITNESS)
        measured[m] = nk_fitness(&nk->landscape, sum);
      else if (nk->sums)
        measured[m] = (double)nk_rank(nk->sums, nk->n_points, sum);
    }
  }
  return JOUST_OK;
}

static const struct joust_space *nk_space(void *self) {
  struct nk *nk = self;
  return nk->setup->space ? nk->setup->space : &nk->space;
}

/* The best rank is the largest fitness, so a rank is minimised where the fitness is maximised. */
static joust_status nk_best(void *self, uint32_t metric, int32_t direction, double *x, double *value) {
  struct nk *nk = self;
  int is_rank = nk->metrics[metric] == METRIC_RANK;
  uint64_t sum;
  if (is_rank && !nk->sums) return fail(nk->host, JOUST_EUNSUPPORTED, "nk: too many points to rank them");
  joust_status status = nk_optimum(&nk->landscape, is_rank ? -direction : direction, nk->values, &sum);
  if (status == JOUST_EUNSUPPORTED)
    return fail(nk->host, status, "nk: the optimum is not known, because finding it would take too long");
  if (status != JOUST_OK) return out_of_memory(nk->host);
  for (uint32_t i = 0; i < nk->landscape.n; i++) x[i] = nk->values[i];
  *value = is_rank ? (double)nk_rank(nk->sums, nk->n_points, sum) : nk_fitness(&nk->landscape, sum);
  return JOUST_OK;
}

static const char *nk_fingerprint(void *self) {
  return ((struct nk *)self)->fingerprint;
}

static const struct joust_evaluator evaluator = {
    .struct_size = sizeof evaluator,
    .flags = JOUST_INSTANT,
    .n_options = N_OPTIONS,
    .option_stride = sizeof *options,
    .id = "nk",
    .version = "1.0",
    .summary = "NK landscapes: random problems of tunable ruggedness (Kauffman and Levin 1987)",
    .licence = "MIT",
    .options = options,
    .create = nk_create,
    .evaluate = nk_evaluate,
    .destroy = nk_destroy,
    .space = nk_space,
    .optimum = nk_best,
    .fingerprint = nk_fingerprint,
};

static const struct joust_evaluator *const evaluators[] = {&evaluator};

const struct joust_plugin joust_plugin_1 = {
    .struct_size = sizeof joust_plugin_1,
    .abi_minor = JOUST_ABI_MINOR,
    .n_evaluators = 1,
    .evaluators = evaluators,
};
