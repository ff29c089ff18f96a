/* NAS-Bench-201 merged from several publications into one CSV file, one row a cell: accuracies after 12 epochs and
 * after 200, the seconds that 12 epochs take, and the 200-epoch validation accuracy of each training seed. The digits
 * of `arch` are the operations of the six edges in the order of the published keys. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "data/format.h"

#define TITLE     "NAS-Bench-201 (CSV)"
#define MAX_SEEDS 3

enum kind { INDEX, CELL, ACCURACY, SECONDS, RANK, SEEDS };

static const struct field {
  const char *name; /* in the file's first line */
  enum kind kind;
  const char *metric, *title, *unit; /* of the table; NULL: not a metric */
} fields[] = {
    {"index", INDEX, NULL, NULL, NULL},
    {"arch", CELL, NULL, NULL, NULL},
    {"c10_val12", ACCURACY, "cifar10_val_acc_12", "CIFAR-10 validation accuracy after 12 epochs", "%"},
    {"c10_test12", ACCURACY, "cifar10_test_acc_12", "CIFAR-10 test accuracy after 12 epochs", "%"},
    {"c100_val12", ACCURACY, "cifar100_val_acc_12", "CIFAR-100 validation accuracy after 12 epochs", "%"},
    {"c100_test12", ACCURACY, "cifar100_test_acc_12", "CIFAR-100 test accuracy after 12 epochs", "%"},
    {"in16_val12", ACCURACY, "imagenet_val_acc_12", "ImageNet16-120 validation accuracy after 12 epochs", "%"},
    {"in16_test12", ACCURACY, "imagenet_test_acc_12", "ImageNet16-120 test accuracy after 12 epochs", "%"},
    {"c10_cost12_s", SECONDS, "seconds", "time of training 12 epochs on CIFAR-10", "s"},
    {"c10_val200", ACCURACY, "cifar10_val_acc_200", "CIFAR-10 validation accuracy after 200 epochs", "%"},
    {"c10_test200", ACCURACY, "cifar10_test_acc_200", "CIFAR-10 test accuracy after 200 epochs", "%"},
    {"c10_rank200", RANK, "cifar10_rank", "rank by CIFAR-10 test accuracy after 200 epochs", ""},
    {"c100_val200", ACCURACY, "cifar100_val_acc_200", "CIFAR-100 validation accuracy after 200 epochs", "%"},
    {"c100_test200", ACCURACY, "cifar100_test_acc_200", "CIFAR-100 test accuracy after 200 epochs", "%"},
    {"c100_rank200", RANK, "cifar100_rank", "rank by CIFAR-100 test accuracy after 200 epochs", ""},
    {"in16_val200", ACCURACY, "imagenet_val_acc_200", "ImageNet16-120 validation accuracy after 200 epochs", "%"},
    {"in16_test200", ACCURACY, "imagenet_test_acc_200", "ImageNet16-120 test accuracy after 200 epochs", "%"},
    {"in16_rank200", RANK, "imagenet_rank", "rank by ImageNet16-120 test accuracy after 200 epochs", ""},
    {"c10_val200_seeds", SEEDS, "cifar10_val_acc_200_seeds",
     "CIFAR-10 validation accuracy after 200 epochs, one training seed", "%"},
    {"c100_val200_seeds", SEEDS, "cifar100_val_acc_200_seeds",
     "CIFAR-100 validation accuracy after 200 epochs, one training seed", "%"},
    {"in16_val200_seeds", SEEDS, "imagenet_val_acc_200_seeds",
     "ImageNet16-120 validation accuracy after 200 epochs, one training seed", "%"},
};
enum { N_FIELDS = sizeof fields / sizeof *fields };

struct reader {
  const char *path;
  size_t line;
  struct joust_draft *draft;
  double *columns[N_FIELDS]; /* the metric of each field */
  char *cells[N_FIELDS];     /* texts of the current row */
  struct joust_error *error;
};

