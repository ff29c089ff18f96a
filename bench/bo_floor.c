/* The time of the plugin bo on 200 trials over 15,625 candidates beside the floor of its arithmetic.
 *
 *   bo_floor PLUGIN_FOLDER/bo.so [REPETITIONS]
 *
 * The job of a run: at each refit k evaluations of the fit's objective (Cholesky factor and inverse of an n x n
 * matrix), C for all candidates (one product an entry), V = L^-1 C, mean and variance; at every other trial one more
 * row of all that. The floor does exactly this with the BLAS and LAPACK calls of the library that the plugin uses, and
 * nothing else: no kernel gradient, no acquisition, no contract. When the plugin refits, and with how many evaluations,
 * is taken from its log. Both are measured in turn, in CPU seconds of the process, one thread; medians are printed. */
#include <dlfcn.h>
#include <joust/util.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TRIALS = 200, PARAMETERS = 6, CHOICES = 5, POINTS = 15625, WIDTH = 625, MOST_REPETITIONS = 99 };
enum { ROW_MAJOR = 101, TRANS = 112, NO_TRANS = 111, LOWER = 122, NON_UNIT = 131, LEFT = 141 }; /* of the CBLAS */

struct blas {
  void (*dgemv)(int order, int trans, int m, int n, double alpha, const double *a, int lda, const double *x, int incx,
                double beta, double *y, int incy);
  void (*dtrsm)(int order, int side, int uplo, int trans, int diag, int m, int n, double alpha, const double *a,
                int lda, double *b, int ldb);
  void (*dpotrf)(const char *uplo, const int *n, double *a, const int *lda, int *info);
  void (*dpotri)(const char *uplo, const int *n, double *a, const int *lda, int *info);
};

struct job { /* evaluations[n]: of the fit to n trials, 0: no refit then */
  int evaluations[TRIALS];
};

static double cpu_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* ---- the floor -------------------------------------------------------------------------------------------------- */

static void *allocate(size_t doubles) {
  double *memory = malloc(doubles * sizeof *memory);
  if (!memory) {
    fputs("bo_floor: out of memory\n", stderr);
    exit(2);
  }
  for (size_t k = 0; k < doubles; k++) memory[k] = 0; /* touches it, so that page faults are not measured */
  return memory;
}

struct arrays {
  double *v, *mean, *variance, *l, *copy, *heads, *tails;
};

static void correlate(const struct arrays *a, int row, int head, double *c) {
  const double *tails = a->tails + row * WIDTH;
  double scale = a->heads[row * (POINTS / WIDTH) + head];
  for (int k = 0; k < WIDTH; k++) c[k] = scale * tails[k];
}

static void accumulate(const struct arrays *a, int head, const double *row, double z) {
  double *mean = a->mean + head * WIDTH, *variance = a->variance + head * WIDTH;
  for (int k = 0; k < WIDTH; k++) {
    mean[k] += z * row[k];
    variance[k] -= row[k] * row[k];
  }
}

static void floor_refit(const struct blas *blas, const struct arrays *a, int n, int evaluations) {
  int info;
  for (int e = 0; e < evaluations; e++) {
    memcpy(a->copy, a->l, (size_t)(n * TRIALS) * sizeof *a->l);
    for (int i = 0; i < n; i++) a->copy[i * TRIALS + i] = 2 * TRIALS; /* whatever the rest is: positive definite */
    blas->dpotrf("U", &n, a->copy, &(int){TRIALS}, &info);
    blas->dpotri("U", &n, a->copy, &(int){TRIALS}, &info);
  }
  for (int head = 0; head < POINTS / WIDTH; head++) {
    double *block = a->v + (size_t)head * TRIALS * WIDTH;
    for (int row = 0; row < n; row++) correlate(a, row, head, block + row * WIDTH);
    blas->dtrsm(ROW_MAJOR, LEFT, LOWER, NO_TRANS, NON_UNIT, n, WIDTH, 1, a->l, TRIALS, block, WIDTH);
    for (int row = 0; row < n; row++) accumulate(a, head, block + row * WIDTH, 0.1);
  }
}

