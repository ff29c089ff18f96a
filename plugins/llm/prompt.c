#include "prompt.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "decimal.h"
#include "fail.h"
#include "template.h"
#include "templates.h"
#include "words.h"

static const char *const files[N_PROMPTS] = {"system.txt",         "problem.txt",       "list.txt",
                                             "dialogue-first.txt", "dialogue-next.txt", "repair.txt"};

struct prompts {
  struct prompt_settings settings;
  const struct view *view;
  const struct results *results;
  char *own[N_PROMPTS];          /* the user's texts, or NULL */
  const char *source[N_PROMPTS]; /* in use */
  struct words words;            /* of the problem */
  char *problem;                 /* PROMPT_PROBLEM, filled in */
  char hash[SHA256_DIGEST_STRING_LENGTH];
};

/* ---- templates --------------------------------------------------------------------------------------------------- */

/* What a template may fill in; of these words.c makes the part that never changes. */
static const char *const more_names[] = {"problem",   "results", "news",       "number",  "design", "value",
                                         "failed",    "tried",   "stand_in",   "best",    "schema", "sorted",
                                         "duplicate", "refusal", "best_value", "feedback"};
enum { N_MORE = sizeof more_names / sizeof *more_names };

/* The file's text, which the caller frees; NULL if there is none, or if it cannot be read (*status is negative). */
static char *read_file(const char *path, const struct joust_host *host, joust_status *status) {
  struct llm_text text = {0};
  char buffer[4096];
  struct stat ignored;
  if (lstat(path, &ignored) < 0 && errno == ENOENT) return NULL;
  FILE *file = fopen(path, "rb");
  if (!file) {
    *status = llm_fail(host, JOUST_EIO, "%s: cannot be read: %s", path, strerror(errno));
    return NULL;
  }
  for (size_t n; (n = fread(buffer, 1, sizeof buffer, file)) > 0;) llm_text_add_bytes(&text, buffer, n);
  if (ferror(file))
    *status = llm_fail(host, JOUST_EIO, "%s: cannot be read: %s", path, strerror(errno));
  else if (text.failed)
    *status = JOUST_ENOMEM;
  else if (text.length && strlen(text.bytes) != text.length)
    *status = llm_fail(host, JOUST_EOPTION, "%s: expected a text, found a byte 0", path);
  else if (!text.length)
    llm_text_add_bytes(&text, "", 1);
  fclose(file);
  if (*status < 0) llm_text_free(&text);
  return text.bytes;
}

static joust_status check(const struct prompts *prompts, const char *path, const char *source,
                          const struct joust_host *host) {
  const char *names[N_MORE + WORDS_MOST];
  struct template_error error;
  size_t n = 0;
  for (size_t i = 0; i < N_MORE; i++) names[n++] = more_names[i];
  n += words_names(names + n);
  (void)prompts;
  if (template_check(source, names, n, &error) == 0) return JOUST_OK;
  return llm_fail(host, JOUST_EOPTION, "%s:%d: %s", path, error.line, error.message);
}

static joust_status load(struct prompts *prompts, const struct joust_host *host) {
  const char *folder = prompts->settings.folder;
  joust_status status = JOUST_OK;
  int found = 0;
  for (int i = 0; i < N_PROMPTS && status == JOUST_OK; i++) {
    struct llm_text path = {0};
    if (folder && *folder) {
      llm_text_addf(&path, "%s/%s", folder, files[i]);
      if (!path.failed) prompts->own[i] = read_file(path.bytes, host, &status);
    }
    prompts->source[i] = prompts->own[i] ? prompts->own[i] : llm_templates[i];
    found += prompts->own[i] != NULL;
    if (status == JOUST_OK)
      status = check(prompts, prompts->own[i] ? llm_text_string(&path) : files[i], prompts->source[i], host);
    llm_text_free(&path);
  }
  if (status == JOUST_OK && folder && *folder && !found)
    return llm_fail(host, JOUST_EIO,
                    "%s: has none of the files system.txt, problem.txt, list.txt, dialogue-first.txt, "
                    "dialogue-next.txt, repair.txt",
                    folder);
  return status;
}

static void hash_templates(struct prompts *prompts) {
  SHA2_CTX context;
  SHA256Init(&context);
  for (int i = 0; i < N_PROMPTS; i++)
    SHA256Update(&context, (const uint8_t *)prompts->source[i], strlen(prompts->source[i]) + 1);
  SHA256End(&context, prompts->hash);
}

joust_status prompts_make(struct prompts **out, const struct prompt_settings *settings, const struct view *view,
                          const struct results *results, const struct joust_host *host) {
  struct prompts *prompts = calloc(1, sizeof *prompts);
  *out = NULL;
  if (!prompts) return JOUST_ENOMEM;
  prompts->settings = *settings;
  prompts->view = view;
  prompts->results = results;
  joust_status status = load(prompts, host);
  if (status == JOUST_OK) status = words_make(&prompts->words, view, results->direction);
  if (status == JOUST_OK) {
    hash_templates(prompts);
    prompts->problem = prompt_text(prompts, PROMPT_PROBLEM, &(struct prompt_news){0});
    if (!prompts->problem) status = JOUST_ENOMEM;
  }
  if (status == JOUST_OK)
    *out = prompts;
  else
    prompts_free(prompts);
  return status;
}

