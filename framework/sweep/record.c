#include "sweep/record.h"

#include <joust/util.h>
#include <link.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include "base/memory.h"
#include "commit.h"

static const char *const roles[] = {"objective", "reported", "cost"};

static const char *direction_name(int direction) {
  return direction < 0 ? "maximise" : direction > 0 ? "minimise" : "";
}

static void add_parameters(cJSON *root, const struct joust_domain *domain) {
  cJSON *list = cJSON_AddArrayToObject(root, "parameters");
  for (uint32_t i = 0; i < domain->space.n_parameters; i++) {
    const struct joust_parameter *p = &domain->parameters[i];
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "name", p->name);
    cJSON_AddStringToObject(object, "kind", joust_kind_name(p->kind));
    joust_json_add_number(object, "lower", p->lower);
    joust_json_add_number(object, "upper", p->upper);
    cJSON_AddStringToObject(object, "scale", p->log_scale ? "log" : "linear");
    if (p->choices) cJSON_AddItemToObject(object, "choices", cJSON_CreateStringArray(p->choices, (int)p->n_choices));
    cJSON_AddItemToArray(list, object);
  }
}

static void add_metrics(cJSON *root, const struct joust_problem *problem) {
  cJSON *list = cJSON_AddArrayToObject(root, "metrics");
  for (uint32_t i = 0; i < problem->n_metrics; i++) {
    const struct joust_metric *metric = &problem->metrics[i];
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "name", metric->name);
    cJSON_AddStringToObject(object, "title", metric->title);
    cJSON_AddStringToObject(object, "unit", metric->unit);
    cJSON_AddStringToObject(object, "role", roles[metric->role]);
    cJSON_AddStringToObject(object, "direction", direction_name(metric->direction));
    cJSON_AddNumberToObject(object, "decimals", metric->decimals);
    cJSON_AddItemToArray(list, object);
  }
}

static void add_references(cJSON *root, const struct joust_problem *problem) {
  cJSON *list = cJSON_AddArrayToObject(root, "references");
  for (uint32_t i = 0; i < problem->n_references; i++) {
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "name", problem->references[i].name);
    joust_json_add_number(object, "value", problem->references[i].value);
    cJSON_AddStringToObject(object, "description", problem->references[i].description);
    cJSON_AddItemToArray(list, object);
  }
}

static cJSON *settings_object(const struct joust_settings *settings) {
  cJSON *object = cJSON_CreateObject();
  for (size_t i = 0; i < settings->n; i++)
    cJSON_AddStringToObject(object, settings->items[i].name, settings->items[i].value);
  return object;
}

static char *print_and_delete(cJSON *root) {
  char *text = cJSON_PrintUnformatted(root);
  cJSON_Delete(root);
  return text;
}

char *joust_record_problem(const struct joust_planned_problem *planned) {
  const struct joust_problem *problem = &planned->problem;
  cJSON *root = cJSON_CreateObject();
  cJSON_AddStringToObject(root, "title", problem->title);
  cJSON_AddStringToObject(root, "description", problem->description);
  cJSON_AddStringToObject(root, "direction", direction_name(problem->metrics[problem->objective].direction));
  cJSON_AddNumberToObject(root, "objective", problem->objective);
  cJSON_AddNumberToObject(root, "cost", problem->cost);
  if (problem->has_best)
    joust_json_add_number(root, "best", problem->best);
  else
    cJSON_AddNullToObject(root, "best");
  cJSON_AddStringToObject(root, "best_source", problem->best_source ? problem->best_source : "");
  if (problem->n_references) add_references(root, problem);
  char *points = joust_format("%llu", (unsigned long long)problem->domain.points);
  if (problem->domain.points > UINT64_C(1) << 53)
    cJSON_AddStringToObject(root, "points", points);
  else
    joust_json_add_number(root, "points", (double)problem->domain.points);
  free(points);
  add_parameters(root, &problem->domain);
  add_metrics(root, problem);
  if (problem->parallel > 1) cJSON_AddNumberToObject(root, "parallel", problem->parallel);
  cJSON_AddStringToObject(root, "evaluator", problem->evaluator);
  cJSON_AddItemToObject(root, "options", settings_object(&planned->evaluator.options));
  cJSON_AddStringToObject(root, "fingerprint", planned->evaluator.fingerprint);
  cJSON *data = cJSON_AddObjectToObject(root, "data");
  cJSON_AddStringToObject(data, "source", problem->source);
  cJSON_AddStringToObject(data, "licence", problem->licence);
  return print_and_delete(root);
}

char *joust_record_options(const struct joust_settings *options) {
  return print_and_delete(settings_object(options));
}

/* The first library that is a BLAS, by the name of its file with links resolved: libopenblas.so.0 may be any of
 * several. The first one loaded is the one that a plugin's calls reach. */
