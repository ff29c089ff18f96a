/* Text forms of a store: CSV with one row a trial, and the canonical dump that two equal stores share. */
#ifndef JOUST_STORE_EXPORT_H
#define JOUST_STORE_EXPORT_H

#include <stdio.h>

#include "store/store.h"

/* CSV (RFC 4180, \n): problem,optimiser,replicate,seed,trial,outcome,value,incumbent,cost,seconds, then metric:NAME for
 * each metric and x:NAME for each parameter (labels, not indices), for all problems of the store together, then message
 * (why a trial failed, or how the optimiser marked it): a cell is empty where the row's problem has no such metric or
 * parameter, and for NaN. */
int joust_store_export_csv(struct joust_store *store, FILE *out, struct joust_error *error);

/* One line a run and a trial, ordered by key and trial, without what may differ between two machines or two attempts
 * (ids, sessions, times): equal texts if and only if the stores hold the same results. */
int joust_store_dump(struct joust_store *store, FILE *out, struct joust_error *error);

#endif
