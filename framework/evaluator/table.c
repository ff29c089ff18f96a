#include "evaluator/table.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/text.h"
#include "evaluator/table_file.h"

enum { OPTION_FILE, OPTION_FINGERPRINT, OPTION_DRAW, N_OPTIONS };

static const struct joust_option options[N_OPTIONS] = {
    [OPTION_FILE] = {.name = "file",
                     .help = "name of a table in the data folder, or a path with a slash, relative to the problem file",
                     .type = JOUST_OPT_TEXT},
    [OPTION_FINGERPRINT] = {.name = "fingerprint",
                            .help = "fingerprint that the table must have; empty: any",
                            .fallback = "",
                            .type = JOUST_OPT_TEXT},
    [OPTION_DRAW] = {.name = "draw",
                     .help =
                         "metric of which one measurement is drawn for each trial instead of their mean; empty: none",
                     .fallback = "",
                     .type = JOUST_OPT_TEXT},
};

struct column { /* of a requested metric: what a look-up needs, in one place */
  const unsigned char *data;
  enum joust_encoding encoding;
  uint32_t size, measurements;
  double divisor;
  int draw;
};

struct optimum { /* found when first asked for */
  int known;
  uint64_t entry; /* n entries: there is none */
  double value;
};

struct instance {
  const struct joust_host *host;
  const struct joust_space *space;
  struct joust_table table;
  struct column *columns;
  uint32_t n_columns;
  uint64_t *strides;       /* entries between neighbouring values of each parameter */
  int64_t first;           /* entry of the point whose values are all 0: not 0 where integers begin elsewhere */
  struct optimum *optimum; /* n_columns x { minimise, maximise } */
};

char *joust_table_path(const char *name) {
  char *folder = joust_data_folder(), *path = joust_format("%s/tables/%s.table", folder, name);
  free(folder);
  return path;
}

char *joust_table_path_of(const char *file, const char *folder) {
  return strchr(file, '/') ? joust_path_join(folder, file) : joust_table_path(file);
}

static joust_status refuse(const struct joust_host *host, joust_status status, const char *format, ...)
    JOUST_PRINTF(3, 4);
static joust_status refuse(const struct joust_host *host, joust_status status, const char *format, ...) {
  struct joust_error error;
  va_list args;
  va_start(args, format);
  joust_fail_v(&error, status, format, args);
  va_end(args);
  host->set_error(host, error.message);
  return status;
}

/* ---- does the table fit the problem? ---------------------------------------------------------------------------- */

static joust_status check_choices(const struct instance *self, const struct joust_parameter *parameter,
                                  const struct joust_table_dimension *dimension) {
  for (uint32_t k = 0; k < dimension->n_choices; k++) {
    char number[JOUST_NUMBER_SIZE];
    const char *label =
        parameter->kind == JOUST_INTEGER ? joust_number(number, parameter->lower + k) : parameter->choices[k];
    if (strcmp(label, dimension->choices[k]) != 0)
      return refuse(self->host, JOUST_EUNSUPPORTED,
                    "table '%s' is of another space: choice %u of '%s' is '%s' there, '%s' in the problem",
                    self->table.name, k + 1, dimension->name, dimension->choices[k], label);
  }
  return JOUST_OK;
}

static joust_status check_parameter(const struct instance *self, uint32_t i) {
  const struct joust_parameter *parameter = self->space->parameters[i];
  const struct joust_table_dimension *dimension = &self->table.dimensions[i];
  if (strcmp(parameter->name, dimension->name) != 0)
    return refuse(self->host, JOUST_EUNSUPPORTED,
                  "table '%s' is of another space: its parameter %u is '%s', that of the problem '%s'",
                  self->table.name, i + 1, dimension->name, parameter->name);
  if (parameter->kind == JOUST_REAL)
    return refuse(self->host, JOUST_EUNSUPPORTED, "a table cannot hold the real parameter '%s'", parameter->name);
  double n = parameter->upper - parameter->lower + 1;
  if (n != (double)dimension->n_choices)
    return refuse(self->host, JOUST_EUNSUPPORTED,
                  "table '%s' is of another space: '%s' has %u choices there, %.0f in the problem", self->table.name,
                  dimension->name, dimension->n_choices, n);
  return check_choices(self, parameter, dimension);
}

