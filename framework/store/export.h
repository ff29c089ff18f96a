/* Text forms of a store: CSV with one row a trial, JSON with one object a run, the files of IOHprofiler, and the
 * canonical dump that two equal stores share. docs/export.md describes them for users. */
#ifndef JOUST_STORE_EXPORT_H
#define JOUST_STORE_EXPORT_H

#include <stdio.h>

#include "store/store.h"

/* CSV (RFC 4180, \n): problem,optimiser,replicate,seed,trial,outcome,value,incumbent,cost,seconds, then metric:NAME for
 * each metric and x:NAME for each parameter (labels, not indices), for all problems of the store together, then message
 * (why a trial failed, or how the optimiser marked it): a cell is empty where the row's problem has no such metric or
 * parameter, and for NaN. */
int joust_store_export_csv(struct joust_store *store, FILE *out, struct joust_error *error);

/* One JSON object: joust, problems, optimisers, and runs, one object a run with its trials as columns. Numbers read
 * back as the same doubles; null where there is none; seeds are texts, for they have 64 bits. */
int joust_store_export_json(struct joust_store *store, FILE *out, struct joust_error *error);

/* What IOHprofiler's format could not take as it is. */
struct joust_ioh_notes {
  size_t runs, evaluations; /* written */
  size_t empty_runs;        /* without any trial: left out, as a run there starts at evaluation 1 */
  size_t incomplete_runs;   /* failed or unfinished: written as far as they got */
  size_t failed_trials;     /* failed or cancelled: written with the worst value of any trial of their problem */
};

/* IOHprofiler: a folder an optimiser, in it one JSON file and one folder with a .dat file a problem. `folder` is made;
 * JOUST_BAD_INPUT where it holds anything (readers take every .json below it), where no run has a trial, or where a
 * replicate or a number of parameters does not fit the format's 16 bits. */
int joust_store_export_ioh(struct joust_store *store, const char *folder, struct joust_ioh_notes *notes,
                           struct joust_error *error);

/* One line a run and a trial, ordered by key and trial, without what may differ between two machines or two attempts
 * (ids, sessions, times): equal texts if and only if the stores hold the same results. */
int joust_store_dump(struct joust_store *store, FILE *out, struct joust_error *error);

#endif
