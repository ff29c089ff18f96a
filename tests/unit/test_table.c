/* Table files, and the evaluator that looks them up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <joust/util.h>
#include <math.h>

#include "base/file.h"
#include "base/memory.h"
#include "data_fixture.h"
#include "evaluator/table.h"
#include "evaluator/table_file.h"

#define ENTRIES   6 /* 2 x 3 */
#define N_METRICS 6

static char *const colours[] = {"red", "green"};
static char *const sizes[] = {"1", "2", "3"};

/* One metric an encoding, and one with three measurements of which some are absent. */
static struct {
  const char *name;
  uint32_t measurements;
  enum joust_encoding encoding;
  uint32_t decimals;
  double values[ENTRIES * 3];
} columns[N_METRICS] = {
    {"byte", 1, JOUST_U8, 0, {0, 1, 254, NAN, 4, 5}},
    {"half", 1, JOUST_U16, 2, {91.25, 0.01, 655.34, NAN, 4, 5}},
    {"whole", 1, JOUST_U32, 0, {4294967294, 16777217, 2, NAN, 1, 0}},
    {"single", 1, JOUST_F32, 0, {-1.5, 0x1.234568p100, -0.0, NAN, 0x1p-149, 3}},
    {"full", 1, JOUST_F64, 0, {0.1 + 0.2, -1e300, M_PI, NAN, 5e-324, 3}},
    {"seeds", 3, JOUST_U16, 1, {90.1, 90.2, 90.3, 80, NAN, 82, NAN, NAN, 70.5, NAN, NAN, NAN, 50, 50, 50, 90, 91, 95}},
};

