/* Colours that everybody can see and tell apart: contrast on both grounds, and distance under colour blindness. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "report/style.h"

enum { COLOURS = 8 };

/* Linear light of an sRGB colour (IEC 61966-2-1). */
static void read_colour(double light[3], const char *text) {
  unsigned parts[3];
  assert_int_equal(sscanf(text, "#%2x%2x%2x", &parts[0], &parts[1], &parts[2]), 3);
  for (int i = 0; i < 3; i++) {
    double c = parts[i] / 255.0;
    light[i] = c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
  }
}

static double luminance(const char *text) {
  double light[3];
  read_colour(light, text);
  return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2];
}

/* WCAG 2.1, contrast ratio. */
static double contrast(const char *a, const char *b) {
  double p = luminance(a) + 0.05, q = luminance(b) + 0.05;
  return p > q ? p / q : q / p;
}

static void test_contrast(void **state) {
  (void)state;
  for (uint32_t i = 0; i < COLOURS; i++) {
    const char *colour = joust_style_of(i).colour;
    if (contrast(colour, JOUST_PAPER) < 3 || contrast(colour, JOUST_NIGHT) < 3)
      fail_msg("%s: %.2f on paper, %.2f at night", colour, contrast(colour, JOUST_PAPER),
               contrast(colour, JOUST_NIGHT));
  }
}

/* Full protanopia, deuteranopia, tritanopia on linear light: G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, "A
 * physiologically-based model for simulation of color vision deficiency", IEEE TVCG 15 (2009). */
static const double eyes[4][3][3] = {
    {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
    {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
    {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
    {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}}};

static double bent(double t) {
  return t > 0.008856 ? cbrt(t) : 7.787 * t + 16.0 / 116;
}

/* CIELAB of a colour as an eye sees it. */
static void see(double lab[3], const char *text, const double eye[3][3]) {
  double light[3], seen[3];
  read_colour(light, text);
  for (int i = 0; i < 3; i++) {
    double c = eye[i][0] * light[0] + eye[i][1] * light[1] + eye[i][2] * light[2];
    seen[i] = fmin(1, fmax(0, c));
  }
  double x = bent((0.4124 * seen[0] + 0.3576 * seen[1] + 0.1805 * seen[2]) / 0.9505);
  double y = bent(0.2126 * seen[0] + 0.7152 * seen[1] + 0.0722 * seen[2]);
  double z = bent((0.0193 * seen[0] + 0.1192 * seen[1] + 0.9505 * seen[2]) / 1.089);
  lab[0] = 116 * y - 16;
  lab[1] = 500 * (x - y);
  lab[2] = 200 * (y - z);
}

/* A distance of 2 is just noticeable side by side. */
static void test_distance_for_all_eyes(void **state) {
  (void)state;
  for (int eye = 0; eye < 4; eye++) {
    for (uint32_t i = 0; i < COLOURS; i++) {
      for (uint32_t j = 0; j < i; j++) {
        double a[3], b[3];
        see(a, joust_style_of(i).colour, eyes[eye]);
        see(b, joust_style_of(j).colour, eyes[eye]);
        double distance = hypot(hypot(a[0] - b[0], a[1] - b[1]), a[2] - b[2]);
        if (distance < 18) fail_msg("colours %u and %u are %.1f apart for eye %d", j, i, distance, eye);
      }
    }
  }
}

static void test_no_two_of_64_look_the_same(void **state) {
  (void)state;
  for (uint32_t i = 0; i < 64; i++) {
    for (uint32_t j = 0; j < i; j++) {
      struct joust_style a = joust_style_of(i), b = joust_style_of(j);
      assert_true(strcmp(a.colour, b.colour) != 0 || strcmp(a.dash, b.dash) != 0);
      if (i < COLOURS) assert_true(a.marker != b.marker && strcmp(a.dash, b.dash) != 0);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_contrast),
      cmocka_unit_test(test_distance_for_all_eyes),
      cmocka_unit_test(test_no_two_of_64_look_the_same),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
