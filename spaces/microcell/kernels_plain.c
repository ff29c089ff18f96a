/* Vectors of 4 floats, which every processor that joust runs on has: SSE2 on x86, NEON on ARM. */
#if defined(__x86_64__)
#define MC_NAME "sse2"
#else
#define MC_NAME "generic"
#endif
#define MC_TABLE   mc_kernels_plain
#define MC_BYTES   16
#define MC_COLUMNS 2
#define MC_OUT     2
#define MC_IN      2
#define MC_USABLE  1
#include "kernels_body.h"
