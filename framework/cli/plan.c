/* joust plan: the runs of a sweep, their keys, and which of them a store holds. */
#include "base/file.h"
#include "cli/sweep_flags.h"
#include "store/store.h"

static const char *const states[] = {"to do", "interrupted", "complete", "failed"};

static int print_runs(const struct joust_plan *plan, struct joust_store *store, struct joust_error *error) {
  struct joust_grid grid = {.n_columns = 6, .right = 1 << 3};
  const char *const heads[] = {"KEY", "PROBLEM", "OPTIMISER", "REPLICATE", "SEED", "STATE"};
  for (int i = 0; i < 6; i++) joust_grid_add(&grid, "%s", heads[i]);
  int code = 0;
  for (size_t i = 0; i < plan->n_runs && !code; i++) {
    const struct joust_planned_run *run = &plan->runs[i];
    enum joust_run_state state = JOUST_RUN_ABSENT;
    if (store) code = joust_store_find_run(store, run->key, &state, NULL, error);
    joust_grid_add(&grid, "%.12s", run->key);
    joust_grid_add(&grid, "%s", plan->problems[run->problem].problem.label);
    joust_grid_add(&grid, "%s", plan->optimisers[run->optimiser].label);
    joust_grid_add(&grid, "%u", run->replicate);
    joust_grid_add(&grid, "%016llx", (unsigned long long)run->seed);
    joust_grid_add(&grid, "%s", states[state]);
  }
  joust_grid_print(&grid, stdout, "");
  return code;
}

static int plan_sweep(const char *file, struct joust_sweep_flags *flags, const char *path) {
  struct joust_error error = {0};
  struct joust_sweep sweep;
  struct joust_registry registry;
  struct joust_folders spaces;
  struct joust_plan plan;
  struct joust_store *store = NULL;
  if (joust_sweep_from_flags(&sweep, file, flags, &error)) return joust_cli_fail("plan", &error);
  joust_cli_registry(&registry, &flags->places);
  joust_space_folders(&spaces, flags->places.spaces);
  int code = joust_plan_make(&plan, &sweep, &registry, &spaces, &error);
  if (!code) {
    if (joust_file_exists(path)) code = joust_store_open(&store, path, JOUST_STORE_READ, &error);
    if (!code) code = print_runs(&plan, store, &error);
    joust_store_close(store);
    joust_plan_free(&plan);
  }
  if (code) code = joust_cli_fail("plan", &error);
  joust_folders_free(&spaces);
  joust_registry_free(&registry);
  joust_sweep_free(&sweep);
  return code;
}

int joust_cli_plan(int argc, char **argv) {
  struct joust_sweep_flags f = JOUST_SWEEP_FLAGS_NONE;
  const char *store = "results.db";
  const struct joust_flag flags[] = {
      JOUST_SWEEP_FLAGS(f),
      {0, "store", JOUST_FLAG_TEXT, &store, "FILE.db", "the store to compare with (results.db)"},
  };
  const struct joust_usage usage = {
      .command = "plan",
      .operands = "[SWEEP.json]",
      .summary = "Lists the runs of a sweep with their seeds and keys, and their state in the store.",
      .flags = flags,
      .n_flags = sizeof flags / sizeof *flags,
      .most = 1};
  int first = joust_cli_parse(&usage, argc, argv);
  int code = first < 0 ? ~first : plan_sweep(first < argc ? argv[first] : NULL, &f, store);
  joust_sweep_flags_free(&f);
  return code;
}
