/* Worker processes: what one run leaves in the box is not the next one's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sweep/box.h"

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

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_crash_is_no_later_runs),
  };
  return cmocka_run_group_tests_name("sweep: workers", tests, NULL, NULL);
}
