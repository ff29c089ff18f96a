/* Importing: files that look like the published ones but hold made-up numbers, whole and damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/draft.h"
#include "data/list.h"
#include "evaluator/table.h"
#include "import_fixture.h"

/* ---- made-up files ----------------------------------------------------------------------------------------------- */

enum { CELLS = 15625, MACROS = 6561, CHANNELS = 16384 };

static const char *const ops[] = {"none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3"};

/* Digit i (from the left) of n digits in a base. */
static int digit(int entry, int base, int n, int i) {
  for (int k = n - 1; k > i; k--) entry /= base;
  return entry % base;
}

static void add_key(struct joust_text *text, int entry, int base, int n, char first) {
  for (int i = 0; i < n; i++) joust_text_addf(text, "%c", first + digit(entry, base, n, i));
}

/* Cells in falling order of accuracy, two with each value; every second one is published a rank lower. */
static double test_accuracy(int entry) {
  return 90 - entry / 2 * 0.001;
}

static char *make_cells(double scale) {
  struct joust_text text = {0};
  for (int e = 0; e < CELLS; e++) {
    const char *op[6];
    for (int i = 0; i < 6; i++) op[i] = ops[digit(e, 5, 6, i)];
    joust_text_addf(&text,
                    "%s\"|%s~0|+|%s~0|%s~1|+|%s~0|%s~1|%s~2|\": {\"val_acc_200\": %d.5, \"test_acc_200\": %.17g, "
                    "\"rank\": %d}",
                    e ? ", " : "{", op[0], op[1], op[2], op[3], op[4], op[5], e % 97, test_accuracy(e) * scale, e + 1);
  }
  joust_text_add(&text, "}");
  return joust_text_take(&text);
}

static char *make_macro(void) {
  struct joust_text text = {0};
  for (int e = 0; e < MACROS; e++) {
    joust_text_add(&text, e ? ", \"" : "{\"");
    add_key(&text, e, 3, 8, '0');
    joust_text_addf(&text,
                    "\": {\"test_acc\": [%d, %d, %d], \"mean_acc\": %d, \"std\": 0.25, \"params\": %d, \"flops\": %d}",
                    e % 90, e % 90 + 1, e % 90 + 2, e % 90 + 1, 1000 + e, 55000000 + e);
  }
  joust_text_add(&text, "}");
  return joust_text_take(&text);
}

static char *make_channel(int flops) {
  struct joust_text text = {0};
  for (int e = 0; e < CHANNELS; e++) {
    joust_text_add(&text, e ? ", \"" : "{\"");
    add_key(&text, e, 4, 7, '1');
    joust_text_addf(&text, "\": {\"acc\": [50, 51, 52], \"std\": 0.5, \"flops\": %d, \"params\": %d, \"mean\": 51}",
                    flops, 1000 + e);
  }
  joust_text_add(&text, "}");
  return joust_text_take(&text);
}

static const char csv_head[] =
    "index,arch,c10_val12,c10_test12,c100_val12,c100_test12,in16_val12,in16_test12,c10_cost12_s,c10_val200,c10_test200,"
    "c10_rank200,c100_val200,c100_test200,c100_rank200,in16_val200,in16_test200,in16_rank200,c10_val200_seeds,"
    "c100_val200_seeds,in16_val200_seeds";

static char *make_csv(const char *end) {
  struct joust_text text = {0};
  joust_text_addf(&text, "%s%s", csv_head, end);
  for (int e = 0; e < CELLS; e++) {
    joust_text_addf(&text, "%d,", e);
    add_key(&text, e, 5, 6, '0');
    joust_text_addf(&text, ",60.5,61,30,31,20,21,%d.25,80,%.4f,%d,50,%.4f,%d,40,%.4f,%d,80.5;81.5%s,50;51;52,40;41%s",
                    e, test_accuracy(e), e + 1, test_accuracy(e), e + 1, test_accuracy(e), e + 1, e % 2 ? ";82.5" : "",
                    end);
  }
  return joust_text_take(&text);
}

/* A copy in which the first `what` is `by`. */
static char *change(const char *text, const char *what, const char *by) {
  const char *at = strstr(text, what);
  assert_non_null(at);
  return joust_format("%.*s%s%s", (int)(at - text), text, by, at + strlen(what));
}

/* ---- importing --------------------------------------------------------------------------------------------------- */

