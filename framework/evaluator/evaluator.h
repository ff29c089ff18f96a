/* A problem ready to be evaluated: its evaluator found, checked and created.
 *
 * Whatever computes the values (a table, a plugin, a program), the rest of the host sees a struct joust_evaluator of
 * the public contract behind this one struct. */
#ifndef JOUST_EVALUATOR_EVALUATOR_H
#define JOUST_EVALUATOR_EVALUATOR_H

#include "base/hash.h"
#include "plugin/options.h"
#include "plugin/registry.h"
#include "plugin/services.h"
#include "space/problem.h"

struct joust_instance { /* does not move while open: the plugin holds pointers into it */
  const struct joust_evaluator *type;
  void *self;
  struct joust_services services;
  struct joust_evaluator_setup setup;
  union joust_arg *args;             /* owned */
  struct joust_settings options;     /* every option with its value; owned */
  const char **metrics;              /* names, in the problem's order; owned */
  char fingerprint[JOUST_HASH_SIZE]; /* of all that the values depend on: space, metrics, evaluator, options, data */
};

/* Adds the evaluators that are built into the host. */
void joust_evaluators_register(struct joust_registry *registry);

/* Creates the evaluator of a problem. What only the evaluator knows is written into the problem: its space, and the
 * best value where the file does not say one. Both the problem and the registry must outlive the instance.
 * JOUST_MISSING where the evaluator or its data are absent (the message says what brings them), JOUST_BAD_INPUT for
 * options that are wrong, JOUST_RUN_FAILED for an evaluator that breaks the contract. */
int joust_instance_open(struct joust_instance *instance, struct joust_problem *problem, struct joust_registry *registry,
                        struct joust_error *error);
void joust_instance_close(struct joust_instance *instance);

#endif
