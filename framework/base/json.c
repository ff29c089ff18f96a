#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

/* cJSON takes control characters for white space, too. */
static bool is_blank(char c) {
  return c != 0 && (unsigned char)c <= ' ';
}

static int fail_at(const struct joust_json *json, size_t offset, struct joust_error *error, const char *format,
                   va_list args) {
  size_t line = 1, column = 1;
  for (size_t i = 0; i < offset && i < json->length; i++) {
    column++;
    if (json->text[i] == '\n') {
      line++;
      column = 1;
    }
  }
  joust_fail_v(error, JOUST_BAD_INPUT, format, args);
  return joust_error_prefix(error, "%s:%zu:%zu: ", json->name, line, column);
}

static int fail_syntax(const struct joust_json *json, size_t offset, struct joust_error *error, const char *format,
                       ...) {
  va_list args;
  va_start(args, format);
  int code = fail_at(json, offset, error, format, args);
  va_end(args);
  return code;
}

static size_t string_end(const char *text, size_t i) {
  for (i++; text[i] && text[i] != '"'; i++)
    if (text[i] == '\\' && text[i + 1]) i++;
  return text[i] ? i + 1 : i;
}

/* Goes over whole strings up to `end`: the offset where that leads to (`end` itself unless it is inside a string), and
 * in *open the bracket that is open there, 0 if none. */
static size_t skip_to(const char *text, size_t end, char *open) {
  char stack[CJSON_NESTING_LIMIT + 1] = {0};
  size_t i = 0, depth = 0;
  while (i < end && text[i]) {
    if (text[i] == '"') {
      i = string_end(text, i);
      continue;
    }
    if ((text[i] == '{' || text[i] == '[') && depth < CJSON_NESTING_LIMIT) stack[++depth] = text[i];
    if ((text[i] == '}' || text[i] == ']') && depth > 0) depth--;
    i++;
  }
  *open = stack[depth];
  return i;
}

/* Where the mistake is: cJSON stops behind the first character of what should be a key, and of a string without end. */
static size_t mistake_at(const char *text, size_t offset) {
  char open;
  if (offset == 0 || is_blank(text[offset - 1]) || skip_to(text, offset - 1, &open) != offset - 1) return offset;
  if (text[offset - 1] == '"') /* an escape may be what is wrong, at the very start */
    return text[offset] == '\\' && !strchr("\"\\/bfnrt", text[offset + 1]) ? offset : offset - 1;
  size_t before = offset - 1;
  while (before > 0 && is_blank(text[before - 1])) before--;
  char last = before > 0 ? text[before - 1] : 0;
  bool is_key = open == '{' && (last == ',' || (last == '{' && text[offset - 1] != '}'));
  return is_key ? offset - 1 : offset;
}

/* What is wrong where cJSON stopped, as far as the character there tells. */
static int explain_syntax(const struct joust_json *json, size_t stopped, struct joust_error *error) {
  size_t offset = stopped > json->length ? json->length : mistake_at(json->text, stopped);
  while (offset < json->length && is_blank(json->text[offset])) offset++;
  if (offset >= json->length) return fail_syntax(json, json->length, error, "the JSON text ends too early");
  char found = json->text[offset];
  if (found == '"' && offset < stopped) return fail_syntax(json, offset, error, "the text that starts here has no end");
  if (found == '\\') return fail_syntax(json, offset, error, "'\\' must be followed by one of \"\\/bfnrt or uXXXX");
  if (found == '\'') return fail_syntax(json, offset, error, "JSON texts stand in double quotes, not in single ones");
  if (found == '/' || found == '#') return fail_syntax(json, offset, error, "JSON has no comments");
  if (found == '}' || found == ']')
    return fail_syntax(json, offset, error, "unexpected '%c': is there a comma too many before it?", found);
  if ((unsigned char)found < ' ' || (unsigned char)found > '~')
    return fail_syntax(json, offset, error, "unexpected byte 0x%02x: not JSON", (unsigned char)found);
  return fail_syntax(json, offset, error, "unexpected '%c': not JSON, or a comma, colon or quote is missing before it",
                     found);
}

/* The first "\u0000", where cJSON would end the text, as an offset; 0 if there is none. */
static size_t find_escaped_zero(const char *text) {
  for (size_t i = 0; text[i]; i++) {
    if (text[i] != '\\') continue;
    if (strncmp(text + i, "\\u0000", 6) == 0) return i;
    i += text[i + 1] != 0;
  }
  return 0;
}

