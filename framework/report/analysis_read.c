/* A store's tables, and its runs as the steps of their incumbents. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "report/analysis_parts.h"

struct listed { /* a run as the store lists it, before its trials are read */
  struct joust_shown_run shown;
  struct joust_row row;
  int64_t problem, optimiser, session;
  double trials, cost, seconds; /* limits */
};

struct reading {
  struct joust_analysis *analysis;
  struct joust_store *store;
  struct joust_error *error;
  struct listed *runs;
  size_t n_runs, capacity;
  struct joust_store_columns columns;
  uint32_t *steps; /* rows of the columns at which the incumbent changes; as many as the longest run has trials */
  uint32_t steps_capacity;
};

/* ---- what the store lists ---------------------------------------------------------------------------------------- */

static int add_problem(void *context, int64_t id, const struct joust_store_problem *problem) {
  struct reading *reading = context;
  struct joust_analysis *analysis = reading->analysis;
  analysis->problems = joust_resize(analysis->problems, analysis->n_problems + 1, sizeof *analysis->problems);
  struct joust_shown_problem *shown = &analysis->problems[analysis->n_problems];
  int code = joust_store_definition_read(&shown->definition, problem->label, problem->definition, reading->error);
  if (code) return joust_error_prefix(reading->error, "the store is damaged: definition of problem ");
  shown->id = id;
  shown->label = joust_copy(problem->label);
  shown->name = joust_copy(problem->name);
  shown->fingerprint = joust_copy(problem->fingerprint);
  shown->json = joust_copy(problem->definition);
  analysis->n_problems++;
  return 0;
}

static int add_optimiser(void *context, int64_t id, const struct joust_store_optimiser *optimiser) {
  struct joust_analysis *analysis = ((struct reading *)context)->analysis;
  analysis->optimisers = joust_resize(analysis->optimisers, analysis->n_optimisers + 1, sizeof *analysis->optimisers);
  analysis->optimisers[analysis->n_optimisers++] =
      (struct joust_shown_optimiser){.id = id,
                                     .label = joust_copy(optimiser->label),
                                     .name = joust_copy(optimiser->name),
                                     .version = joust_copy(optimiser->version),
                                     .options = joust_copy(optimiser->options),
                                     .summary = joust_copy(optimiser->summary)};
  return 0;
}

static const char *text_of(const cJSON *object, const char *key) {
  const char *text = cJSON_GetStringValue(joust_json_member(object, key));
  return text ? text : "";
}

static double number_of(const cJSON *object, const char *key) {
  const cJSON *node = joust_json_member(object, key);
  return cJSON_IsNumber(node) ? node->valuedouble : NAN;
}

static bool same_number(double a, double b) {
  return a == b || (isnan(a) && isnan(b));
}

/* Several sweeps of a store may carry the same figure: it is kept once. */
static void add_published(struct joust_analysis *analysis, const cJSON *row) {
  double mean = number_of(row, "mean"), sd = number_of(row, "sd");
  for (size_t i = 0; i < analysis->n_published; i++) {
    const struct joust_published *old = &analysis->published[i];
    if (same_number(old->mean, mean) && same_number(old->sd, sd) && strcmp(old->label, text_of(row, "label")) == 0 &&
        strcmp(old->problem, text_of(row, "problem")) == 0 && strcmp(old->metric, text_of(row, "metric")) == 0 &&
        strcmp(old->source, text_of(row, "source")) == 0)
      return;
  }
  analysis->published = joust_resize(analysis->published, analysis->n_published + 1, sizeof *analysis->published);
  analysis->published[analysis->n_published++] =
      (struct joust_published){.label = joust_copy(text_of(row, "label")),
                               .problem = joust_copy(text_of(row, "problem")),
                               .metric = joust_copy(text_of(row, "metric")),
                               .source = joust_copy(text_of(row, "source")),
                               .mean = mean,
                               .sd = sd};
}

