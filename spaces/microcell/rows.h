/* Writes complete results as CSV, from which `joust data import` makes a table: a row for each cell and seed, with the
 * measurements of the cell's representative. */
#ifndef MICROCELL_ROWS_H
#define MICROCELL_ROWS_H

#include "results.h"

/* `full` may be NULL; else it holds the same seeds by a longer schedule, and each row says what that gave: full_loss,
 * its validation cross-entropy, and full_rank among the means of all cells. 0, or -1 with a message: trainings are
 * missing, or the file cannot be written. */
int mc_rows_write(const char *path, const struct mc_results *results, const struct mc_results *full,
                  const struct mc_classes *classes, char *message, size_t size);

#endif
