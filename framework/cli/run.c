/* joust run: carries a sweep out. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "cli/shard.h"
#include "cli/sweep_flags.h"
#include "sweep/execute.h"

static volatile sig_atomic_t stop;

/* The first signal ends the run after the trial under way; the second one kills, as it would without us. */
static void on_signal(int number) {
  stop = 1;
  signal(number, SIG_DFL);
}

static void watch_signals(void) {
  struct sigaction action = {.sa_handler = on_signal};
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
}

/* ---- progress ---------------------------------------------------------------------------------------------------- */

struct display {
  const struct joust_plan *plan;
  bool terminal, quiet;
  double start, last;
};

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void print_failure(const struct display *display, const struct joust_planned_run *run, const char *reason) {
  fprintf(stderr, "%sfailed: %s on %s, replicate %u: %s\n", display->terminal ? "\r\033[K" : "",
          display->plan->optimisers[run->optimiser].label, display->plan->problems[run->problem].problem.label,
          run->replicate, reason);
}

/* "1:05:09" or "2:07" */
static const char *duration(double seconds, char buffer[32]) {
  long s = (long)(seconds + 0.5);
  if (s >= 3600)
    snprintf(buffer, 32, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
  else
    snprintf(buffer, 32, "%ld:%02ld", s / 60, s % 60);
  return buffer;
}

static void print_state(const struct display *display, const struct joust_tally *tally) {
  size_t here = tally->complete + tally->failed, done = here + tally->kept + tally->kept_failed;
  double elapsed = now() - display->start;
  char left[32];
  fprintf(stderr, "%s%zu of %zu runs", display->terminal ? "\r\033[K" : "", done, tally->total);
  if (tally->failed) fprintf(stderr, ", %zu failed", tally->failed);
  if (here && done < tally->total)
    fprintf(stderr, ", %.0f trials/s, %s left", (double)tally->trials / elapsed,
            duration(elapsed / (double)here * (double)(tally->total - done), left));
  fputs(display->terminal ? "" : "\n", stderr);
  fflush(stderr);
}

/* On a terminal one line that is written over, ten times a second; else a line every ten seconds. */
static void show_progress(void *context, const struct joust_tally *tally, const struct joust_planned_run *run,
                          const struct joust_outcome *outcome) {
  struct display *display = context;
  if (outcome && outcome->end == JOUST_END_FAILED) print_failure(display, run, outcome->error.message);
  double time = now();
  if (display->quiet || !run || time - display->last < (display->terminal ? 0.1 : 10)) return;
  display->last = time;
  print_state(display, tally);
}

static void print_end(const struct display *display, const struct joust_tally *tally, const char *store) {
  char time[32];
  if (display->terminal && !display->quiet) fputs("\r\033[K", stderr);
  if (tally->kept_failed)
    fprintf(stderr, "%zu runs that failed earlier were left as they are: --retry-failed runs them again\n",
            tally->kept_failed);
  if (display->quiet) return;
  fprintf(stderr, "%zu runs complete, %zu failed, %zu there already; %llu trials in %s; store: %s\n", tally->complete,
          tally->failed, tally->kept + tally->kept_failed, (unsigned long long)tally->trials,
          duration(now() - display->start, time), store);
}

/* ---- the command ------------------------------------------------------------------------------------------------- */

struct run_flags {
  struct joust_sweep_flags sweep;
  const char *store;
  bool dry_run, json, quiet, verbose, retry_failed;
  int64_t jobs;
};

static const char *plural(size_t n) {
  return n == 1 ? "" : "s";
}

static void print_dry_run(const struct joust_plan *plan, bool json) {
  if (json) {
    char *text = joust_sweep_print(plan->sweep);
    puts(text);
    free(text);
    return;
  }
  printf("%zu run%s: %u problem%s x %u optimiser%s x %u replicate%s", plan->n_runs, plural(plan->n_runs),
         plan->n_problems, plural(plan->n_problems), plan->n_optimisers, plural(plan->n_optimisers),
         plan->sweep->replicates, plural(plan->sweep->replicates));
  if (plan->sweep->budget.trials != UINT64_MAX)
    printf(", at most %llu trials in all", (unsigned long long)(plan->n_runs * plan->sweep->budget.trials));
  puts("");
}

static int execute(const struct joust_plan *plan, const struct run_flags *flags, const char *path,
                   struct joust_error *error) {
  struct joust_store *store;
  int code = joust_store_open(&store, path, JOUST_STORE_WRITE, error);
  if (code) return joust_cli_fail("run", error);
  struct display display = {.plan = plan, .terminal = isatty(STDERR_FILENO), .quiet = flags->quiet, .start = now()};
  display.last = display.start;
  struct joust_execution execution = {.store = store,
                                      .retry_failed = flags->retry_failed,
                                      .log_level = flags->verbose ? JOUST_LOG_DEBUG : JOUST_LOG_WARNING,
                                      .stop = &stop,
                                      .progress = show_progress,
                                      .context = &display};
  struct joust_tally tally;
  watch_signals();
  code = joust_sweep_execute(plan, &execution, &tally, error);
  print_end(&display, &tally, path);
  joust_store_close(store);
  if (code) return joust_cli_fail("run", error);
  return tally.failed || tally.kept_failed ? 1 : 0;
}

static int run_sweep(const char *file, struct run_flags *flags) {
  struct joust_error error = {0};
  struct joust_sweep sweep;
  struct joust_registry registry;
  struct joust_folders spaces;
  struct joust_plan plan;
  struct joust_shard shard;
  if (flags->jobs != 1) {
    joust_fail(&error, JOUST_BAD_INPUT, "--jobs is %lld: this version runs one at a time, expected 1",
               (long long)flags->jobs);
    return joust_cli_fail("run", &error);
  }
  if (joust_shard_find(&shard, flags->sweep.shard, &error) ||
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
    if (flags->dry_run)
      print_dry_run(&plan, flags->json);
    else
      code = execute(&plan, flags, store, &error);
    free(store);
    joust_plan_free(&plan);
  }
  joust_folders_free(&spaces);
  joust_registry_free(&registry);
  joust_sweep_free(&sweep);
  return code;
}

int joust_cli_run(int argc, char **argv) {
  struct run_flags f = {.sweep = JOUST_SWEEP_FLAGS_NONE, .jobs = 1};
  const struct joust_flag flags[] = {
      JOUST_SWEEP_FLAGS(f.sweep),
      {0, "store", JOUST_FLAG_TEXT, &f.store, "FILE.db", "where every trial is kept (results.db, results.I-of-N.db)"},
      {'j', "jobs", JOUST_FLAG_COUNT, &f.jobs, "N", "runs at a time (1)"},
      {0, "retry-failed", JOUST_FLAG_SWITCH, &f.retry_failed, NULL, "run again what failed earlier"},
      {0, "dry-run", JOUST_FLAG_SWITCH, &f.dry_run, NULL, "check everything and say what would be run"},
      {0, "json", JOUST_FLAG_SWITCH, &f.json, NULL, "with --dry-run: print the sweep as a sweep file"},
      {'q', "quiet", JOUST_FLAG_SWITCH, &f.quiet, NULL, "no progress, no summary"},
      {'v', "verbose", JOUST_FLAG_SWITCH, &f.verbose, NULL, "show all that plugins log"},
  };
  const struct joust_usage usage = {
      .command = "run",
      .operands = "[SWEEP.json]",
      .summary = "Runs every optimiser on every problem, and stores each trial.",
      .details = "A run that the store holds already is not run again, so the same command continues an\n"
                 "interrupted sweep. Flags are added to a sweep file or replace what it says.\n\n"
                 "  joust run -p nk/n16-k2 -o random,ea10=evolution:population=10,sample=3 -n 200 -r 30\n\n"
                 "Ctrl-C stores what was evaluated and stops; a second Ctrl-C stops at once.\n",
      .flags = flags,
      .n_flags = sizeof flags / sizeof *flags,
      .most = 1};
  int first = joust_cli_parse(&usage, argc, argv);
  int code = first < 0 ? ~first : run_sweep(first < argc ? argv[first] : NULL, &f);
  joust_sweep_flags_free(&f.sweep);
  return code;
}
