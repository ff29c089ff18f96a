/* The evaluator `microcell-train`: trains a network around a proposed cell, for real, on Fashion-MNIST at 8x8 pixels.
 * What it measures agrees in every bit with the tables of the problems microcell/..., whatever the machine (train.h).
 */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <joust/plugin.h>
#include <joust/util.h>

#include "metrics.h"

enum { MAX_SEEDS = 100 };

enum { OPT_SAMPLES, OPT_EPOCHS, OPT_SEEDS, OPT_DATA, OPT_KERNELS, N_OPTIONS };

static const char *const kernel_names[] = {"best", "avx512", "avx2", "sse2", "generic"};

static const struct joust_option options[N_OPTIONS] = {
    [OPT_SAMPLES] = {"samples", "images to train on, a multiple of 32", "16000", JOUST_OPT_INT, 0, MC_LANES,
                     MC_TRAIN_IMAGES, NULL},
    [OPT_EPOCHS] = {"epochs", "how often each is seen", "3", JOUST_OPT_INT, 0, 1, MC_MAX_EPOCHS, NULL},
    [OPT_SEEDS] = {"seeds", "trainings from different seeds (0, 1, ...), of which the mean is given", "3",
                   JOUST_OPT_INT, 0, 1, MAX_SEEDS, NULL},
    [OPT_DATA] = {"data", "folder with the four files of Fashion-MNIST (gzip)", MC_FOLDER, JOUST_OPT_TEXT, 0, 0, 0,
                  NULL},
    [OPT_KERNELS] = {"kernels", "instruction set to compute with; the results are the same", "best", JOUST_OPT_CHOICE,
                     sizeof kernel_names / sizeof *kernel_names, 0, 0, kernel_names},
};

struct microcell {
  const struct joust_host *host;
  const struct joust_evaluator_setup *setup;
  struct mc_schedule schedule;
  uint32_t seeds;
  struct mc_classes classes;
  struct mc_images images;
  struct mc_trainer trainer;
  enum mc_metric *metrics;         /* setup->n_metrics */
  struct mc_result *known;         /* [MC_CELLS][seeds]: a representative is trained once in an instance */
  unsigned char trained[MC_CELLS]; /* is it there? */
  char fingerprint[160];
};

