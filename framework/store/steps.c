/* The SQL of the schema, as steps from version to version. */
#include "store/schema.h"

/* Trials of a run `run`, as a condition on the id of table `trial`: one search in its tree, if `run` comes before it,
 * which CROSS JOIN says to SQLite. */
#define OF_RUN       " trial.id BETWEEN run.id << 32 AND run.id << 32 | 4294967295"
#define TRIAL_NUMBER "trial.id & 4294967295"
#define LABELS       " JOIN problem ON problem.id = run.problem JOIN optimiser ON optimiser.id = run.optimiser"

/* The 256 byte values in order: instr() in it tells the value of a byte, counted from 1. */
#define BYTES                                                                                                          \
  "x'"                                                                                                                 \
  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"                                                   \
  "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"                                                   \
  "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f"                                                   \
  "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f"                                                   \
  "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"                                                   \
  "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf"                                                   \
  "c0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf"                                                   \
  "e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"                                                   \
  "'"
#define BYTE(i) "(instr(b, substr(c, " #i ", 1)) - 1)"

/* Version 1. The id of a trial is run * 2^32 + trial: the rows of a run lie together in the order of their numbers,
 * without a second index and without two more columns a row. The views give both numbers back. */
static const char step_1[] = /* clang-format off */
    "CREATE TABLE problem (\n"
    "  id INTEGER PRIMARY KEY,\n"
    "  label TEXT NOT NULL,\n"
    "  name TEXT NOT NULL,\n"
    "  fingerprint TEXT NOT NULL,\n"
    "  definition TEXT NOT NULL,\n"
    "  UNIQUE (label, name, fingerprint, definition)\n"
    ") STRICT;\n"
    "CREATE TABLE optimiser (\n"
    "  id INTEGER PRIMARY KEY,\n"
    "  label TEXT NOT NULL,\n"
    "  name TEXT NOT NULL,\n"
    "  version TEXT NOT NULL,\n"
    "  options TEXT NOT NULL,\n"
    "  summary TEXT NOT NULL,\n"
    "  UNIQUE (label, name, version, options, summary)\n"
    ") STRICT;\n"
    "CREATE TABLE sweep (\n"
    "  id INTEGER PRIMARY KEY,\n"
    "  name TEXT NOT NULL,\n"
    "  definition TEXT NOT NULL,\n"
    "  UNIQUE (name, definition)\n"
    ") STRICT;\n"
    "CREATE TABLE session (\n"
    "  id INTEGER PRIMARY KEY,\n"
    "  sweep INTEGER NOT NULL REFERENCES sweep (id),\n"
    "  key TEXT NOT NULL UNIQUE,\n"
    "  provenance TEXT NOT NULL,\n"
    "  process TEXT NOT NULL,\n"
    "  shard INTEGER NOT NULL,\n"
    "  shards INTEGER NOT NULL,\n"
    "  elapsed REAL NOT NULL,\n"
    "  ended TEXT NOT NULL\n"
    ") STRICT;\n"
    "CREATE TABLE planned (\n"
    "  key TEXT PRIMARY KEY,\n"
    "  sweep INTEGER NOT NULL REFERENCES sweep (id),\n"
    "  problem INTEGER NOT NULL REFERENCES problem (id),\n"
    "  optimiser INTEGER NOT NULL REFERENCES optimiser (id),\n"
    "  replicate INTEGER NOT NULL\n"
    ") STRICT, WITHOUT ROWID;\n"
    "CREATE TABLE run (\n"
    "  id INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 2147483647),\n"
    "  problem INTEGER NOT NULL REFERENCES problem (id),\n"
    "  optimiser INTEGER NOT NULL REFERENCES optimiser (id),\n"
    "  sweep INTEGER NOT NULL REFERENCES sweep (id),\n"
    "  session INTEGER NOT NULL REFERENCES session (id),\n"
    "  key TEXT NOT NULL UNIQUE,\n"
    "  replicate INTEGER NOT NULL,\n"
    "  seed TEXT NOT NULL,\n"
    "  budget_trials REAL,\n"
    "  budget_cost REAL,\n"
    "  budget_seconds REAL,\n"
    "  state INTEGER NOT NULL CHECK (state IN (1, 2, 3)),\n"
    "  reason TEXT NOT NULL,\n"
    "  log TEXT NOT NULL,\n"
    "  counters TEXT NOT NULL,\n"
    "  trials INTEGER NOT NULL,\n"
    "  cost REAL,\n"
    "  seconds REAL,\n"
    "  cpu_seconds REAL\n"
    ") STRICT;\n"
    "CREATE TABLE trial (\n"
    "  id INTEGER PRIMARY KEY,\n"
    "  outcome INTEGER NOT NULL,\n"
    "  point ANY NOT NULL,\n"
    "  value REAL,\n"
    "  metrics BLOB NOT NULL,\n"
    "  seconds REAL,\n"
    "  message TEXT\n"
    ") STRICT;\n"

    "CREATE VIEW runs AS\n"
    "SELECT run.id AS run, problem.label AS problem, optimiser.label AS optimiser, replicate, seed,\n"
    "  CASE state WHEN 1 THEN 'started' WHEN 2 THEN 'complete' ELSE 'broken' END AS state, trials,\n"
    "  CASE definition ->> '$.direction'\n"
    "    WHEN 'minimise' THEN (SELECT min(value) FROM trial WHERE" OF_RUN ")\n"
    "    ELSE (SELECT max(value) FROM trial WHERE" OF_RUN ") END AS best,\n"
    "  cost, seconds, cpu_seconds, reason\n"
    "FROM run" LABELS ";\n"

    "CREATE VIEW trials AS\n"
    "SELECT run.id AS run, problem.label AS problem, optimiser.label AS optimiser, replicate, " TRIAL_NUMBER " AS trial,\n"
    "  CASE outcome WHEN 0 THEN 'ok' WHEN 1 THEN 'failed' ELSE 'cancelled' END AS outcome,\n"
    "  point, value, trial.seconds AS seconds, message\n"
    "FROM run" LABELS " CROSS JOIN trial ON" OF_RUN ";\n"

    /* Metrics out of their BLOB, in SQL alone, so that any program that knows SQLite can read them. The eight bytes of
     * a double, the last first, are an integer i; IEEE 754 takes it apart into sign, exponent and fraction. Powers of
     * two times whole numbers below 2^53 are exact. NaN gives NULL. LIMIT keeps SQLite from computing i anew wherever
     * it stands. */
    "CREATE VIEW metrics AS\n"
    "SELECT run.id AS run, " TRIAL_NUMBER " AS trial, metric.key AS position, metric.value ->> '$.name' AS name,\n"
    "  (SELECT CASE WHEN i < 0 THEN -1 ELSE 1 END * CASE (i >> 52) & 2047\n"
    "      WHEN 2047 THEN CASE i & 4503599627370495 WHEN 0 THEN 9e999 END\n"
    "      WHEN 0 THEN (i & 4503599627370495) * pow(2, -1074)\n"
    "      ELSE ((i & 4503599627370495) | 4503599627370496) * pow(2, ((i >> 52) & 2047) - 1075) END\n"
    "    FROM (SELECT (" BYTE(8) " << 56) | (" BYTE(7) " << 48) | (" BYTE(6) " << 40) | (" BYTE(5) " << 32)"
    " | (" BYTE(4) " << 24) | (" BYTE(3) " << 16) | (" BYTE(2) " << 8) | " BYTE(1) " AS i\n"
    "      FROM (SELECT " BYTES " AS b, substr(metrics, 8 * metric.key + 1, 8) AS c LIMIT 1) LIMIT 1)) AS value\n"
    "FROM run JOIN problem ON problem.id = run.problem JOIN json_each(definition, '$.metrics') AS metric\n"
    "  CROSS JOIN trial ON" OF_RUN ";\n"; /* clang-format on */

const char *const joust_schema_steps[] = {step_1};
const int joust_schema_version = sizeof joust_schema_steps / sizeof *joust_schema_steps;
