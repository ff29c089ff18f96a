#include "space/space.h"

#include <joust/util.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { MOST_PARAMETERS = 10000, MOST_CHOICES = 10000, MOST_LABELS = 1000000 /* of all parameters */ };

static const struct {
  uint32_t kind;
  const char *name;
} kinds[] = {
    {JOUST_REAL, "real"}, {JOUST_INTEGER, "integer"}, {JOUST_CATEGORICAL, "categorical"}, {JOUST_ORDINAL, "ordinal"}};

const char *joust_kind_name(uint32_t kind) {
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (kinds[i].kind == kind) return kinds[i].name;
  return "unknown";
}

static uint32_t kind_of(const char *name) {
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (strcmp(kinds[i].name, name) == 0) return kinds[i].kind;
  return 0;
}

static bool has_choices(const struct joust_parameter *p) {
  return p->kind & (JOUST_CATEGORICAL | JOUST_ORDINAL);
}

/* ---- building ---------------------------------------------------------------------------------------------------- */

static void free_parameter(struct joust_parameter *p, struct joust_words *words) {
  for (uint32_t k = 0; p->choices && k < p->n_choices; k++) free((char *)p->choices[k]);
  for (uint32_t k = 0; words->choices && k < p->n_choices; k++) free(words->choices[k]);
  free((void *)p->choices);
  free((char *)p->name);
  free(words->choices);
  free(words->description);
}

void joust_domain_free(struct joust_domain *domain) {
  for (uint32_t i = 0; i < domain->space.n_parameters; i++) free_parameter(&domain->parameters[i], &domain->words[i]);
  free(domain->parameters);
  free(domain->words);
  free(domain->pointers);
  memset(domain, 0, sizeof *domain);
}

/* Appends a deep copy of p under another name. */
static void add_parameter(struct joust_domain *domain, const struct joust_parameter *p, const struct joust_words *words,
                          char *name) {
  uint32_t n = domain->space.n_parameters;
  domain->parameters = joust_resize(domain->parameters, n + 1, sizeof *domain->parameters);
  domain->words = joust_resize(domain->words, n + 1, sizeof *domain->words);
  struct joust_parameter *copy = &domain->parameters[n];
  struct joust_words *copied = &domain->words[n];
  *copy = *p;
  copy->name = name;
  copy->log_scale = p->log_scale != 0;
  copied->description = joust_copy(words && words->description ? words->description : "");
  copied->choices = NULL;
  copy->choices = NULL;
  if (has_choices(p)) {
    char **labels = joust_alloc(p->n_choices, sizeof *labels);
    copied->choices = joust_alloc(p->n_choices, sizeof *copied->choices);
    for (uint32_t k = 0; k < p->n_choices; k++) {
      labels[k] = joust_copy(p->choices[k]);
      copied->choices[k] = joust_copy(words ? words->choices[k] : "");
    }
    copy->choices = (const char *const *)labels;
  }
  domain->space.n_parameters = n + 1;
}

static void fingerprint(struct joust_domain *domain) {
  struct joust_text text = {0};
  char lower[JOUST_NUMBER_SIZE], upper[JOUST_NUMBER_SIZE];
  for (uint32_t i = 0; i < domain->space.n_parameters; i++) {
    const struct joust_parameter *p = &domain->parameters[i];
    joust_text_addf(&text, "%s\n%s\n%s %s %d\n", p->name, joust_kind_name(p->kind), joust_number(lower, p->lower),
                    joust_number(upper, p->upper), (int)p->log_scale);
    for (uint32_t k = 0; k < p->n_choices; k++) joust_text_addf(&text, "\t%s\n", p->choices[k]);
  }
  joust_hash(domain->fingerprint, joust_text_string(&text), text.length);
  joust_text_free(&text);
}

