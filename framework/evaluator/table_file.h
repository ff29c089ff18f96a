/* Table files: the measurements of every point of a finite space, to be looked up instead of computed.
 *
 * One file holds a full grid: an entry for each point, at its index in mixed radix (joust_point_index), so that a
 * look-up is one multiplication and needs no search. An entry is `entry_size` bytes: for each metric its measurements
 * one after the other. The number of measurements is the metric's (e.g. 3 training seeds); an absent one is NaN.
 * Numbers are stored in the smallest encoding that gives back every double of the metric bit by bit: unsigned integers
 * of 1, 2 or 4 bytes divided by a power of ten (all bits set: absent), float, or double.
 *
 * Layout, little-endian, version 1 (docs/table-format.md):
 *   0   8  "JOUSTTAB"        8  u32 version      12  u32 header size H: the data begin at H, a multiple of 64
 *  16   8  u64 entries      24  u32 entry size   28  u32 length J of the header's JSON text
 *  32  32  SHA-256 of everything from offset 64 to the end: the table's fingerprint
 *  64   J  JSON: {"name", "parameters": [{"name", "choices": [label...]}], "metrics": [{"name", "title", "unit",
 *          "measurements", "encoding", "decimals"}], "source": [{"file", "sha256"}], "licence"}
 *   H      entries x entry size bytes, then the end of the file */
#ifndef JOUST_EVALUATOR_TABLE_FILE_H
#define JOUST_EVALUATOR_TABLE_FILE_H

#include <endian.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "base/hash.h"

#define JOUST_TABLE_MAGIC            "JOUSTTAB"
#define JOUST_TABLE_VERSION          1
#define JOUST_TABLE_PREFIX           64 /* bytes before the JSON text */
#define JOUST_TABLE_MAX_MEASUREMENTS 1000
#define JOUST_TABLE_MAX_DECIMALS     15

enum joust_encoding { JOUST_U8, JOUST_U16, JOUST_U32, JOUST_F32, JOUST_F64, JOUST_N_ENCODINGS };

struct joust_encoding_info {
  const char *name; /* as in the header's JSON: "u8", ... */
  uint32_t size;    /* bytes of one measurement */
};
extern const struct joust_encoding_info joust_encodings[JOUST_N_ENCODINGS];

struct joust_table_dimension {
  char *name;
  char **choices; /* n_choices labels */
  uint32_t n_choices;
};

struct joust_table_metric {
  char *name, *title, *unit; /* title and unit may be "" */
  uint32_t measurements;     /* at least 1 */
  enum joust_encoding encoding;
  uint32_t decimals; /* of the integer encodings */
  uint32_t offset;   /* of its first measurement in an entry, bytes */
  double divisor;    /* 10^decimals */
};

struct joust_table {
  char *path, *name, *source, *licence; /* source: the JSON list as text */
  struct joust_table_dimension *dimensions;
  struct joust_table_metric *metrics;
  uint32_t n_dimensions, n_metrics, entry_size;
  uint64_t entries;
  char fingerprint[JOUST_HASH_SIZE]; /* as the file says; joust_table_verify computes it */
  const unsigned char *data;         /* mapped: entries x entry_size */
  void *mapping;                     /* NULL: none */
  size_t mapping_size;
};

/* Maps a file read-only and checks header and size (not the fingerprint: see verify). JOUST_MISSING if there is none,
 * JOUST_BAD_INPUT for a damaged file, one of a newer version, or one that is no table. The table is empty then. */
int joust_table_open(struct joust_table *table, const char *path, struct joust_error *error);

/* Unmaps, frees everything and leaves the table empty. Right for a table that was put together to be written, too. */
void joust_table_close(struct joust_table *table);

/* Computes the fingerprint of the bytes and compares. JOUST_BAD_INPUT where they differ. */
int joust_table_verify(const struct joust_table *table, struct joust_error *error);

/* One measurement of a metric; NaN if absent. No bounds are checked. */
double joust_table_value(const struct joust_table *table, uint64_t entry, const struct joust_table_metric *metric,
                         uint32_t measurement);

/* Mean of the measurements that are there; NaN if there is none. */
double joust_table_mean(const struct joust_table *table, uint64_t entry, const struct joust_table_metric *metric);

/* Index of a metric by name, or -1. */
int joust_table_find(const struct joust_table *table, const char *metric);

/* Writes a table (atomically). `table` gives name, source (JSON list), licence, dimensions, metrics (name, title, unit,
 * measurements); values[m] are the entries x measurements of metric m, finite or NaN. Encodings are chosen here.
 * JOUST_SYSTEM; JOUST_BAD_INPUT for an infinite value. `fingerprint` may be NULL. */
int joust_table_write(const struct joust_table *table, const double *const *values, const char *path,
                      char fingerprint[JOUST_HASH_SIZE], struct joust_error *error);

/* ---- bytes, the same on every machine; inline because look-ups spend their time here ----------------------------- */

static inline uint32_t joust_load16(const unsigned char *bytes) {
  uint16_t value;
  memcpy(&value, bytes, sizeof value);
  return le16toh(value);
}

static inline uint32_t joust_load32(const unsigned char *bytes) {
  uint32_t value;
  memcpy(&value, bytes, sizeof value);
  return le32toh(value);
}

static inline uint64_t joust_load64(const unsigned char *bytes) {
  uint64_t value;
  memcpy(&value, bytes, sizeof value);
  return le64toh(value);
}

static inline double joust_decode_integer(uint32_t value, uint32_t absent, double divisor) {
  return value == absent ? NAN : (double)value / divisor;
}

/* One measurement at `bytes`. */
static inline double joust_table_decode(const unsigned char *bytes, enum joust_encoding encoding, double divisor) {
  switch (encoding) {
  case JOUST_U8: return joust_decode_integer(*bytes, UINT8_MAX, divisor);
  case JOUST_U16: return joust_decode_integer(joust_load16(bytes), UINT16_MAX, divisor);
  case JOUST_U32: return joust_decode_integer(joust_load32(bytes), UINT32_MAX, divisor);
  case JOUST_F32: {
    uint32_t bits = joust_load32(bytes);
    float value;
    memcpy(&value, &bits, sizeof value);
    return (double)value;
  }
  default: {
    uint64_t bits = joust_load64(bytes);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
  }
  }
}

#endif
