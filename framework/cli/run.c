/* joust run: carries a sweep out. */
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "cli/display.h"
#include "cli/dry_run.h"
#include "cli/shard.h"
#include "cli/sweep_flags.h"
#include "sweep/rebuilt.h"

#define MOST_JOBS 1024

/* ---- signals ----------------------------------------------------------------------------------------------------- */

static volatile sig_atomic_t stop, state_wanted;

/* The first one ends the runs after the trials under way, the second one at once, the third one kills. */
static void on_stop(int number) {
  stop++;
  if (stop >= 2) signal(number, SIG_DFL);
}

static void on_question(int number) {
  (void)number;
  state_wanted = 1;
}

static void watch_signals(void) {
  static const int stopping[] = {SIGINT, SIGTERM, SIGHUP};
  struct sigaction action = {.sa_handler = on_stop}, question = {.sa_handler = on_question, .sa_flags = SA_RESTART},
                   old;
  for (size_t i = 0; i < sizeof stopping / sizeof *stopping; i++)
    if (sigaction(stopping[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN) /* nohup wants it so */
      sigaction(stopping[i], &action, NULL);
  sigaction(SIGUSR1, &question, NULL);
}

/* The cores that this process may use. */
static int64_t count_cores(void) {
  cpu_set_t cores;
  return sched_getaffinity(0, sizeof cores, &cores) == 0 ? CPU_COUNT(&cores) : 1;
}

/* ---- the command ------------------------------------------------------------------------------------------------- */

struct run_flags {
  struct joust_sweep_flags sweep;
  const char *store;
  bool dry_run, json, quiet, verbose, retry_failed;
  int64_t jobs, network_jobs;
};

static int dry_run(const struct joust_plan *plan, const struct run_flags *flags, const char *path,
                   struct joust_error *error) {
  if (flags->json) {
    char *text = joust_plan_print(plan);
    puts(text);
    free(text);
    return 0;
  }
  struct joust_dry_run dry_run = {.store = path,
                                  .retry_failed = flags->retry_failed,
                                  .jobs = (uint32_t)flags->jobs,
                                  .network_jobs = (uint32_t)flags->network_jobs};
  return joust_dry_run(plan, &dry_run, error) ? joust_cli_fail("run", error) : 0;
}

/* Runs that the sweep takes over from the store although the plugin is not what it was. */
static int warn_of_rebuilt(const struct joust_plan *plan, struct joust_store *store, const char *path,
                           struct joust_error *error) {
  size_t *runs = joust_alloc(plan->n_optimisers, sizeof *runs);
  struct joust_text list = {0};
  int code = joust_rebuilt_count(runs, plan, store, error);
  for (uint32_t o = 0; o < plan->n_optimisers && !code; o++)
    if (runs[o])
      joust_text_addf(&list, "%s%zu of %s (version %s, %s)", list.length ? ", " : "", runs[o],
                      plan->optimisers[o].label, plan->optimisers[o].type->version, plan->optimisers[o].path);
  if (list.length)
    fprintf(stderr,
            "joust run: complete runs in %s were made by another build of a plugin of the same version, and count as "
            "runs of this one: %s. Where what it proposes has changed, raise the version in its source, or run it "
            "into another store.\n",
            path, joust_text_string(&list));
  joust_text_free(&list);
  free(runs);
  return code;
}

static int execute(const struct joust_plan *plan, const struct run_flags *flags, const char *path,
                   struct joust_error *error) {
  struct joust_store *store;
  struct joust_tally tally;
  int code = joust_store_open(&store, path, JOUST_STORE_WRITE, error);
  if (code) return joust_cli_fail("run", error);
  char *log = joust_format("%s.log", path);
  struct joust_display display = {.plan = plan,
                                  .store = path,
                                  .log = log,
                                  .stop = &stop,
                                  .wanted = &state_wanted,
                                  .terminal = isatty(STDERR_FILENO),
                                  .quiet = flags->quiet};
  struct joust_execution execution = {.store = store,
                                      .retry_failed = flags->retry_failed,
                                      .jobs = (uint32_t)flags->jobs,
                                      .network_jobs = (uint32_t)flags->network_jobs,
                                      .log_level = flags->verbose ? JOUST_LOG_DEBUG : JOUST_LOG_WARNING,
                                      .log = log,
                                      .echo = flags->verbose,
                                      .stop = &stop,
                                      .progress = joust_display_progress,
                                      .context = &display};
  code = warn_of_rebuilt(plan, store, path, error);
  if (!code) {
    watch_signals();
    joust_display_start(&display);
    code = joust_sweep_execute(plan, &execution, &tally, error);
    joust_display_end(&display, &tally);
  }
  joust_store_close(store);
  free(log);
  if (code) return joust_cli_fail("run", error);
  return tally.failed || tally.kept_failed ? 1 : 0;
}

static int check_flags(const struct run_flags *flags, struct joust_error *error) {
  if (flags->json && !flags->dry_run)
    return joust_fail(error, JOUST_BAD_INPUT, "--json goes with --dry-run: it prints the sweep instead of running it");
  if (flags->jobs < 1 || flags->jobs > MOST_JOBS)
    return joust_fail(error, JOUST_BAD_INPUT, "--jobs is %lld: expected 1 to %d", (long long)flags->jobs, MOST_JOBS);
  if (flags->network_jobs < 1 || flags->network_jobs > MOST_JOBS)
    return joust_fail(error, JOUST_BAD_INPUT, "--network-jobs is %lld: expected 1 to %d",
                      (long long)flags->network_jobs, MOST_JOBS);
  return 0;
}

static int run_sweep(const char *file, struct run_flags *flags) {
  struct joust_error error = {0};
  struct joust_sweep sweep;
  struct joust_registry registry;
  struct joust_folders spaces;
  struct joust_plan plan;
  struct joust_shard shard;
  if (check_flags(flags, &error) || joust_shard_find(&shard, flags->sweep.shard, &error) ||
      joust_sweep_from_flags(&sweep, file, &flags->sweep, &error))
    return joust_cli_fail("run", &error);
  joust_cli_registry(&registry, &flags->sweep.places);
  joust_space_folders(&spaces, flags->sweep.places.spaces);
  int code = 0;
  if (joust_plan_make(&plan, &sweep, &registry, &spaces, &error)) {
    code = joust_cli_fail("run", &error);
  } else {
    char *store = flags->store ? joust_copy(flags->store) : joust_shard_store(&shard);
    joust_plan_take_shard(&plan, shard.number, shard.of);
    if (shard.source && !flags->quiet && !flags->dry_run)
      fprintf(stderr, "shard %u of %u (%s): %zu runs\n", shard.number, shard.of, shard.source, plan.n_runs);
    code = flags->dry_run ? dry_run(&plan, flags, store, &error) : execute(&plan, flags, store, &error);
    free(store);
    joust_plan_free(&plan);
  }
  joust_folders_free(&spaces);
  joust_registry_free(&registry);
  joust_sweep_free(&sweep);
  return code;
}

int joust_cli_run(int argc, char **argv) {
  struct run_flags f = {
      .sweep = JOUST_SWEEP_FLAGS_NONE, .jobs = count_cores(), .network_jobs = JOUST_DEFAULT_NETWORK_JOBS};
  const struct joust_flag flags[] = {
      JOUST_SWEEP_FLAGS(f.sweep),
      {0, "store", JOUST_FLAG_TEXT, &f.store, "FILE.db", "where every trial is kept (results.db, results.I-of-N.db)"},
      {'j', "jobs", JOUST_FLAG_COUNT, &f.jobs, "N", "runs at a time (as many as there are cores)"},
      {0, "network-jobs", JOUST_FLAG_COUNT, &f.network_jobs, "N", "runs beside them that wait on a network (8)"},
      {0, "retry-failed", JOUST_FLAG_SWITCH, &f.retry_failed, NULL, "run again what failed earlier"},
      {0, "dry-run", JOUST_FLAG_SWITCH, &f.dry_run, NULL,
       "check everything and say what it will take, before anything is spent"},
      {0, "json", JOUST_FLAG_SWITCH, &f.json, NULL, "with --dry-run: print the sweep as a sweep file"},
      {'q', "quiet", JOUST_FLAG_SWITCH, &f.quiet, NULL, "no progress, no summary"},
      {'v', "verbose", JOUST_FLAG_SWITCH, &f.verbose, NULL, "show all that plugins log and print"},
  };
  const struct joust_usage usage = {
      .command = "run",
      .operands = "[SWEEP.json]",
      .summary = "Runs every optimiser on every problem, and stores each trial.",
      .details = "A run that the store holds already is not run again, so the same command continues an\n"
                 "interrupted sweep. Flags are added to a sweep file or replace what it says. Without a\n"
                 "sweep file, -p and -o the sweep 'default' is run: microcell, a NAS benchmark.\n\n"
                 "  joust run -p nk/n16-k2 -o random,ea10=evolution:population=10,sample=3 -n 200 -r 30\n\n"
                 "Ctrl-C stops after the trials under way and stores them; a second Ctrl-C stops at once.\n"
                 "SIGUSR1 prints how far it is. FILE.db.log says what failed and why.\n",
      .flags = flags,
      .n_flags = sizeof flags / sizeof *flags,
      .most = 1};
  int first = joust_cli_parse(&usage, argc, argv);
  int code = first < 0 ? ~first : run_sweep(first < argc ? argv[first] : NULL, &f);
  joust_sweep_flags_free(&f.sweep);
  return code;
}
