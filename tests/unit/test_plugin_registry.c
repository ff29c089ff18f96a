/* Finding optimisers and evaluators in folders of plugins. Each test fills two folders, one/ and two/, with copies of
 * the fixtures; they are searched in this order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "plugin/loader.h"
#include "plugin/registry.h"

static char folder[64];           /* the test's own */
static struct joust_folders made; /* what the test has put there */
static struct joust_registry registry;
static struct joust_error error;

/* A path in the test's folder, to be removed after the test; the text lives as long. */
static const char *new_path(const char *name) {
  char *path = joust_path_join(folder, name);
  joust_folders_add(&made, path);
  free(path);
  return made.paths[made.n - 1];
}

static int set_up(void **state) {
  (void)state;
  snprintf(folder, sizeof folder, "/tmp/joust-test-registry-XXXXXX");
  if (!mkdtemp(folder) || mkdir(new_path("one"), 0700) < 0 || mkdir(new_path("two"), 0700) < 0) return -1;
  char *folders = joust_format("%s:%s", made.paths[0], made.paths[1]);
  unsetenv("JOUST_PLUGIN_PATH");
  joust_registry_init(&registry, folders);
  free(folders);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  joust_registry_free(&registry);
  while (made.n > 0) {
    if (remove(made.paths[made.n - 1]) < 0) return -1;
    free(made.paths[--made.n]);
  }
  joust_folders_free(&made);
  return rmdir(folder);
}

/* Copies a fixture to a name in the test's folder. */
static const char *place(const char *name, const char *fixture) {
  char *from = joust_format("%s/%s.so", JOUST_TEST_PLUGINS, fixture), *bytes;
  size_t size;
  const char *to = new_path(name);
  assert_int_equal(joust_file_read(&bytes, &size, from, &error), 0);
  assert_int_equal(joust_file_write(to, bytes, size, &error), 0);
  free(from);
  free(bytes);
  return to;
}

static void assert_optimiser(const char *id, const char *path) {
  struct joust_optimiser_entry found;
  if (joust_registry_optimiser(&registry, id, &found, &error) < 0) fail_msg("%s", error.message);
  assert_string_equal(found.path, path);
  if (!strchr(id, '/')) assert_string_equal(found.optimiser->id, id);
}

static void assert_no_optimiser(const char *id, int code, const char *message) {
  struct joust_optimiser_entry found;
  assert_int_equal(joust_registry_optimiser(&registry, id, &found, &error), code);
  if (!strstr(error.message, message)) fail_msg("'%s' is not in '%s'", message, error.message);
}

static void folders_come_in_their_order(void **state) {
  (void)state;
  joust_registry_free(&registry);
  setenv("JOUST_PLUGIN_PATH", "/c:/a", 1);
  joust_registry_init(&registry, "/a:/b");
  assert_int_equal(registry.folders.n, 4);
  assert_string_equal(registry.folders.paths[0], "/a");
  assert_string_equal(registry.folders.paths[1], "/b");
  assert_string_equal(registry.folders.paths[2], "/c");
  assert_non_null(strstr(registry.folders.paths[3], "/lib/joust/plugins"));
}

static void id_is_found_without_loading_others(void **state) {
  (void)state;
  const char *good = place("two/good.so", "good");
  place("one/no_tell.so", "no_tell");
  assert_optimiser("good", good);
  assert_int_equal(registry.n_loaded, 1);
  assert_int_equal(registry.n_broken, 0);
}

static void id_is_found_in_a_file_of_another_name(void **state) {
  (void)state;
  const char *good = place("two/some.so", "good");
  place("one/no_tell.so", "no_tell");
  assert_optimiser("good-too", good);
  assert_optimiser("good", good);
  struct joust_evaluator_entry found;
  assert_int_equal(joust_registry_evaluator(&registry, "good", &found, &error), 0);
  assert_string_equal(found.path, good);
  assert_string_equal(found.evaluator->summary, "measures nothing");
  assert_int_equal(registry.n_broken, 1);
}

