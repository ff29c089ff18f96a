#include "chat.h"

#include <curl/curl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "asker.h"
#include "cassette.h"
#include "fail.h"
#include "price.h"

struct llm_chat {
  const struct joust_host *host;
  char *model, *url, *key; /* key "": none */
  int key_missing;
  enum llm_mode mode;
  struct llm_asker asker;
  struct llm_cassette *cassette; /* NULL: LLM_LIVE */
  struct llm_price price;
  int has_price;
  double most_money;
  int64_t most_tokens;
  struct llm_totals totals;
};

/* ---- opening ----------------------------------------------------------------------------------------------------- */

static const char *first_of(const char *given, const char *variable, const char *otherwise) {
  if (given && *given) return given;
  given = getenv(variable);
  return given && *given ? given : otherwise;
}

/* A key that was read from a file often ends with a line feed. */
static char *copy_trimmed(const char *text) {
  text += strspn(text, " \t\r\n");
  char *copy = llm_copy(text);
  for (size_t n = copy ? strlen(copy) : 0; n > 0 && strchr(" \t\r\n", copy[n - 1]); n--) copy[n - 1] = 0;
  return copy;
}

static int is_printable(const char *text) {
  for (; *text; text++)
    if ((unsigned char)*text <= ' ' || (unsigned char)*text >= 0x7f) return 0;
  return 1;
}

static joust_status check(const struct llm_chat *chat, const struct llm_settings *settings) {
  const struct joust_host *host = chat->host;
  if (!*chat->model) return llm_fail(host, JOUST_EOPTION, "no model: expected its name as the server calls it");
  if (settings->url && strchr(settings->url, '@'))
    return llm_fail(host, JOUST_EOPTION,
                    "the URL has a user or password, which would be stored with the results: put it into "
                    "OPENAI_BASE_URL");
  if (!is_printable(chat->key))
    return llm_fail(host, JOUST_EOPTION, "the key has spaces or characters that no header can hold (it is not shown)");
  if (settings->mode != LLM_LIVE && !(settings->cassette && *settings->cassette))
    return llm_fail(host, JOUST_EOPTION, "no cassette: expected the path of a file, or the mode live");
  if (settings->most_money > 0 && !chat->has_price)
    return llm_fail(host, JOUST_EOPTION, "a budget of money needs a price file");
  return JOUST_OK;
}

static struct llm_limits limits_of(const struct llm_settings *settings) {
  return (struct llm_limits){.request_seconds = settings->request_seconds > 0 ? settings->request_seconds : 300,
                             .total_seconds = settings->total_seconds > 0 ? settings->total_seconds : 900,
                             .first_wait = settings->first_wait > 0 ? settings->first_wait : 1,
                             .longest_wait = settings->longest_wait > 0 ? settings->longest_wait : 60,
                             .most_retries = settings->most_retries >= 0 ? settings->most_retries : 8};
}

static joust_status set_up(struct llm_chat *chat, const struct llm_settings *settings) {
  const char *url = first_of(settings->url, "OPENAI_BASE_URL", "https://api.openai.com/v1");
  chat->model = llm_copy(settings->model ? settings->model : "");
  chat->key = copy_trimmed(settings->key_missing ? "" : first_of(settings->key, "OPENAI_API_KEY", ""));
  chat->url = copy_trimmed(url);
  if (!chat->model || !chat->key || !chat->url) return JOUST_ENOMEM;
  chat->has_price = settings->prices && *settings->prices;
  joust_status status = check(chat, settings);
  struct llm_limits limits = limits_of(settings);
  if (status == JOUST_OK && chat->has_price)
    status = llm_price_read(&chat->price, settings->prices, chat->model, chat->host);
  if (status == JOUST_OK) status = llm_asker_open(&chat->asker, chat->url, chat->key, chat->model, &limits, chat->host);
  enum llm_mode mode = chat->mode == LLM_RECORD && settings->repeats ? LLM_AUTO : chat->mode;
  if (status == JOUST_OK && mode != LLM_LIVE)
    status =
        llm_cassette_open(&chat->cassette, settings->cassette, settings->run ? settings->run : "", mode, chat->host);
  return status;
}

