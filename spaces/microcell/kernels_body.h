/* The kernels of kernels.h for one instruction set. The file that includes this one defines
 *   MC_NAME          the name, a text, and MC_TABLE, the name of the table of functions
 *   MC_BYTES         bytes of a vector
 *   MC_COLUMNS        pixels of a convolution's block: 4 channels x MC_COLUMNS accumulators stay in registers
 *   MC_OUT           output channels of a block of conv3_gradient, 3 x MC_OUT accumulators
 *   MC_IN            input channels of a block of conv1_gradient, MC_IN x 4 accumulators
 *   MC_USABLE        an expression: can this processor run it?
 * Vectors are the compilers' vector extensions; a vector longer than the registers would be split and is slow. */
#include <stdint.h>
#include <string.h>

#include "kernels.h"

typedef float vec __attribute__((vector_size(MC_BYTES), may_alias));
typedef int32_t ivec __attribute__((vector_size(MC_BYTES), may_alias));

enum { WIDTH = MC_BYTES / (int)sizeof(float), GROUPS = MC_LANES / WIDTH, BLOCK = 4 };

static inline vec load(const float *p) {
  return *(const vec *)p;
}

static inline void store(float *p, vec v) {
  *(vec *)p = v;
}

static inline void put(float *p, vec v, bool add) {
  *(vec *)p = add ? (vec)(*(vec *)p + v) : v;
}

/* Sum of 32 lanes in the fixed tree. */
static inline float fold(const vec *lanes) {
  _Alignas(MC_ALIGN) float x[MC_LANES];
  memcpy(x, lanes, sizeof x);
  for (int half = MC_LANES / 2; half; half /= 2)
    for (int i = 0; i < half; i++) x[i] += x[i + half];
  return x[0];
}

/* ---- convolutions ------------------------------------------------------------------------------------------------ */

/* BLOCK output channels x MC_COLUMNS pixels of one group of lanes; `in` points at the first tap of the first row. */
static inline __attribute__((always_inline)) void block(float *out, const float *in, const float *weights,
                                                        int in_channels, int out_channels, int side, int rows, int taps,
                                                        bool add) {
  vec sum[BLOCK][MC_COLUMNS];
  size_t row = mc_row(side), plane = mc_plane(side);
  for (int c = 0; c < BLOCK; c++)
    for (int p = 0; p < MC_COLUMNS; p++) sum[c][p] = (vec){0};
  for (int i = 0; i < in_channels; i++) {
    const float *source = in + (size_t)i * plane;
    for (int y = 0; y < rows; y++)
      for (int x = 0; x < taps; x++) {
        const float *w = weights + (size_t)((y * taps + x) * in_channels + i) * (size_t)out_channels;
        vec pixel[MC_COLUMNS];
        for (int p = 0; p < MC_COLUMNS; p++) pixel[p] = load(source + (size_t)y * row + (size_t)(x + p) * MC_LANES);
        for (int c = 0; c < BLOCK; c++)
          for (int p = 0; p < MC_COLUMNS; p++) sum[c][p] += w[c] * pixel[p];
      }
  }
  for (int c = 0; c < BLOCK; c++)
    for (int p = 0; p < MC_COLUMNS; p++) put(out + (size_t)c * plane + (size_t)p * MC_LANES, sum[c][p], add);
}

static inline __attribute__((always_inline)) void convolve(float *out, const float *in, const float *weights,
                                                           int in_channels, int out_channels, int side, int taps,
                                                           bool add) {
  size_t row = mc_row(side), plane = mc_plane(side);
  int reach = taps / 2;
  for (int y = 0; y < side; y++) {
    int first = y < reach ? reach - y : 0, last = y + reach < side ? taps : taps - (y + reach - side + 1);
    const float *w = weights + (size_t)(first * taps * in_channels) * (size_t)out_channels;
    const float *source = in + (size_t)(y - reach + first) * row + (size_t)(1 - reach) * MC_LANES;
    for (int x = 0; x < side; x += MC_COLUMNS)
      for (int g = 0; g < GROUPS; g++)
        for (int c = 0; c < out_channels; c += BLOCK)
          block(out + (size_t)c * plane + (size_t)y * row + (size_t)(x + 1) * MC_LANES + g * WIDTH,
                source + (size_t)x * MC_LANES + g * WIDTH, w + c, in_channels, out_channels, side, last - first, taps,
                add);
  }
}

static void conv3(float *out, const float *in, const float *weights, int in_channels, int out_channels, int side,
                  bool add) {
  convolve(out, in, weights, in_channels, out_channels, side, 3, add);
}

