/* SHA-256 (libmd) of what identifies things: files, spaces, problems, runs; and seeds made from such hashes. */
#ifndef JOUST_BASE_HASH_H
#define JOUST_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define JOUST_HASH_SIZE 65 /* 64 hexadecimal digits and a 0 */

void joust_hash(char hex[JOUST_HASH_SIZE], const void *bytes, size_t length);

/* Of a file's bytes. Fails with JOUST_MISSING or JOUST_SYSTEM. */
int joust_hash_file(char hex[JOUST_HASH_SIZE], const char *path, struct joust_error *error);

/* The first 8 bytes (big-endian) of the hash of a text: a seed that depends on every character of it. */
uint64_t joust_hash_seed(const char *text);

#endif
