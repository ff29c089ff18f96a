/* A sweep: which optimisers run on which problems, how often and how long. Read from a JSON file, or put together from
 * the flags of `joust run`; both say the same things.
 *
 *   {"name": "nas", "description": "...", "seed": 1, "replicates": 30,
 *    "budget": {"trials": 200, "cost": 12000, "seconds": 60}, "limits": {"seconds": 600, "memory": "2G"},
 *    "problems": ["nasbench201/cifar10", {"problem": "nk/n16-k2", "label": "nk7", "options": {"seed": 7}}],
 *    "optimisers": ["random", "ea10=evolution:population=10,sample=3"],
 *    "published": [{"label": "REA", "problem": "nasbench201/protocol", "metric": "c10_test", "mean": 93.92, "sd": 0.3,
 *                   "source": "arXiv 2001.00326"}]}
 *
 * An optimiser may start from the first proposals of another one of the sweep: {"optimiser": "bo", "label": "bo-after",
 * "start": {"from": "random", "trials": 5}}.
 *
 * A relative path of an optimiser's plugin (with a slash), and those among its options, start at the folder of the
 * file, or at that of its member "folder".
 *
 * `published` are figures from papers that reports show beside the sweep's own, marked as such. */
#ifndef JOUST_SWEEP_SWEEP_H
#define JOUST_SWEEP_SWEEP_H

#include "base/spec.h"
#include "run/run.h"
#include "sweep/limits.h"

enum { JOUST_DEFAULT_TRIALS = 100, JOUST_DEFAULT_REPLICATES = 10, JOUST_DEFAULT_SEED = 1 };

struct joust_sweep { /* owns its texts */
  char *name, *description;
  int64_t seed; /* 0 to 2^53 */
  uint32_t replicates;
  struct joust_budget budget;
  struct joust_limits limits;
  struct joust_specs problems, optimisers;
  cJSON *published; /* a list, or NULL */
};

/* No problems, no optimisers, the defaults for all else (`budget` without any limit: see joust_sweep_check). */
void joust_sweep_init(struct joust_sweep *sweep);
void joust_sweep_free(struct joust_sweep *sweep);

/* Reads a file over what the sweep holds already. JOUST_MISSING, JOUST_BAD_INPUT with the place. */
int joust_sweep_read(struct joust_sweep *sweep, const char *path, struct joust_error *error);

/* Fills in the default number of trials where no limit was given, and refuses what cannot be run: no problem, no
 * optimiser, two with one label. JOUST_BAD_INPUT. */
int joust_sweep_check(struct joust_sweep *sweep, struct joust_error *error);

/* The sweep as JSON that joust_sweep_read understands; the caller frees. `folders`: of each optimiser, where relative
 * paths among its options start, or NULL; all NULL: wherever the sweep is read from. */
char *joust_sweep_print(const struct joust_sweep *sweep, char *const *folders);

#endif
