/* What the fuzz targets share: the input as a file in a folder of its own, which is removed when the process ends. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the process, so that the fuzzer keeps the input, unless what must hold does. */
#define MUST(condition)                                                                                                \
  do {                                                                                                                 \
    if (!(condition)) {                                                                                                \
      fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition);                                        \
      abort();                                                                                                         \
    }                                                                                                                  \
  } while (0)

static char fuzz_folder[] = "/tmp/joust-fuzz-XXXXXX", fuzz_path[sizeof fuzz_folder + 10];

static inline void fuzz_clean(void) {
  unlink(fuzz_path);
  rmdir(fuzz_folder);
}

/* The path of a file that holds the bytes, until the next call. */
static inline const char *fuzz_file(const void *bytes, size_t size) {
  if (!*fuzz_path) {
    MUST(mkdtemp(fuzz_folder));
    snprintf(fuzz_path, sizeof fuzz_path, "%s/in.json", fuzz_folder);
    atexit(fuzz_clean);
  }
  FILE *file = fopen(fuzz_path, "wb");
  MUST(file && fwrite(bytes, 1, size, file) == size);
  MUST(fclose(file) == 0);
  return fuzz_path;
}

#endif