static joust_status fail(const struct joust_host *host, joust_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static joust_status fail(const struct joust_host *host, joust_status status, const char *format, ...) {
  char message[5000];
  va_list args;
  va_start(args, format);
  vsnprintf(message, sizeof message, format, args);
  va_end(args);
  host->set_error(host, message);
  return status;
}

/* ---- set-up ------------------------------------------------------------------------------------------------------ */

/* The problem's parameters must be the six edges in their order, with the five operations in theirs. */
static joust_status check_space(const struct microcell *self) {
  const struct joust_space *space = self->setup->space;
  if (!space || space->n_parameters != MC_EDGES)
    return fail(self->host, JOUST_EUNSUPPORTED,
                "microcell-train: the problem has to list the %d edges of a cell as its parameters", MC_EDGES);
  for (int e = 0; e < MC_EDGES; e++) {
    const struct joust_parameter *parameter = space->parameters[e];
    int same = parameter->n_choices == MC_OPERATIONS;
    for (int o = 0; o < MC_OPERATIONS && same; o++) same = strcmp(parameter->choices[o], mc_operation_names[o]) == 0;
    if (!same)
      return fail(self->host, JOUST_EUNSUPPORTED,
                  "microcell-train: the choices of %s have to be none, skip_connect, nor_conv_1x1, nor_conv_3x3 and "
                  "avg_pool_3x3, in this order",
                  parameter->name);
  }
  return JOUST_OK;
}

static joust_status read_metrics(struct microcell *self) {
  self->metrics = calloc(self->setup->n_metrics, sizeof *self->metrics);
  if (!self->metrics) return fail(self->host, JOUST_ENOMEM, "microcell-train: out of memory");
  for (uint32_t m = 0; m < self->setup->n_metrics; m++) {
    const char *name = self->setup->metrics[m];
    enum mc_metric metric = 0;
    while (metric < MC_RANK && strcmp(name, mc_metrics[metric].name) != 0) metric++;
    if (metric == MC_RANK)
      return fail(self->host, JOUST_EUNSUPPORTED,
                  "microcell-train: there is no metric %s, only valid_loss, valid_accuracy, test_loss, test_accuracy, "
                  "frugal_loss, seconds, parameters and macs%s",
                  name, strstr(name, "rank") ? "; a rank needs the table of all cells" : "");
    self->metrics[m] = metric;
  }
  return JOUST_OK;
}

static joust_status read_options(struct microcell *self) {
  const union joust_arg *args = self->setup->args;
  self->schedule = (struct mc_schedule){(uint32_t)args[OPT_SAMPLES].i, (uint32_t)args[OPT_EPOCHS].i};
  self->seeds = (uint32_t)args[OPT_SEEDS].i;
  if (self->schedule.samples % MC_LANES)
    return fail(self->host, JOUST_EOPTION, "microcell-train: option samples is %" PRIu32 ", expected a multiple of %d",
                self->schedule.samples, MC_LANES);
  snprintf(self->fingerprint, sizeof self->fingerprint,
           "microcell trainer=%d data=%016" PRIx64 " samples=%" PRIu32 " epochs=%" PRIu32 " seeds=%" PRIu32,
           MC_TRAINER_VERSION, mc_images_expected, self->schedule.samples, self->schedule.epochs, self->seeds);
  return JOUST_OK;
}

static bool is_cancelled(void *context) {
  const struct joust_host *host = context;
  return host->cancelled && host->cancelled(host);
}

/* The kernels, after a test that this process computes as it has to. */
static joust_status find_kernels(struct microcell *self, const struct mc_kernels **kernels) {
  const char *name = kernel_names[self->setup->args[OPT_KERNELS].i];
  uint64_t found;
  *kernels = strcmp(name, "best") == 0 ? mc_kernels_best() : mc_kernels_named(name);
  if (!*kernels)
    return fail(self->host, JOUST_EOPTION, "microcell-train: this processor cannot run the kernels %s", name);
  if (mc_self_test(*kernels, &found)) return JOUST_OK;
  return fail(self->host, JOUST_EINTERNAL,
              "microcell-train: the self-test failed (hash %016" PRIx64 "): %s; its numbers would not be those of the "
              "table",
              found, mc_arithmetic_fault());
}

static joust_status set_up(struct microcell *self) {
  const struct mc_kernels *kernels;
  char message[4500];
  joust_status status = check_space(self);
  if (status == JOUST_OK) status = read_metrics(self);
  if (status == JOUST_OK) status = read_options(self);
  if (status == JOUST_OK) status = find_kernels(self, &kernels);
  if (status != JOUST_OK) return status;
  if (mc_images_read(&self->images, self->setup->args[OPT_DATA].s, message, sizeof message))
    return fail(self->host, JOUST_EIO, "microcell-train: %s", message);
  self->known = calloc((size_t)MC_CELLS * self->seeds, sizeof *self->known);
  if (!self->known || mc_classes_find(&self->classes) || mc_trainer_make(&self->trainer, &self->images, kernels))
    return fail(self->host, JOUST_ENOMEM, "microcell-train: out of memory");
  self->trainer.cancelled = is_cancelled;
  self->trainer.context = (void *)(uintptr_t)self->host;
  return JOUST_OK;
}

/* ---- the evaluator ----------------------------------------------------------------------------------------------- */

static void destroy(void *instance) {
  struct microcell *self = instance;
  if (!self) return;
  mc_trainer_free(&self->trainer);
  mc_images_free(&self->images);
  free(self->metrics);
  free(self->known);
  free(self);
}

static joust_status create(const struct joust_host *host, const struct joust_evaluator_setup *setup, void **instance) {
  *instance = NULL;
  struct microcell *self = calloc(1, sizeof *self);
  if (!self) return fail(host, JOUST_ENOMEM, "microcell-train: out of memory");
  self->host = host;
  self->setup = setup;
  joust_status status = set_up(self);
  if (status == JOUST_OK)
    *instance = self;
  else
    destroy(self);
  return status;
}

/* The results of all seeds; NULL: cancelled. */
static const struct mc_result *train(struct microcell *self, uint32_t index) {
  struct mc_result *results = self->known + (size_t)index * self->seeds;
  struct mc_cell cell = mc_cell_of(index);
  for (uint32_t seed = 0; seed < self->seeds && !self->trained[index]; seed++)
    if (!mc_train(&self->trainer, &cell, &self->schedule, seed, &results[seed])) return NULL;
  self->trained[index] = 1;
  return results;
}

static joust_status evaluate(void *instance, struct joust_evaluation *evaluation) {
  struct microcell *self = instance;
  uint32_t n_metrics = self->setup->n_metrics;
  for (uint32_t row = 0; row < evaluation->n; row++) {
    uint32_t index =
        self->classes.representative[joust_point_index(self->setup->space, evaluation->x + row * MC_EDGES)];
    double *out = evaluation->metrics + (size_t)row * n_metrics;
    const struct mc_result *results = train(self, index);
    if (!results) return fail(self->host, JOUST_ECANCELLED, "microcell-train: cancelled");
    struct mc_cell cell = mc_cell_of(index);
    for (uint32_t m = 0; m < n_metrics; m++)
      out[m] = mc_metric_mean(self->metrics[m], &cell, &self->schedule, results, self->seeds);
    if (!isnan(mc_metric_mean(MC_VALID_LOSS, &cell, &self->schedule, results, self->seeds))) continue;
    evaluation->outcome[row] = JOUST_TRIAL_FAILED;
    self->host->set_error(self->host, "the training diverged");
  }
  return JOUST_OK;
}

static const char *fingerprint(void *instance) {
  return ((struct microcell *)instance)->fingerprint;
}

static const struct joust_evaluator evaluator = {
    .struct_size = sizeof evaluator,
    .n_options = N_OPTIONS,
    .option_stride = sizeof *options,
    .id = "microcell-train",
    .version = "1.0",
    .summary = "trains a cell of NAS-Bench-201's space on 8x8 Fashion-MNIST, the same bits on every machine",
    .licence = "MIT",
    .options = options,
    .create = create,
    .evaluate = evaluate,
    .destroy = destroy,
    .fingerprint = fingerprint,
};

static const struct joust_evaluator *const evaluators[] = {&evaluator};

const struct joust_plugin joust_plugin_1 = {
    .struct_size = sizeof joust_plugin_1,
    .abi_minor = JOUST_ABI_MINOR,
    .n_evaluators = 1,
    .evaluators = evaluators,
};
