/* The evaluator `table`: looks measurements up in a table file instead of computing them. Built into the host, but held
 * to the public contract of plugins.
 *
 * Options: `file` (the NAME of DATA_FOLDER/tables/NAME.table, or a path, where it contains a slash, that starts at the
 * problem's folder), `fingerprint` (the table must have it), `draw` (a metric of which a single measurement, drawn by
 * the evaluation's seed, stands for the mean: evaluation noise).
 *
 * create fails with JOUST_EIO where the table is absent or damaged, JOUST_EOPTION where the fingerprint is another one
 * or `draw` names no metric of the problem, JOUST_EUNSUPPORTED where the space or a metric is not the table's. */
#ifndef JOUST_EVALUATOR_TABLE_H
#define JOUST_EVALUATOR_TABLE_H

#include <joust/plugin.h>

extern const struct joust_evaluator joust_table_evaluator;

/* Path of a table of that name in the data folder; the caller frees. */
char *joust_table_path(const char *name);

/* Path of what the option `file` names, for a problem in `folder`; the caller frees. */
char *joust_table_path_of(const char *file, const char *folder);

#endif