static void earlier_folder_hides_the_same_name(void **state) {
  (void)state;
  const char *first = place("one/good.so", "good");
  place("two/good.so", "good");
  assert_optimiser("good", first);
  assert_optimiser("good-too", first);
  assert_int_equal(joust_registry_load_all(&registry, &error), 0);
  assert_int_equal(registry.n_optimisers, 2);
  assert_int_equal(registry.n_evaluators, 1);
}

static void two_files_with_one_id_are_an_error(void **state) {
  (void)state;
  const char *a = place("one/two_ids_a.so", "two_ids_a"), *b = place("two/two_ids_b.so", "two_ids_b");
  const char *good = place("one/good.so", "good");
  char *message = joust_format("two plugins offer the optimiser 'two-ids': '%s' and '%s'", a, b);
  assert_no_optimiser("two-ids", JOUST_BAD_INPUT, message);
  assert_int_equal(joust_registry_load_all(&registry, &error), JOUST_BAD_INPUT);
  assert_non_null(strstr(error.message, message));
  assert_int_equal(joust_registry_load_all(&registry, &error), JOUST_BAD_INPUT); /* and again */
  assert_int_equal(registry.n_optimisers, 4);
  assert_optimiser("good", good); /* the others can be used */
  free(message);
}

static void file_of_the_ids_name_comes_first(void **state) {
  (void)state;
  const char *own = place("two/two-ids.so", "two_ids_b");
  place("one/a.so", "two_ids_a");
  assert_optimiser("two-ids", own);
  assert_int_equal(joust_registry_load_all(&registry, &error), JOUST_BAD_INPUT);
  assert_optimiser("two-ids", own); /* whatever is loaded */
}

static void link_to_a_plugin_is_no_second_offer(void **state) {
  (void)state;
  const char *good = place("one/good.so", "good");
  assert_int_equal(symlink(good, new_path("two/link.so")), 0);
  assert_int_equal(joust_registry_load_all(&registry, &error), 0);
  assert_int_equal(registry.n_optimisers, 2);
}

static void other_files_do_not_count(void **state) {
  (void)state;
  place("one/good.so.bak", "good");
  place("one/.good.so", "good");
  place("one/good.la", "good");
  assert_int_equal(mkdir(new_path("one/good.so"), 0700), 0);
  const char *second = place("two/good.so", "good"); /* not hidden by the folder of its name */
  assert_int_equal(joust_registry_load_all(&registry, &error), 0);
  assert_int_equal(registry.n_optimisers, 2);
  assert_int_equal(registry.n_broken, 0);
  assert_string_equal(registry.optimisers[0].path, second);
}

static void listing_is_in_order_and_keeps_the_broken(void **state) {
  (void)state;
  const char *broken = place("one/aaa.so", "no_tell");
  place("one/zzz.so", "good");
  place("two/bbb.so", "newer_minor");
  place("two/ccc.so", "missing_dependency");
  assert_int_equal(joust_registry_load_all(&registry, &error), 0);
  assert_int_equal(registry.n_optimisers, 3);
  assert_string_equal(registry.optimisers[0].optimiser->id, "good");
  assert_string_equal(registry.optimisers[1].optimiser->id, "good-too");
  assert_string_equal(registry.optimisers[2].optimiser->id, "newer-minor");
  assert_int_equal(registry.n_broken, 2);
  assert_string_equal(registry.broken[0].path, broken);
  assert_non_null(strstr(registry.broken[0].message, "has no function 'tell'"));
  assert_int_equal(registry.broken[0].code, JOUST_BAD_INPUT);
  assert_int_equal(registry.broken[1].code, JOUST_MISSING);
  assert_int_equal(joust_registry_load_all(&registry, &error), 0);
  assert_int_equal(registry.n_optimisers, 3);
  assert_int_equal(registry.n_broken, 2);
}

static void unknown_id_is_explained(void **state) {
  (void)state;
  assert_no_optimiser("evolution", JOUST_MISSING, "there is no optimiser 'evolution': no optimiser was found at all.");
  place("one/good.so", "good");
  place("one/bad.so", "no_tell");
  assert_no_optimiser("goood", JOUST_MISSING, "there is no optimiser 'goood': did you mean 'good'? Searched: '");
  assert_non_null(strstr(error.message, made.paths[0]));
  assert_non_null(strstr(error.message, made.paths[1]));
  assert_non_null(strstr(error.message, "lib/joust/plugins' (No such file or directory)"));
  assert_non_null(strstr(error.message, "Broken plugins: cannot use the plugin"));
  assert_non_null(strstr(error.message, "optimiser 'no-tell' has no function 'tell'"));
  assert_no_optimiser("evolution", JOUST_MISSING, "there is no optimiser 'evolution': there are good, good-too.");
  assert_no_optimiser("good.so", JOUST_MISSING, "A file is named ./good.so.");
}

