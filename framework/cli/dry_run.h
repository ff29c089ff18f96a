/* joust run --dry-run: what a sweep will take, before anything is spent. */
#ifndef JOUST_CLI_DRY_RUN_H
#define JOUST_CLI_DRY_RUN_H

#include <stdbool.h>

#include "sweep/plan.h"

struct joust_dry_run {
  const char *store; /* path; it need not be there */
  bool retry_failed;
  uint32_t jobs, network_jobs;
};

/* Prints the forecast on standard output. The store's errors. */
int joust_dry_run(const struct joust_plan *plan, const struct joust_dry_run *dry_run, struct joust_error *error);

#endif
