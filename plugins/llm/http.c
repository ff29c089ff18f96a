#include "http.h"

#include <curl/curl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { CONNECT_SECONDS = 30, POLL_MILLISECONDS = 50 };

struct llm_http {
  const struct joust_host *host;
  char *url, *server;
  CURL *curl;
  CURLM *multi;
  struct curl_slist *headers;
  char reason[CURL_ERROR_SIZE];
  struct llm_http_answer *answer; /* while a request is under way */
  int too_long;
};

/* ---- address ----------------------------------------------------------------------------------------------------- */

static const char path_of_chat[] = "/chat/completions";

static int ends_with(const char *text, const char *end) {
  size_t length = strlen(text), tail = strlen(end);
  return length >= tail && strcmp(text + length - tail, end) == 0;
}

/* The address of the chat below the base that a user gives, whose path may end with a slash or be the chat's already.
 */
static CURLUcode set_path(CURLU *url) {
  char *path = NULL;
  struct llm_text whole = {0};
  CURLUcode code = curl_url_get(url, CURLUPART_PATH, &path, 0);
  if (code) return code;
  size_t length = strlen(path);
  while (length > 0 && path[length - 1] == '/') length--;
  llm_text_add_bytes(&whole, path, length);
  if (!ends_with(llm_text_string(&whole), path_of_chat)) llm_text_add(&whole, path_of_chat);
  code = whole.failed ? CURLUE_OUT_OF_MEMORY : curl_url_set(url, CURLUPART_PATH, whole.bytes, 0);
  llm_text_free(&whole);
  curl_free(path);
  return code;
}

static int is_web(CURLU *url) {
  char *scheme = NULL;
  int web = curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
            (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
  curl_free(scheme);
  return web;
}

static CURLUcode copy_part(CURLU *url, CURLUPart part, char **copy) {
  char *text = NULL;
  CURLUcode code = curl_url_get(url, part, &text, 0);
  if (code == CURLUE_OK && !(*copy = llm_copy(text))) code = CURLUE_OUT_OF_MEMORY;
  curl_free(text);
  return code;
}

/* What messages call the server: nothing that could hold a password or a token. */
static CURLUcode make_server(struct llm_http *http, CURLU *url) {
  const CURLUPart secret[] = {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT, CURLUPART_PATH};
  CURLUcode code = CURLUE_OK;
  for (size_t i = 0; i < sizeof secret / sizeof secret[0] && !code; i++) code = curl_url_set(url, secret[i], NULL, 0);
  if (!code) code = copy_part(url, CURLUPART_URL, &http->server);
  if (!code && ends_with(http->server, "/")) http->server[strlen(http->server) - 1] = 0;
  return code;
}

static joust_status set_url(struct llm_http *http, const char *text) {
  CURLU *url = curl_url();
  CURLUcode code = url ? curl_url_set(url, CURLUPART_URL, text, 0) : CURLUE_OUT_OF_MEMORY;
  if (!code && !is_web(url)) code = CURLUE_UNSUPPORTED_SCHEME;
  if (!code) code = set_path(url);
  if (!code) code = copy_part(url, CURLUPART_URL, &http->url);
  if (!code) code = make_server(http, url);
  curl_url_cleanup(url);
  if (!code) return JOUST_OK;
  if (code == CURLUE_OUT_OF_MEMORY) return JOUST_ENOMEM;
  struct llm_text message = {0};
  const char *shown = strchr(text, '@') ? "the URL of the server" : text; /* it may hold a password */
  llm_text_addf(&message, "%s: %s: expected an address such as http://127.0.0.1:8080/v1", shown,
                curl_url_strerror(code));
  http->host->set_error(http->host, llm_text_string(&message));
  llm_text_free(&message);
  return JOUST_EOPTION;
}

/* ---- what comes back --------------------------------------------------------------------------------------------- */

static void keep(char *place, size_t size, const char *value, size_t length) {
  if (length >= size) length = size - 1;
  memcpy(place, value, length);
  place[length] = 0;
}

static size_t on_header(char *line, size_t size, size_t count, void *context) {
  struct llm_http_answer *answer = ((struct llm_http *)context)->answer;
  size_t length = size * count, name = 0, from, to = length;
  if (length > 5 && strncasecmp(line, "HTTP/", 5) == 0) { /* after "100 Continue" or a proxy's answer, the real one */
    answer->pace = (struct llm_pace){0};
    *answer->type = *answer->request_id = 0;
  }
  while (name < length && line[name] != ':') name++;
  for (from = name + 1; from < length && (line[from] == ' ' || line[from] == '\t');) from++;
  while (to > from && strchr(" \t\r\n", line[to - 1])) to--;
  if (from >= to) return length;
  if (name == 12 && strncasecmp(line, "content-type", name) == 0)
    keep(answer->type, sizeof answer->type, line + from, to - from);
  else if (name == 12 && strncasecmp(line, "x-request-id", name) == 0)
    keep(answer->request_id, sizeof answer->request_id, line + from, to - from);
  else
    llm_pace_note(&answer->pace, line, name, line + from, to - from);
  return length;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context) {
  struct llm_http *http = context;
  struct llm_text *body = &http->answer->body;
  size_t length = size * count;
  http->too_long = length > LLM_MOST_BODY - body->length;
  if (http->too_long) return 0;
  llm_text_add_bytes(body, bytes, length);
  return body->failed ? 0 : length;
}

/* ---- opening ----------------------------------------------------------------------------------------------------- */

static const char *variable(const char *name) {
  const char *value = getenv(name);
  return value && *value ? value : NULL;
}

/* The names that the command curl reads; libcurl leaves them to the program. */
static void set_certificates(CURL *curl) {
  const char *file = variable("CURL_CA_BUNDLE"), *folder = variable("SSL_CERT_DIR");
  if (!file) file = variable("SSL_CERT_FILE");
  if (file) curl_easy_setopt(curl, CURLOPT_CAINFO, file);
  if (folder) curl_easy_setopt(curl, CURLOPT_CAPATH, folder);
}

static void set_options(struct llm_http *http) {
  CURL *curl = http->curl;
  char agent[100];
  snprintf(agent, sizeof agent, "%s/%s", http->host->name ? http->host->name : "joust",
           http->host->version ? http->host->version : "");
  curl_easy_setopt(curl, CURLOPT_URL, http->url);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
  curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, agent);
  curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, http->headers);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, http->reason);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, http);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, http);
  set_certificates(curl);
}

