#include "run/words.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static const struct joust_run_words *words_of(const struct joust_host *host) {
  const struct joust_services *services = host->ctx;
  return services->context;
}

static size_t print_value(const struct joust_host *host, uint32_t parameter, double value, char *out, size_t size) {
  const struct joust_space *space = &words_of(host)->run->problem->domain.space;
  struct joust_text text = {0};
  joust_value_print(space->parameters[parameter], value, &text);
  size_t length = text.length, copied = length < size ? length : size - 1;
  if (size) {
    memcpy(out, joust_text_string(&text), copied);
    out[copied] = 0;
  }
  joust_text_free(&text);
  return length;
}

static joust_status parse_value(const struct joust_host *host, uint32_t parameter, const char *text, double *value) {
  const struct joust_space *space = &words_of(host)->run->problem->domain.space;
  struct joust_error error;
  if (joust_value_parse(space->parameters[parameter], text, value, &error) == 0) return JOUST_OK;
  host->set_error(host, error.message);
  return JOUST_EOPTION;
}

static void make(struct joust_run_words *words) {
  const struct joust_run *run = words->run;
  const struct joust_problem *problem = run->problem;
  const struct joust_metric *objective = &problem->metrics[problem->objective];
  uint32_t n = problem->domain.space.n_parameters;
  words->parameters = joust_alloc(n, sizeof *words->parameters);
  for (uint32_t i = 0; i < n; i++)
    words->parameters[i] = (struct joust_parameter_words){
        .description = problem->domain.words[i].description,
        .choices = (const char *const *)problem->domain.words[i].choices,
    };
  words->words = (struct joust_problem_words){
      .struct_size = sizeof words->words,
      .replicate = run->replicate,
      .seed = run->seed,
      .trials = run->budget.trials,
      .optimiser = run->label,
      .label = problem->label,
      .name = problem->name,
      .folder = problem->folder,
      .title = problem->title,
      .task = problem->description,
      .metric = objective->name,
      .metric_title = objective->title,
      .unit = objective->unit,
      .direction = objective->direction,
      .decimals = objective->decimals,
      .parameters = words->parameters,
      .print_value = print_value,
      .parse_value = parse_value,
      .repeated = words->repeated,
  };
}

const void *joust_run_words_extension(void *context, const char *id) {
  struct joust_run_words *words = context;
  if (strcmp(id, JOUST_PROBLEM) != 0) return NULL;
  if (!words->parameters) make(words);
  return &words->words;
}

void joust_run_words_free(struct joust_run_words *words) {
  free(words->parameters);
  memset(words, 0, sizeof *words);
}
