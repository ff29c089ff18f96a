/* The log of a sweep: a text file beside the store that says when it ran, which runs failed and why, and what plugins
 * logged and printed. Appended to; nothing that a run needs is read from it. */
#ifndef JOUST_SWEEP_JOURNAL_H
#define JOUST_SWEEP_JOURNAL_H

#include <stdio.h>

#include "sweep/plan.h"

enum { JOUST_MOST_OUTPUT = 65536 }; /* bytes that one run may print into the log */

struct joust_journal { /* all zero: says nothing anywhere */
  FILE *file;          /* NULL: there is none */
  const struct joust_plan *plan;
  bool mid_line; /* the file does not end in a newline */
  bool echo;     /* what plugins log and print goes to standard error as well */
};

/* Opens the file for appending; NULL: no file. JOUST_SYSTEM. */
int joust_journal_open(struct joust_journal *journal, const char *path, const struct joust_plan *plan,
                       struct joust_error *error);
void joust_journal_close(struct joust_journal *journal);

/* A line with the time (UTC) before it. */
void joust_journal_note(struct joust_journal *journal, const char *format, ...) JOUST_PRINTF(2, 3);

/* A run that failed, with the lines of its log; the reason names the optimiser. */
void joust_journal_failure(struct joust_journal *journal, size_t run, const char *reason, const char *log);

/* What a worker printed while it carried out the run; *printed counts its bytes. Control characters are made harmless.
 */
void joust_journal_output(struct joust_journal *journal, size_t run, const char *bytes, size_t n, size_t *printed);

#endif