static int add_header(struct llm_http *http, const char *line) {
  struct curl_slist *longer = curl_slist_append(http->headers, line);
  if (longer) http->headers = longer;
  return longer ? 0 : -1;
}

static int add_headers(struct llm_http *http, const char *key) {
  struct llm_text line = {0};
  /* "Expect: 100-continue" would cost a second with servers that do not know it */
  int code = add_header(http, "Content-Type: application/json");
  if (!code) code = add_header(http, "Accept: application/json");
  if (!code) code = add_header(http, "Expect:");
  if (!code && key && *key) {
    llm_text_addf(&line, "Authorization: Bearer %s", key);
    code = line.failed ? -1 : add_header(http, line.bytes);
  }
  llm_text_free(&line);
  return code;
}

joust_status llm_http_open(struct llm_http **out, const char *url, const char *key, const struct joust_host *host) {
  struct llm_http *http = calloc(1, sizeof *http);
  *out = NULL;
  if (!http) return JOUST_ENOMEM;
  http->host = host;
  joust_status status = set_url(http, url);
  if (status == JOUST_OK) {
    http->curl = curl_easy_init();
    http->multi = curl_multi_init();
    if (!http->curl || !http->multi || add_headers(http, key) < 0) status = JOUST_ENOMEM;
  }
  if (status == JOUST_OK) {
    set_options(http);
    *out = http;
  } else {
    llm_http_close(http);
  }
  return status;
}

const char *llm_http_server(const struct llm_http *http) {
  return http->server;
}

void llm_http_close(struct llm_http *http) {
  if (!http) return;
  if (http->curl) curl_easy_cleanup(http->curl);
  if (http->multi) curl_multi_cleanup(http->multi);
  curl_slist_free_all(http->headers);
  free(http->url);
  free(http->server);
  free(http);
}

/* ---- a request --------------------------------------------------------------------------------------------------- */

