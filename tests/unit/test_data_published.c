/* The published files themselves: every value, every rank, and the problems that look them up. Skipped (77) where the
 * folder that holds them, $JOUST_SHARED_DATA, is not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "data/fetch.h"
#include "data/import.h"
#include "data_fixture.h"
#include "evaluator/table.h"
#include "evaluator/table_file.h"
#include "space/problem.h"

static const char *shared; /* the folder */

static const char *const ops[] = {"none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3"};

static const struct {
  const char *file, *table, *prefix; /* prefix of the dataset's metrics in the table that is made from the CSV file */
} cells[] = {{"nasbench201_cifar10.json", "nasbench201-cifar10", "cifar10"},
             {"nasbench201_cifar100.json", "nasbench201-cifar100", "cifar100"},
             {"nasbench201_imagenet.json", "nasbench201-imagenet16-120", "imagenet"}};

static const struct {
  const char *file, *table, *proposals, *mean, *accuracies;
  int base;
  char first;
} nets[] = {
    {"nas-bench-macro_cifar10.json", "nasbench-macro-cifar10", "nasbench-macro", "mean_acc", "test_acc", 3, '0'},
    {"Results_ResNet.json", "channel-bench-resnet", "channel-bench/resnet", "mean", "acc", 4, '1'},
    {"Results_MobileNet.json", "channel-bench-mobilenet", "channel-bench/mobilenet", "mean", "acc", 4, '1'}};

static const char *const problems[] = {
    "nasbench201/cifar10",  "nasbench201/cifar100",   "nasbench201/imagenet16-120", "nasbench201/cifar10-noisy",
    "nasbench201/protocol", "nasbench-macro/cifar10", "channel-bench/resnet",       "channel-bench/mobilenet"};
enum { N_PROBLEMS = sizeof problems / sizeof *problems };

static void count_originals(void *context, const struct joust_import *import) {
  if (import->error) print_error("%s\n", import->error->message);
  *(int *)context += !import->error && import->original;
}

static void read_json(struct joust_json *json, const char *folder, const char *file) {
  struct joust_error error;
  char *path = joust_format("%s/%s%s", shared, folder, file);
  if (joust_json_read(json, path, &error)) fail_msg("%s", error.message);
  free(path);
}

static void open_table(struct joust_table *table, const char *name) {
  struct joust_error error;
  char *path = joust_table_path(name);
  if (joust_table_open(table, path, &error)) fail_msg("%s", error.message);
  free(path);
}

static double value(const struct joust_table *table, const char *metric, uint64_t entry, uint32_t measurement) {
  int m = joust_table_find(table, metric);
  assert_true(m >= 0);
  return joust_table_value(table, entry, &table->metrics[m], measurement);
}

static double number(const cJSON *object, const char *key) {
  const cJSON *node = joust_json_member(object, key);
  assert_true(cJSON_IsNumber(node));
  return node->valuedouble;
}

/* ---- NAS-Bench-201 ----------------------------------------------------------------------------------------------- */

/* The entry of a key, from the names of the operations in the order in which they stand there. */
static uint64_t cell_entry(const char *key) {
  uint64_t entry = 0;
  for (const char *at = key; (at = strpbrk(at, "nsa")) != NULL;) {
    size_t length = strcspn(at, "~"), op = 0;
    while (op < 5 && (strlen(ops[op]) != length || strncmp(at, ops[op], length) != 0)) op++;
    assert_true(op < 5);
    entry = entry * 5 + op;
    at += length;
  }
  return entry;
}

static int descending(const void *a, const void *b) {
  const double *x = a, *y = b;
  return (*x < *y) - (*x > *y);
}

/* 1 + the number of values above: by bisection in a falling list. */
static double rank_in(const double *sorted, size_t n, double wanted) {
  size_t low = 0, high = n;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (sorted[middle] > wanted)
      low = middle + 1;
    else
      high = middle;
  }
  return (double)(low + 1);
}

static void cells_have_their_values_and_ranks(void **state) {
  (void)state;
  for (int c = 0; c < 3; c++) {
    struct joust_json json;
    struct joust_table table;
    static double sorted[15625], best[15626]; /* best published rank of the cells that share a value, by rank */
    size_t n = 0;
    read_json(&json, "genius/", cells[c].file);
    open_table(&table, cells[c].table);
    for (const cJSON *node = json.root->child; node; node = node->next) sorted[n++] = number(node, "test_acc_200");
    assert_int_equal(n, 15625);
    qsort(sorted, n, sizeof *sorted, descending);
    for (size_t r = 1; r <= n; r++) best[r] = r > 1 && sorted[r - 1] == sorted[r - 2] ? best[r - 1] : (double)r;
    for (const cJSON *node = json.root->child; node; node = node->next) {
      uint64_t entry = cell_entry(node->string);
      double test = number(node, "test_acc_200"), published = number(node, "rank");
      assert_true(value(&table, "val_acc_200", entry, 0) == number(node, "val_acc_200"));
      assert_true(value(&table, "test_acc_200", entry, 0) == test);
      assert_true(value(&table, "published_rank", entry, 0) == published);
      assert_true(value(&table, "rank", entry, 0) == best[(size_t)published]);
      assert_true(value(&table, "rank", entry, 0) == rank_in(sorted, n, test));
    }
    joust_table_close(&table);
    joust_json_free(&json);
  }
}

