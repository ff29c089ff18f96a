#include "sweep/box.h"

#include <execinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/process.h"

/* A backtrace of a healthy stack takes far less; one of a damaged stack must not keep a dying process alive. */
#define TRACE_SECONDS 5

/* More than any signal frame (AVX-512, AMX) and the unwinder need. */
static char signal_stack[128 * 1024];

static struct joust_box *watched;

struct joust_box *joust_box_make(void) {
  void *memory = mmap(NULL, sizeof(struct joust_box), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? NULL : memory;
}

void joust_box_free(struct joust_box *box) {
  if (box) munmap(box, sizeof *box);
}

/* The action is reset before we are called, so whatever goes wrong in here kills as the signal would have. */
static void on_fatal(int number) {
  if (!watched->signal) {
    watched->signal = number;
    alarm(TRACE_SECONDS);
    watched->depth = backtrace(watched->frames, JOUST_BOX_FRAMES);
  }
  raise(number);
}

void joust_box_watch(struct joust_box *box) {
  stack_t stack = {.ss_sp = signal_stack, .ss_size = sizeof signal_stack};
  struct sigaction action = {.sa_handler = on_fatal, .sa_flags = (int)(SA_ONSTACK | SA_RESETHAND | SA_NODEFER)};
  watched = box;
  signal(SIGALRM, SIG_DFL);
  sigaltstack(&stack, NULL);
  joust_process_on_crash(&action);
}

void joust_box_clear(struct joust_box *box) {
  box->place.call = NULL;
  box->place.trial = 0;
  box->log.n = 0;
  box->signal = 0;
  box->depth = 0;
}

void joust_box_prepare(void) {
  void *frame;
  backtrace(&frame, 1);
}

/* "/path/plugin.so(function+0x12) [0x7f...]" without the address, which differs from run to run, and the path. Is it
 * the program itself? */
static bool add_frame(const char *symbol, struct joust_text *out) {
  size_t length = strcspn(symbol, " ");
  const char *start = memrchr(symbol, '/', strcspn(symbol, "("));
  start = start ? start + 1 : symbol;
  joust_text_addf(out, "  %.*s\n", (int)(symbol + length - start), start);
  return strncmp(start, "joust(", 6) == 0;
}

void joust_box_backtrace(const struct joust_box *box, struct joust_text *out) {
  enum {
    OURS = 2,
    ENOUGH = 4
  }; /* the handler and what the kernel returns to from it; frames of the program in a row */
  int depth = box->depth < JOUST_BOX_FRAMES ? box->depth : JOUST_BOX_FRAMES, own = 0, same = 1;
  if (!box->signal || depth <= OURS) return;
  char **symbols = backtrace_symbols(box->frames, depth);
  if (!symbols) return;
  joust_text_add(out, "backtrace:\n");
  for (int i = OURS; i < depth && own < ENOUGH; i += same) {
    own = add_frame(symbols[i], out) ? own + 1 : 0;
    for (same = 1; i + same < depth && box->frames[i + same] == box->frames[i];) same++;
    if (same > 1) joust_text_addf(out, "    the same %d times\n", same);
  }
  free(symbols);
}
