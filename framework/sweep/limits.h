/* Limits of a run: against plugins that go wrong. Past one, the run is asked to stop, killed after `grace`, and has
 * failed. What a run may use up by the rules of the comparison is its budget; limits change no result of a run that
 * keeps them, so they are no part of its key.
 *
 *   "limits": {"seconds": 3600, "cpu_seconds": 1800, "memory": "2G", "grace": 5}     in a sweep file
 *   --limit seconds=3600,memory=2G                                                   as a flag */
#ifndef JOUST_SWEEP_LIMITS_H
#define JOUST_SWEEP_LIMITS_H

#include "base/json.h"

struct joust_limits {
  double seconds;     /* of wall time; INFINITY, as for the next two: no limit */
  double cpu_seconds; /* of processor time */
  double memory;      /* bytes */
  double grace;       /* seconds between asking and killing */
};

/* No limits, 5 seconds of grace. */
void joust_limits_init(struct joust_limits *limits);

/* Both change only what is named. JOUST_BAD_INPUT. */
int joust_limits_read(struct joust_limits *limits, const struct joust_json *json, const cJSON *object,
                      struct joust_error *error);
int joust_limits_parse(struct joust_limits *limits, const char *text, struct joust_error *error);

/* Adds "limits" to the object, if there are any. */
void joust_limits_print(const struct joust_limits *limits, cJSON *object);

/* "200M", "1.5G", "4096": the unit is the largest that keeps the number short; the caller frees. */
char *joust_limits_size(double bytes);

#endif
