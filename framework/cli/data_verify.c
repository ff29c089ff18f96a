/* joust data verify: are tables whole, and do they hold what measuring gives? */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <joust/util.h>

#include "base/memory.h"
#include "base/random.h"
#include "cli/cli.h"
#include "data/list.h"
#include "evaluator/table.h"

/* ---- fingerprints of the data folder ----------------------------------------------------------------------------- */

static int verify_item(const struct joust_data_item *item) {
  struct joust_error error;
  if (item->code == JOUST_MISSING) return 0;
  if (item->code)
    joust_fail(&error, item->code, "%s", item->reason);
  else if (joust_table_verify(&item->table, &error) == 0) {
    printf("%s: ok\n", item->name);
    return 0;
  }
  return joust_cli_fail("data verify", &error);
}

static int verify_folder(void) {
  struct joust_data_item *items;
  struct joust_error error;
  size_t n, absent = 0;
  int code = 0;
  if (joust_data_list(&items, &n, &error)) return joust_cli_fail("data verify", &error);
  for (size_t i = 0; i < n; i++) {
    int failed = verify_item(&items[i]);
    if (failed && !code) code = failed;
    absent += items[i].code == JOUST_MISSING;
  }
  if (absent == n) fputs("joust data verify: there are no tables yet: see 'joust data list'\n", stderr);
  joust_data_list_free(items, n);
  return code;
}

/* ---- a problem against the problem that measures anew ------------------------------------------------------------ */

enum { MOST_SHOWN = 10 }; /* differences */

struct side { /* one of the two problems */
  struct joust_problem problem;
  struct joust_instance instance;
  double *values; /* of its metrics at a point */
};

struct comparison {
  struct side table, live;
  int *other; /* of each metric of the table: its index among those of the live problem, or -1 */
  uint32_t compared;
  uint64_t seed, differences;
};

static int open_side(struct side *side, struct joust_registry *registry, struct joust_error *error) {
  int code = joust_instance_open(&side->instance, &side->problem, registry, error);
  side->values = joust_alloc(side->problem.n_metrics, sizeof *side->values);
  return code;
}

static void close_side(struct side *side) {
  joust_instance_close(&side->instance);
  joust_problem_free(&side->problem);
  free(side->values);
}

/* The bytes of the table against its fingerprint. */
static int verify_table(const struct side *side, struct joust_error *error) {
  struct joust_table table;
  const char *file = joust_settings_get(&side->instance.options, "file");
  if (side->instance.type != &joust_table_evaluator || !file) return 0;
  char *path = joust_table_path_of(file, side->problem.folder);
  int code = joust_table_open(&table, path, error);
  if (!code) code = joust_table_verify(&table, error);
  if (!code) printf("%s: the table is whole, fingerprint %.12s\n", side->problem.name, table.fingerprint);
  joust_table_close(&table);
  free(path);
  return code;
}

static int match_metrics(struct comparison *comparison, struct joust_error *error) {
  const struct joust_problem *table = &comparison->table.problem, *live = &comparison->live.problem;
  if (strcmp(table->domain.fingerprint, live->domain.fingerprint) != 0)
    return joust_fail(error, JOUST_BAD_INPUT, "%s: the space is not that of '%s'", live->path, table->name);
  comparison->other = joust_alloc(table->n_metrics, sizeof *comparison->other);
  for (uint32_t m = 0; m < table->n_metrics; m++) {
    comparison->other[m] = -1;
    for (uint32_t k = 0; k < live->n_metrics; k++)
      if (strcmp(table->metrics[m].name, live->metrics[k].name) == 0) comparison->other[m] = (int)k;
    comparison->compared += comparison->other[m] >= 0;
  }
  if (comparison->compared) return 0;
  return joust_fail(error, JOUST_BAD_INPUT, "%s: measures no metric of '%s'", live->path, table->name);
}

static int measure(struct side *side, const double *x, uint64_t seed, struct joust_error *error) {
  uint8_t outcome = JOUST_TRIAL_OK;
  struct joust_evaluation evaluation = {
      .struct_size = sizeof evaluation, .n = 1, .seed = &seed, .x = x, .metrics = side->values, .outcome = &outcome};
  for (uint32_t m = 0; m < side->problem.n_metrics; m++) side->values[m] = NAN;
  joust_status status = side->instance.type->evaluate(side->instance.self, &evaluation);
  return status < 0 ? joust_services_fail(&side->instance.services, "evaluate", status, error) : 0;
}

static void print_difference(const struct comparison *comparison, const double *x, uint32_t m) {
  const struct joust_space *space = &comparison->table.problem.domain.space;
  printf("%s of ", comparison->table.problem.metrics[m].name);
  for (uint32_t i = 0; i < space->n_parameters; i++) {
    const struct joust_parameter *parameter = space->parameters[i];
    if (parameter->choices)
      printf("%s%s", i ? "," : "", parameter->choices[(uint32_t)x[i]]);
    else
      printf("%s%.17g", i ? "," : "", x[i]);
  }
  printf(": %.17g in the table, %.17g measured anew\n", comparison->table.values[m],
         comparison->live.values[comparison->other[m]]);
}

