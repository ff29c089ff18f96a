#include "propose.h"

#include <stdlib.h>
#include <string.h>

#include "search.h"
#include "thompson.h"

enum { RANDOM_TRIES = 100, THOMPSON_POINTS = 400 };

static int repeats_allowed(const struct bo_surrogate *s) {
  return s->settings->noisy;
}

int bo_exhausted(const struct bo_surrogate *s, const struct joust_space *space) {
  uint64_t points = joust_space_points(space);
  return !repeats_allowed(s) && points > 0 && s->trials->seen.size >= points;
}

void bo_propose_random(const struct bo_surrogate *s, const struct joust_space *space, double *x) {
  for (int k = 0; k < RANDOM_TRIES; k++) {
    joust_sample_point(s->host, space, x);
    if (repeats_allowed(s) || !joust_seen_has(&s->trials->seen, x, space->n_parameters)) return;
  }
  /* Few points are left: the next one after a random place. A space without an end is never so full. */
  uint64_t points = joust_space_points(space);
  if (points == 0 || bo_exhausted(s, space)) return;
  uint64_t index = joust_below(s->host, points);
  do joust_index_point(space, index = (index + 1) % points, x);
  while (joust_seen_has(&s->trials->seen, x, space->n_parameters));
}

/* ---- a space that is searched whole ----------------------------------------------------------------------------- */

static void propose_from_grid(struct bo_surrogate *s, const struct joust_space *space,
                              const struct bo_acquisition *acquisition, double *x) {
  const struct bo_grid *grid = &s->grid;
  struct bo_choice choice = BO_NO_CHOICE;
  const uint8_t *known = repeats_allowed(s) ? NULL : grid->known;
  bo_choose(&choice, acquisition, s->host, grid->mean, grid->explained, known, grid->n_points, 0);
  joust_index_point(space, choice.index, x);
}

struct entry {
  double mean;
  size_t index;
};

static int by_mean(const void *a, const void *b) {
  const struct entry *x = a, *y = b;
  if (x->mean != y->mean) return x->mean < y->mean ? -1 : 1;
  return x->index < y->index ? -1 : 1;
}

/* Candidates for Thompson sampling: of the points that may be proposed the half with the lowest means, then random
 * ones. Returns their number, 0 when out of memory. */
static size_t grid_candidates(const struct bo_surrogate *s, const struct joust_space *space, double *x, size_t most) {
  const struct bo_grid *grid = &s->grid;
  struct entry *entries = malloc(grid->n_points * sizeof *entries);
  size_t n = 0;
  if (!entries) return 0;
  for (size_t k = 0; k < grid->n_points; k++)
    if (repeats_allowed(s) || !grid->known[k]) entries[n++] = (struct entry){grid->mean[k], k};
  qsort(entries, n, sizeof *entries, by_mean);
  size_t m = n < most ? n : most;
  for (size_t k = 0; k < m; k++) {
    if (k >= m / 2) {
      size_t other = k + (size_t)joust_below(s->host, n - k);
      struct entry drawn = entries[other];
      entries[other] = entries[k];
      entries[k] = drawn;
    }
    joust_index_point(space, entries[k].index, x + k * space->n_parameters);
  }
  free(entries);
  return m;
}

/* ---- Thompson sampling ------------------------------------------------------------------------------------------ */

/* Drops the known ones of m candidates; returns how many are left. */
static size_t drop_known(const struct bo_surrogate *s, double *x, size_t m) {
  size_t axes = s->trials->n_axes, left = 0;
  for (size_t k = 0; k < m; k++)
    if (repeats_allowed(s) || !joust_seen_has(&s->trials->seen, x + k * axes, (uint32_t)axes))
      memmove(x + left++ * axes, x + k * axes, axes * sizeof *x);
  return left;
}

static joust_status propose_by_sample(struct bo_surrogate *s, const struct joust_space *space, double *x) {
  size_t axes = space->n_parameters, m = THOMPSON_POINTS;
  double *points = malloc(2 * m * axes * sizeof *points), *at = points + m * axes;
  if (!points) return JOUST_ENOMEM;
  if (s->grid.n_points > 0)
    m = grid_candidates(s, space, points, m);
  else {
    bo_search_candidates(s, space, points, m);
    m = drop_known(s, points, m);
  }
  for (size_t k = 0; k < m; k++) bo_model_coordinates(&s->model, points + k * axes, at + k * axes);
  size_t best = m > 0 ? bo_thompson(&s->model, s->host, at, m) : SIZE_MAX;
  if (best != SIZE_MAX) memcpy(x, points + best * axes, axes * sizeof *x);
  free(points);
  if (m == 0 && s->grid.n_points == 0) return JOUST_DONE;
  return best == SIZE_MAX ? JOUST_ENOMEM : JOUST_OK;
}

joust_status bo_propose(struct bo_surrogate *s, const struct joust_space *space, double *x) {
  struct bo_acquisition acquisition;
  joust_status status = bo_surrogate_update(s, &acquisition);
  if (status < 0) return status;
  if (acquisition.kind == BO_THOMPSON)
    status = propose_by_sample(s, space, x);
  else if (s->grid.n_points > 0)
    propose_from_grid(s, space, &acquisition, x);
  else
    status = bo_search(s, space, &acquisition, x);
  if (status != JOUST_DONE) return status;
  bo_propose_random(s, space, x); /* the search met known points only */
  return JOUST_OK;
}