int joust_json_parse(struct joust_json *json, const char *name, const char *text, size_t length,
                     struct joust_error *error) {
  json->name = joust_copy(name);
  json->text = joust_copy_n(text, length);
  json->length = length;
  json->root = NULL;
  const char *end = json->text, *zero = memchr(json->text, 0, length);
  size_t escaped = find_escaped_zero(json->text);
  int code;
  if (zero)
    code = fail_syntax(json, (size_t)(zero - json->text), error, "a zero byte: not JSON");
  else if (escaped)
    code = fail_syntax(json, escaped, error, "\\u0000 cannot stand in a text here");
  else if ((json->root = cJSON_ParseWithLengthOpts(json->text, length + 1, &end, 1)) != NULL)
    return 0;
  else
    code = explain_syntax(json, (size_t)(end - json->text), error);
  joust_json_free(json);
  return code;
}

int joust_json_read(struct joust_json *json, const char *path, struct joust_error *error) {
  memset(json, 0, sizeof *json);
  char *text;
  size_t length;
  int code = joust_file_read(&text, &length, path, error);
  if (code) return code;
  code = joust_json_parse(json, path, text, length, error);
  free(text);
  return code;
}

void joust_json_free(struct joust_json *json) {
  cJSON_Delete(json->root);
  free(json->name);
  free(json->text);
  memset(json, 0, sizeof *json);
}

/* Pre-order number of `wanted` below `node`, counting from *count; true when found. */
static bool number_of(const cJSON *node, const cJSON *wanted, size_t *count) {
  for (; node; node = node->next) {
    if (node == wanted) return true;
    ++*count;
    if (node->child && number_of(node->child, wanted, count)) return true;
  }
  return false;
}

/* Offset of the value number `count` (in pre-order, keys do not count) of a valid JSON text. */
static size_t offset_of(const char *text, size_t count) {
  size_t i = 0;
  while (text[i]) {
    size_t start = i;
    if (is_blank(text[i]) || strchr(",:}]", text[i])) {
      i++;
      continue;
    }
    if (text[i] == '"') {
      i = string_end(text, i);
      size_t next = i;
      while (is_blank(text[next])) next++;
      if (text[next] == ':') {
        i = next;
        continue; /* a key */
      }
    } else if (text[i] == '{' || text[i] == '[') {
      i++;
    } else {
      while (text[i] && !is_blank(text[i]) && !strchr(",:}]", text[i])) i++;
    }
    if (count-- == 0) return start;
  }
  return i;
}