/* Imports a text and opens the table that comes of it. */
static void import_text(struct joust_table *table, const char *text, const char *name, uint64_t entries) {
  struct outcome outcome;
  struct joust_error error;
  const char *path = in_data_folder("any name");
  write_text(path, text);
  if (import(path, &outcome)) fail_msg("%s", outcome.message);
  assert_int_equal(outcome.imported, 1);
  assert_string_equal(outcome.table, name);
  assert_int_equal(outcome.entries, entries);
  assert_false(outcome.original);
  char *written = joust_table_path(name);
  assert_int_equal(joust_table_open(table, written, &error), 0);
  assert_int_equal(joust_table_verify(table, &error), 0);
  assert_non_null(strstr(table->source, "\"file\":\"any name\""));
  free(written);
}

/* A refused file is named with the reason, and leaves the table folder as it was. */
static void refuse_text(const char *text, const char *table, const char *reason) {
  struct outcome outcome;
  const char *path = in_data_folder("damaged");
  char *written = joust_table_path(table);
  unlink(written);
  write_text(path, text);
  assert_int_equal(import(path, &outcome), JOUST_BAD_INPUT);
  assert_int_equal(outcome.imported, 0);
  assert_int_equal(outcome.refused, 1);
  if (!strstr(outcome.message, reason) || !strstr(outcome.message, path))
    fail_msg("'%s' does not say '%s'", outcome.message, reason);
  assert_false(joust_file_exists(written));
  free(written);
}

static void refuse_change(const char *text, const char *what, const char *by, const char *table, const char *reason) {
  char *changed = change(text, what, by);
  refuse_text(changed, table, reason);
  free(changed);
}

/* ---- cells ------------------------------------------------------------------------------------------------------- */

static void reads_cells(void **state) {
  (void)state;
  static const struct {
    const char *table;
    double scale;
  } sets[] = {{"nasbench201-cifar10", 1}, {"nasbench201-cifar100", 0.7}, {"nasbench201-imagenet16-120", 0.4}};
  for (int s = 0; s < 3; s++) {
    struct joust_table table;
    char *text = make_cells(sets[s].scale);
    import_text(&table, text, sets[s].table, CELLS);
    assert_string_equal(table.dimensions[0].name, "op_0_1");
    assert_string_equal(table.dimensions[2].name, "op_1_2");
    assert_string_equal(table.dimensions[5].name, "op_2_3");
    for (int op = 0; op < 5; op++) assert_string_equal(table.dimensions[4].choices[op], ops[op]);
    for (int e = 0; e < CELLS; e++) {
      assert_true(value(&table, "val_acc_200", (uint64_t)e, 0) == e % 97 + 0.5);
      assert_true(value(&table, "test_acc_200", (uint64_t)e, 0) == test_accuracy(e) * sets[s].scale);
      assert_true(value(&table, "rank", (uint64_t)e, 0) == e / 2 * 2 + 1); /* the better of the two */
      assert_true(value(&table, "published_rank", (uint64_t)e, 0) == e + 1);
    }
    joust_table_close(&table);
    free(text);
  }
}

static void refuses_damaged_cells(void **state) {
  (void)state;
  const char *table = "nasbench201-cifar10", cell[] = "|none~0|+|none~0|none~1|+|none~0|none~1|skip_connect~2|";
  char *text = make_cells(1);
  refuse_change(text, cell, "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|", table, "stands here a second time");
  refuse_change(text, cell, "|none~0|+|none~0|none~1|+|none~0|none~1|conv~2|", table,
                "'|none~0|+|none~0|none~1|+|none~0"
                "|none~1|conv~2|' is no cell of NAS-Bench-201: expected |OP~0|");
  refuse_change(text, cell, "|none~0|+|none~0|none~1|+|none~0|none~1|skip_connect~2| ", table, "is no cell");
  refuse_change(text, "\"val_acc_200\": 1.5", "\"val_acc_200\": 943.1", table, ":1:");
  refuse_change(text, "\"val_acc_200\": 1.5", "\"val_acc_200\": 943.1", table, "expected 0 to 100");
  refuse_change(text, "\"val_acc_200\": 1.5", "\"val_acc_200\": \"1.5\"", table, "expected a number");
  refuse_change(text, "\"val_acc_200\": 1.5, ", "", table, "'val_acc_200' is missing");
  refuse_change(text, "\"rank\": 1}", "\"rank\": 15626}", table, "expected a whole number from 1 to 15625");
  refuse_change(text, "\"rank\": 3}", "\"rank\": 7}", table, "the ranks contradict the test accuracies");
  refuse_change(text, "\"rank\": 3}", "\"rank\": 3, \"more\": 1}", table, "has no 'more'");
  char *rest = joust_format("{%s", strstr(text, ", \"|") + 2); /* without the first cell */
  refuse_text(rest, table,
              "1 of the 15625 cells of NAS-Bench-201 are missing, the first is "
              "'|none~0|+|none~0|none~1|+|none~0|none~1|none~2|'");
  free(rest);
  text[strlen(text) / 2] = 0;
  refuse_text(text, table, "the JSON text ends too early");
  free(text);
  text = make_cells(0.1);
  refuse_text(text, table, "belongs to no dataset of NAS-Bench-201");
  free(text);
}

