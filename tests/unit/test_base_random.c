/* Random streams and hashes against published values: a stream is the same on every machine and in every version, or
 * stored results could not be repeated. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/random.h"

/* The first outputs of SplitMix64 for the seed 1234567, as its authors' C code prints them. */
static void mixing_is_splitmix64(void **state) {
  (void)state;
  static const uint64_t expected[] = {UINT64_C(6457827717110365317), UINT64_C(3203168211198807973),
                                      UINT64_C(9817491932198370423), UINT64_C(4593380528125082431),
                                      UINT64_C(16408922859458223821)};
  for (uint64_t i = 0; i < 5; i++) assert_true(joust_mix(1234567 + i * UINT64_C(0x9e3779b97f4a7c15)) == expected[i]);
}

/* The first outputs of xoshiro256++ for the state 1, 2, 3, 4, as its authors' C code prints them. */
static void the_stream_is_xoshiro256(void **state) {
  (void)state;
  static const uint64_t expected[] = {UINT64_C(41943041),
                                      UINT64_C(58720359),
                                      UINT64_C(3588806011781223),
                                      UINT64_C(3591011842654386),
                                      UINT64_C(9228616714210784205),
                                      UINT64_C(9973669472204895162),
                                      UINT64_C(14011001112246962877),
                                      UINT64_C(12406186145184390807),
                                      UINT64_C(15849039046786891736),
                                      UINT64_C(10450023813501588000)};
  struct joust_stream stream = {{1, 2, 3, 4}};
  for (int i = 0; i < 10; i++) assert_true(joust_stream_next(&stream) == expected[i]);
}

static void a_seed_fills_the_state(void **state) {
  (void)state;
  struct joust_stream stream;
  joust_stream_seed(&stream, 1234567);
  assert_true(stream.state[0] == UINT64_C(6457827717110365317));
  assert_true(stream.state[3] == UINT64_C(4593380528125082431));
  joust_stream_seed(&stream, 0); /* no seed gives the state of zeros, in which the stream would stay */
  assert_true(stream.state[0] && stream.state[1] && stream.state[2] && stream.state[3]);
}

/* FIPS 180-2, appendix B. */
static void hashes_are_sha256(void **state) {
  (void)state;
  char hex[JOUST_HASH_SIZE];
  joust_hash(hex, "abc", 3);
  assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  joust_hash(hex, "", 0);
  assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  joust_hash(hex, "a\0b", 3);
  char other[JOUST_HASH_SIZE];
  joust_hash(other, "a", 1);
  assert_string_not_equal(hex, other);
}

static void seeds_are_the_first_bytes_of_the_hash(void **state) {
  (void)state;
  assert_true(joust_hash_seed("abc") == UINT64_C(0xba7816bf8f01cfea));
  assert_true(joust_hash_seed("abd") != UINT64_C(0xba7816bf8f01cfea));
}

static void files_are_hashed(void **state) {
  (void)state;
  struct joust_error error;
  char hex[JOUST_HASH_SIZE], path[] = "/tmp/joust-hash-XXXXXX", expected[100];
  int fd = mkstemp(path);
  assert_true(fd >= 0);
  close(fd);
  assert_int_equal(joust_file_write(path, "abc", 3, &error), 0);
  assert_int_equal(joust_hash_file(hex, path, &error), 0);
  assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  unlink(path);
  assert_int_equal(joust_hash_file(hex, path, &error), JOUST_MISSING);
  snprintf(expected, sizeof expected, "cannot read '%s': No such file or directory", path);
  assert_string_equal(error.message, expected);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(mixing_is_splitmix64),
      cmocka_unit_test(the_stream_is_xoshiro256),
      cmocka_unit_test(a_seed_fills_the_state),
      cmocka_unit_test(hashes_are_sha256),
      cmocka_unit_test(seeds_are_the_first_bytes_of_the_hash),
      cmocka_unit_test(files_are_hashed),
  };
  return cmocka_run_group_tests_name("base: random streams and hashes", tests, NULL, NULL);
}
