/* Names of processes: this one, one that ended, one of another machine, and what is no name. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <math.h>

#include "base/process.h"

static void this_process_lives(void **state) {
  (void)state;
  long number = 0;
  char *name = joust_process_name();
  assert_int_equal(joust_process_life(name, &number), JOUST_LIFE_ALIVE);
  assert_int_equal(number, getpid());
  assert_true(joust_process_age(name) >= 0 && joust_process_age(name) < 1000);
  free(name);
}

static void one_that_ended_does_not(void **state) {
  (void)state;
  char name[200] = "";
  int ends[2];
  assert_int_equal(pipe(ends), 0);
  pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    char *own = joust_process_name();
    if (write(ends[1], own, strlen(own)) < 0) _exit(1);
    pause();
    _exit(0);
  }
  assert_true(read(ends[0], name, sizeof name - 1) > 0);
  assert_int_equal(joust_process_life(name, NULL), JOUST_LIFE_ALIVE);
  kill(child, SIGKILL);
  siginfo_t info;
  assert_int_equal(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0);
  assert_int_equal(joust_process_life(name, NULL), JOUST_LIFE_OVER); /* though nobody has waited for it yet */
  assert_int_equal(waitpid(child, NULL, 0), child);
  assert_int_equal(joust_process_life(name, NULL), JOUST_LIFE_OVER);
  assert_true(isnan(joust_process_age(name)));
  close(ends[0]);
  close(ends[1]);
}

/* The same number, started at another time: the system has given it to another program since. */
static void a_number_given_again(void **state) {
  (void)state;
  char *name = joust_process_name(), *last = strrchr(name, ' ');
  assert_non_null(last);
  last[1] = last[1] == '1' ? '2' : '1';
  assert_int_equal(joust_process_life(name, NULL), JOUST_LIFE_OVER);
  free(name);
}

static void other_machines_and_no_names(void **state) {
  (void)state;
  long number = 5;
  assert_int_equal(joust_process_life("0-1-2 pid:[1] 77 123", &number), JOUST_LIFE_UNKNOWN);
  assert_int_equal(number, 77);
  static const char *const words[] = {"", " ", "x", "a b", "a b c d", "a b 1"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    assert_int_equal(joust_process_life(words[i], &number), JOUST_LIFE_UNKNOWN);
    assert_int_equal(number, 0);
  }
}

int main(void) {
  const struct CMUnitTest base_process[] = {
      cmocka_unit_test(this_process_lives),
      cmocka_unit_test(one_that_ended_does_not),
      cmocka_unit_test(a_number_given_again),
      cmocka_unit_test(other_machines_and_no_names),
  };
  return cmocka_run_group_tests(base_process, NULL, NULL);
}
