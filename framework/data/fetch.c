#include "data/fetch.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

enum { CONNECT_SECONDS = 30, SILENT_SECONDS = 60, MOST_REDIRECTS = 5 };

enum outcome { WHOLE, AGAIN, FAILED }; /* of one attempt; AGAIN: what was there is no use, begin at 0 */

struct transfer {
  const struct joust_fetch *fetch;
  const struct joust_source *source;
  struct joust_error *error;
  char *url, *shown; /* shown: without user and password */
  char *part;        /* path of the unfinished file */
  int fd;
  uint64_t done;   /* bytes in it */
  int write_errno; /* of a failed write, or 0 */
  bool longer;     /* more bytes came than the published file has */
  bool resumed;    /* this attempt began with bytes of an earlier one */
  char reason[CURL_ERROR_SIZE];
};

/* ---- where from -------------------------------------------------------------------------------------------------- */

static char *take(CURLU *url) {
  char *text = NULL, *copy;
  curl_url_get(url, CURLUPART_URL, &text, 0);
  copy = joust_copy(text ? text : "");
  curl_free(text);
  return copy;
}

static int set_folder(CURLU *url, const char *from, struct joust_error *error) {
  char *folder = realpath(from, NULL);
  if (!folder || !joust_folder_exists(folder)) {
    free(folder);
    return joust_fail(error, JOUST_MISSING,
                      "'%s' is no folder, nor a URL that begins with http://, https:// or file://", from);
  }
  curl_url_set(url, CURLUPART_SCHEME, "file", 0);
  curl_url_set(url, CURLUPART_PATH, folder, CURLU_URLENCODE);
  free(folder);
  return 0;
}

static void append_file(CURLU *url, const char *file) {
  char *path = NULL;
  curl_url_get(url, CURLUPART_PATH, &path, CURLU_URLDECODE);
  size_t length = path ? strlen(path) : 0;
  char *longer = joust_format("%s%s%s", path ? path : "", length && path[length - 1] == '/' ? "" : "/", file);
  curl_url_set(url, CURLUPART_PATH, longer, CURLU_URLENCODE);
  curl_free(path);
  free(longer);
}

static int find_url(struct transfer *transfer) {
  const char *from = transfer->fetch->from;
  CURLU *url = curl_url();
  int code = 0;
  if (!from)
    curl_url_set(url, CURLUPART_URL, transfer->source->url, 0);
  else if (!strstr(from, "://"))
    code = set_folder(url, from, transfer->error);
  else if (curl_url_set(url, CURLUPART_URL, from, 0) != CURLUE_OK)
    code = joust_fail(transfer->error, JOUST_BAD_INPUT, "'%s' is no URL: expected http://, https:// or file://", from);
  if (!code) {
    if (from) append_file(url, transfer->source->file);
    transfer->url = take(url);
    curl_url_set(url, CURLUPART_USER, NULL, 0);
    curl_url_set(url, CURLUPART_PASSWORD, NULL, 0);
    transfer->shown = take(url);
  }
  curl_url_cleanup(url);
  return code;
}

/* ---- one attempt ------------------------------------------------------------------------------------------------- */

static size_t on_bytes(char *bytes, size_t size, size_t count, void *context) {
  struct transfer *transfer = context;
  size_t length = size * count;
  transfer->longer = length > transfer->source->size - transfer->done;
  if (transfer->longer) return 0;
  for (size_t at = 0; at < length;) {
    ssize_t n = write(transfer->fd, bytes + at, length - at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      transfer->write_errno = errno;
      return 0;
    }
    at += (size_t)n;
    transfer->done += (uint64_t)n;
  }
  return length;
}

static int on_progress(void *context, curl_off_t total, curl_off_t now, curl_off_t up_total, curl_off_t up_now) {
  struct transfer *transfer = context;
  const struct joust_fetch *fetch = transfer->fetch;
  (void)total, (void)now, (void)up_total, (void)up_now;
  if (fetch->progress) fetch->progress(fetch->context, transfer->source, transfer->done);
  return fetch->stop && *fetch->stop;
}

