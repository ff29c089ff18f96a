/* Is a file a complete shared object for this machine? To be asked before dlopen: the dynamic linker trusts the file's
 * headers, maps what they promise, and a truncated file then kills the process with SIGBUS.
 * After the System V ABI (gABI 4.1), chapters "ELF Header", "Sections" and "Program Loading". */
#ifndef JOUST_PLUGIN_ELF_H
#define JOUST_PLUGIN_ELF_H

#include "base/error.h"

/* 0 if the regular file at path is an ELF shared object of this machine's class, byte order and processor, and all that
 * its headers promise (program headers, segments, section headers) lies inside the file. JOUST_BAD_INPUT if not, with
 * the path and what is wrong; JOUST_MISSING or JOUST_SYSTEM if the file cannot be read. */
int joust_elf_check(const char *path, struct joust_error *error);

#endif
