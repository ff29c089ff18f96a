/* joust status: how far the sweep of a store is, from another terminal while it runs or afterwards. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "cli/cli.h"
#include "report/analysis.h"
#include "report/progress.h"

enum { MOST_FAILURES = 10 }; /* that are shown; --json has all */

struct view {
  const char *path;
  struct joust_progress progress;
  struct joust_analysis analysis; /* mean ranks so far */
};

static const char *plural(uint64_t n) {
  return n == 1 ? "" : "s";
}

/* ---- text -------------------------------------------------------------------------------------------------------- */

/* What the last session is doing, or how it ended. */
static void print_session(const struct joust_progress *progress) {
  char time[JOUST_DURATION_SIZE];
  const struct joust_progress_session *last = &progress->sessions[progress->n_sessions - 1];
  if (progress->alive == 1 && last->life == JOUST_LIFE_ALIVE)
    printf("running for %s (process %ld)", joust_cli_duration(time, last->age), last->process);
  else if (progress->alive)
    printf("running (%zu processes)", progress->alive);
  else if (*last->ended && strcmp(last->ended, "complete") != 0)
    printf("ended: %s", last->ended);
  else if (*last->ended)
    printf("finished");
  else if (last->process && last->life == JOUST_LIFE_OVER)
    printf("killed (process %ld is no more): the same command goes on where it was", last->process);
  else if (last->process)
    printf("started on %s (process %ld): whether it still runs cannot be told from here", last->host, last->process);
  else
    printf("merged before it ended");
  if (last->shards > 1 && progress->n_sessions == 1)
    printf("; shard %" PRIu32 " of %" PRIu32, last->shard, last->shards);
  puts("");
}

static void print_cells(const struct joust_progress *progress) {
  char time[JOUST_DURATION_SIZE];
  struct joust_grid grid = {.n_columns = 6, .right = 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5};
  static const char *const heads[] = {"PROBLEM", "OPTIMISER", "COMPLETE", "FAILED", "LEFT", "MEAN TIME"};
  for (int i = 0; i < 6; i++) joust_grid_add(&grid, "%s", heads[i]);
  for (size_t i = 0; i < progress->n_cells; i++) {
    const struct joust_progress_cell *cell = &progress->cells[i];
    joust_grid_add(&grid, "%s", cell->problem);
    joust_grid_add(&grid, "%s", cell->optimiser);
    joust_grid_add(&grid, "%" PRIu64, cell->complete);
    joust_grid_add(&grid, "%" PRIu64, cell->failed);
    joust_grid_add(&grid, "%" PRIu64, cell->planned - cell->complete - cell->failed);
    joust_grid_add(&grid, "%s", joust_cli_duration(time, cell->seconds));
  }
  joust_grid_print(&grid, stdout, "");
}

static void print_pace(const struct joust_progress *progress) {
  char time[JOUST_DURATION_SIZE];
  uint64_t left = joust_progress_left(progress);
  printf("\n%" PRIu64 " of %" PRIu64 " run%s complete, %" PRIu64 " failed, %" PRIu64 " left", progress->complete,
         progress->planned, plural(progress->planned), progress->failed, left);
  if (progress->started) printf(" (%" PRIu64 " of them begun)", progress->started);
  if (left && !isnan(progress->rate))
    printf("; %.3g runs/min, about %s to go", 60 * progress->rate, joust_cli_duration(time, progress->left));
  puts("");
}

static void print_other_sweeps(const struct joust_progress *progress) {
  uint64_t complete = progress->complete_elsewhere, absent = progress->elsewhere;
  if (complete)
    printf("%" PRIu64 " complete run%s of other sweeps in this store %s not counted\n", complete, plural(complete),
           complete == 1 ? "is" : "are");
  if (absent)
    printf("%" PRIu64 " run%s of other sweeps in this store %s not there and not counted\n", absent, plural(absent),
           absent == 1 ? "is" : "are");
}

