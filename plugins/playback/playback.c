/* Proposes the points of a file, in their order, then is done: designs that were made elsewhere, evaluated here. See
 * README.md. */
#include <errno.h>
#include <joust/ext/usage.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lists.h"

enum { OPT_FILE, OPT_BESIDE, N_OPTIONS };

enum { MOST_BYTES = 100000000 }; /* of a file */

struct playback {
  const struct joust_host *host;
  uint32_t n_parameters;
  struct lists lists;
  const struct list *list; /* of this replicate; NULL: it has none */
  uint32_t next;
};

static joust_status fail(const struct joust_host *host, joust_status status, const char *what, const char *why) {
  char message[600];
  snprintf(message, sizeof message, "%s%s%s", what, *what ? ": " : "", why);
  host->set_error(host, message);
  return status;
}

/* The bytes of a file with a 0 behind them into *text, which the caller frees. */
static joust_status read_file(const struct joust_host *host, const char *path, char **text, size_t *length) {
  FILE *file = fopen(path, "rb");
  size_t capacity = 0, n = 0;
  if (!file) return fail(host, JOUST_EIO, path, strerror(errno));
  do {
    capacity = 2 * capacity + 65536;
    char *bytes = realloc(*text, capacity + 1);
    if (!bytes) break;
    *text = bytes;
    n += fread(*text + n, 1, capacity - n, file);
  } while (n == capacity && n < MOST_BYTES);
  int failed = ferror(file) != 0, whole = feof(file) != 0;
  fclose(file);
  if (failed) return fail(host, JOUST_EIO, path, "cannot be read");
  if (!whole) return fail(host, JOUST_EIO, path, "more than 100 million bytes");
  (*text)[n] = 0;
  *length = n;
  return JOUST_OK;
}

static int ends_in(const char *path, const char *end) {
  size_t n = strlen(path), m = strlen(end);
  return n >= m && strcmp(path + n - m, end) == 0;
}

/* The path that the options name; the caller frees. */
static joust_status find_path(const struct joust_host *host, const struct joust_problem_words *words,
                              const union joust_arg *args, char **path) {
  const char *file = args[OPT_FILE].s, *beside = args[OPT_BESIDE].s;
  if (!*file == !*beside)
    return fail(host, JOUST_EOPTION, "", "which points? expected one of the options file and beside");
  size_t size = strlen(words->folder) + strlen(beside) + strlen(file) + 2;
  *path = malloc(size);
  if (!*path) return JOUST_ENOMEM;
  if (*file)
    snprintf(*path, size, "%s", file);
  else
    snprintf(*path, size, "%s/%s", words->folder, beside);
  return JOUST_OK;
}

static joust_status read_lists(struct playback *playback, const struct joust_space *space,
                               const struct joust_problem_words *words, const union joust_arg *args) {
  char *path = NULL, *text = NULL;
  size_t length = 0;
  joust_status status = find_path(playback->host, words, args, &path);
  struct reading reading = {playback->host, space, words, path};
  if (status == JOUST_OK) status = read_file(playback->host, path, &text, &length);
  if (status == JOUST_OK)
    status = ends_in(path, ".csv") ? lists_read_csv(&playback->lists, &reading, text, length)
                                   : lists_read_json(&playback->lists, &reading, text, length);
  if (status == JOUST_OK && playback->lists.n == 0) status = fail(playback->host, JOUST_EOPTION, path, "has no points");
  free(path);
  free(text);
  return status;
}

static void destroy(void *self) {
  struct playback *playback = self;
  if (!playback) return;
  lists_free(&playback->lists);
  free(playback);
}

static joust_status create(const struct joust_host *host, const struct joust_space *space, const union joust_arg *args,
                           void **self) {
  const struct joust_problem_words *words = host->extension(host, JOUST_PROBLEM);
  const struct joust_usage_counters *usage = host->extension(host, JOUST_USAGE);
  if (!words) return fail(host, JOUST_EUNSUPPORTED, "", "the host does not describe its problems (" JOUST_PROBLEM ")");
  struct playback *playback = calloc(1, sizeof *playback);
  if (!playback) return JOUST_ENOMEM;
  playback->host = host;
  playback->n_parameters = space->n_parameters;
  joust_status status = read_lists(playback, space, words, args);
  if (status != JOUST_OK) {
    destroy(playback);
    return status;
  }
  if (words->replicate <= playback->lists.n) playback->list = &playback->lists.items[words->replicate - 1];
  if (usage && playback->lists.published) usage->set_text(host, "published", playback->lists.published);
  *self = playback;
  return JOUST_OK;
}

static joust_status ask(void *self, struct joust_ask *batch) {
  struct playback *playback = self;
  uint32_t n = playback->n_parameters;
  if (!playback->list || playback->next == playback->list->n) return JOUST_DONE;
  for (batch->n = 0; batch->n < batch->capacity && playback->next < playback->list->n; batch->n++) {
    const struct point *point = &playback->list->points[playback->next++];
    memcpy(batch->x + (size_t)batch->n * n, point->x, n * sizeof *point->x);
    if (JOUST_HAS(struct joust_ask, batch, mark) && batch->mark) batch->mark[batch->n] = point->mark;
  }
  return JOUST_OK;
}

static joust_status tell(void *self, const struct joust_tell *told) {
  (void)self;
  (void)told;
  return JOUST_OK;
}

static const struct joust_option options[N_OPTIONS] = {
    [OPT_FILE] = {.name = "file",
                  .help = "JSON or CSV file with the points, one list for each replicate",
                  .fallback = "",
                  .type = JOUST_OPT_FILE},
    [OPT_BESIDE] = {.name = "beside",
                    .help = "name of such a file in the folder of the problem file",
                    .fallback = "",
                    .type = JOUST_OPT_TEXT},
};

static const struct joust_optimiser optimiser = {.struct_size = sizeof optimiser,
                                                 .parameter_kinds = JOUST_ANY_KIND,
                                                 .n_options = N_OPTIONS,
                                                 .option_stride = sizeof options[0],
                                                 .id = "playback",
                                                 .version = "1.0",
                                                 .summary = "proposes the points of a file",
                                                 .licence = "MIT",
                                                 .options = options,
                                                 .create = create,
                                                 .ask = ask,
                                                 .tell = tell,
                                                 .destroy = destroy};

static const struct joust_optimiser *const optimisers[] = {&optimiser};

const struct joust_plugin joust_plugin_1 = {
    .struct_size = sizeof joust_plugin_1, .abi_minor = JOUST_ABI_MINOR, .n_optimisers = 1, .optimisers = optimisers};
