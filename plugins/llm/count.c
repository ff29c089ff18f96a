#include "count.h"

#include <joust/ext/usage.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void set_text(const struct joust_usage_counters *usage, const struct joust_host *host, const char *name,
                     const char *value) {
  if (value && *value) usage->set_text(host, name, value);
}

static void report_answers(const struct counts *counts, const struct joust_usage_counters *usage,
                           const struct joust_host *host) {
  char name[40];
  for (int reason = ANSWER_NONE; reason < ANSWER_NO_MEMORY; reason++) {
    snprintf(name, sizeof name, "answers_%s", answer_reason_name((enum answer_reason)reason));
    usage->set_integer(host, name, counts->answers[reason]);
  }
}

void counts_report(const struct counts *counts, const struct llm_totals *totals, const char *prompts,
                   const struct joust_host *host) {
  const struct joust_usage_counters *usage = host->extension(host, JOUST_USAGE);
  if (!usage) return;
  const struct {
    const char *name;
    int64_t value;
  } integers[] = {
      {"steps", counts->steps},
      {"calls", totals->calls},
      {"replayed", totals->replayed},
      {"retries", totals->retries},
      {"prompt_tokens", totals->usage.prompt},
      {"completion_tokens", totals->usage.completion},
      {"cached_tokens", totals->usage.cached},
      {"reasoning_tokens", totals->usage.reasoning},
      {"answers_ok", counts->answers[ANSWER_OK]},
      {"first_legal", counts->first_legal},
      {"repairs", counts->repairs},
      {"duplicates", counts->duplicates},
      {"fallbacks", counts->fallbacks},
      {"refusals", counts->refusals},
  };
  for (size_t i = 0; i < sizeof integers / sizeof *integers; i++)
    usage->set_integer(host, integers[i].name, integers[i].value);
  report_answers(counts, usage, host);
  if (!isnan(totals->usage.money)) usage->set_real(host, "money", totals->usage.money);
  usage->set_real(host, "wait_seconds", totals->seconds);
  set_text(usage, host, "first_proposal", counts->first_proposal);
  if (!isnan(counts->first_value)) usage->set_real(host, "first_value", counts->first_value);
  set_text(usage, host, "model", totals->model);
  set_text(usage, host, "system_fingerprint", totals->fingerprint);
  set_text(usage, host, "server", totals->server);
  set_text(usage, host, "prompts", prompts);
  set_text(usage, host, "request_ids", llm_text_string(&counts->request_ids));
}

void counts_free(struct counts *counts) {
  free(counts->first_proposal);
  counts->first_proposal = NULL;
  llm_text_free(&counts->request_ids);
}
