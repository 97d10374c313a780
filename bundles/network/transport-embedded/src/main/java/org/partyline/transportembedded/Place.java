package org.partyline.transportembedded;

/**
 * Where a raw transaction is in the log.
 *
 * @param position of its first byte in the file
 * @param length bytes
 */
record Place(long position, int length) {}
