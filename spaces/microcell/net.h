/* The network around a cell, and one step of gradients through it.
 *
 *   8x8 image -> 3x3 convolution to 8 channels, normalised -> cell at 8x8 -> 2x2 averages -> 1x1 convolution to 16
 *   channels, normalised -> cell at 4x4 -> ReLU -> mean over the pixels -> linear layer to 10 labels -> softmax
 *
 * A convolution on an edge of a cell is ReLU, convolution, batch normalisation. No normalisation has an affine part;
 * only the linear layer has a bias. */
#ifndef MICROCELL_NET_H
#define MICROCELL_NET_H

#include <stdint.h>

#include "cell.h"
#include "images.h"
#include "kernels.h"

enum { MC_CHANNELS_A = 8, MC_SIDE_A = 8, MC_CHANNELS_B = 16, MC_SIDE_B = 4 };

/* Batch normalisation of one map: this batch's, and the running estimates that stand for it outside training. */
struct mc_norm {
  float mean[MC_MAX_CHANNELS], variance[MC_MAX_CHANNELS], inverse[MC_MAX_CHANNELS];
  float running_mean[MC_MAX_CHANNELS], running_variance[MC_MAX_CHANNELS];
};

/* A cell at one size: its maps for a batch, and derivatives of the loss by them. */
struct mc_stage {
  int channels, side;
  float *node[MC_NODES], *rectified[MC_NODES], *edge[MC_EDGES]; /* edge: the normalised convolution */
  float *d_node[MC_NODES], *d_rectified[MC_NODES], *d_edge;     /* d_edge: of whichever edge is at work */
  struct mc_norm norm[MC_EDGES];
  uint32_t weights[MC_EDGES]; /* offset of the edge's weights */
};

struct mc_net {
  const struct mc_kernels *kernels;
  struct mc_cell cell;
  struct mc_stage a, b;
  struct mc_norm stem_norm, reduce_norm;
  float *memory;                    /* of all maps */
  float *image, *halved, *d_halved; /* maps of the input, and between the cells; the images' margins are zero */
  float *weights, *gradient, *velocity, *flipped;
  uint32_t n_weights, stem, reduce, linear, bias; /* offsets */
  uint8_t label[MC_LANES];
  float *feature; /* [MC_CHANNELS_B][MC_LANES]: what the linear layer reads */
  float logit[MC_LABELS][MC_LANES], d_logit[MC_LABELS][MC_LANES];
};

/* Memory for any cell. 0, or -1 without memory. */
int mc_net_make(struct mc_net *net, const struct mc_kernels *kernels);
void mc_net_free(struct mc_net *net);

/* A new network for a cell: weights from the seed, nothing learned. Convolutions start orthogonal with filters of
 * length sqrt(2), the linear layer uniform in +-1/4. The weights outside the cell depend on the seed alone. */
void mc_net_start(struct mc_net *net, const struct mc_cell *cell, uint64_t seed);

/* Takes MC_LANES images of a set, by their numbers, as the next batch. */
void mc_net_batch(struct mc_net *net, const struct mc_set *set, const uint32_t *numbers);

/* The logits of the batch: normalised by the batch's own statistics, which move the running estimates; or by these. */
void mc_net_forward(struct mc_net *net);
void mc_net_infer(struct mc_net *net);

/* Sum over the batch of the cross-entropy, and how many labels were right; d_logit for the mean cross-entropy. */
double mc_net_loss(struct mc_net *net, uint32_t *correct);

/* Gradient of the mean cross-entropy by all weights, after forward and loss. */
void mc_net_backward(struct mc_net *net);

/* One step of stochastic gradient descent with Nesterov's momentum 0.9 and weight decay 5e-4. */
void mc_net_step(struct mc_net *net, float rate);

#endif
