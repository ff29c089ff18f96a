#include "search.h"

#include <stdlib.h>
#include <string.h>

#include "minimise.h"

enum {
  MOVES = 40,        /* most moves of a local search */
  REFINE_STEPS = 20, /* most steps along the gradient at a time */
  MOST_CHOICES = 24, /* most values of one category that are tried in a move */
  NUMBER_STEPS = 6,  /* steps that are tried on a number in a move */
  VARIED_TRIALS = 5, /* best trials that variants are made of */
  PREDICTION = 256   /* points that are predicted at a time */
};

static const double settled = 1e-6, edge = 1e-4;

struct search {
  struct bo_surrogate *surrogate;
  const struct joust_space *space;
  const struct bo_acquisition *acquisition;
  uint32_t n_axes, n_reals;
  double best_score, *best; /* among the points that may be proposed; best: n_axes */
  double *at;               /* PREDICTION x n_axes */
  double *v;                /* PREDICTION x rows of the model */
  double *neighbours;       /* room for a move: most_neighbours x n_axes */
  double *scores;           /* as many */
  double *derivatives;      /* 3 x n_axes */
};

/* ---- scoring ---------------------------------------------------------------------------------------------------- */

static void offer(struct search *s, const double *x, double score) {
  const struct bo_trials *trials = s->surrogate->trials;
  if (!(score > s->best_score)) return;
  if (!s->surrogate->settings->noisy && joust_seen_has(&trials->seen, x, s->n_axes)) return;
  s->best_score = score;
  memcpy(s->best, x, s->n_axes * sizeof *x);
}

/* The scores of m points, all of which are offered. */
static void score_points(struct search *s, const double *x, size_t m, double *scores) {
  struct bo_model *model = &s->surrogate->model;
  double mean[PREDICTION], explained[PREDICTION];
  for (size_t from = 0; from < m; from += PREDICTION) {
    size_t n = m - from < PREDICTION ? m - from : PREDICTION;
    const double *points = x + from * s->n_axes;
    for (size_t p = 0; p < n; p++) bo_model_coordinates(model, points + p * s->n_axes, s->at + p * s->n_axes);
    bo_model_predict(model, s->at, n, s->v, mean, explained);
    for (size_t p = 0; p < n; p++) {
      scores[from + p] = bo_score(s->acquisition, mean[p], explained[p], NULL, NULL);
      offer(s, points + p * s->n_axes, scores[from + p]);
    }
  }
}

/* ---- candidates ------------------------------------------------------------------------------------------------- */

/* Changes one parameter of x: a category at random, a number by a normal step of a random size. */
static void vary(const struct joust_host *host, const struct joust_space *space, double *x) {
  uint32_t i = (uint32_t)joust_below(host, space->n_parameters);
  const struct joust_parameter *p = space->parameters[i];
  if (p->kind == JOUST_CATEGORICAL) {
    x[i] = joust_sample(host, p);
    return;
  }
  double sd = pow(10, -3 * joust_uniform(host)), place = joust_place_of(p, x[i]) + 0.5 * sd * joust_normal(host);
  double value = joust_value_at(p, fmin(fmax(place, 0), 1));
  if (value == x[i] && p->kind != JOUST_REAL) value += joust_below(host, 2) ? 1 : -1;
  x[i] = fmin(fmax(value, p->lower), p->upper);
}

/* The VARIED_TRIALS best rows of the model, best first; returns their number. */
static size_t best_rows(const struct bo_surrogate *surrogate, size_t *rows) {
  const struct bo_model *model = &surrogate->model;
  size_t n = 0;
  for (size_t k = 0; k < model->n_known; k++) {
    size_t place = n < VARIED_TRIALS ? n++ : n;
    while (place > 0 && model->y[rows[place - 1]] > model->y[k]) {
      if (place < VARIED_TRIALS) rows[place] = rows[place - 1];
      place--;
    }
    if (place < VARIED_TRIALS) rows[place] = k;
  }
  return n;
}

static const double *row_point(const struct bo_surrogate *surrogate, size_t row) {
  return surrogate->trials->x + surrogate->rows[row] * surrogate->trials->n_axes;
}

