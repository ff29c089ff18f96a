/* joust slurm: a sweep as an array job of a cluster, a task for each shard, and a job after it that merges them. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/memory.h"
#include "cli/slurm_script.h"
#include "cli/sweep_flags.h"

extern char **environ;

struct slurm_flags {
  struct joust_sweep_flags sweep;
  const char *store, *partition, *account, *time, *memory;
  int64_t shards, cpus;
  bool no_submit;
};

/* ---- the cluster's programs -------------------------------------------------------------------------------------- */

static int read_output(struct joust_text *output, int from) {
  char bytes[1024];
  ssize_t n;
  while ((n = read(from, bytes, sizeof bytes)) > 0 || (n < 0 && errno == EINTR))
    if (n > 0) joust_text_add_n(output, bytes, (size_t)n);
  close(from);
  return n < 0 ? -1 : 0;
}

/* Runs a program of SLURM; its standard output comes back, its errors go where ours do. */
static int call(struct joust_text *output, const char *const *words, struct joust_error *error) {
  int ends[2], status = 0;
  pid_t child;
  posix_spawn_file_actions_t actions;
  if (pipe(ends)) return joust_fail_errno(error, JOUST_SYSTEM, "cannot call %s", words[0]);
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addclose(&actions, ends[0]);
  posix_spawn_file_actions_addclose(&actions, ends[1]);
  int rc = posix_spawnp(&child, words[0], &actions, NULL, (char *const *)words, environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (rc) {
    close(ends[0]);
    return joust_fail(error, JOUST_MISSING,
                      "cannot call %s (%s): this is no machine of a SLURM cluster; --no-submit writes the scripts only",
                      words[0], strerror(rc));
  }
  rc = read_output(output, ends[0]);
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  if (!rc && WIFEXITED(status) && WEXITSTATUS(status) == 0) return 0;
  return joust_fail(error, JOUST_SYSTEM, "%s refused, as it says above", words[0]);
}

/* Nobody is to work on the shards while their jobs do. */
static int check_queue(const char *name, struct joust_error *error) {
  struct joust_text output = {0};
  char *flag = joust_format("--name=%s,%s-merge", name, name);
  const char *words[] = {"squeue", "--noheader", "--array-unique", "--format=%A", flag, NULL};
  int code = call(&output, words, error);
  if (!code && output.length) {
    const char *text = joust_text_string(&output);
    code = joust_fail(error, JOUST_BAD_INPUT,
                      "job %.*s of this sweep is queued or running: wait for it (squeue --name=%s) or cancel it "
                      "(scancel --name=%s)",
                      (int)strcspn(text, "\n"), text, name, name);
  }
  joust_text_free(&output);
  free(flag);
  return code;
}

/* `command` as words of a shell; with `id` it is also carried out, and gives the job's id. */
static int submit(struct joust_text *shown, char **id, const struct joust_slurm_job *job, const char *script,
                  const char *log, const char *after, struct joust_error *error) {
  struct joust_text output = {0}, log_flag = {0};
  char *path = joust_path_join(job->folder, script);
  char *dependency = joust_format("--dependency=afterany:%s", after ? after : "");
  joust_text_add(&log_flag, "--output=");
  for (const char *c = job->folder; *c; c++) joust_text_add(&log_flag, *c == '%' ? "%%" : (char[]){*c, 0});
  joust_text_addf(&log_flag, "/%s", log);
  const char *words[6] = {"sbatch", "--parsable", joust_text_string(&log_flag)};
  size_t n = 3;
  if (after) words[n++] = dependency;
  words[n++] = path;
  for (size_t i = 0; i < n; i++) {
    if (i) joust_text_add(shown, " ");
    joust_slurm_quote(shown, words[i]);
  }
  int code = id ? call(&output, words, error) : 0;
  if (!code && id) *id = joust_copy_n(joust_text_string(&output), strcspn(joust_text_string(&output), ";\n"));
  joust_text_free(&output);
  joust_text_free(&log_flag);
  free(dependency);
  free(path);
  return code;
}

/* ---- what is written --------------------------------------------------------------------------------------------- */

static int write_text(const struct joust_slurm_job *job, const char *name, const char *text,
                      struct joust_error *error) {
  char *path = joust_path_join(job->folder, name);
  int code = joust_file_write(path, text, strlen(text), error);
  free(path);
  return code;
}

static int write_files(const struct joust_slurm_job *job, const char *definition, struct joust_error *error) {
  struct joust_text shard = {0}, merge = {0};
  joust_slurm_shard_script(&shard, job);
  joust_slurm_merge_script(&merge, job);
  int code = joust_folder_make(job->folder, error);
  if (!code) code = write_text(job, "sweep.json", definition, error);
  if (!code) code = write_text(job, "shard.sh", joust_text_string(&shard), error);
  if (!code) code = write_text(job, "merge.sh", joust_text_string(&merge), error);
  joust_text_free(&shard);
  joust_text_free(&merge);
  return code;
}

/* ---- what is said ------------------------------------------------------------------------------------------------ */

static void print_how(const struct joust_slurm_job *job, const char *array, const char *merge) {
  struct joust_text folder = {0};
  joust_slurm_quote(&folder, job->folder);
  const char *path = joust_text_string(&folder);
  printf("\nqueue:    squeue -j %s,%s\n", array, merge);
  printf("a shard:  joust status %s/shard-1-of-%" PRId64 ".db\n", path, job->shards);
  printf("all:      joust merge %s/so-far.db %s/shard-*.db && joust status %s/so-far.db\n", path, path, path);
  printf("logs:     tail -f %s/*.log\n", path);
  printf("stop:     scancel %s %s\n\n", array, merge);
  puts("A task that was killed may be queued again (scontrol requeue); once nothing of this is queued, the same\n"
       "joust slurm goes on with whatever is not complete.");
  joust_text_free(&folder);
}

static int submit_all(const struct joust_slurm_job *job, size_t runs, struct joust_error *error) {
  struct joust_text shown = {0};
  char *array = NULL, *merge = NULL;
  int code = submit(&shown, &array, job, "shard.sh", "shard-%a.log", NULL, error);
  if (!code) {
    printf("job %s: an array of %" PRId64 " shards, %zu runs in all\n", array, job->shards, runs);
    code = submit(&shown, &merge, job, "merge.sh", "merge.log", array, error);
    if (code) joust_error_prefix(error, "array job %s is submitted, the job that merges is not: ", array);
  }
  if (!code) {
    printf("job %s: merges them into %s when all have ended\n", merge, job->store);
    print_how(job, array, merge);
  }
  joust_text_free(&shown);
  free(array);
  free(merge);
  return code;
}

static int show_commands(const struct joust_slurm_job *job, size_t runs, struct joust_error *error) {
  struct joust_text first = {0}, second = {0};
  submit(&first, NULL, job, "shard.sh", "shard-%a.log", NULL, error);
  submit(&second, NULL, job, "merge.sh", "merge.log", "JOB", error);
  printf("%" PRId64
         " shards, %zu runs in all; nothing is submitted. To do so, JOB being what the first command prints:\n"
         "\n  %s\n  %s\n",
         job->shards, runs, joust_text_string(&first), joust_text_string(&second));
  joust_text_free(&first);
  joust_text_free(&second);
  return 0;
}

/* ---- the command ------------------------------------------------------------------------------------------------- */

/* Everything that is wrong with the sweep shows now, not in the queue. */
static int check_sweep(size_t *runs, char **definition, const struct joust_sweep *sweep,
                       const struct slurm_flags *flags, struct joust_error *error) {
  struct joust_registry registry;
  struct joust_folders spaces;
  struct joust_plan plan;
  joust_cli_registry(&registry, &flags->sweep.places);
  joust_space_folders(&spaces, flags->sweep.places.spaces);
  int code = joust_plan_make(&plan, sweep, &registry, &spaces, error);
  if (!code) {
    *runs = plan.n_runs;
    *definition = joust_plan_print(&plan);
    joust_plan_free(&plan);
  }
  joust_folders_free(&spaces);
  joust_registry_free(&registry);
  if (!code && (uint64_t)flags->shards > *runs)
    return joust_fail(error, JOUST_BAD_INPUT, "--shards is %" PRId64 ": the sweep has %zu runs only", flags->shards,
                      *runs);
  return code;
}

static int check_flags(const struct slurm_flags *flags, struct joust_error *error) {
  if (flags->sweep.shard)
    return joust_fail(error, JOUST_BAD_INPUT, "--shard: each task of the array gets its own; --shards says how many");
  if (flags->shards < 1)
    return joust_fail(error, JOUST_BAD_INPUT, "--shards N is needed: how many tasks the array has");
  if (flags->cpus < 1 || flags->cpus > 4096)
    return joust_fail(error, JOUST_BAD_INPUT, "--cpus is %" PRId64 ": expected 1 to 4096", flags->cpus);
  size_t length = strlen(flags->store);
  if (length < 4 || strcmp(flags->store + length - 3, ".db") != 0)
    return joust_fail(error, JOUST_BAD_INPUT, "--store is '%s': expected NAME.db; NAME.slurm/ is for the shards",
                      flags->store);
  return 0;
}

/* "joust-NAME-HASH": for each store a name of its own, as sbatch takes it. */
static char *name_job(const char *store) {
  char hash[JOUST_HASH_SIZE];
  const char *base = joust_path_name(store);
  joust_hash(hash, store, strlen(store));
  char *name = joust_format("joust-%.*s-%.6s", (int)(strlen(base) - 3), base, hash);
  for (char *c = name; *c; c++)
    if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-", *c)) *c = '_';
  return name;
}

static int run_slurm(const struct joust_sweep *sweep, const struct slurm_flags *flags, struct joust_error *error) {
  char here[PATH_MAX];
  size_t runs = 0;
  char *definition = NULL;
  int code = check_sweep(&runs, &definition, sweep, flags, error);
  if (!code && !getcwd(here, sizeof here)) code = joust_fail_errno(error, JOUST_SYSTEM, "where are we");
  if (code) {
    free(definition);
    return code;
  }
  char *joust = joust_prefix_path("bin/joust"), *store = joust_path_join(here, flags->store);
  char *folder = joust_format("%.*s.slurm", (int)(strlen(store) - 3), store), *name = name_job(store);
  struct joust_slurm_job job = {.joust = joust,
                                .folder = folder,
                                .name = name,
                                .store = store,
                                .plugins = flags->sweep.places.plugins,
                                .spaces = flags->sweep.places.spaces,
                                .partition = flags->partition,
                                .account = flags->account,
                                .time = flags->time,
                                .memory = flags->memory,
                                .shards = flags->shards,
                                .cpus = flags->cpus};
  code = joust_slurm_check(&job, error);
  if (!code && !flags->no_submit) code = check_queue(job.name, error); /* a queued job reads what would be written */
  if (!code) code = write_files(&job, definition, error);
  if (!code) code = flags->no_submit ? show_commands(&job, runs, error) : submit_all(&job, runs, error);
  free(joust);
  free(store);
  free(folder);
  free(name);
  free(definition);
  return code;
}

int joust_cli_slurm(int argc, char **argv) {
  struct slurm_flags f = {.sweep = JOUST_SWEEP_FLAGS_NONE, .store = "results.db", .cpus = 1};
  const struct joust_flag flags[] = {
      {0, "shards", JOUST_FLAG_COUNT, &f.shards, "N", "tasks of the array job"},
      {0, "store", JOUST_FLAG_TEXT, &f.store, "FILE.db", "what the shards are merged into (results.db)"},
      {0, "cpus", JOUST_FLAG_COUNT, &f.cpus, "N", "cores of a task, and runs at a time (1)"},
      {0, "memory", JOUST_FLAG_TEXT, &f.memory, "SIZE", "memory of a task, e.g. 4G"},
      {0, "time", JOUST_FLAG_TEXT, &f.time, "TIME", "of a task, e.g. 4:00:00; then it is queued again and goes on"},
      {0, "partition", JOUST_FLAG_TEXT, &f.partition, "NAME", "where to run"},
      {0, "account", JOUST_FLAG_TEXT, &f.account, "NAME", "who pays"},
      {0, "no-submit", JOUST_FLAG_SWITCH, &f.no_submit, NULL, "write the scripts and print how to submit them"},
      JOUST_SWEEP_FLAGS(f.sweep),
  };
  const struct joust_usage usage = {
      .command = "slurm",
      .operands = "[SWEEP.json]",
      .summary = "Runs a sweep on a SLURM cluster: an array job, a task for each shard, and a job that merges them.",
      .details =
          "FILE.slurm/ gets the sweep, the scripts, a store for each shard, and the logs; it must be seen\n"
          "from all nodes. Whatever else sbatch is to know it takes from its own variables (SBATCH_QOS, ...).\n\n"
          "  joust slurm sweep.json --shards 32 --time 4:00:00 --store nas.db\n",
      .flags = flags,
      .n_flags = sizeof flags / sizeof *flags,
      .most = 1};
  struct joust_error error;
  struct joust_sweep sweep;
  int first = joust_cli_parse(&usage, argc, argv);
  int code = first < 0 ? ~first : 0;
  if (first >= 0) {
    code = check_flags(&f, &error);
    if (!code && !(code = joust_sweep_from_flags(&sweep, first < argc ? argv[first] : NULL, &f.sweep, &error))) {
      code = run_slurm(&sweep, &f, &error);
      joust_sweep_free(&sweep);
    }
    if (code) code = joust_cli_fail("slurm", &error);
  }
  joust_sweep_flags_free(&f.sweep);
  return code;
}
