/* What stands behind joust.problem/1: a run's problem in words, made when the optimiser first asks for it, so that a
 * run of an optimiser that does not ask pays nothing. */
#ifndef JOUST_RUN_WORDS_H
#define JOUST_RUN_WORDS_H

#include <joust/ext/problem.h>

#include "run/run.h"

struct joust_run_words { /* all zero but `run` and `repeated`: not made yet; freed with joust_run_words_free */
  const struct joust_run *run;
  uint64_t repeated; /* first trials that are asked for again */
  struct joust_problem_words words;
  struct joust_parameter_words *parameters; /* owned */
};

/* The extension hook of struct joust_services; `context` is a struct joust_run_words, whose services point back to it.
 */
const void *joust_run_words_extension(void *context, const char *id);
void joust_run_words_free(struct joust_run_words *words);

#endif
