/* joust plot: one figure of a store as a file, or all of them with their scripts as a folder. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "cli/cli.h"
#include "cli/formats.h"

enum { REPLICATES = 1000 }; /* of the bootstrap */

struct plot_flags {
  const char *output, *figure, *problem, *optimiser, *formats;
  int64_t replicate, columns;
  bool linear, by_cost, white;
};

struct job {
  const struct plot_flags *flags;
  struct joust_store *store;
  struct joust_analysis analysis;
  struct joust_figure_options options;
  struct joust_figure_run run;
  struct joust_store_columns trials;
  struct joust_error *error;
};

/* ---- what is asked for ----------------------------------------------------------------------------------------------
 */

static const char *ending_of(const char *path) {
  const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
  return dot && (!slash || dot > slash) ? dot + 1 : "";
}

static int read_kind(unsigned *kinds, const char *word, struct joust_error *error) {
  const char *names[JOUST_N_FIGURE_KINDS];
  for (int i = 0; i < JOUST_N_FIGURE_KINDS; i++) {
    names[i] = joust_figure_kind_name((enum joust_figure_kind)i);
    if (strcmp(word, names[i]) == 0) {
      *kinds = 1u << i;
      return 0;
    }
  }
  const char *near = joust_nearest(word, names, JOUST_N_FIGURE_KINDS);
  if (near) return joust_fail(error, JOUST_BAD_INPUT, "there is no figure '%s': did you mean '%s'?", word, near);
  return joust_fail(error, JOUST_BAD_INPUT,
                    "there is no figure '%s': expected convergence, rank, cd, ecdf, box, heat, cost or run", word);
}

/* The contests' labels, for messages. */
static char *list_contests(const struct joust_analysis *analysis) {
  struct joust_text out = {0};
  for (uint32_t c = 0; c < analysis->n_contests; c++)
    joust_text_addf(&out, "%s%s", c ? ", " : "", analysis->contests[c].label);
  return joust_text_take(&out);
}

static int fail_budgets(struct job *job, const char *problem) {
  const struct joust_analysis *analysis = &job->analysis;
  struct joust_text out = {0};
  for (uint32_t c = 0; c < analysis->n_contests; c++)
    if (strcmp(analysis->problems[analysis->contests[c].problem].label, problem) == 0)
      joust_text_addf(&out, "%s-p '%s'", out.length ? " or " : "", analysis->contests[c].label);
  int code = joust_fail(job->error, JOUST_BAD_INPUT, "there is more than one budget of problem '%s' in the store: %s",
                        problem, joust_text_string(&out));
  joust_text_free(&out);
  return code;
}

/* A contest by its label, or by its problem's where that has one contest. */
static int find_contest(struct job *job, const char *label) {
  const struct joust_analysis *analysis = &job->analysis;
  uint32_t found = 0;
  for (uint32_t c = 0; c < analysis->n_contests; c++) {
    const struct joust_contest *contest = &analysis->contests[c];
    bool whole = strcmp(contest->label, label) == 0;
    if (!whole && strcmp(analysis->problems[contest->problem].label, label) != 0) continue;
    found = whole ? 1 : found + 1;
    job->options.contest = c;
    if (whole) break;
  }
  job->options.one_contest = true;
  if (found == 1) return 0;
  if (found) return fail_budgets(job, label);
  char *labels = list_contests(analysis);
  int code = joust_fail(job->error, JOUST_BAD_INPUT, "there is no problem '%s' in the store: it has %s", label, labels);
  free(labels);
  return code;
}

/* There is an axis of cost: of the one problem, for a figure over all of them, or for any figure of a folder. */
static bool has_cost(const struct job *job, bool single) {
  const struct joust_analysis *analysis = &job->analysis;
  if (job->options.one_contest) return analysis->contests[job->options.contest].axes[JOUST_AXIS_COST].there;
  if (single) return analysis->overall[JOUST_AXIS_COST].there;
  for (uint32_t c = 0; c < analysis->n_contests; c++)
    if (analysis->contests[c].axes[JOUST_AXIS_COST].there) return true;
  return false;
}

