/* The page of a store that has everything: counters of a language model, marks, proposals played back, reference
 * points, figures of a paper, failures, and texts that would be tags if they were let. */
#include "base/file.h"
#include "report/html.h"
#include "report_fixture.h"

static const char definition[] =
    "{\"title\": \"Cells <i>of</i> networks\", \"direction\": \"maximise\", \"objective\": 0, \"cost\": 1, \"best\": "
    "10,"
    " \"best_source\": \"a table & more\", \"points\": 6,"
    " \"parameters\": [{\"name\": \"x\", \"kind\": \"integer\", \"lower\": 0, \"upper\": 5}],"
    " \"metrics\": [{\"name\": \"score\", \"decimals\": 2}, {\"name\": \"seconds\", \"unit\": \"s\"}, {\"name\": "
    "\"test\","
    " \"decimals\": 1}], \"references\": [{\"name\": \"by hand\", \"value\": 9.25, \"description\": \"made by "
    "experts\"}]}";

static const char sweep[] =
    "{\"published\": [{\"label\": \"GENIUS\", \"problem\": \"cells\", \"metric\": \"score\", \"mean\": 9.5, \"sd\": "
    "0.12,"
    " \"source\": \"arXiv 2304.10970, table 2\"}, {\"label\": \"REA\", \"problem\": \"cells\", \"metric\": \"test\","
    " \"mean\": 1008.3, \"source\": \"arXiv 2304.10970, table 2\"}]}";

static void fill(struct joust_store *store) {
  struct store_ids ids;
  put_ids(store, &ids);
  struct joust_store_problem problem = {"cells", "cells", "f1", definition};
  assert_ok(joust_store_put_sweep(store, "a <b>sweep</b>", sweep, &ids.sweep, &store_error));
  struct joust_store_session session = {
      .sweep = ids.sweep,
      .provenance = "{\"joust\": \"0.1\", \"host\": \"h<1>\", \"started\": \"2026-01-01T00:00:00Z\"}",
      .shard = 1,
      .shards = 1};
  assert_ok(joust_store_start_session(store, &session, NULL, 0, &ids.session, &store_error));
  struct made_run run = {.budget = 4, .n = 4};
  assert_ok(joust_store_put_problem(store, &problem, &run.problem, &store_error));
  const double good[4] = {8, 9, NAN, 9.5}, poor[4] = {4, NAN, 5, 6};
  int64_t llm = put_optimiser(store, "llm"), playback = put_optimiser(store, "playback"),
          random = put_optimiser(store, "random");
  for (run.replicate = 1; run.replicate <= 3; run.replicate++) {
    run.optimiser = llm;
    run.values = good;
    run.counters = run.replicate < 3 ? "{\"calls\":10,\"money\":0.25,\"model\":\"m<1>\",\"prompt_hash\":\"abc\"}"
                                     : "{\"calls\":13,\"money\":0.5,\"model\":\"m2\",\"prompt_hash\":\"abc\"}";
    run.marks = "fallback";
    put_made_run(store, &ids, &run);
    run.counters = run.marks = NULL;
    run.optimiser = playback;
    run.counters = "{\"published\":\"arXiv 2304.10970\"}";
    put_made_run(store, &ids, &run);
    run.optimiser = random;
    run.counters = NULL;
    run.values = poor;
    put_made_run(store, &ids, &run);
  }
  run.replicate = 4;
  run.state = JOUST_RUN_BROKEN;
  run.reason = "the plugin said </script><script>alert(1)";
  put_made_run(store, &ids, &run);
}

/* Writes the page without figures and panel, and reads it. */
static char *make_page(void) {
  struct joust_analysis analysis;
  struct joust_sentences sentences;
  bool has_panel = true;
  char *page, *path = joust_format("%s/index.html", store_folder);
  size_t length;
  struct joust_store *store = open_store(JOUST_STORE_WRITE);
  fill(store);
  analyse(&analysis, store, &(struct joust_analysis_options){.replicates = 100});
  joust_sentences_make(&sentences, &analysis);
  struct joust_html html = {
      .analysis = &analysis, .sentences = &sentences, .folder = store_folder, .scripts = store_folder};
  assert_ok(joust_html_write(&html, &has_panel, &store_error));
  assert_false(has_panel);
  joust_sentences_free(&sentences);
  joust_analysis_free(&analysis);
  assert_ok(joust_file_read(&page, &length, path, &store_error));
  assert_int_equal(strlen(page), length);
  free(path);
  return page;
}

static void assert_has(const char *page, const char *words) {
  if (!strstr(page, words)) fail_msg("the page lacks \"%s\"", words);
}

static void assert_lacks(const char *page, const char *words) {
  if (strstr(page, words)) fail_msg("the page has \"%s\"", words);
}

static void test_everything(void **state) {
  (void)state;
  char *page = make_page();
  assert_has(page, "<title>joust report: a &lt;b&gt;sweep&lt;/b&gt;");
  assert_has(
      page, "Cells &lt;i&gt;of&lt;/i&gt; networks. Maximise score; 4 trials a run, 4 seeds. Best known: 10.00 (a table "
            "&amp; more).");
  /* counters: means of numbers, the different texts */
  assert_has(page, "What llm counted, mean of a run");
  assert_has(page, "data-v=\"11\">11<");
  assert_has(page, ">0.3333<");
  assert_has(page, "m&lt;1&gt;, m2");
  assert_has(page, "<td>abc</td>");
  assert_has(page, "First proposal");
  /* marks, proposals played back, failures */
  assert_has(page, "9 trials of 12 by llm are marked &#39;fallback&#39;");
  assert_has(page, "playback plays back published proposals");
  assert_has(page, "playback <small>published proposals</small>");
  assert_has(page, "the plugin said &lt;/script&gt;&lt;script&gt;alert(1)");
  assert_has(page, "it broke");
  assert_has(page, "3 of 4");
  assert_has(page, "2 runs are missing");
  /* figures of papers, reference points */
  assert_has(page, "GENIUS <small title=\"arXiv 2304.10970, table 2\">published</small>");
  assert_has(page, "9.50 ± 0.12");
  assert_has(page, "REA <small");
  assert_has(page, "1008.3");
  assert_has(page, "are not runs of this store but figures of papers: arXiv 2304.10970, table 2.</p>");
  assert_has(page, "by hand <small title=\"made by experts\">reference</small>");
  /* provenance */
  assert_has(page, "h&lt;1&gt;");
  assert_has(page, "2026-01-01T00:00:00Z (10 runs)");
  assert_has(page, "Figures are left out: they are drawn by gnuplot");
  assert_has(page, "The interactive panel is left out");
  assert_lacks(page, "<script>alert");
  assert_lacks(page, "<i>of");
  assert_lacks(page, ">nan");
  assert_lacks(page, " nan");
  free(page);
}

static void test_a_folder_that_is_not_there(void **state) {
  struct joust_analysis analysis = {0};
  struct joust_sentences sentences;
  bool has_panel;
  (void)state;
  joust_sentences_make(&sentences, &analysis);
  struct joust_html html = {
      .analysis = &analysis, .sentences = &sentences, .folder = "/no/such/folder", .scripts = "/"};
  assert_error(joust_html_write(&html, &has_panel, &store_error), JOUST_SYSTEM, "/no/such/folder/index.html");
  joust_sentences_free(&sentences);
}

#define store_test(test) cmocka_unit_test_setup_teardown(test, make_store_folder, remove_store_folder)

int main(void) {
  const struct CMUnitTest tests[] = {store_test(test_everything), cmocka_unit_test(test_a_folder_that_is_not_there)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
