package org.partyline.messaging.fees;

import org.jspecify.annotations.Nullable;

/**
 * The amount that a transaction adds to spending: its fee, minus that of the transaction it replaces.
 *
 * @param time when it was signed, in milliseconds
 * @param fee the satoshi that it adds
 * @param covered whether it was for a packet, of whatever content, that left at a point of cover traffic
 * @param persona the persona that pays
 * @param replaces id of the transaction that it replaces; null if none
 * @param replacedBy id of its replacement; null if none
 * @param unpaid whether it will not be mined: nothing is spent for it
 * @param message for a shared transaction, the message whose price includes this fee; 0: the transaction belongs to one
 *     message, whose price is the whole fee; {@link #OUTSIDE}: no message's price includes it
 * @param packet the packet of that message, from 0
 * @param over when a shared transaction could no longer be replaced, in milliseconds; 0: it still can
 */
public record SpentRecord(
        long time,
        long fee,
        boolean covered,
        int persona,
        byte @Nullable [] replaces,
        byte @Nullable [] replacedBy,
        boolean unpaid,
        long message,
        int packet,
        long over) {
    /** The table of the store; a record's key is the transaction's id. */
    public static final String TABLE = "spent";

    /**
     * In place of a message's number: all its messages had expired or were deleted before it was signed, or its message
     * was sealed again.
     */
    public static final long OUTSIDE = -1;

    /** For a transaction that is not shared. */
    public SpentRecord(
            long time, long fee, boolean covered, int persona, byte[] replaces, byte[] replacedBy, boolean unpaid) {
        this(time, fee, covered, persona, replaces, replacedBy, unpaid, 0, 0, 0);
    }

    SpentRecord replacedBy(byte[] transaction) {
        return new SpentRecord(time, fee, covered, persona, replaces, transaction, unpaid, message, packet, over);
    }

    SpentRecord unpaid(boolean now) {
        return new SpentRecord(time, fee, covered, persona, replaces, replacedBy, now, message, packet, over);
    }

    SpentRecord over(long now) {
        return new SpentRecord(time, fee, covered, persona, replaces, replacedBy, unpaid, message, packet, now);
    }

    SpentRecord outside() {
        return new SpentRecord(time, fee, covered, persona, replaces, replacedBy, unpaid, OUTSIDE, 0, over);
    }
}
