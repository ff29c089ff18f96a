/* A string that grows. When memory runs out it stays as it is, and says so when it is asked: so a text is built in one
 * go, with one check at the end. */
#ifndef LLM_TEXT_H
#define LLM_TEXT_H

#include <stddef.h>

struct llm_text { /* zeroed: empty */
  char *bytes;    /* with a 0 at the end; NULL while nothing was added */
  size_t length, capacity;
  int failed; /* out of memory at some time */
};

void llm_text_add(struct llm_text *text, const char *more);
void llm_text_add_bytes(struct llm_text *text, const char *bytes, size_t length);
void llm_text_addf(struct llm_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The string, "" if empty; lives until the next change. */
const char *llm_text_string(const struct llm_text *text);

void llm_text_clear(struct llm_text *text); /* empty, memory kept */
void llm_text_free(struct llm_text *text);  /* leaves it zeroed */

/* A copy that the caller frees, NULL when out of memory. */
char *llm_copy(const char *s);

/* Overwrites each occurrence of the secret in the string with '*', also where JSON's escapes stand for some of its
 * characters ("\/" for "/"). */
void llm_hide(char *s, const char *secret);

#endif
