/* Worker processes: what one run leaves in the box is not the next one's, and no wish to stop is lost at their start.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "sweep/box.h"
#include "sweep/execute.h"
#include "sweep/journal.h"

static struct joust_error error;

static void a_crash_is_no_later_runs(void **state) {
  (void)state;
  struct joust_text trace = {0};
  struct joust_box *box = joust_box_make();
  joust_box_prepare();
  pid_t child = fork();
  if (child == 0) {
    joust_box_watch(box);
    raise(SIGSEGV);
    _exit(0);
  }
  assert_int_equal(waitpid(child, NULL, 0), child);
  assert_int_equal(box->signal, SIGSEGV);
  joust_box_clear(box);
  assert_int_equal(box->signal, 0);
  joust_box_backtrace(box, &trace);
  assert_int_equal(trace.length, 0);
  joust_text_free(&trace);
  joust_box_free(box);
}

/* Half a line that waits in memory would be written by every process that is forked meanwhile, wherever it then goes.
 */
static void half_a_line_reaches_the_log_at_once(void **state) {
  (void)state;
  static char problem[] = "p", optimiser[] = "o";
  struct joust_planned_problem problems[1] = {{.problem.label = problem}};
  struct joust_planned_optimiser optimisers[1] = {{.label = optimiser}};
  struct joust_planned_run runs[1] = {{.replicate = 1}};
  struct joust_plan plan = {.problems = problems, .optimisers = optimisers, .runs = runs};
  struct joust_journal journal;
  char path[] = "/tmp/joust-workers-XXXXXX", *bytes;
  size_t length, printed = 0;
  int file = mkstemp(path);
  assert_true(file >= 0);
  close(file);
  assert_int_equal(joust_journal_open(&journal, path, &plan, &error), 0);
  joust_journal_output(&journal, 0, "half a line", 11, &printed);
  assert_int_equal(joust_file_read(&bytes, &length, path, &error), 0);
  assert_non_null(strstr(bytes, "half a line"));
  free(bytes);
  joust_journal_close(&journal);
  assert_int_equal(unlink(path), 0);
}

/* ---- stopped while it starts ------------------------------------------------------------------------------------- */

static bool armed;

static void ignore(int number) {
  (void)number;
}

/* In a process that was just forked: it is asked to stop before it can listen. */
static void ask_at_once(void) {
  if (armed) raise(SIGTERM);
}

static void carry_out(struct joust_tally *tally) {
  char path[] = "/tmp/joust-workers-XXXXXX";
  struct joust_sweep sweep;
  struct joust_registry registry;
  struct joust_folders spaces = {0};
  struct joust_plan plan;
  struct joust_store *store;
  int file = mkstemp(path);
  assert_true(file >= 0);
  close(file);
  joust_sweep_init(&sweep);
  sweep.replicates = 1;
  sweep.budget.trials = 5;
  assert_int_equal(joust_specs_parse(&sweep.problems, "nk/n10-k3-c4", &error), 0);
  assert_int_equal(joust_specs_parse(&sweep.optimisers, "random", &error), 0);
  joust_registry_init(&registry, JOUST_TEST_OWN_PLUGINS);
  joust_evaluators_register(&registry);
  joust_folders_add(&spaces, JOUST_TEST_SPACES);
  if (joust_plan_make(&plan, &sweep, &registry, &spaces, &error)) fail_msg("%s", error.message);
  assert_int_equal(joust_store_open(&store, path, JOUST_STORE_WRITE, &error), 0);
  struct joust_execution execution = {.store = store};
  if (joust_sweep_execute(&plan, &execution, tally, &error)) fail_msg("%s", error.message);
  joust_store_close(store);
  joust_plan_free(&plan);
  joust_folders_free(&spaces);
  joust_registry_free(&registry);
  joust_sweep_free(&sweep);
  assert_int_equal(unlink(path), 0);
}

static void a_worker_hears_that_it_is_to_stop(void **state) {
  (void)state;
  struct joust_tally tally;
  signal(SIGTERM, ignore); /* as joust run has a handler of its own, which its workers inherit */
  assert_int_equal(pthread_atfork(NULL, NULL, ask_at_once), 0);
  carry_out(&tally);
  assert_int_equal(tally.complete, 1);
  armed = true;
  carry_out(&tally);
  armed = false;
  assert_int_equal(tally.complete + tally.failed, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_crash_is_no_later_runs),
      cmocka_unit_test(half_a_line_reaches_the_log_at_once),
      cmocka_unit_test(a_worker_hears_that_it_is_to_stop),
  };
  return cmocka_run_group_tests_name("sweep: workers", tests, NULL, NULL);
}
