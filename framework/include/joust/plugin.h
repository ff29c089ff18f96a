/* The plugin contract of joust: everything an optimiser or an evaluator and the host say to each other.
 *
 * A plugin is a shared object that exports one data symbol, `joust_plugin_1`. The number is the major version of this
 * contract; a plugin of another major version is refused by name. Inside one major version fields are only appended:
 *
 *  - structs start with `struct_size`, set by the side that makes them; read a field of the other side's struct only
 *    if JOUST_HAS says that its size covers it;
 *  - whoever allocates frees, nothing is freed across the boundary; unless a comment says otherwise a pointer that is
 *    passed in lives for the call only;
 *  - an error is a negative status, and one message given to `host->set_error` before returning it.
 *
 * Who may call what, and when:
 *   [main]      by the host, before the first instance exists or after the last one is gone
 *   [instance]  calls on one instance never overlap (two instances may be called at once)
 *   [any]       any thread, any time
 *
 * Compiles as C11 and as C++17. Beside it: util.h (sampling, point <-> index), seen.h (a set of points), and what is
 * optional, got by id through `extension`: ext/problem.h (the problem in words), ext/usage.h (counters). */
#ifndef JOUST_PLUGIN_H
#define JOUST_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#define JOUST_ABI_MAJOR 1 /* named by the entry symbol: joust_plugin_1 */
#define JOUST_ABI_MINOR 1 /* raised with every append */

/* Does the struct that `p` (a `const type *`) points to reach as far as `field`? */
#define JOUST_HAS(type, p, field) ((p)->struct_size >= offsetof(type, field) + sizeof((p)->field))