int joust_json_fail(const struct joust_json *json, const cJSON *node, struct joust_error *error, const char *format,
                    ...) {
  size_t count = 0, bom = strncmp(json->text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0, offset = 0;
  if (node && number_of(json->root, node, &count)) offset = bom + offset_of(json->text + bom, count);
  va_list args;
  va_start(args, format);
  int code = fail_at(json, offset, error, format, args);
  va_end(args);
  return code;
}

static const char *type_name(int type) {
  switch (type & 0xff) {
  case cJSON_Object: return "an object";
  case cJSON_Array: return "a list";
  case cJSON_String: return "a text";
  case cJSON_Number: return "a number";
  case cJSON_True:
  case cJSON_False: return "true or false";
  default: return "null";
  }
}

cJSON *joust_json_member(const cJSON *object, const char *key) {
  return cJSON_GetObjectItemCaseSensitive(object, key);
}

int joust_json_get(const struct joust_json *json, const cJSON *object, const char *key, int type,
                   enum joust_json_need need, const cJSON **out, struct joust_error *error) {
  const cJSON *node = joust_json_member(object, key);
  if (!node) {
    if (need == JOUST_OPTIONAL) return 0;
    return joust_json_fail(json, object, error, "'%s' is missing: expected %s", key, type_name(type));
  }
  if ((node->type & 0xff) != type)
    return joust_json_fail(json, node, error, "'%s' is %s: expected %s", key, type_name(node->type), type_name(type));
  *out = node;
  return 0;
}

int joust_json_get_text(const struct joust_json *json, const cJSON *object, const char *key, enum joust_json_need need,
                        const char **out, struct joust_error *error) {
  const cJSON *node = NULL;
  int code = joust_json_get(json, object, key, cJSON_String, need, &node, error);
  if (!code && node) *out = node->valuestring;
  return code;
}

int joust_json_get_number(const struct joust_json *json, const cJSON *object, const char *key,
                          enum joust_json_need need, double *out, struct joust_error *error) {
  const cJSON *node = NULL;
  int code = joust_json_get(json, object, key, cJSON_Number, need, &node, error);
  if (code || !node) return code;
  if (!isfinite(node->valuedouble)) return joust_json_fail(json, node, error, "'%s' is too large a number", key);
  *out = node->valuedouble;
  return 0;
}

int joust_json_get_bool(const struct joust_json *json, const cJSON *object, const char *key, bool *out,
                        struct joust_error *error) {
  const cJSON *node = joust_json_member(object, key);
  if (!node) return 0;
  if (!cJSON_IsBool(node))
    return joust_json_fail(json, node, error, "'%s' is %s: expected true or false", key, type_name(node->type));
  *out = cJSON_IsTrue(node);
  return 0;
}

int joust_json_get_integer(const struct joust_json *json, const cJSON *object, const char *key,
                           enum joust_json_need need, int64_t lower, int64_t upper, int64_t *out,
                           struct joust_error *error) {
  const cJSON *node = NULL;
  int code = joust_json_get(json, object, key, cJSON_Number, need, &node, error);
  if (code || !node) return code;
  double value = node->valuedouble;
  if (!(value == floor(value)) || value < (double)lower || value > (double)upper)
    return joust_json_fail(json, node, error, "'%s' is %.17g: expected a whole number from %lld to %lld", key, value,
                           (long long)lower, (long long)upper);
  *out = (int64_t)value;
  return 0;
}

static int fail_unknown(const struct joust_json *json, const cJSON *node, const char *what, const char *const *allowed,
                        size_t n, struct joust_error *error) {
  const char *near = joust_nearest(node->string, allowed, n);
  if (near) return joust_json_fail(json, node, error, "%s has no '%s': did you mean '%s'?", what, node->string, near);
  struct joust_text list = {0};
  for (size_t i = 0; i < n; i++) joust_text_addf(&list, "%s%s", i ? ", " : "", allowed[i]);
  int code =
      joust_json_fail(json, node, error, "%s has no '%s': expected %s", what, node->string, joust_text_string(&list));
  joust_text_free(&list);
  return code;
}

int joust_json_check_keys(const struct joust_json *json, const cJSON *object, const char *what,
                          const char *const *allowed, size_t n, struct joust_error *error) {
  if (!cJSON_IsObject(object))
    return joust_json_fail(json, object, error, "expected an object that describes %s, found %s", what,
                           object ? type_name(object->type) : "nothing");
  for (const cJSON *node = object->child; node; node = node->next) {
    size_t i = 0;
    while (i < n && strcmp(allowed[i], node->string) != 0) i++;
    if (i == n) return fail_unknown(json, node, what, allowed, n, error);
    if (joust_json_member(object, node->string) != node)
      return joust_json_fail(json, node, error, "'%s' stands here a second time", node->string);
  }
  return 0;
}

void joust_json_add_number(cJSON *object, const char *key, double value) {
  char number[JOUST_NUMBER_SIZE];
  if (isfinite(value))
    cJSON_AddRawToObject(object, key, joust_number(number, value));
  else
    cJSON_AddNullToObject(object, key);
}

/* Runs of plain bytes are added at once. */
void joust_json_write_text(struct joust_text *out, const char *text) {
  joust_text_add_n(out, "\"", 1);
  for (const char *plain = text;; text++) {
    unsigned char c = (unsigned char)*text;
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    joust_text_add_n(out, plain, (size_t)(text - plain));
    plain = text + 1;
    if (c == 0) break;
    if (c == '"' || c == '\\')
      joust_text_addf(out, "\\%c", c);
    else if (c == '\n')
      joust_text_add_n(out, "\\n", 2);
    else
      joust_text_addf(out, "\\u%04x", c);
  }
  joust_text_add_n(out, "\"", 1);
}

void joust_json_write_number(struct joust_text *out, double value) {
  char number[JOUST_NUMBER_SIZE];
  joust_text_add(out, isfinite(value) ? joust_number(number, value) : "null");
}
