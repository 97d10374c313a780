package org.partyline.storepostgresql.lock;

/**
 * Who leads, as the database has it.
 *
 * @param epoch counts the leaders
 * @param holder what the server is called
 * @param instance what its connections are called in PostgreSQL; another one for each process
 * @param silentMillis how long ago it was last heard of, by the database's clock
 */
record Lead(long epoch, String holder, String instance, long silentMillis) {}
