/* Tables for papers, byte for byte: what is best, what is not significantly worse, what is published. */
#include "report_fixture.h"

#include "base/file.h"
#include "report/table_parts.h"
#include "report/tables.h"

/* Eight replicates on one problem, minimised: `a_1` is best throughout (p = 2 / 2^8 each, twice that by Holm) but for
 * `b`, which is a little better in half of them; `played` gave points of a paper; `broken` fails in one. */
static void put_runs(struct joust_store *store, const struct store_ids *ids, int64_t problem) {
  int64_t a = put_optimiser(store, "a_1"), b = put_optimiser(store, "b & c"), c = put_optimiser(store, "c"),
          played = put_optimiser(store, "played");
  for (uint32_t r = 1; r <= 8; r++) {
    double x[] = {9, 1 + r / 8.0}, y[] = {9, 1.25 + r / 8.0 + (r % 2 ? -0.5 : 0.25)}, z[] = {9, 5 + r / 8.0};
    put_made_run(
        store, ids,
        &(struct made_run){.problem = problem, .optimiser = a, .replicate = r, .budget = 2, .n = 2, .values = x});
    put_made_run(
        store, ids,
        &(struct made_run){.problem = problem, .optimiser = b, .replicate = r, .budget = 2, .n = 2, .values = y});
    put_made_run(store, ids,
                 &(struct made_run){.problem = problem,
                                    .optimiser = c,
                                    .replicate = r,
                                    .budget = 2,
                                    .n = r == 8 ? 0 : 2,
                                    .values = z,
                                    .state = r == 8 ? JOUST_RUN_BROKEN : JOUST_RUN_COMPLETE,
                                    .reason = "fell"});
    if (r == 1)
      put_made_run(store, ids,
                   &(struct made_run){.problem = problem,
                                      .optimiser = played,
                                      .replicate = r,
                                      .budget = 2,
                                      .n = 2,
                                      .values = z,
                                      .counters = "{\"published\": \"a paper, 2023\"}"});
  }
}

static struct joust_store *two_problems(void) {
  struct joust_store *store = open_store(JOUST_STORE_WRITE);
  struct store_ids ids;
  put_ids(store, &ids);
  assert_ok(joust_store_put_sweep(
      store, "s",
      "{\"published\": [{\"label\": \"GENIUS\", \"problem\": \"p%1\", \"metric\": \"score\", \"mean\": 0.5, \"sd\": "
      "0.25,"
      " \"source\": \"arXiv 2304.10970\"}, {\"label\": \"other\", \"problem\": \"elsewhere\", \"metric\": \"score\","
      " \"mean\": 7, \"source\": \"x\"}]}",
      &ids.sweep, &store_error));
  put_runs(store, &ids, put_problem(store, "p%1", "minimise", "0", false));
  put_runs(store, &ids, put_problem(store, "q", "minimise", "null", false));
  return store;
}

static char *text_of(const struct joust_table *table, void (*form)(struct joust_text *, const struct joust_table *)) {
  struct joust_text out = {0};
  form(&out, table);
  return joust_text_take(&out);
}

