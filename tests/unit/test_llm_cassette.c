/* Cassettes: what was recorded is replayed as it was, to the run that it belongs to, whatever happened to the file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cJSON.h>
#include <sys/wait.h>

#include "cassette.h"
#include "chat_fixture.h"

enum { MOST_ANSWER = 200 };

static struct llm_settings tape(enum llm_mode mode, const char *run) {
  struct llm_settings settings = quick_settings();
  settings.mode = mode;
  settings.run = run;
  settings.cassette = chat_path("tape.jsonl");
  return settings;
}

static int begin_tape(void **state) {
  unlink(chat_path("tape.jsonl"));
  return begin_test(state);
}

/* ---- the file ---------------------------------------------------------------------------------------------------- */

static char *read_tape(size_t *length) {
  FILE *file = fopen(chat_path("tape.jsonl"), "r");
  char *text = calloc(1, 1 << 20);
  assert_non_null(file);
  assert_non_null(text);
  *length = fread(text, 1, (1 << 20) - 1, file);
  fclose(file);
  return text;
}

static void write_tape(const char *text, size_t length) {
  FILE *file = fopen(chat_path("tape.jsonl"), "w");
  assert_non_null(file);
  assert_int_equal(fwrite(text, 1, length, file), length);
  fclose(file);
}

static int count_lines(void) {
  size_t length;
  char *text = read_tape(&length);
  int n = 0;
  for (size_t i = 0; i < length; i++) n += text[i] == '\n';
  assert_null(strstr(text, SECRET));
  free(text);
  return n;
}

/* ---- sending ----------------------------------------------------------------------------------------------------- */

/* The answers to the same request asked `n` times over, one a row, by a chat of its own. */
static struct llm_totals ask_times(enum llm_mode mode, const char *run, int n, char (*answers)[MOST_ANSWER]) {
  struct llm_settings settings = tape(mode, run);
  struct llm_chat *chat = open_chat(&settings);
  for (int i = 0; i < n; i++) {
    struct llm_reply reply;
    if (llm_chat_send(chat, &plain_request, &reply) != JOUST_OK) fail_msg("%s", chat_error);
    snprintf(answers[i], MOST_ANSWER, "%s", reply.choices[0].text);
    llm_reply_free(&reply);
  }
  struct llm_totals totals = *llm_chat_totals(chat);
  llm_chat_close(chat);
  return totals;
}

static joust_status try_request(enum llm_mode mode, const char *run, struct llm_request request) {
  struct llm_settings settings = tape(mode, run);
  struct llm_chat *chat = open_chat(&settings);
  struct llm_reply reply;
  joust_status status = llm_chat_send(chat, &request, &reply);
  if (status == JOUST_OK) llm_reply_free(&reply);
  llm_chat_close(chat);
  return status;
}

/* ---- record and replay ------------------------------------------------------------------------------------------- */

static void replays_what_it_recorded(void **state) {
  (void)state;
  char first[3][MOST_ANSWER], again[3][MOST_ANSWER];
  chat_server_play(&chat_server, "500 null parts refusal");
  struct llm_totals a = ask_times(LLM_RECORD, "a \"quoted\" run", 3, first);
  assert_int_equal(count_lines(), 3);
  begin_test(NULL);
  struct llm_totals b = ask_times(LLM_REPLAY, "a \"quoted\" run", 3, again);
  assert_int_equal(chat_server.requests, 0);
  assert_string_equal(first[0], again[0]);
  assert_string_equal(first[2], again[2]);
  assert_string_equal(again[1], "[1, 0]");
  assert_int_equal(a.replayed, 0);
  assert_int_equal(b.replayed, 3);
  b.replayed = 0;
  assert_int_equal(a.retries, 1);
  assert_true(a.seconds == b.seconds); /* to the bit */
  a.usage.money = b.usage.money = 0;   /* NaN is not equal to itself, but was the same */
  assert_memory_equal(&a, &b, sizeof a);
}

