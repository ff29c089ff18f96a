#include "asker.h"

#include <curl/curl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <time.h>

#include "fail.h"

enum {
  LEAST_SECRET = 8,       /* bytes: shorter keys are placeholders ("none", "EMPTY") that stand in answers by chance */
  FIRST_TIME_RETRIES = 2, /* of a server that nobody has ever reached: most likely it is not running */
  SLEEP_MILLISECONDS = 20
};

enum verdict { GOOD, AGAIN, AT_ONCE, FINAL, CANCELLED, NO_MEMORY }; /* of one attempt */

double llm_monotonic_seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

joust_status llm_asker_open(struct llm_asker *asker, const char *url, const char *key, const char *model,
                            const struct llm_limits *limits, const struct joust_host *host) {
  *asker = (struct llm_asker){.host = host, .model = model, .key = key, .limits = *limits};
  return llm_http_open(&asker->http, url, key, host);
}

void llm_asker_close(struct llm_asker *asker) {
  llm_http_close(asker->http);
  llm_text_free(&asker->answer.body);
  asker->http = NULL;
}

/* ---- waiting ----------------------------------------------------------------------------------------------------- */

static int is_cancelled(const struct llm_asker *asker) {
  return asker->host->cancelled && asker->host->cancelled(asker->host);
}

/* False if the run is to stop. */
static int sleep_until(const struct llm_asker *asker, double then) {
  const struct timespec step = {.tv_nsec = SLEEP_MILLISECONDS * 1000000L};
  while (llm_monotonic_seconds() < then) {
    if (is_cancelled(asker)) return 0;
    nanosleep(&step, NULL);
  }
  return !is_cancelled(asker);
}

/* In [0, 1), from the system: the run's own stream must not depend on what the network does. */
static double draw(void) {
  uint32_t bits = 0;
  if (getrandom(&bits, sizeof bits, GRND_NONBLOCK) < 0) bits = 1u << 31;
  return bits * 0x1p-32;
}

/* ---- the key ----------------------------------------------------------------------------------------------------- */

/* In all texts and names of the JSON, which is where it is kept and shown from. */
static void hide_in(cJSON *json, const char *key) {
  if (json->string) llm_hide(json->string, key);
  if (json->valuestring) llm_hide(json->valuestring, key);
  for (cJSON *child = json->child; child; child = child->next) hide_in(child, key);
}

/* Takes the key out of what the server sent; what is no JSON is read as a text. */
static void hide_key(struct llm_asker *asker, cJSON *json) {
  struct llm_http_answer *answer = &asker->answer;
  if (strlen(asker->key) < LEAST_SECRET) return;
  llm_hide(answer->type, asker->key);
  llm_hide(answer->request_id, asker->key);
  if (json)
    hide_in(json, asker->key);
  else if (answer->body.bytes)
    llm_hide(answer->body.bytes, asker->key);
}

/* ---- one attempt ------------------------------------------------------------------------------------------------- */

/* Words with a row of stars are keys that the server has masked in part. */
static void hide_masked(char *text) {
  for (char *stars = text; (stars = strstr(stars, "**"));) {
    char *from = stars, *to = stars;
    while (from > text && !strchr(" '\"", from[-1])) from--;
    while (*to && !strchr(" '\"", *to)) to++;
    memset(from, '*', (size_t)(to - from));
    stars = to;
  }
}

static enum verdict fault_of_answer(struct llm_asker *asker, const cJSON *json) {
  const struct llm_http_answer *answer = &asker->answer;
  llm_body_fault(&asker->fault, json, llm_text_string(&answer->body));
  hide_masked(asker->fault.message);
  long status = answer->status, code = strtol(asker->fault.code, NULL, 10);
  if (status / 100 == 2 && code >= 400 && code <= 599) status = code; /* an error in the body of a success */
  asker->status = status;
  return llm_status_repeats(status, &answer->pace) && !llm_fault_is_final(&asker->fault) ? AGAIN : FINAL;
}

