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

/* Mean validation loss over the seeds, summed as a table sums measurements; NaN if every training diverged. */
static double mean_loss(const struct mc_results *results, uint32_t representative) {
  double sum = 0;
  int n = 0;
  for (uint32_t seed = results->first_seed; seed <= results->last_seed; seed++) {
    double value = mc_metric_of_result(MC_VALID_LOSS, mc_results_find(results, representative, seed));
    if (isnan(value)) continue;
    sum += value;
    n++;
  }
  return n ? sum / n : NAN;
}

static int ascending(const void *a, const void *b) {
  double p = *(const double *)a, q = *(const double *)b;
  return isnan(p) - isnan(q) ? isnan(p) - isnan(q) : (p > q) - (p < q);
}

/* Losses of all cells, ascending: a cell's rank is 1 + the number of smaller ones. */
static double *sorted_losses(const struct mc_results *results, const struct mc_classes *classes) {
  double *losses = malloc(MC_CELLS * sizeof *losses);
  for (uint32_t i = 0; losses && i < MC_CELLS; i++) losses[i] = mean_loss(results, classes->representative[i]);
  if (losses) qsort(losses, MC_CELLS, sizeof *losses, ascending);
  return losses;
}

static uint32_t rank(const double *losses, double loss) {
  uint32_t low = 0, high = MC_CELLS;
  while (low < high) {
    uint32_t middle = (low + high) / 2;
    if (losses[middle] < loss)
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
                      const struct mc_classes *classes, const double *losses) {
  uint32_t representative = classes->representative[index];
  struct mc_cell cell = mc_cell_of(index), trained = mc_cell_of(representative);
  bool first = seed == results->first_seed;
  for (int e = 0; e < MC_EDGES; e++) fprintf(file, "%s%s", e ? "," : "", mc_operation_names[cell.edge[e]]);
  for (enum mc_metric m = 0; m < MC_PER_SEED; m++)
    write_value(file, mc_metric_of_result(m, mc_results_find(results, representative, seed)));
  for (enum mc_metric m = MC_PER_SEED; m < MC_RANK; m++)
    write_value(file, first ? mc_metric_of_cell(m, &trained, &results->schedule) : (double)NAN);
  write_value(file, first ? (double)rank(losses, mean_loss(results, representative)) : (double)NAN);
}

int mc_rows_write(const char *path, const struct mc_results *results, const struct mc_classes *classes, char *message,
                  size_t size) {
  char made[200];
  if (check_complete(results, classes, message, size)) return -1;
  double *losses = sorted_losses(results, classes);
  FILE *file = losses ? fopen(path, "w") : NULL;
  int failed = !file;
  mc_results_header(made, sizeof made, &results->schedule);
  made[strcspn(made, "\n")] = 0;
  if (file) {
    write_titles(file);
    for (uint32_t i = 0; i < MC_CELLS; i++)
      for (uint32_t seed = results->first_seed; seed <= results->last_seed; seed++) {
        write_row(file, i, seed, results, classes, losses);
        fprintf(file, ",%s seeds=%" PRIu32 "-%" PRIu32 ",MIT\n", made, results->first_seed, results->last_seed);
      }
    failed = ferror(file);
    failed |= fclose(file) != 0;
  }
  if (failed) snprintf(message, size, "%s: %s", path, strerror(errno));
  free(losses);
  return failed ? -1 : 0;
}
