/* A problem: a space, an evaluator, an objective, and the other metrics that are reported. Read from
 * FOLDER/NAME.json below one of the space folders, where the name of the problem is e.g. "nasbench201/cifar10".
 *
 *   {"title": "...", "description": "...",
 *    "space": [PARAMETER...] | "FILE.json" (beside it: {"parameters": [...]}) | "evaluator",
 *    "metrics": [{"name": "val_acc", "role": "objective" | "reported" | "cost", "direction": "maximise" | "minimise",
 *                 "title": "validation accuracy", "unit": "%", "decimals": 2}...],
 *    "evaluator": "nk:k=2" | {"evaluator": "table", "options": {"file": "nasbench201-cifar10"}},
 *    "parallel": 4, "best": {"value": 91.61, "source": "..."},
 *    "references": [{"name": "all conv3x3", "value": 90.9, "description": "..."}...],
 *    "live": "PROBLEM.json" (beside it: measures anew what this one looks up),
 *    "data": {"source": "...", "licence": "...", "command": "joust data fetch nasbench201"}}
 *
 * Exactly one metric is the objective; it must have a direction. At most one is the cost. */
#ifndef JOUST_SPACE_PROBLEM_H
#define JOUST_SPACE_PROBLEM_H

#include <stdbool.h>

#include "base/file.h"
#include "base/spec.h"
#include "space/space.h"

enum joust_role { JOUST_OBJECTIVE, JOUST_REPORTED, JOUST_COST };

struct joust_metric {        /* owns its texts */
  char *name, *title, *unit; /* title: the name where none was given; unit: "" */
  enum joust_role role;
  int direction; /* 1 minimise, -1 maximise, 0 not said */
  int decimals;  /* to show, 0 to 15 */
};

/* What an answer should be compared with: the value that a known point has, or that points have on average. */
struct joust_reference {    /* owns its texts */
  char *name, *description; /* description: "" */
  double value;             /* of the objective, in the problem's own direction */
};

struct joust_problem { /* owns everything */
  char *name;          /* "nasbench201/cifar10" */
  char *label;         /* under which results appear: the name unless the user gave another */
  char *path, *folder; /* of the file */
  char *title, *description, *source, *licence, *command; /* "" where not given */
  bool evaluator_space; /* the space comes from the evaluator: domain is empty until it was opened */
  struct joust_domain domain;
  struct joust_metric *metrics;
  uint32_t n_metrics, objective;
  int32_t cost;      /* index of the cost metric, or -1 */
  uint32_t parallel; /* points of a run that are proposed and evaluated at once; 1 unless the file says otherwise */
  char *evaluator;
  struct joust_settings options; /* of the evaluator: the file's, and the user's over them */
  bool has_best;
  double best; /* best known value of the objective, in the problem's own direction */
  char *best_source;
  struct joust_reference *references;
  uint32_t n_references;
  char *live; /* path of the problem that measures what this one looks up; NULL: there is none */
};

/* Reads the problem that a spec names, its options set over the file's. JOUST_MISSING if no folder has it (the message
 * says what is similar), JOUST_BAD_INPUT with the place. */
int joust_problem_find(struct joust_problem *problem, const struct joust_folders *folders,
                       const struct joust_spec *spec, struct joust_error *error);
int joust_problem_read(struct joust_problem *problem, const char *path, const char *name, struct joust_error *error);
void joust_problem_free(struct joust_problem *problem);

/* The folders in their order: `first` (colon-separated, may be NULL), $JOUST_SPACE_PATH, PREFIX/share/joust/spaces. */
void joust_space_folders(struct joust_folders *folders, const char *first);

/* Names of all problems of the folders, sorted; the caller frees each and the list. */
char **joust_problem_names(const struct joust_folders *folders, size_t *n);

#endif
