/* microcell-generate: trains all classes of cells and writes the results down; makes CSV of them.
 *
 *   microcell-generate FILE [SCHEDULE] [-j WORKERS] [--data FOLDER] [--kernels NAME]
 *   microcell-generate FILE [SCHEDULE] --csv OUT [--full FILE,SAMPLES,EPOCHS]
 *
 * SCHEDULE: [--samples N] [--epochs N] [--seeds FIRST-LAST]; --full: results by a longer one, to stand in each row.
 *
 * FILE (results.h) is only appended to, a training by a single write: the program can be killed at any moment and
 * started again with the same command, and trains what is missing. The first seed of all classes is trained first, then
 * the second, so that a file is of use early. `joust data import OUT` makes the table. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rows.h"

enum { MAX_WORKERS = 256 };

struct job {
  const char *data, *csv;
  const struct mc_kernels *kernels;
  struct mc_results results; /* that were there at the start */
  struct mc_results full;    /* path NULL: not asked for */
  uint32_t workers;
  struct mc_images images;
  struct mc_classes classes;
  atomic_uint *next; /* shared by the workers: the next training to look at */
  int file;
};

static _Noreturn void stop(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));

static _Noreturn void stop(int code, const char *format, ...) {
  va_list args;
  va_start(args, format);
  fprintf(stderr, "microcell-generate: ");
  vfprintf(stderr, format, args);
  fprintf(stderr, "\n");
  va_end(args);
  exit(code);
}

/* ---- the file ---------------------------------------------------------------------------------------------------- */

static void put(const struct job *job, const char *text, size_t n) {
  if (write(job->file, text, n) != (ssize_t)n) stop(3, "%s: %s", job->results.path, strerror(errno));
}

/* Opens the file for one program at a time. A new one gets its first line, one that was cut off within a line an end.
 */
static void open_file(struct job *job) {
  const char *path = job->results.path;
  job->file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (job->file < 0) stop(3, "%s: %s", path, strerror(errno));
  if (flock(job->file, LOCK_EX | LOCK_NB)) stop(3, "%s: another microcell-generate is writing to it", path);
  char text[200], last = 0;
  off_t size = lseek(job->file, 0, SEEK_END);
  mc_results_header(text, sizeof text, &job->results.schedule);
  if (size == 0) put(job, text, strlen(text));
  if (size > 0 && pread(job->file, &last, 1, size - 1) == 1 && last != '\n') put(job, "\n", 1);
}

static void append(const struct job *job, uint32_t cell, uint32_t seed, const struct mc_result *result) {
  char line[400];
  put(job, line, (size_t)mc_results_line(line, sizeof line, cell, seed, result));
}

/* ---- workers ----------------------------------------------------------------------------------------------------- */

/* The classes in an order without rhyme: costly cells are spread over the whole time. */
static uint32_t class_of(const struct job *job, uint32_t k) {
  return job->classes.list[(uint64_t)k * 2003 % MC_CLASSES]; /* 2003 has no factor in common with 5,044 */
}

static int work(struct job *job) {
  const struct mc_results *results = &job->results;
  struct mc_trainer trainer;
  uint32_t total = (results->last_seed - results->first_seed + 1) * MC_CLASSES, k;
  if (mc_trainer_make(&trainer, &job->images, job->kernels)) stop(3, "out of memory");
  while ((k = atomic_fetch_add(job->next, 1)) < total) {
    uint32_t seed = results->first_seed + k / MC_CLASSES, index = class_of(job, k % MC_CLASSES);
    struct mc_cell cell = mc_cell_of(index);
    struct mc_result result;
    if (mc_results_find(results, index, seed)) continue;
    mc_train(&trainer, &cell, &results->schedule, seed, &result);
    append(job, index, seed, &result);
  }
  mc_trainer_free(&trainer);
  return 0;
}

static int run(struct job *job) {
  int status, failed = 0;
  for (uint32_t w = 0; w < job->workers; w++) {
    pid_t pid = fork();
    if (pid < 0) stop(3, "fork: %s", strerror(errno));
    if (pid == 0) {
      prctl(PR_SET_PDEATHSIG, SIGTERM); /* no worker outlives the program, however that ends */
      _exit(work(job));
    }
  }
  while (wait(&status) > 0 || errno == EINTR) failed |= status != 0;
  return failed ? 1 : 0;
}

static int write_csv(struct job *job) {
  struct mc_results *full = job->full.path ? &job->full : NULL;
  char message[5000];
  job->full.first_seed = job->results.first_seed;
  job->full.last_seed = job->results.last_seed;
  if (full && mc_results_read(full, message, sizeof message)) stop(2, "%s", message);
  if (mc_rows_write(job->csv, &job->results, full, &job->classes, message, sizeof message)) stop(3, "%s", message);
  return 0;
}

