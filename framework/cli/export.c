/* joust export: every trial of a store, in a form that other programs read. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"
#include "cli/cli.h"
#include "store/export.h"

typedef int writer(struct joust_store *store, FILE *out, struct joust_error *error);

/* The output is not to be the store itself, nor what SQLite keeps beside it. */
static int check_output(const char *path, const char *store, struct joust_error *error) {
  static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
  struct stat output, own;
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
    char *name = joust_format("%s%s", store, ends[i]);
    bool same =
        stat(path, &output) == 0 && stat(name, &own) == 0 && output.st_dev == own.st_dev && output.st_ino == own.st_ino;
    free(name);
    if (same)
      return joust_fail(error, JOUST_BAD_INPUT,
                        "cannot write '%s': that is the store itself; name another file with -o", path);
  }
  return 0;
}

static int export_file(writer *write, struct joust_store *store, const char *path, struct joust_error *error) {
  FILE *out;
  char *temporary;
  int code = joust_file_start(&out, &temporary, path, error);
  return code ? code : joust_file_finish(out, temporary, path, write(store, out, error), error);
}

/* A file is whole or not there; a pipe or a device takes what comes. */
static int export_text(writer *write, struct joust_store *store, const char *path, struct joust_error *error) {
  struct stat output;
  if (!path) return write(store, stdout, error);
  if (stat(path, &output) || S_ISREG(output.st_mode)) return export_file(write, store, path, error);
  FILE *out = fopen(path, "w");
  if (!out) return joust_fail_errno(error, JOUST_SYSTEM, "cannot write '%s'", path);
  int code = write(store, out, error);
  if (fclose(out) && !code) code = joust_fail_errno(error, JOUST_SYSTEM, "cannot write '%s'", path);
  return code;
}

/* What the format could not take as it is, on standard error. */
static int export_ioh(struct joust_store *store, const char *folder, struct joust_error *error) {
  struct joust_ioh_notes notes;
  if (!folder) return joust_fail(error, JOUST_BAD_INPUT, "--format ioh writes a folder: name it with -o DIR");
  int code = joust_store_export_ioh(store, folder, &notes, error);
  if (code) return code;
  fprintf(stderr, "joust export: runs: %zu, evaluations: %zu\n", notes.runs, notes.evaluations);
  const struct {
    size_t n;
    const char *what;
  } lines[] = {
      {notes.failed_trials, "failed trials, written with the worst value of their problem and 1 in column failed"},
      {notes.incomplete_runs, "runs failed or unfinished, written as far as they got"},
      {notes.empty_runs, "runs ended before their first trial, left out"},
  };
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
    if (lines[i].n) fprintf(stderr, "joust export: %s: %zu\n", lines[i].what, lines[i].n);
  return 0;
}

static int export_as(const char *format, struct joust_store *store, const char *output, struct joust_error *error) {
  static const struct {
    const char *name;
    writer *write;
  } formats[] = {{"csv", joust_store_export_csv}, {"json", joust_store_export_json}, {"dump", joust_store_dump}};
  if (strcmp(format, "ioh") == 0) return export_ioh(store, output, error);
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
    if (strcmp(formats[i].name, format) == 0) return export_text(formats[i].write, store, output, error);
  return joust_fail(error, JOUST_BAD_INPUT, "'%s' is no format: expected csv, json or ioh", format);
}

int joust_cli_export(int argc, char **argv) {
  const char *output = NULL, *format = "csv";
  bool dump = false;
  const struct joust_flag flags[] = {
      {'f', "format", JOUST_FLAG_TEXT, &format, "FORMAT", "csv (the default), json or ioh"},
      {'o', "output", JOUST_FLAG_TEXT, &output, "FILE",
       "write here instead of standard output; for ioh a folder that is new or empty"},
      {0, "dump", JOUST_FLAG_SWITCH, &dump, NULL, "the canonical dump: equal for stores that hold the same results"},
  };
  const struct joust_usage usage = {
      .command = "export",
      .operands = "FILE.db",
      .summary = "Writes the trials of a store for other programs.",
      .details = "csv   One row a trial: problem, optimiser (its label), replicate, seed, trial (from 1), outcome,\n"
                 "      value (the objective in the problem's own direction), incumbent, cost, seconds,\n"
                 "      metric:NAME for each metric, x:NAME for each parameter, message.\n"
                 "json  One object a run, its trials as columns; problems and optimisers with their definitions.\n"
                 "ioh   The folder of files that IOHanalyzer and iohinspector read. A failed trial counts as an\n"
                 "      evaluation: it has the worst value of any trial of its problem, and 1 in column failed.\n",
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
    if (output) code = check_output(output, argv[first], &error);
    if (!code) code = export_as(dump ? "dump" : format, store, output, &error);
    joust_store_close(store);
  }
  return code ? joust_cli_fail("export", &error) : 0;
}
