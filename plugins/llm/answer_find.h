/* What the finders of answer_parse share: the text, the candidates found so far, and the best of the failures. */
#ifndef LLM_ANSWER_FIND_H
#define LLM_ANSWER_FIND_H

#include "answer.h"
#include "answer_value.h"

enum { ANSWER_CANDIDATES = 32 };

/* How sure it is that a piece of text that did not work out was meant as a proposal. */
enum attempt { ATTEMPT_NONE, ATTEMPT_LOOSE, ATTEMPT_CLEAR, ATTEMPT_COMPLETE /* the right number of values */ };

struct candidate {
  const char *begin, *end; /* in the text */
  int score;
};

struct finder {
  const struct joust_space *space;
  const struct answer_known *known;
  struct span text;   /* that is searched, without what goes before it */
  struct span *parts; /* n_parameters: of the proposal that is being read */
  double *x;          /* n_parameters: scratch */
  char *has;          /* n_parameters: of find_maps, zero at first */
  struct candidate candidates[ANSWER_CANDIDATES];
  double *points; /* ANSWER_CANDIDATES x n_parameters, different ones */
  uint32_t n_candidates;
  struct answer failure; /* the best so far */
  enum attempt attempt;  /* how good that is */
};

/* A proposal of `n` values between begin and end; the first n_parameters of them are in finder->parts. Becomes a
 * candidate, or a failure. `attempt`: how a failure counts if n is wrong. Returns 1 for a candidate. */
int finder_add(struct finder *finder, const char *begin, const char *end, size_t n, enum value_care care,
               enum attempt attempt);

/* The same for values that are in finder->x already. */
void finder_add_point(struct finder *finder, const char *begin, const char *end);
void finder_fail(struct finder *finder, enum attempt attempt, struct answer failure);

/* Is the text a value that some parameter could have, or any number? For telling lists of values from prose. */
int finder_is_value(const struct finder *finder, struct span text, enum value_care care);

/* Do begin and end embrace all of the text but white space and quotes? */
int finder_is_all(const struct finder *finder, const char *begin, const char *end);

/* What the words around a candidate say: positive if they call it the answer, negative if it is cited. */
int answer_score(struct span text, const char *begin, const char *end);

void find_lists(struct finder *finder);  /* in brackets */
void find_cells(struct finder *finder);  /* |a~0|+|b~0|c~1| */
void find_digits(struct finder *finder); /* 0122 */
void find_maps(struct finder *finder);   /* names with values */
void find_lines(struct finder *finder);  /* bare sequences in a line */
void find_items(struct finder *finder);  /* one value a line */

#endif
