/* Reading CSV (RFC 4180): fields in quotes may hold commas, line breaks and doubled quotes. */
#ifndef JOUST_DATA_CSV_H
#define JOUST_DATA_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct joust_csv {
  const char *path; /* for messages */
  char *rest;       /* what was not read yet; the text is changed as it is read, and fields point into it */
  size_t line;      /* where the record begins that was read last, from 1 */
  size_t next_line;
  char **fields; /* of that record; owned */
  size_t n, capacity;
};

/* Begins with a text that ends in 0, which the caller owns and which must outlive the reading. */
void joust_csv_start(struct joust_csv *csv, const char *path, char *text);

/* Reads the next record; empty lines are passed over. Returns 1, 0 at the end, or JOUST_BAD_INPUT with the line. */
int joust_csv_next(struct joust_csv *csv, struct joust_error *error);

void joust_csv_free(struct joust_csv *csv);

#endif