joust_status llm_chat_open(struct llm_chat **out, const struct llm_settings *settings, const struct joust_host *host) {
  struct llm_chat *chat = calloc(1, sizeof *chat);
  *out = NULL;
  if (!chat) return JOUST_ENOMEM;
  chat->host = host;
  chat->mode = settings->mode;
  chat->key_missing = settings->key_missing;
  chat->most_money = settings->most_money;
  chat->most_tokens = settings->most_tokens;
  joust_status status = set_up(chat, settings);
  chat->totals.usage.money = chat->has_price ? 0 : (double)NAN;
  if (status == JOUST_OK)
    *out = chat;
  else
    llm_chat_close(chat);
  return status;
}

static void forget(char *secret) {
  if (secret) explicit_bzero(secret, strlen(secret));
  free(secret);
}

void llm_chat_close(struct llm_chat *chat) {
  if (!chat) return;
  llm_asker_close(&chat->asker);
  llm_cassette_close(chat->cassette);
  forget(chat->key);
  forget(chat->url); /* may hold a password */
  free(chat->model);
  free(chat);
}

joust_status llm_chat_load(void) {
  return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? JOUST_OK : JOUST_EINTERNAL;
}

void llm_chat_unload(void) {
  curl_global_cleanup();
}

/* ---- replies ----------------------------------------------------------------------------------------------------- */

static void free_choice(struct llm_choice *choice) {
  free(choice->text);
  free(choice->refusal);
}

void llm_reply_free(struct llm_reply *reply) {
  for (size_t i = 0; i < reply->n_choices; i++) free_choice(&reply->choices[i]);
  free(reply->choices);
  *reply = (struct llm_reply){0};
}

static void keep_text(char *place, size_t size, const char *text) {
  if (*text) snprintf(place, size, "%s", text);
}

/* Adds what one body of the server holds to the reply; no more choices than were wanted are kept. */
static joust_status take(struct llm_chat *chat, struct llm_reply *reply, const struct llm_request *request,
                         const cJSON *json, const char *server) {
  struct llm_body_meta meta;
  const char *why;
  int has_usage;
  joust_status status = llm_body_reply(reply, &meta, &has_usage, json, &why);
  if (status == JOUST_EIO)
    return llm_fail(chat->host, JOUST_EIO, "%s: the answer is no reply of a chat: %s", server, why);
  if (status != JOUST_OK) return status;
  while (reply->n_choices > (size_t)request->n_samples) free_choice(&reply->choices[--reply->n_choices]);
  struct llm_totals *totals = &chat->totals;
  keep_text(totals->model, sizeof totals->model, meta.model);
  keep_text(totals->fingerprint, sizeof totals->fingerprint, meta.fingerprint);
  keep_text(totals->request_id, sizeof totals->request_id, meta.id);
  keep_text(totals->server, sizeof totals->server, server);
  if (!has_usage && (chat->most_tokens > 0 || chat->most_money > 0))
    return llm_fail(chat->host, JOUST_EIO,
                    "%s: the reply does not count tokens, so that a budget of tokens or money cannot be kept", server);
  return JOUST_OK;
}

/* ---- from the cassette ------------------------------------------------------------------------------------------- */

static const cJSON *item(const cJSON *object, const char *name) {
  return cJSON_GetObjectItemCaseSensitive(object, name);
}

static const char *string(const cJSON *object, const char *name) {
  const char *text = cJSON_GetStringValue(item(object, name));
  return text ? text : "";
}

static double number(const cJSON *object, const char *name) {
  const cJSON *value = item(object, name);
  return cJSON_IsNumber(value) ? value->valuedouble : 0;
}