static int fail(const struct reader *reader, const char *format, ...) JOUST_PRINTF(2, 3);
static int fail(const struct reader *reader, const char *format, ...) {
  va_list args;
  va_start(args, format);
  joust_fail_v(reader->error, JOUST_BAD_INPUT, format, args);
  va_end(args);
  return joust_error_prefix(reader->error, "%s:%zu: ", reader->path, reader->line);
}

/* Takes the next line off *rest (which is changed), without its end; NULL where there is none. */
static char *next_line(struct reader *reader, char **rest) {
  if (!*rest || !**rest) return NULL;
  reader->line++;
  char *line = strsep(rest, "\n");
  size_t length = strlen(line);
  if (length && line[length - 1] == '\r') line[length - 1] = 0;
  return line;
}

static int split(struct reader *reader, char *line) {
  size_t n = 0;
  for (char *cell; (cell = strsep(&line, ",")) != NULL; n++)
    if (n < N_FIELDS) reader->cells[n] = cell;
  if (n != N_FIELDS) return fail(reader, "%zu fields: expected %d", n, N_FIELDS);
  return 0;
}

static int parse(const struct reader *reader, size_t f, const char *text, double lower, double upper, double *out) {
  if (!joust_parse_number(text, out) || *out < lower || *out > upper)
    return fail(reader, "%s is '%s': expected a number from %g to %g", fields[f].name, text, lower, upper);
  return 0;
}

static int parse_rank(const struct reader *reader, size_t f, double *out) {
  int code = parse(reader, f, reader->cells[f], 1, JOUST_NASBENCH201_CELLS, out);
  if (!code && *out != floor(*out)) return fail(reader, "%s is %g: expected a whole number", fields[f].name, *out);
  return code;
}

/* 2 or 3 accuracies with semicolons between them. */
static int parse_seeds(struct reader *reader, size_t f, double *out) {
  char *list = reader->cells[f];
  for (size_t n = 0; list; n++) {
    if (n == MAX_SEEDS) return fail(reader, "%s has more than %d values", fields[f].name, MAX_SEEDS);
    int code = parse(reader, f, strsep(&list, ";"), 0, 100, &out[n]);
    if (code) return code;
  }
  return 0;
}

static int parse_field(struct reader *reader, size_t f, uint64_t entry) {
  switch (fields[f].kind) {
  case ACCURACY: return parse(reader, f, reader->cells[f], 0, 100, &reader->columns[f][entry]);
  case SECONDS: return parse(reader, f, reader->cells[f], 0, 1e6, &reader->columns[f][entry]);
  case RANK: return parse_rank(reader, f, &reader->columns[f][entry]);
  case SEEDS: return parse_seeds(reader, f, &reader->columns[f][entry * MAX_SEEDS]);
  default: return 0;
  }
}

/* Entry of a cell's digits, or -1. */
static int64_t parse_cell(const char *digits) {
  int64_t entry = 0;
  if (strlen(digits) != JOUST_NASBENCH201_EDGES) return -1;
  for (; *digits; digits++) {
    if (*digits < '0' || *digits >= '0' + JOUST_NASBENCH201_OPS) return -1;
    entry = entry * JOUST_NASBENCH201_OPS + (*digits - '0');
  }
  return entry;
}

static int read_row(struct reader *reader, char *line) {
  int code = split(reader, line);
  if (code) return code;
  const char *cell = reader->cells[1];
  int64_t entry = parse_cell(cell);
  if (entry < 0)
    return fail(reader, "arch is '%s': expected %d digits from 0 to %d", cell, JOUST_NASBENCH201_EDGES,
                JOUST_NASBENCH201_OPS - 1);
  if (!joust_draft_claim(reader->draft, (uint64_t)entry))
    return fail(reader, "the cell %s stands here a second time", cell);
  for (size_t f = 0; f < N_FIELDS; f++)
    if ((code = parse_field(reader, f, (uint64_t)entry))) return code;
  return 0;
}

