#include "base/memory.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void out_of_memory(void) {
  fputs("joust: out of memory\n", stderr);
  exit(3);
}

void *joust_alloc(size_t count, size_t size) {
  void *memory = calloc(count ? count : 1, size ? size : 1);
  if (!memory) out_of_memory();
  return memory;
}

void *joust_resize(void *old, size_t count, size_t size) {
  if (size && count > SIZE_MAX / size) out_of_memory();
  void *memory = realloc(old, count > 0 && size > 0 ? count * size : 1);
  if (!memory) out_of_memory();
  return memory;
}

char *joust_copy_n(const char *text, size_t length) {
  char *copy = joust_alloc(length + 1, 1);
  memcpy(copy, text, length);
  return copy;
}

char *joust_copy(const char *text) {
  return text ? joust_copy_n(text, strlen(text)) : NULL;
}

char *joust_format(const char *format, ...) {
  va_list args;
  char *text;
  va_start(args, format);
  int length = vasprintf(&text, format, args);
  va_end(args);
  if (length < 0) out_of_memory();
  return text;
}
