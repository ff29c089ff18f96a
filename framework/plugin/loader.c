#include "plugin/loader.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <ltdl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "plugin/contract.h"
#include "plugin/elf.h"
#include "plugin/services.h"

#define TEXT_OF(macro)  TEXT_OF_(macro)
#define TEXT_OF_(token) #token
#define ENTRY           "joust_plugin_" TEXT_OF(JOUST_ABI_MAJOR)
#define MAJORS          100 /* versions that are looked for where ours is missing */

struct module { /* a file that was opened; there is no second attempt, since what its code did cannot be undone */
  char *path;
  const struct joust_plugin *plugin;
  char *reason; /* NULL, or why the plugin cannot be used */
  struct module *next;
};

static struct module *modules; /* the last one first */

/* ---- our loader for libltdl ------------------------------------------------------------------------------------- */

static char reason[1000]; /* of the last failure to open, from dlerror() */

static lt_module open_module(lt_user_data data, const char *path, lt_dladvise advise) {
  (void)data;
  (void)advise;
  void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (module) return module;
  const char *text = dlerror();
  size_t length = strlen(path);
  if (text && strncmp(text, path, length) == 0 && strncmp(text + length, ": ", 2) == 0) text += length + 2;
  snprintf(reason, sizeof reason, "%s", text ? text : "unknown reason");
  return NULL;
}

static int close_module(lt_user_data data, lt_module module) {
  (void)data;
  return dlclose(module);
}

/* A symbol of the file itself: dlsym alone would also find that of a plugin which this one is linked with. */
static void *find_symbol(lt_user_data data, lt_module module, const char *name) {
  (void)data;
  Dl_info info;
  struct link_map *own, *owner;
  void *address = dlsym(module, name), *map;
  if (!address || dlinfo(module, RTLD_DI_LINKMAP, &own) < 0 || dladdr1(address, &info, &map, RTLD_DL_LINKMAP) == 0)
    return NULL;
  owner = map;
  return owner == own ? address : NULL;
}

static int start(struct joust_error *error) {
  static const lt_dlvtable vtable = {
      .name = "joust",
      .module_open = open_module,
      .module_close = close_module,
      .find_sym = find_symbol,
      .priority = LT_DLLOADER_PREPEND,
  };
  static lt_dlvtable *stock; /* the loader that ours replaces: kept, as libltdl does not say who frees it */
  if (stock) return 0;
  if (lt_dlinit() == 0 && lt_dlloader_add(&vtable) == 0 && (stock = lt_dlloader_remove("lt_dlopen")) != NULL) return 0;
  return joust_fail(error, JOUST_SYSTEM, "cannot set up libltdl: %s", lt_dlerror());
}

/* ---- one file --------------------------------------------------------------------------------------------------- */

static int check_path(const char *path, struct joust_error *error) {
  size_t length = strlen(path);
  if (length < 4 || strcmp(path + length - 3, ".so") != 0)
    return joust_fail(error, JOUST_BAD_INPUT, "'%s' is no plugin: expected a file whose name ends in .so", path);
  struct stat status;
  if (stat(path, &status) < 0)
    return joust_fail_errno(error, errno == ENOENT ? JOUST_MISSING : JOUST_SYSTEM, "cannot load the plugin '%s'", path);
  if (!S_ISREG(status.st_mode))
    return joust_fail(error, JOUST_BAD_INPUT, "'%s' is no plugin: expected a regular file", path);
  return 0;
}

/* The dynamic linker tells what went wrong by its text only. */
static bool library_missing(const char *text) {
  return strstr(text, "cannot open shared object file") || strstr(text, "not found (required by");
}

static int open_file(lt_dlhandle *handle, const char *path, struct joust_error *error) {
  if (joust_elf_check(path, error) < 0) return joust_error_prefix(error, "cannot load the plugin: ");
  reason[0] = 0;
  *handle = lt_dlopen(path);
  if (*handle) return 0;
  const char *text = reason[0] ? reason : lt_dlerror();
  return joust_fail(error, library_missing(text) ? JOUST_MISSING : JOUST_BAD_INPUT, "cannot load the plugin '%s': %s",
                    path, text);
}