/* Same bits, or both not measured. */
static bool same(double a, double b) {
  return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

static int compare_point(struct comparison *comparison, uint64_t index, struct joust_error *error) {
  double *x = joust_alloc(comparison->table.problem.domain.space.n_parameters, sizeof *x);
  joust_index_point(&comparison->table.problem.domain.space, index, x);
  int code = measure(&comparison->table, x, comparison->seed, error);
  if (!code) code = measure(&comparison->live, x, comparison->seed, error);
  for (uint32_t m = 0; m < comparison->table.problem.n_metrics && !code; m++) {
    int other = comparison->other[m];
    if (other < 0 || same(comparison->table.values[m], comparison->live.values[other])) continue;
    if (comparison->differences++ < MOST_SHOWN) print_difference(comparison, x, m);
  }
  free(x);
  return code;
}

/* n different points, drawn by the seed. */
static int compare_sample(struct comparison *comparison, uint64_t n, struct joust_error *error) {
  uint64_t points = comparison->table.problem.domain.points;
  unsigned char *seen = joust_alloc(points, 1);
  struct joust_stream stream;
  int code = 0;
  joust_stream_seed(&stream, comparison->seed);
  for (uint64_t done = 0; done < n && !code;) {
    uint64_t index = joust_stream_next(&stream) % points;
    if (seen[index]) continue;
    seen[index] = 1;
    done++;
    code = compare_point(comparison, index, error);
  }
  free(seen);
  return code;
}

static int compare(struct comparison *comparison, uint64_t n, struct joust_error *error) {
  const struct joust_problem *problem = &comparison->table.problem;
  if (n > problem->domain.points) n = problem->domain.points;
  int code = match_metrics(comparison, error);
  if (!code) {
    fprintf(stderr, "measuring %llu of %llu points anew with %s\n", (unsigned long long)n,
            (unsigned long long)problem->domain.points, comparison->live.problem.evaluator);
    code = compare_sample(comparison, n, error);
  }
  if (code) return code;
  if (comparison->differences)
    return joust_fail(error, JOUST_RUN_FAILED, "%s: %llu of %llu values differ from the table's", problem->name,
                      (unsigned long long)comparison->differences, (unsigned long long)n * comparison->compared);
  printf("%s: %llu points measured anew, %u metric%s of each: every bit agrees\n", problem->name, (unsigned long long)n,
         comparison->compared, comparison->compared == 1 ? "" : "s");
  return 0;
}

static int verify_problem(const struct joust_spec *spec, const struct joust_folders *spaces,
                          struct joust_registry *registry, uint64_t seed, uint64_t n, struct joust_error *error) {
  struct comparison comparison = {.seed = seed};
  struct side *table = &comparison.table, *live = &comparison.live;
  int code = joust_problem_find(&table->problem, spaces, spec, error);
  if (code) return code;
  if (!(code = open_side(table, registry, error))) code = verify_table(table, error);
  if (!code && n && !table->problem.live)
    code = joust_fail(error, JOUST_BAD_INPUT,
                      "problem '%s' names no problem that measures its values anew (\"live\"): nothing to compare with",
                      table->problem.name);
  if (!code && n && !(code = joust_problem_read(&live->problem, table->problem.live, table->problem.live, error)) &&
      !(code = open_side(live, registry, error)))
    code = compare(&comparison, n, error);
  if (live->values) close_side(live);
  close_side(table);
  free(comparison.other);
  return code;
}

/* ---- the command ------------------------------------------------------------------------------------------------- */

/* A group stands for its problems that can be measured anew. */
static int verify_operand(const char *operand, const struct joust_folders *spaces, struct joust_registry *registry,
                          uint64_t seed, uint64_t n) {
  struct joust_specs specs = {0};
  struct joust_error error;
  size_t n_names, length = strlen(operand);
  char **names = joust_problem_names(spaces, &n_names);
  int code = 0;
  for (size_t i = 0; i < n_names && !code; i++) {
    struct joust_problem problem;
    if (strncmp(names[i], operand, length) != 0 || names[i][length] != '/') continue;
    const struct joust_spec spec = {.id = names[i]};
    if ((code = joust_problem_find(&problem, spaces, &spec, &error))) break;
    if (problem.live) code = joust_specs_parse(&specs, names[i], &error);
    joust_problem_free(&problem);
  }
  if (!code && !specs.n) code = joust_specs_parse(&specs, operand, &error);
  for (size_t i = 0; i < specs.n && !code; i++)
    code = verify_problem(&specs.items[i], spaces, registry, seed, n, &error);
  for (size_t i = 0; i < n_names; i++) free(names[i]);
  free(names);
  joust_specs_free(&specs);
  return code ? joust_cli_fail("data verify", &error) : 0;
}

int joust_cli_data_verify(int argc, char **argv) {
  struct joust_places places = {0};
  int64_t sample = 10, seed = 1;
  const struct joust_flag flags[] = {
      {0, "sample", JOUST_FLAG_COUNT, &sample, "N", "points to measure anew (10; 0: look at the fingerprint only)"},
      {0, "seed", JOUST_FLAG_COUNT, &seed, "S", "which points (1)"},
      JOUST_PLACE_FLAGS(places)};
  const struct joust_usage usage = {
      .command = "data verify",
      .operands = "[PROBLEM...]",
      .summary = "Checks tables: their bytes, and on request what they hold.",
      .details =
          "Without operands the fingerprint of every table in the data folder is computed and compared. With\n"
          "problems (or a group of them: microcell) that of their tables is, and random points are measured anew\n"
          "and compared with the table bit by bit. The problem says by whom (\"live\" in its file).\n",
      .flags = flags,
      .n_flags = sizeof flags / sizeof *flags,
      .most = -1};
  struct joust_registry registry;
  struct joust_folders spaces;
  int first = joust_cli_parse(&usage, argc, argv), code = 0;
  if (first < 0) return ~first;
  if (first == argc) return verify_folder();
  joust_cli_registry(&registry, &places);
  joust_space_folders(&spaces, places.spaces);
  for (int i = first; i < argc; i++) {
    int failed = verify_operand(argv[i], &spaces, &registry, (uint64_t)seed, (uint64_t)sample);
    if (failed && !code) code = failed;
  }
  joust_folders_free(&spaces);
  joust_registry_free(&registry);
  return code;
}
