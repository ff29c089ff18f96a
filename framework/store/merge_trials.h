/* Trials of one run in two stores, the output `main` and the attached `input`: comparing them, copying them. */
#ifndef JOUST_STORE_MERGE_TRIALS_H
#define JOUST_STORE_MERGE_TRIALS_H

#include "store/connection.h"

struct joust_version { /* of a run, as one store holds it */
  int64_t id;
  enum joust_run_state state;
  uint32_t trials;
};

struct joust_difference {
  char words[200]; /* the first trial that differs, and how; "" if none does */
};

/* Compares the trials that both have; of runs that are complete the number, too. */
int joust_merge_compare(struct joust_difference *difference, struct joust_store *store,
                        const struct joust_version *main, const struct joust_version *input, struct joust_error *error);

int joust_merge_copy_trials(struct joust_store *store, int64_t from, int64_t to, uint64_t *copied,
                            struct joust_error *error);

#endif