static void floor_append(const struct blas *blas, const struct arrays *a, int n) {
  for (int head = 0; head < POINTS / WIDTH; head++) {
    double *block = a->v + (size_t)head * TRIALS * WIDTH, *row = block + n * WIDTH;
    correlate(a, n, head, row);
    blas->dgemv(ROW_MAJOR, TRANS, n, WIDTH, -1, block, WIDTH, a->l + n * TRIALS, 1, 1, row, 1);
    accumulate(a, head, row, 0.1);
  }
}

static double floor_run(const struct blas *blas, const struct job *job, struct arrays *a, double *half) {
  double start = cpu_seconds();
  for (int n = 1; n < TRIALS; n++) { /* before trial n + 1: n results are known */
    if (job->evaluations[n] > 0)
      floor_refit(blas, a, n, job->evaluations[n]);
    else if (n > 10)
      floor_append(blas, a, n - 1);
    if (n == TRIALS / 2 - 1) *half = cpu_seconds() - start;
  }
  return cpu_seconds() - start;
}

static struct arrays floor_arrays(void) {
  struct arrays a = {allocate((size_t)TRIALS * POINTS), allocate(POINTS),          allocate(POINTS),
                     allocate(TRIALS * TRIALS),         allocate(TRIALS * TRIALS), allocate(TRIALS * (POINTS / WIDTH)),
                     allocate((size_t)TRIALS * WIDTH)};
  for (int i = 0; i < TRIALS; i++) {
    for (int j = 0; j < i; j++) a.l[i * TRIALS + j] = 1e-3 * ((i * 7 + j * 13) % 17);
    a.l[i * TRIALS + i] = 1;
    for (int k = 0; k < WIDTH; k++) a.tails[i * WIDTH + k] = 0.5 + 0.001 * ((i + k) % 400);
    for (int k = 0; k < POINTS / WIDTH; k++) a.heads[i * (POINTS / WIDTH) + k] = 0.5 + 0.01 * ((i + k) % 40);
  }
  return a;
}

/* ---- the plugin ------------------------------------------------------------------------------------------------- */

struct context { /* of the host */
  uint64_t state;
  struct job *job;
};

