package org.partyline.messaging.mailbox;

/**
 * Which positions of a chain a gap is of, as it is stored with the notice that says so.
 *
 * @param most how many messages are missing at the most
 * @param first position that is missing
 * @param last position that is missing
 * @param mayArrive whether the key of one of them is still kept
 */
public record StoredGap(int most, int first, int last, boolean mayArrive) {}
