/* Unconstrained minimisation of a smooth function, for fits and for the refinement of real parameters. */
#ifndef BO_MINIMISE_H
#define BO_MINIMISE_H

#include <stddef.h>

/* The value at x (n), and the gradient (n) there. HUGE_VAL: outside of the function's domain. */
typedef double (*bo_function)(void *context, const double *x, double *gradient);

/* BFGS from x (n) on the inverse Hessian, with a line search for the weak Wolfe conditions by bisection (Nocedal &
 * Wright, Numerical Optimization, 2nd ed., ch. 6; A. Lewis and M. Overton, "Nonsmooth optimization via quasi-Newton
 * methods", Math. Program. 141 (2013), alg. 2.6). x becomes the best point, *value the value there. Stops after `steps`
 * steps, when no gradient is left, or when a step gains nothing any more. Returns 0, or -1 when out of memory. */
int bo_minimise(bo_function f, void *context, size_t n, double *x, size_t steps, double *value);

#endif
