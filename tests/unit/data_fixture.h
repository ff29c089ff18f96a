/* What the tests of tables and data share: a temporary folder that stands in for the user's data folder, and a host for
 * the evaluator `table` that remembers the last error. */
#ifndef JOUST_TESTS_DATA_FIXTURE_H
#define JOUST_TESTS_DATA_FIXTURE_H

#include <ftw.h>
#include <joust/plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char data_folder[64];
static char last_error[2000];

static inline int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place) {
  (void)status, (void)kind, (void)place;
  return remove(path);
}

/* Group setup and teardown: $JOUST_DATA is a fresh folder below the temporary one. */
static inline int make_data_folder(void **state) {
  (void)state;
  const char *base = getenv("TMPDIR");
  snprintf(data_folder, sizeof data_folder, "%s/joust-XXXXXX", base && strlen(base) < 40 ? base : "/tmp");
  return mkdtemp(data_folder) && setenv("JOUST_DATA", data_folder, 1) == 0 ? 0 : -1;
}

static inline int remove_data_folder(void **state) {
  (void)state;
  return nftw(data_folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* DATA_FOLDER/name, in one of four buffers that take turns. */
static inline const char *in_data_folder(const char *name) {
  static char paths[4][256];
  static int turn;
  char *path = paths[turn++ % 4];
  snprintf(path, sizeof paths[0], "%s/%s", data_folder, name);
  return path;
}

static inline void keep_error(const struct joust_host *host, const char *message) {
  (void)host;
  snprintf(last_error, sizeof last_error, "%s", message);
}

static const struct joust_host test_host = {
    .struct_size = sizeof(struct joust_host), .abi_minor = JOUST_ABI_MINOR, .name = "test", .set_error = keep_error};

#endif
