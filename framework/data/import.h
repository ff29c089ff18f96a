/* Turns published files into table files of the data folder.
 *
 * A file is recognised by its content, whatever its name, and read once; its table is written to
 * DATA_FOLDER/tables/NAME.table by way of a temporary file, so that it is complete or not there. */
#ifndef JOUST_DATA_IMPORT_H
#define JOUST_DATA_IMPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/hash.h"

struct joust_import { /* what became of one file; texts are valid during the callback only */
  const char *file;
  const char *table, *path; /* name of the table, file it was written to; NULL: failed */
  uint64_t entries;
  char fingerprint[JOUST_HASH_SIZE]; /* of the table */
  bool original;                     /* the file is byte by byte the published one */
  const struct joust_error *error;   /* NULL: imported */
};

typedef void joust_import_report(void *context, const struct joust_import *import);

/* Imports a file, or all files below a folder that are recognised (the others there are passed over, hidden ones too,
 * and links to folders). Every success and every failure is reported, in the order of names; a file that is refused
 * does not keep the others back. Returns the first failure, which was reported like the others: JOUST_BAD_INPUT for a
 * damaged or partial file, a file of no known format, or a folder without any; JOUST_MISSING for a path that is not
 * there; JOUST_SYSTEM where a table cannot be written. */
int joust_import_path(const char *path, joust_import_report *report, void *context, struct joust_error *error);

#endif
