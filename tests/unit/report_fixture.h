/* Stores made by hand for tests of reports: problems with a known best value, runs given by the values of their trials.
 */
#ifndef REPORT_FIXTURE_H
#define REPORT_FIXTURE_H

#include "base/memory.h"
#include "report/analysis.h"
#include "store_fixture.h"

/* A problem with metrics `score` (the objective), `seconds` (the cost, if it has one) and `test`. `best` is JSON. */
static inline int64_t put_problem(struct joust_store *store, const char *label, const char *direction, const char *best,
                                  bool has_cost) {
  char *definition =
      joust_format("{\"title\": \"Problem %s\", \"direction\": \"%s\", \"objective\": 0, \"cost\": %d, \"best\": %s,"
                   " \"points\": 6, \"parameters\": [{\"name\": \"x\", \"kind\": \"integer\", \"lower\": 0, \"upper\": "
                   "5}],"
                   " \"metrics\": [{\"name\": \"score\", \"direction\": \"%s\"}, {\"name\": \"seconds\", \"unit\": "
                   "\"s\"}, {\"name\": \"test\"}]}",
                   label, direction, has_cost ? 1 : -1, best, direction);
  struct joust_store_problem problem = {label, label, label, definition};
  int64_t id;
  assert_ok(joust_store_put_problem(store, &problem, &id, &store_error));
  free(definition);
  return id;
}

static inline int64_t put_optimiser(struct joust_store *store, const char *label) {
  struct joust_store_optimiser optimiser = {label, label, "1.0", "{}", "for tests"};
  int64_t id;
  assert_ok(joust_store_put_optimiser(store, &optimiser, &id, &store_error));
  return id;
}

struct made_run {
  int64_t problem, optimiser;
  uint32_t replicate;
  enum joust_run_state state;
  double budget, cost_budget; /* 0: no limit */
  uint32_t n;
  const double *values; /* n trials; NaN: failed. Each costs 2; `test` is the value + 1000. */
  const char *reason, *counters;
  const char *marks; /* of all trials that do not fail */
};

static inline void put_made_run(struct joust_store *store, const struct store_ids *ids, const struct made_run *made) {
  char key[65];
  uint64_t index[STORE_TRIALS] = {0};
  double metrics[3 * STORE_TRIALS], seconds[STORE_TRIALS] = {0};
  uint8_t outcome[STORE_TRIALS];
  const char *message[STORE_TRIALS];
  assert_true(made->n <= STORE_TRIALS);
  for (uint32_t i = 0; i < made->n; i++) {
    outcome[i] = (uint8_t)(isnan(made->values[i]) ? 1 : 0);
    metrics[3 * i] = made->values[i];
    metrics[3 * i + 1] = 2;
    metrics[3 * i + 2] = made->values[i] + 1000;
    message[i] = outcome[i] ? "it broke" : made->marks;
  }
  struct joust_store_trials trials = {.n = made->n,
                                      .first = 1,
                                      .n_metrics = 3,
                                      .index = index,
                                      .value = made->values,
                                      .metrics = metrics,
                                      .seconds = seconds,
                                      .outcome = outcome,
                                      .message = message};
  snprintf(key, sizeof key, "%016llx%016llx%016llx%016llx", (unsigned long long)made->problem,
           (unsigned long long)made->optimiser, (unsigned long long)made->replicate,
           (unsigned long long)(made->budget * 1000 + made->cost_budget));
  struct joust_store_run run = make_run(ids, key, made->replicate);
  run.problem = made->problem;
  run.optimiser = made->optimiser;
  run.state = made->state ? made->state : JOUST_RUN_COMPLETE;
  run.budget_trials = made->budget > 0 ? made->budget : INFINITY;
  run.budget_cost = made->cost_budget > 0 ? made->cost_budget : INFINITY;
  run.reason = made->reason ? made->reason : "";
  run.counters = made->counters ? made->counters : "{}";
  run.cost = 2 * made->n;
  if (run.state == JOUST_RUN_STARTED) {
    assert_ok(joust_store_begin_run(store, &run, &store_error));
    assert_ok(joust_store_add_trials(store, run.id, &trials, run.cost, &store_error));
  } else {
    assert_ok(joust_store_put_run(store, &run, &trials, &store_error));
  }
}

/* Closes the store and reads it. */
static inline void analyse(struct joust_analysis *analysis, struct joust_store *store,
                           const struct joust_analysis_options *options) {
  joust_store_close(store);
  store = open_store(JOUST_STORE_READ);
  assert_ok(joust_analysis_make(analysis, store, options, &store_error));
  joust_store_close(store);
}

#endif
