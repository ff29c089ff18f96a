/* What a chat server sends: whatever the bytes, choices with a text each, or an error that is one line. */
#include <cJSON.h>
#include <string.h>

#include "body.h"
#include "fuzz.h"

static void check_line(const char *text, size_t size) {
  MUST(memchr(text, 0, size));
  MUST(!strpbrk(text, "\n\r"));
}

static void read_reply(const cJSON *json) {
  struct llm_reply reply = {0};
  struct llm_body_meta meta;
  const char *why = NULL;
  int has_usage;
  joust_status status = llm_body_reply(&reply, &meta, &has_usage, json, &why);
  MUST(status == JOUST_OK || status == JOUST_EIO);
  MUST((status == JOUST_EIO) == (why != NULL));
  if (status == JOUST_OK) MUST(reply.n_choices > 0 && meta.model && meta.fingerprint && meta.id);
  for (size_t i = 0; i < reply.n_choices; i++) MUST(reply.choices[i].text);
  MUST(reply.usage.prompt >= 0 && reply.usage.completion >= 0 && reply.usage.cached >= 0 && reply.usage.reasoning >= 0);
  for (size_t i = 0; i < reply.n_choices; i++) {
    free(reply.choices[i].text);
    free(reply.choices[i].refusal);
  }
  free(reply.choices);
}

static void read_fault(const cJSON *json, const char *text) {
  const struct llm_request request = {.n_samples = 2, .max_tokens = 1, .schema = "{}"};
  struct llm_fault fault;
  unsigned habits = 0, habit;
  llm_body_fault(&fault, json, text);
  check_line(fault.message, sizeof fault.message);
  check_line(fault.type, sizeof fault.type);
  check_line(fault.code, sizeof fault.code);
  check_line(fault.param, sizeof fault.param);
  llm_fault_is_final(&fault);
  llm_body_has_fault(json);
  while ((habit = llm_fault_habit(&fault, &request, habits))) { /* each habit is found out once: no endless loop */
    MUST(!(habits & habit));
    MUST(*llm_habit_text(habit));
    habits |= habit;
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *text = malloc(size + 1);
  MUST(text);
  memcpy(text, data, size);
  text[size] = 0;
  cJSON *json = cJSON_ParseWithLength(text, size);
  if (json) read_reply(json);
  read_fault(json, text);
  cJSON_Delete(json);
  free(text);
  return 0;
}