#ifdef __cplusplus
extern "C" {
#endif

/* 0: done. Positive: done, with news. Negative: failed, and the host holds a message. */
typedef int32_t joust_status;
enum {
  JOUST_OK = 0,
  JOUST_WAIT = 1,          /* ask: nothing to propose until an outstanding trial is told */
  JOUST_DONE = 2,          /* ask: nothing to propose any more */
  JOUST_ENOMEM = -1,       /* out of memory */
  JOUST_EOPTION = -2,      /* an option's value, or a combination of them, is not possible */
  JOUST_EUNSUPPORTED = -3, /* this space, metric or extension is not handled */
  JOUST_EIO = -4,          /* a file, a process or a network failed */
  JOUST_ECANCELLED = -5,   /* stopped because host->cancelled said so */
  JOUST_EINTERNAL = -6     /* the plugin's own fault */
};

/* ---- space ------------------------------------------------------------------------------------------------------ */

/* A point is double[n_parameters] whatever the kinds: integers are exact, a choice is its index (from 0). */
enum {
  JOUST_REAL = 1u << 0,
  JOUST_INTEGER = 1u << 1,
  JOUST_CATEGORICAL = 1u << 2, /* choices without an order */
  JOUST_ORDINAL = 1u << 3,     /* choices in their order */
  JOUST_ANY_KIND = 15
};

struct joust_parameter {
  const char *name;
  uint32_t kind;      /* one of the kinds above */
  uint32_t n_choices; /* choices of categorical and ordinal parameters, else 0 */
  int32_t log_scale;  /* reals and integers: lower > 0, and equal ratios count as equal steps */
  int32_t reserved;
  double lower, upper;        /* inclusive; for choices 0 and n_choices - 1 */
  const char *const *choices; /* n_choices labels, NULL for numbers */
};

struct joust_space {
  uint32_t struct_size;
  uint32_t n_parameters; /* at least 1 */
  uint32_t n_objectives; /* 1, unless the optimiser has JOUST_MULTI_OBJECTIVE; every objective is minimised */
  uint32_t reserved;
  const struct joust_parameter *const *parameters;
};

/* ---- options ---------------------------------------------------------------------------------------------------- */

/* One row an option. The host prints the help from the rows, checks what a user gives, fills in fallbacks, and passes
 * args[k] for options[k]. Values out of [lower, upper] or not among the choices never reach a plugin. */
enum {
  JOUST_OPT_INT = 1, /* args[k].i */
  JOUST_OPT_REAL,    /* args[k].r */
  JOUST_OPT_BOOL,    /* args[k].i, 0 or 1 */
  JOUST_OPT_TEXT,    /* args[k].s, lives as long as the instance */
  JOUST_OPT_CHOICE,  /* args[k].i, an index into choices */
  JOUST_OPT_SECRET,  /* args[k].s: the value of the environment variable that the option names; never stored or logged.
                        Where the fallback is "", "" if none is named, and NULL if the one that is named is not set */
  JOUST_OPT_FILE     /* args[k].s: a path, "" for none. A relative one is given to the plugin as it is seen from the
                        current directory; a user means it from the sweep file's folder, or a problem file's, where it
                        stands in one. Stored as the user wrote it. */
};

struct joust_option {
  const char *name, *help;
  const char *fallback; /* the default as a user would write it; NULL: the user must give one */
  uint32_t type, n_choices;
  double lower, upper; /* of INT and REAL, inclusive; both 0: no bounds */
  const char *const *choices;
};

union joust_arg {
  int64_t i;
  double r;
  const char *s;
};

/* ---- what the host offers --------------------------------------------------------------------------------------- */

enum { JOUST_LOG_DEBUG = 0, JOUST_LOG_INFO = 1, JOUST_LOG_WARNING = 2 };

struct joust_host { /* one per instance, outlives it */
  uint32_t struct_size, abi_minor;
  void *ctx; /* the host's own */
  const char *name, *version;
  void (*log)(const struct joust_host *, int32_t level, const char *line); /* [any] copied */
  void (*set_error)(const struct joust_host *, const char *message);       /* [instance] copied */
  uint64_t (*random)(const struct joust_host *);   /* [instance] 64 random bits of the run's own stream */
  int32_t (*cancelled)(const struct joust_host *); /* [any] poll it where a call may take more than a second */
  const void *(*extension)(const struct joust_host *, const char *id); /* [any] NULL if absent; lives as the host */
};

/* ---- optimiser -------------------------------------------------------------------------------------------------- */

/* Batches are columns, so that a column can be appended without breaking old readers. */
struct joust_ask {
  uint32_t struct_size;
  uint32_t capacity; /* at least 1 */
  uint64_t first_id; /* row k becomes trial first_id + k */
  uint32_t n;        /* out: rows filled, at most capacity; at least 1 when JOUST_OK is returned */
  uint32_t reserved;
  double *x; /* out: capacity x n_parameters, row by row */
  /* out, since 1.1: capacity texts, NULL as they come. What a reader of the results should know of this point, in a
   * word or two, e.g. "fallback" where the method had none to propose; kept with the trial. Lives until the next call.
   */
  const char **mark;
};

enum { JOUST_TRIAL_OK = 0, JOUST_TRIAL_FAILED = 1, JOUST_TRIAL_CANCELLED = 2 };

struct joust_tell {
  uint32_t struct_size;
  uint32_t n;
  const uint64_t *id;     /* n; an id that was never asked for is a foreign trial, as worth learning from as any */
  const double *x;        /* n x n_parameters */
  const double *f;        /* n x n_objectives; NaN unless the outcome is JOUST_TRIAL_OK */
  const uint8_t *outcome; /* n */
  const double *cost;     /* n, in the problem's unit of cost (e.g. simulated training seconds); 0 if it has none */
};

enum { JOUST_NONDETERMINISTIC = 1u << 0, JOUST_MULTI_OBJECTIVE = 1u << 1, JOUST_NEEDS_NETWORK = 1u << 2 };

struct joust_optimiser { /* static, immutable */
  uint32_t struct_size, flags;
  uint32_t parameter_kinds;          /* the kinds it can handle; the host refuses any other space before create */
  uint32_t max_batch;                /* most rows of one ask; 0: any */
  uint32_t n_options, option_stride; /* option_stride: sizeof(struct joust_option) as compiled */
  const char *id, *version, *summary, *licence; /* id: [a-z0-9-], the same in every version */
  const struct joust_option *options;
  /* [instance] The space, host and args stay valid until destroy. On failure *self is left NULL. */
  joust_status (*create)(const struct joust_host *, const struct joust_space *, const union joust_arg *args,
                         void **self);
  joust_status (*ask)(void *self, struct joust_ask *);         /* [instance] JOUST_OK, WAIT, DONE or an error */
  joust_status (*tell)(void *self, const struct joust_tell *); /* [instance] any order, any subset, any time */
  void (*destroy)(void *self);                                 /* [instance] legal at any time; NULL is fine */
  const void *(*extension)(void *self, const char *id);        /* [instance] may be NULL; lives as the instance */
};

/* ---- evaluator -------------------------------------------------------------------------------------------------- */

struct joust_evaluator_setup { /* stays valid until destroy */
  uint32_t struct_size;
  uint32_t n_metrics;              /* at least 1 */
  const struct joust_space *space; /* NULL: the problem leaves the space to the evaluator, see `space` below */
  const char *const *metrics;      /* the metrics that evaluate has to fill, in this order */
  const union joust_arg *args;
  const char *folder; /* of the problem file, with no slash at its end: where relative paths start */
};

struct joust_evaluation {
  uint32_t struct_size;
  uint32_t n;
  const uint64_t *seed; /* n: all randomness of an evaluation comes from here, so that it can be repeated */
  const double *x;      /* n x n_parameters, inside the space */
  double *metrics;      /* out: n x n_metrics, in the problem's own direction; NaN as it comes: not measured */
  uint8_t *outcome;     /* out: n, JOUST_TRIAL_OK as it comes; a failed point's reason goes to host->set_error */
};

/* The host forks after `create`, one process for each run under way: start threads, processes and connections at the
 * first `evaluate`. Where a problem wants `parallel` points of a run evaluated at once, a call with so many rows comes
 * to an evaluator with JOUST_TOGETHER (or JOUST_INSTANT), any other one is forked for each row. */
enum {
  JOUST_INSTANT =
      1u << 0, /* an evaluation takes microseconds, so that the host may leave out its timing and log it in bulk */
  JOUST_TOGETHER = 1u << 1 /* evaluates the rows of a call at once by itself: threads, processes, a cluster */
};

struct joust_evaluator { /* static, immutable */
  uint32_t struct_size, flags;
  uint32_t n_options, option_stride;
  const char *id, *version, *summary, *licence;
  const struct joust_option *options;
  /* [instance] Fails with JOUST_EUNSUPPORTED for a space or a metric that it cannot evaluate. */
  joust_status (*create)(const struct joust_host *, const struct joust_evaluator_setup *, void **self);
  /* [instance] JOUST_OK even where points failed; negative: the evaluator itself is broken and the run ends. */
  joust_status (*evaluate)(void *self, struct joust_evaluation *);
  void (*destroy)(void *self); /* [instance] NULL is fine */
  /* [instance] The space, for an evaluator that makes its own from its options; lives as the instance. May be NULL. */
  const struct joust_space *(*space)(void *self);
  /* [instance] A best point for the metric setup->metrics[metric] with `direction` (1 minimise, -1 maximise): fills x
   * (n_parameters) and *value, and returns JOUST_OK, or JOUST_EUNSUPPORTED where it is not known exactly. May be NULL.
   */
  joust_status (*optimum)(void *self, uint32_t metric, int32_t direction, double *x, double *value);
  /* [instance] What the results depend on beyond the options (hash of a table, of training data), as a short text that
   * lives as the instance; stored with every run. May be NULL. */
  const char *(*fingerprint)(void *self);
  const void *(*extension)(void *self, const char *id); /* [instance] may be NULL */
};

/* ---- entry ------------------------------------------------------------------------------------------------------ */

struct joust_plugin {
  uint32_t struct_size, abi_minor; /* abi_minor: JOUST_ABI_MINOR as compiled */
  uint32_t n_optimisers, n_evaluators;
  const struct joust_optimiser *const *optimisers;
  const struct joust_evaluator *const *evaluators;
  joust_status (*load)(void); /* [main] once, e.g. curl_global_init; may be NULL */
  void (*unload)(void);       /* [main] after the last destroy; may be NULL */
};

#if defined(__GNUC__)
#define JOUST_EXPORT __attribute__((visibility("default")))
#else
#define JOUST_EXPORT
#endif

/* What a plugin defines. It stays loaded until the process ends. */
extern JOUST_EXPORT const struct joust_plugin joust_plugin_1;

#ifdef __cplusplus
}
#endif
#endif