static void conv1(float *out, const float *in, const float *weights, int in_channels, int out_channels, int side,
                  bool add) {
  convolve(out, in, weights, in_channels, out_channels, side, 1, add);
}

/* One row of taps (dx = -1, 0, 1) of one input channel and MC_OUT output channels. */
static inline void taps_gradient(float *gradient, const float *in, const float *d_out, int side, int rows, size_t tap) {
  vec lanes[3][MC_OUT][GROUPS];
  size_t row = mc_row(side), plane = mc_plane(side);
  for (int g = 0; g < GROUPS; g++) {
    vec sum[3][MC_OUT];
    for (int x = 0; x < 3; x++)
      for (int c = 0; c < MC_OUT; c++) sum[x][c] = (vec){0};
    for (int y = 0; y < rows; y++) {
      const float *source = in + (size_t)y * row + g * WIDTH, *d = d_out + (size_t)y * row + g * WIDTH + MC_LANES;
      for (int x = 0; x < side; x++, source += MC_LANES, d += MC_LANES) {
        vec left = load(source), here = load(source + MC_LANES), right = load(source + 2 * (size_t)MC_LANES);
        for (int c = 0; c < MC_OUT; c++) {
          vec slope = load(d + (size_t)c * plane);
          sum[0][c] += left * slope;
          sum[1][c] += here * slope;
          sum[2][c] += right * slope;
        }
      }
    }
    for (int x = 0; x < 3; x++)
      for (int c = 0; c < MC_OUT; c++) lanes[x][c][g] = sum[x][c];
  }
  for (int x = 0; x < 3; x++)
    for (int c = 0; c < MC_OUT; c++) gradient[(size_t)x * tap + (size_t)c] = fold(lanes[x][c]);
}

static void conv3_gradient(float *gradient, const float *in, const float *d_out, int in_channels, int out_channels,
                           int side) {
  size_t row = mc_row(side), plane = mc_plane(side), tap = (size_t)in_channels * (size_t)out_channels;
  for (int c = 0; c < out_channels; c += MC_OUT)
    for (int i = 0; i < in_channels; i++)
      for (int dy = -1; dy <= 1; dy++) {
        int first = dy < 0 ? 1 : 0, rows = side - (dy ? 1 : 0); /* rows of d_out whose tap lies inside */
        taps_gradient(gradient + (size_t)(dy + 1) * 3 * tap + (size_t)i * (size_t)out_channels + c,
                      in + (size_t)i * plane + (size_t)(first + dy) * row,
                      d_out + (size_t)c * plane + (size_t)first * row, side, rows, tap);
      }
}

static void conv1_gradient(float *gradient, const float *in, const float *d_out, int in_channels, int out_channels,
                           int side) {
  size_t row = mc_row(side), plane = mc_plane(side);
  for (int i = 0; i < in_channels; i += MC_IN)
    for (int c = 0; c < out_channels; c += BLOCK) {
      vec lanes[MC_IN][BLOCK][GROUPS];
      for (int g = 0; g < GROUPS; g++) {
        vec sum[MC_IN][BLOCK];
        for (int a = 0; a < MC_IN; a++)
          for (int b = 0; b < BLOCK; b++) sum[a][b] = (vec){0};
        for (int y = 0; y < side; y++) {
          size_t at = (size_t)y * row + MC_LANES + (size_t)(g * WIDTH);
          for (int x = 0; x < side; x++, at += MC_LANES) {
            vec source[MC_IN];
            for (int a = 0; a < MC_IN; a++) source[a] = load(in + (size_t)(i + a) * plane + at);
            for (int b = 0; b < BLOCK; b++) {
              vec slope = load(d_out + (size_t)(c + b) * plane + at);
              for (int a = 0; a < MC_IN; a++) sum[a][b] += source[a] * slope;
            }
          }
        }
        for (int a = 0; a < MC_IN; a++)
          for (int b = 0; b < BLOCK; b++) lanes[a][b][g] = sum[a][b];
      }
      for (int a = 0; a < MC_IN; a++)
        for (int b = 0; b < BLOCK; b++)
          gradient[(size_t)(i + a) * (size_t)out_channels + (size_t)(c + b)] = fold(lanes[a][b]);
    }
}

/* ---- batch normalisation ----------------------------------------------------------------------------------------- */

