/* What the tests of the LLM optimiser's wire share: a host that remembers error and log, a chat server, and a chat with
 * short time constants. Include after cmocka.h. */
#ifndef CHAT_FIXTURE_H
#define CHAT_FIXTURE_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "chat.h"
#include "server.h"

#define SECRET "sk-test-4f1c9e77a2b0"

static char chat_folder[64], chat_error[2500], chat_log[20000];
static volatile int chat_cancelled;
static struct chat_server chat_server;

/* ---- host -------------------------------------------------------------------------------------------------------- */

static inline void keep_error(const struct joust_host *host, const char *message) {
  (void)host;
  snprintf(chat_error, sizeof chat_error, "%s", message);
}

static inline void keep_log(const struct joust_host *host, int32_t level, const char *line) {
  (void)host;
  size_t used = strlen(chat_log);
  snprintf(chat_log + used, sizeof chat_log - used, "%d %s\n", (int)level, line);
}

static inline int32_t is_cancelled(const struct joust_host *host) {
  (void)host;
  return chat_cancelled;
}

static const struct joust_host chat_host = {.struct_size = sizeof chat_host,
                                            .abi_minor = JOUST_ABI_MINOR,
                                            .name = "test",
                                            .version = "1",
                                            .log = keep_log,
                                            .set_error = keep_error,
                                            .cancelled = is_cancelled};

static inline void assert_says(const char *text, const char *expected) {
  if (!strstr(text, expected)) fail_msg("'%s' does not say '%s'", text, expected);
}

static inline double seconds_now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* ---- group ------------------------------------------------------------------------------------------------------- */

static inline int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place) {
  (void)status, (void)kind, (void)place;
  return remove(path);
}

static inline int open_all(void **state) {
  (void)state;
  snprintf(chat_folder, sizeof chat_folder, "/tmp/joust-chat-XXXXXX");
  unsetenv("OPENAI_BASE_URL");
  unsetenv("OPENAI_API_KEY");
  setenv("no_proxy", "*", 1);
  if (!mkdtemp(chat_folder) || llm_chat_load() != JOUST_OK) return -1;
  return chat_server_start(&chat_server);
}

static inline int close_all(void **state) {
  (void)state;
  chat_server_stop(&chat_server);
  llm_chat_unload();
  return nftw(chat_folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* Before each test. */
static inline int begin_test(void **state) {
  (void)state;
  chat_server_play(&chat_server, "");
  chat_server.key = NULL;
  chat_server.latency = 0;
  chat_server.usage = 0;
  chat_cancelled = 0;
  *chat_error = *chat_log = 0;
  return 0;
}

/* ---- chats ------------------------------------------------------------------------------------------------------- */

static inline const char *chat_url(void) {
  static char url[64];
  snprintf(url, sizeof url, "http://127.0.0.1:%u/v1", chat_server.port);
  return url;
}

/* FOLDER/name, in one of four buffers that take turns. */
static inline const char *chat_path(const char *name) {
  static char paths[4][128];
  static int turn;
  char *path = paths[turn++ % 4];
  snprintf(path, sizeof paths[0], "%s/%s", chat_folder, name);
  return path;
}

/* Settings whose retries take hundredths of a second. */
static inline struct llm_settings quick_settings(void) {
  return (struct llm_settings){.model = "m",
                               .url = chat_url(),
                               .key = SECRET,
                               .mode = LLM_LIVE,
                               .request_seconds = 5,
                               .total_seconds = 20,
                               .first_wait = 0.02,
                               .longest_wait = 0.1,
                               .most_retries = 4};
}

static const struct llm_message hello[] = {{"system", "You are brief."}, {"user", "Propose a \"list\"."}};
static const struct llm_request plain_request = {
    .messages = hello, .n_messages = 2, .temperature = 0.5, .seed = 11, .n_samples = 1};

static inline struct llm_chat *open_chat(const struct llm_settings *settings) {
  struct llm_chat *chat;
  if (llm_chat_open(&chat, settings, &chat_host) != JOUST_OK) fail_msg("%s", chat_error);
  return chat;
}

/* One request to the server that plays the script; the reply is the caller's to free if JOUST_OK is returned. */
static inline joust_status send_once(const struct llm_settings *settings, const char *script, struct llm_reply *reply) {
  struct llm_chat *chat = open_chat(settings);
  chat_server_play(&chat_server, script);
  joust_status status = llm_chat_send(chat, &plain_request, reply);
  llm_chat_close(chat);
  assert_null(strstr(chat_error, SECRET));
  assert_null(strstr(chat_log, SECRET));
  return status;
}

#endif
