#include "acquire.h"

#include <joust/util.h>
#include <math.h>

static const double log_sqrt_2pi = 0.9189385332046727, sqrt_half = 0.7071067811865476;
static const double tie = 1e-10, least_variance = 1e-14;

/* Phi(u), phi(u) and h(u) for u > -25; h is good to about 1e-16 u^2. */
static double plain_h(double u, double *density, double *distribution) {
  *density = exp(-0.5 * u * u - log_sqrt_2pi);
  *distribution = 0.5 * erfc(-u * sqrt_half);
  return *density + u * *distribution;
}

/* h(u) / phi(u) for u <= -25, from the asymptotic series of Mills' ratio (Abramowitz & Stegun 26.2.12). */
static double far_h(double u) {
  double v = 1 / (u * u);
  return v * (1 - v * (3 - v * (15 - v * (105 - v * 945))));
}

double bo_log_h(double u) {
  double density, distribution;
  if (u > -25) return log(plain_h(u, &density, &distribution));
  return -0.5 * u * u - log_sqrt_2pi + log(far_h(u));
}

/* phi(u) / h(u) and Phi(u) / h(u): the derivatives of log(sd h) times sd, by sd and by -m. */
static void slopes(double u, double *by_sd, double *by_mean) {
  double density, distribution;
  if (u > -25) {
    double h = plain_h(u, &density, &distribution);
    *by_sd = density / h;
    *by_mean = distribution / h;
  } else {
    *by_sd = 1 / far_h(u);
    *by_mean = (*by_sd - 1) / -u; /* h = phi + u Phi */
  }
}

double bo_score(const struct bo_acquisition *a, double mean, double explained, double *d_mean, double *d_explained) {
  double share = fmax(1 - explained, least_variance), sd = sqrt(a->amplitude * share), score, by_mean, by_sd;
  double u = (a->best - a->xi - mean) / sd;
  switch (a->kind) {
  case BO_UCB:
    score = a->kappa * sd - mean;
    by_mean = -1;
    by_sd = a->kappa;
    break;
  case BO_PI:
    score = u;
    by_mean = -1 / sd;
    by_sd = -u / sd;
    break;
  default:
    score = log(sd) + bo_log_h(u);
    by_mean = by_sd = 0;
    if (d_mean) {
      slopes(u, &by_sd, &by_mean);
      by_mean /= -sd;
      by_sd /= sd;
    }
  }
  if (d_mean) {
    *d_mean = by_mean;
    *d_explained = -0.5 * by_sd * sd / share; /* d sd / d explained = -sd / (2 share) */
  }
  return score;
}

/* What t |t| must stay below for a log-EI that is no worse than `score`, see bo_choose. */
static double log_ei_reach(const struct bo_acquisition *a, double score) {
  return fmax(0, 2 * (0.5 * log(a->amplitude) - log_sqrt_2pi - score + tie));
}

static void offer(struct bo_choice *choice, const struct joust_host *host, double score, uint64_t index) {
  if (score > choice->score + tie) {
    *choice = (struct bo_choice){score, index, 1};
  } else if (score >= choice->score - tie) {
    choice->ties++;
    if (joust_below(host, choice->ties) == 0) choice->index = index;
  }
}

void bo_choose(struct bo_choice *choice, const struct bo_acquisition *a, const struct joust_host *host,
               const double *mean, const double *explained, const uint8_t *known, size_t n, uint64_t first) {
  /* For t > 0 h(-t) < phi(t), so that log-EI < log s - log sqrt(2 pi) - t^2/2: most candidates cannot reach the best
   * score so far, and a product and a comparison say so. */
  double reach = a->kind == BO_LOG_EI ? a->amplitude * log_ei_reach(a, choice->score) : HUGE_VAL;
  for (size_t k = 0; k < n; k++) {
    double gap = mean[k] + a->xi - a->best;
    if (gap > 0 && gap * gap > reach * fmax(1 - explained[k], least_variance)) continue;
    if (known && known[k]) continue;
    double score = bo_score(a, mean[k], explained[k], NULL, NULL), before = choice->score;
    offer(choice, host, score, first + k);
    if (a->kind == BO_LOG_EI && choice->score > before) reach = a->amplitude * log_ei_reach(a, choice->score);
  }
}
