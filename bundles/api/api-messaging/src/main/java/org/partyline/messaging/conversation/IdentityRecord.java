package org.partyline.messaging.conversation;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A persona's keys, as they are stored.
 *
 * @param since when they were made, in milliseconds
 * @param messages sealed since then
 * @param oldSigningSeed the keys before, while contacts may still use them; null when there are none
 * @param oldUntil when those are erased, in milliseconds
 * @param restored when they came in from a backup, or with files that may be an old copy, in milliseconds; 0: they did not
 * @param copy whether they came in from a backup while the original is in use: the persona only reads
 */
@RecordBuilder
public record IdentityRecord(
        int persona,
        byte[] signingSeed,
        byte[] agreementPrivate,
        byte[] inboxSecret,
        long since,
        long messages,
        byte @Nullable [] oldSigningSeed,
        byte @Nullable [] oldAgreementPrivate,
        byte @Nullable [] oldInboxSecret,
        long oldUntil,
        long restored,
        boolean copy)
        implements IdentityRecordBuilder.With {
    /** The table of the store. */
    public static final String TABLE = "identities";

    /** Shows nothing of what it holds. */
    @Override
    public String toString() {
        return "Identity";
    }
}
