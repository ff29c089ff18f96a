#include "sweep/plan.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"

static uint64_t seed_of(const struct joust_plan *plan, const struct joust_planned_run *run) {
  char *text = joust_format("joust seed 1\n%lld\n%s\n%u\n", (long long)plan->sweep->seed,
                            plan->problems[run->problem].problem.name, run->replicate);
  uint64_t seed = joust_hash_seed(text);
  free(text);
  return seed;
}

static void make_key(const struct joust_plan *plan, struct joust_planned_run *run) {
  const struct joust_planned_problem *problem = &plan->problems[run->problem];
  const struct joust_planned_optimiser *optimiser = &plan->optimisers[run->optimiser];
  const struct joust_budget *budget = &plan->sweep->budget;
  char cost[JOUST_NUMBER_SIZE], seconds[JOUST_NUMBER_SIZE];
  struct joust_text text = {0};
  joust_text_addf(&text, "joust run 1\n%s\n%s\n%s\n%s %s\n", problem->problem.label, problem->evaluator.fingerprint,
                  optimiser->label, optimiser->type->id, optimiser->type->version);
  joust_settings_print(&optimiser->options, &text);
  joust_text_addf(&text, "%llu %s %s\n%u %llu\n", (unsigned long long)budget->trials, joust_number(cost, budget->cost),
                  joust_number(seconds, budget->seconds), run->replicate, (unsigned long long)run->seed);
  joust_hash(run->key, joust_text_string(&text), text.length);
  joust_text_free(&text);
}

static void list_runs(struct joust_plan *plan) {
  uint32_t replicates = plan->sweep->replicates;
  plan->runs = joust_alloc((size_t)plan->n_problems * plan->n_optimisers * replicates, sizeof *plan->runs);
  for (uint32_t p = 0; p < plan->n_problems; p++)
    for (uint32_t o = 0; o < plan->n_optimisers; o++)
      for (uint32_t replicate = 1; replicate <= replicates; replicate++) {
        struct joust_planned_run *run = &plan->runs[plan->n_runs++];
        *run = (struct joust_planned_run){.problem = p, .optimiser = o, .replicate = replicate};
        run->seed = seed_of(plan, run);
        make_key(plan, run);
      }
}

static int add_problem(struct joust_plan *plan, const struct joust_spec *spec, struct joust_registry *registry,
                       const struct joust_folders *spaces, struct joust_error *error) {
  struct joust_planned_problem *planned = &plan->problems[plan->n_problems];
  int code = joust_problem_find(&planned->problem, spaces, spec, error);
  struct joust_optimiser_entry entry;
  struct joust_error ignored;
  if (code == JOUST_MISSING && !strchr(spec->id, '/') &&
      !joust_registry_optimiser(registry, spec->id, &entry, &ignored))
    return joust_fail(error, code, "there is no problem '%s': it is an optimiser, and belongs behind -o", spec->id);
  if (code) return code;
  plan->n_problems++;
  if ((code = joust_instance_open(&planned->evaluator, &planned->problem, registry, error))) return code;
  if (plan->sweep->budget.cost < INFINITY && planned->problem.cost < 0)
    return joust_fail(error, JOUST_BAD_INPUT, "the budget limits the cost, but problem '%s' has no metric of cost",
                      planned->problem.label);
  return 0;
}

/* Of a name, the name. */
static char *path_of(const struct joust_spec *spec) {
  bool is_path = strchr(spec->id, '/') && spec->folder && strcmp(spec->folder, ".") != 0;
  return is_path ? joust_path_join(spec->folder, spec->id) : joust_copy(spec->id);
}

static bool is_problem(const struct joust_spec *spec, const struct joust_folders *spaces) {
  struct joust_problem problem;
  struct joust_error ignored;
  if (joust_problem_find(&problem, spaces, spec, &ignored)) return false;
  joust_problem_free(&problem);
  return true;
}

static int add_optimiser(struct joust_plan *plan, const struct joust_spec *spec, struct joust_registry *registry,
                         const struct joust_folders *spaces, struct joust_error *error) {
  struct joust_planned_optimiser *planned = &plan->optimisers[plan->n_optimisers];
  struct joust_optimiser_entry entry;
  char *path = path_of(spec);
  int code = joust_registry_optimiser(registry, path, &entry, error);
  free(path);
  if (code && is_problem(spec, spaces))
    return joust_fail(error, code, "there is no optimiser '%s': it is a problem, and belongs behind -p", spec->id);
  if (code) return code;
  planned->label = spec->label;
  planned->type = entry.optimiser;
  planned->path = entry.path;
  planned->flags = entry.optimiser->flags;
  plan->n_optimisers++;
  struct joust_option_table table = {entry.optimiser->options, entry.optimiser->n_options,
                                     entry.optimiser->option_stride};
  code = joust_options_resolve(&planned->args, &planned->options, &table, &spec->options, spec->folder, spec->label,
                               error);
  for (uint32_t i = 0; i < plan->n_problems && !code; i++)
    code = joust_run_check(&plan->problems[i].problem, entry.optimiser, spec->label, error);
  return code;
}

