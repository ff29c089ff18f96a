/* What is in a table of microcell: the figures of spaces/microcell/README.md, as Markdown. Statistics are over the
 * 5,044 different networks, not over the cells, of which some networks have hundreds.
 *
 *   microcell_table TABLE [METRIC]      (spaces/microcell/fashion.table valid_loss) */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cell.h"
#include "evaluator/table_file.h"
#include "stats/rank.h"

enum { TOP = 100, ALL_CONV3 = MC_CONV3 * (3125 + 625 + 125 + 25 + 5 + 1), MOST_SEEDS = 100 };

static struct joust_table table;
static struct mc_classes classes;
static uint32_t seeds;
static double value[MOST_SEEDS][MC_CLASSES], mean[MC_CLASSES]; /* of the metric */
static double of_cell[MC_CELLS];                               /* means */
static uint32_t order[MC_CLASSES];                             /* classes, the best first */

static const struct joust_table_metric *metric_of(const char *name) {
  int m = joust_table_find(&table, name);
  if (m < 0) {
    fprintf(stderr, "microcell_table: %s has no metric %s\n", table.path, name);
    exit(2);
  }
  return &table.metrics[m];
}

static int by_mean(const void *a, const void *b) {
  double p = mean[*(const uint32_t *)a], q = mean[*(const uint32_t *)b];
  return (p > q) - (p < q);
}

static void read_metric(const char *name) {
  const struct joust_table_metric *metric = metric_of(name);
  seeds = metric->measurements;
  if (seeds > MOST_SEEDS) exit(2);
  for (uint32_t i = 0; i < MC_CELLS; i++) of_cell[i] = joust_table_mean(&table, i, metric);
  for (uint32_t k = 0; k < MC_CLASSES; k++) {
    for (uint32_t s = 0; s < seeds; s++) value[s][k] = joust_table_value(&table, classes.list[k], metric, s);
    mean[k] = of_cell[classes.list[k]];
    order[k] = k;
  }
  qsort(order, MC_CLASSES, sizeof *order, by_mean);
}

static double *means_of(const char *name) {
  double *values = joust_alloc(MC_CLASSES, sizeof *values);
  for (uint32_t k = 0; k < MC_CLASSES; k++) values[k] = joust_table_mean(&table, classes.list[k], metric_of(name));
  return values;
}

/* Pearson's coefficient of the ranks, ties averaged. */
static double spearman(const double *x, const double *y) {
  static double p[MC_CLASSES], q[MC_CLASSES];
  double middle = (MC_CLASSES + 1) / 2.0, xy = 0, xx = 0, yy = 0;
  joust_rank(p, x, MC_CLASSES, JOUST_TIES_AVERAGE);
  joust_rank(q, y, MC_CLASSES, JOUST_TIES_AVERAGE);
  for (int k = 0; k < MC_CLASSES; k++) {
    xy += (p[k] - middle) * (q[k] - middle);
    xx += (p[k] - middle) * (p[k] - middle);
    yy += (q[k] - middle) * (q[k] - middle);
  }
  return xy / sqrt(xx * yy);
}

/* ---- what is printed --------------------------------------------------------------------------------------------- */

static void print_distribution(void) {
  static const double shares[] = {0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1};
  uint32_t distinct = 1, best = 1;
  for (uint32_t k = 1; k < MC_CLASSES; k++) distinct += mean[order[k]] != mean[order[k - 1]];
  while (best < MC_CLASSES && mean[order[best]] == mean[order[0]]) best++;
  printf(
      "| best | 1%% | 10%% | 25%% | median | 75%% | 90%% | 99%% | worst |\n|---|---|---|---|---|---|---|---|---|\n|");
  for (size_t i = 0; i < sizeof shares / sizeof *shares; i++)
    printf(" %.4f |", mean[order[(uint32_t)(shares[i] * (MC_CLASSES - 1))]]);
  printf("\n\n%u distinct values among %d networks; %u with the best value.\n", distinct, MC_CLASSES, best);
}

static void print_seeds(void) {
  double sum = 0, least = 1;
  uint32_t pairs = 0;
  for (uint32_t a = 0; a < seeds; a++)
    for (uint32_t b = a + 1; b < seeds; b++, pairs++) {
      double r = spearman(value[a], value[b]);
      sum += r;
      least = fmin(least, r);
    }
  double r = sum / pairs;
  printf("Spearman between two of %u seeds: mean %.3f, least %.3f; of the mean of all, by Spearman and Brown: %.3f.\n",
         seeds, r, least, seeds * r / (1 + (seeds - 1) * r));
}

