#include "points.h"

#define MOST_BITS (1u << 17) /* points of the largest space that has a bit for each */

/* ---- known points ----------------------------------------------------------------------------------------------- */

int known_init(struct known *known, const struct joust_space *space) {
  known->space = space;
  known->n_points = joust_space_points(space);
  if (known->n_points == 0 || known->n_points > MOST_BITS) return 0;
  known->bits = calloc(known->n_points / 64 + 1, sizeof *known->bits);
  known->stride = calloc(space->n_parameters, sizeof *known->stride);
  if (!known->bits || !known->stride) return -1;
  uint64_t stride = 1;
  for (uint32_t i = space->n_parameters; i-- > 0;) {
    uint64_t values = joust_parameter_values(space->parameters[i]);
    if (values > 1) known->stride[i] = stride;
    stride *= values;
  }
  return 0;
}

int known_add(struct known *known, const double *x) {
  if (!known->bits) return joust_seen_add(&known->seen, x, known->space->n_parameters);
  uint64_t index = 0;
  for (uint32_t i = 0; i < known->space->n_parameters; i++)
    index += (uint64_t)(x[i] - known->space->parameters[i]->lower) * known->stride[i];
  if (index >= known->n_points) return 0;
  uint64_t bit = UINT64_C(1) << index % 64, *word = &known->bits[index / 64];
  int is_new = !(*word & bit);
  *word |= bit;
  return is_new;
}

void known_free(struct known *known) {
  joust_seen_free(&known->seen);
  free(known->bits);
  free(known->stride);
  memset(known, 0, sizeof *known);
}

/* ---- evaluated points ------------------------------------------------------------------------------------------- */

static int grow(struct points *p) {
  uint32_t capacity = p->capacity ? p->capacity * 2 : 256;
  double *x = realloc(p->x, (size_t)capacity * p->n_parameters * sizeof *x);
  if (x) p->x = x;
  double *f = realloc(p->f, capacity * sizeof *f);
  if (f) p->f = f;
  uint8_t *level = realloc(p->level, capacity);
  if (level) p->level = level;
  uint32_t *heap = realloc(p->heap, capacity * sizeof *heap);
  if (heap) p->heap = heap;
  if (!x || !f || !level || !heap) return -1;
  p->capacity = capacity;
  return 0;
}

uint32_t points_add(struct points *p, const double *x, double f, uint8_t level) {
  if (p->n == p->capacity && grow(p) < 0) return NONE;
  uint32_t number = p->n++, place = p->n_heap++;
  memcpy(p->x + (size_t)number * p->n_parameters, x, p->n_parameters * sizeof *x);
  p->f[number] = f;
  p->level[number] = level;
  for (; place > 0 && f < p->f[p->heap[(place - 1) / 2]]; place = (place - 1) / 2)
    p->heap[place] = p->heap[(place - 1) / 2];
  p->heap[place] = number;
  return number;
}

static void drop_top(struct points *p) {
  uint32_t last = p->heap[--p->n_heap], place = 0, child;
  while ((child = 2 * place + 1) < p->n_heap) {
    if (child + 1 < p->n_heap && p->f[p->heap[child + 1]] < p->f[p->heap[child]]) child++;
    if (p->f[last] <= p->f[p->heap[child]]) break;
    p->heap[place] = p->heap[child];
    place = child;
  }
  p->heap[place] = last;
}

uint32_t points_best(struct points *p) {
  while (p->n_heap > 0 && p->level[p->heap[0]] == DONE_WITH) drop_top(p);
  return p->n_heap > 0 ? p->heap[0] : NONE;
}

void points_free(struct points *p) {
  free(p->x);
  free(p->f);
  free(p->level);
  free(p->heap);
  memset(p, 0, sizeof *p);
}
