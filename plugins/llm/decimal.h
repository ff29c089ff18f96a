/* Numbers as text. */
#ifndef LLM_DECIMAL_H
#define LLM_DECIMAL_H

#include <stddef.h>

enum { DECIMAL_SIZE = 360 }; /* holds any finite double with 15 decimals */

/* The value with so many decimals, half of the last one rounded up (away from zero). What is rounded is the shortest
 * decimal that is this double, so that 92.305 becomes 92.31 although the double itself lies below it. */
const char *decimal_round(char buffer[DECIMAL_SIZE], double value, int decimals);

/* The shortest decimal that reads back as the same double. */
const char *decimal_shortest(char buffer[DECIMAL_SIZE], double value);

#endif
