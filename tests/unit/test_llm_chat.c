/* A chat against a server that plays faults: each either ends in a reply or in one clear message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <math.h>
#include <pthread.h>
#include <sys/socket.h>

#include "chat_fixture.h"

/* ---- requests ---------------------------------------------------------------------------------------------------- */

static void asks_and_counts(void **state) {
  (void)state;
  struct llm_settings settings = quick_settings();
  struct llm_chat *chat = open_chat(&settings);
  struct llm_reply reply;
  chat_server.key = SECRET;
  for (int i = 0; i < 2; i++) {
    assert_int_equal(llm_chat_send(chat, &plain_request, &reply), JOUST_OK);
    assert_int_equal(reply.n_choices, 1);
    assert_int_equal(reply.choices[0].text[0], '[');
    assert_int_equal(reply.choices[0].finish, LLM_FINISH_STOP);
    assert_null(reply.choices[0].refusal);
    assert_int_equal(reply.usage.prompt, 100);
    assert_true(isnan(reply.usage.money));
    llm_reply_free(&reply);
  }
  const struct llm_totals *totals = llm_chat_totals(chat);
  assert_int_equal(totals->calls, 2);
  assert_int_equal(totals->replayed, 0);
  assert_int_equal(totals->retries, 0);
  assert_int_equal(totals->usage.prompt, 200);
  assert_int_equal(totals->usage.completion, 40);
  assert_int_equal(totals->usage.cached, 80);
  assert_int_equal(totals->usage.reasoning, 10);
  assert_true(totals->seconds > 0);
  assert_string_equal(totals->model, "fake-1");
  assert_string_equal(totals->fingerprint, "fp_1");
  assert_string_equal(totals->request_id, "req_123");
  assert_memory_equal(totals->server, chat_url(), strlen(totals->server));
  assert_string_equal(chat_server.bodies[0],
                      "{\"model\":\"m\",\"messages\":[{\"role\":\"system\",\"content\":\"You are brief.\"},{\"role\":"
                      "\"user\",\"content\":\"Propose a \\\"list\\\".\"}],\"temperature\":0.5,\"seed\":11}");
  assert_string_equal(chat_server.authorization, "Bearer " SECRET);
  llm_chat_close(chat);
}

static void takes_address_and_key_from_the_environment(void **state) {
  (void)state;
  struct llm_settings settings = quick_settings();
  struct llm_reply reply;
  char url[100];
  snprintf(url, sizeof url, "%s/chat/completions/", chat_url()); /* the whole address is as good as its base */
  setenv("OPENAI_BASE_URL", url, 1);
  setenv("OPENAI_API_KEY", SECRET "\n", 1);
  chat_server.key = SECRET;
  settings.url = settings.key = "";
  assert_int_equal(send_once(&settings, "", &reply), JOUST_OK);
  llm_reply_free(&reply);
  unsetenv("OPENAI_BASE_URL");
  unsetenv("OPENAI_API_KEY");
  settings.url = chat_url();
  assert_int_equal(send_once(&settings, "", &reply), JOUST_EIO);
  assert_string_equal(chat_server.authorization, "");
  assert_says(chat_error, "it wants a key: see OPENAI_API_KEY");
}

static void hides_a_key_that_is_echoed(void **state) {
  (void)state;
  struct llm_settings settings = quick_settings();
  struct llm_reply reply;
  chat_server.key = "another";
  assert_int_equal(send_once(&settings, "", &reply), JOUST_EIO); /* send_once looks for the key */
  assert_says(chat_error, "HTTP 401: Incorrect API key provided: Bearer ****");
  assert_says(chat_error, "(invalid_api_key); is the key right?");
  assert_null(strstr(chat_error, "wxyz")); /* the server masked it in part */
  assert_null(strstr(chat_error, "sk-t"));
}

/* ---- faults that a retry mends ----------------------------------------------------------------------------------- */

struct fault {
  const char *script;
  int requests;
  double least; /* seconds between its first and its last */
};

static void comes_through(void **state) {
  (void)state;
  const struct fault faults[] = {
      {"429", 2, 0},
      {"429-ms", 2, 0.29},
      {"429-seconds", 2, 0.99},
      {"429-date", 2, 0.9},
      {"429-reset", 2, 0.9},
      {"408", 2, 0},
      {"409", 2, 0},
      {"500", 2, 0},
      {"502", 2, 0},
      {"503", 2, 0},
      {"503-inside", 2, 0},
      {"cut", 2, 0},
      {"reset", 2, 0},
      {"close", 2, 0},
      {"bad-json", 2, 0},
      {"500 cut reset 429", 5, 0},
  };
  struct llm_settings settings = quick_settings();
  for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
    struct llm_reply reply;
    if (send_once(&settings, faults[i].script, &reply) != JOUST_OK) fail_msg("%s: %s", faults[i].script, chat_error);
    assert_int_equal(reply.n_choices, 1);
    llm_reply_free(&reply);
    if (chat_server.requests != faults[i].requests) fail_msg("%s: %d requests", faults[i].script, chat_server.requests);
    double waited = chat_server.times[faults[i].requests - 1] - chat_server.times[0];
    if (waited < faults[i].least) fail_msg("%s: waited %g s", faults[i].script, waited);
  }
}

