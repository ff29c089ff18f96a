#include "net.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "exact.h"

#define MOMENTUM   0.9f
#define DECAY      5e-4f
#define NORM_SHARE 0.1f /* of a batch's statistics in the running ones */

enum {
  MAPS = 5 * MC_NODES - 1 + MC_EDGES + 3, /* of a stage, at most */
  MAX_WEIGHTS = 9 * MC_CHANNELS_A + MC_CHANNELS_A * MC_CHANNELS_B + (MC_CHANNELS_B + 1) * MC_LABELS +
                MC_EDGES * 9 * (MC_CHANNELS_A * MC_CHANNELS_A + MC_CHANNELS_B * MC_CHANNELS_B)
};

/* ---- memory ------------------------------------------------------------------------------------------------------ */

static float *take(float **free_floats, size_t n) {
  float *result = *free_floats;
  *free_floats += (n + MC_ALIGN - 1) / MC_ALIGN * MC_ALIGN;
  return result;
}

static void lay_out_stage(struct mc_stage *stage, float **memory, int channels, int side) {
  size_t size = (size_t)channels * mc_plane(side);
  stage->channels = channels;
  stage->side = side;
  for (int n = 0; n < MC_NODES; n++) {
    stage->node[n] = take(memory, size);
    stage->rectified[n] = take(memory, size);
    stage->d_node[n] = take(memory, size);
    stage->d_rectified[n] = take(memory, size);
  }
  for (int e = 0; e < MC_EDGES; e++) stage->edge[e] = take(memory, size);
  stage->d_edge = take(memory, size);
}

int mc_net_make(struct mc_net *net, const struct mc_kernels *kernels) {
  size_t weights = (MAX_WEIGHTS + MC_ALIGN - 1) / MC_ALIGN * MC_ALIGN;
  size_t floats = 2 * MAPS * MC_CHANNELS_A * mc_plane(MC_SIDE_A) + 4 * weights;
  memset(net, 0, sizeof *net);
  net->kernels = kernels;
  float *memory = net->memory = aligned_alloc(MC_ALIGN, floats * sizeof(float));
  if (!memory) return -1;
  memset(memory, 0, floats * sizeof(float));
  lay_out_stage(&net->a, &memory, MC_CHANNELS_A, MC_SIDE_A);
  lay_out_stage(&net->b, &memory, MC_CHANNELS_B, MC_SIDE_B);
  net->image = take(&memory, mc_plane(MC_SIDE_A));
  net->halved = take(&memory, MC_CHANNELS_A * mc_plane(MC_SIDE_B));
  net->d_halved = take(&memory, MC_CHANNELS_A * mc_plane(MC_SIDE_B));
  net->feature = take(&memory, MC_CHANNELS_B * MC_LANES);
  net->weights = take(&memory, MAX_WEIGHTS);
  net->gradient = take(&memory, MAX_WEIGHTS);
  net->velocity = take(&memory, MAX_WEIGHTS);
  net->flipped = take(&memory, MAX_WEIGHTS);
  return 0;
}

void mc_net_free(struct mc_net *net) {
  free(net->memory);
  memset(net, 0, sizeof *net);
}

/* ---- weights ----------------------------------------------------------------------------------------------------- */

static int taps(uint8_t operation) {
  return operation == MC_CONV3 ? 9 : operation == MC_CONV1 ? 1 : 0;
}

/* The next n weights: uniform in +-bound. */
static uint32_t draw(struct mc_net *net, uint64_t *random, int n, float bound) {
  uint32_t first = net->n_weights;
  for (int i = 0; i < n; i++) net->weights[first + (uint32_t)i] = bound * mc_random_symmetric(random);
  net->n_weights += (uint32_t)n;
  return first;
}

/* Makes the columns of a matrix orthogonal, or its rows where there are fewer of these, all of length sqrt(2): weights
 * that start orthogonal (Saxe, McClelland, Ganguli, ICLR 2014) leave less to the luck of a seed. Gram and Schmidt. */
