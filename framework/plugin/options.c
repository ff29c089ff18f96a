#include "plugin/options.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"

const struct joust_option *joust_option_row(const struct joust_option_table *table, uint32_t k) {
  return (const void *)((const char *)table->rows + (size_t)k * table->stride);
}

/* ---- one value -------------------------------------------------------------------------------------------------- */

static bool bounded(const struct joust_option *row) {
  return row->lower != 0 || row->upper != 0;
}

static bool within(const struct joust_option *row, double value) {
  return !bounded(row) || (value >= row->lower && value <= row->upper);
}

static bool read_int(union joust_arg *arg, struct joust_text *canonical, const struct joust_option *row,
                     const char *text) {
  const char *digits = text + (*text == '-');
  if (!*digits || digits[strspn(digits, "0123456789")] != 0) return false;
  errno = 0;
  long long value = strtoll(text, NULL, 10);
  if (errno != 0 || !within(row, (double)value)) return false;
  arg->i = value;
  joust_text_addf(canonical, "%lld", value);
  return true;
}

static bool read_real(union joust_arg *arg, struct joust_text *canonical, const struct joust_option *row,
                      const char *text) {
  char number[JOUST_NUMBER_SIZE];
  if (!joust_parse_number(text, &arg->r) || !within(row, arg->r)) return false;
  arg->r += 0.0; /* -0 becomes 0 */
  joust_text_add(canonical, joust_number(number, arg->r));
  return true;
}

static bool read_bool(union joust_arg *arg, struct joust_text *canonical, const struct joust_option *row,
                      const char *text) {
  (void)row;
  static const char *const words[] = {"false", "true", "no", "yes", "0", "1"};
  for (int i = 0; i < 6; i++) {
    if (strcmp(text, words[i]) != 0) continue;
    arg->i = i % 2;
    joust_text_add(canonical, words[i % 2]);
    return true;
  }
  return false;
}

static bool read_text(union joust_arg *arg, struct joust_text *canonical, const struct joust_option *row,
                      const char *text) {
  (void)row;
  arg->s = text;
  joust_text_add(canonical, text);
  return true;
}

static bool read_choice(union joust_arg *arg, struct joust_text *canonical, const struct joust_option *row,
                        const char *text) {
  for (uint32_t i = 0; i < row->n_choices; i++) {
    if (strcmp(text, row->choices[i]) != 0) continue;
    arg->i = i;
    joust_text_add(canonical, text);
    return true;
  }
  return false;
}

