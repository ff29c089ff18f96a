/* Budgets at which incumbents are looked at: flags --at and --at-cost of `show` and `report`. */
#ifndef JOUST_CLI_CHECKPOINTS_H
#define JOUST_CLI_CHECKPOINTS_H

#include "report/analysis.h"

/* Appends the budgets of a list such as "10,50,end"; NULL is "end", the end of the runs. *at (NULL at first) holds
 * them, the caller frees it. JOUST_BAD_INPUT for what is no budget. */
int joust_cli_checkpoints(struct joust_checkpoints *checkpoints, double **at, const char *list,
                          struct joust_error *error);

#endif
