/* The JSON bodies of the chat API: of a request, of a reply, of an error. Pure functions.
 *
 * Sources: OpenAI's API reference (POST /v1/chat/completions); the error bodies of llama.cpp's server, vLLM and Ollama
 * as those servers send them. */
#ifndef LLM_BODY_H
#define LLM_BODY_H

#include <cJSON.h>

#include "chat.h"

/* ---- request ----------------------------------------------------------------------------------------------------- */

/* What this server wants otherwise than most; found out by asking. */
enum {
  LLM_OWN_TOKENS = 1 << 0,     /* max_completion_tokens, not max_tokens */
  LLM_ONE_CHOICE = 1 << 1,     /* n can only be 1 */
  LLM_NO_SCHEMA = 1 << 2,      /* no response_format */
  LLM_NO_TEMPERATURE = 1 << 3, /* the model has a temperature of its own */
  LLM_NO_SEED = 1 << 4
};

/* The request as JSON without white space, always the same text for the same request. The caller frees it. NULL when
 * out of memory, or with *bad_schema set where the request's schema is no JSON. */
char *llm_body_request(const struct llm_request *request, const char *model, unsigned habits, int *bad_schema);

/* ---- reply ------------------------------------------------------------------------------------------------------- */

struct llm_body_meta { /* borrowed from the JSON; "" if absent */
  const char *model, *fingerprint, *id;
};

/* Appends the choices of a reply and adds its tokens (money is not touched). JOUST_OK; JOUST_EIO if this is no reply of
 * a chat, with the reason in `why`; JOUST_ENOMEM. *has_usage says whether tokens were counted by the server. */
joust_status llm_body_reply(struct llm_reply *reply, struct llm_body_meta *meta, int *has_usage, const cJSON *json,
                            const char **why);

/* ---- error ------------------------------------------------------------------------------------------------------- */

struct llm_fault {
  char message[500]; /* "" if the body says none */
  char type[80], code[80], param[80];
};

/* What an error body says: an object "error", a text "error", "message" at the top, "detail", or a text that is no
 * JSON. `json` NULL: the body is `text`. */
void llm_body_fault(struct llm_fault *fault, const cJSON *json, const char *text);

/* Does the JSON hold an error, whatever the HTTP status said? */
int llm_body_has_fault(const cJSON *json);

/* Is there no use in asking again because the account is empty? */
int llm_fault_is_final(const struct llm_fault *fault);

/* The habit that explains this refusal of a request that was sent with `habits`, or 0. */
unsigned llm_fault_habit(const struct llm_fault *fault, const struct llm_request *request, unsigned habits);

/* In words, for a warning: "it takes max_completion_tokens instead of max_tokens". */
const char *llm_habit_text(unsigned habit);

#endif
