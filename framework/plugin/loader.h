/* Opens one plugin file. The only module that knows libltdl; it loads with a loader of its own (RTLD_NOW | RTLD_LOCAL,
 * the reason of a failure kept), because the stock one binds lazily and hides reasons. Plugins stay loaded until the
 * process ends. Not thread-safe. */
#ifndef JOUST_PLUGIN_LOADER_H
#define JOUST_PLUGIN_LOADER_H

#include <joust/plugin.h>

#include "base/error.h"

/* The entry of the plugin at path, its tables checked, its load() called; the same pointer, or the same failure, for a
 * file that is loaded already. Every failure names the file and the reason: JOUST_MISSING if it is not there or a
 * library it needs is not there, JOUST_SYSTEM if it cannot be read, JOUST_BAD_INPUT for a file that is no plugin,
 * damaged, of another major version, breaks the contract, or whose load() failed. */
int joust_plugin_load(const struct joust_plugin **plugin, const char *path, struct joust_error *error);

/* Calls the unload() of every loaded plugin, the last one first, and forgets them: to be called once, at the end of the
 * process, when the last instance is gone. The code stays mapped. */
void joust_plugin_unload_all(void);

#endif
