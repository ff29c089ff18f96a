/* NK landscapes: S. Kauffman, S. Levin, "Towards a general theory of adaptive walks on rugged landscapes", J. theor.
 * Biol. 128 (1987) 11-45; S. Kauffman, The Origins of Order, Oxford 1993, chapter 2.
 *
 * A point is n loci with a value of 0 .. choices - 1 each. Locus i contributes a number in [0, 1) that depends on its
 * own value and on those of k other loci; the fitness is the mean of the n contributions. The k others are the loci
 * that follow on a ring (adjacent), or k different ones drawn for each locus (random).
 *
 * A contribution is kept as an integer m, for m / 2^32. So sums are exact, in whatever order they are taken: equal sums
 * are ties, different sums are different fitnesses, and all machines agree to the last bit.
 *
 * Where the numbers come from: one stream of SplitMix64 (G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom
 * number generators", OOPSLA 2014). Its first state is h, where h starts as 0 and becomes the first output of a
 * stream of state h ^ v for v = seed, n, k, choices, 0 (adjacent) or 1 (random), in this order. First come the
 * neighbours, if random: for each locus, the others are gone through in order and taken by D. Knuth, TAOCP 2, 3.4.2,
 * algorithm S. Then the contributions, locus by locus, each by the combination of values that it belongs to (the
 * locus' own value is the most significant digit, its neighbours' follow in their order): the upper 32 bits of one
 * output each. */
#ifndef NK_LANDSCAPE_H
#define NK_LANDSCAPE_H

#include <joust/plugin.h>

#define NK_MAX_LOCI          1000
#define NK_MAX_CHOICES       16
#define NK_MAX_CONTRIBUTIONS (UINT32_C(1) << 24) /* n * choices^(k+1); of 4 bytes each */

enum nk_neighbours { NK_ADJACENT = 0, NK_RANDOM = 1 };

struct nk_landscape {
  uint32_t n, k, choices; /* 1 .. NK_MAX_LOCI, 0 .. n - 1, 2 .. NK_MAX_CHOICES */
  enum nk_neighbours neighbours;
  uint64_t seed;
  uint32_t combinations;   /* of the values of k + 1 loci: choices^(k+1) */
  uint32_t *loci;          /* n x (k+1): which loci contribution i depends on, i itself first; owned */
  uint32_t *contributions; /* n x combinations; owned */
};

/* choices^(k+1), or 0 if the landscape would need more than NK_MAX_CONTRIBUTIONS. */
uint32_t nk_combinations(uint32_t n, uint32_t k, uint32_t choices);

/* Fills in loci and contributions from the other fields, which must be in their bounds. JOUST_OK or JOUST_ENOMEM; free
 * it in either case. */
joust_status nk_landscape_make(struct nk_landscape *landscape);
void nk_landscape_free(struct nk_landscape *landscape);

/* The sum of the contributions at a point (n values), in units of 2^-32. */
uint64_t nk_sum(const struct nk_landscape *landscape, const uint32_t *values);

/* The fitness that belongs to a sum. */
static inline double nk_fitness(const struct nk_landscape *landscape, uint64_t sum) {
  return (double)sum / ((double)landscape->n * 0x1p32);
}

#endif