static void orthogonalise(float *matrix, int rows, int columns) {
  int n = rows < columns ? rows : columns, length = rows < columns ? columns : rows;
  int next = rows < columns ? columns : 1, step = rows < columns ? 1 : columns;
  for (int i = 0; i < n; i++) {
    float *vector = matrix + i * next, square = 0;
    for (int j = 0; j < i; j++) {
      const float *other = matrix + j * next;
      float product = 0;
      for (int k = 0; k < length * step; k += step) product += vector[k] * other[k];
      for (int k = 0; k < length * step; k += step) vector[k] -= product * 0.5f * other[k];
    }
    for (int k = 0; k < length * step; k += step) square += vector[k] * vector[k];
    float scale = __builtin_sqrtf(2 / square);
    for (int k = 0; k < length * step; k += step) vector[k] *= scale;
  }
}

static void start_norm(struct mc_norm *norm) {
  memset(norm, 0, sizeof *norm);
  for (int c = 0; c < MC_MAX_CHANNELS; c++) norm->running_variance[c] = 1;
}

/* Weights of a convolution, whose inputs are n_taps * in. */
static uint32_t draw_convolution(struct mc_net *net, uint64_t *random, int n_taps, int in, int out) {
  uint32_t first = draw(net, random, n_taps * in * out, 1);
  orthogonalise(net->weights + first, n_taps * in, out);
  return first;
}

/* Each edge has its own stream, so that cells with the same operation on an edge start with the same weights there. */
static void start_stage(struct mc_net *net, struct mc_stage *stage, uint64_t *random) {
  for (int e = 0; e < MC_EDGES; e++) {
    int n = taps(net->cell.edge[e]);
    uint64_t stream = mc_random(random);
    start_norm(&stage->norm[e]);
    stage->weights[e] = n ? draw_convolution(net, &stream, n, stage->channels, stage->channels) : 0;
  }
}

void mc_net_start(struct mc_net *net, const struct mc_cell *cell, uint64_t seed) {
  uint64_t random = seed;
  net->cell = *cell;
  net->n_weights = 0;
  net->stem = draw_convolution(net, &random, 9, 1, MC_CHANNELS_A);
  net->reduce = draw_convolution(net, &random, 1, MC_CHANNELS_A, MC_CHANNELS_B);
  net->linear = draw(net, &random, MC_CHANNELS_B * MC_LABELS, 0.25f);
  net->bias = draw(net, &random, MC_LABELS, 0);
  start_norm(&net->stem_norm);
  start_norm(&net->reduce_norm);
  start_stage(net, &net->a, &random);
  start_stage(net, &net->b, &random);
  memset(net->velocity, 0, net->n_weights * sizeof(float));
}

void mc_net_step(struct mc_net *net, float rate) {
  for (uint32_t i = 0; i < net->n_weights; i++) {
    float slope = net->gradient[i] + DECAY * net->weights[i];
    net->velocity[i] = MOMENTUM * net->velocity[i] + slope;
    net->weights[i] -= rate * (slope + MOMENTUM * net->velocity[i]);
  }
}

/* ---- forward ----------------------------------------------------------------------------------------------------- */

/* Grey levels have a mean near 56 and a standard deviation near 73. */
void mc_net_batch(struct mc_net *net, const struct mc_set *set, const uint32_t *numbers) {
  for (int lane = 0; lane < MC_LANES; lane++) {
    const uint8_t *image = set->image[numbers[lane]];
    float *out = net->image + MC_LANES + lane;
    net->label[lane] = set->label[numbers[lane]];
    for (int y = 0; y < MC_SIDE_A; y++)
      for (int x = 0; x < MC_SIDE_A; x++)
        out[(size_t)y * mc_row(MC_SIDE_A) + (size_t)(x * MC_LANES)] = (float)(image[y * MC_SIDE_A + x] - 56) / 73.0f;
  }
}

/* Normalises a convolution's output in place, by the batch. */
static void normalise(struct mc_net *net, float *map, struct mc_norm *norm, int channels, int side) {
  float n = (float)(side * side * MC_LANES);
  net->kernels->normalise(map, norm->mean, norm->variance, norm->inverse, channels, side);
  for (int c = 0; c < channels; c++) {
    norm->running_mean[c] += NORM_SHARE * (norm->mean[c] - norm->running_mean[c]);
    norm->running_variance[c] += NORM_SHARE * (norm->variance[c] * (n / (n - 1)) - norm->running_variance[c]);
  }
}

