/* The process: gnuplot on a script, in the folder of the figures, with all it says kept. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "report/figure_parts.h"

enum { NOT_FOUND = 127 }; /* exit code of a child that could not become gnuplot */

/* Settings of the user (~/.gnuplot, GNUTERM, the locale) must not change a figure. */
static _Noreturn void become_gnuplot(const char *folder, const char *script, int output) {
  static char *const unwanted[] = {"GNUTERM", "GNUPLOT_LIB", "LANGUAGE"};
  if (dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0 || chdir(folder)) _exit(NOT_FOUND - 1);
  for (size_t i = 0; i < sizeof unwanted / sizeof *unwanted; i++) unsetenv(unwanted[i]);
  setenv("LC_ALL", "C.UTF-8", 1);
  execlp("gnuplot", "gnuplot", "--default-settings", script, (char *)NULL);
  _exit(errno == ENOENT || errno == EACCES ? NOT_FOUND : NOT_FOUND - 1);
}

/* All that the child says, to its end. */
static void listen_to(struct joust_text *said, int input) {
  char bytes[4096];
  ssize_t n;
  while ((n = read(input, bytes, sizeof bytes)) > 0 || (n < 0 && errno == EINTR))
    if (n > 0 && said->length < 100000) joust_text_add_n(said, bytes, (size_t)n);
}

/* The first line of it that is not empty, for a message of one line. */
static const char *first_line(struct joust_text *said) {
  static char nothing[] = "";
  char *line = said->bytes ? said->bytes + strspn(said->bytes, " \t\r\n") : nothing;
  line[strcspn(line, "\r\n")] = 0;
  return line;
}

static int judge(int status, struct joust_text *said, struct joust_error *error) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return 0;
  if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND)
    return joust_fail(error, JOUST_MISSING,
                      "gnuplot is needed to draw figures and was not found (Debian: apt install gnuplot-nox)");
  if (WIFEXITED(status)) return joust_fail(error, JOUST_SYSTEM, "gnuplot failed: %s", first_line(said));
  return joust_fail(error, JOUST_SYSTEM, "gnuplot was killed by signal %d: %s", WTERMSIG(status), first_line(said));
}

int joust_gnuplot_run(const char *folder, const char *script, struct joust_error *error) {
  int ends[2], status;
  if (pipe(ends)) return joust_fail_errno(error, JOUST_SYSTEM, "cannot start gnuplot");
  pid_t child = fork();
  if (child < 0) {
    close(ends[0]);
    close(ends[1]);
    return joust_fail_errno(error, JOUST_SYSTEM, "cannot start gnuplot");
  }
  if (child == 0) become_gnuplot(folder, script, ends[1]);
  struct joust_text said = {0};
  close(ends[1]);
  listen_to(&said, ends[0]);
  close(ends[0]);
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  int code = judge(status, &said, error);
  joust_text_free(&said);
  return code;
}
