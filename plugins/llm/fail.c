#include "fail.h"

#include <stdarg.h>
#include <stdio.h>

enum { MESSAGE_SIZE = 2000 };

joust_status llm_fail(const struct joust_host *host, joust_status status, const char *format, ...) {
  char message[MESSAGE_SIZE];
  va_list args;
  va_start(args, format);
  vsnprintf(message, sizeof message, format, args);
  va_end(args);
  host->set_error(host, message);
  return status;
}

void llm_log(const struct joust_host *host, int32_t level, const char *format, ...) {
  char line[MESSAGE_SIZE];
  va_list args;
  va_start(args, format);
  vsnprintf(line, sizeof line, format, args);
  va_end(args);
  if (host->log) host->log(host, level, line);
}
