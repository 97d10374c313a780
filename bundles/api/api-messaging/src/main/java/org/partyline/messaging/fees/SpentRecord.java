package org.partyline.messaging.fees;

import org.jspecify.annotations.Nullable;

/**
 * The amount that a transaction adds to spending: its fee, minus that of the transaction it replaces.
 *
 * @param time when it was signed, in milliseconds
 * @param fee satoshi that it adds
 * @param covered on a packet, whatever it says, that left at a point of cover traffic
 * @param persona who pays
 * @param replaces id of the transaction whose place it takes; null: it takes none
 * @param replacedBy id of the transaction that takes its place; null: none does
 * @param unpaid whether it will be in no block: nothing is spent for it
 * @param message whose packet's fee has this in it, of a transaction that messages share; 0: the transaction is a message's own, whose price is
 *     the whole fee; {@link #OUTSIDE}: no message has it in its price
 * @param packet which one, from 0
 * @param over when a transaction that messages share could be replaced no more, in milliseconds; 0: it can still be
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

    /** In place of a message's number: all that the transaction was for had expired or was deleted before it was signed. */
    public static final long OUTSIDE = -1;

    /** Of a transaction that no messages share. */
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
}
