/* Memory of the host. A host that cannot get a few more kilobytes cannot do anything useful either, so these functions
 * do not fail: out of memory, they say so on standard error and end the process with exit code 3. The store loses
 * nothing by that. All results are freed with free(). */
#ifndef JOUST_BASE_MEMORY_H
#define JOUST_BASE_MEMORY_H

#include <stddef.h>

void *joust_alloc(size_t count, size_t size);             /* zeroed */
void *joust_resize(void *old, size_t count, size_t size); /* the new part is not zeroed */
char *joust_copy(const char *text);                       /* NULL gives NULL */
char *joust_copy_n(const char *text, size_t length);
char *joust_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
