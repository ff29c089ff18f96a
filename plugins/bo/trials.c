#include "trials.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int resize(void *array, size_t bytes) {
  void **place = array, *fresh = realloc(*place, bytes);
  if (!fresh) return -1;
  *place = fresh;
  return 0;
}

static int grow(struct bo_trials *t) {
  size_t capacity = t->capacity ? 2 * t->capacity : 64;
  if (resize(&t->x, capacity * t->n_axes * sizeof *t->x) < 0 || resize(&t->value, capacity * sizeof *t->value) < 0 ||
      resize(&t->id, capacity * sizeof *t->id) < 0 || resize(&t->state, capacity * sizeof *t->state) < 0 ||
      resize(&t->told, capacity * sizeof *t->told) < 0 || resize(&t->pending, capacity * sizeof *t->pending) < 0)
    return -1;
  t->capacity = capacity;
  return 0;
}

int bo_trials_asked(struct bo_trials *t, uint64_t id, const double *x) {
  if ((t->n == t->capacity && grow(t) < 0) || joust_seen_add(&t->seen, x, t->n_axes) < 0) return -1;
  memcpy(t->x + t->n * t->n_axes, x, t->n_axes * sizeof *x);
  t->value[t->n] = NAN;
  t->id[t->n] = id;
  t->state[t->n] = BO_PENDING;
  t->pending[t->n_pending++] = t->n++;
  return 0;
}

static void remove_pending(struct bo_trials *t, size_t place) {
  t->n_pending--;
  memmove(t->pending + place, t->pending + place + 1, (t->n_pending - place) * sizeof *t->pending);
}

int bo_trials_told(struct bo_trials *t, uint64_t id, const double *x, enum bo_state state, double value) {
  size_t place = 0;
  while (place < t->n_pending && t->id[t->pending[place]] != id) place++;
  if (place < t->n_pending && !joust_same_point(t->x + t->pending[place] * t->n_axes, x, t->n_axes)) {
    t->state[t->pending[place]] = BO_DROPPED;
    remove_pending(t, place);
    place = t->n_pending;
  }
  if (place == t->n_pending && bo_trials_asked(t, id, x) < 0) return -1;
  size_t trial = t->pending[place];
  remove_pending(t, place);
  if (state == BO_OK && !isfinite(value)) state = BO_FAILED;
  t->state[trial] = (uint8_t)state;
  t->value[trial] = value;
  if (state != BO_DROPPED) t->told[t->n_told++] = trial;
  t->n_ok += state == BO_OK;
  return 0;
}

void bo_trials_free(struct bo_trials *t) {
  free(t->x);
  free(t->value);
  free(t->id);
  free(t->state);
  free(t->told);
  free(t->pending);
  joust_seen_free(&t->seen);
}