/* Sums of a channel over its pixels, per lane: four chains (columns modulo 4), added as (0 + 2) + (1 + 3). */
#define MC_SUM_PIXELS(result, side, at, term)                                                                          \
  do {                                                                                                                 \
    vec chain_[4][GROUPS];                                                                                             \
    memset(chain_, 0, sizeof chain_);                                                                                  \
    for (int y_ = 0; y_ < (side); y_++)                                                                                \
      for (int x_ = 0; x_ < (side); x_ += 4)                                                                           \
        for (int p_ = 0; p_ < 4; p_++)                                                                                 \
          for (int g_ = 0; g_ < GROUPS; g_++) {                                                                        \
            size_t at = (size_t)y_ * mc_row(side) + (size_t)(x_ + p_ + 1) * MC_LANES + (size_t)(g_ * WIDTH);           \
            chain_[p_][g_] += (term);                                                                                  \
          }                                                                                                            \
    vec total_[GROUPS];                                                                                                \
    for (int g_ = 0; g_ < GROUPS; g_++)                                                                                \
      total_[g_] = (chain_[0][g_] + chain_[2][g_]) + (chain_[1][g_] + chain_[3][g_]);                                  \
    (result) = fold(total_);                                                                                           \
  } while (0)

/* Every vector of a channel's pixels, margins left out. */
#define MC_EACH(side, at)                                                                                              \
  for (int y_ = 0; y_ < (side); y_++)                                                                                  \
    for (size_t at = (size_t)y_ * mc_row(side) + MC_LANES, end_ = at + (size_t)(side)*MC_LANES; at < end_; at += WIDTH)

static void normalise(float *map, float *mean, float *variance, float *inverse, int channels, int side) {
  float count = (float)(side * side * MC_LANES);
  for (int c = 0; c < channels; c++, map += mc_plane(side)) {
    float total, squares;
    MC_SUM_PIXELS(total, side, at, load(map + at));
    float centre = total / count;
    MC_SUM_PIXELS(squares, side, at, (load(map + at) - centre) * (load(map + at) - centre));
    float scale = 1.0f / __builtin_sqrtf(squares / count + 1e-5f);
    mean[c] = centre;
    variance[c] = squares / count;
    inverse[c] = scale;
    MC_EACH(side, at) store(map + at, (load(map + at) - centre) * scale);
  }
}

static void normalise_fixed(float *out, const float *map, const float *mean, const float *inverse, int channels,
                            int side, bool add) {
  for (int c = 0; c < channels; c++, out += mc_plane(side), map += mc_plane(side)) {
    float centre = mean[c], scale = inverse[c];
    MC_EACH(side, at) put(out + at, (load(map + at) - centre) * scale, add);
  }
}

static void normalise_gradient(float *d_in, const float *out, const float *d_out, const float *inverse, int channels,
                               int side) {
  float count = (float)(side * side * MC_LANES);
  size_t plane = mc_plane(side);
  for (int c = 0; c < channels; c++, d_in += plane, out += plane, d_out += plane) {
    float slope, product, scale = inverse[c];
    MC_SUM_PIXELS(slope, side, at, load(d_out + at));
    MC_SUM_PIXELS(product, side, at, load(d_out + at) * load(out + at));
    slope /= count;
    product /= count;
    MC_EACH(side, at) store(d_in + at, ((load(d_out + at) - slope) - load(out + at) * product) * scale);
  }
}

/* ---- the rest ---------------------------------------------------------------------------------------------------- */

static void zero(float *map, int channels, int side) {
  memset(map, 0, (size_t)channels * mc_plane(side) * sizeof *map);
}

static void copy(float *out, const float *in, int channels, int side, bool add) {
  for (int c = 0; c < channels; c++, out += mc_plane(side), in += mc_plane(side))
    MC_EACH(side, at) put(out + at, load(in + at), add);
}

static void rectify(float *out, const float *in, int channels, int side) {
  for (int c = 0; c < channels; c++, out += mc_plane(side), in += mc_plane(side)) MC_EACH(side, at) {
      vec v = load(in + at);
      store(out + at, (vec)((ivec)v & (v > 0)));
    }
}

static void rectify_gradient(float *d_in, const float *in, const float *d_out, int channels, int side, bool add) {
  size_t plane = mc_plane(side);
  for (int c = 0; c < channels; c++, d_in += plane, in += plane, d_out += plane)
    MC_EACH(side, at) put(d_in + at, (vec)((ivec)load(d_out + at) & (load(in + at) > 0)), add);
}

/* How many of the three positions around one are inside. */
static inline int inside(int at, int side) {
  return at == 0 || at == side - 1 ? 2 : 3;
}

