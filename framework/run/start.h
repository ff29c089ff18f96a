/* The other optimiser that makes a run's first proposals: see struct joust_start. */
#ifndef JOUST_RUN_START_H
#define JOUST_RUN_START_H

#include "run/words.h"

struct joust_starter { /* all zero: none; does not move while it is open */
  const struct joust_start *start;
  void *self; /* NULL: it is done */
  struct joust_services services;
  struct joust_run run; /* as it is told, under its own label */
  struct joust_run_words words;
};

/* Creates the optimiser of run->start, which is not NULL; host services as `like` has them. Returns its status. */
joust_status joust_starter_open(struct joust_starter *starter, const struct joust_run *run,
                                const struct joust_services *like);

/* Is it its turn when so many trials are done? */
bool joust_starter_has_turn(const struct joust_starter *starter, uint32_t done);

/* Ends it; what it counted goes to `counters` under start_NAME. Nothing happens if there is none, or twice. */
void joust_starter_close(struct joust_starter *starter, struct joust_counters *counters);

#endif
