/* The flags of `joust run` and `joust plan` that say what to run, and the sweep that they amount to. */
#ifndef JOUST_CLI_SWEEP_FLAGS_H
#define JOUST_CLI_SWEEP_FLAGS_H

#include "cli/cli.h"
#include "sweep/plan.h"

struct joust_sweep_flags {
  struct joust_specs problems, optimisers;
  int64_t trials, replicates, seed; /* -1: not given */
  double cost, seconds;             /* 0: not given */
  const char *name, *shard, *limits;
  struct joust_places places;
};
#define JOUST_SWEEP_FLAGS_NONE                                                                                         \
  { .trials = -1, .replicates = -1, .seed = -1 }

#define JOUST_SWEEP_FLAGS(f)                                                                                            \
  {'p', "problem", JOUST_FLAG_SPECS, &(f).problems, "PROBLEM,...", "problems, each NAME[:option=value,...]"},           \
      {'o',                                                                                                             \
       "optimiser",                                                                                                     \
       JOUST_FLAG_SPECS,                                                                                                \
       &(f).optimisers,                                                                                                 \
       "OPTIMISER,...",                                                                                                 \
       "optimisers, each [LABEL=]NAME[:option=value,...]"},                                                             \
      {'n', "trials", JOUST_FLAG_COUNT, &(f).trials, "N", "trials of a run (default 100, if no other limit is given)"}, \
      {'r', "replicates", JOUST_FLAG_COUNT, &(f).replicates, "N", "runs of each pair, each with its own seed (10)"},    \
      {0, "seed", JOUST_FLAG_COUNT, &(f).seed, "S", "seed from which all others come (1)"},                             \
      {0, "cost", JOUST_FLAG_NUMBER, &(f).cost, "C", "budget of a run in the problem's unit of cost"},                  \
      {0, "seconds", JOUST_FLAG_NUMBER, &(f).seconds, "T", "budget of a run in seconds of wall time"},                  \
      {0,           "limit",       JOUST_FLAG_TEXT,                                                                     \
       &(f).limits, "LIMIT=N,...", "past seconds=T, cpu_seconds=T or memory=SIZE a run has failed"},                    \
      {0, "name", JOUST_FLAG_TEXT, &(f).name, "TEXT", "name of the sweep in the store"},                                \
      {0,          "shard", JOUST_FLAG_TEXT,                                                                            \
       &(f).shard, "I/N",   "only the runs of shard I of N; tasks of a SLURM array take theirs"},                       \
      JOUST_PLACE_FLAGS((f).places)

/* The sweep of an optional file (a name without slash and .json is looked up among joust's own sweeps; NULL: none, or
 * joust's own sweep `default` where no problem and no optimiser is given) with the flags over it: problems and
 * optimisers are added to the file's, all else replaces it. The flags' specs are moved into the sweep. JOUST_MISSING,
 * JOUST_BAD_INPUT. */
int joust_sweep_from_flags(struct joust_sweep *sweep, const char *file, struct joust_sweep_flags *flags,
                           struct joust_error *error);

void joust_sweep_flags_free(struct joust_sweep_flags *flags);

#endif