static void broken_file_of_the_ids_name_gives_its_reason(void **state) {
  (void)state;
  place("one/no-tell.so", "no_tell");
  place("one/lib.so", "missing_dependency");
  for (int i = 0; i < 2; i++) {
    assert_no_optimiser("no-tell", JOUST_BAD_INPUT, "optimiser 'no-tell' has no function 'tell'");
    assert_no_optimiser("lib", JOUST_MISSING, "libjoust-absent.so.1");
  }
}

static void path_is_loaded_directly(void **state) {
  (void)state;
  const char *path = place("newer.so", "newer_minor");
  assert_optimiser(path, path);
  assert_optimiser(path, path);
  assert_int_equal(registry.n_given, 1);
  assert_no_optimiser("newer-minor", JOUST_MISSING, "there is no optimiser");
}

static void path_must_offer_exactly_one(void **state) {
  (void)state;
  const char *good = place("good.so", "good"), *newer = place("newer.so", "newer_minor");
  assert_no_optimiser(good, JOUST_BAD_INPUT, "offers several optimisers: good, good-too; add its folder");
  struct joust_evaluator_entry found;
  assert_int_equal(joust_registry_evaluator(&registry, good, &found, &error), 0);
  assert_string_equal(found.path, good);
  assert_int_equal(joust_registry_evaluator(&registry, newer, &found, &error), JOUST_BAD_INPUT);
  assert_non_null(strstr(error.message, "newer.so' offers no evaluator"));
  assert_no_optimiser("./nowhere/x.so", JOUST_MISSING, "No such file");
}

static void built_in_evaluator_comes_first(void **state) {
  (void)state;
  static const struct joust_evaluator table = {.struct_size = sizeof table, .id = "table"};
  static const struct joust_evaluator good = {.struct_size = sizeof good, .id = "good"};
  struct joust_evaluator_entry found;
  joust_registry_add_evaluator(&registry, &table);
  assert_int_equal(joust_registry_evaluator(&registry, "table", &found, &error), 0);
  assert_ptr_equal(found.evaluator, &table);
  assert_string_equal(found.path, "built in");
  assert_int_equal(registry.n_loaded, 0);
  assert_int_equal(joust_registry_evaluator(&registry, "tabel", &found, &error), JOUST_MISSING);
  assert_non_null(strstr(error.message, "there is no evaluator 'tabel': did you mean 'table'?"));
  place("one/good.so", "good");
  joust_registry_add_evaluator(&registry, &good);
  assert_int_equal(joust_registry_load_all(&registry, &error), JOUST_BAD_INPUT);
  assert_non_null(strstr(error.message, "two plugins offer the evaluator 'good'"));
  assert_int_equal(joust_registry_evaluator(&registry, "good", &found, &error), 0);
  assert_ptr_equal(found.evaluator, &good);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest plugin_registry[] = {
      TEST(folders_come_in_their_order),
      TEST(id_is_found_without_loading_others),
      TEST(id_is_found_in_a_file_of_another_name),
      TEST(earlier_folder_hides_the_same_name),
      TEST(two_files_with_one_id_are_an_error),
      TEST(file_of_the_ids_name_comes_first),
      TEST(link_to_a_plugin_is_no_second_offer),
      TEST(other_files_do_not_count),
      TEST(listing_is_in_order_and_keeps_the_broken),
      TEST(unknown_id_is_explained),
      TEST(broken_file_of_the_ids_name_gives_its_reason),
      TEST(path_is_loaded_directly),
      TEST(path_must_offer_exactly_one),
      TEST(built_in_evaluator_comes_first),
  };
  int failed = cmocka_run_group_tests(plugin_registry, NULL, NULL);
  joust_plugin_unload_all();
  return failed;
}
