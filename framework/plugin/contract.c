#include "plugin/contract.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "plugin/options.h"

#define LOWER_CASE "abcdefghijklmnopqrstuvwxyz0123456789"
#define UPPER_CASE "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* What optimisers and evaluators have in common. `what` names it in messages: "optimiser 'x'", or by its number until
 * its id is known to be printable. */
struct face {
  char what[100];
  const char *kind, *id, *version, *summary, *licence;
  struct joust_option_table options;
};

static bool made_of(const char *text, const char *characters) {
  return text && *text && text[strspn(text, characters)] == 0;
}

static bool one_line(const char *text) {
  if (!text || !*text) return false;
  for (const unsigned char *c = (const unsigned char *)text; *c; c++)
    if (*c < 0x20 || *c == 0x7f) return false;
  return true;
}

static int fail_size(const char *what, uint32_t size, size_t least, struct joust_error *error) {
  return joust_fail(error, JOUST_BAD_INPUT, "%s: struct_size is %u, expected at least %zu", what, size, least);
}

static int check_count(uint32_t n, bool table, const char *name, struct joust_error *error) {
  if (n > JOUST_MOST_ROWS)
    return joust_fail(error, JOUST_BAD_INPUT, "n_%s is %u, expected at most %d", name, n, JOUST_MOST_ROWS);
  if (n > 0 && !table) return joust_fail(error, JOUST_BAD_INPUT, "n_%s is %u, but %s is NULL", name, n, name);
  return 0;
}

/* ---- options ---------------------------------------------------------------------------------------------------- */

static int check_bounds(const struct joust_option *row, const char *what, struct joust_error *error) {
  if (row->type != JOUST_OPT_INT && row->type != JOUST_OPT_REAL) return 0;
  if (row->lower <= row->upper) return 0; /* NaN fails, too */
  return joust_fail(error, JOUST_BAD_INPUT, "%s: the bounds of option '%s' are %g to %g", what, row->name, row->lower,
                    row->upper);
}

static int check_choices(const struct joust_option *row, const char *what, struct joust_error *error) {
  if (row->type != JOUST_OPT_CHOICE) return 0;
  if (row->n_choices == 0 || row->n_choices > JOUST_MOST_ROWS || !row->choices)
    return joust_fail(error, JOUST_BAD_INPUT, "%s: option '%s' has no table of 1 to %d choices", what, row->name,
                      JOUST_MOST_ROWS);
  for (uint32_t i = 0; i < row->n_choices; i++) {
    if (!one_line(row->choices[i]))
      return joust_fail(error, JOUST_BAD_INPUT, "%s: choice %u of option '%s' is no line of text", what, i + 1,
                        row->name);
    for (uint32_t j = 0; j < i; j++)
      if (strcmp(row->choices[i], row->choices[j]) == 0)
        return joust_fail(error, JOUST_BAD_INPUT, "%s: option '%s' has the choice '%s' twice", what, row->name,
                          row->choices[i]);
  }
  return 0;
}

static int check_fallback(const struct joust_option *row, const char *what, struct joust_error *error) {
  if (!row->fallback) return 0;
  union joust_arg arg;
  struct joust_text text = {0};
  bool good = joust_option_read(&arg, &text, row, row->fallback);
  if (!good) {
    joust_option_expected(row, &text);
    joust_fail(error, JOUST_BAD_INPUT, "%s: the default of option '%s' is not %s", what, row->name,
               joust_text_string(&text));
  }
  joust_text_free(&text);
  return good ? 0 : error->code;
}

static int check_option(const struct joust_option_table *table, uint32_t k, const char *what,
                        struct joust_error *error) {
  const struct joust_option *row = joust_option_row(table, k);
  if (!made_of(row->name, LOWER_CASE UPPER_CASE "_-"))
    return joust_fail(error, JOUST_BAD_INPUT, "%s: the name of option %u is not made of letters, digits, '_' and '-'",
                      what, k + 1);
  for (uint32_t i = 0; i < k; i++)
    if (strcmp(joust_option_row(table, i)->name, row->name) == 0)
      return joust_fail(error, JOUST_BAD_INPUT, "%s: there are two options '%s'", what, row->name);
  if (row->type < JOUST_OPT_INT || row->type > JOUST_OPT_FILE)
    return joust_fail(error, JOUST_BAD_INPUT, "%s: option '%s' is of the unknown type %u", what, row->name, row->type);
  if (!one_line(row->help))
    return joust_fail(error, JOUST_BAD_INPUT, "%s: option '%s' has no line of help", what, row->name);
  int code = check_bounds(row, what, error);
  if (code == 0) code = check_choices(row, what, error);
  return code < 0 ? code : check_fallback(row, what, error);
}

static int check_options(const struct face *face, struct joust_error *error) {
  const struct joust_option_table *table = &face->options;
  if (check_count(table->n, table->rows != NULL, "options", error) < 0)
    return joust_error_prefix(error, "%s: ", face->what);
  if (table->n == 0) return 0;
  if (table->stride < JOUST_OPTION_SIZE || table->stride % alignof(struct joust_option) != 0)
    return joust_fail(error, JOUST_BAD_INPUT, "%s: option_stride is %u, expected sizeof(struct joust_option), %zu",
                      face->what, table->stride, sizeof(struct joust_option));
  for (uint32_t k = 0; k < table->n; k++)
    if (check_option(table, k, face->what, error) < 0) return error->code;
  return 0;
}

/* ---- optimisers and evaluators ---------------------------------------------------------------------------------- */

struct function {
  const char *name;
  bool there;
};

