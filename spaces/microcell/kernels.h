/* The arithmetic of the trainer, compiled once for each instruction set and chosen when the program runs.
 *
 * Feature maps. A batch is 32 images. A map of C channels and side S is float[C][S][S + 2][32]: channel, row, column,
 * image, so that an image is a SIMD lane and every inner loop runs over contiguous memory. Columns 0 and S + 1 are
 * margins that hold zeros; no kernel writes to them. Maps start at multiples of 64 bytes. Weights of a 3x3 convolution
 * are float[9][in][out] with the tap (dy + 1) * 3 + dx + 1 first, those of a 1x1 convolution float[in][out].
 *
 * Exactness. Every kernel gives the same bits for each instruction set, compiler and optimisation level: each output is
 * one lane's sequence of separate multiplications and additions in a fixed order (no FMA: -ffp-contract=off), and a sum
 * over pixels and images is kept per lane and folded in a fixed tree: lane i with i + 16, then i + 8, 4, 2, 1. */
#ifndef MICROCELL_KERNELS_H
#define MICROCELL_KERNELS_H

#include <stdbool.h>
#include <stddef.h>

enum { MC_LANES = 32, MC_ALIGN = 64, MC_MAX_SIDE = 8, MC_MAX_CHANNELS = 16 };

/* Floats of a row, and of a channel. */
static inline size_t mc_row(int side) {
  return (size_t)(side + 2) * MC_LANES;
}

static inline size_t mc_plane(int side) {
  return (size_t)side * mc_row(side);
}

/* With `add` a kernel adds to its output instead of setting it. */
struct mc_kernels {
  const char *name; /* "avx512", "avx2", "sse2", "generic" */
  bool (*usable)(void);

  /* out = in * weights. `out_channels` is a multiple of 4 and so is `side`. */
  void (*conv3)(float *out, const float *in, const float *weights, int in_channels, int out_channels, int side,
                bool add);
  void (*conv1)(float *out, const float *in, const float *weights, int in_channels, int out_channels, int side,
                bool add);
  /* gradient = d loss / d weights, from the input and from d loss / d output. */
  void (*conv3_gradient)(float *gradient, const float *in, const float *d_out, int in_channels, int out_channels,
                         int side);
  void (*conv1_gradient)(float *gradient, const float *in, const float *d_out, int in_channels, int out_channels,
                         int side);

  /* Batch normalisation without affine, in place: map = (map - mean) * inverse with inverse = 1 / sqrt(variance +
   * 1e-5), the (biased) variance; the three of each channel are also given out. */
  void (*normalise)(float *map, float *mean, float *variance, float *inverse, int channels, int side);
  /* out = (map - mean) * inverse */
  void (*normalise_fixed)(float *out, const float *map, const float *mean, const float *inverse, int channels, int side,
                          bool add);
  /* d_in = d loss / d input of normalise, from its output and d loss / d output. */
  void (*normalise_gradient)(float *d_in, const float *out, const float *d_out, const float *inverse, int channels,
                             int side);

  void (*zero)(float *map, int channels, int side);
  void (*copy)(float *out, const float *in, int channels, int side, bool add);
  void (*rectify)(float *out, const float *in, int channels, int side); /* out = max(in, 0) */
  void (*rectify_gradient)(float *d_in, const float *in, const float *d_out, int channels, int side,
                           bool add); /* d_in = in > 0 ? d_out : 0 */
  /* out = average of the 3x3 pixels around each that are inside the map; and its transpose */
  void (*average3)(float *out, const float *in, int channels, int side, bool add);
  void (*average3_gradient)(float *d_in, const float *d_out, int channels, int side, bool add);
  void (*halve)(float *out, const float *in, int channels, int side);              /* 2x2 averages; side: of `in` */
  void (*halve_gradient)(float *d_in, const float *d_out, int channels, int side); /* d_in = ...; side: of d_in */
  void (*mean_pixel)(float *out, const float *in, int channels, int side); /* out: [channels][32], mean of the pixels */
};

/* The fastest that this processor can run; or the one of that name, NULL if it is absent or not usable here. */
const struct mc_kernels *mc_kernels_best(void);
const struct mc_kernels *mc_kernels_named(const char *name);

/* All that were compiled, best first, NULL at the end. */
extern const struct mc_kernels *const mc_kernels_all[];

#endif
