/* Budgets at which incumbents are looked at: flags --at and --at-cost of `show` and `report`. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "cli/checkpoints.h"

int joust_cli_checkpoints(struct joust_checkpoints *checkpoints, double **at, const char *list,
                          struct joust_error *error) {
  char *copy = joust_copy(list ? list : "end"), *rest = copy, *item;
  int code = 0;
  while (!code && (item = strsep(&rest, ",")) != NULL) {
    double budget = INFINITY;
    if (strcmp(item, "end") != 0 && (!joust_parse_number(item, &budget) || !(budget > 0)))
      code = joust_fail(error, JOUST_BAD_INPUT, "'%s' is no budget: expected numbers above 0 or 'end', e.g. 10,50,end",
                        item);
    else if (checkpoints->n && budget <= (*at)[checkpoints->n - 1])
      code = joust_fail(error, JOUST_BAD_INPUT,
                        "'%s' is not above the budget before it: expected rising ones, e.g. "
                        "10,50,end",
                        item);
    *at = joust_resize(*at, checkpoints->n + 1, sizeof **at);
    (*at)[checkpoints->n++] = budget;
  }
  checkpoints->at = *at;
  free(copy);
  return code;
}
