/* joust data: tables of measurements, published or one's own, into the user's data folder and looked after there. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "data/fetch.h"
#include "data/import.h"
#include "data/list.h"
#include "data/problem_text.h"
#include "data/sources.h"

static volatile sig_atomic_t stop;

static void on_signal(int number) {
  (void)number;
  stop = 1;
}

/* ---- import ------------------------------------------------------------------------------------------------------ */

static void print_import(const char *command, const struct joust_import *import) {
  if (import->error) {
    joust_cli_fail(command, import->error);
    return;
  }
  printf("%s: %llu entries, fingerprint %.12s, from %s\n", import->table, (unsigned long long)import->entries,
         import->fingerprint, import->file);
  if (!import->original && joust_source_of_table(import->table))
    fprintf(stderr, "joust %s: note: '%s' is complete, but not byte by byte the published file\n", command,
            import->file);
}

static void report_imported(void *context, const struct joust_import *import) {
  (void)context;
  print_import("data import", import);
}

static int import_paths(int argc, char **argv) {
  const struct joust_usage usage = {
      .command = "data import",
      .operands = "PATH...",
      .summary = "Turns files of measurements (or all of them below a folder) into tables.",
      .details = "Files are recognised by their content: NAS-Bench-201, NAS-Bench-Macro and Channel-Bench-Macro as\n"
                 "published (JSON), the merged NAS-Bench-201 CSV file, and any CSV file with a column x:NAME for each\n"
                 "parameter and metric:NAME for each metric, such as 'joust export' writes. A published file that is\n"
                 "damaged or lacks entries is refused; rows of one point are its measurements. 'joust data problem'\n"
                 "begins a problem file. Tables go to $JOUST_DATA/tables, by default ~/.local/share/joust/tables.\n",
      .least = 1,
      .most = -1};
  int first = joust_cli_parse(&usage, argc, argv), code = 0;
  if (first < 0) return ~first;
  for (int i = first; i < argc; i++) {
    struct joust_error error;
    int failed = joust_import_path(argv[i], report_imported, NULL, &error);
    if (failed && !code) code = joust_exit_code(failed);
  }
  return code;
}

/* ---- fetch ------------------------------------------------------------------------------------------------------- */

enum { BAR_WIDTH = 30 };

struct display { /* of a download */
  bool terminal;
  const struct joust_source *source; /* that is shown now */
  uint64_t from;                     /* bytes that were there when it began */
  struct timespec begin, shown;
};

static double seconds_since(const struct timespec *then) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)(now.tv_sec - then->tv_sec) + 1e-9 * (double)(now.tv_nsec - then->tv_nsec);
}

static void draw_bar(const struct display *display, uint64_t done) {
  double size = (double)display->source->size, share = (double)done / size;
  double seconds = seconds_since(&display->begin);
  double rate = seconds > 0 ? (double)(done - display->from) / seconds : 0;
  char bar[BAR_WIDTH + 1];
  for (int i = 0; i < BAR_WIDTH; i++) bar[i] = i < share * BAR_WIDTH ? '#' : '.';
  bar[BAR_WIDTH] = 0;
  fprintf(stderr, "\r%-28s [%s] %3.0f%% of %.1f MB, %.1f MB/s, %.0f s left ", display->source->file, bar, 100 * share,
          size / 1e6, rate / 1e6, rate > 0 ? (size - (double)done) / rate : 0);
}

/* On a terminal a bar that moves, elsewhere one line a file. */
static void show_progress(void *context, const struct joust_source *source, uint64_t done) {
  struct display *display = context;
  bool whole = done == source->size;
  if (display->source != source) {
    display->source = source;
    display->from = done;
    clock_gettime(CLOCK_MONOTONIC, &display->begin);
    display->shown = (struct timespec){0};
    if (!display->terminal) fprintf(stderr, "fetching %s (%.1f MB)\n", source->file, (double)source->size / 1e6);
  }
  if (!display->terminal || (!whole && seconds_since(&display->shown) < 0.1)) return;
  clock_gettime(CLOCK_MONOTONIC, &display->shown);
  draw_bar(display, done);
}

/* The bar's line is over. */
static void end_bar(struct display *display) {
  if (display->terminal && display->source) fputc('\n', stderr);
  display->source = NULL;
}

