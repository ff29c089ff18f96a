/* JSON input with good errors: every failure names file, line and column, and what was expected there.
 *
 * The parsing is cJSON's; it keeps no positions, so this module finds the place of a node afterwards by counting values
 * in the text, which costs nothing as long as nothing is wrong. Getters return 0, or JOUST_BAD_INPUT with a message.
 * Texts they give belong to the document. */
#ifndef JOUST_BASE_JSON_H
#define JOUST_BASE_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

struct joust_json {
  char *name; /* of the file, for messages */
  char *text;
  size_t length;
  cJSON *root;
};

/* Fails with JOUST_MISSING, JOUST_SYSTEM or JOUST_BAD_INPUT; the document is then empty. */
int joust_json_read(struct joust_json *json, const char *path, struct joust_error *error);
int joust_json_parse(struct joust_json *json, const char *name, const char *text, size_t length,
                     struct joust_error *error);
void joust_json_free(struct joust_json *json);

/* Fails with JOUST_BAD_INPUT and "NAME:LINE:COLUMN: message", the place being that of the node. */
int joust_json_fail(const struct joust_json *json, const cJSON *node, struct joust_error *error, const char *format,
                    ...) JOUST_PRINTF(4, 5);

enum joust_json_need { JOUST_OPTIONAL, JOUST_REQUIRED };

/* The member of an object by its exact name; NULL if it is not there. */
cJSON *joust_json_member(const cJSON *object, const char *key);

/* `type` is one of cJSON's types (cJSON_Object, cJSON_Array, ...). An absent optional member leaves *out as it was. */
int joust_json_get(const struct joust_json *json, const cJSON *object, const char *key, int type,
                   enum joust_json_need need, const cJSON **out, struct joust_error *error);
int joust_json_get_text(const struct joust_json *json, const cJSON *object, const char *key, enum joust_json_need need,
                        const char **out, struct joust_error *error);
int joust_json_get_number(const struct joust_json *json, const cJSON *object, const char *key,
                          enum joust_json_need need, double *out, struct joust_error *error);
int joust_json_get_bool(const struct joust_json *json, const cJSON *object, const char *key, bool *out,
                        struct joust_error *error);
/* A whole number in [lower, upper], both at most 2^53 in size. */
int joust_json_get_integer(const struct joust_json *json, const cJSON *object, const char *key,
                           enum joust_json_need need, int64_t lower, int64_t upper, int64_t *out,
                           struct joust_error *error);

/* Fails if the node is no object, or has a member that is not among the n allowed keys, or one twice. `what` says what
 * the object describes, e.g. "a parameter". */
int joust_json_check_keys(const struct joust_json *json, const cJSON *object, const char *what,
                          const char *const *allowed, size_t n, struct joust_error *error);

/* For writing: a member that reads back as the same double (cJSON's own numbers may lose their last digit); null where
 * the value is not finite. */
void joust_json_add_number(cJSON *object, const char *key, double value);

/* Appends a quoted text, or a number that reads back as the same double (null where it is not finite). */
void joust_json_write_text(struct joust_text *out, const char *text);
void joust_json_write_number(struct joust_text *out, double value);

#endif
