/* What a store consists of: application id, schema version, tables, views; making it, recognising it, bringing an older
 * one up to date. docs/store-format.md describes all this to those who read a store with other programs. */
#ifndef JOUST_STORE_SCHEMA_H
#define JOUST_STORE_SCHEMA_H

#include "store/connection.h"

#define JOUST_STORE_APPLICATION 0x4a4f5553 /* "JOUS", as PRAGMA application_id gives it */

/* The newest schema, as PRAGMA user_version gives it. Step i is SQL that leads from version i to i + 1: a new file
 * takes all steps, an older store those that it lacks. A step that was ever released is never changed; a change of the
 * schema is one more step. */
extern const int joust_schema_version;
extern const char *const joust_schema_steps[];

/* Changes nothing. JOUST_BAD_INPUT: no SQLite file, another application's, a newer schema, damaged, or empty and opened
 * for reading. */
int joust_schema_check(struct joust_store *store, struct joust_error *error);

/* For a writer, after the check: WAL, and the steps that the file lacks, all of them or none. */
int joust_schema_ready(struct joust_store *store, struct joust_error *error);

/* Takes the steps that lead from the file's version to version n, in one transaction; none if it is there already. */
int joust_schema_upgrade(struct joust_store *store, const char *const *steps, int n, struct joust_error *error);

/* Before a writer closes: back to one file in rollback mode, unless somebody else has it open. */
void joust_schema_rest(struct joust_store *store);

#endif
