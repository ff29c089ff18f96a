#include "plugin/elf.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* This program's own ELF header, where the linker puts it: what a plugin has to match. */
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

struct file {
  int fd;
  uint64_t size;
  const char *path;
};

/* Reads length bytes at offset; false if the file ends before. */
static bool read_at(const struct file *file, void *to, size_t length, uint64_t offset) {
  size_t done = 0;
  while (done < length) {
    ssize_t n = pread(file->fd, (char *)to + done, length - done, (off_t)(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    done += (size_t)n;
  }
  return true;
}

static int fail_truncated(const struct file *file, const char *what, struct joust_error *error) {
  return joust_fail(error, JOUST_BAD_INPUT,
                    "'%s' is truncated or damaged: its %s does not lie inside its %llu bytes; copy or build it again",
                    file->path, what, (unsigned long long)file->size);
}

static bool inside(const struct file *file, uint64_t offset, uint64_t length) {
  return offset <= file->size && length <= file->size - offset;
}

static const char *type_name(unsigned type) {
  switch (type) {
  case ET_REL: return "an object file that was not linked (link it with -shared)";
  case ET_EXEC: return "a program";
  case ET_CORE: return "a core dump";
  default: return "of an unknown ELF type";
  }
}

static int check_header(const ElfW(Ehdr) * header, const struct file *file, struct joust_error *error) {
  const ElfW(Ehdr) *own = &__ehdr_start;
  if (header->e_ident[EI_CLASS] != own->e_ident[EI_CLASS] || header->e_ident[EI_DATA] != own->e_ident[EI_DATA] ||
      header->e_machine != own->e_machine)
    return joust_fail(
        error, JOUST_BAD_INPUT,
        "'%s' was built for another machine (ELF class %u, byte order %u, machine %u; this is %u, %u, %u)", file->path,
        header->e_ident[EI_CLASS], header->e_ident[EI_DATA], header->e_machine, own->e_ident[EI_CLASS],
        own->e_ident[EI_DATA], own->e_machine);
  if (header->e_type != ET_DYN)
    return joust_fail(error, JOUST_BAD_INPUT, "'%s' is %s: expected a shared object", file->path,
                      type_name(header->e_type));
  if (header->e_phentsize != sizeof(ElfW(Phdr)) || header->e_phnum == 0)
    return joust_fail(error, JOUST_BAD_INPUT, "'%s' is damaged: it has no program headers of the right size",
                      file->path);
  if (!inside(file, header->e_phoff, (uint64_t)header->e_phnum * sizeof(ElfW(Phdr))))
    return fail_truncated(file, "program header table", error);
  return 0;
}

/* The dynamic linker needs no sections, but their table ends the file: it shows that the end is there, and that it is
 * not the zeros of an unfinished copy. A file may have none. */
static int check_sections(const ElfW(Ehdr) * header, const struct file *file, struct joust_error *error) {
  ElfW(Shdr) names;
  if (header->e_shnum == 0) return 0;
  if (!inside(file, header->e_shoff, (uint64_t)header->e_shnum * header->e_shentsize))
    return fail_truncated(file, "section header table", error);
  if (header->e_shentsize == sizeof names && header->e_shstrndx < header->e_shnum &&
      (header->e_shstrndx == SHN_UNDEF ||
       (read_at(file, &names, sizeof names, header->e_shoff + header->e_shstrndx * sizeof names) &&
        names.sh_type == SHT_STRTAB && inside(file, names.sh_offset, names.sh_size))))
    return 0;
  return joust_fail(error, JOUST_BAD_INPUT, "'%s' is damaged: its section header table is not valid", file->path);
}

static int check_segments(const ElfW(Ehdr) * header, const struct file *file, struct joust_error *error) {
  bool loads = false, dynamic = false;
  for (unsigned i = 0; i < header->e_phnum; i++) {
    ElfW(Phdr) segment;
    if (!read_at(file, &segment, sizeof segment, header->e_phoff + i * sizeof segment))
      return fail_truncated(file, "program header table", error);
    if (segment.p_type == PT_NULL) continue;
    if (!inside(file, segment.p_offset, segment.p_filesz)) return fail_truncated(file, "code or data", error);
    loads = loads || (segment.p_type == PT_LOAD && segment.p_filesz > 0);
    dynamic = dynamic || (segment.p_type == PT_DYNAMIC && segment.p_filesz > 0);
  }
  if (loads && dynamic) return 0;
  return joust_fail(error, JOUST_BAD_INPUT,
                    "'%s' has no code or no dynamic section (debug information only?): expected a shared object",
                    file->path);
}

static int check_open(const struct file *file, struct joust_error *error) {
  ElfW(Ehdr) header;
  if (file->size == 0) return joust_fail(error, JOUST_BAD_INPUT, "'%s' is empty: expected a shared object", file->path);
  memset(&header, 0, sizeof header);
  bool whole = read_at(file, &header, sizeof header, 0);
  if (memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
    return joust_fail(error, JOUST_BAD_INPUT, "'%s' is no ELF file: expected a shared object", file->path);
  if (!whole) return fail_truncated(file, "ELF header", error);
  int code = check_header(&header, file, error);
  if (code == 0) code = check_sections(&header, file, error);
  return code < 0 ? code : check_segments(&header, file, error);
}

int joust_elf_check(const char *path, struct joust_error *error) {
  int code = 0;
  struct stat status;
  struct file file = {.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), .path = path};
  if (file.fd < 0 || fstat(file.fd, &status) < 0) {
    code = joust_fail_errno(error, errno == ENOENT ? JOUST_MISSING : JOUST_SYSTEM, "cannot read '%s'", path);
  } else if (!S_ISREG(status.st_mode)) {
    code = joust_fail(error, JOUST_BAD_INPUT, "'%s' is not a regular file: expected a shared object", path);
  } else {
    file.size = (uint64_t)status.st_size;
    code = check_open(&file, error);
  }
  if (file.fd >= 0) close(file.fd);
  return code;
}