static joust_status check_space(struct instance *self) {
  if (self->space->n_parameters != self->table.n_dimensions)
    return refuse(self->host, JOUST_EUNSUPPORTED,
                  "table '%s' is of another space: it has %u parameters, the problem %u", self->table.name,
                  self->table.n_dimensions, self->space->n_parameters);
  for (uint32_t i = 0; i < self->table.n_dimensions; i++) {
    joust_status status = check_parameter(self, i);
    if (status) return status;
  }
  uint64_t stride = 1;
  self->strides = joust_alloc(self->table.n_dimensions, sizeof *self->strides);
  for (uint32_t i = self->table.n_dimensions; i-- > 0;) {
    self->strides[i] = stride;
    self->first -= (int64_t)self->space->parameters[i]->lower * (int64_t)stride;
    stride *= self->table.dimensions[i].n_choices;
  }
  return JOUST_OK;
}

static joust_status refuse_metric(const struct instance *self, const char *name) {
  struct joust_text list = {0};
  for (uint32_t m = 0; m < self->table.n_metrics; m++)
    joust_text_addf(&list, "%s%s", m ? ", " : "", self->table.metrics[m].name);
  joust_status status = refuse(self->host, JOUST_EUNSUPPORTED, "table '%s' has no metric '%s': it has %s",
                               self->table.name, name, joust_text_string(&list));
  joust_text_free(&list);
  return status;
}

static joust_status find_columns(struct instance *self, const struct joust_evaluator_setup *setup, const char *draw) {
  self->n_columns = setup->n_metrics;
  self->columns = joust_alloc(setup->n_metrics, sizeof *self->columns);
  self->optimum = joust_alloc((size_t)setup->n_metrics * 2, sizeof *self->optimum);
  int drawn = 0;
  for (uint32_t c = 0; c < setup->n_metrics; c++) {
    int m = joust_table_find(&self->table, setup->metrics[c]);
    if (m < 0) return refuse_metric(self, setup->metrics[c]);
    const struct joust_table_metric *metric = &self->table.metrics[m];
    self->columns[c] = (struct column){
        .data = self->table.data + metric->offset,
        .encoding = metric->encoding,
        .size = joust_encodings[metric->encoding].size,
        .measurements = metric->measurements,
        .divisor = metric->divisor,
        .draw = strcmp(draw, metric->name) == 0,
    };
    drawn = drawn || self->columns[c].draw;
  }
  if (*draw && !drawn)
    return refuse(self->host, JOUST_EOPTION, "draw=%s: the problem asks for no metric of that name", draw);
  return JOUST_OK;
}

/* ---- life ------------------------------------------------------------------------------------------------------- */

static void destroy(void *instance) {
  struct instance *self = instance;
  if (!self) return;
  joust_table_close(&self->table);
  free(self->columns);
  free(self->strides);
  free(self->optimum);
  free(self);
}

static joust_status open_table(struct instance *self, const char *file, const char *folder) {
  struct joust_error error;
  char *path = joust_table_path_of(file, folder);
  int code = joust_table_open(&self->table, path, &error);
  if (code == JOUST_MISSING)
    refuse(self->host, JOUST_EIO, "the table '%s' is not there (%s); `joust data list` shows which command brings it",
           file, path);
  else if (code)
    self->host->set_error(self->host, error.message);
  free(path);
  return code ? JOUST_EIO : JOUST_OK;
}

static joust_status set_up(struct instance *self, const struct joust_evaluator_setup *setup) {
  const char *fingerprint = setup->args[OPTION_FINGERPRINT].s;
  if (!setup->space)
    return refuse(self->host, JOUST_EUNSUPPORTED, "a problem that looks up a table has to list its parameters");
  joust_status status = open_table(self, setup->args[OPTION_FILE].s, setup->folder);
  if (status) return status;
  if (*fingerprint && strcmp(fingerprint, self->table.fingerprint) != 0)
    return refuse(self->host, JOUST_EOPTION, "table '%s' (%s) has the fingerprint %s, the problem asks for %s",
                  self->table.name, self->table.path, self->table.fingerprint, fingerprint);
  if ((status = check_space(self))) return status;
  return find_columns(self, setup, setup->args[OPTION_DRAW].s);
}

static joust_status create(const struct joust_host *host, const struct joust_evaluator_setup *setup, void **instance) {
  struct instance *self = joust_alloc(1, sizeof *self);
  self->host = host;
  self->space = setup->space;
  joust_status status = set_up(self, setup);
  if (status) {
    destroy(self);
    self = NULL;
  }
  *instance = self;
  return status;
}

