/* The messages to the model: templates, filled in from the problem's words and the results.
 *
 * Templates are built into the plugin from prompts/NAME.txt; files of the same names in a folder of the user's replace
 * them one by one. What there is to fill in is listed in README.md. */
#ifndef LLM_PROMPT_H
#define LLM_PROMPT_H

#include "results.h"
#include "view.h"

enum prompt { PROMPT_SYSTEM, PROMPT_PROBLEM, PROMPT_LIST, PROMPT_FIRST, PROMPT_NEXT, PROMPT_REPAIR, N_PROMPTS };

struct prompt_settings {
  const char *folder; /* with files that replace templates; "" or NULL: none */
  int schema;         /* the answer is JSON by a schema */
  uint32_t best;      /* how many results are shown; 0: all */
};

struct prompts;

/* *prompts is NULL after a failure. View and results must outlive it. JOUST_EIO for a folder without any template,
 * JOUST_EOPTION with file and line for a file that is none. */
joust_status prompts_make(struct prompts **prompts, const struct prompt_settings *settings, const struct view *view,
                          const struct results *results, const struct joust_host *host);
void prompts_free(struct prompts *prompts); /* NULL is fine */

struct prompt_news {       /* what a message is about; zero where it does not matter */
  uint32_t first;          /* PROMPT_NEXT: the results from this one on are new */
  const double *duplicate; /* PROMPT_REPAIR: the design, as shown, that was tried before */
  const char *refusal;     /* PROMPT_REPAIR: what was wrong with the answer, a sentence */
};

/* The message; the caller frees. NULL: out of memory. */
char *prompt_text(const struct prompts *prompts, enum prompt which, const struct prompt_news *news);

/* SHA-256 of all templates, in hexadecimal digits. */
const char *prompts_hash(const struct prompts *prompts);

#endif
