/* One value out of a piece of text: the smallest step of answer_parse. */
#ifndef LLM_ANSWER_VALUE_H
#define LLM_ANSWER_VALUE_H

#include <joust/plugin.h>

struct span { /* of a text; not ended by 0 */
  const char *s;
  size_t n;
};

enum value_kind {
  VALUE_OK,
  VALUE_OUTSIDE, /* a number that the parameter cannot have */
  VALUE_UNKNOWN  /* anything else */
};

enum value_care {
  VALUE_STRICT, /* a label as a whole, or a number */
  VALUE_LOOSE   /* also behind the parameter's name, before a remark, or as a part of one label only */
};

int span_is_space(char c);
int span_is_word(char c); /* letters and digits of ASCII, and every byte above */

/* Without white space, quotes, backticks and stars around it, and without punctuation at its end. */
struct span span_trim(struct span text);
struct span span_of(const char *begin, const char *end);

/* Are these the same letters and digits, whatever the capitals and the punctuation between? */
int span_alike(struct span text, const char *word);

/* Is all of the text one decimal number? */
int span_number(struct span text, double *value);

enum value_kind answer_value(const struct joust_parameter *parameter, struct span text, enum value_care care,
                             double *value);

#endif
