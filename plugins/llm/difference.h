/* In what two requests to a chat differ, in words: for a request that a cassette does not have. */
#ifndef LLM_DIFFERENCE_H
#define LLM_DIFFERENCE_H

#include <cJSON.h>

#include "text.h"

/* How much two texts have in common: the bytes of their common beginning and of their common end. */
size_t llm_likeness(const char *a, const char *b);

/* Appends the first differences, separated by "; ", such as: message 2 (user) differs from character 231 on: recorded
 * "...", asked "...". Nothing if there is none. */
void llm_describe_difference(struct llm_text *out, const cJSON *recorded, const cJSON *asked);

#endif
