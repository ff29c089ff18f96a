#include "images.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "hash.h"

enum { SIDE = 28, BYTES = SIDE * SIDE, IMAGES_MAGIC = 0x803, LABELS_MAGIC = 0x801 };

const uint64_t mc_images_expected = 0x52299852b936add4;

static uint32_t big_endian(const unsigned char *p) {
  return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Mean of each 4x4 block of the image padded by 2 on every side. */
static void shrink(uint8_t *out, const unsigned char *in) {
  for (int y = 0; y < 8; y++)
    for (int x = 0; x < 8; x++) {
      int sum = 8;
      for (int v = 4 * y - 2; v < 4 * y + 2; v++)
        for (int u = 4 * x - 2; u < 4 * x + 2; u++)
          if (v >= 0 && v < SIDE && u >= 0 && u < SIDE) sum += in[v * SIDE + u];
      out[8 * y + x] = (uint8_t)(sum / 16);
    }
}

/* An open idx file: a header of big-endian words, then a record of `size` bytes each. */
struct idx {
  gzFile file;
  char path[4096];
  char *message;
  size_t message_size;
};

static int bad(const struct idx *idx, const char *what) {
  snprintf(idx->message, idx->message_size, "%s: %s", idx->path, what);
  return -1;
}

static int open_idx(struct idx *idx, const char *folder, const char *name, uint32_t magic, uint32_t records) {
  unsigned char header[16];
  int size = magic == IMAGES_MAGIC ? 16 : 8;
  snprintf(idx->path, sizeof idx->path, "%s/%s", folder, name);
  idx->file = gzopen(idx->path, "rb");
  if (!idx->file)
    return bad(idx, "cannot be read; Fashion-MNIST is needed to train: apt install dataset-fashion-mnist, or set the "
                    "option data to its folder");
  if (gzread(idx->file, header, (unsigned)size) != size || big_endian(header) != magic)
    return bad(idx, "is not the idx file that it should be");
  if (big_endian(header + 4) < records ||
      (size == 16 && (big_endian(header + 8) != SIDE || big_endian(header + 12) != SIDE)))
    return bad(idx, "has other images than Fashion-MNIST");
  return 0;
}

/* Records first to first + n - 1, in the order of the file. */
static int read_images(struct idx *idx, struct mc_set *set, uint32_t first) {
  unsigned char bytes[BYTES];
  for (uint32_t i = 0; i < first + set->n; i++) {
    if (gzread(idx->file, bytes, BYTES) != BYTES) return bad(idx, "ends too early, or is damaged");
    if (i >= first) shrink(set->image[i - first], bytes);
  }
  return 0;
}

static int read_labels(struct idx *idx, struct mc_set *set, uint32_t first) {
  for (uint32_t i = 0; i < first + set->n; i++) {
    int label = gzgetc(idx->file);
    if (label < 0) return bad(idx, "ends too early, or is damaged");
    if (label >= MC_LABELS) return bad(idx, "has a label above 9");
    if (i >= first) set->label[i - first] = (uint8_t)label;
  }
  return 0;
}

static int read_set(struct mc_set *set, const char *folder, const char *part, uint32_t first, uint32_t n, char *message,
                    size_t size) {
  struct idx idx = {.message = message, .message_size = size};
  char name[64];
  set->n = n;
  set->image = calloc(n, sizeof *set->image);
  set->label = calloc(n, sizeof *set->label);
  if (!set->image || !set->label) {
    snprintf(message, size, "out of memory");
    return -1;
  }
  snprintf(name, sizeof name, "%s-images-idx3-ubyte.gz", part);
  int failed = open_idx(&idx, folder, name, IMAGES_MAGIC, first + n) || read_images(&idx, set, first);
  if (idx.file) gzclose(idx.file);
  if (failed) return -1;
  snprintf(name, sizeof name, "%s-labels-idx1-ubyte.gz", part);
  failed = open_idx(&idx, folder, name, LABELS_MAGIC, first + n) || read_labels(&idx, set, first);
  if (idx.file) gzclose(idx.file);
  return failed ? -1 : 0;
}

int mc_images_read(struct mc_images *images, const char *folder, char *message, size_t size) {
  static const struct {
    const char *file;
    uint32_t first, n;
  } parts[MC_PARTS] = {

      [MC_TRAIN] = {"train", 0, MC_TRAIN_IMAGES},
      [MC_VALID] = {"train", 40000, MC_VALID_IMAGES},
      [MC_TEST] = {"t10k", 0, MC_TEST_IMAGES}};
  memset(images, 0, sizeof *images);
  for (int p = 0; p < MC_PARTS; p++)
    if (read_set(&images->part[p], folder, parts[p].file, parts[p].first, parts[p].n, message, size)) return -1;
  if (mc_images_hash(images) == mc_images_expected) return 0;
  snprintf(message, size,
           "%s: the images are not those of Fashion-MNIST (hash %016" PRIx64 ", expected %016" PRIx64 ")", folder,
           mc_images_hash(images), mc_images_expected);
  return -1;
}

void mc_images_free(struct mc_images *images) {
  for (int p = 0; p < MC_PARTS; p++) {
    free(images->part[p].image);
    free(images->part[p].label);
  }
  memset(images, 0, sizeof *images);
}

uint64_t mc_images_hash(const struct mc_images *images) {
  uint64_t hash = MC_HASH_START;
  for (const struct mc_set *set = images->part; set < images->part + MC_PARTS; set++) {
    hash = mc_hash(hash, set->image, set->n * sizeof *set->image);
    hash = mc_hash(hash, set->label, set->n);
  }
  return hash;
}
