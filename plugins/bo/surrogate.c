#include "surrogate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fit.h"

static const double most_numbers = 4e7; /* of the grid's V: 320 MB */
enum { LEAST_ROWS = 100 };

joust_status bo_surrogate_init(struct bo_surrogate *s, const struct bo_settings *settings,
                               const struct joust_host *host, const struct joust_space *space,
                               const struct bo_trials *trials) {
  *s = (struct bo_surrogate){.settings = settings, .host = host, .trials = trials, .worst = -HUGE_VAL};
  s->targets.kind = settings->transform;
  s->targets.clip = settings->clip;
  if (bo_model_init(&s->model, host, space, settings->kernel) < 0) return JOUST_ENOMEM;
  if (settings->noise > 0) s->model.kernel.noise = settings->noise;
  s->most_kept = settings->max_points;
  uint64_t points = joust_space_points(space);
  if (points == 0 || points > settings->grid) return JOUST_OK;
  s->most_kept = (size_t)fmin((double)s->most_kept, fmax(LEAST_ROWS, most_numbers / (double)points));
  return bo_grid_init(&s->grid, &s->model.kernel, (size_t)points) < 0 ? JOUST_ENOMEM : JOUST_OK;
}

void bo_surrogate_free(struct bo_surrogate *s) {
  bo_model_free(&s->model);
  bo_grid_free(&s->grid);
  bo_targets_free(&s->targets);
  free(s->rows);
  free(s->kept);
}

static int reserve(size_t **array, size_t *capacity, size_t n) {
  if (n <= *capacity) return 0;
  size_t *fresh = realloc(*array, 2 * n * sizeof *fresh);
  if (!fresh) return -1;
  *array = fresh;
  *capacity = 2 * n;
  return 0;
}

/* ---- which trials ----------------------------------------------------------------------------------------------- */

static double value_of(const struct bo_surrogate *s, size_t trial) {
  return s->trials->state[trial] == BO_OK ? s->trials->value[trial] : s->worst;
}

struct ranked {
  double value;
  size_t place;
};

static int by_value(const void *a, const void *b) {
  const struct ranked *x = a, *y = b;
  if (x->value != y->value) return x->value < y->value ? -1 : 1;
  return x->place < y->place ? -1 : 1;
}

/* Keeps three quarters of most_kept, in their order. */
static int thin(struct bo_surrogate *s) {
  size_t target = s->most_kept * 3 / 4, best = target / 2, n = s->n_kept;
  struct ranked *ranked = malloc(n * sizeof *ranked);
  uint8_t *stays = calloc(n, 1);
  if (!ranked || !stays) {
    free(ranked);
    free(stays);
    return -1;
  }
  for (size_t k = 0; k < n; k++) ranked[k] = (struct ranked){value_of(s, s->kept[k]), k};
  qsort(ranked, n, sizeof *ranked, by_value);
  for (size_t k = 0; k < target; k++) {
    if (k >= best) {
      size_t other = k + (size_t)joust_below(s->host, n - k);
      struct ranked drawn = ranked[other];
      ranked[other] = ranked[k];
      ranked[k] = drawn;
    }
    stays[ranked[k].place] = 1;
  }
  s->n_kept = 0;
  for (size_t k = 0; k < n; k++)
    if (stays[k]) s->kept[s->n_kept++] = s->kept[k];
  free(ranked);
  free(stays);
  return 0;
}

/* Takes what was told since the last time into `kept`. */
static int take(struct bo_surrogate *s) {
  const struct bo_trials *t = s->trials;
  if (reserve(&s->kept, &s->kept_capacity, s->n_kept + t->n_told - s->n_taken) < 0) return -1;
  for (; s->n_taken < t->n_told; s->n_taken++) {
    size_t trial = t->told[s->n_taken];
    s->kept[s->n_kept++] = trial;
    if (t->state[trial] == BO_OK && t->value[trial] > s->worst) s->worst = t->value[trial];
  }
  if (s->n_kept <= s->most_kept) return 0;
  s->next_fit = 0;
  return thin(s);
}

/* ---- rows ------------------------------------------------------------------------------------------------------- */

static size_t wanted(const struct bo_surrogate *s, size_t row) {
  return row < s->n_kept ? s->kept[row] : s->trials->pending[row - s->n_kept];
}

static int append(struct bo_surrogate *s, size_t row, int with_grid) {
  struct bo_model *m = &s->model;
  s->rows[row] = wanted(s, row);
  bo_model_coordinates(m, s->trials->x + s->rows[row] * s->trials->n_axes, m->point);
  if (bo_model_append(m, m->point) < 0) return -1;
  return with_grid ? bo_grid_append(&s->grid, m) : 0;
}

