#include "cell.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "net.h"

const struct mc_edge mc_edges[MC_EDGES] = {{0, 1}, {0, 2}, {1, 2}, {0, 3}, {1, 3}, {2, 3}};
const char *const mc_operation_names[MC_OPERATIONS] = {"none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3",
                                                       "avg_pool_3x3"};

struct mc_cell mc_cell_of(uint32_t index) {
  struct mc_cell cell;
  for (int e = MC_EDGES - 1; e >= 0; e--, index /= MC_OPERATIONS) cell.edge[e] = (uint8_t)(index % MC_OPERATIONS);
  return cell;
}

uint32_t mc_cell_index(const struct mc_cell *cell) {
  uint32_t index = 0;
  for (int e = 0; e < MC_EDGES; e++) index = index * MC_OPERATIONS + cell->edge[e];
  return index;
}

/* ---- classes ----------------------------------------------------------------------------------------------------- */

/* What a node carries: a sum of terms, each the cell's input (source 0) or the result of a convolution (source 1, 2,
 * ...) averaged 0 to 3 times over; times[averagings][source] says how often a term occurs. */
enum { MAX_AVERAGINGS = 3, SOURCES = MC_EDGES + 1 };

struct value {
  uint8_t times[MAX_AVERAGINGS + 1][SOURCES];
};

struct convolution {
  uint8_t kind;
  struct value of;
};

struct form {
  struct value out;
  struct convolution convolutions[MC_EDGES]; /* source k is convolutions[k - 1] */
};

static bool is_zero(const struct value *value) {
  static const struct value zero;
  return memcmp(value, &zero, sizeof zero) == 0;
}

static void accumulate(struct value *sum, const struct value *value, int averagings) {
  for (int a = 0; a + averagings <= MAX_AVERAGINGS; a++)
    for (int s = 0; s < SOURCES; s++) sum->times[a + averagings][s] += value->times[a][s];
}

/* Everything the cell computes, dead convolutions as well; returns the number of convolutions. */
static int expand(struct form *form, const struct mc_cell *cell) {
  struct value nodes[MC_NODES] = {0};
  int n = 0;
  memset(form, 0, sizeof *form);
  nodes[0].times[0][0] = 1;
  for (int e = 0; e < MC_EDGES; e++) { /* the edges are in the order of their targets */
    const struct value *from = &nodes[mc_edges[e].from];
    struct value *to = &nodes[mc_edges[e].to];
    uint8_t operation = cell->edge[e];
    if (operation == MC_SKIP) accumulate(to, from, 0);
    if (operation == MC_AVERAGE) accumulate(to, from, 1);
    if ((operation == MC_CONV1 || operation == MC_CONV3) && !is_zero(from)) {
      form->convolutions[n++] = (struct convolution){operation, *from};
      to->times[0][n]++;
    }
  }
  form->out = nodes[MC_NODES - 1];
  return n;
}

static bool uses(const struct value *value, int source) {
  for (int a = 0; a <= MAX_AVERAGINGS; a++)
    if (value->times[a][source]) return true;
  return false;
}

/* The value with its sources numbered anew. */
static struct value renumber(const struct value *value, const int *number) {
  struct value result = {0};
  for (int a = 0; a <= MAX_AVERAGINGS; a++)
    for (int s = 0; s < SOURCES; s++)
      if (value->times[a][s]) result.times[a][number[s]] = value->times[a][s];
  return result;
}

struct search { /* of the smallest form over all orders of the convolutions in use */
  struct form given, best;
  bool live[SOURCES], found;
  int n, n_live, number[SOURCES];
};

static void keep_smallest(struct search *search) {
  struct form form = {.out = renumber(&search->given.out, search->number)};
  for (int s = 1; s <= search->n; s++)
    if (search->live[s])
      form.convolutions[search->number[s] - 1] = (struct convolution){
          search->given.convolutions[s - 1].kind, renumber(&search->given.convolutions[s - 1].of, search->number)};
  if (!search->found || memcmp(&form, &search->best, sizeof form) < 0) search->best = form;
  search->found = true;
}

