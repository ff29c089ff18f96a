#include "plugin/services.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "plugin/clean.h"

/* Longest line that is kept of a log; the rest is for the name of its level. */
#define LINE_SIZE (JOUST_LOG_LINE_SIZE - 12)

/* One lock for the logs of all instances, so that lines on standard error do not mix either. */
static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;

/* ---- what the plugin calls -------------------------------------------------------------------------------------- */

static struct joust_services *services_of(const struct joust_host *host) {
  return host->ctx;
}

static uint64_t draw(const struct joust_host *host) {
  return joust_stream_next(&services_of(host)->stream);
}

static int32_t cancelled(const struct joust_host *host) {
  const volatile sig_atomic_t *stop = services_of(host)->stop;
  return stop && *stop != 0;
}

static void set_error(const struct joust_host *host, const char *message) {
  struct joust_services *services = services_of(host);
  size_t length = message ? strlen(message) : 0;
  while (length > 0 && strchr(" \t\r\n", message[length - 1])) length--;
  joust_clean(services->error, sizeof services->error, message, length);
}

/* ---- counters ---------------------------------------------------------------------------------------------------- */

/* The row of a name, or NULL where it is no name or there are too many. The log is told the first time. */
static struct joust_counter *counter(const struct joust_host *host, const char *name) {
  struct joust_services *services = services_of(host);
  char shown[80], *line;
  struct joust_counter *found = joust_counters_find(&services->counters, name);
  if (found || services->counter_refused) return found;
  services->counter_refused = true;
  joust_clean(shown, sizeof shown, name ? name : "", name ? strlen(name) : 0);
  line = joust_format("the counter '%s' is left out: expected at most %d, with names of a-z, 0-9, _", shown,
                      JOUST_MOST_COUNTERS);
  host->log(host, JOUST_LOG_WARNING, line);
  free(line);
  return NULL;
}

static void set_integer(const struct joust_host *host, const char *name, int64_t value) {
  struct joust_counter *row = counter(host, name);
  if (row) joust_counter_set_integer(row, value);
}

static void set_real(const struct joust_host *host, const char *name, double value) {
  struct joust_counter *row = counter(host, name);
  if (row) joust_counter_set_real(row, value);
}

static void set_text(const struct joust_host *host, const char *name, const char *value) {
  struct joust_counter *row = counter(host, name);
  if (row) joust_counter_set_text(row, value ? value : "");
}

static const struct joust_usage_counters usage = {
    .struct_size = sizeof usage, .set_integer = set_integer, .set_real = set_real, .set_text = set_text};

static const void *extension(const struct joust_host *host, const char *id) {
  struct joust_services *services = services_of(host);
  if (!id) return NULL;
  if (strcmp(id, JOUST_USAGE) == 0) return &usage;
  return services->extension ? services->extension(services->context, id) : NULL;
}

/* ---- the log ----------------------------------------------------------------------------------------------------- */

static char *next_line(struct joust_services *services) {
  if (!services->log) {
    services->log = joust_alloc(1, sizeof *services->log);
    services->owns_log = true;
  }
  return services->log->lines[services->log->n++ % JOUST_LOG_LINES];
}

static void log_line(struct joust_services *services, int32_t level, const char *text, size_t length) {
  static const char *const prefixes[] = {"debug: ", "", "warning: "};
  int32_t known = level < JOUST_LOG_DEBUG ? JOUST_LOG_DEBUG : level > JOUST_LOG_WARNING ? JOUST_LOG_WARNING : level;
  char line[LINE_SIZE];
  joust_clean(line, sizeof line, text, length);
  char *slot = next_line(services);
  snprintf(slot, JOUST_LOG_LINE_SIZE, "%s%s", prefixes[known], line);
  if (level >= services->log_level) fprintf(stderr, "%s: %s\n", services->who, slot);
}

/* Each line of the text is a line of the log; empty ones tell nothing. */
static void log_text(const struct joust_host *host, int32_t level, const char *text) {
  pthread_mutex_lock(&log_lock);
  while (text && *text) {
    size_t length = strcspn(text, "\r\n");
    if (length > 0) log_line(services_of(host), level, text, length);
    text += length + (text[length] != 0);
  }
  pthread_mutex_unlock(&log_lock);
}

/* ---- what the host calls ---------------------------------------------------------------------------------------- */

void joust_services_init(struct joust_services *services, const char *who, uint64_t seed) {
  memset(services, 0, sizeof *services);
  services->host = (struct joust_host){
      .struct_size = sizeof services->host,
      .abi_minor = JOUST_ABI_MINOR,
      .ctx = services,
      .name = "joust",
      .version = JOUST_VERSION,
      .log = log_text,
      .set_error = set_error,
      .random = draw,
      .cancelled = cancelled,
      .extension = extension,
  };
  services->who = who;
  services->log_level = JOUST_LOG_WARNING;
  joust_stream_seed(&services->stream, seed);
}

void joust_services_free(struct joust_services *services) {
  if (services->owns_log) free(services->log);
  joust_counters_free(&services->counters);
  memset(services, 0, sizeof *services);
}

const char *joust_status_text(joust_status status) {
  switch (status) {
  case JOUST_ENOMEM: return "out of memory";
  case JOUST_EOPTION: return "an option's value, or a combination of them, is not possible";
  case JOUST_EUNSUPPORTED: return "the space, a metric or an extension is not supported";
  case JOUST_EIO: return "a file, a process or a network failed";
  case JOUST_ECANCELLED: return "stopped on request";
  case JOUST_EINTERNAL: return "internal error of the plugin";
  default: return "an unknown status, and no message";
  }
}

int joust_services_fail(struct joust_services *services, const char *call, joust_status status,
                        struct joust_error *error) {
  int code = status == JOUST_EOPTION || status == JOUST_EUNSUPPORTED ? JOUST_BAD_INPUT : JOUST_RUN_FAILED;
  joust_fail(error, code, "%s: %s failed: %s", services->who, call,
             services->error[0] ? services->error : joust_status_text(status));
  services->error[0] = 0;
  return code;
}

void joust_log_tail(const struct joust_log *log, struct joust_text *out) {
  size_t n = log->n, first = n > JOUST_LOG_LINES ? n - JOUST_LOG_LINES : 0;
  for (size_t i = first; i < n; i++)
    joust_text_addf(out, "%.*s\n", JOUST_LOG_LINE_SIZE - 1, log->lines[i % JOUST_LOG_LINES]);
}

void joust_services_log_append(struct joust_services *services, const struct joust_log *log) {
  size_t first = log->n > JOUST_LOG_LINES ? log->n - JOUST_LOG_LINES : 0;
  pthread_mutex_lock(&log_lock);
  for (size_t i = first; i < log->n; i++)
    memcpy(next_line(services), log->lines[i % JOUST_LOG_LINES], JOUST_LOG_LINE_SIZE);
  pthread_mutex_unlock(&log_lock);
}

void joust_services_log_tail(const struct joust_services *services, struct joust_text *out) {
  pthread_mutex_lock(&log_lock);
  if (services->log) joust_log_tail(services->log, out);
  pthread_mutex_unlock(&log_lock);
}
