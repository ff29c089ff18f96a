#include "step.h"

#include <joust/util.h>
#include <stdlib.h>
#include <string.h>

joust_status asking_make(struct asking *asking) {
  asking->queue = malloc((size_t)asking->settings.samples * asking->space->n_parameters * sizeof *asking->queue);
  return asking->queue ? JOUST_OK : JOUST_ENOMEM;
}

void asking_free(struct asking *asking) {
  talk_free(&asking->talk);
  free(asking->queue);
  asking->queue = NULL;
}

/* ---- what is said ------------------------------------------------------------------------------------------------ */

static joust_status say(struct asking *asking, enum prompt which, const struct prompt_news *news) {
  const char *role = which == PROMPT_SYSTEM ? "system" : "user";
  return talk_add(&asking->talk, role, prompt_text(asking->prompts, which, news));
}

/* Everything up to the question. */
static joust_status open_step(struct asking *asking) {
  struct prompt_news news = {.first = asking->told};
  joust_status status = JOUST_OK;
  enum prompt question = PROMPT_NEXT;
  if (asking->settings.protocol == PROTOCOL_LIST) {
    talk_clear(&asking->talk);
    question = PROMPT_LIST;
  } else if (asking->talk.n == 0) {
    question = PROMPT_FIRST;
  }
  if (asking->talk.n == 0) status = say(asking, PROMPT_SYSTEM, &news);
  if (status == JOUST_OK) status = say(asking, question, &news);
  asking->told = asking->results->n;
  /* system, first question and its answer stay; the last exchanges end with the question that was just put */
  if (asking->settings.turns) talk_forget(&asking->talk, 3, 2 * (size_t)asking->settings.turns - 1);
  return status;
}

/* ---- what is answered -------------------------------------------------------------------------------------------- */

struct verdict { /* on an answer */
  struct answer answer;
  int refused;      /* by the model or a filter */
  int is_duplicate; /* a design, but one that was tried: `shown` */
};

static int knows(void *context, const double *shown) {
  const struct asking *asking = context;
  uint32_t n = asking->space->n_parameters;
  double small[64], *x = n <= 64 ? small : malloc(n * sizeof *x);
  if (!x) return 0;
  view_to_real(asking->view, shown, x);
  int known = joust_seen_has(asking->seen, x, n);
  if (x != small) free(x);
  return known;
}

/* A new design goes into the queue. `shown` gets the design, new or not. Returns JOUST_OK or JOUST_ENOMEM. */
static joust_status judge(struct asking *asking, const struct llm_choice *choice, double *shown,
                          struct verdict *verdict) {
  struct counts *counts = asking->counts;
  uint32_t n = asking->space->n_parameters;
  struct answer_known known = {knows, asking};
  double *x = asking->queue + (size_t)asking->n_queue * n;
  *verdict = (struct verdict){.refused = choice->refusal != NULL || choice->finish == LLM_FINISH_FILTER};
  if (verdict->refused) counts->refusals++;
  verdict->answer = answer_parse(&asking->view->space, &known, choice->text, strlen(choice->text), shown);
  if (verdict->answer.reason == ANSWER_NO_MEMORY) return JOUST_ENOMEM;
  counts->answers[verdict->answer.reason]++;
  if (verdict->answer.reason != ANSWER_OK) return JOUST_OK;
  view_to_real(asking->view, shown, x);
  int added = joust_seen_add(asking->seen, x, n);
  if (added < 0) return JOUST_ENOMEM;
  verdict->is_duplicate = added == 0;
  counts->duplicates += added == 0;
  asking->n_queue += (uint32_t)added;
  return JOUST_OK;
}

/* Judges all choices; the verdict and the design are those of the first. */
static joust_status judge_all(struct asking *asking, const struct llm_reply *reply, double *shown,
                              struct verdict *verdict) {
  uint32_t n = asking->space->n_parameters;
  double *other = malloc(n * sizeof *other);
  joust_status status = other ? JOUST_OK : JOUST_ENOMEM;
  *verdict = (struct verdict){.answer.reason = ANSWER_NONE};
  for (size_t i = 0; i < reply->n_choices && status == JOUST_OK && asking->n_queue < (uint32_t)asking->settings.samples;
       i++) {
    struct verdict later;
    status = judge(asking, &reply->choices[i], i ? other : shown, i ? &later : verdict);
  }
  free(other);
  return status;
}

