/* Loading one plugin file: what is good loads once, what is not says why. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "plugin/loader.h"

#define FIXTURE(name) JOUST_TEST_PLUGINS "/" name ".so"

static char folder[] = "/tmp/joust-test-loader-XXXXXX";

static int make_folder(void **state) {
  (void)state;
  return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state) {
  (void)state;
  joust_plugin_unload_all();
  return rmdir(folder);
}

/* A path in the folder; the text lives until the next call. */
static const char *in_folder(const char *name) {
  static char path[200];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

static void assert_refused(const char *path, int code, const char *message) {
  struct joust_error error = {0};
  const struct joust_plugin *plugin = NULL;
  assert_int_equal(joust_plugin_load(&plugin, path, &error), code);
  assert_null(plugin);
  assert_int_equal(error.code, code);
  const char *name = strrchr(path, '/');
  if (!strstr(error.message, name)) fail_msg("'%s' does not name the file '%s'", error.message, name);
  if (!strstr(error.message, message)) fail_msg("'%s' is not in '%s'", message, error.message);
}

static const struct joust_plugin *load(const char *path) {
  struct joust_error error = {0};
  const struct joust_plugin *plugin = NULL;
  if (joust_plugin_load(&plugin, path, &error) < 0) fail_msg("%s", error.message);
  assert_non_null(plugin);
  return plugin;
}

/* How often load() of the good plugin was called, less calls of unload(). */
static int good_loads(void) {
  void *module = dlopen(FIXTURE("good"), RTLD_NOW | RTLD_NOLOAD);
  assert_non_null(module);
  int loads = *(int *)dlsym(module, "good_loads");
  dlclose(module);
  return loads;
}

static void good_plugin_loads_once(void **state) {
  (void)state;
  const struct joust_plugin *plugin = load(FIXTURE("good"));
  assert_int_equal(plugin->n_optimisers, 2);
  assert_string_equal(plugin->optimisers[0]->id, "good");
  assert_string_equal(plugin->evaluators[0]->id, "good");
  assert_ptr_equal(load(FIXTURE("good")), plugin);
  assert_ptr_equal(load(JOUST_TEST_PLUGINS "/../plugins/good.so"), plugin);
  assert_int_equal(symlink(FIXTURE("good"), in_folder("link.so")), 0);
  assert_ptr_equal(load(in_folder("link.so")), plugin);
  unlink(in_folder("link.so"));
  assert_int_equal(good_loads(), 1);
}

static void unload_comes_last_and_once(void **state) {
  (void)state;
  load(FIXTURE("good"));
  joust_plugin_unload_all();
  assert_int_equal(good_loads(), 0);
  joust_plugin_unload_all();
  assert_int_equal(good_loads(), 0);
  load(FIXTURE("good"));
  assert_int_equal(good_loads(), 1);
}

static void plugins_do_not_see_each_other(void **state) {
  (void)state;
  load(FIXTURE("good"));
  assert_null(dlsym(RTLD_DEFAULT, "good_loads"));
}

static void newer_minor_is_accepted(void **state) {
  (void)state;
  const struct joust_plugin *plugin = load(FIXTURE("newer_minor"));
  assert_true(plugin->abi_minor > JOUST_ABI_MINOR);
  assert_true(plugin->struct_size > sizeof(struct joust_plugin));
  assert_string_equal(plugin->optimisers[0]->id, "newer-minor");
  assert_true(plugin->optimisers[0]->option_stride > sizeof(struct joust_option));
}

static void plugins_with_a_fault_say_which(void **state) {
  (void)state;
  static const struct {
    const char *path, *message;
  } cases[] = {
      {FIXTURE("missing_symbol"), "exports no symbol joust_plugin_1"},
      {FIXTURE("wrong_major"), "built for version 7 of the plugin contract, this joust takes version 1"},
      {FIXTURE("undefined_function"), "undefined symbol: joust_test_function_that_is_nowhere"},
      {FIXTURE("no_tell"), "optimiser 'no-tell' has no function 'tell'"},
      {FIXTURE("short_optimiser"), "struct_size is 16"},
      {FIXTURE("null_table"), "evaluators is NULL"},
      {FIXTURE("no_kinds"), "parameter_kinds is 0"},
      {FIXTURE("unknown_kind"), "parameter_kinds is 1025"},
      {FIXTURE("bad_id"), "optimiser number 1: its id is not"},
      {FIXTURE("entry_function"), "joust_plugin_1 is no struct joust_plugin"},
      {FIXTURE("entry_pointer"), "joust_plugin_1 is no struct joust_plugin"},
      {FIXTURE("false_size"), "struct_size is 100000, but the table has"},
      {FIXTURE("borrowed_entry"), "exports no symbol joust_plugin_1"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_refused(cases[i].path, JOUST_BAD_INPUT, cases[i].message);
    assert_refused(cases[i].path, JOUST_BAD_INPUT, cases[i].message); /* and says it again */
  }
}

static void missing_dependency_is_named(void **state) {
  (void)state;
  assert_refused(FIXTURE("missing_dependency"), JOUST_MISSING, "libjoust-absent.so.1: cannot open shared object file");
}

static void failing_load_is_not_tried_again(void **state) {
  (void)state;
  static const char message[] = "its function load failed with status -4: a file, a process or a network failed";
  assert_refused(FIXTURE("load_fails"), JOUST_BAD_INPUT, message);
  assert_refused(FIXTURE("load_fails"), JOUST_BAD_INPUT, message);
}

static void other_files_are_refused(void **state) {
  (void)state;
  struct joust_error error;
  assert_refused(in_folder("absent.so"), JOUST_MISSING, "No such file or directory");
  assert_int_equal(joust_file_write(in_folder("text.so"), "int main\n", 9, &error), 0);
  assert_refused(in_folder("text.so"), JOUST_BAD_INPUT, "is no ELF file");
  unlink(in_folder("text.so"));
  assert_int_equal(mkdir(in_folder("folder.so"), 0700), 0);
  assert_refused(in_folder("folder.so"), JOUST_BAD_INPUT, "expected a regular file");
  rmdir(in_folder("folder.so"));
  assert_int_equal(symlink(FIXTURE("good"), in_folder("good.la")), 0);
  assert_refused(in_folder("good.la"), JOUST_BAD_INPUT, "ends in .so");
  unlink(in_folder("good.la"));
  assert_int_equal(symlink("nowhere", in_folder("dangling.so")), 0);
  assert_refused(in_folder("dangling.so"), JOUST_MISSING, "No such file or directory");
  unlink(in_folder("dangling.so"));
}

static void truncated_files_are_refused(void **state) {
  (void)state;
  struct joust_error error;
  char *bytes;
  size_t size;
  assert_int_equal(joust_file_read(&bytes, &size, FIXTURE("good"), &error), 0);
  assert_int_equal(joust_file_write(in_folder("cut.so"), bytes, size, &error), 0);
  for (size_t parts = 9; parts > 0; parts--) {
    assert_int_equal(truncate(in_folder("cut.so"), (off_t)(size * parts / 10)), 0);
    assert_refused(in_folder("cut.so"), JOUST_BAD_INPUT, "truncated");
  }
  assert_int_equal(joust_file_write(in_folder("cut.so"), bytes, size, &error), 0);
  load(in_folder("cut.so")); /* mended, it loads: nothing of the failures is kept */
  unlink(in_folder("cut.so"));
  free(bytes);
}

int main(void) {
  const struct CMUnitTest plugin_loader[] = {
      cmocka_unit_test(good_plugin_loads_once),          cmocka_unit_test(unload_comes_last_and_once),
      cmocka_unit_test(plugins_do_not_see_each_other),   cmocka_unit_test(newer_minor_is_accepted),
      cmocka_unit_test(plugins_with_a_fault_say_which),  cmocka_unit_test(missing_dependency_is_named),
      cmocka_unit_test(failing_load_is_not_tried_again), cmocka_unit_test(other_files_are_refused),
      cmocka_unit_test(truncated_files_are_refused),
  };
  return cmocka_run_group_tests(plugin_loader, make_folder, remove_folder);
}
