/* What tokens cost, from a JSON file that the user keeps, since prices change:
 *
 *   {"currency": "USD", "per_tokens": 1000000,
 *    "models": {"gpt-4o-2024-08-06": {"prompt": 2.50, "cached": 1.25, "completion": 10.00}}}
 *
 * `per_tokens` is 1000000 where it is left out, `cached` (prompt tokens that the server had in its cache) the price of
 * `prompt`. Reasoning tokens are completion tokens. */
#ifndef LLM_PRICE_H
#define LLM_PRICE_H

#include "chat.h"

struct llm_price { /* of one token */
  double prompt, cached, completion;
};

/* The price of a model. JOUST_EIO for a file that cannot be read, JOUST_EOPTION for one that is no price file or does
 * not have the model; with the message set. */
joust_status llm_price_read(struct llm_price *price, const char *path, const char *model,
                            const struct joust_host *host);

double llm_price_of(const struct llm_price *price, const struct llm_usage *usage);

#endif