/* By the running estimates. */
static void normalise_fixed(struct mc_net *net, float *out, const float *map, struct mc_norm *norm, int channels,
                            int side, bool add) {
  for (int c = 0; c < channels; c++) norm->inverse[c] = 1.0f / __builtin_sqrtf(norm->running_variance[c] + 1e-5f);
  net->kernels->normalise_fixed(out, map, norm->running_mean, norm->inverse, channels, side, add);
}

/* Does a convolution leave the node? */
static bool is_rectified(const struct mc_cell *cell, int node) {
  for (int e = 0; e < MC_EDGES; e++)
    if (mc_edges[e].from == node && taps(cell->edge[e])) return true;
  return false;
}

static void convolve_edge(struct mc_net *net, struct mc_stage *stage, int e, bool training, bool add) {
  const struct mc_kernels *k = net->kernels;
  const float *in = stage->rectified[mc_edges[e].from], *weights = net->weights + stage->weights[e];
  float *to = stage->node[mc_edges[e].to], *edge = stage->edge[e];
  int channels = stage->channels, side = stage->side;
  (taps(net->cell.edge[e]) == 9 ? k->conv3 : k->conv1)(edge, in, weights, channels, channels, side, false);
  if (training) {
    normalise(net, edge, &stage->norm[e], channels, side);
    k->copy(to, edge, channels, side, add);
  } else {
    normalise_fixed(net, to, edge, &stage->norm[e], channels, side, add);
  }
}

static void run_node(struct mc_net *net, struct mc_stage *stage, int n, bool training) {
  const struct mc_kernels *k = net->kernels;
  bool add = false;
  for (int e = 0; e < MC_EDGES; e++) {
    if (mc_edges[e].to != n || net->cell.edge[e] == MC_NONE) continue;
    const float *from = stage->node[mc_edges[e].from];
    if (net->cell.edge[e] == MC_SKIP)
      k->copy(stage->node[n], from, stage->channels, stage->side, add);
    else if (net->cell.edge[e] == MC_AVERAGE)
      k->average3(stage->node[n], from, stage->channels, stage->side, add);
    else
      convolve_edge(net, stage, e, training, add);
    add = true;
  }
  if (!add) k->zero(stage->node[n], stage->channels, stage->side);
}

static void run_stage(struct mc_net *net, struct mc_stage *stage, bool training) {
  for (int n = 0; n < MC_NODES; n++) {
    if (n) run_node(net, stage, n, training);
    if (is_rectified(&net->cell, n))
      net->kernels->rectify(stage->rectified[n], stage->node[n], stage->channels, stage->side);
  }
}

static void run_head(struct mc_net *net) {
  struct mc_stage *b = &net->b;
  net->kernels->rectify(b->rectified[3], b->node[3], MC_CHANNELS_B, MC_SIDE_B);
  net->kernels->mean_pixel(net->feature, b->rectified[3], MC_CHANNELS_B, MC_SIDE_B);
  for (int o = 0; o < MC_LABELS; o++) {
    for (int lane = 0; lane < MC_LANES; lane++) net->logit[o][lane] = net->weights[net->bias + (uint32_t)o];
    for (int i = 0; i < MC_CHANNELS_B; i++) {
      float weight = net->weights[net->linear + (uint32_t)(i * MC_LABELS + o)];
      for (int lane = 0; lane < MC_LANES; lane++) net->logit[o][lane] += weight * net->feature[i * MC_LANES + lane];
    }
  }
}

void mc_net_forward(struct mc_net *net) {
  const struct mc_kernels *k = net->kernels;
  struct mc_stage *a = &net->a, *b = &net->b;
  k->conv3(a->node[0], net->image, net->weights + net->stem, 1, MC_CHANNELS_A, MC_SIDE_A, false);
  normalise(net, a->node[0], &net->stem_norm, MC_CHANNELS_A, MC_SIDE_A);
  run_stage(net, a, true);
  k->halve(net->halved, a->node[3], MC_CHANNELS_A, MC_SIDE_A);
  k->conv1(b->node[0], net->halved, net->weights + net->reduce, MC_CHANNELS_A, MC_CHANNELS_B, MC_SIDE_B, false);
  normalise(net, b->node[0], &net->reduce_norm, MC_CHANNELS_B, MC_SIDE_B);
  run_stage(net, b, true);
  run_head(net);
}

