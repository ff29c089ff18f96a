#include "cassette.h"

#include <errno.h>
#include <fcntl.h>
#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "difference.h"
#include "fail.h"
#include "text.h"

typedef char hash[SHA256_DIGEST_STRING_LENGTH];

struct llm_cassette {
  const struct joust_host *host;
  char *path, *run;
  enum llm_mode mode;
  int fd;        /* to append to; -1 in LLM_REPLAY */
  cJSON **lines; /* n_lines: this run's, in the file's order */
  hash *asked;   /* n_asked: of the exchanges that are over */
  size_t n_lines, n_asked;
};

static const cJSON *item(const cJSON *object, const char *name) {
  return cJSON_GetObjectItemCaseSensitive(object, name);
}

static const char *string(const cJSON *object, const char *name) {
  const char *text = cJSON_GetStringValue(item(object, name));
  return text ? text : "";
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static int is_exchange(const cJSON *line) {
  return cJSON_IsString(item(line, "run")) && cJSON_IsString(item(line, "request_hash")) &&
         cJSON_IsNumber(item(line, "occurrence")) && cJSON_IsObject(item(line, "request")) &&
         (cJSON_IsArray(item(line, "responses")) || cJSON_IsObject(item(line, "error")));
}

/* What a line of this run begins with, as we write it: most lines of other runs need not be parsed. */
static char *make_prefix(const char *run) {
  struct llm_text prefix = {0};
  cJSON *text = cJSON_CreateString(run);
  char *quoted = text ? cJSON_PrintUnformatted(text) : NULL;
  llm_text_addf(&prefix, "{\"run\":%s,", quoted ? quoted : "");
  if (!quoted) prefix.failed = 1;
  cJSON_free(quoted);
  cJSON_Delete(text);
  if (!prefix.failed) return prefix.bytes;
  llm_text_free(&prefix);
  return NULL;
}

static int is_of_another_run(const char *line, const char *prefix) {
  return strncmp(line, "{\"run\":\"", 8) == 0 && strncmp(line, prefix, strlen(prefix)) != 0;
}

/* Calls `each` with every whole exchange, of this run only or of all; it owns the line. Stops at a negative status. */
static joust_status read_lines(const struct llm_cassette *cassette, int all,
                               joust_status (*each)(void *context, cJSON *line, size_t number), void *context) {
  FILE *file = fopen(cassette->path, "re");
  char *text = NULL, *prefix = make_prefix(cassette->run);
  size_t size = 0, number = 0;
  ssize_t length;
  joust_status status = prefix ? JOUST_OK : JOUST_ENOMEM;
  if (!file) {
    free(prefix);
    return llm_fail(cassette->host, JOUST_EIO, "cannot read the cassette '%s': %s", cassette->path, strerror(errno));
  }
  while (status == JOUST_OK && (length = getline(&text, &size, file)) > 0) {
    number++;
    if (!all && is_of_another_run(text, prefix)) continue;
    cJSON *line = cJSON_ParseWithLength(text, (size_t)length);
    if (is_exchange(line)) {
      status = each(context, line, number);
    } else {
      if (text[strspn(text, " \t\r\n")])
        llm_log(cassette->host, JOUST_LOG_INFO, "%s:%zu: no whole exchange: passed over", cassette->path, number);
      cJSON_Delete(line);
    }
  }
  if (ferror(file))
    status = llm_fail(cassette->host, JOUST_EIO, "cannot read the cassette '%s': %s", cassette->path, strerror(errno));
  fclose(file);
  free(text);
  free(prefix);
  return status;
}

static joust_status keep_line(void *context, cJSON *line, size_t number) {
  struct llm_cassette *cassette = context;
  (void)number;
  if (strcmp(string(line, "run"), cassette->run) != 0) {
    cJSON_Delete(line);
    return JOUST_OK;
  }
  cJSON **longer = realloc(cassette->lines, (cassette->n_lines + 1) * sizeof *longer);
  if (!longer) {
    cJSON_Delete(line);
    return JOUST_ENOMEM;
  }
  cassette->lines = longer;
  longer[cassette->n_lines++] = line;
  return JOUST_OK;
}

/* ---- opening ----------------------------------------------------------------------------------------------------- */

static joust_status open_file(struct llm_cassette *cassette) {
  if (cassette->mode != LLM_REPLAY) {
    cassette->fd = open(cassette->path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (cassette->fd < 0)
      return llm_fail(cassette->host, JOUST_EIO, "cannot write the cassette '%s': %s", cassette->path, strerror(errno));
  }
  return cassette->mode == LLM_RECORD ? JOUST_OK : read_lines(cassette, 0, keep_line, cassette);
}

joust_status llm_cassette_open(struct llm_cassette **out, const char *path, const char *run, enum llm_mode mode,
                               const struct joust_host *host) {
  struct llm_cassette *cassette = calloc(1, sizeof *cassette);
  *out = NULL;
  if (!cassette) return JOUST_ENOMEM;
  cassette->host = host;
  cassette->mode = mode;
  cassette->fd = -1;
  cassette->path = llm_copy(path);
  cassette->run = llm_copy(run);
  joust_status status = cassette->path && cassette->run ? open_file(cassette) : JOUST_ENOMEM;
  if (status == JOUST_OK)
    *out = cassette;
  else
    llm_cassette_close(cassette);
  return status;
}

void llm_cassette_close(struct llm_cassette *cassette) {
  if (!cassette) return;
  if (cassette->fd >= 0) close(cassette->fd);
  for (size_t i = 0; i < cassette->n_lines; i++) cJSON_Delete(cassette->lines[i]);
  free(cassette->lines);
  free(cassette->asked);
  free(cassette->path);
  free(cassette->run);
  free(cassette);
}

/* ---- finding ----------------------------------------------------------------------------------------------------- */

static void make_hash(hash out, const char *request) {
  SHA256Data((const uint8_t *)request, strlen(request), out);
}

static int occurrence_of(const struct llm_cassette *cassette, const hash wanted) {
  int n = 0;
  for (size_t i = 0; i < cassette->n_asked; i++) n += strcmp(cassette->asked[i], wanted) == 0;
  return n;
}

joust_status llm_cassette_find(struct llm_cassette *cassette, const char *request, const cJSON **found) {
  hash wanted;
  make_hash(wanted, request);
  int occurrence = occurrence_of(cassette, wanted);
  *found = NULL;
  for (size_t i = cassette->n_lines; i-- > 0 && !*found;) {
    const cJSON *line = cassette->lines[i];
    if (strcmp(string(line, "request_hash"), wanted) != 0) continue;
    if (cJSON_GetNumberValue(item(line, "occurrence")) != occurrence) continue;
    if (cassette->mode == LLM_AUTO && item(line, "error")) continue;
    *found = line;
  }
  return JOUST_OK;
}

joust_status llm_cassette_next(struct llm_cassette *cassette, const char *request) {
  hash *longer = realloc(cassette->asked, (cassette->n_asked + 1) * sizeof *longer);
  if (!longer) return JOUST_ENOMEM;
  cassette->asked = longer;
  make_hash(longer[cassette->n_asked++], request);
  return JOUST_OK;
}

/* ---- what is nearest --------------------------------------------------------------------------------------------- */

struct nearest {
  const struct llm_cassette *cassette;
  const char *request;
  cJSON *line;
  size_t likeness, number; /* the line's number in the file */
  int same_run;
};

static joust_status compare(void *context, cJSON *line, size_t number) {
  struct nearest *nearest = context;
  char *request = cJSON_PrintUnformatted(item(line, "request"));
  size_t likeness = request ? llm_likeness(request, nearest->request) : 0;
  int same_run = strcmp(string(line, "run"), nearest->cassette->run) == 0;
  cJSON_free(request);
  if (nearest->line && (likeness < nearest->likeness || (likeness == nearest->likeness && nearest->same_run))) {
    cJSON_Delete(line);
    return JOUST_OK;
  }
  cJSON_Delete(nearest->line);
  nearest->line = line;
  nearest->number = number;
  nearest->likeness = likeness;
  nearest->same_run = same_run;
  return JOUST_OK;
}

static void describe(struct llm_text *out, const struct nearest *nearest) {
  cJSON *asked = cJSON_Parse(nearest->request);
  llm_text_addf(out, "; nearest is line %zu", nearest->number);
  if (!nearest->same_run) llm_text_addf(out, ", of the run '%s'", string(nearest->line, "run"));
  llm_text_add(out, ": ");
  size_t named = out->length;
  llm_describe_difference(out, item(nearest->line, "request"), asked);
  if (out->length == named)
    llm_text_add(out, nearest->same_run ? "the same request, recorded less often" : "the same request");
  cJSON_Delete(asked);
}

joust_status llm_cassette_miss(const struct llm_cassette *cassette, const char *request) {
  struct nearest nearest = {.cassette = cassette, .request = request};
  struct llm_text message = {0};
  joust_status status = read_lines(cassette, 1, compare, &nearest);
  if (status == JOUST_OK) {
    llm_text_addf(&message, "the cassette '%s' has no answer to request %zu of the run '%s'", cassette->path,
                  cassette->n_asked + 1, cassette->run);
    if (nearest.line)
      describe(&message, &nearest);
    else
      llm_text_add(&message, ": it is empty");
    status = llm_fail(cassette->host, JOUST_EIO, "%s", llm_text_string(&message));
  }
  cJSON_Delete(nearest.line);
  llm_text_free(&message);
  return status;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static int write_all(int fd, const char *bytes, size_t length) {
  for (size_t done = 0; done < length;) {
    ssize_t n = write(fd, bytes + done, length - done);
    if (n < 0 && errno != EINTR) return -1;
    if (n > 0) done += (size_t)n;
  }
  return 0;
}

static int lock(int fd) {
  int code;
  do code = flock(fd, LOCK_EX);
  while (code < 0 && errno == EINTR);
  return code;
}

/* One line behind the last one; if that was cut, on a line of its own. One write, so that a reader that takes no lock
 * sees all of it or, after a crash, a beginning. */
static int append(int fd, struct llm_text *line) {
  struct stat status;
  char last = '\n';
  if (lock(fd) < 0) return -1;
  int code = fstat(fd, &status);
  if (code == 0 && status.st_size > 0 && pread(fd, &last, 1, status.st_size - 1) < 0) code = -1;
  if (code == 0)
    code = last == '\n' ? write_all(fd, line->bytes + 1, line->length - 1) : write_all(fd, line->bytes, line->length);
  int problem = errno;
  flock(fd, LOCK_UN);
  if (code == 0 && fdatasync(fd) < 0 && errno != EINVAL && errno != EROFS) return -1;
  errno = problem;
  return code;
}

/* "\n" + the line + "\n". */
static int print_line(struct llm_text *out, const struct llm_cassette *cassette, const char *request, cJSON *members) {
  hash key;
  make_hash(key, request);
  cJSON *line = cJSON_CreateObject(), *member;
  int ok = line && cJSON_AddStringToObject(line, "run", cassette->run) &&
           cJSON_AddStringToObject(line, "request_hash", key) &&
           cJSON_AddNumberToObject(line, "occurrence", occurrence_of(cassette, key)) &&
           cJSON_AddRawToObject(line, "request", request);
  while (ok && (member = members->child)) {
    cJSON_DetachItemViaPointer(members, member);
    char *name = llm_copy(member->string);
    ok = name && cJSON_AddItemToObject(line, name, member);
    if (!ok) cJSON_Delete(member);
    free(name);
  }
  char *text = ok ? cJSON_PrintUnformatted(line) : NULL;
  if (text) llm_text_addf(out, "\n%s\n", text);
  ok = text && !out->failed;
  cJSON_free(text);
  cJSON_Delete(line);
  return ok ? 0 : -1;
}

joust_status llm_cassette_add(struct llm_cassette *cassette, const char *request, cJSON *members) {
  struct llm_text line = {0};
  joust_status status = members && print_line(&line, cassette, request, members) == 0 ? JOUST_OK : JOUST_ENOMEM;
  cJSON_Delete(members);
  if (status == JOUST_OK && append(cassette->fd, &line) < 0)
    status = llm_fail(cassette->host, JOUST_EIO, "cannot write the cassette '%s': %s", cassette->path, strerror(errno));
  llm_text_free(&line);
  return status;
}
