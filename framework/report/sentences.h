/* An analysis in sentences: what was found, over what, by which test, and what must be known to believe it.
 *
 * Plain text, UTF-8, one line each; whoever writes HTML or LaTeX escapes it. */
#ifndef JOUST_REPORT_SENTENCES_H
#define JOUST_REPORT_SENTENCES_H

#include "report/analysis.h"

struct joust_sentences { /* owns its texts */
  char *summary;         /* one paragraph */
  char **notes;          /* what limits the claim: too few seeds, failed runs, optimisers that are not compared */
  size_t n_notes;
};

void joust_sentences_make(struct joust_sentences *sentences, const struct joust_analysis *analysis);
void joust_sentences_free(struct joust_sentences *sentences);

/* "p < 0.001", "p = 0.034", "p > 0.999", "p not defined". */
enum { JOUST_P_SIZE = 24 };
const char *joust_p_text(char buffer[JOUST_P_SIZE], double p);

/* "1 run", "2 runs". */
void joust_sentences_count(struct joust_text *text, uint64_t n, const char *singular, const char *plural);

/* Appends the budget of a run: "200 trials", "a cost of 12000 s", "60 s", or several with "and". */
void joust_sentences_budget(struct joust_text *text, const struct joust_analysis *analysis,
                            const struct joust_contest *contest);

#endif
