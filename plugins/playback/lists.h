/* The points of a file: one list for each replicate. */
#ifndef PLAYBACK_LISTS_H
#define PLAYBACK_LISTS_H

#include <joust/ext/problem.h>

struct point {
  double *x;  /* n_parameters; owned */
  char *mark; /* kept with the trial; owned; NULL: none */
};

struct list {
  struct point *points;
  uint32_t n, capacity;
};

struct lists {
  struct list *items; /* items[r - 1] is played in replicate r */
  uint32_t n;
  char *published; /* where the points were published, NULL: nowhere; owned */
};

struct reading { /* what a reader needs to know */
  const struct joust_host *host;
  const struct joust_space *space;
  const struct joust_problem_words *words;
  const char *path; /* for messages */
};

/* Both read the text of a file (`length` bytes and a 0). Failures set the host's message with path, line and column:
 * JOUST_EOPTION for what is no list of points of this problem, JOUST_ENOMEM. The lists are to be freed in any case. */
joust_status lists_read_json(struct lists *lists, const struct reading *reading, const char *text, size_t length);
joust_status lists_read_csv(struct lists *lists, const struct reading *reading, const char *text, size_t length);

/* Room for a point at the end of list `replicate` (from 1), all zero; NULL when out of memory. */
struct point *lists_add(struct lists *lists, uint32_t replicate, uint32_t n_parameters);
void lists_free(struct lists *lists);

/* Sets the host's message to "PATH:LINE:COLUMN: ..." and returns JOUST_EOPTION. */
joust_status reading_fail(const struct reading *reading, size_t line, size_t column, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The words of the host's last refusal of a value: sets the message anew with the place before it. `text` is a label or
 * a number. */
joust_status reading_value(const struct reading *reading, size_t line, size_t column, uint32_t parameter,
                           const char *text, double *value);

#endif