static int is_json(const char *type) {
  return strncasecmp(type, "application/json", 16) == 0 || !*type;
}

static enum verdict no_json(struct llm_asker *asker) {
  const char *type = asker->answer.type;
  struct llm_fault *fault = &asker->fault;
  *fault = (struct llm_fault){0};
  if (is_json(type))
    snprintf(fault->message, sizeof fault->message, "the answer is no JSON: it is cut or damaged");
  else
    snprintf(fault->message, sizeof fault->message, "the answer is of the type '%s', not JSON: is the address right?",
             type);
  return is_json(type) ? AGAIN : FINAL;
}

static enum verdict judge(struct llm_asker *asker, const struct llm_request *request, cJSON **json) {
  struct llm_http_answer *answer = &asker->answer;
  int good = answer->status / 100 == 2;
  asker->status = answer->status;
  *json = cJSON_ParseWithLength(llm_text_string(&answer->body), answer->body.length);
  hide_key(asker, *json);
  if (good && *json && !llm_body_has_fault(*json)) return GOOD;
  enum verdict verdict = good && !*json ? no_json(asker) : fault_of_answer(asker, *json);
  cJSON_Delete(*json);
  *json = NULL;
  unsigned habit = asker->status / 100 == 4 ? llm_fault_habit(&asker->fault, request, asker->habits) : 0;
  if (verdict != FINAL || !habit) return verdict;
  asker->habits |= habit;
  llm_log(asker->host, habit == LLM_ONE_CHOICE || habit == LLM_OWN_TOKENS ? JOUST_LOG_INFO : JOUST_LOG_WARNING,
          "%s: %s", llm_http_server(asker->http), llm_habit_text(habit));
  return AT_ONCE;
}

static enum verdict attempt(struct llm_asker *asker, const struct llm_request *request, const char *body,
                            double seconds, cJSON **json) {
  enum llm_http_end end = llm_http_post(asker->http, body, seconds, &asker->answer);
  asker->status = 0;
  asker->fault = (struct llm_fault){0};
  snprintf(asker->fault.message, sizeof asker->fault.message, "%s", asker->answer.error);
  switch (end) {
  case LLM_HTTP_ANSWERED: asker->answered = 1; return judge(asker, request, json);
  case LLM_HTTP_BROKEN: asker->answered = 1; return AGAIN;
  case LLM_HTTP_UNREACHABLE: return AGAIN;
  case LLM_HTTP_CANCELLED: return CANCELLED;
  case LLM_HTTP_NO_MEMORY: return NO_MEMORY;
  default: return FINAL;
  }
}

/* ---- what it means ----------------------------------------------------------------------------------------------- */

/* "http://host: HTTP 429: Rate limit reached (rate_limit_exceeded)". */
static void describe(struct llm_text *out, const struct llm_asker *asker) {
  const struct llm_fault *fault = &asker->fault;
  llm_text_addf(out, "%s: ", llm_http_server(asker->http));
  if (asker->status && asker->status / 100 != 2) llm_text_addf(out, "HTTP %ld", asker->status);
  if (*fault->message) llm_text_addf(out, "%s%.*s", asker->status / 100 > 2 ? ": " : "", 300, fault->message);
  if (*fault->code && strtol(fault->code, NULL, 10) == 0)
    llm_text_addf(out, " (%s)", fault->code);
  else if (*fault->type)
    llm_text_addf(out, " (%s)", fault->type);
}

/* What a newcomer is likely to have missed. */
static const char *advice(const struct llm_asker *asker) {
  int of_openai = strcmp(llm_http_server(asker->http), "https://api.openai.com") == 0;
  switch (asker->status) {
  case 401:
  case 403: return *asker->key ? "; is the key right?" : "; it wants a key: see OPENAI_API_KEY";
  case 404: return "; are address and model right?";
  case 0:
    return asker->answered ? ""
           : of_openai     ? "; for a server of your own set OPENAI_BASE_URL"
                           : "; is the server running?";
  default: return asker->status / 100 == 3 ? "; redirects are not followed: give the address itself" : "";
  }
}