/* Flags that would change nothing are refused. */
static int check_flags(const struct job *job, bool single) {
  static const unsigned over_budget =
      1u << JOUST_FIGURE_CONVERGENCE | 1u << JOUST_FIGURE_RANK | 1u << JOUST_FIGURE_ECDF;
  const struct plot_flags *flags = job->flags;
  unsigned kinds = job->options.kinds ? job->options.kinds : ~0u;
  if ((flags->optimiser || flags->replicate) && !(kinds & 1u << JOUST_FIGURE_RUN))
    return joust_fail(job->error, JOUST_BAD_INPUT, "--%s is of figure run, not of figure %s",
                      flags->optimiser ? "optimiser" : "replicate", flags->figure);
  if (!flags->by_cost) return 0;
  if (!(kinds & over_budget))
    return joust_fail(job->error, JOUST_BAD_INPUT, "--cost is of figures convergence, rank and ecdf, not of figure %s",
                      flags->figure);
  if (has_cost(job, single)) return 0;
  return joust_fail(job->error, JOUST_BAD_INPUT, "--cost: %s",
                    job->options.one_contest || job->analysis.n_contests == 1 ? "the problem has no metric of cost"
                    : single                                                  ? "not every problem has a metric of cost"
                                                                              : "no problem has a metric of cost");
}

/* Figures of a contest need one where a single file is made. */
static int choose_contest(struct job *job, bool single) {
  static const unsigned of_contest = 1u << JOUST_FIGURE_CONVERGENCE | 1u << JOUST_FIGURE_BOX | 1u << JOUST_FIGURE_COST |
                                     1u << JOUST_FIGURE_RUN,
                        over_all = 1u << JOUST_FIGURE_CD | 1u << JOUST_FIGURE_HEAT;
  if (job->flags->problem && single && job->options.kinds & over_all)
    return joust_fail(job->error, JOUST_BAD_INPUT, "figure %s is over all problems: leave out -p", job->flags->figure);
  if (job->flags->problem) return find_contest(job, job->flags->problem);
  if (!single || !(job->options.kinds & of_contest) || job->analysis.n_contests == 1) return 0;
  char *labels = list_contests(&job->analysis);
  int code = joust_fail(job->error, JOUST_BAD_INPUT, "figure %s is of one problem: name it with -p: %s",
                        job->flags->figure, labels);
  free(labels);
  return code;
}

/* ---- the run of figure `run`
 * ------------------------------------------------------------------------------------------ */

static int choose_optimiser(struct job *job, const struct joust_contest *contest) {
  const struct joust_analysis *analysis = &job->analysis;
  uint32_t best = analysis->n_optimisers;
  for (uint32_t o = 0; o < analysis->n_optimisers; o++) {
    const struct joust_cell *cell = &contest->cells[o];
    if (!cell->runs) continue;
    if (job->flags->optimiser ? strcmp(analysis->optimisers[o].label, job->flags->optimiser) == 0
                              : best == analysis->n_optimisers || cell->rank < contest->cells[best].rank)
      best = o;
  }
  job->run.optimiser = best;
  if (best < analysis->n_optimisers) return 0;
  return joust_fail(job->error, JOUST_BAD_INPUT, "there are no runs of optimiser '%s' on %s",
                    job->flags->optimiser ? job->flags->optimiser : "", contest->label);
}

static int choose_run(struct job *job) {
  uint32_t c = job->options.one_contest ? job->options.contest : 0;
  const struct joust_contest *contest = &job->analysis.contests[c];
  int code = choose_optimiser(job, contest);
  if (code) return code;
  const struct joust_shown_run *runs = contest->cells[job->run.optimiser].runs;
  job->run.contest = c;
  for (uint32_t r = 0; r < contest->n_rows; r++) {
    bool right = job->flags->replicate ? contest->rows[r].replicate == job->flags->replicate : runs[r].trials > 0;
    if (!right || !runs[r].id) continue;
    job->run.row = r;
    job->run.trials = &job->trials;
    job->options.run = &job->run;
    return joust_store_read_trials(job->store, runs[r].id, &job->trials, job->error);
  }
  if (!job->flags->replicate) return 0; /* nothing to show, which is said later */
  return joust_fail(job->error, JOUST_BAD_INPUT, "%s has no replicate %lld on %s",
                    job->analysis.optimisers[job->run.optimiser].label, (long long)job->flags->replicate,
                    contest->label);
}

