/* A conversation that grows, with copies of what was said. */
#ifndef LLM_TALK_H
#define LLM_TALK_H

#include "chat.h"

struct talk { /* all zero: nothing was said */
  struct llm_message *messages;
  size_t n, capacity;
};

/* `text` becomes the talk's, which frees it; NULL: out of memory. Returns JOUST_OK or JOUST_ENOMEM. */
joust_status talk_add(struct talk *talk, const char *role, char *text);
void talk_clear(struct talk *talk); /* keeps its memory */
void talk_free(struct talk *talk);

/* Forgets exchanges: all but the first `keep_first` messages and the last `keep_last`. */
void talk_forget(struct talk *talk, size_t keep_first, size_t keep_last);

#endif
