/* A writer killed at any moment leaves whole runs only, and all those that it was told are stored. */
#include <signal.h>
#include <sys/wait.h>

#include "base/random.h"
#include "store_fixture.h"

enum { ROUNDS = 25, LENGTH = 120 };

/* Writes runs until it is killed, and says the number of each on the pipe once it is stored. Every fourth run is made
 * in steps. */
static void write_forever(int pipe, unsigned number) {
  struct store_ids ids;
  struct joust_store *store = open_store(JOUST_STORE_WRITE);
  put_ids(store, &ids);
  for (;; number++) {
    if (number % 4) {
      if (put_numbered_run(store, &ids, number, LENGTH)) _exit(1);
    } else {
      char key[65];
      struct trial_data data;
      struct joust_store_run run = make_run(&ids, make_key(key, number), number);
      if (joust_store_begin_run(store, &run, &store_error)) _exit(1);
      for (uint32_t first = 1; first <= LENGTH; first += LENGTH / 4) {
        make_trials(&data, number, first, LENGTH / 4);
        if (joust_store_add_trials(store, run.id, &data.trials, 1.5, &store_error)) _exit(1);
      }
      run.state = JOUST_RUN_COMPLETE;
      run.trials = LENGTH;
      if (joust_store_finish_run(store, &run, &store_error)) _exit(1);
    }
    if (write(pipe, &number, sizeof number) != sizeof number) _exit(1);
  }
}

/* Starts a writer, lets it acknowledge `wanted` runs and a little of the next, kills it. Gives the number after the
 * last one that it acknowledged. */
static unsigned kill_a_writer(unsigned number, unsigned wanted, unsigned spins) {
  int ends[2];
  unsigned done;
  assert_int_equal(pipe(ends), 0);
  pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    close(ends[0]);
    write_forever(ends[1], number);
  }
  close(ends[1]);
  for (unsigned i = 0; i < wanted; i++) assert_int_equal(read(ends[0], &done, sizeof done), sizeof done);
  for (volatile unsigned i = 0; i < spins; i++) {}
  kill(child, SIGKILL);
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFSIGNALED(status));
  while (read(ends[0], &done, sizeof done) == sizeof done) number = done + 1;
  close(ends[0]);
  return number > done + 1 ? number : done + 1;
}

struct count {
  struct joust_store *store;
  struct joust_store_columns columns;
  unsigned complete, started;
};

/* A complete run has all its trials, each as it was made; one that was started has those of whole steps. */
static int check_run(void *context, const struct joust_store_run *run) {
  struct count *count = context;
  struct trial_data data;
  assert_ok(joust_store_read_trials(count->store, run->id, &count->columns, &store_error));
  assert_int_equal(count->columns.n, run->trials);
  make_trials(&data, run->replicate, 1, run->trials);
  if (run->trials) assert_memory_equal(count->columns.metrics, data.metrics, run->trials * 3 * sizeof(double));
  if (run->state == JOUST_RUN_COMPLETE) {
    assert_int_equal(run->trials, LENGTH);
    count->complete++;
  } else {
    assert_int_equal(run->state, JOUST_RUN_STARTED);
    assert_int_equal(run->trials % (LENGTH / 4), 0);
    count->started++;
  }
  return 0;
}

static void only_whole_runs_are_left(void **state) {
  (void)state;
  struct joust_stream stream;
  unsigned number = 1;
  struct count count = {0};
  joust_stream_seed(&stream, 20240609);
  for (int round = 0; round < ROUNDS; round++) {
    unsigned wanted = 1 + (unsigned)(joust_stream_next(&stream) % 12);
    number = kill_a_writer(number, wanted, (unsigned)(joust_stream_next(&stream) % 200000));
    count.complete = count.started = 0;
    count.store = open_store(round % 2 ? JOUST_STORE_READ : JOUST_STORE_WRITE);
    assert_ok(joust_store_each_run(count.store, check_run, &count, &store_error));
    joust_store_close(count.store);
    assert_true(count.complete + 1 >= number); /* numbers from 1: all that were acknowledged */
    char key[65];
    enum joust_run_state found;
    struct joust_store *store = open_store(JOUST_STORE_READ);
    assert_ok(joust_store_find_run(store, make_key(key, number), &found, NULL, &store_error));
    joust_store_close(store);
    if (found == JOUST_RUN_COMPLETE) number++; /* stored, and killed before it could say so */
    assert_int_equal(count.complete + 1, number);
    assert_true(count.started <= 1);
  }
  joust_store_columns_free(&count.columns);
  assert_sql("PRAGMA integrity_check", "ok");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_store_folder, remove_store_folder)

int main(void) {
  const struct CMUnitTest store_crash[] = {TEST(only_whole_runs_are_left)};
  return cmocka_run_group_tests(store_crash, NULL, NULL);
}
