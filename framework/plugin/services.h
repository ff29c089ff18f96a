/* What the host gives an instance of a plugin: its random stream, its log, its error message, its counters, and the
 * wish to stop.
 *
 * One joust_services per instance, in a place that does not move; it holds the struct joust_host that the plugin sees,
 * and outlives the instance. */
#ifndef JOUST_PLUGIN_SERVICES_H
#define JOUST_PLUGIN_SERVICES_H

#include <joust/plugin.h>
#include <signal.h>

#include "base/error.h"
#include "base/random.h"
#include "base/text.h"
#include "plugin/counters.h"

#define JOUST_LOG_LINES     20  /* a failed run is recorded with this many last lines */
#define JOUST_LOG_LINE_SIZE 512 /* bytes of a line, with its 0 */

struct joust_log { /* the last lines: a ring without pointers, so that it can lie in memory that processes share */
  size_t n;        /* ever logged; line i lies at i % JOUST_LOG_LINES */
  char lines[JOUST_LOG_LINES][JOUST_LOG_LINE_SIZE];
};

struct joust_services {
  struct joust_host host;
  struct joust_stream stream;
  const char *who;                   /* for messages: the label of the optimiser or evaluator; borrowed */
  const volatile sig_atomic_t *stop; /* non-zero: cancelled; NULL: never; borrowed */
  int32_t log_level;                 /* lines of this level and above go to standard error as well; at first warnings */
  char error[1000];                  /* "" or what set_error said last, as one line */
  struct joust_log *log;             /* NULL: made, and owned, when there is a first line; set after init: borrowed */
  bool owns_log;
  struct joust_counters counters; /* what it set through joust.usage/1 */
  bool counter_refused;           /* the log knows that a counter was left out */
  /* Gives the tables of other extensions, asked when the plugin does; NULL at first: there are none. */
  const void *(*extension)(void *context, const char *id);
  void *context;
};

/* The stream starts from the seed alone. Error messages and log lines that a plugin gives are kept as valid UTF-8
 * without control characters, long ones cut; a log text of several lines counts as so many lines. */
void joust_services_init(struct joust_services *services, const char *who, uint64_t seed);
void joust_services_free(struct joust_services *services);

/* Turns a negative status of a plugin's call ("ask", "create") into a JOUST_RUN_FAILED error (JOUST_BAD_INPUT for
 * JOUST_EOPTION, JOUST_EUNSUPPORTED) with the plugin's own message, or a general one where it gave none. The message of
 * the services is cleared. */
int joust_services_fail(struct joust_services *services, const char *call, joust_status status,
                        struct joust_error *error);

/* What a negative status means, in words: "out of memory". */
const char *joust_status_text(joust_status status);

/* Appends the last log lines, oldest first, one a line. */
void joust_services_log_tail(const struct joust_services *services, struct joust_text *out);
/* Takes over the lines of another log. */
void joust_services_log_append(struct joust_services *services, const struct joust_log *log);
void joust_log_tail(const struct joust_log *log, struct joust_text *out); /* the same, of any; nobody may be logging */

#endif
