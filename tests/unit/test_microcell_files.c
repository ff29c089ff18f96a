/* What microcell reads and writes: the images' files, whole and damaged; the plugin's options and spaces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include <joust/plugin.h>

#include "data_fixture.h"
#include "metrics.h"

/* ---- images ------------------------------------------------------------------------------------------------------ */

enum { IMAGE = 28 * 28 };

/* An idx file: the header's words, then n bytes of a value. */
static void write_idx(const char *name, const uint32_t *words, int n_words, unsigned n, int value) {
  gzFile file = gzopen(in_data_folder(name), "wb1");
  assert_non_null(file);
  for (int w = 0; w < n_words; w++)
    for (int shift = 24; shift >= 0; shift -= 8) gzputc(file, (int)(words[w] >> shift & 255));
  unsigned char bytes[4096];
  memset(bytes, value, sizeof bytes);
  for (unsigned left = n; left; left -= left < sizeof bytes ? left : (unsigned)sizeof bytes)
    gzwrite(file, bytes, left < sizeof bytes ? left : (unsigned)sizeof bytes);
  gzclose(file);
}

static void write_part(const char *part, uint32_t n, int grey, int label) {
  const uint32_t images[] = {0x803, n, 28, 28}, labels[] = {0x801, n};
  char name[100];
  snprintf(name, sizeof name, "%s-images-idx3-ubyte.gz", part);
  write_idx(name, images, 4, n * IMAGE, grey);
  snprintf(name, sizeof name, "%s-labels-idx1-ubyte.gz", part);
  write_idx(name, labels, 2, n, label);
}

static void assert_refused(const char *file, const char *reason) {
  struct mc_images images;
  char message[5000] = "";
  assert_int_equal(mc_images_read(&images, data_folder, message, sizeof message), -1);
  mc_images_free(&images);
  if (!strstr(message, file) || !strstr(message, reason))
    fail_msg("'%s' does not name %s and say '%s'", message, file, reason);
}

static void test_images(void **state) {
  (void)state;
  const uint32_t other[] = {0x802, 50000, 28, 28}, few[] = {0x803, 100, 28, 28}, large[] = {0x803, 50000, 32, 32},
                 labels[] = {0x801, 50000}, whole[] = {0x803, 50000, 28, 28};
  assert_refused("train-images-idx3-ubyte.gz", "apt install dataset-fashion-mnist");
  write_idx("train-images-idx3-ubyte.gz", other, 4, 0, 0);
  assert_refused("train-images-idx3-ubyte.gz", "is not the idx file that it should be");
  write_idx("train-images-idx3-ubyte.gz", few, 4, 0, 0);
  assert_refused("train-images-idx3-ubyte.gz", "has other images than Fashion-MNIST");
  write_idx("train-images-idx3-ubyte.gz", large, 4, 0, 0);
  assert_refused("train-images-idx3-ubyte.gz", "has other images than Fashion-MNIST");
  write_idx("train-images-idx3-ubyte.gz", whole, 4, 1000, 0);
  assert_refused("train-images-idx3-ubyte.gz", "ends too early, or is damaged");
  write_part("train", 50000, 200, 3);
  write_idx("train-labels-idx1-ubyte.gz", labels, 2, 7999, 3);
  assert_refused("train-labels-idx1-ubyte.gz", "ends too early, or is damaged");
  write_idx("train-labels-idx1-ubyte.gz", labels, 2, 50000, 10);
  assert_refused("train-labels-idx1-ubyte.gz", "has a label above 9");
  write_idx("train-labels-idx1-ubyte.gz", labels, 2, 50000, 9);
  write_part("t10k", 10000, 100, 0);
  assert_refused(data_folder, "the images are not those of Fashion-MNIST");
}

/* Means of 4x4 pixels of the padded image: 4 of the 16 are inside at a corner, 8 at an edge. */
static void test_shrinking(void **state) {
  (void)state;
  struct mc_images images;
  char message[5000];
  assert_int_equal(mc_images_read(&images, data_folder, message, sizeof message), -1); /* written by test_images */
  const uint8_t *image = images.part[MC_VALID].image[5];
  assert_int_equal(image[0], 50);
  assert_int_equal(image[1], 100);
  assert_int_equal(image[9], 200);
  assert_int_equal(image[63], 50);
  assert_int_equal(images.part[MC_VALID].label[5], 9);
  assert_int_equal(images.part[MC_TEST].image[0][9], 100);
  mc_images_free(&images);
}

/* ---- the plugin -------------------------------------------------------------------------------------------------- */

static struct joust_parameter parameters[MC_EDGES];
static const struct joust_parameter *pointers[MC_EDGES];
static struct joust_space space = {
    .struct_size = sizeof space, .n_parameters = MC_EDGES, .n_objectives = 1, .parameters = pointers};

struct setup {
  int64_t samples, epochs, seeds, kernels;
  const char *folder, *metric;
  const struct joust_space *space;
};

static joust_status make(const struct setup *given, void **self) {
  static union joust_arg args[5];
  static struct joust_evaluator_setup setup;
  static const char *metrics[1];
  args[0].i = given->samples;
  args[1].i = given->epochs;
  args[2].i = given->seeds;
  args[3].s = given->folder;
  args[4].i = given->kernels;
  metrics[0] = given->metric;
  setup = (struct joust_evaluator_setup){.struct_size = sizeof setup,
                                         .n_metrics = 1,
                                         .space = given->space,
                                         .metrics = metrics,
                                         .args = args,
                                         .folder = "."};
  *last_error = 0;
  return joust_plugin_1.evaluators[0]->create(&test_host, &setup, self);
}

