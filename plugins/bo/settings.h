/* The options of the plugin: the table that the host prints and checks, and the struct that the rest of the plugin
 * reads. The struct holds plain values, owns nothing and cannot fail: the host has checked every bound. */
#ifndef BO_SETTINGS_H
#define BO_SETTINGS_H

#include <joust/plugin.h>

enum bo_kernel_kind { BO_AUTO, BO_EXPONENTIAL, BO_MATERN52, BO_HAMMING };
enum bo_acquisition_kind { BO_LOG_EI, BO_UCB, BO_PI, BO_THOMPSON };
enum bo_transform_kind { BO_CLIP, BO_NONE, BO_RANK };

struct bo_settings {
  enum bo_kernel_kind kernel;
  enum bo_acquisition_kind acquisition;
  enum bo_transform_kind transform;
  double kappa;      /* UCB: weight of the standard deviation */
  double xi;         /* log-EI, PI: improvement that does not count, in standardised units */
  double clip;       /* clip: multiples of the distance from the median to the best */
  double noise;      /* variance of the noise as a share of the signal's; 0: fitted */
  int noisy;         /* evaluation is noisy: known points may be proposed again */
  uint32_t initial;  /* random points before the model is used */
  double refit;      /* the kernel is fitted again when the trials have grown by this share */
  uint32_t restarts; /* starts of a fit beside the warm one */
  uint32_t fit_steps;
  uint64_t grid;       /* largest finite space that is searched whole */
  uint32_t candidates; /* random candidates of a larger space */
  uint32_t searches;   /* local searches in a larger space */
  uint32_t max_points; /* most trials that the model holds */
};

enum { BO_N_OPTIONS = 16 };
extern const struct joust_option bo_options[BO_N_OPTIONS];

struct bo_settings bo_settings_read(const union joust_arg *args);

#endif
