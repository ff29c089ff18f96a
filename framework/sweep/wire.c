#include "sweep/wire.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define MARK  UINT64_C(0x7472617074737571)
#define LIMIT (UINT32_C(1) << 30) /* bytes of a frame; far beyond what a run hands over at once */
#define NONE  UINT64_MAX          /* length of a text that is NULL */

struct frame {
  uint64_t mark;
  uint64_t checksum; /* of the payload */
  uint64_t length;   /* of the payload, a multiple of 8 */
};

struct shape { /* of the trials */
  uint32_t n, first, n_parameters, n_metrics;
  uint32_t present; /* bit i: column i is there */
  uint32_t has_messages;
};

/* The columns of trials but the messages; `each`: values of a row. */
enum each { ONE, PARAMETERS, METRICS };
static const struct {
  size_t place; /* of the pointer in struct joust_part */
  size_t size;
  enum each each;
} columns[] = {
    {offsetof(struct joust_part, trials.index), sizeof(uint64_t), ONE},
    {offsetof(struct joust_part, trials.x), sizeof(double), PARAMETERS},
    {offsetof(struct joust_part, trials.value), sizeof(double), ONE},
    {offsetof(struct joust_part, trials.metrics), sizeof(double), METRICS},
    {offsetof(struct joust_part, trials.seconds), sizeof(double), ONE},
    {offsetof(struct joust_part, trials.outcome), sizeof(uint8_t), ONE},
};
enum { N_COLUMNS = sizeof columns / sizeof *columns };

/* The texts of a part. */
static const size_t texts[] = {offsetof(struct joust_part, message), offsetof(struct joust_part, log),
                               offsetof(struct joust_part, counters)};
enum { N_TEXTS = sizeof texts / sizeof *texts };

static size_t column_bytes(const struct shape *shape, int i) {
  const size_t each[] = {[ONE] = 1, [PARAMETERS] = shape->n_parameters, [METRICS] = shape->n_metrics};
  return shape->n * each[columns[i].each] * columns[i].size;
}

/* Every bit of the payload counts, at a nanosecond a word: multiply and fold, as FNV does with bytes. */
static uint64_t checksum(const char *bytes, size_t length) {
  uint64_t sum = MARK;
  for (size_t i = 0; i < length; i += 8) {
    uint64_t word;
    memcpy(&word, bytes + i, sizeof word);
    sum = (sum ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    sum ^= sum >> 32;
  }
  return sum;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static void add(struct joust_text *out, const void *bytes, size_t length) {
  static const char zeros[8] = {0};
  if (length) joust_text_add_n(out, bytes, length);
  joust_text_add_n(out, zeros, -length & 7); /* everything begins where a double may */
}

/* Its length, and its bytes with the 0. */
static void add_string(struct joust_text *out, const char *text) {
  uint64_t length = text ? strlen(text) : NONE;
  add(out, &length, sizeof length);
  if (text) add(out, text, length + 1);
}

void joust_part_encode(const struct joust_part *part, struct joust_text *out) {
  const struct joust_store_trials *trials = &part->trials;
  struct frame frame = {.mark = MARK};
  struct shape shape = {.n = trials->n,
                        .first = trials->first,
                        .n_parameters = trials->n_parameters,
                        .n_metrics = trials->n_metrics,
                        .has_messages = trials->message != NULL};
  const void *columns_here[N_COLUMNS];
  for (int i = 0; i < N_COLUMNS; i++) {
    memcpy(&columns_here[i], (const char *)part + columns[i].place, sizeof columns_here[i]);
    if (columns_here[i]) shape.present |= 1u << i;
  }
  size_t start = out->length;
  add(out, &frame, sizeof frame);
  add(out, &part->numbers, sizeof part->numbers);
  add(out, &shape, sizeof shape);
  for (int i = 0; i < N_TEXTS; i++) {
    const char *text;
    memcpy(&text, (const char *)part + texts[i], sizeof text);
    add_string(out, text ? text : "");
  }
  for (int i = 0; i < N_COLUMNS; i++)
    if (columns_here[i]) add(out, columns_here[i], column_bytes(&shape, i));
  for (uint32_t i = 0; shape.has_messages && i < shape.n; i++) add_string(out, trials->message[i]);
  frame.length = out->length - start - sizeof frame;
  frame.checksum = checksum(out->bytes + start + sizeof frame, frame.length);
  memcpy(out->bytes + start, &frame, sizeof frame);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

struct cursor {
  const char *at, *end;
};

/* The next `length` bytes, or NULL where there are fewer. */
static const void *take(struct cursor *cursor, size_t length) {
  size_t padded = (length + 7) & ~(size_t)7;
  const char *at = cursor->at;
  if (padded < length || padded > (size_t)(cursor->end - at)) return NULL;
  cursor->at += padded;
  return at;
}

static bool take_string(struct cursor *cursor, const char **text) {
  uint64_t length;
  const void *word = take(cursor, sizeof length);
  *text = NULL;
  if (!word) return false;
  memcpy(&length, word, sizeof length);
  if (length == NONE) return true;
  *text = length < LIMIT ? take(cursor, length + 1) : NULL;
  return *text && (*text)[length] == 0;
}

static bool take_messages(struct cursor *cursor, struct joust_part *part) {
  uint32_t n = part->trials.n;
  if (n > part->capacity) {
    part->messages = joust_resize(part->messages, n, sizeof *part->messages);
    part->capacity = n;
  }
  for (uint32_t i = 0; i < n; i++)
    if (!take_string(cursor, &part->messages[i])) return false;
  part->trials.message = part->messages;
  return true;
}

static bool take_all(struct cursor *cursor, struct joust_part *part) {
  struct shape shape;
  const void *numbers = take(cursor, sizeof part->numbers);
  const void *given = numbers ? take(cursor, sizeof shape) : NULL;
  if (!given) return false;
  memcpy(&part->numbers, numbers, sizeof part->numbers);
  memcpy(&shape, given, sizeof shape);
  for (int i = 0; i < N_TEXTS; i++) {
    const char *text;
    if (!take_string(cursor, &text) || !text) return false;
    memcpy((char *)part + texts[i], &text, sizeof text);
  }
  part->trials = (struct joust_store_trials){
      .n = shape.n, .first = shape.first, .n_parameters = shape.n_parameters, .n_metrics = shape.n_metrics};
  for (int i = 0; i < N_COLUMNS; i++) {
    if (!(shape.present & 1u << i)) continue;
    const void *column = take(cursor, column_bytes(&shape, i));
    if (!column) return false;
    memcpy((char *)part + columns[i].place, &column, sizeof column);
  }
  return (!shape.has_messages || take_messages(cursor, part)) && cursor->at == cursor->end;
}

enum joust_wire joust_part_decode(struct joust_part *part, const char *bytes, size_t n, size_t *used) {
  struct frame frame;
  if (n < sizeof frame) return JOUST_WIRE_SHORT;
  memcpy(&frame, bytes, sizeof frame);
  if (frame.mark != MARK || frame.length > LIMIT || frame.length % 8) return JOUST_WIRE_DAMAGED;
  if (n - sizeof frame < frame.length) return JOUST_WIRE_SHORT;
  struct cursor cursor = {bytes + sizeof frame, bytes + sizeof frame + frame.length};
  if (checksum(cursor.at, frame.length) != frame.checksum || !take_all(&cursor, part)) return JOUST_WIRE_DAMAGED;
  *used = sizeof frame + frame.length;
  return JOUST_WIRE_PART;
}

void joust_part_free(struct joust_part *part) {
  free(part->messages);
  memset(part, 0, sizeof *part);
}