static void runs_have_answers_of_their_own(void **state) {
  (void)state;
  char a[2][MOST_ANSWER], b[2][MOST_ANSWER], again[2][MOST_ANSWER];
  chat_server_play(&chat_server, "parts ok");
  ask_times(LLM_RECORD, "a", 2, a);
  chat_server_play(&chat_server, "prose ok");
  ask_times(LLM_RECORD, "b", 2, b);
  assert_string_not_equal(a[0], b[0]);
  assert_string_equal(a[1], b[1]);
  ask_times(LLM_REPLAY, "b", 2, again);
  assert_string_equal(again[0], b[0]);
  assert_string_equal(again[1], b[1]);
  ask_times(LLM_REPLAY, "a", 2, again);
  assert_string_equal(again[0], a[0]);
}

static void asks_only_for_what_it_does_not_have(void **state) {
  (void)state;
  char first[2][MOST_ANSWER], more[4][MOST_ANSWER];
  ask_times(LLM_AUTO, "a", 2, first);
  begin_test(NULL);
  struct llm_totals totals = ask_times(LLM_AUTO, "a", 4, more);
  assert_int_equal(totals.replayed, 2);
  assert_int_equal(chat_server.requests, 2);
  assert_string_equal(first[1], more[1]);
  assert_int_equal(count_lines(), 4);
}

static void the_last_recording_counts(void **state) {
  (void)state;
  char old[1][MOST_ANSWER], new[1][MOST_ANSWER], again[1][MOST_ANSWER];
  ask_times(LLM_RECORD, "a", 1, old);
  chat_server_play(&chat_server, "prose");
  ask_times(LLM_RECORD, "a", 1, new);
  ask_times(LLM_REPLAY, "a", 1, again);
  assert_string_equal(again[0], new[0]);
  assert_string_not_equal(again[0], old[0]);
}

/* A run that goes on after it was stopped asks again for what it has; its own answers are the last ones. */
static void what_is_repeated_is_not_recorded_anew(void **state) {
  (void)state;
  char old[2][MOST_ANSWER], new[1][MOST_ANSWER], again[2][MOST_ANSWER];
  struct llm_settings settings = tape(LLM_RECORD, "a");
  struct llm_request request = plain_request;
  struct llm_reply reply;
  ask_times(LLM_RECORD, "a", 2, old);
  chat_server_play(&chat_server, "prose");
  ask_times(LLM_RECORD, "a", 1, new);
  settings.repeats = 1;
  struct llm_chat *chat = open_chat(&settings);
  chat_server_play(&chat_server, "parts");
  for (int i = 0; i < 2; i++) {
    request.repeated = i == 0;
    assert_int_equal(llm_chat_send(chat, &request, &reply), JOUST_OK);
    assert_string_equal(reply.choices[0].text, i == 0 ? new[0] : "[1, 0]");
    assert_int_equal(reply.replayed, i == 0);
    llm_reply_free(&reply);
  }
  llm_chat_close(chat);
  assert_int_equal(chat_server.requests, 1);
  assert_int_equal(count_lines(), 4);
  ask_times(LLM_REPLAY, "a", 2, again);
  assert_string_equal(again[0], new[0]);
  assert_string_equal(again[1], "[1, 0]");
}

/* Another key is not taken in place of the one that is meant; what was recorded needs none. */
static void without_its_key_only_the_cassette_is_asked(void **state) {
  (void)state;
  char answers[1][MOST_ANSWER];
  struct llm_settings settings = tape(LLM_AUTO, "a");
  struct llm_reply reply;
  ask_times(LLM_RECORD, "a", 1, answers);
  setenv("OPENAI_API_KEY", SECRET, 1);
  settings.key = NULL;
  settings.key_missing = 1;
  struct llm_chat *chat = open_chat(&settings);
  assert_int_equal(llm_chat_send(chat, &plain_request, &reply), JOUST_OK);
  llm_reply_free(&reply);
  assert_int_equal(llm_chat_send(chat, &plain_request, &reply), JOUST_EOPTION);
  assert_says(chat_error, "is not asked: the environment variable that key-variable names is not set");
  llm_chat_close(chat);
  unsetenv("OPENAI_API_KEY");
  assert_int_equal(chat_server.requests, 1);
}

static void samples_are_one_exchange(void **state) {
  (void)state;
  struct llm_request request = plain_request;
  request.n_samples = 3;
  chat_server_play(&chat_server, "400-n");
  assert_int_equal(try_request(LLM_RECORD, "a", request), JOUST_OK);
  assert_int_equal(chat_server.requests, 4);
  assert_int_equal(count_lines(), 1);
  assert_int_equal(try_request(LLM_REPLAY, "a", request), JOUST_OK);
  assert_int_equal(chat_server.requests, 4);
}