void mc_net_infer(struct mc_net *net) {
  const struct mc_kernels *k = net->kernels;
  struct mc_stage *a = &net->a, *b = &net->b;
  k->conv3(a->d_edge, net->image, net->weights + net->stem, 1, MC_CHANNELS_A, MC_SIDE_A, false);
  normalise_fixed(net, a->node[0], a->d_edge, &net->stem_norm, MC_CHANNELS_A, MC_SIDE_A, false);
  run_stage(net, a, false);
  k->halve(net->halved, a->node[3], MC_CHANNELS_A, MC_SIDE_A);
  k->conv1(b->d_edge, net->halved, net->weights + net->reduce, MC_CHANNELS_A, MC_CHANNELS_B, MC_SIDE_B, false);
  normalise_fixed(net, b->node[0], b->d_edge, &net->reduce_norm, MC_CHANNELS_B, MC_SIDE_B, false);
  run_stage(net, b, false);
  run_head(net);
}

/* Double precision: the softmax of an image in label order, the images in lane order. */
double mc_net_loss(struct mc_net *net, uint32_t *correct) {
  double loss = 0;
  for (int lane = 0; lane < MC_LANES; lane++) {
    double power[MC_LABELS], sum = 0;
    int best = 0, label = net->label[lane];
    for (int o = 1; o < MC_LABELS; o++)
      if (net->logit[o][lane] > net->logit[best][lane]) best = o;
    for (int o = 0; o < MC_LABELS; o++) {
      power[o] = mc_exp((double)net->logit[o][lane] - (double)net->logit[best][lane]);
      sum += power[o];
    }
    for (int o = 0; o < MC_LABELS; o++)
      net->d_logit[o][lane] = (float)((power[o] / sum - (o == label)) * (1.0 / MC_LANES));
    loss += mc_log(sum) - ((double)net->logit[label][lane] - (double)net->logit[best][lane]);
    *correct += best == label;
  }
  return loss;
}

/* ---- backward ---------------------------------------------------------------------------------------------------- */

/* The kernels' fixed tree, by plain loops. */
static float fold(float *lanes) {
  for (int half = MC_LANES / 2; half; half /= 2)
    for (int i = 0; i < half; i++) lanes[i] += lanes[i + half];
  return lanes[0];
}

static float dot(const float *p, const float *q) {
  float lanes[MC_LANES];
  for (int lane = 0; lane < MC_LANES; lane++) lanes[lane] = p[lane] * q[lane];
  return fold(lanes);
}

/* Gradients of the linear layer, and from the logits to the last node of the second cell. */
static void head_backward(struct mc_net *net) {
  struct mc_stage *b = &net->b;
  static const float ones[MC_LANES] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
                                       1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  for (int o = 0; o < MC_LABELS; o++) net->gradient[net->bias + (uint32_t)o] = dot(net->d_logit[o], ones);
  for (int i = 0; i < MC_CHANNELS_B; i++) {
    float slope[MC_LANES] = {0};
    for (int o = 0; o < MC_LABELS; o++) {
      uint32_t at = net->linear + (uint32_t)(i * MC_LABELS + o);
      net->gradient[at] = dot(net->feature + i * MC_LANES, net->d_logit[o]);
      for (int lane = 0; lane < MC_LANES; lane++) slope[lane] += net->weights[at] * net->d_logit[o][lane];
    }
    for (int lane = 0; lane < MC_LANES; lane++) slope[lane] *= 1.0f / (MC_SIDE_B * MC_SIDE_B);
    for (int y = 0; y < MC_SIDE_B; y++)
      for (int x = 1; x <= MC_SIDE_B; x++)
        memcpy(b->d_rectified[3] + (size_t)i * mc_plane(MC_SIDE_B) + (size_t)y * mc_row(MC_SIDE_B) +
                   (size_t)(x * MC_LANES),
               slope, sizeof slope);
  }
  net->kernels->rectify_gradient(b->d_node[3], b->node[3], b->d_rectified[3], MC_CHANNELS_B, MC_SIDE_B, false);
}