/* ---- networks ---------------------------------------------------------------------------------------------------- */

static void reads_networks(void **state) {
  (void)state;
  struct joust_table table;
  char *text = make_macro();
  import_text(&table, text, "nasbench-macro-cifar10", MACROS);
  free(text);
  assert_string_equal(table.dimensions[7].name, "layer8");
  assert_string_equal(table.dimensions[7].choices[2], "MB6_K5");
  uint64_t best = 0;
  for (uint64_t e = 0; e < MACROS; e++) {
    for (uint32_t k = 0; k < 3; k++) assert_true(value(&table, "acc", e, k) == (double)(e % 90 + k));
    assert_true(value(&table, "mean_acc", e, 0) == (double)(e % 90 + 1));
    assert_true(value(&table, "params", e, 0) == (double)(1000 + e));
    assert_true(value(&table, "flops", e, 0) == (double)(55000000 + e));
    best += value(&table, "rank", e, 0) == 1;
  }
  assert_int_equal(best, MACROS / 90); /* all with 89 share rank 1: entries 89, 179, ... */
  assert_true(value(&table, "rank", 88, 0) == (double)(best + 1));
  joust_table_close(&table);
  static const struct {
    const char *table, *last;
    int flops;
  } sets[] = {{"channel-bench-resnet", "512", 560000000}, {"channel-bench-mobilenet", "1024", 84000000}};
  for (int s = 0; s < 2; s++) {
    text = make_channel(sets[s].flops);
    import_text(&table, text, sets[s].table, CHANNELS);
    free(text);
    assert_string_equal(table.dimensions[6].name, "channels7");
    assert_string_equal(table.dimensions[6].choices[3], sets[s].last);
    assert_true(value(&table, "params", CHANNELS - 1, 0) == 1000 + CHANNELS - 1);
    joust_table_close(&table);
  }
}

static void refuses_damaged_networks(void **state) {
  (void)state;
  const char *table = "nasbench-macro-cifar10";
  char *text = make_macro();
  refuse_change(text, "\"00000001\"", "\"00000003\"", table, "expected 8 digits from 0 to 2");
  refuse_change(text, "\"00000001\"", "\"0000001\"", table, "'0000001' is no network");
  refuse_change(text, "\"00000001\"", "\"00000002\"", table, "stands here a second time");
  refuse_change(text, "[1, 2, 3]", "[1, 2]", table, "'test_acc' has 2 values: expected 3");
  refuse_change(text, "[1, 2, 3]", "[1, 2, 300]", table, "expected an accuracy from 0 to 100");
  refuse_change(text, "[1, 2, 3]", "[1, 2, 4]", table, "the mean of 'test_acc' is 2.33333, but the file gives 2");
  refuse_change(text, "\"params\": 1001", "\"params\": 1001.5", table, "expected a whole number");
  refuse_change(text, "\"std\": 0.25", "\"std\": -1", table, "'std' is -1: expected 0 to 100");
  char *rest = joust_format("{%s", strstr(text, "}, \"") + 3);
  char *without = joust_format("{%s", strstr(rest, "}, \"") + 3);
  refuse_text(without, table, "2 of the 6561 networks of NAS-Bench-Macro are missing, the first is '00000000'");
  free(without);
  free(rest);
  free(text);
  text = make_channel(1000);
  refuse_text(text, "channel-bench-resnet", "FLOPs on average are no table of Channel-Bench-Macro");
  free(text);
}