/* Adds the rows that are missing and gives targets to those that were told. */
static int follow(struct bo_surrogate *s) {
  struct bo_model *m = &s->model;
  int with_grid = s->grid.n_points > 0;
  size_t n = s->n_kept + s->trials->n_pending, same = 0;
  while (same < m->n && same < n && s->rows[same] == wanted(s, same)) same++;
  /* The told trials come first and stay, so that no row ever loses its target. */
  if (with_grid && same < m->n) bo_grid_truncate(&s->grid, m, same);
  bo_model_truncate(m, same);
  if (reserve(&s->rows, &s->rows_capacity, n) < 0) return -1;
  for (size_t row = same; row < n; row++)
    if (append(s, row, with_grid) < 0) return -1;
  while (m->n_known < s->n_kept) {
    bo_model_tell(m, bo_targets_apply(&s->targets, value_of(s, s->rows[m->n_known])));
    if (with_grid) bo_grid_tell(&s->grid, m);
  }
  return 0;
}

/* ---- fit -------------------------------------------------------------------------------------------------------- */

static int fit_targets(struct bo_surrogate *s) {
  double *values = malloc(s->n_kept * sizeof *values);
  size_t n = 0;
  if (!values) return -1;
  for (size_t k = 0; k < s->n_kept; k++)
    if (s->trials->state[s->kept[k]] == BO_OK) values[n++] = s->trials->value[s->kept[k]];
  int status = bo_targets_fit(&s->targets, values, n);
  free(values);
  return status;
}

/* The kernel as it is, then random draws from the prior. */
static double *starts(const struct bo_surrogate *s, size_t n_starts) {
  const struct bo_kernel *kernel = &s->model.kernel;
  size_t n = kernel->n_axes + 1;
  double *theta = malloc(n_starts * n * sizeof *theta);
  if (!theta) return NULL;
  bo_fit_get(kernel, theta);
  for (size_t k = 1; k < n_starts; k++) bo_fit_draw(kernel, s->host, theta + k * n);
  return theta;
}

static int fit_kernel(struct bo_surrogate *s) {
  struct bo_model *m = &s->model;
  struct bo_fit fit;
  size_t n_starts = 1 + s->settings->restarts;
  double *theta = starts(s, n_starts);
  if (!theta) return -1;
  long evaluations = -1;
  if (bo_fit_init(&fit, &m->kernel, m->columns, m->capacity, m->n_known, m->y, s->settings->noise > 0) == 0)
    evaluations = bo_fit_run(&fit, s->host, theta, n_starts, s->settings->fit_steps);
  bo_fit_free(&fit);
  free(theta);
  if (evaluations < 0) return -1;
  char line[96];
  snprintf(line, sizeof line, "bo: fitted to %zu trials in %ld evaluations, noise %.1e", m->n_known, evaluations,
           m->kernel.noise);
  s->host->log(s->host, JOUST_LOG_DEBUG, line);
  return 0;
}

/* New targets, a new kernel, and everything that follows from them. */
static joust_status refit(struct bo_surrogate *s) {
  struct bo_model *m = &s->model;
  size_t n = s->n_kept + s->trials->n_pending, told = s->trials->n_told;
  if (fit_targets(s) < 0 || reserve(&s->rows, &s->rows_capacity, n) < 0) return JOUST_ENOMEM;
  if (bo_model_set_rows(m, n) < 0) return JOUST_ENOMEM;
  for (size_t row = 0; row < n; row++) {
    s->rows[row] = wanted(s, row);
    bo_model_coordinates(m, s->trials->x + s->rows[row] * s->trials->n_axes, m->point);
    bo_model_place(m, row, m->point);
    if (row < s->n_kept) m->y[row] = bo_targets_apply(&s->targets, value_of(s, s->rows[row]));
  }
  m->n_known = s->n_kept;
  if (fit_kernel(s) < 0) return JOUST_ENOMEM;
  if (bo_model_factor(m) < 0) {
    s->host->set_error(s->host, "bo: the covariance matrix cannot be factored");
    return JOUST_EINTERNAL;
  }
  if (s->grid.n_points > 0 && bo_grid_rebuild(&s->grid, m) < 0) return JOUST_ENOMEM;
  double share = s->settings->refit * (double)told;
  s->next_fit = told + (share > 1 ? (size_t)share : 1);
  return JOUST_OK;
}

joust_status bo_surrogate_update(struct bo_surrogate *s, struct bo_acquisition *acquisition) {
  if (take(s) < 0) return JOUST_ENOMEM;
  if (s->trials->n_told >= s->next_fit) {
    joust_status status = refit(s);
    if (status < 0) return status;
  } else if (follow(s) < 0) {
    return JOUST_ENOMEM;
  }
  *acquisition = (struct bo_acquisition){.kind = s->settings->acquisition,
                                         .best = bo_model_lowest(&s->model),
                                         .amplitude = bo_model_amplitude(&s->model),
                                         .kappa = s->settings->kappa,
                                         .xi = s->settings->xi};
  return JOUST_OK;
}