static int find_blas(struct dl_phdr_info *library, size_t size, void *root) {
  (void)size;
  const char *name = strrchr(library->dlpi_name, '/');
  if (!name || !strstr(name, "blas")) return 0;
  char *path = realpath(library->dlpi_name, NULL);
  cJSON_AddStringToObject(root, "blas", path ? strrchr(path, '/') + 1 : name + 1);
  free(path);
  return 1;
}

char *joust_record_provenance(const struct joust_plan *plan) {
  cJSON *root = cJSON_CreateObject();
  struct utsname system;
  cJSON_AddStringToObject(root, "joust", JOUST_VERSION);
  cJSON_AddStringToObject(root, "commit", JOUST_COMMIT);
#ifdef __clang__
  cJSON_AddStringToObject(root, "compiler", __VERSION__);
#else
  cJSON_AddStringToObject(root, "compiler", "gcc " __VERSION__);
#endif
  if (uname(&system) == 0) {
    cJSON_AddStringToObject(root, "host", system.nodename);
    cJSON_AddStringToObject(root, "system", system.sysname);
    cJSON_AddStringToObject(root, "release", system.release);
    cJSON_AddStringToObject(root, "machine", system.machine);
  }
  char started[32] = "";
  time_t now = time(NULL);
  struct tm utc;
  if (gmtime_r(&now, &utc)) strftime(started, sizeof started, "%Y-%m-%dT%H:%M:%SZ", &utc);
  cJSON_AddStringToObject(root, "started", started);
  cJSON *plugins = cJSON_AddObjectToObject(root, "plugins");
  for (uint32_t i = 0; i < plan->n_optimisers; i++) {
    struct joust_error ignored;
    char hash[JOUST_HASH_SIZE] = "";
    joust_hash_file(hash, plan->optimisers[i].path, &ignored);
    if (!joust_json_member(plugins, plan->optimisers[i].path))
      cJSON_AddStringToObject(plugins, plan->optimisers[i].path, hash);
  }
  dl_iterate_phdr(find_blas, root);
  return print_and_delete(root);
}

/* ---- trials ------------------------------------------------------------------------------------------------------ */

void joust_record_trials(struct joust_recorder *recorder, const struct joust_problem *problem,
                         const struct joust_history *history, struct joust_store_trials *trials) {
  bool finite = problem->domain.points > 0;
  uint32_t start = history->recorded, n = history->n - start;
  const double *x = history->x + (size_t)start * history->n_parameters;
  const double *metrics = history->metrics + (size_t)start * history->n_metrics;
  if (n > recorder->capacity) {
    recorder->capacity = n * 2;
    recorder->index = joust_resize(recorder->index, recorder->capacity, sizeof *recorder->index);
    recorder->value = joust_resize(recorder->value, recorder->capacity, sizeof *recorder->value);
  }
  for (uint32_t i = 0; i < n; i++) {
    if (finite) recorder->index[i] = joust_point_index(&problem->domain.space, x + (size_t)i * history->n_parameters);
    double value = metrics[(size_t)i * history->n_metrics + problem->objective];
    recorder->value[i] = history->outcome[start + i] == JOUST_TRIAL_OK ? value : NAN;
  }
  *trials = (struct joust_store_trials){
      .n = n,
      .first = history->dropped + start + 1,
      .n_parameters = history->n_parameters,
      .n_metrics = history->n_metrics,
      .index = finite ? recorder->index : NULL,
      .x = finite ? NULL : x,
      .value = recorder->value,
      .metrics = metrics,
      .seconds = history->seconds + start,
      .outcome = history->outcome + start,
      .message = (const char *const *)history->messages + start,
  };
}

void joust_record_restore(const struct joust_problem *problem, const struct joust_store_columns *columns,
                          struct joust_history *history) {
  const struct joust_space *space = &problem->domain.space;
  joust_history_start(history, space->n_parameters, problem->n_metrics);
  joust_history_reserve(history, columns->n);
  for (uint32_t i = 0; i < columns->n; i++) {
    double *x = history->x + (size_t)i * space->n_parameters;
    if (columns->has_index)
      joust_index_point(space, columns->index[i], x);
    else
      memcpy(x, columns->x + (size_t)i * space->n_parameters, space->n_parameters * sizeof *x);
    history->seconds[i] = columns->seconds[i];
    history->outcome[i] = columns->outcome[i];
    history->messages[i] = joust_copy(columns->message[i]);
  }
  memcpy(history->metrics, columns->metrics, (size_t)columns->n * problem->n_metrics * sizeof *history->metrics);
  history->n = history->recorded = columns->n;
}

void joust_recorder_free(struct joust_recorder *recorder) {
  free(recorder->index);
  free(recorder->value);
  memset(recorder, 0, sizeof *recorder);
}