/* ---- CSV --------------------------------------------------------------------------------------------------------- */

static void reads_csv(void **state) {
  (void)state;
  static const char *const ends[] = {"\n", "\r\n"};
  for (int i = 0; i < 2; i++) {
    struct joust_table table;
    char *text = make_csv(ends[i]);
    import_text(&table, text, "nasbench201-12epochs", CELLS);
    free(text);
    for (uint64_t e = 0; e < CELLS; e += 7) {
      assert_true(value(&table, "cifar10_val_acc_12", e, 0) == 60.5);
      assert_true(value(&table, "imagenet_test_acc_12", e, 0) == 21);
      assert_true(value(&table, "seconds", e, 0) == (double)e + 0.25);
      assert_true(fabs(value(&table, "cifar100_test_acc_200", e, 0) - test_accuracy((int)e)) < 1e-4);
      assert_true(value(&table, "cifar10_rank", e, 0) == (double)(e / 2 * 2 + 1));
      assert_true(value(&table, "cifar10_val_acc_200_seeds", e, 1) == 81.5);
      double third = value(&table, "cifar10_val_acc_200_seeds", e, 2);
      assert_true(e % 2 ? third == 82.5 : isnan(third));
      assert_true(value(&table, "cifar100_val_acc_200_seeds", e, 2) == 52);
    }
    joust_table_close(&table);
  }
}

static void refuses_damaged_csv(void **state) {
  (void)state;
  const char *table = "nasbench201-12epochs";
  char *text = make_csv("\n");
  refuse_change(text, "c10_test12", "c10_test", table, ":1: field 4 is 'c10_test': expected 'c10_test12'");
  refuse_change(text, "1,000001,60.5", "1,000001", table, ":3: 20 fields: expected 21");
  refuse_change(text, ",000001,", ",000005,", table, ":3: arch is '000005': expected 6 digits from 0 to 4");
  refuse_change(text, ",000001,", ",000000,", table, ":3: the cell 000000 stands here a second time");
  refuse_change(text, "000001,60.5", "000001,-60.5", table,
                ":3: c10_val12 is '-60.5': expected a number from 0 to 100");
  refuse_change(text, "000001,60.5", "000001,nan", table, "c10_val12 is 'nan'");
  refuse_change(text, "80.5;81.5", "80.5;81.5;82;83", table, ":2: c10_val200_seeds has more than 3 values");
  refuse_change(text, "80.5;81.5", "80.5;", table, ":2: c10_val200_seeds is ''");
  refuse_change(text, ",90.0000,1,", ",90.0000,9,", table, "c10_rank200 contradicts c10_test200");
  refuse_change(text, ",90.0000,1,", ",90.0000,1.5,", table, "c10_rank200 is 1.5: expected a whole number");
  char *last = strstr(text, "15624,444444");
  assert_non_null(last);
  *last = 0;
  refuse_text(text, table, "1 of the 15625 cells of NAS-Bench-201 (CSV) are missing, the first is 444444");
  free(text);
}

/* ---- files and folders ------------------------------------------------------------------------------------------- */

static void imports_folders(void **state) {
  (void)state;
  struct outcome outcome;
  struct joust_error error;
  char *cells = make_cells(1), *macro = make_macro(), *damaged = change(macro, "00000001", "99999999");
  assert_int_equal(joust_folder_make(in_data_folder("in/below"), &error), 0);
  write_text(in_data_folder("in/notes.txt"), "{\"no\": \"table\"}");
  assert_int_equal(import(in_data_folder("in"), &outcome), JOUST_BAD_INPUT);
  assert_non_null(strstr(outcome.message, "has no file of a known format"));
  write_text(in_data_folder("in/b"), cells);
  write_text(in_data_folder("in/below/c"), macro);
  assert_int_equal(symlink("..", in_data_folder("in/below/circle")), 0);
  assert_int_equal(import(in_data_folder("in"), &outcome), 0);
  assert_int_equal(outcome.imported, 2);
  assert_int_equal(outcome.refused, 0);
  write_text(in_data_folder("in/a"), damaged); /* does not keep the others back */
  assert_int_equal(import(in_data_folder("in"), &outcome), JOUST_BAD_INPUT);
  assert_int_equal(outcome.imported, 2);
  assert_int_equal(outcome.refused, 1);
  assert_int_equal(import(in_data_folder("nowhere"), &outcome), JOUST_MISSING);
  assert_int_equal(outcome.refused, 1);
  assert_int_equal(import(in_data_folder("in/notes.txt"), &outcome), JOUST_BAD_INPUT);
  assert_non_null(strstr(outcome.message,
                         "Channel-Bench-Macro, NAS-Bench-201 (CSV) or a CSV file with columns x:NAME and metric:NAME"));
  free(cells);
  free(macro);
  free(damaged);
}

