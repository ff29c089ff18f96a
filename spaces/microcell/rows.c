#include "rows.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "metrics.h"

static int check_complete(const struct mc_results *results, const struct mc_classes *classes, char *message,
                          size_t size) {
  uint32_t missing = 0, wanted = (results->last_seed - results->first_seed + 1) * MC_CLASSES;
  for (int k = 0; k < MC_CLASSES; k++)
    for (uint32_t seed = results->first_seed; seed <= results->last_seed; seed++)
      missing += !mc_results_find(results, classes->list[k], seed);
  if (!missing) return 0;
  snprintf(message, size, "%s: %" PRIu32 " of %" PRIu32 " trainings are missing: run the generator to its end",
           results->path, missing, wanted);
  return -1;
}

static double mean(const struct mc_results *results, enum mc_metric metric, uint32_t representative) {
  struct mc_result of_seed[MC_MAX_SEEDS];
  struct mc_cell cell = mc_cell_of(representative);
  uint32_t n = 0;
  for (uint32_t seed = results->first_seed; seed <= results->last_seed; seed++)
    of_seed[n++] = *mc_results_find(results, representative, seed);
  return mc_metric_mean(metric, &cell, &results->schedule, of_seed, n);
}

static int ascending(const void *a, const void *b) {
  double p = *(const double *)a, q = *(const double *)b;
  return isnan(p) - isnan(q) ? isnan(p) - isnan(q) : (p > q) - (p < q);
}

/* Of a metric that is minimised: the means of all cells, and the same ascending. */
struct ranking {
  double means[MC_CELLS], sorted[MC_CELLS];
};

static void rank_cells(struct ranking *ranking, enum mc_metric metric, const struct mc_results *results,
                       const struct mc_classes *classes) {
  for (int k = 0; k < MC_CLASSES; k++) ranking->means[classes->list[k]] = mean(results, metric, classes->list[k]);
  for (int i = 0; i < MC_CELLS; i++) ranking->means[i] = ranking->means[classes->representative[i]];
  memcpy(ranking->sorted, ranking->means, sizeof ranking->sorted);
  qsort(ranking->sorted, MC_CELLS, sizeof *ranking->sorted, ascending);
}

/* 1 + the number of smaller means. */
static uint32_t rank(const struct ranking *ranking, uint32_t cell) {
  uint32_t low = 0, high = MC_CELLS;
  while (low < high) {
    uint32_t middle = (low + high) / 2;
    if (ranking->sorted[middle] < ranking->means[cell])
      low = middle + 1;
    else
      high = middle;
  }
  return low + 1;
}

static void write_titles(FILE *file) {
  for (int e = 0; e < MC_EDGES; e++) fprintf(file, "%sx:op_%d_%d", e ? "," : "", mc_edges[e].from, mc_edges[e].to);
  for (int m = 0; m < MC_METRICS; m++) fprintf(file, ",metric:%s", mc_metrics[m].name);
  fprintf(file, ",made,licence\n");
}

static void write_value(FILE *file, double value) {
  if (isnan(value))
    fprintf(file, ",");
  else
    fprintf(file, ",%.17g", value);
}

/* What is the same for all seeds stands in the first seed's row. */
static void write_row(FILE *file, uint32_t index, uint32_t seed, const struct mc_results *results,
                      const struct mc_classes *classes, const struct ranking *rankings) {
  uint32_t representative = classes->representative[index];
  struct mc_cell cell = mc_cell_of(index), trained = mc_cell_of(representative);
  const struct mc_result *result = mc_results_find(results, representative, seed);
  bool first = seed == results->first_seed;
  for (int e = 0; e < MC_EDGES; e++) fprintf(file, "%s%s", e ? "," : "", mc_operation_names[cell.edge[e]]);
  for (enum mc_metric m = 0; m < MC_METRICS; m++) {
    double value = (double)NAN;
    if (m < MC_PER_SEED || first) value = mc_metric_value(m, &trained, &results->schedule, result);
    if (m >= MC_RANK && first) value = rank(&rankings[m - MC_RANK], index);
    write_value(file, value);
  }
}

static void write_rows(FILE *file, const struct mc_results *results, const struct mc_classes *classes,
                       struct ranking *rankings) {
  char made[200];
  mc_results_header(made, sizeof made, &results->schedule);
  made[strcspn(made, "\n")] = 0;
  rank_cells(&rankings[0], MC_VALID_LOSS, results, classes);
  rank_cells(&rankings[1], MC_FRUGAL_LOSS, results, classes);
  write_titles(file);
  for (uint32_t i = 0; i < MC_CELLS; i++)
    for (uint32_t seed = results->first_seed; seed <= results->last_seed; seed++) {
      write_row(file, i, seed, results, classes, rankings);
      fprintf(file, ",%s seeds=%" PRIu32 "-%" PRIu32 ",MIT\n", made, results->first_seed, results->last_seed);
    }
}

int mc_rows_write(const char *path, const struct mc_results *results, const struct mc_classes *classes, char *message,
                  size_t size) {
  if (check_complete(results, classes, message, size)) return -1;
  struct ranking *rankings = calloc(MC_METRICS - MC_RANK, sizeof *rankings);
  FILE *file = rankings ? fopen(path, "w") : NULL;
  int failed = !file;
  if (file) {
    write_rows(file, results, classes, rankings);
    failed = ferror(file);
    failed |= fclose(file) != 0;
  }
  if (failed) snprintf(message, size, "%s: %s", path, strerror(errno));
  free(rankings);
  return failed ? -1 : 0;
}
