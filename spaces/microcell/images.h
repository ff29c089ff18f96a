/* Fashion-MNIST (Xiao, Rasul, Vollgraf, arXiv 1708.07747) at 8x8 pixels, from the files of Debian's package
 * dataset-fashion-mnist. Each image is padded from 28x28 to 32x32 with zeros, and means of 4x4 pixels are taken,
 * rounded. */
#ifndef MICROCELL_IMAGES_H
#define MICROCELL_IMAGES_H

#include <stddef.h>
#include <stdint.h>

enum { MC_PIXELS = 64, MC_LABELS = 10 };

enum { MC_TRAIN_IMAGES = 16000, MC_VALID_IMAGES = 5984, MC_TEST_IMAGES = 4000 };

enum mc_part { MC_TRAIN, MC_VALID, MC_TEST, MC_PARTS };

struct mc_set { /* owns its arrays */
  uint32_t n;
  uint8_t (*image)[MC_PIXELS]; /* row by row */
  uint8_t *label;              /* 0 to MC_LABELS - 1 */
};

struct mc_images {
  struct mc_set part[MC_PARTS]; /* the first of the training file, those from 40,000 on, the first of the test file */
};

#define MC_FOLDER "/usr/share/datasets/fashion-mnist" /* of Debian's package */

/* Reads the four files of a folder. 0, or -1 with a message that says which file, what is wrong and what to do. Images
 * other than those published are refused. Either way mc_images_free is to be called. */
int mc_images_read(struct mc_images *images, const char *folder, char *message, size_t size);
void mc_images_free(struct mc_images *images);

/* Of all that is trained on, validated and tested. */
uint64_t mc_images_hash(const struct mc_images *images);
extern const uint64_t mc_images_expected;

#endif
