/* Checks the tables of a plugin before anything of it is called, so that the rest of the host can rely on them: sizes,
 * ids, texts, required functions, kinds, option rows and their defaults. What a later minor version appended is
 * accepted unread; what it added to a set (flags, kinds of parameter) is accepted if the plugin says that it is of that
 * minor version. */
#ifndef JOUST_PLUGIN_CONTRACT_H
#define JOUST_PLUGIN_CONTRACT_H

#include <joust/plugin.h>
#include <stddef.h>

#include "base/error.h"

/* Sizes of minor version 0: no table may be shorter. */
#define JOUST_END_OF(type, field) (offsetof(type, field) + sizeof(((type *)NULL)->field))
#define JOUST_PLUGIN_SIZE         JOUST_END_OF(struct joust_plugin, unload)
#define JOUST_OPTIMISER_SIZE      JOUST_END_OF(struct joust_optimiser, extension)
#define JOUST_EVALUATOR_SIZE      JOUST_END_OF(struct joust_evaluator, extension)
#define JOUST_OPTION_SIZE         JOUST_END_OF(struct joust_option, choices)

#define JOUST_MOST_ROWS 1000 /* of any table of a plugin: a larger count is taken for a damaged table */

/* 0, or JOUST_BAD_INPUT with a message that says which table breaks the contract how; it does not name the file. */
int joust_contract_check(const struct joust_plugin *plugin, struct joust_error *error);

#endif
