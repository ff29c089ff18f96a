#include "kernels.h"

#include <string.h>

extern const struct mc_kernels mc_kernels_avx512, mc_kernels_avx2, mc_kernels_plain;

const struct mc_kernels *const mc_kernels_all[] = {
#if defined(__x86_64__)
    &mc_kernels_avx512, &mc_kernels_avx2,
#endif
    &mc_kernels_plain, NULL};

const struct mc_kernels *mc_kernels_best(void) {
  const struct mc_kernels *const *k = mc_kernels_all;
  while (!(*k)->usable()) k++;
  return *k;
}

const struct mc_kernels *mc_kernels_named(const char *name) {
  for (const struct mc_kernels *const *k = mc_kernels_all; *k; k++)
    if (strcmp((*k)->name, name) == 0) return (*k)->usable() ? *k : NULL;
  return NULL;
}
