#include "sweep/journal.h"

#include <stdarg.h>
#include <string.h>
#include <time.h>

int joust_journal_open(struct joust_journal *journal, const char *path, const struct joust_plan *plan,
                       struct joust_error *error) {
  *journal = (struct joust_journal){.plan = plan};
  if (!path) return 0;
  journal->file = fopen(path, "ae");
  if (!journal->file) return joust_fail_errno(error, JOUST_SYSTEM, "%s: cannot write the log", path);
  setvbuf(journal->file, NULL, _IOLBF, 0);
  return 0;
}

void joust_journal_close(struct joust_journal *journal) {
  if (journal->file) fclose(journal->file);
  memset(journal, 0, sizeof *journal);
}

static void stamp(struct joust_journal *journal) {
  FILE *file = journal->file;
  char text[32] = "";
  if (journal->mid_line) fputc('\n', file);
  journal->mid_line = false;
  time_t now = time(NULL);
  struct tm utc;
  if (gmtime_r(&now, &utc)) strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  fprintf(file, "%s ", text);
}

void joust_journal_note(struct joust_journal *journal, const char *format, ...) {
  va_list args;
  if (!journal->file) return;
  va_start(args, format);
  stamp(journal);
  vfprintf(journal->file, format, args);
  fputc('\n', journal->file);
  va_end(args);
}

void joust_journal_failure(struct joust_journal *journal, size_t run, const char *reason, const char *log) {
  const struct joust_planned_run *planned = &journal->plan->runs[run];
  if (!journal->file) return;
  joust_journal_note(journal, "failed: %s, replicate %u: %s", journal->plan->problems[planned->problem].problem.label,
                     planned->replicate, reason);
  while (*log) {
    int length = (int)strcspn(log, "\n");
    fprintf(journal->file, "    %.*s\n", length, log);
    log += length + (log[length] != 0);
  }
}

/* "random on nk/n16-k2, replicate 3" */
static void add_name(const struct joust_plan *plan, size_t run, struct joust_text *out) {
  const struct joust_planned_run *planned = &plan->runs[run];
  joust_text_addf(out, "%s on %s, replicate %u", plan->optimisers[planned->optimiser].label,
                  plan->problems[planned->problem].problem.label, planned->replicate);
}

static void print_harmless(FILE *file, const char *bytes, size_t n) {
  for (size_t i = 0; i < n; i++) {
    unsigned char c = (unsigned char)bytes[i];
    putc((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f ? '?' : c, file);
  }
}

void joust_journal_output(struct joust_journal *journal, size_t run, const char *bytes, size_t n, size_t *printed) {
  FILE *const files[] = {journal->file, journal->echo ? stderr : NULL};
  struct joust_text name = {0};
  size_t before = *printed, room = before < JOUST_MOST_OUTPUT ? JOUST_MOST_OUTPUT - before : 0;
  *printed += n;
  if (!room || !n) return;
  add_name(journal->plan, run, &name);
  if (!before) joust_journal_note(journal, "output: %s:", joust_text_string(&name));
  for (int i = 0; i < 2; i++) {
    if (!files[i]) continue;
    print_harmless(files[i], bytes, n < room ? n : room);
    if (n >= room) fprintf(files[i], "\n(%s: what else it prints is left out)\n", joust_text_string(&name));
  }
  journal->mid_line = n < room && bytes[n - 1] != '\n';
  if (journal->file) fflush(journal->file); /* half a line must not wait in memory where workers are forked from */
  joust_text_free(&name);
}