static void gives_up_in_the_end(void **state) {
  (void)state;
  struct llm_settings settings = quick_settings();
  struct llm_reply reply;
  assert_int_equal(send_once(&settings, "500 502 503 429 500 ok", &reply), JOUST_EIO);
  assert_int_equal(chat_server.requests, 5);
  assert_says(chat_error, "HTTP 500: Internal Server Error; tried 5 times");
  assert_says(chat_log, "HTTP 502");
  assert_says(chat_log, "retry 4 of 4");
  assert_int_equal(reply.n_choices, 0);
}

static void keeps_to_the_time_limit(void **state) {
  (void)state;
  struct llm_settings settings = quick_settings();
  struct llm_reply reply;
  double start = seconds_now();
  settings.total_seconds = 5;
  assert_int_equal(send_once(&settings, "429-hour", &reply), JOUST_EIO); /* at once: waiting is of no use */
  assert_says(chat_error, "HTTP 429: come back later; it may be asked again in 3.6e+03 s, beyond the limit of 5 s");
  settings.request_seconds = 0.3;
  settings.most_retries = 1;
  assert_int_equal(send_once(&settings, "drip drip", &reply), JOUST_EIO);
  assert_says(chat_error, "no whole answer within 0.3 seconds; tried 2 times");
  settings.total_seconds = 0.5;
  settings.request_seconds = 9;
  settings.most_retries = 9;
  assert_int_equal(send_once(&settings, "drip drip", &reply), JOUST_EIO);
  assert_true(seconds_now() - start < 4);
}

/* Samples that come one by one are requests of their own, each with the whole time. */
static void each_sample_has_its_time(void **state) {
  (void)state;
  struct llm_settings settings = quick_settings();
  struct llm_request request = plain_request;
  struct llm_reply reply;
  settings.total_seconds = 2;
  request.n_samples = 4;
  chat_server_play(&chat_server, "400-n");
  chat_server.latency = 0.7;
  struct llm_chat *chat = open_chat(&settings);
  if (llm_chat_send(chat, &request, &reply) != JOUST_OK) fail_msg("%s", chat_error);
  assert_int_equal(reply.n_choices, 4);
  llm_reply_free(&reply);
  llm_chat_close(chat);
}

static void a_slow_answer_is_an_answer(void **state) {
  (void)state;
  struct llm_settings settings = quick_settings();
  struct llm_reply reply;
  settings.request_seconds = 15;
  assert_int_equal(send_once(&settings, "drip", &reply), JOUST_OK);
  llm_reply_free(&reply);
}

static void waits_where_the_allowance_is_used_up(void **state) {
  (void)state;
  struct llm_settings settings = quick_settings();
  struct llm_reply reply;
  settings.first_wait = 5; /* a retry that is not told when would come late */
  settings.longest_wait = 9;
  assert_int_equal(send_once(&settings, "429-ms 429-ms", &reply), JOUST_OK);
  llm_reply_free(&reply);
  assert_true(chat_server.times[2] - chat_server.times[0] < 3);
}

/* ---- faults that nothing mends ----------------------------------------------------------------------------------- */

static void tells_what_is_wrong(void **state) {
  (void)state;
  const char *const faults[][2] = {
      {"429-quota", "HTTP 429: You exceeded your current quota (insufficient_quota)"},
      {"500-never", "HTTP 500: broken"},
      {"html", "the answer is of the type 'text/html; charset=utf-8', not JSON: is the address right?"},
      {"huge", "the answer is longer than 16 MiB"},
      {"no-choices", "the answer is no reply of a chat: it has no list \"choices\""},
      {"moved", "HTTP 307; redirects are not followed: give the address itself"},
      {"404", "HTTP 404: model 'm' not found; are address and model right?"},
      {"400-context", "HTTP 400: request (5030 tokens) exceeds the available context size (exceed_context_size_error)"},
      {"400-vllm", "HTTP 400: This model's maximum context length is 2048 tokens. (BadRequestError)"},
      {"422-detail", "HTTP 422: field required"},
      {"400-temperature-high", "decimal above maximum value. (decimal_above_max_value)"},
  };
  struct llm_settings settings = quick_settings();
  for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
    struct llm_reply reply;
    assert_int_equal(send_once(&settings, faults[i][0], &reply), JOUST_EIO);
    assert_says(chat_error, faults[i][1]);
    assert_memory_equal(chat_error, "http://127.0.0.1:", 17);
    if (chat_server.requests != 1) fail_msg("%s: %d requests", faults[i][0], chat_server.requests);
  }
}

