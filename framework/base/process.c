#include "base/process.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"

/* "BOOT NAMESPACE": process numbers are compared within one of these only. */
static char *read_place(void) {
  char boot[64] = "", space[64] = "";
  FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
  if (!file) return NULL;
  bool read = fscanf(file, "%63s", boot) == 1;
  fclose(file);
  ssize_t length = readlink("/proc/self/ns/pid", space, sizeof space - 1);
  if (!read || length <= 0) return NULL;
  space[length] = 0;
  return joust_format("%s %s", boot, space);
}

/* When a process was started, in clock ticks since the machine was: field 22 of its line in /proc, of which the second,
 * the program's name in parentheses, may hold anything. 0: there is none, or it has ended and was not waited for. */
static unsigned long long read_start(long number) {
  char path[64], line[1024];
  snprintf(path, sizeof path, "/proc/%ld/stat", number);
  FILE *file = fopen(path, "re");
  if (!file) return 0;
  size_t length = fread(line, 1, sizeof line - 1, file);
  fclose(file);
  line[length] = 0;
  const char *field = strrchr(line, ')');
  if (!field || field[1] != ' ' || strchr("ZX", field[2])) return 0;
  field += 2; /* the third one */
  for (int i = 3; i < 22 && field; i++) {
    field = strchr(field, ' ');
    if (field) field++;
  }
  return field ? strtoull(field, NULL, 10) : 0;
}

char *joust_process_name(void) {
  char *place = read_place();
  unsigned long long start = read_start((long)getpid());
  char *name = place && start ? joust_format("%s %ld %llu", place, (long)getpid(), start) : joust_copy("");
  free(place);
  return name;
}

enum joust_life joust_process_life(const char *name, long *number) {
  char *place = read_place();
  size_t length = place ? strlen(place) : 0;
  long id = 0;
  unsigned long long start = 0;
  bool here = length && strncmp(name, place, length) == 0 && name[length] == ' ';
  free(place);
  const char *numbers = here ? name + length : NULL;
  if (!here) { /* the number is there all the same: the third word */
    numbers = strchr(name, ' ');
    numbers = numbers ? strchr(numbers + 1, ' ') : NULL;
  }
  bool whole = numbers && sscanf(numbers, " %ld %llu", &id, &start) == 2;
  if (number) *number = whole ? id : 0;
  if (!here || !whole) return JOUST_LIFE_UNKNOWN;
  return read_start(id) == start ? JOUST_LIFE_ALIVE : JOUST_LIFE_OVER;
}

double joust_process_age(const char *name) {
  struct timespec now;
  long number;
  if (joust_process_life(name, &number) != JOUST_LIFE_ALIVE || clock_gettime(CLOCK_BOOTTIME, &now)) return NAN;
  double ticks = (double)read_start(number) / (double)sysconf(_SC_CLK_TCK);
  return ticks > 0 ? fmax(0, (double)now.tv_sec + 1e-9 * (double)now.tv_nsec - ticks) : NAN;
}

void joust_process_on_crash(const struct sigaction *action) {
  static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGTRAP};
  for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++) sigaction(crashes[i], action, NULL);
}