static joust_status replay(struct llm_chat *chat, const struct llm_request *request, const cJSON *line,
                           struct llm_reply *reply) {
  const cJSON *body, *error = item(line, "error");
  joust_status status = JOUST_OK;
  cJSON_ArrayForEach(body, item(line, "responses")) {
    if (status == JOUST_OK) status = take(chat, reply, request, body, string(line, "server"));
  }
  chat->totals.retries += (int64_t)number(line, "retries");
  keep_text(chat->totals.request_id, sizeof chat->totals.request_id, string(line, "request_id"));
  if (error)
    return llm_fail(chat->host, JOUST_EIO, "%s",
                    *string(error, "message") ? string(error, "message") : "the recorded request failed");
  reply->seconds = number(line, "seconds");
  reply->replayed = 1;
  return status;
}

/* ---- from the server --------------------------------------------------------------------------------------------- */

/* Appends bodies until there are as many choices as wanted; a server may give them one by one. */
static joust_status ask(struct llm_chat *chat, const struct llm_request *request, struct llm_reply *reply,
                        cJSON *responses) {
  struct llm_asker *asker = &chat->asker;
  joust_status status = JOUST_OK;
  while (status == JOUST_OK && reply->n_choices < (size_t)request->n_samples) {
    struct llm_request part = *request;
    size_t before = reply->n_choices;
    cJSON *json = NULL;
    part.seed += (int64_t)before;
    part.n_samples = asker->habits & LLM_ONE_CHOICE ? 1 : request->n_samples - (int32_t)before;
    status = llm_asker_ask(asker, &part, &json);
    if (status != JOUST_OK) break;
    cJSON_AddItemToArray(responses, json);
    status = take(chat, reply, request, json, llm_http_server(asker->http));
    if (part.n_samples > 1 && reply->n_choices == before + 1) asker->habits |= LLM_ONE_CHOICE; /* n was ignored */
  }
  keep_text(chat->totals.request_id, sizeof chat->totals.request_id, asker->answer.request_id);
  return status;
}