/* ---- look-ups --------------------------------------------------------------------------------------------------- */

static double mean(const struct column *column, const unsigned char *bytes) {
  double sum = 0;
  uint32_t n = 0;
  for (uint32_t k = 0; k < column->measurements; k++, bytes += column->size) {
    double value = joust_table_decode(bytes, column->encoding, column->divisor);
    if (isnan(value)) continue;
    sum += value;
    n++;
  }
  return n ? sum / n : NAN;
}

/* One of the measurements that are there, all equally likely (to within their number / 2^32). */
static double draw_one(const struct column *column, const unsigned char *bytes, uint64_t seed) {
  uint32_t n = 0;
  for (uint32_t k = 0; k < column->measurements; k++)
    if (!isnan(joust_table_decode(bytes + k * column->size, column->encoding, column->divisor))) n++;
  uint32_t wanted = (uint32_t)((joust_mix(seed) >> 32) * n >> 32);
  for (uint32_t k = 0; k < column->measurements; k++) {
    double value = joust_table_decode(bytes + k * column->size, column->encoding, column->divisor);
    if (!isnan(value) && wanted-- == 0) return value;
  }
  return NAN;
}

static joust_status evaluate(void *instance, struct joust_evaluation *evaluation) {
  const struct instance *self = instance;
  uint32_t n_parameters = self->table.n_dimensions;
  const double *x = evaluation->x;
  double *out = evaluation->metrics;
  for (uint32_t i = 0; i < evaluation->n; i++, x += n_parameters) {
    int64_t entry = self->first;
    for (uint32_t p = 0; p < n_parameters; p++) entry += (int64_t)x[p] * (int64_t)self->strides[p];
    size_t offset = (size_t)entry * self->table.entry_size;
    int found = 0;
    for (uint32_t c = 0; c < self->n_columns; c++, out++) {
      const struct column *column = &self->columns[c];
      const unsigned char *bytes = column->data + offset;
      if (column->measurements == 1)
        *out = joust_table_decode(bytes, column->encoding, column->divisor);
      else
        *out = column->draw ? draw_one(column, bytes, evaluation->seed[i]) : mean(column, bytes);
      found |= !isnan(*out);
    }
    if (found) continue;
    evaluation->outcome[i] = JOUST_TRIAL_FAILED;
    self->host->set_error(self->host, "the table has no entry for this point");
  }
  return JOUST_OK;
}

static struct optimum scan(const struct instance *self, const struct column *column, int32_t direction) {
  struct optimum best = {.known = 1, .entry = self->table.entries};
  for (uint64_t entry = 0; entry < self->table.entries; entry++) {
    double value = mean(column, column->data + entry * self->table.entry_size);
    if (isnan(value) || (best.entry < self->table.entries && value * direction >= best.value * direction)) continue;
    best.entry = entry;
    best.value = value;
  }
  return best;
}

static joust_status optimum(void *instance, uint32_t metric, int32_t direction, double *x, double *value) {
  struct instance *self = instance;
  struct optimum *best = &self->optimum[2 * metric + (direction < 0)];
  if (!best->known) *best = scan(self, &self->columns[metric], direction);
  if (best->entry == self->table.entries)
    return refuse(self->host, JOUST_EUNSUPPORTED, "table '%s' has no value of this metric", self->table.name);
  uint64_t rest = best->entry;
  for (uint32_t i = 0; i < self->table.n_dimensions; i++) {
    x[i] = self->space->parameters[i]->lower + (double)(rest / self->strides[i]);
    rest %= self->strides[i];
  }
  *value = best->value;
  return JOUST_OK;
}

static const char *fingerprint_of(void *instance) {
  return ((struct instance *)instance)->table.fingerprint;
}

const struct joust_evaluator joust_table_evaluator = {
    .struct_size = sizeof(struct joust_evaluator),
    .flags = JOUST_INSTANT,
    .n_options = N_OPTIONS,
    .option_stride = sizeof(struct joust_option),
    .id = "table",
    .version = "1.0",
    .summary = "looks measurements up in a table file",
    .licence = "MIT",
    .options = options,
    .create = create,
    .evaluate = evaluate,
    .destroy = destroy,
    .optimum = optimum,
    .fingerprint = fingerprint_of,
};
