#include "body.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* ---- request ----------------------------------------------------------------------------------------------------- */

static int add_whole(cJSON *object, const char *name, int64_t value) {
  char digits[32];
  snprintf(digits, sizeof digits, "%lld", (long long)value); /* cJSON's numbers are doubles */
  return cJSON_AddRawToObject(object, name, digits) != NULL;
}

static int add_messages(cJSON *object, const struct llm_request *request) {
  cJSON *list = cJSON_AddArrayToObject(object, "messages");
  int ok = list != NULL;
  for (size_t i = 0; i < request->n_messages && ok; i++) {
    cJSON *message = cJSON_CreateObject();
    ok = cJSON_AddItemToArray(list, message) && cJSON_AddStringToObject(message, "role", request->messages[i].role) &&
         cJSON_AddStringToObject(message, "content", request->messages[i].content);
  }
  return ok;
}

static int add_schema(cJSON *object, const char *schema, int *bad_schema) {
  cJSON *format = cJSON_AddObjectToObject(object, "response_format"), *parsed = cJSON_Parse(schema);
  *bad_schema = !cJSON_IsObject(parsed);
  int ok = format && !*bad_schema && cJSON_AddStringToObject(format, "type", "json_schema");
  cJSON *inner = ok ? cJSON_AddObjectToObject(format, "json_schema") : NULL;
  ok = inner && cJSON_AddStringToObject(inner, "name", "answer") && cJSON_AddTrueToObject(inner, "strict") &&
       cJSON_AddItemToObject(inner, "schema", parsed);
  if (!ok) cJSON_Delete(parsed);
  return ok;
}

char *llm_body_request(const struct llm_request *request, const char *model, unsigned habits, int *bad_schema) {
  cJSON *object = cJSON_CreateObject();
  *bad_schema = 0;
  int ok = object && cJSON_AddStringToObject(object, "model", model) && add_messages(object, request);
  if (ok && !(habits & LLM_NO_TEMPERATURE))
    ok = cJSON_AddNumberToObject(object, "temperature", request->temperature) != NULL;
  if (ok && !(habits & LLM_NO_SEED)) ok = add_whole(object, "seed", request->seed);
  if (ok && request->max_tokens > 0)
    ok = add_whole(object, habits & LLM_OWN_TOKENS ? "max_completion_tokens" : "max_tokens", request->max_tokens);
  if (ok && request->n_samples > 1 && !(habits & LLM_ONE_CHOICE)) ok = add_whole(object, "n", request->n_samples);
  if (ok && request->schema && !(habits & LLM_NO_SCHEMA)) ok = add_schema(object, request->schema, bad_schema);
  char *text = ok ? cJSON_PrintUnformatted(object) : NULL;
  cJSON_Delete(object);
  return text;
}

/* ---- reply ------------------------------------------------------------------------------------------------------- */

static const cJSON *item(const cJSON *object, const char *name) {
  return cJSON_GetObjectItemCaseSensitive(object, name);
}

static const char *string(const cJSON *object, const char *name) {
  const char *text = cJSON_GetStringValue(item(object, name));
  return text ? text : "";
}

static int64_t count(const cJSON *object, const char *name) {
  const cJSON *number = item(object, name);
  return cJSON_IsNumber(number) && number->valuedouble >= 0 && number->valuedouble < 1e15 ? (int64_t)number->valuedouble
                                                                                          : 0;
}

static enum llm_finish finish_of(const cJSON *choice) {
  const char *reason = string(choice, "finish_reason");
  if (strcmp(reason, "stop") == 0) return LLM_FINISH_STOP;
  if (strcmp(reason, "length") == 0) return LLM_FINISH_LENGTH;
  return strcmp(reason, "content_filter") == 0 ? LLM_FINISH_FILTER : LLM_FINISH_OTHER;
}

/* Content is a text, null, or a list of parts of which those of type "text" count. */
static char *text_of(const cJSON *content) {
  struct llm_text text = {0};
  const cJSON *part;
  if (cJSON_IsString(content)) return llm_copy(content->valuestring);
  cJSON_ArrayForEach(part, content) llm_text_add(&text, string(part, "text"));
  if (text.bytes && !text.failed) return text.bytes;
  char *empty = text.failed ? NULL : llm_copy("");
  llm_text_free(&text);
  return empty;
}

static int add_choice(struct llm_reply *reply, const cJSON *choice) {
  const cJSON *message = item(choice, "message");
  const char *refusal = string(message, "refusal");
  struct llm_choice *longer = realloc(reply->choices, (reply->n_choices + 1) * sizeof *longer);
  if (!longer) return -1;
  reply->choices = longer;
  struct llm_choice *added = &longer[reply->n_choices];
  *added = (struct llm_choice){.text = text_of(item(message, "content")), .finish = finish_of(choice)};
  if (!added->text) return -1;
  reply->n_choices++; /* from here on it is freed with the reply */
  return *refusal && !(added->refusal = llm_copy(refusal)) ? -1 : 0;
}

