/* Finds the proposal in what a language model answered: pure functions of a text and a space, no state, no I/O.
 *
 * Forms that are understood, alone or within free text, Markdown, code fences, JSON or Python:
 *   [0, 1, 2]   (0, 1, 2)   ['skip', "conv", ...]   [0 1 2]   [[0], [1, 2]]        lists, flat or nested
 *   {"op1": "skip", "op2": 3}   op1: skip   op1 = skip   | op1 | skip |           names and values
 *   |skip~0|+|conv~0|skip~1|                                                      cell strings
 *   01221021   0-1-2-2   0 1 2 2   skip, conv, none   skip -> conv -> none        strings of digits, bare sequences
 *   - skip   1. conv   2) none                                                    one value a line
 *
 * A value of a choice is its label, written as it is or with other capitals and punctuation ("Conv 3x3" for conv_3x3),
 * in a list also shortened if no other label is meant by it, or its index from 0. Where labels are numbers themselves
 * (64, 128) a number is a label and never an index. What a model thinks aloud in <think>...</think> is passed over, and
 * so is the other text within a JSON object that has all names as its members.
 *
 * Of several different proposals the one is taken that the words around it call the answer; designs that are cited with
 * their results, and points that are `known`, step back. Where nothing tells two apart, the answer is ambiguous. */
#ifndef LLM_ANSWER_H
#define LLM_ANSWER_H

#include <joust/plugin.h>

enum answer_reason {
  ANSWER_OK = 0,
  ANSWER_NONE,      /* no proposal was found */
  ANSWER_LENGTH,    /* `found` values instead of n_parameters */
  ANSWER_UNKNOWN,   /* `token` is no label of `parameter` */
  ANSWER_OUTSIDE,   /* `token` is a number, but not one that `parameter` can have */
  ANSWER_AMBIGUOUS, /* `found` different proposals, none of them marked as the answer */
  ANSWER_NO_MEMORY
};

struct answer {
  enum answer_reason reason;
  uint32_t parameter, found;
  char token[64]; /* cut to fit */
};

struct answer_known { /* has a point been proposed before? */
  int (*has)(void *context, const double *x);
  void *context;
};

/* The last ANSWER_MOST bytes of a longer text are read. */
enum { ANSWER_MOST = 32768 };

/* Fills x (n_parameters) if the reason is ANSWER_OK and leaves it as it was otherwise. `known` may be NULL. */
struct answer answer_parse(const struct joust_space *space, const struct answer_known *known, const char *text,
                           size_t length, double *x);

/* Says to the model, in one sentence, what was wrong, into out (ended by 0, cut to fit): "The answer has 5 values, but
 * 6 are needed, one for each parameter." "" for ANSWER_OK. */
void answer_explain(const struct answer *answer, const struct joust_space *space, char *out, size_t size);

const char *answer_reason_name(enum answer_reason reason); /* "length": for counters and tests */

#endif
