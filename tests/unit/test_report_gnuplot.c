/* What goes to gnuplot and what comes from it: quoting, its absence and its failures, SVG and PDF made ready. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "report/figure_parts.h"

static char folder[40];

static int make_folder(void **state) {
  (void)state;
  strcpy(folder, "/tmp/joust-gnuplot-XXXXXX");
  return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state) {
  (void)state;
  char *path = joust_path_join(folder, "gnuplot");
  unlink(path);
  free(path);
  return rmdir(folder);
}

static void texts_reach_gnuplot_as_they_are(void **state) {
  (void)state;
  static const struct {
    const char *text, *quoted;
  } rows[] = {
      {"", "''"},
      {"a_b^{2} @ & ~ \\n %d \"x\" `date` $y", "'a_b^{2} @ & ~ \\n %d \"x\" `date` $y'"}, /* nothing to interpret */
      {"it's", "'it''s'"},
      {"'; system('rm') #", "'''; system(''rm'') #'"},
      {"two\nlines\ttab\x7f", "'two lines tab '"},
      {"ünïcödé 架 🎲", "'ünïcödé 架 🎲'"},
      {"bad \xff\xc3", "'bad ?\?'"},
      {"cut \xe6\x9e", "'cut ?\?'"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct joust_text out = {0};
    joust_plot_quote(&out, rows[i].text);
    assert_string_equal(joust_text_string(&out), rows[i].quoted);
    joust_text_free(&out);
  }
}

/* A gnuplot of our own in an otherwise empty PATH. */
static int run_with(const char *script, struct joust_error *error) {
  char *path = joust_path_join(folder, "gnuplot"), *old = joust_copy(getenv("PATH"));
  if (script) {
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fprintf(out, "#!/bin/sh\n%s\n", script);
    fclose(out);
    assert_int_equal(chmod(path, 0755), 0);
  }
  setenv("PATH", folder, 1);
  int code = joust_gnuplot_run(folder, "all.gp", error);
  setenv("PATH", old, 1);
  free(old);
  free(path);
  return code;
}

static void gnuplot_is_not_there(void **state) {
  (void)state;
  struct joust_error error;
  assert_int_equal(run_with(NULL, &error), JOUST_MISSING);
  assert_non_null(strstr(error.message, "apt install gnuplot-nox"));
}

static void gnuplot_fails(void **state) {
  (void)state;
  struct joust_error error;
  assert_int_equal(run_with("echo; echo '\"x.gp\" line 3: wrong' >&2; echo more >&2; exit 1", &error), JOUST_SYSTEM);
  assert_string_equal(error.message, "gnuplot failed: \"x.gp\" line 3: wrong");
  assert_int_equal(run_with("kill -9 $$", &error), JOUST_SYSTEM);
  assert_non_null(strstr(error.message, "signal 9"));
}

static void gnuplot_is_called_as_it_should_be(void **state) {
  (void)state;
  struct joust_error error;
  setenv("GNUTERM", "x11", 1);
  char *script =
      joust_format("[ \"$1 $2\" = '--default-settings all.gp' ] && [ \"$PWD\" = %s ] && [ -z \"$GNUTERM\" ]", folder);
  assert_int_equal(run_with(script, &error), 0);
  free(script);
  unsetenv("GNUTERM");
}

