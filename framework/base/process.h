/* Which process is this, and does it still live? A name that no other process has, not even one with the same number
 * after this one ended or after the machine was started again (Linux: /proc). */
#ifndef JOUST_BASE_PROCESS_H
#define JOUST_BASE_PROCESS_H

#include <signal.h>

enum joust_life {
  JOUST_LIFE_OVER,   /* it has ended */
  JOUST_LIFE_ALIVE,  /* it runs on this machine */
  JOUST_LIFE_UNKNOWN /* it belongs to another machine, or to another start or container of this one */
};

/* The name of the calling process: start of the machine, space of process numbers, number, start of the process; the
 * caller frees. "" where the system does not tell. */
char *joust_process_name(void);

/* `number` (may be NULL) becomes the process's number, 0 where the name has none. */
enum joust_life joust_process_life(const char *name, long *number);

/* Seconds since a process that is alive was started; NaN if it is not. */
double joust_process_age(const char *name);

/* What the calling process does at each of the signals that a crash raises. */
void joust_process_on_crash(const struct sigaction *action);

#endif
