/* Fetching against a server of its own: ranges, damage on the way, and what is left behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <microhttpd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/memory.h"
#include "data/fetch.h"
#include "data_fixture.h"

enum { SIZE = 300000, CUT = 100000 };

enum manner { RANGES, NO_RANGES, CUT_OFF, LONGER, SHORTER, OTHER, ABSENT, BROKEN, MOVED };

static struct server {
  struct MHD_Daemon *daemon;
  unsigned port;
  enum manner manner;
  int requests;
  long long asked_from; /* of the last request: where its range began, or -1 */
} server;

static char content[SIZE + 1000], sum[JOUST_HASH_SIZE];
static struct joust_source source = {.set = "test", .file = "a file.json", .size = SIZE, .sha256 = sum, .table = "t"};

/* ---- the server -------------------------------------------------------------------------------------------------- */

static ssize_t read_cut(void *context, uint64_t at, char *buffer, size_t most) {
  (void)context;
  if (at >= CUT) return MHD_CONTENT_READER_END_WITH_ERROR;
  size_t n = CUT - at < most ? (size_t)(CUT - at) : most;
  memcpy(buffer, content + at, n);
  return (ssize_t)n;
}

static struct MHD_Response *make_body(unsigned *status) {
  char *bytes = content;
  size_t length = SIZE;
  long long from = server.asked_from < 0 ? 0 : server.asked_from;
  char range[100];
  *status = MHD_HTTP_OK;
  switch (server.manner) {
  case CUT_OFF: return MHD_create_response_from_callback(SIZE, 4096, read_cut, NULL, NULL);
  case LONGER: length = SIZE + 1000; break;
  case SHORTER: length = CUT; break;
  case OTHER: bytes = content + 1; break;
  case RANGES:
    if (server.asked_from < 0) break;
    *status = MHD_HTTP_PARTIAL_CONTENT;
    bytes += from;
    length -= (size_t)from;
    break;
  default: break;
  }
  struct MHD_Response *response = MHD_create_response_from_buffer(length, bytes, MHD_RESPMEM_PERSISTENT);
  snprintf(range, sizeof range, "bytes %lld-%d/%d", from, SIZE - 1, SIZE);
  if (*status == MHD_HTTP_PARTIAL_CONTENT) MHD_add_response_header(response, "Content-Range", range);
  return response;
}

static struct MHD_Response *make_response(const char *path, unsigned *status) {
  struct MHD_Response *response = MHD_create_response_from_buffer(0, content, MHD_RESPMEM_PERSISTENT);
  if (strcmp(path, "/mirror/a file.json") != 0 || server.manner == ABSENT) {
    *status = MHD_HTTP_NOT_FOUND;
  } else if (server.manner == BROKEN) {
    *status = MHD_HTTP_SERVICE_UNAVAILABLE;
  } else if (server.manner == MOVED) {
    *status = MHD_HTTP_FOUND;
    server.manner = RANGES;
    MHD_add_response_header(response, "Location", "/mirror/a%20file.json");
  } else {
    MHD_destroy_response(response);
    response = make_body(status);
  }
  return response;
}

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *path, const char *method,
                              const char *version, const char *upload, size_t *upload_size, void **request) {
  (void)context, (void)method, (void)version, (void)upload, (void)upload_size, (void)request;
  const char *range = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Range");
  unsigned status;
  server.requests++;
  server.asked_from = range && strncmp(range, "bytes=", 6) == 0 ? strtoll(range + 6, NULL, 10) : -1;
  struct MHD_Response *response = make_response(path, &status);
  enum MHD_Result result = MHD_queue_response(connection, status, response);
  MHD_destroy_response(response);
  return result;
}

static int start(void **state) {
  for (int i = 0; i < SIZE + 1000; i++) content[i] = (char)((i * 31 + i / 251) & 0xff);
  joust_hash(sum, content, SIZE);
  setenv("no_proxy", "*", 1);
  server.daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, answer, NULL, MHD_OPTION_END);
  if (!server.daemon) return -1;
  server.port = MHD_get_daemon_info(server.daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
  return make_data_folder(state);
}

static int stop(void **state) {
  MHD_stop_daemon(server.daemon);
  return remove_data_folder(state);
}

/* ---- fetching ---------------------------------------------------------------------------------------------------- */

static char *file, *part;
static struct joust_error failure;

static int forget_files(void **state) {
  (void)state;
  free(file);
  free(part);
  file = joust_format("%s/downloads/%s", data_folder, source.file);
  part = joust_format("%s.part", file);
  unlink(file);
  unlink(part);
  server.requests = 0;
  *failure.message = 0;
  return joust_folder_make(in_data_folder("downloads"), &failure);
}

