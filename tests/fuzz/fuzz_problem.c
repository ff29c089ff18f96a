/* Problem files: whatever the bytes, an error that names the file, or a problem whose space works. */
#include "fuzz.h"

#include <joust/seen.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "space/problem.h"

static uint64_t draw(const struct joust_host *host) {
  return joust_stream_next(host->ctx);
}

/* Random points are inside, their values survive being text, and their index leads back to them. */
static void use_space(const struct joust_domain *domain) {
  struct joust_stream stream;
  joust_stream_seed(&stream, 1);
  struct joust_host host = {.struct_size = sizeof host, .ctx = &stream, .random = draw};
  const struct joust_space *space = &domain->space;
  double *x = joust_alloc(space->n_parameters, sizeof *x), *again = joust_alloc(space->n_parameters, sizeof *x);
  struct joust_error error;
  joust_sample_point(&host, space, x);
  MUST(joust_point_check(space, x, &error) == 0);
  for (uint32_t i = 0; i < space->n_parameters; i++) {
    struct joust_text text = {0};
    joust_value_print(space->parameters[i], x[i], &text);
    MUST(joust_value_parse(space->parameters[i], joust_text_string(&text), &again[i], &error) == 0);
    joust_text_free(&text);
  }
  MUST(joust_same_point(x, again, space->n_parameters));
  if (domain->points) {
    MUST(joust_point_index(space, x) < domain->points);
    joust_index_point(space, joust_point_index(space, x), again);
    MUST(joust_same_point(x, again, space->n_parameters));
  }
  free(x);
  free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct joust_problem problem;
  struct joust_error error = {0};
  const char *path = fuzz_file(data, size);
  int code = joust_problem_read(&problem, path, "fuzz/problem", &error);
  if (code) {
    MUST(code == error.code && strncmp(error.message, path, strlen(path)) == 0);
    MUST(problem.name == NULL);
    return 0;
  }
  MUST(problem.objective < problem.n_metrics && problem.metrics[problem.objective].direction != 0);
  MUST(problem.cost < (int32_t)problem.n_metrics);
  if (problem.evaluator_space)
    MUST(problem.domain.space.n_parameters == 0);
  else
    use_space(&problem.domain);
  joust_problem_free(&problem);
  return 0;
}