/* The view for plugins, once all parameters are there. */
static void finish(struct joust_domain *domain) {
  uint32_t n = domain->space.n_parameters;
  domain->pointers = joust_alloc(n, sizeof *domain->pointers);
  for (uint32_t i = 0; i < n; i++) domain->pointers[i] = &domain->parameters[i];
  domain->space.struct_size = sizeof domain->space;
  domain->space.n_objectives = 1;
  domain->space.parameters = domain->pointers;
  domain->points = joust_space_points(&domain->space);
  fingerprint(domain);
}

#define REASON_SIZE 200

static void check_choices(char reason[REASON_SIZE], const struct joust_parameter *p) {
  if (p->n_choices == 0 || p->n_choices > MOST_CHOICES || !p->choices)
    snprintf(reason, REASON_SIZE, "%u choices: expected 1 to %d", p->n_choices, MOST_CHOICES);
  else if (p->lower != 0 || p->upper != p->n_choices - 1 || p->log_scale)
    snprintf(reason, REASON_SIZE, "bounds %g and %g: expected 0 and %u for its choices, without a log scale", p->lower,
             p->upper, p->n_choices - 1);
  for (uint32_t k = 0; !*reason && k < p->n_choices; k++) {
    if (!p->choices[k] || !joust_is_line(p->choices[k]))
      snprintf(reason, REASON_SIZE, "choice %u has no label of one line", k + 1);
    for (uint32_t l = 0; !*reason && l < k; l++)
      if (strcmp(p->choices[k], p->choices[l]) == 0)
        snprintf(reason, REASON_SIZE, "the label '%.80s' stands twice among the choices", p->choices[k]);
  }
}

/* Also what joust/util.h needs for exact arithmetic. */
static void check_numbers(char reason[REASON_SIZE], const struct joust_parameter *p) {
  if (p->n_choices)
    snprintf(reason, REASON_SIZE, "%u choices: expected none for numbers", p->n_choices);
  else if (!isfinite(p->lower) || !isfinite(p->upper) || p->lower > p->upper)
    snprintf(reason, REASON_SIZE, "lower %g and upper %g: expected finite numbers, lower not above upper", p->lower,
             p->upper);
  else if (p->log_scale && p->lower <= 0)
    snprintf(reason, REASON_SIZE, "lower is %g: a log scale needs a number above 0", p->lower);
  else if (!isfinite(p->log_scale ? p->upper / p->lower : p->upper - p->lower))
    snprintf(reason, REASON_SIZE, "lower %g and upper %g: the range is too large for a number", p->lower, p->upper);
  else if (p->kind == JOUST_INTEGER && (p->lower != floor(p->lower) || p->upper != floor(p->upper) ||
                                        fabs(p->lower) > 0x1p53 || fabs(p->upper) > 0x1p53))
    snprintf(reason, REASON_SIZE, "bounds %.17g and %.17g: expected whole numbers up to 2^53 in size", p->lower,
             p->upper);
  else if (p->kind == JOUST_INTEGER && p->upper - p->lower >= 0x1p53)
    snprintf(reason, REASON_SIZE, "bounds %.17g and %.17g: expected at most 2^53 values", p->lower, p->upper);
}

/* What is wrong with a parameter of this name, as text into reason; false if nothing. */
static bool is_bad(const struct joust_parameter *p, const char *name, char reason[REASON_SIZE]) {
  *reason = 0;
  if (!joust_is_line(name) || strpbrk(name, " =,\""))
    snprintf(reason, REASON_SIZE, "expected a name without spaces, quotes, '=' and ','");
  else if (has_choices(p))
    check_choices(reason, p);
  else
    check_numbers(reason, p);
  return *reason != 0;
}

static bool has_name(const struct joust_domain *domain, const char *name) {
  for (uint32_t i = 0; i < domain->space.n_parameters; i++)
    if (strcmp(domain->parameters[i].name, name) == 0) return true;
  return false;
}

/* ---- from JSON --------------------------------------------------------------------------------------------------- */

