#include "train.h"

#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "exact.h"
#include "hash.h"

#if FLT_EVAL_METHOD != 0
#error "microcell needs float arithmetic without excess precision (on 32-bit x86: -msse2 -mfpmath=sse)"
#endif

#define LEARNING_RATE 0.1f

/* What mc_self_test has to find. */
static const uint64_t golden = 0x80dc8838212de733;

int mc_trainer_make(struct mc_trainer *trainer, const struct mc_images *images, const struct mc_kernels *kernels) {
  memset(trainer, 0, sizeof *trainer);
  trainer->images = images;
  trainer->order = malloc(images->part[MC_TRAIN].n * sizeof *trainer->order);
  if (!trainer->order) return -1;
  return mc_net_make(&trainer->net, kernels);
}

void mc_trainer_free(struct mc_trainer *trainer) {
  mc_net_free(&trainer->net);
  free(trainer->order);
}

static bool is_cancelled(const struct mc_trainer *trainer) {
  return trainer->cancelled && trainer->cancelled(trainer->context);
}

/* Fisher and Yates. */
static void shuffle(uint32_t *order, uint32_t n, uint64_t *random) {
  for (uint32_t i = n; i > 1; i--) {
    uint32_t other = mc_random_below(random, i), kept = order[i - 1];
    order[i - 1] = order[other];
    order[other] = kept;
  }
}

static bool train(struct mc_trainer *trainer, const struct mc_schedule *schedule, uint64_t random) {
  struct mc_net *net = &trainer->net;
  uint32_t batches = schedule->samples / MC_LANES, steps = batches * schedule->epochs;
  uint32_t *order = trainer->order;
  for (uint32_t i = 0; i < schedule->samples; i++) order[i] = i;
  for (uint32_t step = 0; step < steps; step++) {
    uint32_t batch = step % batches, correct = 0;
    if (batch == 0) shuffle(order, schedule->samples, &random);
    if (step % 64 == 0 && is_cancelled(trainer)) return false;
    mc_net_batch(net, &trainer->images->part[MC_TRAIN], order + batch * MC_LANES);
    mc_net_forward(net);
    mc_net_loss(net, &correct);
    mc_net_backward(net);
    mc_net_step(net, LEARNING_RATE * ((float)(steps - step) / (float)steps));
  }
  return true;
}

static void judge(struct mc_trainer *trainer, enum mc_part part, float *loss, uint32_t *correct) {
  const struct mc_set *set = &trainer->images->part[part];
  double sum = 0;
  *correct = 0;
  for (uint32_t first = 0; first < set->n; first += MC_LANES) {
    uint32_t numbers[MC_LANES];
    for (uint32_t lane = 0; lane < MC_LANES; lane++) numbers[lane] = first + lane;
    mc_net_batch(&trainer->net, set, numbers);
    mc_net_infer(&trainer->net);
    sum += mc_net_loss(&trainer->net, correct);
  }
  *loss = (float)(sum / set->n);
}

bool mc_train(struct mc_trainer *trainer, const struct mc_cell *cell, const struct mc_schedule *schedule, uint32_t seed,
              struct mc_result *result) {
  uint64_t random = (uint64_t)seed << 32, weights = mc_random(&random), order = mc_random(&random);
  mc_net_start(&trainer->net, cell, weights);
  if (!train(trainer, schedule, order)) return false;
  *result = (struct mc_result){0};
  judge(trainer, MC_VALID, &result->valid_loss, &result->valid_correct);
  judge(trainer, MC_TEST, &result->test_loss, &result->test_correct);
  uint64_t hash = mc_hash(MC_HASH_START, trainer->net.weights, trainer->net.n_weights * sizeof(float));
  hash = mc_hash(hash, &result->valid_loss, sizeof(float));
  hash = mc_hash(hash, &result->test_loss, sizeof(float));
  hash = mc_hash(hash, &result->valid_correct, sizeof(uint32_t));
  result->hash = mc_hash(hash, &result->test_correct, sizeof(uint32_t));
  return true;
}

/* ---- self-test --------------------------------------------------------------------------------------------------- */

enum { TEST_IMAGES = 64 };

/* By a result below the normal numbers, and by an operand there. */
static bool flushes_to_zero(void) {
  volatile float smallest = FLT_MIN, half = 0.5f, two = 2;
  volatile float tiny = smallest * half;
  return tiny * two != smallest;
}

bool mc_self_test(const struct mc_kernels *kernels, uint64_t *found) {
  static const struct mc_cell cell = {{MC_CONV3, MC_CONV1, MC_AVERAGE, MC_SKIP, MC_CONV1, MC_CONV3}};
  static const struct mc_schedule schedule = {TEST_IMAGES, 2};
  uint8_t image[TEST_IMAGES][MC_PIXELS], label[TEST_IMAGES];
  uint64_t random = 1;
  for (int i = 0; i < TEST_IMAGES; i++) {
    label[i] = (uint8_t)mc_random_below(&random, MC_LABELS);
    for (int p = 0; p < MC_PIXELS; p++) image[i][p] = (uint8_t)mc_random_below(&random, 256);
  }
  struct mc_set set = {TEST_IMAGES, image, label};
  struct mc_images images = {{set, set, set}};
  struct mc_trainer trainer;
  struct mc_result result = {0};
  if (mc_trainer_make(&trainer, &images, kernels) == 0) mc_train(&trainer, &cell, &schedule, 1, &result);
  mc_trainer_free(&trainer);
  *found = result.hash;
  return result.hash == golden && !flushes_to_zero();
}

const char *mc_arithmetic_fault(void) {
  if (flushes_to_zero()) return "numbers below 1e-38 are flushed to zero (a library has set FTZ or DAZ)";
  if (fegetround() != FE_TONEAREST) return "numbers are not rounded to the nearest";
  return "this build of joust does not compute as the trainer has to (was it compiled with -ffast-math?)";
}
