#include "store/catalogue.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "store/connection.h"

struct listing {
  struct joust_catalogue *catalogue;
  struct joust_error *error;
};

static int add_problem(void *context, int64_t id, const struct joust_store_problem *row) {
  struct listing *listing = context;
  struct joust_catalogue *catalogue = listing->catalogue;
  struct joust_store_definition definition;
  char *name = joust_format("%s: definition of problem %s", catalogue->path, row->label);
  int status = joust_store_definition_read(&definition, name, row->definition, listing->error);
  free(name);
  if (status) return status;
  catalogue->problems = joust_resize(catalogue->problems, catalogue->n_problems + 1, sizeof *catalogue->problems);
  catalogue->problems[catalogue->n_problems++] =
      (struct joust_listed_problem){.id = id,
                                    .label = joust_copy(row->label),
                                    .name = joust_copy(row->name),
                                    .fingerprint = joust_copy(row->fingerprint),
                                    .json = joust_copy(row->definition),
                                    .definition = definition};
  return 0;
}

static int add_optimiser(void *context, int64_t id, const struct joust_store_optimiser *row) {
  struct joust_catalogue *catalogue = ((struct listing *)context)->catalogue;
  catalogue->optimisers =
      joust_resize(catalogue->optimisers, catalogue->n_optimisers + 1, sizeof *catalogue->optimisers);
  catalogue->optimisers[catalogue->n_optimisers++] =
      (struct joust_listed_optimiser){.id = id,
                                      .label = joust_copy(row->label),
                                      .name = joust_copy(row->name),
                                      .version = joust_copy(row->version),
                                      .options = joust_copy(row->options)};
  return 0;
}

int joust_catalogue_make(struct joust_catalogue *catalogue, struct joust_store *store, struct joust_error *error) {
  struct listing listing = {catalogue, error};
  *catalogue = (struct joust_catalogue){.path = store->path};
  int status = joust_store_each_problem(store, add_problem, &listing, error);
  if (!status) status = joust_store_each_optimiser(store, add_optimiser, &listing, error);
  if (status) joust_catalogue_free(catalogue);
  return status;
}

void joust_catalogue_free(struct joust_catalogue *catalogue) {
  for (size_t i = 0; i < catalogue->n_problems; i++) {
    struct joust_listed_problem *problem = &catalogue->problems[i];
    joust_store_definition_free(&problem->definition);
    free(problem->label);
    free(problem->name);
    free(problem->fingerprint);
    free(problem->json);
  }
  for (size_t i = 0; i < catalogue->n_optimisers; i++) {
    struct joust_listed_optimiser *optimiser = &catalogue->optimisers[i];
    free(optimiser->label);
    free(optimiser->name);
    free(optimiser->version);
    free(optimiser->options);
  }
  free(catalogue->problems);
  free(catalogue->optimisers);
  *catalogue = (struct joust_catalogue){0};
}

int joust_catalogue_find(const struct joust_catalogue *catalogue, const struct joust_store_run *run, size_t *problem,
                         size_t *optimiser, struct joust_error *error) {
  size_t p = 0, o = 0;
  while (p < catalogue->n_problems && catalogue->problems[p].id != run->problem) p++;
  while (o < catalogue->n_optimisers && catalogue->optimisers[o].id != run->optimiser) o++;
  *problem = p;
  *optimiser = o;
  if (p < catalogue->n_problems && o < catalogue->n_optimisers) return 0;
  return joust_fail(error, JOUST_BAD_INPUT, "%s: the store is damaged: run %" PRId64 " has no problem or optimiser",
                    catalogue->path, run->id);
}

int joust_catalogue_trials(const struct joust_catalogue *catalogue, struct joust_store *store,
                           const struct joust_store_run *run, const struct joust_listed_problem *problem,
                           struct joust_store_columns *trials, struct joust_error *error) {
  const struct joust_store_definition *definition = &problem->definition;
  int status = joust_store_read_trials(store, run->id, trials, error);
  if (status || trials->n == 0 ||
      (trials->n_metrics == definition->n_metrics &&
       (trials->has_index || trials->n_parameters == definition->n_parameters)))
    return status;
  return joust_fail(error, JOUST_BAD_INPUT,
                    "%s: the store is damaged: run %" PRId64 " has other metrics or parameters than its problem %s",
                    catalogue->path, run->id, problem->label);
}

const double *joust_catalogue_point(const struct joust_listed_problem *problem,
                                    const struct joust_store_columns *trials, uint32_t i, double *x) {
  if (!trials->has_index) return trials->x + (size_t)i * trials->n_parameters;
  joust_store_definition_point(&problem->definition, trials->index[i], x);
  return x;
}

double joust_catalogue_cost(const struct joust_listed_problem *problem, const struct joust_store_columns *trials,
                            uint32_t i) {
  int32_t cost = problem->definition.cost;
  double value = cost < 0 ? 0 : trials->metrics[(size_t)i * trials->n_metrics + (size_t)cost];
  return isfinite(value) ? value : 0;
}

const char *joust_catalogue_outcome(uint8_t outcome) {
  static const char *const words[] = {"ok", "failed", "cancelled"};
  return words[outcome];
}