/* The CSV file's digits name the operations in the order of the JSON keys: all its rounded values are those. */
static void csv_and_json_agree(void **state) {
  (void)state;
  struct joust_table csv;
  open_table(&csv, "nasbench201-12epochs");
  for (int c = 0; c < 3; c++) {
    struct joust_table table;
    open_table(&table, cells[c].table);
    char *validation = joust_format("%s_val_acc_200", cells[c].prefix), *seeds = joust_format("%s_seeds", validation),
         *test = joust_format("%s_test_acc_200", cells[c].prefix), *rank = joust_format("%s_rank", cells[c].prefix);
    int two = 0, same_mean = 0;
    for (uint64_t e = 0; e < 15625; e++) {
      assert_true(fabs(value(&csv, validation, e, 0) - value(&table, "val_acc_200", e, 0)) < 5.1e-5);
      assert_true(fabs(value(&csv, test, e, 0) - value(&table, "test_acc_200", e, 0)) < 5.1e-5);
      assert_true(value(&csv, rank, e, 0) <= value(&table, "published_rank", e, 0));
      two += isnan(value(&csv, seeds, e, 2));
      int m = joust_table_find(&csv, seeds);
      same_mean += fabs(joust_table_mean(&csv, e, &csv.metrics[m]) - value(&csv, validation, e, 0)) < 2e-3;
    }
    assert_int_equal(two, 7456);
    assert_true(same_mean > 15625 * 0.8); /* the others come from another choice of seeds */
    free(validation), free(seeds), free(test), free(rank);
    joust_table_close(&table);
  }
  joust_table_close(&csv);
}

/* ---- NAS-Bench-Macro, Channel-Bench-Macro ------------------------------------------------------------------------ */

static uint64_t net_entry(const char *key, int net) {
  uint64_t entry = 0;
  for (; *key; key++) entry = entry * (uint64_t)nets[net].base + (uint64_t)(*key - nets[net].first);
  return entry;
}

static void networks_have_their_values_and_ranks(void **state) {
  (void)state;
  for (int i = 0; i < 3; i++) {
    struct joust_json json;
    struct joust_table table;
    static double sorted[16384];
    size_t n = 0;
    read_json(&json, "genius/", nets[i].file);
    open_table(&table, nets[i].table);
    for (const cJSON *node = json.root->child; node; node = node->next) sorted[n++] = number(node, nets[i].mean);
    assert_int_equal(n, table.entries);
    qsort(sorted, n, sizeof *sorted, descending);
    for (const cJSON *node = json.root->child; node; node = node->next) {
      uint64_t entry = net_entry(node->string, i);
      const cJSON *accuracies = joust_json_member(node, nets[i].accuracies);
      for (int k = 0; k < 3; k++)
        assert_true(value(&table, "acc", entry, (uint32_t)k) == cJSON_GetArrayItem(accuracies, k)->valuedouble);
      assert_true(value(&table, "mean_acc", entry, 0) == number(node, nets[i].mean));
      assert_true(value(&table, "std", entry, 0) == number(node, "std"));
      assert_true(value(&table, "params", entry, 0) == number(node, "params"));
      assert_true(value(&table, "flops", entry, 0) == number(node, "flops"));
      assert_true(value(&table, "rank", entry, 0) == rank_in(sorted, n, number(node, nets[i].mean)));
    }
    joust_table_close(&table);
    joust_json_free(&json);
  }
}

/* How many networks share the accuracy of an entry, and how many are better. Means of three trainings lie 1/300 apart;
 * what they differ by below that comes from adding single-precision numbers in another order. */
static void place_of(const struct joust_table *table, uint64_t entry, double *better, double *equal) {
  double wanted = value(table, "mean_acc", entry, 0);
  *better = *equal = 0;
  for (uint64_t e = 0; e < table->entries; e++) {
    double difference = value(table, "mean_acc", e, 0) - wanted;
    *better += difference > 1e-3;
    *equal += fabs(difference) <= 1e-3;
  }
}

