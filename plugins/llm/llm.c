/* An optimiser that asks a large language model for designs, after "Can GPT-4 Perform Neural Architecture Search?" (M.
 * Zheng et al., arXiv 2304.10970). See README.md. */
#include <joust/ext/problem.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "schema.h"
#include "step.h"

enum {
  OPT_MODEL,
  OPT_URL,
  OPT_KEY,
  OPT_PROTOCOL,
  OPT_TEMPERATURE,
  OPT_CASSETTE,
  OPT_MODE,
  OPT_PRESENTATION,
  OPT_FEEDBACK,
  OPT_HISTORY,
  OPT_SAMPLES,
  OPT_SCHEMA,
  OPT_REPAIRS,
  OPT_TURNS,
  OPT_ANSWER_TOKENS,
  OPT_PROMPTS,
  OPT_PRICES,
  OPT_MOST_TOKENS,
  OPT_MOST_MONEY,
  OPT_REQUEST_SECONDS,
  OPT_TOTAL_SECONDS,
  OPT_RETRIES,
  N_OPTIONS
};

#define INT_OPTION(name_, fallback_, lower_, upper_, help_)                                                            \
  { .name = name_, .type = JOUST_OPT_INT, .fallback = fallback_, .lower = lower_, .upper = upper_, .help = help_ }
#define REAL_OPTION(name_, fallback_, lower_, upper_, help_)                                                           \
  { .name = name_, .type = JOUST_OPT_REAL, .fallback = fallback_, .lower = lower_, .upper = upper_, .help = help_ }
#define TEXT_OPTION(name_, fallback_, help_)                                                                           \
  { .name = name_, .type = JOUST_OPT_TEXT, .fallback = fallback_, .help = help_ }
#define FILE_OPTION(name_, fallback_, help_)                                                                           \
  { .name = name_, .type = JOUST_OPT_FILE, .fallback = fallback_, .help = help_ }
#define CHOICE_OPTION(name_, choices_, help_)                                                                          \
  {                                                                                                                    \
    .name = name_, .type = JOUST_OPT_CHOICE, .fallback = choices_##_default, .choices = choices_,                      \
    .n_choices = sizeof choices_ / sizeof *choices_, .help = help_                                                     \
  }

static const char *const protocols[] = {"genius-list", "genius-dialogue"}, protocols_default[] = "genius-list";
static const char *const modes[] = {"auto", "record", "replay", "live"}, modes_default[] = "auto";
static const char *const presentations[] = {"named", "anonymous", "permuted"}, presentations_default[] = "named";
static const char *const feedbacks[] = {"true", "none", "shuffled"}, feedbacks_default[] = "true";

