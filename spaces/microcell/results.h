/* The file that microcell-generate appends to: a text, a line a training.
 *
 *   microcell trainer=1 data=52299852b936add4 samples=16000 epochs=3
 *   CELL SEED VALID_LOSS VALID_CORRECT TEST_LOSS TEST_CORRECT HASH CHECK
 *
 * CELL is the index of a representative, losses are C's hexadecimal floats, HASH is of the trained weights and the
 * results, CHECK of the line itself: a line that was cut off is passed over. */
#ifndef MICROCELL_RESULTS_H
#define MICROCELL_RESULTS_H

#include <stdbool.h>
#include <stddef.h>

#include "train.h"

enum { MC_MAX_SEEDS = 1000 };

struct mc_results { /* owns its array */
  const char *path;
  struct mc_schedule schedule;
  uint32_t first_seed, last_seed;
  struct { /* [seeds][MC_CELLS] */
    bool known;
    struct mc_result result;
  } * trainings;
};

/* The file's first line, with its end. */
void mc_results_header(char *text, size_t size, const struct mc_schedule *schedule);

/* Reads what the file has of the wanted seeds; a file that is not there has nothing. 0, or -1 with a message. */
int mc_results_read(struct mc_results *results, char *message, size_t size);
void mc_results_free(struct mc_results *results);

/* NULL where the training is not there. */
const struct mc_result *mc_results_find(const struct mc_results *results, uint32_t cell, uint32_t seed);

/* A line, with its end; returns its length. */
int mc_results_line(char *text, size_t size, uint32_t cell, uint32_t seed, const struct mc_result *result);

#endif