static int check_proposal(const struct joust_table *table, int net, const cJSON *node) {
  const char *match = cJSON_GetStringValue(joust_json_member(node, "match"));
  const char *point = cJSON_GetStringValue(joust_json_member(node, "point"));
  if (strcmp(match, "exact") != 0 && strcmp(match, "tied") != 0) return 0;
  uint64_t entry = net_entry(point, net);
  double rank = number(node, "rank"), better, equal;
  assert_true(fabs(value(table, "mean_acc", entry, 0) - number(node, "objective")) < 0.00501);
  place_of(table, entry, &better, &equal);
  assert_true(equal == number(node, "candidates"));
  assert_true(rank > better && rank <= better + equal);
  if (equal == 1) assert_true(value(table, "rank", entry, 0) == rank);
  return 1;
}

/* The ranks that the GENIUS paper prints: ours where a network is alone with its accuracy, else among its equals'. */
static void ranks_are_those_printed(void **state) {
  (void)state;
  struct joust_json json;
  int checked = 0;
  read_json(&json, "", "genius_proposals.json");
  for (int i = 0; i < 3; i++) {
    struct joust_table table;
    open_table(&table, nets[i].table);
    const cJSON *temperatures = joust_json_member(joust_json_member(json.root, "problems"), nets[i].proposals);
    for (const cJSON *trials = temperatures->child; trials; trials = trials->next)
      for (const cJSON *trial = trials->child; trial; trial = trial->next)
        for (const cJSON *node = trial->child; node; node = node->next) checked += check_proposal(&table, i, node);
    joust_table_close(&table);
  }
  assert_int_equal(checked, 104);
  joust_json_free(&json);
}

/* ---- the problems ------------------------------------------------------------------------------------------------ */

static void read_problem(struct joust_problem *problem, const char *name) {
  struct joust_error error;
  char *path = joust_format("%s/%s.json", JOUST_TEST_SPACES, name);
  if (joust_problem_read(problem, path, name, &error)) fail_msg("%s", error.message);
  free(path);
}

static const char *option(const struct joust_problem *problem, const char *name) {
  const char *text = joust_settings_get(&problem->options, name);
  return text ? text : "";
}

/* The file's best value is the table's, its fingerprint is that of the published files, its space fits. */
static void problems_fit_their_tables(void **state) {
  (void)state;
  for (int p = 0; p < N_PROBLEMS; p++) {
    struct joust_problem problem;
    read_problem(&problem, problems[p]);
    const char *names[8];
    for (uint32_t m = 0; m < problem.n_metrics; m++) names[m] = problem.metrics[m].name;
    const union joust_arg args[] = {
        {.s = option(&problem, "file")}, {.s = option(&problem, "fingerprint")}, {.s = option(&problem, "draw")}};
    const struct joust_evaluator_setup setup = {.struct_size = sizeof setup,
                                                .n_metrics = problem.n_metrics,
                                                .space = &problem.domain.space,
                                                .metrics = names,
                                                .args = args,
                                                .folder = problem.folder};
    void *self;
    double x[8], best;
    if (joust_table_evaluator.create(&test_host, &setup, &self)) fail_msg("%s: %s", problems[p], last_error);
    assert_true(*args[1].s);
    assert_int_equal(joust_table_evaluator.optimum(self, problem.objective, -1, x, &best), JOUST_OK);
    assert_true(problem.has_best && fabs(problem.best - best) < 1e-12);
    joust_table_evaluator.destroy(self);
    joust_problem_free(&problem);
  }
}

/* ---- fetching from a mirror -------------------------------------------------------------------------------------- */

static void fetches_all_from_a_folder(void **state) {
  (void)state;
  struct joust_error error;
  int originals = 0;
  char *from = joust_format("%s/genius", shared);
  const struct joust_fetch fetch = {.from = from, .report = count_originals, .context = &originals};
  if (joust_fetch_set(&fetch, "all", &error)) fail_msg("%s", error.message);
  assert_int_equal(originals, 6);
  assert_int_equal(joust_fetch_set(&fetch, "nasbench201", &error), 0); /* from what is there */
  assert_int_equal(originals, 9);
  free(from);
}

static int import_all(void **state) {
  struct joust_error error;
  int originals = 0;
  if (make_data_folder(state)) return -1;
  int code = joust_import_path(shared, count_originals, &originals, &error);
  return code == 0 && originals == 7 ? 0 : -1;
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(cells_have_their_values_and_ranks),
                                     cmocka_unit_test(csv_and_json_agree),
                                     cmocka_unit_test(networks_have_their_values_and_ranks),
                                     cmocka_unit_test(ranks_are_those_printed),
                                     cmocka_unit_test(problems_fit_their_tables),
                                     cmocka_unit_test(fetches_all_from_a_folder)};
  shared = getenv("JOUST_SHARED_DATA");
  if (!shared || !*shared) shared = JOUST_TEST_SHARED_DATA;
  if (!joust_folder_exists(shared)) {
    print_message("skipped: there is no folder '%s' with the published files\n", shared);
    return 77;
  }
  return cmocka_run_group_tests_name("data_published", tests, import_all, remove_data_folder);
}
