/* Sweep files: whatever the bytes, an error that names the file, or a sweep that means the same when it is printed and
 * read again. */
#include "fuzz.h"

#include <string.h>

#include "sweep/sweep.h"

static char *print_and_free(struct joust_sweep *sweep) {
  char *text = joust_sweep_print(sweep, NULL);
  MUST(text);
  joust_sweep_free(sweep);
  return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct joust_sweep sweep, again;
  struct joust_error error = {0};
  const char *path = fuzz_file(data, size);
  joust_sweep_init(&sweep);
  int code = joust_sweep_read(&sweep, path, &error);
  if (code) {
    MUST(code == error.code && strncmp(error.message, path, strlen(path)) == 0);
    joust_sweep_free(&sweep);
    return 0;
  }
  MUST(sweep.replicates >= 1 && sweep.seed >= 0 && sweep.budget.cost > 0 && sweep.budget.seconds > 0);
  if (joust_sweep_check(&sweep, &error) == 0) MUST(sweep.problems.n && sweep.optimisers.n);
  char *text = print_and_free(&sweep);
  joust_sweep_init(&again);
  MUST(joust_sweep_read(&again, fuzz_file(text, strlen(text)), &error) == 0);
  char *second = print_and_free(&again);
  MUST(strcmp(text, second) == 0);
  free(text);
  free(second);
  return 0;
}