static const char svg[] =
    "<?xml version=\"1.0\" encoding=\"utf-8\"  standalone=\"no\"?>\n<svg \n width=\"680\" height=\"380\">\n\n"
    "<title>Gnuplot</title>\n<desc>Produced by GNUPLOT 5.4 patchlevel 4 </desc>\n\n<g id=\"gnuplot_canvas\">\n\n"
    "<defs>\n\n"
    "\t<circle id='gpDot' r='0.5' stroke-width='0.5' stroke='currentColor'/>\n"
    "\t<circle id='gpPt5' stroke-width='0.222' stroke='currentColor' cx='0' cy='0' r='1'/>\n"
    "\t<use xlink:href='#gpPt5' id='gpPt6' fill='currentColor' stroke='none'/>\n"
    "\t<filter id='textbox'>\n\t</filter>\n"
    "</defs>\n"
    "<g fill=\"none\" color=\"black\" stroke=\"currentColor\">\n</g>\n"
    "<g fill=\"none\" color=\"black\" stroke=\"currentColor\">\n"
    "\t<path stroke='rgb(  0,   0,   0)'  d='M1,2.50 L30.00,4.07'/>\t<g fill=\"rgb(0,0,0)\" "
    "font-family=\"sans-serif:Bold\">\n"
    "\t\t<text>a &lt; b 0.50 black</text>\n\t</g>\n"
    "\t<g id=\"gnuplot_plot_1\" ><title>bo</title>\n<use xlink:href='#gpPt6' color='rgb( 89, 151, 207)'/>\n</g>\n"
    "</g>\n</g>\n</svg>\n";

static void an_svg_stands_in_a_page(void **state) {
  (void)state;
  struct joust_figure figure = {
      .name = (char *)"rank", .title = (char *)"A & B", .desc = (char *)"x < y", .width = 680, .height = 380};
  char *text = joust_svg_finish(svg, &figure, false);
  assert_string_equal(text, "<svg xmlns=\"http://www.w3.org/2000/svg\" id=\"rank\" role=\"img\" width=\"680\" "
                            "height=\"380\" viewBox=\"0 0 680 380\" font-family=\"sans-serif\" "
                            "aria-labelledby=\"rank-title rank-desc\">\n<title id=\"rank-title\">A &amp; "
                            "B</title>\n<desc id=\"rank-desc\">x &lt; y</desc>\n"
                            "<defs>\n"
                            "<circle id='rank-Pt5' stroke-width='0.222' stroke='currentColor' cx='0' cy='0' r='1'/>\n"
                            "<use href='#rank-Pt5' id='rank-Pt6' fill='currentColor' stroke='none'/>\n"
                            "</defs>\n<g>\n"
                            "<g fill=\"none\" stroke=\"currentColor\">\n"
                            "<path stroke='currentColor' d='M1,2.5 L30,4.07'/><g fill=\"currentColor\" "
                            "font-weight=\"bold\">\n"
                            "<text>a &lt; b 0.50 black</text>\n</g>\n"
                            "<g>\n<use href='#rank-Pt6' color='#5997cf'/>\n"
                            "</g>\n</g>\n</g>\n</svg>\n");
  free(text);
  text = joust_svg_finish(svg, &figure, true);
  assert_non_null(
      strstr(text, "</defs>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n<g color=\"#000000\">\n"));
  free(text);
  assert_null(joust_svg_finish("<svg></svg>", &figure, false));
}

static void a_pdf_loses_its_clock(void **state) {
  (void)state;
  char pdf[] = "%PDF-1.5\n/Producer (cairo)\n   /CreationDate (D:20261127023915Z)\n>>\n/CreationDate (D:2026)";
  joust_pdf_finish(pdf, sizeof pdf - 1);
  assert_string_equal(pdf,
                      "%PDF-1.5\n/Producer (cairo)\n   /CreationDate (D:20000101000000Z)\n>>\n/CreationDate (D:2026)");
  char other[] = "/CreationDate (D:20261127023915+02'00)  and more behind it";
  joust_pdf_finish(other, sizeof other - 1);
  assert_non_null(strstr(other, "(D:20000101000000Z"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(texts_reach_gnuplot_as_they_are),
      TEST(gnuplot_is_not_there),
      TEST(gnuplot_fails),
      TEST(gnuplot_is_called_as_it_should_be),
      cmocka_unit_test(an_svg_stands_in_a_page),
      cmocka_unit_test(a_pdf_loses_its_clock),
  };
  return cmocka_run_group_tests_name("report: gnuplot", tests, NULL, NULL);
}