static void tells_that_nobody_is_there(void **state) {
  (void)state;
  struct llm_settings settings = quick_settings();
  struct llm_reply reply;
  settings.url = "http://127.0.0.1:1/v1";
  assert_int_equal(send_once(&settings, "", &reply), JOUST_EIO);
  assert_says(chat_error, "http://127.0.0.1:1: Failed to connect to 127.0.0.1 port 1");
  assert_says(chat_error, "is the server running?; tried 3 times");
}

/* On a connection that is open already a slow answer is a slow answer. */
static void tells_no_answer_from_no_connection(void **state) {
  (void)state;
  struct llm_settings settings = quick_settings();
  struct llm_reply reply;
  settings.request_seconds = 0.3;
  settings.most_retries = 0;
  struct llm_chat *chat = open_chat(&settings);
  chat_server_play(&chat_server, "ok drip");
  assert_int_equal(llm_chat_send(chat, &plain_request, &reply), JOUST_OK);
  llm_reply_free(&reply);
  assert_int_equal(llm_chat_send(chat, &plain_request, &reply), JOUST_EIO);
  assert_says(chat_error, "no whole answer within 0.3 seconds");
  llm_chat_close(chat);
}

/* A port whose queue is full answers no more than a host that is not there: the attempts hang. */
static void tells_that_nobody_answers_the_call(void **state) {
  (void)state;
  enum { CALLERS = 4 };
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  int port = socket(AF_INET, SOCK_STREAM, 0), callers[CALLERS];
  assert_int_equal(bind(port, (struct sockaddr *)&address, size), 0);
  assert_int_equal(listen(port, 0), 0);
  assert_int_equal(getsockname(port, (struct sockaddr *)&address, &size), 0);
  for (int i = 0; i < CALLERS; i++) {
    callers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    connect(callers[i], (struct sockaddr *)&address, size);
  }
  struct llm_settings settings = quick_settings();
  struct llm_reply reply;
  char url[64];
  snprintf(url, sizeof url, "http://127.0.0.1:%d/v1", ntohs(address.sin_port));
  settings.url = url;
  settings.request_seconds = 0.2;
  assert_int_equal(send_once(&settings, "", &reply), JOUST_EIO);
  assert_says(chat_error, ": no connection within 0.2 seconds; is the server running?; tried 3 times");
  for (int i = 0; i < CALLERS; i++) close(callers[i]);
  close(port);
}

static void certificates_are_checked(void **state) {
  (void)state;
  struct llm_settings settings = quick_settings();
  struct llm_reply reply;
  char url[64];
  snprintf(url, sizeof url, "https://127.0.0.1:%u/v1", chat_server.port); /* it speaks no TLS */
  settings.url = url;
  settings.most_retries = 0;
  assert_int_equal(send_once(&settings, "", &reply), JOUST_EIO);
  assert_int_equal(chat_server.requests, 0);
  setenv("CURL_CA_BUNDLE", "/nowhere/ca.pem", 1);
  assert_int_equal(send_once(&settings, "", &reply), JOUST_EIO);
  unsetenv("CURL_CA_BUNDLE");
  assert_says(chat_error, "/nowhere/ca.pem");
}

/* ---- answers ----------------------------------------------------------------------------------------------------- */

static void passes_on_what_is_no_proposal(void **state) {
  (void)state;
  struct llm_settings settings = quick_settings();
  struct llm_reply reply;
  assert_int_equal(send_once(&settings, "null", &reply), JOUST_OK);
  assert_string_equal(reply.choices[0].text, "");
  assert_null(reply.choices[0].refusal);
  llm_reply_free(&reply);
  assert_int_equal(send_once(&settings, "refusal", &reply), JOUST_OK);
  assert_string_equal(reply.choices[0].text, "");
  assert_string_equal(reply.choices[0].refusal, "I cannot help with that.");
  llm_reply_free(&reply);
  assert_int_equal(send_once(&settings, "parts", &reply), JOUST_OK);
  assert_string_equal(reply.choices[0].text, "[1, 0]");
  llm_reply_free(&reply);
}

