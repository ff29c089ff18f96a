#include "report/twins.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"

struct group { /* of optimisers: from first to before end */
  const struct joust_shown_optimiser *first, *end;
  cJSON **options; /* one each; NULL where they cannot be read */
};

/* Whether the members do not all have the same value of an option. */
static bool differs(const struct group *group, const char *key) {
  const cJSON *value = joust_json_member(group->options[0], key);
  for (ptrdiff_t i = 1; i < group->end - group->first; i++) {
    const cJSON *other = joust_json_member(group->options[i], key);
    if (!value != !other || (value && !cJSON_Compare(value, other, true))) return true;
  }
  return false;
}

static void add_value(struct joust_text *text, const char *key, const cJSON *value) {
  char *printed = value && !cJSON_IsString(value) ? cJSON_PrintUnformatted(value) : NULL;
  if (!value)
    joust_text_addf(text, "no %s", key);
  else
    joust_text_addf(text, "%s %s", key, printed ? printed : cJSON_GetStringValue(value));
  free(printed);
}

/* Whether a member before this one has the option: it was named there. */
static bool named_before(const struct group *group, ptrdiff_t member, const char *key) {
  for (ptrdiff_t i = 0; i < member; i++)
    if (joust_json_member(group->options[i], key)) return true;
  return false;
}

/* The options of one member in which the group differs; false if there is none. */
static bool add_options(struct joust_text *text, const struct group *group, ptrdiff_t member) {
  bool any = false;
  for (ptrdiff_t i = 0; i < group->end - group->first; i++) {
    const cJSON *option;
    cJSON_ArrayForEach(option, group->options[i]) {
      if (named_before(group, i, option->string) || !differs(group, option->string)) continue;
      joust_text_add(text, any ? ", " : "");
      add_value(text, option->string, joust_json_member(group->options[member], option->string));
      any = true;
    }
  }
  return any;
}

static void add_group(struct joust_text *text, struct group *group) {
  ptrdiff_t n = group->end - group->first;
  group->options = joust_alloc((size_t)n, sizeof *group->options);
  for (ptrdiff_t i = 0; i < n; i++) group->options[i] = cJSON_Parse(group->first[i].options);
  for (ptrdiff_t i = 0; i < n; i++) {
    joust_text_addf(text, "%s%s has ", i == 0 ? "" : i + 1 == n ? " and " : ", ", group->first[i].label);
    if (!add_options(text, group, i))
      joust_text_addf(text, "plugin %s, version %s", group->first[i].name, group->first[i].version);
  }
  for (ptrdiff_t i = 0; i < n; i++) cJSON_Delete(group->options[i]);
  free(group->options);
}

char *joust_twins(const struct joust_analysis *analysis) {
  struct joust_text text = {0};
  const struct joust_shown_optimiser *end = analysis->optimisers + analysis->n_optimisers;
  for (const struct joust_shown_optimiser *o = analysis->optimisers; o < end;) {
    struct group group = {.first = o, .end = o + 1};
    while (group.end < end && group.end->twin) group.end++;
    if (group.end - o > 1) {
      joust_text_add(&text, text.length ? "; " : "");
      add_group(&text, &group);
    }
    o = group.end;
  }
  if (text.length == 0) return NULL;
  joust_text_add(&text, ".");
  return joust_text_take(&text);
}
