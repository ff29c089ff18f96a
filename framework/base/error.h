/* Errors: a code and one message that a user can act on (what, where, what was expected).
 *
 * Functions that can fail return 0 or a negative code and take a `struct joust_error *` as their last parameter; the
 * caller owns it, often on its stack. A function that passes a failure on may put its own context before the message
 * with joust_error_prefix. Running out of memory is not among the errors: see memory.h. */
#ifndef JOUST_BASE_ERROR_H
#define JOUST_BASE_ERROR_H

#include <stdarg.h>

enum joust_code {
  JOUST_BAD_INPUT = -101,   /* an argument, a file or a reply is not what it should be; exit code 2 */
  JOUST_MISSING = -102,     /* a plugin, a dependency or data is not there; exit code 3 */
  JOUST_SYSTEM = -103,      /* the operating system refused: disk full, no permission; exit code 3 */
  JOUST_RUN_FAILED = -104,  /* a plugin failed or broke the contract; exit code 1 */
  JOUST_INTERRUPTED = -105, /* a signal asked to stop; exit code 130 */
};

struct joust_error {
  int code; /* 0: no error */
  char message[2000];
};

#define JOUST_PRINTF(text, first) __attribute__((format(printf, text, first)))

/* Sets code and message (cut at the size of the buffer) and returns the code. */
int joust_fail(struct joust_error *error, int code, const char *format, ...) JOUST_PRINTF(3, 4);
int joust_fail_v(struct joust_error *error, int code, const char *format, va_list args);

/* The same with ": " and the text of the current errno behind it. */
int joust_fail_errno(struct joust_error *error, int code, const char *format, ...) JOUST_PRINTF(3, 4);

/* Puts text before the message; returns the code that is there already. */
int joust_error_prefix(struct joust_error *error, const char *format, ...) JOUST_PRINTF(2, 3);

/* Process exit code of an error code: 0, 1, 2, 3 or 130 as above. */
int joust_exit_code(int code);

#endif
