/* Random streams: xoshiro256++ (D. Blackman, S. Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47,
 * 2021), its state filled by SplitMix64 (G. Steele et al., OOPSLA 2014) as its authors advise. Integers only, so a
 * stream is the same on every machine. */
#ifndef JOUST_BASE_RANDOM_H
#define JOUST_BASE_RANDOM_H

#include <stdint.h>

struct joust_stream {
  uint64_t state[4];
};

/* One step of SplitMix64: a well-mixed function of its argument, no two arguments with the same result. */
static inline uint64_t joust_mix(uint64_t x) {
  x += UINT64_C(0x9e3779b97f4a7c15);
  x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
  return x ^ (x >> 31);
}

static inline void joust_stream_seed(struct joust_stream *stream, uint64_t seed) {
  for (int i = 0; i < 4; i++) stream->state[i] = joust_mix(seed + (uint64_t)i * UINT64_C(0x9e3779b97f4a7c15));
}

static inline uint64_t joust_rotate(uint64_t x, int bits) {
  return x << bits | x >> (64 - bits);
}

static inline uint64_t joust_stream_next(struct joust_stream *stream) {
  uint64_t *s = stream->state;
  uint64_t result = joust_rotate(s[0] + s[3], 23) + s[0], t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = joust_rotate(s[3], 45);
  return result;
}

#endif
