#include "run/start.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

joust_status joust_starter_open(struct joust_starter *starter, const struct joust_run *run,
                                const struct joust_services *like) {
  const struct joust_start *start = run->start;
  starter->start = start;
  starter->run = *run;
  starter->run.label = start->label;
  starter->run.optimiser = start->type;
  starter->run.args = start->args;
  starter->words = (struct joust_run_words){.run = &starter->run, .repeated = start->trials};
  joust_services_init(&starter->services, start->label, run->seed);
  starter->services.stop = like->stop;
  starter->services.log_level = like->log_level;
  starter->services.log = like->log;
  starter->services.extension = joust_run_words_extension;
  starter->services.context = &starter->words;
  return start->type->create(&starter->services.host, &run->problem->domain.space, start->args, &starter->self);
}

bool joust_starter_has_turn(const struct joust_starter *starter, uint32_t done) {
  return starter->self && done < starter->start->trials;
}

static void hand_over(const struct joust_counter *from, struct joust_counters *counters) {
  char name[JOUST_COUNTER_NAME];
  if ((size_t)snprintf(name, sizeof name, "start_%s", from->name) >= sizeof name) return;
  struct joust_counter *to = joust_counters_find(counters, name);
  if (!to) return;
  switch (from->kind) {
  case JOUST_COUNTER_INTEGER: joust_counter_set_integer(to, from->integer); break;
  case JOUST_COUNTER_REAL:
  case JOUST_COUNTER_NULL: joust_counter_set_real(to, from->real); break;
  case JOUST_COUNTER_TEXT: joust_counter_set_text(to, from->text); break;
  }
}

void joust_starter_close(struct joust_starter *starter, struct joust_counters *counters) {
  if (!starter->start) return;
  if (starter->self) starter->start->type->destroy(starter->self);
  for (uint32_t i = 0; i < starter->services.counters.n; i++) hand_over(&starter->services.counters.items[i], counters);
  joust_services_free(&starter->services);
  joust_run_words_free(&starter->words);
  memset(starter, 0, sizeof *starter);
}
