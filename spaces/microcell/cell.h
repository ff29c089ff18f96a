/* The cells of NAS-Bench-201's space: 4 nodes, 6 edges, an operation on each; 15,625 of them, which are 5,044 different
 * networks.
 *
 * The edges in their order: 0->1, 0->2, 1->2, 0->3, 1->3, 2->3. A node is the sum of its incoming edges. A cell's index
 * is that of its point (joust_point_index): the first edge is the most significant digit of base 5.
 *
 * Two cells are the same network if one turns into the other by: leaving out edges that no path from input to output
 * uses; passing over skips; averaging the terms of a sum instead of the sum (averaging is linear); exchanging nodes. A
 * convolution on an edge that carries nothing carries nothing. Such cells compute the same function of the same
 * parameters, so that only one of each class is trained: its representative, the cell with the fewest edges in use and
 * of those the smallest index. */
#ifndef MICROCELL_CELL_H
#define MICROCELL_CELL_H

#include <stdint.h>

enum { MC_NODES = 4, MC_EDGES = 6, MC_OPERATIONS = 5, MC_CELLS = 15625, MC_CLASSES = 5044 };

enum mc_operation { MC_NONE, MC_SKIP, MC_CONV1, MC_CONV3, MC_AVERAGE };

struct mc_cell {
  uint8_t edge[MC_EDGES]; /* enum mc_operation */
};

struct mc_edge {
  uint8_t from, to;
};

extern const struct mc_edge mc_edges[MC_EDGES];
extern const char *const mc_operation_names[MC_OPERATIONS]; /* as NAS-Bench-201 has them */

struct mc_cell mc_cell_of(uint32_t index);
uint32_t mc_cell_index(const struct mc_cell *cell);

struct mc_classes {
  uint16_t representative[MC_CELLS]; /* index of the cell that is trained for this one */
  uint16_t list[MC_CLASSES];         /* the representatives, ascending */
};

/* Finds the classes of all cells: milliseconds. 0, or -1 without memory. */
int mc_classes_find(struct mc_classes *classes);

/* Multiplications and additions of one image's forward pass, and the number of trained parameters, of a representative
 * as a whole network. */
uint32_t mc_cell_macs(const struct mc_cell *cell);
uint32_t mc_cell_parameters(const struct mc_cell *cell);

#endif
