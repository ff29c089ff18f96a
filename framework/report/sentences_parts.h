/* The parts of sentences.c that are about tests and about what limits them. */
#ifndef JOUST_REPORT_SENTENCES_PARTS_H
#define JOUST_REPORT_SENTENCES_PARTS_H

#include "report/sentences.h"

/* Appends what the comparison's tests say; at least two optimisers are compared. */
void joust_sentences_test(struct joust_text *text, const struct joust_analysis *analysis);

/* Fills the notes. */
void joust_sentences_notes(struct joust_sentences *sentences, const struct joust_analysis *analysis);

/* What stands before item i of a list of n: nothing, ", " or " and ". */
void joust_sentences_between(struct joust_text *text, size_t i, size_t n);

#endif
