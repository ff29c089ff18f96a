/* Files and folders: reading whole, writing so that a file is either complete or absent, and where joust finds its own
 * things: PREFIX is the parent of the folder that holds the running program, so that an installed tree can be moved. */
#ifndef JOUST_BASE_FILE_H
#define JOUST_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/error.h"

/* The bytes of a file, with a 0 behind them; the caller frees. Fails with JOUST_MISSING if there is none, JOUST_SYSTEM.
 */
int joust_file_read(char **bytes, size_t *length, const char *path, struct joust_error *error);

/* Writes path by way of a temporary file beside it, synchronised to disk and renamed: complete or not there. */
int joust_file_write(const char *path, const void *bytes, size_t length, struct joust_error *error);

/* The same for what is written bit by bit: begins a temporary file beside path, its name in *temporary. Both end with
 * joust_file_finish. JOUST_SYSTEM. */
int joust_file_start(FILE **file, char **temporary, const char *path, struct joust_error *error);

/* Gives what was written the name path; where `code` says that it is not whole, or the disk does not take it, path
 * stays as it was and the temporary file goes. Returns code, or JOUST_SYSTEM. */
int joust_file_finish(FILE *file, char *temporary, const char *path, int code, struct joust_error *error);

/* Makes a folder and its parents; a folder that is there is fine. */
int joust_folder_make(const char *path, struct joust_error *error);

bool joust_file_exists(const char *path);
bool joust_folder_exists(const char *path);
char *joust_path_join(const char *folder, const char *name); /* an absolute name stands alone; the caller frees */
char *joust_path_folder(const char *path);                   /* "." where there is none; the caller frees */
const char *joust_path_name(const char *path);               /* behind the last slash; a part of path */

/* PREFIX/name, e.g. name "share/joust/spaces"; the caller frees. */
char *joust_prefix_path(const char *name);

/* Where the user's data lie: $JOUST_DATA, else $XDG_DATA_HOME/joust, else ~/.local/share/joust; the caller frees. */
char *joust_data_folder(void);

/* A list of folders to search in order. */
struct joust_folders {
  char **paths; /* owned */
  size_t n;
};

/* Appends the parts of a colon-separated list (NULL: none), without empty ones and without those already there. */
void joust_folders_add(struct joust_folders *folders, const char *list);
void joust_folders_free(struct joust_folders *folders);

#endif