static void a_refused_file_leaves_the_old_table(void **state) {
  (void)state;
  struct outcome outcome;
  struct joust_table table;
  char *macro = make_macro(), *damaged = change(macro, "00000001", "99999999");
  import_text(&table, macro, "nasbench-macro-cifar10", MACROS);
  joust_table_close(&table);
  write_text(in_data_folder("damaged"), damaged);
  assert_int_equal(import(in_data_folder("damaged"), &outcome), JOUST_BAD_INPUT);
  import_text(&table, macro, "nasbench-macro-cifar10", MACROS);
  joust_table_close(&table);
  free(macro);
  free(damaged);
}

static void lists_tables(void **state) {
  (void)state;
  struct joust_data_item *items;
  struct joust_error error;
  struct joust_table table;
  size_t n, there = 0, absent = 0, damaged = 0;
  char *macro = make_macro();
  assert_int_equal(remove_data_folder(state), 0);
  assert_int_equal(joust_data_list(&items, &n, &error), 0); /* no folder at all */
  assert_int_equal(n, joust_n_sources);
  joust_data_list_free(items, n);
  assert_int_equal(joust_folder_make(data_folder, &error), 0);
  import_text(&table, macro, "nasbench-macro-cifar10", MACROS);
  joust_table_close(&table);
  write_text(in_data_folder("tables/mine.table"), "no table");
  write_text(in_data_folder("tables/mine.table.x"), "left over");
  assert_int_equal(joust_data_list(&items, &n, &error), 0);
  assert_int_equal(n, joust_n_sources + 1);
  for (size_t i = 0; i < n; i++) {
    there += items[i].code == 0;
    absent += items[i].code == JOUST_MISSING;
    damaged += items[i].code == JOUST_BAD_INPUT;
  }
  assert_int_equal(there, 1);
  assert_int_equal(absent, joust_n_sources - 1);
  assert_int_equal(damaged, 1);
  assert_string_equal(items[n - 1].name, "mine");
  assert_null(items[n - 1].source);
  char *command = joust_source_command(joust_source_of_table("channel-bench-resnet"));
  assert_string_equal(command, "joust data fetch channel-bench");
  free(command);
  joust_data_list_free(items, n);
  free(macro);
}

static void ranks(void **state) {
  (void)state;
  const double values[] = {5, 7, 5, 9, 5, 1}, right[] = {3, 2, 5, 1, 4, 6}, wrong[] = {3, 2, 5, 1, 6, 4},
               twice[] = {3, 2, 3, 1, 4, 6};
  const double expected[] = {3, 2, 3, 1, 3, 6};
  double found[6];
  uint64_t where = 99;
  assert_true(joust_draft_rank(found, values, NULL, 6, NULL));
  assert_memory_equal(found, expected, sizeof found);
  assert_true(joust_draft_rank(found, values, right, 6, &where));
  assert_memory_equal(found, expected, sizeof found);
  assert_false(joust_draft_rank(found, values, wrong, 6, &where));
  assert_int_equal(where, 4); /* has 6, but with its two equals it has one of 3, 4 and 5 */
  assert_true(found[where] == 3);
  assert_false(joust_draft_rank(found, values, twice, 6, &where));
  assert_int_equal(where, 2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(reads_cells),     cmocka_unit_test(refuses_damaged_cells),
      cmocka_unit_test(reads_networks),  cmocka_unit_test(refuses_damaged_networks),
      cmocka_unit_test(reads_csv),       cmocka_unit_test(refuses_damaged_csv),
      cmocka_unit_test(imports_folders), cmocka_unit_test(a_refused_file_leaves_the_old_table),
      cmocka_unit_test(lists_tables),    cmocka_unit_test(ranks),
  };
  return cmocka_run_group_tests_name("data_import", tests, make_data_folder, remove_data_folder);
}
