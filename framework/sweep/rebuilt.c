#include "sweep/rebuilt.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"

struct session {
  int64_t id;
  bool *differs; /* by optimiser of the plan: its plugin was another one then */
};

struct reading {
  const struct joust_plan *plan;
  char (*hashes)[JOUST_HASH_SIZE]; /* of the plugins now; "" where a file cannot be read */
  struct session *sessions;
  size_t n;
};

/* By the file's name: a plugin may have moved since. */
static bool differs(const cJSON *plugins, const char *path, const char *hash) {
  const cJSON *plugin;
  bool known = false;
  cJSON_ArrayForEach(plugin, plugins) {
    if (!cJSON_IsString(plugin) || !*plugin->valuestring) continue;
    if (strcmp(joust_path_name(plugin->string), joust_path_name(path)) != 0) continue;
    if (strcmp(plugin->valuestring, hash) == 0) return false;
    known = true;
  }
  return known;
}

static int add_session(void *context, int64_t id, const struct joust_store_session *row) {
  struct reading *reading = context;
  uint32_t n = reading->plan->n_optimisers;
  struct session session = {id, joust_alloc(n, sizeof *session.differs)};
  cJSON *provenance = cJSON_Parse(row->provenance);
  const cJSON *plugins = joust_json_member(provenance, "plugins");
  for (uint32_t o = 0; o < n; o++)
    session.differs[o] = *reading->hashes[o] && differs(plugins, reading->plan->optimisers[o].path, reading->hashes[o]);
  cJSON_Delete(provenance);
  reading->sessions = joust_resize(reading->sessions, reading->n + 1, sizeof *reading->sessions);
  reading->sessions[reading->n++] = session;
  return 0;
}

static bool made_by_another(const struct reading *reading, int64_t session, uint32_t optimiser) {
  for (size_t i = 0; i < reading->n; i++)
    if (reading->sessions[i].id == session) return reading->sessions[i].differs[optimiser];
  return false;
}

int joust_rebuilt_count(size_t *runs, const struct joust_plan *plan, struct joust_store *store,
                        struct joust_error *error) {
  struct reading reading = {.plan = plan};
  struct joust_error ignored;
  reading.hashes = joust_alloc(plan->n_optimisers, sizeof *reading.hashes);
  for (uint32_t o = 0; o < plan->n_optimisers; o++) {
    runs[o] = 0;
    if (joust_hash_file(reading.hashes[o], plan->optimisers[o].path, &ignored)) *reading.hashes[o] = 0;
  }
  int code = joust_store_each_session(store, add_session, &reading, error);
  for (size_t i = 0; i < plan->n_runs && !code; i++) {
    struct joust_store_run row;
    enum joust_run_state state;
    code = joust_store_find_run(store, plan->runs[i].key, &state, &row, error);
    if (!code && state == JOUST_RUN_COMPLETE && made_by_another(&reading, row.session, plan->runs[i].optimiser))
      runs[plan->runs[i].optimiser]++;
  }
  for (size_t i = 0; i < reading.n; i++) free(reading.sessions[i].differs);
  free(reading.sessions);
  free(reading.hashes);
  return code;
}
