/* A figure of gnuplot inside a page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "report/html_parts.h"

static const char drawing[] =
    "<?xml version=\"1.0\" encoding=\"utf-8\"  standalone=\"no\"?>\n<svg \n viewBox=\"0 0 480 320\"\n "
    "xmlns=\"http://www.w3.org/2000/svg\"\n xmlns:xlink=\"http://www.w3.org/1999/xlink\"\n>\n\n<title>Gnuplot</title>\n"
    "<desc>Produced by GNUPLOT 5.4 patchlevel 4 </desc>\n\n<g id=\"gnuplot_canvas\">\n<defs>\n\t<circle id='gpDot' "
    "r='0.5'/>\n\t<use xlink:href='#gpDot'   id='gpPt6' fill='currentColor'/>\n</defs>\n<g fill=\"none\" "
    "color=\"black\" "
    "stroke=\"currentColor\">\n\t<path stroke='black'  d='M54.53,284.00 L63.53,284.00'/>\t<g fill=\"black\" "
    "filter=\"url(#textbox)\">\n\t\t<text><tspan font-family=\"sans-serif\" >a black "
    "id=\"</tspan></text>\n\t</g></g></g>\n"
    "</svg>\n";

static void test_a_drawing(void **state) {
  struct joust_page page = {0};
  (void)state;
  joust_page_figure(&page, drawing, "Regret <of> all", "Lower is better.");
  assert_string_equal(
      joust_text_string(&page.out),
      "<figure>\n<svg role=\"img\" aria-labelledby=\"f1-title f1-desc\" xmlns=\"http://www.w3.org/2000/svg\" "
      "xmlns:xlink=\"http://www.w3.org/1999/xlink\" viewBox=\"0 0 480 320\" width=\"480\" height=\"320\">\n"
      "<title id=\"f1-title\">Regret &lt;of&gt; all</title>\n<desc id=\"f1-desc\">Lower is better.</desc>\n\n\n"
      "<g id=\"f1-gnuplot_canvas\">\n<defs> <circle id='f1-gpDot' r='0.5'/> <use xlink:href='#f1-gpDot' id='f1-gpPt6' "
      "fill='currentColor'/>\n</defs>\n<g fill=\"none\" color=\"currentColor\" stroke=\"currentColor\"> <path "
      "stroke='currentColor' d='M54.53,284.00 L63.53,284.00'/> <g fill=\"currentColor\" filter=\"url(#f1-textbox)\"> "
      "<text><tspan font-family=\"sans-serif\" >a black id=\"</tspan></text> </g></g></g>\n</svg>\n"
      "<figcaption>Lower is better.</figcaption>\n</figure>\n");
  joust_text_free(&page.out);
}

static void test_what_is_no_drawing(void **state) {
  static const char *const others[] = {"", "<svg", "no svg", "<html>"};
  (void)state;
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
    struct joust_page page = {0};
    joust_page_svg(&page, others[i], "title", "description");
    assert_string_equal(joust_text_string(&page.out), "");
    joust_text_free(&page.out);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_drawing), cmocka_unit_test(test_what_is_no_drawing)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
