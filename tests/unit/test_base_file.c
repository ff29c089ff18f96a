/* Files and folders, and where joust finds its own things. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"

static char folder[] = "/tmp/joust-file-XXXXXX";
static struct joust_error error;

static int set_up(void **state) {
  (void)state;
  return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state) {
  (void)state;
  char *command = joust_format("rm -r '%s'", folder);
  int code = system(command);
  free(command);
  return code;
}

/* folder/name; lives until the next call. */
static const char *in_folder(const char *name) {
  static char path[200];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

static int count_files(void) {
  int n = 0;
  DIR *directory = opendir(folder);
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;) n += *entry->d_name != '.';
  closedir(directory);
  return n;
}

static void bytes_come_back(void **state) {
  (void)state;
  static const size_t sizes[] = {0, 1, 65534, 65535, 65536, 65537, 300000};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    char *bytes = joust_alloc(sizes[i], 1), *back = NULL;
    size_t length = 1;
    for (size_t k = 0; k < sizes[i]; k++) bytes[k] = (char)(k * 7);
    assert_int_equal(joust_file_write(in_folder("bytes"), bytes, sizes[i], &error), 0);
    assert_int_equal(joust_file_read(&back, &length, in_folder("bytes"), &error), 0);
    assert_int_equal(length, sizes[i]);
    assert_memory_equal(back, bytes, length);
    assert_int_equal(back[length], 0);
    free(bytes);
    free(back);
  }
  assert_int_equal(unlink(in_folder("bytes")), 0);
}

static void absent_files_are_missing(void **state) {
  (void)state;
  char *bytes, expected[300];
  size_t length;
  assert_int_equal(joust_file_read(&bytes, &length, in_folder("none"), &error), JOUST_MISSING);
  snprintf(expected, sizeof expected, "cannot read '%s': No such file or directory", in_folder("none"));
  assert_string_equal(error.message, expected);
  assert_int_equal(joust_file_read(&bytes, &length, folder, &error), JOUST_SYSTEM);
  snprintf(expected, sizeof expected, "cannot read '%s': Is a directory", folder);
  assert_string_equal(error.message, expected);
}

/* What was there stays, and nothing is left lying about. */
static void failed_writes_leave_nothing(void **state) {
  (void)state;
  char expected[300];
  int before = count_files();
  assert_int_equal(joust_file_write(in_folder("no/file"), "a", 1, &error), JOUST_SYSTEM);
  snprintf(expected, sizeof expected, "cannot write '%s': No such file or directory", in_folder("no/file"));
  assert_string_equal(error.message, expected);
  assert_int_equal(mkdir(in_folder("taken"), 0777), 0);
  assert_int_equal(joust_file_write(in_folder("taken"), "a", 1, &error), JOUST_SYSTEM);
  snprintf(expected, sizeof expected, "cannot write '%s': Is a directory", in_folder("taken"));
  assert_string_equal(error.message, expected);
  assert_int_equal(rmdir(in_folder("taken")), 0);
  assert_int_equal(count_files(), before);
}

/* A file that is written bit by bit: nothing of it shows before it is whole, or ever if it is not. */
static void what_is_not_whole_is_not_there(void **state) {
  (void)state;
  FILE *file;
  char *temporary, *bytes;
  size_t length;
  int before = count_files();
  for (int whole = 0; whole < 2; whole++) {
    assert_int_equal(joust_file_write(in_folder("bits"), "old", 3, &error), 0);
    assert_int_equal(joust_file_start(&file, &temporary, in_folder("bits"), &error), 0);
    fputs("new ", file);
    fflush(file);
    assert_int_equal(joust_file_read(&bytes, &length, in_folder("bits"), &error), 0);
    assert_string_equal(bytes, "old");
    free(bytes);
    fputs("text", file);
    int code = whole ? 0 : JOUST_BAD_INPUT;
    assert_int_equal(joust_file_finish(file, temporary, in_folder("bits"), code, &error), code);
    assert_int_equal(joust_file_read(&bytes, &length, in_folder("bits"), &error), 0);
    assert_string_equal(bytes, whole ? "new text" : "old");
    free(bytes);
    assert_int_equal(count_files(), before + 1);
  }
  assert_int_equal(joust_file_start(&file, &temporary, in_folder("bits"), &error), 0);
  fclose(file);
  file = fopen("/dev/full", "w"); /* the disk is full */
  fputs("text", file);
  assert_int_equal(joust_file_finish(file, temporary, in_folder("bits"), 0, &error), JOUST_SYSTEM);
  assert_non_null(strstr(error.message, "No space left"));
  assert_int_equal(unlink(in_folder("bits")), 0);
  assert_int_equal(count_files(), before);
}

static void written_files_have_the_usual_mode(void **state) {
  (void)state;
  struct stat status;
  mode_t mask = umask(027);
  assert_int_equal(joust_file_write(in_folder("mode"), "a", 1, &error), 0);
  assert_int_equal(umask(mask), 027);
  assert_int_equal(stat(in_folder("mode"), &status), 0);
  assert_int_equal(status.st_mode & 0777, 0640);
  unlink(in_folder("mode"));
}