static int read_names(struct reader *reader, char *line) {
  int code = split(reader, line);
  if (code) return code;
  for (size_t f = 0; f < N_FIELDS; f++)
    if (strcmp(reader->cells[f], fields[f].name) != 0)
      return fail(reader, "field %zu is '%s': expected '%s'", f + 1, reader->cells[f], fields[f].name);
  return 0;
}

static void print_cell(char digits[JOUST_NASBENCH201_EDGES + 1], uint64_t entry) {
  digits[JOUST_NASBENCH201_EDGES] = 0;
  for (int i = JOUST_NASBENCH201_EDGES; i-- > 0; entry /= JOUST_NASBENCH201_OPS)
    digits[i] = (char)('0' + (int)(entry % JOUST_NASBENCH201_OPS));
}

static int check_complete(const struct reader *reader) {
  const struct joust_draft *draft = reader->draft;
  if (draft->n_seen == draft->table.entries) return 0;
  char digits[JOUST_NASBENCH201_EDGES + 1];
  print_cell(digits, joust_draft_gap(draft));
  return joust_fail(reader->error, JOUST_BAD_INPUT,
                    "%s: %llu of the %llu cells of " TITLE " are missing, the first is %s", reader->path,
                    (unsigned long long)(draft->table.entries - draft->n_seen),
                    (unsigned long long)draft->table.entries, digits);
}

/* A rank column follows the test accuracies that it ranks. The published order must be an order of these; what is kept
 * is the rank that ties share. */
static int check_ranks(const struct reader *reader) {
  for (size_t f = 0; f < N_FIELDS; f++) {
    if (fields[f].kind != RANK) continue;
    double *published = joust_alloc(JOUST_NASBENCH201_CELLS, sizeof *published);
    memcpy(published, reader->columns[f], JOUST_NASBENCH201_CELLS * sizeof *published);
    uint64_t where = 0;
    bool agree =
        joust_draft_rank(reader->columns[f], reader->columns[f - 1], published, JOUST_NASBENCH201_CELLS, &where);
    if (!agree) {
      char digits[JOUST_NASBENCH201_EDGES + 1];
      print_cell(digits, where);
      joust_fail(reader->error, JOUST_BAD_INPUT,
                 "%s: %s contradicts %s: the cell %s has rank %.0f, by its %g it has rank %.0f (ties share the best)",
                 reader->path, fields[f].name, fields[f - 1].name, digits, published[where],
                 reader->columns[f - 1][where], reader->columns[f][where]);
    }
    free(published);
    if (!agree) return reader->error->code;
  }
  return 0;
}

static int read_rows(struct reader *reader, char *text) {
  char *line = next_line(reader, &text);
  int code = read_names(reader, line ? line : (char[]){""});
  while (!code && (line = next_line(reader, &text)) != NULL) code = read_row(reader, line);
  if (code || (code = check_complete(reader))) return code;
  return check_ranks(reader);
}

static int read(struct joust_draft *draft, const char *path, const char *bytes, size_t length,
                struct joust_error *error) {
  struct reader reader = {.path = path, .draft = draft, .error = error};
  draft->table.name = joust_copy("nasbench201-12epochs");
  joust_nasbench201_parameters(draft);
  for (size_t f = 0; f < N_FIELDS; f++)
    if (fields[f].metric)
      reader.columns[f] = joust_draft_metric(draft, fields[f].metric, fields[f].title, fields[f].unit,
                                             fields[f].kind == SEEDS ? MAX_SEEDS : 1);
  if (memchr(bytes, 0, length)) return joust_fail(error, JOUST_BAD_INPUT, "%s: a zero byte: not CSV", path);
  char *text = joust_copy_n(bytes, length);
  int code = read_rows(&reader, text);
  free(text);
  return code;
}

static bool recognise(const char *head) {
  return strncmp(head, "index,arch,", 11) == 0;
}

const struct joust_format joust_format_nasbench201_csv = {TITLE, recognise, read};