/* 3x3 sums of source (margins zero), times 1 / (pixels inside) where `scaled`. */
static inline void sum3(float *target, const float *source, int side, bool scaled, bool add) {
  _Alignas(MC_ALIGN) float rows[MC_MAX_SIDE + 2][MC_MAX_SIDE * MC_LANES];
  size_t n = (size_t)side * MC_LANES;
  memset(rows[0], 0, n * sizeof(float));
  memset(rows[side + 1], 0, n * sizeof(float));
  for (int y = 0; y < side; y++)
    for (size_t at = 0; at < n; at += WIDTH) {
      const float *p = source + (size_t)y * mc_row(side) + at;
      store(&rows[y + 1][at], (load(p) + load(p + MC_LANES)) + load(p + 2 * (size_t)MC_LANES));
    }
  for (int y = 0; y < side; y++)
    for (int x = 0; x < side; x++) {
      float scale = scaled ? 1.0f / (float)(inside(y, side) * inside(x, side)) : 1.0f;
      for (size_t at = (size_t)x * MC_LANES, end = at + MC_LANES; at < end; at += WIDTH) {
        float *p = target + (size_t)y * mc_row(side) + MC_LANES + at;
        put(p, ((load(&rows[y][at]) + load(&rows[y + 1][at])) + load(&rows[y + 2][at])) * scale, add);
      }
    }
}

static void average3(float *out, const float *in, int channels, int side, bool add) {
  for (int c = 0; c < channels; c++, out += mc_plane(side), in += mc_plane(side)) sum3(out, in, side, true, add);
}

static void average3_gradient(float *d_in, const float *d_out, int channels, int side, bool add) {
  _Alignas(MC_ALIGN) float scaled[MC_MAX_SIDE * (MC_MAX_SIDE + 2) * MC_LANES];
  memset(scaled, 0, sizeof scaled);
  for (int c = 0; c < channels; c++, d_in += mc_plane(side), d_out += mc_plane(side)) {
    for (int y = 0; y < side; y++)
      for (int x = 0; x < side; x++) {
        float scale = 1.0f / (float)(inside(y, side) * inside(x, side));
        size_t at = (size_t)y * mc_row(side) + (size_t)(x + 1) * MC_LANES;
        for (size_t end = at + MC_LANES; at < end; at += WIDTH) store(scaled + at, load(d_out + at) * scale);
      }
    sum3(d_in, scaled, side, false, add);
  }
}

static void halve(float *out, const float *in, int channels, int side) {
  int half = side / 2;
  for (int c = 0; c < channels; c++, out += mc_plane(half), in += mc_plane(side))
    for (int y = 0; y < half; y++)
      for (int x = 0; x < half; x++) {
        const float *p = in + (size_t)(2 * y) * mc_row(side) + (size_t)(2 * x + 1) * MC_LANES, *q = p + mc_row(side);
        float *target = out + (size_t)y * mc_row(half) + (size_t)(x + 1) * MC_LANES;
        for (size_t at = 0; at < MC_LANES; at += WIDTH)
          store(target + at,
                ((load(p + at) + load(p + MC_LANES + at)) + (load(q + at) + load(q + MC_LANES + at))) * 0.25f);
      }
}

static void halve_gradient(float *d_in, const float *d_out, int channels, int side) {
  int half = side / 2;
  for (int c = 0; c < channels; c++, d_in += mc_plane(side), d_out += mc_plane(half))
    for (int y = 0; y < side; y++)
      for (int x = 0; x < side; x++) {
        const float *p = d_out + (size_t)(y / 2) * mc_row(half) + (size_t)(x / 2 + 1) * MC_LANES;
        float *target = d_in + (size_t)y * mc_row(side) + (size_t)(x + 1) * MC_LANES;
        for (size_t at = 0; at < MC_LANES; at += WIDTH) store(target + at, load(p + at) * 0.25f);
      }
}

static void mean_pixel(float *out, const float *in, int channels, int side) {
  for (int c = 0; c < channels; c++, out += MC_LANES, in += mc_plane(side))
    for (size_t lane = 0; lane < MC_LANES; lane += WIDTH) {
      vec total = {0};
      for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++) total += load(in + (size_t)y * mc_row(side) + (size_t)(x + 1) * MC_LANES + lane);
      store(out + lane, total / (float)(side * side));
    }
}

static bool usable(void) {
  return MC_USABLE;
}

const struct mc_kernels MC_TABLE = {
    .name = MC_NAME,
    .usable = usable,
    .conv3 = conv3,
    .conv1 = conv1,
    .conv3_gradient = conv3_gradient,
    .conv1_gradient = conv1_gradient,
    .normalise = normalise,
    .normalise_fixed = normalise_fixed,
    .normalise_gradient = normalise_gradient,
    .zero = zero,
    .copy = copy,
    .rectify = rectify,
    .rectify_gradient = rectify_gradient,
    .average3 = average3,
    .average3_gradient = average3_gradient,
    .halve = halve,
    .halve_gradient = halve_gradient,
    .mean_pixel = mean_pixel,
};
