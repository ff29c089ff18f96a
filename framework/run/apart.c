#include "run/apart.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/process.h"

enum { DONE_NORMALLY = 0x5a };

struct answer { /* of one process, in shared memory; the metrics lie behind all answers */
  joust_status status;
  uint8_t outcome;
  double seconds;
  char error[1000];
  struct joust_log log;
};

struct batch {
  struct answer *answers; /* n */
  double *metrics;        /* n x n_metrics */
  pid_t *children;        /* n; 0: has ended, or never began */
  size_t bytes;
};

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* In the child. Its log goes to its answer, so that lines of several children do not mix. */
_Noreturn static void evaluate_one(struct joust_instance *evaluator, const struct joust_evaluation *call, uint32_t i,
                                   uint32_t n_parameters, uint32_t n_metrics, const struct batch *batch, pid_t parent) {
  struct answer *answer = &batch->answers[i];
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  free(batch->children); /* they are the parent's */
  /* whoever watches the parent for crashes is not to take one of the child for it */
  joust_process_on_crash(&(struct sigaction){.sa_handler = SIG_DFL});
  if (evaluator->services.owns_log) free(evaluator->services.log);
  evaluator->services.owns_log = false;
  evaluator->services.log = &answer->log;
  evaluator->services.error[0] = 0;
  struct joust_evaluation one = {.struct_size = sizeof one,
                                 .n = 1,
                                 .seed = call->seed + i,
                                 .x = call->x + (size_t)i * n_parameters,
                                 .metrics = batch->metrics + (size_t)i * n_metrics,
                                 .outcome = &answer->outcome};
  memcpy(one.metrics, call->metrics + (size_t)i * n_metrics, n_metrics * sizeof *one.metrics);
  double start = now();
  answer->status = evaluator->type->evaluate(evaluator->self, &one);
  answer->seconds = now() - start;
  memcpy(answer->error, evaluator->services.error, sizeof answer->error);
  fflush(NULL);
  _exit(DONE_NORMALLY);
}

static void pass_stop_on(const struct joust_instance *evaluator, const struct batch *batch, uint32_t n) {
  if (!evaluator->services.stop || !*evaluator->services.stop) return;
  for (uint32_t i = 0; i < n; i++)
    if (batch->children[i] > 0) kill(batch->children[i], SIGTERM);
}

/* Waits for child i; NULL, or how it died. */
static char *wait_for(const struct joust_instance *evaluator, const struct batch *batch, uint32_t i, uint32_t n) {
  int status = 0;
  while (waitpid(batch->children[i], &status, 0) < 0 && errno == EINTR) pass_stop_on(evaluator, batch, n);
  batch->children[i] = 0;
  if (WIFEXITED(status) && WEXITSTATUS(status) == DONE_NORMALLY) return NULL;
  if (WIFSIGNALED(status))
    return joust_format("crashed: signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
  return joust_format("ended the process: exit(%d)", WEXITSTATUS(status));
}

static joust_status take_answer(struct joust_instance *evaluator, struct joust_evaluation *call, uint32_t i,
                                uint32_t n_metrics, const struct batch *batch, double *seconds, char **messages) {
  const struct answer *answer = &batch->answers[i];
  memcpy(call->metrics + (size_t)i * n_metrics, batch->metrics + (size_t)i * n_metrics,
         n_metrics * sizeof *call->metrics);
  call->outcome[i] = answer->outcome;
  seconds[i] = answer->seconds;
  if (*answer->error) messages[i] = joust_copy(answer->error);
  joust_services_log_append(&evaluator->services, &answer->log);
  if (answer->status < 0) memcpy(evaluator->services.error, answer->error, sizeof answer->error);
  return answer->status;
}

static joust_status evaluate_all(struct joust_instance *evaluator, struct joust_evaluation *call, uint32_t n_parameters,
                                 uint32_t n_metrics, const struct batch *batch, double *seconds, char **messages) {
  const struct joust_host *host = &evaluator->services.host;
  joust_status status = JOUST_OK;
  pid_t self = getpid();
  uint32_t started = 0;
  for (; started < call->n; started++) {
    batch->answers[started].outcome = call->outcome[started];
    batch->children[started] = fork();
    if (batch->children[started] == 0) evaluate_one(evaluator, call, started, n_parameters, n_metrics, batch, self);
    if (batch->children[started] < 0) break;
  }
  for (uint32_t i = 0; i < started; i++) { /* in the order of the points: the first trouble is the run's, always */
    char *death = wait_for(evaluator, batch, i, started);
    joust_status one = death ? JOUST_EINTERNAL : JOUST_OK;
    if (status >= 0 && !death) one = take_answer(evaluator, call, i, n_metrics, batch, seconds, messages);
    if (status >= 0 && death) host->set_error(host, death);
    if (status >= 0) status = one;
    free(death);
  }
  if (status >= 0 && started < call->n) {
    host->set_error(host, "cannot fork a process for an evaluation");
    status = JOUST_EIO;
  }
  return status;
}

joust_status joust_evaluate_apart(struct joust_instance *evaluator, struct joust_evaluation *call,
                                  uint32_t n_parameters, uint32_t n_metrics, double *seconds, char **messages) {
  size_t answers = (size_t)call->n * sizeof(struct answer), metrics = (size_t)call->n * n_metrics * sizeof(double);
  struct batch batch = {.bytes = answers + metrics};
  batch.answers = mmap(NULL, batch.bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (batch.answers == MAP_FAILED) {
    evaluator->services.host.set_error(&evaluator->services.host, "no memory to share with evaluations");
    return JOUST_ENOMEM;
  }
  batch.metrics = (double *)((char *)batch.answers + answers);
  batch.children = joust_alloc(call->n, sizeof *batch.children);
  fflush(NULL); /* or each child would print it once more */
  joust_status status = evaluate_all(evaluator, call, n_parameters, n_metrics, &batch, seconds, messages);
  munmap(batch.answers, batch.bytes);
  free(batch.children);
  return status;
}