/* Gives the next number to each convolution in turn. */
static void permute(struct search *search, int next) {
  if (next > search->n_live) keep_smallest(search);
  for (int s = 1; s <= search->n; s++) {
    if (!search->live[s] || search->number[s]) continue;
    search->number[s] = next;
    permute(search, next + 1);
    search->number[s] = 0;
  }
}

static struct form canonical(const struct mc_cell *cell) {
  struct search search = {0};
  search.n = expand(&search.given, cell);
  for (int s = search.n; s >= 1; s--) { /* a convolution is used by the output or by later convolutions */
    search.live[s] = uses(&search.given.out, s);
    for (int later = s + 1; later <= search.n; later++)
      if (search.live[later] && uses(&search.given.convolutions[later - 1].of, s)) search.live[s] = true;
    search.n_live += search.live[s];
  }
  permute(&search, 1);
  return search.best;
}

struct entry {
  struct form form;
  int edges; /* in use */
  uint32_t index;
};

/* By form; within a form the representative first. */
static int by_form(const void *a, const void *b) {
  const struct entry *p = a, *q = b;
  int order = memcmp(&p->form, &q->form, sizeof p->form);
  if (order) return order;
  if (p->edges != q->edges) return p->edges < q->edges ? -1 : 1;
  return p->index < q->index ? -1 : p->index > q->index;
}

int mc_classes_find(struct mc_classes *classes) {
  struct entry *entries = malloc(MC_CELLS * sizeof *entries);
  int n = 0;
  if (!entries) return -1;
  for (uint32_t i = 0; i < MC_CELLS; i++) {
    struct mc_cell cell = mc_cell_of(i);
    entries[i] = (struct entry){.form = canonical(&cell), .index = i};
    for (int e = 0; e < MC_EDGES; e++) entries[i].edges += cell.edge[e] != MC_NONE;
  }
  qsort(entries, MC_CELLS, sizeof *entries, by_form);
  for (uint32_t i = 0, first = 0; i < MC_CELLS; i++) {
    if (memcmp(&entries[i].form, &entries[first].form, sizeof entries[i].form) != 0) first = i;
    classes->representative[entries[i].index] = (uint16_t)entries[first].index;
  }
  free(entries);
  for (uint32_t i = 0; i < MC_CELLS; i++)
    if (classes->representative[i] == i) classes->list[n++] = (uint16_t)i;
  return 0;
}

/* ---- size -------------------------------------------------------------------------------------------------------- */

/* Weights of a convolution on an edge: a 1x1 convolution has one tap, a 3x3 one nine. */
static uint32_t weights(uint8_t operation, uint32_t channels) {
  return operation == MC_CONV1 ? channels * channels : operation == MC_CONV3 ? 9 * channels * channels : 0;
}

uint32_t mc_cell_macs(const struct mc_cell *cell) {
  uint32_t small = MC_SIDE_A * MC_SIDE_A, macs = small * 9 * MC_CHANNELS_A; /* the stem */
  macs += MC_SIDE_B * MC_SIDE_B * MC_CHANNELS_A * MC_CHANNELS_B + MC_CHANNELS_B * MC_LABELS;
  for (int e = 0; e < MC_EDGES; e++)
    macs +=
        small * weights(cell->edge[e], MC_CHANNELS_A) + MC_SIDE_B * MC_SIDE_B * weights(cell->edge[e], MC_CHANNELS_B);
  return macs;
}

uint32_t mc_cell_parameters(const struct mc_cell *cell) {
  uint32_t parameters = 9 * MC_CHANNELS_A + MC_CHANNELS_A * MC_CHANNELS_B + (MC_CHANNELS_B + 1) * MC_LABELS;
  for (int e = 0; e < MC_EDGES; e++)
    parameters += weights(cell->edge[e], MC_CHANNELS_A) + weights(cell->edge[e], MC_CHANNELS_B);
  return parameters;
}
