/* The JSON schema of an answer: an object with a member for each parameter, in their order; choices by their labels. */
#ifndef LLM_SCHEMA_H
#define LLM_SCHEMA_H

#include <joust/plugin.h>

/* `reasoning`: a text of that name comes first. The caller frees; NULL: out of memory. */
char *schema_of(const struct joust_space *space, int reasoning);

#endif
