/* Trains one cell from one seed: the definition of microcell's numbers.
 *
 * Batches of 32, stochastic gradient descent with Nesterov's momentum 0.9, weight decay 5e-4, learning rate 0.1 falling
 * linearly to 0, no augmentation, a new order of the images in each epoch. One thread; no result depends on the
 * machine. */
#ifndef MICROCELL_TRAIN_H
#define MICROCELL_TRAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "images.h"
#include "net.h"

#define MC_TRAINER_VERSION 1 /* raised when any result changes by a bit */

enum { MC_MAX_EPOCHS = 1000 };

enum { MC_SAMPLES = 16000, MC_EPOCHS = 3 }; /* the schedule of the problem microcell/fashion */

struct mc_schedule {
  uint32_t samples; /* the first images of the training part that are used; a multiple of MC_LANES */
  uint32_t epochs;
};

struct mc_result {
  float valid_loss, test_loss; /* mean cross-entropy, nats */
  uint32_t valid_correct, test_correct;
  uint64_t hash; /* of the weights and the results: two trainings agree in every bit exactly if this agrees */
};

struct mc_trainer {
  const struct mc_images *images;
  struct mc_net net;
  uint32_t *order;                  /* of the training images in an epoch */
  bool (*cancelled)(void *context); /* asked a few times a second; may be NULL */
  void *context;
};

int mc_trainer_make(struct mc_trainer *trainer, const struct mc_images *images, const struct mc_kernels *kernels);
void mc_trainer_free(struct mc_trainer *trainer);

/* False: cancelled. Losses of a training that diverged are NaN. */
bool mc_train(struct mc_trainer *trainer, const struct mc_cell *cell, const struct mc_schedule *schedule, uint32_t seed,
              struct mc_result *result);

/* Trains a cell with every operation on a few made-up images and compares a hash; looks at the rounding of tiny
 * numbers. False: this thread computes otherwise than the trainer has to (a library has set flush-to-zero, or another
 * rounding mode); `found` is the hash. */
bool mc_self_test(const struct mc_kernels *kernels, uint64_t *found);

/* What is wrong with this thread's arithmetic, in words. */
const char *mc_arithmetic_fault(void);

#endif
