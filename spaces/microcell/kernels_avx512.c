/* 32 registers of 16 floats. */
#define MC_NAME    "avx512"
#define MC_TABLE   mc_kernels_avx512
#define MC_BYTES   64
#define MC_COLUMNS 4
#define MC_OUT     4
#define MC_IN      4
#define MC_USABLE  __builtin_cpu_supports("avx512f")
#include "kernels_body.h"