static const struct joust_option options[N_OPTIONS] = {
    [OPT_MODEL] = TEXT_OPTION("model", NULL, "the model, as the server calls it"),
    [OPT_URL] = TEXT_OPTION("url", "",
                            "address of an OpenAI-compatible server, e.g. http://127.0.0.1:8080/v1; else "
                            "$OPENAI_BASE_URL, else that of OpenAI"),
    [OPT_KEY] = {.name = "key-variable",
                 .type = JOUST_OPT_SECRET,
                 .fallback = "",
                 .help =
                     "environment variable that holds the key; if it is not set, only the cassette is asked. Without: "
                     "OPENAI_API_KEY; not set either: no key is sent"},
    [OPT_PROTOCOL] = CHOICE_OPTION("protocol", protocols,
                                   "genius-list: a fresh conversation with all results each step; genius-dialogue: one "
                                   "conversation that grows, with reasoning"),
    [OPT_TEMPERATURE] = REAL_OPTION("temperature", "0", 0, 10, "of the model's sampling"),
    [OPT_CASSETTE] =
        FILE_OPTION("cassette", "", "file that keeps every exchange, for replaying a run without the server"),
    [OPT_MODE] = CHOICE_OPTION("mode", modes,
                               "auto: replay what the cassette has, ask for the rest; record: ask for everything; "
                               "replay: never ask, what is missing is an error; live: no cassette"),
    [OPT_PRESENTATION] =
        CHOICE_OPTION("presentation", presentations,
                      "named: the problem as it is; anonymous: X1, X2, ... with opaque labels, no task; "
                      "permuted: labels shuffled against what they do"),
    [OPT_FEEDBACK] = CHOICE_OPTION("feedback", feedbacks,
                                   "true: results as measured; none: only what was tried; shuffled: results of other "
                                   "designs"),
    [OPT_HISTORY] = INT_OPTION("history", "0", 0, 1e6,
                               "results in a genius-list message: the best so many, from worst to best; 0: all, in the "
                               "order of evaluation"),
    [OPT_SAMPLES] =
        INT_OPTION("samples", "1", 1, 128,
                   "answers per step of genius-list; all that are new designs are evaluated before the next"),
    [OPT_SCHEMA] = {.name = "schema",
                    .type = JOUST_OPT_BOOL,
                    .fallback = "false",
                    .help = "ask for JSON by a schema, where the server has that"},
    [OPT_REPAIRS] = INT_OPTION("repairs", "2", 0, 20,
                               "turns in a step that ask again for a usable design; then a random one is evaluated"),
    [OPT_TURNS] = INT_OPTION("turns", "0", 0, 1e6,
                             "exchanges of a dialogue that are sent beside the first, for small contexts; 0: all"),
    [OPT_ANSWER_TOKENS] =
        INT_OPTION("answer-tokens", "1024", 0, 1e6, "most tokens of an answer; 0: the server's limit"),
    [OPT_PROMPTS] = FILE_OPTION("prompts", "", "folder with templates that replace those of the plugin"),
    [OPT_PRICES] = FILE_OPTION("prices", "", "JSON file with the prices of tokens; without it money is not counted"),
    [OPT_MOST_TOKENS] = INT_OPTION("most-tokens", "0", 0, 1e15, "tokens after which a run is done; 0: no limit"),
    [OPT_MOST_MONEY] = REAL_OPTION("most-money", "0", 0, 1e9, "money after which a run is done; 0: no limit"),
    [OPT_REQUEST_SECONDS] = REAL_OPTION("request-seconds", "300", 0.001, 1e6, "time limit of one request"),
    [OPT_TOTAL_SECONDS] = REAL_OPTION("total-seconds", "900", 0.001, 1e6, "time limit of one request with its retries"),
    [OPT_RETRIES] = INT_OPTION("retries", "8", 0, 1000, "repetitions of a request that failed for a passing reason"),
};

struct llm {
  struct view view;
  struct results results;
  struct prompts *prompts;
  struct joust_seen seen;
  struct llm_chat *chat;
  char *schema;
  struct counts counts;
  struct asking asking;
  const struct joust_problem_words *words; /* NULL: the host has none */
  uint64_t first_id;                       /* trial of the model's first proposal; 0: none yet */
};

/* ---- making ------------------------------------------------------------------------------------------------------ */

static joust_status check(const struct joust_host *host, const union joust_arg *args) {
  if (args[OPT_PROTOCOL].i == PROTOCOL_DIALOGUE && args[OPT_SAMPLES].i > 1)
    return llm_fail(host, JOUST_EOPTION, "samples is %d: a dialogue has one answer a step; expected 1, or genius-list",
                    (int)args[OPT_SAMPLES].i);
  if (args[OPT_PROTOCOL].i == PROTOCOL_DIALOGUE && args[OPT_HISTORY].i)
    return llm_fail(host, JOUST_EOPTION, "history belongs to genius-list: a dialogue has its results in its turns");
  if (args[OPT_PROTOCOL].i == PROTOCOL_LIST && args[OPT_TURNS].i)
    return llm_fail(host, JOUST_EOPTION, "turns belongs to genius-dialogue: genius-list begins anew each step");
  return JOUST_OK;
}

static uint64_t repeated_of(const struct joust_problem_words *words) {
  return words && JOUST_HAS(struct joust_problem_words, words, repeated) ? words->repeated : 0;
}

