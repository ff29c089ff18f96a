/* The option tables of plugins: checking what a user gave against them, and printing help from them.
 *
 * Values are written as INT: a plain decimal whole number; REAL: a finite number; BOOL: true, false, yes, no, 1, 0;
 * CHOICE: the exact label; TEXT: anything; SECRET: the name of an environment variable in capitals, so that a key given
 * by mistake is refused and not shown, or nothing for no secret at all; FILE: a path, or nothing for no file. */
#ifndef JOUST_PLUGIN_OPTIONS_H
#define JOUST_PLUGIN_OPTIONS_H

#include <joust/plugin.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/spec.h"
#include "base/text.h"

/* A plugin's table as it was compiled: rows may be longer than ours. */
struct joust_option_table {
  const struct joust_option *rows;
  uint32_t n, stride;
};

const struct joust_option *joust_option_row(const struct joust_option_table *table, uint32_t k);

/* Reads the text as a value of one option: *arg (of TEXT the text itself, of SECRET NULL) and, appended to `canonical`,
 * the text that every way to write this value has in common. False, nothing appended, if it is no such value. */
bool joust_option_read(union joust_arg *arg, struct joust_text *canonical, const struct joust_option *row,
                       const char *text);

/* Appends what a value has to be: "a whole number from 1 to 100000". */
void joust_option_expected(const struct joust_option *row, struct joust_text *out);

/* Checks the given settings and fills in the fallbacks. *args (n, the caller frees it and then *values) gets what the
 * plugin is passed, its texts lie in *values (of a secret: in the environment; of a file, whose relative path starts at
 * `folder`, or here if that is NULL: behind *args); *values, which the call fills from
 * empty, has every option in the table's order as canonical text, which is what is stored and hashed (of a secret: the
 * name of its environment variable, never its value). After a failure both are empty.
 * JOUST_BAD_INPUT for an unknown option, a value of the wrong type, out of bounds or not among the choices, a missing
 * option without fallback; `who` begins the message. JOUST_MISSING for a secret whose variable is not set, unless the
 * option's fallback is "". */
int joust_options_resolve(union joust_arg **args, struct joust_settings *values, const struct joust_option_table *table,
                          const struct joust_settings *given, const char *folder, const char *who,
                          struct joust_error *error);

/* Two lines an option: name, what a value has to be and the default; then the help. */
void joust_options_print(const struct joust_option_table *table, struct joust_text *out);

#endif