static joust_status ask_for_repair(struct asking *asking, const struct verdict *verdict, const double *shown) {
  char words[600];
  answer_explain(&verdict->answer, &asking->view->space, words, sizeof words);
  struct prompt_news news = {.refusal = words, .duplicate = verdict->is_duplicate ? shown : NULL};
  asking->counts->repairs++;
  return say(asking, PROMPT_REPAIR, &news);
}

static void note_reply(struct asking *asking) {
  const struct llm_totals *totals = llm_chat_totals(asking->chat);
  struct llm_text *ids = &asking->counts->request_ids;
  if (*totals->request_id) llm_text_addf(ids, "%s%s", ids->length ? " " : "", totals->request_id);
}

/* One request and its answer; the queue is filled if there is a new design in it. */
static joust_status exchange(struct asking *asking, double *shown, struct verdict *verdict) {
  const struct step_settings *settings = &asking->settings;
  struct llm_request request = {.messages = asking->talk.messages,
                                .n_messages = asking->talk.n,
                                .temperature = settings->temperature,
                                .seed = (int64_t)(asking->host->random(asking->host) >> 33),
                                .max_tokens = settings->max_tokens,
                                .n_samples = settings->samples,
                                .repeated = asking->results->n < settings->repeated,
                                .schema = asking->schema};
  struct llm_reply reply;
  joust_status status = llm_chat_send(asking->chat, &request, &reply);
  if (status != JOUST_OK) return status;
  note_reply(asking);
  status = judge_all(asking, &reply, shown, verdict);
  if (status == JOUST_OK)
    status = talk_add(&asking->talk, "assistant", llm_copy(reply.n_choices ? reply.choices[0].text : ""));
  llm_reply_free(&reply);
  return status;
}

/* ---- a step ------------------------------------------------------------------------------------------------------ */

/* A random design that is new, if there is any. */
static joust_status stand_in(struct asking *asking) {
  uint64_t points = joust_space_points(asking->space);
  uint32_t n = asking->space->n_parameters;
  int added = 0;
  if (points && asking->seen->size >= points) return JOUST_DONE;
  for (int i = 0; i < 1000 && added == 0; i++) {
    joust_sample_point(asking->host, asking->space, asking->queue);
    added = joust_seen_add(asking->seen, asking->queue, n);
  }
  for (uint64_t index = 0; index < points && added == 0; index++) { /* nearly all of a small space was tried */
    joust_index_point(asking->space, index, asking->queue);
    added = joust_seen_add(asking->seen, asking->queue, n);
  }
  if (added < 0) return JOUST_ENOMEM;
  asking->n_queue = 1;
  asking->stand_in = 1;
  asking->counts->fallbacks++;
  return JOUST_OK;
}

joust_status asking_step(struct asking *asking) {
  uint32_t n = asking->space->n_parameters;
  uint64_t points = joust_space_points(asking->space);
  struct verdict verdict;
  if (points && asking->seen->size >= points) return JOUST_DONE;
  double *shown = calloc(n, sizeof *shown);
  joust_status status = shown ? open_step(asking) : JOUST_ENOMEM;
  size_t asked = asking->talk.n;
  asking->n_queue = asking->taken = 0;
  asking->stand_in = 0;
  for (int attempt = 0; status == JOUST_OK; attempt++) {
    status = exchange(asking, shown, &verdict);
    if (status != JOUST_OK) break;
    if (attempt == 0) {
      asking->counts->steps++;
      asking->counts->first_legal += asking->n_queue > 0;
    }
    if (asking->n_queue > 0) break;
    if (attempt >= asking->settings.repairs) {
      status = stand_in(asking);
      break;
    }
    status = ask_for_repair(asking, &verdict, shown);
  }
  talk_forget(&asking->talk, asked, 1); /* repair turns */
  free(shown);
  return status;
}