/* They are those of `joust show`: over the whole store. */
static void print_ranks(const struct view *view) {
  const struct joust_analysis *analysis = &view->analysis;
  const char *before =
      view->progress.complete_elsewhere ? "mean rank so far, all sweeps of the store: " : "mean rank so far: ";
  for (uint32_t i = 0; i < analysis->n_optimisers; i++) {
    const struct joust_shown_optimiser *optimiser = &analysis->optimisers[i];
    if (isnan(optimiser->mean_rank)) continue;
    printf("%s%s %.2f", before, optimiser->label, optimiser->mean_rank);
    before = ", ";
  }
  if (before[0] == ',') puts("");
}

static void print_failures(const struct joust_progress *progress) {
  for (size_t i = 0; i < progress->n_failures && i < MOST_FAILURES; i++) {
    const struct joust_progress_failure *failure = &progress->failures[i];
    printf("%sfailed: %s on %s, replicate %" PRIu32, i ? "" : "\n", failure->optimiser, failure->problem,
           failure->replicate);
    if (failure->runs > 1) printf(" and %" PRIu64 " more", failure->runs - 1);
    printf(": %s\n", failure->reason);
  }
  if (progress->n_failures > MOST_FAILURES)
    printf("... and %zu more reasons: --json has all\n", progress->n_failures - MOST_FAILURES);
}

static void print_text(const struct view *view) {
  const struct joust_progress *progress = &view->progress;
  printf("%s: ", view->path);
  if (!progress->n_sessions) {
    puts("no sweep was run into this store");
    return;
  }
  if (progress->complete_elsewhere || progress->elsewhere) printf("last ");
  if (*progress->sweep)
    printf("sweep '%s', ", progress->sweep);
  else
    printf("sweep without a name, ");
  print_session(progress);
  puts("");
  print_cells(progress);
  print_pace(progress);
  print_other_sweeps(progress);
  print_ranks(view);
  print_failures(progress);
}

/* ---- JSON -------------------------------------------------------------------------------------------------------- */

static void add_counts(cJSON *object, uint64_t planned, uint64_t complete, uint64_t failed, uint64_t started) {
  cJSON_AddNumberToObject(object, "planned", (double)planned);
  cJSON_AddNumberToObject(object, "complete", (double)complete);
  cJSON_AddNumberToObject(object, "failed", (double)failed);
  cJSON_AddNumberToObject(object, "started", (double)started);
  cJSON_AddNumberToObject(object, "left", (double)(planned - complete - failed));
}

static cJSON *session_json(const struct joust_progress_session *session) {
  static const char *const lives[] = {"over", "alive", "unknown"};
  cJSON *object = cJSON_CreateObject();
  cJSON_AddStringToObject(object, "host", session->host);
  cJSON_AddNumberToObject(object, "process", (double)session->process);
  cJSON_AddStringToObject(object, "life", lives[session->life]);
  cJSON_AddStringToObject(object, "ended", session->ended);
  cJSON_AddNumberToObject(object, "shard", session->shard);
  cJSON_AddNumberToObject(object, "shards", session->shards);
  joust_json_add_number(object, "elapsed", session->elapsed);
  cJSON_AddNumberToObject(object, "runs", (double)session->runs);
  return object;
}