static void a_contest_in_three_forms(void **state) {
  (void)state;
  struct joust_analysis analysis;
  struct joust_table table;
  analyse(&analysis, two_problems(), &(struct joust_analysis_options){0});
  joust_table_of_contest(&table, &analysis, 0);
  table.name = joust_copy("p-1");
  char *markdown = text_of(&table, joust_table_markdown), *latex = text_of(&table, joust_table_latex),
       *csv = text_of(&table, joust_table_csv);
  assert_string_equal(
      markdown, "**p%1.** Mean ± standard deviation over 1 to 8 complete runs; 1 of 8 runs of c failed (its means are "
                "of the others, and never bold). Bold: the best mean of "
                "the runs; underlined: not significantly worse than it (signed-rank test over replicates, Holm, level "
                "0.05, where enough replicates are shared), which is no proof of being as good. Marked †, not found by "
                "an optimiser that ran here: points published in a paper, 2023, evaluated here; arXiv 2304.10970.\n"
                "\n"
                "| optimiser | score | seconds (s) | test |\n"
                "|---|---:|---:|---:|\n"
                "| *end (2 trials)* | | | |\n"
                "| a\\_1 | **1.5625** ± 0.3062 | 2.0000 ± 0.0000 | 1001.5625 ± 0.3062 |\n"
                "| b & c | <u>1.6875</u> ± 0.5550 | 2.0000 ± 0.0000 | 1001.6875 ± 0.5550 |\n"
                "| played † | 5.1250 | 2.0000 | 1005.1250 |\n"
                "| c | 5.5000 ± 0.2700 | 2.0000 ± 0.0000 | 1005.5000 ± 0.2700 |\n"
                "| *published* | | | |\n"
                "| GENIUS † | 0.5000 ± 0.2500 | – | – |\n");
  assert_string_equal(
      latex,
      "% \\usepackage{booktabs}, text in UTF-8\n"
      "\\begin{table}\n"
      "  \\centering\n"
      "  \\caption{p\\%1. Mean $\\pm$ standard deviation over 1 to 8 complete runs; 1 of 8 runs of c failed (its means "
      "are of the others, and never bold). Bold: the best mean "
      "of the runs; underlined: not significantly worse than it (signed-rank test over replicates, Holm, level 0.05, "
      "where enough replicates are shared), which is no proof of being as good. Marked $\\dagger$, not found by an "
      "optimiser that ran here: points published in a paper, 2023, evaluated here; arXiv 2304.10970.}\n"
      "  \\label{tab:p-1}\n"
      "  \\begin{tabular}{lrrr}\n"
      "    \\toprule\n"
      "    optimiser & score & seconds (s) & test \\\\\n"
      "    \\midrule\n"
      "    \\multicolumn{4}{l}{\\emph{end (2 trials)}} \\\\\n"
      "    a\\_1 & \\textbf{1.5625} $\\pm$ 0.3062 & 2.0000 $\\pm$ 0.0000 & 1001.5625 $\\pm$ 0.3062 \\\\\n"
      "    b \\& c & \\underline{1.6875} $\\pm$ 0.5550 & 2.0000 $\\pm$ 0.0000 & 1001.6875 $\\pm$ 0.5550 \\\\\n"
      "    played$^\\dagger$ & 5.1250 & 2.0000 & 1005.1250 \\\\\n"
      "    c & 5.5000 $\\pm$ 0.2700 & 2.0000 $\\pm$ 0.0000 & 1005.5000 $\\pm$ 0.2700 \\\\\n"
      "    \\midrule\n"
      "    \\multicolumn{4}{l}{\\emph{published}} \\\\\n"
      "    GENIUS$^\\dagger$ & 0.5000 $\\pm$ 0.2500 & -- & -- \\\\\n"
      "    \\bottomrule\n"
      "  \\end{tabular}\n"
      "\\end{table}\n");
  assert_string_equal(
      csv, "optimiser,at,column,mean,sd,n,best,not_worse,source\n"
           "a_1,end (2 trials),score,1.5625,0.30618621784789724,8,1,1,\n"
           "a_1,end (2 trials),seconds,2,0,8,0,0,\n"
           "a_1,end (2 trials),test,1001.5625,0.30618621784789724,8,0,0,\n"
           "b & c,end (2 trials),score,1.6875,0.5550096524257162,8,0,1,\n"
           "b & c,end (2 trials),seconds,2,0,8,0,0,\n"
           "b & c,end (2 trials),test,1001.6875,0.5550096524257162,8,0,0,\n"
           "played,end (2 trials),score,5.125,,1,0,0,\"points published in a paper, 2023, evaluated here\"\n"
           "played,end (2 trials),seconds,2,,1,0,0,\"points published in a paper, 2023, evaluated here\"\n"
           "played,end (2 trials),test,1005.125,,1,0,0,\"points published in a paper, 2023, evaluated here\"\n"
           "c,end (2 trials),score,5.5,0.27003086243366087,7,0,0,\n"
           "c,end (2 trials),seconds,2,0,7,0,0,\n"
           "c,end (2 trials),test,1005.5,0.27003086243366087,7,0,0,\n"
           "GENIUS,published,score,0.5,0.25,0,0,0,arXiv 2304.10970\n");
  free(markdown);
  free(latex);
  free(csv);
  joust_table_free(&table);
  joust_analysis_free(&analysis);
}

static void over_all_problems(void **state) {
  (void)state;
  struct joust_analysis analysis;
  struct joust_table table;
  analyse(&analysis, two_problems(), &(struct joust_analysis_options){0});
  joust_table_of_all(&table, &analysis);
  char *markdown = text_of(&table, joust_table_markdown);
  assert_string_equal(
      markdown, "**all problems.** Objective of the incumbent at the end of the budget, mean ± standard deviation over "
                "the complete runs; mean rank over 2 problems by the mean, failed runs counting as the worst; 2 of 16 "
                "runs of c failed (its means are of the others, and never bold). Bold: the best mean of the runs; "
                "underlined: not significantly worse than it (signed-rank test over replicates, Holm, level 0.05, "
                "where enough replicates are shared), which is no proof of being as good. Marked †, not found by an "
                "optimiser that ran here: points published in a paper, 2023, evaluated here; arXiv 2304.10970.\n"
                "\n"
                "| optimiser | p%1 | q | mean rank |\n"
                "|---|---:|---:|---:|\n"
                "| a\\_1 | **1.5625** ± 0.3062 | **1.5625** ± 0.3062 | **1.00** |\n"
                "| b & c | <u>1.6875</u> ± 0.5550 | <u>1.6875</u> ± 0.5550 | 2.00 |\n"
                "| played † | 5.1250 | 5.1250 | 3.00 |\n"
                "| c | 5.5000 ± 0.2700 | 5.5000 ± 0.2700 | 4.00 |\n"
                "| ea | – | – | – |\n"
                "| *published* | | | |\n"
                "| GENIUS † | 0.5000 ± 0.2500 | – | – |\n");
  free(markdown);
  joust_table_free(&table);
  joust_analysis_free(&analysis);
}

