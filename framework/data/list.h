/* What lies in the data folder, and what could: all published tables, and any other table file there. */
#ifndef JOUST_DATA_LIST_H
#define JOUST_DATA_LIST_H

#include <stddef.h>

#include "data/sources.h"
#include "evaluator/table_file.h"

struct joust_data_item {             /* owns its table */
  char *name;                        /* of the table */
  const struct joust_source *source; /* NULL: a table that joust did not make from a published file */
  char *path;
  struct joust_table table; /* open if code is 0 */
  int code;                 /* JOUST_MISSING: absent; else why it cannot be used */
  char *reason;             /* the message that goes with the code, or NULL */
};

/* Published tables in the order of joust_sources, then others by name. JOUST_SYSTEM if the folder cannot be read; one
 * that is not there is an empty one. The caller frees with joust_data_list_free. */
int joust_data_list(struct joust_data_item **items, size_t *n, struct joust_error *error);
void joust_data_list_free(struct joust_data_item *items, size_t n);

#endif
