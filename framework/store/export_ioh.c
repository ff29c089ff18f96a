/* IOHprofiler's files (https://iohprofiler.github.io/IOHanalyzer/data/), as its readers were seen to take them
 * (iohinspector 0.0.8): a .dat file is split into runs where the evaluation is 1 and nowhere else, so the runs of the
 * JSON file stand in the same order, each with all its evaluations; columns are one blank apart; a number that does not
 * parse loses its line without a word, so every value is finite; instance, dimension and function_id have 16 bits. */
#include <dirent.h>
#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "store/catalogue.h"
#include "store/connection.h"
#include "store/export.h"

struct group {            /* the runs of one optimiser on one problem */
  struct joust_text runs; /* of the JSON file */
  bool begun;             /* its .dat file is there */
};

struct export {
  struct joust_store *store;
  struct joust_error *error;
  struct joust_catalogue catalogue;
  struct joust_store_columns trials;
  struct joust_ioh_notes *notes;
  const char *folder;
  char **function_names, **algorithm_names;     /* labels, told apart where two are the same */
  char **function_folders, **algorithm_folders; /* the same as parts of file names */
  double *worst;                                /* of each problem, in its own direction */
  struct group *groups;                         /* optimisers x problems */
  FILE *data;                                   /* of the group that was written last */
  const struct group *open;
  struct joust_text text;
};

/* ---- names ------------------------------------------------------------------------------------------------------- */

/* What a label becomes in a file name: letters, digits, dots, dashes; no hidden file, whose folder readers skip. */
static char *file_name(const char *label) {
  char *name = joust_copy(label);
  for (char *c = name; *c; c++) {
    bool fine = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') || *c == '-' ||
                *c == '_' || (*c == '.' && c > name);
    if (!fine) *c = '-';
  }
  return name;
}

/* Appends the id where a name before it, whatever the case of its letters, is the same. */
static void tell_apart(char **names, size_t i, const char *format, int64_t id) {
  bool again = false;
  for (size_t j = 0; j < i; j++) again |= strcasecmp(names[j], names[i]) == 0;
  if (!again) return;
  char *mark = joust_format(format, id), *longer = joust_format("%s%s", names[i], mark);
  free(names[i]);
  free(mark);
  names[i] = longer;
}

static void make_names(struct export *export) {
  const struct joust_catalogue *catalogue = &export->catalogue;
  export->function_names = joust_alloc(catalogue->n_problems, sizeof(char *));
  export->function_folders = joust_alloc(catalogue->n_problems, sizeof(char *));
  export->algorithm_names = joust_alloc(catalogue->n_optimisers, sizeof(char *));
  export->algorithm_folders = joust_alloc(catalogue->n_optimisers, sizeof(char *));
  for (size_t i = 0; i < catalogue->n_problems; i++) {
    const struct joust_listed_problem *problem = &catalogue->problems[i];
    export->function_names[i] = joust_copy(problem->label);
    export->function_folders[i] = file_name(problem->label);
    tell_apart(export->function_names, i, " (%" PRId64 ")", problem->id);
  }
  for (size_t i = 0; i < catalogue->n_optimisers; i++) {
    const struct joust_listed_optimiser *optimiser = &catalogue->optimisers[i];
    export->algorithm_names[i] = joust_copy(optimiser->label);
    export->algorithm_folders[i] = file_name(optimiser->label);
    tell_apart(export->algorithm_names, i, " (%" PRId64 ")", optimiser->id);
    tell_apart(export->algorithm_folders, i, "-%" PRId64, optimiser->id);
  }
}

static char *data_name(const struct export *export, size_t p) {
  return joust_format("data_f%zu_%s/IOHprofiler_f%zu_DIM%" PRIu32 ".dat", p + 1, export->function_folders[p], p + 1,
                      export->catalogue.problems[p].definition.n_parameters);
}

/* ---- first pass: what failed trials stand for ---------------------------------------------------------------------
 */

static int check_run(void *context, const struct joust_store_run *run) {
  struct export *export = context;
  size_t p, o;
  int status = joust_catalogue_find(&export->catalogue, run, &p, &o, export->error);
  if (status) return status;
  const struct joust_listed_problem *problem = &export->catalogue.problems[p];
  if (run->replicate > UINT16_MAX || problem->definition.n_parameters > UINT16_MAX || p + 1 > UINT16_MAX)
    return joust_fail(export->error, JOUST_BAD_INPUT,
                      "%s: replicate %" PRIu32 " of problem %s: IOHprofiler's format counts instances, parameters and"
                      " functions up to 65535",
                      export->store->path, run->replicate, problem->label);
  status = joust_catalogue_trials(&export->catalogue, export->store, run, problem, &export->trials, export->error);
  for (uint32_t i = 0; !status && i < export->trials.n; i++) {
    double value = export->trials.value[i], *worst = &export->worst[p];
    if (isfinite(value) && !(problem->definition.direction * value <= problem->definition.direction * *worst))
      *worst = value;
  }
  export->notes->empty_runs += run->trials == 0;
  export->notes->runs += run->trials > 0;
  return status;
}

