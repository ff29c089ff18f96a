/* Downloads the published files into DATA_FOLDER/downloads and imports them.
 *
 * A download goes into FILE.part and gets its name when its size and SHA-256 are those of the published file; a file
 * that is there already is not fetched again. One that was cut off is continued (HTTP Range) where the server can do
 * that, and begun again where it cannot. Transport security is always checked. */
#ifndef JOUST_DATA_FETCH_H
#define JOUST_DATA_FETCH_H

#include <signal.h>

#include "data/import.h"
#include "data/sources.h"

struct joust_fetch {
  const char *from;                  /* a mirror: a folder, or a URL (http, https, file) under which the files lie; or
                                      * NULL: the public originals */
  const volatile sig_atomic_t *stop; /* non-zero: the user wants to stop; may be NULL */
  /* Called several times a second while a file is loaded, and once when it is done; may be NULL. */
  void (*progress)(void *context, const struct joust_source *source, uint64_t done);
  joust_import_report *report; /* told of each import */
  void *context;               /* of both */
};

/* Fetches one file and gives its path (the caller frees). JOUST_MISSING where the server or the mirror does not have
 * it, JOUST_BAD_INPUT where what it has is another file (nothing of it is kept), JOUST_SYSTEM for a network or a disk
 * that fails, JOUST_INTERRUPTED. */
int joust_fetch_file(char **path, const struct joust_fetch *fetch, const struct joust_source *source,
                     struct joust_error *error);

/* Fetches and imports all files of a set, or of every set for the name "all". Stops at the first failure. Errors as
 * above, and JOUST_BAD_INPUT for a name that is no set, naming those there are. A failed import has been reported. */
int joust_fetch_set(const struct joust_fetch *fetch, const char *name, struct joust_error *error);

#endif
