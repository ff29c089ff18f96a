/* Which shard of a sweep this process is to run: --shard I/N, or a task of a SLURM array job. */
#ifndef JOUST_CLI_SHARD_H
#define JOUST_CLI_SHARD_H

#include <stdint.h>

#include "base/error.h"

struct joust_shard {
  uint32_t number, of; /* 1 of 1: the whole sweep */
  const char *source;  /* "--shard" or "SLURM_ARRAY_TASK_ID"; NULL for the whole sweep */
};

/* From the flag's text; where it is NULL, from the variables that SLURM gives the tasks of an array job
 * (SLURM_ARRAY_TASK_ID, _COUNT, _MIN, _MAX, _STEP; sbatch(1)); without these, the whole sweep. JOUST_BAD_INPUT. */
int joust_shard_find(struct joust_shard *shard, const char *flag, struct joust_error *error);

/* "results.db", or "results.2-of-8.db": where a shard is stored if the user does not say; the caller frees. */
char *joust_shard_store(const struct joust_shard *shard);

#endif
