#include "sweep/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "sweep/children.h"
#include "sweep/worker.h"

#define TAIL_BYTES 2000 /* of a run's output that are kept with its failure */
#define READ_BYTES 65536

void joust_pool_open(struct joust_pool *pool) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  pool->others = joust_children_find();
}

/* ---- forking ----------------------------------------------------------------------------------------------------- */

static void close_all(int *descriptors, int n) {
  for (int i = 0; i < n; i++)
    if (descriptors[i] >= 0) close(descriptors[i]);
}

static void let_go(struct joust_worker_process *worker) {
  int descriptors[] = {worker->descriptor, worker->socket, worker->output};
  close_all(descriptors, 3);
  worker->descriptor = worker->socket = worker->output = -1;
}

/* In the forked process: nothing of the parent's must stay open but what the worker needs. */
_Noreturn static void become(struct joust_pool *pool, const struct joust_worker_job *job) {
  for (size_t i = 0; i < pool->n; i++) let_go(pool->workers[i]);
  close_all(&pool->log, 1);
  joust_store_abandon(pool->store);
  joust_worker(job);
}

/* A worker that is asked to stop (SIGTERM) before it can listen hears of it when it does: see become_worker. */
static pid_t fork_to_be_stopped(void) {
  sigset_t asked, before;
  sigemptyset(&asked);
  sigaddset(&asked, SIGTERM);
  sigprocmask(SIG_BLOCK, &asked, &before);
  pid_t process = fork();
  int failed = errno;
  if (process != 0) sigprocmask(SIG_SETMASK, &before, NULL);
  errno = failed;
  return process;
}

static int fork_worker(struct joust_pool *pool, struct joust_worker_process *worker, struct joust_worker_job *job,
                       struct joust_error *error) {
  int pair[2] = {-1, -1}, pipe_ends[2] = {-1, -1};
  worker->box = joust_box_make();
  if (!worker->box || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) || pipe2(pipe_ends, O_CLOEXEC)) {
    joust_fail_errno(error, JOUST_SYSTEM, "cannot start a worker");
    close_all(pair, 2);
    return error->code;
  }
  job->box = worker->box;
  job->socket = pair[1];
  job->output = pipe_ends[1];
  job->parent = getpid();
  worker->pid = fork_to_be_stopped();
  if (worker->pid == 0) {
    close(pair[0]);
    close(pipe_ends[0]);
    become(pool, job);
  }
  int failed = errno;
  close(pair[1]);
  close(pipe_ends[1]);
  worker->socket = pair[0];
  worker->output = pipe_ends[0];
  if (worker->pid < 0) {
    errno = failed;
    return joust_fail_errno(error, JOUST_SYSTEM, "cannot start a worker");
  }
  setpgid(worker->pid, worker->pid); /* both do it, so that it is done whoever comes first */
  fcntl(worker->socket, F_SETFL, O_NONBLOCK);
  fcntl(worker->output, F_SETFL, O_NONBLOCK);
  worker->descriptor = pidfd_open(worker->pid, 0);
  if (worker->descriptor >= 0 || errno == ENOSYS || errno == EPERM) return 0; /* see joust_pool_has_died */
  return joust_fail_errno(error, JOUST_SYSTEM, "cannot watch a worker");
}

static void free_worker(struct joust_worker_process *worker) {
  let_go(worker);
  joust_box_free(worker->box);
  joust_text_free(&worker->in);
  joust_text_free(&worker->tail);
  joust_entry_free(&worker->entry);
  free(worker);
}

int joust_pool_fork(struct joust_pool *pool, bool network, const struct joust_history *stored,
                    struct joust_worker_process **started, struct joust_error *error) {
  struct joust_worker_process *worker = joust_alloc(1, sizeof *worker);
  struct joust_worker_job job = {.plan = pool->plan, .stored = stored, .log_level = pool->log_level};
  *worker = (struct joust_worker_process){.descriptor = -1,
                                          .socket = -1,
                                          .output = -1,
                                          .network = network,
                                          .fresh = true,
                                          .run = JOUST_NO_RUN,
                                          .last = JOUST_NO_RUN,
                                          .kill_at = INFINITY};
  pool->workers = joust_resize(pool->workers, pool->n + 1, sizeof(struct joust_worker_process *));
  pool->workers[pool->n++] = worker; /* before the fork: so the new process knows its own as well */
  int code = fork_worker(pool, worker, &job, error);
  if (code) {
    pool->n--;
    if (worker->pid > 0) kill(worker->pid, SIGKILL);
    if (worker->pid > 0) waitpid(worker->pid, NULL, 0);
    free_worker(worker);
    return code;
  }
  *started = worker;
  return 0;
}

/* ---- talking ----------------------------------------------------------------------------------------------------- */

void joust_pool_give(struct joust_worker_process *worker, size_t run, double now) {
  uint64_t number = run;
  joust_box_clear(worker->box);
  joust_text_clear(&worker->tail);
  worker->printed = 0;
  worker->run = run;
  joust_watch_start(&worker->watch, worker->pid, now);
  send(worker->socket, &number, sizeof number, MSG_NOSIGNAL);
}

void joust_pool_idle(struct joust_worker_process *worker) {
  worker->last = worker->run;
  worker->run = JOUST_NO_RUN;
  worker->fresh = false;
  joust_entry_free(&worker->entry);
}

void joust_pool_dismiss(struct joust_worker_process *worker, double now) {
  if (worker->socket < 0) return;
  close(worker->socket);
  worker->socket = -1;
  worker->asked = true;
  worker->kill_at = now + 1;
}