/* The mean of the runs that are left is the lowest there is, and not the best. */
static void survivors_are_not_the_best(void **state) {
  (void)state;
  struct joust_analysis analysis;
  struct joust_table table;
  struct joust_store *store = open_store(JOUST_STORE_WRITE);
  struct store_ids ids;
  put_ids(store, &ids);
  int64_t problem = put_problem(store, "p", "minimise", "0", false), a = put_optimiser(store, "a"),
          b = put_optimiser(store, "b");
  const double low[] = {1}, high[] = {2}, none[] = {NAN};
  for (uint32_t r = 1; r <= 8; r++) {
    put_made_run(
        store, &ids,
        &(struct made_run){
            .problem = problem, .optimiser = a, .replicate = r, .budget = 1, .n = 1, .values = r == 3 ? none : low});
    put_made_run(
        store, &ids,
        &(struct made_run){.problem = problem, .optimiser = b, .replicate = r, .budget = 1, .n = 1, .values = high});
  }
  analyse(&analysis, store, &(struct joust_analysis_options){0});
  joust_table_of_contest(&table, &analysis, 0);
  table.name = joust_copy("p");
  char *markdown = text_of(&table, joust_table_markdown);
  assert_non_null(strstr(markdown, "1 of 8 runs of a failed"));
  assert_non_null(strstr(markdown, "| a | <u>1.0000</u> ± 0.0000 |"));
  assert_non_null(strstr(markdown, "| b | **2.0000** ± 0.0000 |"));
  free(markdown);
  joust_table_free(&table);
  joust_analysis_free(&analysis);
}

/* What means something to LaTeX or Markdown stands for itself. */
static void labels_are_escaped(void **state) {
  (void)state;
  struct joust_table_column column = {(char *)"$x^2$ {#} <a>|b", (char *)"k", 1, 1};
  struct joust_table_cell cell = {.mean = 1.25, .sd = NAN, .n = 1};
  struct joust_table_row row = {.label = (char *)"~\\\"*_`[1]", .at = (char *)"end", .cells = &cell};
  struct joust_table table = {.name = (char *)"n",
                              .title = (char *)"t",
                              .note = (char *)"50 % ± †",
                              .columns = &column,
                              .rows = &row,
                              .n_columns = 1,
                              .n_rows = 1};
  char *latex = text_of(&table, joust_table_latex), *markdown = text_of(&table, joust_table_markdown),
       *csv = text_of(&table, joust_table_csv);
  assert_non_null(strstr(latex, "{t. 50 \\% $\\pm$ $\\dagger$}"));
  assert_non_null(strstr(
      latex, "optimiser & \\$x\\textasciicircum{}2\\$ \\{\\#\\} \\textless{}a\\textgreater{}\\textbar{}b \\\\\n"));
  assert_non_null(strstr(latex, "    \\textasciitilde{}\\textbackslash{}\"*\\_`[1] & 1.2 \\\\\n"));
  assert_non_null(strstr(markdown, "| ~\\\\\"\\*\\_\\`\\[1\\] | 1.2 |\n"));
  assert_non_null(strstr(markdown, "| optimiser | $x^2$ {#} \\<a\\>\\|b |\n"));
  assert_non_null(strstr(csv, "\"~\\\"\"*_`[1]\",end,k,1.25,,1,0,0,\n"));
  free(latex);
  free(markdown);
  free(csv);
}

static void files_of_all_tables(void **state) {
  (void)state;
  struct joust_analysis analysis;
  struct joust_tables tables;
  analyse(&analysis, two_problems(), &(struct joust_analysis_options){0});
  char *folder = joust_path_join(store_folder, "tables"), *path = joust_path_join(folder, "p-1.csv");
  assert_ok(joust_tables_write(&tables, &analysis, folder, &store_error));
  assert_int_equal(tables.n, 3);
  assert_string_equal(tables.items[0].name, "summary");
  assert_string_equal(tables.items[1].name, "p-1");
  assert_string_equal(tables.items[2].title, "q");
  assert_true(joust_file_exists(path));
  joust_tables_free(&tables);
  assert_error(joust_tables_write(&tables, &analysis, "/dev/null/tables", &store_error), JOUST_SYSTEM, "/dev/null");
  assert_int_equal(tables.n, 0);
  free(folder);
  free(path);
  joust_analysis_free(&analysis);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_store_folder, remove_store_folder)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_contest_in_three_forms),       TEST(over_all_problems),   TEST(survivors_are_not_the_best),
      cmocka_unit_test(labels_are_escaped), TEST(files_of_all_tables),
  };
  return cmocka_run_group_tests_name("report: tables", tests, NULL, NULL);
}
