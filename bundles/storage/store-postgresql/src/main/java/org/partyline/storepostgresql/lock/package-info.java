/** Determines the leader, for Karaf's main class before any bundle of ours starts, from {@code lib/boot}. */
package org.partyline.storepostgresql.lock;