/* ---- why there is nothing to show --------------------------------------------------------------------------------
 */

/* Of the one kind that was asked for. */
static const char *why_nothing(const struct job *job) {
  const struct joust_analysis *analysis = &job->analysis;
  unsigned kind = job->options.kinds;
  bool one = job->options.one_contest || analysis->n_ranked == 1;
  if (analysis->n_ranked == 0 || (job->options.one_contest && analysis->contests[job->options.contest].nothing))
    return "no run that is finished has a value";
  if (kind == 1u << JOUST_FIGURE_RUN) return "the run has no trials";
  if (kind == 1u << JOUST_FIGURE_COST) return "no optimiser counted tokens or money";
  if (analysis->n_optimisers < 2) return "it compares optimisers, and the store has only one";
  if (kind == 1u << JOUST_FIGURE_HEAT) return "it is over problems, and the store has only one";
  if (one) return "fewer than two optimisers have runs there";
  return kind == 1u << JOUST_FIGURE_CD
             ? "no two optimisers have runs on every problem at one budget ('joust show' lists them)"
             : "no two optimisers have runs on every problem at one budget: name a problem with -p ('joust show' "
               "lists them)";
}

/* ---- writing
 * ------------------------------------------------------------------------------------------------------------ */

static int draw_folder(struct job *job) {
  struct joust_figures figures;
  int code = joust_figures_write(&figures, &job->analysis, &job->options, job->flags->output, job->error);
  if (code) return code;
  if (figures.n == 0) code = joust_fail(job->error, JOUST_BAD_INPUT, "the store has nothing to draw");
  for (size_t i = 0; i < figures.n; i++)
    printf("%s/%s  %s\n", job->flags->output, figures.items[i].name, figures.items[i].title);
  joust_figures_free(&figures);
  return code;
}

static void remove_scratch(const char *folder) {
  DIR *list = opendir(folder);
  for (const struct dirent *entry; list && (entry = readdir(list));) {
    char *path = joust_path_join(folder, entry->d_name);
    unlink(path); /* not . and .. */
    free(path);
  }
  if (list) closedir(list);
  rmdir(folder);
}

/* One figure, made in a folder beside the file that it becomes. */
static int draw_file(struct job *job) {
  const char *output = job->flags->output;
  char *parent = joust_path_folder(output), *folder = joust_format("%s/.joust-plot-XXXXXX", parent);
  struct joust_figures figures = {0};
  int code = 0;
  if (!mkdtemp(folder)) {
    code = joust_fail_errno(job->error, JOUST_SYSTEM, "cannot write '%s'", output);
  } else {
    code = joust_figures_write(&figures, &job->analysis, &job->options, folder, job->error);
    if (!code && figures.n == 0)
      code = joust_fail(job->error, JOUST_BAD_INPUT, "the store has nothing to show in figure %s: %s",
                        job->flags->figure, why_nothing(job));
    if (!code) {
      char *made = joust_format("%s/%s.%s", folder, figures.items[0].name, ending_of(output));
      if (rename(made, output)) code = joust_fail_errno(job->error, JOUST_SYSTEM, "cannot write '%s'", output);
      free(made);
    }
    remove_scratch(folder);
  }
  joust_figures_free(&figures);
  free(folder);
  free(parent);
  return code;
}

