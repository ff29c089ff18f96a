#include "base/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

int joust_file_read(char **bytes, size_t *length, const char *path, struct joust_error *error) {
  FILE *file = fopen(path, "rb");
  if (!file) return joust_fail_errno(error, errno == ENOENT ? JOUST_MISSING : JOUST_SYSTEM, "cannot read '%s'", path);
  size_t capacity = 1 << 16, n = 0, got;
  char *buffer = joust_alloc(capacity, 1);
  while ((got = fread(buffer + n, 1, capacity - n - 1, file)) > 0) {
    n += got;
    if (capacity - n - 1 == 0) buffer = joust_resize(buffer, capacity *= 2, 1);
  }
  if (ferror(file)) {
    joust_fail_errno(error, JOUST_SYSTEM, "cannot read '%s'", path);
    fclose(file);
    free(buffer);
    return error->code;
  }
  fclose(file);
  buffer[n] = 0;
  *bytes = buffer;
  *length = n;
  return 0;
}

int joust_file_start(FILE **file, char **temporary, const char *path, struct joust_error *error) {
  char *name = joust_format("%s.XXXXXX", path);
  int fd = mkstemp(name);
  mode_t mask = umask(0);
  umask(mask);
  *file = fd >= 0 && fchmod(fd, 0666 & ~mask) == 0 ? fdopen(fd, "wb") : NULL;
  if (*file) {
    *temporary = name;
    return 0;
  }
  joust_fail_errno(error, JOUST_SYSTEM, "cannot write '%s'", path);
  if (fd >= 0) {
    unlink(name);
    close(fd);
  }
  free(name);
  return error->code;
}

int joust_file_finish(FILE *file, char *temporary, const char *path, int code, struct joust_error *error) {
  if (!code && (fflush(file) || ferror(file) || fsync(fileno(file)) || rename(temporary, path)))
    code = joust_fail_errno(error, JOUST_SYSTEM, "cannot write '%s'", path);
  if (code) unlink(temporary);
  fclose(file);
  free(temporary);
  return code;
}

int joust_file_write(const char *path, const void *bytes, size_t length, struct joust_error *error) {
  FILE *file;
  char *temporary;
  int code = joust_file_start(&file, &temporary, path, error);
  if (code) return code;
  fwrite(bytes, 1, length, file); /* errors show when it is flushed */
  return joust_file_finish(file, temporary, path, 0, error);
}

int joust_folder_make(const char *path, struct joust_error *error) {
  char *part = joust_copy(path);
  for (char *slash = part + (*part == '/');; slash++) {
    if (*slash && *slash != '/') continue;
    char end = *slash;
    *slash = 0;
    int reason = mkdir(part, 0777) < 0 ? errno : 0;
    if (reason && !joust_folder_exists(part)) {
      errno = reason;
      joust_fail_errno(error, JOUST_SYSTEM, "cannot make the folder '%s'", part);
      free(part);
      return error->code;
    }
    if (!end) break;
    *slash = '/';
  }
  free(part);
  return 0;
}

bool joust_file_exists(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 && !S_ISDIR(status.st_mode);
}

bool joust_folder_exists(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

char *joust_path_join(const char *folder, const char *name) {
  return *name == '/' ? joust_copy(name) : joust_format("%s/%s", folder, name);
}

char *joust_path_folder(const char *path) {
  const char *slash = strrchr(path, '/');
  if (!slash) return joust_copy(".");
  while (slash > path && slash[-1] == '/') slash--;
  return joust_copy_n(path, slash == path ? 1 : (size_t)(slash - path));
}

const char *joust_path_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

char *joust_prefix_path(const char *name) {
  char *program = realpath("/proc/self/exe", NULL);
  char *folder = joust_path_folder(program ? program : "");
  char *prefix = joust_path_folder(folder);
  char *path = joust_path_join(prefix, name);
  free(program);
  free(folder);
  free(prefix);
  return path;
}

char *joust_data_folder(void) {
  const char *own = getenv("JOUST_DATA"), *xdg = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
  if (own && *own) return joust_copy(own);
  if (xdg && *xdg == '/') return joust_path_join(xdg, "joust");
  return joust_path_join(home && *home ? home : ".", ".local/share/joust");
}

static bool has_folder(const struct joust_folders *folders, const char *path) {
  for (size_t i = 0; i < folders->n; i++)
    if (strcmp(folders->paths[i], path) == 0) return true;
  return false;
}

void joust_folders_add(struct joust_folders *folders, const char *list) {
  while (list && *list) {
    size_t length = strcspn(list, ":");
    char *path = joust_copy_n(list, length);
    if (length && !has_folder(folders, path)) {
      folders->paths = joust_resize(folders->paths, folders->n + 1, sizeof *folders->paths);
      folders->paths[folders->n++] = path;
    } else {
      free(path);
    }
    list += length + (list[length] == ':');
  }
}

void joust_folders_free(struct joust_folders *folders) {
  for (size_t i = 0; i < folders->n; i++) free(folders->paths[i]);
  free(folders->paths);
  memset(folders, 0, sizeof *folders);
}
