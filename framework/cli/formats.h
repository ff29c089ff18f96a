/* Formats of figures: flag --formats of `plot` and `report`. */
#ifndef JOUST_CLI_FORMATS_H
#define JOUST_CLI_FORMATS_H

#include "report/figures.h"

/* Adds the formats of a list such as "svg,pdf". JOUST_BAD_INPUT for what is none. */
int joust_cli_formats(unsigned *formats, const char *list, struct joust_error *error);

#endif
