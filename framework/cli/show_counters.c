/* joust show: what optimisers counted in their runs (calls, tokens, money, ...), as means over runs. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/cli.h"
#include "cli/show.h"
#include "stats/summary.h"

/* Longest text that the table shows; of others it shows the beginning. */
#define MOST_BYTES 40

/* The counters of an optimiser's runs in one contest. */
struct counted {
  cJSON **runs; /* one object a run; those without are left out */
  size_t n;
};

static struct counted read_counted(const struct joust_contest *contest, uint32_t optimiser) {
  const struct joust_cell *cell = &contest->cells[optimiser];
  struct counted counted = {.runs = joust_alloc(contest->n_rows + 1, sizeof *counted.runs)};
  for (uint32_t r = 0; cell->runs && r < contest->n_rows; r++) {
    cJSON *object = cell->runs[r].counters ? cJSON_Parse(cell->runs[r].counters) : NULL;
    if (object) counted.runs[counted.n++] = object;
  }
  return counted;
}

static void free_counted(struct counted *counted) {
  for (size_t i = 0; i < counted->n; i++) cJSON_Delete(counted->runs[i]);
  free(counted->runs);
}

/* Of one counter: the mean over the runs that have it as a number, or the text that all have, NULL if they differ. */
struct tally {
  size_t n;
  double mean; /* NaN for texts */
  const char *text;
  size_t texts; /* different ones */
};

static struct tally tally_of(const struct counted *counted, const char *name) {
  double *numbers = joust_alloc(counted->n + 1, sizeof *numbers);
  struct tally tally = {0};
  size_t n = 0;
  for (size_t i = 0; i < counted->n; i++) {
    const cJSON *item = joust_json_member(counted->runs[i], name);
    if (item && !cJSON_IsNull(item)) tally.n++;
    if (cJSON_IsNumber(item)) numbers[n++] = item->valuedouble;
    if (!cJSON_IsString(item)) continue;
    size_t k = 0;
    for (; k < i; k++) {
      const char *earlier = cJSON_GetStringValue(joust_json_member(counted->runs[k], name));
      if (earlier && strcmp(earlier, item->valuestring) == 0) break;
    }
    tally.texts += k == i;
    tally.text = item->valuestring;
  }
  if (tally.texts != 1) tally.text = NULL;
  tally.mean = n ? joust_summarise(numbers, n).mean : NAN;
  free(numbers);
  return tally;
}

/* ---- text -------------------------------------------------------------------------------------------------------- */

static void add_cell(struct joust_grid *grid, const struct counted *counted, const char *name) {
  struct tally tally = tally_of(counted, name);
  if (tally.texts == 1 && strlen(tally.text) <= MOST_BYTES) {
    joust_grid_add(grid, "%s", tally.text);
  } else if (tally.texts == 1) {
    size_t n = MOST_BYTES - 3;
    while (n > 0 && ((unsigned char)tally.text[n] & 0xc0) == 0x80) n--; /* not within a character */
    joust_grid_add(grid, "%.*s...", (int)n, tally.text);
  } else if (tally.texts)
    joust_grid_add(grid, "%zu texts", tally.texts);
  else if (isnan(tally.mean))
    joust_grid_add(grid, "-");
  else
    joust_grid_add(grid, tally.mean == floor(tally.mean) && fabs(tally.mean) < 1e15 ? "%.0f" : "%.4g", tally.mean);
}

static bool is_first(const struct counted *all, size_t contest, size_t run, const char *name) {
  for (size_t c = 0; c <= contest; c++)
    for (size_t r = 0; r < (c == contest ? run : all[c].n); r++)
      if (joust_json_member(all[c].runs[r], name)) return false;
  return true;
}

static void print_optimiser(const struct joust_analysis *analysis, uint32_t optimiser, bool colours) {
  struct counted *all = joust_alloc(analysis->n_contests + 1, sizeof *all);
  struct joust_grid grid = {.n_columns = 1, .right = ~UINT64_C(1)};
  size_t any = 0;
  for (uint32_t c = 0; c < analysis->n_contests; c++) {
    all[c] = read_counted(&analysis->contests[c], optimiser);
    any += all[c].n > 0;
  }
  grid.n_columns += any;
  if (any) {
    printf("\n%s%s%s counted, mean of a run\n", colours ? "\033[1m" : "", analysis->optimisers[optimiser].label,
           colours ? "\033[0m" : "");
    joust_grid_add(&grid, "counter");
    for (uint32_t c = 0; c < analysis->n_contests; c++)
      if (all[c].n) joust_grid_add(&grid, "%s", analysis->contests[c].label);
  }
  for (uint32_t c = 0; c < analysis->n_contests; c++)
    for (size_t r = 0; r < all[c].n; r++)
      for (const cJSON *item = all[c].runs[r]->child; item; item = item->next) {
        if (!is_first(all, c, r, item->string)) continue;
        joust_grid_add(&grid, "%s", item->string);
        for (uint32_t k = 0; k < analysis->n_contests; k++)
          if (all[k].n) add_cell(&grid, &all[k], item->string);
      }
  if (any) joust_grid_print(&grid, stdout, "  ");
  for (uint32_t c = 0; c < analysis->n_contests; c++) free_counted(&all[c]);
  free(all);
}

void joust_show_counters(const struct joust_view *view) {
  for (uint32_t o = 0; o < view->analysis->n_optimisers; o++) print_optimiser(view->analysis, o, view->colours);
}

/* ---- JSON -------------------------------------------------------------------------------------------------------- */

cJSON *joust_show_counters_json(const struct joust_contest *contest, uint32_t optimiser) {
  struct counted counted = read_counted(contest, optimiser);
  cJSON *object = cJSON_CreateObject();
  for (size_t r = 0; r < counted.n; r++)
    for (const cJSON *item = counted.runs[r]->child; item; item = item->next) {
      if (joust_json_member(object, item->string)) continue;
      struct tally tally = tally_of(&counted, item->string);
      cJSON *row = cJSON_AddObjectToObject(object, item->string);
      cJSON_AddNumberToObject(row, "n", (double)tally.n);
      if (!tally.texts) joust_json_add_number(row, "mean", tally.mean);
      if (tally.text) cJSON_AddStringToObject(row, "text", tally.text);
      if (tally.texts > 1) cJSON_AddNumberToObject(row, "texts", (double)tally.texts);
    }
  free_counted(&counted);
  return object;
}