static enum llm_http_end end_of(CURLcode result) {
  switch (result) {
  case CURLE_OK: return LLM_HTTP_ANSWERED;
  case CURLE_OUT_OF_MEMORY: return LLM_HTTP_NO_MEMORY;
  case CURLE_COULDNT_CONNECT:
  case CURLE_COULDNT_RESOLVE_HOST:
  case CURLE_COULDNT_RESOLVE_PROXY: return LLM_HTTP_UNREACHABLE;
  case CURLE_PEER_FAILED_VERIFICATION:
  case CURLE_SSL_CACERT_BADFILE:
  case CURLE_SSL_CERTPROBLEM:
  case CURLE_SSL_ISSUER_ERROR:
  case CURLE_UNSUPPORTED_PROTOCOL:
  case CURLE_URL_MALFORMAT:
  case CURLE_BAD_CONTENT_ENCODING: return LLM_HTTP_HOPELESS;
  default: return LLM_HTTP_BROKEN;
  }
}

/* Did the time run out before the server could be sent anything? */
static int is_unconnected(struct llm_http *http, CURLcode result) {
  curl_off_t sent = 0; /* microseconds until the request was sent */
  curl_easy_getinfo(http->curl, CURLINFO_PRETRANSFER_TIME_T, &sent);
  return result == CURLE_OPERATION_TIMEDOUT && sent == 0;
}

static enum llm_http_end judge(struct llm_http *http, CURLcode result, double seconds) {
  struct llm_http_answer *answer = http->answer;
  if (answer->body.failed) return LLM_HTTP_NO_MEMORY;
  if (http->too_long) {
    snprintf(answer->error, sizeof answer->error, "the answer is longer than %d MiB", LLM_MOST_BODY >> 20);
    return LLM_HTTP_HOPELESS;
  }
  if (is_unconnected(http, result)) {
    snprintf(answer->error, sizeof answer->error, "no connection within %g seconds", fmin(seconds, CONNECT_SECONDS));
    return LLM_HTTP_UNREACHABLE;
  }
  if (result == CURLE_OPERATION_TIMEDOUT)
    snprintf(answer->error, sizeof answer->error, "no whole answer within %g seconds", seconds);
  else
    snprintf(answer->error, sizeof answer->error, "%s", *http->reason ? http->reason : curl_easy_strerror(result));
  return end_of(result);
}

/* Until the transfer is over or the run is to stop. */
static enum llm_http_end wait_for(struct llm_http *http, double seconds) {
  const struct joust_host *host = http->host;
  CURLMcode code;
  int running = 1, left;
  while ((code = curl_multi_perform(http->multi, &running)) == CURLM_OK && running) {
    if (host->cancelled && host->cancelled(host)) return LLM_HTTP_CANCELLED;
    if ((code = curl_multi_poll(http->multi, NULL, 0, POLL_MILLISECONDS, NULL)) != CURLM_OK) break;
  }
  if (code == CURLM_OUT_OF_MEMORY) return LLM_HTTP_NO_MEMORY;
  CURLMsg *message = code == CURLM_OK ? curl_multi_info_read(http->multi, &left) : NULL;
  if (message && message->msg == CURLMSG_DONE) return judge(http, message->data.result, seconds);
  snprintf(http->answer->error, sizeof http->answer->error, "%s", curl_multi_strerror(code));
  return LLM_HTTP_HOPELESS;
}

enum llm_http_end llm_http_post(struct llm_http *http, const char *body, double seconds,
                                struct llm_http_answer *answer) {
  llm_text_clear(&answer->body);
  answer->status = 0;
  answer->pace = (struct llm_pace){0};
  *answer->type = *answer->request_id = *answer->error = 0;
  http->answer = answer;
  http->too_long = 0;
  *http->reason = 0;
  curl_easy_setopt(http->curl, CURLOPT_TIMEOUT_MS, seconds < 1e6 ? (long)(seconds * 1000) + 1 : 1000000000L);
  curl_easy_setopt(http->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(body));
  curl_easy_setopt(http->curl, CURLOPT_POSTFIELDS, body);
  if (curl_multi_add_handle(http->multi, http->curl) != CURLM_OK) return LLM_HTTP_NO_MEMORY;
  enum llm_http_end end = wait_for(http, seconds);
  curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &answer->status);
  curl_multi_remove_handle(http->multi, http->curl);
  http->answer = NULL;
  return end;
}