static int add_sweep(void *context, int64_t id, const char *name, const char *definition) {
  struct joust_analysis *analysis = ((struct reading *)context)->analysis;
  cJSON *json = cJSON_Parse(definition);
  const cJSON *row;
  cJSON_ArrayForEach(row, joust_json_member(json, "published")) add_published(analysis, row);
  cJSON_Delete(json);
  analysis->sweeps = joust_resize(analysis->sweeps, analysis->n_sweeps + 1, sizeof *analysis->sweeps);
  analysis->sweeps[analysis->n_sweeps++] = (struct joust_shown_sweep){id, joust_copy(name), joust_copy(definition)};
  return 0;
}

static int add_session(void *context, int64_t id, const struct joust_store_session *session) {
  struct joust_analysis *analysis = ((struct reading *)context)->analysis;
  analysis->sessions = joust_resize(analysis->sessions, analysis->n_sessions + 1, sizeof *analysis->sessions);
  analysis->sessions[analysis->n_sessions++] =
      (struct joust_shown_session){.id = id, .provenance = joust_copy(session->provenance)};
  return 0;
}

static uint32_t optimiser_index(const struct joust_analysis *analysis, int64_t id) {
  uint32_t i = 0;
  while (i < analysis->n_optimisers && analysis->optimisers[i].id != id) i++;
  return i;
}

static int add_run(void *context, const struct joust_store_run *run) {
  struct reading *reading = context;
  /* An optimiser that was done before it proposed anything took no part in this replicate (playback has as many lists
   * as there are). */
  if (run->state == JOUST_RUN_COMPLETE && run->trials == 0) {
    uint32_t o = optimiser_index(reading->analysis, run->optimiser);
    if (o < reading->analysis->n_optimisers) reading->analysis->optimisers[o].idle++;
    return 0;
  }
  if (reading->n_runs == reading->capacity) {
    reading->capacity = reading->capacity ? reading->capacity * 2 : 256;
    reading->runs = joust_resize(reading->runs, reading->capacity, sizeof *reading->runs);
  }
  reading->runs[reading->n_runs++] =
      (struct listed){.shown = {.id = run->id,
                                .state = run->state,
                                .trials = run->trials,
                                .cost = run->cost,
                                .seconds = run->seconds,
                                .cpu_seconds = run->cpu_seconds,
                                .first = NAN,
                                .value = NAN,
                                .reason = run->state == JOUST_RUN_BROKEN ? joust_copy(run->reason) : NULL,
                                .counters = strcmp(run->counters, "{}") ? joust_copy(run->counters) : NULL},
                      .row = {run->replicate, run->seed},
                      .problem = run->problem,
                      .optimiser = run->optimiser,
                      .session = run->session,
                      .trials = run->budget_trials,
                      .cost = run->budget_cost,
                      .seconds = run->budget_seconds};
  return 0;
}

static void add_number(char **label, uint32_t number) {
  char *old = *label;
  *label = joust_format("%s (%u)", old, number);
  free(old);
}

static int add_planned(void *context, const struct joust_store_planned *planned, const struct joust_store_run *run) {
  struct joust_analysis *analysis = ((struct reading *)context)->analysis;
  (void)planned;
  analysis->n_to_come += run->state == JOUST_RUN_ABSENT;
  return 0;
}

/* Rows that have one label but differ otherwise (other options, another table) are numbered in the order in which they
 * came to the store: "evolution", "evolution (2)". Backwards, so that each is compared with labels as they were stored.
 */
static void tell_apart(struct joust_analysis *analysis) {
  struct joust_shown_problem *problems = analysis->problems;
  struct joust_shown_optimiser *optimisers = analysis->optimisers;
  for (uint32_t i = analysis->n_problems; i-- > 1;) {
    uint32_t number = 1;
    for (uint32_t j = i; j-- > 0 && strcmp(problems[j].label, problems[i].label) == 0;) number++;
    if (number > 1) add_number(&problems[i].label, number);
  }
  for (uint32_t i = analysis->n_optimisers; i-- > 1;) {
    uint32_t number = 1;
    for (uint32_t j = i; j-- > 0 && strcmp(optimisers[j].label, optimisers[i].label) == 0;) number++;
    if (number == 1) continue;
    optimisers[i].twin = true;
    add_number(&optimisers[i].label, number);
  }
}

