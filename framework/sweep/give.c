#include "sweep/crew.h"

#define PATIENCE 1.0 /* seconds until another worker is tried after one could not be started */

/* Puts a run back that could not be started: the system has no more processes or descriptors for now. As long as there
 * are other workers, the sweep goes on with them. */
static int put_back(struct joust_crew *crew, size_t run) {
  if (crew->pool.n == 0) return crew->error->code;
  joust_journal_note(&crew->journal, "%s; going on with fewer workers", crew->error->message);
  joust_order_over(&crew->order, run);
  joust_order_again(&crew->order, run);
  crew->full_until = crew->now + PATIENCE;
  return 0;
}

/* Forks a worker for the run and gives it to it. */
static int start_run(struct joust_crew *crew, size_t run) {
  struct joust_worker_process *worker;
  struct joust_entry entry = {0};
  struct joust_history stored = {0};
  bool go_on = crew->marks[run] & JOUST_GO_ON;
  int code = go_on ? joust_ledger_resume(&crew->ledger, run, &entry, &stored, crew->error) : 0;
  if (code) return code;
  code =
      joust_pool_fork(&crew->pool, joust_order_network(crew->plan, run), go_on ? &stored : NULL, &worker, crew->error);
  joust_history_free(&stored);
  if (code) {
    joust_entry_free(&entry);
    return put_back(crew, run);
  }
  worker->entry = entry;
  joust_pool_give(worker, run, crew->now);
  return 0;
}

/* Gives the worker its next run if it may have it; else it goes, and another one is started for that. */
static int give_next(struct joust_crew *crew, struct joust_worker_process *worker) {
  size_t run = joust_order_next(&crew->order, worker->network, worker->last, crew->now);
  const struct joust_planned_run *runs = crew->plan->runs;
  if (run == JOUST_NO_RUN) {
    joust_pool_dismiss(worker, crew->now);
    return 0;
  }
  if (!(crew->marks[run] & (JOUST_GO_ON | JOUST_ALONE)) && runs[run].optimiser == runs[worker->last].optimiser) {
    joust_pool_give(worker, run, crew->now);
    return 0;
  }
  joust_pool_dismiss(worker, crew->now);
  return start_run(crew, run);
}

int joust_crew_give(struct joust_crew *crew) {
  uint32_t busy[2] = {0, 0};
  int code = 0;
  for (size_t i = 0, n = crew->pool.n; i < n && !code; i++) { /* those that are started meanwhile come behind */
    struct joust_worker_process *worker = crew->pool.workers[i];
    if (worker->run != JOUST_NO_RUN) continue;
    if (worker->asked)
      joust_pool_dismiss(worker, crew->now);
    else
      code = give_next(crew, worker);
  }
  for (size_t i = 0; i < crew->pool.n; i++) {
    const struct joust_worker_process *worker = crew->pool.workers[i];
    busy[worker->network] += worker->run != JOUST_NO_RUN;
  }
  for (int network = 0; network < 2; network++) {
    while (!code && crew->now >= crew->full_until && busy[network] < crew->most[network] && crew->order.left[network]) {
      size_t run = joust_order_next(&crew->order, network, JOUST_NO_RUN, crew->now);
      if (run == JOUST_NO_RUN) break; /* those that are left wait for others to end */
      code = start_run(crew, run);
      busy[network]++;
    }
  }
  return code;
}