void bo_search_candidates(struct bo_surrogate *surrogate, const struct joust_space *space, double *x, size_t m) {
  const struct joust_host *host = surrogate->host;
  size_t rows[VARIED_TRIALS], n_rows = best_rows(surrogate, rows);
  for (size_t k = 0; k < m; k++, x += space->n_parameters) {
    if (k % 2 == 0) {
      joust_sample_point(host, space, x);
      continue;
    }
    memcpy(x, row_point(surrogate, rows[k / 2 % n_rows]), space->n_parameters * sizeof *x);
    do vary(host, space, x);
    while (joust_below(host, 2));
  }
}

/* ---- moves ------------------------------------------------------------------------------------------------------ */

static size_t most_neighbours(const struct joust_space *space) {
  size_t n = 0;
  for (uint32_t i = 0; i < space->n_parameters; i++)
    n += space->parameters[i]->kind == JOUST_CATEGORICAL ? MOST_CHOICES : NUMBER_STEPS;
  return n;
}

/* Appends x with one value changed, unless it is the same value. */
static size_t add_neighbour(struct search *s, size_t n, const double *x, uint32_t axis, double value) {
  const struct joust_parameter *p = s->space->parameters[axis];
  value = fmin(fmax(value, p->lower), p->upper);
  if (value == x[axis]) return n;
  double *neighbour = s->neighbours + n * s->n_axes;
  memcpy(neighbour, x, s->n_axes * sizeof *x);
  neighbour[axis] = value;
  return n + 1;
}

/* Steps of one value, and of random sizes on the parameter's scale. */
static size_t add_number(struct search *s, size_t n, const double *x, uint32_t axis) {
  const struct joust_parameter *p = s->space->parameters[axis];
  int whole = p->kind != JOUST_REAL;
  for (int step = 0; step < NUMBER_STEPS; step++) {
    double sign = step % 2 ? 1 : -1, value;
    if (whole && step < 2) {
      value = x[axis] + sign;
    } else {
      double size = pow(10, -3 * joust_uniform(s->surrogate->host));
      value = joust_value_at(p, fmin(fmax(joust_place_of(p, x[axis]) + sign * size, 0), 1));
    }
    n = add_neighbour(s, n, x, axis, value);
  }
  return n;
}

static size_t add_categories(struct search *s, size_t n, const double *x, uint32_t axis) {
  const struct joust_parameter *p = s->space->parameters[axis];
  int all = p->n_choices <= MOST_CHOICES;
  for (uint32_t c = 0; c < (all ? p->n_choices : MOST_CHOICES); c++)
    n = add_neighbour(s, n, x, axis, all ? (double)c : joust_sample(s->surrogate->host, p));
  return n;
}

/* Moves x to its best neighbour if that is better than `score`; returns the new score. */
static double move(struct search *s, double *x, double score) {
  size_t n = 0, best = 0;
  for (uint32_t i = 0; i < s->n_axes; i++)
    n = s->space->parameters[i]->kind == JOUST_CATEGORICAL ? add_categories(s, n, x, i) : add_number(s, n, x, i);
  if (n == 0) return score;
  score_points(s, s->neighbours, n, s->scores);
  for (size_t k = 1; k < n; k++)
    if (s->scores[k] > s->scores[best]) best = k;
  if (!(s->scores[best] > score)) return score;
  memcpy(x, s->neighbours + best * s->n_axes, s->n_axes * sizeof *x);
  return s->scores[best];
}

/* ---- reals ------------------------------------------------------------------------------------------------------ */

struct refinement {
  struct search *search;
  double *x; /* the point: its reals are overwritten */
};

