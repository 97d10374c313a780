package org.partyline.messaging.mailbox;

/**
 * The missing positions of a gap, as stored with its notice.
 *
 * @param most the maximum number of missing messages
 * @param first the first missing position
 * @param last the last missing position
 * @param mayArrive whether the key of one of them is still kept
 */
public record StoredGap(int most, int first, int last, boolean mayArrive) {}