/* The members of a cassette's line that tell how the answer was got. */
static cJSON *make_line(const struct llm_chat *chat, double seconds, int64_t retries) {
  cJSON *line = cJSON_CreateObject();
  char recorded[32], exact[32]; /* exact: a replay counts the same seconds to the bit, cJSON would print 15 digits */
  snprintf(exact, sizeof exact, "%.17g", seconds);
  time_t now = time(NULL);
  struct tm utc;
  strftime(recorded, sizeof recorded, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
  int ok = line && cJSON_AddStringToObject(line, "recorded", recorded) &&
           cJSON_AddStringToObject(line, "server", llm_http_server(chat->asker.http)) &&
           cJSON_AddStringToObject(line, "request_id", chat->asker.answer.request_id) &&
           cJSON_AddRawToObject(line, "seconds", exact) && cJSON_AddNumberToObject(line, "retries", (double)retries);
  if (ok) return line;
  cJSON_Delete(line);
  return NULL;
}

static int add_error(const struct llm_chat *chat, cJSON *line) {
  cJSON *error = cJSON_AddObjectToObject(line, "error");
  return error && cJSON_AddNumberToObject(error, "status", (double)chat->asker.status) &&
         cJSON_AddStringToObject(error, "message", chat->asker.error);
}

/* Takes the responses. A refusal by the server ends the run: the cassette keeps it behind the answers that came before,
 * so that a replay counts the same and ends the same way. */
static joust_status record(struct llm_chat *chat, const char *text, double seconds, int64_t retries, cJSON *responses,
                           int refused) {
  cJSON *line = make_line(chat, seconds, retries);
  if (!line || !cJSON_AddItemToObject(line, "responses", responses)) {
    cJSON_Delete(line);
    cJSON_Delete(responses);
    return JOUST_ENOMEM;
  }
  if (!refused || add_error(chat, line)) return llm_cassette_add(chat->cassette, text, line);
  cJSON_Delete(line);
  return JOUST_ENOMEM;
}

static joust_status ask_and_record(struct llm_chat *chat, const struct llm_request *request, const char *text,
                                   struct llm_reply *reply) {
  double start = llm_monotonic_seconds();
  int64_t retries = chat->asker.retries;
  cJSON *responses = cJSON_CreateArray();
  if (!responses) return JOUST_ENOMEM;
  joust_status status = ask(chat, request, reply, responses);
  reply->seconds = llm_monotonic_seconds() - start;
  retries = chat->asker.retries - retries;
  chat->totals.retries += retries;
  int refused = status == JOUST_EIO && chat->asker.status >= 400;
  if (!chat->cassette || (status != JOUST_OK && !refused)) {
    cJSON_Delete(responses);
    return status;
  }
  joust_status recorded = record(chat, text, reply->seconds, retries, responses, refused);
  return refused ? status : recorded;
}

/* ---- sending ----------------------------------------------------------------------------------------------------- */

static int is_spent(const struct llm_chat *chat) {
  const struct llm_usage *used = &chat->totals.usage;
  if (chat->most_tokens > 0 && used->prompt + used->completion >= chat->most_tokens)
    llm_log(chat->host, JOUST_LOG_INFO, "the budget of %lld tokens is spent: %lld were used",
            (long long)chat->most_tokens, (long long)(used->prompt + used->completion));
  else if (chat->most_money > 0 && used->money >= chat->most_money)
    llm_log(chat->host, JOUST_LOG_INFO, "the budget of money is spent: %g of %g", used->money, chat->most_money);
  else
    return 0;
  return 1;
}

/* What a reply took, also one that failed when some of its answers were there: they are paid for. */
static void count_usage(struct llm_chat *chat, struct llm_usage *used) {
  struct llm_usage *sum = &chat->totals.usage;
  used->money = chat->has_price ? llm_price_of(&chat->price, used) : (double)NAN;
  sum->prompt += used->prompt;
  sum->completion += used->completion;
  sum->cached += used->cached;
  sum->reasoning += used->reasoning;
  sum->money += used->money;
}

static void count(struct llm_chat *chat, const struct llm_reply *reply) {
  struct llm_totals *totals = &chat->totals;
  totals->calls++;
  totals->replayed += reply->replayed;
  totals->seconds += reply->seconds;
}

static joust_status answer(struct llm_chat *chat, const struct llm_request *request, const char *text,
                           struct llm_reply *reply) {
  const cJSON *line = NULL;
  int kept = chat->cassette && (chat->mode != LLM_RECORD || request->repeated);
  joust_status status = kept ? llm_cassette_find(chat->cassette, text, &line) : JOUST_OK;
  if (status != JOUST_OK) return status;
  if (line)
    status = replay(chat, request, line, reply);
  else if (chat->mode == LLM_REPLAY)
    status = llm_cassette_miss(chat->cassette, text);
  else if (chat->key_missing)
    return llm_fail(chat->host, JOUST_EOPTION,
                    "%s is not asked: the environment variable that key-variable names is not set",
                    llm_http_server(chat->asker.http));
  else
    status = ask_and_record(chat, request, text, reply);
  return status == JOUST_OK && chat->cassette ? llm_cassette_next(chat->cassette, text) : status;
}

joust_status llm_chat_send(struct llm_chat *chat, const struct llm_request *request, struct llm_reply *reply) {
  int bad_schema;
  *reply = (struct llm_reply){0};
  if (is_spent(chat)) return JOUST_DONE;
  char *text = llm_body_request(request, chat->model, 0, &bad_schema);
  if (bad_schema) return llm_fail(chat->host, JOUST_EINTERNAL, "the schema of the answer is no JSON object");
  joust_status status = text ? answer(chat, request, text, reply) : JOUST_ENOMEM;
  free(text);
  count_usage(chat, &reply->usage);
  if (status == JOUST_OK)
    count(chat, reply);
  else
    llm_reply_free(reply);
  return status;
}

const struct llm_totals *llm_chat_totals(const struct llm_chat *chat) {
  return &chat->totals;
}
