#include "report/progress.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"

struct labels { /* ids of a table and what they are called */
  int64_t *ids;
  char **texts;
  size_t n;
};

struct reading {
  struct joust_progress *progress;
  struct labels problems, optimisers;
  int64_t sweep; /* id of the last session's; 0: there is none */
};

/* ---- what rows refer to ------------------------------------------------------------------------------------------ */

static void add_label(struct labels *labels, int64_t id, const char *text) {
  labels->ids = joust_resize(labels->ids, labels->n + 1, sizeof *labels->ids);
  labels->texts = joust_resize(labels->texts, labels->n + 1, sizeof *labels->texts);
  labels->ids[labels->n] = id;
  labels->texts[labels->n++] = joust_copy(text);
}

static const char *find_label(const struct labels *labels, int64_t id) {
  for (size_t i = 0; i < labels->n; i++)
    if (labels->ids[i] == id) return labels->texts[i];
  return "?";
}

static void free_labels(struct labels *labels) {
  for (size_t i = 0; i < labels->n; i++) free(labels->texts[i]);
  free(labels->texts);
  free(labels->ids);
}

static int add_problem(void *context, int64_t id, const struct joust_store_problem *row) {
  add_label(&((struct reading *)context)->problems, id, row->label);
  return 0;
}

static int add_optimiser(void *context, int64_t id, const struct joust_store_optimiser *row) {
  add_label(&((struct reading *)context)->optimisers, id, row->label);
  return 0;
}

static int find_sweep(void *context, int64_t id, const struct joust_store_session *row) {
  (void)id;
  ((struct reading *)context)->sweep = row->sweep;
  return 0;
}

static int name_sweep(void *context, int64_t id, const char *name, const char *definition) {
  struct reading *reading = context;
  (void)definition;
  if (id == reading->sweep) reading->progress->sweep = joust_copy(name);
  return 0;
}

static int add_session(void *context, int64_t id, const struct joust_store_session *row) {
  struct reading *reading = context;
  struct joust_progress *progress = reading->progress;
  if (row->sweep != reading->sweep) return 0;
  cJSON *provenance = cJSON_Parse(row->provenance);
  const char *host = cJSON_GetStringValue(joust_json_member(provenance, "host"));
  progress->sessions = joust_resize(progress->sessions, progress->n_sessions + 1, sizeof *progress->sessions);
  struct joust_progress_session *session = &progress->sessions[progress->n_sessions++];
  *session = (struct joust_progress_session){.id = id,
                                             .shard = row->shard,
                                             .shards = row->shards,
                                             .host = joust_copy(host ? host : ""),
                                             .ended = joust_copy(row->ended),
                                             .elapsed = row->elapsed};
  enum joust_life life = joust_process_life(row->process, &session->process);
  session->life = *row->ended ? JOUST_LIFE_OVER : life;
  session->age = session->life == JOUST_LIFE_ALIVE ? joust_process_age(row->process) : NAN;
  progress->alive += session->life == JOUST_LIFE_ALIVE;
  cJSON_Delete(provenance);
  return 0;
}

/* ---- runs -------------------------------------------------------------------------------------------------------- */

/* Rows come by labels, so a cell is the last one or a new one. */
static struct joust_progress_cell *cell_of(struct reading *reading, const struct joust_store_planned *planned) {
  struct joust_progress *progress = reading->progress;
  const char *problem = find_label(&reading->problems, planned->problem);
  const char *optimiser = find_label(&reading->optimisers, planned->optimiser);
  struct joust_progress_cell *last = progress->n_cells ? &progress->cells[progress->n_cells - 1] : NULL;
  if (last && strcmp(last->problem, problem) == 0 && strcmp(last->optimiser, optimiser) == 0) return last;
  progress->cells = joust_resize(progress->cells, progress->n_cells + 1, sizeof *progress->cells);
  last = &progress->cells[progress->n_cells++];
  *last = (struct joust_progress_cell){.problem = joust_copy(problem), .optimiser = joust_copy(optimiser)};
  return last;
}

static void add_failure(struct joust_progress *progress, const struct joust_progress_cell *cell,
                        const struct joust_store_run *run) {
  for (size_t i = 0; i < progress->n_failures; i++) {
    struct joust_progress_failure *failure = &progress->failures[i];
    if (strcmp(failure->reason, run->reason) != 0 || strcmp(failure->problem, cell->problem) != 0 ||
        strcmp(failure->optimiser, cell->optimiser) != 0)
      continue;
    failure->runs++;
    return;
  }
  progress->failures = joust_resize(progress->failures, progress->n_failures + 1, sizeof *progress->failures);
  progress->failures[progress->n_failures++] = (struct joust_progress_failure){.problem = joust_copy(cell->problem),
                                                                               .optimiser = joust_copy(cell->optimiser),
                                                                               .reason = joust_copy(run->reason),
                                                                               .replicate = run->replicate,
                                                                               .runs = 1};
}

/* While the cells are being filled, `seconds` is the sum. */
static int add_planned(void *context, const struct joust_store_planned *planned, const struct joust_store_run *run) {
  struct reading *reading = context;
  struct joust_progress *progress = reading->progress;
  struct joust_progress_cell *cell = cell_of(reading, planned);
  cell->planned++;
  cell->complete += run->state == JOUST_RUN_COMPLETE;
  cell->failed += run->state == JOUST_RUN_BROKEN;
  cell->started += run->state == JOUST_RUN_STARTED;
  if (run->state == JOUST_RUN_COMPLETE) cell->seconds += run->seconds;
  if (run->state == JOUST_RUN_BROKEN) add_failure(progress, cell, run);
  if (run->state != JOUST_RUN_COMPLETE && run->state != JOUST_RUN_BROKEN) return 0;
  for (size_t i = progress->n_sessions; i-- > 0;)
    if (progress->sessions[i].id == run->session) {
      progress->sessions[i].runs++;
      progress->sessions[i].seconds += run->seconds;
      break;
    }
  return 0;
}