static uint64_t next_random(const struct joust_host *host) { /* splitmix64 */
  uint64_t z = ((struct context *)host->ctx)->state += UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static void take_log(const struct joust_host *host, int32_t level, const char *line) {
  struct job *job = ((struct context *)host->ctx)->job;
  int n, evaluations;
  if (level == JOUST_LOG_DEBUG && sscanf(line, "bo: fitted to %d trials in %d evaluations", &n, &evaluations) == 2 &&
      n > 0 && n < TRIALS)
    job->evaluations[n] = evaluations;
}

static void show_error(const struct joust_host *host, const char *message) {
  (void)host;
  fprintf(stderr, "%s\n", message);
}

static int32_t never(const struct joust_host *host) {
  (void)host;
  return 0;
}

/* Main effects and effects of neighbours, from a hash: as hard for a model as a table of architectures. */
static double objective(const double *x) {
  double sum = 0;
  for (int i = 0; i < PARAMETERS; i++) {
    double single[2] = {i, x[i]}, pair[3] = {i + 10, x[i], x[(i + 1) % PARAMETERS]};
    sum += 0x1p-64 * (double)joust_point_hash(single, 2) + 0x1p-65 * (double)joust_point_hash(pair, 3);
  }
  return sum;
}

static void parse_fallbacks(const struct joust_optimiser *bo, union joust_arg *args) {
  for (uint32_t k = 0; k < bo->n_options; k++) {
    const struct joust_option *option = &bo->options[k];
    args[k].i = 0; /* the first choice, or false: bo's defaults */
    if (option->type == JOUST_OPT_INT) args[k].i = atol(option->fallback);
    if (option->type == JOUST_OPT_REAL) args[k].r = atof(option->fallback);
  }
}

static double plugin_run(const struct joust_optimiser *bo, struct job *job, double *half) {
  struct context context = {1, job};
  struct joust_host host = {.struct_size = sizeof host,
                            .ctx = &context,
                            .log = take_log,
                            .set_error = show_error,
                            .random = next_random,
                            .cancelled = never};
  struct joust_parameter parameter = {
      .name = "p", .kind = JOUST_CATEGORICAL, .n_choices = CHOICES, .upper = CHOICES - 1};
  const struct joust_parameter *parameters[PARAMETERS];
  for (int i = 0; i < PARAMETERS; i++) parameters[i] = &parameter;
  struct joust_space space = {sizeof space, PARAMETERS, 1, 0, parameters};
  union joust_arg args[64];
  void *self;
  parse_fallbacks(bo, args);
  double start = cpu_seconds();
  if (bo->create(&host, &space, args, &self) != JOUST_OK) exit(2);
  for (uint64_t id = 0; id < TRIALS; id++) {
    double x[PARAMETERS], cost = 0;
    uint8_t outcome = JOUST_TRIAL_OK;
    struct joust_ask ask = {.struct_size = sizeof ask, .capacity = 1, .first_id = id, .x = x};
    if (bo->ask(self, &ask) != JOUST_OK) exit(2);
    double value = objective(x);
    struct joust_tell tell = {sizeof tell, 1, &id, x, &value, &outcome, &cost};
    if (bo->tell(self, &tell) != JOUST_OK) exit(2);
    if (id + 1 == TRIALS / 2) *half = cpu_seconds() - start;
  }
  bo->destroy(self);
  return cpu_seconds() - start;
}

/* ---- the table -------------------------------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median(double *values, int n) {
  qsort(values, (size_t)n, sizeof *values, ascending);
  return 0.5 * (values[(n - 1) / 2] + values[n / 2]);
}

/* A function pointer from dlsym, without a conversion that ISO C does not have. */
static int find(void *library, const char *name, void *place) {
  void *symbol = dlsym(library, name);
  memcpy(place, &symbol, sizeof symbol);
  if (!symbol) fprintf(stderr, "bo_floor: the plugin's libraries have no %s: was it built with OpenBLAS?\n", name);
  return symbol ? 0 : -1;
}

int main(int argc, char **argv) {
  int n = argc > 2 ? atoi(argv[2]) : 7;
  if (argc < 2 || n < 1 || n > MOST_REPETITIONS) {
    fprintf(stderr, "usage: bo_floor PLUGIN_FOLDER/bo.so [REPETITIONS, 1 to %d]\n", MOST_REPETITIONS);
    return 2;
  }
  void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    fprintf(stderr, "bo_floor: %s\n", dlerror());
    return 2;
  }
  struct blas blas;
  const struct joust_plugin *plugin;
  if (find(library, "joust_plugin_1", &plugin) < 0 || find(library, "cblas_dgemv", &blas.dgemv) < 0 ||
      find(library, "cblas_dtrsm", &blas.dtrsm) < 0 || find(library, "dpotrf_", &blas.dpotrf) < 0 ||
      find(library, "dpotri_", &blas.dpotri) < 0 || plugin->load() < 0)
    return 2;
  struct job job = {{0}};
  struct arrays arrays = floor_arrays();
  double times[4][MOST_REPETITIONS], ratios[MOST_REPETITIONS];
  plugin_run(plugin->optimisers[0], &job, &times[1][0]); /* learns the job, and warms up */
  for (int k = 0; k < n; k++) {
    times[0][k] = plugin_run(plugin->optimisers[0], &job, &times[1][k]);
    times[2][k] = floor_run(&blas, &job, &arrays, &times[3][k]);
    ratios[k] = times[0][k] / times[2][k];
  }
  int refits = 0, evaluations = 0;
  for (int k = 0; k < TRIALS; k++) {
    refits += job.evaluations[k] > 0;
    evaluations += job.evaluations[k];
  }
  double bo = median(times[0], n), bo_half = median(times[1], n), floor = median(times[2], n),
         floor_half = median(times[3], n);
  printf("%d trials, %d candidates, %d refits, %d evaluations; medians of %d, CPU seconds\n", TRIALS, POINTS, refits,
         evaluations, n);
  printf("           %4d trials  %4d trials   ratio\n", TRIALS / 2, TRIALS);
  printf("bo         %11.3f  %11.3f  %6.2f\n", bo_half, bo, bo / bo_half);
  printf("floor      %11.3f  %11.3f  %6.2f\n", floor_half, floor, floor / floor_half);
  printf("bo/floor   %11.2f  %11.2f\n", bo_half / floor_half, median(ratios, n));
  return 0;
}