static int fail_no_entry(lt_dlhandle handle, struct joust_error *error) {
  for (int major = 0; major < MAJORS; major++) {
    char name[32];
    snprintf(name, sizeof name, "joust_plugin_%d", major);
    if (lt_dlsym(handle, name))
      return joust_fail(error, JOUST_BAD_INPUT,
                        "it was built for version %d of the plugin contract, this joust takes version %d: build it "
                        "against the headers of this joust",
                        major, JOUST_ABI_MAJOR);
  }
  return joust_fail(error, JOUST_BAD_INPUT, "it exports no symbol " ENTRY ": expected the plugin's table (not static)");
}

/* The table behind the entry symbol, which must be data and as long as it says. */
static int find_entry(const struct joust_plugin **plugin, lt_dlhandle handle, struct joust_error *error) {
  Dl_info info;
  void *address = lt_dlsym(handle, ENTRY), *extra;
  if (!address) return fail_no_entry(handle, error);
  if (dladdr1(address, &info, &extra, RTLD_DL_SYMENT) == 0 || !extra)
    return joust_fail(error, JOUST_BAD_INPUT, "the symbol " ENTRY " is not in the file's symbol table");
  const ElfW(Sym) *symbol = extra;
  if (ELF64_ST_TYPE(symbol->st_info) != STT_OBJECT || symbol->st_size < JOUST_PLUGIN_SIZE)
    return joust_fail(error, JOUST_BAD_INPUT, "the symbol " ENTRY " is no struct joust_plugin (%zu bytes of data)",
                      sizeof(struct joust_plugin));
  *plugin = address;
  if ((*plugin)->struct_size > symbol->st_size)
    return joust_fail(error, JOUST_BAD_INPUT, ENTRY ": struct_size is %u, but the table has %llu bytes",
                      (*plugin)->struct_size, (unsigned long long)symbol->st_size);
  return 0;
}

static int call_load(const struct joust_plugin *plugin, struct joust_error *error) {
  joust_status status = plugin->load ? plugin->load() : JOUST_OK;
  if (status >= 0) return 0;
  return joust_fail(error, JOUST_BAD_INPUT, "its function load failed with status %d: %s", status,
                    joust_status_text(status));
}

static int use(struct module *module, lt_dlhandle handle, struct joust_error *error) {
  lt_dlmakeresident(handle);
  int code = find_entry(&module->plugin, handle, error);
  if (code == 0) code = joust_contract_check(module->plugin, error);
  return code == 0 ? call_load(module->plugin, error) : code;
}

/* The module of a file (its real path), opened now or before; NULL if it cannot be opened. */
static struct module *open_once(const char *path, struct joust_error *error) {
  for (struct module *module = modules; module; module = module->next)
    if (strcmp(module->path, path) == 0) return module;
  lt_dlhandle handle;
  if (start(error) < 0 || open_file(&handle, path, error) < 0) return NULL;
  struct module *module = joust_alloc(1, sizeof *module);
  module->path = joust_copy(path);
  module->next = modules;
  modules = module;
  if (use(module, handle, error) < 0) module->reason = joust_copy(error->message);
  return module;
}

int joust_plugin_load(const struct joust_plugin **plugin, const char *path, struct joust_error *error) {
  if (check_path(path, error) < 0) return error->code;
  char *real = realpath(path, NULL);
  if (!real) return joust_fail_errno(error, JOUST_SYSTEM, "cannot load the plugin '%s'", path);
  struct module *module = open_once(real, error);
  free(real);
  if (!module) return error->code;
  if (module->reason) return joust_fail(error, JOUST_BAD_INPUT, "cannot use the plugin '%s': %s", path, module->reason);
  *plugin = module->plugin;
  return 0;
}

void joust_plugin_unload_all(void) {
  while (modules) {
    struct module *module = modules;
    modules = module->next;
    if (!module->reason && module->plugin->unload) module->plugin->unload();
    free(module->path);
    free(module->reason);
    free(module);
  }
}