static joust_status send_adapted(const char *script, struct llm_request request) {
  struct llm_settings settings = quick_settings();
  struct llm_chat *chat = open_chat(&settings);
  struct llm_reply reply;
  chat_server_play(&chat_server, script);
  joust_status status = llm_chat_send(chat, &request, &reply);
  if (status == JOUST_OK) assert_int_equal(reply.n_choices, request.n_samples);
  llm_reply_free(&reply);
  llm_chat_close(chat);
  return status;
}

static void adapts_to_the_server(void **state) {
  (void)state;
  struct llm_request request = plain_request;
  request.max_tokens = 50;
  assert_int_equal(send_adapted("400-max-tokens 400-temperature", request), JOUST_OK);
  assert_int_equal(chat_server.requests, 3);
  assert_says(chat_server.bodies[0], "\"temperature\":0.5,\"seed\":11,\"max_tokens\":50}");
  assert_says(chat_server.bodies[1], "\"temperature\":0.5,\"seed\":11,\"max_completion_tokens\":50}");
  assert_says(chat_server.bodies[2], "],\"seed\":11,\"max_completion_tokens\":50}");
  assert_says(chat_log, "it takes no temperature");
  request.schema = "{\"type\": \"array\"}";
  assert_int_equal(send_adapted("400-schema", request), JOUST_OK);
  assert_says(chat_server.bodies[0],
              "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"answer\","
              "\"strict\":true,\"schema\":{\"type\":\"array\"}}}}");
  assert_null(strstr(chat_server.bodies[1], "response_format"));
  assert_says(chat_log, "it takes no response_format");
  assert_int_equal(send_adapted("400-schema 400-schema", request), JOUST_EIO); /* once is enough */
  request.schema = "[";
  assert_int_equal(send_adapted("", request), JOUST_EINTERNAL);
}

static void takes_samples_one_by_one(void **state) {
  (void)state;
  struct llm_request request = plain_request;
  request.n_samples = 3;
  assert_int_equal(send_adapted("", request), JOUST_OK);
  assert_int_equal(chat_server.requests, 1);
  assert_says(chat_server.bodies[0], "\"seed\":11,\"n\":3}");
  assert_int_equal(send_adapted("400-n", request), JOUST_OK);
  assert_int_equal(chat_server.requests, 4);
  assert_says(chat_server.bodies[1], "\"seed\":11}");
  assert_says(chat_server.bodies[2], "\"seed\":12}");
  assert_says(chat_server.bodies[3], "\"seed\":13}");
}

/* ---- budgets ----------------------------------------------------------------------------------------------------- */

static void write_prices(const char *text) {
  FILE *file = fopen(chat_path("prices.json"), "w");
  assert_non_null(file);
  fputs(text, file);
  fclose(file);
}

static int sends_until_done(const struct llm_settings *settings) {
  struct llm_chat *chat = open_chat(settings);
  struct llm_reply reply;
  joust_status status;
  int n = 0;
  while ((status = llm_chat_send(chat, &plain_request, &reply)) == JOUST_OK && n < 20) {
    llm_reply_free(&reply);
    n++;
  }
  assert_int_equal(status, JOUST_DONE);
  assert_int_equal(chat_server.requests, n);
  llm_chat_close(chat);
  return n;
}

static void stops_at_its_budgets(void **state) {
  (void)state;
  struct llm_settings settings = quick_settings();
  settings.most_tokens = 300; /* a reply takes 120 */
  assert_int_equal(sends_until_done(&settings), 3);
  assert_says(chat_log, "the budget of 300 tokens is spent: 360 were used");
  settings.most_tokens = 0;
  settings.prices = chat_path("prices.json");
  settings.most_money = 1;
  write_prices("{\"per_tokens\": 100, \"models\": {\"m\": {\"prompt\": 0.1, \"cached\": 0.05, \"completion\": 1}}}");
  begin_test(NULL);
  assert_int_equal(sends_until_done(&settings), 4); /* 60 x 0.001 + 40 x 0.0005 + 20 x 0.01 = 0.28 */
  assert_says(chat_log, "the budget of money is spent: 1.12 of 1");
  chat_server.usage = -1;
  struct llm_reply reply;
  assert_int_equal(send_once(&settings, "", &reply), JOUST_EIO);
  assert_says(chat_error, "does not count tokens");
}

static void refuses_settings(const char *expected, struct llm_settings settings, joust_status wanted) {
  struct llm_chat *chat;
  assert_int_equal(llm_chat_open(&chat, &settings, &chat_host), wanted);
  assert_null(chat);
  assert_says(chat_error, expected);
  assert_null(strstr(chat_error, "hunter2"));
}

