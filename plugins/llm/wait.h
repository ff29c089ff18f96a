/* How long to wait before a request is repeated, and whether to. Pure functions of what the server said.
 *
 * Sources: RFC 9110 section 10.2.3 (Retry-After); the behaviour of OpenAI's own client libraries (statuses that are
 * repeated, retry-after-ms, x-should-retry, back-off) and its guide to rate limits (x-ratelimit-*). */
#ifndef LLM_WAIT_H
#define LLM_WAIT_H

#include <time.h>

/* What a reply's header says about coming back; texts as they stood there, "" if absent. */
struct llm_pace {
  char retry_after_ms[32], retry_after[64], should_retry[8];
  char requests_left[24], requests_reset[32]; /* x-ratelimit-remaining-requests, x-ratelimit-reset-requests */
  char tokens_left[24], tokens_reset[32];
};

/* Keeps a header that the struct has a place for; name and value without the colon and the spaces around. */
void llm_pace_note(struct llm_pace *pace, const char *name, size_t name_length, const char *value, size_t length);

/* Is a reply of this HTTP status worth repeating the request? */
int llm_status_repeats(long status, const struct llm_pace *pace);

/* Seconds that the server wants to be left alone, 0 or more; negative if it does not say. `now` is the wall clock. */
double llm_pace_seconds(const struct llm_pace *pace, time_t now);

/* "2", "0.5s", "20ms", "1m30s", "6h0m0s" in seconds; negative for anything else. */
double llm_duration(const char *text);

/* Seconds before retry number `retry` (from 0) where the server does not say: first * 2^retry, at most `longest`, of
 * which a part drawn by `u` in [0, 1) is left out so that clients do not come back all at once: between one half and
 * all. */
double llm_backoff(int retry, double first, double longest, double u);

#endif