/* Minus the score, as a function of angles: place = (1 - cos angle) / 2 keeps every real inside its range. */
static double refined(void *context, const double *angle, double *gradient) {
  struct refinement *r = context;
  struct search *s = r->search;
  struct bo_model *model = &s->surrogate->model;
  double *d_mean = s->derivatives, *d_explained = d_mean + s->n_axes, by_mean, by_explained, explained;
  for (uint32_t i = 0, k = 0; i < s->n_axes; i++)
    if (s->space->parameters[i]->kind == JOUST_REAL)
      r->x[i] = joust_value_at(s->space->parameters[i], 0.5 * (1 - cos(angle[k++])));
  bo_model_coordinates(model, r->x, s->at);
  double mean = bo_model_gradient(model, s->at, &explained, d_mean, d_explained);
  double score = bo_score(s->acquisition, mean, explained, &by_mean, &by_explained);
  offer(s, r->x, score);
  for (uint32_t i = 0, k = 0; i < s->n_axes; i++)
    if (s->space->parameters[i]->kind == JOUST_REAL) {
      gradient[k] = -(by_mean * d_mean[i] + by_explained * d_explained[i]) * 0.5 * sin(angle[k]);
      k++;
    }
  return -score;
}

/* Moves the reals of x uphill; *score becomes that of the new x. Returns 0, or -1 when out of memory. */
static int refine(struct search *s, double *x, double *score) {
  struct refinement r = {s, x};
  double *angle = malloc(s->n_reals * sizeof *angle), value;
  if (!angle) return -1;
  for (uint32_t i = 0, k = 0; i < s->n_axes; i++) {
    const struct joust_parameter *p = s->space->parameters[i];
    if (p->kind != JOUST_REAL) continue;
    double place = fmin(fmax(joust_place_of(p, x[i]), edge), 1 - edge); /* at an edge the gradient would be 0 */
    angle[k++] = acos(1 - 2 * place);
  }
  int status = bo_minimise(refined, &r, s->n_reals, angle, REFINE_STEPS, &value);
  if (status == 0) *score = -refined(&r, angle, s->derivatives + 2 * s->n_axes);
  free(angle);
  return status;
}

/* ---- local search ----------------------------------------------------------------------------------------------- */

static int climb(struct search *s, double *x, double score) {
  for (int k = 0; k < MOVES; k++) {
    double before = score;
    if (s->n_reals > 0 && refine(s, x, &score) < 0) return -1;
    score = move(s, x, score);
    if (!(score > before + settled)) break;
  }
  return 0;
}

/* Climbs from the best of the m candidates, best first. */
static int climb_all(struct search *s, double *x, double *scores, size_t m) {
  for (size_t k = 0; k < s->surrogate->settings->searches && k < m; k++) {
    size_t best = 0;
    for (size_t p = 1; p < m; p++)
      if (scores[p] > scores[best]) best = p;
    double score = scores[best];
    scores[best] = -HUGE_VAL;
    if (climb(s, x + best * s->n_axes, score) < 0) return -1;
  }
  return 0;
}

joust_status bo_search(struct bo_surrogate *surrogate, const struct joust_space *space,
                       const struct bo_acquisition *acquisition, double *x) {
  struct search s = {surrogate, space, acquisition, space->n_parameters, 0, -HUGE_VAL, x, NULL, NULL, NULL, NULL, NULL};
  for (uint32_t i = 0; i < s.n_axes; i++) s.n_reals += space->parameters[i]->kind == JOUST_REAL;
  size_t m = surrogate->settings->candidates, axes = s.n_axes, room = most_neighbours(space), n = surrogate->model.n;
  double *work = malloc((m * (axes + 1) + PREDICTION * (axes + n) + room * (axes + 1) + 3 * axes) * sizeof *work);
  if (!work) return JOUST_ENOMEM;
  double *candidates = work, *scores = candidates + m * axes;
  s.at = scores + m;
  s.v = s.at + PREDICTION * axes;
  s.neighbours = s.v + PREDICTION * n;
  s.scores = s.neighbours + room * axes;
  s.derivatives = s.scores + room;
  bo_search_candidates(surrogate, space, candidates, m);
  score_points(&s, candidates, m, scores);
  int status = climb_all(&s, candidates, scores, m);
  free(work);
  if (status < 0) return JOUST_ENOMEM;
  return s.best_score > -HUGE_VAL ? JOUST_OK : JOUST_DONE;
}
