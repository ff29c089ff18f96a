/* What a report costs: CPU time and memory of `joust report` (gnuplot included) on 6 problems x 4 optimisers x 200
 * trials with 30 seeds and with 300, medians of several repetitions, and the ratio.
 *
 *   report JOUST [REPETITIONS]      JOUST: the program that was built; default 5 repetitions
 */
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "stats/summary.h"

static void fail(const char *message) {
  fprintf(stderr, "bench report: %s\n", message);
  exit(1);
}

struct cost {
  double cpu_seconds, megabytes; /* of the process and all it waited for; the largest of them */
};

static struct cost run(char *const *arguments) {
  struct rusage usage;
  int status;
  pid_t child = fork();
  if (child < 0) fail("cannot fork");
  if (child == 0) {
    execv(arguments[0], arguments);
    _exit(127);
  }
  if (wait4(child, &status, 0, &usage) != child || status != 0) fail("joust failed");
  return (struct cost){.cpu_seconds = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                                      1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec),
                       .megabytes = (double)usage.ru_maxrss / 1024};
}

static void make_store(char *joust, char *store, char *seeds) {
  char problems[] = "p1=nk/n16-k2:seed=1,p2=nk/n16-k2:seed=2,p3=nk/n16-k6:seed=3,p4=nk/n16-k6:seed=4,"
                    "p5=nk/n10-k3-c4:seed=5,p6=nk/n10-k3-c4:seed=6";
  char optimisers[] = "random,evolution,local,ea10=evolution:population=10,sample=3";
  char *arguments[] = {joust, "run", "-q", "-p",  problems,  "-o",  optimisers,
                       "-n",  "200", "-r", seeds, "--store", store, NULL};
  run(arguments);
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *place) {
  (void)info, (void)type, (void)place;
  return remove(path);
}

int main(int argc, char **argv) {
  char folder[] = "/tmp/joust-bench-XXXXXX", *seeds[] = {"30", "300"};
  int repetitions = argc > 2 ? atoi(argv[2]) : 5;
  double cpu[2], *times = joust_alloc((size_t)(repetitions > 0 ? repetitions : 1), sizeof *times);
  if (argc < 2 || repetitions < 1) fail("usage: report JOUST [REPETITIONS]");
  if (!mkdtemp(folder)) fail("cannot make a folder");
  for (int size = 0; size < 2; size++) {
    char *store = joust_format("%s/%s.db", folder, seeds[size]), *report = joust_format("%s/%s", folder, seeds[size]);
    char *arguments[] = {argv[1], "report", store, "-o", report, "-q", NULL};
    double megabytes = 0;
    make_store(argv[1], store, seeds[size]);
    for (int i = 0; i < repetitions; i++) {
      struct cost cost = run(arguments);
      times[i] = cost.cpu_seconds;
      megabytes = cost.megabytes > megabytes ? cost.megabytes : megabytes;
    }
    cpu[size] = joust_median(times, (size_t)repetitions);
    printf("%3s seeds: %.2f s of CPU, %.0f MB\n", seeds[size], cpu[size], megabytes);
    free(store);
    free(report);
  }
  printf("10 times as many seeds take %.1f times as long\n", cpu[1] / cpu[0]);
  nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
  free(times);
  return 0;
}
