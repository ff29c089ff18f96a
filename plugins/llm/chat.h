/* A conversation with an OpenAI-compatible chat server: request in, reply out, with retries, budgets, a cassette that
 * records and replays, and running totals. Knows nothing of spaces and points.
 *
 * Every function returns a joust_status; a negative one comes with one message through host->set_error. The key and
 * other secrets stand in no message, log line or cassette. One chat belongs to one run; its calls never overlap. */
#ifndef LLM_CHAT_H
#define LLM_CHAT_H

#include <joust/plugin.h>

enum llm_mode {
  LLM_AUTO,   /* what the cassette has is replayed, the rest is asked of the server and recorded */
  LLM_RECORD, /* all is asked of the server, unless it is `repeated`, and recorded in place of what was there before */
  LLM_REPLAY, /* nothing is asked of a server: what the cassette does not have is an error */
  LLM_LIVE    /* no cassette */
};

/* ---- settings --------------------------------------------------------------------------------------------------- */

struct llm_settings { /* copied by llm_chat_open; texts may be NULL or "" where a default is given */
  const char *model;  /* as the server calls it; needed */
  const char *url;    /* "http://127.0.0.1:8080/v1"; default $OPENAI_BASE_URL, then https://api.openai.com/v1 */
  const char *key;    /* default $OPENAI_API_KEY; none there either: requests go without one */
  int key_missing;    /* there should be another one: the server is not asked, only the cassette */
  enum llm_mode mode;
  const char *cassette; /* path of a JSON lines file; needed unless LLM_LIVE, made where it may be written */
  /* Tells the runs that share a cassette apart, so that each has answers of its own to identical requests: any text
   * that is the same whenever the same run is repeated and different for every other run of the sweep. */
  const char *run;
  int repeats;            /* some requests will be `repeated` */
  const char *prices;     /* path of a JSON file, see price.h; default: money is not counted */
  double most_money;      /* budget of the run in the currency of the price file; 0: none */
  int64_t most_tokens;    /* budget of the run, prompt and completion together; 0: none */
  double request_seconds; /* limit of one HTTP request; 0: 300 */
  double total_seconds;   /* limit of one request with all its retries and waits; 0: 900 */
  double first_wait;      /* seconds before the first retry where the server names none, doubled each time; 0: 1 */
  double longest_wait;    /* seconds, of the doubling; 0: 60 */
  int32_t most_retries;   /* of one request; negative: 8 */
};

/* ---- one exchange ----------------------------------------------------------------------------------------------- */

struct llm_message {
  const char *role; /* "system", "user" or "assistant" */
  const char *content;
};

struct llm_request { /* everything is borrowed for the call */
  const struct llm_message *messages;
  size_t n_messages;  /* at least 1 */
  double temperature; /* always sent */
  int64_t seed;       /* always sent; 0 .. 2^31 - 1 is understood by every server */
  int32_t max_tokens; /* of the completion; 0: the server's own limit */
  int32_t n_samples;  /* choices wanted, at least 1; a server that gives one at a time is asked repeatedly, with the
                         seeds seed + 1, seed + 2, ... */
  int repeated;       /* of a trial that was proposed before: LLM_RECORD, too, takes what the cassette has */
  const char *schema; /* JSON schema of the answer, or NULL; left out, with a warning, where the server refuses it */
};

enum llm_finish {
  LLM_FINISH_STOP,   /* the model ended by itself */
  LLM_FINISH_LENGTH, /* cut at max_tokens or at the end of the context */
  LLM_FINISH_FILTER, /* withheld by a content filter */
  LLM_FINISH_OTHER
};

struct llm_choice {
  char *text;    /* never NULL: "" where the content is null */
  char *refusal; /* what a model that refuses says, else NULL */
  enum llm_finish finish;
};

struct llm_usage {
  int64_t prompt, completion; /* tokens */
  int64_t cached, reasoning;  /* tokens of those */
  double money;               /* NaN where no price file was given */
};

struct llm_reply {
  struct llm_choice *choices;
  size_t n_choices; /* n_samples, or fewer where the server gives no more */
  struct llm_usage usage;
  double seconds; /* from the request to the reply, waits and retries included; as recorded when it is replayed */
  int replayed;
};

/* Running totals of a chat, replayed exchanges counted as if they had been asked again. */
struct llm_totals {
  int64_t calls;          /* llm_chat_send that gave a reply */
  int64_t replayed;       /* how many of those came from the cassette; the only total that a replay changes */
  int64_t retries;        /* HTTP requests that had to be repeated */
  struct llm_usage usage; /* of all answers, also of those to an llm_chat_send that failed later */
  double seconds;         /* sum of the replies' */
  char model[200];        /* as the last reply echoed it; "" if none did */
  char fingerprint[200];  /* the last reply's system_fingerprint; "" if none had one */
  char request_id[200];   /* of the last reply: the header x-request-id, or its "id" */
  char server[200];       /* scheme, host and port of the last reply, without path, user and password */
};

struct llm_chat;

/* Opens a chat; *chat (llm_chat_close) is NULL after a failure. The host must outlive it. JOUST_EOPTION for settings
 * that cannot be: no model, no URL, a price file without the model while there is a budget of money, ...; JOUST_EIO for
 * a cassette or price file that cannot be read or written. */
joust_status llm_chat_open(struct llm_chat **chat, const struct llm_settings *settings, const struct joust_host *host);

/* Asks and waits for the answer. JOUST_OK: *reply is filled (llm_reply_free). JOUST_DONE: a budget is spent, nothing
 * was asked; the log says which. JOUST_EIO: the server, the network or (LLM_REPLAY) the cassette has no answer;
 * JOUST_ECANCELLED. After anything but JOUST_OK *reply is empty and may be freed or not. */
joust_status llm_chat_send(struct llm_chat *chat, const struct llm_request *request, struct llm_reply *reply);

const struct llm_totals *llm_chat_totals(const struct llm_chat *chat); /* lives as the chat */

void llm_reply_free(struct llm_reply *reply); /* leaves it empty */
void llm_chat_close(struct llm_chat *chat);   /* NULL is fine */

/* Once per process, from the plugin's load and unload. */
joust_status llm_chat_load(void);
void llm_chat_unload(void);

#endif