static void a_recorded_error_is_the_same_error(void **state) {
  (void)state;
  char recorded[sizeof chat_error];
  chat_server_play(&chat_server, "400-context");
  assert_int_equal(try_request(LLM_AUTO, "a", plain_request), JOUST_EIO);
  strcpy(recorded, chat_error);
  assert_int_equal(try_request(LLM_REPLAY, "a", plain_request), JOUST_EIO);
  assert_string_equal(chat_error, recorded);
  assert_int_equal(try_request(LLM_AUTO, "a", plain_request), JOUST_OK); /* the server may do better now */
  assert_int_equal(try_request(LLM_REPLAY, "a", plain_request), JOUST_OK);
  chat_server.key = "another"; /* 401, with the key echoed */
  assert_int_equal(try_request(LLM_RECORD, "b", plain_request), JOUST_EIO);
  assert_int_equal(count_lines(), 3);
}

static struct llm_totals fail_at_a_sample(enum llm_mode mode, const char *script) {
  struct llm_settings settings = tape(mode, "a");
  struct llm_request request = plain_request;
  struct llm_chat *chat = open_chat(&settings);
  struct llm_reply reply;
  request.n_samples = 3;
  chat_server_play(&chat_server, script);
  assert_int_equal(llm_chat_send(chat, &request, &reply), JOUST_EIO);
  assert_says(chat_error, "HTTP 400: request (5030 tokens) exceeds the available context size");
  struct llm_totals totals = *llm_chat_totals(chat);
  llm_chat_close(chat);
  totals.usage.money = 0; /* NaN */
  return totals;
}

/* Two of three answers came, and cost what they cost. */
static void answers_before_an_error_are_counted(void **state) {
  (void)state;
  struct llm_totals asked = fail_at_a_sample(LLM_AUTO, "400-n ok 500 ok 400-context");
  struct llm_totals again = fail_at_a_sample(LLM_REPLAY, "");
  assert_int_equal(chat_server.requests, 0);
  assert_int_equal(asked.calls, 0);
  assert_int_equal(asked.retries, 1);
  assert_int_equal(asked.usage.prompt, 200);
  assert_int_equal(asked.usage.completion, 40);
  assert_memory_equal(&asked, &again, sizeof asked);
}

/* JSON has several ways to write a text: whatever the server's, the key stands nowhere. */
static void a_key_that_is_echoed_is_not_kept(void **state) {
  (void)state;
  static const char *const parts[] = {"b2+c3", "sk-a1"};
  const char *const scripts[] = {"escaped", "401-escaped", "401-cut"};
  struct llm_settings settings = tape(LLM_RECORD, "a");
  size_t length;
  settings.key = CHAT_SLASHED_KEY;
  for (size_t i = 0; i < 3; i++) {
    struct llm_reply reply;
    assert_int_equal(send_once(&settings, scripts[i], &reply), i == 0 ? JOUST_OK : JOUST_EIO);
    if (i == 0) assert_string_equal(reply.choices[0].text, "****************");
    llm_reply_free(&reply);
    assert_says(chat_error, i == 0   ? ""
                            : i == 1 ? "HTTP 401: Incorrect API key provided: *****"
                                     : "Not the key: *****");
    char *text = read_tape(&length);
    for (size_t k = 0; k < 2; k++) {
      assert_null(strstr(chat_error, parts[k]));
      assert_null(strstr(text, parts[k]));
    }
    free(text);
  }
  assert_int_equal(count_lines(), 3);
}

/* ---- misses ------------------------------------------------------------------------------------------------------ */

static void misses(const char *run, struct llm_request request, const char *expected) {
  assert_int_equal(try_request(LLM_REPLAY, run, request), JOUST_EIO);
  assert_says(chat_error, "tape.jsonl' has no answer to request 1 of the run '");
  assert_says(chat_error, expected);
}

