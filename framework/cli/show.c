/* joust show: the ranked tables of a store. */
#include <stdlib.h>

#include "cli/checkpoints.h"
#include "cli/cli.h"
#include "cli/show.h"

struct show_flags {
  const char *at, *at_cost;
  bool json, deviations;
};

static int show(const char *path, const struct show_flags *flags, struct joust_error *error) {
  struct joust_analysis_options options = {.checkpoints = {.by_cost = flags->at_cost != NULL}, .ranks_only = true};
  struct joust_analysis analysis;
  struct joust_store *store = NULL;
  double *at = NULL;
  if (flags->at && flags->at_cost)
    return joust_fail(error, JOUST_BAD_INPUT, "--at and --at-cost exclude each other: trials or cost");
  int code = joust_cli_checkpoints(&options.checkpoints, &at, flags->at_cost ? flags->at_cost : flags->at, error);
  if (!code) code = joust_store_open(&store, path, JOUST_STORE_READ, error);
  if (!code && !(code = joust_analysis_make(&analysis, store, &options, error))) {
    struct joust_view view = {
        .analysis = &analysis, .deviations = flags->deviations, .colours = joust_cli_colours(stdout)};
    if (flags->json)
      joust_show_json(&view);
    else
      joust_show_text(&view);
    joust_analysis_free(&analysis);
  }
  joust_store_close(store);
  free(at);
  return code;
}

int joust_cli_show(int argc, char **argv) {
  struct show_flags f = {0};
  const struct joust_flag flags[] = {
      {0, "at", JOUST_FLAG_TEXT, &f.at, "N,...", "incumbents after these numbers of trials; 'end': of the runs' end"},
      {0, "at-cost", JOUST_FLAG_TEXT, &f.at_cost, "C,...", "incumbents when this cost was spent"},
      {0, "sd", JOUST_FLAG_SWITCH, &f.deviations, NULL, "standard deviations instead of standard errors"},
      {0, "json", JOUST_FLAG_SWITCH, &f.json, NULL, "print JSON"},
  };
  const struct joust_usage usage = {
      .command = "show",
      .operands = "FILE.db",
      .summary = "Ranks the optimisers of a store on each problem, and over all of them.",
      .details = "The incumbent is the best trial so far by the objective; the other columns are its metrics.\n"
                 "Regret is the distance to the best value known. Means are over complete runs; in ranks a failed\n"
                 "run counts as the worst value that any trial of its problem had. Unfinished runs are counted\n"
                 "and left out.\n",
      .flags = flags,
      .n_flags = sizeof flags / sizeof *flags,
      .least = 1,
      .most = 1};
  int first = joust_cli_parse(&usage, argc, argv);
  if (first < 0) return ~first;
  struct joust_error error;
  return show(argv[first], &f, &error) ? joust_cli_fail("show", &error) : 0;
}
