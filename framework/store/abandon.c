/* Letting go of a store in a forked process. SQLite has no call for it: its connection must not be used there, not even
 * closed. So the process gives back what it inherited without asking SQLite: the descriptors of the store's files,
 * which a plugin could write into, and the shared index of the write-ahead log, which a stray pointer could reach. The
 * locks belong to the parent alone and stay untouched (fcntl locks are not inherited). */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "store/connection.h"

/* Is the file the store itself, or one of those beside it: -wal, -shm, -journal? */
static bool belongs(const char *file, const char *store) {
  size_t length = strlen(store);
  return strncmp(file, store, length) == 0 && (file[length] == 0 || file[length] == '-');
}

static void close_files(const char *store) {
  DIR *folder = opendir("/proc/self/fd");
  for (struct dirent *entry; folder && (entry = readdir(folder)) != NULL;) {
    char target[PATH_MAX], *end;
    long number = strtol(entry->d_name, &end, 10);
    if (*end || end == entry->d_name || number == dirfd(folder)) continue;
    ssize_t length = readlinkat(dirfd(folder), entry->d_name, target, sizeof target - 1);
    if (length < 0) continue;
    target[length] = 0;
    if (belongs(target, store)) close((int)number);
  }
  if (folder) closedir(folder);
}

static void unmap_files(const char *store) {
  char line[PATH_MAX + 200];
  FILE *maps = fopen("/proc/self/maps", "re");
  while (maps && fgets(line, sizeof line, maps)) {
    unsigned long start, end;
    char *path = strchr(line, '/');
    if (!path || sscanf(line, "%lx-%lx", &start, &end) != 2) continue;
    path[strcspn(path, "\n")] = 0;
    if (belongs(path, store)) munmap((void *)start, end - start);
  }
  if (maps) fclose(maps);
}

void joust_store_abandon(const struct joust_store *store) {
  char path[PATH_MAX];
  if (!realpath(store->path, path)) return;
  close_files(path);
  unmap_files(path);
}