static CURLcode perform(struct transfer *transfer, long *status) {
  CURL *curl = curl_easy_init();
  if (!curl) return CURLE_FAILED_INIT;
  curl_easy_setopt(curl, CURLOPT_URL, transfer->url);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https,file");
  curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(curl, CURLOPT_MAXREDIRS, (long)MOST_REDIRECTS);
  curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)SILENT_SECONDS);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "joust/" JOUST_VERSION);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, transfer->reason);
  curl_easy_setopt(curl, CURLOPT_RESUME_FROM_LARGE, (curl_off_t)transfer->done);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, transfer);
  CURLcode result = curl_easy_perform(curl);
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, status);
  curl_easy_cleanup(curl);
  return result;
}

static int fail_transfer(const struct transfer *transfer, CURLcode result, long status) {
  struct joust_error *error = transfer->error;
  const char *url = transfer->shown, *reason = *transfer->reason ? transfer->reason : curl_easy_strerror(result);
  unsigned long long done = transfer->done, size = transfer->source->size;
  if (transfer->write_errno) {
    errno = transfer->write_errno;
    return joust_fail_errno(error, JOUST_SYSTEM, "cannot write '%s'", transfer->part);
  }
  switch (result) {
  case CURLE_ABORTED_BY_CALLBACK:
    return joust_fail(error, JOUST_INTERRUPTED,
                      "interrupted after %llu of %llu bytes of %s; the same command goes on from there", done, size,
                      transfer->source->file);
  case CURLE_HTTP_RETURNED_ERROR:
    return joust_fail(error, status == 404 || status == 410 ? JOUST_MISSING : JOUST_SYSTEM,
                      "%s: the server answered with HTTP status %ld%s", url, status,
                      status == 404   ? " (not found)"
                      : status == 403 ? " (forbidden)"
                                      : "");
  case CURLE_FILE_COULDNT_READ_FILE: return joust_fail(error, JOUST_MISSING, "%s is not there", url);
  case CURLE_PARTIAL_FILE:
    return joust_fail(error, JOUST_SYSTEM,
                      "%s: the connection ended after %llu of %llu bytes; the same command goes on from there", url,
                      done, size);
  default:
    return joust_fail(error, JOUST_SYSTEM, "%s: %s%s", url, reason,
                      transfer->fetch->from ? "" : " (--from takes a mirror: a folder or a URL)");
  }
}

/* The published file has the pinned size and sum; anything else is another file and is not kept. */
static enum outcome check(struct transfer *transfer) {
  char found[JOUST_HASH_SIZE];
  const struct joust_source *source = transfer->source;
  if (transfer->longer)
    joust_fail(transfer->error, JOUST_BAD_INPUT, "%s gives more than the %llu bytes that the published file has",
               transfer->shown, (unsigned long long)source->size);
  else if (transfer->done < source->size)
    joust_fail(transfer->error, JOUST_BAD_INPUT, "%s has %llu bytes, the published file has %llu", transfer->shown,
               (unsigned long long)transfer->done, (unsigned long long)source->size);
  else if (joust_hash_file(found, transfer->part, transfer->error))
    return FAILED;
  else if (strcmp(found, source->sha256) == 0)
    return WHOLE;
  else
    joust_fail(transfer->error, JOUST_BAD_INPUT, "%s has the SHA-256 %s, the published file has %s", transfer->shown,
               found, source->sha256);
  if (transfer->resumed) return AGAIN;
  unlink(transfer->part);
  return FAILED;
}

static enum outcome attempt(struct transfer *transfer) {
  long status = 0;
  transfer->resumed = transfer->done > 0;
  transfer->longer = false;
  *transfer->reason = 0;
  if (transfer->done == transfer->source->size) return check(transfer);
  CURLcode result = perform(transfer, &status);
  if (transfer->resumed && (result == CURLE_RANGE_ERROR || result == CURLE_BAD_DOWNLOAD_RESUME || status == 416))
    return AGAIN;
  if (result == CURLE_OK || transfer->longer) return check(transfer);
  fail_transfer(transfer, result, status);
  return FAILED;
}

/* ---- one file ---------------------------------------------------------------------------------------------------- */

