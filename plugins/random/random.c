/* Random search: every proposal is drawn from the whole space, whatever the results were. See README.md. */
#include <joust/seen.h>

struct search {
  const struct joust_host *host;
  const struct joust_space *space;
  int replacement;        /* points may repeat; nothing below is used then */
  uint64_t n_points;      /* of the space */
  struct joust_seen seen; /* what was proposed or told */
  uint64_t *rest;         /* once half of the points are seen: the indices of the others, in no order */
  uint64_t n_rest;
};

static joust_status create(const struct joust_host *host, const struct joust_space *space, const union joust_arg *args,
                           void **self) {
  struct search *search = calloc(1, sizeof *search);
  if (!search) return JOUST_ENOMEM;
  search->host = host;
  search->space = space;
  search->n_points = joust_space_points(space);
  search->replacement = args[0].i != 0 || search->n_points == 0;
  *self = search;
  return JOUST_OK;
}

/* A point that was never seen, or DONE. While most points are unseen, a draw from the whole space soon finds one. At
 * one half the unseen ones are listed, which costs no more than the trials before it did; draws come from the list
 * then. A point that is told after it was listed is passed over when it is drawn. */
static joust_status draw_unseen(struct search *search, double *x) {
  uint32_t n = search->space->n_parameters;
  int added = 0;
  if (!search->rest && search->seen.size < search->n_points - search->n_points / 2) {
    do joust_sample_point(search->host, search->space, x);
    while ((added = joust_seen_add(&search->seen, x, n)) == 0);
    return added < 0 ? JOUST_ENOMEM : JOUST_OK;
  }
  if (!search->rest) {
    search->rest = malloc((size_t)search->n_points * sizeof *search->rest);
    if (!search->rest) return JOUST_ENOMEM;
    for (uint64_t index = 0; index < search->n_points; index++) {
      joust_index_point(search->space, index, x);
      if (!joust_seen_has(&search->seen, x, n)) search->rest[search->n_rest++] = index;
    }
  }
  while (search->n_rest > 0 && added == 0) {
    uint64_t k = joust_below(search->host, search->n_rest);
    joust_index_point(search->space, search->rest[k], x);
    search->rest[k] = search->rest[--search->n_rest];
    added = joust_seen_add(&search->seen, x, n);
  }
  return added < 0 ? JOUST_ENOMEM : added > 0 ? JOUST_OK : JOUST_DONE;
}

static joust_status ask(void *self, struct joust_ask *batch) {
  struct search *search = self;
  for (batch->n = 0; batch->n < batch->capacity; batch->n++) {
    double *x = batch->x + (size_t)batch->n * search->space->n_parameters;
    joust_status status = JOUST_OK;
    if (search->replacement)
      joust_sample_point(search->host, search->space, x);
    else
      status = draw_unseen(search, x);
    if (status == JOUST_DONE && batch->n > 0) return JOUST_OK;
    if (status != JOUST_OK) return status;
  }
  return JOUST_OK;
}

/* Results change nothing, but a trial that somebody else made need not be made again. */
static joust_status tell(void *self, const struct joust_tell *told) {
  struct search *search = self;
  uint32_t n = search->space->n_parameters;
  for (uint32_t k = 0; k < told->n && !search->replacement; k++)
    if (joust_seen_add(&search->seen, told->x + (size_t)k * n, n) < 0) return JOUST_ENOMEM;
  return JOUST_OK;
}

static void destroy(void *self) {
  struct search *search = self;
  if (!search) return;
  joust_seen_free(&search->seen);
  free(search->rest);
  free(search);
}

static const struct joust_option options[] = {{.name = "replacement",
                                               .help = "draw independently, so that points may repeat; false: never "
                                                       "propose a point twice, stop when none is left",
                                               .fallback = "true",
                                               .type = JOUST_OPT_BOOL}};

static const struct joust_optimiser optimiser = {.struct_size = sizeof optimiser,
                                                 .parameter_kinds = JOUST_ANY_KIND,
                                                 .n_options = 1,
                                                 .option_stride = sizeof options[0],
                                                 .id = "random",
                                                 .version = "1.0",
                                                 .summary = "random search, with or without replacement",
                                                 .licence = "MIT",
                                                 .options = options,
                                                 .create = create,
                                                 .ask = ask,
                                                 .tell = tell,
                                                 .destroy = destroy};

static const struct joust_optimiser *const optimisers[] = {&optimiser};

const struct joust_plugin joust_plugin_1 = {
    .struct_size = sizeof joust_plugin_1, .abi_minor = JOUST_ABI_MINOR, .n_optimisers = 1, .optimisers = optimisers};