/* ---- contests, rows and cells -------------------------------------------------------------------------------------
 */

static uint32_t problem_index(const struct joust_analysis *analysis, int64_t id) {
  uint32_t i = 0;
  while (i < analysis->n_problems && analysis->problems[i].id != id) i++;
  return i;
}

/* The contest of a run; n_contests if it is not there yet. */
static uint32_t contest_index(const struct joust_analysis *analysis, uint32_t problem, const struct listed *run) {
  uint32_t i = 0;
  for (; i < analysis->n_contests; i++) {
    const struct joust_contest *contest = &analysis->contests[i];
    if (contest->problem == problem && contest->trials == run->trials && contest->cost == run->cost &&
        contest->seconds == run->seconds)
      break;
  }
  return i;
}

static int by_limits(const void *a, const void *b) {
  const struct joust_contest *p = a, *q = b;
  if (p->problem != q->problem) return p->problem < q->problem ? -1 : 1;
  if (p->trials != q->trials) return p->trials < q->trials ? -1 : 1;
  if (p->cost != q->cost) return p->cost < q->cost ? -1 : 1;
  return p->seconds < q->seconds ? -1 : p->seconds > q->seconds;
}

static int by_replicate(const void *a, const void *b) {
  const struct joust_row *p = a, *q = b;
  if (p->replicate != q->replicate) return p->replicate < q->replicate ? -1 : 1;
  return p->seed < q->seed ? -1 : p->seed > q->seed;
}

static int make_contests(struct reading *reading) {
  struct joust_analysis *analysis = reading->analysis;
  for (size_t i = 0; i < reading->n_runs; i++) {
    const struct listed *run = &reading->runs[i];
    uint32_t p = problem_index(analysis, run->problem);
    if (p == analysis->n_problems || optimiser_index(analysis, run->optimiser) == analysis->n_optimisers)
      return joust_fail(reading->error, JOUST_BAD_INPUT, "the store is damaged: a run has no problem or no optimiser");
    if (contest_index(analysis, p, run) < analysis->n_contests) continue;
    analysis->contests = joust_resize(analysis->contests, analysis->n_contests + 1, sizeof *analysis->contests);
    analysis->contests[analysis->n_contests++] =
        (struct joust_contest){.problem = p, .trials = run->trials, .cost = run->cost, .seconds = run->seconds};
  }
  if (analysis->n_contests) qsort(analysis->contests, analysis->n_contests, sizeof *analysis->contests, by_limits);
  return 0;
}

/* The rows of a contest: each (replicate, seed) of its runs once, in order. */
static void make_rows(struct joust_contest *contest, const struct reading *reading, const uint32_t *contest_of,
                      uint32_t index) {
  size_t n = 0;
  for (size_t i = 0; i < reading->n_runs; i++) n += contest_of[i] == index;
  contest->rows = joust_alloc(n, sizeof *contest->rows);
  n = 0;
  for (size_t i = 0; i < reading->n_runs; i++)
    if (contest_of[i] == index) contest->rows[n++] = reading->runs[i].row;
  qsort(contest->rows, n, sizeof *contest->rows, by_replicate);
  for (size_t i = 0; i < n; i++)
    if (i == 0 || by_replicate(&contest->rows[i], &contest->rows[i - 1]) != 0)
      contest->rows[contest->n_rows++] = contest->rows[i];
}

