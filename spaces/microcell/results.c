#include "results.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"

void mc_results_header(char *text, size_t size, const struct mc_schedule *schedule) {
  snprintf(text, size, "microcell trainer=%d data=%016" PRIx64 " samples=%" PRIu32 " epochs=%" PRIu32 "\n",
           MC_TRAINER_VERSION, mc_images_expected, schedule->samples, schedule->epochs);
}

static uint32_t check(const char *line, size_t n) {
  return (uint32_t)mc_hash(MC_HASH_START, line, n);
}

int mc_results_line(char *text, size_t size, uint32_t cell, uint32_t seed, const struct mc_result *result) {
  int n = snprintf(text, size, "%" PRIu32 " %" PRIu32 " %a %" PRIu32 " %a %" PRIu32 " %016" PRIx64, cell, seed,
                   (double)result->valid_loss, result->valid_correct, (double)result->test_loss, result->test_correct,
                   result->hash);
  return n + snprintf(text + n, size - (size_t)n, " %08" PRIx32 "\n", check(text, (size_t)n));
}

static void take_line(struct mc_results *results, const char *line) {
  struct mc_result result = {0};
  uint32_t cell, seed, found;
  const char *last = strrchr(line, ' ');
  if (!last || sscanf(last, "%" SCNx32, &found) != 1 || found != check(line, (size_t)(last - line))) return;
  if (sscanf(line, "%" SCNu32 " %" SCNu32 " %a %" SCNu32 " %a %" SCNu32 " %" SCNx64, &cell, &seed, &result.valid_loss,
             &result.valid_correct, &result.test_loss, &result.test_correct, &result.hash) != 7 ||
      cell >= MC_CELLS || seed < results->first_seed || seed > results->last_seed)
    return;
  size_t at = (size_t)(seed - results->first_seed) * MC_CELLS + cell;
  results->trainings[at].known = true;
  results->trainings[at].result = result;
}

int mc_results_read(struct mc_results *results, char *message, size_t size) {
  char expected[200], line[400];
  size_t seeds = results->last_seed - results->first_seed + 1;
  mc_results_header(expected, sizeof expected, &results->schedule);
  results->trainings = calloc(seeds * MC_CELLS, sizeof *results->trainings);
  FILE *file = results->trainings ? fopen(results->path, "r") : NULL;
  if (!results->trainings || (!file && errno != ENOENT)) {
    snprintf(message, size, "%s: %s", results->path, strerror(errno));
    return -1;
  }
  if (!file) return 0;
  bool other = fgets(line, sizeof line, file) && strcmp(line, expected) != 0;
  while (!other && fgets(line, sizeof line, file)) {
    line[strcspn(line, "\n")] = 0;
    take_line(results, line);
  }
  fclose(file);
  if (!other) return 0;
  snprintf(message, size, "%s: results of something else: it begins with '%.*s', expected '%.*s'", results->path,
           (int)strcspn(line, "\n"), line, (int)strcspn(expected, "\n"), expected);
  return -1;
}

void mc_results_free(struct mc_results *results) {
  free(results->trainings);
  results->trainings = NULL;
}

const struct mc_result *mc_results_find(const struct mc_results *results, uint32_t cell, uint32_t seed) {
  size_t at = (size_t)(seed - results->first_seed) * MC_CELLS + cell;
  return results->trainings[at].known ? &results->trainings[at].result : NULL;
}
