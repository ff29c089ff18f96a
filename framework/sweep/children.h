/* The children of this process, as the system knows them. */
#ifndef JOUST_SWEEP_CHILDREN_H
#define JOUST_SWEEP_CHILDREN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct joust_children {
  size_t n;
  pid_t pids[];
};

/* Those that there are now, zombies included (proc(5): /proc/PID/task/TID/children; none where a kernel lacks it).
 * Freed with free(). */
struct joust_children *joust_children_find(void);

bool joust_children_has(const struct joust_children *children, pid_t process);

#endif
