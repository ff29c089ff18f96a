#include "decimal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *decimal_shortest(char buffer[DECIMAL_SIZE], double value) {
  if (value == floor(value) && fabs(value) < 1e15) {
    snprintf(buffer, DECIMAL_SIZE, "%.0f", value + 0.0);
    return buffer;
  }
  for (int digits = 15; digits <= 17; digits++) {
    snprintf(buffer, DECIMAL_SIZE, "%.*g", digits, value);
    if (strtod(buffer, NULL) == value) break;
  }
  return buffer;
}

/* The significant digits of the shortest decimal into digits, and how many of them stand before the point. */
static int take_apart(char digits[20], double value) {
  char text[40];
  int n = 0;
  for (int more = 14; more <= 16; more++) {
    snprintf(text, sizeof text, "%.*e", more, fabs(value));
    if (strtod(text, NULL) == fabs(value)) break;
  }
  for (const char *c = text; *c != 'e'; c++)
    if (*c != '.') digits[n++] = *c;
  digits[n] = 0;
  return atoi(strchr(text, 'e') + 1) + 1;
}

/* Adds one to the last of n digits. Returns 1 if a digit 1 belongs before them then. */
static int carry(char *digits, int n) {
  while (n > 0 && digits[n - 1] == '9') digits[--n] = '0';
  if (n == 0) return 1;
  digits[n - 1]++;
  return 0;
}

const char *decimal_round(char buffer[DECIMAL_SIZE], double value, int decimals) {
  char digits[20];
  if (!isfinite(value)) {
    snprintf(buffer, DECIMAL_SIZE, "%g", value);
    return buffer;
  }
  int whole = take_apart(digits, value), n = (int)strlen(digits);
  /* All digits that are to be shown, with one 0 before them for a carry: 0 whole part . decimals */
  char shown[DECIMAL_SIZE] = "0";
  int length = 1, first = whole > 0 ? 0 : whole, last = whole + decimals;
  for (int i = first; i < last; i++) shown[length++] = i >= 0 && i < n ? digits[i] : '0';
  int up = last >= 0 && last < n && digits[last] >= '5';
  if (up) carry(shown, length);
  shown[length] = 0;
  int point = length - decimals; /* digits before the point */
  const char *start = shown;
  while (point > 1 && *start == '0') start++, point--;
  int zero = strspn(shown, "0") == (size_t)length;
  snprintf(buffer, DECIMAL_SIZE, "%s%.*s%s%s", value < 0 && !zero ? "-" : "", point, start, decimals ? "." : "",
           start + point);
  return buffer;
}