static int first_pass(struct export *export) {
  size_t n = export->catalogue.n_problems;
  export->worst = joust_alloc(n, sizeof *export->worst);
  for (size_t p = 0; p < n; p++) export->worst[p] = NAN;
  int status = joust_store_each_run(export->store, check_run, export, export->error);
  for (size_t p = 0; p < n; p++) /* nothing succeeded: what no value can be worse than */
    if (isnan(export->worst[p])) export->worst[p] = export->catalogue.problems[p].definition.direction * DBL_MAX;
  if (!status && export->notes->runs == 0)
    return joust_fail(export->error, JOUST_BAD_INPUT, "%s: no run has a trial: there is nothing to export",
                      export->store->path);
  return status;
}

/* ---- second pass: the data files ----------------------------------------------------------------------------------
 */

static int fail_writing(struct export *export, const char *name) {
  return joust_fail_errno(export->error, JOUST_SYSTEM, "cannot write '%s/%s'", export->folder, name);
}

static int close_data(struct export *export) {
  FILE *data = export->data;
  export->data = NULL;
  export->open = NULL;
  if (!data || !(ferror(data) | fclose(data))) return 0;
  return joust_fail_errno(export->error, JOUST_SYSTEM, "cannot write to '%s'", export->folder);
}

/* Runs of one group come together, unless two problems have one label: then their files are opened again and again. */
static int open_data(struct export *export, size_t p, size_t o) {
  struct group *group = &export->groups[o * export->catalogue.n_problems + p];
  if (export->open == group) return 0;
  int status = close_data(export);
  if (status) return status;
  char *name = data_name(export, p), *inner = joust_path_join(export->algorithm_folders[o], name),
       *path = joust_path_join(export->folder, inner), *parent = joust_path_folder(path);
  status = joust_folder_make(parent, export->error);
  if (!status && !(export->data = fopen(path, group->begun ? "a" : "w"))) status = fail_writing(export, inner);
  if (!status && !group->begun) fputs("evaluations raw_y cost failed\n", export->data);
  if (!status) group->begun = true;
  export->open = group;
  free(name);
  free(inner);
  free(path);
  free(parent);
  return status;
}

static void add_run_entry(struct export *export, struct joust_text *out, const struct joust_store_run *run,
                          uint32_t best, double y) {
  joust_text_addf(out, "%s\n        {\"instance\": %" PRIu32 ", \"evals\": %" PRIu32 ", \"best\": {\"evals\": %" PRIu32,
                  out->length ? "," : "", run->replicate, export->trials.n, best + 1);
  joust_text_addf(out, ", \"y\": %.17g, \"x\": []}}", y);
}

static int write_run(void *context, const struct joust_store_run *run) {
  struct export *export = context;
  size_t p, o;
  if (run->trials == 0) return 0;
  int status = joust_catalogue_find(&export->catalogue, run, &p, &o, export->error);
  const struct joust_listed_problem *problem = &export->catalogue.problems[p];
  struct joust_store_columns *trials = &export->trials;
  if (!status) status = joust_catalogue_trials(&export->catalogue, export->store, run, problem, trials, export->error);
  if (!status) status = open_data(export, p, o);
  if (status) return status;
  int direction = problem->definition.direction;
  uint32_t best = 0;
  double best_y = export->worst[p];
  joust_text_clear(&export->text);
  for (uint32_t i = 0; i < trials->n; i++) {
    bool failed = trials->outcome[i] != 0 || !isfinite(trials->value[i]);
    double y = failed ? export->worst[p] : trials->value[i];
    if (direction * y < direction * best_y) {
      best = i;
      best_y = y;
    }
    joust_text_addf(&export->text, "%" PRIu32 " %.17g %.17g %d\n", i + 1, y, joust_catalogue_cost(problem, trials, i),
                    failed);
    export->notes->failed_trials += failed;
  }
  fwrite(joust_text_string(&export->text), 1, export->text.length, export->data);
  add_run_entry(export, &export->groups[o * export->catalogue.n_problems + p].runs, run, best, best_y);
  export->notes->evaluations += trials->n;
  export->notes->incomplete_runs += run->state != JOUST_RUN_COMPLETE;
  return 0;
}

