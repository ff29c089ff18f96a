/* One step of a protocol: from what is known to the next designs.
 *
 * genius-list      a fresh conversation each time, with the results in it
 * genius-dialogue  one conversation that grows, with the new results in each message
 *
 * An answer that is no design, or one that was tried before, is answered with a repair turn, at most `repairs` times a
 * step; then a random design stands in for it, and the trial is marked. A dialogue goes on with the step's last answer
 * only: answers that could not be used would teach the model to give more of the kind, and cost their tokens in every
 * later message. */
#ifndef LLM_STEP_H
#define LLM_STEP_H

#include <joust/seen.h>

#include "answer.h"
#include "count.h"
#include "prompt.h"
#include "talk.h"

enum protocol { PROTOCOL_LIST, PROTOCOL_DIALOGUE };

struct step_settings {
  enum protocol protocol;
  double temperature;
  int32_t max_tokens, samples, repairs;
  uint32_t turns;    /* of a dialogue, exchanges that are sent beside the first; 0: all */
  uint64_t repeated; /* trials that were proposed before, see joust/ext/problem.h */
};

struct asking { /* all that a step needs; the pointers are borrowed */
  struct step_settings settings;
  const struct joust_host *host;
  const struct joust_space *space; /* the real one */
  const struct view *view;
  const struct prompts *prompts;
  const struct results *results;
  struct joust_seen *seen; /* real points that were proposed or told */
  struct llm_chat *chat;
  const char *schema; /* of the answer, or NULL */
  struct counts *counts;
  struct talk talk;
  uint32_t told;           /* results that the dialogue has */
  double *queue;           /* samples x n_parameters: real designs that wait for their turn */
  uint32_t n_queue, taken; /* in the queue; of them handed out */
  int stand_in;            /* the queue holds a random design */
};

/* Returns JOUST_OK or JOUST_ENOMEM; to be freed in either case. */
joust_status asking_make(struct asking *asking);
void asking_free(struct asking *asking);

/* Fills the empty queue with at least one design, each added to `seen`. JOUST_DONE: a budget is spent, or no design of
 * the space is left; errors as of llm_chat_send. */
joust_status asking_step(struct asking *asking);

#endif
