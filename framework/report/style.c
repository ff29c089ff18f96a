#include "report/style.h"

struct joust_style joust_style_of(uint32_t optimiser) {
  enum { N = 8 };
  static const char *const colours[N] = {"#5997cf", "#cb850a", "#bd0e91", "#548d49",
                                         "#c91c1c", "#8c2cf7", "#a6757e", "#8882f8"};
  static const char *const dashes[N] = {"", "8 3", "2 2", "8 3 2 3", "14 3", "5 2 1 2", "1 3", "10 2 3 2 3 2"};
  static const int markers[N] = {7, 5, 9, 13, 11, 15, 2, 3};
  uint32_t i = optimiser % N, round = optimiser / N;
  return (struct joust_style){colours[i], dashes[(i + round) % N], markers[i]};
}
