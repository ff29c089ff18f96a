/* Files of a report's folders: their names, and writing them. */
#ifndef JOUST_REPORT_OUTPUT_H
#define JOUST_REPORT_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* A name of [a-z0-9-]: the kind ("" for none), then the label, whose other characters become dashes; with a number
 * behind it where `taken` says that there is such a name. The caller frees. */
char *joust_output_name(const char *kind, const char *label, bool (*taken)(const char *name, const void *context),
                        const void *context);

/* Writes the file without joust_file_write's waiting for the disk: what a crash loses here is made again. JOUST_SYSTEM.
 */
int joust_output_write(const char *path, const void *bytes, size_t length, struct joust_error *error);

#endif
