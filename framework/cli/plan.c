/* joust plan: the runs of a sweep, their keys, and which of them a store holds. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/memory.h"
#include "cli/shard.h"
#include "cli/sweep_flags.h"
#include "store/store.h"

static const char *const states[] = {[JOUST_RUN_ABSENT] = "absent",
                                     [JOUST_RUN_STARTED] = "started",
                                     [JOUST_RUN_COMPLETE] = "complete",
                                     [JOUST_RUN_BROKEN] = "failed"};
enum { N_STATES = sizeof states / sizeof *states };

struct listing {
  const struct joust_plan *plan;
  const char *path; /* of the store */
  bool exists;
  enum joust_run_state *states; /* one for each run of the plan */
  size_t counts[N_STATES];
};

static int read_states(struct listing *listing, struct joust_error *error) {
  struct joust_store *store = NULL;
  int code = listing->exists ? joust_store_open(&store, listing->path, JOUST_STORE_READ, error) : 0;
  for (size_t i = 0; i < listing->plan->n_runs && !code; i++) {
    enum joust_run_state *state = &listing->states[i];
    if (store) code = joust_store_find_run(store, listing->plan->runs[i].key, state, NULL, error);
    listing->counts[*state]++;
  }
  joust_store_close(store);
  return code;
}

static void print_text(const struct listing *listing) {
  const struct joust_plan *plan = listing->plan;
  struct joust_grid grid = {.n_columns = 6, .right = 1 << 3 | 1 << 4};
  const char *const heads[] = {"KEY", "PROBLEM", "OPTIMISER", "REPLICATE", "SEED", "STATE"};
  for (int i = 0; i < 6; i++) joust_grid_add(&grid, "%s", heads[i]);
  for (size_t i = 0; i < plan->n_runs; i++) {
    const struct joust_planned_run *run = &plan->runs[i];
    joust_grid_add(&grid, "%.12s", run->key);
    joust_grid_add(&grid, "%s", plan->problems[run->problem].problem.label);
    joust_grid_add(&grid, "%s", plan->optimisers[run->optimiser].label);
    joust_grid_add(&grid, "%" PRIu32, run->replicate);
    joust_grid_add(&grid, "%" PRIu64, run->seed);
    joust_grid_add(&grid, "%s", states[listing->states[i]]);
  }
  joust_grid_print(&grid, stdout, "");
  printf("\n%zu run%s", plan->n_runs, plan->n_runs == 1 ? "" : "s");
  if (plan->shards > 1) printf(" of shard %" PRIu32 " of %" PRIu32, plan->shard, plan->shards);
  const char *before = ": ";
  for (int i = 0; i < N_STATES; i++)
    if (listing->counts[i]) {
      printf("%s%zu %s", before, listing->counts[i], states[i]);
      before = ", ";
    }
  printf("; store: %s%s\n", listing->path, listing->exists ? "" : " (not there yet)");
}

static void print_json(const struct listing *listing) {
  const struct joust_plan *plan = listing->plan;
  cJSON *root = cJSON_CreateObject();
  cJSON_AddStringToObject(root, "store", listing->path);
  cJSON_AddNumberToObject(root, "shard", plan->shard);
  cJSON_AddNumberToObject(root, "shards", plan->shards);
  cJSON *counts = cJSON_AddObjectToObject(root, "states");
  for (int i = 0; i < N_STATES; i++) cJSON_AddNumberToObject(counts, states[i], (double)listing->counts[i]);
  cJSON *runs = cJSON_AddArrayToObject(root, "runs");
  for (size_t i = 0; i < plan->n_runs; i++) {
    const struct joust_planned_run *run = &plan->runs[i];
    char seed[32]; /* a text: JSON numbers lose the last digits of 64 bits */
    snprintf(seed, sizeof seed, "%" PRIu64, run->seed);
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "key", run->key);
    cJSON_AddStringToObject(object, "problem", plan->problems[run->problem].problem.label);
    cJSON_AddStringToObject(object, "optimiser", plan->optimisers[run->optimiser].label);
    cJSON_AddNumberToObject(object, "replicate", run->replicate);
    cJSON_AddStringToObject(object, "seed", seed);
    cJSON_AddStringToObject(object, "state", states[listing->states[i]]);
    cJSON_AddItemToArray(runs, object);
  }
  char *text = cJSON_Print(root);
  puts(text);
  free(text);
  cJSON_Delete(root);
}

struct plan_flags {
  struct joust_sweep_flags sweep;
  const char *store;
  bool json;
};

static int list_runs(struct joust_plan *plan, const struct joust_shard *shard, const struct plan_flags *flags,
                     struct joust_error *error) {
  char *path = flags->store ? joust_copy(flags->store) : joust_shard_store(shard);
  joust_plan_take_shard(plan, shard->number, shard->of);
  struct listing listing = {.plan = plan, .path = path, .exists = joust_file_exists(path)};
  listing.states = joust_alloc(plan->n_runs, sizeof *listing.states);
  int code = read_states(&listing, error);
  if (!code && flags->json)
    print_json(&listing);
  else if (!code)
    print_text(&listing);
  free(listing.states);
  free(path);
  return code;
}

static int plan_sweep(const char *file, struct plan_flags *flags) {
  struct joust_error error = {0};
  struct joust_sweep sweep;
  struct joust_registry registry;
  struct joust_folders spaces;
  struct joust_plan plan;
  struct joust_shard shard;
  if (joust_shard_find(&shard, flags->sweep.shard, &error) ||
      joust_sweep_from_flags(&sweep, file, &flags->sweep, &error))
    return joust_cli_fail("plan", &error);
  joust_cli_registry(&registry, &flags->sweep.places);
  joust_space_folders(&spaces, flags->sweep.places.spaces);
  int code = joust_plan_make(&plan, &sweep, &registry, &spaces, &error);
  if (!code) {
    code = list_runs(&plan, &shard, flags, &error);
    joust_plan_free(&plan);
  }
  if (code) code = joust_cli_fail("plan", &error);
  joust_folders_free(&spaces);
  joust_registry_free(&registry);
  joust_sweep_free(&sweep);
  return code;
}

int joust_cli_plan(int argc, char **argv) {
  struct plan_flags f = {.sweep = JOUST_SWEEP_FLAGS_NONE};
  const struct joust_flag flags[] = {
      JOUST_SWEEP_FLAGS(f.sweep),
      {0, "store", JOUST_FLAG_TEXT, &f.store, "FILE.db", "the store to compare with (results.db, results.I-of-N.db)"},
      {0, "json", JOUST_FLAG_SWITCH, &f.json, NULL, "print JSON"},
  };
  const struct joust_usage usage = {
      .command = "plan",
      .operands = "[SWEEP.json]",
      .summary = "Lists the runs of a sweep with their seeds and keys, and their state in the store.",
      .details = "States: absent, started (interrupted, the same `joust run` goes on with it), complete, failed.\n",
      .flags = flags,
      .n_flags = sizeof flags / sizeof *flags,
      .most = 1};
  int first = joust_cli_parse(&usage, argc, argv);
  int code = first < 0 ? ~first : plan_sweep(first < argc ? argv[first] : NULL, &f);
  joust_sweep_flags_free(&f.sweep);
  return code;
}
