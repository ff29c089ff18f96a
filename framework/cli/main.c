/* joust: the table of subcommands. */
#include <string.h>

#include "cli/cli.h"
#include "plugin/loader.h"

static const struct {
  const char *name, *summary;
  int (*run)(int argc, char **argv);
} commands[] = {
    {"run", "run optimisers on problems and store every trial", joust_cli_run},
    {"show", "rank the optimisers of a store, with the values they reached", joust_cli_show},
    {"report", "write a store as one HTML page with figures and tables", joust_cli_report},
    {"plot", "draw figures of a store", joust_cli_plot},
    {"export", "write the trials of a store as CSV, JSON or IOHprofiler files", joust_cli_export},
    {"plan", "list the runs of a sweep, and which of them are done", joust_cli_plan},
    {"status", "how far the sweep of a store is, while it runs or afterwards", joust_cli_status},
    {"merge", "make one store of several: shards, machines", joust_cli_merge},
    {"slurm", "run a sweep as an array job of a SLURM cluster", joust_cli_slurm},
    {"list", "list problems, optimisers, evaluators or sweeps", joust_cli_list},
    {"describe", "explain a problem, an optimiser or an evaluator", joust_cli_describe},
    {"data", "import, fetch and verify tables of measurements", joust_cli_data},
};
enum { N_COMMANDS = sizeof commands / sizeof *commands };

static void print_help(FILE *out) {
  fputs("joust runs optimisers head to head on search spaces and stores every trial.\n\n"
        "Usage: joust COMMAND [flags] [operands]\n\nCommands:\n",
        out);
  for (int i = 0; i < N_COMMANDS; i++) fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].summary);
  fputs("\n'joust COMMAND --help' explains a command's flags. Start with:\n\n"
        "  joust run -p nk/n16-k2,nk/n16-k6 -o random,evolution --store first.db\n"
        "  joust show first.db\n\n"
        "Exit codes: 0 all runs complete, 1 some runs failed, 2 usage or bad input, 3 a dependency or data\n"
        "missing, 130 interrupted.\n",
        out);
}

static int fail_unknown(const char *name) {
  const char *names[N_COMMANDS];
  for (int i = 0; i < N_COMMANDS; i++) names[i] = commands[i].name;
  const char *near = joust_nearest(name, names, N_COMMANDS);
  if (near)
    fprintf(stderr, "joust: there is no command '%s': did you mean '%s'?\n", name, near);
  else
    fprintf(stderr, "joust: there is no command '%s': 'joust --help' lists them\n", name);
  return 2;
}

static int call(int argc, char **argv) {
  for (int i = 0; i < N_COMMANDS; i++)
    if (strcmp(commands[i].name, argv[0]) == 0) return commands[i].run(argc, argv);
  return fail_unknown(argv[0]);
}

static int dispatch(int argc, char **argv) {
  if (argc < 2) {
    print_help(stderr);
    return 2;
  }
  bool help = strcmp(argv[1], "help") == 0;
  if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || (help && argc == 2)) {
    print_help(stdout);
    return 0;
  }
  if (help) return call(2, (char *[]){argv[2], (char[]){"--help"}, NULL});
  if (strcmp(argv[1], "--version") == 0) {
    puts("joust " JOUST_VERSION);
    return 0;
  }
  return call(argc - 1, argv + 1);
}

/* A full disk under standard output must not look like success. */
static int flush(int code) {
  if (fflush(stdout) == 0 && !ferror(stdout)) return code;
  fputs("joust: cannot write to standard output\n", stderr);
  return code ? code : 3;
}

int main(int argc, char **argv) {
  int code = flush(dispatch(argc, argv));
  joust_plugin_unload_all();
  return code;
}
