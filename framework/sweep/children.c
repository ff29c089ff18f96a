#include "sweep/children.h"

#include <stdio.h>
#include <unistd.h>

#include "base/memory.h"

struct joust_children *joust_children_find(void) {
  struct joust_children *children = joust_alloc(1, sizeof *children);
  char path[60];
  long process;
  snprintf(path, sizeof path, "/proc/self/task/%ld/children", (long)getpid());
  FILE *file = fopen(path, "re");
  while (file && fscanf(file, "%ld", &process) == 1) {
    children = joust_resize(children, sizeof *children + (children->n + 1) * sizeof *children->pids, 1);
    children->pids[children->n++] = (pid_t)process;
  }
  if (file) fclose(file);
  return children;
}

bool joust_children_has(const struct joust_children *children, pid_t process) {
  for (size_t i = 0; i < children->n; i++)
    if (children->pids[i] == process) return true;
  return false;
}