static void make_space(void) {
  for (int e = 0; e < MC_EDGES; e++) {
    parameters[e] = (struct joust_parameter){
        .name = "edge", .kind = JOUST_CATEGORICAL, .n_choices = 5, .upper = 4, .choices = mc_operation_names};
    pointers[e] = &parameters[e];
  }
}

static void test_refusals(void **state) {
  (void)state;
  static const char *const exchanged[] = {"skip_connect", "none", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3"};
  const struct setup right = {4096, 1, 3, 0, data_folder, "valid_loss", &space};
  struct setup wrong;
  void *self;
  make_space();
  wrong = right;
  assert_int_equal(make(&wrong, &self), JOUST_EIO);
  assert_null(self);
  assert_non_null(strstr(last_error, "the images are not those of Fashion-MNIST"));
  wrong.samples = 100;
  assert_int_equal(make(&wrong, &self), JOUST_EOPTION);
  assert_non_null(strstr(last_error, "samples is 100, expected a multiple of 32"));
  wrong = right;
  wrong.metric = "rank";
  assert_int_equal(make(&wrong, &self), JOUST_EUNSUPPORTED);
  assert_non_null(strstr(last_error, "a rank needs the table of all cells"));
  wrong.metric = "speed";
  assert_int_equal(make(&wrong, &self), JOUST_EUNSUPPORTED);
  assert_non_null(strstr(last_error, "there is no metric speed, only valid_loss"));
  wrong = right;
  wrong.space = NULL;
  assert_int_equal(make(&wrong, &self), JOUST_EUNSUPPORTED);
  assert_non_null(strstr(last_error, "the 6 edges of a cell"));
  wrong = right;
  parameters[4].choices = exchanged;
  assert_int_equal(make(&wrong, &self), JOUST_EUNSUPPORTED);
  assert_non_null(strstr(last_error, "in this order"));
  make_space();
  wrong.kernels = 4; /* generic, where the processor is x86 */
  if (!mc_kernels_named("generic")) {
    assert_int_equal(make(&wrong, &self), JOUST_EOPTION);
    assert_non_null(strstr(last_error, "this processor cannot run the kernels generic"));
  }
}

/* On the real images, where they are: the means of two seeds, for a cell and one that is the same network. */
static void test_evaluation(void **state) {
  (void)state;
  const struct joust_evaluator *evaluator = joust_plugin_1.evaluators[0];
  if (access(MC_FOLDER "/train-images-idx3-ubyte.gz", R_OK)) skip();
  struct setup setup = {64, 1, 2, 0, MC_FOLDER, "valid_loss", &space};
  double x[2 * MC_EDGES] = {0, 0, 0, 3, 0, 0, 3, 0, 1, 0, 0, 1}, loss[2];
  uint64_t seeds[2] = {8, 9};
  uint8_t outcomes[2] = {0};
  struct joust_evaluation evaluation = {
      .struct_size = sizeof evaluation, .n = 2, .seed = seeds, .x = x, .metrics = loss, .outcome = outcomes};
  void *self;
  make_space();
  if (make(&setup, &self)) fail_msg("%s", last_error);
  assert_int_equal(evaluator->evaluate(self, &evaluation), JOUST_OK);
  assert_non_null(strstr(evaluator->fingerprint(self), "samples=64 epochs=1 seeds=2"));
  evaluator->destroy(self);
  struct mc_images images;
  struct mc_trainer trainer;
  struct mc_result result[2];
  struct mc_cell cell = {{0, 0, 0, 3, 0, 0}};
  const struct mc_schedule schedule = {64, 1};
  char message[5000];
  assert_int_equal(mc_images_read(&images, MC_FOLDER, message, sizeof message), 0);
  assert_int_equal(mc_trainer_make(&trainer, &images, mc_kernels_best()), 0);
  for (uint32_t seed = 0; seed < 2; seed++) assert_true(mc_train(&trainer, &cell, &schedule, seed, &result[seed]));
  assert_true(result[0].hash != result[1].hash);
  assert_true(loss[0] == ((double)result[0].valid_loss + (double)result[1].valid_loss) / 2);
  assert_true(loss[1] == loss[0]);
  mc_trainer_free(&trainer);
  mc_images_free(&images);
}

/* ---- metrics ----------------------------------------------------------------------------------------------------- */

static void test_metrics(void **state) {
  (void)state;
  const struct mc_result result = {0.5f, 0.25f, 4000, 1365, 0};
  const struct mc_schedule schedule = {16000, 3};
  struct mc_cell all = {{3, 3, 3, 3, 3, 3}};
  assert_true(mc_metric_value(MC_VALID_ACCURACY, &all, &schedule, &result) == 66.84); /* 66.8449 */
  assert_true(mc_metric_value(MC_TEST_ACCURACY, &all, &schedule, &result) == 34.13);  /* 34.125 */
  assert_true(mc_metric_value(MC_TEST_LOSS, &all, &schedule, &result) == 0.25);
  assert_true(mc_metric_value(MC_SECONDS, &all, &schedule, NULL) == 1.53);
  assert_true(mc_metric_value(MC_FRUGAL_LOSS, &all, &schedule, &result) == (double)0.5765f);
  const struct mc_result results[3] = {result, {NAN, NAN, 0, 0, 0}, {0.75f, 0.5f, 0, 0, 0}};
  assert_true(mc_metric_mean(MC_VALID_LOSS, &all, &schedule, results, 3) == 0.625);
  assert_true(isnan(mc_metric_mean(MC_VALID_LOSS, &all, &schedule, results + 1, 1)));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_images),     cmocka_unit_test(test_shrinking), cmocka_unit_test(test_refusals),
      cmocka_unit_test(test_evaluation), cmocka_unit_test(test_metrics),
  };
  return cmocka_run_group_tests(tests, make_data_folder, remove_data_folder);
}