static joust_status give_up(struct llm_asker *asker, const char *why) {
  struct llm_text message = {0};
  describe(&message, asker);
  snprintf(asker->error, sizeof asker->error, "%s%s%s", llm_text_string(&message), advice(asker), why);
  llm_text_free(&message);
  return llm_fail(asker->host, JOUST_EIO, "%s", asker->error);
}

static joust_status stopped(const struct llm_asker *asker) {
  return llm_fail(asker->host, JOUST_ECANCELLED, "stopped while waiting for %s", llm_http_server(asker->http));
}

/* ---- until it answers -------------------------------------------------------------------------------------------- */

/* Waits for the retry number `retry` (from 0), or gives up. */
static joust_status pause_before(struct llm_asker *asker, int retry, double deadline) {
  const struct llm_limits *limits = &asker->limits;
  int most = asker->answered || limits->most_retries < FIRST_TIME_RETRIES ? limits->most_retries : FIRST_TIME_RETRIES;
  char why[100];
  snprintf(why, sizeof why, "; tried %d times", retry + 1);
  if (retry >= most) return give_up(asker, retry > 0 ? why : "");
  double named = asker->status ? llm_pace_seconds(&asker->answer.pace, time(NULL)) : -1;
  double seconds = named >= 0 ? named + 0.1 * limits->first_wait * draw()
                              : llm_backoff(retry, limits->first_wait, limits->longest_wait, draw());
  double now = llm_monotonic_seconds();
  if (now + seconds >= deadline) {
    snprintf(why, sizeof why, "; %s in %.3g s, beyond the limit of %.3g s for an answer",
             named >= 0 ? "it may be asked again" : "the next retry would be", seconds, limits->total_seconds);
    return give_up(asker, why);
  }
  struct llm_text line = {0};
  describe(&line, asker);
  llm_log(asker->host, asker->status == 429 && seconds < 5 ? JOUST_LOG_INFO : JOUST_LOG_WARNING,
          "%s; retry %d of %d in %.3g s", llm_text_string(&line), retry + 1, most, seconds);
  llm_text_free(&line);
  asker->retries++;
  return sleep_until(asker, now + seconds) ? JOUST_OK : stopped(asker);
}

/* A server that says that an allowance is used up is left alone until it is filled again. */
static void note_pace(struct llm_asker *asker) {
  double seconds = llm_pace_seconds(&asker->answer.pace, time(NULL));
  if (seconds > 0) asker->ready = llm_monotonic_seconds() + fmin(seconds, asker->limits.longest_wait);
}

static joust_status end_of(struct llm_asker *asker, enum verdict verdict) {
  switch (verdict) {
  case GOOD: note_pace(asker); return JOUST_OK;
  case CANCELLED: return stopped(asker);
  case NO_MEMORY: return JOUST_ENOMEM;
  default: return give_up(asker, "");
  }
}

joust_status llm_asker_ask(struct llm_asker *asker, const struct llm_request *request, cJSON **json) {
  double deadline = llm_monotonic_seconds() + asker->limits.total_seconds;
  joust_status status = JOUST_OK;
  enum verdict verdict = AT_ONCE;
  *json = NULL;
  if (!sleep_until(asker, fmin(asker->ready, deadline))) return stopped(asker);
  for (int retry = 0; status == JOUST_OK && (verdict == AGAIN || verdict == AT_ONCE);) {
    int bad_schema;
    char *body = llm_body_request(request, asker->model, asker->habits, &bad_schema);
    if (bad_schema) return llm_fail(asker->host, JOUST_EINTERNAL, "the schema of the answer is no JSON object");
    if (!body) return JOUST_ENOMEM;
    double left = deadline - llm_monotonic_seconds();
    verdict = attempt(asker, request, body, fmin(asker->limits.request_seconds, fmax(left, 0.001)), json);
    free(body);
    if (verdict == AGAIN) status = pause_before(asker, retry++, deadline);
  }
  return status == JOUST_OK ? end_of(asker, verdict) : status;
}