void prompts_free(struct prompts *prompts) {
  if (!prompts) return;
  for (int i = 0; i < N_PROMPTS; i++) free(prompts->own[i]);
  words_free(&prompts->words);
  free(prompts->problem);
  free(prompts);
}

const char *prompts_hash(const struct prompts *prompts) {
  return prompts->hash;
}

/* ---- filling in -------------------------------------------------------------------------------------------------- */

/* The result with the best value told, or NULL. */
static const struct result *best_of(const struct results *results) {
  const struct result *best = NULL;
  for (uint32_t i = 0; i < results->n && results->feedback != FEEDBACK_NONE; i++) {
    const struct result *result = &results->items[i];
    if (!isnan(result->told) && (!best || results->direction * result->told < results->direction * best->told))
      best = result;
  }
  return best;
}

/* The result of a design, or NULL. */
static const struct result *result_of(const struct results *results, const double *x) {
  for (uint32_t i = 0; x && i < results->n; i++)
    if (memcmp(results->items[i].x, x, results->view->space.n_parameters * sizeof *x) == 0) return &results->items[i];
  return NULL;
}

static void add_value(const struct results *results, const struct result *result, struct llm_text *out) {
  char buffer[DECIMAL_SIZE];
  if (result && results->feedback != FEEDBACK_NONE && !isnan(result->told))
    llm_text_addf(out, "%s%s", decimal_round(buffer, result->told, results->decimals), results->unit);
}

struct filling { /* what changes from message to message */
  struct result_list results, news;
  struct llm_text best, best_value, duplicate, value;
};

static void free_filling(struct filling *filling) {
  result_list_free(&filling->results);
  result_list_free(&filling->news);
  llm_text_free(&filling->best);
  llm_text_free(&filling->best_value);
  llm_text_free(&filling->duplicate);
  llm_text_free(&filling->value);
}

static int fill(struct filling *filling, const struct prompts *prompts, const struct prompt_news *news) {
  const struct results *results = prompts->results;
  const struct result *best = best_of(results);
  if (results_list(&filling->results, results, 0, prompts->settings.best) < 0) return -1;
  if (results_list(&filling->news, results, news->first, 0) < 0) return -1;
  if (best) view_add_design(prompts->view, best->x, &filling->best);
  add_value(results, best, &filling->best_value);
  if (news->duplicate) view_add_design(prompts->view, news->duplicate, &filling->duplicate);
  add_value(results, result_of(results, news->duplicate), &filling->value);
  return filling->best.failed || filling->best_value.failed || filling->duplicate.failed || filling->value.failed ? -1
                                                                                                                  : 0;
}

static void trim_end(struct llm_text *text) {
  while (text->length && isspace((unsigned char)text->bytes[text->length - 1])) text->bytes[--text->length] = 0;
}

char *prompt_text(const struct prompts *prompts, enum prompt which, const struct prompt_news *news) {
  const struct prompt_settings *settings = &prompts->settings;
  struct filling filling = {0};
  struct llm_text out = {0};
  const char *yes = "yes";
  if (fill(&filling, prompts, news) == 0) {
    const struct binding mine[] = {
        {.name = "problem", .text = prompts->problem ? prompts->problem : ""},
        {.name = "results", .items = filling.results.items, .n_items = filling.results.n},
        {.name = "news", .items = filling.news.items, .n_items = filling.news.n},
        {.name = "tried", .text = filling.results.n ? yes : ""},
        {.name = "sorted", .text = settings->best && prompts->results->feedback != FEEDBACK_NONE ? yes : ""},
        {.name = "feedback", .text = prompts->results->feedback == FEEDBACK_NONE ? "" : yes},
        {.name = "schema", .text = settings->schema ? yes : ""},
        {.name = "best", .text = llm_text_string(&filling.best)},
        {.name = "best_value", .text = llm_text_string(&filling.best_value)},
        {.name = "duplicate", .text = llm_text_string(&filling.duplicate)},
        {.name = "value", .text = llm_text_string(&filling.value)},
        {.name = "refusal", .text = news->refusal ? news->refusal : ""},
    };
    struct binding all[sizeof mine / sizeof *mine + WORDS_MOST];
    size_t n = sizeof mine / sizeof *mine;
    memcpy(all, mine, sizeof mine);
    n += words_bind(&prompts->words, all + n);
    template_render(&out, prompts->source[which], &(struct scope){all, n});
    trim_end(&out);
    llm_text_add_bytes(&out, "", 0);
  }
  free_filling(&filling);
  if (out.failed || !out.bytes) llm_text_free(&out);
  return out.bytes;
}
