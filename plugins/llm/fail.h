/* One message for the host, and one line for its log. */
#ifndef LLM_FAIL_H
#define LLM_FAIL_H

#include <joust/plugin.h>

/* Gives the message to host->set_error and returns the status. */
joust_status llm_fail(const struct joust_host *host, joust_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A line of the host's log; `level` JOUST_LOG_.... */
void llm_log(const struct joust_host *host, int32_t level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
