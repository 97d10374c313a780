package org.partyline.messaging.mailbox;

/**
 * The range of sizes that a packet may have.
 *
 * @param least bytes; more than a short message needs, where all are to be alike
 * @param most bytes; 0: no node carries any
 */
public record SizeRange(int least, int most) {}