static int count_elsewhere(void *context, const struct joust_store_planned *planned,
                           const struct joust_store_run *run) {
  struct joust_progress *progress = ((struct reading *)context)->progress;
  (void)planned;
  progress->complete_elsewhere += run->state == JOUST_RUN_COMPLETE;
  progress->elsewhere += run->state == JOUST_RUN_ABSENT || run->state == JOUST_RUN_STARTED;
  return 0;
}

/* ---- time left --------------------------------------------------------------------------------------------------- */

/* Mean seconds of complete runs; of one optimiser (NULL: of any). NaN if there is none. */
static double mean_seconds(const struct joust_progress *progress, const char *optimiser) {
  double seconds = 0, runs = 0;
  for (size_t i = 0; i < progress->n_cells; i++) {
    const struct joust_progress_cell *cell = &progress->cells[i];
    if (!cell->complete || (optimiser && strcmp(cell->optimiser, optimiser) != 0)) continue;
    seconds += cell->seconds * (double)cell->complete;
    runs += (double)cell->complete;
  }
  return runs > 0 ? seconds / runs : NAN;
}

static double seconds_left(const struct joust_progress *progress) {
  double left = 0;
  for (size_t i = 0; i < progress->n_cells; i++) {
    const struct joust_progress_cell *cell = &progress->cells[i];
    uint64_t runs = cell->planned - cell->complete - cell->failed;
    double mean = cell->seconds;
    if (isnan(mean)) mean = mean_seconds(progress, cell->optimiser);
    if (isnan(mean)) mean = mean_seconds(progress, NULL);
    if (runs) left += (double)runs * mean;
  }
  return left;
}

/* `pace`: seconds of runs that get done in a second, the number of workers if nothing is wasted. */
static void estimate(struct joust_progress *progress) {
  double rate = 0, pace = 0;
  for (size_t i = 0; i < progress->n_sessions; i++) {
    const struct joust_progress_session *session = &progress->sessions[i];
    double elapsed = session->elapsed > 0 ? session->elapsed : session->age;
    if (session->life != JOUST_LIFE_ALIVE || !session->runs || !(elapsed > 0)) continue;
    rate += (double)session->runs / elapsed;
    pace += session->seconds / elapsed;
  }
  progress->rate = rate > 0 ? rate : NAN;
  progress->left = pace > 0 ? seconds_left(progress) / pace : NAN;
  if (!joust_progress_left(progress)) progress->left = 0;
}

static void add_up(struct joust_progress *progress) {
  for (size_t i = 0; i < progress->n_cells; i++) {
    struct joust_progress_cell *cell = &progress->cells[i];
    cell->seconds = cell->complete ? cell->seconds / (double)cell->complete : NAN;
    progress->planned += cell->planned;
    progress->complete += cell->complete;
    progress->failed += cell->failed;
    progress->started += cell->started;
  }
}

/* ---- all --------------------------------------------------------------------------------------------------------- */

struct others { /* the other sweeps: they are read after their list, as each takes a query of its own */
  int64_t *ids, own;
  size_t n;
};

static int add_other(void *context, int64_t id, const char *name, const char *definition) {
  struct others *others = context;
  (void)name, (void)definition;
  if (id == others->own) return 0;
  others->ids = joust_resize(others->ids, others->n + 1, sizeof *others->ids);
  others->ids[others->n++] = id;
  return 0;
}

static int read_others(struct reading *reading, struct joust_store *store, struct joust_error *error) {
  struct others others = {.own = reading->sweep};
  int code = joust_store_each_sweep(store, add_other, &others, error);
  for (size_t i = 0; i < others.n && !code; i++)
    code = joust_store_each_planned(store, others.ids[i], count_elsewhere, reading, error);
  free(others.ids);
  return code;
}

int joust_progress_make(struct joust_progress *progress, struct joust_store *store, struct joust_error *error) {
  *progress = (struct joust_progress){0};
  struct reading reading = {.progress = progress};
  int code;
  if (!(code = joust_store_each_problem(store, add_problem, &reading, error)) &&
      !(code = joust_store_each_optimiser(store, add_optimiser, &reading, error)) &&
      !(code = joust_store_each_session(store, find_sweep, &reading, error)) &&
      !(code = joust_store_each_sweep(store, name_sweep, &reading, error)) &&
      !(code = joust_store_each_session(store, add_session, &reading, error)) &&
      !(code = joust_store_each_planned(store, reading.sweep, add_planned, &reading, error)))
    code = read_others(&reading, store, error);
  if (!progress->sweep) progress->sweep = joust_copy("");
  add_up(progress);
  estimate(progress);
  free_labels(&reading.problems);
  free_labels(&reading.optimisers);
  if (code) joust_progress_free(progress);
  return code;
}

void joust_progress_free(struct joust_progress *progress) {
  for (size_t i = 0; i < progress->n_cells; i++) {
    free(progress->cells[i].problem);
    free(progress->cells[i].optimiser);
  }
  for (size_t i = 0; i < progress->n_failures; i++) {
    free(progress->failures[i].problem);
    free(progress->failures[i].optimiser);
    free(progress->failures[i].reason);
  }
  for (size_t i = 0; i < progress->n_sessions; i++) {
    free(progress->sessions[i].host);
    free(progress->sessions[i].ended);
  }
  free(progress->cells);
  free(progress->failures);
  free(progress->sessions);
  free(progress->sweep);
  memset(progress, 0, sizeof *progress);
}