static joust_status open_chat(struct llm *llm, const struct joust_host *host, const union joust_arg *args) {
  const struct joust_problem_words *words = llm->words;
  struct llm_text run = {0};
  llm_text_addf(&run, "%s, %s, replicate %u", words ? words->label : "", words ? words->optimiser : "",
                words ? words->replicate : 0);
  enum llm_mode mode = (enum llm_mode)args[OPT_MODE].i;
  if (mode == LLM_AUTO && !*args[OPT_CASSETTE].s) mode = LLM_LIVE;
  struct llm_settings settings = {.model = args[OPT_MODEL].s,
                                  .url = args[OPT_URL].s,
                                  .key = args[OPT_KEY].s,
                                  .key_missing = !args[OPT_KEY].s,
                                  .mode = mode,
                                  .cassette = args[OPT_CASSETTE].s,
                                  .run = llm_text_string(&run),
                                  .repeats = repeated_of(words) > 0,
                                  .prices = args[OPT_PRICES].s,
                                  .most_money = args[OPT_MOST_MONEY].r,
                                  .most_tokens = args[OPT_MOST_TOKENS].i,
                                  .request_seconds = args[OPT_REQUEST_SECONDS].r,
                                  .total_seconds = args[OPT_TOTAL_SECONDS].r,
                                  .most_retries = (int32_t)args[OPT_RETRIES].i};
  joust_status status = run.failed ? JOUST_ENOMEM : llm_chat_open(&llm->chat, &settings, host);
  llm_text_free(&run);
  return status;
}

/* Values are told with two decimals in a list and with three in a dialogue, as the paper did with percentages; with
 * more where the problem shows more. */
static void set_up_results(struct llm *llm, const struct joust_host *host, const union joust_arg *args) {
  const struct joust_problem_words *words = llm->words;
  int decimals = args[OPT_PROTOCOL].i == PROTOCOL_LIST ? 2 : 3;
  llm->results = (struct results){.view = &llm->view,
                                  .host = host,
                                  .feedback = (enum feedback)args[OPT_FEEDBACK].i,
                                  .direction = words ? words->direction : 1,
                                  .decimals = words && words->decimals > decimals ? words->decimals : decimals,
                                  .unit = llm->view.words ? llm->view.words->unit : ""};
}

static joust_status set_up(struct llm *llm, const struct joust_host *host, const struct joust_space *space,
                           const union joust_arg *args) {
  int dialogue = args[OPT_PROTOCOL].i == PROTOCOL_DIALOGUE;
  struct prompt_settings prompts = {
      .folder = args[OPT_PROMPTS].s, .schema = (int)args[OPT_SCHEMA].i, .best = (uint32_t)args[OPT_HISTORY].i};
  joust_status status = check(host, args);
  llm->words = host->extension(host, JOUST_PROBLEM);
  llm->counts.first_value = NAN;
  if (status == JOUST_OK)
    status = view_make(&llm->view, (enum presentation)args[OPT_PRESENTATION].i, space, llm->words, host);
  if (status != JOUST_OK) return status;
  set_up_results(llm, host, args);
  status = prompts_make(&llm->prompts, &prompts, &llm->view, &llm->results, host);
  if (status == JOUST_OK && prompts.schema && !(llm->schema = schema_of(&llm->view.space, dialogue)))
    status = JOUST_ENOMEM;
  if (status == JOUST_OK) status = open_chat(llm, host, args);
  if (status != JOUST_OK) return status;
  llm->asking = (struct asking){.settings = {.protocol = (enum protocol)args[OPT_PROTOCOL].i,
                                             .temperature = args[OPT_TEMPERATURE].r,
                                             .max_tokens = (int32_t)args[OPT_ANSWER_TOKENS].i,
                                             .samples = (int32_t)args[OPT_SAMPLES].i,
                                             .repairs = (int32_t)args[OPT_REPAIRS].i,
                                             .turns = (uint32_t)args[OPT_TURNS].i,
                                             .repeated = repeated_of(llm->words)},
                                .host = host,
                                .space = space,
                                .view = &llm->view,
                                .prompts = llm->prompts,
                                .results = &llm->results,
                                .seen = &llm->seen,
                                .chat = llm->chat,
                                .schema = llm->schema,
                                .counts = &llm->counts};
  return asking_make(&llm->asking);
}

static void destroy(void *self) {
  struct llm *llm = self;
  if (!llm) return;
  asking_free(&llm->asking);
  llm_chat_close(llm->chat);
  prompts_free(llm->prompts);
  results_free(&llm->results);
  view_free(&llm->view);
  joust_seen_free(&llm->seen);
  counts_free(&llm->counts);
  free(llm->schema);
  free(llm);
}

