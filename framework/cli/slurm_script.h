/* The batch scripts that `joust slurm` writes: an array job whose task I runs shard I, and the job that merges them. */
#ifndef JOUST_CLI_SLURM_SCRIPT_H
#define JOUST_CLI_SLURM_SCRIPT_H

#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

struct joust_slurm_job {
  const char *joust;                               /* absolute path of this program */
  const char *folder;                              /* absolute: sweep.json, scripts, shards' stores, logs */
  const char *name;                                /* of the array job */
  const char *store;                               /* absolute: what the shards are merged into */
  const char *plugins, *spaces;                    /* --plugin-dir, --space-dir; NULL: not given */
  const char *partition, *account, *time, *memory; /* as sbatch takes them; NULL: the cluster's defaults */
  int64_t shards, cpus;
};

/* Partition, account, time and memory as sbatch takes them? JOUST_BAD_INPUT. */
int joust_slurm_check(const struct joust_slurm_job *job, struct joust_error *error);

void joust_slurm_shard_script(struct joust_text *script, const struct joust_slurm_job *job);
void joust_slurm_merge_script(struct joust_text *script, const struct joust_slurm_job *job);

/* Appends text as one word of a shell. */
void joust_slurm_quote(struct joust_text *out, const char *text);

#endif
