/* How fast microcell's trainer is, for each instruction set that this processor has: a whole training (4,096 images,
 * then judging) of the cell whose edges are all 3x3 convolutions, and of a sample of cells; and the 3x3 convolution
 * alone. CPU time, medians over rounds, in which all instruction sets take turns. A multiplication and an addition
 * count as two operations; a training step takes three times those of a forward pass.
 *
 *   microcell [ROUNDS] [CELLS]      (5, 20) */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "exact.h"
#include "train.h"

enum { MOST_ROUNDS = 99, MOST_SETS = 4, REPEATS = 2000 };

static double cpu(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int ascending(const void *a, const void *b) {
  double p = *(const double *)a, q = *(const double *)b;
  return (p > q) - (p < q);
}

static double median(double *values, int n) {
  qsort(values, (size_t)n, sizeof *values, ascending);
  return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

static const struct mc_schedule schedule = {4096, 1};

/* Operations of training and judging a cell. */
static double operations(const struct mc_cell *cell) {
  return 2.0 * mc_cell_macs(cell) * (3.0 * schedule.samples * schedule.epochs + MC_VALID_IMAGES + MC_TEST_IMAGES);
}

/* 10^9 operations a second over some cells. */
static double train_all(struct mc_trainer *trainer, const uint16_t *cells, int n) {
  double work = 0, start = cpu();
  for (int i = 0; i < n; i++) {
    struct mc_cell cell = mc_cell_of(cells[i]);
    struct mc_result result;
    mc_train(trainer, &cell, &schedule, 0, &result);
    work += operations(&cell);
  }
  return work / (cpu() - start) / 1e9;
}

static double convolve(const struct mc_kernels *kernels, float *out, const float *in, const float *weights) {
  double start = cpu();
  for (int i = 0; i < REPEATS; i++) kernels->conv3(out, in, weights, MC_CHANNELS_A, MC_CHANNELS_A, MC_SIDE_A, false);
  return 2.0 * 9 * MC_CHANNELS_A * MC_CHANNELS_A * MC_SIDE_A * MC_SIDE_A * MC_LANES * REPEATS / (cpu() - start) / 1e9;
}

static float *make_floats(size_t n) {
  float *floats = aligned_alloc(MC_ALIGN, n * sizeof *floats);
  uint64_t random = 1;
  if (!floats) exit(1);
  for (size_t i = 0; i < n; i++) floats[i] = mc_random_symmetric(&random);
  return floats;
}

/* Representatives drawn at random. */
static void draw_cells(uint16_t *cells, int n) {
  static struct mc_classes classes;
  uint64_t random = 1;
  if (mc_classes_find(&classes)) exit(1);
  for (int i = 0; i < n; i++) cells[i] = classes.list[mc_random_below(&random, MC_CLASSES)];
}

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 5, n = argc > 2 ? atoi(argv[2]) : 20;
  double all[MOST_SETS][MOST_ROUNDS], sample[MOST_SETS][MOST_ROUNDS], alone[MOST_SETS][MOST_ROUNDS];
  struct mc_images images;
  struct mc_trainer trainer;
  char message[5000];
  if (rounds < 1 || rounds > MOST_ROUNDS || n < 1 || n > 10000) {
    fprintf(stderr, "microcell: expected 1 to %d rounds of 1 to 10000 cells\n", MOST_ROUNDS);
    return 2;
  }
  if (mc_images_read(&images, MC_FOLDER, message, sizeof message)) {
    fprintf(stderr, "microcell: %s\n", message);
    return 3;
  }
  const uint16_t full[] = {3 * (3125 + 625 + 125 + 25 + 5 + 1)}; /* all edges 3x3 convolutions */
  uint16_t *cells = malloc((size_t)n * sizeof *cells);
  size_t size = MC_CHANNELS_A * mc_plane(MC_SIDE_A);
  float *in = make_floats(size), *out = make_floats(size), *weights = make_floats(9 * MC_CHANNELS_A * MC_CHANNELS_A);
  if (!cells) return 1;
  draw_cells(cells, n);
  for (int r = 0; r < rounds; r++)
    for (int k = 0; mc_kernels_all[k]; k++) {
      if (!mc_kernels_all[k]->usable()) continue;
      if (mc_trainer_make(&trainer, &images, mc_kernels_all[k])) return 1;
      all[k][r] = train_all(&trainer, full, 1);
      sample[k][r] = train_all(&trainer, cells, n);
      alone[k][r] = convolve(mc_kernels_all[k], out, in, weights);
      mc_trainer_free(&trainer);
    }
  printf("10^9 operations a second of one core, medians of %d rounds\n", rounds);
  printf("%-8s  %12s  %12s  %15s\n", "", "all conv3x3", "random cells", "3x3 convolution");
  for (int k = 0; mc_kernels_all[k]; k++)
    if (mc_kernels_all[k]->usable())
      printf("%-8s  %12.1f  %12.1f  %15.1f\n", mc_kernels_all[k]->name, median(all[k], rounds),
             median(sample[k], rounds), median(alone[k], rounds));
  free(in);
  free(out);
  free(weights);
  free(cells);
  mc_images_free(&images);
  return 0;
}
