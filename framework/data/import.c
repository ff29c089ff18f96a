#include "data/import.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"
#include "data/format.h"
#include "data/sources.h"
#include "evaluator/table.h"

#define HEAD_SIZE 4096 /* formats show in this many bytes */

static const struct joust_format *const formats[] = {&joust_format_nasbench201, &joust_format_macro,
                                                     &joust_format_channel, &joust_format_nasbench201_csv,
                                                     &joust_format_table};
enum { N_FORMATS = sizeof formats / sizeof *formats };

int joust_format_number(const struct joust_json *json, const cJSON *entry, const char *key, double lower, double upper,
                        double *out, struct joust_error *error) {
  int code = joust_json_get_number(json, entry, key, JOUST_REQUIRED, out, error);
  if (!code && (*out < lower || *out > upper))
    return joust_json_fail(json, joust_json_member(entry, key), error, "'%s' is %.17g: expected %g to %g", key, *out,
                           lower, upper);
  return code;
}

/* Length of the byte order mark that spreadsheets write before UTF-8, 0 where there is none. */
static size_t mark_length(const char *bytes) {
  return strncmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

/* *format is NULL where none of them knows the file. */
static int recognise(const struct joust_format **format, const char *path, struct joust_error *error) {
  char head[HEAD_SIZE + 1];
  FILE *file = fopen(path, "rb");
  *format = NULL;
  if (!file) return joust_fail_errno(error, errno == ENOENT ? JOUST_MISSING : JOUST_SYSTEM, "cannot read '%s'", path);
  size_t length = fread(head, 1, HEAD_SIZE, file);
  int failed = ferror(file);
  if (failed) joust_fail_errno(error, JOUST_SYSTEM, "cannot read '%s'", path);
  fclose(file);
  if (failed) return error->code;
  head[length] = 0;
  for (int i = 0; i < N_FORMATS && !*format; i++)
    if (formats[i]->recognise(head + mark_length(head))) *format = formats[i];
  return 0;
}

/* A published file gets its published name, so that the table's fingerprint does not depend on what a copy is called.
 */
static void note_source(struct joust_draft *draft, const char *path, const char *hash) {
  const struct joust_source *source = joust_source_of_table(draft->table.name), *original = joust_source_of_hash(hash);
  cJSON *list = cJSON_CreateArray(), *item = cJSON_CreateObject();
  cJSON_AddStringToObject(item, "file", original ? original->file : joust_path_name(path));
  cJSON_AddStringToObject(item, "sha256", hash);
  if (draft->made) cJSON_AddStringToObject(item, "made", draft->made);
  cJSON_AddItemToArray(list, item);
  char *text = cJSON_PrintUnformatted(list);
  draft->table.source = joust_copy(text);
  if (!draft->table.licence) draft->table.licence = joust_copy(source ? source->licence : "");
  cJSON_free(text);
  cJSON_Delete(list);
}

/* *path is the caller's to free. */
static int write_table(const struct joust_draft *draft, char **path, char fingerprint[JOUST_HASH_SIZE],
                       struct joust_error *error) {
  *path = joust_table_path(draft->table.name);
  char *folder = joust_path_folder(*path);
  int code = joust_folder_make(folder, error);
  if (!code) code = joust_table_write(&draft->table, (const double *const *)draft->values, *path, fingerprint, error);
  free(folder);
  return code;
}

static int report_failure(const char *path, joust_import_report *report, void *context,
                          const struct joust_error *error) {
  report(context, &(struct joust_import){.file = path, .error = error});
  return error->code;
}

static int import_file(const char *path, const struct joust_format *format, joust_import_report *report, void *context,
                       struct joust_error *error) {
  struct joust_import import = {.file = path};
  struct joust_draft draft = {0};
  char *bytes, *written = NULL, hash[JOUST_HASH_SIZE];
  size_t length;
  int code = joust_file_read(&bytes, &length, path, error);
  if (!code) {
    joust_hash(hash, bytes, length);
    size_t mark = mark_length(bytes);
    code = format->read(&draft, path, bytes + mark, length - mark, error);
    free(bytes);
  }
  if (!code) {
    note_source(&draft, path, hash);
    code = write_table(&draft, &written, import.fingerprint, error);
  }
  if (code) {
    report_failure(path, report, context, error);
  } else {
    import.table = draft.table.name;
    import.path = written;
    import.entries = draft.table.entries;
    import.original = joust_source_of_hash(hash) != NULL;
    report(context, &import);
  }
  free(written);
  joust_draft_free(&draft);
  return code;
}

struct paths {
  char **items;
  size_t n;
};

/* All regular files below a folder; links to folders are not followed, so that there are no circles. */
static int collect(struct paths *paths, const char *folder, struct joust_error *error) {
  struct dirent **names;
  int n = scandir(folder, &names, NULL, alphasort), code = 0;
  if (n < 0) return joust_fail_errno(error, JOUST_SYSTEM, "cannot read the folder '%s'", folder);
  for (int i = 0; i < n; i++) {
    char *path = joust_path_join(folder, names[i]->d_name);
    struct stat status;
    bool hidden = names[i]->d_name[0] == '.', there = !code && !hidden && lstat(path, &status) == 0;
    if (there && S_ISDIR(status.st_mode)) {
      code = collect(paths, path, error);
    } else if (there && joust_file_exists(path)) {
      paths->items = joust_resize(paths->items, paths->n + 1, sizeof *paths->items);
      paths->items[paths->n++] = path;
      path = NULL;
    }
    free(path);
    free(names[i]);
  }
  free(names);
  return code;
}

static int import_folder(const char *folder, joust_import_report *report, void *context, struct joust_error *error) {
  struct paths paths = {0};
  struct joust_error failure;
  size_t known = 0;
  int first = collect(&paths, folder, error);
  if (first) report_failure(folder, report, context, error);
  for (size_t i = 0; i < paths.n; i++) {
    const struct joust_format *format;
    int code = recognise(&format, paths.items[i], &failure);
    if (!code && !format) continue;
    known++;
    if (format)
      code = import_file(paths.items[i], format, report, context, &failure);
    else
      report_failure(paths.items[i], report, context, &failure);
    if (code && !first) {
      first = code;
      *error = failure;
    }
  }
  for (size_t i = 0; i < paths.n; i++) free(paths.items[i]);
  free(paths.items);
  if (first || known) return first;
  joust_fail(error, JOUST_BAD_INPUT, "the folder '%s' has no file of a known format", folder);
  return report_failure(folder, report, context, error);
}

static void fail_unknown(const char *path, struct joust_error *error) {
  joust_fail(error, JOUST_BAD_INPUT, "'%s' is of no known format: expected the published file of ", path);
  for (int i = 0; i < N_FORMATS; i++) {
    size_t length = strlen(error->message);
    snprintf(error->message + length, sizeof error->message - length, "%s%s",
             i == 0              ? ""
             : i + 1 < N_FORMATS ? ", "
                                 : " or ",
             formats[i]->title);
  }
}

int joust_import_path(const char *path, joust_import_report *report, void *context, struct joust_error *error) {
  if (joust_folder_exists(path)) return import_folder(path, report, context, error);
  const struct joust_format *format;
  int code = recognise(&format, path, error);
  if (!code && format) return import_file(path, format, report, context, error);
  if (!code) fail_unknown(path, error);
  return report_failure(path, report, context, error);
}
