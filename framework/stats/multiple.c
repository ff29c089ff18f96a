#include "stats/multiple.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "stats/summary.h"

void joust_holm(double *adjusted, const double *p, size_t m) {
  struct joust_keyed *keyed = joust_alloc(m, sizeof *keyed);
  size_t tests = joust_sort_keyed(keyed, p, m);
  double largest = 0;
  for (size_t i = 0; i < tests; i++) {
    largest = fmax(largest, fmin(1, (double)(tests - i) * keyed[i].value));
    adjusted[keyed[i].index] = largest;
  }
  for (size_t i = tests; i < m; i++) adjusted[keyed[i].index] = NAN;
  free(keyed);
}

void joust_separate_by_rank(bool *separated, const double *mean_ranks, size_t k, double critical_difference) {
  for (size_t i = 0; i < k; i++) {
    for (size_t j = 0; j < k; j++) {
      separated[i * k + j] = i != j && fabs(mean_ranks[i] - mean_ranks[j]) >= critical_difference;
    }
  }
}

struct search {
  const bool *separated;
  bool *member; /* the groups found */
  bool *group;  /* k: the one being grown */
  size_t k, capacity, found;
};

static bool together(const struct search *search, size_t a, size_t b) {
  return a != b && !search->separated[a * search->k + b];
}

static void keep_group(struct search *search) {
  size_t size = 0;
  for (size_t i = 0; i < search->k; i++) size += search->group[i];
  if (size < 2) return;
  if (search->found < search->capacity) {
    memcpy(search->member + search->found * search->k, search->group, search->k * sizeof *search->group);
  }
  search->found++;
}

/* One that is together with most of the candidates: any maximal group holds it or one that it is separated from. */
static size_t choose_pivot(const struct search *search, const bool *candidate, const bool *excluded) {
  size_t pivot = search->k, most = 0;
  for (size_t i = 0; i < search->k; i++) {
    if (!candidate[i] && !excluded[i]) continue;
    size_t count = 1;
    for (size_t j = 0; j < search->k; j++) count += candidate[j] && together(search, i, j);
    if (count > most) {
      most = count;
      pivot = i;
    }
  }
  return pivot;
}

/* Grows the group by each candidate in turn; `excluded` are those whose groups have all been found before. */
static void grow(struct search *search, bool *candidate, bool *excluded) {
  size_t k = search->k, pivot = choose_pivot(search, candidate, excluded);
  if (pivot == k) {
    keep_group(search);
    return;
  }
  bool *next = joust_alloc(2 * k, sizeof *next);
  for (size_t i = 0; i < k && search->found <= search->capacity; i++) {
    if (!candidate[i] || together(search, pivot, i)) continue;
    for (size_t j = 0; j < k; j++) {
      next[j] = candidate[j] && together(search, i, j);
      next[k + j] = excluded[j] && together(search, i, j);
    }
    search->group[i] = true;
    grow(search, next, next + k);
    search->group[i] = false;
    candidate[i] = false;
    excluded[i] = true;
  }
  free(next);
}

struct row {
  const bool *member;
  size_t k;
};

static int compare_rows(const void *a, const void *b) {
  const struct row *left = a, *right = b;
  for (size_t i = 0; i < left->k; i++) {
    if (left->member[i] != right->member[i]) return left->member[i] ? -1 : 1;
  }
  return 0;
}

static void sort_groups(bool *member, size_t groups, size_t k) {
  struct row *rows = joust_alloc(groups, sizeof *rows);
  bool *copy = joust_alloc(groups * k, sizeof *copy);
  if (groups > 0) memcpy(copy, member, groups * k * sizeof *copy);
  for (size_t i = 0; i < groups; i++) rows[i] = (struct row){copy + i * k, k};
  if (groups > 1) qsort(rows, groups, sizeof *rows, compare_rows);
  for (size_t i = 0; i < groups; i++) memcpy(member + i * k, rows[i].member, k * sizeof *member);
  free(copy);
  free(rows);
}

size_t joust_groups(bool *member, size_t capacity, const bool *separated, size_t k) {
  bool *sets = joust_alloc(3 * k, sizeof *sets); /* group, candidates, excluded */
  struct search search = {.separated = separated, .member = member, .group = sets, .k = k, .capacity = capacity};
  for (size_t i = 0; i < k; i++) sets[k + i] = true;
  grow(&search, sets + k, sets + 2 * k);
  free(sets);
  sort_groups(member, search.found < capacity ? search.found : capacity, k);
  return search.found;
}