static void tells_what_differs(void **state) {
  (void)state;
  struct llm_message other[] = {{"system", "You are brief."}, {"user", "Propose a better \"list\"."}, {"user", "Now."}};
  struct llm_request request = plain_request;
  char answers[1][MOST_ANSWER];
  write_tape("", 0);
  misses("a", request, "the run 'a': it is empty");
  ask_times(LLM_RECORD, "a", 1, answers);
  misses("b", request, "of the run 'b'; nearest is line 1, of the run 'a': the same request");
  request.messages = other;
  misses("a", request,
         "nearest is line 1: message 2 (user) differs from character 11 on: recorded \"Propose a \"list\".\", asked "
         "\"Propose a better \"list\".\"");
  request.n_messages = 3;
  misses("a", request, "recorded 2 messages, asked 3");
  other[0].role = "developer";
  misses("a", request, "message 1: recorded from 'system', asked from 'developer'");
  request = plain_request;
  request.seed = 12;
  request.max_tokens = 9;
  misses("a", request, "line 1: seed: recorded 11, asked 12; max_tokens: recorded none, asked 9");
  struct llm_settings settings = tape(LLM_REPLAY, "a");
  struct llm_chat *chat = open_chat(&settings);
  struct llm_reply reply;
  assert_int_equal(llm_chat_send(chat, &plain_request, &reply), JOUST_OK);
  llm_reply_free(&reply);
  assert_int_equal(llm_chat_send(chat, &plain_request, &reply), JOUST_EIO);
  assert_says(chat_error, "no answer to request 2 of the run 'a'; nearest is line 1: the same request, recorded less "
                          "often");
  llm_chat_close(chat);
  assert_int_equal(chat_server.requests, 1);
}

static void shows_texts_as_characters(void **state) {
  (void)state;
  const struct llm_message recorded[] = {{"user", "\u00e9\u00e9\u00e9\n 1"}},
                           asked[] = {{"user", "\u00e9\u00e9\u00e8\n 1"}};
  struct llm_request request = plain_request;
  request.n_messages = 1;
  request.messages = recorded;
  assert_int_equal(try_request(LLM_RECORD, "a", request), JOUST_OK);
  request.messages = asked;
  misses("a", request, "from character 3 on: recorded \"\u00e9\u00e9\u00e9\\n 1\", asked \"\u00e9\u00e9\u00e8\\n 1\"");
}

/* ---- damage ------------------------------------------------------------------------------------------------------ */

static void bears_a_line_that_was_cut(void **state) {
  (void)state;
  char first[3][MOST_ANSWER], again[3][MOST_ANSWER];
  size_t length;
  ask_times(LLM_RECORD, "a", 3, first);
  char *text = read_tape(&length), *last = text;
  for (int i = 0; i < 2; i++) last = strchr(last, '\n') + 1;
  for (size_t cut = (size_t)(last - text) + 1; cut < length; cut += 37) { /* kill -9 while the third was written */
    write_tape(text, cut);
    begin_test(NULL);
    struct llm_totals totals = ask_times(LLM_AUTO, "a", 3, again);
    assert_int_equal(totals.replayed, 2);
    assert_memory_equal(again[1], first[1], strlen(first[1]));
    assert_int_equal(chat_server.requests, 1);
    totals = ask_times(LLM_REPLAY, "a", 3, again);
    assert_int_equal(totals.replayed, 3);
  }
  free(text);
}

static void passes_over_what_is_no_exchange(void **state) {
  (void)state;
  char answers[2][MOST_ANSWER];
  size_t length;
  ask_times(LLM_RECORD, "a", 2, answers);
  char *text = read_tape(&length), *more = malloc(length + 1000);
  assert_non_null(more);
  int n =
      snprintf(more, length + 1000, "%s\n\n{}\n[1]\n{\"run\":\"a\"}\n{\"run\":7}\nnonsense\n%s", "# a comment", text);
  write_tape(more, (size_t)n);
  free(text);
  free(more);
  assert_int_equal(ask_times(LLM_REPLAY, "a", 2, answers).replayed, 2);
  assert_says(chat_log, "tape.jsonl:1: no whole exchange: passed over");
}