static uint64_t bits_of(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static void write_table(const char *path, char fingerprint[JOUST_HASH_SIZE]) {
  struct joust_table_dimension dimensions[] = {{(char *)"colour", (char **)colours, 2},
                                               {(char *)"size", (char **)sizes, 3}};
  struct joust_table_metric metrics[N_METRICS];
  const double *values[N_METRICS];
  for (int m = 0; m < N_METRICS; m++) {
    metrics[m] = (struct joust_table_metric){.name = (char *)columns[m].name,
                                             .title = (char *)"a \"title\"",
                                             .unit = (char *)"%",
                                             .measurements = columns[m].measurements};
    values[m] = columns[m].values;
  }
  struct joust_table table = {.name = (char *)"small",
                              .source = (char *)"[{\"file\":\"f\",\"sha256\":\"00\"}]",
                              .licence = (char *)"MIT",
                              .dimensions = dimensions,
                              .metrics = metrics,
                              .n_dimensions = 2,
                              .n_metrics = N_METRICS,
                              .entries = ENTRIES};
  struct joust_error error;
  assert_int_equal(joust_table_write(&table, values, path, fingerprint, &error), 0);
}

/* ---- the file ---------------------------------------------------------------------------------------------------- */

static void gives_back_every_bit(void **state) {
  (void)state;
  const char *path = in_data_folder("round.table");
  char fingerprint[JOUST_HASH_SIZE];
  struct joust_table table;
  struct joust_error error;
  write_table(path, fingerprint);
  assert_int_equal(joust_table_open(&table, path, &error), 0);
  assert_string_equal(table.name, "small");
  assert_string_equal(table.licence, "MIT");
  assert_string_equal(table.source, "[{\"file\":\"f\",\"sha256\":\"00\"}]");
  assert_string_equal(table.fingerprint, fingerprint);
  assert_int_equal(table.n_dimensions, 2);
  assert_string_equal(table.dimensions[1].name, "size");
  assert_string_equal(table.dimensions[1].choices[2], "3");
  assert_int_equal(table.entries, ENTRIES);
  assert_int_equal((uintptr_t)table.data % 64, 0);
  assert_int_equal(joust_table_verify(&table, &error), 0);
  for (int m = 0; m < N_METRICS; m++) {
    assert_int_equal(joust_table_find(&table, columns[m].name), m);
    const struct joust_table_metric *metric = &table.metrics[m];
    assert_string_equal(metric->title, "a \"title\"");
    assert_int_equal(metric->encoding, columns[m].encoding);
    assert_int_equal(metric->decimals, columns[m].decimals);
    for (uint64_t i = 0; i < ENTRIES; i++)
      for (uint32_t k = 0; k < metric->measurements; k++) {
        double expected = columns[m].values[i * metric->measurements + k];
        double found = joust_table_value(&table, i, metric, k);
        if (isnan(expected))
          assert_true(isnan(found));
        else
          assert_true(bits_of(found) == bits_of(expected));
      }
  }
  assert_int_equal(joust_table_find(&table, "none"), -1);
  const struct joust_table_metric *seeds = &table.metrics[5];
  assert_true(fabs(joust_table_mean(&table, 0, seeds) - 90.2) < 1e-12);
  assert_true(joust_table_mean(&table, 1, seeds) == 81);
  assert_true(joust_table_mean(&table, 2, seeds) == 70.5);
  assert_true(isnan(joust_table_mean(&table, 3, seeds)));
  joust_table_close(&table);
}

static void refuses_infinite_values(void **state) {
  (void)state;
  struct joust_table_dimension dimension = {(char *)"colour", (char **)colours, 2};
  struct joust_table_metric metric = {.name = (char *)"m", .measurements = 1};
  struct joust_table table = {.name = (char *)"t",
                              .dimensions = &dimension,
                              .metrics = &metric,
                              .n_dimensions = 1,
                              .n_metrics = 1,
                              .entries = 2};
  const double values[] = {1, INFINITY}, *list[] = {values};
  struct joust_error error;
  const char *path = in_data_folder("infinite.table");
  assert_int_equal(joust_table_write(&table, list, path, NULL, &error), JOUST_BAD_INPUT);
  assert_non_null(strstr(error.message, "'m' of entry 1 is infinite"));
  assert_false(joust_file_exists(path));
}

/* Writes bytes, opens them, and returns the code; a table that opens is read through and closed. */
static int open_bytes(const void *bytes, size_t length, int *verified, struct joust_error *error) {
  const char *path = in_data_folder("bytes.table");
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  if (length) assert_int_equal(fwrite(bytes, 1, length, file), length);
  fclose(file);
  struct joust_table table;
  int code = joust_table_open(&table, path, error);
  if (code) return code;
  for (uint32_t m = 0; m < table.n_metrics; m++)
    for (uint64_t i = 0; i < table.entries; i++) (void)joust_table_mean(&table, i, &table.metrics[m]);
  struct joust_error ignored;
  *verified = joust_table_verify(&table, &ignored) == 0;
  joust_table_close(&table);
  return 0;
}

static void refuses_damaged_files(void **state) {
  (void)state;
  const char *path = in_data_folder("whole.table");
  char *bytes;
  size_t length;
  int verified = 0;
  struct joust_error error;
  write_table(path, NULL);
  assert_int_equal(joust_file_read(&bytes, &length, path, &error), 0);
  assert_int_equal(open_bytes(bytes, length, &verified, &error), 0);
  assert_true(verified);
  for (size_t n = 0; n < length; n++) {
    assert_int_equal(open_bytes(bytes, n, &verified, &error), JOUST_BAD_INPUT);
    assert_non_null(strstr(error.message, "bytes.table"));
  }
  assert_int_equal(open_bytes(bytes, length + 1, &verified, &error), JOUST_BAD_INPUT); /* the 0 behind the bytes */
  for (size_t i = 0; i < length; i++) { /* one bit anywhere: refused, or found by verify */
    bytes[i] ^= 4;
    int code = open_bytes(bytes, length, &verified, &error);
    assert_true(code == JOUST_BAD_INPUT || (code == 0 && !verified));
    bytes[i] ^= 4;
  }
  bytes[8] = 2;
  assert_int_equal(open_bytes(bytes, length, &verified, &error), JOUST_BAD_INPUT);
  assert_non_null(strstr(error.message, "version 2 of the format: this joust reads version 1"));
  free(bytes);
  struct joust_table table;
  assert_int_equal(joust_table_open(&table, in_data_folder("absent.table"), &error), JOUST_MISSING);
  assert_int_equal(joust_table_open(&table, data_folder, &error), JOUST_BAD_INPUT);
}

/* ---- the evaluator ----------------------------------------------------------------------------------------------- */

static const char *const colour_labels[] = {"red", "green"};
static const struct joust_parameter colour = {
    .name = "colour", .kind = JOUST_CATEGORICAL, .n_choices = 2, .upper = 1, .choices = colour_labels};
static const struct joust_parameter size = {.name = "size", .kind = JOUST_INTEGER, .lower = 1, .upper = 3};
static const struct joust_parameter *const parameters[] = {&colour, &size};
static const struct joust_space space = {
    .struct_size = sizeof space, .n_parameters = 2, .n_objectives = 1, .parameters = parameters};

struct asked { /* of the evaluator */
  const struct joust_space *space;
  const char *file, *fingerprint, *draw;
  const char *metrics[3];
};

static joust_status create(const struct asked *asked, struct joust_evaluator_setup *setup, union joust_arg args[3],
                           void **self) {
  args[0].s = asked->file ? asked->file : "small";
  args[1].s = asked->fingerprint ? asked->fingerprint : "";
  args[2].s = asked->draw ? asked->draw : "";
  *setup = (struct joust_evaluator_setup){.struct_size = sizeof *setup,
                                          .space = asked->space ? asked->space : &space,
                                          .metrics = asked->metrics,
                                          .args = args,
                                          .folder = data_folder};
  while (setup->n_metrics < 3 && asked->metrics[setup->n_metrics]) setup->n_metrics++;
  *last_error = 0;
  return joust_table_evaluator.create(&test_host, setup, self);
}

static int make_small(void **state) {
  struct joust_error error;
  if (make_data_folder(state) || joust_folder_make(in_data_folder("tables"), &error)) return -1;
  write_table(in_data_folder("tables/small.table"), NULL);
  return 0;
}

static void looks_up(void **state) {
  (void)state;
  struct asked asked = {.metrics = {"seeds", "byte", "full"}};
  struct joust_evaluator_setup setup;
  union joust_arg args[3];
  void *self;
  double x[ENTRIES * 2], out[ENTRIES * 3];
  uint64_t seeds[ENTRIES] = {0};
  uint8_t outcome[ENTRIES] = {0};
  assert_int_equal(create(&asked, &setup, args, &self), JOUST_OK);
  for (uint64_t i = 0; i < ENTRIES; i++) joust_index_point(&space, i, x + 2 * i);
  struct joust_evaluation evaluation = {
      .struct_size = sizeof evaluation, .n = ENTRIES, .seed = seeds, .x = x, .metrics = out, .outcome = outcome};
  assert_int_equal(joust_table_evaluator.evaluate(self, &evaluation), JOUST_OK);
  for (int i = 0; i < ENTRIES; i++) {
    assert_int_equal(outcome[i], i == 3 ? JOUST_TRIAL_FAILED : JOUST_TRIAL_OK); /* all of entry 3 is absent */
    if (i == 3) continue;
    assert_true(out[3 * i + 1] == columns[0].values[i]);
    assert_true(out[3 * i + 2] == columns[4].values[i]);
  }
  assert_string_equal(last_error, "the table has no entry for this point");
  assert_true(out[3] == 81 && out[6] == 70.5 && out[15] == 92);
  joust_table_evaluator.destroy(self);
  joust_table_evaluator.destroy(NULL);
}

static void draws_a_measurement_by_the_seed(void **state) {
  (void)state;
  struct asked asked = {.draw = "seeds", .metrics = {"seeds"}};
  struct joust_evaluator_setup setup;
  union joust_arg args[3];
  void *self;
  enum { N = 3000 };
  static double x[N * 2], out[N], again[N];
  static uint64_t seeds[N];
  static uint8_t outcome[N];
  int counts[3] = {0};
  assert_int_equal(create(&asked, &setup, args, &self), JOUST_OK);
  for (int i = 0; i < N; i++) {
    x[2 * i] = 0;
    x[2 * i + 1] = 2; /* entry 1: 80, absent, 82 */
    seeds[i] = (uint64_t)i;
  }
  struct joust_evaluation evaluation = {
      .struct_size = sizeof evaluation, .n = N, .seed = seeds, .x = x, .metrics = out, .outcome = outcome};
  assert_int_equal(joust_table_evaluator.evaluate(self, &evaluation), JOUST_OK);
  evaluation.metrics = again;
  assert_int_equal(joust_table_evaluator.evaluate(self, &evaluation), JOUST_OK);
  for (int i = 0; i < N; i++) {
    assert_true(out[i] == 80 || out[i] == 82);
    assert_true(out[i] == again[i]);
    counts[out[i] == 82]++;
  }
  assert_in_range(counts[0], N / 2 - 150, N / 2 + 150); /* 5.5 standard deviations */
  for (int i = 0; i < N; i++) x[2 * i + 1] = 1;         /* entry 0: 90.1, 90.2, 90.3 */
  memset(counts, 0, sizeof counts);
  assert_int_equal(joust_table_evaluator.evaluate(self, &evaluation), JOUST_OK);
  for (int i = 0; i < N; i++) counts[again[i] == 90.1 ? 0 : again[i] == 90.2 ? 1 : 2]++;
  for (int k = 0; k < 3; k++) assert_in_range(counts[k], N / 3 - 150, N / 3 + 150);
  joust_table_evaluator.destroy(self);
}

static void knows_the_optimum(void **state) {
  (void)state;
  struct asked asked = {.draw = "seeds", .metrics = {"byte", "seeds"}};
  struct joust_evaluator_setup setup;
  union joust_arg args[3];
  void *self;
  double x[2], value;
  assert_int_equal(create(&asked, &setup, args, &self), JOUST_OK);
  for (int twice = 0; twice < 2; twice++) {
    assert_int_equal(joust_table_evaluator.optimum(self, 1, -1, x, &value), JOUST_OK); /* of the mean, not of a draw */
    assert_true(value == 92 && x[0] == 1 && x[1] == 3);
    assert_int_equal(joust_table_evaluator.optimum(self, 1, 1, x, &value), JOUST_OK);
    assert_true(value == 50 && x[0] == 1 && x[1] == 2);
    assert_int_equal(joust_table_evaluator.optimum(self, 0, -1, x, &value), JOUST_OK);
    assert_true(value == 254 && x[0] == 0 && x[1] == 3);
  }
  struct joust_table table;
  struct joust_error error;
  assert_int_equal(joust_table_open(&table, in_data_folder("tables/small.table"), &error), 0);
  assert_string_equal(joust_table_evaluator.fingerprint(self), table.fingerprint);
  joust_table_close(&table);
  joust_table_evaluator.destroy(self);
}

static void refuse(const struct asked *asked, joust_status status, const char *message) {
  struct joust_evaluator_setup setup;
  union joust_arg args[3];
  void *self = &setup;
  assert_int_equal(create(asked, &setup, args, &self), status);
  assert_null(self);
  if (!strstr(last_error, message)) fail_msg("'%s' does not say '%s'", last_error, message);
}

/* The space with one of its parameters replaced. */
static void refuse_parameter(int which, struct joust_parameter parameter, const char *message) {
  const struct joust_parameter *changed[] = {&colour, &size};
  changed[which] = &parameter;
  struct joust_space other = space;
  other.parameters = changed;
  refuse(&(struct asked){.space = &other, .metrics = {"byte"}}, JOUST_EUNSUPPORTED, message);
}

static void refuses_another_space(void **state) {
  (void)state;
  static const char *const turned[] = {"green", "red"};
  struct joust_parameter p = colour;
  p.choices = turned;
  refuse_parameter(0, p, "choice 1 of 'colour' is 'red' there, 'green' in the problem");
  p = colour;
  p.name = "hue";
  refuse_parameter(0, p, "its parameter 1 is 'colour', that of the problem 'hue'");
  p = size;
  p.upper = 4;
  refuse_parameter(1, p, "'size' has 3 choices there, 4 in the problem");
  p = size;
  p.lower = 2;
  p.upper = 4;
  refuse_parameter(1, p, "choice 1 of 'size' is '1' there, '2' in the problem");
  p = size;
  p.kind = JOUST_REAL;
  refuse_parameter(1, p, "real parameter 'size'");
  struct joust_space shorter = space;
  shorter.n_parameters = 1;
  refuse(&(struct asked){.space = &shorter, .metrics = {"byte"}}, JOUST_EUNSUPPORTED,
         "it has 2 parameters, the problem 1");
}

static void refuses_what_it_has_not(void **state) {
  (void)state;
  refuse(&(struct asked){.metrics = {"byte", "speed"}}, JOUST_EUNSUPPORTED,
         "no metric 'speed': it has byte, half, whole, single, full, seeds");
  refuse(&(struct asked){.draw = "half", .metrics = {"byte"}}, JOUST_EOPTION, "draw=half");
  refuse(&(struct asked){.fingerprint = "12ab", .metrics = {"byte"}}, JOUST_EOPTION, "the problem asks for 12ab");
  refuse(&(struct asked){.file = "other", .metrics = {"byte"}}, JOUST_EIO, "`joust data list`");
  refuse(&(struct asked){.file = "./tables/other.table", .metrics = {"byte"}}, JOUST_EIO, "./tables/other.table");
}

static void takes_paths_and_fingerprints(void **state) {
  (void)state;
  struct joust_table table;
  struct joust_error error;
  struct joust_evaluator_setup setup;
  union joust_arg args[3];
  void *self;
  assert_int_equal(joust_table_open(&table, in_data_folder("tables/small.table"), &error), 0);
  struct asked asked = {.file = "tables/small.table", .fingerprint = table.fingerprint, .metrics = {"byte"}};
  assert_int_equal(create(&asked, &setup, args, &self), JOUST_OK);
  joust_table_evaluator.destroy(self);
  joust_table_close(&table);
}

int main(void) {
  const struct CMUnitTest file[] = {cmocka_unit_test(gives_back_every_bit),
                                    cmocka_unit_test(refuses_infinite_values),
                                    cmocka_unit_test(refuses_damaged_files),
                                    cmocka_unit_test(looks_up),
                                    cmocka_unit_test(draws_a_measurement_by_the_seed),
                                    cmocka_unit_test(knows_the_optimum),
                                    cmocka_unit_test(refuses_another_space),
                                    cmocka_unit_test(refuses_what_it_has_not),
                                    cmocka_unit_test(takes_paths_and_fingerprints)};
  return cmocka_run_group_tests_name("table", file, make_small, remove_data_folder);
}
