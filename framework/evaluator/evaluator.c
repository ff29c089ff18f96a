#include "evaluator/evaluator.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "evaluator/table.h"

void joust_evaluators_register(struct joust_registry *registry) {
  joust_registry_add_evaluator(registry, &joust_table_evaluator);
}

static void set_up(struct joust_instance *instance, const struct joust_problem *problem) {
  instance->metrics = joust_alloc(problem->n_metrics, sizeof *instance->metrics);
  for (uint32_t i = 0; i < problem->n_metrics; i++) instance->metrics[i] = problem->metrics[i].name;
  instance->setup = (struct joust_evaluator_setup){
      .struct_size = sizeof instance->setup,
      .n_metrics = problem->n_metrics,
      .space = problem->evaluator_space ? NULL : &problem->domain.space,
      .metrics = instance->metrics,
      .args = instance->args,
      .folder = problem->folder,
  };
}

/* What a problem's data need, when they are not there: an evaluator says JOUST_EIO then. */
static int fail_create(struct joust_instance *instance, const struct joust_problem *problem, joust_status status,
                       struct joust_error *error) {
  joust_services_fail(&instance->services, "create", status, error);
  joust_error_prefix(error, "problem '%s': ", problem->name);
  if (status != JOUST_EIO) return error->code;
  if (*problem->command) {
    struct joust_error reason = *error;
    joust_fail(error, JOUST_MISSING, "%s\n'%s' brings its data", reason.message, problem->command);
  }
  return error->code = JOUST_MISSING;
}

static int take_space(struct joust_instance *instance, struct joust_problem *problem, struct joust_error *error) {
  const struct joust_evaluator *type = instance->type;
  if (!problem->evaluator_space || problem->domain.space.n_parameters) return 0;
  if (!JOUST_HAS(struct joust_evaluator, type, space) || !type->space)
    return joust_fail(error, JOUST_BAD_INPUT,
                      "problem '%s' leaves its space to the evaluator '%s', which has none of its own", problem->name,
                      type->id);
  return joust_domain_copy(&problem->domain, type->space(instance->self), type->id, error);
}

static void take_best(struct joust_instance *instance, struct joust_problem *problem) {
  const struct joust_evaluator *type = instance->type;
  if (problem->has_best || !JOUST_HAS(struct joust_evaluator, type, optimum) || !type->optimum) return;
  double *x = joust_alloc(problem->domain.space.n_parameters, sizeof *x), value = NAN;
  int32_t direction = problem->metrics[problem->objective].direction;
  if (type->optimum(instance->self, problem->objective, direction, x, &value) == JOUST_OK && isfinite(value)) {
    problem->has_best = true;
    problem->best = value;
    problem->best_source = joust_format("exact optimum, found by the evaluator %s", type->id);
  }
  free(x);
}

static void take_fingerprint(struct joust_instance *instance, const struct joust_problem *problem) {
  const struct joust_evaluator *type = instance->type;
  struct joust_text text = {0};
  joust_text_addf(&text, "%s\n%s %s\n", problem->domain.fingerprint, type->id, type->version);
  for (uint32_t i = 0; i < problem->n_metrics; i++) {
    const struct joust_metric *metric = &problem->metrics[i];
    joust_text_addf(&text, "%s %d %d\n", metric->name, (int)metric->role, metric->direction);
  }
  joust_settings_print(&instance->options, &text);
  if (problem->parallel > 1) joust_text_addf(&text, "parallel %u\n", problem->parallel);
  const char *own = JOUST_HAS(struct joust_evaluator, type, fingerprint) && type->fingerprint
                        ? type->fingerprint(instance->self)
                        : NULL;
  if (own) joust_text_add(&text, own);
  joust_hash(instance->fingerprint, joust_text_string(&text), text.length);
  joust_text_free(&text);
}

int joust_instance_open(struct joust_instance *instance, struct joust_problem *problem, struct joust_registry *registry,
                        struct joust_error *error) {
  struct joust_evaluator_entry entry;
  memset(instance, 0, sizeof *instance);
  int code = joust_registry_evaluator(registry, problem->evaluator, &entry, error);
  if (code) return joust_error_prefix(error, "problem '%s': ", problem->name);
  instance->type = entry.evaluator;
  struct joust_option_table table = {entry.evaluator->options, entry.evaluator->n_options,
                                     entry.evaluator->option_stride};
  joust_services_init(&instance->services, instance->type->id, 0);
  code = joust_options_resolve(&instance->args, &instance->options, &table, &problem->options, problem->folder,
                               problem->label, error);
  if (!code) {
    set_up(instance, problem);
    joust_status status = instance->type->create(&instance->services.host, &instance->setup, &instance->self);
    if (status < 0) code = fail_create(instance, problem, status, error);
  }
  if (!code) code = take_space(instance, problem, error);
  if (code) {
    joust_instance_close(instance);
    return code;
  }
  take_best(instance, problem);
  take_fingerprint(instance, problem);
  return 0;
}

void joust_instance_close(struct joust_instance *instance) {
  if (!instance->type) return;
  if (instance->self) instance->type->destroy(instance->self);
  joust_services_free(&instance->services);
  joust_settings_free(&instance->options);
  free(instance->args);
  free(instance->metrics);
  memset(instance, 0, sizeof *instance);
}