/* The place of a run in its cell, which is made at its first run. */
static struct joust_shown_run *place_of(struct joust_analysis *analysis, struct joust_contest *contest,
                                        const struct listed *run) {
  struct joust_cell *cell = &contest->cells[optimiser_index(analysis, run->optimiser)];
  if (!cell->runs) {
    cell->runs = joust_alloc(contest->n_rows, sizeof *cell->runs);
    analysis->optimisers[optimiser_index(analysis, run->optimiser)].idle = 0;
    for (uint32_t r = 0; r < contest->n_rows; r++) cell->runs[r].first = cell->runs[r].value = NAN;
  }
  const struct joust_row *row = bsearch(&run->row, contest->rows, contest->n_rows, sizeof *contest->rows, by_replicate);
  return &cell->runs[row - contest->rows];
}

/* ---- trials -------------------------------------------------------------------------------------------------------
 */

static void add_reason(struct joust_reasons *reasons, const char *text, uint32_t runs, uint32_t trials) {
  enum { MOST = 8 };
  uint32_t i = 0;
  if (!text || !*text) text = "no reason given";
  while (i < reasons->n && strcmp(reasons->items[i].text, text) != 0) i++;
  if (i == reasons->n && i == MOST) i = MOST - 1;
  if (i == reasons->n) {
    reasons->items = joust_resize(reasons->items, i + 1, sizeof *reasons->items);
    reasons->items[reasons->n++] = (struct joust_reason){.text = joust_copy(i == MOST - 1 ? "others" : text)};
  }
  reasons->items[i].runs += runs;
  reasons->items[i].trials += trials;
}

/* One block of memory a run, which begins with the numbers of the trials. */
static void keep_steps(struct joust_shown_run *run, const struct reading *reading, const double *spent, uint32_t n) {
  const struct joust_store_columns *trials = &reading->columns;
  size_t m = trials->n_metrics;
  struct joust_steps *steps = &run->steps;
  *steps = (struct joust_steps){.n = n, .trial = joust_alloc(n * (3 + m), sizeof(double))};
  steps->cost = steps->trial + n;
  steps->value = steps->cost + n;
  steps->metrics = steps->value + n;
  for (uint32_t i = 0; i < n; i++) {
    uint32_t row = reading->steps[i];
    steps->trial[i] = (double)row + 1;
    steps->cost[i] = spent[i];
    steps->value[i] = trials->value[row];
    memcpy(steps->metrics + i * m, trials->metrics + row * m, m * sizeof(double));
  }
}

static void follow_incumbent(struct reading *reading, struct joust_contest *contest, struct joust_cell *cell,
                             struct joust_shown_run *run) {
  const struct joust_store_definition *problem = joust_definition_of(reading->analysis, contest);
  const struct joust_store_columns *trials = &reading->columns;
  double spent = 0, best = INFINITY, *spent_at = joust_alloc(trials->n, sizeof *spent_at);
  uint32_t n = 0;
  for (uint32_t i = 0; i < trials->n; i++) {
    double cost = problem->cost < 0 ? 0 : trials->metrics[(size_t)i * trials->n_metrics + (uint32_t)problem->cost];
    double loss = problem->direction * trials->value[i];
    spent += isfinite(cost) ? cost : 0;
    run->failed_trials += trials->outcome[i] == 1;
    run->cancelled_trials += trials->outcome[i] == 2;
    if (trials->outcome[i] == 1) add_reason(&cell->failures, trials->message[i], 0, 1);
    if (trials->outcome[i] == 0 && trials->message[i]) add_reason(&cell->marks, trials->message[i], 0, 1);
    if (trials->outcome[i] != 0 || !isfinite(loss)) continue;
    if (isnan(contest->worst) || loss > problem->direction * contest->worst) contest->worst = trials->value[i];
    if (i == 0) run->first = trials->value[i];
    if (loss >= best) continue;
    best = loss;
    spent_at[n] = spent;
    reading->steps[n++] = i;
  }
  if (run->state == JOUST_RUN_COMPLETE && n > 0) {
    keep_steps(run, reading, spent_at, n);
    run->value = run->steps.value[n - 1];
  }
  free(spent_at);
}

