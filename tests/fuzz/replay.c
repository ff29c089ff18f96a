/* Runs a fuzz target on the files that are named, or that lie in the folders that are named: the corpus as an ordinary
 * test, with any compiler. With clang's libFuzzer the targets are built without this file; see CMakeLists.txt. */
#include "fuzz.h"

#include <dirent.h>

#include "base/file.h"
#include "base/memory.h"

static int replay_file(const char *path) {
  struct joust_error error;
  char *bytes;
  size_t size;
  if (joust_file_read(&bytes, &size, path, &error)) {
    fprintf(stderr, "%s\n", error.message);
    return -1;
  }
  uint8_t *exact = joust_alloc(size, 1); /* no byte more, so that sanitizers see a read beyond the input */
  for (size_t i = 0; i < size; i++) exact[i] = (uint8_t)bytes[i];
  LLVMFuzzerTestOneInput(exact, size);
  free(exact);
  free(bytes);
  return 1;
}

static int replay_folder(const char *path) {
  int done = 0;
  DIR *folder = opendir(path);
  for (struct dirent *entry; folder && done >= 0 && (entry = readdir(folder)) != NULL;) {
    if (*entry->d_name == '.') continue;
    char *file = joust_path_join(path, entry->d_name);
    int one = replay_file(file);
    done = one < 0 ? one : done + one;
    free(file);
  }
  if (folder) closedir(folder);
  return done;
}

int main(int argc, char **argv) {
  int total = 0;
  for (int i = 1; i < argc; i++) {
    int done = joust_folder_exists(argv[i]) ? replay_folder(argv[i]) : replay_file(argv[i]);
    if (done < 0) return 1;
    total += done;
  }
  printf("%d inputs\n", total);
  return total == 0;
}
