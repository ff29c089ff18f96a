/* joust merge: stores become one. */
#include <inttypes.h>

#include "cli/cli.h"
#include "store/merge.h"

static const char *plural(uint64_t n) {
  return n == 1 ? "" : "s";
}

static void print_input(void *context, const char *input, const struct joust_merge_tally *tally) {
  const bool *quiet = context;
  if (*quiet) return;
  fprintf(stderr, "%s: %" PRIu64 " run%s added with %" PRIu64 " trial%s, %" PRIu64 " there already", input,
          tally->added + tally->replaced, plural(tally->added + tally->replaced), tally->trials, plural(tally->trials),
          tally->there);
  if (tally->replaced) fprintf(stderr, "; %" PRIu64 " of them had not come as far there", tally->replaced);
  fputc('\n', stderr);
}

int joust_cli_merge(int argc, char **argv) {
  bool quiet = false;
  const struct joust_flag flags[] = {
      {'q', "quiet", JOUST_FLAG_SWITCH, &quiet, NULL, "say nothing of what was merged"},
  };
  const struct joust_usage usage = {
      .command = "merge",
      .operands = "OUT.db IN.db...",
      .summary = "Adds the runs of stores to the store OUT.db, which is made if it is not there.",
      .details =
          "Stores may come in any order and more than once: a run is added once. A complete run takes the\n"
          "place of one that was interrupted or failed. Two stores that hold different trials of one\n"
          "run contradict each other: the message names both and the run. Each input is merged whole or\n"
          "not at all, and none of them is changed.\n\n"
          "  joust run sweep.json --shard 1/2 --store a.db        joust run sweep.json --shard 2/2 --store b.db\n"
          "  joust merge all.db a.db b.db\n",
      .flags = flags,
      .n_flags = sizeof flags / sizeof *flags,
      .least = 2,
      .most = -1};
  int first = joust_cli_parse(&usage, argc, argv);
  if (first < 0) return ~first;
  struct joust_error error;
  int code = joust_store_merge(argv[first], (const char *const *)argv + first + 1, (size_t)(argc - first - 1),
                               print_input, &quiet, &error);
  return code ? joust_cli_fail("merge", &error) : 0;
}