/* A cassette that went through other tools: spaces, keys in another order. */
static void reads_what_others_wrote(void **state) {
  (void)state;
  char answers[1][MOST_ANSWER];
  size_t length;
  ask_times(LLM_RECORD, "a", 1, answers);
  char *text = read_tape(&length);
  cJSON *line = cJSON_Parse(text);
  cJSON_AddItemToObject(line, "run", cJSON_DetachItemFromObject(line, "run"));
  char loose[8000];
  assert_true(cJSON_PrintPreallocated(line, loose, sizeof loose, 1));
  for (char *c = loose; *c; c++)
    if (*c == '\n' || *c == '\t') *c = ' ';
  cJSON_Delete(line);
  free(text);
  write_tape(loose, strlen(loose));
  assert_int_equal(ask_times(LLM_REPLAY, "a", 1, answers).replayed, 1);
}

static void tells_that_the_disk_is_full(void **state) {
  (void)state;
  if (access("/dev/full", W_OK) != 0) skip();
  struct llm_settings settings = tape(LLM_RECORD, "a");
  struct llm_reply reply;
  settings.cassette = "/dev/full";
  assert_int_equal(send_once(&settings, "", &reply), JOUST_EIO);
  assert_says(chat_error, "cannot write the cassette '/dev/full': No space left on device");
}

/* ---- several writers --------------------------------------------------------------------------------------------- */

enum { WRITERS = 6, EACH = 40, LONG = 30000 };

/* In a process of its own; lines are longer than what a pipe or a page takes in one piece. */
static int write_many(int writer) {
  struct llm_cassette *cassette;
  char run[16], request[LONG + 100];
  snprintf(run, sizeof run, "run %d", writer);
  if (llm_cassette_open(&cassette, chat_path("tape.jsonl"), run, LLM_RECORD, &chat_host) != JOUST_OK) return 1;
  for (int i = 0; i < EACH; i++) {
    int used = snprintf(request, sizeof request, "{\"n\":%d,\"text\":\"", i);
    memset(request + used, 'a' + writer, LONG);
    strcpy(request + used + LONG, "\"}");
    cJSON *members = cJSON_CreateObject();
    cJSON_AddArrayToObject(members, "responses");
    if (llm_cassette_add(cassette, request, members) != JOUST_OK) return 2;
    if (llm_cassette_next(cassette, request) != JOUST_OK) return 3;
  }
  llm_cassette_close(cassette);
  return 0;
}

static void several_processes_write_at_once(void **state) {
  (void)state;
  pid_t pids[WRITERS];
  for (int i = 0; i < WRITERS; i++)
    if ((pids[i] = fork()) == 0) _exit(write_many(i));
  for (int i = 0; i < WRITERS; i++) {
    int result;
    assert_int_equal(waitpid(pids[i], &result, 0), pids[i]);
    assert_int_equal(result, 0);
  }
  FILE *file = fopen(chat_path("tape.jsonl"), "r");
  char *line = NULL;
  size_t size = 0;
  ssize_t length;
  int n = 0;
  while ((length = getline(&line, &size, file)) > 0) {
    cJSON *json = cJSON_ParseWithLength(line, (size_t)length);
    assert_non_null(json);
    cJSON_Delete(json);
    n++;
  }
  assert_int_equal(n, WRITERS * EACH);
  free(line);
  fclose(file);
}

int main(void) {
#define CASE(test) cmocka_unit_test_setup(test, begin_tape)
  const struct CMUnitTest tests[] = {
      CASE(replays_what_it_recorded),
      CASE(runs_have_answers_of_their_own),
      CASE(asks_only_for_what_it_does_not_have),
      CASE(the_last_recording_counts),
      CASE(what_is_repeated_is_not_recorded_anew),
      CASE(without_its_key_only_the_cassette_is_asked),
      CASE(samples_are_one_exchange),
      CASE(a_recorded_error_is_the_same_error),
      CASE(answers_before_an_error_are_counted),
      CASE(a_key_that_is_echoed_is_not_kept),
      CASE(tells_what_differs),
      CASE(shows_texts_as_characters),
      CASE(bears_a_line_that_was_cut),
      CASE(passes_over_what_is_no_exchange),
      CASE(reads_what_others_wrote),
      CASE(tells_that_the_disk_is_full),
      CASE(several_processes_write_at_once),
  };
  return cmocka_run_group_tests_name("llm_cassette", tests, open_all, close_all);
}
