#include "settings.h"

static const char *const kernels[] = {"auto", "exponential", "matern52", "hamming"};
static const char *const acquisitions[] = {"log-ei", "ucb", "pi", "thompson"};
static const char *const transforms[] = {"clip", "none", "rank"};

enum {
  KERNEL,
  ACQUISITION,
  TRANSFORM,
  CLIP,
  KAPPA,
  XI,
  NOISE,
  NOISY,
  INITIAL,
  REFIT,
  RESTARTS,
  FIT_STEPS,
  GRID,
  CANDIDATES,
  SEARCHES,
  MAX_POINTS
};

const struct joust_option bo_options[BO_N_OPTIONS] = {
    [KERNEL] = {"kernel",
                "correlation: exponential, matern52, hamming (choices and integers without their order), or auto: "
                "exponential over choices times matern52 over numbers",
                "auto", JOUST_OPT_CHOICE, 4, 0, 0, kernels},
    [ACQUISITION] = {"acquisition", "what the next point maximises", "log-ei", JOUST_OPT_CHOICE, 4, 0, 0, acquisitions},
    [TRANSFORM] = {"transform",
                   "of the objective before it is standardised: clip the bad tail, none, or rank (normal scores)",
                   "clip", JOUST_OPT_CHOICE, 3, 0, 0, transforms},
    [CLIP] = {"clip", "clip what is worse than the median by more than this many times (median - best)", "2",
              JOUST_OPT_REAL, 0, 0, 1e6, NULL},
    [KAPPA] = {"kappa", "ucb: weight of the standard deviation", "2", JOUST_OPT_REAL, 0, 0, 1e6, NULL},
    [XI] = {"xi", "log-ei and pi: improvement that does not count, in standard deviations of the transformed objective",
            "0", JOUST_OPT_REAL, 0, 0, 1e6, NULL},
    [NOISE] = {"noise", "variance of the noise as a share of the signal's; 0: fitted", "0", JOUST_OPT_REAL, 0, 0, 1e3,
               NULL},
    [NOISY] = {"noisy", "evaluation is noisy: known points may be proposed again", "false", JOUST_OPT_BOOL, 0, 0, 0,
               NULL},
    [INITIAL] = {"initial", "random points before the model is used", "10", JOUST_OPT_INT, 0, 1, 1e6, NULL},
    [REFIT] = {"refit", "fit the kernel again when the trials have grown by this share", "0.1", JOUST_OPT_REAL, 0, 0,
               10, NULL},
    [RESTARTS] = {"restarts", "random starts of a fit beside the last one's result", "0", JOUST_OPT_INT, 0, 0, 100,
                  NULL},
    [FIT_STEPS] = {"fit-steps", "most steps of a fit from one start", "30", JOUST_OPT_INT, 0, 1, 1e4, NULL},
    [GRID] = {"grid", "search a finite space of up to this many points whole", "100000", JOUST_OPT_INT, 0, 0, 1e6,
              NULL},
    [CANDIDATES] = {"candidates", "random candidates in a larger space", "2000", JOUST_OPT_INT, 0, 1, 1e6, NULL},
    [SEARCHES] = {"searches", "local searches in a larger space, from the best candidates", "8", JOUST_OPT_INT, 0, 1,
                  1e4, NULL},
    [MAX_POINTS] = {"max-points", "most trials that the model holds", "800", JOUST_OPT_INT, 0, 4, 1e5, NULL},
};

struct bo_settings bo_settings_read(const union joust_arg *args) {
  return (struct bo_settings){.kernel = (enum bo_kernel_kind)args[KERNEL].i,
                              .acquisition = (enum bo_acquisition_kind)args[ACQUISITION].i,
                              .transform = (enum bo_transform_kind)args[TRANSFORM].i,
                              .clip = args[CLIP].r,
                              .kappa = args[KAPPA].r,
                              .xi = args[XI].r,
                              .noise = args[NOISE].r,
                              .noisy = args[NOISY].i != 0,
                              .initial = (uint32_t)args[INITIAL].i,
                              .refit = args[REFIT].r,
                              .restarts = (uint32_t)args[RESTARTS].i,
                              .fit_steps = (uint32_t)args[FIT_STEPS].i,
                              .grid = (uint64_t)args[GRID].i,
                              .candidates = (uint32_t)args[CANDIDATES].i,
                              .searches = (uint32_t)args[SEARCHES].i,
                              .max_points = (uint32_t)args[MAX_POINTS].i};
}
