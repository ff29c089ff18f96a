/* FNV-1a, 64 bits (Fowler, Noll, Vo): tells data, settings and results apart; no protection against intent. */
#ifndef MICROCELL_HASH_H
#define MICROCELL_HASH_H

#include <stddef.h>
#include <stdint.h>

#define MC_HASH_START 0xcbf29ce484222325u

static inline uint64_t mc_hash(uint64_t hash, const void *bytes, size_t n) {
  const unsigned char *p = bytes;
  for (size_t i = 0; i < n; i++) hash = (hash ^ p[i]) * 0x100000001b3u;
  return hash;
}

#endif
