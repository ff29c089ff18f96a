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

/* What the rows are made of. */
struct rows {
  const struct mc_results *results, *full; /* full: NULL where it is not asked for */
  const struct mc_classes *classes;
  struct ranking of_rank, of_frugal_rank, of_full_rank;
  char made[300]; /* what the column of this name says */
};

static void write_titles(FILE *file, const struct rows *rows) {
  for (int e = 0; e < MC_EDGES; e++) fprintf(file, "%sx:op_%d_%d", e ? "," : "", mc_edges[e].from, mc_edges[e].to);
  for (int m = 0; m < MC_METRICS; m++) fprintf(file, ",metric:%s", mc_metrics[m].name);
  fprintf(file, "%s,made,licence\n", rows->full ? ",metric:full_loss,metric:full_rank" : "");
}

static void write_value(FILE *file, double value) {
  if (isnan(value))
    fprintf(file, ",");
  else
    fprintf(file, ",%.17g", value);
}

static double value_of(const struct rows *rows, enum mc_metric metric, uint32_t index, uint32_t seed) {
  uint32_t representative = rows->classes->representative[index];
  struct mc_cell trained = mc_cell_of(representative);
  if (metric == MC_RANK) return rank(&rows->of_rank, index);
  if (metric == MC_FRUGAL_RANK) return rank(&rows->of_frugal_rank, index);
  return mc_metric_value(metric, &trained, &rows->results->schedule,
                         mc_results_find(rows->results, representative, seed));
}

/* What is the same for all seeds stands in the first seed's row. */
static void write_row(FILE *file, const struct rows *rows, uint32_t index, uint32_t seed) {
  struct mc_cell cell = mc_cell_of(index);
  bool first = seed == rows->results->first_seed;
  for (int e = 0; e < MC_EDGES; e++) fprintf(file, "%s%s", e ? "," : "", mc_operation_names[cell.edge[e]]);
  for (enum mc_metric m = 0; m < MC_METRICS; m++)
    write_value(file, m < MC_PER_SEED || first ? value_of(rows, m, index, seed) : (double)NAN);
  if (rows->full) {
    const struct mc_result *full = mc_results_find(rows->full, rows->classes->representative[index], seed);
    write_value(file, (double)full->valid_loss);
    write_value(file, first ? rank(&rows->of_full_rank, index) : (double)NAN);
  }
  fprintf(file, ",%s,MIT\n", rows->made);
}

static void describe(struct rows *rows) {
  const struct mc_results *results = rows->results;
  mc_results_header(rows->made, sizeof rows->made, &results->schedule);
  size_t n = strcspn(rows->made, "\n");
  n += (size_t)snprintf(rows->made + n, sizeof rows->made - n, " seeds=%" PRIu32 "-%" PRIu32, results->first_seed,
                        results->last_seed);
  if (rows->full)
    snprintf(rows->made + n, sizeof rows->made - n, "; full: samples=%" PRIu32 " epochs=%" PRIu32,
             rows->full->schedule.samples, rows->full->schedule.epochs);
}

static int write_rows(const char *path, struct rows *rows) {
  const struct mc_results *results = rows->results;
  FILE *file = fopen(path, "w");
  if (!file) return -1;
  describe(rows);
  rank_cells(&rows->of_rank, MC_VALID_LOSS, results, rows->classes);
  rank_cells(&rows->of_frugal_rank, MC_FRUGAL_LOSS, results, rows->classes);
  if (rows->full) rank_cells(&rows->of_full_rank, MC_VALID_LOSS, rows->full, rows->classes);
  write_titles(file, rows);
  for (uint32_t i = 0; i < MC_CELLS; i++)
    for (uint32_t seed = results->first_seed; seed <= results->last_seed; seed++) write_row(file, rows, i, seed);
  int failed = ferror(file);
  return fclose(file) || failed ? -1 : 0;
}

int mc_rows_write(const char *path, const struct mc_results *results, const struct mc_results *full,
                  const struct mc_classes *classes, char *message, size_t size) {
  if (check_complete(results, classes, message, size)) return -1;
  if (full && check_complete(full, classes, message, size)) return -1;
  struct rows *rows = calloc(1, sizeof *rows);
  int failed = -1;
  if (rows) {
    *rows = (struct rows){.results = results, .full = full, .classes = classes};
    failed = write_rows(path, rows);
  }
  if (failed) snprintf(message, size, "%s: %s", path, strerror(errno));
  free(rows);
  return failed;
}