static void report_fetched(void *context, const struct joust_import *import) {
  struct display *display = context;
  end_bar(display);
  if (!import->error) print_import("data fetch", import);
}

static int fetch_sets(const char *from, int n, char **names) {
  struct display display = {.terminal = isatty(STDERR_FILENO)};
  const struct joust_fetch fetch = {
      .from = from, .stop = &stop, .progress = show_progress, .report = report_fetched, .context = &display};
  struct sigaction action = {.sa_handler = on_signal}, old_int, old_term;
  sigaction(SIGINT, &action, &old_int);
  sigaction(SIGTERM, &action, &old_term);
  int code = 0;
  for (int i = 0; i < n && !code; i++) {
    struct joust_error error;
    if (joust_fetch_set(&fetch, names[i], &error)) {
      end_bar(&display);
      code = joust_cli_fail("data fetch", &error);
    }
  }
  sigaction(SIGINT, &old_int, NULL);
  sigaction(SIGTERM, &old_term, NULL);
  return code;
}

static int fetch_names(int argc, char **argv) {
  const char *from = NULL;
  const struct joust_flag flags[] = {
      {0, "from", JOUST_FLAG_TEXT, &from, "DIR|URL", "take the files from a mirror: a folder, or a URL above them"}};
  const struct joust_usage usage = {
      .command = "data fetch",
      .operands = "NAME...",
      .summary = "Downloads published files, checks their SHA-256 and turns them into tables.",
      .details =
          "NAME is nasbench201, nasbench-macro, channel-bench or all. A download that was cut off goes on where it\n"
          "stopped. 'joust data list' shows what is there.\n",
      .flags = flags,
      .n_flags = 1,
      .least = 1,
      .most = -1};
  int first = joust_cli_parse(&usage, argc, argv);
  return first < 0 ? ~first : fetch_sets(from, argc - first, argv + first);
}

/* ---- list -------------------------------------------------------------------------------------------------------- */

static void print_item(const struct joust_data_item *item) {
  const struct joust_table *table = &item->table;
  if (item->code == 0) {
    printf("%s: %llu entries, fingerprint %.12s\n  metrics:", item->name, (unsigned long long)table->entries,
           table->fingerprint);
    for (uint32_t m = 0; m < table->n_metrics; m++) {
      printf("%s %s", m ? "," : "", table->metrics[m].name);
      if (table->metrics[m].measurements > 1) printf(" (%u measurements)", table->metrics[m].measurements);
    }
    printf("\n  licence: %s\n", *table->licence ? table->licence : "not known");
    return;
  }
  printf("%s: %s\n", item->name, item->code == JOUST_MISSING ? "not there" : item->reason);
  if (!item->source) return;
  char *command = joust_source_command(item->source);
  printf("  command: %s\n  licence: %s\n", command, item->source->licence);
  free(command);
}

static cJSON *describe_item(const struct joust_data_item *item) {
  const struct joust_table *table = &item->table;
  cJSON *node = cJSON_CreateObject();
  cJSON_AddStringToObject(node, "name", item->name);
  cJSON_AddStringToObject(node, "path", item->path);
  cJSON_AddStringToObject(node, "state",
                          item->code == 0               ? "there"
                          : item->code == JOUST_MISSING ? "absent"
                                                        : "damaged");
  if (item->code) cJSON_AddStringToObject(node, "reason", item->reason);
  if (item->source) {
    char *command = joust_source_command(item->source);
    cJSON_AddStringToObject(node, "command", command);
    cJSON_AddStringToObject(node, "licence", item->source->licence);
    free(command);
  } else {
    cJSON_AddStringToObject(node, "licence", item->code == 0 ? table->licence : "");
  }
  if (item->code) return node;
  cJSON_AddNumberToObject(node, "entries", (double)table->entries);
  cJSON_AddStringToObject(node, "fingerprint", table->fingerprint);
  cJSON *metrics = cJSON_AddArrayToObject(node, "metrics");
  for (uint32_t m = 0; m < table->n_metrics; m++) {
    cJSON *metric = cJSON_CreateObject();
    cJSON_AddStringToObject(metric, "name", table->metrics[m].name);
    cJSON_AddStringToObject(metric, "title", table->metrics[m].title);
    cJSON_AddStringToObject(metric, "unit", table->metrics[m].unit);
    cJSON_AddNumberToObject(metric, "measurements", table->metrics[m].measurements);
    cJSON_AddItemToArray(metrics, metric);
  }
  return node;
}