static int plot(const char *path, struct plot_flags *flags, struct joust_error *error) {
  struct job job = {.flags = flags, .error = error};
  struct joust_analysis_options options = {.replicates = REPLICATES};
  const char *ending = ending_of(flags->output);
  bool single = *ending && !joust_folder_exists(flags->output);
  job.options.one_column = flags->columns == 1;
  job.options.linear = flags->linear;
  job.options.by_cost = flags->by_cost;
  job.options.white = flags->white;
  if (flags->columns != 1 && flags->columns != 2)
    return joust_fail(error, JOUST_BAD_INPUT, "--columns is 1 or 2, not %lld", (long long)flags->columns);
  int code = joust_cli_formats(&job.options.formats, single ? ending : flags->formats, error);
  if (!code) code = joust_store_open(&job.store, path, JOUST_STORE_READ, error);
  if (!code) code = joust_analysis_make(&job.analysis, job.store, &options, error);
  if (!code && job.analysis.n_contests == 0)
    code = joust_fail(error, JOUST_BAD_INPUT, "%s: the store has no runs", path);
  if (!code && single && !flags->figure)
    flags->figure = flags->problem || job.analysis.n_contests == 1 ? "convergence" : "rank";
  if (!code && flags->figure) code = read_kind(&job.options.kinds, flags->figure, error);
  if (!code) code = choose_contest(&job, single);
  if (!code) code = check_flags(&job, single);
  if (!code && (!job.options.kinds || job.options.kinds & 1u << JOUST_FIGURE_RUN)) code = choose_run(&job);
  if (!code) code = single ? draw_file(&job) : draw_folder(&job);
  joust_analysis_free(&job.analysis);
  joust_store_columns_free(&job.trials);
  joust_store_close(job.store);
  return code;
}

int joust_cli_plot(int argc, char **argv) {
  struct plot_flags f = {.formats = "svg", .columns = 2};
  const struct joust_flag flags[] = {
      {'o', "output", JOUST_FLAG_TEXT, &f.output, "FILE|DIR",
       "FILE.svg, FILE.pdf or FILE.png; or a folder for all figures"},
      {'f', "figure", JOUST_FLAG_TEXT, &f.figure, "KIND",
       "convergence, rank, cd, ecdf, box, heat, cost or run; of a FILE else convergence, or rank of several problems"},
      {'p', "problem", JOUST_FLAG_TEXT, &f.problem, "LABEL", "of this problem only"},
      {0, "optimiser", JOUST_FLAG_TEXT, &f.optimiser, "LABEL", "of figure run; else the best one"},
      {0, "replicate", JOUST_FLAG_COUNT, &f.replicate, "N", "of figure run; else the first one"},
      {0, "linear", JOUST_FLAG_SWITCH, &f.linear, NULL, "linear budget axes instead of logarithmic ones"},
      {0, "cost", JOUST_FLAG_SWITCH, &f.by_cost, NULL, "budget axes of cost, where problems have one"},
      {0, "white", JOUST_FLAG_SWITCH, &f.white, NULL, "SVGs with a white ground; else they have none"},
      {0, "columns", JOUST_FLAG_COUNT, &f.columns, "1|2",
       "as wide as one column of a paper (90 mm) or as two (180 mm)"},
      {0, "formats", JOUST_FLAG_TEXT, &f.formats, "LIST", "of a folder's figures: svg (the default), pdf, png"},
  };
  const struct joust_usage usage = {
      .command = "plot",
      .operands = "FILE.db",
      .summary = "Draws figures of a store with gnuplot.",
      .details = "convergence  mean regret over the budget, with its 95 % confidence band: of one problem\n"
                 "rank         mean rank over the budget\n"
                 "cd           critical-difference diagram over the problems\n"
                 "ecdf         share of (run, target) pairs reached over the budget\n"
                 "box          final values of all runs: of one problem\n"
                 "heat         problems x optimisers: regret at the end\n"
                 "cost         tokens or money against regret, where a model was asked: of one problem\n"
                 "run          the trials of one run\n\n"
                 "A folder gets every figure that the store has something for, each with its gnuplot script\n"
                 "(NAME.gp) and data (NAME.dat); 'gnuplot all.gp' there draws them again.\n",
      .flags = flags,
      .n_flags = sizeof flags / sizeof *flags,
      .least = 1,
      .most = 1};
  int first = joust_cli_parse(&usage, argc, argv);
  if (first < 0) return ~first;
  struct joust_error error;
  int code = f.output ? plot(argv[first], &f, &error)
                      : joust_fail(&error, JOUST_BAD_INPUT, "-o FILE.svg (or .pdf, .png, or a folder) is needed");
  return code ? joust_cli_fail("plot", &error) : 0;
}
