#include "wait.h"

#include <curl/curl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- headers ----------------------------------------------------------------------------------------------------- */

void llm_pace_note(struct llm_pace *pace, const char *name, size_t name_length, const char *value, size_t length) {
  const struct {
    const char *name;
    char *place;
    size_t size;
  } kept[] = {
      {"retry-after-ms", pace->retry_after_ms, sizeof pace->retry_after_ms},
      {"retry-after", pace->retry_after, sizeof pace->retry_after},
      {"x-should-retry", pace->should_retry, sizeof pace->should_retry},
      {"x-ratelimit-remaining-requests", pace->requests_left, sizeof pace->requests_left},
      {"x-ratelimit-reset-requests", pace->requests_reset, sizeof pace->requests_reset},
      {"x-ratelimit-remaining-tokens", pace->tokens_left, sizeof pace->tokens_left},
      {"x-ratelimit-reset-tokens", pace->tokens_reset, sizeof pace->tokens_reset},
  };
  for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
    if (strlen(kept[i].name) != name_length || strncasecmp(kept[i].name, name, name_length) != 0) continue;
    if (length >= kept[i].size) return; /* no such header is as long: not understood anyway */
    memcpy(kept[i].place, value, length);
    kept[i].place[length] = 0;
  }
}

int llm_status_repeats(long status, const struct llm_pace *pace) {
  if (strcasecmp(pace->should_retry, "true") == 0) return 1;
  if (strcasecmp(pace->should_retry, "false") == 0) return 0;
  return status == 408 || status == 409 || status == 429 || status >= 500;
}

/* ---- seconds ----------------------------------------------------------------------------------------------------- */

/* A decimal number without sign, as strtod would read it; *end behind it, or NULL if there is none. */
static double number(const char *text, const char **end) {
  char *stop = NULL;
  *end = NULL;
  if (*text < '0' || *text > '9') return -1;
  size_t length = strspn(text, "0123456789.");
  double value = strtod(text, &stop);
  if (stop != text + length || !isfinite(value)) return -1; /* "1e5", "0x10", "1.2.3" */
  *end = stop;
  return value;
}

static double unit(const char **text) {
  static const struct {
    const char *name;
    double seconds;
  } units[] = {{"ms", 1e-3}, {"us", 1e-6}, {"ns", 1e-9}, {"d", 86400}, {"h", 3600}, {"m", 60}, {"s", 1}};
  for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
    size_t length = strlen(units[i].name);
    if (strncmp(*text, units[i].name, length) != 0) continue;
    *text += length;
    return units[i].seconds;
  }
  return -1;
}

double llm_duration(const char *text) {
  const char *at;
  double sum = number(text, &at);
  if (!at) return -1;
  if (!*at) return sum;
  for (sum = 0; *text; text = at) {
    double value = number(text, &at), scale = at ? unit(&at) : -1;
    if (scale < 0) return -1;
    sum += value * scale;
  }
  return sum;
}

static double until(const char *date, time_t now) {
  time_t then = strpbrk(date, ":") ? curl_getdate(date, NULL) : -1; /* an HTTP date has a time of day */
  if (then == -1) return -1;
  double seconds = difftime(then, now);
  return seconds > 0 ? seconds : 0;
}

/* Where one of the two allowances is used up: when it is filled again. */
static double until_reset(const struct llm_pace *pace) {
  double seconds = -1, each;
  if (strcmp(pace->requests_left, "0") == 0) seconds = llm_duration(pace->requests_reset);
  if (strcmp(pace->tokens_left, "0") == 0 && (each = llm_duration(pace->tokens_reset)) > seconds) seconds = each;
  return seconds;
}

double llm_pace_seconds(const struct llm_pace *pace, time_t now) {
  const char *end;
  double value = number(pace->retry_after_ms, &end);
  if (end && !*end) return value / 1000;
  value = number(pace->retry_after, &end);
  if (end && !*end) return value;
  value = until(pace->retry_after, now);
  return value >= 0 ? value : until_reset(pace);
}

double llm_backoff(int retry, double first, double longest, double u) {
  double whole = ldexp(first, retry < 30 ? retry : 30);
  if (whole > longest) whole = longest;
  return whole * (1 - u / 2);
}
