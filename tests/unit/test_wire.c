/* Parts of runs as frames: what is written is read, in pieces of any size, and what was damaged is never taken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "sweep/wire.h"

static const uint64_t indices[] = {0, UINT64_MAX, 7};
static const double x[] = {0.1, -0.0, 1e300, 5e-324, 3, 4}, values[] = {1.5, NAN, -2}, metrics[] = {1.5, NAN, -2},
                    seconds[] = {0, 1e-9, 3600};
static const uint8_t outcomes[] = {0, 1, 2};
static const char *const messages[] = {NULL, "", "one, two"};

static struct joust_part make(bool finite, bool with_messages, uint32_t n) {
  return (struct joust_part){
      .numbers = {.run = 12345678901, .last = 1, .end = 2, .code = -104, .best = -INFINITY, .cost = 0.1, .seconds = 2},
      .message = "",
      .log = "a line\nanother\n",
      .counters = "{\"calls\":3}",
      .trials = {.n = n,
                 .first = 9,
                 .n_parameters = finite ? 0 : 2,
                 .n_metrics = 1,
                 .index = finite ? indices : NULL,
                 .x = finite ? NULL : x,
                 .value = values,
                 .metrics = metrics,
                 .seconds = seconds,
                 .outcome = outcomes,
                 .message = with_messages ? messages : NULL}};
}

static void assert_column(const void *a, const void *b, size_t bytes) {
  assert_true(!a == !b);
  if (a) assert_memory_equal(a, b, bytes);
}

static void assert_same(const struct joust_part *a, const struct joust_part *b) {
  const struct joust_store_trials *s = &a->trials, *t = &b->trials;
  assert_memory_equal(&a->numbers, &b->numbers, sizeof a->numbers);
  assert_string_equal(a->message, b->message);
  assert_string_equal(a->log, b->log);
  assert_string_equal(a->counters, b->counters);
  assert_true(s->n == t->n && s->first == t->first && s->n_parameters == t->n_parameters &&
              s->n_metrics == t->n_metrics);
  assert_column(s->index, t->index, s->n * sizeof *s->index);
  assert_column(s->x, t->x, s->n * s->n_parameters * sizeof *s->x);
  assert_column(s->value, t->value, s->n * sizeof *s->value);
  assert_column(s->metrics, t->metrics, s->n * s->n_metrics * sizeof *s->metrics);
  assert_column(s->seconds, t->seconds, s->n * sizeof *s->seconds);
  assert_column(s->outcome, t->outcome, s->n);
  assert_true(s->n == 0 || !s->message == !t->message);
  for (uint32_t i = 0; s->message && i < s->n; i++) {
    assert_true(!s->message[i] == !t->message[i]);
    if (s->message[i]) assert_string_equal(s->message[i], t->message[i]);
  }
}

static void what_is_written_is_read(void **state) {
  (void)state;
  struct joust_part read = {0};
  for (int way = 0; way < 4; way++)
    for (uint32_t n = 0; n <= 3; n++) {
      struct joust_part part = make(way & 1, way & 2, n);
      struct joust_text bytes = {0};
      size_t used = 0;
      joust_part_encode(&part, &bytes);
      assert_int_equal(bytes.length % 8, 0);
      assert_int_equal(joust_part_decode(&read, bytes.bytes, bytes.length, &used), JOUST_WIRE_PART);
      assert_int_equal(used, bytes.length);
      assert_same(&part, &read);
      for (size_t k = 0; k < bytes.length; k++)
        assert_int_equal(joust_part_decode(&read, bytes.bytes, k, &used), JOUST_WIRE_SHORT);
      joust_text_free(&bytes);
    }
  joust_part_free(&read);
}

static void frames_follow_each_other(void **state) {
  (void)state;
  struct joust_part first = make(true, true, 3), second = make(false, false, 2), read = {0};
  struct joust_text bytes = {0};
  size_t used = 0, rest = 0;
  joust_part_encode(&first, &bytes);
  joust_part_encode(&second, &bytes);
  assert_int_equal(joust_part_decode(&read, bytes.bytes, bytes.length, &used), JOUST_WIRE_PART);
  assert_same(&first, &read);
  assert_int_equal(joust_part_decode(&read, bytes.bytes + used, bytes.length - used, &rest), JOUST_WIRE_PART);
  assert_same(&second, &read);
  assert_int_equal(used + rest, bytes.length);
  joust_text_free(&bytes);
  joust_part_free(&read);
}

/* Each bit of a frame turned over: damage, or, in its length, a frame that is not there yet. */
static void no_damage_is_taken(void **state) {
  (void)state;
  struct joust_part part = make(true, true, 3), read = {0};
  struct joust_text bytes = {0};
  size_t used;
  joust_part_encode(&part, &bytes);
  for (size_t bit = 0; bit < 8 * bytes.length; bit++) {
    bytes.bytes[bit / 8] = (char)(bytes.bytes[bit / 8] ^ 1 << bit % 8);
    if (joust_part_decode(&read, bytes.bytes, bytes.length, &used) == JOUST_WIRE_PART) fail_msg("bit %zu", bit);
    bytes.bytes[bit / 8] = (char)(bytes.bytes[bit / 8] ^ 1 << bit % 8);
  }
  static const char noise[] = "printf of a plugin that found our descriptor";
  char aligned[64] __attribute__((aligned(8))) = {0};
  memcpy(aligned, noise, sizeof noise);
  assert_int_equal(joust_part_decode(&read, aligned, sizeof aligned, &used), JOUST_WIRE_DAMAGED);
  joust_text_free(&bytes);
  joust_part_free(&read);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_written_is_read),
      cmocka_unit_test(frames_follow_each_other),
      cmocka_unit_test(no_damage_is_taken),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