/* ---- command line ------------------------------------------------------------------------------------------------ */

static uint32_t number(const char *option, const char *text, uint32_t lowest, uint32_t highest) {
  char *end = NULL;
  unsigned long value = text ? strtoul(text, &end, 10) : 0;
  if (!text || end == text || *end || value < lowest || value > highest)
    stop(2, "%s: expected a number from %" PRIu32 " to %" PRIu32 ", found '%s'", option, lowest, highest,
         text ? text : "");
  return (uint32_t)value;
}

static void read_seeds(struct mc_results *results, const char *text) {
  char end;
  if (!text || sscanf(text, "%" SCNu32 "-%" SCNu32 "%c", &results->first_seed, &results->last_seed, &end) != 2 ||
      results->first_seed > results->last_seed || results->last_seed >= MC_MAX_SEEDS)
    stop(2, "--seeds: expected FIRST-LAST, at most 0-%d, found '%s'", MC_MAX_SEEDS - 1, text ? text : "");
}

/* FILE,SAMPLES,EPOCHS; cuts the text at the first comma. */
static void read_full(struct mc_results *full, char *text) {
  char *comma = text ? strchr(text, ',') : NULL, end;
  struct mc_schedule *schedule = &full->schedule;
  if (!comma || sscanf(comma, ",%" SCNu32 ",%" SCNu32 "%c", &schedule->samples, &schedule->epochs, &end) != 2)
    stop(2, "--full: expected FILE,SAMPLES,EPOCHS, found '%s'", text ? text : "");
  *comma = 0;
  full->path = text;
}

static void read_option(struct job *job, const char *option, char *value) {
  struct mc_schedule *schedule = &job->results.schedule;
  if (strcmp(option, "-j") == 0)
    job->workers = number(option, value, 1, MAX_WORKERS);
  else if (strcmp(option, "--samples") == 0)
    schedule->samples = number(option, value, MC_LANES, MC_TRAIN_IMAGES);
  else if (strcmp(option, "--epochs") == 0)
    schedule->epochs = number(option, value, 1, MC_MAX_EPOCHS);
  else if (strcmp(option, "--seeds") == 0)
    read_seeds(&job->results, value);
  else if (strcmp(option, "--full") == 0)
    read_full(&job->full, value);
  else if (strcmp(option, "--data") == 0 && value)
    job->data = value;
  else if (strcmp(option, "--csv") == 0 && value)
    job->csv = value;
  else if (strcmp(option, "--kernels") == 0 && value)
    job->kernels = mc_kernels_named(value);
  else
    stop(2, "%s: no such option, or its value is missing", option);
}

static void read_arguments(struct job *job, char **argv) {
  for (char **a = argv + 1; *a; a++) {
    if (**a != '-' && !job->results.path) {
      job->results.path = *a;
      continue;
    }
    read_option(job, *a, a[1]);
    a++;
  }
  if (!job->results.path)
    stop(2, "expected FILE [-j WORKERS] [--samples N] [--epochs N] [--seeds FIRST-LAST] [--csv OUT "
            "[--full FILE,SAMPLES,EPOCHS]]");
  if (job->full.path && !job->csv) stop(2, "--full: goes with --csv");
  if (job->results.schedule.samples % MC_LANES) stop(2, "--samples: expected a multiple of %d", MC_LANES);
  if (!job->kernels) stop(2, "--kernels: not available on this processor");
}

int main(int argc, char **argv) {
  static struct job job = {
      .data = MC_FOLDER, .results = {.schedule = {MC_SAMPLES, MC_EPOCHS}, .last_seed = 2}, .workers = 1};
  char message[5000];
  uint64_t found;
  (void)argc;
  job.kernels = mc_kernels_best();
  read_arguments(&job, argv);
  if (mc_classes_find(&job.classes)) stop(3, "out of memory");
  if (!job.csv) open_file(&job);
  if (mc_results_read(&job.results, message, sizeof message)) stop(2, "%s", message);
  if (job.csv) return write_csv(&job);
  if (!mc_self_test(job.kernels, &found)) stop(3, "self-test failed (%016" PRIx64 ")", found);
  if (mc_images_read(&job.images, job.data, message, sizeof message)) stop(3, "%s", message);
  job.next = mmap(NULL, sizeof *job.next, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (job.next == MAP_FAILED) stop(3, "out of memory");
  return run(&job);
}
