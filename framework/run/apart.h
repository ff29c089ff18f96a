/* Evaluating the points of a batch at once, each in a forked process: for evaluators that take long and know nothing of
 * doing things at once themselves. Results come back through shared memory and stand in the order of the points, in
 * whatever order the processes end; so do lines of the log. */
#ifndef JOUST_RUN_APART_H
#define JOUST_RUN_APART_H

#include "evaluator/evaluator.h"

/* As the evaluator's own `evaluate`, but for `seconds` (call->n): what each point took. Where a point's evaluation
 * fails, or the evaluator says why in a message, the message goes to `messages` (call->n; NULL: none; the caller
 * frees). A process that dies is the end of the run, as it is without a process of its own: JOUST_EINTERNAL, with the
 * signal in the message of the evaluator's services. A set `stop` of the services is passed on. */
joust_status joust_evaluate_apart(struct joust_instance *evaluator, struct joust_evaluation *call,
                                  uint32_t n_parameters, uint32_t n_metrics, double *seconds, char **messages);

#endif
