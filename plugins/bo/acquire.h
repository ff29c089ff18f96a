/* Acquisition functions: how much is a point worth evaluating, given the mean m and the standard deviation sd that the
 * model predicts there. Targets are minimised, scores maximised. With t = (m + xi - best) / sd, phi and Phi the
 * standard normal density and distribution function:
 *
 *   log-ei  log(sd) + log h(-t),  h(u) = phi(u) + u Phi(u): the log of the expected improvement (Jones, Schonlau and
 *           Welch 1998), whose gradient does not vanish (Ament et al., "Unexpected improvements to expected
 *           improvement for Bayesian optimization", NeurIPS 2023)
 *   ucb     -(m - kappa sd)   (Srinivas et al. 2010)
 *   pi      -t                (Kushner 1964), a monotone function of the probability of improvement
 *
 * Thompson sampling compares points jointly: see thompson.h. */
#ifndef BO_ACQUIRE_H
#define BO_ACQUIRE_H

#include <joust/plugin.h>
#include <stddef.h>
#include <stdint.h>

#include "settings.h"

struct bo_acquisition {
  enum bo_acquisition_kind kind;
  double best;      /* the target to improve on */
  double amplitude; /* s^2: the variance at a point is s^2 (1 - explained) */
  double kappa, xi;
};

/* The score of one point. d_mean and d_explained take the derivatives; both or neither are NULL. */
double bo_score(const struct bo_acquisition *acquisition, double mean, double explained, double *d_mean,
                double *d_explained);

/* log h(u), for any u. */
double bo_log_h(double u);

struct bo_choice { /* of a running search for the highest score; starts as BO_NO_CHOICE */
  double score;
  uint64_t index; /* of the best candidate, UINT64_MAX: none yet */
  uint64_t ties;
};

#define BO_NO_CHOICE ((struct bo_choice){-HUGE_VAL, UINT64_MAX, 0})

/* Offers the candidates first .. first + n - 1 with the given means and explained shares; those with known[k] != 0 are
 * left out. Equal scores (to 1e-10) are drawn among with the host's random numbers. */
void bo_choose(struct bo_choice *choice, const struct bo_acquisition *acquisition, const struct joust_host *host,
               const double *mean, const double *explained, const uint8_t *known, size_t n, uint64_t first);

#endif
