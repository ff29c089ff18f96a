/* What stands around a run: may it begin, and what is left of it. */
#include <stdlib.h>
#include <string.h>

#include "run/run.h"

int joust_run_check(const struct joust_problem *problem, const struct joust_optimiser *optimiser, const char *label,
                    struct joust_error *error) {
  const struct joust_space *space = &problem->domain.space;
  for (uint32_t i = 0; i < space->n_parameters; i++) {
    const struct joust_parameter *p = space->parameters[i];
    if (!(p->kind & optimiser->parameter_kinds))
      return joust_fail(error, JOUST_BAD_INPUT,
                        "optimiser '%s' cannot run on problem '%s': it does not handle %s parameters ('%s')", label,
                        problem->label, joust_kind_name(p->kind), p->name);
  }
  return 0;
}

void joust_outcome_free(struct joust_outcome *outcome) {
  joust_history_free(&outcome->history);
  joust_text_free(&outcome->log);
  joust_text_free(&outcome->counters);
  memset(outcome, 0, sizeof *outcome);
}
