/* The command line: one file a subcommand, each with a table of its flags from which parsing and help are made.
 *
 * Exit codes: 0 all well (all runs complete), 1 some runs failed, 2 usage or bad input, 3 a dependency or data missing,
 * 130 interrupted. Results go to standard output; progress, warnings and errors to standard error. */
#ifndef JOUST_CLI_CLI_H
#define JOUST_CLI_CLI_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "base/spec.h"
#include "base/text.h"
#include "evaluator/evaluator.h"

enum joust_flag_kind {
  JOUST_FLAG_SWITCH, /* bool: true when given */
  JOUST_FLAG_TEXT,   /* const char * */
  JOUST_FLAG_COUNT,  /* int64_t, 0 to 2^53 */
  JOUST_FLAG_NUMBER, /* double, above 0 */
  JOUST_FLAG_SPECS   /* struct joust_specs, appended to at each use */
};

struct joust_flag {
  char letter; /* 0: none */
  const char *name;
  enum joust_flag_kind kind;
  void *value;
  const char *argument; /* in the help; NULL for a switch */
  const char *help;
};

struct joust_usage {
  const char *command;  /* "run" */
  const char *operands; /* "[SWEEP.json]" */
  const char *summary;  /* one line */
  const char *details;  /* paragraphs after the flags; may be NULL */
  const struct joust_flag *flags;
  size_t n_flags;
  int least, most; /* operands; most < 0: any number */
};

/* Reads the flags of argv into their values. Returns the index of the first operand; or, when there is nothing more to
 * do, ~EXIT_CODE: after --help (on standard output) or a wrong use (message on standard error). The operands stand
 * behind all flags then: argv is reordered. */
int joust_cli_parse(const struct joust_usage *usage, int argc, char **argv);

/* Prints "joust COMMAND: message" and returns the exit code. */
int joust_cli_fail(const char *command, const struct joust_error *error);

/* Flags that several commands share: where plugins and spaces are. */
struct joust_places {
  const char *plugins, *spaces;
};
#define JOUST_PLACE_FLAGS(places)                                                                                      \
  {0,                                                                                                                  \
   "plugin-dir",                                                                                                       \
   JOUST_FLAG_TEXT,                                                                                                    \
   &(places).plugins,                                                                                                  \
   "DIR:...",                                                                                                          \
   "look for plugins here first, then in $JOUST_PLUGIN_PATH"},                                                         \
  {                                                                                                                    \
    0, "space-dir", JOUST_FLAG_TEXT, &(places).spaces, "DIR:...",                                                      \
        "look for problems here first, then in $JOUST_SPACE_PATH"                                                      \
  }
/* Warns of folders that are not there. */
void joust_cli_registry(struct joust_registry *registry, const struct joust_places *places);

/* Prints rows of cells in aligned columns: left for texts, right where `right` has the column's bit. */
struct joust_grid { /* all zero: empty; freed by joust_grid_print */
  char **cells;
  size_t n_columns, n_cells;
  uint64_t right;
};
void joust_grid_add(struct joust_grid *grid, const char *format, ...) __attribute__((format(printf, 2, 3)));
void joust_grid_print(struct joust_grid *grid, FILE *out, const char *indent);

/* "1:05:09", "2:07", below two seconds "0.4 s", and "-" for NaN; returns the buffer. */
#define JOUST_DURATION_SIZE 48
const char *joust_cli_duration(char buffer[JOUST_DURATION_SIZE], double seconds);

bool joust_cli_colours(FILE *out); /* a terminal that is not dumb, and NO_COLOR is not set */

int joust_cli_run(int argc, char **argv);
int joust_cli_list(int argc, char **argv);
int joust_cli_describe(int argc, char **argv);
int joust_cli_plan(int argc, char **argv);
int joust_cli_show(int argc, char **argv);
int joust_cli_report(int argc, char **argv);
int joust_cli_export(int argc, char **argv);
int joust_cli_plot(int argc, char **argv);
int joust_cli_status(int argc, char **argv);
int joust_cli_slurm(int argc, char **argv);
int joust_cli_merge(int argc, char **argv);
int joust_cli_data(int argc, char **argv);
int joust_cli_data_verify(int argc, char **argv);

#endif