static int read_choices(struct joust_parameter *p, struct joust_words *words, const struct joust_json *json,
                        const cJSON *list, struct joust_error *error) {
  int n = cJSON_GetArraySize(list);
  if (n > MOST_CHOICES) return joust_json_fail(json, list, error, "%d choices: expected at most %d", n, MOST_CHOICES);
  char **labels = joust_alloc((size_t)n, sizeof *labels);
  words->choices = joust_alloc((size_t)n, sizeof *words->choices);
  p->choices = (const char *const *)labels;
  for (const cJSON *node = list->child; node; node = node->next) {
    const char *label = NULL, *description = "";
    const char *const keys[] = {"label", "description"};
    int code = 0;
    if (cJSON_IsString(node)) {
      label = node->valuestring;
    } else if ((code = joust_json_check_keys(json, node, "a choice", keys, 2, error)) ||
               (code = joust_json_get_text(json, node, "label", JOUST_REQUIRED, &label, error)) ||
               (code = joust_json_get_text(json, node, "description", JOUST_OPTIONAL, &description, error))) {
      return code;
    }
    if (!joust_is_line(label)) return joust_json_fail(json, node, error, "expected a label of one line");
    labels[p->n_choices] = joust_copy(label);
    words->choices[p->n_choices++] = joust_copy(description);
  }
  p->upper = p->n_choices ? p->n_choices - 1 : 0;
  return 0;
}

static int read_range(struct joust_parameter *p, const struct joust_json *json, const cJSON *node,
                      struct joust_error *error) {
  const char *scale = "linear";
  int code;
  if ((code = joust_json_get_number(json, node, "lower", JOUST_REQUIRED, &p->lower, error)) ||
      (code = joust_json_get_number(json, node, "upper", JOUST_REQUIRED, &p->upper, error)) ||
      (code = joust_json_get_text(json, node, "scale", JOUST_OPTIONAL, &scale, error)))
    return code;
  p->log_scale = strcmp(scale, "log") == 0;
  if (p->log_scale || strcmp(scale, "linear") == 0) return 0;
  return joust_json_fail(json, joust_json_member(node, "scale"), error, "scale '%s': expected linear or log", scale);
}

static int read_kind(struct joust_parameter *p, struct joust_words *words, const struct joust_json *json,
                     const cJSON *node, struct joust_error *error) {
  static const char *const of_numbers[] = {"name", "repeat", "kind", "description", "lower", "upper", "scale"};
  static const char *const of_choices[] = {"name", "repeat", "kind", "description", "choices"};
  const char *kind = NULL;
  const cJSON *choices = NULL;
  int code;
  if (!cJSON_IsObject(node)) return joust_json_fail(json, node, error, "expected an object that describes a parameter");
  if ((code = joust_json_get_text(json, node, "kind", JOUST_REQUIRED, &kind, error))) return code;
  p->kind = kind_of(kind);
  if (!p->kind)
    return joust_json_fail(json, joust_json_member(node, "kind"), error,
                           "kind '%s': expected real, integer, categorical or ordinal", kind);
  if (!has_choices(p)) {
    code = joust_json_check_keys(json, node, "a parameter of numbers", of_numbers, 7, error);
    return code ? code : read_range(p, json, node, error);
  }
  if ((code = joust_json_check_keys(json, node, "a parameter of choices", of_choices, 5, error)) ||
      (code = joust_json_get(json, node, "choices", cJSON_Array, JOUST_REQUIRED, &choices, error)))
    return code;
  return read_choices(p, words, json, choices, error);
}

/* "op{}" with number 3: "op3". */
static char *numbered(const char *name, int64_t number) {
  const char *place = strstr(name, "{}");
  if (!place) return joust_copy(name);
  return joust_format("%.*s%lld%s", (int)(place - name), name, (long long)number, place + 2);
}