static bool read_secret(union joust_arg *arg, struct joust_text *canonical, const struct joust_option *row,
                        const char *text) {
  (void)row;
  if (text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")] != 0 || (*text >= '0' && *text <= '9')) return false;
  arg->s = NULL;
  joust_text_add(canonical, text);
  return true;
}

bool joust_option_read(union joust_arg *arg, struct joust_text *canonical, const struct joust_option *row,
                       const char *text) {
  static bool (*const readers[])(union joust_arg *, struct joust_text *, const struct joust_option *, const char *) = {
      [JOUST_OPT_INT] = read_int,   [JOUST_OPT_REAL] = read_real,     [JOUST_OPT_BOOL] = read_bool,
      [JOUST_OPT_TEXT] = read_text, [JOUST_OPT_CHOICE] = read_choice, [JOUST_OPT_SECRET] = read_secret,
      [JOUST_OPT_FILE] = read_text,
  };
  return readers[row->type](arg, canonical, row, text);
}

/* ---- in words --------------------------------------------------------------------------------------------------- */

static void add_bound(struct joust_text *out, double bound) {
  char number[JOUST_NUMBER_SIZE];
  if (bound == floor(bound) && fabs(bound) < 1e18)
    joust_text_addf(out, "%.0f", bound);
  else
    joust_text_add(out, joust_number(number, bound));
}

static void add_bounds(struct joust_text *out, const struct joust_option *row) {
  if (!bounded(row)) return;
  if (isinf(row->upper)) {
    if (isinf(row->lower)) return;
    joust_text_add(out, " of at least ");
    add_bound(out, row->lower);
  } else if (isinf(row->lower)) {
    joust_text_add(out, " of at most ");
    add_bound(out, row->upper);
  } else {
    joust_text_add(out, " from ");
    add_bound(out, row->lower);
    joust_text_add(out, " to ");
    add_bound(out, row->upper);
  }
}

void joust_option_expected(const struct joust_option *row, struct joust_text *out) {
  static const char *const words[] = {
      [JOUST_OPT_INT] = "a whole number",      [JOUST_OPT_REAL] = "a number",
      [JOUST_OPT_BOOL] = "true or false",      [JOUST_OPT_TEXT] = "a text",
      [JOUST_OPT_CHOICE] = "one of ",          [JOUST_OPT_SECRET] = "the name of an environment variable, in capitals",
      [JOUST_OPT_FILE] = "the path of a file",
  };
  joust_text_add(out, words[row->type]);
  if (row->type == JOUST_OPT_INT || row->type == JOUST_OPT_REAL) add_bounds(out, row);
  if (row->type == JOUST_OPT_CHOICE)
    for (uint32_t i = 0; i < row->n_choices; i++) joust_text_addf(out, "%s%s", i ? ", " : "", row->choices[i]);
}

void joust_options_print(const struct joust_option_table *table, struct joust_text *out) {
  int width = 0;
  for (uint32_t k = 0; k < table->n; k++) {
    int length = (int)strlen(joust_option_row(table, k)->name);
    if (length > width) width = length;
  }
  for (uint32_t k = 0; k < table->n; k++) {
    const struct joust_option *row = joust_option_row(table, k);
    joust_text_addf(out, "  %-*s  ", width, row->name);
    joust_option_expected(row, out);
    if (!row->fallback)
      joust_text_add(out, "; must be given");
    else
      joust_text_addf(out, "; default %s", *row->fallback ? row->fallback : "empty");
    joust_text_addf(out, "\n  %-*s  ", width, "");
    joust_text_wrap(out, row->help, (size_t)width + 4, JOUST_TEXT_WIDTH);
    joust_text_add(out, "\n");
  }
}

/* ---- all options of a plugin ------------------------------------------------------------------------------------ */

static int fail_unknown(const struct joust_option_table *table, const char *name, const char *who,
                        struct joust_error *error) {
  if (table->n == 0) return joust_fail(error, JOUST_BAD_INPUT, "%s has no option '%s': it takes none", who, name);
  const char **names = joust_alloc(table->n, sizeof *names);
  for (uint32_t k = 0; k < table->n; k++) names[k] = joust_option_row(table, k)->name;
  const char *near = joust_nearest(name, names, table->n);
  if (near) {
    joust_fail(error, JOUST_BAD_INPUT, "%s has no option '%s': did you mean '%s'?", who, name, near);
  } else {
    struct joust_text all = {0};
    for (uint32_t k = 0; k < table->n; k++) joust_text_addf(&all, "%s%s", k ? ", " : "", names[k]);
    joust_fail(error, JOUST_BAD_INPUT, "%s has no option '%s': its options are %s", who, name, joust_text_string(&all));
    joust_text_free(&all);
  }
  free(names);
  return error->code;
}

static int check_names(const struct joust_option_table *table, const struct joust_settings *given, const char *who,
                       struct joust_error *error) {
  for (size_t i = 0; i < given->n; i++) {
    uint32_t k = 0;
    while (k < table->n && strcmp(joust_option_row(table, k)->name, given->items[i].name) != 0) k++;
    if (k == table->n) return fail_unknown(table, given->items[i].name, who, error);
  }
  return 0;
}

static int fail_value(const struct joust_option *row, const char *text, const char *who, struct joust_error *error) {
  struct joust_text expected = {0};
  joust_option_expected(row, &expected);
  if (!text)
    joust_fail(error, JOUST_BAD_INPUT, "%s: option '%s' must be given: expected %s (%s)", who, row->name,
               joust_text_string(&expected), row->help);
  else if (row->type == JOUST_OPT_SECRET) /* the text may be the secret itself: not to be shown */
    joust_fail(error, JOUST_BAD_INPUT, "%s: option '%s': expected %s, never the secret itself", who, row->name,
               joust_text_string(&expected));
  else
    joust_fail(error, JOUST_BAD_INPUT, "%s: option '%s' is '%s': expected %s", who, row->name, text,
               joust_text_string(&expected));
  joust_text_free(&expected);
  return error->code;
}

/* A plugin that can do without the secret is left to say when it is missed. */
static int fetch_secret(union joust_arg *arg, const struct joust_option *row, const char *variable, const char *who,
                        struct joust_error *error) {
  const char *value = *variable ? getenv(variable) : "";
  bool is_optional = row->fallback && !*row->fallback;
  arg->s = value && (*value || !*variable) ? value : NULL;
  if (arg->s || is_optional) return 0;
  return joust_fail(error, JOUST_MISSING, "%s: option '%s': the environment variable %s is %s", who, row->name,
                    variable, value ? "empty" : "not set");
}

/* ---- paths ------------------------------------------------------------------------------------------------------ */

static char *whole_path(const char *folder, const char *path) {
  return folder && *path ? joust_path_join(folder, path) : joust_copy(path);
}

/* The paths of all files, one behind the other, are as long as this. */
static size_t length_of_paths(const struct joust_option_table *table, const struct joust_settings *given,
                              const char *folder) {
  size_t length = 0;
  for (uint32_t k = 0; k < table->n; k++) {
    const struct joust_option *row = joust_option_row(table, k);
    const char *text = joust_settings_get(given, row->name);
    if (!text) text = row->fallback;
    if (row->type == JOUST_OPT_FILE && text) length += (folder ? strlen(folder) : 0) + strlen(text) + sizeof "/";
  }
  return length;
}

static void put_path(union joust_arg *arg, char **room, const char *folder, const char *text) {
  char *path = whole_path(folder, text);
  arg->s = strcpy(*room, path);
  *room += strlen(path) + 1;
  free(path);
}

/* ---- all of them ------------------------------------------------------------------------------------------------- */

/* What an option's value is made of, and where the paths go. */
struct resolving {
  const struct joust_settings *given;
  const char *folder, *who;
  char *room;
};

static int resolve_one(union joust_arg *arg, struct joust_settings *values, const struct joust_option *row,
                       struct resolving *resolving, struct joust_error *error) {
  const char *text = joust_settings_get(resolving->given, row->name);
  if (!text) text = row->fallback;
  struct joust_text canonical = {0};
  if (!text || !joust_option_read(arg, &canonical, row, text)) return fail_value(row, text, resolving->who, error);
  joust_settings_set(values, row->name, joust_text_string(&canonical));
  joust_text_free(&canonical);
  const char *kept = values->items[values->n - 1].value;
  if (row->type == JOUST_OPT_TEXT) arg->s = kept;
  if (row->type == JOUST_OPT_FILE) put_path(arg, &resolving->room, resolving->folder, kept);
  return row->type == JOUST_OPT_SECRET ? fetch_secret(arg, row, kept, resolving->who, error) : 0;
}

int joust_options_resolve(union joust_arg **args, struct joust_settings *values, const struct joust_option_table *table,
                          const struct joust_settings *given, const char *folder, const char *who,
                          struct joust_error *error) {
  *args = NULL;
  memset(values, 0, sizeof *values);
  if (check_names(table, given, who, error) < 0) return error->code;
  *args = joust_alloc(table->n * sizeof **args + length_of_paths(table, given, folder), 1);
  struct resolving resolving = {given, folder, who, (char *)(*args + table->n)};
  for (uint32_t k = 0; k < table->n; k++) {
    if (resolve_one(&(*args)[k], values, joust_option_row(table, k), &resolving, error) == 0) continue;
    free(*args);
    *args = NULL;
    joust_settings_free(values);
    return error->code;
  }
  return 0;
}