static int free_names(void **state) {
  (void)state;
  free(file);
  free(part);
  file = part = NULL;
  return 0;
}

static void put_part(const char *bytes, size_t length) {
  assert_int_equal(joust_file_write(part, bytes, length, &failure), 0);
}

static int fetch_as(const struct joust_fetch *fetch) {
  char *path = NULL;
  int code = joust_fetch_file(&path, fetch, &source, &failure);
  if (code == 0) assert_string_equal(path, file);
  free(path);
  return code;
}

static int fetch(enum manner manner) {
  char *url = joust_format("http://user:secret@127.0.0.1:%u/mirror", server.port);
  server.manner = manner;
  int code = fetch_as(&(struct joust_fetch){.from = url});
  free(url);
  assert_null(strstr(failure.message, "secret"));
  return code;
}

static void assert_says(const char *expected) {
  if (!strstr(failure.message, expected)) fail_msg("'%s' does not say '%s'", failure.message, expected);
}

static void assert_whole(void) {
  char found[JOUST_HASH_SIZE];
  assert_int_equal(joust_hash_file(found, file, &failure), 0);
  assert_string_equal(found, sum);
  assert_false(joust_file_exists(part));
}

static void assert_nothing(void) {
  assert_false(joust_file_exists(file));
  assert_false(joust_file_exists(part));
}

static void fetches_once(void **state) {
  (void)state;
  assert_int_equal(fetch(RANGES), 0);
  assert_whole();
  assert_int_equal(server.asked_from, -1);
  assert_int_equal(fetch(BROKEN), 0); /* it is there: no request */
  assert_int_equal(server.requests, 1);
}

static void replaces_a_damaged_file(void **state) {
  (void)state;
  assert_int_equal(joust_file_write(file, content, SIZE - 1, &failure), 0);
  assert_int_equal(fetch(RANGES), 0);
  assert_whole();
}

static void resumes_where_it_was_cut(void **state) {
  (void)state;
  char *bytes;
  size_t length;
  assert_int_equal(fetch(CUT_OFF), JOUST_SYSTEM);
  assert_says("the connection ended after");
  assert_false(joust_file_exists(file));
  assert_int_equal(joust_file_read(&bytes, &length, part, &failure), 0);
  free(bytes);
  assert_in_range(length, 1, CUT);
  assert_int_equal(fetch(RANGES), 0);
  assert_int_equal(server.asked_from, length);
  assert_int_equal(server.requests, 2);
  assert_whole();
}

static void begins_again_without_ranges(void **state) {
  (void)state;
  put_part(content, CUT);
  assert_int_equal(fetch(NO_RANGES), 0);
  assert_int_equal(server.requests, 2); /* the server did not go on, so the second one asks for everything */
  assert_int_equal(server.asked_from, -1);
  assert_whole();
}

static void begins_again_after_a_wrong_part(void **state) {
  (void)state;
  put_part(content + 1, CUT);
  assert_int_equal(fetch(RANGES), 0);
  assert_int_equal(server.requests, 2);
  assert_whole();
  forget_files(NULL);
  put_part(content + 1, SIZE); /* as long as the whole */
  assert_int_equal(fetch(RANGES), 0);
  assert_whole();
  forget_files(NULL);
  put_part(content, SIZE + 5);
  assert_int_equal(fetch(RANGES), 0);
  assert_int_equal(server.asked_from, -1);
  assert_whole();
}

static void a_whole_part_needs_no_network(void **state) {
  (void)state;
  put_part(content, SIZE);
  assert_int_equal(fetch(RANGES), 0);
  assert_int_equal(server.requests, 0);
  assert_whole();
}

static void keeps_no_other_file(void **state) {
  (void)state;
  char other[JOUST_HASH_SIZE];
  joust_hash(other, content + 1, SIZE);
  assert_int_equal(fetch(OTHER), JOUST_BAD_INPUT);
  assert_says(other);
  assert_says(sum);
  assert_nothing();
  assert_int_equal(fetch(LONGER), JOUST_BAD_INPUT);
  assert_says("gives more than the 300000 bytes");
  assert_nothing();
  assert_int_equal(fetch(SHORTER), JOUST_BAD_INPUT);
  assert_says("has 100000 bytes, the published file has 300000");
  assert_nothing();
}

static void tells_what_the_server_said(void **state) {
  (void)state;
  assert_int_equal(fetch(ABSENT), JOUST_MISSING);
  assert_says("HTTP status 404 (not found)");
  assert_says("/mirror/a%20file.json");
  assert_nothing();
  put_part(content, CUT);
  assert_int_equal(fetch(BROKEN), JOUST_SYSTEM);
  assert_says("HTTP status 503");
  assert_true(joust_file_exists(part)); /* it may go on later */
}