/* Weights of the transposed convolution: channels exchanged, taps in reverse. */
static const float *flip(struct mc_net *net, const float *weights, int n_taps, int in, int out) {
  for (int t = 0; t < n_taps; t++)
    for (int i = 0; i < in; i++)
      for (int o = 0; o < out; o++)
        net->flipped[((n_taps - 1 - t) * out + o) * in + i] = weights[(t * in + i) * out + o];
  return net->flipped;
}

static void convolved_edge_backward(struct mc_net *net, struct mc_stage *stage, int e, bool add) {
  const struct mc_kernels *k = net->kernels;
  int from = mc_edges[e].from, channels = stage->channels, side = stage->side, n = taps(net->cell.edge[e]);
  uint32_t at = stage->weights[e];
  k->normalise_gradient(stage->d_edge, stage->edge[e], stage->d_node[mc_edges[e].to], stage->norm[e].inverse, channels,
                        side);
  (n == 9 ? k->conv3_gradient : k->conv1_gradient)(net->gradient + at, stage->rectified[from], stage->d_edge, channels,
                                                   channels, side);
  (n == 9 ? k->conv3 : k->conv1)(stage->d_rectified[from], stage->d_edge,
                                 flip(net, net->weights + at, n, channels, channels), channels, channels, side, add);
}

/* From d_node[3] to d_node[0]. `linear` and `rectified`: have derivatives of the node's two readers come in? */
static void stage_backward(struct mc_net *net, struct mc_stage *stage) {
  const struct mc_kernels *k = net->kernels;
  int channels = stage->channels, side = stage->side;
  bool linear[MC_NODES] = {[MC_NODES - 1] = true}, rectified[MC_NODES] = {false};
  for (int n = MC_NODES - 1; n >= 0; n--) {
    if (rectified[n])
      k->rectify_gradient(stage->d_node[n], stage->node[n], stage->d_rectified[n], channels, side, linear[n]);
    else if (!linear[n])
      k->zero(stage->d_node[n], channels, side);
    for (int e = 0; e < MC_EDGES; e++) {
      int from = mc_edges[e].from, operation = net->cell.edge[e];
      if (mc_edges[e].to != n || operation == MC_NONE) continue;
      if (operation == MC_SKIP)
        k->copy(stage->d_node[from], stage->d_node[n], channels, side, linear[from]);
      else if (operation == MC_AVERAGE)
        k->average3_gradient(stage->d_node[from], stage->d_node[n], channels, side, linear[from]);
      else
        convolved_edge_backward(net, stage, e, rectified[from]);
      *(operation == MC_SKIP || operation == MC_AVERAGE ? &linear[from] : &rectified[from]) = true;
    }
  }
}

void mc_net_backward(struct mc_net *net) {
  const struct mc_kernels *k = net->kernels;
  struct mc_stage *a = &net->a, *b = &net->b;
  head_backward(net);
  stage_backward(net, b);
  k->normalise_gradient(b->d_edge, b->node[0], b->d_node[0], net->reduce_norm.inverse, MC_CHANNELS_B, MC_SIDE_B);
  k->conv1_gradient(net->gradient + net->reduce, net->halved, b->d_edge, MC_CHANNELS_A, MC_CHANNELS_B, MC_SIDE_B);
  k->conv1(net->d_halved, b->d_edge, flip(net, net->weights + net->reduce, 1, MC_CHANNELS_A, MC_CHANNELS_B),
           MC_CHANNELS_B, MC_CHANNELS_A, MC_SIDE_B, false);
  k->halve_gradient(a->d_node[3], net->d_halved, MC_CHANNELS_A, MC_SIDE_A);
  stage_backward(net, a);
  k->normalise_gradient(a->d_edge, a->node[0], a->d_node[0], net->stem_norm.inverse, MC_CHANNELS_A, MC_SIDE_A);
  k->conv3_gradient(net->gradient + net->stem, net->image, a->d_edge, 1, MC_CHANNELS_A, MC_SIDE_A);
}
