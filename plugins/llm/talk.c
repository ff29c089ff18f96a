#include "talk.h"

#include <stdlib.h>
#include <string.h>

joust_status talk_add(struct talk *talk, const char *role, char *text) {
  if (!text) return JOUST_ENOMEM;
  if (talk->n == talk->capacity) {
    size_t capacity = talk->capacity ? 2 * talk->capacity : 8;
    struct llm_message *messages = realloc(talk->messages, capacity * sizeof *messages);
    if (!messages) {
      free(text);
      return JOUST_ENOMEM;
    }
    talk->messages = messages;
    talk->capacity = capacity;
  }
  talk->messages[talk->n++] = (struct llm_message){.role = role, .content = text};
  return JOUST_OK;
}

static void drop(struct talk *talk, size_t first, size_t end) {
  for (size_t i = first; i < end; i++) free((char *)talk->messages[i].content);
  memmove(talk->messages + first, talk->messages + end, (talk->n - end) * sizeof *talk->messages);
  talk->n -= end - first;
}

void talk_clear(struct talk *talk) {
  if (talk->n) drop(talk, 0, talk->n);
}

void talk_forget(struct talk *talk, size_t keep_first, size_t keep_last) {
  if (talk->n > keep_first + keep_last) drop(talk, keep_first, talk->n - keep_last);
}

void talk_free(struct talk *talk) {
  talk_clear(talk);
  free(talk->messages);
  memset(talk, 0, sizeof *talk);
}
