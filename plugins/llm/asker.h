/* Asking a server until it answers: one request, repeated where that may help, adapted where the server has habits of
 * its own, and given up where nothing helps. */
#ifndef LLM_ASKER_H
#define LLM_ASKER_H

#include "body.h"
#include "http.h"

struct llm_limits { /* as in struct llm_settings, filled in */
  double request_seconds, total_seconds, first_wait, longest_wait;
  int most_retries;
};

struct llm_asker { /* llm_asker_open fills it; do not move it while a request is under way */
  const struct joust_host *host;
  const char *model, *key; /* borrowed; key "": none */
  struct llm_http *http;
  struct llm_limits limits;
  unsigned habits;               /* found out so far */
  int answered;                  /* the server has answered at least once */
  double ready;                  /* monotonic seconds: it asked not to be asked before */
  struct llm_http_answer answer; /* the last one */
  long status;                   /* of the error that llm_asker_ask ended with; 0: no answer */
  struct llm_fault fault;        /* what the server said of it */
  char error[800];               /* its message, as the host was told */
  int64_t retries;               /* since llm_asker_open */
};

/* URL and key are as in struct llm_settings, and not empty; the other texts live as the asker. Errors of llm_http_open.
 */
joust_status llm_asker_open(struct llm_asker *asker, const char *url, const char *key, const char *model,
                            const struct llm_limits *limits, const struct joust_host *host);

/* *json (cJSON_Delete) is what a 2xx answer held, with the key taken out. JOUST_EIO and JOUST_ECANCELLED with the
 * message set. */
joust_status llm_asker_ask(struct llm_asker *asker, const struct llm_request *request, cJSON **json);

void llm_asker_close(struct llm_asker *asker);

double llm_monotonic_seconds(void);

#endif
