#include "base/hash.h"

#include <errno.h>
#include <sha2.h>
#include <string.h>
#include <sys/types.h>

_Static_assert(JOUST_HASH_SIZE == SHA256_DIGEST_STRING_LENGTH, "the size of a hash in hexadecimal");

void joust_hash(char hex[JOUST_HASH_SIZE], const void *bytes, size_t length) {
  SHA256Data(bytes, length, hex);
}

int joust_hash_file(char hex[JOUST_HASH_SIZE], const char *path, struct joust_error *error) {
  if (SHA256File(path, hex)) return 0;
  return joust_fail_errno(error, errno == ENOENT ? JOUST_MISSING : JOUST_SYSTEM, "cannot read '%s'", path);
}

uint64_t joust_hash_seed(const char *text) {
  SHA2_CTX context;
  uint8_t digest[SHA256_DIGEST_LENGTH];
  SHA256Init(&context);
  SHA256Update(&context, (const uint8_t *)text, strlen(text));
  SHA256Final(digest, &context);
  uint64_t seed = 0;
  for (int i = 0; i < 8; i++) seed = seed << 8 | digest[i];
  return seed;
}
