/* Columns of trials as a table that SQL can read: `feed`, seen by one store's connection only.
 *
 * It shows the trials that store->feed points to, in the layout of table `trial`, so that one INSERT ... SELECT takes a
 * whole run. A statement a row costs more (bench/store.c): each has to begin, to find its place and to end. */
#ifndef JOUST_STORE_FEED_H
#define JOUST_STORE_FEED_H

#include "store/connection.h"

int joust_feed_register(struct joust_store *store, struct joust_error *error);

#endif
