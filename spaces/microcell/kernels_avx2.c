/* 16 registers of 8 floats. */
#define MC_NAME    "avx2"
#define MC_TABLE   mc_kernels_avx2
#define MC_BYTES   32
#define MC_COLUMNS 2
#define MC_OUT     2
#define MC_IN      2
#define MC_USABLE  __builtin_cpu_supports("avx2")
#include "kernels_body.h"
