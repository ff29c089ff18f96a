#include "base/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int joust_fail_v(struct joust_error *error, int code, const char *format, va_list args) {
  error->code = code;
  vsnprintf(error->message, sizeof error->message, format, args);
  return code;
}

int joust_fail(struct joust_error *error, int code, const char *format, ...) {
  va_list args;
  va_start(args, format);
  joust_fail_v(error, code, format, args);
  va_end(args);
  return code;
}

int joust_fail_errno(struct joust_error *error, int code, const char *format, ...) {
  const char *reason = strerror(errno);
  va_list args;
  va_start(args, format);
  joust_fail_v(error, code, format, args);
  va_end(args);
  size_t length = strlen(error->message);
  snprintf(error->message + length, sizeof error->message - length, ": %s", reason);
  return code;
}

int joust_error_prefix(struct joust_error *error, const char *format, ...) {
  char old[sizeof error->message];
  memcpy(old, error->message, sizeof old);
  va_list args;
  va_start(args, format);
  vsnprintf(error->message, sizeof error->message, format, args);
  va_end(args);
  size_t length = strlen(error->message);
  snprintf(error->message + length, sizeof error->message - length, "%s", old);
  return error->code;
}

int joust_exit_code(int code) {
  switch (code) {
  case 0: return 0;
  case JOUST_RUN_FAILED: return 1;
  case JOUST_BAD_INPUT: return 2;
  case JOUST_INTERRUPTED: return 130;
  default: return 3;
  }
}
