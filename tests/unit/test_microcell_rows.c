/* microcell's results: lines that were cut off, and the CSV that is made of complete ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "metrics.h"
#include "rows.h"

static struct mc_classes classes;
static char path[] = "/tmp/joust-rows-XXXXXX";
static char message[5000];

static int make_file(void **state) {
  (void)state;
  int file = mkstemp(path);
  if (file < 0 || mc_classes_find(&classes)) return -1;
  return close(file);
}

static int remove_file(void **state) {
  (void)state;
  return unlink(path);
}

/* Two seeds of all classes: the k-th class has 1 + k * step, and 2 more from the second seed. */
static struct mc_results make_results(float step, uint32_t epochs) {
  struct mc_results results = {.path = "made-up", .schedule = {64, epochs}, .last_seed = 1};
  results.trainings = calloc(2 * (size_t)MC_CELLS, sizeof *results.trainings);
  assert_non_null(results.trainings);
  for (uint32_t seed = 0; seed < 2; seed++)
    for (int k = 0; k < MC_CLASSES; k++) {
      size_t at = (size_t)seed * MC_CELLS + classes.list[k];
      results.trainings[at].known = true;
      results.trainings[at].result = (struct mc_result){.valid_loss = 1 + (float)k * step + 2 * (float)seed};
    }
  return results;
}

/* The n-th field of a line of CSV, from 0 on. */
static const char *field(const char *line, int n) {
  while (n-- && line) line = strchr(line, ',') ? strchr(line, ',') + 1 : NULL;
  assert_non_null(line);
  return line;
}

static void what_was_cut_off_is_passed_over(void **state) {
  (void)state;
  struct mc_results results = {.path = path, .schedule = {64, 1}};
  const struct mc_result result = {0.5f, 0.25f, 30, 20, 77};
  char text[400];
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  mc_results_header(text, sizeof text, &results.schedule);
  fputs(text, file);
  mc_results_line(text, sizeof text, 5, 0, &result);
  fputs(text, file);
  mc_results_line(text, sizeof text, 6, 0, &result);
  text[strlen(text) - 4] = 0;
  fputs(text, file);
  fclose(file);
  assert_int_equal(mc_results_read(&results, message, sizeof message), 0);
  assert_null(mc_results_find(&results, 6, 0));
  const struct mc_result *found = mc_results_find(&results, 5, 0);
  assert_non_null(found);
  assert_true(found->valid_loss == 0.5f && found->test_correct == 20 && found->hash == 77);
  mc_results_free(&results);
  results.schedule.epochs = 2;
  assert_int_equal(mc_results_read(&results, message, sizeof message), -1);
  assert_non_null(strstr(message, "results of something else"));
  mc_results_free(&results);
}

static void incomplete_results_make_no_rows(void **state) {
  (void)state;
  struct mc_results results = make_results(0.001f, 1), full = make_results(0.001f, 2);
  full.trainings[MC_CELLS + classes.list[7]].known = false;
  assert_int_equal(mc_rows_write(path, &results, &full, &classes, message, sizeof message), -1);
  assert_string_equal(message, "made-up: 1 of 10088 trainings are missing: run the generator to its end");
  mc_results_free(&results);
  mc_results_free(&full);
}

/* By the longer schedule the order of the classes is the other way round. */
static void rows_say_what_a_longer_schedule_gave(void **state) {
  (void)state;
  static const char tail[] = ",metric:full_loss,metric:full_rank,made,licence\n";
  struct mc_results results = make_results(0.001f, 1), full = make_results(-0.0001f, 2);
  uint32_t last = classes.list[MC_CLASSES - 1], first = classes.list[0], row = 0;
  char line[1000];
  assert_int_equal(mc_rows_write(path, &results, &full, &classes, message, sizeof message), 0);
  FILE *file = fopen(path, "r");
  assert_non_null(file);
  assert_non_null(fgets(line, sizeof line, file));
  assert_string_equal(strstr(line, ",metric:full_loss"), tail);
  const int loss = MC_EDGES + MC_VALID_LOSS, rank = MC_EDGES + MC_RANK, full_loss = MC_EDGES + MC_METRICS;
  for (; fgets(line, sizeof line, file); row++) {
    uint32_t cell = row / 2, representative = classes.representative[cell];
    double offset = row % 2 ? 2 : 0;
    if (representative == last) {
      assert_true(strtod(field(line, loss), NULL) == (double)(1 + (float)(MC_CLASSES - 1) * 0.001f + (float)offset));
      assert_true(strtod(field(line, full_loss), NULL) ==
                  (double)(1 + (float)(MC_CLASSES - 1) * -0.0001f + (float)offset));
      if (row % 2 == 0) assert_int_equal(strtol(field(line, full_loss + 1), NULL, 10), 1);
    }
    if (representative == first && row % 2 == 0) assert_int_equal(strtol(field(line, rank), NULL, 10), 1);
    if (row % 2) assert_int_equal(*field(line, rank), ',');
    assert_non_null(strstr(line, "samples=64 epochs=1 seeds=0-1; full: samples=64 epochs=2,MIT\n"));
  }
  fclose(file);
  assert_int_equal(row, 2 * MC_CELLS);
  mc_results_free(&results);
  mc_results_free(&full);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_was_cut_off_is_passed_over),
      cmocka_unit_test(incomplete_results_make_no_rows),
      cmocka_unit_test(rows_say_what_a_longer_schedule_gave),
  };
  return cmocka_run_group_tests(tests, make_file, remove_file);
}
