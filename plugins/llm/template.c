#include "template.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { DEEPEST = 8 }; /* sections within sections */

struct tag {
  char kind; /* '#', '^', '/', '!', or 0 for a text to fill in */
  const char *name;
  size_t name_length;
  const char *begin, *end; /* with the braces; of a line of its own with all of the line */
};

static int is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

/* A tag that is not a text and alone on its line takes the line with it. */
static void take_line(struct tag *tag, const char *source) {
  const char *begin = tag->begin, *end = tag->end;
  while (begin > source && is_blank(begin[-1])) begin--;
  while (is_blank(*end)) end++;
  if ((begin > source && begin[-1] != '\n') || (*end && *end != '\n')) return;
  tag->begin = begin;
  tag->end = *end ? end + 1 : end;
}

/* The next tag from c on. Returns 1; 0 if there is none; -1 if it does not end, *tag being where it begins. */
static int next_tag(struct tag *tag, const char *source, const char *c) {
  const char *open = strstr(c, "{{"), *close = open ? strstr(open, "}}") : NULL;
  if (!open) return 0;
  *tag = (struct tag){.begin = open, .end = open + 2};
  if (!close) return -1;
  const char *name = open + 2, *stop = close;
  if (*name && strchr("#^/!", *name)) tag->kind = *name++;
  while (is_blank(*name)) name++;
  while (stop > name && is_blank(stop[-1])) stop--;
  tag->name = name;
  tag->name_length = (size_t)(stop - name);
  tag->end = close + 2;
  if (tag->kind) take_line(tag, source);
  return 1;
}

static int is_named(const struct tag *tag, const char *name) {
  return strlen(name) == tag->name_length && memcmp(name, tag->name, tag->name_length) == 0;
}

/* ---- checking ---------------------------------------------------------------------------------------------------- */

static int line_of(const char *source, const char *place) {
  int line = 1;
  for (const char *c = source; c < place; c++) line += *c == '\n';
  return line;
}

static int fail(struct template_error *error, int line, const char *format, ...) __attribute__((format(printf, 3, 4)));
static int fail(struct template_error *error, int line, const char *format, ...) {
  va_list args;
  va_start(args, format);
  error->line = line;
  vsnprintf(error->message, sizeof error->message, format, args);
  va_end(args);
  return -1;
}

int template_check(const char *source, const char *const *names, size_t n_names, struct template_error *error) {
  struct tag tag, open[DEEPEST];
  int depth = 0, found;
  for (const char *c = source; (found = next_tag(&tag, source, c)) != 0; c = tag.end) {
    int line = line_of(source, tag.name ? tag.name : tag.begin),
        shown = (int)(tag.name_length < 60 ? tag.name_length : 60);
    if (found < 0) return fail(error, line, "'{{' without '}}'");
    if (tag.kind == '!') continue;
    size_t known = 0;
    while (known < n_names && !is_named(&tag, names[known])) known++;
    if (known == n_names) return fail(error, line, "there is no '%.*s' to fill in", shown, tag.name);
    if (tag.kind == '/') {
      if (depth == 0) return fail(error, line, "'%.*s' ends here but never began", shown, tag.name);
      const struct tag *begun = &open[--depth];
      if (begun->name_length != tag.name_length || memcmp(begun->name, tag.name, tag.name_length) != 0)
        return fail(error, line, "'%.*s' ends here, expected the end of '%.*s' of line %d", shown, tag.name,
                    (int)begun->name_length, begun->name, line_of(source, begun->name));
    } else if (tag.kind) {
      if (depth == DEEPEST) return fail(error, line, "more than %d sections within each other", DEEPEST);
      open[depth++] = tag;
    }
  }
  if (depth)
    return fail(error, line_of(source, open[depth - 1].name), "'%.*s' begins here but never ends",
                (int)open[depth - 1].name_length, open[depth - 1].name);
  return 0;
}

/* ---- filling in -------------------------------------------------------------------------------------------------- */

struct frame { /* of names; those of inner frames hide those of outer ones */
  const struct scope *scope;
  const struct frame *outer;
};

static const struct binding *look_up(const struct frame *frame, const struct tag *tag) {
  for (; frame; frame = frame->outer)
    for (size_t i = 0; i < frame->scope->n; i++)
      if (is_named(tag, frame->scope->bindings[i].name)) return &frame->scope->bindings[i];
  return NULL;
}

/* The tag that ends the section which `begun` begins. */
static struct tag section_end(const char *source, const struct tag *begun) {
  struct tag tag;
  int depth = 1;
  for (const char *c = begun->end; next_tag(&tag, source, c) > 0; c = tag.end) {
    if (tag.kind == '#' || tag.kind == '^') depth++;
    if (tag.kind == '/' && --depth == 0) return tag;
  }
  return (struct tag){.begin = begun->end + strlen(begun->end), .end = begun->end + strlen(begun->end)};
}

static void render(struct llm_text *out, const char *source, const char *begin, const char *end,
                   const struct frame *frame);

static void render_section(struct llm_text *out, const char *source, const struct tag *begun, const struct tag *last,
                           const struct frame *frame) {
  const struct binding *binding = look_up(frame, begun);
  int is_list = binding && !binding->text, full = binding && (is_list ? binding->n_items > 0 : *binding->text != 0);
  if (begun->kind == '^' ? !full : full && !is_list) render(out, source, begun->end, last->begin, frame);
  for (size_t i = 0; begun->kind == '#' && is_list && i < binding->n_items; i++) {
    struct frame inner = {&binding->items[i], frame};
    render(out, source, begun->end, last->begin, &inner);
  }
}

static void render(struct llm_text *out, const char *source, const char *begin, const char *end,
                   const struct frame *frame) {
  struct tag tag;
  while (next_tag(&tag, source, begin) > 0 && tag.begin < end) {
    llm_text_add_bytes(out, begin, (size_t)(tag.begin - begin));
    begin = tag.end;
    if (tag.kind == '#' || tag.kind == '^') {
      struct tag last = section_end(source, &tag);
      render_section(out, source, &tag, &last, frame);
      begin = last.end;
    } else if (!tag.kind) {
      const struct binding *binding = look_up(frame, &tag);
      if (binding && binding->text) llm_text_add(out, binding->text);
    }
  }
  if (end > begin) llm_text_add_bytes(out, begin, (size_t)(end - begin));
}

void template_render(struct llm_text *out, const char *source, const struct scope *scope) {
  struct frame frame = {scope, NULL};
  render(out, source, source, source + strlen(source), &frame);
}