joust_status llm_body_reply(struct llm_reply *reply, struct llm_body_meta *meta, int *has_usage, const cJSON *json,
                            const char **why) {
  const cJSON *choices = item(json, "choices"), *usage = item(json, "usage"), *choice;
  *why = !cJSON_IsObject(json)              ? "it is no JSON object"
         : !cJSON_IsArray(choices)          ? "it has no list \"choices\""
         : cJSON_GetArraySize(choices) == 0 ? "its list \"choices\" is empty"
                                            : NULL;
  if (*why) return JOUST_EIO;
  cJSON_ArrayForEach(choice, choices) {
    if (!cJSON_IsObject(item(choice, "message"))) {
      *why = "a choice has no \"message\"";
      return JOUST_EIO;
    }
    if (add_choice(reply, choice) < 0) return JOUST_ENOMEM;
  }
  *has_usage = cJSON_IsNumber(item(usage, "prompt_tokens")) && cJSON_IsNumber(item(usage, "completion_tokens"));
  reply->usage.prompt += count(usage, "prompt_tokens");
  reply->usage.completion += count(usage, "completion_tokens");
  reply->usage.cached += count(item(usage, "prompt_tokens_details"), "cached_tokens");
  reply->usage.reasoning += count(item(usage, "completion_tokens_details"), "reasoning_tokens");
  *meta = (struct llm_body_meta){string(json, "model"), string(json, "system_fingerprint"), string(json, "id")};
  return JOUST_OK;
}

/* ---- error ------------------------------------------------------------------------------------------------------- */

static void copy(char *place, size_t size, const char *text) {
  snprintf(place, size, "%s", text);
  for (char *c = place; *c; c++)
    if (*c == '\n' || *c == '\r' || *c == '\t') *c = ' ';
}

/* A member that is a text or a number; llama.cpp's codes are numbers. */
static void copy_member(char *place, size_t size, const cJSON *object, const char *name) {
  const cJSON *member = item(object, name);
  if (cJSON_IsNumber(member))
    snprintf(place, size, "%.0f", member->valuedouble);
  else
    copy(place, size, string(object, name));
}

static void copy_detail(struct llm_fault *fault, const cJSON *detail) {
  const cJSON *first = cJSON_IsArray(detail) ? cJSON_GetArrayItem(detail, 0) : detail;
  copy(fault->message, sizeof fault->message, cJSON_IsString(first) ? first->valuestring : string(first, "msg"));
}

void llm_body_fault(struct llm_fault *fault, const cJSON *json, const char *text) {
  const cJSON *error = item(json, "error"), *detail = item(json, "detail");
  *fault = (struct llm_fault){0};
  if (!cJSON_IsObject(json)) {
    copy(fault->message, sizeof fault->message, text);
  } else if (cJSON_IsString(error)) {
    copy(fault->message, sizeof fault->message, error->valuestring);
  } else if (cJSON_IsString(detail) || cJSON_IsArray(detail)) {
    copy_detail(fault, detail);
  } else {
    const cJSON *from = cJSON_IsObject(error) ? error : json;
    copy_member(fault->message, sizeof fault->message, from, "message");
    copy_member(fault->type, sizeof fault->type, from, "type");
    copy_member(fault->code, sizeof fault->code, from, "code");
    copy_member(fault->param, sizeof fault->param, from, "param");
  }
}

int llm_body_has_fault(const cJSON *json) {
  const cJSON *error = item(json, "error");
  return cJSON_IsObject(error) || cJSON_IsString(error) || strcmp(string(json, "object"), "error") == 0;
}

int llm_fault_is_final(const struct llm_fault *fault) {
  return strcmp(fault->code, "insufficient_quota") == 0 || strcmp(fault->type, "insufficient_quota") == 0;
}

/* ---- habits ------------------------------------------------------------------------------------------------------ */

/* A server names the member that it does not take in "param", or in the message. */
static const struct habit {
  unsigned bit;
  const char *member, *text;
} habits_known[] = {
    {LLM_OWN_TOKENS, "max_tokens", "it takes max_completion_tokens instead of max_tokens"},
    {LLM_ONE_CHOICE, "n", "it gives one choice at a time"},
    {LLM_NO_SCHEMA, "response_format", "it takes no response_format: answers are free text"},
    {LLM_NO_TEMPERATURE, "temperature", "it takes no temperature: the model has one of its own"},
    {LLM_NO_SEED, "seed", "it takes no seed: a repeated request may be answered otherwise"},
};

static int is_sent(const struct llm_request *request, unsigned bit) {
  switch (bit) {
  case LLM_OWN_TOKENS: return request->max_tokens > 0;
  case LLM_ONE_CHOICE: return request->n_samples > 1;
  case LLM_NO_SCHEMA: return request->schema != NULL;
  default: return 1;
  }
}

/* Is the member not taken at all? A value out of bounds is the user's mistake, and must be heard of. */
static int is_unknown_to_it(const struct llm_fault *fault) {
  static const char *const words[] = {"unsupported",  "not support",   "unavailable",    "not available", "unknown",
                                      "unrecognized", "not permitted", "not recognized", "not allowed"};
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
    if (strcasestr(fault->message, words[i]) || strcasestr(fault->code, words[i])) return 1;
  return 0;
}

static int names(const struct llm_fault *fault, const char *member) {
  char quoted[40];
  if (strcmp(fault->param, member) == 0) return 1;
  if (strlen(member) > 1) return strstr(fault->message, member) != NULL;
  snprintf(quoted, sizeof quoted, "'%s'", member);
  return strstr(fault->message, quoted) || strncmp(fault->message, "n must be", 9) == 0; /* llama.cpp, vLLM */
}

unsigned llm_fault_habit(const struct llm_fault *fault, const struct llm_request *request, unsigned habits) {
  for (size_t i = 0; i < sizeof habits_known / sizeof habits_known[0]; i++) {
    const struct habit *habit = &habits_known[i];
    if ((habits & habit->bit) || !is_sent(request, habit->bit) || !names(fault, habit->member)) continue;
    if (habit->bit == LLM_ONE_CHOICE || is_unknown_to_it(fault)) return habit->bit;
  }
  return 0;
}

const char *llm_habit_text(unsigned bit) {
  size_t i = 0;
  while (habits_known[i].bit != bit) i++;
  return habits_known[i].text;
}
