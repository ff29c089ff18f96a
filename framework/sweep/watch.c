#include "sweep/watch.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* Seconds of processor time, 0 where the process is no more. */
static double processor_time(pid_t process) {
  clockid_t clock;
  struct timespec time;
  if (clock_getcpuclockid(process, &clock) || clock_gettime(clock, &time)) return 0;
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Bytes, 0 where the process is no more. */
static double private_memory(pid_t process) {
  char path[40];
  double resident = 0, shared = 0;
  snprintf(path, sizeof path, "/proc/%ld/statm", (long)process);
  FILE *file = fopen(path, "re");
  if (!file) return 0;
  if (fscanf(file, "%*s %lf %lf", &resident, &shared) != 2) resident = shared = 0;
  fclose(file);
  return (resident - shared) * (double)sysconf(_SC_PAGESIZE);
}

void joust_watch_start(struct joust_watch *watch, pid_t process, double now) {
  *watch = (struct joust_watch){.start = now, .cpu = processor_time(process)};
}

void joust_watch_blame(struct joust_watch *watch, const char *why) {
  watch->exceeded = JOUST_LIMIT_SENSE;
  snprintf(watch->why, sizeof watch->why, "%s", why);
}

bool joust_watch_check(struct joust_watch *watch, const struct joust_limits *limits, pid_t process, double now) {
  if (watch->exceeded) return false;
  if (now - watch->start > limits->seconds) {
    watch->exceeded = JOUST_LIMIT_TIME;
    snprintf(watch->why, sizeof watch->why, "exceeded its limit of %g s of wall time", limits->seconds);
  } else if (isfinite(limits->cpu_seconds) && processor_time(process) - watch->cpu > limits->cpu_seconds) {
    watch->exceeded = JOUST_LIMIT_TIME;
    snprintf(watch->why, sizeof watch->why, "exceeded its limit of %g s of processor time", limits->cpu_seconds);
  } else if (isfinite(limits->memory) && private_memory(process) > limits->memory) {
    char *bytes = joust_limits_size(limits->memory);
    watch->exceeded = JOUST_LIMIT_MEMORY;
    snprintf(watch->why, sizeof watch->why, "exceeded its limit of %s of memory", bytes);
    free(bytes);
  }
  return watch->exceeded != JOUST_LIMIT_KEPT;
}
