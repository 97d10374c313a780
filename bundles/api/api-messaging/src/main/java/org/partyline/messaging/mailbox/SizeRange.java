package org.partyline.messaging.mailbox;

/**
 * The range of sizes that a packet may have.
 *
 * @param least bytes; more than a short message needs if all packets must have the same size
 * @param most bytes; 0: no node relays any
 */
public record SizeRange(int least, int most) {}
