/* What stands behind -o and -p: whatever the text, a message, or specs with a label, an id and named options. */
#include "fuzz.h"

#include <string.h>

#include "base/memory.h"
#include "base/spec.h"
#include "base/text.h"

static void use_spec(const struct joust_spec *spec) {
  MUST(joust_is_line(spec->label) && joust_is_line(spec->id));
  for (size_t k = 0; k < spec->options.n; k++) {
    const char *name = spec->options.items[k].name;
    MUST(*name && !strpbrk(name, "=,"));
    MUST(joust_settings_get(&spec->options, name) == spec->options.items[k].value);
  }
}

static void use_number(const char *text) {
  char buffer[JOUST_NUMBER_SIZE];
  double value, again;
  if (!joust_parse_number(text, &value)) return;
  MUST(joust_parse_number(joust_number(buffer, value), &again) && again == value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *text = joust_copy_n((const char *)data, size);
  static const char *const names[] = {"random", "evolution", "bo", "local", "llm"};
  struct joust_specs specs = {0};
  struct joust_error error = {0};
  int code = joust_specs_parse(&specs, text, &error);
  if (code)
    MUST(code == JOUST_BAD_INPUT && *error.message);
  else
    MUST(specs.n >= 1);
  for (size_t i = 0; i < specs.n && !code; i++) use_spec(&specs.items[i]);
  joust_nearest(text, names, 5);
  use_number(text);
  joust_specs_free(&specs);
  free(text);
  return 0;
}