static int read_run(struct reading *reading, struct joust_contest *contest, struct joust_cell *cell,
                    struct joust_shown_run *run) {
  const struct joust_store_definition *problem = joust_definition_of(reading->analysis, contest);
  int code = joust_store_read_trials(reading->store, run->id, &reading->columns, reading->error);
  if (code) return code;
  const struct joust_store_columns *trials = &reading->columns;
  if (trials->n && trials->n_metrics != problem->n_metrics)
    return joust_fail(reading->error, JOUST_BAD_INPUT, "the store is damaged: a trial has %u metrics, its problem %u",
                      trials->n_metrics, problem->n_metrics);
  if (trials->n > reading->steps_capacity) {
    reading->steps_capacity = trials->n * 2;
    reading->steps = joust_resize(reading->steps, reading->steps_capacity, sizeof *reading->steps);
  }
  if (run->state == JOUST_RUN_BROKEN) add_reason(&cell->failures, run->reason, 1, 0);
  follow_incumbent(reading, contest, cell, run);
  return 0;
}

static int read_runs(struct reading *reading) {
  struct joust_analysis *analysis = reading->analysis;
  uint32_t *contest_of = joust_alloc(reading->n_runs, sizeof *contest_of);
  int code = 0;
  for (size_t i = 0; i < reading->n_runs; i++)
    contest_of[i] = contest_index(analysis, problem_index(analysis, reading->runs[i].problem), &reading->runs[i]);
  for (uint32_t c = 0; c < analysis->n_contests; c++) {
    struct joust_contest *contest = &analysis->contests[c];
    make_rows(contest, reading, contest_of, c);
    contest->worst = NAN;
    contest->cells = joust_alloc(analysis->n_optimisers, sizeof *contest->cells);
  }
  for (size_t i = 0; i < reading->n_runs && !code; i++) {
    struct listed *run = &reading->runs[i];
    struct joust_contest *contest = &analysis->contests[contest_of[i]];
    struct joust_cell *cell = &contest->cells[optimiser_index(analysis, run->optimiser)];
    struct joust_shown_run *place = place_of(analysis, contest, run);
    if (place->id)
      code = joust_fail(reading->error, JOUST_BAD_INPUT,
                        "the store is damaged: runs %lld and %lld are of one optimiser on one problem with one seed",
                        (long long)place->id, (long long)run->shown.id);
    if (code) break;
    *place = run->shown;
    if (place->counters && strstr(place->counters, "\"published\":"))
      analysis->optimisers[optimiser_index(analysis, run->optimiser)].published = true;
    run->shown.reason = run->shown.counters = NULL; /* the cell owns them now */
    for (size_t s = 0; s < analysis->n_sessions; s++)
      analysis->sessions[s].runs += analysis->sessions[s].id == run->session;
    code = read_run(reading, contest, cell, place);
  }
  free(contest_of);
  return code;
}

int joust_analysis_read(struct joust_analysis *analysis, struct joust_store *store, struct joust_error *error) {
  struct reading reading = {.analysis = analysis, .store = store, .error = error};
  int code = joust_store_each_problem(store, add_problem, &reading, error);
  if (!code) code = joust_store_each_optimiser(store, add_optimiser, &reading, error);
  if (!code) code = joust_store_each_sweep(store, add_sweep, &reading, error);
  if (!code) code = joust_store_each_session(store, add_session, &reading, error);
  if (!code) code = joust_store_each_run(store, add_run, &reading, error);
  for (size_t s = 0; s < analysis->n_sweeps && !code; s++)
    code = joust_store_each_planned(store, analysis->sweeps[s].id, add_planned, &reading, error);
  if (!code) {
    tell_apart(analysis);
    code = make_contests(&reading);
  }
  if (!code) code = read_runs(&reading);
  for (size_t i = 0; i < reading.n_runs; i++) {
    free(reading.runs[i].shown.reason);
    free(reading.runs[i].shown.counters);
  }
  joust_store_columns_free(&reading.columns);
  free(reading.runs);
  free(reading.steps);
  return code;
}
