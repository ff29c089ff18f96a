/* joust show: the ranked tables of a store. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/cli.h"
#include "cli/show.h"

/* Gathers the figures of papers that the store's sweeps carry, each once. */
static int add_published(void *context, int64_t id, const char *name, const char *definition) {
  cJSON *list = context, *sweep = cJSON_Parse(definition), *rows = joust_json_member(sweep, "published");
  (void)id;
  (void)name;
  for (cJSON *row = rows ? rows->child : NULL, *next; row; row = next) {
    bool known = false;
    next = row->next;
    for (const cJSON *old = list->child; old; old = old->next) known |= cJSON_Compare(old, row, 1);
    if (!known) cJSON_AddItemToArray(list, cJSON_DetachItemViaPointer(rows, row));
  }
  cJSON_Delete(sweep);
  return 0;
}

/* "10,50,200" in rising order; "end" stands for the end of the runs, which is all there is by default. */
static int read_checkpoints(struct joust_checkpoints *checkpoints, double **at, const char *list,
                            struct joust_error *error) {
  char *copy = joust_copy(list ? list : "end"), *rest = copy, *item;
  int code = 0;
  while (!code && (item = strsep(&rest, ",")) != NULL) {
    double budget = INFINITY;
    if (strcmp(item, "end") != 0 && (!joust_parse_number(item, &budget) || !(budget > 0)))
      code = joust_fail(error, JOUST_BAD_INPUT, "'%s' is no budget: expected numbers above 0 or 'end', e.g. 10,50,end",
                        item);
    *at = joust_resize(*at, checkpoints->n + 1, sizeof **at);
    (*at)[checkpoints->n++] = budget;
  }
  checkpoints->at = *at;
  free(copy);
  return code;
}

struct show_flags {
  const char *at, *at_cost;
  bool json, deviations;
};

static int show(const char *path, const struct show_flags *flags, struct joust_error *error) {
  struct joust_checkpoints checkpoints = {.by_cost = flags->at_cost != NULL};
  struct joust_summary summary;
  struct joust_store *store = NULL;
  double *at = NULL;
  cJSON *published = cJSON_CreateArray();
  int code = read_checkpoints(&checkpoints, &at, flags->at_cost ? flags->at_cost : flags->at, error);
  if (!code) code = joust_store_open(&store, path, JOUST_STORE_READ, error);
  if (!code) code = joust_store_each_sweep(store, add_published, published, error);
  if (!code && !(code = joust_summary_make(&summary, store, &checkpoints, error))) {
    struct joust_view view = {.summary = &summary,
                              .published = published,
                              .deviations = flags->deviations,
                              .colours = joust_cli_colours(stdout)};
    if (flags->json)
      joust_show_json(&view);
    else
      joust_show_text(&view);
    joust_summary_free(&summary);
  }
  joust_store_close(store);
  cJSON_Delete(published);
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
                 "Regret is the distance to the best value known. Failed and unfinished runs are counted and\n"
                 "left out of means and ranks.\n",
      .flags = flags,
      .n_flags = sizeof flags / sizeof *flags,
      .least = 1,
      .most = 1};
  int first = joust_cli_parse(&usage, argc, argv);
  if (first < 0) return ~first;
  struct joust_error error;
  return show(argv[first], &f, &error) ? joust_cli_fail("show", &error) : 0;
}