/* Opens the unfinished file behind the bytes that it holds; only one process at a time may. */
static int open_part(struct transfer *transfer) {
  struct stat status;
  transfer->fd = open(transfer->part, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (transfer->fd < 0 || fstat(transfer->fd, &status) < 0)
    return joust_fail_errno(transfer->error, JOUST_SYSTEM, "cannot write '%s'", transfer->part);
  if (flock(transfer->fd, LOCK_EX | LOCK_NB) < 0) {
    close(transfer->fd); /* and leave the file alone */
    transfer->fd = -1;
    return joust_fail(transfer->error, JOUST_SYSTEM, "another process is fetching '%s'", transfer->part);
  }
  transfer->done = (uint64_t)status.st_size;
  return 0;
}

static int begin_again(struct transfer *transfer) {
  transfer->done = 0;
  if (ftruncate(transfer->fd, 0) == 0) return 0;
  return joust_fail_errno(transfer->error, JOUST_SYSTEM, "cannot write '%s'", transfer->part);
}

static int load(struct transfer *transfer) {
  int code = open_part(transfer);
  if (code) return code;
  if (transfer->done > transfer->source->size && (code = begin_again(transfer))) return code;
  enum outcome outcome = attempt(transfer);
  if (outcome == AGAIN) {
    if ((code = begin_again(transfer))) return code;
    outcome = attempt(transfer);
  }
  return outcome == WHOLE ? 0 : transfer->error->code;
}

static int keep(const struct transfer *transfer, const char *path) {
  if (fsync(transfer->fd) == 0 && rename(transfer->part, path) == 0) return 0;
  return joust_fail_errno(transfer->error, JOUST_SYSTEM, "cannot write '%s'", path);
}

static bool is_there(const char *path, const struct joust_source *source) {
  char found[JOUST_HASH_SIZE];
  struct joust_error ignored;
  return joust_file_exists(path) && joust_hash_file(found, path, &ignored) == 0 && strcmp(found, source->sha256) == 0;
}

static int load_to(const char *path, const struct joust_fetch *fetch, const struct joust_source *source,
                   struct joust_error *error) {
  struct transfer transfer = {.fetch = fetch, .source = source, .error = error, .fd = -1};
  transfer.part = joust_format("%s.part", path);
  int code = find_url(&transfer);
  if (!code) code = load(&transfer);
  if (!code) code = keep(&transfer, path);
  if (!code && fetch->progress) fetch->progress(fetch->context, source, source->size);
  if (code && transfer.fd >= 0 && transfer.done == 0) unlink(transfer.part);
  if (transfer.fd >= 0) close(transfer.fd);
  free(transfer.part);
  free(transfer.url);
  free(transfer.shown);
  return code;
}

int joust_fetch_file(char **path, const struct joust_fetch *fetch, const struct joust_source *source,
                     struct joust_error *error) {
  char *data = joust_data_folder(), *folder = joust_format("%s/downloads", data);
  *path = joust_format("%s/%s", folder, source->file);
  int code = joust_folder_make(folder, error);
  if (!code && !is_there(*path, source)) code = load_to(*path, fetch, source, error);
  free(data);
  free(folder);
  if (!code) return 0;
  free(*path);
  *path = NULL;
  return code;
}

/* ---- sets -------------------------------------------------------------------------------------------------------- */

static bool is_in(const struct joust_source *source, const char *set) {
  return source->url && (strcmp(set, "all") == 0 || strcmp(set, source->set) == 0);
}

static int fail_unknown(const char *name, struct joust_error *error) {
  struct joust_text list = {0};
  const char *last = "";
  for (size_t i = 0; i < joust_n_sources; i++) {
    if (!joust_sources[i].url || strcmp(joust_sources[i].set, last) == 0) continue;
    last = joust_sources[i].set;
    joust_text_addf(&list, "%s, ", last);
  }
  joust_fail(error, JOUST_BAD_INPUT, "'%s' is nothing to fetch: expected %sor all", name, joust_text_string(&list));
  joust_text_free(&list);
  return error->code;
}

int joust_fetch_set(const struct joust_fetch *fetch, const char *name, struct joust_error *error) {
  size_t n = 0;
  int code = 0;
  if (curl_global_init(CURL_GLOBAL_DEFAULT)) return joust_fail(error, JOUST_SYSTEM, "libcurl does not start");
  for (size_t i = 0; i < joust_n_sources && !code; i++) {
    if (!is_in(&joust_sources[i], name)) continue;
    char *path;
    n++;
    code = joust_fetch_file(&path, fetch, &joust_sources[i], error);
    if (!code) code = joust_import_path(path, fetch->report, fetch->context, error);
    free(path);
  }
  curl_global_cleanup();
  return n ? code : fail_unknown(name, error);
}
