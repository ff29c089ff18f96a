/* Is a file a complete shared object? Every kind of wrong file gets a message, and none is mapped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <elf.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "plugin/elf.h"

static char folder[] = "/tmp/joust-test-elf-XXXXXX";
static char *path; /* the file under test */
static char *good; /* the bytes of good.so */
static size_t size;
static ElfW(Ehdr) * header; /* of good */

static int make_folder(void **state) {
  (void)state;
  struct joust_error error;
  if (!mkdtemp(folder)) return -1;
  path = joust_path_join(folder, "x.so");
  if (joust_file_read(&good, &size, JOUST_TEST_PLUGINS "/good.so", &error) < 0) return -1;
  header = (void *)good;
  return 0;
}

static int remove_folder(void **state) {
  (void)state;
  free(good);
  free(path);
  return rmdir(folder);
}

static void assert_refused(const void *bytes, size_t length, const char *message) {
  struct joust_error error = {0};
  assert_int_equal(joust_file_write(path, bytes, length, &error), 0);
  assert_int_equal(joust_elf_check(path, &error), JOUST_BAD_INPUT);
  if (!strstr(error.message, message)) fail_msg("'%s' is not in '%s'", message, error.message);
  if (!strstr(error.message, path)) fail_msg("the path is not in '%s'", error.message);
  unlink(path);
}

/* Refuses good.so with `value` (of `length` bytes) written over it at `offset`. */
static void assert_refused_with(size_t offset, const void *value, size_t length, const char *message) {
  char *bytes = joust_copy_n(good, size);
  memcpy(bytes + offset, value, length);
  assert_refused(bytes, size, message);
  free(bytes);
}

static void good_plugin_is_complete(void **state) {
  (void)state;
  struct joust_error error;
  assert_int_equal(joust_elf_check(JOUST_TEST_PLUGINS "/good.so", &error), 0);
}

static void other_files_are_refused(void **state) {
  (void)state;
  assert_refused("", 0, "is empty");
  assert_refused("this is text\n", 13, "is no ELF file");
  assert_refused("\x7f"
                 "EL",
                 3, "is no ELF file");
  assert_refused(good, 4, "truncated");
}

static void no_truncated_file_passes(void **state) {
  (void)state;
  struct joust_error error;
  assert_int_equal(joust_file_write(path, good, size, &error), 0);
  for (size_t length = size - 1; length >= 64; length -= length > size - 200 || length < 1000 ? 1 : 41) {
    assert_int_equal(truncate(path, (off_t)length), 0);
    assert_int_equal(joust_elf_check(path, &error), JOUST_BAD_INPUT);
    assert_non_null(strstr(error.message, "truncated"));
  }
  unlink(path);
}

static void no_unfinished_copy_passes(void **state) {
  (void)state;
  for (size_t length = 64; length < size - sizeof(ElfW(Shdr)); length += 997) {
    char *bytes = joust_alloc(size, 1);
    memcpy(bytes, good, length);
    assert_refused(bytes, size, "damaged");
    free(bytes);
  }
}

static void other_machines_are_refused(void **state) {
  (void)state;
  const unsigned char class = header->e_ident[EI_CLASS] == ELFCLASS64 ? ELFCLASS32 : ELFCLASS64;
  const unsigned char order = header->e_ident[EI_DATA] == ELFDATA2LSB ? ELFDATA2MSB : ELFDATA2LSB;
  const ElfW(Half) machine = header->e_machine == EM_AARCH64 ? EM_X86_64 : EM_AARCH64;
  assert_refused_with(EI_CLASS, &class, 1, "another machine");
  assert_refused_with(EI_DATA, &order, 1, "another machine");
  assert_refused_with(offsetof(ElfW(Ehdr), e_machine), &machine, sizeof machine, "another machine");
}

static void other_types_are_refused(void **state) {
  (void)state;
  static const struct {
    ElfW(Half) type;
    const char *message;
  } cases[] = {
      {ET_REL, "object file"}, {ET_EXEC, "a program"}, {ET_CORE, "a core dump"}, {ET_NONE, "unknown ELF type"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_refused_with(offsetof(ElfW(Ehdr), e_type), &cases[i].type, sizeof cases[i].type, cases[i].message);
}

static void damaged_headers_are_refused(void **state) {
  (void)state;
  const ElfW(Half) zero = 0, many = 0xfffe, odd = 17;
  const ElfW(Off) far = UINT64_MAX - 8;
  const ElfW(Word) none = PT_NULL;
  assert_refused_with(offsetof(ElfW(Ehdr), e_phnum), &zero, sizeof zero, "no program headers");
  assert_refused_with(offsetof(ElfW(Ehdr), e_phnum), &many, sizeof many, "program header table");
  assert_refused_with(offsetof(ElfW(Ehdr), e_phentsize), &odd, sizeof odd, "no program headers of the right size");
  assert_refused_with(offsetof(ElfW(Ehdr), e_phoff), &far, sizeof far, "program header table");
  assert_refused_with(offsetof(ElfW(Ehdr), e_shoff), &far, sizeof far, "section header table");
  assert_refused_with(offsetof(ElfW(Ehdr), e_shentsize), &odd, sizeof odd, "section header table");
  for (size_t i = 0; i < header->e_phnum; i++) {
    const size_t at = header->e_phoff + i * sizeof(ElfW(Phdr));
    ElfW(Phdr) segment;
    memcpy(&segment, good + at, sizeof segment);
    assert_refused_with(at + offsetof(ElfW(Phdr), p_offset), &far, sizeof far, "code or data");
    assert_refused_with(at + offsetof(ElfW(Phdr), p_filesz), &far, sizeof far, "code or data");
    if (segment.p_type == PT_DYNAMIC)
      assert_refused_with(at + offsetof(ElfW(Phdr), p_type), &none, sizeof none, "no dynamic section");
  }
}

static void what_cannot_be_read_is_refused(void **state) {
  (void)state;
  struct joust_error error;
  assert_int_equal(joust_elf_check(path, &error), JOUST_MISSING);
  assert_int_equal(joust_elf_check(folder, &error), JOUST_BAD_INPUT);
  assert_int_equal(mkfifo(path, 0600), 0);
  assert_int_equal(joust_elf_check(path, &error), JOUST_BAD_INPUT); /* and does not wait for a writer */
  assert_non_null(strstr(error.message, "not a regular file"));
  unlink(path);
}

int main(void) {
  const struct CMUnitTest plugin_elf[] = {
      cmocka_unit_test(good_plugin_is_complete),     cmocka_unit_test(other_files_are_refused),
      cmocka_unit_test(no_truncated_file_passes),    cmocka_unit_test(no_unfinished_copy_passes),
      cmocka_unit_test(other_machines_are_refused),  cmocka_unit_test(other_types_are_refused),
      cmocka_unit_test(damaged_headers_are_refused), cmocka_unit_test(what_cannot_be_read_is_refused),
  };
  return cmocka_run_group_tests(plugin_elf, make_folder, remove_folder);
}