static void tells_which_setting_cannot_be(void **state) {
  (void)state;
  struct llm_settings good = quick_settings(), bad = good;
  bad.model = "";
  refuses_settings("no model", bad, JOUST_EOPTION);
  bad = good;
  bad.url = "ftp://127.0.0.1/";
  refuses_settings("ftp://127.0.0.1/", bad, JOUST_EOPTION);
  bad.url = "http://";
  refuses_settings("expected an address such as http://127.0.0.1:8080/v1", bad, JOUST_EOPTION);
  bad.url = "http://me:hunter2@127.0.0.1/";
  refuses_settings("OPENAI_BASE_URL", bad, JOUST_EOPTION);
  bad = good;
  bad.key = "hunter2 hunter2";
  refuses_settings("no header can hold (it is not shown)", bad, JOUST_EOPTION);
  bad = good;
  bad.mode = LLM_AUTO;
  refuses_settings("no cassette", bad, JOUST_EOPTION);
  bad.cassette = "/nowhere/c.jsonl";
  refuses_settings("cannot write the cassette '/nowhere/c.jsonl': No such file or directory", bad, JOUST_EIO);
  bad.mode = LLM_REPLAY;
  refuses_settings("cannot read the cassette", bad, JOUST_EIO);
  bad = good;
  bad.most_money = 1;
  refuses_settings("a budget of money needs a price file", bad, JOUST_EOPTION);
  bad.prices = "/nowhere/p.json";
  refuses_settings("cannot read the price file '/nowhere/p.json'", bad, JOUST_EIO);
  bad.prices = chat_path("prices.json");
  write_prices("{\"models\": {\"other\": {\"prompt\": 1, \"completion\": 2}}}");
  refuses_settings("has no model \"m\"", bad, JOUST_EOPTION);
  write_prices("{\"models\": {\"m\": {\"prompt\": -1, \"completion\": 2}}}");
  refuses_settings("none below 0", bad, JOUST_EOPTION);
  write_prices("{\"models\": {\"m\": {\"prompt\": 1}}}");
  refuses_settings("must have the numbers", bad, JOUST_EOPTION);
  write_prices("{\"models\": ");
  refuses_settings("is no JSON", bad, JOUST_EOPTION);
  write_prices("[]");
  refuses_settings("has no object \"models\"", bad, JOUST_EOPTION);
}

/* ---- stopping ---------------------------------------------------------------------------------------------------- */

static void *cancel_soon(void *context) {
  (void)context;
  usleep(200000);
  chat_cancelled = 1;
  return NULL;
}

static void stops_at_once(void **state) {
  (void)state;
  const char *const scripts[] = {"ok", "drip", "429-hour", "503"};
  struct llm_settings settings = quick_settings();
  settings.first_wait = settings.longest_wait = 30; /* so that the last script waits */
  settings.total_seconds = 10000;
  for (size_t i = 0; i < 4; i++) {
    pthread_t thread;
    struct llm_reply reply;
    chat_cancelled = 0;
    chat_server.latency = i == 0 ? 5 : 0;
    pthread_create(&thread, NULL, cancel_soon, NULL);
    double start = seconds_now();
    assert_int_equal(send_once(&settings, scripts[i], &reply), JOUST_ECANCELLED);
    pthread_join(thread, NULL);
    if (seconds_now() - start > 3) fail_msg("%s: stopped after %g s", scripts[i], seconds_now() - start);
    assert_says(chat_error, "stopped while waiting for http://127.0.0.1:");
  }
}

int main(void) {
#define CASE(test) cmocka_unit_test_setup(test, begin_test)
  const struct CMUnitTest tests[] = {
      CASE(asks_and_counts),
      CASE(takes_address_and_key_from_the_environment),
      CASE(hides_a_key_that_is_echoed),
      CASE(comes_through),
      CASE(gives_up_in_the_end),
      CASE(keeps_to_the_time_limit),
      CASE(each_sample_has_its_time),
      CASE(a_slow_answer_is_an_answer),
      CASE(waits_where_the_allowance_is_used_up),
      CASE(tells_what_is_wrong),
      CASE(tells_that_nobody_is_there),
      CASE(tells_no_answer_from_no_connection),
      CASE(tells_that_nobody_answers_the_call),
      CASE(certificates_are_checked),
      CASE(passes_on_what_is_no_proposal),
      CASE(adapts_to_the_server),
      CASE(takes_samples_one_by_one),
      CASE(stops_at_its_budgets),
      CASE(tells_which_setting_cannot_be),
      CASE(stops_at_once),
  };
  return cmocka_run_group_tests_name("llm_chat", tests, open_all, close_all);
}
