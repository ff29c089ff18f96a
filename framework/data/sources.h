/* The published files: where each comes from, what its bytes are, and which table is made from it. */
#ifndef JOUST_DATA_SOURCES_H
#define JOUST_DATA_SOURCES_H

#include <stddef.h>
#include <stdint.h>

struct joust_source {
  const char *set;    /* what `joust data fetch` calls it, shared by the files of one benchmark */
  const char *file;   /* its name, also below a mirror */
  const char *url;    /* of the public original; NULL: not to be fetched, only imported */
  const char *sha256; /* of the original */
  uint64_t size;      /* bytes */
  const char *table;  /* what importing it makes */
  const char *licence;
};

extern const struct joust_source joust_sources[];
extern const size_t joust_n_sources;

const struct joust_source *joust_source_of_table(const char *table); /* NULL if no published file makes it */
const struct joust_source *joust_source_of_hash(const char *sha256); /* NULL if it is of no published file */

/* The command that brings the table of a source; the caller frees. */
char *joust_source_command(const struct joust_source *source);

#endif
