#include "price.h"

#include <cJSON.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "fail.h"
#include "text.h"

/* The whole file; no more than a price file can have. */
static joust_status read_file(struct llm_text *text, const char *path, const struct joust_host *host) {
  enum { MOST = 1 << 20 };
  char bytes[4096];
  size_t n;
  FILE *file = fopen(path, "re");
  if (!file) return llm_fail(host, JOUST_EIO, "cannot read the price file '%s': %s", path, strerror(errno));
  while ((n = fread(bytes, 1, sizeof bytes, file)) > 0 && text->length < MOST) llm_text_add_bytes(text, bytes, n);
  int broken = ferror(file);
  fclose(file);
  if (broken) return llm_fail(host, JOUST_EIO, "cannot read the price file '%s': %s", path, strerror(EIO));
  return text->failed ? JOUST_ENOMEM : JOUST_OK;
}

/* A price of a token; `fallback` where there is none, NaN where there is something else than a price. */
static double price_of(const cJSON *model, const char *name, double per, double fallback) {
  const cJSON *number = cJSON_GetObjectItemCaseSensitive(model, name);
  if (!number) return fallback;
  return cJSON_IsNumber(number) && number->valuedouble >= 0 ? number->valuedouble / per : (double)NAN;
}

static joust_status find(struct llm_price *price, const cJSON *json, const char *path, const char *model,
                         const struct joust_host *host) {
  const cJSON *models = cJSON_GetObjectItemCaseSensitive(json, "models");
  const cJSON *found = cJSON_GetObjectItemCaseSensitive(models, model);
  const cJSON *per_tokens = cJSON_GetObjectItemCaseSensitive(json, "per_tokens");
  double per = per_tokens ? cJSON_GetNumberValue(per_tokens) : 1e6;
  if (!json) return llm_fail(host, JOUST_EOPTION, "the price file '%s' is no JSON", path);
  if (!cJSON_IsObject(models))
    return llm_fail(host, JOUST_EOPTION, "the price file '%s' has no object \"models\" with a price for each model",
                    path);
  if (!found) return llm_fail(host, JOUST_EOPTION, "the price file '%s' has no model \"%s\"", path, model);
  if (!(per >= 1)) return llm_fail(host, JOUST_EOPTION, "the price file '%s': per_tokens must be 1 or more", path);
  price->prompt = price_of(found, "prompt", per, NAN);
  price->cached = price_of(found, "cached", per, price->prompt);
  price->completion = price_of(found, "completion", per, NAN);
  if (isfinite(price->prompt) && isfinite(price->cached) && isfinite(price->completion)) return JOUST_OK;
  return llm_fail(host, JOUST_EOPTION,
                  "the price file '%s': \"%s\" must have the numbers \"prompt\" and \"completion\", and may have "
                  "\"cached\", none below 0",
                  path, model);
}

joust_status llm_price_read(struct llm_price *price, const char *path, const char *model,
                            const struct joust_host *host) {
  struct llm_text text = {0};
  joust_status status = read_file(&text, path, host);
  if (status == JOUST_OK) {
    cJSON *json = cJSON_Parse(llm_text_string(&text));
    status = find(price, json, path, model, host);
    cJSON_Delete(json);
  }
  llm_text_free(&text);
  return status;
}

double llm_price_of(const struct llm_price *price, const struct llm_usage *usage) {
  int64_t cached = usage->cached < usage->prompt ? usage->cached : usage->prompt;
  return price->prompt * (double)(usage->prompt - cached) + price->cached * (double)cached +
         price->completion * (double)usage->completion;
}