/* *labels: of all parameters so far. */
static int add_repeated(struct joust_domain *domain, int64_t *labels, const struct joust_parameter *p,
                        const struct joust_words *words, const struct joust_json *json, const cJSON *node,
                        struct joust_error *error) {
  const char *name = NULL;
  int64_t repeat = 1;
  char reason[REASON_SIZE];
  int code;
  if ((code = joust_json_get_text(json, node, "name", JOUST_REQUIRED, &name, error)) ||
      (code = joust_json_get_integer(json, node, "repeat", JOUST_OPTIONAL, 1, MOST_PARAMETERS, &repeat, error)))
    return code;
  if (is_bad(p, name, reason)) return joust_json_fail(json, node, error, "parameter '%s': %s", name, reason);
  if (joust_json_member(node, "repeat") && !strstr(name, "{}"))
    return joust_json_fail(json, node, error, "parameter '%s' is repeated: expected {} in its name for the number",
                           name);
  if (domain->space.n_parameters + repeat > MOST_PARAMETERS)
    return joust_json_fail(json, node, error, "more than %d parameters", MOST_PARAMETERS);
  if ((*labels += repeat * p->n_choices) > MOST_LABELS)
    return joust_json_fail(json, node, error, "more than %d choices of all parameters", MOST_LABELS);
  for (int64_t k = 1; k <= repeat; k++) {
    char *each = numbered(name, k);
    if (has_name(domain, each)) {
      code = joust_json_fail(json, node, error, "a second parameter '%s'", each);
      free(each);
      return code;
    }
    add_parameter(domain, p, words, each);
  }
  return 0;
}

int joust_domain_read(struct joust_domain *domain, const struct joust_json *json, const cJSON *list,
                      struct joust_error *error) {
  memset(domain, 0, sizeof *domain);
  int64_t labels = 0;
  int code = list->child ? 0 : joust_json_fail(json, list, error, "expected at least one parameter");
  for (const cJSON *node = list->child; node && !code; node = node->next) {
    struct joust_parameter p = {0};
    struct joust_words words = {0};
    const char *description = "";
    code = read_kind(&p, &words, json, node, error);
    if (!code) code = joust_json_get_text(json, node, "description", JOUST_OPTIONAL, &description, error);
    words.description = joust_copy(description);
    if (!code) code = add_repeated(domain, &labels, &p, &words, json, node, error);
    free_parameter(&p, &words);
  }
  if (code)
    joust_domain_free(domain);
  else
    finish(domain);
  return code;
}

/* ---- from a plugin ----------------------------------------------------------------------------------------------- */

int joust_domain_copy(struct joust_domain *domain, const struct joust_space *space, const char *who,
                      struct joust_error *error) {
  memset(domain, 0, sizeof *domain);
  int code = 0;
  if (!space || !space->parameters || space->n_parameters == 0 || space->n_parameters > MOST_PARAMETERS)
    return joust_fail(error, JOUST_RUN_FAILED, "%s made a space of %u parameters: expected 1 to %d", who,
                      space ? space->n_parameters : 0, MOST_PARAMETERS);
  for (uint32_t i = 0; i < space->n_parameters && !code; i++) {
    const struct joust_parameter *p = space->parameters[i];
    char reason[REASON_SIZE];
    if (!p || !p->name || !*p->name || strcmp(joust_kind_name(p->kind), "unknown") == 0 || has_name(domain, p->name))
      code = joust_fail(error, JOUST_RUN_FAILED, "%s made a space whose parameter %u has no kind or no name of its own",
                        who, i + 1);
    else if (is_bad(p, p->name, reason))
      code = joust_fail(error, JOUST_RUN_FAILED, "%s made a space with a bad parameter '%s': %s", who, p->name, reason);
    else
      add_parameter(domain, p, NULL, joust_copy(p->name));
  }
  if (code)
    joust_domain_free(domain);
  else
    finish(domain);
  return code;
}
