#include "cli/slurm_script.h"

#include <regex.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

/* A task is told so long before its time is over, and no task may be so short. */
enum { NOTICE_SECONDS = 120, LEAST_MINUTES = 5, MOST_RESTARTS = 100 };

static bool matches(const char *text, const char *pattern) {
  regex_t regex;
  if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB)) return false;
  bool match = regexec(&regex, text, 0, NULL, 0) == 0;
  regfree(&regex);
  return match;
}

/* Minutes of "MINUTES[:SECONDS]", "HOURS:MINUTES:SECONDS" or "DAYS-HOURS[:MINUTES[:SECONDS]]". */
static double minutes_of(const char *time) {
  const char *dash = strchr(time, '-');
  double parts[3] = {0}, days = dash ? strtod(time, NULL) : 0;
  int n = 0;
  for (const char *part = dash ? dash + 1 : time; part && n < 3; n++) {
    parts[n] = strtod(part, NULL);
    part = strchr(part, ':');
    if (part) part++;
  }
  if (!dash && n < 3) return parts[0] + parts[1] / 60;
  return 60 * (24 * days + parts[0]) + parts[1] + parts[2] / 60;
}

int joust_slurm_check(const struct joust_slurm_job *job, struct joust_error *error) {
  static const char name[] = "^[A-Za-z0-9_][A-Za-z0-9_.,:+-]*$";
  const struct {
    const char *flag, *value, *pattern, *expected;
  } checks[] = {
      {"partition", job->partition, name, "a name, or several with commas between them"},
      {"account", job->account, name, "a name"},
      {"time", job->time,
       "^([0-9]+(:[0-5][0-9]){0,1}|[0-9]+:[0-5][0-9]:[0-5][0-9]|[0-9]+-[0-2]?[0-9](:[0-5][0-9]){0,2})$",
       "MINUTES, HOURS:MINUTES:SECONDS or DAYS-HOURS, e.g. 90, 4:00:00 or 2-12"},
      {"memory", job->memory, "^[1-9][0-9]*[KMGT]?$", "a whole number with K, M, G or T behind it, e.g. 4G"},
  };
  for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
    if (checks[i].value && !matches(checks[i].value, checks[i].pattern))
      return joust_fail(error, JOUST_BAD_INPUT, "--%s is '%s': expected %s", checks[i].flag, checks[i].value,
                        checks[i].expected);
  if (job->time && minutes_of(job->time) < LEAST_MINUTES)
    return joust_fail(error, JOUST_BAD_INPUT, "--time is '%s': expected %d minutes at least, as a task stops %d before",
                      job->time, LEAST_MINUTES, NOTICE_SECONDS / 60);
  return 0;
}

void joust_slurm_quote(struct joust_text *out, const char *text) {
  if (matches(text, "^[A-Za-z0-9_./,:=%+@-]+$")) {
    joust_text_add(out, text);
    return;
  }
  joust_text_add(out, "'");
  for (; *text; text++)
    if (*text == '\'')
      joust_text_add(out, "'\\''");
    else
      joust_text_add_n(out, text, 1);
  joust_text_add(out, "'");
}

/* What both jobs ask the cluster for. Where they work and where their logs go is said when they are submitted. */
static void add_head(struct joust_text *script, const struct joust_slurm_job *job, const char *what, const char *end) {
  joust_text_addf(script, "#!/bin/sh\n# Written by joust slurm. %s\n", what);
  joust_text_addf(script, "#SBATCH --job-name=%s%s\n#SBATCH --open-mode=append\n#SBATCH --ntasks=1\n", job->name, end);
  if (job->partition) joust_text_addf(script, "#SBATCH --partition=%s\n", job->partition);
  if (job->account) joust_text_addf(script, "#SBATCH --account=%s\n", job->account);
  if (job->time) joust_text_addf(script, "#SBATCH --time=%s\n", job->time);
  if (job->memory) joust_text_addf(script, "#SBATCH --mem=%s\n", job->memory);
}

static void add_word(struct joust_text *script, const char *before, const char *word) {
  if (!word) return;
  joust_text_add(script, before);
  joust_slurm_quote(script, word);
}

void joust_slurm_shard_script(struct joust_text *script, const struct joust_slurm_job *job) {
  add_head(script, job, "Task I runs shard I; started again, it goes on where it stopped.", "");
  joust_text_addf(script, "#SBATCH --array=1-%lld\n#SBATCH --cpus-per-task=%lld\n#SBATCH --requeue\n",
                  (long long)job->shards, (long long)job->cpus);
  if (job->time) joust_text_addf(script, "#SBATCH --signal=B:USR1@%d\n", NOTICE_SECONDS);
  add_word(script, "cd ", job->folder);
  joust_text_add(script, " || exit 3\nfolder=$PWD\ncd \"$SLURM_SUBMIT_DIR\" || exit 3\n");
  add_word(script, "", job->joust);
  joust_text_addf(script,
                  " run \"$folder/sweep.json\" -j %lld --shard \"$SLURM_ARRAY_TASK_ID/%lld\""
                  " --store \"$folder/shard-$SLURM_ARRAY_TASK_ID-of-%lld.db\"",
                  (long long)job->cpus, (long long)job->shards, (long long)job->shards);
  add_word(script, " --plugin-dir ", job->plugins);
  add_word(script, " --space-dir ", job->spaces);
  joust_text_addf(script,
                  " &\n"
                  "joust=$! again= code=0\n"
                  "trap 'kill -TERM $joust' TERM\n"
                  "trap 'again=yes; kill -TERM $joust' USR1 # its time is nearly over\n"
                  "wait $joust || code=$?\n"
                  "while kill -0 $joust 2>/dev/null; do # a signal ended the waiting\n"
                  "  code=0\n"
                  "  wait $joust || code=$?\n"
                  "done\n"
                  "if [ -n \"$again\" ] && [ $code = 130 ] && [ \"${SLURM_RESTART_COUNT:-0}\" -lt %d ]; then\n"
                  "  exec scontrol requeue \"${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID\"\n"
                  "fi\n"
                  "exit $code\n",
                  MOST_RESTARTS);
}

void joust_slurm_merge_script(struct joust_text *script, const struct joust_slurm_job *job) {
  add_head(script, job, "Runs when all shards have ended, however they did: merges what is there, says what is not.",
           "-merge");
  add_word(script, "cd ", job->folder);
  joust_text_addf(script,
                  " || exit 3\nshard=1 missing=0\n"
                  "while [ $shard -le %lld ]; do\n"
                  "  store=shard-$shard-of-%lld.db\n"
                  "  if [ -e $store ]; then\n"
                  "    set -- \"$@\" $store\n"
                  "  else\n"
                  "    echo \"$store is not there: its task never began\" >&2\n"
                  "    missing=1\n"
                  "  fi\n"
                  "  shard=$((shard + 1))\n"
                  "done\n"
                  "[ $# -gt 0 ] || exit 1\n",
                  (long long)job->shards, (long long)job->shards);
  add_word(script, "", job->joust);
  add_word(script, " merge ", job->store);
  joust_text_add(script, " \"$@\" || exit\n");
  add_word(script, "", job->joust);
  add_word(script, " status ", job->store);
  joust_text_add(script, " --check && exit $missing\n");
}
