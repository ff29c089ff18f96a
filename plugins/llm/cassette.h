/* The file that keeps what was asked and answered, so that a run can be repeated without the server: JSON lines, one an
 * exchange, only ever appended to. Several processes may write to one file at once.
 *
 *   {"run": "...", "request_hash": SHA-256, "occurrence": 0, "request": {...}, "recorded": "2026-11-27T02:15:00Z",
 *    "server": "http://...", "request_id": "...", "seconds": 2.4, "retries": 0, "responses": [{...}]}
 *
 * An exchange is found by its run, the hash of the request's text and how often the same request was asked before in
 * the same run. Where there are several, the last one counts. `responses` are the bodies of the server's answers, more
 * than one where it gives its choices one by one; behind those that came, if any, `error` holds what went wrong with a
 * request that ended its run. A line that was cut (kill -9, a full disk) is passed over, and the next one written
 * begins a new line.
 */
#ifndef LLM_CASSETTE_H
#define LLM_CASSETTE_H

#include <cJSON.h>

#include "chat.h"

struct llm_cassette;

/* *cassette is NULL after a failure. `mode` is not LLM_LIVE. JOUST_EIO for a file that cannot be read or, unless
 * LLM_REPLAY, appended to. */
joust_status llm_cassette_open(struct llm_cassette **cassette, const char *path, const char *run, enum llm_mode mode,
                               const struct joust_host *host);

/* The recorded line for the request in *line, NULL if there is none (always in LLM_RECORD; a recorded error counts as
 * none in LLM_AUTO). It lives as the cassette. */
joust_status llm_cassette_find(struct llm_cassette *cassette, const char *request, const cJSON **line);

/* Sets the message for a request that was not found: what differs from the nearest one that is there. JOUST_EIO. */
joust_status llm_cassette_miss(const struct llm_cassette *cassette, const char *request);

/* Appends the exchange: run, hash, occurrence and request, and the given members, which the call owns. */
joust_status llm_cassette_add(struct llm_cassette *cassette, const char *request, cJSON *members);

/* The exchange is over: the same request again is another occurrence. */
joust_status llm_cassette_next(struct llm_cassette *cassette, const char *request);

void llm_cassette_close(struct llm_cassette *cassette); /* NULL is fine */

#endif
