package org.partyline.messaging.mailbox;

/**
 * The missing positions of a gap, as they are stored with its notice.
 *
 * @param most how many messages are missing at the most
 * @param first position that is missing
 * @param last position that is missing
 * @param mayArrive whether the key of one of them is still kept
 */
public record StoredGap(int most, int first, int last, boolean mayArrive) {}
