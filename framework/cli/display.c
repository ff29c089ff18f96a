#include "cli/display.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "cli/cli.h"

#define MOST_FAILURES 20  /* shown as they come; the log has all */
#define ON_TERMINAL   0.1 /* seconds between two states */
#define ELSEWHERE     10.0

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

void joust_display_start(struct joust_display *display) {
  display->start = display->last = now();
  display->ranks = joust_alloc(display->plan->n_optimisers, sizeof *display->ranks);
}

static void add_duration(struct joust_text *out, double seconds) {
  char time[JOUST_DURATION_SIZE];
  joust_text_add(out, joust_cli_duration(time, seconds));
}

/* A line of a terminal is short: `brief` leaves out what goes without saying. */
static void add_counts(struct joust_text *out, const struct joust_display *display, const struct joust_tally *tally,
                       bool brief) {
  size_t done = tally->complete + tally->failed + tally->kept + tally->kept_failed;
  size_t failed = tally->failed + tally->kept_failed;
  double elapsed = now() - display->start;
  joust_text_addf(out, brief ? "%zu/%zu runs" : "%zu of %zu runs done", done, tally->total);
  if (failed || !brief) joust_text_addf(out, ", %zu failed", failed);
  if (!brief) joust_text_addf(out, ", %zu under way", tally->under_way);
  if (tally->trials) joust_text_addf(out, "; %.0f trials/s", (double)tally->trials / elapsed);
  if (isfinite(tally->seconds_left) && done < tally->total) {
    joust_text_add(out, ", ");
    add_duration(out, tally->seconds_left);
    joust_text_add(out, " left");
  }
}

/* The optimisers with their mean ranks, the best first. */
static void add_ranks(struct joust_text *out, struct joust_display *display, const struct joust_tally *tally,
                      bool brief) {
  uint32_t n = display->plan->n_optimisers;
  uint32_t problems = tally->standing && n > 1 ? joust_standing_ranks(tally->standing, display->ranks) : 0;
  if (!problems) return;
  if (brief)
    joust_text_add(out, "; rank:");
  else
    joust_text_addf(out, "; mean rank over %u problem%s:", problems, problems == 1 ? "" : "s");
  for (uint32_t shown = 0; shown < n; shown++) {
    uint32_t best = 0;
    for (uint32_t i = 1; i < n; i++)
      if (display->ranks[i] < display->ranks[best]) best = i;
    joust_text_addf(out, "%s %s %.2f", shown ? "," : "", display->plan->optimisers[best].label, display->ranks[best]);
    display->ranks[best] = INFINITY;
  }
}

/* Columns of the terminal, 80 where it does not say. */
static size_t terminal_width(void) {
  struct winsize size;
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col : 80;
}

/* Cuts the text to that many characters of UTF-8. */
static void cut(struct joust_text *text, size_t width) {
  size_t n = 0;
  for (size_t i = 0; i < text->length; i++) {
    n += (text->bytes[i] & 0xc0) != 0x80;
    if (n <= width) continue;
    text->bytes[text->length = i] = 0;
    return;
  }
}

static void print_state(struct joust_display *display, const struct joust_tally *tally) {
  struct joust_text line = {0};
  add_counts(&line, display, tally, display->terminal);
  add_ranks(&line, display, tally, display->terminal);
  if (display->terminal) cut(&line, terminal_width() - 1);
  fprintf(stderr, display->terminal ? "\r%s\033[K" : "%s\n", joust_text_string(&line));
  fflush(stderr);
  joust_text_free(&line);
}

/* On SIGUSR1: more than a line. */
static void print_answer(struct joust_display *display, const struct joust_tally *tally) {
  struct joust_text text = {0};
  add_counts(&text, display, tally, false);
  add_ranks(&text, display, tally, false);
  joust_text_addf(&text, "\n%zu complete and %zu failed in this session, %zu were there already; running for ",
                  tally->complete, tally->failed, tally->kept + tally->kept_failed);
  add_duration(&text, now() - display->start);
  joust_text_addf(&text, "; store: %s", display->store);
  if (display->log) joust_text_addf(&text, ", log: %s", display->log);
  fprintf(stderr, "%s%s\n", display->terminal ? "\r\033[K" : "", joust_text_string(&text));
  joust_text_free(&text);
}

static void print_failure(const struct joust_display *display, const struct joust_tally *tally,
                          const struct joust_planned_run *run, const char *reason) {
  const char *clear = display->terminal ? "\r\033[K" : "";
  if (tally->failed > MOST_FAILURES) return;
  fprintf(stderr, "%sfailed: %s, replicate %u: %s\n", clear, display->plan->problems[run->problem].problem.label,
          run->replicate, reason);
  if (tally->failed == MOST_FAILURES && display->log)
    fprintf(stderr, "%sfurther failures are in %s\n", clear, display->log);
}

void joust_display_progress(void *context, const struct joust_tally *tally, const struct joust_planned_run *run,
                            const char *failure) {
  struct joust_display *display = context;
  if (failure) print_failure(display, tally, run, failure);
  if (*display->wanted) {
    *display->wanted = 0;
    print_answer(display, tally);
  }
  if (*display->stop && !display->told_stop && !display->quiet) {
    display->told_stop = true;
    fprintf(stderr, "%sstopping after the trials that are under way; once more: at once\n",
            display->terminal ? "\r\033[K" : "");
  }
  double time = now();
  if (display->quiet || time - display->last < (display->terminal ? ON_TERMINAL : ELSEWHERE)) return;
  display->last = time;
  print_state(display, tally);
}

void joust_display_end(struct joust_display *display, const struct joust_tally *tally) {
  struct joust_text text = {0};
  if (tally->kept_failed)
    joust_text_addf(&text, "%zu runs that failed earlier were left as they are: --retry-failed runs them again\n",
                    tally->kept_failed);
  if (tally->empty)
    joust_text_addf(&text,
                    "%zu of the complete runs have no trial: their optimiser was done before it proposed a point\n",
                    tally->empty);
  bool begun = tally->complete + tally->failed + tally->kept + tally->kept_failed + tally->trials > 0;
  if (!display->quiet && (begun || !tally->total)) { /* else an error says why nothing was done */
    joust_text_addf(&text, "%zu runs complete, %zu failed, %zu there already; %llu trials in ", tally->complete,
                    tally->failed, tally->kept + tally->kept_failed, (unsigned long long)tally->trials);
    add_duration(&text, now() - display->start);
    joust_text_addf(&text, "; store: %s", display->store);
    if (display->log) joust_text_addf(&text, ", log: %s", display->log);
    joust_text_add(&text, "\n");
  }
  fprintf(stderr, "%s%s", display->terminal && !display->quiet ? "\r\033[K" : "", joust_text_string(&text));
  joust_text_free(&text);
  free(display->ranks);
  display->ranks = NULL;
}
