/* joust export: every trial of a store as text. */
#include <errno.h>
#include <string.h>

#include "cli/cli.h"
#include "store/export.h"

static int export_to(struct joust_store *store, const char *path, bool dump, struct joust_error *error) {
  FILE *out = path ? fopen(path, "w") : stdout;
  if (!out) return joust_fail_errno(error, JOUST_SYSTEM, "cannot write '%s'", path);
  int code = dump ? joust_store_dump(store, out, error) : joust_store_export_csv(store, out, error);
  if (path && (ferror(out) | fclose(out)) && !code)
    code = joust_fail_errno(error, JOUST_SYSTEM, "cannot write '%s'", path);
  return code;
}

int joust_cli_export(int argc, char **argv) {
  const char *output = NULL;
  bool dump = false;
  const struct joust_flag flags[] = {
      {'o', "output", JOUST_FLAG_TEXT, &output, "FILE", "write here instead of standard output"},
      {0, "dump", JOUST_FLAG_SWITCH, &dump, NULL, "the canonical dump: equal for stores that hold the same results"},
  };
  const struct joust_usage usage = {
      .command = "export",
      .operands = "FILE.db",
      .summary = "Writes the trials of a store as CSV, one row a trial.",
      .details = "Columns: problem, optimiser (its label), replicate, seed, trial (from 1), outcome, value (the\n"
                 "objective in the problem's own direction), incumbent, cost, seconds, metric:NAME for each metric,\n"
                 "x:NAME for each parameter.\n",
      .flags = flags,
      .n_flags = sizeof flags / sizeof *flags,
      .least = 1,
      .most = 1};
  int first = joust_cli_parse(&usage, argc, argv);
  if (first < 0) return ~first;
  struct joust_error error;
  struct joust_store *store;
  int code = joust_store_open(&store, argv[first], JOUST_STORE_READ, &error);
  if (!code) {
    code = export_to(store, output, dump, &error);
    joust_store_close(store);
  }
  return code ? joust_cli_fail("export", &error) : 0;
}