static void follows_a_redirect(void **state) {
  (void)state;
  assert_int_equal(fetch(MOVED), 0);
  assert_int_equal(server.requests, 2);
  assert_whole();
}

static void tells_that_nobody_answers(void **state) {
  (void)state;
  struct MHD_Daemon *other =
      MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, answer, NULL, MHD_OPTION_END);
  char *url = joust_format("http://127.0.0.1:%u", MHD_get_daemon_info(other, MHD_DAEMON_INFO_BIND_PORT)->port);
  MHD_stop_daemon(other); /* so that the port is closed */
  assert_int_equal(fetch_as(&(struct joust_fetch){.from = url}), JOUST_SYSTEM);
  assert_says("connect");
  assert_nothing();
  free(url);
}

static void stops_when_asked(void **state) {
  (void)state;
  const volatile sig_atomic_t now = 1;
  char *url = joust_format("http://127.0.0.1:%u/mirror", server.port);
  server.manner = RANGES;
  put_part(content, CUT);
  assert_int_equal(fetch_as(&(struct joust_fetch){.from = url, .stop = &now}), JOUST_INTERRUPTED);
  assert_says("interrupted after 100000 of 300000 bytes");
  assert_true(joust_file_exists(part));
  free(url);
}

static void tells_that_the_disk_is_full(void **state) {
  (void)state;
  if (!joust_file_exists("/dev/full")) skip();
  assert_int_equal(symlink("/dev/full", part), 0);
  assert_int_equal(fetch(RANGES), JOUST_SYSTEM);
  assert_says("No space left on device");
  assert_says(".part");
  assert_false(joust_file_exists(file));
}

struct seen {
  uint64_t last;
  int calls;
};

static void count(void *context, const struct joust_source *which, uint64_t done) {
  struct seen *seen = context;
  assert_ptr_equal(which, &source);
  assert_true(done >= seen->last && done <= SIZE);
  seen->last = done;
  seen->calls++;
}

static void takes_a_folder_as_mirror(void **state) {
  (void)state;
  struct seen seen = {0};
  const char *mirror = in_data_folder("a mirror#1");
  assert_int_equal(joust_folder_make(mirror, &failure), 0);
  assert_int_equal(fetch_as(&(struct joust_fetch){.from = mirror}), JOUST_MISSING);
  assert_says("a%20file.json is not there");
  char *path = joust_path_join(mirror, source.file);
  assert_int_equal(joust_file_write(path, content, SIZE, &failure), 0);
  free(path);
  put_part(content, CUT);
  assert_int_equal(fetch_as(&(struct joust_fetch){.from = mirror, .progress = count, .context = &seen}), 0);
  assert_whole();
  assert_int_equal(seen.last, SIZE);
  assert_int_equal(fetch_as(&(struct joust_fetch){.from = mirror}), 0);
  unlink(file);
  assert_int_equal(fetch_as(&(struct joust_fetch){.from = in_data_folder("nowhere")}), JOUST_MISSING);
  assert_says("is no folder, nor a URL");
  assert_int_equal(fetch_as(&(struct joust_fetch){.from = "gopher://host/"}), JOUST_SYSTEM);
  assert_int_equal(fetch_as(&(struct joust_fetch){.from = "http://["}), JOUST_BAD_INPUT);
  assert_says("is no URL");
}

static void names_the_sets(void **state) {
  (void)state;
  assert_int_equal(joust_fetch_set(&(struct joust_fetch){0}, "nasbench", &failure), JOUST_BAD_INPUT);
  assert_says("expected nasbench201, nasbench-macro, channel-bench, or all");
}

int main(void) {
#define CASE(test) cmocka_unit_test_setup(test, forget_files)
  const struct CMUnitTest tests[] = {
      CASE(fetches_once),
      CASE(replaces_a_damaged_file),
      CASE(resumes_where_it_was_cut),
      CASE(begins_again_without_ranges),
      CASE(begins_again_after_a_wrong_part),
      CASE(a_whole_part_needs_no_network),
      CASE(keeps_no_other_file),
      CASE(tells_what_the_server_said),
      CASE(follows_a_redirect),
      CASE(tells_that_nobody_answers),
      CASE(stops_when_asked),
      CASE(tells_that_the_disk_is_full),
      CASE(takes_a_folder_as_mirror),
      cmocka_unit_test_setup_teardown(names_the_sets, forget_files, free_names),
  };
  return cmocka_run_group_tests_name("data_fetch", tests, start, stop);
}
