/* joust.usage/1, from the optimiser to the host: what an optimiser counted, stored with its run.
 *
 *   const struct joust_usage_counters *usage = host->extension(host, JOUST_USAGE);
 *   if (usage) usage->set_integer(host, "calls", ++self->calls); // NULL: a host that keeps no counters
 *
 * Counters are for what a run used up or did beyond its trials: calls, tokens, money, restarts, the name of a model. A
 * name stands once, the last value counts, and they are kept in the order in which they were set first, in the column
 * `counters` of the store, also when the run fails. `joust show` gives their mean over replicates. They never influence
 * a result, and cost a run that sets none nothing. */
#ifndef JOUST_EXT_USAGE_H
#define JOUST_EXT_USAGE_H

#include <joust/plugin.h>

#define JOUST_USAGE "joust.usage/1"

enum { JOUST_MOST_COUNTERS = 100 }; /* those beyond are left out, with a warning in the log */

struct joust_usage_counters {
  uint32_t struct_size, reserved;
  /* [instance] `name`: [a-z0-9_], at most 60 characters, begins with a letter. Texts are copied, as one line, cut at
   * 50,000 bytes; a real that is not finite is kept as null. */
  void (*set_integer)(const struct joust_host *, const char *name, int64_t value);
  void (*set_real)(const struct joust_host *, const char *name, double value);
  void (*set_text)(const struct joust_host *, const char *name, const char *value);
};

#endif