void joust_pool_ask_to_stop(struct joust_worker_process *worker, double grace, double now) {
  worker->asked = true;
  if (now + grace < worker->kill_at) worker->kill_at = now + grace;
  kill(worker->pid, SIGTERM);
}

void joust_pool_kill(struct joust_worker_process *worker) {
  worker->asked = true;
  worker->kill_at = INFINITY;
  kill(worker->pid, SIGKILL);
  kill(-worker->pid, SIGKILL);
}

/* 0: nothing there; -1: the other end is closed. */
static ssize_t read_some(int descriptor, char *bytes, size_t size) {
  ssize_t n;
  if (descriptor < 0) return 0;
  do n = read(descriptor, bytes, size);
  while (n < 0 && errno == EINTR);
  return n > 0 ? n : n < 0 && errno == EAGAIN ? 0 : -1;
}

bool joust_pool_read(struct joust_worker_process *worker) {
  char bytes[READ_BYTES];
  ssize_t n = read_some(worker->socket, bytes, sizeof bytes);
  if (n > 0) joust_text_add_n(&worker->in, bytes, (size_t)n);
  if (n < 0) worker->mute = true;
  return n > 0;
}

size_t joust_pool_read_output(struct joust_worker_process *worker, char *bytes, size_t size) {
  struct joust_text *tail = &worker->tail;
  ssize_t n = read_some(worker->output, bytes, size);
  if (n < 0) {
    close(worker->output);
    worker->output = -1;
  }
  if (n <= 0) return 0;
  joust_text_add_n(tail, bytes, (size_t)n);
  if (tail->length > 2 * TAIL_BYTES) {
    memmove(tail->bytes, tail->bytes + tail->length - TAIL_BYTES, TAIL_BYTES + 1);
    tail->length = TAIL_BYTES;
  }
  return (size_t)n;
}

/* ---- burying ----------------------------------------------------------------------------------------------------- */

static bool is_worker(const struct joust_pool *pool, pid_t process) {
  for (size_t i = 0; i < pool->n; i++)
    if (pool->workers[i]->pid == process) return true;
  return false;
}

/* Whoever is our child, was not before, and is no worker, descends from a worker that is dead. */
static void kill_orphans(const struct joust_pool *pool) {
  struct joust_children *children = joust_children_find();
  for (size_t i = 0; i < children->n; i++) {
    pid_t process = children->pids[i];
    if (is_worker(pool, process) || joust_children_has(pool->others, process)) continue;
    kill(process, SIGKILL);
    while (waitpid(process, NULL, 0) < 0 && errno == EINTR) continue;
  }
  free(children);
}

bool joust_pool_has_died(const struct joust_worker_process *worker) {
  siginfo_t info = {0};
  return waitid(P_PID, (id_t)worker->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == worker->pid;
}

int joust_pool_reap(struct joust_pool *pool, struct joust_worker_process *worker) {
  int status = 0;
  kill(-worker->pid, SIGKILL); /* before its number may be given to another */
  while (waitpid(worker->pid, &status, 0) < 0 && errno == EINTR) continue;
  kill_orphans(pool);
  return status;
}

void joust_pool_drop(struct joust_pool *pool, struct joust_worker_process *worker) {
  size_t i = 0;
  while (pool->workers[i] != worker) i++;
  pool->workers[i] = pool->workers[--pool->n];
  free_worker(worker);
}

void joust_pool_explain(const struct joust_worker_process *worker, int status, struct joust_text *out) {
  const struct joust_place *place = &worker->box->place;
  const char *call = place->call;
  int number = worker->box->signal ? worker->box->signal : WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  char where[80] = "";
  if (call && place->trial)
    snprintf(where, sizeof where, " in %s, trial %u", call, place->trial);
  else if (call)
    snprintf(where, sizeof where, " in %s", call);
  if (worker->watch.exceeded && !worker->box->signal)
    joust_text_addf(out, "%s%s", worker->watch.why, where);
  else if (number && worker->box->signal)
    joust_text_addf(out, "crashed%s: signal %d (%s)", where, number, strsignal(number));
  else if (number)
    joust_text_addf(out, "its process was killed%s: signal %d (%s)%s", where, number, strsignal(number),
                    number == SIGKILL ? ", perhaps because memory ran out" : "");
  else if (WEXITSTATUS(status) == JOUST_WORKER_LOST)
    joust_text_add(out, "closed file descriptors that are not its own: the worker cannot reach its parent any more");
  else
    joust_text_addf(out, "ended the process%s: exit(%d)", where, WEXITSTATUS(status));
}

void joust_pool_close(struct joust_pool *pool) {
  for (size_t i = 0; i < pool->n; i++) joust_pool_dismiss(pool->workers[i], 0);
  for (int waited = 0; pool->n; waited++) {
    struct joust_worker_process *worker = pool->workers[pool->n - 1];
    struct pollfd death = {.fd = worker->descriptor, .events = POLLIN};
    char ignored[4096];
    joust_pool_read_output(worker, ignored, sizeof ignored); /* a full pipe would keep it alive */
    if (waited > 100) joust_pool_kill(worker);
    if (poll(&death, 1, 10) <= 0 && !joust_pool_has_died(worker)) continue;
    joust_pool_reap(pool, worker);
    joust_pool_drop(pool, worker);
  }
  prctl(PR_SET_CHILD_SUBREAPER, 0);
  free(pool->others);
  free(pool->workers);
  pool->others = NULL;
  pool->workers = NULL;
}