/* ---- the JSON files, which name the data files and their runs ------------------------------------------------------
 */

static void add_text_member(struct joust_text *out, const char *start, const char *name, const char *value) {
  joust_text_addf(out, "%s\"%s\": ", start, name);
  joust_json_write_text(out, value);
}

static int write_index(struct export *export, size_t p, size_t o) {
  const struct joust_listed_problem *problem = &export->catalogue.problems[p];
  const struct joust_listed_optimiser *optimiser = &export->catalogue.optimisers[o];
  struct joust_text out = {0};
  char *info = joust_format("%s %s %s", optimiser->name, optimiser->version, optimiser->options);
  char *data = data_name(export, p);
  add_text_member(&out, "{\n  ", "version", JOUST_VERSION);
  add_text_member(&out, ",\n  ", "suite", "joust");
  joust_text_addf(&out, ",\n  \"function_id\": %zu", p + 1);
  add_text_member(&out, ",\n  ", "function_name", export->function_names[p]);
  joust_text_addf(&out, ",\n  \"maximization\": %s", problem->definition.direction < 0 ? "true" : "false");
  add_text_member(&out, ",\n  \"algorithm\": {", "name", export->algorithm_names[o]);
  add_text_member(&out, ", ", "info", info);
  joust_text_add(&out, "},\n  \"attributes\": [\"evaluations\", \"raw_y\", \"cost\", \"failed\"]");
  joust_text_addf(&out, ",\n  \"scenarios\": [\n    {\"dimension\": %" PRIu32, problem->definition.n_parameters);
  add_text_member(&out, ", ", "path", data);
  joust_text_addf(&out, ", \"runs\": [%s\n    ]}\n  ]\n}\n",
                  joust_text_string(&export->groups[o * export->catalogue.n_problems + p].runs));
  char *path = joust_format("%s/%s/IOHprofiler_f%zu_%s.json", export->folder, export->algorithm_folders[o], p + 1,
                            export->function_folders[p]);
  int status = joust_file_write(path, joust_text_string(&out), out.length, export->error);
  free(path);
  free(info);
  free(data);
  joust_text_free(&out);
  return status;
}

static int write_all(struct export *export) {
  size_t n_problems = export->catalogue.n_problems, n = n_problems * export->catalogue.n_optimisers;
  export->groups = joust_alloc(n, sizeof *export->groups);
  int status = joust_store_each_run(export->store, write_run, export, export->error), closed = close_data(export);
  for (size_t i = 0; i < n && !status && !closed; i++)
    if (export->groups[i].begun) status = write_index(export, i % n_problems, i / n_problems);
  for (size_t i = 0; i < n; i++) joust_text_free(&export->groups[i].runs);
  free(export->groups);
  return status ? status : closed;
}

/* ---- all together -------------------------------------------------------------------------------------------------
 */

static int check_folder(const char *folder, struct joust_error *error) {
  DIR *list = opendir(folder);
  bool empty = true;
  if (!list) return errno == ENOENT ? 0 : joust_fail_errno(error, JOUST_SYSTEM, "cannot write to '%s'", folder);
  for (const struct dirent *entry; empty && (entry = readdir(list));)
    empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
  closedir(list);
  if (empty) return 0;
  return joust_fail(error, JOUST_BAD_INPUT,
                    "the folder '%s' is not empty: readers of IOHprofiler's files take every .json below it; name a new"
                    " one",
                    folder);
}

static void free_list(char **names, size_t n) {
  for (size_t i = 0; names && i < n; i++) free(names[i]);
  free(names);
}

int joust_store_export_ioh(struct joust_store *store, const char *folder, struct joust_ioh_notes *notes,
                           struct joust_error *error) {
  struct export export = {.store = store, .error = error, .notes = notes, .folder = folder};
  *notes = (struct joust_ioh_notes){0};
  int status = check_folder(folder, error);
  if (!status) status = joust_catalogue_make(&export.catalogue, store, error);
  if (status) return status;
  make_names(&export);
  status = first_pass(&export);
  if (!status) status = write_all(&export);
  free_list(export.function_names, export.catalogue.n_problems);
  free_list(export.function_folders, export.catalogue.n_problems);
  free_list(export.algorithm_names, export.catalogue.n_optimisers);
  free_list(export.algorithm_folders, export.catalogue.n_optimisers);
  joust_catalogue_free(&export.catalogue);
  joust_store_columns_free(&export.trials);
  joust_text_free(&export.text);
  free(export.worst);
  return status;
}
