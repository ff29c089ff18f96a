#include "cli/shard.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

enum { MOST_SHARDS = 1000000 };

/* A whole number from `least` to `most`, all of text. */
static bool parse_count(const char *text, long least, long most, long *count) {
  double number;
  if (!joust_parse_number(text, &number) || number < (double)least || number > (double)most) return false;
  *count = (long)number;
  return (double)*count == number;
}

static int parse_flag(struct joust_shard *shard, const char *flag, struct joust_error *error) {
  const char *slash = strchr(flag, '/');
  char *first = slash ? joust_copy_n(flag, (size_t)(slash - flag)) : joust_copy("");
  long number = 0, of = 0;
  bool right = slash && parse_count(slash + 1, 1, MOST_SHARDS, &of) && parse_count(first, 1, of, &number);
  free(first);
  if (!right)
    return joust_fail(error, JOUST_BAD_INPUT,
                      "--shard is '%s': expected I/N, shard I of N, I from 1 to N, N at most %d, e.g. 2/8", flag,
                      MOST_SHARDS);
  *shard = (struct joust_shard){(uint32_t)number, (uint32_t)of, of > 1 ? "--shard" : NULL};
  return 0;
}

struct array { /* of tasks, as SLURM tells it */
  long id, count, min, max, step;
};

static int read_variable(long *number, const char *end, bool needed, struct joust_error *error) {
  char *name = joust_format("SLURM_ARRAY_TASK_%s", end);
  const char *text = getenv(name);
  int code = 0;
  if (text ? !parse_count(text, 0, 4294967294, number) : needed)
    code = joust_fail(error, JOUST_BAD_INPUT,
                      "%s is '%s': expected a whole number, as SLURM gives it with SLURM_ARRAY_TASK_ID; --shard 1/1 "
                      "runs the whole sweep",
                      name, text ? text : "");
  free(name);
  return code;
}

static int read_array(struct array *array, struct joust_error *error) {
  int code;
  if ((code = read_variable(&array->id, "ID", true, error)) ||
      (code = read_variable(&array->count, "COUNT", true, error)) ||
      (code = read_variable(&array->min, "MIN", false, error)) ||
      (code = read_variable(&array->step, "STEP", false, error)))
    return code;
  array->max = array->min + (array->count - 1) * array->step;
  return read_variable(&array->max, "MAX", false, error);
}

/* The tasks min, min + step, ... max are shards 1 to count. */
static int parse_array(struct joust_shard *shard, struct joust_error *error) {
  struct array array = {.min = 1, .step = 1};
  int code = read_array(&array, error);
  if (code) return code;
  long behind = array.id - array.min;
  if (array.step < 1 || array.count < 1 || array.count > MOST_SHARDS || behind < 0 || behind % array.step ||
      behind / array.step >= array.count || array.max != array.min + (array.count - 1) * array.step)
    return joust_fail(error, JOUST_BAD_INPUT,
                      "task %ld of a SLURM array of %ld tasks from %ld to %ld, step %ld: which shard is that? Say it "
                      "with --shard I/N",
                      array.id, array.count, array.min, array.max, array.step);
  *shard = (struct joust_shard){(uint32_t)(behind / array.step + 1), (uint32_t)array.count, "SLURM_ARRAY_TASK_ID"};
  if (shard->of == 1) shard->source = NULL;
  return 0;
}

int joust_shard_find(struct joust_shard *shard, const char *flag, struct joust_error *error) {
  *shard = (struct joust_shard){1, 1, NULL};
  if (flag) return parse_flag(shard, flag, error);
  return getenv("SLURM_ARRAY_TASK_ID") ? parse_array(shard, error) : 0;
}

char *joust_shard_store(const struct joust_shard *shard) {
  return shard->of > 1 ? joust_format("results.%u-of-%u.db", shard->number, shard->of) : joust_copy("results.db");
}