static void print_json(const struct joust_data_item *items, size_t n) {
  cJSON *list = cJSON_CreateArray();
  for (size_t i = 0; i < n; i++) cJSON_AddItemToArray(list, describe_item(&items[i]));
  char *text = cJSON_Print(list);
  puts(text ? text : "[]");
  cJSON_free(text);
  cJSON_Delete(list);
}

static int list_tables(int argc, char **argv) {
  bool json = false;
  const struct joust_flag flags[] = {{0, "json", JOUST_FLAG_SWITCH, &json, NULL, "print JSON"}};
  const struct joust_usage usage = {.command = "data list",
                                    .operands = "",
                                    .summary = "Lists tables: what each offers, or which command brings it.",
                                    .flags = flags,
                                    .n_flags = 1};
  int first = joust_cli_parse(&usage, argc, argv);
  if (first < 0) return ~first;
  struct joust_data_item *items;
  struct joust_error error;
  size_t n;
  if (joust_data_list(&items, &n, &error)) return joust_cli_fail("data list", &error);
  if (json) print_json(items, n);
  for (size_t i = 0; i < n && !json; i++) print_item(&items[i]);
  joust_data_list_free(items, n);
  return 0;
}

/* ---- problem ----------------------------------------------------------------------------------------------------- */

static int print_problem(int argc, char **argv) {
  const char *objective = NULL;
  bool minimise = false;
  const struct joust_flag flags[] = {
      {0, "objective", JOUST_FLAG_TEXT, &objective, "METRIC", "what is optimised (the table's first metric)"},
      {0, "minimise", JOUST_FLAG_SWITCH, &minimise, NULL, "it is minimised (else it is maximised)"}};
  const struct joust_usage usage = {
      .command = "data problem",
      .operands = "TABLE",
      .summary = "Prints a problem file for a table: all of its parameters and metrics, to be edited.",
      .details = "  joust data import cells.csv\n"
                 "  mkdir mine\n"
                 "  joust data problem cells --objective accuracy > mine/cells.json\n"
                 "  joust run -p mine/cells.json -o random,evolution --store cells.db\n",
      .flags = flags,
      .n_flags = 2,
      .least = 1,
      .most = 1};
  int first = joust_cli_parse(&usage, argc, argv);
  if (first < 0) return ~first;
  struct joust_error error;
  char *text;
  if (joust_problem_text(&text, argv[first], objective, minimise ? 1 : -1, &error))
    return joust_cli_fail("data problem", &error);
  if (!minimise)
    fprintf(stderr, "joust data problem: %s is maximised; where less is better, say --minimise\n",
            objective ? objective : "the table's first metric");
  puts(text);
  free(text);
  return 0;
}

/* ---- the command ------------------------------------------------------------------------------------------------- */

int joust_cli_data(int argc, char **argv) {
  static const struct {
    const char *name, *summary;
    int (*run)(int argc, char **argv);
  } actions[] = {
      {"import", "turn files of measurements into tables", import_paths},
      {"fetch", "download published files and turn them into tables", fetch_names},
      {"list", "list tables, and which command brings those that are absent", list_tables},
      {"problem", "print a problem file for a table, to be edited", print_problem},
      {"verify", "check tables: their fingerprints, and their values by measuring anew", joust_cli_data_verify},
  };
  enum { N_ACTIONS = sizeof actions / sizeof *actions };
  const char *action = argc > 1 ? argv[1] : "";
  for (int i = 0; i < N_ACTIONS; i++)
    if (strcmp(action, actions[i].name) == 0) return actions[i].run(argc - 1, argv + 1);
  bool help = strcmp(action, "--help") == 0 || strcmp(action, "-h") == 0;
  FILE *out = help ? stdout : stderr;
  if (!help && *action) fprintf(out, "joust data: there is no action '%s'\n", action);
  fputs(
      "Usage: joust data ACTION [flags] [operands]\n\nBrings tables of measurements, published or your own, and looks "
      "after them.\n\nActions:\n",
      out);
  for (int i = 0; i < N_ACTIONS; i++) fprintf(out, "  %-8s %s\n", actions[i].name, actions[i].summary);
  fputs("\n'joust data ACTION --help' explains an action's flags.\n", out);
  return help ? 0 : 2;
}