static joust_status create(const struct joust_host *host, const struct joust_space *space, const union joust_arg *args,
                           void **self) {
  struct llm *llm = calloc(1, sizeof *llm);
  if (!llm) return JOUST_ENOMEM;
  joust_status status = set_up(llm, host, space, args);
  if (status == JOUST_OK)
    *self = llm;
  else
    destroy(llm);
  return status;
}

/* ---- asking and telling ------------------------------------------------------------------------------------------ */

/* "op1=skip op2=none", by the real names. */
static joust_status keep_first(struct llm *llm, const double *x) {
  const struct joust_host *host = llm->asking.host;
  const struct joust_space *space = llm->asking.space;
  struct llm_text text = {0};
  char value[200];
  for (uint32_t i = 0; i < space->n_parameters && llm->words; i++) {
    llm->words->print_value(host, i, x[i], value, sizeof value);
    llm_text_addf(&text, "%s%s=%s", i ? " " : "", space->parameters[i]->name, value);
  }
  if (text.failed) {
    llm_text_free(&text);
    return JOUST_ENOMEM;
  }
  llm->counts.first_proposal = text.bytes;
  return JOUST_OK;
}

static void report(struct llm *llm) {
  counts_report(&llm->counts, llm_chat_totals(llm->chat), prompts_hash(llm->prompts), llm->asking.host);
}

static joust_status ask(void *self, struct joust_ask *batch) {
  struct llm *llm = self;
  struct asking *asking = &llm->asking;
  uint32_t n = asking->space->n_parameters;
  if (asking->taken == asking->n_queue) {
    joust_status status = asking_step(asking);
    report(llm);
    if (status != JOUST_OK) return status;
  }
  for (batch->n = 0; batch->n < batch->capacity && asking->taken < asking->n_queue; batch->n++) {
    double *x = batch->x + (size_t)batch->n * n;
    memcpy(x, asking->queue + (size_t)asking->taken++ * n, n * sizeof *x);
    if (asking->stand_in && JOUST_HAS(struct joust_ask, batch, mark) && batch->mark) batch->mark[batch->n] = "fallback";
    if (llm->first_id || llm->results.n > 0 || asking->stand_in) continue;
    llm->first_id = batch->first_id + batch->n;
    joust_status status = keep_first(llm, x);
    if (status != JOUST_OK) return status;
  }
  return JOUST_OK;
}

static joust_status tell(void *self, const struct joust_tell *told) {
  struct llm *llm = self;
  uint32_t n = llm->asking.space->n_parameters;
  for (uint32_t k = 0; k < told->n; k++) {
    const double *x = told->x + (size_t)k * n;
    double value = told->outcome[k] == JOUST_TRIAL_OK ? told->f[k] * llm->results.direction : NAN;
    joust_status status = results_add(&llm->results, x, value, llm->asking.stand_in);
    if (status != JOUST_OK || joust_seen_add(&llm->seen, x, n) < 0) return JOUST_ENOMEM;
    if (llm->first_id && told->id[k] == llm->first_id) llm->counts.first_value = value;
  }
  report(llm);
  return JOUST_OK;
}

static joust_status load(void) {
  return llm_chat_load();
}

static const struct joust_optimiser optimiser = {.struct_size = sizeof optimiser,
                                                 .flags = JOUST_NEEDS_NETWORK, /* its cassette makes it repeat itself */
                                                 .parameter_kinds = JOUST_ANY_KIND,
                                                 .n_options = N_OPTIONS,
                                                 .option_stride = sizeof options[0],
                                                 .id = "llm",
                                                 .version = "1.0",
                                                 .summary = "a large language model proposes designs (GENIUS)",
                                                 .licence = "MIT",
                                                 .options = options,
                                                 .create = create,
                                                 .ask = ask,
                                                 .tell = tell,
                                                 .destroy = destroy};

static const struct joust_optimiser *const optimisers[] = {&optimiser};

const struct joust_plugin joust_plugin_1 = {.struct_size = sizeof joust_plugin_1,
                                            .abi_minor = JOUST_ABI_MINOR,
                                            .n_optimisers = 1,
                                            .optimisers = optimisers,
                                            .load = load,
                                            .unload = llm_chat_unload};
