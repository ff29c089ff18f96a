/* What a run of the plugin counts, and how it is handed to the host (joust.usage/1). */
#ifndef LLM_COUNT_H
#define LLM_COUNT_H

#include "answer.h"
#include "chat.h"
#include "text.h"

struct counts {
  int64_t steps;                     /* at which the model was asked for a design */
  int64_t answers[ANSWER_NO_MEMORY]; /* by enum answer_reason: texts that were parsed */
  int64_t duplicates;                /* of the legal ones: designs that were tried before */
  int64_t refusals;                  /* answers that the model or a filter refused */
  int64_t first_legal;               /* steps whose first answer was a new design */
  int64_t repairs, fallbacks;        /* further requests within a step; steps that ended with a random design */
  char *first_proposal;              /* by the names of the real space; owned; NULL: none yet */
  double first_value;                /* of it; NaN: not known */
  struct llm_text request_ids;       /* with a space between */
};

/* Gives everything to the host; does nothing where it has no counters. */
void counts_report(const struct counts *counts, const struct llm_totals *totals, const char *prompts,
                   const struct joust_host *host);
void counts_free(struct counts *counts);

#endif
