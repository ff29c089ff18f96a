/* How a worker tells its parent what came of a run: parts, each a frame on a stream between two processes that one fork
 * made, so numbers travel as they lie in memory.
 *
 * A run is one part or several: each brings the trials that follow those of the part before, the last one also how the
 * run ended. A frame has a mark, its length and a checksum: whatever else a plugin writes into the stream, or writes
 * over the worker's memory, is found out and never taken for a result. */
#ifndef JOUST_SWEEP_WIRE_H
#define JOUST_SWEEP_WIRE_H

#include "base/text.h"
#include "store/store.h"

struct joust_part_numbers {
  uint64_t run;      /* index in the plan */
  int32_t last, end; /* last: of its run; end: enum joust_end, of the last one */
  int32_t code;      /* of the error, 0 if there is none */
  int32_t reserved;
  double best, cost, seconds, cpu_seconds; /* of the run so far */
};

struct joust_part { /* all zero at first; freed with joust_part_free */
  struct joust_part_numbers numbers;
  const char *message, *log, *counters; /* of the error; last lines; JSON. Not NULL once decoded */
  struct joust_store_trials trials;
  const char **messages; /* of the trials, once decoded; owned */
  uint32_t capacity;
};

/* Appends the part as a frame. */
void joust_part_encode(const struct joust_part *part, struct joust_text *out);

enum joust_wire { JOUST_WIRE_DAMAGED = -1, JOUST_WIRE_SHORT = 0, JOUST_WIRE_PART = 1 };

/* Reads the frame at the start of n bytes, which are aligned for a double. The part points into them and into itself;
 * *used is the length of the frame. SHORT: more bytes are needed. */
enum joust_wire joust_part_decode(struct joust_part *part, const char *bytes, size_t n, size_t *used);

void joust_part_free(struct joust_part *part);

#endif