/* Analysis of variance of the best networks, crossed with the seeds: a seed starts all networks alike (the same images
 * in the same order, the same weights around the cell), so what it does to all of them is no difference between them.
 */
static void print_top(void) {
  double all = 0, between = 0, within = 0, rest = 0, seed_mean[MOST_SEEDS] = {0};
  for (int i = 0; i < TOP; i++) all += mean[order[i]] / TOP;
  for (uint32_t s = 0; s < seeds; s++)
    for (int i = 0; i < TOP; i++) seed_mean[s] += value[s][order[i]] / TOP;
  for (int i = 0; i < TOP; i++) {
    uint32_t k = order[i];
    between += (mean[k] - all) * (mean[k] - all) / (TOP - 1);
    for (uint32_t s = 0; s < seeds; s++) {
      double raw = value[s][k] - mean[k], own = raw - (seed_mean[s] - all);
      within += raw * raw / (TOP * (seeds - 1.0));
      rest += own * own / ((TOP - 1.0) * (seeds - 1.0));
    }
  }
  printf("Among the best %d: variance of the means between networks %.3g; seed variance of a mean %.3g, without what a "
         "seed "
         "does to all networks %.3g (ratio %.2f).\n",
         TOP, between, within / seeds, rest / seeds, between / (rest / seeds));
}

static uint32_t place(double v) {
  uint32_t n = 1;
  for (int k = 0; k < MC_CLASSES; k++) n += mean[k] < v;
  return n;
}

static void print_cell(uint32_t index) {
  struct mc_cell cell = mc_cell_of(index);
  for (int e = 0; e < MC_EDGES; e++) printf("%s%s", e ? "," : "", mc_operation_names[cell.edge[e]]);
}

static void print_references(void) {
  double cells = 0;
  for (int i = 0; i < MC_CELLS; i++) cells += of_cell[i] / MC_CELLS;
  printf("- best: %.17g, ", mean[order[0]]);
  print_cell(classes.list[order[0]]);
  printf("\n- all conv3x3: %.17g, place %u of %d networks\n- mean over all cells: %.17g\n", of_cell[ALL_CONV3],
         place(of_cell[ALL_CONV3]), MC_CLASSES, cells);
}

/* Cells that no change of a single edge makes better, counted as networks. */
static void print_optima(void) {
  static unsigned char found[MC_CELLS];
  uint32_t n = 0;
  for (uint32_t i = 0; i < MC_CELLS; i++) {
    struct mc_cell cell = mc_cell_of(i), other;
    bool is = true;
    for (int e = 0; e < MC_EDGES; e++)
      for (uint8_t o = 0; o < MC_OPERATIONS; o++) {
        other = cell;
        other.edge[e] = o;
        is = is && of_cell[mc_cell_index(&other)] >= of_cell[i];
      }
    if (is) found[classes.representative[i]] = 1;
  }
  for (uint32_t i = 0; i < MC_CELLS; i++) n += found[i];
  printf("Local optima under a change of one edge: %u networks.\n", n);
}

static void print_relations(void) {
  double *test = means_of("test_loss"), *macs = means_of("macs");
  printf("Spearman with the test cross-entropy %.3f, with the number of multiplications %.3f", spearman(mean, test),
         spearman(mean, macs));
  if (joust_table_find(&table, "full_loss") >= 0) {
    double *full = means_of("full_loss");
    printf(", with what the full schedule gave %.3f", spearman(mean, full));
    free(full);
  }
  printf(".\n");
  free(test);
  free(macs);
}

int main(int argc, char **argv) {
  struct joust_error error;
  if (argc < 2 || argc > 3) {
    fputs("microcell_table: expected TABLE [METRIC]\n", stderr);
    return 2;
  }
  if (joust_table_open(&table, argv[1], &error) || mc_classes_find(&classes)) {
    fprintf(stderr, "microcell_table: %s\n", error.message);
    return 3;
  }
  read_metric(argc > 2 ? argv[2] : "valid_loss");
  printf("fingerprint %s\nsource %s\n\n", table.fingerprint, table.source);
  print_distribution();
  print_seeds();
  print_top();
  print_references();
  print_optima();
  print_relations();
  joust_table_close(&table);
  return 0;
}
