/* joust.problem/1, from the host to the optimiser: the problem in words, and which run this is.
 *
 *   const struct joust_problem_words *problem = host->extension(host, JOUST_PROBLEM); // NULL: a host without
 *
 * For optimisers that read or write for people or language models. Nothing here tells more about the objective than
 * what a person would be told who is given the task: no best known value, no other metric. */
#ifndef JOUST_EXT_PROBLEM_H
#define JOUST_EXT_PROBLEM_H

#include <joust/plugin.h>

#define JOUST_PROBLEM "joust.problem/1"

struct joust_parameter_words {
  const char *description;    /* "" where there is none */
  const char *const *choices; /* n_choices descriptions, "" where there is none; NULL for numbers */
};

struct joust_problem_words { /* lives as the instance; no text is NULL */
  uint32_t struct_size;
  uint32_t replicate;              /* of the run, from 1 */
  uint64_t seed;                   /* of the run; all optimisers of a replicate share it */
  uint64_t trials;                 /* most trials that the budget allows; UINT64_MAX: no limit */
  const char *optimiser;           /* label of the run's optimiser */
  const char *label, *name;        /* of the problem: as results show it; "nasbench201/cifar10" */
  const char *folder;              /* of the problem file, with no slash at its end */
  const char *title, *task;        /* a line; what is to be designed, in sentences, "" where nothing is said */
  const char *metric;              /* the objective's name, e.g. "val_acc_200" */
  const char *metric_title, *unit; /* "validation accuracy, 200 epochs" (its name where it has no title); "%" or "" */
  int32_t direction;               /* 1: people want it low, -1: high; value for people = direction x value told */
  int32_t decimals;                /* to show, 0 to 15 */
  const struct joust_parameter_words *parameters; /* n_parameters, in the order of the space */
  /* [instance] A value as text into `out` (cut at `size` bytes, ended by 0): a label, or the shortest number that reads
   * back the same. Returns its length, as snprintf does. */
  size_t (*print_value)(const struct joust_host *, uint32_t parameter, double value, char *out, size_t size);
  /* [instance] A value from text: a label, or a number in bounds. JOUST_EOPTION with host->set_error called: which
   * parameter, what it was, what was expected. */
  joust_status (*parse_value)(const struct joust_host *, uint32_t parameter, const char *text, double *value);
  /* So many of the first trials were proposed before and are asked for again: of a run that goes on after it was
   * stopped, or of one that another run begins with. What was paid for then need not be paid for again. */
  uint64_t repeated;
};

#endif