static void print_json(const struct view *view) {
  const struct joust_progress *progress = &view->progress;
  cJSON *root = cJSON_CreateObject();
  cJSON_AddStringToObject(root, "store", view->path);
  cJSON_AddStringToObject(root, "sweep", progress->sweep);
  cJSON_AddBoolToObject(root, "running", progress->alive > 0);
  add_counts(root, progress->planned, progress->complete, progress->failed, progress->started);
  joust_json_add_number(root, "runs_per_second", progress->rate);
  joust_json_add_number(root, "seconds_left", progress->left);
  cJSON *cells = cJSON_AddArrayToObject(root, "cells");
  for (size_t i = 0; i < progress->n_cells; i++) {
    const struct joust_progress_cell *cell = &progress->cells[i];
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "problem", cell->problem);
    cJSON_AddStringToObject(object, "optimiser", cell->optimiser);
    add_counts(object, cell->planned, cell->complete, cell->failed, cell->started);
    joust_json_add_number(object, "mean_seconds", cell->seconds);
    cJSON_AddItemToArray(cells, object);
  }
  cJSON *ranks = cJSON_AddObjectToObject(root, "mean_ranks");
  for (uint32_t i = 0; i < view->analysis.n_optimisers; i++)
    joust_json_add_number(ranks, view->analysis.optimisers[i].label, view->analysis.optimisers[i].mean_rank);
  cJSON *failures = cJSON_AddArrayToObject(root, "failures");
  for (size_t i = 0; i < progress->n_failures; i++) {
    const struct joust_progress_failure *failure = &progress->failures[i];
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "problem", failure->problem);
    cJSON_AddStringToObject(object, "optimiser", failure->optimiser);
    cJSON_AddNumberToObject(object, "first_replicate", failure->replicate);
    cJSON_AddNumberToObject(object, "runs", (double)failure->runs);
    cJSON_AddStringToObject(object, "reason", failure->reason);
    cJSON_AddItemToArray(failures, object);
  }
  cJSON *sessions = cJSON_AddArrayToObject(root, "sessions");
  for (size_t i = 0; i < progress->n_sessions; i++)
    cJSON_AddItemToArray(sessions, session_json(&progress->sessions[i]));
  char *text = cJSON_Print(root);
  puts(text);
  free(text);
  cJSON_Delete(root);
}

/* ---- the command ------------------------------------------------------------------------------------------------- */

struct status_flags {
  bool json, check, watch;
};

static int look(struct view *view, struct joust_error *error) {
  const struct joust_analysis_options options = {.ranks_only = true};
  struct joust_store *store;
  int code = joust_store_open(&store, view->path, JOUST_STORE_READ, error);
  if (code) return code;
  if (!(code = joust_progress_make(&view->progress, store, error))) {
    code = joust_analysis_make(&view->analysis, store, &options, error);
    if (code) joust_progress_free(&view->progress);
  }
  joust_store_close(store);
  return code;
}

/* `ready`: nothing more will come by waiting. */
static int show(const char *path, const struct status_flags *flags, bool *ready, struct joust_error *error) {
  struct view view = {.path = path};
  int code = look(&view, error);
  if (code) return code;
  if (flags->watch && joust_cli_colours(stdout)) fputs("\033[H\033[2J", stdout);
  if (flags->json)
    print_json(&view);
  else
    print_text(&view);
  fflush(stdout);
  *ready = !view.progress.alive;
  if (flags->check && view.progress.complete < view.progress.planned)
    code = joust_fail(error, JOUST_RUN_FAILED, "%s: %" PRIu64 " run%s failed, %" PRIu64 " not there", path,
                      view.progress.failed, plural(view.progress.failed), joust_progress_left(&view.progress));
  joust_analysis_free(&view.analysis);
  joust_progress_free(&view.progress);
  return code;
}

int joust_cli_status(int argc, char **argv) {
  struct status_flags f = {0};
  const struct joust_flag flags[] = {
      {0, "watch", JOUST_FLAG_SWITCH, &f.watch, NULL, "look again every two seconds until the sweep ends"},
      {0, "check", JOUST_FLAG_SWITCH, &f.check, NULL, "exit code 1 unless every run is complete"},
      {0, "json", JOUST_FLAG_SWITCH, &f.json, NULL, "print JSON"},
  };
  const struct joust_usage usage = {
      .command = "status",
      .operands = "FILE.db",
      .summary = "Says how far the last sweep of a store is: runs, pace, failures, ranks so far.",
      .details = "It may be asked while the sweep runs; that neither stops nor slows it.\n",
      .flags = flags,
      .n_flags = sizeof flags / sizeof *flags,
      .least = 1,
      .most = 1};
  int first = joust_cli_parse(&usage, argc, argv);
  if (first < 0) return ~first;
  struct joust_error error;
  bool ready = false;
  int code = show(argv[first], &f, &ready, &error);
  while (f.watch && !ready && (!code || code == JOUST_RUN_FAILED)) {
    nanosleep(&(struct timespec){.tv_sec = 2}, NULL);
    code = show(argv[first], &f, &ready, &error);
  }
  return code ? joust_cli_fail("status", &error) : 0;
}