static int check_functions(const char *what, const struct function *functions, size_t n, struct joust_error *error) {
  for (size_t i = 0; i < n; i++)
    if (!functions[i].there)
      return joust_fail(error, JOUST_BAD_INPUT, "%s has no function '%s'", what, functions[i].name);
  return 0;
}

static int check_face(struct face *face, struct joust_error *error) {
  if (!made_of(face->id, LOWER_CASE "-") || strlen(face->id) > 64)
    return joust_fail(error, JOUST_BAD_INPUT, "%s: its id is not 1 to 64 characters of [a-z0-9-]", face->what);
  snprintf(face->what, sizeof face->what, "%s '%s'", face->kind, face->id);
  const struct {
    const char *name, *text;
  } texts[] = {{"version", face->version}, {"summary", face->summary}, {"licence", face->licence}};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    if (!one_line(texts[i].text))
      return joust_fail(error, JOUST_BAD_INPUT, "%s: its %s is no line of text", face->what, texts[i].name);
  return check_options(face, error);
}

static int check_optimiser(const struct joust_optimiser *o, uint32_t minor, struct face *face,
                           struct joust_error *error) {
  if (o->struct_size < JOUST_OPTIMISER_SIZE) return fail_size(face->what, o->struct_size, JOUST_OPTIMISER_SIZE, error);
  face->id = o->id;
  face->version = o->version;
  face->summary = o->summary;
  face->licence = o->licence;
  face->options = (struct joust_option_table){o->options, o->n_options, o->option_stride};
  if (check_face(face, error) < 0) return error->code;
  uint32_t unknown = o->parameter_kinds & ~(uint32_t)JOUST_ANY_KIND;
  if ((o->parameter_kinds & JOUST_ANY_KIND) == 0 || (unknown != 0 && minor <= JOUST_ABI_MINOR))
    return joust_fail(error, JOUST_BAD_INPUT,
                      "%s: parameter_kinds is %u, expected a union of JOUST_REAL ... JOUST_ORDINAL", face->what,
                      o->parameter_kinds);
  const struct function functions[] = {{"create", o->create != NULL},
                                       {"ask", o->ask != NULL},
                                       {"tell", o->tell != NULL},
                                       {"destroy", o->destroy != NULL}};
  return check_functions(face->what, functions, sizeof functions / sizeof *functions, error);
}

static int check_evaluator(const struct joust_evaluator *e, struct face *face, struct joust_error *error) {
  if (e->struct_size < JOUST_EVALUATOR_SIZE) return fail_size(face->what, e->struct_size, JOUST_EVALUATOR_SIZE, error);
  face->id = e->id;
  face->version = e->version;
  face->summary = e->summary;
  face->licence = e->licence;
  face->options = (struct joust_option_table){e->options, e->n_options, e->option_stride};
  if (check_face(face, error) < 0) return error->code;
  const struct function functions[] = {
      {"create", e->create != NULL}, {"evaluate", e->evaluate != NULL}, {"destroy", e->destroy != NULL}};
  return check_functions(face->what, functions, sizeof functions / sizeof *functions, error);
}

/* ---- the plugin ------------------------------------------------------------------------------------------------- */

static int fail_twice(const char *what, struct joust_error *error) {
  return joust_fail(error, JOUST_BAD_INPUT, "it has %s twice", what);
}

static int check_optimisers(const struct joust_plugin *plugin, struct joust_error *error) {
  for (uint32_t i = 0; i < plugin->n_optimisers; i++) {
    const struct joust_optimiser *optimiser = plugin->optimisers[i];
    struct face face = {.kind = "optimiser"};
    snprintf(face.what, sizeof face.what, "optimiser number %u", i + 1);
    if (!optimiser) return joust_fail(error, JOUST_BAD_INPUT, "%s is NULL", face.what);
    if (check_optimiser(optimiser, plugin->abi_minor, &face, error) < 0) return error->code;
    for (uint32_t j = 0; j < i; j++)
      if (strcmp(plugin->optimisers[j]->id, face.id) == 0) return fail_twice(face.what, error);
  }
  return 0;
}

static int check_evaluators(const struct joust_plugin *plugin, struct joust_error *error) {
  for (uint32_t i = 0; i < plugin->n_evaluators; i++) {
    const struct joust_evaluator *evaluator = plugin->evaluators[i];
    struct face face = {.kind = "evaluator"};
    snprintf(face.what, sizeof face.what, "evaluator number %u", i + 1);
    if (!evaluator) return joust_fail(error, JOUST_BAD_INPUT, "%s is NULL", face.what);
    if (check_evaluator(evaluator, &face, error) < 0) return error->code;
    for (uint32_t j = 0; j < i; j++)
      if (strcmp(plugin->evaluators[j]->id, face.id) == 0) return fail_twice(face.what, error);
  }
  return 0;
}

int joust_contract_check(const struct joust_plugin *plugin, struct joust_error *error) {
  if (plugin->struct_size < JOUST_PLUGIN_SIZE)
    return fail_size("struct joust_plugin", plugin->struct_size, JOUST_PLUGIN_SIZE, error);
  if (plugin->n_optimisers == 0 && plugin->n_evaluators == 0)
    return joust_fail(error, JOUST_BAD_INPUT, "it offers no optimiser and no evaluator");
  int code = check_count(plugin->n_optimisers, plugin->optimisers != NULL, "optimisers", error);
  if (code == 0) code = check_count(plugin->n_evaluators, plugin->evaluators != NULL, "evaluators", error);
  if (code == 0) code = check_optimisers(plugin, error);
  return code < 0 ? code : check_evaluators(plugin, error);
}
