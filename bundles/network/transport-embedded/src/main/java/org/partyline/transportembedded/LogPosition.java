package org.partyline.transportembedded;

/**
 * The position of a raw transaction in the log.
 *
 * @param position the position of its first byte in the file
 * @param length bytes
 */
record LogPosition(long position, int length) {}
