#include "report/output.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"

enum { LONGEST = 80 };

static char *plain_name(const char *kind, const char *label) {
  struct joust_text name = {0};
  bool dash = *kind != 0;
  joust_text_add(&name, kind);
  for (const char *c = label; *c && name.length < LONGEST; c++) {
    char lower = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
    bool plain = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
    if (plain && dash && name.length) joust_text_add(&name, "-");
    if (plain) joust_text_add_n(&name, &lower, 1);
    dash = !plain;
  }
  if (name.length == 0) joust_text_add(&name, "unnamed");
  return joust_text_take(&name);
}

char *joust_output_name(const char *kind, const char *label, bool (*taken)(const char *name, const void *context),
                        const void *context) {
  char *plain = plain_name(kind, label), *name = joust_copy(plain);
  for (int number = 2; taken(name, context); number++) {
    free(name);
    name = joust_format("%s-%d", plain, number);
  }
  free(plain);
  return name;
}

int joust_output_write(const char *path, const void *bytes, size_t length, struct joust_error *error) {
  FILE *out = fopen(path, "w");
  if (out) fwrite(bytes, 1, length, out);
  if (out && !(ferror(out) | fclose(out))) return 0;
  return joust_fail_errno(error, JOUST_SYSTEM, "cannot write '%s'", path);
}