static void folders_are_made_with_their_parents(void **state) {
  (void)state;
  char expected[300];
  assert_int_equal(joust_folder_make(in_folder("a/b//c"), &error), 0);
  assert_true(joust_folder_exists(in_folder("a/b/c")));
  assert_int_equal(joust_folder_make(in_folder("a/b/c/"), &error), 0);
  assert_int_equal(joust_folder_make("/", &error), 0);
  assert_int_equal(joust_file_write(in_folder("a/file"), "", 0, &error), 0);
  assert_int_equal(joust_folder_make(in_folder("a/file/d"), &error), JOUST_SYSTEM);
  snprintf(expected, sizeof expected, "cannot make the folder '%s': File exists", in_folder("a/file"));
  assert_string_equal(error.message, expected);
  assert_int_equal(joust_folder_make("", &error), JOUST_SYSTEM);
  assert_string_equal(error.message, "cannot make the folder '': No such file or directory");
}

/* The reason is that of the making, not that of the look whether the folder is there. */
static void the_reason_of_a_failed_folder_is_kept(void **state) {
  (void)state;
  char expected[300];
  assert_int_equal(symlink("/nowhere/at/all", in_folder("dangling")), 0);
  assert_int_equal(joust_folder_make(in_folder("dangling"), &error), JOUST_SYSTEM);
  snprintf(expected, sizeof expected, "cannot make the folder '%s': File exists", in_folder("dangling"));
  assert_string_equal(error.message, expected);
}

static void files_and_folders_are_told_apart(void **state) {
  (void)state;
  assert_int_equal(joust_file_write(in_folder("f"), "", 0, &error), 0);
  assert_true(joust_file_exists(in_folder("f")));
  assert_false(joust_folder_exists(in_folder("f")));
  assert_false(joust_file_exists(folder));
  assert_true(joust_folder_exists(folder));
  assert_false(joust_file_exists(in_folder("none")));
  assert_false(joust_folder_exists(in_folder("none")));
}

static void assert_taken(char *path, const char *expected) {
  assert_string_equal(path, expected);
  free(path);
}

static void paths_are_joined_and_cut(void **state) {
  (void)state;
  assert_taken(joust_path_join("a/b", "c.json"), "a/b/c.json");
  assert_taken(joust_path_join("a", "/c"), "/c");
  assert_taken(joust_path_folder("a/b/c.json"), "a/b");
  assert_taken(joust_path_folder("c.json"), ".");
  assert_taken(joust_path_folder("/c.json"), "/");
  assert_taken(joust_path_folder("//c.json"), "/");
  assert_taken(joust_path_folder("a//c.json"), "a");
}

/* PREFIX/bin/program -> PREFIX/share. */
static void the_prefix_is_above_the_program(void **state) {
  (void)state;
  char *program = realpath("/proc/self/exe", NULL), *bin = joust_path_folder(program);
  char *prefix = joust_path_folder(bin), *expected = joust_format("%s/share/joust", prefix);
  assert_taken(joust_prefix_path("share/joust"), expected);
  free(program);
  free(bin);
  free(prefix);
  free(expected);
}

static void data_lie_where_the_user_says(void **state) {
  (void)state;
  setenv("HOME", "/home/ada", 1);
  unsetenv("JOUST_DATA");
  unsetenv("XDG_DATA_HOME");
  assert_taken(joust_data_folder(), "/home/ada/.local/share/joust");
  setenv("XDG_DATA_HOME", "/xdg", 1);
  assert_taken(joust_data_folder(), "/xdg/joust");
  setenv("XDG_DATA_HOME", "relative", 1); /* invalid by the XDG Base Directory Specification: to be ignored */
  assert_taken(joust_data_folder(), "/home/ada/.local/share/joust");
  setenv("JOUST_DATA", "own", 1);
  assert_taken(joust_data_folder(), "own");
  setenv("JOUST_DATA", "", 1);
  unsetenv("XDG_DATA_HOME");
  unsetenv("HOME");
  assert_taken(joust_data_folder(), "./.local/share/joust");
}

static void folder_lists_have_no_empty_or_double_parts(void **state) {
  (void)state;
  struct joust_folders folders = {0};
  joust_folders_add(&folders, NULL);
  joust_folders_add(&folders, "");
  assert_int_equal(folders.n, 0);
  joust_folders_add(&folders, ":a::b:a:");
  joust_folders_add(&folders, "c:b");
  assert_int_equal(folders.n, 3);
  assert_string_equal(folders.paths[0], "a");
  assert_string_equal(folders.paths[1], "b");
  assert_string_equal(folders.paths[2], "c");
  joust_folders_free(&folders);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bytes_come_back),
      cmocka_unit_test(absent_files_are_missing),
      cmocka_unit_test(failed_writes_leave_nothing),
      cmocka_unit_test(what_is_not_whole_is_not_there),
      cmocka_unit_test(written_files_have_the_usual_mode),
      cmocka_unit_test(folders_are_made_with_their_parents),
      cmocka_unit_test(the_reason_of_a_failed_folder_is_kept),
      cmocka_unit_test(files_and_folders_are_told_apart),
      cmocka_unit_test(paths_are_joined_and_cut),
      cmocka_unit_test(the_prefix_is_above_the_program),
      cmocka_unit_test(data_lie_where_the_user_says),
      cmocka_unit_test(folder_lists_have_no_empty_or_double_parts),
  };
  return cmocka_run_group_tests_name("base: files", tests, set_up, tear_down);
}
