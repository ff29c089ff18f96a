/* One HTTP POST of a JSON body, with libcurl: no retries here, and no opinion about what comes back.
 *
 * Proxies are those of the environment (http_proxy, https_proxy, no_proxy), certificates are checked against the
 * system's or those that SSL_CERT_FILE, SSL_CERT_DIR or CURL_CA_BUNDLE name, as the command curl does. Redirects are
 * not followed: a POST that is sent elsewhere would take the key along. */
#ifndef LLM_HTTP_H
#define LLM_HTTP_H

#include <joust/plugin.h>

#include "text.h"
#include "wait.h"

enum { LLM_MOST_BODY = 16 << 20 }; /* bytes: no answer of a chat is as long */

struct llm_http; /* one server, its open connections */

enum llm_http_end {
  LLM_HTTP_ANSWERED,    /* a whole answer of any status */
  LLM_HTTP_BROKEN,      /* no answer, or half of one: may go better next time */
  LLM_HTTP_UNREACHABLE, /* the same, and nobody was there to take the request */
  LLM_HTTP_HOPELESS,    /* the same error would come again */
  LLM_HTTP_CANCELLED,
  LLM_HTTP_NO_MEMORY
};

struct llm_http_answer { /* zeroed before its first use; of the last request */
  long status;
  struct llm_text body;
  char type[100], request_id[200]; /* content-type and x-request-id; "" if absent */
  struct llm_pace pace;
  char error[400]; /* unless answered: what went wrong, without the server's name */
};

/* *http is NULL after a failure. `key` NULL or "": no Authorization header. JOUST_EOPTION for a URL that cannot be,
 * with the message set; JOUST_ENOMEM. */
joust_status llm_http_open(struct llm_http **http, const char *url, const char *key, const struct joust_host *host);

/* Sends the body and waits for the answer, at most `seconds`; host->cancelled ends it within a tenth of a second. */
enum llm_http_end llm_http_post(struct llm_http *http, const char *body, double seconds,
                                struct llm_http_answer *answer);

/* Scheme, host and port, for messages: "http://127.0.0.1:8080". */
const char *llm_http_server(const struct llm_http *http);

void llm_http_close(struct llm_http *http); /* NULL is fine */

#endif
