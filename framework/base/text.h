/* Text that grows, and the few ways in which joust writes numbers and tables of text.
 *
 *   struct joust_text out = {0};
 *   joust_text_addf(&out, "%s: %g\n", name, value);
 *   fputs(joust_text_string(&out), stdout);
 *   joust_text_free(&out);
 */
#ifndef JOUST_BASE_TEXT_H
#define JOUST_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct joust_text { /* all zero: empty */
  char *bytes;      /* ends in 0 once anything was added; owned */
  size_t length, capacity;
};

void joust_text_add(struct joust_text *text, const char *bytes);
void joust_text_add_n(struct joust_text *text, const char *bytes, size_t length);
void joust_text_addf(struct joust_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *joust_text_string(const struct joust_text *text); /* never NULL */
char *joust_text_take(struct joust_text *text);               /* the caller owns the bytes; text is empty again */
void joust_text_clear(struct joust_text *text);               /* keeps its memory */
void joust_text_free(struct joust_text *text);

/* Appends words, with a line break in place of a blank wherever a line, with what stands on it already, would get
 * longer than `width` characters; what follows a break is indented. A word that is longer keeps a line to itself. */
#define JOUST_TEXT_WIDTH 100
void joust_text_wrap(struct joust_text *text, const char *words, size_t indent, size_t width);

/* The shortest decimal that reads back as the same double ("0.1", "12000", "nan", "inf"), into buffer. */
#define JOUST_NUMBER_SIZE 32
const char *joust_number(char buffer[JOUST_NUMBER_SIZE], double value);

/* Reads all of text as a finite double; false if there is anything else. */
bool joust_parse_number(const char *text, double *value);

/* Is the text one line that can be shown: not empty, without control characters? */
bool joust_is_line(const char *text);

/* The nearest of n names by edit distance, or NULL if none is close: for "did you mean". */
const char *joust_nearest(const char *name, const char *const *names, size_t n);

#endif
