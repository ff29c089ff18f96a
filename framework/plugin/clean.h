/* Text that a plugin gave, made fit for a terminal and a database: one line of valid UTF-8 without control characters.
 */
#ifndef JOUST_PLUGIN_CLEAN_H
#define JOUST_PLUGIN_CLEAN_H

#include <stddef.h>

/* Copies length bytes of text into out (size bytes, at least 4) and ends it with 0. White space becomes spaces, other
 * control characters and bytes that are not UTF-8 become '?'; what is too long is cut and ends in "...". */
void joust_clean(char *out, size_t size, const char *text, size_t length);

#endif