/* The settings get an entry that says all that the start depends on, so that it is stored, and is in the keys of runs.
 */
static void add_start(struct joust_plan *plan, uint32_t i, const struct joust_spec *spec) {
  struct joust_planned_optimiser *planned = &plan->optimisers[i];
  struct joust_text text = {0};
  uint32_t k = 0;
  if (!spec->start) return;
  while (strcmp(plan->optimisers[k].label, spec->start) != 0) k++; /* joust_sweep_check knows that it is there */
  const struct joust_planned_optimiser *from = &plan->optimisers[k];
  planned->starter = k;
  planned->start = (struct joust_start){from->type, from->args, from->label, spec->start_trials};
  planned->flags |= from->type->flags & (JOUST_NONDETERMINISTIC | JOUST_NEEDS_NETWORK);
  joust_text_addf(&text, "%u trials from %s: %s %s", spec->start_trials, from->label, from->type->id,
                  from->type->version);
  for (size_t o = 0; o < from->options.n; o++)
    joust_text_addf(&text, "%s %s=%s", o ? "," : "", from->options.items[o].name, from->options.items[o].value);
  joust_settings_set(&planned->options, "host:start", joust_text_string(&text));
  joust_text_free(&text);
}

int joust_plan_make(struct joust_plan *plan, const struct joust_sweep *sweep, struct joust_registry *registry,
                    const struct joust_folders *spaces, struct joust_error *error) {
  *plan = (struct joust_plan){.sweep = sweep, .shard = 1, .shards = 1};
  plan->problems = joust_alloc(sweep->problems.n, sizeof *plan->problems); /* never moved: evaluators point into them */
  plan->optimisers = joust_alloc(sweep->optimisers.n, sizeof *plan->optimisers);
  int code = 0;
  for (size_t i = 0; i < sweep->problems.n && !code; i++)
    code = add_problem(plan, &sweep->problems.items[i], registry, spaces, error);
  for (size_t i = 0; i < sweep->optimisers.n && !code; i++)
    code = add_optimiser(plan, &sweep->optimisers.items[i], registry, spaces, error);
  for (uint32_t i = 0; i < plan->n_optimisers && !code; i++) add_start(plan, i, &sweep->optimisers.items[i]);
  if (code)
    joust_plan_free(plan);
  else
    list_runs(plan);
  return code;
}

/* ---- what becomes of it ------------------------------------------------------------------------------------------ */

static bool has_relative_path(const struct joust_planned_optimiser *planned, const struct joust_spec *spec) {
  const struct joust_optimiser *type = planned->type;
  const struct joust_option_table table = {type->options, type->n_options, type->option_stride};
  if (*spec->id != '/' && strchr(spec->id, '/')) return true;
  for (uint32_t k = 0; k < table.n; k++) {
    const struct joust_option *row = joust_option_row(&table, k);
    if (row->type != JOUST_OPT_FILE) continue;
    const char *path = joust_settings_get(&planned->options, row->name);
    if (*path && *path != '/') return true;
  }
  return false;
}

char *joust_plan_print(const struct joust_plan *plan) {
  char **folders = joust_alloc(plan->n_optimisers, sizeof *folders);
  for (uint32_t i = 0; i < plan->n_optimisers; i++) {
    const struct joust_spec *spec = &plan->sweep->optimisers.items[i];
    if (has_relative_path(&plan->optimisers[i], spec)) folders[i] = realpath(spec->folder ? spec->folder : ".", NULL);
  }
  char *text = joust_sweep_print(plan->sweep, folders);
  for (uint32_t i = 0; i < plan->n_optimisers; i++) free(folders[i]);
  free(folders);
  return text;
}

/* Runs are dealt like cards, those of one optimiser after those of the other; a run that starts from another one lies
 * on top of it. */
void joust_plan_take_shard(struct joust_plan *plan, uint32_t shard, uint32_t shards) {
  assert(plan->shards == 1 && shard >= 1 && shard <= shards);
  uint64_t replicates = plan->sweep->replicates;
  size_t kept = 0;
  for (size_t i = 0; i < plan->n_runs; i++) {
    const struct joust_planned_run *run = &plan->runs[i];
    uint32_t first = run->optimiser;
    while (plan->optimisers[first].start.type) first = plan->optimisers[first].starter;
    uint64_t card = ((uint64_t)first * plan->n_problems + run->problem) * replicates + run->replicate - 1;
    if (card % shards == shard - 1) plan->runs[kept++] = *run;
  }
  plan->n_runs = kept;
  plan->shard = shard;
  plan->shards = shards;
}

void joust_plan_free(struct joust_plan *plan) {
  for (uint32_t i = 0; i < plan->n_problems; i++) {
    joust_instance_close(&plan->problems[i].evaluator);
    joust_problem_free(&plan->problems[i].problem);
  }
  for (uint32_t i = 0; i < plan->n_optimisers; i++) {
    free(plan->optimisers[i].args);
    joust_settings_free(&plan->optimisers[i].options);
  }
  free(plan->problems);
  free(plan->optimisers);
  free(plan->runs);
  memset(plan, 0, sizeof *plan);
}
