#include "cli/formats.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static int read_format(unsigned *formats, const char *word, struct joust_error *error) {
  static const char *const words[] = {"svg", "pdf", "png"};
  for (unsigned i = 0; i < 3; i++) {
    if (strcmp(word, words[i]) != 0) continue;
    *formats |= 1u << i;
    return 0;
  }
  return joust_fail(error, JOUST_BAD_INPUT, "'%s' is no format of figures: expected svg, pdf or png", word);
}

int joust_cli_formats(unsigned *formats, const char *list, struct joust_error *error) {
  char *copy = joust_copy(list), *rest = copy, *word;
  int code = 0;
  while (!code && (word = strsep(&rest, ",")) != NULL) code = read_format(formats, word, error);
  free(copy);
  return code;
}
