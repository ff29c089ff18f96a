/* The files that joust makes tables of: published ones and tables of one's own, each format in a file of its own behind
 * this one struct. */
#ifndef JOUST_DATA_FORMAT_H
#define JOUST_DATA_FORMAT_H

#include "base/json.h"
#include "data/draft.h"

struct joust_format {
  const char *title;                   /* for messages */
  bool (*recognise)(const char *head); /* from the first bytes of a file, which end in 0 */
  /* Fills the draft (table name, parameters, metrics, values) from all bytes of a file. JOUST_BAD_INPUT with the place
   * for anything that is missing, double, out of range or contradicts itself. */
  int (*read)(struct joust_draft *draft, const char *path, const char *bytes, size_t length, struct joust_error *error);
};

extern const struct joust_format joust_format_nasbench201;     /* {"|op~0|+...": {"val_acc_200", ...}} */
extern const struct joust_format joust_format_macro;           /* {"01201201": {"test_acc": [3], "mean_acc", ...}} */
extern const struct joust_format joust_format_channel;         /* {"1234123": {"acc": [3], "mean", ...}} */
extern const struct joust_format joust_format_nasbench201_csv; /* index,arch,c10_val12,... */
extern const struct joust_format joust_format_table;           /* x:NAME,...,metric:NAME,... */

/* ---- shared by the readers -------------------------------------------------------------------------------------- */

/* A number of an entry, in [lower, upper]. */
int joust_format_number(const struct joust_json *json, const cJSON *entry, const char *key, double lower, double upper,
                        double *out, struct joust_error *error);

/* Adds the six parameters of a NAS-Bench-201 cell. */
void joust_nasbench201_parameters(struct joust_draft *draft);

#define JOUST_NASBENCH201_EDGES 6
#define JOUST_NASBENCH201_OPS   5
#define JOUST_NASBENCH201_CELLS 15625

#endif
